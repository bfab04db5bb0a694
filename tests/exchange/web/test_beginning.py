"""An instance is set up in the browser once, by whoever holds the link, and then run from there."""

import os
import re
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlmodel import Session, delete

from exchange import backup, config
from exchange.app import create_app
from exchange.catalogue import shelf
from exchange.catalogue.people import begin, officers
from exchange.cli import cli
from exchange.instance import Instance
from exchange.models.officer import LoginSession, Officer
from tests.exchange.web.world import PASSWORD, Visitor

ORIGIN = "https://uplands.example"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
GIVEN = {
    "name": "Dörfer des Oberlands",
    "contact": "it@uplands.example",
    "languages": ["de", "fr", "en"],
    "community.name": "Bad Münster-Straße",
    "community.country": "DE",
    "community.population": "6 400",
    "community.degurba": "dg-3",
    "mailbox": "it@uplands.example",
    "password": PASSWORD,
    "again": PASSWORD,
}


class Fresh:
    """An instance that `jumelage init` has just made, in a browser."""

    name, origin = "uplands", ORIGIN

    def __init__(self, data: Path) -> None:
        said = CliRunner().invoke(
            cli, ["--data", str(data), "init", "--origin", ORIGIN, "--name", "Uplands"], prog_name="jumelage"
        )
        found = re.search(rf"{ORIGIN}(/setup/\S+)", said.output)
        assert found, said.output
        self.link = found[1]
        self.data = data
        self.instance = Instance.open(config.load(data, search="memory"))
        self.app = create_app(self.instance)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    made = Fresh(tmp_path_factory.mktemp("fresh") / "instance")
    yield made
    made.instance.close()


def test_without_the_link_there_is_no_set_up(fresh: Any) -> None:
    stranger = Visitor(fresh)
    for path in ("/setup", "/setup/", "/setup/guess", f"{fresh.link[:-1]}"):
        assert stranger.get(path).status_code == 404, path
        assert stranger.post(path, GIVEN).status_code in (404, 405), path
    assert stranger.get("/desk/instance").status_code == 302
    assert stranger.cookies == {}


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_made(fresh: Any) -> None:
    somebody = Visitor(fresh)
    wrong = GIVEN | {"name": "", "contact": "nobody", "languages": [], "community.country": "Oberland"}
    answer = somebody.post(fresh.link, wrong | {"password": "short", "community.population": "many"})
    assert answer.status_code == 422
    for field in ("name", "contact", "languages", "community-country", "community-population", "password"):
        assert f'href="#f-{field}"' in answer.text, field
    assert "Bad Münster-Straße" in answer.text
    with fresh.instance.database.reading() as session:
        assert (shelf.communities(session), officers.officers(session)) == ([], [])
    assert "Oberland" not in (fresh.data / config.FILE).read_text()


def test_it_is_set_up_once_as_a_whole(fresh: Any) -> None:
    operator, late = Visitor(fresh, "de"), Visitor(fresh, "de")
    assert operator.see(fresh.link).h1.text == "Diese Instanz einrichten"
    answer = operator.post(fresh.link, GIVEN)
    assert (answer.status_code, answer.location) == (303, "/desk/instance?done=set-up")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly"} <= set(cookie.split("; "))
    page = operator.see(answer.location)
    assert "Dörfer des Oberlands" in page.title.text
    assert [b.text for b in page.select(".languages button")] == ["DE", "EN", "FR"]
    told = config.load(fresh.data)
    assert (told.name, told.contact, told.languages) == (
        "Dörfer des Oberlands",
        "it@uplands.example",
        ("de", "en", "fr"),
    )
    assert "# Settings of this Jumelage instance" in (fresh.data / config.FILE).read_text()
    with fresh.instance.database.reading() as session:
        (town,) = shelf.communities(session, local=True)
        assert (town.slug, town.population, town.degurba) == ("bad-munster-strasse", 6400, "dg-3")
        ((officer, of),) = officers.officers(session)
        assert (officer.role, officer.language, of and of.slug) == ("admin", "de", town.slug)
    for answer in (late.get(fresh.link), late.post(fresh.link, GIVEN | {"mailbox": "thief@evil.example"})):
        assert answer.location == "/login?done=set-up-already"
    assert begin_again(fresh) is None


def begin_again(fresh: Any) -> str | None:
    """The link that the service would print if everybody had left since."""
    with Session(fresh.instance.database.engine) as session:  # closed without a commit
        assert begin.link(session) is None
        for table in (LoginSession, Officer):
            session.exec(delete(table))
        return begin.link(session)


def test_a_backup_is_made_and_given_to_nobody_without_the_password(fresh: Any, tmp_path: Path) -> None:
    operator = Visitor(fresh)
    operator.log_in("it@uplands.example")
    assert "none was made yet" in operator.see("/desk/instance").text
    assert operator.post("/desk/instance/backups").location.endswith("done=backup-made")
    (name,) = (one.text for one in operator.see("/desk/instance/backups").select("strong.key"))
    path = f"/desk/instance/backups/{name}"
    assert Visitor(fresh).post(path, {"password": PASSWORD}).status_code == 401
    for elsewhere in (
        f"/static/../backups/{name}",
        f"/backups/{name}",
        f"/desk/instance/backups/..%2F{name}",
    ):
        assert Visitor(fresh).get(elsewhere).status_code in (404, 405), elsewhere
    assert operator.post(path, {"password": "a wrong one, this"}).status_code == 422
    assert operator.post("/desk/instance/backups/jumelage.sqlite", {"password": PASSWORD}).status_code == 404
    answer = operator.post(path, {"password": PASSWORD})
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    file = tmp_path / "taken.backup"
    file.write_bytes(answer.data)
    again = backup.restore(file, tmp_path / "again")
    assert (again.name, again.languages) == ("Dörfer des Oberlands", ("de", "en", "fr"))
    assert "none was made yet" not in operator.see("/desk/instance").text
    assert operator.post(path, {"password": PASSWORD, "go": "discard"}).location.endswith("done=backup-gone")
    assert list((fresh.data / "backups").glob("*.backup")) == []
    typed = ["--data", str(fresh.data), "backup", "--keep", "1"]
    (fresh.data / "backups" / "older.backup").write_bytes(b"")
    os.utime(fresh.data / "backups" / "older.backup", (0, 0))
    said = CliRunner().invoke(cli, typed, prog_name="jumelage").output
    assert "older.backup is deleted." in said
    assert len(list((fresh.data / "backups").glob("*.backup"))) == 1


def test_the_site_is_renamed_and_takes_in_one_more_community_and_its_officer(fresh: Any) -> None:
    operator = Visitor(fresh)
    operator.log_in("it@uplands.example")
    wrong = {"name": "", "contact": "", "languages": ["en"]}
    assert operator.post("/desk/instance/site", wrong).status_code == 422
    sent = {"name": "Uplands", "contact": "", "languages": ["en", "it"]}
    assert operator.post("/desk/instance/site", sent).location.endswith("done=search-changed")
    assert operator.see("/").title.text.endswith("Uplands")
    assert "the country of those who run this site" in Visitor(fresh).see("/accessibility").text
    operator.post("/desk/instance/site", sent | {"enforcement": "Office for Access, https://access.example/"})
    (office,) = Visitor(fresh).see("/accessibility").select("a[rel=external]")
    assert (office.text, office["href"]) == ("Office for Access", "https://access.example/")
    assert config.load(fresh.data).languages == ("en", "it")
    mere = {"community.name": "Mere", "community.country": "IE", "community.population": "1.240"}
    assert operator.post("/desk/instance/communities", mere | {"community.country": ""}).status_code == 422
    assert (
        operator.post("/desk/instance/communities", mere).location == "/communities/mere?done=community-added"
    )
    assert operator.post("/desk/instance/communities", mere).status_code == 422, "its short name is taken"
    leaver = {"mailbox": "office@mere.example", "community": "mere", "role": "officer"}
    assert "office@mere.example" in operator.post("/desk/officers", leaver).text
    path, gone = "/desk/officers/remove", {"mailbox": "office@mere.example", "password": PASSWORD}
    assert "office@mere.example" in operator.see(f"{path}?mailbox=office@mere.example").h1.text
    assert operator.post(path, gone | {"password": "guessed, not known"}).status_code == 422
    assert operator.post(path, gone).location == "/desk/officers?done=officer-gone"
    assert operator.post(path, gone).status_code == 404
    assert operator.post(path, gone | {"mailbox": "it@uplands.example"}).location == "/desk/account/delete"
    listed = CliRunner().invoke(cli, ["--data", str(fresh.data), "officer", "list"], prog_name="jumelage")
    assert "it@uplands.example\tadmin" in listed.output
    refused = CliRunner().invoke(
        cli, ["--data", str(fresh.data), "officer", "remove", "it@uplands.example"], prog_name="jumelage"
    )
    assert (refused.exit_code, "last administrator" in refused.output) == (1, True)


def test_the_site_is_dressed_and_undressed_and_what_cannot_be_worn_is_refused_in_words(
    fresh: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    operator, path = Visitor(fresh, "it"), "/desk/instance/dress"
    operator.log_in("it@uplands.example")
    before = (fresh.data / config.FILE).read_text()
    for given, words in (
        ({"colour": "#ffcc00"}, "il suo contrasto con la pagina (#fbfaf6) è 1,4, e al testo serve 4,5"),
        ({"colour": "rosso"}, "Un colore si scrive come #0b5d46"),
        ({"crest": (BytesIO(b"GIF89a"), "crest.png")}, "SVG o PNG."),
        ({"crest": (BytesIO(SVG.replace(b"<path", b"<script")), "crest.svg")}, "porta altrove: script."),
        ({"crest": (BytesIO(b"\x89PNG\r\n\x1a\n" + bytes(40_000)), "a.png")}, "supera i 40 kB"),
    ):
        refused = operator.post(path, {"colour": "#003399"} | given)
        assert refused.status_code == 422, given
        assert words in unescape(refused.text)
        assert (fresh.data / config.FILE).read_text() == before
        assert list(fresh.data.glob("crest-*")) == []
    both = operator.post(path, {"colour": "#ffcc00", "crest": (BytesIO(SVG), "crest.svg")}).text
    assert 'aria-invalid="true"' in both.partition('id="f-crest"')[2].partition(">")[0], "a file is not kept"
    sent = {"colour": "#003399", "crest": (BytesIO(SVG), "../../crest.exe")}
    assert operator.post(path, sent).location.endswith("done=search-changed")
    (kept,) = fresh.data.glob("crest-*.svg")
    told = config.load(fresh.data)
    assert (told.colour, told.crest, kept.read_bytes()) == ("#003399", kept, SVG)
    shown = Visitor(fresh).get(Visitor(fresh).see("/").select_one("a.brand img")["src"])  # type: ignore[index]
    assert (shown.data, "sandbox" in shown.headers["Content-Security-Policy"]) == (SVG, True)
    backup.backup(fresh.instance.settings, tmp_path / "dressed")
    again = backup.restore(tmp_path / "dressed", tmp_path / "again")
    assert again.crest == tmp_path / "again" / kept.name
    monkeypatch.setenv("JUMELAGE_COLOUR", "#6a1b9a")
    monkeypatch.setenv("JUMELAGE_NAME", "Uplands of the server")
    page = operator.see("/desk/instance/site")
    assert set(re.findall(r"JUMELAGE_\w+", page.text)) == {"JUMELAGE_COLOUR", "JUMELAGE_NAME"}
    assert page.select("#f-colour, #f-name") == []
    sent = {"name": "", "contact": "", "languages": ["en"]}
    assert operator.post("/desk/instance/site", sent).status_code == 303, "its name is not asked"
    assert operator.post(path, {"colour": "#ffcc00", "bare": "yes"}).status_code == 303
    monkeypatch.undo()
    told = config.load(fresh.data)
    assert (told.name, told.colour, told.crest, told.languages) == ("Uplands", "#003399", None, ("en",))
    assert list(fresh.data.glob("crest-*")) == []
    assert operator.post(path, {"colour": ""}).status_code == 303
    assert "house.css" not in operator.get("/").text
