"""How the instance is, in figures for a monitoring system: `/metrics`, in the format of Prometheus.

Each figure costs an index that is counted, or less, so that it may be asked for every few seconds. What is
read is for those who run the instance: on the machine itself, or with an admin's token.
"""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Response, current_app, request
from sqlalchemy import and_, not_, text
from sqlmodel import Session, col, func, select

from exchange import vault, version
from exchange.api.health import blueprint
from exchange.api.problems import problem
from exchange.api.standing import here
from exchange.catalogue.people import officers
from exchange.instance import Instance
from exchange.messages import N_, Message
from exchange.models.adoption import STANDING, Adoption
from exchange.models.community import Community
from exchange.models.mail import Mail
from exchange.models.practice import WITHDRAWN, Practice
from exchange.models.review import Review
from federation.ledger import journal, lease
from federation.ledger.arrivals import Arrival
from federation.ledger.hosts import Host
from federation.ledger.outbox import Delivery
from search.errors import SearchError

if TYPE_CHECKING:
    from prometheus_client.core import GaugeMetricFamily

WAITING_STATES = (lease.WAITING, lease.LEASED, lease.DEAD)

# name → (what it tells, by what it is told apart); the page for operators has the same table
FIGURES: dict[str, tuple[str, tuple[str, ...]]] = {
    "jumelage_info": ("Always 1; says which version this is.", ("version", "database", "search")),
    "jumelage_practices": ("Practices that are published.", ("origin",)),
    "jumelage_communities": ("Communities that are known.", ("origin",)),
    "jumelage_reviews": ("Reviews that stand.", ("origin",)),
    "jumelage_adoptions": ("Adoptions that stand.", ("origin",)),
    "jumelage_journal_number": ("The number of the last activity, sent or received.", ()),
    "jumelage_index_up": ("1 when the search index answers and can be written, else 0.", ()),
    "jumelage_index_lag": ("Activities that the search index has not seen yet.", ()),
    "jumelage_index_documents": ("Practices that the search finds.", ()),
    "jumelage_deliveries": ("Deliveries to other instances that are not done.", ("state",)),
    "jumelage_inbox": ("Activities of others that are not judged yet, or could not be.", ("state",)),
    "jumelage_hosts": ("Other instances that we have met.", ("state",)),
    "jumelage_mail": ("Letters that have not left.", ("state",)),
    "jumelage_backup_timestamp_seconds": ("When the last backup was made; not there while none was.", ()),
    "jumelage_backup_bytes": ("How big the last backup was.", ()),
    "jumelage_database_bytes": ("The size of the database.", ()),
    "jumelage_disk_free_bytes": ("What is free where the data of the instance lie.", ()),
}


@blueprint.get("/metrics")
def metrics() -> Response:
    """The figures; for the machine itself and for admin tokens, 403 for everybody else."""
    instance: Instance = current_app.extensions["jumelage"]
    if not _allowed(instance):
        told = N_("These figures are for the machine itself, asked at a loopback address without a proxy, and for "
                  "tokens of scope admin.")  # fmt: skip
        return problem(403, title=N_("These figures are not for everybody."), detail=Message(told))
    # Loaded when it is asked for: most instances never are.
    from prometheus_client import GC_COLLECTOR, PLATFORM_COLLECTOR, PROCESS_COLLECTOR, CollectorRegistry
    from prometheus_client.exposition import choose_encoder

    registry = CollectorRegistry(auto_describe=False)
    for collector in (Collector(instance), PROCESS_COLLECTOR, PLATFORM_COLLECTOR, GC_COLLECTOR):
        registry.register(collector)  # type: ignore[arg-type]
    encode, kind = choose_encoder(request.headers.get("Accept", ""))
    answer = Response(encode(registry), content_type=kind)
    answer.headers["Cache-Control"] = "no-store"
    answer.vary.update(("Accept", "Authorization"))
    return answer


def _allowed(instance: Instance) -> bool:
    """Somebody on the machine, or whoever holds an admin's token; a token that is sent has to be one."""
    if "Authorization" not in request.headers:
        return here(request.environ)
    kind, _, secret = request.headers["Authorization"].partition(" ")
    with instance.database.reading() as session:
        token = officers.token_holder(session, secret.strip())
    return kind.lower() == "bearer" and token is not None and token.scope == "admin"


class Collector:
    """The figures of one instance, as the library asks for them."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance

    def describe(self) -> Iterable["GaugeMetricFamily"]:
        """Nothing: what there is follows from asking."""
        return []

    def collect(self) -> Iterator["GaugeMetricFamily"]:
        """Every figure that is known now."""
        from prometheus_client.core import GaugeMetricFamily

        found = figures(self.instance)
        for name, (told, labels) in FIGURES.items():
            if found.get(name):
                family = GaugeMetricFamily(name, told, labels=labels)
                for values, figure in found[name].items():
                    family.add_metric(values, figure)
                yield family


def figures(instance: Instance) -> dict[str, dict[tuple[str, ...], float]]:
    """Name → values of its labels → figure. What is not known is not there."""
    own, database = instance.settings, instance.database
    kind = "sqlite" if database.is_sqlite else "postgresql"
    found: dict[str, dict[tuple[str, ...], float]] = {
        "jumelage_info": {(version(), kind, instance.engine.name): 1}
    }
    with database.reading() as session:
        found["jumelage_practices"] = _known(session, Practice, Practice.state == WITHDRAWN)
        found["jumelage_communities"] = _known(session, Community, col(Community.gone))
        found["jumelage_reviews"] = _known(session, Review, col(Review.withdrawn_at).is_not(None))
        found["jumelage_adoptions"] = _known(session, Adoption, not_(and_(*STANDING)))
        found["jumelage_deliveries"] = _states(session, Delivery, WAITING_STATES)
        found["jumelage_inbox"] = _states(session, Arrival, WAITING_STATES)
        found["jumelage_hosts"] = _states(session, Host, ("ok", "suspended"))
        found["jumelage_mail"] = _states(session, Mail, WAITING_STATES)
        last = journal.last(session)
        size = (
            None
            if database.is_sqlite
            else session.scalar(text("SELECT pg_database_size(current_database())"))
        )
    found["jumelage_journal_number"] = {(): last}
    found |= _index(instance, last)
    found["jumelage_database_bytes"] = {(): _bytes(database.url) if size is None else size}
    found["jumelage_disk_free_bytes"] = {(): shutil.disk_usage(own.data).free}
    if made := vault.last(own):
        found["jumelage_backup_timestamp_seconds"] = {(): made.at.timestamp()}
        found["jumelage_backup_bytes"] = {(): made.size}
    return found


def _known(session: Session, table: Any, gone: Any) -> dict[tuple[str, ...], float]:
    """How many are ours and how many of others: all rows, which an index counts, without the few that are gone."""
    count = select(table.local, func.count()).group_by(table.local)
    there, less = dict(session.exec(count).all()), dict(session.exec(count.where(gone)).all())
    return {
        (name,): there.get(local, 0) - less.get(local, 0)
        for name, local in (("local", True), ("remote", False))
    }


def _states(session: Session, table: Any, states: tuple[str, ...]) -> dict[tuple[str, ...], float]:
    """How many rows are in each of these states; the others are not counted, done ones may be many."""
    query = select(table.state, func.count()).where(table.state.in_(states)).group_by(table.state)
    found = dict(session.exec(query).all())
    return {(state,): found.get(state, 0) for state in states}


def _index(instance: Instance, last: int) -> dict[str, dict[tuple[str, ...], float]]:
    try:
        seen, documents = instance.engine.seen(), instance.engine.count()
    except (SearchError, OSError):
        return {"jumelage_index_up": {(): 0}}
    return {
        "jumelage_index_up": {(): 0 if instance.index.doing().trouble else 1},
        "jumelage_index_lag": {(): max(0, last - seen)},
        "jumelage_index_documents": {(): documents},
    }


def _bytes(url: str) -> int:
    """The file of a SQLite database, and what is written beside it."""
    file = Path(url.removeprefix("sqlite:///"))
    parts = (file, file.with_name(f"{file.name}-wal"))
    return sum(part.stat().st_size for part in parts if part.is_file())
