"""What `scripts/evaluating` measures its figures on."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from shopglot_eval.evaluating.timing import main, spoil


@pytest.mark.parametrize("text", ["Memory foam pillow, 30 g", "記憶棉枕頭，重30克", "枕", "5"])
def test_a_spoilt_text_is_another(text: str) -> None:
    """By one fault, the same every time."""
    assert spoil(text, Random(3)) == spoil(text, Random(3))  # noqa: S311 - made-up faults
    assert {spoil(text, Random(seed)) for seed in range(20)} - {text}  # noqa: S311


def test_the_figures(tmp_path: Path) -> None:
    """Three systems in two markets, with bytes and memory; what was judged is kept."""
    arguments = ["--texts", "6", "--kept", str(tmp_path)]
    first = CliRunner().invoke(main, arguments, catch_exceptions=False)
    told = json.loads(first.stdout)
    assert (6, 3, 2) == (told["texts"], told["systems"], told["markets"])
    assert min(told[name] for name in ("html_bytes", "json_bytes", "md_bytes", "peak_mb")) > 0
    assert len(list(tmp_path.iterdir())) == 6
    again = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert "judging" in first.stderr
    assert "judging" not in again.stderr
    assert json.loads(again.stdout)["html_bytes"] == told["html_bytes"]
