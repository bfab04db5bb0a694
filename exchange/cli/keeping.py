"""Commands that keep an instance in order over the years: newer tables, newer keys."""

import sqlite3
from contextlib import closing
from pathlib import Path

import click

from exchange import schema
from exchange.catalogue import announce, community, shelf
from exchange.cli.base import Command, Group, opened, settings
from exchange.cli.output import say
from exchange.config import Settings
from exchange.db import Database
from exchange.messages import N_, NotFound
from federation import keys as federation_keys
from federation import outbox
from federation.activity import PUBLIC


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
        copy = _copied(found, held)
        schema.upgrade(database)
    finally:
        database.close()
    say(f"The database is of version {newest} now." + (f" What it was is in {copy}." if copy else ""))


@click.group(cls=Group)
def keys() -> None:
    """Keys: with which actors of this instance sign."""


@keys.command("rotate")
@click.argument("slug", required=False)
def rotate(slug: str | None) -> None:
    """Give a community (without SLUG: the instance) new keys, and announce them with the old ones."""
    with opened() as instance, instance.database.writing() as session:
        owner = shelf.community(session, slug) if slug else None
        if owner is not None and not owner.local:
            raise NotFound(N_("There is no community “%(ref)s” here."), ref=slug)
        actor = owner.uri if owner else instance.node.instance_actor
        made = [federation_keys.rotate(session, actor, kind).id for kind in ("rsa", "ed25519")]
        if owner is not None:
            announce.say(session, "Update", owner, community.describe(session, owner))
        else:
            activity = {
                "@context": "https://www.w3.org/ns/activitystreams",
                "type": "Update",
                "actor": actor,
                "to": [PUBLIC],
                "cc": [f"{actor}/followers"],
                "object": instance.actor_document(session, actor),
            }
            outbox.send(session, actor=actor, activity=activity, followers_of=[actor])
    for key in made:
        say(key)


def _copied(found: Settings, version: str | None) -> Path | None:
    """A copy of a SQLite database as it is, also while it is in use."""
    if not found.database.startswith("sqlite"):
        return None
    path = Path(found.database.removeprefix("sqlite:///"))
    copy = path.with_name(f"{path.name}.before-{version or 'nothing'}")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy
