"""Spreadsheets as rows of cells, and back: CSV and XLSX.

A cell that a spreadsheet program would take for a formula is written with an apostrophe before it,
and read without: what a stranger wrote must not run on an officer's machine.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from functools import lru_cache
from typing import IO, Any
from xml.parsers import expat

from exchange.messages import N_
from exchange.vocabulary.plainfiles import BIGGEST, refusal, text_of

ROWS, COLUMNS = 20_000, 2_000
LARGEST_CELL = 32_767
CELL = 32_000  # characters; a spreadsheet's cell holds 32,767
UNPACKED, PARTS = 8 * BIGGEST, 2_000
AREA = 8_000_000  # cells between the first and the last
SHARED = 2_000_000  # texts to which cells point by a number
TEXT = 2 * BIGGEST  # characters in all cells of a sheet, a text counted wherever it stands
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
# What a workbook needs, and nothing by which it would be read as one of another kind (ODS, XLSB).
_NEEDED = re.compile(r"\[content_types\]\.xml|_rels/[^/]*\.rels|xl/.+\.(?:xml|rels)", re.IGNORECASE)
_STRINGS = "xl/sharedstrings.xml"
_FILLS = frozenset({"v", "f", "is"})  # what stands in a cell that is not empty
_AT = re.compile(r"([A-Za-z]{1,7})([0-9]{1,9})")
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError, RuntimeError),
    expat.ExpatError,
)
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")


def read_csv(data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file below its header, each with its line; commas, semicolons or tabs between cells."""
    text = text_of(data)
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from _under_header(((rows.line_num, row) for row in rows), _unguarded)
    except csv.Error as error:
        raise refusal(
            N_("Line %(line)s is not CSV: %(what)s."), line=rows.line_num, what=str(error)
        ) from error


def read_xlsx(data: bytes, *, cells: int = AREA) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of the first sheet of a workbook below its header, each with its number.

    The reader is given what was measured here and nothing else: it would believe a packed file's word about
    its size, and make room for all cells between the first and the last, wherever they stand.
    """
    import python_calamine  # only here: most who start this program open no workbook

    if len(data) > BIGGEST:
        raise refusal(N_("The file is larger than %(limit)s MB."), limit=BIGGEST // 1024 // 1024)
    try:
        with python_calamine.CalamineWorkbook.from_filelike(_unpacked(data, cells)) as book:
            if not book.sheet_names:
                raise refusal(N_("The workbook has no sheet."))
            sheet = book.get_sheet_by_index(0)
            if sheet.total_height > ROWS + 1 or sheet.total_width > COLUMNS:
                raise refusal(
                    N_("At most %(rows)s rows and %(columns)s columns."), rows=ROWS, columns=COLUMNS
                )
            rows = sheet.to_python(skip_empty_area=False)
    except _BROKEN as error:
        raise refusal(N_("This file cannot be read as a workbook (XLSX).")) from error
    except python_calamine.CalamineError as error:
        raise refusal(N_("This file cannot be read as a workbook (XLSX).")) from error
    except BaseException as error:  # a panic of the reader on a broken file is not an Exception
        if type(error).__name__ != "PanicException":
            raise
        raise refusal(N_("This file cannot be read as a workbook (XLSX).")) from error
    yield from _under_header(enumerate(rows, 1), _plain)


def _unpacked(data: bytes, cells: int) -> IO[bytes]:
    """The workbook with its parts as they are, none larger than it said, and no cell too far away.

    Any part may be the sheet, whatever it is called, and none stands there twice.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(made, "w") as whole:
        parts = packed.infolist()
        if sum(part.file_size for part in parts) > UNPACKED or len(parts) > PARTS:
            raise refusal(N_("The workbook is too large when unpacked."))
        needed = {part.filename.lower(): part for part in parts if _NEEDED.fullmatch(part.filename)}
        if len(needed) < sum(bool(_NEEDED.fullmatch(part.filename)) for part in parts):
            raise ValueError("a part stands there twice")
        strings = _lengths(packed.read(needed[_STRINGS])) if _STRINGS in needed else []
        for part in needed.values():
            content = packed.read(part)
            if b"sheetData" in content:
                _measure(content, cells, strings)
            whole.writestr(part.filename, content)
    made.seek(0)
    return made


def _parser() -> expat.XMLParserType:
    """A reader of XML that takes no document with entities of its own."""

    def refuse(*_: Any) -> None:
        raise ValueError("a part with a document type")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    return parser


def _lengths(content: bytes) -> list[int]:
    """How long each of the texts is to which cells point by its number.

    The reader makes room for as many as the part says that there are, before it has seen one.
    """
    lengths: list[int] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "si":
            lengths.append(0)
        told = [value for key, value in attributes.items() if key.rpartition(":")[2].endswith("ount")]
        if max([len(lengths), *map(int, told)]) > SHARED:
            raise refusal(N_("The workbook is too large when unpacked."))

    def text(data: str) -> None:
        if lengths:
            lengths[-1] += len(data)

    parser = _parser()
    parser.StartElementHandler, parser.CharacterDataHandler = start, text
    parser.Parse(content, True)
    return lengths


def _measure(content: bytes, cells: int, strings: Sequence[int]) -> None:
    """Refuse a sheet whose cells with something in them are too many or too far apart, or say too much.

    Empty ones, and remarks, cost time alone and may be four times as many.

    One text may stand in every cell of a sheet and take no room in its file: `strings` are their lengths.
    """
    row = column = 0  # where the reader is
    at = (0, 0)  # the row and the column of the last cell
    rows = columns = count = said = met = 0
    puzzled = False
    empty, shared = False, False  # nothing was met yet in the cell; it points to a text by its number

    def meet() -> None:
        nonlocal met
        met += 1
        if met > 4 * cells:
            raise refusal(N_("The workbook is too large when unpacked."))

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, at, rows, columns, count, empty, shared
        meet()
        if name == "c" or name.endswith(":c"):
            column += 1
            if told := attributes.get("r"):
                if (found := _AT.fullmatch(told)) is None:
                    raise ValueError("a cell is nowhere")
                row, column = int(found[2]), _column(found[1])
            at = (row, column)
            empty, shared = True, attributes.get("t") == "s"
        elif name == "row" or name.endswith(":row"):
            row, column = int(attributes.get("r") or row + 1), 0
        elif empty and name.rpartition(":")[2] in _FILLS:
            empty = False
            count += 1
            rows, columns = max(rows, at[0]), max(columns, at[1])
            if rows > ROWS + 1 or columns > COLUMNS or max(rows * columns, count) > cells:
                raise refusal(
                    N_("At most %(rows)s rows and %(columns)s columns."), rows=ROWS, columns=COLUMNS
                )

    def say(text: str) -> None:
        nonlocal said
        said += len(text)
        if shared:
            with suppress(ValueError, IndexError):
                said += strings[int(text)]
        if said > TEXT:
            raise refusal(N_("The workbook is too large when unpacked."))

    def puzzle(*_: Any) -> None:
        """Between digits a remark makes of one number two, or of two one: any text may be meant."""
        nonlocal strings, puzzled
        meet()
        if not puzzled:
            strings, puzzled = [max(strings, default=0)] * len(strings), True

    parser = _parser()
    parser.StartElementHandler, parser.CharacterDataHandler = start, say
    parser.CommentHandler = parser.ProcessingInstructionHandler = puzzle
    parser.Parse(content, True)


@lru_cache(maxsize=COLUMNS)
def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _under_header(
    rows: Iterable[tuple[int, Sequence[Any]]], plain: Any
) -> Iterator[tuple[int, dict[str, str]]]:
    header: list[str] | None = None
    for count, (line, row) in enumerate(rows):
        if count > ROWS or len(row) > COLUMNS:
            raise refusal(N_("At most %(rows)s rows and %(columns)s columns."), rows=ROWS, columns=COLUMNS)
        cells = [plain(cell) for cell in row]
        if not any(cell.strip() for cell in cells):
            continue
        if header is None:
            header = _header(cells)
            continue
        if any(cell.strip() for cell in cells[len(header) :]):
            raise refusal(N_("Line %(line)s has more cells than the header has columns."), line=line)
        yield line, {name: cell for name, cell in zip(header, cells, strict=False) if name and cell.strip()}
    if header is None:
        raise refusal(N_("The sheet is empty."))


def _header(cells: list[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    twice = next((n for n in names if n and names.count(n) > 1), None)
    if twice:
        raise refusal(N_("The column “%(name)s” stands in the header twice."), name=twice[:80])
    return names


def _plain(cell: Any) -> str:
    """A workbook's cell as it would have been typed: whole numbers without a fraction, dates as ISO."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        cell = cell.date()
    return cell.isoformat() if isinstance(cell, date) else _unguarded(str(cell))


def write_csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """A CSV file, in UTF-8 with the mark by which spreadsheet programs know it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_guarded(row.get(column, "")) for column in columns])
    return out.getvalue().encode("utf-8-sig")


def stream_csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> Iterator[bytes]:
    """The same file line by line, for a table that should not stand in memory."""
    line = io.StringIO(newline="")
    writer = csv.writer(line)
    writer.writerow(columns)
    yield line.getvalue().encode("utf-8-sig")
    for row in rows:
        line.seek(0)
        line.truncate()
        writer.writerow([_guarded(row.get(column, "")) for column in columns])
        yield line.getvalue().encode()


def write_xlsx(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """A workbook of one sheet, every cell a text, its header in sight when one scrolls."""
    out = io.BytesIO()
    _write_workbook(out, columns, rows, in_memory=True)
    return out.getvalue()


def stream_xlsx(out: IO[bytes], columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    """The same workbook into a file, with one row in memory at a time."""
    _write_workbook(out, columns, rows, constant_memory=True)


def _write_workbook(
    out: IO[bytes], columns: Sequence[str], rows: Iterable[Mapping[str, str]], **how: bool
) -> None:
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, **how}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, max(len(columns) - 1, 0), 24)
        bold = book.add_format({"bold": True})
        for number, column in enumerate(columns):
            sheet.write_string(0, number, column, bold)
        for line, row in enumerate(rows, 1):
            for number, column in enumerate(columns):
                if row.get(column):
                    sheet.write_string(line, number, _guarded(row[column])[:LARGEST_CELL])


def _guarded(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
