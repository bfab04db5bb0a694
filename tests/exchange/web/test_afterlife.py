"""What others make of a practice: reviews, adoptions and their confirmation, and following across instances."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exchange.api import metrics
from exchange.catalogue import shelf
from exchange.catalogue.adoption import adopt
from exchange.catalogue.measures import figure, growth
from exchange.catalogue.measures.bridging import edges
from tests.exchange.web.world import Visitor, given, logged_in, settle
from tests.rig import House, Rig, complete

SAILLANS = "/practices/saillans-collegial-council"


def test_a_review_is_published_changed_and_taken_back(house: House) -> None:
    practice = house.publish("arvieu", complete({"language": "en", "title": "A shop run by its customers"}))
    officer = logged_in(house, "ulm")
    path = f"/practices/{practice.key}"
    sent = {
        "relation": "rr-visitor",
        "conflict": "no",
        "ratings.rc-effectiveness": "4",
        "ratings.rc-evidence": "na",
        "comment": "Wir waren dort.",
        "language": "de",
    }
    assert officer.post(f"{path}/rate", sent).location == f"{path}?done=rated#reviews"
    page = Visitor(house).see(path)
    assert given(page) == 1
    assert (
        page.find(id="reviews").find_next("ul", class_="feed").find(lang="de").text.strip()
        == "Wir waren dort."
    )
    form = officer.see(f"{path}/rate")
    assert form.find("input", {"name": "ratings.rc-effectiveness", "checked": True})["value"] == "4"
    assert form.find("textarea", id="f-comment").text.strip() == "Wir waren dort."
    officer.post(f"{path}/rate", {**sent, "take-back": "yes"})
    assert "Nobody has reviewed it yet." in Visitor(house).see(path).text


def test_a_low_rating_asks_for_its_reason_and_keeps_what_was_chosen(house: House) -> None:
    officer = logged_in(house, "treuenbrietzen")
    sent = {"relation": "rr-peer", "ratings.rc-continuity": "1", "ratings.rc-openness": "5", "language": "de"}
    answer = officer.post(f"{SAILLANS}/rate", sent)
    assert answer.status_code == 422
    assert 'href="#f-comment"' in answer.text
    assert 'name="ratings.rc-openness" value="5" checked' in answer.text


def test_nobody_reviews_or_adopts_their_own(house: House) -> None:
    officer = logged_in(house, "saillans")
    for what in ("rate", "adopt"):
        assert officer.get(f"{SAILLANS}/{what}").status_code == 403
        assert officer.post(f"{SAILLANS}/{what}", {"stage": "ad-decided"}).status_code in (403, 422)
    page = officer.see(SAILLANS)
    assert "Record an adoption" not in page.text
    assert "Revise this practice" in page.text


def test_an_adoption_moves_on_and_its_origin_confirms_it(house: House) -> None:
    practice = house.publish("ulm", complete({"language": "de", "title": "Ein Netz für alle"}))
    path = f"/practices/{practice.key}"
    adopter, owner = logged_in(house, "arvieu"), logged_in(house, "ulm")
    answer = adopter.post(f"{path}/adopt", {"stage": "ad-assessing", "language": "fr"})
    assert answer.location == f"{path}?done=adopted#adoptions", answer.text[:500]
    stage = {"stage": "ad-operating", "since": "2024", "changes": "Moins de capteurs.", "language": "fr"}
    adopter.post(f"{path}/adopt", {**stage, "adaptationType": "at-adapt", "help": "hp-visit"})
    form = adopter.see(f"{path}/adopt")
    assert form.h1.text == "Move the adoption on"
    assert form.find(id="f-since")["value"] == "2024"
    desk = owner.see("/desk")
    waiting = desk.find("section", {"aria-labelledby": "to-confirm"})
    assert "Arvieu" in waiting.text
    assert owner.post(waiting.form["action"], {"answer": "yes"}).location == "/desk?done=confirmed"
    shown = Visitor(house).see(path).find("section", {"aria-labelledby": "adoptions"})
    assert "confirmed by the owner" in shown.text
    assert "Moins de capteurs." in shown.text
    assert "Learned from" in Visitor(house).see("/communities/arvieu").text
    assert "Ulm" in Visitor(house).see("/communities/arvieu").find(class_="twins").text


def test_a_contested_adoption_is_marked_wherever_it_stands_and_makes_no_twins(house: House) -> None:
    practice = house.publish("ulm", complete({"language": "de", "title": "Ein Garten für alle"}))
    adopter, owner = logged_in(house, "loos-en-gohelle"), logged_in(house, "ulm")
    adopter.post(f"/practices/{practice.key}/adopt", {"stage": "ad-assessing", "language": "fr"})
    form = owner.see("/desk").find("section", {"aria-labelledby": "to-confirm"}).form
    visitor = Visitor(house)
    assert "Loos-en-Gohelle" in [a.text for a in visitor.see("/communities/ulm").select(".twins a")]
    owner.post(form["action"], {"answer": "no", "reason": "Nobody has asked us."})
    for path in ("/", "/communities/ulm", "/communities/loos-en-gohelle"):
        title = next(a for a in visitor.see(path).select(".feed a") if a.text == "Ein Garten für alle")
        assert "contested by the owner" in title.find_parent("li").text, path
    for path in ("/communities/ulm", "/communities/loos-en-gohelle"):
        twins = [a.text for a in visitor.see(path).select(".twins a")]
        assert not {"Ulm", "Loos-en-Gohelle"} & set(twins), path


def test_a_contested_adoption_counts_nowhere_until_the_owner_confirms_it(house: House) -> None:
    practice = house.publish("ulm", complete({"language": "de", "title": "Ein Brunnen für alle"}))
    adopter, owner = logged_in(house, "loos-en-gohelle"), logged_in(house, "ulm")

    def counted() -> dict[str, Any]:
        while house.instance.index_once():
            pass
        asked = "/api/v1/practices?q=Brunnen+adopted_by:%22{}/communities/loos-en-gohelle%22"
        with house.instance.database.reading() as session:
            held = figure.figure(session).adoptions, shelf.counts(session)["local_adoptions"]
            of_ulm = sum(
                edge.origin.uri == f"{house.origin}/communities/ulm"
                for edge in edges.of(session, "adoptions")
            )
            grown = growth.growth(session)[-1].totals["adoptions"]
        found = house.document("/api/v1/practices?q=Brunnen")["items"]
        metric = metrics.figures(house.instance)["jumelage_adoptions"]
        return {
            "hit": next(one["adoptions"] for one in found if one["key"] == practice.key),
            "by": len(house.document(asked.format(house.origin))["items"]),
            "api": house.document(f"/api/v1/practices/{practice.key}")["adoptions"],
            "figures": (*held, of_ulm, grown, sum(metric.values())),
            "beside": "1 adoption" in Visitor(house).see(f"/compare?p={practice.key}").main.text,
            "sheet": "1 adoption" in Visitor(house).see(f"/practices/{practice.key}/sheet").text,
        }

    none = counted()
    adopter.post(f"/practices/{practice.key}/adopt", {"stage": "ad-assessing", "language": "fr"})
    form = owner.see("/desk").find("section", {"aria-labelledby": "to-confirm"}).form
    claimed = counted()
    assert (claimed["hit"], claimed["by"], claimed["api"], claimed["beside"]) == (1, 1, 1, True)
    assert claimed["figures"] == tuple(n + 1 for n in none["figures"])
    owner.post(form["action"], {"answer": "no", "reason": "Nobody has asked us."})
    assert counted() == none
    assert "contested: it does not count" in owner.see("/desk?done=contested").text
    assert (
        "contested by the owner"
        in Visitor(house).see(f"/practices/{practice.key}").find(id="adoptions").parent.text
    )
    owner.post(form["action"], {"answer": "yes"})
    assert counted() == claimed


def test_who_took_up_what_is_withdrawn_reads_so_and_why_and_is_led_nowhere(house: House) -> None:
    practice = house.publish("ulm", complete({"language": "de", "title": "Ein Bad für alle"}))
    path = f"/practices/{practice.key}"
    adopter, owner = logged_in(house, "mouans-sartoux"), logged_in(house, "ulm")
    adopter.post(f"{path}/adopt", {"stage": "ad-piloting", "language": "fr"})
    adopter.post("/desk/follow", {"what": f"practice:{practice.key}"})
    assert "Ein Bad für alle" in adopter.see("/desk").find(id="taken-up").parent.text
    owner.post(f"{path}/withdraw", {"reason": "The bath is closed."})
    desk = adopter.see("/desk")
    mine = next(one for one in desk.find(id="taken-up").parent.select("li") if "Ulm" in one.text)
    shared = Visitor(house).see("/communities/mouans-sartoux")
    for one in (mine, next(one for one in shared.select(".feed li") if "Ulm" in one.text)):
        assert "This practice has been withdrawn." in one.text
        assert "The bath is closed." in one.text
        led = [a["href"] for a in one.find_all("a") if not a["href"].endswith("/take-back")]
        assert led == ["/communities/ulm"]
    assert "withdrawn" in desk.find(id="follows").parent.text
    for page in (desk, shared):
        assert all(a.text.strip() or a.find("svg") or a.find("img") for a in page.select("main a"))


def test_a_practice_shows_the_last_of_many_adoptions_and_leads_to_all_of_them_in_pages(house: House) -> None:
    practice = house.publish("ulm", complete({"language": "de", "title": "Ein Hof für alle"}))
    with house.instance.database.writing() as session:
        held = shelf.practice(session, practice.key)
        for number in range(60):
            adopter = {"name": f"Place {number}", "country": "DE"}
            adopt.document_adoption(session, held, adopter, stage="ad-piloting")
        adopt.document_adoption(
            session, held, {"name": "Teacher", "country": "DE"}, stage="ad-operating", inverse=True
        )
    page = Visitor(house).see(f"/practices/{practice.key}")
    assert page.select_one(".jump a").text == "60 adoptions"  # what went the other way round is none
    there = page.find("section", {"aria-labelledby": "adoptions"})
    shown = [one.select_one(".meta").text for one in there.select("li[id^=adoption-]")]
    assert (len(shown), "Place 36" in shown[0], "Teacher" in shown[-1]) == (25, True, True)
    link = there.find("a", string="All 61 adoptions")["href"]
    first = Visitor(house).see(link)
    assert len(first.select("li[id^=adoption-]")) == 50
    last = Visitor(house).see(first.find("a", rel="next")["href"])
    assert "Place 0" in last.select("li[id^=adoption-]")[-1].text
    assert Visitor(house).see(f"{link}?page=77").find("a", rel="prev")["href"].endswith("page=1")
    few = Visitor(house).see(SAILLANS)
    assert not few.find("a", href=f"{SAILLANS}/adopters")


@pytest.mark.parametrize("withdrawn", [False, True])
def test_an_adoption_that_was_recorded_by_mistake_is_taken_back_after_one_question(
    house: House, withdrawn: bool
) -> None:
    practice = house.publish("ulm", complete({"language": "de", "title": f"Ein Fest für {withdrawn}"}))
    path = f"/practices/{practice.key}"
    adopter, owner = logged_in(house, "arvieu"), logged_in(house, "ulm")
    adopter.post(f"{path}/adopt", {"stage": "ad-piloting", "language": "fr"})
    if withdrawn:
        owner.post(f"{path}/withdraw", {"reason": "It rained."})
        own = adopter.see("/desk").find(id="taken-up").parent.select("li")
        page = next(one for one in own if "It rained." in one.text)
    else:
        page = adopter.see(f"{path}/adopt")
    asked = next(a["href"] for a in page.find_all("a") if "Take the adoption back" in a.text)
    question = adopter.see(asked)
    assert ("It rained." in question.main.text) == withdrawn
    assert question.find("a", string="Keep the adoption")["href"] == (
        "/desk" if withdrawn else f"{path}/adopt"
    )
    action = question.main.find("form")["action"]
    assert owner.get(asked).status_code == owner.post(action).status_code == 403
    assert adopter.post(action).location == "/desk?done=adoption-gone"
    assert "The adoption is taken back." in adopter.see("/desk?done=adoption-gone").text
    assert adopter.get(asked).status_code == adopter.post(action).status_code == 404
    with house.instance.database.reading() as session:
        assert shelf.adoptions_of(session, shelf.practice(session, practice.key)) == []
    if not withdrawn:
        assert adopter.see(f"{path}/adopt").h1.text == "Record an adoption"


def test_an_adoption_that_moves_on_keeps_its_translations(house: House) -> None:
    practice = house.publish("ulm", complete({"language": "de", "title": "Ein Steg für alle"}))
    path = f"/practices/{practice.key}/adopt"
    texts = {"fr": "Plus court.", "en": "Shorter."}
    with house.instance.database.writing() as session:
        adopt.adopt(
            session,
            shelf.practice(session, practice.key),
            shelf.community(session, "treuenbrietzen"),
            stage="ad-adapting",
            changes={"changed": texts},
            costActual=[{"text": {"fr": "Bois", "en": "Wood"}, "amount": 900, "currency": "EUR"}],
        )
    adopter = logged_in(house, "treuenbrietzen")

    def told(**changed: str) -> dict[str, Any]:
        form = adopter.see(path)
        sent = {one["name"]: one.text.strip() for one in form.select("main textarea")}
        sent |= {"language": "fr", "costAmount": "900", "costCurrency": "EUR", "stage": "ad-piloting"}
        assert adopter.post(path, sent | changed).status_code == 303
        with house.instance.database.reading() as session:
            return shelf.adopted_by(session, shelf.community(session, "treuenbrietzen"))[0][0].record

    record = told()
    assert record["changes"]["changed"] == texts
    assert record["costActual"][0]["text"] == {"fr": "Bois", "en": "Wood"}
    assert told(changed="Plus large.")["changes"]["changed"] == {"fr": "Plus large.", "en": "Shorter."}
    assert told(language="de")["changes"]["changed"] == {"de": "Plus large.", "en": "Shorter."}
    assert "changes" not in told(changed="", language="de")


def test_an_emptied_field_of_an_adoption_is_empty(house: House) -> None:
    practice = house.publish("ulm", complete({"language": "de", "title": "Ein Dach mehr"}))
    path = f"/practices/{practice.key}/adopt"
    adopter = logged_in(house, "saillans")
    adopter.post(path, {"stage": "ad-adapting", "since": "2020", "note": "Draft", "language": "fr"})
    adopter.post(path, {"stage": "ad-adapting", "since": "", "note": "", "language": "fr"})
    form = adopter.see(path)
    assert form.find(id="f-since")["value"] == ""
    assert form.find(id="f-note")["value"] == ""


def test_what_was_stopped_needs_its_reason(house: House) -> None:
    officer = logged_in(house, "mouans-sartoux")
    answer = officer.post(f"{SAILLANS}/adopt", {"stage": "ad-rejected", "since": "soon", "language": "fr"})
    assert answer.status_code == 422
    assert 'value="soon"' in answer.text
    answer = officer.post(f"{SAILLANS}/adopt", {"stage": "ad-rejected", "since": "2022", "language": "fr"})
    assert answer.status_code == 422
    assert 'id="e-reason"' in answer.text


@pytest.mark.parametrize("what", ["rate", "adopt"])
def test_nonsense_about_a_practice_is_answered(house: House, what: str) -> None:
    officer = logged_in(house, "ulm")
    sent = {
        name: ["x", "\x07", "9" * 400]
        for name in ("stage", "relation", "comment", "since", "cause", "reason")
    }
    sent |= {
        "ratings.rc-evidence": ["7"],
        "ratings.none": ["1"],
        "language": ["zz"],
        "help": ["no"],
        "ownPractice": ["x"],
    }
    assert officer.post(f"{SAILLANS}/{what}", sent).status_code == 422
    assert officer.post(f"/practices/none/{what}", sent).status_code == 404


def test_an_instance_is_followed_by_its_address_and_its_practices_arrive(
    tmp_path: Path, new_database: Callable[[], str]
) -> None:
    with Rig(tmp_path, new_database) as rig:
        here, there = rig.instance("here", search="memory"), rig.instance("there", search="memory")
        here.community("ulm", "Ulm", "DE")
        settle(there.instance, only=("saillans", "loos-en-gohelle", "arvieu"))
        officer = logged_in(here, "ulm", "admin")
        for wrong in ("", "nobody@there.localhost:1", here.origin, "http://192.0.2.7/", "not an address"):
            answer = officer.post("/desk/federation/follow", {"who": wrong})
            assert answer.status_code == 422, wrong
            assert 'id="e-who"' in answer.text
        assert officer.post("/desk/federation/follow", {"who": there.origin}).status_code == 303
        rig.settle()
        page = officer.see("/federation")
        assert "accepted" in page.main.text
        assert "all read" in page.main.text
        assert f"there.localhost:{there.port}" in page.main.text
        assert "Conseil municipal collégial" in officer.see("/practices?q=Conseil").main.text
        place = officer.see(f"/communities/@saillans@there.localhost:{there.port}")
        assert place.h1.text == "Saillans"
        form = page.find("form", action="/desk/federation/unfollow")
        fields = {i["name"]: i["value"] for i in form.find_all("input")}
        assert officer.post("/desk/federation/unfollow", fields).status_code == 303
        assert officer.post("/desk/federation/unfollow", fields).status_code == 404
