"""With whom the instance exchanges: a domain allowed or blocked, lists of others, each looked at before it holds."""

from dataclasses import dataclass, field

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from exchange.messages import N_, Message, NotAllowed, NotFound, Problem
from exchange.vocabulary.fields import clean
from exchange.web.frame import guard
from exchange.web.frame.blueprints import admin
from exchange.web.frame.reach import database, instance
from federation.errors import FetchError
from federation.ledger import hosts, relations, rules
from federation.neighbours import blocklists, parting
from federation.wire.activity import host_of

MOST = 200  # domains of a list that a page names
Answer = str | tuple[str, int] | Response


@dataclass(frozen=True)
class Preview:
    """What a word would do before it is said: domains it concerns, and those with whom we exchange."""

    what: str  # block, allow or list
    name: str
    reason: str = ""
    partners: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)


@admin.get("/desk/federation/rules")
@guard.officers_only
def rules_page() -> Answer:
    """What is said about domains, by whom and why."""
    _check()
    return _page()


@admin.post("/desk/federation/rules")
@guard.officers_only
def judge() -> Answer:
    """Allow or block a domain and everything below it: first shown, then done."""
    _check()
    given = {name: clean(request.form.get(name, ""))[:500] for name in ("host", "word", "reason")}
    name, node = hosts.normal(host_of(given["host"]) or given["host"]), instance().node
    allowed = given["word"] == "allow"
    if not name or len(name) > 253 or any(c.isspace() or c in "/@" for c in name):
        return _page(given, [_problem("host", N_("Write a host, such as practices.town.example."))])
    if rules.covers(name, node.host):
        return _page(given, [_problem("host", N_("This is our own host."))])
    if request.form.get("go") != "do":
        with database().reading() as session:
            met = [host for host in relations.partners(session, node.origin) if rules.covers(name, host)]
        word = "allow" if allowed else "block"
        return _page(given, preview=Preview(word, name, given["reason"], partners=sorted(met)))
    with database().writing() as session:
        hosts.judge(session, name, allowed, reason=given["reason"])
        if not allowed:
            parting.part(session, node, [name])
    return redirect(url_for("admin.rules_page", done="judged"), 303)


@admin.post("/desk/federation/rules/undo")
@guard.officers_only
def take_back() -> Answer:
    """Take back what was said about a domain, or a whole list."""
    _check()
    name = request.form.get("name", "")[:2000]
    with database().writing() as session:
        if request.form.get("what") == "list":
            if blocklists.give_up(session, name) is None:
                raise NotFound(N_("That list is not followed."))
        else:
            if session.get(rules.Rule, (name, rules.OPERATOR)) is None:
                raise NotFound(N_("Nothing is said about that domain."))
            hosts.judge(session, name, None)
    return redirect(url_for("admin.rules_page", done="judged"), 303)


@admin.post("/desk/federation/rules/lists")
@guard.officers_only
def subscribe() -> Answer:
    """Follow a list of blocked domains that others keep: first shown, then done."""
    _check()
    source, node = clean(request.form.get("source", ""))[:2000], instance().node
    given = {"source": source}
    if not source.startswith(("https://", "http://")):
        return _page(given, [_problem("source", N_("Write the web address of the list."))])
    try:
        found = blocklists.fetch(node, source)
    except FetchError as error:
        return _page(given, [_problem("source", error.reason)])
    if request.form.get("go") != "do":
        with database().reading() as session:
            change = blocklists.plan(session, node, source, found)
        shown = Preview(
            "list",
            source,
            "",
            change.partners,
            change.added[:MOST],
            change.removed[:MOST],
            change.skipped[:MOST],
        )
        return _page(given, preview=shown)
    with database().writing() as session:
        blocklists.subscribe(session, node, source, found)
    return redirect(url_for("admin.rules_page", done="judged"), 303)


def _problem(path: str, sentence: str) -> Problem:
    return Problem(path, Message(sentence))


def _check() -> None:
    if not guard.may_govern():
        raise NotAllowed(N_("Only coordinators and administrators decide with whom this instance exchanges."))


def _page(
    given: dict[str, str] | None = None,
    problems: list[Problem] | None = None,
    preview: Preview | None = None,
) -> Answer:
    with database().reading() as session:
        found = rules.rules(session)
        page = render_template(
            "rules.html",
            rules=[rule for rule in found if rule.source == rules.OPERATOR],
            of_lists=sum(rule.source != rules.OPERATOR for rule in found),
            lists=blocklists.subscribed(session),
            given=given or {},
            problems=problems or [],
            preview=preview,
            mode=instance().node.mode,
        )
    return page, 422 if problems else 200
