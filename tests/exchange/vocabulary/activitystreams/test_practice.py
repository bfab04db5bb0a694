"""A practice goes over the wire and comes back as the same record."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import nh3
import pytest
import rfc8785
from hypothesis import given

from exchange.messages import Refusal
from exchange.models.practice import OWNER, Practice
from exchange.vocabulary.activitystreams import PUBLIC, practice_object, practice_of, tombstone, wrap
from exchange.vocabulary.record import PracticeRecord
from tests.exchange.vocabulary import samples


def sent(practice: Practice, **columns: Any) -> dict[str, Any]:
    """The object of a practice as it arrives: through JSON."""
    obj: dict[str, Any] = json.loads(json.dumps(practice_object(practice, samples.community(**columns))))
    return obj


def full(**columns: Any) -> Practice:
    return samples.practice(PracticeRecord.model_validate(samples.full()), **columns)


@pytest.mark.parametrize("slug", samples.SLUGS)
def test_each_seed_comes_back_as_the_record_it_was(slug: str) -> None:
    record = samples.record_of(slug)
    read = practice_of(sent(samples.practice(record, slug=slug)))
    assert json.dumps(read.record.data()) == json.dumps(record.data())
    assert (read.slug, read.documented_by, read.incomplete) == (slug, "others", True)


@given(samples.records)
def test_any_record_comes_back_as_it_was(record: PracticeRecord) -> None:
    obj = sent(samples.practice(record))
    assert practice_of(obj).record.data() == record.data()


@given(samples.records)
def test_what_is_sent_can_be_signed(record: PracticeRecord) -> None:
    def walk(value: Any) -> None:
        assert value is not None
        assert not isinstance(value, float)
        for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(one)

    obj = sent(samples.practice(record))
    walk(obj)
    rfc8785.dumps(obj)


def test_the_columns_beside_the_record_come_back() -> None:
    at = datetime(2026, 3, 1, 12, 0, 0, 250, tzinfo=UTC)
    practice = full(
        version=7,
        documented_by=OWNER,
        incomplete=False,
        issued_at=at,
        modified_at=at + timedelta(days=2),
        review_due=date(2027, 3, 3),
    )
    obj = sent(practice)
    read = practice_of(obj)
    assert obj["practice"]["reviewDue"] == "2027-03-03"
    assert (read.uri, read.attributed_to) == (practice.uri, f"{samples.ORIGIN}/communities/saillans")
    assert (read.version, read.documented_by, read.incomplete) == (7, OWNER, False)
    assert (read.published, read.updated) == (at, at + timedelta(days=2))


def test_the_article_is_what_the_fediverse_shows() -> None:
    obj = sent(full())
    assert obj["type"] == "Article"
    assert obj["to"] == [PUBLIC]
    assert obj["cc"] == [f"{samples.ORIGIN}/communities/saillans/followers"]
    assert obj["name"] == "Le four à pain"
    assert obj["url"] == obj["id"]
    first = obj["attachment"][0]
    assert (first["type"], first["href"], first["mediaType"]) == ("Link", obj["id"], "text/html")
    assert all(tag["type"] == "Hashtag" and tag["name"].startswith("#") for tag in obj["tag"])
    assert "#pain" in [tag["name"].lower() for tag in obj["tag"]]


def test_the_original_language_is_the_first_key_of_every_map() -> None:
    obj = sent(full())
    assert list(obj["nameMap"]) == list(obj["contentMap"]) == ["fr", "en"]
    assert obj["content"] == obj["contentMap"]["fr"]


def test_headings_are_in_the_language_of_the_text() -> None:
    told = sent(full())["contentMap"]
    assert "<h2>Enseignements</h2>" in told["fr"]
    assert "<h2>Lessons</h2>" in told["en"]


def test_a_passage_that_was_not_translated_says_its_language() -> None:
    record = samples.full() | {"problem": {"fr": "Plus de pain."}}
    told = sent(samples.practice(PracticeRecord.model_validate(record)))["contentMap"]
    assert "<p>Plus de pain.</p>" in told["fr"]
    assert '<p lang="fr">Plus de pain.</p>' in told["en"]


def test_who_wrote_it_down_is_said_in_the_article() -> None:
    assert "rédigée par des tiers" in sent(full())["content"]
    assert "rédigée par des tiers" not in sent(full(documented_by=OWNER))["content"]


def test_a_long_summary_is_cut_between_words() -> None:
    record = samples.full() | {"summary": {"fr": "pain chaud " * 54}}
    summary = sent(samples.practice(PracticeRecord.model_validate(record)))["summary"]
    assert len(summary) <= 500
    assert summary.endswith("pain chaud…")


def test_markup_in_a_text_stays_text() -> None:
    evil = {"fr": '<script>alert("x")</script>\n\n<img src=x onerror=y> & <b>'}
    record = samples.full() | {
        "problem": evil,
        "summary": evil,
        "lesson": [{"text": evil}],
        "keyword": [evil],
    }
    record["source"] = [{"title": evil["fr"], "url": 'https://example.org/"onclick="x'}]
    obj = sent(samples.practice(PracticeRecord.model_validate(record)))
    html = obj["content"]
    assert "<script" not in html
    assert "<img" not in html
    assert "<b>" not in html
    assert "<" not in obj["summary"]
    tags = {"p", "h2", "ul", "li", "a", "em", "br"}
    assert nh3.clean(html, tags=tags, link_rel="nofollow noopener").count("<") == html.count("<")


def test_a_record_as_long_as_it_may_be_fits_into_a_message() -> None:
    texts = dict.fromkeys(("fr", "en", "de", "it"), "é" * 7000)
    record = samples.full() | {"problem": texts, "solution": texts, "context": texts, "objectives": texts}
    record = {**record, "governance": {"fr": "é" * 8000, "en": "é" * 8000}}
    practice = samples.practice(PracticeRecord.model_validate(record))
    activity = wrap("Create", "https://a.example/c", practice_object(practice, samples.community()))
    assert len(json.dumps(activity, ensure_ascii=False).encode()) < 1024 * 1024


def test_what_a_newer_instance_says_beside_is_left_out() -> None:
    obj = sent(full())
    obj["practice"] |= {"mood": {"deep": [1]}, "theme": ["th-energy", "th-quantum"]}
    obj["practice"]["lesson"][0]["weather"] = "rain"
    obj["practice"]["cityType"] = {"cty-e": 60, "cty-quantum": 40}
    obj["aura"] = None
    data = practice_of(obj).record.data()
    assert data["theme"] == ["th-energy"]
    assert "cityType" not in data
    assert data["lesson"] == samples.full()["lesson"]


def test_an_author_may_come_as_a_list_of_one_or_as_an_object() -> None:
    for author in (["https://a.example/c"], {"id": "https://a.example/c", "type": "Organization"}):
        obj = sent(full()) | {"attributedTo": author}
        del obj["practice"]["community"]
        assert practice_of(obj).attributed_to == "https://a.example/c"


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"type": "Note"}, "type: A practice comes as an Article."),
    ({"type": ["Article"]}, "type: A practice comes as an Article."),
    ({"id": "javascript:alert(1)"}, "practice.id: The record inside belongs to another object."),
    ({"attributedTo": ["https://a.example/1", "https://a.example/2"]}, "attributedTo: A web address is expected here."),
    ({"attributedTo": "https://other.example/c"}, "practice.community: The practice names another community than its author."),
    ({"published": "yesterday"}, "published: A date and time with its offset from UTC is expected here."),
    ({"published": "2026-01-01T00:00:00"}, "published: A date and time with its offset from UTC is expected here."),
    ({"published": "0001-01-01T00:00:00+12:00"}, "published: A date and time with its offset from UTC is expected here."),
    ({"updated": 5}, "updated: A date and time with its offset from UTC is expected here."),
    ({"practice": None}, "practice: This object carries no record of the kind Practice."),
    ({"practice": []}, "practice: This object carries no record of the kind Practice."),
    ({"practice": {"type": "Recipe"}}, "practice: This object carries no record of the kind Practice."),
]  # fmt: skip


@pytest.mark.parametrize(("change", "sentence"), REFUSED, ids=[s for _, s in REFUSED])
def test_nonsense_around_the_record_is_refused_in_a_sentence(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refusal) as caught:
        practice_of(sent(full()) | change)
    assert str(caught.value) == sentence


REFUSED_INSIDE: list[tuple[dict[str, Any], str]] = [
    ({"title": None}, "practice.title: A text is expected here, or texts by language."),
    ({"title": {}}, "practice.title: A practice needs a title."),
    ({"version": 0}, "practice.version: A whole number is expected here."),
    ({"version": True}, "practice.version: A whole number is expected here."),
    ({"version": 10**12}, "practice.version: A whole number is expected here."),
    ({"documentedBy": "nobody"}, "practice.documentedBy: “nobody” is not one of the choices here."),
    ({"documentedBy": ["owner"]}, "practice.documentedBy: “['owner']” is not one of the choices here."),
    ({"incomplete": "yes"}, "practice.incomplete: Yes or no is expected here."),
    ({"slug": "../etc"}, "practice.slug: A short name has small letters, digits and hyphens, at most a hundred."),
    ({"id": "https://other.example/practices/9#practice"}, "practice.id: The record inside belongs to another object."),
    ({"theme": ["<script>"]}, "practice.theme.0: “<script>” is not one of the choices here."),
    ({"sameAs": ["javascript:alert(1)"]}, "practice.sameAs.0: This is not a web address that begins with https:// or http://."),
    ({"language": None}, "practice.language: This is not a language code such as “fr” or “pt-BR”."),
]  # fmt: skip


@pytest.mark.parametrize(("change", "sentence"), REFUSED_INSIDE, ids=[s for _, s in REFUSED_INSIDE])
def test_nonsense_in_the_record_is_refused_at_its_field(change: dict[str, Any], sentence: str) -> None:
    obj = sent(full())
    obj["practice"] |= change
    with pytest.raises(Refusal) as caught:
        practice_of(obj)
    assert sentence in [str(p) for p in caught.value.problems]


def test_an_activity_names_its_actor_and_carries_the_whole_object() -> None:
    obj = practice_object(full(), samples.community())
    activity = wrap("Update", obj["attributedTo"], obj)
    assert activity["type"] == "Update"
    assert activity["object"] is obj
    assert (activity["to"], activity["cc"]) == (obj["to"], obj["cc"])
    assert activity["published"] == obj["updated"]


def test_a_tombstone_says_what_was_there_and_when_it_went() -> None:
    left = tombstone("https://a.example/practices/1", "Article", datetime(2026, 5, 1, tzinfo=UTC))
    assert {k: left[k] for k in ("id", "type", "formerType", "deleted")} == {
        "id": "https://a.example/practices/1",
        "type": "Tombstone",
        "formerType": "Article",
        "deleted": "2026-05-01T00:00:00Z",
    }
