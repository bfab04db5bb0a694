"""Nobody meets a sentence that was forgotten in translation, nor a template with a sentence of its own."""

import re
from pathlib import Path

import pytest

import exchange
from exchange.translation import LANGUAGES, catalogue, gettext_for, ngettext_for
from exchange.translations.update import template

OTHERS = [language for language in LANGUAGES if language != "en"]
TEMPLATES = Path(exchange.__file__).parent / "templates"
GAP = re.compile(r"%\((\w+)\)s")
ATTRIBUTES = r"\{% macro (?:described|state|lang_attr)\(.*?\{% endmacro %\}"  # macros that make attributes
NO_WORDS = {"km", "km²", "NUTS", "n", "x"}  # signs and names that are the same in every language


@pytest.fixture(scope="module")
def sentences() -> list[str | tuple[str, str]]:
    return [message.id for message in template() if message.id]


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_has_its_translation(language: str, sentences: list[str | tuple[str, str]]) -> None:
    held = {m.id: m.string for m in catalogue(language) if m.id}
    lacking = [
        s for s in sentences if not (all(held.get(s) or [""]) if isinstance(s, tuple) else held.get(s))
    ]
    assert lacking == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_left_of_a_sentence_that_is_gone(
    language: str, sentences: list[str | tuple[str, str]]
) -> None:
    assert [m.id for m in catalogue(language) if m.id and m.id not in sentences] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_gaps_of_its_sentence(language: str) -> None:
    def gaps(text: object) -> set[str]:
        return set(GAP.findall(" ".join(text) if isinstance(text, tuple | list) else str(text)))

    wrong = [m.id for m in catalogue(language) if m.id and gaps(m.id) != gaps(m.string)]
    assert wrong == []


@pytest.mark.parametrize("language", ["fr", "it"])
def test_an_apostrophe_is_one(language: str) -> None:
    typed = re.compile(r"[A-Za-zÀ-ÿ]'[\wÀ-ÿ«“%]")
    assert [m.string for m in catalogue(language) if m.id and typed.search(str(m.string))] == []


def test_no_french_sign_stands_alone_on_the_next_line() -> None:
    parted = re.compile(r" [:;!?](\s|$)|« | »")
    assert [m.string for m in catalogue("fr") if m.id and parted.search(str(m.string))] == []


def test_plurals_follow_the_language() -> None:
    assert ngettext_for("fr")("%(num)s practice", "%(num)s practices", 0) == "%(num)s pratique"
    assert ngettext_for("de")("%(num)s practice", "%(num)s practices", 0) == "%(num)s Praxisbeispiele"


def test_an_unknown_language_gets_the_sentence_as_it_was_written() -> None:
    assert gettext_for("xx")("Log in") == "Log in"


def test_templates_say_nothing_that_is_not_translated() -> None:
    said = {}
    for path in sorted(TEMPLATES.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        for pattern in (
            ATTRIBUTES,
            r"\{#.*?#\}",
            r"\{%.*?%\}",
            r"\{\{.*?\}\}",
            r"<code>.*?</code>",
            r"<[^>]*>",
            r"&\w+;",
        ):
            text = re.sub(pattern, " ", text, flags=re.S)
        words = [word for word in re.findall(r"[^\W\d_]+²?", text) if word not in NO_WORDS]
        if words:
            said[path.name] = words
    assert said == {}


def test_attributes_that_are_read_aloud_are_translated() -> None:
    spoken = r"""(?:aria-label|title|placeholder|alt)="([^"{]*[^\W\d_][^"{]*)\""""
    found = {
        path.name: re.findall(spoken, path.read_text(encoding="utf-8")) for path in TEMPLATES.rglob("*.html")
    }
    assert {name: texts for name, texts in found.items() if texts} == {}


@pytest.mark.parametrize("language", [one for one in OTHERS if one != "fr"])
def test_a_sentence_is_not_the_french_one_in_another_catalogue(language: str) -> None:
    def told(one: str) -> dict[str, str]:
        return {
            str(m.id): " ".join(m.string) if isinstance(m.string, tuple) else m.string for m in catalogue(one)
        }

    french = told("fr")
    same = [
        sentence
        for sentence, text in told(language).items()
        if sentence and text == french.get(sentence) and text not in sentence and len(GAP.sub("", text)) > 12
    ]
    assert same == []
