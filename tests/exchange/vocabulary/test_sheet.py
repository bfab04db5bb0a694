"""A record stands in one row of a table and comes back from it."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given

from exchange.messages import Refusal
from exchange.vocabulary import files, sheet, sheetfiles
from exchange.vocabulary.record import PracticeRecord
from tests.exchange.vocabulary import samples


def back(row: dict[str, str]) -> dict[str, Any]:
    return PracticeRecord.model_validate(sheet.from_row(row)).data()


@pytest.mark.parametrize("slug", samples.SLUGS)
def test_each_seed_stands_in_a_row(slug: str) -> None:
    record = samples.record_of(slug).data()
    assert back(sheet.to_row(record)) == record


@given(samples.records)
def test_any_record_stands_in_a_row(record: PracticeRecord) -> None:
    assert back(sheet.to_row(record.data())) == record.data()
    assert back(sheet.to_row(record.data(), apart=True)) == record.data()


@given(samples.records)
def test_any_row_stands_in_a_csv_file_and_in_a_workbook(record: PracticeRecord) -> None:
    row = {name: cell for name, cell in sheet.to_row(record.data()).items() if cell.strip()}
    for write, read in (
        (sheetfiles.write_csv, sheetfiles.read_csv),
        (sheetfiles.write_xlsx, sheetfiles.read_xlsx),
    ):
        ((_, found),) = read(write(list(row), [row]))
        assert back(found) == record.data()


def test_the_full_sample_uses_every_column() -> None:
    row = sheet.to_row(samples.full())
    unused = {c for c in sheet.columns() if not any(used == c or used.startswith(f"{c}.") for used in row)}
    assert unused == set()
    assert back(row) == samples.full()


def test_a_row_as_an_officer_would_type_it() -> None:
    row = {
        "language": "fr",
        "title": "Le four",
        "title.en": "The oven",
        "theme": "th-energy | th-water",
        "keyword": "pain|four",
        "lesson.text": "Allumer tôt|Garder du bois sec",
        "lesson.cause": "|lc-people",
        "source.2.title": "Le Monde",
        "source.1.title": "Bulletin",
        "cityType.cty-contrib": "100",
        "dataProtection.personalData": "no",
    }
    with pytest.raises(Refusal, match=r"title\.en: This column contradicts another one"):
        sheet.from_row(row)
    del row["title.en"]
    assert back(row) == {
        "language": "fr",
        "title": {"fr": "Le four"},
        "theme": ["th-energy", "th-water"],
        "keyword": [{"fr": "pain"}, {"fr": "four"}],
        "lesson": [
            {"text": {"fr": "Allumer tôt"}},
            {"text": {"fr": "Garder du bois sec"}, "cause": "lc-people"},
        ],
        "source": [{"title": "Bulletin"}, {"title": "Le Monde"}],
        "cityType": {"cty-contrib": 100},
        "dataProtection": {"personalData": False},
        "licence": "CC-BY-4.0",
    }


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"lesson": "a", "lesson.text.fr": "b"}, "lesson.text.fr: This column contradicts another one."),
        ({"cost": "a", "cost.class": "pc-1"}, "cost.class: This column contradicts another one."),
        ({"cost": "a", "cost.items.text": "b"}, "cost.items.text: This column contradicts another one."),
        ({"theme": "|".join("a" * 61)}, "theme: At most 60 entries."),
        ({"source.0.title": "a"}, "source.0.title: At most 60 entries."),
        ({"source.99999999999.title": "a"}, "source.99999999999.title: At most 60 entries."),
    ],
)
def test_columns_that_cannot_be_put_together_are_refused(row: dict[str, str], sentence: str) -> None:
    with pytest.raises(Refusal) as caught:
        sheet.from_row(row)
    assert str(caught.value) == sentence


def test_what_a_spreadsheet_would_run_is_written_as_text() -> None:
    cells = {"a": "=1+1", "b": "@SUM(A1)", "c": "-3.5", "d": "'=x", "e": "+49 30"}
    data = sheetfiles.write_csv(list(cells), [cells])
    line = data.decode("utf-8-sig").splitlines()[1]
    assert line == "'=1+1,'@SUM(A1),-3.5,''=x,'+49 30"
    ((_, found),) = sheetfiles.read_csv(data)
    assert found == cells


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_commas_semicolons_and_tabs_part_cells(mark: str) -> None:
    data = f'language{mark}title.fr\r\nfr{mark}"Four{mark} pain"\r\n\r\n'.encode()
    assert list(sheetfiles.read_csv(data)) == [(2, {"language": "fr", "title.fr": f"Four{mark} pain"})]


CSV = {
    b"": "The sheet is empty.",
    b"a,a\n1,2": "The column “a” stands in the header twice.",
    b"a,b\n1,2,3": "Line 2 has more cells than the header has columns.",
    b'a,b\n"1,2': "Line 2 is not CSV: unexpected end of data.",
    b"a\n" + b"x" * 200_000: "Line 2 is not CSV: field larger than field limit (131072).",
    b"a\n" + b"1\n" * 20_001: "At most 20000 rows and 2000 columns.",
    ",".join(map(str, range(2001))).encode(): "At most 20000 rows and 2000 columns.",
    "a;b\né;1".encode("latin-1"): "The file is not written in UTF-8 (line 2). Save it again as UTF-8.",
}


@pytest.mark.parametrize(("data", "sentence"), CSV.items(), ids=range(len(CSV)))
def test_a_broken_csv_file_is_refused_in_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(Refusal) as caught:
        list(sheetfiles.read_csv(data))
    assert str(caught.value) == sentence


def workbook(rows: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for line, row in enumerate(rows):
            for number, cell in enumerate(row):
                if hasattr(cell, "year"):
                    sheet.write_datetime(line, number, cell, day)
                else:
                    sheet.write(line, number, cell)
    return out.getvalue()


def test_a_workbook_filled_by_hand_is_read_as_typed() -> None:
    from datetime import date

    data = workbook([["sdg", "startDate", "x", "y"], [7, date(2014, 5, 1), True, 2.5]])
    assert list(sheetfiles.read_xlsx(data)) == [
        (2, {"sdg": "7", "startDate": "2014-05-01", "x": "yes", "y": "2.5"})
    ]


def packed(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04", b"PK\x03\x04" + b"x" * 500, packed("a.txt", b"a"), packed("xl/workbook.xml", b"<a"),
     workbook([["a"], [1]])[:2000]],
    ids=range(6),
)  # fmt: skip
def test_what_is_no_workbook_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(Refusal, match="This file cannot be read as a workbook"):
        list(sheetfiles.read_xlsx(data))


def test_a_workbook_that_swells_when_unpacked_is_refused() -> None:
    with pytest.raises(Refusal, match="too large when unpacked"):
        list(sheetfiles.read_xlsx(packed("xl/workbook.xml", b"0" * (sheetfiles.UNPACKED + 1))))


def rebuilt(change: Callable[[str, bytes], tuple[str, bytes]]) -> bytes:
    """A small workbook with its parts changed."""
    out, plain = io.BytesIO(), zipfile.ZipFile(io.BytesIO(workbook([["title"], ["x"]])))
    with plain, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in plain.namelist():
            made.writestr(*change(name, plain.read(name)))
    return out.getvalue()


@pytest.mark.parametrize("at", ["B3", "XFD1048576", "xfd1048576", "XFD0000000001048576"])
@pytest.mark.parametrize("place", ["worksheets/sheet1.xml", "Worksheets/sheet1.xml", "elsewhere/one.xml"])
def test_no_cell_is_too_far_away_wherever_the_sheet_lies_and_however_its_place_is_written(
    place: str, at: str
) -> None:
    far = f'<row><c r="A9" s="1"/><c s=">" r="{at}"><v>7</v></c><c r="XFD9"/></row></sheetData>'.encode()

    def change(name: str, content: bytes) -> tuple[str, bytes]:
        if name == "xl/worksheets/sheet1.xml":
            return f"xl/{place}", content.replace(b"</sheetData>", far)
        return name, content.replace(b"worksheets/sheet1.xml", place.encode())

    read = sheetfiles.read_xlsx(rebuilt(change))
    if at == "B3":
        assert next(read) == (2, {"title": "x"})
        return
    with pytest.raises(Refusal, match=r"At most|cannot be read as a workbook"):
        list(read)


@pytest.mark.parametrize("number", ["1", "+1", "1<!-- -->"])
def test_a_long_text_in_many_cells_is_counted_in_each(number: str) -> None:
    cell = f'<c t="s"><v>{number}</v></c>'
    rows = "".join(f"<row>{cell * 20}</row>" for _n in range(200)).encode()

    def change(name: str, content: bytes) -> tuple[str, bytes]:
        if name == "xl/sharedStrings.xml":
            content = content.replace(b"<t>x</t>", b"<t>" + b"x" * (sheetfiles.TEXT // 3999) + b"</t>")
        return name, content.replace(b"</sheetData>", rows + b"</sheetData>")

    with pytest.raises(Refusal, match="too large when unpacked"):
        list(sheetfiles.read_xlsx(rebuilt(change)))


def test_the_part_of_the_shared_texts_is_measured_as_well_when_it_is_the_sheet() -> None:
    far = b'<sheetData><row><c r="A1"><v>7</v></c></row><row><c r="BXX15000"><v>7</v></c></row></sheetData>'

    def change(name: str, content: bytes) -> tuple[str, bytes]:
        if name == "xl/sharedStrings.xml":
            return name, content.replace(b"</sst>", far + b"</sst>")
        return name, content.replace(b"worksheets/sheet1.xml", b"sharedStrings.xml")

    with pytest.raises(Refusal, match="At most"):
        list(sheetfiles.read_xlsx(rebuilt(change)))


def test_no_room_is_made_for_texts_that_are_only_promised() -> None:
    def change(name: str, content: bytes) -> tuple[str, bytes]:
        return name, content.replace(b'uniqueCount="2"', b'uniqueCount="40000000000"')

    with pytest.raises(Refusal, match="too large when unpacked"):  # the reader would end the whole process
        list(sheetfiles.read_xlsx(rebuilt(change)))


@pytest.mark.parametrize("thing", ["<c/>", "<!---->"])
def test_a_sheet_full_of_nothing_is_refused_before_it_takes_a_minute(thing: str) -> None:
    def change(name: str, content: bytes) -> tuple[str, bytes]:
        return name, content.replace(b"</sheetData>", thing.encode() * 5000 + b"</sheetData>")

    assert list(sheetfiles.read_xlsx(rebuilt(change))) == [(2, {"title": "x"})]
    with pytest.raises(Refusal, match="too large when unpacked"):
        list(sheetfiles.read_xlsx(rebuilt(change), cells=1000))


def test_a_workbook_of_another_kind_and_one_with_a_part_twice_are_none() -> None:
    cell = '<table:table-cell table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell>'
    sheet = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    names = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
        for short in ("office", "table", "text")
    )
    content = (
        f"<office:document-content{names}><office:body><office:spreadsheet><table:table>{sheet}"
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr("content.xml", content)
    twice = io.BytesIO(workbook([["a"], [1]]))
    with zipfile.ZipFile(twice, "a") as made:
        made.writestr("xl/Workbook.xml", "<workbook/>")
    for data in (other.getvalue(), twice.getvalue()):
        with pytest.raises(Refusal, match="This file cannot be read as a workbook"):
            list(sheetfiles.read_xlsx(data))


def test_a_sheet_of_communities_is_known_by_its_columns() -> None:
    data = b"id,name,country,population,topography\noslo,Oslo,NO,700000,tp-coast|tp-hills\n"
    assert files.load(data, "csv").communities == [
        {"id": "oslo", "name": "Oslo", "country": "NO", "population": "700000",
         "topography": ["tp-coast", "tp-hills"]}
    ]  # fmt: skip


def test_every_column_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "files.md").read_text(encoding="utf-8")
    assert [column for column in sheet.columns() if f"`{column}`" not in page] == []
