"""The gap map: on which theme which kind of place has told something, and where nobody has or somebody looks for it."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlmodel import Session, select

from exchange.catalogue.communities.seek import sought
from exchange.catalogue.measures.bridging.edges import KINDS, members_of
from exchange.models.cluster import Cluster
from exchange.models.community import Community
from exchange.models.practice import PUBLISHED, Practice
from exchange.vocabulary import concepts

__all__ = ["KINDS", "Cell", "GapMap", "gaps"]
_KIND = {"dg-3": "rural", "dg-2": "town", "dg-1": "city"}
DEGURBA = {kind: degurba for degurba, kind in _KIND.items()}


@dataclass(frozen=True)
class Cell:
    """A theme and a kind of place: how many practices there are, and how many communities look for some."""

    theme: str
    kind: str
    practices: int
    seekers: int

    @property
    def empty(self) -> bool:
        return self.practices == 0


@dataclass(frozen=True)
class GapMap:
    """All cells, theme by theme in the order of the vocabulary; `unplaced` practices are of unknown kinds of place."""

    cells: dict[tuple[str, str], Cell]
    unplaced: int

    @property
    def themes(self) -> list[str]:
        return list(dict.fromkeys(theme for theme, _ in self.cells))

    def row(self, theme: str) -> list[Cell]:
        return [self.cells[theme, kind] for kind in KINDS]

    @property
    def empty(self) -> int:
        return sum(cell.empty for cell in self.cells.values())


def gaps(session: Session, *, cluster: Cluster | None = None) -> GapMap:
    """The map over all that is known here, or over the members of a cluster."""
    members: Collection[str] | None = members_of(session, cluster) if cluster else None
    query = (
        select(Practice.themes, Community.degurba, Community.uri)  # type: ignore[call-overload]
        .join(Community, Community.id == Practice.community_id)  # type: ignore[arg-type]
        .where(Practice.state == PUBLISHED)
    )
    told: list[tuple[list[str], str | None]] = [
        (list(themes), degurba)
        for themes, degurba, uri in session.exec(query)
        if members is None or uri in members
    ]
    there = _counted(told)
    wanted = _counted(
        ([wish["theme"] for wish in sought(c)], c.degurba)
        for c in session.exec(select(Community).where(Community.gone == False))  # noqa: E712
        if members is None or c.uri in members
    )
    cells = {
        (theme.id, kind): Cell(theme.id, kind, there[theme.id, kind], wanted[theme.id, kind])
        for theme in concepts.scheme("themes")
        for kind in KINDS
    }
    return GapMap(cells, sum(_KIND.get(degurba or "") is None for _, degurba in told))


def _counted(told: Iterable[tuple[list[str], str | None]]) -> Counter[tuple[str, str]]:
    return Counter((theme, _KIND.get(degurba or "", "")) for themes, degurba in told for theme in set(themes))
