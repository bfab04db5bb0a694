"""Commands that keep an instance in order over the years: newer tables, newer keys."""

import os
import sqlite3
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import click
from sqlmodel import Session

from exchange import schema
from exchange.catalogue import shelf
from exchange.catalogue.communities import keyring
from exchange.cli.base import Command, Group, data_directory, fail, opened, settings
from exchange.cli.output import say
from exchange.config import Settings
from exchange.db import Database, make_private
from exchange.instance import Instance
from exchange.messages import N_, NotFound
from federation import keys as federation_keys
from federation.ledger import outbox, rules
from federation.neighbours import accepting
from federation.others import quarantine
from federation.wire.activity import PUBLIC, host_of


@click.command(cls=Command)
def upgrade() -> None:
    """Bring the database to the version of this program; a SQLite file is copied first."""
    found = settings()
    database = Database(found.database)
    try:
        held, newest = schema.version(database), schema.newest()
        if held == newest:
            say(f"The database is of version {held} already.")
            return
        if held:
            schema.refuse_newer(held)
        copy = _copied(found, held)
        schema.upgrade(database)
    finally:
        database.close()
    say(f"The database is of version {newest} now." + (f" What it was is in {copy}." if copy else ""))


@click.command(cls=Command)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--keep",
    type=click.IntRange(1, 1000),
    metavar="N",
    help="Of those under `backups` only the newest N stay.",
)
def backup(file: Path | None, keep: int | None) -> None:
    """Write the whole instance into FILE, also while it is at work; keep the file as safe as its keys.

    Without FILE it goes into the directory of the instance, under `backups`, with the day in its name.
    """
    from exchange import backup as keeping
    from exchange import vault

    found = settings()
    if file is not None and keep is not None:
        raise click.UsageError("--keep is about those in the directory of the instance: leave FILE out.")
    if file is None:
        made = vault.make(found)
        say(f"{found.data / vault.DIRECTORY / made.file}: {made.size} bytes")
        for old in vault.kept(found)[keep:] if keep else []:
            vault.discard(found, old.file)
            say(f"{old.file} is deleted.")
        return
    rows = keeping.backup(found, file, progress=_told)
    vault.remember(found, file)
    say(f"{file}: {rows} rows, {file.stat().st_size} bytes")


@click.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--database", "database", metavar="URL", help="Where its tables go; SQLite in DIR without.")
def restore(file: Path, database: str | None) -> None:
    """Make the instance of the backup FILE in DIR, which must be empty; its index is built at the first start.

    Never let two instances of the same address run: each would believe to be the one that others follow.
    """
    from exchange import backup as keeping

    data = data_directory() or os.environ.get("JUMELAGE_DATA")
    if not data:
        fail("No directory is named: give --data DIR or set JUMELAGE_DATA.")
    made = keeping.restore(file, Path(data).expanduser().absolute(), database_url=database, progress=_told)
    say(f"{made.origin} lives in {made.data} again. Next: jumelage doctor, jumelage serve.")


def _told(table: str, rows: int) -> None:
    if rows and sys.stderr.isatty():
        click.echo(f"{table}: {rows}", err=True)


@click.group(cls=Group)
def keys() -> None:
    """Keys: those with which our actors sign, and changed ones of others."""


@keys.command("rotate")
@click.argument("slug", required=False)
@click.option("--leaked", is_flag=True, help="The old keys hold no longer from now on: others have them.")
def rotate(slug: str | None, leaked: bool) -> None:
    """Give a community (without SLUG: the instance) new keys, and announce them with the old ones.

    The old keys go on for eight days, until everybody has heard of the new ones. After --leaked nobody
    can be told in a way that could not be forged: operators elsewhere have to accept the new keys.
    """
    with opened() as instance, instance.database.writing() as session:
        owner = shelf.community(session, slug) if slug else None
        if owner is not None and not owner.local:
            raise NotFound(N_("There is no community “%(ref)s” here."), ref=slug)
        overlap = timedelta(0) if leaked else federation_keys.OVERLAP
        if owner is not None:
            made = keyring.rotate(session, owner, overlap=overlap)
        else:
            made = _renew_instance(instance, session, overlap)
    for key in made:
        say(key)


@keys.command("accept")
@click.argument("host", metavar="HOST|URL")
@click.option("--yes", is_flag=True, help="Do not ask.")
def accept(host: str, yes: bool) -> None:
    """Believe the changed keys of HOST's actors, which nobody announced with the keys we knew.

    Ask the people there first, by telephone say: whoever takes over a domain comes with new keys too.
    """
    name = rules.normal(host_of(host) or host)
    with opened() as instance:
        with instance.database.reading() as session:
            waiting = quarantine.of_host(session, name) + quarantine.refused_of_host(session, name)
        if not waiting:
            fail(f"No changed key of {name[:200]} waits for your word.")
        for row in waiting:
            say(f"{row.id}\t{row.quarantined_at or 'refused'}")
        if not yes:
            click.confirm("Have the people there told you that these are theirs?", abort=True, err=True)
        with instance.database.writing() as session:
            accepting.accept(session, name)
    say("They are believed from now on.")


@keys.command("refuse")
@click.argument("host", metavar="HOST|URL")
def refuse(host: str) -> None:
    """Do not believe the changed keys of HOST's actors; the keys of old hold on.

    Nobody is asked about the same keys again; `keys accept` still takes them.
    """
    name = rules.normal(host_of(host) or host)
    with opened() as instance, instance.database.writing() as session:
        if not accepting.refuse(session, name):
            fail(f"No changed key of {name[:200]} waits for your word.")
    say("They are not believed.")


def _renew_instance(instance: Instance, session: Session, overlap: timedelta) -> list[str]:
    actor, kinds = instance.node.instance_actor, federation_keys.FRAGMENTS
    made = [federation_keys.rotate(session, actor, kind, overlap=overlap).id for kind in kinds]
    activity = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "type": "Update",
        "actor": actor,
        "to": [PUBLIC],
        "cc": [f"{actor}/followers"],
        "object": instance.actor_document(session, actor),
    }
    outbox.send(session, actor=actor, activity=activity, followers_of=[actor])
    return made


def _copied(found: Settings, version: str | None) -> Path | None:
    """A copy of a SQLite database as it is, also while it is in use."""
    if not found.database.startswith("sqlite"):
        return None
    path = Path(found.database.removeprefix("sqlite:///"))
    copy = path.with_name(f"{path.name}.before-{version or 'nothing'}")
    make_private(copy)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy
