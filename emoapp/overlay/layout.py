"""Where the pills go: a pure function from face boxes to rectangles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Rect(NamedTuple):
    """Whole pixels; x1 and y1 are exclusive."""

    x0: int
    y0: int
    x1: int
    y1: int

    def overlaps(self, other: Rect) -> bool:
        """Whether the two share a pixel."""
        return (
            self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1
        )

    @property
    def center(self) -> tuple[float, float]:
        """(x, y) in pixels."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def wider(self, by: int) -> Rect:
        """The rectangle grown by so many pixels to all sides."""
        return Rect(self.x0 - by, self.y0 - by, self.x1 + by, self.y1 + by)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A pill that is to be placed.

    face: the face it belongs to, inside the picture.
    sizes_wh: (width, height) in pixels of its forms, the fullest first.
    lowered: it did not stand above its face in the frame before.
    """

    face: Rect
    sizes_wh: tuple[tuple[int, int], ...]
    lowered: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a tag stands.

    Attributes:
        rect: Inside the picture.
        form: Index into `Wanted.sizes_wh`.
        above: Whether it stands over its face.
        apart: Whether it found no room at its face.
    """

    rect: Rect
    form: int
    above: bool
    apart: bool = False


def place(
    wanted: Sequence[Wanted], size_wh: tuple[int, int], *, gap: int, avoid: Sequence[Rect] = ()
) -> list[Placed | None]:
    """Find room for each pill; None where the picture has none left.

    No pill leaves the picture and none overlaps another. Other faces and the rectangles in
    `avoid` are kept free as long as a pill can stand at its own face without touching them. The
    last form is taken only where no other can stand at the face.
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
    """The search for one pill's place; `taken` are the pills that stand already."""

    pill: Wanted
    size_wh: tuple[int, int]
    gap: int
    taken: Sequence[Rect]

    def at_the_face(
        self, avoid: Sequence[Rect], *, inside: bool, last: bool = False
    ) -> Placed | None:
        forms = list(enumerate(self.pill.sizes_wh))
        for form, (width, height) in forms[-1:] if last else forms[:-1] or forms:
            if width > self.size_wh[0]:
                continue
            blocks = [*(one.wider(self.gap) for one in self.taken), *avoid]
            for y, above in self._rows(height, inside):
                if not 0 <= y <= self.size_wh[1] - height:
                    continue
                # A face that trembles at the edge must not throw its pill up and down.
                if above and self.pill.lowered and y < height // 2:
                    continue
                row = [one for one in blocks if one.y0 < y + height and y < one.y1]
                x = self._column(width, height, row)
                if x is not None:
                    return Placed(Rect(x, y, x + width, y + height), form, above)
        return None

    def _rows(self, height: int, inside: bool) -> Iterator[tuple[int, bool]]:
        """y and whether it is above the face, the best first."""
        _, y0, _, y1 = self.pill.face
        yield y0 - self.gap - height, True
        yield y1 + self.gap, False
        if inside:
            # At the hair and not at the mouth, which says more.
            yield y0 + self.gap, False
            yield y1 - self.gap - height, False

    def _column(self, width: int, height: int, row: Sequence[Rect]) -> int | None:
        """The x nearest to the face's left edge where no rectangle of `row` is in the way."""
        x0, _, x1, _ = self.pill.face
        right = self.size_wh[0] - width
        wish = min(max(x0, 0), right)
        # It may slide aside as long as one still sees whose it is.
        low, high = min(wish, x0 + height - width), max(wish, x1 - height)
        xs = {wish, *(x for one in row for x in (one.x0 - width, one.x1))}
        for x in sorted(xs, key=lambda x: (abs(x - wish), x)):
            free = all(x + width <= one.x0 or one.x1 <= x for one in row)
            if free and low <= x <= high and 0 <= x <= right:
                return x
        return None

    def anywhere(self) -> Placed | None:
        # If there is room at all, there is room touching the picture's edge or another pill.
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
                rect = Rect(x, y, x + width, y + height)
                if not any(rect.overlaps(other) for other in taken):
                    return Placed(rect, form, False, apart=True)
        return None
