"""Tables of rules, terms and slices: every row has its cells, and the cells lead to the texts."""

from __future__ import annotations

from dataclasses import replace

from shopglot.types import Finding
from shopglot_eval.measures.fidelity import MEASURES, Numbers
from shopglot_eval.measures.tables import table_missing, table_rules, table_slices, table_worst
from shopglot_eval.records import Answers, Example, Output, Pair
from shopglot_eval.reporting.document import Table

LEAK = Finding(
    check="us.fda.drug-claim", severity="error", side="target", start=0, end=1, text="x", message="", message_zh=""
)
LOST = Finding(
    check="number.changed", severity="error", side="source", start=5, end=8, text="30克", message="", message_zh=""
)


def answers(system: str, *, broken: str = "") -> Answers:
    """Return 80 pages of two texts; those of the category `broken` have wrong numbers, leaks and no terms."""
    pairs = [
        Pair(
            example=Example(
                id=f"{number}-{place}", market="us", source="记忆棉枕头，重30克"[place:], listing=str(number),
                category=f"类{number % 4}",
            ),
            output=Output(
                id=f"{number}-{place}", target="Sponge" if wrong else "Memory foam pillow, 30 g",
                findings=(LEAK, replace(LOST, start=6 - place, end=9 - place)) if wrong else (),
            ),
        )
        for number in range(80)
        for place in range(2)
        for wrong in (f"类{number % 4}" == broken,)
    ]  # fmt: skip
    return Answers(suite="suite", market="us", system=system, pairs=tuple(pairs))


def check_shape(table: Table) -> None:
    """Every row has a cell for each column."""
    assert {len(row) for row in table.rows} <= {len(table.columns)}
    assert table.id
    assert table.title


def test_rules_by_system() -> None:
    """A rule has the texts of each system, and 0 where one has none."""
    table = table_rules([answers("good"), answers("bad", broken="类1")], link=lambda name: f"p:{name}")
    check_shape(table)
    assert [[cell.text for cell in row] for row in table.rows] == [["us.fda.drug-claim", "0", "40"]]
    assert table.rows[0][2].texts[:2] == ("p:1-0", "p:1-1")
    assert table_rules([answers("good")]).rows == ()


def test_missing_terms_by_system() -> None:
    """A term that is missing says what it should be; what is left out is counted."""
    both = [answers("good"), answers("bad", broken="类1")]
    table = table_missing(both)
    check_shape(table)
    assert ("记忆棉", "memory foam", "0", "20") in [tuple(cell.text for cell in row) for row in table.rows]
    assert "more terms" in table_missing(both, most=1).note


def test_slices_by_system() -> None:
    """The whole comes first, then every slice, with a cell for each system."""
    table = table_slices(Numbers(), [answers("good"), answers("bad", broken="类1")])
    check_shape(table)
    assert table.rows[0][0].text == "all"
    row = next(row for row in table.rows if row[0].text == "类1")
    assert (row[2].value, row[3].value, row[4].value) == (40.0, 1.0, 0.0)
    assert not any(row[1].text == "origin" for row in table.rows)


def test_worst_slices() -> None:
    """A slice that is worse is named by dimension and measure and leads to its texts; else the table says so."""
    table = table_worst(MEASURES, answers("bad", broken="类1"))
    check_shape(table)
    assert table.rows[0][0].text == "category: 类1"
    assert table.rows[0][1].text == "Numbers kept"
    assert table.rows[0][0].texts
    good = table_worst(MEASURES, answers("good"))
    assert good.rows == ()
    assert "No slice" in good.note
