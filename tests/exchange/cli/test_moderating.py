"""What an operator types about comments and reports from elsewhere."""

from datetime import UTC, datetime

import pytest
from sqlmodel import select

from exchange import config
from exchange.instance import Instance
from exchange.models.comment import Comment
from exchange.models.practice import Practice
from exchange.models.report import Report
from tests.exchange.cli.conftest import Operator

ANA = "https://fedi.example/users/ana"
AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def visited(operator: Operator) -> Operator:
    """An instance at which a comment and a report have arrived."""
    instance = Instance.open(config.load(operator.data))
    with instance.database.writing() as session:
        practice = session.exec(select(Practice)).one()
        session.add(
            Comment(
                uri=f"{ANA}/1",
                practice_id=practice.id,
                author=ANA,
                host="fedi.example",
                text="<p>How much <em>was</em> it?</p>",
                published_at=AT,
                modified_at=AT,
            )
        )
        session.add(Report(reporter=ANA, host="fedi.example", about=[practice.uri], text="Wrong <b>sum"))
    instance.close()
    return operator


def test_comments_are_listed_shown_and_hidden(visited: Operator) -> None:
    (waiting,) = visited.reads("comment", "list", "--of", "loos")
    assert (waiting["author"], waiting["text"]) == (ANA, "How much was it?")
    assert visited.reads("comment", "list", "--of", "ulm") == []
    visited.types("comment", "show", waiting["key"])
    assert visited.reads("comment", "list") == []
    visited.types("comment", "hide", waiting["id"])
    assert "no such comment" in visited.types("comment", "show", "none", status=1).stderr
    assert visited.types("comment", "list").stderr == "No comment waits to be read.\n"


def test_reports_are_listed_and_settled(visited: Operator) -> None:
    (report,) = visited.reads("report", "list")
    assert (report["reporter"], report["text"]) == (ANA, "Wrong <b>sum")
    assert "Wrong <b>sum" in visited.types("report", "list").stdout
    visited.types("report", "done", report["key"])
    assert visited.reads("report", "list") == []
    assert "no such report" in visited.types("report", "done", "none", status=1).stderr
