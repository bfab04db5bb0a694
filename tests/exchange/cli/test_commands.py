"""What an operator types, from an empty directory to adoptions."""

import json
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from exchange.cli import cli
from exchange.config import load
from exchange.instance import Instance
from federation.base import now
from federation.ledger.hosts import Host
from federation.ledger.remote import RemoteKey
from tests.exchange.cli.conftest import ORIGIN, Operator


def test_a_new_instance_is_made_in_an_empty_directory_only(data_dir: Path) -> None:
    operator = Operator(data_dir)
    operator.types("init", "--origin", "https://new.example", "--name", "New")
    assert (data_dir / "jumelage.toml").is_file()
    again = operator.types("init", "--origin", "https://new.example", "--name", "New", status=1)
    assert "not empty" in again.stderr
    assert [one["what"] for one in operator.reads("doctor", "--offline")][:1] == ["settings"]
    assert operator.types("doctor", "--offline").stdout.startswith("ok settings: ")


@pytest.mark.parametrize(
    "origin", ["nowhere", "http://new.example", "https://new.example/path", "https://10.0.0.1"]
)
def test_an_origin_that_others_cannot_reach_is_refused(data_dir: Path, origin: str) -> None:
    refused = Operator(data_dir).types("init", "--origin", origin, "--name", "New", status=1)
    assert "JUMELAGE_ORIGIN" in refused.stderr
    assert not data_dir.exists()


def test_communities_are_added_listed_and_shown(operator: Operator) -> None:
    operator.types(
        *("community", "add", "arvieu", "--name", "Arvieu", "--country", "FR", "--lau", "12011"),
        *("--lat", "44.19", "--lon", "2.66", "--degurba", "3", "--population", "822"),
    )
    listed = {c["key"]: c for c in operator.reads("community", "list")}
    assert set(listed) == {"arvieu", "loos", "ulm"}
    assert listed["arvieu"]["degurba"] == "dg-3"
    assert listed["arvieu"]["population_class"] == "pop-2"
    shown = operator.reads("community", "show", "loos")
    assert shown["handle"] == "@loos@practices.example"
    assert [p["title"] for p in shown["practices"]] == ["Plan solaire citoyen"]
    twice = operator.types("community", "add", "ulm", "--name", "Ulm", "--country", "DE", status=1)
    assert "already a community “ulm”" in twice.stderr


def test_an_officer_gets_a_link_that_works_once_and_a_program_a_token(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    invited = operator.reads(
        "officer", "add", "office@loos.example", "--community", "loos", "--role", "editor"
    )
    assert invited["link"].startswith(f"{ORIGIN}/welcome/")
    token = operator.types("token", "add", "--community", "loos", "--scope", "write").stdout.strip()
    assert token.startswith("jml_")
    operator.types("officer", "add", "nobody", "--community", "loos", status=1)
    for way, told in (("console", False), ("smtp://mail.practices.example", True)):
        monkeypatch.setenv("JUMELAGE_MAIL", way)
        said = operator.types("officer", "add", "press@loos.example", "--community", "loos").stdout
        assert ("on its way to the mailbox" in said) == told
    operator.types("token", "add", "--scope", "read", status=2)
    operator.types("token", "add", "--community", "loos", "--scope", "all", status=2)


def test_the_search_finds_what_the_pages_find(operator: Operator) -> None:
    found = operator.reads("search", "solaire", "--theme", "energy", "--country", "FR")
    assert [item["title"] for item in found["items"]] == ["Plan solaire citoyen"]
    assert found["facets"]["theme"][0]["value"] == "th-energy"
    assert operator.reads("search", "solaire", "--country", "DE")["total"] == 0
    assert "Nothing was found" in operator.types("search", "zzzz").stderr
    assert "Plan solaire citoyen" in operator.types("search").stdout
    for wrong in (("--theme", "x"), ("--limit", "0"), ("--near", "x"), ("--sort", "x"), ("--page", "-3")):
        assert wrong[0] in operator.types("search", "x", *wrong, status=2).stderr


def test_a_practice_is_listed_shown_exported_and_withdrawn(operator: Operator, tmp_path: Path) -> None:
    key = operator.key()
    assert operator.reads("practice", "show", "solar")["key"] == key
    assert "Plan solaire citoyen" in operator.types("practice", "show", key).stdout
    for name in ("out.yaml", "out.json", "out.csv", "out.xlsx"):
        operator.types("practice", "export", str(tmp_path / name))
        assert (tmp_path / name).stat().st_size > 100
    assert json.loads(operator.types("practice", "export", "-", "--format", "json").stdout)["practices"]
    operator.types("practice", "export", str(tmp_path / "out.pdf"), status=2)
    operator.types("practice", "export", str(tmp_path / "no" / "such" / "out.json"), status=1)
    assert "is withdrawn" in operator.types("practice", "withdraw", key).stdout
    assert "already" in operator.types("practice", "withdraw", key).stdout
    assert operator.reads("practice", "list") == []
    assert operator.reads("search", "solaire")["total"] == 0
    operator.types("practice", "show", key, status=1)
    operator.types("practice", "withdraw", "nothing", status=1)


def test_a_file_is_taken_in_again_without_effect(operator: Operator, tmp_path: Path) -> None:
    file = str(tmp_path / "out.yaml")
    operator.types("practice", "export", file)
    assert operator.reads("practice", "import", file)["unchanged"] == ["solar"]
    assert operator.reads("practice", "show", "solar")["version"] == 1


def test_a_half_complete_file_enters_record_by_record(
    operator: Operator, write: Callable[[str, str | bytes], str]
) -> None:
    file = write(
        "half.yaml",
        """
        practices:
        - {id: good, community: loos, language: fr, title: Bon, documentedBy: others}
        - {id: bad, community: loos, language: fr, title: Mauvais, theme: [nothing], documentedBy: others}
        - {id: nobody, community: atlantis, language: fr, title: Perdu, documentedBy: others}
        """,
    )
    result = operator.types("practice", "import", file, "--json", status=1)
    report = json.loads(result.stdout)
    assert report["entered"] == ["good"]
    assert [refused["record"] for refused in report["refused"]] == ["bad", "nobody"]
    assert "bad, theme.0" in result.stderr
    assert "2 records were refused; everything else is in." in result.stderr


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.yaml", b""),
        ("broken.yaml", b"practices: [\n"),
        ("broken.json", b'{"practices": ['),
        ("latin.csv", b"\xff\xfe\x00\x00"),
        ("no.xlsx", b"PK\x03\x04 this is no workbook"),
        ("list.json", b"[1, 2, 3]"),
        ("bomb.yaml", b"a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\npractices: [*b,*b,*b,*b]\n"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(
    operator: Operator, write: Callable[[str, str | bytes], str], name: str, content: bytes
) -> None:
    operator.types("practice", "import", write(name, content), status=1)
    operator.types("community", "import", write(name, content), status=1)
    assert len(operator.reads("practice", "list")) == 1


def test_a_community_rates_and_adopts_and_the_owner_confirms(operator: Operator) -> None:
    review = operator.reads(
        *("review", "solar", "--by", "ulm", "--relation", "rr-visitor", "--criterion", "rc-effectiveness=5"),
        *("--criterion", "openness=n/a"),
    )
    adoption = operator.reads(
        "adopt", "solar", "--by", "ulm", "--stage", "ad-assessing", "--since", "2025-03"
    )
    operator.types(
        "adopt",
        "solar",
        "--by",
        "ulm",
        "--stage",
        "stopped",
        "--reason",
        "Kein Dach.",
        "--cause",
        "law",
        "--language",
        "de",
        "--outcome",
        "Nichts.",
        "--changes",
        "Alles.",
        "--note",
        "Schade.",
    )
    operator.types("confirm", adoption["id"])
    shown = operator.reads("practice", "show", "solar")
    assert [r["id"] for r in shown["reviews"]] == [review["id"]]
    assert shown["ratings"] == [{"criterion": "rc-effectiveness", "n": 1, "counts": [0, 0, 0, 0, 1]}]
    (adopted,) = shown["adoptions"]
    assert (adopted["stage"], adopted["confirmed"]) == ("ad-stopped", True)
    record = adopted["record"]
    assert record["reason"]["text"] == {"de": "Kein Dach."}
    assert (record["outcome"]["text"], record["note"]) == ({"de": "Nichts."}, "Schade.")
    assert record["changes"]["changed"] == {"de": "Alles."}
    assert operator.reads("search", "--adopted-by", "ulm")["total"] == 1


def test_a_voice_is_taken_back_from_whom_it_was_lent_to(operator: Operator) -> None:
    operator.types("community", "add", "mere", "--name", "Mere", "--country", "IE")
    lend = ("delegate", "energy", "--from", "loos")
    assert "th-energy" in operator.types("delegate", "dreams", "--from", "loos", "--revoke", status=1).stderr
    operator.types(*lend, status=2)
    operator.types(*lend, "--to", "ulm")
    assert "somebody else" in operator.types(*lend, "--to", "mere", "--revoke", status=1).stderr
    assert operator.reads(*lend, "--to", "ulm", "--revoke")["ended"] is True
    operator.types(*lend, "--revoke", status=1)


def test_the_rules_of_rating_and_adopting_are_told(operator: Operator) -> None:
    rate = ("review", "solar", "--relation", "rr-peer", "--criterion")
    assert "own" in operator.types(*rate, "rc-openness=4", "--by", "loos", status=1).stderr
    assert "comment" in operator.types(*rate, "rc-openness=1", "--by", "ulm", status=1).stderr
    assert "rc-effectiveness" in operator.types(*rate, "rc-openness=9", "--by", "ulm", status=2).stderr
    assert "no such criterion" in operator.types(*rate, "rc-nothing=3", "--by", "ulm", status=1).stderr
    operator.types(
        "review", "solar", "--by", "ulm", "--relation", "friend", "--criterion", "openness=3", status=1
    )
    operator.types(
        "review", "nothing", "--by", "ulm", "--relation", "peer", "--criterion", "openness=3", status=1
    )
    operator.types("adopt", "solar", "--by", "ulm", "--stage", "ad-stopped", status=1)
    assert (
        "ad-piloting"
        in operator.types("adopt", "solar", "--by", "ulm", "--stage", "ad-dreaming", status=1).stderr
    )
    operator.types("adopt", "solar", "--by", "loos", "--stage", "ad-assessing", status=1)
    operator.types("confirm", "nothing", status=1)


def test_what_is_held_about_an_address_is_shown(operator: Operator) -> None:
    uri = f"{ORIGIN}/practices/{operator.key()}"
    found = operator.reads("inspect", uri)
    assert (found["kind"], found["version"], found["state"]) == ("practice", 1, "published")
    assert found["content"]["title"] == {"fr": "Plan solaire citoyen"}
    assert operator.reads("inspect", f"{ORIGIN}/communities/ulm")["kind"] == "community"
    (entry,) = operator.reads("journal", "--limit", "1")
    assert operator.reads("inspect", entry["activity_id"])["kind"] == "activity"
    operator.types("inspect", "https://elsewhere.example/nothing", status=1)


def test_the_journal_the_queue_and_the_index_are_shown(operator: Operator) -> None:
    (entry,) = operator.reads("journal", "--body")
    assert (entry["kind"], entry["activity"]["type"]) == ("Create", "Create")
    assert operator.reads("journal", "--after", "1") == []
    assert operator.reads("queue") == {"deliveries": [], "arrivals": [], "mail": []}
    status = operator.reads("index", "status")
    assert (status["engine"], status["documents"], status["behind"]) == ("tantivy", 1, 0)
    assert operator.reads("index", "rebuild")["documents"] == 1
    operator.types("journal", "--limit", "0", status=2)
    operator.types("journal", "--after", "99999999999999999999999", status=2)


def test_an_index_that_another_process_writes_is_rebuilt_by_that_one(operator: Operator) -> None:
    from exchange import config

    serving = Instance(config.load(operator.data))
    while serving.index_once():
        pass
    before = serving.engine.generation
    assert "The service that runs builds it anew" in operator.types("index", "rebuild").stdout
    assert operator.reads("search", "solaire")["total"] == 1
    while serving.index_once():
        pass
    assert serving.engine.generation > before
    assert operator.reads("search", "solaire")["total"] == 1
    serving.close()


def test_hosts_are_allowed_blocked_and_shown(operator: Operator) -> None:
    operator.types("peer", "block", "*.bad.example")
    operator.types("peer", "allow", "https://good.example/actor")
    hosts = {host["host"]: host["allowed"] for host in operator.reads("peer", "list")["hosts"]}
    assert hosts == {"bad.example": False, "good.example": True}
    assert operator.reads("peer", "show", "bad.example")["allowed"] is False
    operator.types("peer", "show", "unmet.example", status=1)
    operator.types("peer", "block", "not a host", status=2)
    operator.types("peer", "sync", "unmet.example", status=1)
    assert operator.reads("peer", "sync") == []


@pytest.mark.parametrize(
    "target", ["nonsense", "http://127.0.0.1/actor", "https://localhost/", "@a@b@c", "ftp://x.example", ""]
)
def test_what_may_not_be_reached_is_not_followed_or_fetched(operator: Operator, target: str) -> None:
    operator.types("peer", "follow", target, status=1)
    operator.types("fetch", target, status=1)
    operator.types("peer", "follow", f"{ORIGIN}/actor", status=1)


def test_sentences_are_in_the_language_of_the_terminal(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    english = operator.reads("search")["facets"]["theme"][0]["label"]
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    assert (english, operator.reads("search")["facets"]["theme"][0]["label"]) == ("Energy", "Énergie")


def test_the_directory_may_be_named_before_or_after_the_command_or_by_the_environment(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    after = CliRunner().invoke(cli, ["community", "list", "--data", str(operator.data)])
    monkeypatch.setenv("JUMELAGE_DATA", str(operator.data))
    around = CliRunner().invoke(cli, ["community", "list"])
    assert after.stdout == around.stdout == operator.types("community", "list").stdout
    monkeypatch.delenv("JUMELAGE_DATA")
    nowhere = CliRunner().invoke(cli, ["community", "list"])
    assert (nowhere.exit_code, "--data DIR" in nowhere.stderr) == (1, True)


def test_new_keys_are_announced(operator: Operator) -> None:
    before = len(operator.reads("journal"))
    made = operator.types("keys", "rotate", "loos").stdout.split()
    assert [key.partition("#")[0] for key in made] == [f"{ORIGIN}/communities/loos"] * 2
    operator.types("keys", "rotate")
    told = operator.reads("journal", "--body")[before:]
    actors = [f"{ORIGIN}/communities/loos", f"{ORIGIN}/actor"]
    assert {entry["kind"] for entry in told} == {"Update"}
    assert [entry["object_id"] for entry in told if entry["object_id"] == entry["actor"]] == actors
    assert made[0] in str(told[0]["activity"]["object"])
    signed = [entry["activity"]["object"] for entry in told if entry["object_id"] not in actors]
    assert {thing["proof"]["verificationMethod"] for thing in signed} == {made[1]}
    leaked = operator.types("keys", "rotate", "loos", "--leaked").stdout.split()
    actor = operator.reads("journal", "--body")[-2]["activity"]["object"]
    assert [actor["publicKey"]["id"], actor["assertionMethod"][0]["id"]] == leaked
    operator.types("keys", "rotate", "nobody", status=1)


def test_changed_keys_of_others_are_shown_and_accepted(operator: Operator) -> None:
    operator.types("keys", "accept", "there.example", "--yes", status=1)
    key = {"id": "https://there.example/a#main-key", "owner": "https://there.example/a"}
    with closing(Instance.open(load(operator.data))) as instance, instance.database.writing() as session:
        session.add(Host(host="there.example"))
        session.add(RemoteKey(**key, state="quarantined", pending_pem="…", quarantined_at=now()))
    [changed] = operator.reads("peer", "show", "there.example")["changed_keys"]
    assert changed["key"] == key["id"]
    assert "not believed since" in operator.types("peer", "show", "there.example").stdout
    operator.types("keys", "accept", "there.example", status=1)
    operator.types("keys", "refuse", "there.example")
    assert operator.reads("peer", "show", "there.example")["changed_keys"] == []
    operator.types("keys", "refuse", "there.example", status=1)
    assert key["id"] in operator.types("keys", "accept", "https://there.example/", "--yes").stdout
    assert operator.reads("peer", "show", "there.example")["changed_keys"] == []


def test_an_older_database_is_copied_and_upgraded(operator: Operator) -> None:
    assert "already" in operator.types("upgrade").stdout
    path = operator.data / "jumelage.sqlite"
    with closing(sqlite3.connect(path)) as database, database:
        tables = "SELECT 'DROP TABLE ' || quote(name) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        for (statement,) in database.execute(tables).fetchall():
            database.execute(statement)
    operator.types("practice", "list", status=1)
    upgraded = operator.types("upgrade").stdout
    assert "before-nothing" in upgraded
    copy = operator.data / "jumelage.sqlite.before-nothing"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert operator.reads("practice", "list") == []


def test_an_instance_is_kept_in_a_file_and_made_again(operator: Operator, tmp_path: Path) -> None:
    operator.types("community", "add", "saillans", "--name", "Saillans", "--country", "FR")
    file, again = tmp_path / "kept.backup", Operator(tmp_path / "again")
    operator.types("backup", str(file))
    assert "there already" in operator.types("backup", str(file), status=1).stderr
    again.types("restore", str(file))
    assert again.reads("community", "list") == operator.reads("community", "list")
    assert "not empty" in again.types("restore", str(file), status=1).stderr
    file.write_text("x")
    broken = Operator(tmp_path / "broken")
    assert "no backup" in broken.types("restore", str(file), status=1).stderr
