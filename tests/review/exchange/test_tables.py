"""CSV and XLSX: exact round trips, what spreadsheets do to a table, formulas, and what is refused."""

from __future__ import annotations

import csv
import io
import struct
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from shopglot.review.exchange.records import FileError, Format, Returned, Unit, read, write
from shopglot.review.exchange.tables import CELL, COLUMNS

Make = Callable[..., Unit]
TABLES: tuple[Format, ...] = ("csv", "xlsx")
TEXTS = st.text(max_size=50) | st.lists(
    st.sampled_from(["=1+1", "+1", "-1", "@SUM(A1)", "\t", "\r", "\n", "\r\n", "'", "''=", '"', ",", ";", "\x00",
                     "\ud800", "\x1f", "_x000D_", "_x0041_", "x005F_", "_x005F_", "\\u0041", "\\", "#N/A",
                     "TRUE", "😀", "繁簡", "\ufeff", " ", "\uffff", "2026-01-01", "007"]),
    max_size=8,
).map("".join)  # fmt: skip


def table(units: list[Unit], form: Format) -> bytes:
    """Return units as a table."""
    return write(units, form, language="en-US")[0]


def one(name: str, data: bytes) -> Returned:
    """Return the only unit of a table, read without a problem."""
    reading = read(name, data)
    assert () == reading.problems
    [unit] = reading.units
    return unit


@pytest.mark.parametrize("form", TABLES)
@settings(deadline=None, max_examples=100)
@given(source=TEXTS, target=TEXTS, told=TEXTS)
def test_any_text_survives(make_unit: Make, form: Format, source: str, target: str, told: str) -> None:
    """Source, target and the exported text come back exactly, whatever they and the columns beside them hold."""
    unit = make_unit(source=source, target=target, merchant=told, title=told, path=told)
    back = one(f"back.{form}", table([unit], form))
    assert (source, target, target) == (back.source, back.target, back.base)
    assert (unit.market, unit.listing, unit.position, unit.seen) == (
        back.market, back.listing, back.position, back.seen,
    )  # fmt: skip


def test_long_texts_in_csv(make_unit: Make) -> None:
    """A field of 100 kB comes back exactly, escaped or not."""
    for text in ("长" * 100_000, "\x00=" * 50_000, '"' * 100_000):
        assert text == one("back.csv", table([make_unit(source=text, target=text, masks=())], "csv")).target


def test_what_no_cell_has_room_for(make_unit: Make) -> None:
    """A text that is too long for a cell, in UTF-16 or as escaped, is left out and listed; the others are written."""
    fits, wide, escaped = "😀" * (CELL // 2), "😀" * (CELL // 2 + 1), "\x00" * (CELL // 6 + 1)
    units = [make_unit(position=n, target=text, masks=()) for n, text in enumerate((fits, wide, escaped))]
    data, written = write(units, "xlsx", language="en-US")
    assert (1, (units[1], units[2])) == (written.units, written.left_out)
    assert fits == one("back.xlsx", data).target
    book = load_workbook(io.BytesIO(data))
    assert ["Segments", "Left out"] == book.sheetnames
    rows = list(book["Left out"].iter_rows(values_only=True, min_row=2))
    assert [units[1].name, units[2].name] == [row[0] for row in rows]
    assert all("32767" in row[4] and "XLIFF or CSV" in row[4] for row in rows)


def test_long_findings_are_cut(make_unit: Make) -> None:
    """What is only told, and is too long for a cell, ends with an ellipsis; nothing is left out for it."""
    data, written = write([make_unit(title="长" * 40_000)], "xlsx", language="en-US")
    assert 1 == written.units
    row = next(load_workbook(io.BytesIO(data))["Segments"].iter_rows(values_only=True, min_row=2))
    assert str(row[COLUMNS.index("title")]).endswith("…")


DANGEROUS = ("=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://x","y")', "'=1", "＝1")


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_formula_in_csv(make_unit: Make, text: str) -> None:
    """No cell of a CSV file begins as a formula does; an apostrophe of ours goes on the way back, others stay."""
    unit = make_unit(target=text, merchant=text, title=text, path=text, id=text)
    data = table([unit], "csv")
    assert data.startswith(b"\xef\xbb\xbf")
    for cells in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")):
        assert not any(cell.startswith(tuple("=+-@\t\r\n＝")) for cell in cells)
    assert text == one("back.csv", data).target


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_formula_in_a_workbook(make_unit: Make, text: str) -> None:
    """Every cell of a workbook is text, by its type, its format and its mark of a quote."""
    data = table([make_unit(target=text, merchant=text, title=text, path=text, id=text)], "xlsx")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
        assert b"<f " not in archive.read("xl/worksheets/sheet1.xml")
    for row in load_workbook(io.BytesIO(data))["Segments"].iter_rows():
        for cell in row:
            assert cell.data_type in ("s", "inlineStr")
            assert ("@", True) == (cell.number_format, cell.quotePrefix)


def test_the_workbook_is_fit_to_work_in(make_unit: Make) -> None:
    """The header is frozen, texts are wrapped, and only the target and its state are open."""
    sheet = load_workbook(io.BytesIO(table([make_unit()], "xlsx")))["Segments"]
    assert "A2" == sheet.freeze_panes
    assert sheet.protection.sheet
    row = dict(zip(COLUMNS, sheet[2], strict=True))
    assert {"target", "state"} == {name for name, cell in row.items() if not cell.protection.locked}
    assert all(cell.alignment.wrap_text for cell in row.values())
    assert sheet.column_dimensions["J"].width > 40
    [choice] = sheet.data_validations.dataValidation
    assert '"initial,translated,reviewed,final"' == choice.formula1
    assert "K2" == str(choice.sqref)


def test_what_is_told(make_unit: Make) -> None:
    """Findings, terms and the limit stand beside the texts."""
    [header, row] = csv.reader(io.StringIO(table([make_unit()], "csv").decode("utf-8-sig")))
    told = dict(zip(header, row, strict=True))
    assert "warning: 记忆棉 should be memory foam. [term.missing]" == told["findings"]
    assert "记忆棉 → memory foam (material)" == told["terms"]
    assert ("80", "translated", "p-1") == (told["limit"], told["state"], told["listing"])


# -- what spreadsheets and people do ----------------------------------------------------------------------------------

NAME = "us.17.3.0123456789abcdef0123456789abcdef"


def rows(*lines: str, header: str = "unit,source,target,state") -> bytes:
    """Return a CSV file."""
    return "\r\n".join([header, *lines, ""]).encode()


@pytest.mark.parametrize(
    "data",
    [
        rows(f"{NAME},一,One,final"),
        rows(f"{NAME};一;One;final", header="unit;source;target;state"),
        rows(f"{NAME}\t一\tOne\tfinal", header="unit\tsource\ttarget\tstate"),
        rows(f"{NAME},一,One,final").decode().encode("utf-16"),
        b"\xef\xbb\xbf" + rows(f"{NAME},一,One,final"),
        rows(f"{NAME},一,One,final").replace(b"\r\n", b"\n"),
        rows(f"final,One,mine,{NAME},一,,", header=" State,TARGET,my notes,unit,source,,"),
        rows("", f"{NAME},一,One,Final ", ",,,"),
    ],
    ids=["comma", "semicolon", "tab", "utf-16", "bom", "lf", "columns", "blank"],
)
def test_other_forms_of_csv(data: bytes) -> None:
    """What spreadsheets make of a CSV file in other countries is read; further columns are overlooked."""
    back = one("back.csv", data)
    assert ("一", "One", "final", None) == (back.source, back.target, back.state, back.base)


@pytest.mark.parametrize(
    ("line", "field", "code"),
    [
        ("u,一,One,", "unit", "unit"),
        (f"{NAME},一,One,done", "state", "state"),
        (f"{NAME},一,{'x' * 100_001},", "target", "long"),
        (f"{NAME},一", "", "cells"),
        (f"{NAME},一,One,,more", "", "cells"),
    ],
)
def test_a_wrong_row_is_told(line: str, field: str, code: str) -> None:
    """A row that cannot be read is named by its line and column, and stops no other."""
    reading = read("back.csv", rows('x.y,"a\nb",c,', line, f"{NAME},二,Two,"))
    assert ["Two"] == [unit.target for unit in reading.units]
    assert ("line 4", field, code) == (reading.problems[1].place, reading.problems[1].field, reading.problems[1].code)
    assert "line 2" == reading.problems[0].place


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "header"),
        (b"unit,source\r\n", "header"),
        (b"unit,source,target,target\r\n", "twice"),
        (rows('u,"one').rstrip(), "no-csv"),
        ("unit,source,target\r\nu,枕头,x\r\n".encode("gb18030"), "encoding"),
        (b"PK\x03\x04", "format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old-office"),
    ],
    ids=["empty", "header", "twice", "quote", "gb", "zip", "ole"],
)
def test_what_is_no_csv(data: bytes, code: str) -> None:
    """A file that cannot be read as a whole is refused, with the line."""
    with pytest.raises(FileError) as caught:
        read("back.csv", data)
    assert code == caught.value.problem.code


def workbook(*lines: tuple[Any, ...], header: tuple[Any, ...] = ("unit", "source", "target", "state")) -> bytes:
    """Return a workbook as somebody else's program would write it."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (header, *lines):
        sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_of_others(make_unit: Make) -> None:
    """Whole numbers are text; a workbook that another program saved again (shared strings) reads as the first."""
    assert ("96", "reviewed") == (
        (back := one("back.xlsx", workbook((NAME, "九十六", 96, "reviewed")))).target, back.state,
    )  # fmt: skip
    unit = make_unit(source="a_x000D_\r\nb", target="=1\x00")
    book = load_workbook(io.BytesIO(table([unit], "xlsx")))
    out = io.BytesIO()
    book.save(out)
    back = one("again.xlsx", out.getvalue())
    assert (unit.source, unit.target) == (back.source, back.target)
    assert "a\rb" == one("back.xlsx", workbook((NAME, "一", "a_x000D_b"))).target


@pytest.mark.parametrize(
    ("value", "kind"),
    [(1.5, "a number"), (datetime(2026, 1, 2), "a date or time"), (True, "true or false")],  # noqa: DTZ001
)
def test_what_is_no_text(value: object, kind: str) -> None:
    """What a spreadsheet has made of a text is told, not guessed back."""
    [problem] = read("back.xlsx", workbook((NAME, "一", value))).problems
    assert ("row 2", "target", f"is {kind}, not text; format the cell as text") == (
        problem.place, problem.field, problem.message,
    )  # fmt: skip


def test_formulas_are_not_run() -> None:
    """Of a formula its last value counts; where nothing was worked out there is no text."""
    assert "" == one("back.xlsx", workbook((NAME, "一", '=CMD("x")'))).target


def test_too_many_rows(make_unit: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many units are refused, and so is a sheet that says it goes on for ever."""
    monkeypatch.setattr("shopglot.review.exchange.records.MAX_UNITS", 2)
    units = [make_unit(position=n) for n in range(3)]
    for form in TABLES:
        with pytest.raises(FileError, match="more than 2 units"):
            read(f"back.{form}", table(units, form))


# -- archives ---------------------------------------------------------------------------------------------------------


def archive(parts: dict[str, bytes], base: bytes = b"") -> bytes:
    """Return an archive with these parts beside those of `base`."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        if base:
            with zipfile.ZipFile(io.BytesIO(base)) as old:
                for name in old.namelist():
                    if name not in parts:
                        made.writestr(name, old.read(name))
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


BOOK = workbook((NAME, "一", "One"))
TYPES = "[Content_Types].xml"
MACROS = b'<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
BOMB = b"<!DOCTYPE x [<!ENTITY a 'ha'>]><x>&a;</x>"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (archive({"xl/bomb.xml": b" " * (101 * 1024 * 1024)}, BOOK), "zip-large"),
        (archive({"xl/bomb.xml": b" " * (20 * 1024 * 1024)}, BOOK), "zip-ratio"),
        (archive({f"xl/{n}": b"" for n in range(1001)}, BOOK), "zip-many"),
        (archive({"../../etc/passwd": b"x"}, BOOK), "zip-path"),
        (archive({"/etc/passwd": b"x"}, BOOK), "zip-path"),
        (archive({"xl\\..\\..\\x": b"x"}, BOOK), "zip-path"),
        (archive({"C:/x": b"x"}, BOOK), "zip-path"),
        (archive({"xl/vbaProject.bin": b"x"}, BOOK), "macros"),
        (archive({TYPES: MACROS}), "macros"),
        (archive({"xl/sharedStrings.xml": BOMB}, BOOK), "doctype"),
        (archive({"xl/workbook.xml": BOMB.decode().encode("utf-16")}, BOOK), "doctype"),
        (archive({"docProps/core.xml": b" " * 65530 + BOMB}, BOOK), "doctype"),
        (archive({"a.txt": b"x"}), "no-xlsx"),
        (BOOK[:-100], "no-xlsx"),
        (BOOK[: len(BOOK) // 2], "no-xlsx"),
        (b"", "no-xlsx"),
        (b"no archive", "no-xlsx"),
        (archive({"xl/worksheets/sheet1.xml": b"<worksheet"}, BOOK), "no-xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 500, "old-office"),
        (workbook(header=("a", "b")), "header"),
    ],
    ids=["large", "ratio", "many", "slip", "root", "backslash", "drive", "vba", "macro-type", "entity", "utf-16",
         "split", "empty", "cut", "half", "nothing", "text", "sheet", "encrypted", "header"],
)  # fmt: skip
def test_unsafe_workbooks_are_refused(data: bytes, code: str) -> None:
    """Bombs, names that lead elsewhere, macros, entities and broken archives: refused with the reason."""
    with pytest.raises(FileError) as caught:
        read("back.xlsx", data)
    assert code == caught.value.problem.code, str(caught.value)


@pytest.mark.parametrize("name", ["back.xlsm", "back.XLTM", "back.xlsb"])
def test_macro_formats_are_refused(name: str) -> None:
    """A name that promises macros is enough."""
    with pytest.raises(FileError, match="has macros"):
        read(name, BOOK)


def test_a_lying_header_is_found_out() -> None:
    """An archive that says less of its parts than they unpack to is refused by what it is."""
    content = b" " * (3 * 1024 * 1024)
    data = bytearray(archive({"xl/bomb.xml": content}, BOOK))
    size = struct.pack("<L", len(content))
    assert data.count(size) >= 2
    with pytest.raises(FileError):
        read("back.xlsx", bytes(data.replace(size, struct.pack("<L", 10))))


def test_a_row_far_away(make_unit: Make) -> None:
    """A sheet whose rows are a million apart is refused before they are all made up."""
    book = load_workbook(io.BytesIO(BOOK))
    sheet = book.active
    assert sheet is not None
    sheet.cell(row=1_048_576, column=3, value="far")
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(FileError, match="more than 200000 units"):
        read("back.xlsx", out.getvalue())
