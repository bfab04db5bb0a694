"""Places that a page of results keeps for the other kind of place, and for small owners.

Catalogues of practices are filled by a few large front-runners, and a list by relevance alone repeats
that: most texts are theirs, so most of the best matches are. But what a village can learn is often in a
town, and the other way round. So of every ten of the first sixty hits, two are kept for the **bridge**:
practices about the same problem (with a theme in common with the ten) whose owner is of another kind
(city, town, rural area) than the reader's community, or than most of the ten when the reader has none.
One is kept for a **small owner**, a community of fewer than 5,000 inhabitants; it may be one of the two.

A hit that is moved takes one of the last places of its ten and says why; what it displaces begins the
next ten. Nothing is moved where the ten have them already, where nothing further down qualifies, or when
the reader has chosen an order. Only who owns a practice counts: whether it was stopped or abandoned, how
old it is or how much it is liked never moves it. The same hits in the same order give the same result.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

TEN, BRIDGES, SMALL_OWNERS = 10, 2, 1
SMALL = 5_000  # inhabitants
BRIDGE, SMALL_OWNER = "bridge", "small"
Stored = Mapping[str, Any]


def places(own_kind: str | None) -> Callable[[Sequence[Stored]], Iterator[tuple[int, str]]]:
    """The rule for a reader from that kind of place (`dg-1` … `dg-3`), as the search engine applies it."""
    return lambda hits: in_order(hits, own_kind)


def arrange(hits: Sequence[Stored], own_kind: str | None = None) -> list[tuple[int, str]]:
    """The hits' indexes in their new order, each once, with `bridge`, `small` or "" for those in their own."""
    return list(in_order(hits, own_kind))


def in_order(hits: Sequence[Stored], own_kind: str | None = None) -> Iterator[tuple[int, str]]:
    """The same, one after the other: whoever takes a page of it has looked at few of the hits behind it."""
    waiting = list(range(len(hits)))
    kind, small = cache(lambda at: _kind(hits[at])), cache(lambda at: is_small(hits[at]))
    while waiting:
        ten, later = waiting[:TEN], waiting[TEN:]
        usual = own_kind or _usual([kind(at) for at in ten])
        themes = {theme for at in ten for theme in hits[at].get("themes") or ()}

        def bridges(at: int, usual: str | None = usual) -> bool:
            return bool(usual and kind(at)) and kind(at) != usual

        moved: dict[int, str] = {}
        for qualifies, kept, word in ((bridges, BRIDGES, BRIDGE), (small, SMALL_OWNERS, SMALL_OWNER)):
            missing = kept - sum(qualifies(at) for at in (*ten, *moved))
            alike = (at for at in later if at not in moved and qualifies(at) and _shares(hits[at], themes))
            moved |= dict.fromkeys(list(islice(alike, max(missing, 0))), word)
        stay, leave = _stay(ten, len(moved), bridges, small)
        yield from ((at, "") for at in stay)
        yield from ((at, moved[at]) for at in sorted(moved))
        waiting = leave + [at for at in later if at not in moved]


def _stay(
    ten: list[int], moved: int, bridges: Callable[[int], bool], small: Callable[[int], bool]
) -> tuple[list[int], list[int]]:
    """Who makes room: the last of the ten that hold no place of their own by the rule."""
    ordinary = [at for at in ten if not bridges(at) and not small(at)]
    others = [at for at in ten if at not in ordinary]
    leave = sorted((others + ordinary)[len(ten) - moved :])
    return [at for at in ten if at not in leave], leave


def is_small(hit: Stored) -> bool:
    """Whether the owner is a small community, as far as that is known."""
    population = (hit.get("community") or {}).get("population")
    return isinstance(population, int) and population < SMALL


def _kind(hit: Stored) -> str | None:
    return (hit.get("community") or {}).get("degurba")


def _usual(kinds: Sequence[str | None]) -> str | None:
    """The kind that most are of; of equally frequent ones the first."""
    having = Counter(kind for kind in kinds if kind)
    return max(having, key=lambda kind: having[kind]) if having else None


def _shares(hit: Stored, themes: set[str]) -> bool:
    """The same problem: a theme in common, where themes are known."""
    own = set(hit.get("themes") or ())
    return not own or not themes or bool(own & themes)
