"""YAML and JSON are read as what they say, and no trick in them does any harm."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import exchange
from exchange.messages import Refusal
from exchange.vocabulary.plainfiles import DEEPEST, read_json, read_yaml, text_of
from tests.exchange.vocabulary import samples

SEEDS = Path(exchange.__file__).parent / "seeds" / "practices.yaml"


def test_the_seeds_are_read_as_any_reader_of_yaml_would() -> None:
    assert read_yaml(SEEDS.read_text(encoding="utf-8")) == samples.SEEDS


def test_norway_is_a_country_and_a_code_keeps_its_zeros() -> None:
    text = "country: NO\nfax: off\ncode: 06084\noctal: 0123\ntime: 12:30\ndate: 2014-05-01\nversion: 1e3"
    assert read_yaml(text) == {
        "country": "NO",
        "fax": "off",
        "code": "06084",
        "octal": "0123",
        "time": "12:30",
        "date": "2014-05-01",
        "version": "1e3",
    }


def test_numbers_truth_and_nothing_are_what_they_look_like() -> None:
    text = "a: 12\nb: -1.5\nc: true\nd: ~\ne:\nf: null\ng: 1.5e+3\n2014: year"
    assert read_yaml(text) == {
        "a": 12, "b": -1.5, "c": True, "d": None, "e": None, "f": None, "g": 1500.0, "2014": "year",
    }  # fmt: skip


letters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(letters),
    lambda inside: (
        st.lists(inside, max_size=4) | st.dictionaries(st.text(letters, min_size=1), inside, max_size=4)
    ),
    max_leaves=20,
)


@given(plain)
def test_what_a_writer_of_yaml_wrote_comes_back(data: Any) -> None:
    dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    assert read_yaml(yaml.dump(data, Dumper=dumper, allow_unicode=True, sort_keys=False, width=110)) == data


def test_a_modest_alias_is_what_it_stands_for() -> None:
    assert read_yaml("a: &x {k: [1, 2]}\nb: *x") == {"a": {"k": [1, 2]}, "b": {"k": [1, 2]}}


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)
YAML = {
    "a: 1\na: 2": "Line 2: “a” stands here twice.",
    "x: {b: 1, b: 2}": "Line 1: “b” stands here twice.",
    "- !!python/object/apply:os.system [x]": "Line 1: the mark “tag:yaml.org,2002:python/object/apply:os.system” is not understood here.",
    "- !secret x": "Line 1: the mark “!secret” is not understood here.",
    "a: !!binary aGk=": "Line 1: the mark “tag:yaml.org,2002:binary” is not understood here.",
    "a: &a [*a]": "Line 1: the alias “a” stands for nothing that comes before it.",
    "a: *b": "Line 1: the alias “b” stands for nothing that comes before it.",
    "<<: {a: 1}": "Line 1: a name must be a plain word.",
    "[1]: 2": "Line 1: a name must be a plain word.",
    "a: [1\n": "Line 2 is not YAML: ",
    "---\na: 1\n---\nb: 2": "Line 3 is not YAML: ",
    "a: !!int many": "This file cannot be read as YAML.",
    "a: " + "[" * 50 + "]" * 50: f"The file is nested more than {DEEPEST} levels deep.",
    "[" * 100_000: f"The file is nested more than {DEEPEST} levels deep.",
    BOMB: "The file holds more than 2000000 values.",
}  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), YAML.items(), ids=range(len(YAML)))
def test_a_trick_in_yaml_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_yaml(text)
    assert str(caught.value).startswith(sentence)


JSON = {
    '{"a": 1, "a": 2}': "“a” stands in one object twice.",
    "[NaN]": "“NaN” is not a number.",
    "[-Infinity]": "“-Infinity” is not a number.",
    '{\n"a": }': "Line 2 is not JSON: Expecting value.",
    "": "Line 1 is not JSON: Expecting value.",
    "9" * 5000: "This file cannot be read as JSON.",
    "[" * 100_000: f"The file is nested more than {DEEPEST} levels deep.",
    '{"a":' * 100 + "1" + "}" * 100: f"The file is nested more than {DEEPEST} levels deep.",
}


@pytest.mark.parametrize(("text", "sentence"), JSON.items(), ids=range(len(JSON)))
def test_a_trick_in_json_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_json(text)
    assert str(caught.value) == sentence


def test_brackets_inside_a_text_do_not_nest() -> None:
    assert read_json('["' + "[" * 1000 + '\\""]') == ["[" * 1000 + '"']


ENCODINGS = {
    "é".encode("utf-16"): "The file is written in UTF-16. Save it again as UTF-8.",
    b"a: 1\nb: caf\xe9\n": "The file is not written in UTF-8 (line 2). Save it again as UTF-8.",
    b"\x7fELF\x00\x00": "This is not a text file.",
    b" " * (32 * 1024 * 1024 + 1): "The file is larger than 32 MB.",
}


@pytest.mark.parametrize(("data", "sentence"), ENCODINGS.items(), ids=range(len(ENCODINGS)))
def test_a_file_in_another_encoding_is_refused_in_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(Refusal) as caught:
        text_of(data)
    assert str(caught.value) == sentence


def test_the_mark_before_a_text_is_no_part_of_it() -> None:
    assert text_of("\ufeffé".encode()) == "é"


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for read in (read_yaml, read_json):
        try:
            read(text_of(data))
        except Refusal as refusal:
            told = str(refusal)
        else:
            told = "read"
        assert told
