"""A row by itself: one that is fine, and one for each thing that may be wrong with it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.glossary.rows import Row
from shopglot.glossary.surface import Place, look_at_row


def found(row: Row, place: Place) -> set[tuple[str, str]]:
    """Return severity and id of what is wrong with a row."""
    return {(severity, check) for severity, check, _ in look_at_row(row, place)}


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("面膜", "sheet mask"), ("T恤", "T-shirt"), ("3D打印机", "3D printer"), ("两件套", "two-piece set"),
        ("2合1", "two-in-one"), ("美国", "U.S."), ("𠮷面膜", "mask"), ("魔方", "Rubik's Cube"), ("家居", "home décor"),
    ],
)  # fmt: skip
def test_fine(us: Place, source: str, target: str) -> None:
    """Nothing is said of good terms."""
    assert set() == found(Row(source=source, target=target), us)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (Row(source="面膜", target="mask", status="prefered"), ("error", "status.unknown")),
        (Row(source="面膜", target="mask", use="force"), ("error", "use.unknown")),
        (Row(source=" ", target="mask"), ("error", "cell.empty")),
        (Row(source="面膜", target=""), ("error", "cell.empty")),
        (Row(source="面膜", target="mask", field="titel"), ("error", "field.unknown")),
        (Row(source="面膜", target="mask", category="美妆/"), ("warning", "category.shape")),
        (Row(source="面膜", target="mask", category="美状"), ("warning", "category.unknown")),
        (Row(source="面膜", target="mask\u200b"), ("error", "text.control")),
        (Row(source="面\x00膜", target="mask"), ("error", "text.control")),
        (Row(source="面膜", target="mask\ud800"), ("error", "text.control")),
        (Row(source="面膜", target="sheet  mask"), ("warning", "text.spaces")),
        (Row(source="面膜 ", target="mask"), ("warning", "text.spaces")),
        (Row(source="面膜", target="sheet\u00a0mask"), ("warning", "text.spaces")),
        (Row(source="家居", target="home de\u0301cor"), ("warning", "text.normal")),
        (Row(source="魔方", target="'Rubik\u2019s'"), ("warning", "text.quotes")),
        (Row(source="面膜", target="mask 面膜"), ("error", "script.chinese")),
        (Row(source="面膜", target="ｍask"), ("error", "script.chinese")),
        (Row(source="蝴蝶结", target="リボン"), ("error", "script.chinese")),
        (Row(source="yyds", target="the best"), ("info", "script.latin")),
        (Row(source="三麗鸥", target="Sanrio"), ("info", "script.traditional")),
        (Row(source="ＵＳＢ线", target="USB cable"), ("info", "text.width")),
        (Row(source="草莓の酱", target="jam"), ("warning", "script.foreign")),
        (Row(source="M", target="medium"), ("warning", "enforce.short")),
        (Row(source="304不锈钢", target="stainless steel"), ("warning", "number.missing")),
        (Row(source="面膜", target="masks,"), ("warning", "text.ending")),
        (Row(source="面膜", target="mask", note="n" * 201), ("info", "note.long")),
        (Row(source="面膜" * 30, target="mask"), ("warning", "source.long")),
    ],
)
def test_wrong(us: Place, row: Row, expected: tuple[str, str]) -> None:
    """Each fault has its id and severity."""
    assert expected in found(row, us)


@pytest.mark.parametrize(
    "row",
    [
        Row(source="杯", target="cup", use="suggest"),
        Row(source="杯", target="cup", field="size-cell"),
        Row(source="杯", target="杯", status="forbidden"),
    ],
)
def test_single_characters_that_may_be(us: Place, row: Row) -> None:
    """One character may be suggested, or enforced in one field; a forbidden form may have any script."""
    assert set() == found(row, us)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("面膜", None),
        ("面膜贴", ("error", "script.simplified")),
        ("蝴蝶リボン", ("warning", "script.foreign")),
        ("ＵＳＢ線", ("warning", "text.width")),
        ("家裡", ("warning", "script.variant")),
    ],
)
def test_hong_kong(hk: Place, target: str, expected: tuple[str, str] | None) -> None:
    """A Chinese target is Traditional, without kana and full-width letters, in the characters of the market."""
    assert ({expected} if expected else set()) == found(Row(source="面膜", target=target), hk)


def test_message_names_the_character(hk: Place) -> None:
    """The message says which character is wrong and what to do."""
    ((_, _, message),) = look_at_row(Row(source="面膜", target="面膜贴"), hk)
    assert "贴" in message
    assert "write it Traditional" in message


@settings(max_examples=150, deadline=None)
@given(source=st.text(), target=st.text(), note=st.text())
def test_any_text(source: str, target: str, note: str) -> None:
    """No text makes the lint fail, and what it says has three parts."""
    place = Place(market="us", latin=True, fields=("title",))
    for severity, check, message in look_at_row(Row(source=source, target=target, note=note), place):
        assert severity in ("error", "warning", "info")
        assert "." in check
        assert message.strip()
