"""The measure of the fuzzy search: it runs, and both ways find the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shopglot_eval.likeness import main


def test_both_ways_find_the_same(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On a small memory, with no bar on the time."""
    assert 0 == main([str(sample), "--units", "2000", "--questions", "25", "--bar", "0"])
    figures = json.loads(capsys.readouterr().out)
    assert (0, 25) == (figures["different"], figures["questions"])
    assert figures["units"] > 1900
