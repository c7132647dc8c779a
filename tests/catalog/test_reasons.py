"""The reasons for broken lines, and how they are told."""

import pytest

from shopglot.catalog.reasons import REASONS, LineError, broken, kind, show


def test_reasons_are_sorted_and_bilingual() -> None:
    """Each reason has a sentence in English and one in Chinese, and they are listed in order."""
    assert sorted(REASONS) == list(REASONS)
    for english, chinese in REASONS.values():
        assert english.isascii()
        assert any("\u4e00" <= ch <= "\u9fff" for ch in chinese)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", ""), ("棉", "棉"), ("a\ud800b", "a\\ud800b"), ("a\x00b", "a\\x00b"), ("x" * 300, "x" * 199 + "…")],
)
def test_show(text: str, expected: str) -> None:
    """What a merchant wrote is shown so that it can be printed and stored."""
    assert expected == show(text)


def test_hostile_facts() -> None:
    """Facts and paths that come from the catalog are made printable, and braces in them are only text."""
    item = broken(
        LineError("json.duplicate-key", field="/{x}/\ud800", key="{0}\x00"), line=2, merchant="m", identity="i"
    )
    assert "The name {0}\\x00 occurs twice in one object; keep one of them." == item.message
    assert ("/{x}/\\ud800", 2, "m", "i") == (item.field, item.line, item.merchant, item.id)


def test_kind() -> None:
    """JSON types have names in both languages, others their own."""
    assert {"found": "a list", "found_zh": "列表"} == kind([])
    assert {"found": "set", "found_zh": "set"} == kind(set())
