"""Did you mean: the words of the corpus that are closest to those that nothing has."""

from collections.abc import Callable, Iterable

MOST_MISTAKES = 2
SHORTEST = 4  # below that, everything is close to everything

# the folded words that begin so, with the number of documents that have them
Vocabulary = Callable[[str], Iterable[tuple[str, int]]]


def closest(word: str, vocabulary: Vocabulary) -> str | None:
    """The most frequent of the nearest words; one mistake up to five letters, else two."""
    if len(word) < SHORTEST or not word.isalpha():
        return None
    allowed = 1 if len(word) <= 5 else MOST_MISTAKES
    best: tuple[int, int, str] | None = None
    for beginning in dict.fromkeys((word[0], word[1])):  # the first letter may be the mistake
        for other, count in vocabulary(beginning):
            if abs(len(other) - len(word)) > allowed or other == word or not other.isalpha():
                continue
            mistakes = distance(word, other, allowed)
            if mistakes <= allowed and (best is None or (mistakes, -count, other) < best):
                best = (mistakes, -count, other)
    return best[2] if best else None


def distance(one: str, other: str, most: int) -> int:
    """Letters changed, added, left out or swapped with their neighbour; more than `most` is `most` + 1."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i] + [0] * len(other)
        for j, letter2 in enumerate(other, 1):
            cost = letter != letter2
            row[j] = min(row[j - 1] + 1, before[j] + 1, before[j - 1] + cost)
            if last and j > 1 and letter == other[j - 2] and one[i - 2] == letter2:
                row[j] = min(row[j], last[j - 2] + 1)
        if min(row) > most and (not last or min(before) > most):
            return most + 1
    return min(row[-1], most + 1)
