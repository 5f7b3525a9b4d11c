"""Where the tags of faces go: a pure function of the face boxes, and of where the tags were."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from emoapp.overlay.layout import Rect

ABOVE, BELOW, INSIDE_TOP, INSIDE_BOTTOM, APART = range(5)
"""Where a tag is: above or below its face, on its upper or lower edge, or away from it."""


class Kept(NamedTuple):
    """A tag's position relative to its face.

    Attributes:
        form: Index into `Wanted.sizes_wh`.
        row: `ABOVE` and so on.
        x: From the face's left edge to the tag's, pixels; the tag's x where it is apart.
        y: The tag's y where it is apart, pixels.
    """

    form: int
    row: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A tag to be placed.

    Attributes:
        face: The bounding box of its face, inside the image.
        sizes_wh: (width, height) in pixels of its forms, the fullest first.
        lowered: Whether it was not above its face in the previous frame.
        kept: Its position in the previous frame, which it keeps while it may; None for none.
    """

    face: Rect
    sizes_wh: tuple[tuple[int, int], ...]
    lowered: bool = False
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """The position of a tag.

    Attributes:
        rect: Its rectangle, inside the image.
        form: Index into `Wanted.sizes_wh`.
        row: `ABOVE` and so on.
        restless: Whether it would be elsewhere if it had not been here before.
    """

    rect: Rect
    form: int
    row: int
    restless: bool = False

    @property
    def above(self) -> bool:
        """Whether it is above its face."""
        return self.row == ABOVE

    @property
    def apart(self) -> bool:
        """Whether there was no room for it at its face."""
        return self.row == APART

    def relative_to(self, face: Rect) -> Kept:
        """Return the position as `Wanted.kept` of the next frame."""
        x = self.rect.x0 if self.apart else self.rect.x0 - face.x0
        return Kept(self.form, self.row, x, self.rect.y0)


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
        if found and (kept := search.as_before()):
            found = search.steadied(found, kept)
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
            for row_of_tag, y in self._rows(height, inside):
                if not 0 <= y <= self.size_wh[1] - height:
                    continue
                # A face that jitters at the edge must not make its tag jump up and down.
                if row_of_tag == ABOVE and self.pill.lowered and y < height // 2:
                    continue
                row = [one for one in blocks if one.y0 < y + height and y < one.y1]
                x = self._column(width, height, row)
                if x is not None:
                    return Placed(Rect.at(x, y, width, height), form, row_of_tag)
        return None

    def as_before(self) -> Placed | None:
        """Return the position that the tag had before; None if there is no room any more."""
        kept = self.pill.kept
        if kept is None or kept.form >= len(self.pill.sizes_wh):
            return None
        width, height = self.pill.sizes_wh[kept.form]
        right, bottom = self.size_wh[0] - width, self.size_wh[1] - height
        x, y = kept.x, kept.y
        if kept.row != APART:
            x = min(max(x + self.pill.face.x0, 0), right)
            y = dict(self._rows(height, inside=True))[kept.row]
            # At the image's edge it slides over its own face first.
            y = min(max(y, 0), bottom) if -height <= y <= bottom + height else y
        rect = Rect.at(x, y, width, height)
        inside = 0 <= x <= right and 0 <= y <= bottom
        return (
            Placed(rect, kept.form, kept.row)
            if inside and not any(rect.overlaps(other) for other in self.taken)
            else None
        )

    def steadied(self, found: Placed, kept: Placed) -> Placed:
        """Return the new position if it is about the same as before, else the old one."""
        height = kept.rect.y1 - kept.rect.y0
        near = (
            (found.form, found.row) == (kept.form, kept.row)
            and 2 * abs(found.rect.x0 - kept.rect.x0) <= height
            and 2 * abs(found.rect.y0 - kept.rect.y0) <= height
        )
        return found if near else replace(kept, restless=True)

    def _rows(self, height: int, inside: bool) -> Iterator[tuple[int, int]]:
        """Yield where a tag may be, `ABOVE` and so on, and its y, best first."""
        _, y0, _, y1 = self.pill.face
        yield ABOVE, y0 - self.gap - height
        yield BELOW, y1 + self.gap
        if inside:
            # Over the hair rather than the mouth, which is more expressive.
            yield INSIDE_TOP, y0 + self.gap
            yield INSIDE_BOTTOM, y1 - self.gap - height

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
                    return Placed(rect, form, APART)
        return None
