"""Names beside circles: the largest first, each where nothing stands yet, or not at all."""

from markupsafe import Markup

from exchange.web import drawing

LETTER, LINE = 6.9, 14.0  # a letter's width and a line's height at 13 units, about
MOST = 40
Box = tuple[float, float, float, float]


class Labels:
    """The free space of a picture; `circles` are what names must not cover."""

    def __init__(self, width: float, height: float, circles: list[tuple[float, float, float]]) -> None:
        self.width, self.height = width, height
        self.taken: list[Box] = [(x - r, y - r, x + r, y + r) for x, y, r in circles]

    def placed(self, wanted: list[tuple[float, float, float, str]]) -> list[Markup]:
        """The names that found a place; each circle is (x, y, radius, name)."""
        made: list[Markup] = []
        for x, y, radius, name in wanted:
            if len(made) == MOST:
                break
            length = LETTER * len(name)
            for left, base, anchor in (
                (x + radius + 4, y + 4, "start"),
                (x - radius - 4 - length, y + 4, "end"),
                (x - length / 2, y - radius - 5, "middle"),
                (x - length / 2, y + radius + 14, "middle"),
            ):
                box = (left, base - LINE + 3, left + length, base + 3)
                if self._free(box):
                    self.taken.append(box)
                    at = {"start": left, "end": left + length, "middle": x}[anchor]
                    made.append(drawing.text(at, base, name, "small-text name", anchor=anchor))
                    break
        return made

    def _free(self, box: Box) -> bool:
        if box[0] < 2 or box[1] < 2 or box[2] > self.width - 2 or box[3] > self.height - 2:
            return False
        return not any(
            box[0] < other[2] and box[2] > other[0] and box[1] < other[3] and box[3] > other[1]
            for other in self.taken
        )
