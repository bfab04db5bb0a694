"""How a practice is judged: for each criterion the whole distribution, never one blended star."""

from dataclasses import dataclass, field

from sqlmodel import Session, select

from exchange.models.community import Community
from exchange.models.practice import Practice
from exchange.models.review import Review
from exchange.vocabulary import concepts

STEPS = range(1, 6)


@dataclass
class Distribution:
    """How often each step from 1 to 5 was given on one criterion; `counts[0]` is how often 1 was.

    `same_class` and `other_class` split the counts by whether the rater is of the owner's population
    class; `by_relation` by how the rater knows the practice.
    """

    criterion: str
    counts: list[int] = field(default_factory=lambda: [0] * 5)
    same_class: list[int] = field(default_factory=lambda: [0] * 5)
    other_class: list[int] = field(default_factory=lambda: [0] * 5)
    by_relation: dict[str, list[int]] = field(default_factory=dict)
    not_applicable: int = 0

    @property
    def n(self) -> int:
        return sum(self.counts)


def distributions(session: Session, practice: Practice) -> list[Distribution]:
    """One distribution for each criterion of the vocabulary, in its order, also where nobody rated."""
    owner = session.get_one(Community, practice.community_id)
    found = {c.id: Distribution(c.id) for c in concepts.scheme("rating-criteria")}
    query = (
        select(Review, Community)
        .join(Community, Community.id == Review.community_id)  # type: ignore[arg-type]
        .where(Review.practice_id == practice.id, Review.withdrawn_at == None)  # noqa: E711
    )
    for given, rater in session.exec(query):
        same = owner.population_class is not None and owner.population_class == rater.population_class
        for criterion, value in given.ratings.items():
            if criterion not in found:
                continue
            one = found[criterion]
            if value is None:
                one.not_applicable += 1
                continue
            one.counts[value - 1] += 1
            (one.same_class if same else one.other_class)[value - 1] += 1
            one.by_relation.setdefault(given.relation, [0] * 5)[value - 1] += 1
    return list(found.values())
