"""Files come in record by record: whole or not at all, and again without doing anything twice."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

import exchange
from exchange.catalogue.files.imports import Report, import_file, slug_of
from exchange.db import Database
from exchange.messages import Refusal
from exchange.models.adoption import Adoption
from exchange.models.community import Community
from exchange.models.practice import Practice, PracticeVersion
from federation.ledger import journal
from tests.exchange.vocabulary import samples
from tests.exchange.vocabulary.activitystreams.test_hostile import STRANGE, places, put

ORIGIN = "https://practices.example"
SEEDS = Path(exchange.__file__).parent / "seeds" / "practices.yaml"
SMALL = {"tilos", "preston", "ii"}  # a Greek island, an English city, a Finnish municipality: two adoptions
pytestmark = pytest.mark.usefixtures("quick_keys")


def take(database: Database, data: Any, **how: Any) -> Report:
    return import_file(database, ORIGIN, json.dumps(data).encode(), **how)


def told(report: Report) -> dict[str, list[str]]:
    return {name: [str(p) for p in problems] for name, problems in report.refused}


def file(*practices: dict[str, Any], **more: Any) -> dict[str, Any]:
    communities = [{"id": "arvieu", "name": "Arvieu", "country": "FR", "population": 822}]
    return {"communities": communities, "practices": list(practices), **more}


def full(**more: Any) -> dict[str, Any]:
    data = {k: v for k, v in samples.full().items() if k != "certainty"}
    for part in (*data["result"], *data["lesson"]):
        part.pop("certainty")
    return {"id": "four-a-pain", "community": "arvieu", **data, **more}


def count(database: Database, model: type) -> int:
    with database.reading() as session:
        return len(session.exec(select(model)).all())


def test_all_seeds_enter_and_enter_again_without_a_change(instance: Database) -> None:
    steps: list[tuple[int, int]] = []
    report = import_file(instance, ORIGIN, SEEDS, progress=lambda done, total: steps.append((done, total)))
    assert report.refused == []
    assert (len(report.entered), len(report.communities_created), len(report.adoptions_entered)) == (
        34,
        34,
        24,
    )
    assert steps[-1] == (92, 92)
    with instance.reading() as session:
        for practice in session.exec(select(Practice)):
            assert practice.record == samples.record_of(practice.slug or "").data()
            assert (practice.documented_by, practice.incomplete, practice.version) == ("others", True, 1)
        inverse = [a.slug for a in session.exec(select(Adoption)) if a.record.get("inverse")]
        assert sorted(inverse, key=str) == ["adoption-20", "adoption-24"]
        last = journal.last(session)
    again = import_file(instance, ORIGIN, SEEDS)
    assert (len(again.unchanged), len(again.adoptions_unchanged), again.refused) == (34, 24, [])
    assert [again.entered, again.updated, again.communities_created, again.adoptions_updated] == [[]] * 4
    with instance.reading() as session:
        assert journal.last(session) == last


def test_the_records_of_some_communities_can_be_picked(instance: Database) -> None:
    report = import_file(instance, ORIGIN, SEEDS, only=SMALL)
    assert set(report.communities_created) == SMALL
    assert set(report.entered) == {"tilos-hybrid-station", "preston-model", "ii-climate-municipality"}
    assert set(report.adoptions_entered) == {"adoption-20", "adoption-24"}
    assert report.refused == []


def test_a_community_keeps_all_that_the_file_tells_of_it(instance: Database) -> None:
    import_file(instance, ORIGIN, SEEDS, only={"tilos"})
    with instance.reading() as session:
        tilos = session.exec(select(Community)).one()
    assert tilos.name == {"und": "Τήλος (Tilos)"}
    assert (tilos.country, tilos.population, tilos.population_class, tilos.degurba) == (
        "EL",
        780,
        "pop-2",
        "dg-3",
    )
    assert tilos.profile["areaKm2"] == 63.34
    assert [unit["code"] for unit in tilos.profile["lau"]] == ["69040001", "69040002"]
    assert tilos.profile["certainty"]["coordinates"] == "G"


def test_a_changed_record_becomes_the_next_version(instance: Database) -> None:
    take(instance, file(full()))
    report = take(instance, file(full(status="st-completed")))
    assert (report.updated, report.entered, report.unchanged) == (["four-a-pain"], [], [])
    with instance.reading() as session:
        practice = session.exec(select(Practice)).one()
        assert (practice.version, practice.status) == (2, "st-completed")
    assert count(instance, PracticeVersion) == 2


def test_a_changed_adoption_is_updated(instance: Database) -> None:
    adoption = {"id": "a-1", "practice": "four-a-pain", "adopter": {"name": "Ulm", "country": "DE"},
                "stage": "ad-adapting"}  # fmt: skip
    assert take(instance, file(full(), adoptions=[adoption])).adoptions_entered == ["a-1"]
    assert take(instance, file(full(), adoptions=[adoption])).adoptions_unchanged == ["a-1"]
    moved = adoption | {"stage": "ad-operating"}
    assert take(instance, file(full(), adoptions=[moved])).adoptions_updated == ["a-1"]


def test_one_bad_record_leaves_the_others_in(instance: Database) -> None:
    bad = full(id="bad", theme=["th-magic"], startDate="soon", colour="green")
    report = take(instance, file(full(), bad, full(id="good")))
    assert report.entered == ["four-a-pain", "good"]
    assert told(report) == {
        "bad": [
            "theme.0: “th-magic” is not one of the choices here.",
            "startDate: Write the date as 2024, 2024-05 or 2024-05-31.",
            "colour: There is no field of this name.",
        ]
    }
    assert count(instance, Practice) == 2


def test_a_refused_record_leaves_nothing_behind(instance: Database) -> None:
    lacking = {k: v for k, v in full().items() if k not in ("problem", "source")}
    report = take(instance, [lacking | {"community": "nowhere"}])
    assert list(told(report)) == ["four-a-pain"]
    alone = {"communities": [{"id": "x", "name": "", "country": "FR"}], "practices": [full(community="x")]}
    report = take(instance, alone)
    assert told(report)["x"] == ["A community needs a name."]
    assert told(report)["four-a-pain"] == ["A community needs a name."]
    assert report.communities_created == []
    assert (count(instance, Practice), count(instance, Community)) == (0, 0)


def test_an_owner_is_told_what_a_record_lacks(instance: Database) -> None:
    lacking = {k: v for k, v in full().items() if k not in ("problem", "lesson", "source")}
    report = take(instance, file(lacking))
    assert told(report) == {
        "four-a-pain": [
            "problem: Describe the need as residents put it.",
            "lesson: Record at least one lesson, also what failed.",
        ]
    }


@pytest.mark.parametrize(
    ("change", "how", "by"),
    [
        ({}, {}, "owner"),
        ({"problem": None}, {}, "others"),  # it names its sources
        ({"certainty": {"startDate": "V"}}, {}, "others"),
        ({"lesson": [{"text": "Oui", "certainty": "V"}]}, {}, "others"),
        ({"documentedBy": "others"}, {}, "others"),
        ({"problem": None, "source": []}, {"documented_by": "others"}, "others"),
        ({"documentedBy": "owner", "certainty": {"startDate": "V"}}, {"documented_by": "others"}, "owner"),
    ],
)
def test_whose_words_a_record_is_in(
    instance: Database, change: dict[str, Any], how: dict[str, Any], by: str
) -> None:
    record = {k: v for k, v in full(**change).items() if v is not None}
    assert take(instance, file(record), **how).entered == ["four-a-pain"]
    with instance.reading() as session:
        practice = session.exec(select(Practice)).one()
    assert (practice.documented_by, practice.incomplete) == (by, "problem" not in record)


def test_records_enter_only_for_the_community_that_was_named(instance: Database) -> None:
    take(instance, file())
    theirs = full(id="theirs", community="ulm")
    nameless = {k: v for k, v in full(id="ours").items() if k != "community"}
    report = take(instance, [theirs, nameless], community="arvieu")
    assert report.entered == ["ours"]
    assert told(report) == {"theirs": ["community: Only records of “arvieu” may enter here."]}


def test_a_record_without_a_short_name_gets_one_and_is_known_by_it(instance: Database) -> None:
    nameless = {k: v for k, v in full().items() if k != "id"}
    assert take(instance, file(nameless)).entered == ["arvieu-le-four-a-pain"]
    assert take(instance, file(nameless)).unchanged == ["arvieu-le-four-a-pain"]


def test_a_single_practice_a_list_and_a_file_of_sections_all_enter(instance: Database) -> None:
    take(instance, file())
    assert take(instance, full(id="one")).entered == ["one"]
    assert take(instance, [full(id="two"), full(id="three")]).entered == ["two", "three"]
    assert take(instance, {"id": "ulm", "name": "Ulm", "country": "DE"}).communities_created == ["ulm"]


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"practices": [3]}, "practices.0", "Named values are expected here."),
    ({"practices": {"a": 1}}, "practices", "A list is expected here."),
    ({"practices": [], "recipes": []}, "recipes", "There is no section of this name."),
    ({"practices": [full(), full()]}, "four-a-pain", "id: “four-a-pain” stands in this file twice."),
    ({"practices": [full(id="Four à pain")]}, "Four à pain", "id: A short name has small letters, digits and hyphens, at most a hundred."),
    ({"practices": [full(id=["x"])]}, "practices.0", "id: A short name has small letters, digits and hyphens, at most a hundred."),
    ({"practices": [full(community=["x"])]}, "four-a-pain", "community: Name the community to which this practice belongs."),
    ({"practices": [full(community="atlantis")]}, "four-a-pain", "community: There is no community “atlantis” here, and the file does not describe it."),
    ({"practices": [full(documentedBy="me")]}, "four-a-pain", "documentedBy: Write “owner” or “others”."),
    ({"communities": [{"id": "x", "name": "X", "country": "France"}]}, "x", "country: This is not one of the forms expected here."),
    ({"communities": [{"id": {"a": 1}, "name": "X", "country": "FR"}]}, "communities.0", "id: A short name has small letters, digits and hyphens, at most a hundred."),
    ({"communities": [{"id": "X/Y", "name": "X", "country": "FR"}]}, "X/Y", "slug: A short name has small letters, digits and hyphens, 63 at most."),
    ({"communities": [{"id": "x", "name": "X", "country": "FR", "mayor": "Y"}]}, "x", "mayor: There is no field of this name."),
    ({"adoptions": [{"id": "a", "practice": "none", "stage": "ad-decided"}]}, "a", "practice: There is no practice “none” here."),
    ({"adoptions": [{"id": "a", "practice": {}, "stage": 1}]}, "a", "practice: There is no practice “{}” here."),
]  # fmt: skip


@pytest.mark.parametrize(("data", "name", "sentence"), REFUSED, ids=[s for _, _, s in REFUSED])
def test_a_record_that_cannot_enter_is_named_with_the_reason(
    instance: Database, data: dict[str, Any], name: str, sentence: str
) -> None:
    report = take(instance, {"communities": file()["communities"]} | data)
    assert told(report)[name] == [sentence]


@pytest.mark.parametrize(
    ("adoption", "sentence"),
    [
        ({"adopter": None}, "adopter: An adoption names its adopter."),
        ({"adopter": {"name": " "}}, "adopter: An adoption names its adopter."),
        ({"adopter": {"name": "X", "country": 3}}, "adopter.country: Write the country as two capital letters, such as FR."),
        ({"stage": "ad-dreaming"}, "stage: Choose how far the adoption is."),
        ({"stage": {}}, "stage: Choose how far the adoption is."),
        ({"id": "../x"}, "id: A short name has small letters, digits and hyphens, at most a hundred."),
        ({"since": "then"}, "since: Write the date as 2024, 2024-05 or 2024-05-31."),
        ({"stage": "ad-stopped"}, "reason: Say why it was not pursued or was stopped; others learn most from that."),
    ],
)  # fmt: skip
def test_an_adoption_that_cannot_enter_is_named_with_the_reason(
    instance: Database, adoption: dict[str, Any], sentence: str
) -> None:
    whole = {"id": "a", "practice": "four-a-pain", "adopter": {"name": "Ulm"}, "stage": "ad-decided"}
    report = take(instance, file(full(), adoptions=[whole | adoption]))
    assert report.entered == ["four-a-pain"]
    assert list(told(report).values()) == [[sentence]]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\x00\x01", "This is not a text file."),
        ("title: é".encode("utf-16"), "The file is written in UTF-16. Save it again as UTF-8."),
        (b"a: b: c", "Line 1 is not YAML"),
        (b"{", "Line 1 is not JSON"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(
    instance: Database, data: bytes, sentence: str
) -> None:
    with pytest.raises(Refusal) as caught:
        import_file(instance, ORIGIN, data)
    assert str(caught.value).startswith(sentence)


def test_a_file_that_is_not_there_is_refused_in_a_sentence(instance: Database, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="There is no file"):
        import_file(instance, ORIGIN, tmp_path / "none.yaml")
    with pytest.raises(Refusal, match="cannot be read"):
        import_file(instance, ORIGIN, tmp_path)
    with pytest.raises(Refusal, match="A file is YAML, JSON, CSV or XLSX"):
        import_file(instance, ORIGIN, b"", kind="pdf")


def test_a_csv_file_founds_the_communities_that_it_describes(instance: Database) -> None:
    sheet = (
        "id;community;community.name;community.country;community.population;language;title;documentedBy\r\n"
        "pain;arvieu;Arvieu;FR;822;fr;Le four à pain;others\r\n"
        "bois;arvieu;Arvieu;FR;822;fr;Le bois;others\r\n"
        "brot;ulm;;;;de;Der Ofen;others\r\n"
    )
    report = import_file(instance, ORIGIN, sheet.encode("utf-8-sig"))
    assert (report.entered, report.communities_created) == (["pain", "bois"], ["arvieu"])
    assert list(told(report)) == ["brot"]
    with instance.reading() as session:
        assert session.exec(select(Community)).one().population_class == "pop-2"


def test_a_short_name_comes_out_of_any_title() -> None:
    assert (
        slug_of("Énergie « citoyenne » à Jühnde, Straße Łódź 2")
        == "energie-citoyenne-a-juhnde-strasse-lodz-2"
    )
    assert slug_of("Τήλος") == ""


def test_something_strange_anywhere_in_a_file_is_taken_in_or_refused(
    instance: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    adoption = {"id": "a", "practice": "four-a-pain", "adopter": {"name": "Ulm"}, "stage": "ad-decided"}
    whole = file(full(), adoptions=[adoption])
    for number, place in enumerate(places(whole)):
        if number % 4:
            continue
        strange = put(whole, place, STRANGE[number // 4 % len(STRANGE)])
        monkeypatch.setattr("exchange.vocabulary.files.read_json", lambda _, data=strange: data)
        report = import_file(instance, ORIGIN, b"{}")
        assert all(problems and f"{name}{problems}".encode() for name, problems in report.refused)


def test_a_record_without_a_name_is_called_by_its_place_in_the_file(instance: Database) -> None:
    report = take(instance, {"practices": [None, 5, {}, {"title": "x"}]})
    assert list(told(report)) == ["practices.0", "practices.1", "practices.2", "practices.3"]
