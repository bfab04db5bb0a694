"""Room for words among circles and lines: where a name stands clear of both, and where a line ends before one."""

from collections.abc import Sequence

Box = tuple[float, float, float, float]  # left, top, right, bottom
Point = tuple[float, float]
LETTER, LINE = 7.2, 15.0  # a letter's width and a line's height in small bold text, about
GAP, ASIDE, AIR = 5.0, 10.0, 4.0  # between a circle and words below, or beside it; around words


class Room:
    """The free space of a picture that is `width` by `height`."""

    def __init__(self, width: float, height: float) -> None:
        self.edges: Box = (2, 2, width - 2, height - 2)
        self.boxes: list[Box] = []
        self.lines: list[tuple[Point, Point]] = []

    def place(
        self, x: float, y: float, radius: float, rows: Sequence[str], *, above: bool
    ) -> tuple[Box, str]:
        """A box for words beside a circle and how they are anchored in it; below or above it when all is taken."""
        width, height = LETTER * max(map(len, rows)), LINE * len(rows)
        under = (x - width / 2, y + radius + GAP, "middle")
        over = (x - width / 2, y - radius - GAP - height, "middle")
        right, left = (x + radius + ASIDE, "start"), (x - radius - ASIDE - width, "end")
        beside = [
            (at, y + lift, anchor)
            for lift in (-height / 2, radius / 2, -radius / 2 - height)
            for at, anchor in (right, left)
        ]
        near = (over, under) if above else (under, over)
        boxes = [((left, top, left + width, top + height), anchor) for left, top, anchor in (*near, *beside)]
        box, anchor = next((one for one in boxes if self.is_free(one[0])), boxes[0])
        self.boxes.append(box)
        return box, anchor

    def is_free(self, box: Box) -> bool:
        """Whether nothing stands in a box, no line runs through it, and it lies within the picture."""
        left, top, right, bottom = self.edges
        if box[0] < left or box[1] < top or box[2] > right or box[3] > bottom:
            return False
        if any(
            box[0] < other[2] and box[2] > other[0] and box[1] < other[3] and box[3] > other[1]
            for other in self.boxes
        ):
            return False
        return all(enters(start, end, _airy(box)) is None for start, end in self.lines)


def enters(start: Point, end: Point, box: Box) -> float | None:
    """How far along the way from start to end, from 0 to 1, a line enters a box; None when it passes it by.

    Liang and Barsky's clipping (1984).
    """
    near, far = 0.0, 1.0
    for axis in (0, 1):
        way = end[axis] - start[axis]
        low, high = box[axis] - start[axis], box[axis + 2] - start[axis]
        if way == 0:
            if low > 0 or high < 0:
                return None
            continue
        first, last = sorted((low / way, high / way))
        near, far = max(near, first), min(far, last)
        if near > far:
            return None
    return near


def until(start: Point, end: Point, box: Box) -> Point:
    """Where a line that would end beyond a box ends before it; its own end when it does not meet it."""
    share = enters(start, end, _airy(box))
    if not share:  # passes by, or begins in it
        return end
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def _airy(box: Box) -> Box:
    return box[0] - AIR, box[1] - AIR, box[2] + AIR, box[3] + AIR
