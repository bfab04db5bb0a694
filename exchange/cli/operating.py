"""Commands that show an operator what goes on inside: the journal, what waits, the index."""

from typing import Any

import click
from sqlmodel import Session, col, func, select

from exchange.catalogue.people import letters
from exchange.cli.base import Command, Group, opened, reading
from exchange.cli.output import counted, print_json, print_table, progress, say
from exchange.instance import Instance
from exchange.models.mail import Mail
from federation.arriving.inbox import Arrival
from federation.ledger import arrivals, hosts, lease, outbox
from federation.ledger import journal as journals
from federation.ledger.journal import JournalEntry
from federation.wire.activity import host_of

UNFINISHED = (lease.WAITING, lease.LEASED, lease.DEAD)


@click.command("journal", cls=Command)
@click.option(
    "--after", type=click.IntRange(0, 2**62), metavar="N", help="Only what follows number N, oldest first."
)
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many at most."
)
@click.option("--body", is_flag=True, help="With --json: the whole activities.")
@reading
def journal(after: int | None, limit: int, body: bool, as_json: bool) -> None:
    """Show the newest activities that were sent and received."""
    with opened() as instance, instance.database.reading() as session:
        if after is None:
            query = select(JournalEntry).order_by(col(JournalEntry.number).desc()).limit(limit)
            rows = list(reversed(session.exec(query).all()))
        else:
            rows = journals.after(session, after, limit)
    if as_json:
        return print_json([_entry(row, body) for row in rows])
    print_table(
        ("number", "at", "", "kind", "actor", "object"),
        [(row.number, row.at, row.direction, row.kind, row.actor, row.object_id) for row in rows],
        empty="The journal is empty.",
    )


@click.group("queue", cls=Group, invoke_without_command=True)
@click.option("--dead", is_flag=True, help="Only what was given up.")
@click.option("--retry", metavar="HOST", help="The same as `queue retry HOST`.")
@click.option(
    "--limit",
    type=click.IntRange(1, 2**31),
    default=1000,
    show_default=True,
    help="How many of each at most, the oldest first.",
)
@reading
def queue(dead: bool, retry: str | None, limit: int, as_json: bool) -> None:
    """Show what has not been delivered or mailed, and what has arrived and was not dealt with."""
    if click.get_current_context().invoked_subcommand:
        return
    with opened() as instance:
        if retry:
            _again(instance, retry)
        with instance.database.reading() as session:
            states = (lease.DEAD,) if dead else UNFINISHED
            waiting = outbox.backlog(session, dead=dead, limit=limit)
            arrived = _unfinished(session, states, limit)
            unsent = letters.unsent(session, states, limit)
            more = {
                what: _count(session, table, states) - limit
                for what, table, shown in (
                    ("deliveries", outbox.Delivery, waiting),
                    ("arrivals", Arrival, arrived),
                    ("letters", Mail, unsent),
                )
                if len(shown) == limit
            }
    for what, number in more.items():
        if number > 0:
            click.echo(
                f"There are {number} {what} more than are shown; --limit shows more of them.", err=True
            )
    if as_json:
        return print_json(
            {
                "deliveries": [_plain(d) for d in waiting],
                "arrivals": [_plain(a) for a in arrived],
                "mail": [_plain(m) for m in unsent],
            }
        )
    print_table(
        ("direction", "state", "tries", "due", "to or from", "object", "last error"),
        [("out", d.state, d.attempts, d.due_at, d.host, d.object_id, d.last_error) for d in waiting]
        + [("in", a.state, a.attempts, a.due_at, a.actor, a.object_id, a.error) for a in arrived]
        + [("mail", m.state, m.attempts, m.due_at, m.recipient, m.kind, m.last_error) for m in unsent],
        empty="Nothing was given up." if dead else "Nothing waits.",
    )


@queue.command("retry")
@click.argument("host", required=False)
@reading
def retry(host: str | None, as_json: bool) -> None:
    """Try again now what was given up, and what waits for HOST; without HOST for all of them."""
    with opened() as instance:
        sent, judged = _again(instance, host)
        mailed = 0
        if not host:
            with instance.database.writing() as session:
                mailed = letters.revive(session)
    if as_json:
        return print_json({"deliveries": sent, "arrivals": judged, "mail": mailed})
    again = (counted(sent, "delivery", "deliveries"), counted(judged, "arrival"), counted(mailed, "letter"))
    say(f"Given up, and tried again: {', '.join(again)}.")


def _again(instance: Instance, host: str | None) -> tuple[int, int]:
    name = hosts.normal(host_of(host) or host) if host else None
    with instance.database.writing() as session:
        sent, judged = outbox.revive(session, name), arrivals.revive(session, name)
        if name:
            outbox.hasten(session, name)
        hosts.probe(session, name)
    return sent, judged


@click.group(cls=Group)
def index() -> None:
    """The search index: is it in step, and build it anew."""


@index.command("status")
@reading
def status(as_json: bool) -> None:
    """Show how far the index has followed the journal."""
    with opened() as instance:
        found = index_state(instance)
    if as_json:
        return print_json(found)
    for name, value in found.items():
        say(f"{name}\t{value}")


@index.command("rebuild")
@reading
def rebuild(as_json: bool) -> None:
    """Build the index anew from the journal, beside the one that is searched meanwhile.

    While the service runs it does this itself: the command only asks for it.
    """
    with opened() as instance:
        with instance.database.reading() as session:
            rows = session.exec(select(func.count()).select_from(JournalEntry)).one()
        done = 0
        with progress("Reading the journal", rows) as steps:

            def advance(more: int) -> None:
                nonlocal done
                done += more
                steps.to(done)

            count = instance.index.rebuild(advance)
        found = index_state(instance)
    if as_json:
        print_json(found)
    elif count is None:
        say(
            "The service that runs builds it anew beside the present one; index status shows when it is done."
        )
    else:
        say(f"The index holds {counted(count, 'practice')}.")


def index_state(instance: Instance) -> dict[str, Any]:
    """{engine, generation, documents, seen, journal, behind, building, trouble}."""
    with instance.database.reading() as session:
        return instance.index.state(session)


def _unfinished(session: Session, states: tuple[str, ...], limit: int) -> list[Arrival]:
    query = select(Arrival).where(col(Arrival.state).in_(states))
    return list(session.exec(query.order_by(col(Arrival.id)).limit(limit)))


def _count(session: Session, table: Any, states: tuple[str, ...]) -> int:
    return session.exec(select(func.count()).select_from(table).where(table.state.in_(states))).one()


def _entry(row: JournalEntry, body: bool) -> dict[str, Any]:
    found = row.model_dump(exclude={"body"})
    return found | {"activity": row.activity} if body else found


def _plain(row: Any) -> dict[str, Any]:
    """A row without what it carries; the subject of a letter may hold somebody's words, a link works once."""
    return row.model_dump(exclude={"body", "subject", "headers"})
