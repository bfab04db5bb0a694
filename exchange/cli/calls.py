"""Commands about what clusters ask and call for: consultations and campaigns."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import click

from exchange.catalogue import shelf
from exchange.catalogue.clusters import call as calling
from exchange.catalogue.clusters import calls, consult, contribute, progress
from exchange.catalogue.clusters import cluster as grouping
from exchange.cli.base import Group, opened, reading
from exchange.cli.output import print_json, print_table, say
from exchange.models.base import now
from exchange.models.call import ADOPTIONS, BOTH, CAMPAIGN, CONSULTATION, EVERYBODY, MEMBERS, PRACTICES

_LANGUAGE = click.option(
    "--language", default="und", metavar="LANGUAGE", help="The language of the words, such as fr."
)

_JSON = click.option("--json", expose_value=False, is_flag=True, help="What is printed anyway.")


def _opening(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        _LANGUAGE,
        click.option("--everybody", is_flag=True, help="Every community may take part, not members alone."),
        click.option("--until", metavar="DAY", help="The last day, as 2024-05-31; in four weeks by default."),
        click.option("--from", "since", metavar="DAY", help="The first day; today by default."),
        click.option("--theme", required=True, help="A concept of the vocabulary themes, such as th-energy."),
        click.option("--title", required=True, help="In at most 120 characters."),
    ):
        command = option(command)
    return command


def _open(kind: str, slug: str, words: str, said: dict[str, Any], aim: dict[str, Any] | None = None) -> None:
    today, language = now().date(), said["language"]
    with opened() as instance, instance.database.writing() as session:
        made = calling.open_(
            session,
            grouping.cluster(session, slug),
            kind,
            title={language: said["title"]},
            words={language: words},
            theme=said["theme"],
            opens_on=said["since"] or today,
            closes_on=said["until"] or today + timedelta(days=28),
            open_to=EVERYBODY if said["everybody"] else MEMBERS,
            aim=aim,
        )
        address = made.uri
    say(address)


def _group(kind: str, summary: str) -> Group:
    """The commands about one kind of call, with those that are the same of both: list and close."""
    group = Group(kind, help=summary)

    @group.command("list", help=f"List the {kind}s that this instance knows, the open ones first.")
    @reading
    def list_(as_json: bool) -> None:
        from exchange.api import shapes  # which brings Flask along

        with opened() as instance, instance.database.reading() as session:
            rows = [shapes.call(one, None) for one in calls.all_(session, kind)]
        if as_json:
            return print_json(rows)
        print_table(
            ("key", "title", "cluster", "until", "open"),
            [(r["key"], r["title"], r["cluster"], r["closes"], "yes" if r["open"] else "no") for r in rows],
            empty=f"There is no {kind} here yet: `jumelage {kind} open` makes one.",
        )

    @group.command("close", help=f"Close {kind.upper()} (key or address) with what came out of it.")
    @click.argument("ref", metavar=kind.upper())
    @click.option("--synthesis", required=True, help="What came out of it, in at most 8000 characters.")
    @_LANGUAGE
    def close(ref: str, synthesis: str, language: str) -> None:
        with opened() as instance, instance.database.writing() as session:
            found = calls.call(session, ref, kind)
            calling.close(session, found, {language: synthesis})
            address = found.uri
        say(f"{address} is closed.")

    return group


consultation = _group(
    CONSULTATION,
    "Consultations of clusters: list, open, show, contribute, support, hide, move, close.",
)
campaign = _group(CAMPAIGN, "Campaigns of clusters: list, open, show, join, close.")


@consultation.command("open")
@click.argument("slug")
@click.option("--question", required=True, help="In at most 2000 characters.")
@_opening
def open_consultation(slug: str, question: str, **said: Any) -> None:
    """Open a consultation of the cluster SLUG; its members and followers are told."""
    _open(CONSULTATION, slug, question, said)


@consultation.command("show")
@click.argument("ref", metavar="CONSULTATION")
@_JSON
def show_consultation(ref: str) -> None:
    """Print CONSULTATION (key or address) with what was said in it, in order of support, as JSON."""
    from exchange.api import shapes

    with opened() as instance, instance.database.reading() as session:
        found = calls.call(session, ref, CONSULTATION)
        told = shapes.consultation_in_full(found, calls.shown(session, found), None)
    print_json(told)


@consultation.command("contribute")
@click.argument("slug")
@click.argument("ref", metavar="CONSULTATION")
@click.option("--title", default="", help="In at most 100 characters; a comment has none.")
@click.option("--text", required=True, help="In at most 700 characters, of a comment 300.")
@click.option("--on", "answers", metavar="CONTRIBUTION", help="Comment on this contribution.")
@_LANGUAGE
def contribute_(slug: str, ref: str, title: str, text: str, answers: str | None, language: str) -> None:
    """Say something to CONSULTATION (key or address) as the community SLUG."""
    with opened() as instance, instance.database.writing() as session:
        on = calls.contribution(session, answers).uri if answers else None
        said = contribute.contribute(
            session,
            shelf.community(session, slug),
            calls.call(session, ref, CONSULTATION),
            title={language: title} if title else {},
            text={language: text},
            answers=on,
        )
        address = said.uri
    say(address)


@consultation.command("support")
@click.argument("slug")
@click.argument("ref", metavar="CONTRIBUTION")
@click.option("--no", "ended", is_flag=True, help="Support it no longer.")
def support(slug: str, ref: str, ended: bool) -> None:
    """Support CONTRIBUTION (key or address) as the community SLUG."""
    with opened() as instance, instance.database.writing() as session:
        said = calls.contribution(session, ref)
        verb = contribute.support_no_more if ended else contribute.support
        verb(session, shelf.community(session, slug), said)
        address = said.uri
    say(f"{slug} supports {address}{' no longer' if ended else ''}.")


@consultation.command("hide")
@click.argument("ref", metavar="CONTRIBUTION")
@click.option("--reason", default="", help="Why, in at most 300 characters; everybody reads it.")
@click.option("--no", "shown", is_flag=True, help="Show it again.")
@_LANGUAGE
def hide(ref: str, reason: str, shown: bool, language: str) -> None:
    """Hide CONTRIBUTION (key or address) in a consultation of this instance."""
    with opened() as instance, instance.database.writing() as session:
        said = calls.contribution(session, ref)
        found = calls.holding(session, said)
        if shown:
            consult.show_again(session, found, said.uri)
        else:
            consult.hide(session, found, said.uri, {language: reason} if reason else {})
        address = said.uri
    say(f"{address} is {'shown again' if shown else 'hidden'}.")


@consultation.command("move")
@click.argument("ref", metavar="CONTRIBUTION")
@click.argument("to", metavar="CONSULTATION")
def move(ref: str, to: str) -> None:
    """Move CONTRIBUTION to another CONSULTATION of the same cluster; both keep the trace."""
    with opened() as instance, instance.database.writing() as session:
        said = calls.contribution(session, ref)
        target = calls.call(session, to, CONSULTATION)
        consult.move(session, calls.holding(session, said), said.uri, target)
        address, there = said.uri, target.uri
    say(f"{address} is in {there} now.")


@campaign.command("open")
@click.argument("slug")
@click.option("--goal", required=True, help="In at most 2000 characters.")
@click.option("--number", help="How many are aimed at.")
@click.option("--counts", type=click.Choice((BOTH, PRACTICES, ADOPTIONS)), default=BOTH, help="Of what.")
@click.option("--place", type=click.Choice(("rural", "town", "city")), help="From which kind of place.")
@_opening
def open_campaign(
    slug: str, goal: str, number: str | None, counts: str, place: str | None, **said: Any
) -> None:
    """Call the members of the cluster SLUG to publish or adopt on a theme."""
    _open(CAMPAIGN, slug, goal, said, {"number": number, "counts": counts, "place": place})


@campaign.command("show")
@click.argument("ref", metavar="CAMPAIGN")
@_JSON
def show_campaign(ref: str) -> None:
    """Print CAMPAIGN (key or address) with what has come so far, as JSON."""
    from exchange.api import shapes

    with opened() as instance, instance.database.reading() as session:
        found = calls.call(session, ref, CAMPAIGN)
        behind = calls.backers(session, found)[found.uri]
        told = shapes.campaign_in_full(found, progress.progress(session, found), behind, None)
    print_json(told)


@campaign.command("join")
@click.argument("slug")
@click.argument("ref", metavar="CAMPAIGN")
@click.option("--no", "left", is_flag=True, help="Take part no longer.")
def join(slug: str, ref: str, left: bool) -> None:
    """Say that the community SLUG takes part in CAMPAIGN (key or address)."""
    with opened() as instance, instance.database.writing() as session:
        found = calls.call(session, ref, CAMPAIGN)
        (contribute.leave if left else contribute.join)(session, shelf.community(session, slug), found)
        address = found.uri
    say(f"{slug} takes part in {address}{' no longer' if left else ''}.")
