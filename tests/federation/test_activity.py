"""Hostile JSON is refused with a reason, and the shapes that every activity shares are read."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.errors import BadActivity, TooLarge
from federation.wire import activity

scalars = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats() | st.text()
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=30
)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\xff\xfe{}", "The text is not UTF-8."),
        (b"{", "The text is not valid JSON."),
        (b"", "The text is not valid JSON."),
        (b"\xef\xbb\xbf{}", "The text is not valid JSON."),
        (b"[]", "The JSON is not an object."),
        (b'"text"', "The JSON is not an object."),
        (b"null", "The JSON is not an object."),
        (b'{"a":1,"a":2}', "A key appears twice in one JSON object."),
        (b'{"x":{"a":1,"\\u0061":2}}', "A key appears twice in one JSON object."),
        (b'{"a":NaN}', "NaN and Infinity are not JSON."),
        (b'{"a":[-Infinity]}', "NaN and Infinity are not JSON."),
        (b'{"a":1e999}', "A number is too large."),
        (b'{"a":' + b"9" * 5000 + b"}", "A number is too large."),
        (b'{"a":"\\ud800"}', "A text holds half of a surrogate pair."),
        (b'{"\\udfff":1}', "A text holds half of a surrogate pair."),
        (b'{"a":["x\\u0000y"]}', "A text holds a NUL character."),
        (b'{"a":"x\x00y"}', "The text is not valid JSON."),
        (b'{"a":' + b"[" * 40 + b"]" * 40 + b"}", "The JSON is nested too deeply."),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "The JSON is nested too deeply."),
        (b'{"a":' * 200_000 + b"1" + b"}" * 3, "The JSON is nested too deeply."),
        (b'{"a":[' + b"1," * 150_000 + b"1]}", "The JSON holds too many values."),
    ],
)
def test_hostile_json_is_refused_with_a_reason(body: bytes, reason: str) -> None:
    with pytest.raises(BadActivity) as caught:
        activity.parse(body)
    assert caught.value.reason == reason
    assert caught.value.status == 400


@pytest.mark.parametrize("keyword", ["@graph", "@reverse", "@included"])
def test_json_ld_that_says_the_same_in_another_shape_is_refused(keyword: str) -> None:
    body = json.dumps({"type": "Create", "object": [{"deep": {keyword: []}}]}).encode()
    with pytest.raises(BadActivity):
        activity.parse(body)


def test_a_body_over_the_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(TooLarge) as caught:
        activity.parse(b"\xff" * (activity.MAX_BYTES + 1))
    assert caught.value.status == 413


def test_what_is_written_with_surrogate_pairs_or_a_backslash_is_accepted() -> None:
    assert activity.parse(b'{"a":"\\ud83d\\ude00","b":"\\\\ud800"}') == {"a": "😀", "b": "\\ud800"}


@given(st.dictionaries(st.text(), values))
def test_every_clean_json_object_comes_through_unchanged_in_its_order(document: dict) -> None:
    body = json.dumps(document).encode("utf-8", "surrogatepass")
    try:
        read = activity.parse(body)
    except BadActivity:
        text = json.dumps(document, ensure_ascii=False)
        odd = any(mark in text for mark in ("NaN", "Infinity", "\\u0000", *activity.REFUSED_KEYWORDS))
        assert odd or not text.isprintable()
        return
    assert json.dumps(read) == json.dumps(document)


@given(
    st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_no_input_does_anything_but_parse_or_be_refused(body: bytes) -> None:
    try:
        found = activity.parse(body)
    except (BadActivity, TooLarge):
        return
    assert isinstance(found, dict)


@given(values)
def test_readers_of_shapes_survive_any_json(value: object) -> None:
    assert activity.id_of(value) is None or isinstance(activity.id_of(value), str)
    assert all(isinstance(found, str) for found in activity.ids_of(value))
    assert activity.origin_of(value) is None or "://" in str(activity.origin_of(value))
    for reader in (activity.kind_of, activity.actor_of, activity.recipients, activity.is_public):
        for document in ({"type": value, "actor": value, "to": value, "cc": value}, {}):
            with contextlib.suppress(BadActivity):
                reader(document)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("uri", "origin"),
    [
        ("https://Example.ORG/a", "https://example.org"),
        ("https://example.org:443/a", "https://example.org"),
        ("http://example.org:80", "http://example.org"),
        ("https://example.org:8443/", "https://example.org:8443"),
        ("https://bücher.example/", "https://xn--bcher-kva.example"),
        ("https://[::1]:8000/", "https://[::1]:8000"),
        ("https://user@example.org/", None),
        ("https://example.org\\@evil.example/", None),
        ("https://exa mple.org/", None),
        ("https://example.org:99999/", None),
        ("https:///path", None),
        ("ftp://example.org/", None),
        ("did:key:z6Mk", None),
        ("https://a..b/", None),
        (None, None),
        ({"id": "https://example.org"}, None),
        ("https://example.org/" + "a" * 3000, None),
    ],
)
def test_an_origin_has_one_spelling_or_none(uri: object, origin: str | None) -> None:
    assert activity.origin_of(uri) == origin


def test_two_things_without_an_origin_do_not_share_one() -> None:
    assert not activity.same_origin("tag:a", "tag:a")
    assert not activity.same_origin(None, None)
    assert activity.same_origin("https://a.example/x", "https://A.example:443/y")
    assert not activity.same_origin("https://a.example/x", "http://a.example/x")


def test_an_activity_names_exactly_one_actor() -> None:
    assert activity.actor_of({"actor": {"id": "https://a.example/me"}}) == "https://a.example/me"
    for actor in (None, 5, [], ["https://a.example/1", "https://a.example/2"], "me", {"id": 3}):
        with pytest.raises(BadActivity):
            activity.actor_of({"actor": actor})


def test_a_hundred_thousand_recipients_are_refused() -> None:
    to = [f"https://a.example/{number}" for number in range(100_000)]
    with pytest.raises(BadActivity):
        activity.recipients({"to": to})
    assert activity.recipients({"to": "as:Public", "cc": to[:2]}) == {activity.PUBLIC, *to[:2]}
