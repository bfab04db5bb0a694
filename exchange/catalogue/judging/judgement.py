"""How a practice is judged: for each criterion the whole distribution, never one blended star.

What is shown can be counted again by anybody who holds the reviews (`audit`). No instance outweighs the
others: see `caps`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median_low

from sqlmodel import Session

from exchange.catalogue.judging.voices import Voice, voices
from exchange.models.community import Community
from exchange.models.practice import Practice
from exchange.vocabulary import concepts

STEPS = range(1, 6)
ENOUGH = 5  # voices below which no summary of a distribution is given
FAIR_SHARE = 5  # voices of one instance that always count in full
TIMES_THE_MIDDLE = 3
MUNICIPALITY = "ck-municipality"


@dataclass
class Distribution:
    """How often each step from 1 to 5 was given on one criterion; `counts[0]` is how often 1 was.

    `same_class` and `other_class` split the counts by whether the voice is of the owner's population
    class, `by_relation` by how the reviewer knows the practice; `lent` is how many of the voices were
    lent to the reviewer. `same_weight` and `other_weight` are what the cap leaves of the two.
    """

    criterion: str
    counts: list[int] = field(default_factory=lambda: [0] * 5)
    same_class: list[int] = field(default_factory=lambda: [0] * 5)
    other_class: list[int] = field(default_factory=lambda: [0] * 5)
    same_weight: list[float] = field(default_factory=lambda: [0.0] * 5)
    other_weight: list[float] = field(default_factory=lambda: [0.0] * 5)
    by_relation: dict[str, list[int]] = field(default_factory=dict)
    not_applicable: int = 0
    lent: int = 0

    @property
    def n(self) -> int:
        return sum(self.counts)

    @property
    def weighed(self) -> list[float]:
        """The counts, with what the cap leaves of each voice."""
        return [same + other for same, other in zip(self.same_weight, self.other_weight, strict=True)]

    @property
    def spread(self) -> int | None:
        """How many steps the middle half of the voices spans (the interquartile range); None below ENOUGH."""
        if self.n < ENOUGH:
            return None
        return _step(self.weighed, 0.75) - _step(self.weighed, 0.25)

    @property
    def middle(self) -> int | None:
        """The step in the middle (the median); None below ENOUGH voices."""
        return _step(self.weighed, 0.5) if self.n >= ENOUGH else None


@dataclass(frozen=True)
class Judgement:
    """All criteria of the vocabulary, in its order, and who stands behind the figures.

    `capped` are the instances with more voices than count in full: origin → (voices, what they weigh).
    """

    distributions: list[Distribution]
    voices: list[Voice]
    capped: dict[str, tuple[int, float]] = field(default_factory=dict)

    @property
    def n(self) -> int:
        return len(self.voices)

    @property
    def lent(self) -> int:
        return sum(voice.lent for voice in self.voices)

    @property
    def municipalities(self) -> int:
        return sum(voice.of.kind == MUNICIPALITY for voice in self.voices)

    @property
    def countries(self) -> int:
        return len({voice.of.country for voice in self.voices if voice.of.country})

    @property
    def instances(self) -> int:
        return len({voice.of.instance for voice in self.voices})


def judged(session: Session, practice: Practice) -> Judgement:
    """How a practice is judged, by all whose voice counts."""
    return count(voices(session, practice), session.get_one(Community, practice.community_id))


def count(found: Sequence[Voice], owner: Community) -> Judgement:
    """The voices, counted."""
    said = Counter(voice.of.instance for voice in found)
    most = caps(said.values())
    weights = {origin: min(1.0, most / number) for origin, number in said.items()}
    made = {c.id: Distribution(c.id) for c in concepts.scheme("rating-criteria")}
    for voice in found:
        _add(made, voice, owner, weights[voice.of.instance])
    capped = {origin: (said[origin], float(most)) for origin, weight in weights.items() if weight < 1}
    return Judgement(list(made.values()), list(found), capped)


def caps(numbers: Iterable[int]) -> int:
    """How many voices of one instance count in full, given how many each instance has.

    Three times what an instance in the middle has, and at least five. The middle is the median, which
    does not move when a few instances speak with a thousand tongues, as a share of the total would.
    """
    said = list(numbers)
    return max(FAIR_SHARE, TIMES_THE_MIDDLE * median_low(said)) if said else FAIR_SHARE


def distributions(session: Session, practice: Practice) -> list[Distribution]:
    """One distribution for each criterion of the vocabulary, in its order, also where nobody rated."""
    return judged(session, practice).distributions


def _add(made: Mapping[str, Distribution], voice: Voice, owner: Community, weight: float) -> None:
    same = owner.population_class is not None and owner.population_class == voice.of.population_class
    for criterion, value in voice.review.ratings.items():
        one = made.get(criterion)
        if one is None:
            continue
        if value is None:
            one.not_applicable += 1
            continue
        one.counts[value - 1] += 1
        (one.same_class if same else one.other_class)[value - 1] += 1
        (one.same_weight if same else one.other_weight)[value - 1] += weight
        one.by_relation.setdefault(voice.review.relation, [0] * 5)[value - 1] += 1
        one.lent += voice.lent


def _step(weighed: Sequence[float], share: float) -> int:
    """The lowest step up to which at least this share of the weight lies."""
    total, so_far = sum(weighed), 0.0
    for step, weight in zip(STEPS, weighed, strict=True):
        so_far += weight
        if so_far >= share * total - 1e-9:
            return step
    return STEPS[-1]
