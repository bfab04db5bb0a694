"""What clusters put together, ask and call for, as people meet it: collections, consultations, campaigns.

One house serves them all, because founding its communities takes seconds.
"""

from datetime import date, timedelta

import pytest

from exchange.catalogue import shelf
from exchange.catalogue.clusters import calls, cluster
from exchange.catalogue.people import officers
from tests.exchange.web.world import PASSWORD, Visitor, logged_in
from tests.rig import House, complete

SAILLANS, LOOS = "/practices/saillans-collegial-council", "/practices/loos-solar-plan"


def _texts(page: object) -> str:
    return " ".join(page.text.split())  # type: ignore[attr-defined]


def test_a_collection_is_begun_filled_put_in_order_and_taken_back(house: House) -> None:
    house.publish("ulm", complete({"language": "en", "title": "A roof for all"}))
    with house.instance.database.writing() as session:
        cluster.found(session, house.origin, slug="quiet-towns", name={"en": "Quiet towns"})
    lead, visitor = logged_in(house, "ulm", "coordinator"), Visitor(house)
    assert "no collection here yet" in visitor.see("/collections").text
    form = lead.see("/clusters/quiet-towns").find("form", action="/clusters/quiet-towns/collections")
    assert lead.post(form["action"], {"title": " "}).status_code == 400
    edit = lead.post(form["action"], {"title": "Who decides", "language": "en"}).location
    path = edit.removesuffix("/edit")
    assert visitor.get(path).status_code == 404
    assert "nobody else sees it" in lead.see(path).text

    for practice, words in ((SAILLANS, "Begin here."), (LOOS, "")):
        page = lead.see(practice)
        into = page.find(id="f-into")
        assert into.option.text == "Who decides"
        sent = {"collection": into.option["value"], "words": words, "language": "en"}
        assert lead.post(f"{practice}/collect", sent).location == f"{path}?done=collected"
    assert next(h.text for h in visitor.see(path).select("ol h2")).startswith("Collegial village council")
    assert "Begin here." in visitor.see(path).text
    assert "Who decides" in visitor.see(SAILLANS).find(id="in-collections").parent.text
    assert "Who decides" in visitor.see("/collections").text
    assert "Who decides" in visitor.see("/clusters/quiet-towns").text

    page = lead.see(f"{edit}?language=de")
    down = page.find("button", value=lambda v: (v or "").startswith("down:"))["value"]
    fields = {t["name"]: "Zuerst das." for t in page.find_all("textarea") if t["name"].startswith("words-")}
    first, second = fields
    sent = {"language": "de", "title": "Wer entscheidet", "summary": "", first: "Zuerst das.", second: ""}
    assert lead.post(edit, {**sent, "do": down}).status_code == 303
    told = Visitor(house, "de").see(path)
    assert told.h1.text == "Wer entscheidet"
    assert visitor.see(path).h1.text == "Who decides"
    cards = [_texts(card) for card in told.select("ol > li")]
    assert "Zuerst das." in cards[1]
    assert len(cards) == 2

    long = lead.post(edit, {**sent, first: "x" * 301, "title": "Wer noch", "do": "save"})
    assert long.status_code == 422
    assert f'href="#f-{first}"' in long.text
    assert 'value="Wer noch"' in long.text
    out = lead.see(edit).find("button", value=lambda v: (v or "").startswith("out:"))["value"]
    english = {"language": "en", "title": "Who decides", first: "Begin here.", "do": out}
    assert lead.post(edit, english).status_code == 303
    assert len(visitor.see(path).select("ol > li")) == 1

    listed = house.get("/api/v1/collections", accept="application/json").json()
    assert [one["titles"] for one in listed["items"]] == [{"en": "Who decides", "de": "Wer entscheidet"}]
    told = house.get(f"/api/v1{path}", accept="application/json").json()
    [item] = told["items"]
    assert (item["practice"]["path"], item["words"]) == (
        visitor.see(path).select("ol h2 a")[0]["href"],
        {"en": "Begin here.", "de": "Zuerst das."},
    )

    assert lead.post(edit, {"do": "remove"}).location == "/clusters/quiet-towns?done=collection-gone"
    assert visitor.get(path).status_code == 410
    assert house.get(f"/api/v1{path}", accept="application/json").status_code == 410
    assert lead.post(edit, {**sent, "do": "save"}).status_code == 403


def test_only_those_who_govern_lay_a_hand_on_collections(house: House) -> None:
    officer = logged_in(house, "arvieu")
    key = "00000000-0000-4000-8000-000000000000"
    assert officer.see(SAILLANS).find(id="f-into") is None
    for path in (f"{SAILLANS}/collect", f"/collections/{key}/edit", "/clusters/none/collections"):
        assert officer.post(path, {"title": "x"}).status_code == 403, path
        assert Visitor(house).post(path).status_code == 401, path
    lead = logged_in(house, "loos-en-gohelle", "coordinator")
    for path in (f"/collections/{key}", f"/collections/{key}/edit", "/collections/none"):
        assert lead.get(path).status_code == 404


# --------------------------------------------------------------------- consultations and campaigns

People = tuple[Visitor, Visitor, Visitor]
TODAY = date.today()
ASKED = {
    "title": "Quieter streets",
    "words": "What made your streets quieter?",
    "theme": "th-mobility",
    "opens_on": TODAY.isoformat(),
    "closes_on": (TODAY + timedelta(days=9)).isoformat(),
    "open_to": "members",
    "language": "en",
}


def _cluster(house: House, slug: str, *members: str) -> str:
    with house.instance.database.writing() as session:
        led = cluster.found(session, house.origin, slug=slug, name={"en": slug.capitalize()})
        for one in members:
            cluster.admit(session, led, shelf.community(session, one).uri)
    return f"/clusters/{slug}"


@pytest.fixture(scope="module")
def people(house: House) -> People:
    """A coordinator, an officer of a member, and somebody who has not logged in."""
    return logged_in(house, "ulm", "coordinator"), logged_in(house, "arvieu"), Visitor(house)


def _over(house: House, path: str, day: date) -> None:
    """Let a call have had its last day on that one."""
    with house.instance.database.writing() as session:
        held = calls.call(session, _key(path))
        held.opens_on, held.closes_on = day, day
        session.add(held)


def _key(path: str) -> str:
    return path.partition("#")[0].partition("?")[0].rpartition("/")[2]


def test_a_consultation_is_opened_answered_supported_and_closed(house: House, people: People) -> None:
    hub = _cluster(house, "quiet", "ulm", "arvieu")
    lead, arvieu, visitor = people
    form = lead.see(f"{hub}/calls/consultation").find("form", action=f"{hub}/calls/consultation")
    wrong = lead.post(form["action"], {**ASKED, "title": "", "closes_on": "soon", "theme": ""})
    assert wrong.status_code == 422
    assert all(f'href="#f-{name}"' in wrong.text for name in ("title", "closes_on", "theme"))
    assert ASKED["words"] in wrong.text
    page = lead.post(form["action"], ASKED).location.partition("?")[0]
    other = lead.post(form["action"], {**ASKED, "title": "Quieter nights"}).location.partition("?")[0]
    for path in ("/consultations", hub):
        assert "Quieter streets" in visitor.see(path).text
    assert "Quieter streets" in arvieu.see("/desk").find(id="calls").parent.text
    assert "2 calls of your clusters" in arvieu.see("/").find(id="waits").parent.text
    assert visitor.see(page).find(id="f-text") is None

    say, text = f"{page}/contributions", "Thirty in every street since 2019."
    for bad in (
        {"title": "x" * 101, "text": "x"},
        {"title": "x", "text": "x" * 701},
        {"title": "x", "text": ""},
    ):
        told = arvieu.post(say, {**bad, "language": "en"})
        assert (told.status_code, "There is a problem" in told.text) == (422, True)
    with house.instance.database.writing() as session:
        cluster.refuse(session, cluster.cluster(session, "quiet"), f"{house.origin}/communities/arvieu")
    assert arvieu.post(say, {"title": "x", "text": "x"}).status_code == 403
    with house.instance.database.writing() as session:
        cluster.admit(session, cluster.cluster(session, "quiet"), f"{house.origin}/communities/arvieu")
    assert visitor.post(say, {"title": "x", "text": "x"}).status_code == 401
    there = arvieu.post(say, {"title": "Thirty", "text": text, "language": "en"}).location
    own, said = there.rpartition("#said-")[2], f"{house.origin}/contributions/{there.rpartition('#said-')[2]}"
    assert "<h3>Thirty</h3>" in str(visitor.see(page).find(id=f"said-{own}"))
    comment = {"answers": said, "text": "Who checks it?", "language": "en"}
    assert lead.post(say, {**comment, "text": "x" * 301}).status_code == 422
    lead.post(say, comment)
    lead.post(f"/contributions/{own}/support", {"answer": "yes"})
    lead.post(f"/contributions/{own}/support", {"answer": "yes"})
    card = visitor.see(page).find(id=f"said-{own}").text
    assert "Supported by 1 community" in card
    assert "Who checks it?" in card
    assert arvieu.post(f"/contributions/{own}/support").status_code == 400
    assert "Quieter streets" not in arvieu.see("/desk").text
    assert house.get(f"/contributions/{own}").headers["Location"] == f"{page}#said-{own}"

    away = arvieu.post(say, {"title": "Lamps off", "text": "At eleven.", "language": "en"}).location
    lamps = {"contribution": f"{house.origin}/contributions/{away.rpartition('#said-')[2]}"}
    assert arvieu.post(f"{page}/lead", {**lamps, "do": "hide", "words": "x"}).status_code == 403
    assert lead.post(f"{page}/lead", {**lamps, "do": "hide", "words": " "}).status_code == 422
    lead.post(f"{page}/lead", {**lamps, "do": "hide", "words": "Said before.", "language": "en"})
    hidden = visitor.see(page)
    assert "Said before." in hidden.text
    assert "At eleven." not in hidden.text
    lead.post(f"{page}/lead", {**lamps, "do": "show"})
    lead.post(f"{page}/lead", {**lamps, "do": "move", "to": _key(other)})
    assert visitor.see(page).find("a", string="Quieter nights")
    assert "moved here from" in visitor.see(other).text

    edit, later = f"{page}/edit", (TODAY + timedelta(days=20)).isoformat()
    french = {
        "language": "fr",
        "title": "Des rues calmes",
        "words": "Qu'avez-vous fait ?",
        "closes_on": later,
    }
    assert lead.see(f"{edit}?language=fr").find(id="f-title")["value"] == ""
    assert lead.post(edit, {**french, "closes_on": "2020-01-01"}).status_code == 422
    assert lead.post(edit, french).location == f"{page}?done=call-changed"
    assert (Visitor(house, "fr").see(page).h1.text, visitor.see(page).h1.text) == (
        "Des rues calmes",
        "Quieter streets",
    )
    assert arvieu.post(edit, french).status_code == 403

    _over(house, page, TODAY - timedelta(days=1))
    assert "Quieter streets" in lead.see("/desk").find(id="to-close").parent.text
    assert "1 synthesis to write" in lead.see("/").find(id="waits").parent.text
    assert "over since" in visitor.see(page).text
    assert arvieu.post(say, {"title": "Late", "text": "x"}).status_code == 422
    assert lead.post(f"{page}/lead", {"do": "close", "words": ""}).status_code == 422
    lead.post(f"{page}/lead", {"do": "close", "words": "Thirty works.", "language": "en"})
    shown = visitor.see(page).find(class_="synthesis").text
    assert "Thirty works." in shown
    assert "2communities took part" in shown.replace("\n", "")
    assert arvieu.post(say, {"title": "Late", "text": "x"}).status_code == 422
    told = house.get(f"/api/v1{page}", accept="application/json").json()
    assert (told["tally"]["contributions"], told["contributions"][0]["supported_by"]) == (
        1,
        [f"{house.origin}/communities/ulm"],
    )
    assert told["contributions"][0]["comments"][0]["texts"] == {"en": "Who checks it?"}
    listed = house.get("/api/v1/consultations", accept="application/json").json()
    assert {one["title"]: one["open"] for one in listed["items"]} == {
        "Quieter streets": False,
        "Quieter nights": True,
    }
    assert lead.post(f"{other}/lead", {"do": "remove"}).location == f"{hub}?done=call-gone"
    assert visitor.get(other).status_code == 410
    assert house.get(f"/api/v1{other}", accept="application/json").status_code == 410
    arvieu.post(f"/contributions/{own}/take-back")
    assert "Thirty in every" not in visitor.see(page).text


def test_who_leads_without_a_community_of_their_own_moderates_as_well(house: House, people: People) -> None:
    hub = _cluster(house, "still", "ulm", "arvieu")
    _, arvieu, visitor = people
    with house.instance.database.writing() as session:
        _made, token = officers.invite(session, "lead@still.localhost", None, "coordinator")
        officers.accept_invitation(session, token, PASSWORD)
    lead = Visitor(house)
    lead.log_in("lead@still.localhost")
    page = lead.post(f"{hub}/calls/consultation", ASKED).location.partition("?")[0]
    lead.post(f"{hub}/calls/consultation", {**ASKED, "title": "Still nights"})
    say = f"{page}/contributions"
    there = arvieu.post(say, {"title": "Thirty", "text": "In every street."}).location.rpartition("#said-")[2]
    arvieu.post(say, {"answers": f"{house.origin}/contributions/{there}", "text": "Since 2019."})
    for shown, tools in ((lead, {"hide": 2, "move": 1}), (visitor, {})):
        card = shown.see(page).find(id=f"said-{there}")
        found = [button["value"] for button in card.select("button[name=do]")]
        assert {one: found.count(one) for one in found} == tools
    assert card.find("button") is None
    called = [one.text for one in lead.see(page).select(".card button[name=do], .card summary")]
    assert len(set(called)) == len(called) - 2  # each button is called as what opens it
    assert {"Hide it: Arvieu, Thirty", "Hide it: Arvieu, Since 2019."} <= set(called)
    assert lead.see(page).find("button", string="Support it") is None


def test_what_is_opened_and_said_is_sent_twice_and_done_once(house: House, people: People) -> None:
    hub = _cluster(house, "eager", "ulm", "arvieu")
    lead, arvieu, _ = people
    form = f"{hub}/calls/consultation"
    once = lead.see(form).find("input", {"name": "once"})["value"]
    assert len({lead.post(form, {**ASKED, "once": once}).location for _ in range(2)}) == 1
    page = lead.post(form, {**ASKED, "once": once}).location.partition("?")[0]
    say = arvieu.see(page).find_all("form", action=f"{page}/contributions")[-1]
    sent = {"title": "Thirty", "text": "In every street.", "once": say.find(attrs={"name": "once"})["value"]}
    assert len({arvieu.post(say["action"], sent).location for _ in range(2)}) == 1
    card = lead.see(page).select(".cards > .card")
    assert len(card) == 1
    comment = card[0].find("form", action=say["action"])
    assert {"once", "answers"} <= {one["name"] for one in comment.select("input")}


def test_a_campaign_is_called_joined_and_counted(house: House, people: People) -> None:
    hub = _cluster(house, "loud", "ulm", "arvieu")
    lead, arvieu, visitor = people
    form = f"{hub}/calls/campaign"
    aim = {"number": "some", "counts": "practices", "place": "rural"}
    assert 'href="#f-aim"' in lead.post(form, {**ASKED, **aim}).text
    page = lead.post(form, {**ASKED, **aim, "number": "2"}).location.partition("?")[0]
    arvieu.post(f"{page}/join", {"answer": "yes"})
    assert "Arvieu" in visitor.see(page).find(id="part").parent.text
    house.publish("arvieu", complete({"language": "en", "title": "A bus on call", "theme": ["th-mobility"]}))
    shown = visitor.see(page)
    assert "Practices told: 1 of 2" in shown.text
    assert "A bus on call" in shown.find(id="told").parent.text
    assert "Ulm" in shown.find("td", string=None).find_parent("table").text
    told = house.get(f"/api/v1{page}", accept="application/json").json()
    assert (told["reached"], [row["practices"] for row in told["progress"]]) == (1, [1, 0, 0])
    assert house.get("/api/v1/campaigns", accept="application/json").json()["total"] == 1
    arvieu.post(f"{page}/join", {"answer": "no"})
    assert "Nobody has said so yet" in visitor.see(page).text
    lead.post(f"{page}/lead", {"do": "close", "words": "One of two.", "language": "en"})
    assert "One of two." in visitor.see(page).text
    assert arvieu.post(f"{page}/join", {"answer": "yes"}).status_code == 400


def test_what_is_not_there_and_who_may_not(house: House, people: People) -> None:
    officer = people[1]
    assert officer.get("/clusters/none/calls/consultation").status_code == 403
    for path in ("/consultations/none", "/campaigns/none", "/clusters/none/calls/other"):
        assert officer.get(path).status_code == 404, path
    assert officer.post("/contributions/none/support").status_code == 404
    for address in (
        "",
        "https://",
        f"{house.origin}/consultations/none",
        "https://none.invalid/consultations/1",
    ):
        assert officer.post("/desk/calls", {"address": address}).status_code == 422, address
    assert officer.get("/desk/calls").status_code == 200
