"""Collections as people meet them: read, begun, filled, put in order without a script, and taken back."""

from exchange.catalogue import cluster
from tests.exchange.web.world import Visitor, logged_in
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
