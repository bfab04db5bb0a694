"""The doctor looks whether an instance is well, and says for each ailment what to do."""

import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import click
from sqlmodel import select

from exchange import schema
from exchange.catalogue import letters
from exchange.cli.base import Command, fail, reading, sentence, settings
from exchange.cli.operating import index_state
from exchange.cli.output import print_json, say
from exchange.config import ConfigurationError, Settings
from exchange.db import Database
from exchange.instance import Instance
from exchange.messages import Refusal
from federation import keys, outbox
from federation.actor import LocalActor
from federation.errors import FederationError
from search.errors import EngineAway, SearchError

LITTLE_SPACE = 500 * 1024 * 1024
MANY_BEHIND = 1000


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `advice` is empty when it is well, `grave` when it stops the work."""

    what: str
    state: str
    advice: str = ""
    grave: bool = False


@click.command(cls=Command)
@click.option("--offline", is_flag=True, help="Do not try to reach the instance's own address.")
@reading
def doctor(offline: bool, as_json: bool) -> None:
    """Look whether the instance is well; each line says ok, or what to do."""
    findings = list(examine(offline))
    if as_json:
        print_json([asdict(finding) | {"ok": not finding.advice} for finding in findings])
    else:
        for finding in findings:
            mark = "ok " if not finding.advice else "!! "
            say(
                f"{mark} {finding.what}: {finding.state}" + (f" → {finding.advice}" if finding.advice else "")
            )
    if any(finding.grave for finding in findings):
        fail("The instance cannot work like this; the lines above say what to do.")


def examine(offline: bool) -> Iterator[Finding]:
    """Look at everything; what depends on something broken is left out."""
    try:
        found = settings()
    except ConfigurationError as error:
        yield Finding("settings", str(error), "mend the setting it names", grave=True)
        return
    yield Finding("settings", f"{found.origin} in {found.data}")
    if found.lab:
        yield Finding("lab mode", "on", "never in the open: remove JUMELAGE_LAB and `lab` in jumelage.toml")
    yield _space(found)
    tables = _tables(found)
    yield tables
    if tables.grave:
        return
    try:
        instance = Instance.open(found)
    except (Refusal, SearchError, OSError) as error:
        yield Finding("instance", sentence(error), "see above", grave=True)
        return
    try:
        yield _index(instance)
        yield _keys(instance)
        yield _queue(instance)
        yield _mail(instance, offline)
        if not offline:
            yield _reachable(instance)
    finally:
        instance.close()


def _space(found: Settings) -> Finding:
    free = shutil.disk_usage(found.data).free
    text = f"{free // (1024 * 1024):,} MB free"
    return Finding("disk", text, "make room before it is full" if free < LITTLE_SPACE else "")


def _tables(found: Settings) -> Finding:
    try:
        database = Database(found.database)
        try:
            held, newest = schema.version(database), schema.newest()
        finally:
            database.close()
    except Exception as error:
        return Finding("database", sentence(error) or str(error), "see to the database first", grave=True)
    if held != newest:
        advice = "run jumelage upgrade" if held else "make an instance with jumelage init"
        return Finding("database", f"its tables are of version {held}", advice, grave=True)
    return Finding("database", f"tables of version {held}")


def _index(instance: Instance) -> Finding:
    try:
        state = index_state(instance)
    except EngineAway as error:
        return Finding("index", str(error), "see to the search server", grave=True)
    if state["trouble"]:
        return Finding(
            "index", f"{state['engine']}: {state['trouble']}", "make room, or see the log", grave=True
        )
    text = f"{state['engine']}, {state['documents']} practices, {state['behind']} behind the journal"
    late = state["behind"] > MANY_BEHIND
    return Finding("index", text, "is jumelage serve or worker running?" if late else "")


def _keys(instance: Instance) -> Finding:
    with instance.database.reading() as session:
        actors = session.exec(select(LocalActor.uri)).all()
        lacking = [uri for uri in actors if {k.kind for k in keys.usable(session, uri)} < {"rsa", "ed25519"}]
    if instance.node.instance_actor not in actors:
        return Finding("keys", "the instance has no actor", "restore a backup", grave=True)
    if lacking:
        return Finding("keys", f"missing for {', '.join(lacking)}", "restore a backup", grave=True)
    return Finding("keys", f"{len(actors)} actors have theirs")


def _queue(instance: Instance) -> Finding:
    with instance.database.reading() as session:
        waiting = outbox.backlog(session)
    dead = sum(d.state == "dead" for d in waiting)
    advice = "jumelage queue shows them, --retry HOST tries again" if dead else ""
    return Finding("queue", f"{len(waiting)} deliveries wait, {dead} were given up", advice)


def _mail(instance: Instance, offline: bool) -> Finding:
    """Whether letters leave: the mail server is greeted and told who we are, and nothing is sent."""
    from exchange.worker.postman import MailFailed, on_the_way

    own = instance.settings
    if not own.sends_mail:
        return Finding("mail", "none is sent: links for passwords are handed over by hand")
    way = own.mail_way if "@" not in own.mail_way else own.mail_way.rpartition("@")[2]
    if not offline:
        try:
            with on_the_way(own):
                pass
        except MailFailed as failure:
            return Finding("mail", str(failure), "see to JUMELAGE_MAIL; letters wait for five days")
    with instance.database.reading() as session:
        dead = letters.dead(session)
    advice = "jumelage queue --dead shows them, queue retry tries again" if dead else ""
    return Finding("mail", f"by {way} from {own.mail_sender}, {dead} letters were given up", advice)


def _reachable(instance: Instance) -> Finding:
    """Ask our own address as a stranger would: by a client that does not know it is ours."""
    from federation.client import Client

    own = instance.settings
    stranger = Client(
        origin="https://doctor.invalid", lab=own.lab, ca=str(own.ca) if own.ca else None, seconds=5
    )
    try:
        found = stranger.get_json(f"{own.origin}/.well-known/nodeinfo", signed=False)
    except FederationError as error:
        return Finding(
            "origin",
            f"{own.origin} does not answer: {sentence(error)}",
            "is it served, and its proxy and DNS right?",
        )
    finally:
        stranger.close()
    right = own.origin in str(found.json)
    return Finding(
        "origin",
        f"{own.origin} answers" if right else f"{own.origin} is answered by something else",
        "" if right else "point DNS and proxy at this instance",
    )
