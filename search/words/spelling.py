"""Words written nearly alike: what the corpus has instead of a word that nothing, or hardly anything, has."""

from collections.abc import Callable, Iterable

MOST_MISTAKES = 2
SHORTEST = 4  # below that, everything is close to everything
MOST_NEAR = 5

# the folded words that begin so, with the number of documents that have them
Vocabulary = Callable[[str], Iterable[tuple[str, int]]]


def nearest(word: str, vocabulary: Vocabulary) -> dict[str, int]:
    """The words with the fewest mistakes, the likeliest first, and how many documents have each.

    One mistake up to five letters, else two; a word without any is the word itself and not meant here.
    """
    if len(word) < SHORTEST or not word.isalpha():
        return {}
    most = 1 if len(word) <= 5 else MOST_MISTAKES
    letters = set(word)
    found: dict[str, tuple[int, int, int]] = {}
    for beginning in dict.fromkeys((word[0], word[1])):  # the first letter may be the mistake
        for other, count in vocabulary(beginning):
            # Looked at for each word of the corpus that begins so: each mistake changes two letters at most.
            if abs(len(other) - len(word)) > most or len(letters.symmetric_difference(other)) > 2 * most:
                continue
            if other == word or not other.isalpha():
                continue
            mistakes = distance(word, other, most)
            if mistakes <= most:
                found[other] = (mistakes, -_alike(word, other), count)
                most = min(most, mistakes)
    best = sorted((kind, other) for other, kind in found.items() if kind[0] == most)
    return {other: count for (_mistakes, _alike, count), other in best[:MOST_NEAR]}


def _alike(one: str, other: str) -> int:
    """How many letters both begin with: mistakes are rarely made in the first ones."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))


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
