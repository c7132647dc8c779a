"""The command that fits a market's score and gate."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest

from shopglot.config import glossary_root
from shopglot.loading import load_localizer
from shopglot.quality import load_estimator
from shopglot_eval import estimator
from shopglot_eval.estimation.fitting import part_of

SEED = estimator.DATA / "hk.jsonl"
SHIPPED = ("glossaries/hk/gate.toml", "models/estimators/zh-Hant.json", "models/estimators/en.json")
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a run of the command left."""

    status: int
    folder: Path
    told: str


@pytest.fixture(scope="module")
def hong_kong(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The seed verdicts of Hong Kong, fitted without writing into the data folder."""
    folder = tmp_path_factory.mktemp("hk")
    before = [(ROOT / name).read_bytes() for name in SHIPPED]
    status = estimator.main(["hk", "--dry", "--out", str(folder)])
    assert before == [(ROOT / name).read_bytes() for name in SHIPPED]
    return Run(status=status, folder=folder, told="")


def test_report_has_its_tables(hong_kong: Run) -> None:
    """The report shows calibration, the gate at several risks and each signal, and says what was left out."""
    assert 0 == hong_kong.status
    report = (hong_kong.folder / "hk.md").read_text(encoding="utf-8")
    for part in ("## Calibration", "| predicted | observed |", "## Gate", "(promised)", "## Each signal alone"):
        assert part in report
    assert "Expert scores and generated errors were left out" in report
    assert "expected calibration error" in report


def test_figures_are_of_the_gate_part(hong_kong: Run) -> None:
    """Calibration and gate are measured on listings that nothing was learned from, and add up."""
    figures = json.loads((hong_kong.folder / "hk.json").read_text(encoding="utf-8"))
    rows = [json.loads(line) for line in SEED.read_text(encoding="utf-8").splitlines()]
    listings = {f"{row['merchant']}/{row['listing']}" for row in rows}
    assert sum(part_of(listing) == "gate" for listing in listings) == figures["listings"]
    assert sum(row[2] for row in figures["reliability"]) == figures["segments"]
    assert figures["calibration_error"] < 0.06
    risks = [row for row in figures["risks"].values() if row["cutoff"] is not None]
    assert risks
    free = figures["listings"] - figures["held_by_findings"]
    for risk, row in figures["risks"].items():
        if row["cutoff"] is not None:
            assert row["bound"] <= float(risk)
            # What findings hold is never counted as published, whatever is promised.
            assert row["published"] <= free


def test_gate_is_the_shipped_one(hong_kong: Run) -> None:
    """Refitting on the seed gives a gate like the one that is shipped."""
    gate = tomllib.loads((hong_kong.folder / "gate.toml").read_text(encoding="utf-8"))
    shipped = tomllib.loads((glossary_root() / "hk" / "gate.toml").read_text(encoding="utf-8"))
    assert ("cutoff" in shipped) == ("cutoff" in gate)
    assert shipped.get("cutoff", 0) == pytest.approx(gate.get("cutoff", 0), abs=0.15)
    fitted = load_estimator(hong_kong.folder / "zh-Hant.json")
    assert fitted.signature() == gate["signature"]
    market = load_localizer("hk").market
    assert (market.risk, market.confidence) == (gate["risk"], gate["confidence"])


def verdicts(path: Path, *, market: str = "us", listings: Sequence[str], bad_gate: bool = False) -> Path:
    """Write made-up verdicts, three texts a listing; long texts are mostly bad. `bad_gate` spoils the gate's part."""
    rng = Random(4)  # noqa: S311 - made-up data
    with path.open("w", encoding="utf-8") as file:
        for listing in listings:
            for index in range(3):
                long = rng.randrange(1, 30)
                good = rng.random() > long / 40
                row: dict[str, Any] = {
                    "market": market, "merchant": "店", "listing": listing, "path": "/fields/note", "index": index,
                    "field": "note", "source": "今天很开心" + "呀" * long, "target": f"happy day {'so ' * long}{index}",
                    "origin": "certain" if index == 2 else "machine",
                    "published": good and not (bad_gate and part_of(f"店/{listing}") == "gate"),
                }  # fmt: skip
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path


def opinions(path: Path, judged: Path) -> Path:
    """Write made-up opinions of the market's model on the machine's texts."""
    scorer = load_localizer("us").model
    with path.open("w", encoding="utf-8") as file:
        for line in judged.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            names = (
                f"{view}{part}" for view in ("forward", "backward") for part in ("", "-worst", "-doubts", "-total")
            )
            level = -len(row["source"]) / 10
            opinion = dict.fromkeys(names, level) | {"alone": level - 1}
            record = {"scorer": scorer, "source": row["source"], "target": row["target"], "opinion": opinion}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path


@pytest.fixture
def _no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """No engine may be loaded."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a model was loaded")

    monkeypatch.setattr("shopglot.engines.load", refuse)


def run_us(folder: Path, judged: Path, *more: str) -> int:
    """Fit the United States on made-up verdicts and opinions."""
    kept = opinions(folder / "o.jsonl", judged)
    arguments = [
        "us",
        "--dry",
        "--no-experts",
        "--out",
        str(folder),
        "--verdicts",
        str(judged),
        "--opinions",
        str(kept),
    ]
    return estimator.main([*arguments, *more])


@pytest.mark.usefixtures("_no_model")
def test_english_without_a_model(tmp_path: Path) -> None:
    """What the model has read already needs no model; every set of views has its variant, only poorer ones caution."""
    judged = verdicts(tmp_path / "v.jsonl", listings=[f"L{number}" for number in range(150)])
    assert 0 == run_us(tmp_path, judged)
    fitted = load_estimator(tmp_path / "en.json")
    assert load_localizer("us").model == fitted.scorer
    assert [set(views) for views in estimator.VARIANTS] == [set(one.views) for one in fitted.variants]
    assert [True, False, False] == [one.caution == 0 for one in fitted.variants]
    gate = tomllib.loads((tmp_path / "gate.toml").read_text(encoding="utf-8"))
    assert gate["signature"].endswith("/" + "+".join(sorted(estimator.VARIANTS[0])))
    assert (tmp_path / "us.md").is_file()


@pytest.mark.usefixtures("_no_model")
def test_the_gates_verdicts_teach_nothing(tmp_path: Path) -> None:
    """Other verdicts on the gate's part leave the estimator as it is, to the byte, and change the gate."""
    files = []
    for name, spoiled in (("a", False), ("b", True)):
        (tmp_path / name).mkdir()
        listings = [f"L{number}" for number in range(100)]
        judged = verdicts(tmp_path / name / "v.jsonl", listings=listings, bad_gate=spoiled)
        assert 0 == run_us(tmp_path / name, judged)
        files.append((tmp_path / name / "en.json").read_bytes())
    assert files[0] == files[1]
    gate = tomllib.loads((tmp_path / "b" / "gate.toml").read_text(encoding="utf-8"))
    assert "cutoff" not in gate
    assert 0 == gate["published"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", r"v\.jsonl: no verdict for market 'hk'\.$"),
        ("{\n", r"v\.jsonl:1: no JSON"),
        ('{"market": "hk"}\n', r"v\.jsonl:1: no verdict \(KeyError: 'source'\)"),
    ],
)
def test_bad_files_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, message: str) -> None:
    """An empty or broken file is refused with exit 2 and a sentence, and nothing is written."""
    import re

    (tmp_path / "v.jsonl").write_text(content, encoding="utf-8")
    status = estimator.main(["hk", "--dry", "--out", str(tmp_path / "out"), "--verdicts", str(tmp_path / "v.jsonl")])
    told = capsys.readouterr().err
    assert 2 == status
    assert told.startswith("estimator: ")
    assert re.search(message, told.strip())
    assert not (tmp_path / "out").exists()


def test_another_market(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Verdicts of another market are none of this one."""
    judged = verdicts(tmp_path / "v.jsonl", listings=["a"])
    assert 2 == estimator.main(["hk", "--dry", "--out", str(tmp_path / "out"), "--verdicts", str(judged)])
    assert "no verdict for market 'hk'" in capsys.readouterr().err


@pytest.mark.parametrize("listings", [["L1"], ["L1", "L1"]])
def test_a_single_listing(tmp_path: Path, capsys: pytest.CaptureFixture[str], listings: Sequence[str]) -> None:
    """One listing cannot both teach and be promised on: exit 2, one sentence, nothing written."""
    judged = verdicts(tmp_path / "v.jsonl", market="hk", listings=listings)
    assert 2 == estimator.main(["hk", "--dry", "--out", str(tmp_path / "out"), "--verdicts", str(judged)])
    told = capsys.readouterr().err
    assert "1 listings are too few" in told
    assert 1 == len(told.splitlines())
    assert not (tmp_path / "out").exists()


def test_verdicts_that_are_all_good(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where no reviewer ever objected there is nothing to learn, and the command says so."""
    judged = verdicts(tmp_path / "v.jsonl", market="hk", listings=[f"L{number}" for number in range(8)])
    judged.write_text(judged.read_text(encoding="utf-8").replace("false", "true"), encoding="utf-8")
    assert 2 == estimator.main(["hk", "--dry", "--out", str(tmp_path / "out"), "--verdicts", str(judged)])
    assert "both kinds are needed" in capsys.readouterr().err
