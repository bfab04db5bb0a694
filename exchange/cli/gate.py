"""Commands about who may come in: domains allowed and blocked, lists of others, and who asks to be let in."""

from pathlib import Path
from typing import Any

import click

from exchange.cli.base import Command, Group, fail, opened, reading
from exchange.cli.output import counted, print_json, print_table, say
from exchange.instance import Instance
from federation.errors import BadDocument
from federation.ledger import hosts, rules
from federation.neighbours import blocklists, knocking, parting
from federation.wire.activity import host_of

_reason = click.option("--reason", default="", metavar="TEXT", help="Why, for those who come after you.")


@click.command("allow", cls=Command)
@click.argument("host")
@_reason
def allow(host: str, reason: str) -> None:
    """Exchange with HOST and everything below it."""
    say(f"{_judge(host, True, reason)} is allowed.")


@click.command("block", cls=Command)
@click.argument("host")
@_reason
def block(host: str, reason: str) -> None:
    """Exchange nothing with HOST and everything below it.

    What waits for it and from it is forgotten, and so is who follows whom. What has been read from it stays.
    """
    say(f"{_judge(host, False, reason)} is blocked.")


@click.command("unblock", cls=Command)
@click.argument("host")
def unblock(host: str) -> None:
    """Take back what was said about HOST, be it allow or block; lists keep their word."""
    name = _named(host)
    with opened() as instance, instance.database.writing() as session:
        if session.get(rules.Rule, (name, rules.OPERATOR)) is None:
            fail(f"Nothing was said about {name}.")
        hosts.judge(session, name, None)
        rule = rules.word(session, name)
    say(f"{name} is judged as all others.")
    if rule is not None:
        whose = f"the list {rule.source}" if rule.source else "the rule"
        say(f"Still {'allowed' if rule.allowed else 'blocked'}: {whose} says so about {rule.domain}.")


@click.command("rules", cls=Command)
@reading
def rules_(as_json: bool) -> None:
    """List the domains that are allowed and blocked, by whom and why."""
    with opened() as instance, instance.database.reading() as session:
        found = rules.rules(session)
    if as_json:
        return print_json([row.model_dump() for row in found])
    print_table(
        ("domain", "word", "said by", "reason", "at"),
        [
            (r.domain, "allowed" if r.allowed else "blocked", r.source or "operator", r.reason, r.at)
            for r in found
        ],
        empty="Nothing is said about any domain.",
    )


@click.command("accept", cls=Command)
@click.argument("who", metavar="HOST|ACTOR")
@_reason
@reading
def accept(who: str, reason: str, as_json: bool) -> None:
    """Let in who has asked to follow us: from now on we exchange with that host."""
    _answer(who, True, reason, as_json)


@click.command("reject", cls=Command)
@click.argument("who", metavar="HOST|ACTOR")
@reading
def reject(who: str, as_json: bool) -> None:
    """Say no to who has asked to follow us."""
    _answer(who, False, "", as_json)


@click.group("lists", cls=Group)
def lists() -> None:
    """Lists of blocked domains that others keep: add, list, undo."""


@lists.command("add")
@click.argument("source", metavar="URL|FILE")
@click.option("--dry-run", is_flag=True, help="Only show what it would change.")
@reading
def add(source: str, dry_run: bool, as_json: bool) -> None:
    """Block what a list names, and read it anew every day when it has a web address.

    Read are CSV with Mastodon's columns (#domain, #severity, #public_comment) and JSON. Only what a list
    suspends is blocked, never our own host. The first time it also parts us from those with whom we
    exchange; later, changes of the list do not.
    """
    with opened() as instance:
        named, found = _list(instance, source)
        if dry_run:
            with instance.database.reading() as session:
                change = blocklists.plan(session, instance.node, named, found)
        else:
            with instance.database.writing() as session:
                change = blocklists.subscribe(session, instance.node, named, found)
    if as_json:
        return print_json(_plain(change) | {"source": named, "dry_run": dry_run})
    would = "would be " if dry_run else ""
    say(
        f"{counted(len(change.added), 'domain')} {would}blocked, {counted(len(change.removed), 'domain')} {would}free again."
    )
    for host in change.partners:
        say(f"{host}\twe exchange with it; this {'would end' if dry_run else 'has ended'}")
    for domain, why in change.skipped:
        say(f"{domain}\tskipped: {why}")


@lists.command("list")
@reading
def list_(as_json: bool) -> None:
    """Show the lists that are followed."""
    with opened() as instance, instance.database.reading() as session:
        found = blocklists.subscribed(session)
    if as_json:
        return print_json([row.model_dump() for row in found])
    print_table(
        ("list", "domains", "added", "read", "error"),
        [(r.source, r.domains, r.added_at, r.read_at, r.error) for r in found],
        empty="No list is followed.",
    )


@lists.command("undo")
@click.argument("source", metavar="URL|FILE")
def undo(source: str) -> None:
    """Follow a list no longer, and take back everything it blocked."""
    with opened() as instance, instance.database.writing() as session:
        count = blocklists.give_up(session, source)
        if count is None:
            count = blocklists.give_up(session, str(Path(source).absolute()))
    if count is None:
        fail(f"The list {source[:200]} is not followed.")
    free = counted(count, "domain is", "domains are")
    say(f"{free} free again, unless something else blocks {'it' if count == 1 else 'them'}.")


def _list(instance: Instance, source: str) -> tuple[str, blocklists.Reading]:
    """The name under which a list is kept, and what it says."""
    if "://" in source:
        return source, blocklists.fetch(instance.node, source)
    path = Path(source).absolute()
    with path.open("rb") as file:
        data = file.read(blocklists.MOST_BYTES + 1)
    if len(data) > blocklists.MOST_BYTES:
        raise BadDocument("The list is too large.")
    return str(path), blocklists.read(data.decode("utf-8"), instance.node.host)


def _plain(change: blocklists.Change) -> dict[str, Any]:
    return {
        "added": change.added,
        "removed": change.removed,
        "partners": change.partners,
        "skipped": [{"domain": domain, "reason": why} for domain, why in change.skipped],
    }


def _answer(who: str, yes: bool, reason: str, as_json: bool) -> None:
    with opened() as instance, instance.database.writing() as session:
        asked = knocking.answer(session, instance.node, who, accept=yes, reason=reason)
        found = [{"actor": r.follower, "follows": r.followed, "state": r.state} for r in asked]
    if as_json:
        return print_json(found)
    for one in found:
        say(f"{one['actor']} is {'let in' if yes else 'told no'}.")


def _named(host: str) -> str:
    name = hosts.normal(host_of(host) or host)
    if not name or any(character.isspace() or character in "/@" for character in name):
        raise click.BadParameter("write a host, such as practices.town.example", param_hint="HOST")
    return name


def _judge(host: str, allowed: bool, reason: str) -> str:
    name = _named(host)
    with opened() as instance, instance.database.writing() as session:
        if not allowed and rules.covers(name, instance.node.host):
            fail("This is our own host.")
        hosts.judge(session, name, allowed, reason=reason)
        if not allowed:
            parting.part(session, instance.node, [name])
    return name
