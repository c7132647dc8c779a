"""The whole experiment with the stand-in: a report for people, one for machines, and files that a rerun reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shopglot_eval.retrieval.__main__ import main

QUICK = ("--model", "fake", "--blocks", "1", "--condition", "turns-likeness", "--condition", "lines-random")


def test_a_rehearsal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The stand-in looks at no example, so that nothing differs and nothing wins; what is kept gives the same again."""
    assert main([*QUICK, "--out", str(tmp_path), "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert list(first["conditions"]) == ["none", "turns-likeness", "lines-random"]
    assert first["winners"] == []
    assert first["fake"] is True
    assert first["texts"] > 60
    assert first["known"] + first["left_out"] > 6000
    assert all(row["against"]["chrf"]["gain"] == 0 for row in list(first["conditions"].values())[1:])
    prompts = [row["prompt_tokens"] for row in first["conditions"].values()]
    assert prompts[0] < min(prompts[1:])
    assert json.loads((tmp_path / "figures-decide.json").read_text(encoding="utf-8")) == first
    assert main([*QUICK, "--out", str(tmp_path)]) == 0
    told = capsys.readouterr()
    assert "a stand-in: these figures say nothing" in told.out
    assert "| lines-random |" in told.out
    assert "does not win" in told.out
    assert "to go of" not in told.err
    assert json.loads((tmp_path / "figures-decide.json").read_text(encoding="utf-8")) == first


def test_bad_use_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With what to do: a market that is converted, no example at all, a folder that is none."""
    assert main(["--market", "hk", "--model", "fake"]) == 2
    assert "converted by rule" in capsys.readouterr().err
    with pytest.raises(SystemExit) as raised:
        main(["--count", "0"])
    assert raised.value.code == 2
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert main([*QUICK, "--out", str(tmp_path / "file")]) == 2
    assert "error:" in capsys.readouterr().err
