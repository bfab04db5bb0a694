"""Searches are kept in one click, read at the desk, shared among coordinators, and never lost by a slip."""

import re
from datetime import timedelta
from urllib.parse import quote_plus

import pytest
from sqlmodel import select

from exchange.catalogue import shelf
from exchange.catalogue.adoption import adopt, handshake
from exchange.catalogue.clusters import cluster
from exchange.catalogue.finding import saved
from exchange.catalogue.people import leave
from exchange.models.base import now
from exchange.models.cluster import Cluster
from exchange.models.officer import Officer
from exchange.worker import alerting
from tests.exchange.web.world import PASSWORD, Visitor, logged_in, officer
from tests.rig import House, complete


@pytest.fixture(scope="module")
def led(house: House) -> Cluster:
    with house.instance.database.writing() as session:
        made = cluster.found(session, house.origin, slug="alps", name="Alpine towns")
        cluster.admit(session, made, shelf.community(session, "ulm").uri)
        return made


def keep(visitor: Visitor, query: str) -> str:
    """Keep a search as the button on its page does; the address of its page."""
    page = visitor.see(f"/practices?{query}")
    field = page.find("input", {"name": "query", "form": "save-search"})
    form = page.find("form", id="save-search")
    assert field
    assert form
    assert form.find_parent("form") is None
    answer = visitor.post(str(form["action"]), {"query": field["value"]})
    assert answer.status_code == 303, answer.text[:500]
    links = visitor.see(answer.location).select("ul.feed h2 a")
    return str(max(links, key=lambda one: one.text)["href"])


def publish(house: House, title: str, **record: object) -> None:
    house.publish("ulm", complete({"title": {"en": title}, **record}))
    while alerting.follow(house.instance.database, house.instance.engine):
        pass


def test_a_search_is_kept_read_and_seen_and_seen_can_be_undone(house: House) -> None:
    ulm = logged_in(house, "ulm")
    address = keep(ulm, "q=zeppelin&theme=th-energy&page=1")
    assert "zeppelin" in ulm.get("/desk/searches").text
    assert "nothing new" in ulm.get(address).text
    publish(house, "A zeppelin for all")
    assert "1 new" in ulm.see("/desk").text
    page = ulm.see(address)
    assert "A zeppelin for all" in page.text
    assert ulm.see(address).find("a", string="A zeppelin for all")  # a look alone changes nothing
    upto = page.find("input", {"name": "upto"})
    assert upto
    publish(house, "A zeppelin, while somebody reads")
    assert ulm.post(f"{address}/seen", {"upto": upto["value"]}).status_code == 303
    after = ulm.see(address)
    assert after.find("a", string="A zeppelin, while somebody reads")
    assert after.find("a", string="A zeppelin for all") is None
    ulm.post(f"{address}/seen", {"answer": "undo"})
    assert ulm.see(address).find("a", string="A zeppelin for all")
    for strange in ("-1", "x", "9" * 30):
        assert ulm.post(f"{address}/seen", {"upto": strange}).status_code == 303


def test_nothing_is_seen_that_was_not_shown(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "SHOWN", 2)
    ulm = logged_in(house, "ulm")
    address = keep(ulm, "q=zipline")
    for number in range(5):
        publish(house, f"Zipline {number}")

    def shown() -> list[str]:
        return [link.text for link in ulm.see(address).select("ul.feed a") if "Zipline" in link.text]

    def press(name: str) -> str:
        button = ulm.see(address).find(attrs={"name": name})
        assert button
        return str(ulm.post(f"{address}/seen", {name: button["value"]}).location)

    assert shown() == ["Zipline 1", "Zipline 0"]
    assert "2 of 5 stand here" in ulm.get(address).text
    assert "done" not in press("upto")
    assert shown() == ["Zipline 3", "Zipline 2"]
    ulm.post(f"{address}/seen", {"answer": "undo"})
    assert shown() == ["Zipline 1", "Zipline 0"]
    assert "done=search-seen" in press("all")
    assert shown() == []


def test_it_is_renamed_deleted_and_brought_back(house: House) -> None:
    ulm = logged_in(house, "ulm")
    address = keep(ulm, "q=windmill")
    assert ulm.post(address, {"name": "Mills  of all\tkinds"}).status_code == 303
    assert "Mills of all kinds" in ulm.get("/desk/searches").text
    assert ulm.post(address, {"name": " "}).status_code == 422
    gone = ulm.post(f"{address}/delete")
    page = ulm.see(gone.location)
    assert "Mills of all kinds" not in page.text
    assert ulm.get(address).status_code == 404
    form = page.select_one("form[action$='/restore']")
    assert form
    ulm.post(str(form["action"]))
    assert "Mills of all kinds" in ulm.see(address).text


def test_a_private_search_is_nobody_elses_and_a_shared_one_is_read_by_coordinators(
    house: House, led: Cluster
) -> None:
    first = logged_in(house, "ulm", "coordinator")
    address = keep(first, "q=ropeway")
    second, plain = logged_in(house, "saillans", "coordinator"), logged_in(house, "arvieu")
    for other in (second, plain):
        assert other.get(address).status_code == 404
        for path in (address, f"{address}/seen", f"{address}/delete", f"{address}/restore"):
            assert other.post(path, {"name": "Mine now"}).status_code == 404
    assert first.post(address, {"name": "Ropeways", "cluster": "alps"}).status_code == 303
    publish(house, "A ropeway")
    assert "Ropeways" in second.see("/desk").text
    page = second.see(address)
    upto = page.find("input", {"name": "upto"})
    assert upto
    second.post(f"{address}/seen", {"upto": upto["value"]})
    assert "nothing new" in second.see(address).text
    assert "A ropeway" in first.see(address).text  # each has their own place in it
    assert plain.get(address).status_code == 404
    for path in (address, f"{address}/delete"):  # to be read by others is not to be theirs
        assert second.post(path, {"name": "Mine now"}).status_code == 403
    mine, theirs = (one.see("/desk/searches") for one in (first, second))
    assert mine.select_one(f"form[action='{address}/delete']")
    assert theirs.find("a", href=address)
    assert theirs.select_one(f"form[action='{address}/delete']") is None
    assert second.post(address, {"cadence": "daily"}).status_code == 303  # letters are each reader's own
    own = keep(plain, "q=barge")
    assert plain.post(own, {"cluster": "alps"}).status_code == 403
    assert Visitor(house).get(address).status_code == 302


def test_a_feed_of_a_search_has_an_address_that_nobody_guesses(house: House) -> None:
    ulm = logged_in(house, "ulm")
    keep(ulm, "q=gondola")
    publish(house, "A gondola")
    feeds = re.findall(r"/feeds/[\w-]{30,}\.atom", ulm.get("/desk/searches").text)
    texts = [Visitor(house).get(feed) for feed in feeds]
    house.instance.index_once()
    found = next(feed for feed in feeds if "gondola" in Visitor(house).get(feed).text)
    answer = Visitor(house).get(found)
    assert answer.mimetype == "application/atom+xml"
    assert "A gondola" in answer.text
    assert "private" in answer.headers["Cache-Control"]
    assert all(one.status_code == 200 for one in texts)
    assert Visitor(house).get("/feeds/nothing.atom").status_code == 404


def test_letters_are_asked_for_and_stopped_with_one_click(house: House) -> None:
    ulm = logged_in(house, "ulm")
    address = keep(ulm, "q=funicular")
    assert ulm.post(address, {"cadence": "daily"}).status_code == 303
    assert ulm.post(address, {"cadence": "hourly"}).status_code == 400
    page = ulm.see("/desk/searches")
    assert page.select_one("option[value=daily][selected]")
    with house.instance.database.reading() as session:
        from sqlmodel import select

        from exchange.models.saved import SearchReader

        token = session.exec(select(SearchReader.stop_token).where(SearchReader.cadence == "daily")).first()
    visitor = Visitor(house)
    assert visitor.see(f"/unsubscribe/{token}").find("form", method="post")
    assert ulm.see("/desk/searches").select_one("option[value=daily][selected]")
    answer = house.app.test_client().post(
        f"/unsubscribe/{token}", data={"List-Unsubscribe": "One-Click"}, base_url=house.origin
    )
    assert answer.status_code == 200
    assert ulm.see("/desk/searches").select_one("option[value=daily][selected]") is None
    assert visitor.post("/unsubscribe/nothing").status_code == 404


def test_what_is_kept_is_the_question_and_not_the_place_in_its_answers(house: House) -> None:
    ulm = logged_in(house, "ulm")
    publish(house, "A ferry")
    house.instance.index_once()
    page = ulm.see("/practices?q=ferry&sort=like&explain=1&find.country=fr&lang=en")
    field = page.find("input", {"name": "query", "form": "save-search"})
    assert field
    home = f"home={quote_plus(house.origin)}%2Fcommunities%2Fulm"
    assert field["value"] == f"q=ferry&sort=like&{home}"
    for link in page.select("p.exports a"):
        assert home in str(link["href"])
        assert "find." not in str(link["href"])
        assert Visitor(house).get(str(link["href"])).status_code == 200
    assert ulm.post("/desk/searches", {"query": field["value"]}).status_code == 303
    feeds = re.findall(r"/feeds/[\w-]{30,}\.atom", ulm.get("/desk/searches").text)
    assert all(Visitor(house).get(feed).status_code == 200 for feed in feeds)


def test_a_search_is_called_after_what_it_asks(house: House) -> None:
    ulm = logged_in(house, "ulm")
    for query in ("community=arvieu&country=fr", "near=48.1,11.6,50", "theme=", "sort=oldest", "sort=title"):
        assert ulm.post("/desk/searches", {"query": query}).status_code == 303
    names = {one.text for one in ulm.see("/desk/searches").select("ul.feed h2 a")}
    assert {"France, Arvieu", "near:48.1,11.6~50km", "All practices"} <= names
    assert {"All practices, Oldest first", "All practices, Title"} <= names
    assert ulm.post("/desk/searches", {"query": f"q={'roof+' * 40}&sort=like&home=ulm"}).status_code == 303
    names = {one.text for one in ulm.see("/desk/searches").select("ul.feed h2 a")}
    assert any(name.startswith("roof roof") and name.endswith(", Most like Ulm") for name in names)
    assert ulm.post("/desk/searches", {"query": "q=a&" + "x=1&" * 1900}).status_code == 422


def test_who_keeps_a_search_that_was_forgiven_something_is_told_what_will_be_new(house: House) -> None:
    ulm = logged_in(house, "ulm")
    publish(house, "A paraglider")
    house.instance.index_once()
    told = "New in it will be only what has all these words"
    assert told not in ulm.get("/practices?q=paraglider").text
    for forgiven in ("paragliderr", "paraglider+nonesuchatall"):
        page = ulm.get(f"/practices?q={forgiven}").text
        assert "A paraglider" in page
        assert told in page
        assert told not in Visitor(house).get(f"/practices?q={forgiven}").text


def test_a_question_that_is_not_understood_is_not_kept(house: House) -> None:
    ulm = logged_in(house, "ulm")
    refused = ulm.get("/practices?country=nowhere")
    assert refused.status_code == 400
    assert 'save-search" name' not in refused.text
    answer = ulm.post("/desk/searches", {"query": "/practices?country=nowhere"})
    assert answer.status_code == 422
    assert "not the code of a country" in answer.text
    assert ulm.post("/desk/searches", {"query": ""}).status_code == 303
    assert "All practices" in ulm.get("/desk/searches").text


def press(visitor: Visitor, page: str, words: str) -> str:
    """Press the button of that name and see the page to which it leads."""
    shown = visitor.see(page)
    button = next(one for one in shown.find_all("button") if one.text.startswith(words))
    form = shown.find("form", id=button["form"]) if button.get("form") else button.find_parent("form")
    fields = [*form.find_all("input"), *shown.select(f"input[form={form.get('id') or 'none'}]")]
    sent = {one["name"]: one["value"] for one in fields}
    if button.get("name"):
        sent[button["name"]] = button["value"]
    answer = visitor.post(str(form["action"]), sent)
    assert answer.status_code == 303, answer.text[:500]
    return str(answer.location)


def test_a_town_follows_a_community_a_theme_and_a_practice_and_its_home_page_says_what_they_did(
    house: House,
) -> None:
    arvieu, colleague = logged_in(house, "arvieu"), logged_in(house, "arvieu", "editor")
    kept = house.publish("ulm", complete({"title": {"en": "A ferry"}, "theme": ["th-mobility"]}))
    back = press(arvieu, f"/practices/{kept.key}", "Follow")
    assert back == f"/practices/{kept.key}?done=follows"
    press(arvieu, "/communities/treuenbrietzen", "Follow")
    assert press(arvieu, "/practices?theme=th-water", "Follow this theme").startswith(
        "/practices?theme=th-water&done"
    )
    while alerting.follow(house.instance.database, house.instance.engine):
        pass
    assert "In what you follow" not in arvieu.get("/").text
    publish(house, "A well for all", theme=["th-water"])
    with house.instance.database.writing() as session:
        practice = shelf.practice(session, kept.key)
        other = shelf.community(session, "treuenbrietzen")
        claimed = adopt.adopt(
            session, practice, other, stage="ad-operating", since="2020", adaptationType="at-copy"
        )
        handshake.answer(session, claimed, "confirmed")
    while house.instance.index_once():
        pass
    while alerting.follow(house.instance.database, house.instance.engine):
        pass
    for reader in (arvieu, colleague):  # whoever acts for the community reads the same
        told = reader.see("/").find("section", {"aria-labelledby": "followed"}).text
        assert "A well for all" in told
        assert "somebody took it up" in told
        assert "A ferry" in told
        assert "taken up by it" in told
    desk = colleague.see("/desk")
    buttons = desk.select(".followed button")
    assert len(buttons) == 3
    press(colleague, "/desk", "Follow it no longer")
    assert len(arvieu.see("/desk").select(".followed button")) == 2
    assert Visitor(house).see("/communities/ulm").find("button", string="Follow") is None
    for what, status in (
        ("theme:th-none", 400), ("", 400), ("practice:none", 404), ("community:none", 404),
    ):  # fmt: skip
        assert arvieu.post("/desk/follow", {"what": what}).status_code == status, what
    away = arvieu.post("/desk/follow", {"what": "theme:th-energy", "next": "//evil.example"})
    assert away.location == "/desk?done=follows"
    with house.instance.database.writing() as session:
        left = session.exec(select(Officer).where(Officer.mailbox == "officer@arvieu.localhost")).one()
        leave.leave(session, left, PASSWORD)
    assert len(colleague.see("/desk").select(".followed button")) == 3  # the town follows on


def test_the_home_page_of_an_officer_begins_where_they_left_off(house: House) -> None:
    mailbox = officer(house.instance, "mouans-sartoux")
    reader = Visitor(house)
    reader.log_in(mailbox)
    assert reader.see("/").h1.text == "What is new for you"
    with house.instance.database.writing() as session:
        known = session.exec(select(Officer).where(Officer.mailbox == mailbox)).one()
        known.last_seen_at = now() - timedelta(days=3)
        session.add(known)
    reader.log_in(mailbox)
    house.publish("loos-en-gohelle", complete({"title": {"en": "A pond"}, "theme": ["th-food"]}))
    page = reader.see("/")
    assert page.h1.text == "What changed since you were here"
    assert "A pond" in page.find("section", {"aria-labelledby": "in-themes"}).text
    reader.log_in(mailbox)  # once more on the same day is the same visit
    assert "A pond" in reader.see("/").find("section", {"aria-labelledby": "in-themes"}).text


def test_what_waits_for_an_officer_is_one_press_away(house: House) -> None:
    saillans = logged_in(house, "saillans")
    waits = saillans.see("/").find(class_="waits")
    told = {
        one.strong.text: [a["href"] for a in one.select("li a")]
        for one in waits.select("ul > li")
        if one.strong
    }
    assert "5 reviews without an answer" in told
    assert "2 adoptions to confirm" in told
    for hrefs in told.values():
        for href in hrefs:
            assert saillans.get(href).status_code == 200, href
