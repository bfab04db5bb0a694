"""Programs speak in consultations and take part in campaigns, by the rules of the pages."""

from datetime import date, timedelta

import pytest

from exchange.catalogue.clusters import call as calling
from exchange.catalogue.clusters import cluster
from exchange.models.call import CAMPAIGN, CONSULTATION, EVERYBODY
from tests.exchange.api.conftest import ORIGIN, Programs


@pytest.fixture
def asked(programs: Programs) -> dict[str, str]:
    """The keys of a consultation and of a campaign that are open to everybody."""
    with programs.instance.database.writing() as session:
        led = cluster.found(session, ORIGIN, slug="quiet", name={"en": "Quiet towns"})
        return {
            kind: calling.open_(
                session,
                led,
                kind,
                title={"en": "Quieter streets"},
                words={"en": "What made them quieter?"},
                theme="th-mobility",
                opens_on=date.today(),
                closes_on=date.today() + timedelta(days=9),
                open_to=EVERYBODY,
            ).key
            for kind in (CONSULTATION, CAMPAIGN)
        }


def test_a_program_says_something_supports_and_takes_it_back(
    programs: Programs, asked: dict[str, str]
) -> None:
    there = f"/v1/consultations/{asked[CONSULTATION]}"
    word = {"title": {"de": "Tempo 30"}, "text": {"de": "In einer Nacht."}}
    said = programs.post(f"{there}/contributions", word, by="ulm", headers={"Idempotency-Key": "once"})
    again = programs.post(f"{there}/contributions", word, by="ulm", headers={"Idempotency-Key": "once"})
    assert (said.status_code, again.json) == (201, said.json)
    comment = programs.post(
        f"{there}/contributions", {"text": "Et la nuit ?", "answers": said.json["id"]}, by="loos"
    )
    assert comment.status_code == 201, comment.json
    support = {"contribution": said.json["id"]}
    assert programs("PUT", f"{there}/support", json=support, by="loos").json["supported"] is True
    [shown] = programs.get(there).json["contributions"]
    assert shown["titles"] == {"de": "Tempo 30"}
    assert shown["supported_by"] == [f"{ORIGIN}/communities/loos"]
    assert [one["id"] for one in shown["comments"]] == [comment.json["id"]]
    programs("PUT", f"{there}/support", json=support | {"supported": False}, by="loos")
    assert programs.get(there).json["contributions"][0]["supported_by"] == []
    gone = f"/v1/contributions/{said.json['key']}"
    assert programs("DELETE", gone, by="loos").status_code == 403
    assert programs("DELETE", gone, by="ulm").status_code == 204
    assert programs.get(there).json["contributions"] == []


def test_a_program_takes_part_in_a_campaign_and_leaves_it(programs: Programs, asked: dict[str, str]) -> None:
    there = f"/v1/campaigns/{asked[CAMPAIGN]}"
    for yes in (True, False):
        answer = programs("PUT", f"{there}/participation", json={"takesPart": yes, "by": "ulm"}, by="admin")
        assert answer.status_code == 200, answer.json
        assert programs.get(there).json["taking_part"] == [f"{ORIGIN}/communities/ulm"] * yes


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": "x" * 101, "text": "x"}, "title"),
        ({"title": "x", "text": "x" * 701}, "text"),
        ({"title": "x", "text": 7}, "text"),
        ({"title": "x"}, "text"),
        ({"title": "x", "text": "x", "loud": True}, "loud"),
        ({"title": "x", "text": "x", "answers": 7}, "answers"),
    ],
)
def test_what_is_too_much_is_refused_at_its_field(
    programs: Programs, asked: dict[str, str], body: dict[str, object], field: str
) -> None:
    there = f"/v1/consultations/{asked[CONSULTATION]}"
    answer = programs.post(f"{there}/contributions", body, by="ulm")
    assert answer.status_code == 422
    assert field in answer.json["errors"][0]["path"]
    assert programs.get(there).json["contributions"] == []


def test_who_may_not_speak_is_told(programs: Programs, asked: dict[str, str]) -> None:
    there = f"/v1/consultations/{asked[CONSULTATION]}"
    word = {"title": "x", "text": "y"}
    assert programs.post(f"{there}/contributions", word).status_code == 401
    assert programs.post(f"{there}/contributions", word, by="reader").status_code == 403
    assert programs.post("/v1/consultations/nothing/contributions", word, by="ulm").status_code == 404
    said = programs.post(f"{there}/contributions", word, by="ulm").json
    support = {"contribution": said["id"]}
    assert programs("PUT", f"{there}/support", json=support, by="ulm").status_code == 422
    assert programs("PUT", f"{there}/support", json={"contribution": 7}, by="loos").status_code == 422
    assert programs("PUT", f"{there}/support", json={}, by="loos").status_code == 404
    wrong = f"/v1/campaigns/{asked[CONSULTATION]}/participation"
    assert programs("PUT", wrong, json={}, by="ulm").status_code == 404
    assert programs("DELETE", "/v1/contributions/nothing", by="ulm").status_code == 404
