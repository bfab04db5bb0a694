"""What a community has written elsewhere comes in as drafts, and nothing of it is lost, published or another's."""

import io
import json
import struct
import zipfile
from typing import Any

import pytest
import xlsxwriter
from bs4 import BeautifulSoup
from sqlmodel import select

from exchange.catalogue import shelf
from exchange.catalogue.files import exports
from exchange.catalogue.practices import draft
from exchange.models.practice import Draft, Practice
from exchange.vocabulary import sheetfiles, tables
from exchange.web.writing import recognising
from tests.exchange.web.hamlets import OTHER, OWNER, community
from tests.exchange.web.world import Visitor, logged_in
from tests.rig import House

URBACT = (
    "City;Title;Summary;Topic;Context;Integrated approach;Solutions offered;Participatory approach;"
    "What difference has it made;Why should others use it;Contact;Network\n"
    "Mere;A boat for all;One boat, many hands.;Mobility;Nobody could cross.;We own the pier.;"
    "=cmd|' /C calc'!A0;Two evenings.;Forty crossings a day.;It is cheap.;Ask J. Doe, pier@mere.example;Ferries\n"
    "Ulm;Räder;Etwas.;Mobility;;;;;;;;\n"
)
OWN_LIST = "Titel,Worum es geht,Wann begonnen,Kostenklasse\nEin Ofen,Alle backen.,31.05.2019,ungefähr wenig\n"


@pytest.fixture(scope="module")
def mere(hamlets: Any) -> Visitor:
    return logged_in(hamlets[0], OTHER)


@pytest.fixture(scope="module")
def hillfoot(hamlets: Any) -> Visitor:
    return logged_in(hamlets[0], OWNER, "coordinator")


def hand_in(officer: Visitor, content: bytes, name: str = "list.csv", language: str = "en") -> Any:
    return officer.post("/desk/take-in", {"file": (io.BytesIO(content), name), "language": language})


def filled(page: BeautifulSoup) -> dict[str, Any]:
    """The form of the page as a browser would send it."""
    form = page.main.find("form")
    sent: dict[str, Any] = {
        one["name"]: (one.find("option", selected=True) or one.find("option"))["value"]
        for one in form.find_all("select")
    }
    boxes = form.find_all("input", {"type": "checkbox"})
    sent["record"] = [b["value"] for b in boxes if b.has_attr("checked") and not b.has_attr("disabled")]
    return sent


def drafts_of(house: House, slug: str) -> dict[str, Draft]:
    with house.instance.database.reading() as session:
        found = draft.drafts_of(session, shelf.community(session, slug))
    return {next(iter((one.data.get("title") or {"": ""}).values())): one for one in found}


def told(answer: Any) -> str:
    """What is said at the field of the file."""
    assert answer.status_code == 422, answer.status_code
    return str(BeautifulSoup(answer.text, "html.parser").find(id="e-file").text)


def test_what_a_file_holds_comes_in_as_texts_are_kept_and_none_of_it_is_lost() -> None:
    assert tables.read(b"PK;Titel\n7;Ein Ofen\n").rows == [{"PK": "7", "Titel": "Ein Ofen"}]
    odd = {"title": "A\ud800 boat\0", "no\u200bte": "One.", "note": " Two.", "x" * 300: 1, "x" * 299: 2}
    table = tables.read(json.dumps(odd).encode())
    assert table.rows == [{"title": "A boat", "note": "One.\nTwo.", "x" * 200: "1\n2"}]
    assert table.columns == list(table.rows[0])


def test_a_record_of_another_catalogue_becomes_a_draft_of_ones_own_community(
    hamlets: Any, mere: Visitor
) -> None:
    house, _keys = hamlets
    address = hand_in(mere, URBACT.encode()).location
    page = mere.see(address)
    assert "Network" in page.find(id="unknown").find_parent("section").text
    sent = filled(page)
    assert sent["record"] == ["0"], "what another city did stays out"
    assert "Of another community, Ulm" in page.text
    answer = mere.post(address, {**sent, "record": ["0", "1"], "go": "take"})
    assert answer.location.startswith("/desk?done=taken-in")
    kept = drafts_of(house, OTHER)
    assert "Räder" not in kept
    made = kept["A boat for all"]
    assert made.data["theme"] == ["th-mobility"]
    assert made.data["problem"] == {"en": "Nobody could cross."}  # with URBACT, the context is the need
    assert made.data["context"] == {"en": "We own the pier."}
    assert made.data["contactRole"] == [{"url": "pier@mere.example"}]
    assert made.data["replication"]["steps"] == [{"en": "It is cheap."}]
    assert made.data["solution"]["en"].startswith("=cmd")
    assert dict(made.aside or [])["Network"] == "Ferries"
    assert "J. Doe" in dict(made.aside or [])["Contact"]
    with house.instance.database.reading() as session:
        assert session.exec(select(Practice).where(Practice.title == "A boat for all")).first() is None
    form = mere.see(f"/desk/drafts/{made.key}")
    assert "Ferries" in form.find("details", class_="aside").text
    assert mere.get(address).status_code == 404
    cells = sheetfiles.write_csv(["solution"], [{"solution": made.data["solution"]["en"]}])
    assert b"'=cmd" in cells


def test_what_is_not_recognised_is_chosen_and_what_is_wrong_is_said_at_its_field(
    hamlets: Any, mere: Visitor
) -> None:
    house, _keys = hamlets
    address = hand_in(mere, OWN_LIST.encode("utf-8-sig"), language="de").location
    page = mere.see(address)
    columns = [label["for"] for label in page.find(id="unknown").find_parent("section").find_all("label")]
    chosen = dict(zip(columns, ("summary", "startDate", "cost.class"), strict=True))
    sent = {**filled(page), **{name.removeprefix("f-").replace("-", "."): to for name, to in chosen.items()}}
    assert mere.post(address, {**sent, "go": "look"}).status_code == 303
    page = mere.see(address)
    assert page.find(id="unknown") is None, "what was chosen is remembered"
    assert mere.post(address, {**filled(page), "record": [], "go": "take"}).status_code == 422
    mere.post(address, {**filled(page), "go": "take"})
    made = drafts_of(house, OTHER)["Ein Ofen"]
    assert made.data["startDate"] == "2019-05-31"
    assert "1 answer to correct" in mere.see("/desk").find(id="drafts").find_parent("section").text
    wrong = {"title": "Ein Boot", "theme": "Verschiedenes"}
    page = mere.see(hand_in(mere, json.dumps(wrong).encode(), language="de").location)
    mere.post(page.main.find("form")["action"], {**filled(page), "go": "take"})
    boat = mere.see(f"/desk/drafts/{drafts_of(house, OTHER)['Ein Boot'].key}")
    assert "Verschiedenes" in boat.find(id="e-theme").text
    assert "Verschiedenes" in boat.find("details", class_="aside").text
    part = mere.see(f"/desk/drafts/{made.key}?part=means")
    assert "ungefähr wenig" in part.find(id="e-cost-class").text
    again = mere.see(hand_in(mere, OWN_LIST.encode(), language="de").location)
    assert "You have something of this title already." in again.text
    assert filled(again)["record"] == []


@pytest.mark.parametrize("format", ["csv", "xlsx", "yaml", "json"])
def test_a_file_from_here_comes_in_whole(hamlets: Any, hillfoot: Visitor, format: str) -> None:
    house, keys = hamlets
    with house.instance.database.reading() as session:
        practice = shelf.practice(session, keys["practices"])
        body = exports.export(session, format=format, practices=[practice])
    page = hillfoot.see(hand_in(hillfoot, body, f"wrong-name-{format}.txt").location)
    assert page.find(id="f-record").find("input").has_attr("disabled") is False
    address = page.main.find("form")["action"]
    before = {one.key for one in _all(house)}
    hillfoot.post(address, {**filled(page), "record": ["0"], "go": "take"})
    (made,) = [one for one in _all(house) if one.key not in before]
    assert {k: v for k, v in made.data.items() if v} == practice.record
    stranger = logged_in(house, OTHER, "coordinator") if format == "json" else None
    if stranger:
        page = stranger.see(hand_in(stranger, body, "theirs.json").location)
        assert page.find(id="f-record").find("input").has_attr("disabled")


def _all(house: House) -> list[Draft]:
    with house.instance.database.reading() as session:
        return list(session.exec(select(Draft)))


def test_a_hostile_file_is_answered_with_a_sentence(mere: Visitor) -> None:
    def workbook(row: int, column: int) -> bytes:
        out = io.BytesIO()
        with xlsxwriter.Workbook(out) as book:
            sheet = book.add_worksheet()
            sheet.write(0, 0, "title")
            sheet.write(row, column, "x")
        return out.getvalue()

    def claiming(size: int) -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr("xl/workbook.xml", b" " * 100_000)
        content = bytearray(packed.getvalue())
        for mark, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
            where = content.find(mark)
            content[where + at : where + at + 4] = struct.pack("<I", size)
        return bytes(content)

    many = "title\n" + "a\n" * 100_000
    assert "at most" in told(hand_in(mere, many.encode())).lower()
    assert "20000 rows" in told(hand_in(mere, workbook(1_048_575, 16_383), "far.xlsx"))
    assert "unpacked" in told(hand_in(mere, claiming(3_000_000_000), "bomb.xlsx"))
    assert "workbook" in told(hand_in(mere, claiming(100), "lie.xlsx"))
    assert "UTF-8" in told(hand_in(mere, "Titel;Straße\nÄ;ß".encode("cp1252")))
    assert "10 MB" in told(hand_in(mere, b"t" * (tables.LARGEST + 1)))
    assert "XLS" in told(hand_in(mere, tables.OLD_WORKBOOK + b"\0" * 64, "old.csv"))
    assert "Choose a file" in told(mere.post("/desk/take-in", {"language": "en"}))
    again = ", ".join(f"c{number}: *x" for number in range(150))
    aliases = f"- x: &x {'word ' * 10_000}\n" + f"- {{{again}}}\n" * 150
    assert "MB of text" in told(hand_in(mere, aliases.encode(), "aliases.yaml"))
    unclosed = (
        b"[" + b'"\\' * 200_000
    )  # whoever looks for the ends of such things again and again sits for hours
    assert told(hand_in(mere, unclosed, "quotes.json"))
    broken = io.BytesIO()
    with zipfile.ZipFile(broken, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
        packed.writestr("xl/worksheets/sheet1.xml", b"<c " + b" r='A1'" * 100_000)
    assert "workbook" in told(hand_in(mere, broken.getvalue(), "broken.xlsx"))
    for content in (b"", b"%PDF-1.7 \x00", b"[[[", b"[1, 2]", b"PK\x03\x04 no", b"a: &a [*a]", b"{}", b"[]"):
        assert told(hand_in(mere, content, "x.bin"))


def test_nonsense_in_the_shape_of_a_record_never_breaks_a_page(hamlets: Any, mere: Visitor) -> None:
    nonsense = {
        "title": ["not", "a", "title"],
        "summary": {"en": {"deep": 1}, "xx-yy-zz": "?"},
        "lesson": "a bare lesson",
        "result": [[1, [2]], {"text": {"en": 5}}],
        "theme": {"th": 1},
        "cost": 3,
        "dataProtection": {"personalData": "perhaps"},
        "place": [{"lat": "north", "lon": 999}],
        "cityType": {"cty-e": "many"},
        "engagement": [None, True],
        "language": {"a": "b"},
        "contactRole.0.url": "jean.dupont@mere.example",
        "sdg": ["x", 99],
        "certainty": {"problem": ["a"]},
        "translation": [{"lang": 3}],
        "replication.scaleRange.min": "many",
        "\x00": "\x00\ud800",
    }
    house, _keys = hamlets
    before = {one.key for one in _all(house)}
    address = hand_in(
        mere, json.dumps([nonsense, {"title": "x" * 5000, "contact": "x" * 300_000}]).encode(), "n.json"
    ).location
    page = mere.see(address)
    mere.post(address, {**filled(page), "record": ["0", "1", "7", "x"], "go": "take"})
    made = [one for one in _all(house) if one.key not in before]
    assert len(made) == 2
    for one in made:
        for path in ("?part=what", "?part=people", "?part=means", "?part=effect", "/check", "/preview"):
            assert mere.get(f"/desk/drafts/{one.key}{path}").status_code == 200, path
        assert mere.get(f"/desk/drafts/{one.key}/translate?to=mt").status_code == 200
    assert "perhaps" in str(made[0].aside)
    assert mere.get("/desk").status_code == 200


def test_columns_are_known_by_labels_in_five_languages_and_by_other_catalogues() -> None:
    names = {
        "Zusammenfassung": "summary",
        "Résumé": "summary",
        "Lezioni": "lesson.text",
        "source.2.title": "source.title",
        "title.mt": "title",
        "community": recognising.COMMUNITY,
        "Our own number": recognising.ASIDE,
    }
    assert recognising.recognise(names) == names
    of_others = {"Nom_du_projet": "title", "Theme": "theme", "herbergement": "dataProtection.text"}
    assert recognising.recognise(of_others) == of_others
    interreg = {"Evidence of success": "result.text", "Challenges encountered": "lesson.text"}
    assert recognising.recognise(interreg) == interreg


def test_a_practice_is_translated_beside_its_original_as_a_version_that_says_so(
    hamlets: Any, hillfoot: Visitor
) -> None:
    house, keys = hamlets
    where = f"/practices/{keys['practices']}/translate"

    def sent(page: BeautifulSoup, **words: str) -> dict[str, str]:
        form = page.main.find_all("form")[-1]
        data = {one["name"]: one.get("value", "") for one in form.find_all("input")}
        data |= {one["name"]: one.text.removeprefix("\n") for one in form.find_all("textarea")}
        return data | {f"t:{path.replace('_', '.')}": text for path, text in words.items()}

    page = hillfoot.see(f"{where}?to=ga")
    assert page.find(id="f-to").find("option", selected=True)["value"] == "ga"
    assert page.find(id="f-title")["lang"] == "ga"
    missing = len(page.find_all(class_="badge"))
    assert missing == len(page.find_all("textarea")) > 5
    stale = sent(page, title="Oigheann eile")
    answer = hillfoot.post(where, sent(page, title="Oigheann comhroinnte", lesson_0_text="Ceacht"))
    assert "done=translated" in answer.location
    page = hillfoot.see(f"{where}?to=ga")
    assert len(page.find_all(class_="badge")) == missing - 2
    with house.instance.database.reading() as session:
        practice = shelf.practice(session, keys["practices"])
        newest = shelf.versions_of(session, practice)[0]
        revision = draft.draft_by_key(session, keys["revision"])
    assert (practice.version, newest.note) == (2, "Translation only: Irish.")
    assert practice.record["title"] == {"en": "A shared oven", "ga": "Oigheann comhroinnte"}
    assert practice.record["translation"][0]["lang"] == "ga"
    assert revision.data["title"]["ga"] == "Oigheann comhroinnte", "an open draft does not undo it"
    assert "done=unchanged" in hillfoot.post(where, sent(page)).location
    clash = hillfoot.post(where, stale)
    assert clash.status_code == 409
    assert "Oigheann comhroinnte" in clash.text
    assert "Oigheann eile" in clash.text
    long = hillfoot.post(where, sent(page, title="a" * 200))
    assert long.status_code == 422
    assert BeautifulSoup(long.text, "html.parser").find(id="e-title") is not None

    record = practice.record
    what = {
        "part": "what",
        "language": "en",
        "title": "A shared oven for all",
        "summary": record["summary"]["en"],
    }
    what |= {name: record[name] for name in ("theme", "status", "maturity", "startDate") if name in record}
    hillfoot.post(f"/desk/drafts/{keys['revision']}", {**what, "go": "save"})
    assert "done=revised" in hillfoot.post(f"/desk/drafts/{keys['revision']}/publish").location
    page = hillfoot.see(f"{where}?to=ga")
    (marked,) = page.find_all(class_="stale")
    assert marked.find_parent("section").ins.text.strip() == "for all"
    other = hillfoot.get(f"/practices/{community_practice(house, OTHER)}/translate")
    assert other.status_code == 403


def community_practice(house: House, slug: str) -> str:
    """The key of a practice of a community."""
    with house.instance.database.reading() as session:
        owner = community(house, slug)
        return str(session.exec(select(Practice.key).where(Practice.community_id == owner.id)).first())
