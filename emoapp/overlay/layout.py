"""Rectangles, and where the tags of faces go: a pure function of the face boxes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from emoapp.types import Box


class Rect(NamedTuple):
    """A rectangle in whole pixels.

    Attributes:
        x0, y0: The upper left corner, inclusive.
        x1, y1: The lower right corner, exclusive.
    """

    x0: int
    y0: int
    x1: int
    y1: int

    @classmethod
    def at(cls, x: int, y: int, width: int, height: int) -> Rect:
        """Return the rectangle of a size whose upper left corner is at (x, y)."""
        return cls(x, y, x + width, y + height)

    def contains(self, x: float, y: float) -> bool:
        """Return whether a point lies in the rectangle."""
        return self.x0 <= x < self.x1 and self.y0 <= y < self.y1

    def overlaps(self, other: Rect) -> bool:
        """Return whether the two share a pixel."""
        return (
            self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1
        )

    @property
    def center(self) -> tuple[float, float]:
        """The center (x, y) in pixels."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def wider(self, by: int) -> Rect:
        """Return the rectangle grown by so many pixels on all sides."""
        return Rect(self.x0 - by, self.y0 - by, self.x1 + by, self.y1 + by)


MOVE_COST_RATIO = 0.5
"""A panel moves only to a spot that costs less than this share of its present one."""


def overlap_area(rect: Rect, other: Box | Rect) -> float:
    """Return the area that two rectangles share, in square pixels."""
    width = min(rect.x1, other.x1) - max(rect.x0, other.x0)
    height = min(rect.y1, other.y1) - max(rect.y0, other.y0)
    return max(0.0, width) * max(0.0, height)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A tag to be placed.

    Attributes:
        face: The bounding box of its face, inside the image.
        sizes_wh: (width, height) in pixels of its forms, the fullest first.
        lowered: Whether it was not above its face in the previous frame.
    """

    face: Rect
    sizes_wh: tuple[tuple[int, int], ...]
    lowered: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """The position of a tag.

    Attributes:
        rect: Its rectangle, inside the image.
        form: Index into `Wanted.sizes_wh`.
        above: Whether it is above its face.
        apart: Whether there was no room for it at its face.
    """

    rect: Rect
    form: int
    above: bool
    apart: bool = False


def place(
    wanted: Sequence[Wanted], size_wh: tuple[int, int], *, gap: int, avoid: Sequence[Rect] = ()
) -> list[Placed | None]:
    """Find room for each tag.

    No tag leaves the image and none overlaps another. Other faces and the rectangles in `avoid`
    are kept free as long as a tag fits at its own face without touching them. The last form is used
    only where no other fits at the face.

    Args:
        wanted: The tags; earlier ones take precedence.
        size_wh: Width and height of the image in pixels.
        gap: Least distance of tags from faces and from each other, pixels.
        avoid: Rectangles to keep free if possible.

    Returns:
        The position of each tag, in the order of `wanted`; None where the image has no room left.
    """
    placed: list[Placed | None] = []
    taken: list[Rect] = []
    for index, pill in enumerate(wanted):
        others = [one.face for i, one in enumerate(wanted) if i != index]
        search = _Search(pill, size_wh, gap, taken)
        found = (
            search.at_the_face([*avoid, *others], inside=False)
            or search.at_the_face(avoid, inside=True)
            or search.at_the_face((), inside=True)
            or search.at_the_face((), inside=True, last=True)
            or search.anywhere()
        )
        placed.append(found)
        if found:
            taken.append(found.rect)
    return placed


@dataclass(frozen=True, slots=True)
class _Search:
    """The search for one tag's position.

    Attributes:
        pill: The tag.
        size_wh: Width and height of the image in pixels.
        gap: Least distance of tags from faces and from each other, pixels.
        taken: The tags already placed.
    """

    pill: Wanted
    size_wh: tuple[int, int]
    gap: int
    taken: Sequence[Rect]

    def at_the_face(
        self, avoid: Sequence[Rect], *, inside: bool, last: bool = False
    ) -> Placed | None:
        """Return a position next to the face, or over it if `inside`; None if there is none.

        Args:
            avoid: Rectangles to keep free, besides other tags.
            inside: Whether the tag may cover its own face.
            last: Whether to try the last form only, instead of all others.
        """
        forms = list(enumerate(self.pill.sizes_wh))
        for form, (width, height) in forms[-1:] if last else forms[:-1] or forms:
            if width > self.size_wh[0]:
                continue
            blocks = [*(one.wider(self.gap) for one in self.taken), *avoid]
            for y, above in self._rows(height, inside):
                if not 0 <= y <= self.size_wh[1] - height:
                    continue
                # A face that jitters at the edge must not make its tag jump up and down.
                if above and self.pill.lowered and y < height // 2:
                    continue
                row = [one for one in blocks if one.y0 < y + height and y < one.y1]
                x = self._column(width, height, row)
                if x is not None:
                    return Placed(Rect.at(x, y, width, height), form, above)
        return None

    def _rows(self, height: int, inside: bool) -> Iterator[tuple[int, bool]]:
        """Yield y and whether it is above the face, best first."""
        _, y0, _, y1 = self.pill.face
        yield y0 - self.gap - height, True
        yield y1 + self.gap, False
        if inside:
            # Over the hair rather than the mouth, which is more expressive.
            yield y0 + self.gap, False
            yield y1 - self.gap - height, False

    def _column(self, width: int, height: int, row: Sequence[Rect]) -> int | None:
        """Return the free x nearest to the face's left edge; `row`: the blocks at this height."""
        x0, _, x1, _ = self.pill.face
        right = self.size_wh[0] - width
        wish = min(max(x0, 0), right)
        # It may slide sideways as long as one can still tell whose it is.
        low, high = min(wish, x0 + height - width), max(wish, x1 - height)
        xs = {wish, *(x for one in row for x in (one.x0 - width, one.x1))}
        for x in sorted(xs, key=lambda x: (abs(x - wish), x)):
            free = all(x + width <= one.x0 or one.x1 <= x for one in row)
            if free and low <= x <= high and 0 <= x <= right:
                return x
        return None

    def anywhere(self) -> Placed | None:
        """Return the free position nearest to the face; None if there is none at all."""
        # If there is room at all, there is room touching the image's edge or another tag.
        face, taken = self.pill.face, self.taken
        for form, (width, height) in enumerate(self.pill.sizes_wh):
            right, bottom = self.size_wh[0] - width, self.size_wh[1] - height
            wish_x, wish_y = face.x0, face.y0 - self.gap - height
            xs = {0, right, wish_x, *(x for one in taken for x in (one.x0 - width, one.x1))}
            ys = {0, bottom, wish_y, *(y for one in taken for y in (one.y0 - height, one.y1))}
            spots = sorted(
                (abs(x - wish_x) + abs(y - wish_y), x, y)
                for x in xs
                if 0 <= x <= right
                for y in ys
                if 0 <= y <= bottom
            )
            for _, x, y in spots:
                rect = Rect.at(x, y, width, height)
                if not any(rect.overlaps(other) for other in taken):
                    return Placed(rect, form, False, apart=True)
        return None
