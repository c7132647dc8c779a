"""Sources that stand inside one another or run into one another."""

from __future__ import annotations

import pytest

from shopglot.glossary.nesting import look_at_nesting, look_at_overlaps
from shopglot.glossary.rows import Row


def nested(*rows: Row, latin: bool = True) -> list[tuple[str, str]]:
    """Return source and id of what is found."""
    return [(row.source, check) for row, (_, check, _) in look_at_nesting(rows, latin=latin)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([Row(source="面膜", target="mask"), Row(source="补水面膜", target="hydrating masks")], []),
        ([Row(source="面膜", target="mask"), Row(source="补水面膜", target="hydrating cream")],
         [("补水面膜", "nested.contradiction")]),
        ([Row(source="面膜", target="mask"), Row(source="面膜刷", target="brush")], []),
        ([Row(source="面膜", target="mask", use="suggest"), Row(source="补水面膜", target="cream")], []),
        ([Row(source="面膜", target="mask", category="家居"), Row(source="补水面膜", target="cream")], []),
        ([Row(source="面膜", target="mask"), Row(source="面膜", target="pack", status="admitted"),
          Row(source="补水面膜", target="hydrating pack")], []),
        ([Row(source="面膜", target="mask"), Row(source="面膜", target="membrane", status="forbidden"),
          Row(source="面膜刷", target="membrane brush")], [("面膜刷", "nested.forbidden")]),
    ],
)  # fmt: skip
def test_nesting(rows: list[Row], expected: list[tuple[str, str]]) -> None:
    """The head of a longer term is called the same, and what is forbidden for a part is not in the whole."""
    assert expected == nested(*rows)


def test_chinese_targets() -> None:
    """Chinese targets contradict where they share no character; guards are no statement."""
    wallet = Row(source="钱包", target="銀包")
    assert [] == nested(wallet, Row(source="零钱包", target="散銀包"), latin=False)
    assert [("零钱包", "nested.contradiction")] == nested(wallet, Row(source="零钱包", target="袋仔"), latin=False)
    assert [] == nested(wallet, Row(source="零钱包", target="袋仔", pos="guard"), latin=False)


def test_overlaps() -> None:
    """The end of one source may be the beginning of another; one common character is no overlap."""
    rows = [Row(source=source, target="x") for source in ("羊毛大衣", "大衣柜", "衣柜门", "柜子")]
    found = {row.source: message for row, (_, _, message) in look_at_overlaps(rows)}
    assert {"羊毛大衣", "大衣柜"} == set(found)
    assert "大衣柜 (大衣)" in found["羊毛大衣"]


def test_many_partners() -> None:
    """Only some partners are named, the others are counted."""
    rows = [Row(source="羊毛大衣", target="x"), *(Row(source=f"大衣{place:02}", target="x") for place in range(9))]
    ((_, (_, _, message)),) = look_at_overlaps(rows)
    assert "and 4 more" in message


def test_long_sources() -> None:
    """A source as long as a page is not cut into all its parts."""
    rows = [Row(source="面膜" * 20_000, target="x"), Row(source="面膜", target="mask")]
    assert [] == nested(*rows)
