"""What becomes of a practice: evidence by rule, reminders, lineage, corrections, and looking at it again."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlmodel import Session, select

from exchange.catalogue.adoption import adopt, lineage, reminders
from exchange.catalogue.communities import community
from exchange.catalogue.people import correct
from exchange.catalogue.practices import differences, evidence, links, look_again, publish, revise, withdraw
from exchange.messages import Refusal
from exchange.models.community import Community
from exchange.models.correction import Correction
from exchange.models.practice import Practice
from tests.rig import complete

TOLD = {"outcome": {"text": {"en": "Half the cost."}}, "adaptationType": "at-adapt"}


@pytest.fixture
def practice(session: Session, loos: Community) -> Practice:
    return publish.publish(session, loos, complete({"language": "en"}))


@pytest.fixture
def ulm(session: Session, loos: Community) -> Community:
    return community.found(session, loos.instance, slug="ulm", name="Ulm", country="DE", degurba="dg-1")


def test_level_five_follows_from_two_adopters_and_goes_with_them(
    session: Session, practice: Practice, arvieu: Community, ulm: Community
) -> None:
    first = adopt.adopt(session, practice, arvieu, stage="ad-operating", **TOLD)
    second = adopt.adopt(session, practice, ulm, stage="ad-evaluated", **TOLD)
    adopt.confirm(session, first)
    assert practice.evidence_level == "ev-2"  # what the owner says
    adopt.confirm(session, second)
    assert (practice.evidence_level, len(evidence.witnesses(session, practice))) == ("ev-5", 2)
    adopt.adopt(
        session, practice, ulm, stage="ad-evaluated", outcome={"compared": "worse", "text": {"en": "No."}}
    )
    assert practice.evidence_level == "ev-2"
    adopt.adopt(
        session, practice, ulm, stage="ad-evaluated", outcome={"compared": "same", "text": {"en": "Yes."}}
    )
    assert practice.evidence_level == "ev-5"
    adopt.confirm(session, first, yes=False, reason={"en": "It was never built."})
    assert practice.evidence_level == "ev-2"


def test_nobody_claims_level_five(session: Session, loos: Community) -> None:
    with pytest.raises(Refusal) as refusal:
        publish.publish(session, loos, complete({"evidenceLevel": "ev-5"}))
    assert [p.path for p in refusal.value.problems] == ["evidenceLevel"]
    told = publish.publish(session, loos, complete({"evidenceLevel": "ev-5"}), documented_by="others")
    assert (told.record["evidenceLevel"], told.evidence_level) == ("ev-5", "ev-4")


@pytest.mark.parametrize(
    ("began", "said", "today", "asked"),
    [
        ("2020-03-01", "2020-03-01", "2021-02-28", None),
        ("2020-03-01", "2020-03-01", "2021-03-01", 1),
        ("2020-03-01", "2021-03-02", "2023-02-01", None),  # answered
        ("2020-03-01", "2020-03-01", "2023-05-01", 3),  # the last one only
        ("2020-02-29", "2024-01-01", "2025-02-28", 5),
        ("2020", "2020-03-01", "2021-06-01", None),  # a bare year counts from its end
        ("2001", "2026-01-01", "2026-11-01", None),  # written down long after: nothing is owed for the past
    ],
)
def test_after_one_three_and_five_years_it_is_asked_once(
    session: Session,
    practice: Practice,
    arvieu: Community,
    began: str,
    said: str,
    today: str,
    asked: int | None,
) -> None:
    with time_machine.travel(datetime.fromisoformat(f"{said}T12:00:00+00:00"), tick=False):
        adopt.adopt(session, practice, arvieu, stage="ad-operating", on=began)
    due = reminders.questions(session, arvieu, on=date.fromisoformat(today))
    assert [q.years for q in due] == ([asked] if asked else [])


def test_what_has_ended_is_asked_no_more(session: Session, practice: Practice, arvieu: Community) -> None:
    adopt.adopt(session, practice, arvieu, stage="ad-operating")
    later = datetime.now(UTC).date() + timedelta(days=400)
    assert [q.years for q in reminders.questions(session, arvieu, on=later)] == [1]
    adopt.adopt(session, practice, arvieu, stage="ad-stopped", reason={"text": {"en": "Too dear."}})
    assert reminders.questions(session, arvieu, on=later) == []


def test_an_adopter_hears_of_a_new_version_until_it_follows_or_heeds_it(
    session: Session, practice: Practice, arvieu: Community
) -> None:
    taken = adopt.adopt(session, practice, arvieu, stage="ad-operating")
    assert reminders.news(session, arvieu) == []
    revise.revise(session, practice, {**practice.record, "endDate": "2025"})
    [news] = reminders.news(session, arvieu)
    assert (news.follows, news.newest, [c.field for c in news.changes or []]) == (1, 2, ["endDate"])
    adopt.heed(session, taken)
    assert (reminders.news(session, arvieu), taken.practice_version) == ([], 1)
    revise.revise(session, practice, {**practice.record, "endDate": "2026"})
    assert [n.newest for n in reminders.news(session, arvieu)] == [3]
    adopt.adopt(session, practice, arvieu, stage="ad-operating", version=3)
    assert reminders.news(session, arvieu) == []


def test_differences_are_told_field_by_field() -> None:
    before = {"title": {"en": "A"}, "cost": {"class": "pc-1"}, "keyword": [{"en": "x"}]}
    after = {"title": {"en": "B"}, "cost": {"class": "pc-2", "items": []}, "licence": "CC0-1.0"}
    found = [(c.field, c.kind) for c in differences.between(before, after)]
    assert found == [
        ("title", "changed"),
        ("keyword", "removed"),
        ("cost.class", "changed"),
        ("cost.items", "added"),
        ("licence", "added"),
    ]
    assert differences.between(after, after) == []


def drawn(session: Session, practice: Practice) -> list[tuple[Any, ...]]:
    graph = lineage.of(session, practice)
    named = {uri: s.practice.title if s.practice else s.name for uri, s in graph.stations.items()}
    return [(named[x.source], named[x.target], x.state, x.back) for x in graph.lines]


@pytest.mark.parametrize("built", [False, True])
def test_a_lineage_shows_so_many_and_says_that_there_are_more(
    session: Session, practice: Practice, loos: Community, monkeypatch: pytest.MonkeyPatch, built: bool
) -> None:
    monkeypatch.setattr(lineage, "MOST", 4)
    sizes = []
    for number in range(5):
        place = community.found(session, loos.instance, slug=f"c{number}", name="C", country="DE")
        if built:
            publish.publish(session, place, complete({"language": "en", "basedOn": [practice.uri]}))
        else:
            adopt.adopt(session, practice, place, stage="ad-operating", **TOLD)
        graph = lineage.of(session, practice)
        sizes.append((len(graph.stations), len(graph.lines), graph.left_out))
    assert sizes == [(2, 1, False), (3, 2, False), (4, 3, False), (4, 3, True), (4, 3, True)]


def test_lineage_has_forks_meetings_and_circles_and_is_the_same_from_everywhere(
    session: Session, loos: Community, arvieu: Community, ulm: Community
) -> None:
    def told(owner: Community, title: str, *sources: str) -> Practice:
        record = complete({"language": "en", "title": {"en": title}, "basedOn": list(sources)})
        return publish.publish(session, owner, record)

    root = told(loos, "root")
    left, right = told(arvieu, "left", root.uri), told(ulm, "right", root.uri)
    met = told(loos, "met", left.uri, right.uri)
    adopt.adopt(session, root, ulm, stage="ad-operating", ownPractice=right.uri)
    adopt.adopt(session, met, arvieu, stage="ad-rejected", reason={"text": {"en": "No."}, "cause": "lc-law"})
    revise.revise(session, root, {**root.record, "basedOn": [met.uri]})
    lines = drawn(session, met)
    assert set(lines) == {
        ("root", "left", "declared", False),
        ("root", "right", "claimed", False),
        ("left", "met", "declared", False),
        ("right", "met", "declared", False),
        ("met", "Arvieu", "claimed", False),
        ("met", "root", "declared", True),
    }
    assert lines == drawn(session, root) == drawn(session, left)
    withdraw.withdraw(session, left)  # its place is kept, its words are not
    graph = lineage.of(session, met)
    assert (graph.stations[left.uri].withdrawn, len(graph.lines)) == (True, 6)
    assert lineage.depths(graph)[met.uri] == 2


def test_a_lineage_draws_no_more_than_its_room_and_practices_go_before_adopters(
    session: Session, practice: Practice, loos: Community, ulm: Community
) -> None:
    for number in range(lineage.MOST + 20):
        adopter = {"name": f"Place {number}", "country": "DE"}
        adopt.document_adoption(session, practice, adopter, stage="ad-piloting")
    own = publish.publish(session, ulm, complete({"title": {"en": "Ulm's own"}}))
    adopt.adopt(session, practice, ulm, stage="ad-operating", ownPractice=own.uri)
    graph = lineage.of(session, practice)
    assert (len(graph.stations), graph.left_out) == (lineage.MOST, True)
    assert {practice.uri, own.uri} <= graph.stations.keys()
    assert {end for line in graph.lines for end in (line.source, line.target)} == graph.stations.keys()


def test_nobody_names_anothers_practice_as_their_own(
    session: Session, practice: Practice, arvieu: Community, ulm: Community
) -> None:
    other = publish.publish(session, ulm, complete({"title": {"en": "Ulm's own"}}))
    adopt.adopt(session, practice, arvieu, stage="ad-operating", ownPractice=other.uri)
    assert [(line[1], line[2]) for line in drawn(session, practice)] == [("Arvieu", "claimed")]
    adopt.adopt(session, practice, arvieu, stage="ad-operating", ownPractice="https://elsewhere.example/p/1")
    assert [line[1] for line in drawn(session, practice)] == ["Arvieu"]


def test_the_same_practice_is_found_from_both_ends_and_over_a_third(
    session: Session, practice: Practice, arvieu: Community, ulm: Community
) -> None:
    third = "https://catalogue.example/12"
    says = publish.publish(session, arvieu, complete({"sameAs": [practice.uri]}))
    revise.revise(session, practice, {**practice.record, "sameAs": [third]})
    over = publish.publish(session, ulm, complete({"sameAs": [third]}))
    assert {(p.uri, said) for p, said in links.same_as(session, practice)} == {
        (says.uri, False),
        (over.uri, False),
    }
    assert [(p.uri, said) for p, said in links.same_as(session, says)] == [(practice.uri, True)]


def test_a_request_to_correct_is_limited_kept_apart_and_its_sender_forgotten(
    session: Session, practice: Practice, loos: Community
) -> None:
    for wrong in ({"text": " "}, {"text": "x" * 2001}, {"text": "x", "contact": "somebody"}):
        with pytest.raises(Refusal):
            correct.ask(session, practice, **wrong)
    for n in range(correct.PER_PRACTICE):
        correct.ask(session, practice, text=f"The roof has {n} panels.", contact="a@b.example")
    with pytest.raises(Refusal):
        correct.ask(session, practice, text="One more.")
    [(first, _), *_rest] = correct.waiting(session, loos)
    correct.settle(session, first, taken_up=True)
    assert (first.contact, first.taken_up) == ("", True)
    assert len(correct.waiting(session, loos)) == correct.PER_PRACTICE - 1
    withdraw.withdraw(session, practice)
    assert session.exec(select(Correction)).all() == []


def test_the_owner_looks_again_and_the_date_moves_on(
    session: Session, practice: Practice, loos: Community
) -> None:
    practice.review_due = date(2020, 1, 1)
    assert look_again.overdue(session, loos) == [practice]
    look_again.still_so(session, practice)
    assert (look_again.overdue(session, loos), practice.version) == ([], 1)
    assert practice.review_due is not None
    assert practice.review_due > datetime.now(UTC).date() + timedelta(days=360)
