"""The rows of a table together: duplicates, contradictions, dead rows, brands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shopglot.glossary.groups import contains, look_at_brands, look_at_groups
from shopglot.glossary.rows import Brand, Row

MASK = Row(source="面膜", target="sheet mask", line=2)


def found(*rows: Row, latin: bool = True) -> list[tuple[int, str, str]]:
    """Return line, severity and id of what is wrong among rows that are numbered from 2."""
    numbered = [replace(row, line=line) for line, row in enumerate(rows, start=2)]
    return sorted((row.line, severity, check) for row, (severity, check, _) in look_at_groups(numbered, latin=latin))


def test_fine() -> None:
    """A group with one preferred target, others and a condition has no fault."""
    rows = [
        MASK, replace(MASK, target="face mask", status="admitted"),
        replace(MASK, target="membrane", status="forbidden"), replace(MASK, target="paint mask", category="家居"),
    ]  # fmt: skip
    assert [] == found(*rows)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([MASK, MASK], (3, "error", "row.duplicate")),
        ([MASK, replace(MASK, target="Sheet mask")], (3, "error", "row.duplicate")),
        ([MASK, replace(MASK, target="face mask")], (3, "error", "preferred.several")),
        ([replace(MASK, status="admitted")], (2, "error", "preferred.none")),
        ([MASK, replace(MASK, status="forbidden")], (3, "error", "status.conflict")),
        ([MASK, replace(MASK, status="admitted")], (3, "warning", "status.conflict")),
        ([MASK, replace(MASK, target="x", status="admitted", use="suggest")], (3, "warning", "use.mixed")),
        ([MASK, replace(MASK, target="mask", status="forbidden")], (3, "info", "forbidden.inside")),
        ([replace(MASK, target="earrings"), replace(MASK, target="ear ring", status="forbidden")],
         (3, "warning", "forbidden.equal")),
        ([MASK, replace(MASK, source="面膜".replace("面", "⾯"))], (3, "warning", "source.folded")),
        ([replace(MASK, source="usb线"), replace(MASK, source="USB線", target="cord")], (3, "error", "source.folded")),
        ([MASK, replace(MASK, category="美妆")], (3, "info", "condition.redundant")),
        (
            [replace(MASK, field="title"), replace(MASK, target="mask", category="美妆")],
            (2, "warning", "condition.shadowed"),
        ),
        ([Row(source="男", target="men's"), Row(source="女", target="a’s"), Row(source="童", target="b's")],
         (3, "warning", "text.apostrophe")),
    ],
)  # fmt: skip
def test_wrong(rows: list[Row], expected: tuple[int, str, str] | None) -> None:
    """Each fault is found at the row that is at fault, and no other."""
    assert ([expected] if expected else []) == found(*rows)


def test_capitals() -> None:
    """A word that others write in lower case is no name; one that nobody does may be, and so may a whole heading."""
    rows = [Row(source=f"包{place}", target=f"bag {'abc'[place]}") for place in range(3)]
    rows += [
        Row(source="提包", target="Bag"), Row(source="法包", target="French bag"), Row(source="大包", target="Bag Bag"),
    ]  # fmt: skip
    assert [(5, "warning", "text.case"), (7, "info", "text.case")] == found(*rows)
    assert [] == found(*rows, latin=False)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (Row(source="小米", target="millet"), ("error", "brand.conflict")),
        (Row(source="小米", target="millet", category="食品"), ("info", "brand.conflict")),
        (Row(source="小米", target="Xiaomi"), ("info", "brand.redundant")),
        (Row(source="小米", target="xiaomi", status="forbidden"), ("error", "brand.conflict")),
        (Row(source="大米", target="rice"), None),
    ],
)
def test_brands(row: Row, expected: tuple[str, str] | None) -> None:
    """A term that says something else than the brands wins in silence, so lint does not keep silent."""
    brands = [Brand(source="小米", forms={"us": "Xiaomi"}, note="", line=7)]
    found = [remark for _, remark in look_at_brands([row], brands, ("us",))]
    assert ([expected] if expected else []) == [(severity, check) for severity, check, _ in found]
    assert all("brands.tsv:7" in message for _, _, message in found)


def test_inherited_brand() -> None:
    """A market without a form of its own has that of the market before it."""
    brands = [Brand(source="小米", forms={"hk": "小米"}, note="", line=7)]
    row = Row(source="小米", target="小米")
    assert ["brand.redundant"] == [check for _, (_, check, _) in look_at_brands([row], brands, ("hk", "mo"))]


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("sheet mask", "mask", True), ("Sheet Masks", "sheet mask", True), ("back-to-school", "back to school", True),
        ("unmask", "mask", False), ("補水面膜", "面膜", True), ("mask", "", False), ("c++ (book)", "c++", True),
    ],
)  # fmt: skip
def test_contains(text: str, form: str, expected: bool) -> None:
    """Latin forms stand as whole words, in any case, number and joining; Chinese ones anywhere."""
    assert expected is contains(text, form)
