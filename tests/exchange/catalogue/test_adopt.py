"""Adopting: nine stages, reasons for stopping, and the handshake with the origin."""

from typing import Any

import pytest
from sqlmodel import Session

from exchange.catalogue import shelf
from exchange.catalogue.adoption import adopt, handshake
from exchange.catalogue.practices import publish, revise
from exchange.messages import NotAllowed, Refusal
from exchange.models.adoption import Adoption
from exchange.models.base import now
from exchange.models.community import Community
from exchange.models.practice import Practice
from federation.ledger import journal
from tests.rig import complete


@pytest.fixture
def practice(session: Session, loos: Community) -> Practice:
    return publish.publish(session, loos, complete({"language": "en"}))


@pytest.mark.parametrize(
    ("stage", "path"),
    [
        ("ad-rejected", "reason"),
        ("ad-stopped", "reason"),
        ("ad-decided", "adaptationType"),
        ("ad-evaluated", "outcome"),
        ("ad-nonsense", "stage"),
    ],
)
def test_each_stage_owes_what_others_learn_from(
    session: Session, practice: Practice, arvieu: Community, stage: str, path: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        adopt.adopt(session, practice, arvieu, stage=stage)
    assert [p.path for p in refusal.value.problems] == [path]


def test_an_adoption_moves_through_its_stages_and_remembers_when(
    session: Session, practice: Practice, arvieu: Community
) -> None:
    first = adopt.adopt(session, practice, arvieu, stage="ad-assessing")
    moved = adopt.adopt(
        session,
        practice,
        arvieu,
        stage="ad-stopped",
        reason={"cause": "lc-finance", "text": {"fr": "Trop cher."}},
    )
    assert moved.id == first.id
    assert list(moved.record["stageDates"]) == ["ad-assessing", "ad-stopped"]
    assert [e.kind for e in journal.after(session, 0)][-2:] == ["Create", "Update"]


def test_a_community_does_not_adopt_its_own_practice(
    session: Session, practice: Practice, loos: Community
) -> None:
    with pytest.raises(Refusal):
        adopt.adopt(session, practice, loos, stage="ad-watching")


def test_an_adoption_is_claimed_until_the_origin_confirms_it(
    session: Session, practice: Practice, arvieu: Community
) -> None:
    taken = adopt.adopt(session, practice, arvieu, stage="ad-operating")
    assert taken.confirmed is None
    adopt.confirm(session, taken)
    assert taken.confirmed is True
    last = journal.after(session, 0)[-1]
    assert (last.kind, last.activity["target"], last.actor) == (
        "Add",
        f"{practice.uri}/adoptions",
        practice_owner(session, practice),
    )
    adopt.confirm(session, taken, yes=False, reason={"fr": "Rien n'y est encore."})
    last = journal.after(session, 0)[-1]
    assert (last.kind, taken.confirmed) == ("Remove", False)
    assert last.activity["handshake"] == {
        "type": "Handshake",
        "state": "contested",
        "reason": {"fr": "Rien n'y est encore."},
    }
    assert last.activity["contentMap"] == {"fr": "<p>Rien n'y est encore.</p>"}
    handshake.answer(session, taken, "open")
    assert taken.confirmed is None
    said = journal.last(session)
    handshake.answer(session, taken, "open")
    assert journal.last(session) == said  # the same answer once more says nothing


def test_a_contest_owes_its_reason_and_only_the_origin_answers(
    session: Session, practice: Practice, arvieu: Community
) -> None:
    taken = adopt.adopt(session, practice, arvieu, stage="ad-operating")
    with pytest.raises(Refusal) as refusal:
        adopt.confirm(session, taken, yes=False, reason={"fr": " "})
    assert [p.path for p in refusal.value.problems] == ["reason"]
    practice.local = False
    with pytest.raises(NotAllowed):
        adopt.confirm(session, taken)


@pytest.mark.parametrize(
    ("since", "on", "field"),
    [
        ("2025", "2024", "on"),
        ("2025-03", "2025-02-28", "on"),
        ("2025-03", "2025", None),
        ("2025~", "2024", None),
        ("2024", "2024-01-01", None),
        ("2025", None, None),
    ],
)
def test_no_stage_is_reached_before_the_adoption_began(
    session: Session, practice: Practice, arvieu: Community, since: str, on: str | None, field: str | None
) -> None:
    more = {"since": since, "adaptationType": "at-adapt"}
    if field is None:
        assert adopt.adopt(session, practice, arvieu, stage="ad-decided", on=on, **more).stage == "ad-decided"
        return
    with pytest.raises(Refusal) as refusal:
        adopt.adopt(session, practice, arvieu, stage="ad-decided", on=on, **more)
    assert [p.path for p in refusal.value.problems] == [field]


def test_who_begins_again_begins_later_than_the_first_time(
    session: Session, practice: Practice, arvieu: Community
) -> None:
    def go(stage: str, **more: Any) -> Adoption:
        return adopt.adopt(session, practice, arvieu, stage=stage, **more)

    go("ad-piloting", on="2019", since="2019")
    with pytest.raises(Refusal) as refusal:
        go("ad-piloting", since="2020")
    assert [p.path for p in refusal.value.problems] == ["since"]
    go("ad-stopped", on="2020", reason={"text": {"fr": "Trop tôt."}})
    assert go("ad-piloting", on="2023-05", since="2023").record["since"] == "2023"


def test_the_way_of_an_adoption_is_kept_with_its_days_and_versions(
    session: Session, practice: Practice, arvieu: Community
) -> None:
    def go(stage: str, **more: Any) -> Adoption:
        return adopt.adopt(session, practice, arvieu, stage=stage, **more)

    go("ad-piloting", on="2019")
    go("ad-operating", on="2020-05")
    revise.revise(session, practice, {**practice.record, "endDate": "2025"})
    taken = go("ad-operating", outcome={"text": {"fr": "Cela marche."}})
    assert (taken.practice_version, len(taken.record["history"])) == (1, 2)
    taken = go("ad-operating", version=2)
    today = now().date().isoformat()
    assert [(s["stage"], s["date"], s["version"]) for s in taken.record["history"]] == [
        ("ad-piloting", "2019", 1),
        ("ad-operating", "2020-05", 1),
        ("ad-operating", today, 2),
    ]
    assert taken.record["stageDates"] == {"ad-piloting": "2019", "ad-operating": "2020-05"}
    for wrong in ({"version": 3}, {"version": 0}, {"on": "soon"}):
        with pytest.raises(Refusal):
            go("ad-operating", **wrong)


def practice_owner(session: Session, practice: Practice) -> str:
    return shelf.community_of(session, practice).uri


def test_what_went_the_other_way_round_is_kept_and_listed_last(session: Session, practice: Practice) -> None:
    adopt.document_adoption(
        session,
        practice,
        {"name": "Cleveland (Ohio)", "country": "US"},
        stage="ad-operating",
        slug="a1",
        inverse=True,
    )
    adopt.document_adoption(
        session, practice, {"name": "Vaslui", "country": "RO"}, stage="ad-adapting", slug="a2"
    )
    assert [a.adopter["name"] for a in shelf.adoptions_of(session, practice)] == [
        "Vaslui",
        "Cleveland (Ohio)",
    ]


def test_documenting_the_same_adoption_again_changes_nothing(session: Session, practice: Practice) -> None:
    known = {"name": "Vaslui", "country": "RO"}
    adopt.document_adoption(session, practice, known, stage="ad-adapting", slug="a2", since="2018")
    before = journal.last(session)
    adopt.document_adoption(session, practice, known, stage="ad-adapting", slug="a2", since="2018")
    assert journal.last(session) == before


def test_a_withdrawn_adoption_is_gone_from_the_list(
    session: Session, practice: Practice, arvieu: Community
) -> None:
    taken = adopt.adopt(session, practice, arvieu, stage="ad-watching")
    adopt.withdraw_adoption(session, taken)
    assert shelf.adoptions_of(session, practice) == []
    taken.local = False
    with pytest.raises(NotAllowed):
        adopt.withdraw_adoption(session, taken)


def test_no_stage_is_reached_and_nothing_begins_in_days_to_come(
    session: Session, practice: Practice, arvieu: Community
) -> None:
    for record, path in (({"since": "2999"}, "since"), ({"stageDates": {"ad-piloting": "2999-01-01"}}, "on")):
        with pytest.raises(Refusal) as refusal:
            adopt.adopt(session, practice, arvieu, stage="ad-piloting", **record)
        assert [p.path for p in refusal.value.problems] == [path]
    with pytest.raises(Refusal):
        adopt.adopt(session, practice, arvieu, stage="ad-piloting", on="2999-01-01")
    today = now().date().isoformat()
    assert adopt.adopt(session, practice, arvieu, stage="ad-piloting", on=today, since=today).stage
