"""Two officers write in one draft, a log-in ends, a button is pressed twice: no word is lost, nothing is done twice."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlmodel import func, select

from exchange.models.practice import Draft, Practice
from exchange.models.question import Question
from tests.exchange.web.world import PASSWORD, Visitor, logged_in
from tests.rig import House, complete


@pytest.fixture(scope="module")
def hamlet(create_tables: Any, templates: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    template = templates(create_tables)
    url = template.copy()
    made = House("hamlet", tmp_path_factory.mktemp("hamlet") / "hamlet", url, search="memory")
    made.community("hillfoot", "Hillfoot", "IE")
    yield made
    made.close()
    template.drop(url)


@pytest.fixture(scope="module")
def pair(hamlet: House) -> tuple[Visitor, Visitor]:
    return logged_in(hamlet, "hillfoot"), logged_in(hamlet, "hillfoot", "editor")


def begin(visitor: Visitor) -> str:
    return visitor.post("/desk/practices/new", {"language": "en"}).location


def fields(page: BeautifulSoup) -> dict[str, Any]:
    """What a browser would send of the page's own form, buttons left out."""
    form = page.select_one("main form[method=post]")
    sent: dict[str, Any] = {}
    for one in form.select("input, textarea, select"):
        if one.get("type") in ("radio", "checkbox") and not one.has_attr("checked"):
            continue
        if one.name == "select":
            chosen = one.select_one("option[selected]")
            value = chosen["value"] if chosen else ""
        else:
            value = one.text.removeprefix("\n") if one.name == "textarea" else one.get("value", "")
        sent.setdefault(one["name"], []).append(value)
    return sent


def data_of(hamlet: House, path: str) -> dict[str, Any]:
    with hamlet.instance.database.reading() as session:
        return session.exec(select(Draft).where(Draft.key == path.rsplit("/", 1)[1])).one().data


def test_what_each_of_two_writes_in_another_field_is_in_the_draft(hamlet: House, pair: Any) -> None:
    first, second = pair
    path = begin(first)
    one, other = fields(first.see(path)), fields(second.see(path))
    assert "editor@hillfoot.localhost" in first.see(path).select_one("form#answers .warning").text
    assert first.post(path, one | {"title": "A roof", "theme": ["th-participation"]}).location.endswith(
        "done=saved"
    )
    assert second.post(path, other | {"summary": "It is warm."}).location.endswith("done=merged")
    held = data_of(hamlet, path)
    assert (held["title"], held["summary"], held["theme"]) == (
        {"en": "A roof"},
        {"en": "It is warm."},
        ["th-participation"],
    )
    assert "officer@hillfoot.localhost" not in first.see(path).select_one("nav.wrap ~ *, form#answers").text


def test_where_both_changed_the_same_both_are_shown_and_one_chooses(hamlet: House, pair: Any) -> None:
    first, second = pair
    path = begin(first)
    first.post(path, fields(first.see(path)) | {"summary": "Old words."})
    one, other = fields(first.see(path)), fields(second.see(path))
    first.post(path, one | {"title": "A roof", "summary": "Words of the first."})
    answer = second.post(path, other | {"summary": "Words of the second.", "maturity": "mat-2", "go": "next"})
    assert answer.status_code == 409
    page = BeautifulSoup(answer.text, "html.parser")
    assert [one.text.strip() for one in page.select(".two .answer div")] == [
        "Words of the first.",
        "Words of the second.",
    ]
    assert "officer@hillfoot.localhost" in page.select_one(".lead").text
    held = data_of(hamlet, path)
    assert (held["title"], held["summary"]) == ({"en": "A roof"}, {"en": "Words of the first."})
    for choice, words in (
        ("theirs", "Words of the first."),
        ("both", "Words of the first.\n\nWords of the second."),
    ):
        answer = second.post(path, fields(page) | {"choose:summary": choice})
        assert answer.location.endswith("part=why"), "it goes on where the button had said"
        held = data_of(hamlet, path)
        assert (held["title"], held["summary"], held["maturity"]) == (
            {"en": "A roof"},
            {"en": words},
            "mat-2",
        )
    again = second.post(path, fields(page) | {"choose:summary": "mine"})
    assert again.status_code == 409, "the field has changed once more since, and one is asked once more"


def test_what_is_written_into_a_draft_that_went_is_given_back(pair: Any) -> None:
    first, second = pair
    path = begin(first)
    form = fields(second.see(path))
    first.post(f"{path}/discard")
    answer = second.post(path, form | {"title": "Half an hour of work"})
    assert answer.status_code == 404
    assert "Half an hour of work" in BeautifulSoup(answer.text, "html.parser").select_one("main").text


def test_a_log_in_that_ends_while_somebody_writes_takes_nothing_with_it(hamlet: House) -> None:
    writer = logged_in(hamlet, "hillfoot", "coordinator")
    path = begin(writer)
    form = fields(writer.see(path)) | {
        "title": "Ein Dach",
        "theme": ["th-participation", "th-data-governance"],
    }
    writer.client.delete_cookie("session", domain="hamlet.localhost")
    answer = writer.post(path, form)
    assert answer.status_code == 401
    page = BeautifulSoup(answer.text, "html.parser")
    login = fields(page) | {"mailbox": "coordinator@hillfoot.localhost", "password": "wrong, quite wrong"}
    page = BeautifulSoup(writer.post("/login", login).text, "html.parser")
    answer = writer.post(
        "/login", fields(page) | {"mailbox": "coordinator@hillfoot.localhost", "password": PASSWORD}
    )
    page = BeautifulSoup(answer.text, "html.parser")
    assert "Ein Dach" in page.select_one("main").text, "one sees that it is there"
    resumed = page.select_one("main form")
    assert resumed["action"] == path
    assert writer.post(path, fields(page)).status_code == 303
    held = data_of(hamlet, path)
    assert (held["title"], held["theme"]) == ({"en": "Ein Dach"}, ["th-participation", "th-data-governance"])


def test_a_form_that_is_sent_twice_is_done_once(hamlet: House, pair: Any) -> None:
    writer, _ = pair
    form = fields(writer.see("/desk/practices/new"))
    answers: list[Any] = []
    twins = [
        threading.Thread(target=lambda: answers.append(_alike(writer).post("/desk/practices/new", form)))
        for _ in range(4)
    ]
    for one in twins:
        one.start()
    for one in twins:
        one.join()
    assert {one.status_code for one in answers} == {303}
    assert len({one.location for one in answers}) == 1
    assert writer.post("/desk/practices/new", fields(writer.see("/desk/practices/new"))).location not in {
        answers[0].location
    }


def test_a_question_and_a_publication_that_are_sent_twice_are_one(hamlet: House, pair: Any) -> None:
    writer, _ = pair
    path = begin(writer)
    key = path.rsplit("/", 1)[1]
    with hamlet.instance.database.writing() as session:
        draft = session.exec(select(Draft).where(Draft.key == key)).one()
        draft.data = complete({"language": "en", "title": {"en": "Asked twice"}})
        session.add(draft)
    sent = [writer.post(f"{path}/publish").location for _ in range(2)]
    assert sent == [f"/practices/{key}?done=published"] * 2
    reader = Visitor(hamlet)
    form = fields(reader.see(f"/practices/{key}/ask")) | {"text": "How?", "mailbox": "a@town.example"}
    assert reader.post(f"/practices/{key}/ask", form | {"mailbox": "nobody"}).status_code == 422
    assert [reader.post(f"/practices/{key}/ask", form).status_code for _ in range(2)] == [303, 303]
    with hamlet.instance.database.reading() as session:
        assert session.exec(select(func.count()).select_from(Question)).one() == 1
        assert session.exec(select(func.count()).select_from(Practice)).one() == 1


def _alike(visitor: Visitor) -> Visitor:
    """The same browser, for another thread."""
    twin = Visitor(visitor.house, visitor.language)
    twin.client.set_cookie("session", visitor.cookies["session"], domain="hamlet.localhost")
    return twin
