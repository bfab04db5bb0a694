"""What the pages name exists: commands, files, anchors, buttons, cookies; and every page can be reached."""

import re
from pathlib import Path

import click
import pytest
from babel.messages.pofile import read_po

from exchange.catalogue.people import officers
from exchange.cli import cli
from exchange.vocabulary.concepts import LANGUAGES
from exchange.web.frame import guard, language, limits
from tests.architecture.sources import ROOT, named
from tests.docs.pages import PAGES, without_code

TEXTS = {named(path): path.read_text(encoding="utf-8") for path in PAGES}
OFFICERS = {"en": "first-steps.md"} | {code: f"first-steps.{code}.md" for code in LANGUAGES if code != "en"}
CATALOGUES = {code: code for code in OFFICERS} | {
    "en": "de"
}  # English has none: the sentences are those of the code
BOLD = {"bold", "Fett", "gras", "negrita", "grassetto"}


def test_every_command_that_a_page_names_exists() -> None:
    strangers = []
    for page, text in TEXTS.items():
        for words in re.findall(r"(?:`|\$ |run |^    )jumelage ([a-z][a-z ]*[a-z])", text, re.M):
            group: click.Command | None = cli
            for word in words.split()[:2]:
                if not isinstance(group, click.Group):
                    break
                group = group.get_command(click.Context(group), word)
                if group is None:
                    strangers.append(f"{page}: jumelage {words}")
                    break
    assert strangers == []


def test_every_verb_of_run_that_a_page_names_exists() -> None:
    verbs = set(re.findall(r"^([a-z]+)\)$", (ROOT / "run").read_text(), re.M)) | {"help"}
    named_verbs = {verb for text in TEXTS.values() for verb in re.findall(r"\./run ([a-z]+)", text)}
    assert named_verbs <= verbs


def test_every_file_of_the_code_that_a_page_names_exists() -> None:
    missing = [
        f"{page}: {path}"
        for page, text in TEXTS.items()
        for path in re.findall(r"`((?:exchange|federation|search|tests|docs)/[\w./-]+)`", text)
        if not (ROOT / path).exists()
    ]
    assert missing == []


def test_every_anchor_that_a_link_leads_to_is_there() -> None:
    broken = []
    for path in PAGES:
        for target, anchor in re.findall(r"\]\(([^)#\s:]*)#([\w-]+)\)", path.read_text(encoding="utf-8")):
            page = (path.parent / target if target else path).resolve()
            if anchor not in _anchors(page):
                broken.append(f"{named(path)}: {target}#{anchor}")
    assert broken == []


def _anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", without_code(path.read_text(encoding="utf-8")), re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, new = set(), {(ROOT / "README.md").resolve()}
    while new:
        page = new.pop()
        reached.add(page)
        for target in re.findall(r"\]\(([^)#\s]+\.md)", page.read_text(encoding="utf-8")):
            if "://" not in target and (found := (page.parent / target).resolve()) not in reached:
                new.add(found)
    assert {path.resolve() for path in PAGES} - reached == set()


@pytest.mark.parametrize("code", OFFICERS)
def test_what_officers_are_told_to_press_stands_on_the_screen_in_every_language(code: str) -> None:
    english = _bold("en")
    assert len(english) > 50
    with open(
        ROOT / "exchange" / "translations" / CATALOGUES[code] / "LC_MESSAGES" / "messages.po", "rb"
    ) as file:
        shown = {one.id: one.string for one in read_po(file) if isinstance(one.id, str)}
    assert english - set(shown) == set()
    assert _bold(code) == (english if code == "en" else {shown[words] for words in english})


def _bold(code: str) -> set[str]:
    return set(re.findall(r"\*\*(.+?)\*\*", TEXTS[f"docs/officers/{OFFICERS[code]}"])) - BOLD


def test_the_first_steps_have_the_same_parts_in_every_language() -> None:
    parts = [
        re.findall(r"^(#+) |^(\d)\. ", TEXTS[f"docs/officers/{name}"], re.M) for name in OFFICERS.values()
    ]
    assert all(one == parts[0] for one in parts)


def test_the_page_about_access_says_whether_there_are_scripts() -> None:
    templates = (ROOT / "exchange" / "templates").rglob("*.html")
    scripted = any("<script" in path.read_text(encoding="utf-8") for path in templates)
    assert scripted != ("works without JavaScript; there is none" in TEXTS["docs/accessibility.md"])


def test_the_page_about_privacy_names_every_cookie() -> None:
    page = TEXTS["docs/privacy.md"]
    cookies = {
        name
        for path in (ROOT / "exchange").rglob("*.py")
        for name in re.findall(r"set_cookie\(\s*(\w+)", path.read_text(encoding="utf-8"))
    }
    assert cookies == {"COOKIE", "cookie_name"}
    assert f"`{language.COOKIE}`" in page
    assert all(
        f"`{name}`" in page for name in re.findall(r'"([\w-]*session)"', Path(guard.__file__).read_text())
    )
    assert (officers.SESSION.total_seconds() / 3600, language.A_YEAR) == (12, 365 * 24 * 3600)
    assert limits.TRIES.get_expiry() == 60


def test_no_page_calls_a_practice_the_best() -> None:
    assert [page for page, text in TEXTS.items() if re.search(r"best[ -]practice", text, re.I)] == []
