"""An import refuses what would spoil the table, and says where in the imported file it stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shopglot.errors import DataError
from shopglot.glossary.imports import Import, name_rows, prepare, read_own, write_own
from shopglot.glossary.rows import Brand, Row, Table
from shopglot.glossary.surface import Place

TableOf = Callable[..., Table]
BRANDS = Table(
    path=Path("brands.tsv"),
    kind="brands",
    brands=(Brand(source="小米", forms={"us": "Xiaomi", "hk": "小米"}, note="", line=2),),
)
FILE = Path("agency.csv")


def run(own: Table, place: Place, *rows: Row, skip: bool = False) -> Import:
    """Prepare an import."""
    return prepare(own, rows, place, brands=BRANDS, lineage=("us",), file=FILE, skip=skip)


def test_errors_are_named_in_the_file(us: Place, table: TableOf) -> None:
    """A row with an error is found at its line of the imported file; others do not hide it."""
    done = run(table(), us, Row(source="面膜", target="mask", line=2), Row(source="面霜", target="面霜", line=3))
    assert [("agency.csv", 3, "script.chinese")] == [(p.file, p.line, p.id) for p in done.problems]


def test_skipping(us: Place, table: TableOf) -> None:
    """What has errors is left out when asked, and the rest is laid in."""
    done = run(table(), us, Row(source="面膜", target="mask"), Row(source="面霜", target="面霜"), skip=True)
    assert () == done.problems
    assert {"面霜"} == done.refused
    assert ["面膜"] == [row.source for row in done.merge.rows]


def test_old_errors_are_no_reason(us: Place, table: TableOf) -> None:
    """An error that the table had before does not stop an import, not even into the same term."""
    own = table(Row(source="面霜", target="面霜"))
    admitted = Row(source="面霜", target="cream", status="admitted")
    assert () == run(own, us, Row(source="面膜", target="mask"), admitted).problems


def test_only_admitted(us: Place, table: TableOf) -> None:
    """A new term without a preferred target cannot be loaded, so it is refused."""
    done = run(table(), us, Row(source="面膜", target="mask", status="admitted"))
    assert ["preferred.none"] == [problem.id for problem in done.problems]


def test_names(us: Place, table: TableOf) -> None:
    """A brand is not overridden by a term, and the market's own form is what it is called."""
    assert 1 == len(run(table(), us, Row(source="小米", target="millet")).merge.conflicts)
    assert ["小米"] == [row.target for row in name_rows(BRANDS.brands, ("hk", "mo"))]
    assert [] == name_rows(BRANDS.brands, ("tw",))


def test_written(us: Place, tmp_path: Path) -> None:
    """What was written is read again as it was merged."""
    own = read_own(tmp_path / "terms.tsv")
    assert () == own.rows
    done = run(own, us, Row(source="面膜", target="mask", note="x"))
    write_own(own, done.merge)
    assert done.merge.rows == read_own(tmp_path / "terms.tsv").rows


def test_broken_table(tmp_path: Path) -> None:
    """A table with a broken line is not written anew without it."""
    path = tmp_path / "terms.tsv"
    path.write_text("source\ttarget\tstatus\tuse\tcategory\tfield\tpos\tnote\nbroken\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"terms\.tsv:2: 1 columns; mend this line first"):
        read_own(path)
