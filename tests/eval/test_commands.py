"""`shopglot eval` and `shopglot report nightly` as people call them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from shopglot.cli import main

pytestmark = pytest.mark.usefixtures("kind")
Invoke = Callable[..., Result]

TEXTS = (
    ("记忆棉旅行枕", "Memory Foam Travel Pillow"),
    ("纯棉连衣裙 200g", "Pure Cotton Dress, 200 g"),
    ("保温杯500ml", "500 ml Insulated Bottle"),
    ("<b>两件装</b>雨伞", "<b>2-Pack</b> Umbrella"),
)


@pytest.fixture
def kind(kind_data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Run in an empty folder, with kind estimators and no gates."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def table(tmp_path: Path) -> str:
    """A suite of the user's own: sixteen pages of four texts."""
    rows = ["id\tlisting\tsource\treference"]
    rows += [f"{page}-{at}\tp{page}\t{one}\t{other}" for page in range(16) for at, (one, other) in enumerate(TEXTS)]
    path = tmp_path / "mine.tsv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def invoke() -> Invoke:
    """Call shopglot."""

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments, catch_exceptions=False)

    return call


def evaluate(invoke: Invoke, *arguments: str) -> Result:
    """Evaluate with the stand-in."""
    return invoke("eval", *arguments, "--market", "us", "--model", "fake")


def read(path: str) -> dict[str, Any]:
    """Return a report's JSON."""
    found = json.loads(Path(path).read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def test_a_report_in_three_forms(invoke: Invoke, table: str) -> None:
    """Their paths are on stdout; made again, nothing is translated and every byte is the same."""
    first = evaluate(invoke, table)
    assert 0 == first.exit_code, first.stderr
    paths = first.stdout.split()
    assert ["eval-report/report.html", "eval-report/report.json", "eval-report/report.md"] == paths
    before = [Path(path).read_bytes() for path in paths]
    again = evaluate(invoke, table)
    assert "attempt" in first.stderr
    assert "attempt" not in again.stderr
    assert before == [Path(path).read_bytes() for path in paths]
    assert b"fake" in before[2]


def test_the_numbers_are_sacrebleu_s(invoke: Invoke, table: str) -> None:
    """The report says of the texts in it what sacrebleu's corpus score says."""
    from sacrebleu.metrics.chrf import CHRF

    told = json.loads(evaluate(invoke, table, "--json").stdout)
    report = read(told["json"])
    [chrf] = [one for one in report["figures"] if one["measure"] == "chrf" and not one["dimension"]]
    kept = next(Path("eval-report/work/answers").glob("*.jsonl")).read_text(encoding="utf-8").splitlines()
    targets = [json.loads(line)["target"] for line in kept[1:]]
    references = [reference for _ in range(16) for _, reference in TEXTS]
    assert chrf["value"] == pytest.approx(CHRF().corpus_score(targets, [references]).score)
    assert chrf["count"] == len(targets) == 64


def test_systems_from_files_are_compared(invoke: Invoke, table: str, tmp_path: Path) -> None:
    """The product's own comes first; what people wrote is better."""
    lines = [reference for _ in range(16) for _, reference in TEXTS]
    (tmp_path / "people.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = evaluate(invoke, table, "--system", "people=people.txt", "--json")
    assert 0 == told.exit_code, told.stderr
    figures = read(json.loads(told.stdout)["json"])["figures"]
    [difference] = [one for one in figures if one["measure"] == "difference.chrf"]
    assert "people" == difference["system"]
    assert difference["low"] > 0


def test_a_baseline_and_what_is_worse(invoke: Invoke, table: str, tmp_path: Path) -> None:
    """Without one it says how to make it; nothing changed is no alarm; a planted change fails and is named."""
    missing = evaluate(invoke, table, "--check", "--baselines", "b")
    assert 2 == missing.exit_code
    assert "--update-baseline" in missing.stderr
    assert 2 == evaluate(invoke, table, "--update-baseline", " ", "--baselines", "b").exit_code
    made = evaluate(invoke, table, "--update-baseline", "the first", "--baselines", "b")
    assert "b/mine.us.fake.json" in made.stdout.split()
    same = evaluate(invoke, table, "--check", "--baselines", "b", "--json")
    assert 0 == same.exit_code, same.stderr
    assert json.loads(same.stdout)["passed"] is True
    path = tmp_path / "b" / "mine.us.fake.json"
    baseline = json.loads(path.read_text(encoding="utf-8"))
    for row, (_, reference) in zip(baseline["outputs"], TEXTS * 16, strict=True):
        row["target"] = reference  # what stood before was better
        row["findings"] = []
    path.write_text(json.dumps(baseline), encoding="utf-8")
    worse = evaluate(invoke, table, "--check", "--baselines", "b")
    assert 1 == worse.exit_code
    assert "significantly worse" in worse.stderr
    assert "Significantly worse" in Path("eval-report/report.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "Name a suite"),
        (("no-such-suite",), "no-such-suite"),
        (("mine.tsv", "--system", "x=absent.txt"), "absent.txt"),
        (("mine.tsv", "--system", "x="), "name a file"),
        (("mine.tsv", "--no-product"), "no system"),
        (("mine.tsv", "--neural", "nonsense"), "no such metric"),
        (("mine.tsv", "--check", "--update-baseline", "n"), "does not go with"),
        (("mine.tsv", "--store", "absent.db"), "absent.db"),
    ],
)
def test_what_cannot_be_is_said(invoke: Invoke, table: str, arguments: tuple[str, ...], says: str) -> None:
    """With exit status 2, or 1 where a store is not there, and no report."""
    result = evaluate(invoke, *arguments)
    assert result.exit_code in (1, 2)
    assert says in result.stderr
    assert not Path("eval-report/report.html").exists()


def test_the_suites_are_listed(invoke: Invoke) -> None:
    """Those whose data are not here say so."""
    lines = invoke("eval", "--list").stdout.splitlines()
    assert {"commerce-test", "wmt22-ecommerce"} <= {line.split()[0] for line in lines}
    rows = json.loads(invoke("eval", "--list", "--json").stdout)
    assert {"name", "title", "markets", "missing"} == set(rows[0])


def test_a_night_is_reported(invoke: Invoke, tmp_path: Path) -> None:
    """What a run did, from its store; a store without a run is told apart."""
    line = json.dumps({"id": "p1", "merchant": "m", "fields": {"title": "记忆棉旅行枕", "note": "加微信 abc"}})
    (tmp_path / "c.jsonl").write_text(line + "\n", encoding="utf-8")
    run = invoke("run", "c.jsonl", "--market", "us", "--model", "fake", "--allow-uncalibrated", "--store", "s.db")
    assert 0 == run.exit_code, run.stderr
    told = invoke("report", "nightly", "--store", "s.db", "--out", "n", "--json")
    assert 0 == told.exit_code, told.stderr
    paths = json.loads(told.stdout)
    assert "common.diversion" in Path(paths["html"]).read_text(encoding="utf-8")
    assert "nightly" == read(paths["json"])["kind"]
    wrong = invoke("report", "nightly", "--store", "s.db", "--run", "9", "--out", "n")
    assert wrong.exit_code in (1, 2)
    assert "9" in wrong.stderr
    assert 1 == invoke("report", "nightly", "--store", "none.db", "--out", "n").exit_code
