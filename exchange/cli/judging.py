"""Commands with which a community judges and takes up what others did."""

import re
from typing import Any

import click

from exchange.catalogue import lookup, shelf
from exchange.catalogue.adoption import adopt as adopting
from exchange.catalogue.adoption import handshake
from exchange.catalogue.judging import answer as answering
from exchange.catalogue.judging import delegate as delegating
from exchange.catalogue.judging import review as reviewing
from exchange.catalogue.judging import voices
from exchange.cli import words
from exchange.cli.base import Command, Group, opened, reading
from exchange.cli.output import print_json, say
from exchange.messages import N_, Message, NotFound, Problem, Refusal
from exchange.models.handshake import CONFIRMED, CONTESTED, OPEN
from exchange.vocabulary import concepts

_RATING = re.compile(r"^(?:rc-)?([a-z-]+)=([1-5]|n/?a)$", re.IGNORECASE)


class _Reviewing(Group):
    """`review PRACTICE …` gives a review; what else can be done with reviews has a name of its own."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        at = 2 if args[:1] == ["--data"] else 0
        if args[at:] and args[at] not in {*self.commands, "-h", "--help"}:
            args = [*args[:at], "give", *args[at:]]
        return super().parse_args(ctx, args)


@click.group(cls=_Reviewing)
def review() -> None:
    """Rate PRACTICE (address, key or imported name); a second time changes the first."""


@review.command("give")
@click.argument("practice")
@click.option("--by", "slug", required=True, metavar="SLUG", help="The community that judges.")
@click.option("--relation", required=True, metavar="rr-…", help="How it knows the practice.")
@click.option(
    "--criterion",
    "ratings",
    multiple=True,
    required=True,
    metavar="rc-…=N",
    help="1 to 5, or n/a; repeat for each criterion.",
)
@click.option("--comment", help="Needed with a 1 or a 2.")
@click.option("--language", default="und", metavar="CODE", help="The language of the comment, such as fr.")
@click.option("--conflict", is_flag=True, help="The reviewer has an interest of its own in the practice.")
@reading
def give(
    practice: str,
    slug: str,
    relation: str,
    ratings: tuple[str, ...],
    comment: str | None,
    language: str,
    conflict: bool,
    as_json: bool,
) -> None:
    """Rate PRACTICE; `give` may be left out."""
    with opened() as instance, instance.database.writing() as session:
        written = reviewing.review(
            session,
            shelf.practice(session, practice),
            shelf.community(session, slug),
            relation=_chosen("rater-relation", "rr-", relation, "relation"),
            ratings=dict(_rating(text) for text in ratings),
            conflict=conflict,
            comment={language: comment} if comment else None,
        )
        found = {"id": written.uri, "key": written.key}
    print_json(found) if as_json else say(found["id"])


@review.command("answer")
@click.argument("review")
@click.argument("text")
@click.option("--language", default="und", metavar="LANGUAGE", help="The language of the text, such as fr.")
def answer(review: str, text: str, language: str) -> None:
    """Answer REVIEW (address or key) as the owner of the practice; an empty TEXT takes the answer back."""
    with opened() as instance, instance.database.writing() as session:
        found = lookup.review(session, review)
        if text.strip():
            address = answering.answer(session, found, {language: text}).uri
        else:
            held = answering.to(session, found)
            if held is None:
                raise NotFound(N_("You have not answered this review."))
            answering.take_back(session, held)
            address = held.uri
    say(address)


@review.command("audit")
@click.argument("practice")
@reading
def audit(practice: str, as_json: bool) -> None:
    """Count the reviews of PRACTICE again from what each reviewer signed, and compare with its owner's count.

    Status 1 when the two differ or a review is not what was signed.
    """
    from exchange.auditing import recount

    with opened() as instance:
        found = recount(instance, practice)
    if as_json:
        print_json(words.of_audit_as_data(found))
    else:
        for line in words.of_audit(found):
            say(line)
    if found.compared and not found.agrees:
        click.get_current_context().exit(1)


@click.command(cls=Command)
@click.argument("theme")
@click.option("--from", "slug", required=True, metavar="SLUG", help="The community that lends its voice.")
@click.option(
    "--to", "receiver", metavar="ACTOR", help="Who speaks for it: short name, @name@host or address."
)
@click.option("--revoke", is_flag=True, help="Take the voice back.")
@reading
def delegate(theme: str, slug: str, receiver: str | None, revoke: bool, as_json: bool) -> None:
    """Lend the voice of a community in THEME to another organisation, or take it back.

    With both --to and --revoke it is taken back from that organisation alone.
    """
    from exchange.meeting import meet

    if not revoke and receiver is None:
        raise click.UsageError("Say either --to ACTOR or --revoke.")
    theme = _chosen("themes", "th-", theme, "theme")
    with opened() as instance:
        met = meet(instance, receiver) if receiver else ""
        with instance.database.writing() as session:
            giver = shelf.community(session, slug)
            if not revoke:
                held = delegating.delegate(session, giver, theme, shelf.community(session, met))
            else:
                found = voices.holding(session, giver, theme)
                if not found:
                    raise NotFound(N_("This community has lent nobody its voice in this theme."))
                held = found[0]
                if receiver and held.receiver != shelf.community(session, met).uri:
                    raise Refusal(N_("This community has lent its voice in this theme to somebody else."))
                delegating.revoke(session, held)
            told = {
                "id": held.uri,
                "theme": held.theme,
                "to": held.receiver,
                "ended": held.ended_at is not None,
            }
    print_json(told) if as_json else say(str(told["id"]))


@click.command(cls=Command)
@click.argument("practice")
@click.option("--by", "slug", required=True, metavar="SLUG", help="The community that adopts.")
@click.option("--stage", required=True, metavar="ad-…", help="How far it is.")
@click.option("--reason", help="Why it was not pursued or was stopped.")
@click.option("--cause", metavar="lc-…", help="The kind of reason.")
@click.option("--adaptation", metavar="at-…", help="How closely it follows the practice.")
@click.option("--since", metavar="DATE", help="When it began: 2024, 2024-05 or 2024-05-31.")
@click.option("--changes", help="What it does differently.")
@click.option("--outcome", help="What came out.")
@click.option("--note", help="Anything else, in a line.")
@click.option("--language", default="und", metavar="CODE", help="The language of these texts, such as fr.")
@click.option("--on", metavar="DATE", help="When this stage was reached, if not today.")
@click.option("--version", type=int, metavar="N", help="The version of the practice that is followed.")
@click.option("--own-practice", metavar="URL", help="The community's own record of it.")
@reading
def adopt(
    practice: str,
    slug: str,
    stage: str,
    reason: str | None,
    cause: str | None,
    adaptation: str | None,
    since: str | None,
    changes: str | None,
    outcome: str | None,
    note: str | None,
    language: str,
    on: str | None,
    version: int | None,
    own_practice: str | None,
    as_json: bool,
) -> None:
    """Record that a community takes PRACTICE up, or how far it has come."""
    why = {
        "cause": _chosen("lesson-cause", "lc-", cause, "cause") if cause else None,
        "text": {language: reason} if reason else None,
    }
    record = {
        "reason": {name: value for name, value in why.items() if value},
        "adaptationType": _chosen("adaptation-type", "at-", adaptation, "adaptation") if adaptation else None,
        "since": since,
        "changes": {"changed": {language: changes}} if changes else None,
        "outcome": {"text": {language: outcome}} if outcome else None,
        "note": note,
        "ownPractice": own_practice,
    }
    said: dict[str, Any] = {name: value for name, value in record.items() if value}
    with opened() as instance, instance.database.writing() as session:
        made = adopting.adopt(
            session,
            shelf.practice(session, practice),
            shelf.community(session, slug),
            stage=_chosen("adoption-stage", "ad-", stage, "stage"),
            on=on,
            version=version,
            **said,
        )
        found = {"id": made.uri, "key": made.key, "stage": made.stage}
    print_json(found) if as_json else say(found["id"])


@click.command(cls=Command)
@click.argument("adoption")
@click.option("--no", "contest", is_flag=True, help="Contest it: it is not so.")
@click.option("--reason", help="Why it is contested; everybody can read it.")
@click.option("--language", default="und", metavar="CODE", help="The language of the reason.")
@click.option("--lift", is_flag=True, help="Take the answer back: the adoption is claimed, as before.")
def confirm(adoption: str, contest: bool, reason: str | None, language: str, lift: bool) -> None:
    """Confirm, as the origin of a practice, that ADOPTION (address or key) is so; or contest it."""
    if contest and lift:
        raise click.UsageError("An answer is given or taken back, not both.")
    state = CONTESTED if contest else OPEN if lift else CONFIRMED
    with opened() as instance, instance.database.writing() as session:
        found = lookup.adoption(session, adoption)
        handshake.answer(session, found, state, reason={language: reason} if reason else None)
        address = found.uri
    told = {CONFIRMED: "is confirmed", CONTESTED: "is contested", OPEN: "is claimed, and not answered"}
    say(f"{address} {told[state]}.")


def _rating(text: str) -> tuple[str, int | None]:
    found = _RATING.match(text.strip())
    if not found:
        known = ", ".join(concept.id for concept in concepts.scheme("rating-criteria"))
        raise click.BadParameter(
            f"write rc-…=1 to 5 or n/a; the criteria are {known}", param_hint="--criterion"
        )
    name, value = f"rc-{found[1].lower()}", found[2]
    return name, int(value) if value.isdigit() else None


def _chosen(scheme: str, prefix: str, value: str, path: str) -> str:
    """A concept's identifier, also when only its second half was typed; who guessed wrong reads the list."""
    named = value if value.startswith(prefix) else prefix + value
    if named not in concepts.scheme(scheme):
        known = ", ".join(concept.id for concept in concepts.scheme(scheme))
        message = Message(N_("“%(value)s” is not one of %(known)s."), {"value": value, "known": known})
        raise Refusal([Problem(path, message)])
    return named
