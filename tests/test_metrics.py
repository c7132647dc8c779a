"""The file of figures: what stands in it while a run goes on and when it has ended, and what its failure does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from shopglot.alerts import Alert
from shopglot.errors import UsageError
from shopglot.metrics import EVERY, SUCCESS, MetricsFile
from shopglot.run import Night
from shopglot.store import Run
from shopglot.summary import Summary
from shopglot.types import Outcome, Translation

pytestmark = pytest.mark.usefixtures("kind_data")
OUTCOME = Outcome(line=1, merchant="", id="1", market="us", status="publish")
LEFT = Outcome(line=2, merchant="", id="2", market="hk", status="skipped", reasons=("run.deadline",))
TEXT = Translation(
    source="s", target="t", market="us", model="m", origin="machine", unit_key="u", machine_key="k", tokens=7
)


class Bench:
    """A file of figures with a clock."""

    def __init__(self, path: Path) -> None:
        self.path, self.now, self.said = path, 1_000_000.0, list[str]()
        self.file = self.make()

    def make(self) -> MetricsFile:
        """Begin another process' file at the same place."""
        return MetricsFile(self.path, say=self.said.append, clock=lambda: self.now, ticks=lambda: self.now - 5)

    def read(self) -> dict[str, float]:
        """Return what a collector reads, by name and labels."""
        families = text_string_to_metric_families(self.path.read_text("utf-8"))
        return {
            " ".join((sample.name, *sample.labels.values())): sample.value
            for family in families
            for sample in family.samples
        }


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A file in an empty folder."""
    return Bench(tmp_path / "shop.prom")


def begin(bench: Bench, night: Night) -> None:
    """Begin a run."""
    from datetime import UTC, datetime

    bench.file.begin(night, Run(id=4, resumed=False, started_at=datetime.now(UTC), worker=1))


def test_while_the_run_goes_on(bench: Bench, night: Night) -> None:
    """From the first moment it says that a run goes on; counts are written once a minute, in whole files."""
    assert 1 == bench.read()["shopglot_run_in_progress"]
    begin(bench, night)
    bench.file.stage("read")
    bench.now += 2
    bench.file.stage("translate")
    bench.file.outcome(OUTCOME)
    assert 0 == bench.read()["shopglot_pages us publish"]
    bench.now += EVERY
    bench.file.translated([TEXT, TEXT])
    bench.file.read(3)
    found = bench.read()
    assert (1, 0, 2, 14) == (
        found["shopglot_pages us publish"], found["shopglot_pages hk publish"], found["shopglot_texts_translated"],
        found["shopglot_tokens_generated"],
    )  # fmt: skip
    assert (4, 2, EVERY + 2) == (
        found["shopglot_run_id"], found["shopglot_stage_seconds read"], found["shopglot_run_seconds"],
    )  # fmt: skip
    assert ["shop.prom"] == [path.name for path in bench.path.parent.iterdir() if "prom" in path.name]


def test_at_the_end(bench: Bench, night: Night) -> None:
    """Outcomes, what was left, the promise, alerts, and that it was a success."""
    begin(bench, night)
    for outcome in (OUTCOME, LEFT):
        bench.file.outcome(outcome)
    bench.file.end(Summary(markets=("us", "hk"), published=1))
    bench.file.note_alerts(("us", "hk"), [Alert(kind="drift", market="hk", message="!")])
    bench.now += 9
    bench.file.close(success=True)
    found = bench.read()
    expected = {
        "shopglot_run_in_progress": 0, "shopglot_pages_left hk": 1, "shopglot_pages_left us": 0,
        "shopglot_pages hk skipped": 1, "shopglot_alerts drift hk": 1, "shopglot_alerts drift us": 0,
        "shopglot_catalog_changes published": 1, SUCCESS: bench.now,
    }  # fmt: skip
    assert expected == {name: found[name] for name in expected}
    states = {name.split()[2]: value for name, value in found.items() if name.startswith("shopglot_promise us")}
    assert {"fitted": 0, "closed": 0, "plain": 1, "uncalibrated": 0} == states


def test_last_success_outlives_a_failure(bench: Bench, night: Night) -> None:
    """A run that fails says so by leaving the time of the last success as it was."""
    bench.file.close(success=True)
    before = bench.now
    bench.now += 86_400
    bench.file = bench.make()
    bench.file.close(success=False)
    assert (before, 0) == (bench.read()[SUCCESS], bench.read()["shopglot_run_in_progress"])


def test_file_of_somebody_else(bench: Bench) -> None:
    """What stood there before and is no file of figures is replaced."""
    bench.path.write_bytes(b"\xff\xfe nothing " + SUCCESS.encode() + b"\n" + SUCCESS.encode() + b" x\n")
    bench.file = bench.make()
    assert SUCCESS not in bench.read()


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    """The option is named before any work is done."""
    with pytest.raises(UsageError, match="--metrics-file"):
        MetricsFile(tmp_path / "no" / "shop.prom", say=print)


def test_folder_that_goes_away(bench: Bench) -> None:
    """The run goes on; one line says so."""
    os.remove(bench.path)  # noqa: PTH107 - as somebody else would
    bench.path.parent.rename(bench.path.parent.with_name("gone"))
    bench.file.write()
    bench.file.close(success=True)
    assert 1 == len(bench.said)
    assert "the run goes on without it" in bench.said[0]
