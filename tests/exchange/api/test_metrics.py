"""The figures for monitoring: right, complete, documented, and only for those who run the instance."""

import re
from typing import Any

from prometheus_client.parser import text_string_to_metric_families
from sqlmodel import select

from exchange import vault
from exchange.api.metrics import FIGURES
from exchange.catalogue import shelf
from exchange.catalogue.practices import withdraw
from exchange.models.community import Community
from exchange.models.mail import Mail
from federation.base import now
from federation.ledger import hosts
from federation.ledger.outbox import Delivery
from tests.architecture.sources import ROOT
from tests.exchange.api.conftest import Programs


def read(programs: Programs, **more: Any) -> dict[tuple[str, ...], float]:
    answer = programs.client.get("/metrics", **more)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store"), answer.text
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_the_figures_follow_what_happens(programs: Programs) -> None:
    before = read(programs)
    assert before["jumelage_practices", "local"] == before["jumelage_index_documents",] == 1
    assert before["jumelage_communities", "local"] == 2
    assert before["jumelage_index_up",] == 1
    assert before["jumelage_database_bytes",] > 10_000
    assert before["process_resident_memory_bytes",] > 1e6
    assert ("jumelage_backup_bytes",) not in before
    told = vault.make(programs.instance.settings)
    with programs.instance.database.writing() as session:
        theirs = session.exec(select(Community)).first().model_dump(exclude={"id"})  # type: ignore[union-attr]
        session.add(Community(**theirs | {"uri": "https://b.example/x", "local": False}))
        row = {"number": 1, "actor": "a", "due_at": now(), "created_at": now(), "host": "b.example"}
        session.add_all([Delivery(**row), Delivery(**row), Delivery(**row | {"state": "dead"})])
        session.add(Mail(kind="question", recipient="a@b.example", subject="s", body="b", state="dead"))
        hosts.failed(session, "b.example", "away", next_probe=now())
        withdraw.withdraw(session, shelf.practice(session, programs.practice))
    after = read(programs)
    assert after["jumelage_practices", "local"] == after["jumelage_practices", "remote"] == 0
    assert after["jumelage_communities", "remote"] == 1
    assert (after["jumelage_deliveries", "waiting"], after["jumelage_deliveries", "dead"]) == (2, 1)
    assert (after["jumelage_mail", "dead"], after["jumelage_mail", "waiting"]) == (1, 0)
    assert (after["jumelage_hosts", "ok"], after["jumelage_hosts", "suspended"]) == (0, 1)
    assert after["jumelage_journal_number",] == before["jumelage_journal_number",] + 1
    assert after["jumelage_index_lag",] == 1
    assert after["jumelage_backup_bytes",] == told.size
    assert abs(after["jumelage_backup_timestamp_seconds",] - told.at.timestamp()) < 1
    assert {name for name, *_ in after if name.startswith("jumelage_")} == set(FIGURES)


def test_they_are_for_the_machine_and_for_administrators(programs: Programs) -> None:
    def ask(there: str = "127.0.0.1", token: str | None = None, **headers: str) -> Any:
        sent = {"Accept-Language": "de", **headers} | ({"Authorization": token} if token is not None else {})
        return programs.client.get("/metrics", headers=sent, environ_base={"REMOTE_ADDR": there})

    bearer = {name: f"Bearer {secret}" for name, secret in programs.tokens.items() if secret}
    basic = bearer["admin"].replace("Bearer", "Basic")
    assert ask().status_code == ask("203.0.113.7", bearer["admin"]).status_code == 200
    refused = [ask("203.0.113.7"), ask("203.0.113.7", bearer["reader"]), ask(token=bearer["ulm"])]
    refused += [ask(token=sent) for sent in ("", "Bearer", "Bearer \u00ff", basic)]
    refused += [ask(**{"X-Forwarded-For": "127.0.0.1"}), ask(Host="practices.example")]
    for answer in refused:
        assert (answer.status_code, answer.mimetype) == (403, "application/problem+json")
        assert "Loopback" in answer.get_json(force=True)["detail"]
        assert "jumelage_" not in answer.text
    spoken = ask(Accept="application/openmetrics-text")
    assert spoken.mimetype == "application/openmetrics-text"
    assert spoken.text.endswith("# EOF\n")


def test_the_page_for_operators_has_every_figure() -> None:
    page = (ROOT / "docs" / "operating.md").read_text()
    rows = dict(re.findall(r"^\| `(jumelage_\w+)(?:\{[\w, ]*\})?` \| (.+?) \|$", page, re.M))
    assert rows == {name: told for name, (told, _labels) in FIGURES.items()}
    for name, (_told, labels) in FIGURES.items():
        assert not labels or f"`{name}{{{', '.join(labels)}}}`" in page
