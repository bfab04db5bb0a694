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
from datetime import date, datetime
from typing import IO, Any

from exchange.messages import N_
from exchange.vocabulary.plainfiles import BIGGEST, refusal, text_of

ROWS, COLUMNS = 20_000, 2_000
LARGEST_CELL = 32_767
CELL = 32_000  # characters; a spreadsheet's cell holds 32,767
UNPACKED, PARTS = 8 * BIGGEST, 2_000
AREA = 8_000_000  # cells between the first and the last
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
# Possessive, so that no broken tag is read twice: what is read in here was made by a stranger.
_TAG = re.compile(rb"<(?:\w{1,20}:)?(row|c)(?=[\s/>])([^<>]*+)>")
_AT = re.compile(rb"""\sr\s*+=\s*+["']([A-Z]{0,7})(\d{1,9})["']""")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError, RuntimeError)
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
    """The workbook with its parts as they are, none larger than it said, and no cell too far away."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(made, "w") as whole:
        parts = packed.infolist()
        if sum(part.file_size for part in parts) > UNPACKED or len(parts) > PARTS:
            raise refusal(N_("The workbook is too large when unpacked."))
        for part in parts:
            content = packed.read(part)
            if part.filename.startswith("xl/worksheets/"):
                _measure(content, cells)
            whole.writestr(part.filename, content)
    made.seek(0)
    return made


def _measure(content: bytes, cells: int) -> None:
    """Refuse a sheet whose cells with something in them are too many, or too far apart."""
    rows = columns = row = count = 0
    for tag in _TAG.finditer(content):
        at = _AT.search(tag[2])
        if tag[1] == b"row":
            row = int(at[2]) if at else row + 1
        elif not tag[2].endswith(b"/"):
            count += 1
            rows = max(rows, int(at[2]) if at else row)
            columns = max(columns, _column(at[1]) if at else 0)
        if rows > ROWS + 1 or columns > COLUMNS or max(rows * columns, count) > cells:
            raise refusal(N_("At most %(rows)s rows and %(columns)s columns."), rows=ROWS, columns=COLUMNS)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
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
