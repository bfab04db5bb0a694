"""Commands about other instances and the actors there: whom we follow, who may come in, how they fare."""

import time
from typing import Any

import click
from sqlmodel import Session, col, select

from exchange import mending
from exchange.catalogue import shelf
from exchange.cli import gate, words
from exchange.cli.base import Group, fail, opened, reading
from exchange.cli.output import Steps, print_json, print_table, progress, say
from exchange.instance import Instance
from federation.arriving import backfill
from federation.ledger import rules
from federation.ledger.relations import Follow
from federation.neighbours import followers, health
from federation.others import peers, quarantine, webfinger
from federation.wire.activity import host_of, origin_of

PATIENCE = 600.0  # seconds that a sync is waited for


@click.group(cls=Group)
def peer() -> None:
    """Other instances: follow, list, show, allow, block, accept, sync."""


for command in (gate.allow, gate.block, gate.unblock, gate.rules_, gate.accept, gate.reject, gate.lists):
    peer.add_command(command)


@peer.command("follow")
@click.argument("target", metavar="URL|HANDLE")
@click.option("--as", "slug", metavar="SLUG", help="As this community; usually as the whole instance.")
@reading
def follow(target: str, slug: str | None, as_json: bool) -> None:
    """Follow an instance, a community or another actor; its past is read once it accepts."""
    with opened() as instance:
        actor = _resolve(instance, target)
        if instance.node.is_ours(actor):
            fail("This is an actor of this very instance.")
        with instance.database.writing() as session:
            local = _local_actor(session, instance, slug)
            followers.follow(session, instance.node, local_actor=local, target_actor=actor)
            relation = followers.between(session, local, actor)
            state = relation.state if relation else "pending"
    if as_json:
        return print_json({"actor": actor, "follower": local, "state": state})
    say(f"{actor} has been asked." if state != "accepted" else f"{actor} is followed.")


@peer.command("unfollow")
@click.argument("target", metavar="URL|HANDLE")
@click.option("--as", "slug", metavar="SLUG", help="The community that followed.")
def unfollow(target: str, slug: str | None) -> None:
    """Follow an actor no longer; what was read stays."""
    with opened() as instance:
        actor = _followed(instance, target) or _resolve(instance, target)
        with instance.database.writing() as session:
            local = _local_actor(session, instance, slug)
            undone = followers.unfollow(session, instance.node, local_actor=local, target_actor=actor)
    if undone is None:
        fail(f"{actor} was not followed.")
    say(f"{actor} is followed no longer.")


@peer.command("list")
@reading
def list_(as_json: bool) -> None:
    """List whom we follow, who follows us, and every host we have met."""
    with opened() as instance, instance.database.reading() as session:
        rows = _relations(session, instance)
        if as_json:
            met = health.of_all(session, instance.node)
            return print_json({"relations": rows, "hosts": [one.as_dict() for one in met]})
    print_table(
        ("direction", "actor", "state", "since", "read", "host"),
        [
            (r["direction"], r["actor"], r["state"], r["since"], _read(r.get("backfill")), _word(r["health"]))
            for r in rows
        ],
        empty="Nobody is followed yet: `jumelage peer follow URL` begins.",
    )


@peer.command("show")
@click.argument("host", metavar="HOST|URL")
@reading
def show(host: str, as_json: bool) -> None:
    """Show what we know of one instance."""
    name = rules.normal(host_of(host) or host)
    with opened() as instance, instance.database.reading() as session:
        found = health.of_host(session, name)
        rows = [r for r in _relations(session, instance) if host_of(r["actor"]) == name]
        changed = [{"key": key.id, "since": key.quarantined_at} for key in quarantine.of_host(session, name)]
    if found is None:
        fail(f"We have not met {name[:200]}.")
    if as_json:
        return print_json(found.as_dict() | {"relations": rows, "changed_keys": changed})
    for line in words.of_health(found):
        say("\t".join(line))
    for relation in rows:
        say(f"{relation['direction']}\t{relation['actor']}\t{relation['state']}")
        if (row := relation["backfill"]) and row["error"]:
            say(f"reading\t{relation['actor']}\t{_read(row)}: {row['error']}")
    for key in changed:
        say(f"changed key\t{key['key']}\tnot believed since {key['since']}; see `jumelage keys accept`")


@peer.command("sync")
@click.argument("target", metavar="[URL|HANDLE|HOST]", required=False)
@reading
def sync(target: str | None, as_json: bool) -> None:
    """Read the outboxes of those we follow again, and compare what they list with what we hold."""
    with opened() as instance:
        with instance.database.reading() as session:
            actors = _accepted(session, instance)
        if target:
            wanted = {target, _followed(instance, target)}
            actors = [uri for uri in actors if uri in wanted or host_of(uri) == target]
            if not actors:
                fail(f"{target[:200]} is not followed, or has not accepted yet.")
        found = [_sync(instance, actor) for actor in actors]
    if as_json:
        return print_json(found)
    print_table(
        ("actor", "state", "listed", "kept", "refused", "missing", "vanished", "error"),
        [
            (
                f["actor"],
                f["state"],
                f["total"],
                f["kept"],
                f["refused"],
                len(f["missing"]),
                len(f["vanished"]),
                f["error"],
            )
            for f in found
        ],
        empty="Nobody is followed yet: `jumelage peer follow URL` begins.",
    )
    if any(f["state"] != "done" for f in found):
        fail("Not everything could be read.")


def _sync(instance: Instance, actor: str) -> dict[str, Any]:
    """Read one outbox to its end, here or in the process that serves, whichever takes a page first."""
    with instance.database.writing() as session:
        backfill.start(session, actor)
    row, reader = None, backfill.Reader(instance.node)
    with progress(f"Reading {host_of(actor)}") as steps:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            row = _row(instance, actor)
            steps.to(row.fetched, row.total)
            if row.state in ("done", "failed"):
                break
            if not reader.step():
                time.sleep(0.2)
        while instance.index_once():
            pass
        compared = _compared(instance, actor, steps) if row and row.state == "done" else None
    assert row is not None
    return {
        "actor": actor,
        "state": row.state,
        "total": row.total,
        "fetched": row.fetched,
        "kept": row.kept,
        "refused": row.refused,
        "error": row.error,
        "missing": compared.missing if compared else [],
        "vanished": compared.vanished if compared else [],
    }


def _compared(instance: Instance, actor: str, steps: Steps) -> backfill.Reconciliation:
    steps.to(0, title=f"Comparing {host_of(actor)}")
    return mending.mend(instance, actor)


def _row(instance: Instance, actor: str) -> backfill.Backfill:
    with instance.database.reading() as session:
        return session.get_one(backfill.Backfill, actor)


def _resolve(instance: Instance, target: str) -> str:
    """The actor that a person means, known to us afterwards. Goes to the network."""
    if instance.node.is_ours(target):
        return target
    actor = webfinger.resolve(instance.client, target)
    if not instance.node.is_ours(actor):
        peers.resolve_actor(instance.node, actor)
    return actor


def _followed(instance: Instance, target: str) -> str | None:
    """Someone we follow already, by address, host or handle, without asking the network."""
    with instance.database.reading() as session:
        for uri in (relation.followed for relation in _ours(session, instance)):
            known = session.get(peers.RemoteActor, uri)
            handle = (known.handle or "") if known else ""
            instance_of = uri.endswith("/actor") and target.rstrip("/") in (host_of(uri), origin_of(uri))
            if target == uri or instance_of or (handle and target.lstrip("@") == handle):
                return uri
    return None


def _local_actor(session: Session, instance: Instance, slug: str | None) -> str:
    return shelf.community(session, slug).uri if slug else instance.node.instance_actor


def _ours(session: Session, instance: Instance) -> list[Follow]:
    mine = col(Follow.follower).startswith(instance.origin + "/", autoescape=True)
    return list(session.exec(select(Follow).where(mine).order_by(col(Follow.id))))


def _accepted(session: Session, instance: Instance) -> list[str]:
    found = (r.followed for r in _ours(session, instance) if r.state == "accepted")
    return [uri for uri in dict.fromkeys(found) if not instance.node.is_ours(uri)]


def _relations(session: Session, instance: Instance) -> list[dict[str, Any]]:
    rows = []
    for relation in session.exec(select(Follow).order_by(col(Follow.id))):
        outwards = instance.node.is_ours(relation.follower)
        actor = relation.followed if outwards else relation.follower
        host = health.of_host(session, host_of(actor) or "")
        reading_ = session.get(backfill.Backfill, actor) if outwards else None
        rows.append(
            {
                "direction": "following" if outwards else "follower",
                "actor": actor,
                "local": relation.follower if outwards else relation.followed,
                "state": relation.state,
                "since": relation.at,
                "backfill": reading_.model_dump(
                    include={"state", "fetched", "total", "kept", "refused", "error"}
                )
                if reading_
                else None,
                "health": host.as_dict() if host else None,
            }
        )
    return rows


def _read(row: dict[str, Any] | None) -> str:
    return f"{row['state']} {row['fetched']}/{'?' if row['total'] is None else row['total']}" if row else ""


def _word(health: dict[str, Any] | None) -> str:
    if not health:
        return ""
    if health["allowed"] is False:
        return "blocked"
    return f"{health['state']}: {health['last_error']}" if health["last_error"] else health["state"]
