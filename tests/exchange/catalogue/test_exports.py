"""What is given out can be taken in again, here and elsewhere, and is known where it came from."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from sqlmodel import select

from exchange.catalogue.adoption.adopt import adopt, document_adoption
from exchange.catalogue.communities.community import found
from exchange.catalogue.files.exports import export
from exchange.catalogue.files.imports import import_file
from exchange.catalogue.practices.publish import publish
from exchange.db import Database
from exchange.messages import Refusal
from exchange.models.adoption import Adoption
from exchange.models.community import Community
from exchange.models.practice import Practice
from tests.exchange.catalogue.test_imports import (
    ORIGIN,
    SEEDS,
    SMALL,
    file,
    full,
    take,
    told,
)
from tests.exchange.vocabulary import samples

pytestmark = pytest.mark.usefixtures("quick_keys")


@pytest.fixture
def another(new_database: Callable[[], str]) -> Database:
    return Database(new_database())


@pytest.mark.parametrize("format", ["yaml", "json", "csv", "xlsx"])
def test_what_was_written_here_is_known_again_in_its_own_export(instance: Database, format: str) -> None:
    with instance.writing() as session:
        upvale = found(session, ORIGIN, slug="upvale", name="Upper Vale", country="IE")
        other = found(session, ORIGIN, slug="mere", name="Mere", country="IE")
        for title in ("A night bus", "A night bus"):  # namesakes, without short names, as forms make them
            made = publish(session, upvale, {**samples.full(), "title": {"en": title}, "language": "en"})
        adopt(session, made, other, stage="ad-piloting", since="2020")
        document_adoption(session, made, {"name": "Elsewhere", "country": "IE"}, stage="ad-decided")
        given = export(session, format=format)
    for _ in range(2):
        report = import_file(instance, ORIGIN, given, kind=format)
        assert not report.refused, told(report)
        assert (report.entered, report.updated, len(report.unchanged)) == ([], [], 2)
        assert not report.adoptions_entered
    with instance.reading() as session:
        assert len(session.exec(select(Practice)).all()) == 2
        assert len(session.exec(select(Adoption)).all()) == 2


@pytest.mark.parametrize("format", ["yaml", "json"])
def test_an_adopters_own_word_taken_in_elsewhere_is_told_there_once(
    instance: Database, another: Database, format: str
) -> None:
    with instance.writing() as session:
        upvale = found(session, ORIGIN, slug="upvale", name="Upper Vale", country="IE")
        other = found(session, ORIGIN, slug="mere", name="Mere", country="IE")
        made = publish(session, upvale, samples.full(), slug="bus")
        adopt(session, made, other, stage="ad-piloting", since="2020")
        given = export(session, format=format)
    first, second = (import_file(another, "https://other.example", given, kind=format) for _ in range(2))
    assert (len(first.adoptions_entered), first.refused) == (1, [])
    assert (second.adoptions_updated, len(second.adoptions_unchanged)) == ([], 1)
    another.close()


@pytest.mark.parametrize("format", ["yaml", "json", "csv", "xlsx"])
def test_what_is_given_out_is_taken_in_as_it_was(instance: Database, another: Database, format: str) -> None:
    import_file(instance, ORIGIN, SEEDS, only=SMALL)
    take(instance, file(full(documentedBy="owner")))
    with instance.reading() as session:
        given = export(session, format=format)
    assert import_file(instance, ORIGIN, given, kind=format).refused == []
    report = import_file(another, "https://other.example", given)
    assert report.refused == []
    tables = format in ("csv", "xlsx")
    for model, beside in ((Practice, ("record", "documented_by", "incomplete", "title_texts")),
                          (Adoption, ("stage", "adopter", "record")),
                          (Community, ("name", "country", "population", "degurba", "lat", "lon"))):  # fmt: skip
        if model is Adoption and tables:
            continue
        with instance.reading() as ours, another.reading() as theirs:
            left, right = (
                {row.slug: [getattr(row, name) for name in beside] for row in session.exec(select(model))}
                for session in (ours, theirs)
            )
        assert left == right
    another.close()


def test_the_profile_of_a_community_survives_yaml(instance: Database, another: Database) -> None:
    import_file(instance, ORIGIN, SEEDS, only={"preston"})
    with instance.reading() as session:
        import_file(another, "https://other.example", export(session, format="yaml"))
    with instance.reading() as ours, another.reading() as theirs:
        assert theirs.exec(select(Community)).one().profile == ours.exec(select(Community)).one().profile
    another.close()


def test_the_file_given_out_has_the_shape_of_the_seeds(instance: Database) -> None:
    import_file(instance, ORIGIN, SEEDS, only={"preston"})
    with instance.reading() as session:
        given = yaml.safe_load(export(session, format="yaml"))
    seed = next(p for p in samples.PRACTICES if p["id"] == "preston-model")
    addresses = [one.pop("uri") for one in (*given["practices"], *given["adoptions"])]
    assert all(uri.startswith(ORIGIN) for uri in addresses)
    assert given["practices"] == [seed | {"documentedBy": "others"}]
    ours = next(c for c in samples.SEEDS["communities"] if c["id"] == "preston")
    assert given["communities"] == [
        {k: v for k, v in ours.items() if k != "population_class"} | {"kind": "ck-municipality"}
    ]
    assert given["adoptions"] == [a for a in samples.SEEDS["adoptions"] if a["practice"] == "preston-model"]


def test_an_unknown_format_is_refused(instance: Database) -> None:
    with instance.reading() as session, pytest.raises(Refusal, match="A file is YAML"):
        export(session, format="pdf")


def test_a_cell_too_long_for_a_sheet_is_laid_out_in_several(instance: Database) -> None:
    lessons = [{"text": {"fr": f"{n}" * 7900}} for n in range(6)]
    take(instance, file(full(lesson=lessons)))
    with instance.reading() as session:
        given = export(session, format="xlsx")
    assert import_file(instance, ORIGIN, given).unchanged == ["four-a-pain"]


def test_what_a_file_is_says_more_than_its_name(instance: Database, tmp_path: Path) -> None:
    import_file(instance, ORIGIN, SEEDS, only={"preston"})
    with instance.reading() as session:
        (tmp_path / "table.csv").write_bytes(export(session, format="xlsx"))
        (tmp_path / "book.xlsx").write_bytes(export(session, format="csv"))
    for name in ("table.csv", "book.xlsx"):
        assert import_file(instance, ORIGIN, tmp_path / name).unchanged == ["preston-model"]
