"""The proof of the gate: its resamplings, its worlds, its figures and its exit status."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from shopglot.errors import DataError
from shopglot.quality.gate import Cutoff, fit_cutoff
from shopglot_eval import gating
from shopglot_eval.gating_worlds import WORLDS, World


def made(documents: int, size: int, *, alike: bool = False, seed: int = 5) -> gating.Items:
    """Return items whose score is the chance of being good; `alike` makes documents good or bad as wholes."""
    chance = np.random.default_rng(seed)
    groups = np.repeat(np.arange(documents), size)
    scores = chance.random(documents * size)
    bad = chance.random(documents)[groups] < 0.25 if alike else chance.random(documents * size) > scores
    return gating.Items(groups=groups, scores=scores, bad=bad)


def write(path: Path, items: gating.Items) -> str:
    """Write items as JSON lines."""
    rows = zip(items.groups.tolist(), items.scores.tolist(), items.bad.tolist(), strict=True)
    path.write_text(
        "\n".join(json.dumps({"group": f"文{group}", "score": score, "bad": bad}) for group, score, bad in rows) + "\n",
        encoding="utf-8",
    )
    return str(path)


def test_independent_items_keep_the_promise() -> None:
    """With items on their own the promise holds, coverage falls with the risk, and the truth is broken less."""
    rows = gating.resample(made(60, 10), (0.4, 0.3, 0.2), confidence=0.9, rounds=150, seed=1)
    assert [True] * 3 == [row["kept"] for row in rows]
    assert sorted((row["coverage_mean"] for row in rows), reverse=True) == [row["coverage_mean"] for row in rows]
    for row in rows:
        assert row["broken_pooled"] <= row["broken"]
        assert 0.1 <= row["allowed"] <= 0.25


def test_alike_documents_need_the_correction() -> None:
    """Verdicts that are alike within documents break the promise unless the gate is told."""
    items = made(40, 25, alike=True)
    told, untold = (
        gating.resample(items, [0.3], confidence=0.9, rounds=150, seed=1, corrected=corrected)[0]
        for corrected in (True, False)
    )
    assert told["broken"] < untold["broken"]
    assert (True, False) == (told["kept"], untold["kept"])


def test_abstaining_is_no_pass() -> None:
    """Rounds without a cut-off count as coverage 0, and nothing is said of those that published."""
    items = made(6, 2)
    (row,) = gating.resample(items, [0.01], confidence=0.9, rounds=20, seed=1)
    assert (1.0, 0.0, 0.0, None) == (
        row["abstained"], row["coverage_mean"], row["coverage_median"], row["broken_of_published"],
    )  # fmt: skip


def test_coverage_counts_rounds_that_abstain() -> None:
    """The mean is over all rounds, and so is the share of those broken."""
    cutoff = fit_cutoff([0.9] * 20, [False] * 20, risk=0.2, confidence=0.9)
    assert isinstance(cutoff, Cutoff)
    rounds = [
        gating.Round(cutoff=None),
        gating.Round(cutoff=None),
        gating.Round(cutoff=cutoff, coverage=0.6, tested=20, broken=True),
        gating.Round(cutoff=cutoff, coverage=0.4, tested=20),
    ]
    row = gating.summarize(rounds, 0.2, 0.9)
    names = ("broken", "broken_of_published", "abstained", "coverage_mean")
    assert pytest.approx((0.25, 0.5, 0.5, 0.25)) == tuple(row[name] for name in names)
    # Equal halves of a cut-off that just passed: 18.2% of rounds, half of which abstained.
    assert pytest.approx(0.1 + (0.1824 - 0.1) / 2, abs=1e-3) == row["allowed"]


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_worlds_tell_the_truth(world: World) -> None:
    """What is drawn from a world is what it says of itself."""
    drawn, truth = world.draw(np.random.default_rng(1), 40_000, 0.2), world.truth(0.2)
    for cutoff in (0.0, 0.6):
        above = drawn.scores >= cutoff
        assert pytest.approx(truth.coverage(cutoff), abs=0.01) == above.mean()
        assert pytest.approx(truth.risk(cutoff), abs=0.02) == drawn.bad[above].mean()


def test_simulation_keeps_the_promise() -> None:
    """In every world, that without any good cut-off among them, the truth is broken in a tenth of rounds at most."""
    rows = gating.simulate([0.2], sizes=[150], confidence=0.9, rounds=150, seed=2)
    assert [world.name for world in WORLDS] == [row["world"] for row in rows]
    assert [] == [row["world"] for row in rows if not row["kept"]]
    edge = next(row for row in rows if row["world"] == "edge")
    assert 0.0 == edge["coverage_best"] < edge["broken"]


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It prints a table for people and one JSON object for machines, the same for the same seed."""
    arguments = [write(tmp_path / "items.jsonl", made(20, 10)), "--rounds", "20", "--risk", ".3", "--json"]
    assert 0 == gating.main(arguments)
    told = capsys.readouterr()
    report = json.loads(told.out)
    assert (20, 200, 0.3) == (report["rounds"], report["rows"][0]["items"], report["rows"][0]["risk"])
    assert "coverage median" in told.err
    gating.main(arguments)
    assert report == json.loads(capsys.readouterr().out)
    assert 0 == gating.main([*arguments, "--by", "listing"])
    assert 200 == json.loads(capsys.readouterr().out)["rows"][0]["groups"]


def test_exit_status(tmp_path: Path) -> None:
    """A promise that is broken too often fails the command."""
    path = write(tmp_path / "items.jsonl", made(40, 25, alike=True))
    assert 1 == gating.main([path, "--rounds", "100", "--risk", ".3", "--uncorrected"])
    assert 0 == gating.main(["--simulate", "--rounds", "30", "--size", "200", "--risk", ".3"])


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "no JSON"),
        ("[]", "object"),
        ('{"group": 1.5, "score": 0.5, "bad": true}', "group"),
        ('{"group": "a", "score": NaN, "bad": true}', "score"),
        ('{"group": "a", "score": true, "bad": true}', "score"),
        ('{"group": "a", "score": 0.5, "bad": 1}', "bad"),
    ],
)
def test_bad_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, told: str) -> None:
    """A bad line is named with its file and number."""
    path = tmp_path / "items.jsonl"
    path.write_text(f'{{"group": "a", "score": 0.5, "bad": true}}\n{line}\n', encoding="utf-8")
    assert 2 == gating.main([str(path)])
    error = capsys.readouterr().err
    assert f"{path}:2: " in error
    assert told in error


def test_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No file, an empty one, one group only, a risk that is none."""
    assert 2 == gating.main([str(tmp_path / "absent.jsonl")])
    path = tmp_path / "items.jsonl"
    path.write_text("\n", encoding="utf-8")
    assert 2 == gating.main([str(path)])
    with pytest.raises(DataError, match="one group"):
        gating.resample(made(1, 50), [0.3], confidence=0.9, rounds=5, seed=1)
    assert 2 == gating.main([write(path, made(10, 5)), "--risk", "2"])
    with pytest.raises(SystemExit):
        gating.main([])
    assert "--simulate" in capsys.readouterr().err
