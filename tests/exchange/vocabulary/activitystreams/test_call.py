"""A consultation, a campaign and a contribution go over the wire and are read as they were said."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from exchange.messages import Refusal
from exchange.models.call import CAMPAIGN, CONSULTATION, Call, Contribution, Entry
from exchange.vocabulary.activitystreams import call_object, call_of, contribution_object, contribution_of

HERE, AT = "https://hub.example", datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SAID, ULM = "https://ulm.example/contributions/1", "https://ulm.example/communities/ulm"
TALLY = {"contributions": 1, "supports": 1, "communities": 2, "countries": 1}


def call(kind: str) -> Call:
    return Call(
        uri=f"{HERE}/{kind}s/1",
        kind=kind,
        owner=f"{HERE}/clusters/quiet",
        local=True,
        title={"fr": "Des rues calmes", "en": "Quiet streets"},
        words={"fr": "Qu'avez-vous <fait> ?"},
        theme="th-mobility",
        opens_on=date(2026, 3, 1),
        closes_on=date(2026, 3, 31),
        aim={"number": 20, "counts": "both", "place": "rural"} if kind == CAMPAIGN else {},
        members=[ULM] if kind == CAMPAIGN else [],
        synthesis={"fr": "Trente, partout."},
        tally=TALLY | {"places": {"rural": 1, "town": 0, "city": 1}} if kind == CONSULTATION else {},
        issued_at=AT,
        modified_at=AT,
        closed_at=AT,
    )


def sent(kind: str) -> dict[str, Any]:
    moved = Entry(
        call_id=1,
        contribution=SAID,
        author=ULM,
        answers=f"{SAID}0",
        at=AT,
        hidden={"en": "Twice"},
        moved_to=f"{HERE}/consultations/2",
        moved_from=f"{HERE}/consultations/3",
    )
    of = call(kind)
    behind = {SAID: [f"{HERE}/communities/a"], of.uri: [ULM]}
    return call_object(of, [moved] if kind == CONSULTATION else [], behind, links=[(SAID, "<Lampes>")])


def contribution(**more: Any) -> dict[str, Any]:
    words = {"title": {"fr": "Trente"}, "text": {"fr": "Partout & toujours."}, **more}
    said = Contribution(
        uri=SAID, call=f"{HERE}/consultations/1", author=ULM, local=True, issued_at=AT, **words
    )
    return contribution_object(said, f"{HERE}/clusters/quiet")


@pytest.mark.parametrize("kind", [CONSULTATION, CAMPAIGN])
def test_a_call_is_read_as_it_was_said(kind: str) -> None:
    read, of = call_of(sent(kind)), call(kind)
    assert {name: getattr(of, name) for name in read.fields} == read.fields
    assert (read.uri, read.kind, read.owner, read.updated) == (of.uri, kind, of.owner, AT)
    if kind == CAMPAIGN:
        return
    [one] = read.entries
    assert (one.uri, one.author, one.answers, one.hidden) == (SAID, ULM, f"{SAID}0", {"en": "Twice"})
    assert (one.moved_to, one.moved_from) == (f"{HERE}/consultations/2", f"{HERE}/consultations/3")
    assert one.backers == (f"{HERE}/communities/a",)


def test_other_software_sees_the_words_and_no_markup_that_is_not_ours() -> None:
    told = sent(CONSULTATION)
    assert told["content"] == (
        "<p>Qu'avez-vous &lt;fait&gt; ?</p><p>Trente, partout.</p>"
        f'<ol><li><a href="{SAID}">&lt;Lampes&gt;</a></li></ol>'
    )
    assert contribution()["content"] == "<p><strong>Trente</strong></p><p>Partout &amp; toujours.</p>"


def test_a_contribution_keeps_to_its_limits() -> None:
    read = contribution_of(contribution())
    assert (read.title, read.text, read.answers) == ({"fr": "Trente"}, {"fr": "Partout & toujours."}, None)
    comment = contribution_of(contribution(title={}, text={"fr": "x" * 300}, answers=f"{SAID}0"))
    assert (comment.title, comment.answers) == ({}, f"{SAID}0")
    for wrong in (
        {"title": {"fr": "x" * 101}},
        {"text": {"fr": "x" * 701}},
        {"title": {}},
        {"text": {}},
        {"text": {"fr": "x" * 301}, "answers": f"{SAID}0"},
    ):
        with pytest.raises(Refusal):
            contribution_of(contribution(**wrong))
    for name in ("closes", "theme", "openTo"):
        told = sent(CAMPAIGN)
        told["campaign"][name] = "2020-01-01"
        with pytest.raises(Refusal):
            call_of(told)
