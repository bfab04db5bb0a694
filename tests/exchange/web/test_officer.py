"""An officer tells a practice without a script, step by step, and loses nothing on the way."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from werkzeug.datastructures import MultiDict

from exchange.vocabulary.record import PracticeRecord
from exchange.web.writing import answers
from tests.exchange.web.world import PASSWORD, Visitor, logged_in
from tests.rig import House

WHAT = {
    "part": "what",
    "language": "de",
    "title": "Lastenräder für alle Quartiere",
    "summary": "Die Stadt verleiht Lastenräder über die Büchereien.",
    "theme": ["th-mobility", "th-social-inclusion"],
    "status": "st-operating",
    "maturity": "mat-3",
    "startDate": "2021",
}
REST: list[dict[str, Any]] = [
    {
        "part": "why",
        "problem": "Wer kein Auto hat, trägt schwer.\r\n\r\nDas sagten viele.",
        "context": "Büchereien in jedem Viertel.",
        "solution": "Zwanzig Räder, ein Ausweis.",
    },
    {
        "part": "people",
        "engagement.level": "pl-3",
        "engagement.process": "Drei Abende, danach mehr Räder.",
        "inclusion.measures": "Kostenlos mit Sozialpass.",
        "inclusion.groups": ["ig-poverty"],
        "engagement.numbers.0.label": "Teilnehmende",
        "engagement.numbers.0.number": "1.240",
    },
    {
        "part": "means",
        "cost.class": "pc-2",
        "dataProtection.personalData": "yes",
        "cost.staff.fte": "0,5",
    },
    {
        "part": "effect",
        "evidenceLevel": "ev-1",
        "lesson.0.text": "Ohne Wartung geht nichts.",
        "lesson.0.cause": "lc-people",
        "lesson.1.text": "",
    },
    {
        "part": "others",
        "contactRole.0.role": "Mobilitätsbüro",
        "contactRole.0.url": "mobilitaet@ulm.example",
        "licence": "CC-BY-4.0",
        "replication.steps": "Räder kaufen\nAusweise drucken",
    },
]


@pytest.fixture
def ulm(house: House) -> Visitor:
    return logged_in(house, "ulm")


def begun(officer: Visitor, **changed: Any) -> str:
    """The address of a new draft with its first part filled in."""
    address = officer.post("/desk/practices/new", {"language": "de"}).location
    answer = officer.post(address, {**WHAT, **changed, "go": "next"})
    assert answer.status_code in (303, 422), answer.text[:1000]
    return str(address)


def test_a_practice_is_told_checked_and_published(house: House, ulm: Visitor) -> None:
    address = begun(ulm)
    for number, part in enumerate(REST):
        answer = ulm.post(address, {**part, "go": "next"})
        assert answer.status_code == 303
        assert answer.location.endswith("/check") == (number == len(REST) - 1)
    preview = ulm.see(f"{address}/preview")
    assert preview.h1.text == WHAT["title"]
    assert "Das sagten viele." in preview.article.text
    check = ulm.see(f"{address}/check")
    assert check.find(class_="errors") is None
    assert "Mobility, Social inclusion" in check.main.text
    answer = ulm.post(f"{address}/publish")
    assert answer.status_code == 303
    page = Visitor(house).see(answer.location)
    assert page.find(role="status").text.strip().startswith("Published.")
    assert page.h1["lang"] == "de"
    assert "1,240" in page.article.text
    assert [li.text for li in page.find(id="replication").find_next("ol").find_all("li")] == [
        "Räder kaufen",
        "Ausweise drucken",
    ]
    assert ulm.get(address).status_code == 404
    assert ulm.post(f"{address}/publish").location == answer.location, "sent twice it is published once"


def test_what_is_in_the_wrong_form_is_said_at_its_field_and_kept(ulm: Visitor) -> None:
    address = ulm.post("/desk/practices/new", {"language": "de"}).location
    answer = ulm.post(address, {**WHAT, "startDate": "letztes Jahr", "go": "next"})
    assert answer.status_code == 422
    assert 'href="#f-startDate"' in answer.text
    assert 'id="e-startDate"' in answer.text
    assert 'value="letztes Jahr"' in answer.text
    again = ulm.see(address)
    assert again.find(id="f-startDate")["value"] == "letztes Jahr"
    assert again.find(id="f-title")["value"] == WHAT["title"]
    assert "letztes Jahr" not in ulm.see(f"{address}/preview").text


def test_every_field_of_the_record_that_people_fill_in_has_its_question() -> None:
    asked = {question.path.partition(".")[0] for question in answers.all_questions()}
    filled_by_others = {"certainty", "translation"}  # the first by who documents others, the second by itself
    fields = {info.alias or name for name, info in PracticeRecord.model_fields.items()}
    assert fields - asked - filled_by_others == set()


def test_places_kinds_of_city_and_who_has_checked_it_are_told_in_the_form(ulm: Visitor) -> None:
    address = begun(ulm)
    kinds = {"cityType.cty-techno": "30", "cityType.cty-e": "30", "cityType.cty-contrib": "30"}
    place = {"place.0.name": "Münsterplatz", "place.0.lat": "48,3984", "place.0.lon": "9,9916"}
    wrong = ulm.post(address, {**WHAT, **place, **kinds, "go": "next"})
    assert wrong.status_code == 422
    assert 'href="#f-cityType-cty-techno"' in wrong.text
    kinds["cityType.cty-contrib"] = "40"
    assert ulm.post(address, {**WHAT, **place, **kinds, "go": "next"}).status_code == 303
    people = {"part": "people", "democraticMode": ["dem-direct", "dem-liquid"], "go": "save"}
    assert ulm.post(address, people).status_code == 303
    checked = {
        "validation.0.by": "Deutscher Städtetag",
        "validation.0.level": "peer",
        "validation.0.date": "2024",
        "dataset": "https://ulm.example/data",
    }
    assert ulm.post(address, {"part": "effect", **checked, "go": "save"}).status_code == 303
    shown = " ".join(ulm.see(f"{address}/check").text.split())
    for words in ("Münsterplatz", "48,3984", "40", "Direct democracy, Liquid democracy", "A peer community"):
        assert words in shown, words


def test_a_draft_may_be_left_with_next_to_nothing_in_it(ulm: Visitor) -> None:
    address = ulm.post("/desk/practices/new", {"language": "de"}).location
    answer = ulm.post(address, {"part": "what", "language": "de", "title": "Nur ein Titel", "go": "save"})
    assert answer.location.endswith("done=saved")
    assert "Nur ein Titel" in ulm.see("/desk").text


def test_publishing_too_early_lists_what_is_missing_and_leads_there(ulm: Visitor) -> None:
    address = begun(ulm)
    answer = ulm.post(f"{address}/publish")
    assert answer.status_code == 422
    page = ulm.see(f"{address}/check")
    links = {a.text: a["href"] for a in page.find(class_="errors").find_all("a")}
    there = links["Choose a cost class."]
    assert there == f"{address}?part=means&checked=1#f-cost-class"
    part = ulm.see(there.partition("#")[0])
    assert part.find(id="f-cost-class") is not None
    assert part.find(id="e-cost-class") is not None
    for text, href in links.items():
        target, _, anchor = href.partition("#")
        assert ulm.see(target).find(id=anchor) is not None, text


def test_room_for_another_lesson_is_made_without_a_script(ulm: Visitor) -> None:
    address = begun(ulm)
    answer = ulm.post(address, {"part": "effect", "lesson.0.text": "Eins.", "go": "more:lesson"})
    assert answer.location.endswith("room=lesson#f-lesson")
    page = ulm.see(answer.location.partition("#")[0])
    assert page.find(id="f-lesson-0-text").text.strip() == "Eins."
    assert page.find(id="f-lesson-1-text") is not None


def test_a_row_that_is_emptied_goes_and_the_others_stay(ulm: Visitor) -> None:
    address = begun(ulm)
    ulm.post(address, {"part": "effect", "lesson.0.text": "Eins.", "lesson.1.text": "Zwei."})
    ulm.post(address, {"part": "effect", "lesson.0.text": "", "lesson.1.text": "Zwei."})
    page = ulm.see(f"{address}?part=effect")
    assert page.find(id="f-lesson-0-text").text.strip() == "Zwei."
    assert page.find(id="f-lesson-1-text") is None


def test_changing_the_language_takes_the_texts_along(ulm: Visitor) -> None:
    address = begun(ulm)
    ulm.post(address, {**WHAT, "language": "fr"})
    page = ulm.see(address)
    assert page.find(id="f-title")["value"] == WHAT["title"]
    assert page.find(id="f-title")["lang"] == "fr"


def test_another_language_of_the_page_in_the_middle_of_the_form_keeps_what_was_typed(ulm: Visitor) -> None:
    address = begun(ulm)
    buttons = ulm.see(address).find_all("button", attrs={"form": "answers"})
    assert [b["value"] for b in buttons[:2]] == ["next", "language:en"]  # the first is what Enter presses
    answer = ulm.post(address, {**WHAT, "title": "Räder" * 100, "go": "language:it"})
    assert answer.status_code == 303
    page = ulm.see(answer.location)
    assert page.html["lang"] == "it"
    assert page.find(id="f-title")["value"] == "Räder" * 100


def test_revising_begins_with_what_is_published_and_keeps_translations(house: House) -> None:
    officer = logged_in(house, "saillans")
    address = officer.post("/practices/saillans-collegial-council/revise").location
    assert officer.post("/practices/saillans-collegial-council/revise").location == address
    page = officer.see(address)
    assert page.find(id="f-title")["value"].startswith("Conseil municipal")
    sent = {
        "part": "what",
        "language": "fr",
        "title": "Conseil collégial",
        "summary": "Un village décide.",
        "theme": "th-participation",
        "status": "st-completed",
        "maturity": "mat-4",
        "startDate": "2014",
    }
    officer.post(address, sent)
    assert officer.post(f"{address}/publish").location.endswith("done=revised")
    seen = Visitor(house, "en").see("/practices/saillans-collegial-council")
    assert seen.h1.text == "Conseil collégial"
    assert seen.find(class_="title-translated").text.startswith("Collegial village council")


def test_a_new_version_without_a_change_is_none(house: House) -> None:
    officer = logged_in(house, "loos-en-gohelle")
    address = officer.post("/practices/loos-solar-plan/revise").location
    assert officer.post(f"{address}/publish").location.endswith("done=unchanged")


def test_a_draft_is_thrown_away_only_after_a_question(ulm: Visitor) -> None:
    address = begun(ulm)
    assert "Discard this draft?" in ulm.see(f"{address}/discard").text
    assert ulm.post(f"{address}/discard").status_code == 303
    assert ulm.get(address).status_code == 404


@pytest.mark.parametrize("part", ["what", "why", "people", "means", "effect", "others", "nonsense"])
def test_nonsense_in_a_form_is_answered_and_never_breaks_a_page(ulm: Visitor, part: str) -> None:
    address = begun(ulm)
    sent = {
        "part": part,
        "language": "xx-nonsense" * 40,
        "title": "\x00\ud800 long " * 500,
        "theme": ["no", "th-energy", "th-energy", "th-food", "th-water"],
        "sdg": "1, 99, x",
        "cost.class": "[]",
        "cost.staff.fte": "1e309",
        "dataProtection.personalData": "perhaps",
        "lesson.0.text": "a" * 9000,
        "lesson.999.text": "x",
        "lesson.x.text": "x",
        "contactRole.0.url": "jean.dupont@ulm.example",
        "replication.scaleRange.min": "900",
        "replication.scaleRange.max": "5",
        "basedOn": "javascript:alert(1) https://a.example",
        "endDate": "1066",
        "engagement.numbers.0.number": "-3",
        "go": "more:../../etc",
    }
    sent = {k: v.encode("utf-8", "replace").decode() if isinstance(v, str) else v for k, v in sent.items()}
    assert ulm.post(address, sent).status_code in (303, 422)
    for page in ("", "/check", "/preview"):
        assert ulm.get(address + page).status_code == 200, page
    assert ulm.post(f"{address}/publish").status_code == 422
    assert ulm.get("/desk").status_code == 200


def test_a_form_that_is_not_text_is_refused_in_words(house: House, ulm: Visitor) -> None:
    address = begun(ulm)
    answer = ulm.client.post(
        address,
        data=b"part=what&title=\xff\xfe%ff%00&language=de",
        content_type="application/x-www-form-urlencoded",
        headers={"Sec-Fetch-Site": "same-origin"},
        base_url=house.origin,
    )
    assert answer.status_code in (303, 400, 422)
    assert ulm.get(address).status_code == 200


def test_what_was_written_when_a_log_in_ended_comes_back_after_the_next(house: House, ulm: Visitor) -> None:
    address = begun(ulm)
    mailbox = "officer@ulm.localhost"
    ulm.post("/logout")
    answer = ulm.post(address, {**WHAT, "title": "Lange <überlegt>", "go": "next"})
    assert answer.status_code == 401
    page = BeautifulSoup(answer.text, "html.parser")

    def fields(form: Any) -> MultiDict[str, str]:
        return MultiDict((i["name"], i["value"]) for i in form.find_all("input", {"type": "hidden"}))

    sent = fields(page.main.form)
    sent.update({"mailbox": mailbox, "password": "wrong, at first"})
    page = BeautifulSoup(ulm.post("/login", sent).text, "html.parser")
    sent = fields(page.main.form)
    sent.update({"mailbox": mailbox, "password": PASSWORD})
    page = BeautifulSoup(ulm.post("/login", sent).text, "html.parser")
    assert page.h1.text == "What you wrote is here"
    assert page.main.form["action"] == address
    ulm.post(address, fields(page.main.form))
    assert ulm.see(address).find(id="f-title")["value"] == "Lange <überlegt>"
    themes = [box["value"] for box in ulm.see(address).find_all("input", {"name": "theme", "checked": True})]
    assert themes == WHAT["theme"]
