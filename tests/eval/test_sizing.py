"""The size of a store is measured after three nights."""

from __future__ import annotations

from pathlib import Path

from shopglot_eval.sizing import nights


def test_three_nights_are_measured(tmp_path: Path) -> None:
    """A first night fills the store, and an unchanged one adds less than a changed one or as little."""
    first, unchanged, changed = nights(tmp_path, str(tmp_path / "s.db"), 8, 0.5, ["hk"])
    assert ["first", "unchanged", "changed"] == [night["night"] for night in (first, unchanged, changed)]
    assert first["bytes"] <= unchanged["bytes"] <= changed["bytes"]
    assert {8} == {night["listings"] for night in (first, unchanged, changed)}
