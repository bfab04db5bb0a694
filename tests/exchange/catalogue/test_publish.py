"""Publishing: the record, its versions and the activity that tells the others."""

import json

import pytest
from sqlmodel import Session

from exchange.catalogue import shelf
from exchange.catalogue.adoption import adopt
from exchange.catalogue.judging import answer, delegate, review
from exchange.catalogue.practices import draft, links, publish, revise, withdraw
from exchange.messages import NotFound, Refusal
from exchange.models.community import Community
from federation.ledger import journal
from tests.rig import complete, seed


def test_a_complete_record_is_published_and_told_in_the_same_transaction(
    session: Session, loos: Community
) -> None:
    practice = publish.publish(session, loos, complete(seed("loos-solar-plan")))
    entry = journal.after(session, 0)[-1]
    assert (entry.kind, entry.object_id, entry.direction) == ("Create", practice.uri, "out")
    told = json.loads(entry.body)["object"]
    assert told["attributedTo"] == loos.uri
    assert next(iter(told["nameMap"])) == "fr"


def test_what_is_said_for_the_first_time_does_not_look_edited(
    session: Session, loos: Community, arvieu: Community
) -> None:
    practice = publish.publish(session, loos, complete({"language": "fr"}))
    judged = review.review(session, practice, arvieu, relation="rr-peer", ratings={"rc-evidence": 4})
    answer.answer(session, judged, {"fr": "Merci."})
    adopt.adopt(session, practice, arvieu, stage="ad-assessing")
    delegate.delegate(session, arvieu, "th-energy", loos)
    said = [json.loads(one.body)["object"] for one in journal.after(session, 0) if one.kind == "Create"]
    assert len(said) == 5
    assert [one["updated"] for one in said] == [one["published"] for one in said]  # Mastodon compares them
    adopt.adopt(session, practice, arvieu, stage="ad-piloting")
    moved = json.loads(journal.after(session, 0)[-1].body)["object"]
    assert moved["updated"] > moved["published"]


def test_every_missing_field_is_named_and_nothing_is_kept(session: Session, loos: Community) -> None:
    before = journal.last(session)
    with pytest.raises(Refusal) as refusal:
        publish.publish(session, loos, {"language": "fr", "title": {"fr": "Un plan"}})
    paths = {p.path for p in refusal.value.problems}
    assert {"summary", "problem", "lesson", "contactRole", "engagement.level", "cost.class"} <= paths
    assert journal.last(session) == before


def test_what_others_documented_may_be_incomplete_and_is_marked_so(session: Session, loos: Community) -> None:
    practice = publish.publish(
        session, loos, seed("loos-solar-plan"), documented_by="others", slug="loos-solar-plan"
    )
    assert (practice.documented_by, practice.incomplete) == ("others", True)


def test_a_text_in_the_wrong_language_alone_does_not_count_as_the_original(
    session: Session, loos: Community
) -> None:
    record = complete({"language": "fr"}) | {"title": {"en": "A plan"}}
    with pytest.raises(Refusal) as refusal:
        publish.publish(session, loos, record)
    assert [p.path for p in refusal.value.problems] == ["title"]


def test_each_revision_is_a_version_and_the_old_ones_stay_readable(session: Session, loos: Community) -> None:
    practice = publish.publish(session, loos, complete({"language": "en"}))
    first = practice.record
    revise.revise(session, practice, first | {"title": {"en": "Second title"}}, note="New title")
    assert [v.number for v in shelf.versions_of(session, practice)] == [2, 1]
    assert shelf.version(session, practice, 1).record == first
    assert shelf.version(session, practice, 2).note == "New title"
    with pytest.raises(NotFound):
        shelf.version(session, practice, 3)


def test_a_revision_that_changes_nothing_makes_no_version_and_no_noise(
    session: Session, loos: Community
) -> None:
    practice = publish.publish(session, loos, complete({"language": "en"}))
    before = journal.last(session)
    revise.revise(session, practice, complete({"language": "en"}))
    assert (practice.version, journal.last(session)) == (1, before)


def test_a_withdrawn_practice_keeps_no_words_and_cannot_be_revised(session: Session, loos: Community) -> None:
    practice = publish.publish(session, loos, complete({"language": "en"}))
    withdraw.withdraw(session, practice)
    assert (practice.record, practice.title, shelf.versions_of(session, practice)) == ({}, "", [])
    assert journal.after(session, 0)[-1].kind == "Delete"
    with pytest.raises(Refusal):
        revise.revise(session, practice, complete({"language": "en"}))


def test_a_draft_keeps_whatever_was_typed_until_it_is_published(session: Session, loos: Community) -> None:
    kept = draft.save(session, loos, {"title": {"fr": ""}, "nonsense": [1]})
    kept = draft.save(session, loos, {"title": {"fr": "Un"}}, draft=draft.draft_by_key(session, kept.key))
    assert [d.data for d in draft.drafts_of(session, loos)] == [{"title": {"fr": "Un"}}]
    publish.publish(session, loos, complete({"language": "fr"}), draft=kept)
    assert draft.drafts_of(session, loos) == []


def test_a_practice_is_found_by_address_key_and_imported_name(session: Session, loos: Community) -> None:
    practice = publish.publish(session, loos, complete({"language": "en"}), slug="roof")
    for name in (practice.uri, practice.key, "roof"):
        assert shelf.practice(session, name).id == practice.id
    with pytest.raises(NotFound):
        shelf.practice(session, "no-such-practice")


def test_a_practice_elsewhere_is_named_by_its_own_address_and_not_by_our_page_of_it(
    session: Session, loos: Community
) -> None:
    away = publish.publish(session, loos, complete({"language": "en", "title": "An oven"}))
    away.uri, away.local = "https://villages.example/practices/oven", False
    session.add(away)
    session.flush()
    pages = f"{loos.instance}/practices"
    named = [f"{pages}/{away.key}?texts=both#adoptions", away.uri, f"{pages}/none", "https://other.example/1"]
    record = complete({"language": "en", "title": "Our oven"})
    ours = publish.publish(session, loos, record | {"basedOn": named, "sameAs": named[:1]})
    assert ours.record["basedOn"] == [away.uri, f"{pages}/none", "https://other.example/1"]
    assert ours.record["sameAs"] == [away.uri]
    assert links.naming(session, away.uri, links.BASED_ON) == [ours]
    revise.revise(session, ours, record | {"basedOn": [f"{pages}/{away.key}/"]})
    assert ours.record["basedOn"] == [away.uri]
