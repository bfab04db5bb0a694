"""Why a document was found, and why it stands where it does: its score, taken apart into words and texts."""

from collections.abc import Sequence

from search.answer.turning import Placed
from search.engine import Reason
from search.layout import Layout
from search.question.meaning import ALL, Meaning, Run, Start, Subject, Word, positive, weighted
from search.question.shelf import Shelf, Weigher


def reasons(
    shelf: Shelf, meaning: Meaning, layout: Layout, hits: Sequence[Placed]
) -> dict[str, tuple[Reason, ...]]:
    """Document → what each word adds to its score, most first; empty where an engine cannot tell."""
    if not hits or not isinstance(shelf, Weigher):
        return {}
    asked: list[tuple[Word | Run | Start | Subject, str, float]] = [
        (part, part.field if isinstance(part, Subject) else part.zone, 1.0) for part in positive(meaning)
    ]
    asked += [(part, part.zone, weight) for part, weight in weighted(meaning, layout.texts)]
    ids = [placed.row.id for placed in hits]
    worth = shelf.worth([part for part, _zone, _weight in asked], ids)
    found: dict[str, dict[tuple[str, str], float]] = {name: {} for name in ids}
    for (part, zone, weight), scores in zip(asked, worth, strict=True):
        for name, score in scores.items():
            key = (_typed(part), zone)
            found[name][key] = found[name].get(key, 0.0) + weight * score
    return {
        name: tuple(
            Reason(word, zone, score)
            for (word, zone), score in sorted(parts.items(), key=lambda one: (-one[1], one[0]))
        )
        for name, parts in found.items()
    }


def texts(found: Sequence[Reason], word: str) -> tuple[str, ...]:
    """In which texts of a document a word stands, those that weigh most first; its body when in no other."""
    named = tuple(one.field for one in found if one.word == word and one.field != ALL)
    return named or ("body",)


def _typed(part: Word | Run | Start | Subject) -> str:
    match part:
        case Word():
            return part.typed
        case Run():
            return " ".join(part.words)
        case Start():
            return f"{part.text}*"
        case Subject():
            return part.value
