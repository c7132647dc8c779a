"""`shopglot run` as an operator starts and ends it: signals, deadlines, logs, figures, alerts, with real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from shopglot.store import open_store

pytestmark = [
    pytest.mark.usefixtures("kind_data"),
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that a process may heed"),
]
Invoke = Callable[..., Result]
Write = Callable[..., str]
PAGE = {"id": "p1", "merchant": "m", "fields": {"title": "记忆棉旅行枕"}}
BLOCKED = {"id": "p2", "merchant": "m", "fields": {"title": "记忆棉旅行枕", "note": "加微信 abc 领优惠"}}
RUN = ("--market", "us", "--market", "hk", "--model", "fake", "--allow-uncalibrated", "--store", "night.db")
# The command with an engine that writes that it is at its first batch, and needs its time for it.
SLOW = """
import sys, time
from pathlib import Path
from shopglot.engines.fake import FakeEngine
translate = FakeEngine.translate
def slow(self, requests):
    if not Path("at-work").exists():
        Path("at-work").touch()
        time.sleep(1)
    answers = translate(self, requests)
    with Path("done").open("a") as file: file.write("x")
    return answers
FakeEngine.translate = slow
from shopglot.cli import main
main()
"""


def start(folder: Path, data: Path, catalog: str, *options: str) -> subprocess.Popen[str]:
    """Start a slow run in a folder."""
    return subprocess.Popen(
        [sys.executable, "-c", SLOW, "run", catalog, *RUN, *options, "--json"], cwd=folder,
        env=os.environ | {"SHOPGLOT_DATA": str(data), "PYTHONPATH": ":".join(sys.path)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    """Wait until a file is there."""
    while not path.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal(number: signal.Signals, tmp_path: Path, data_folder: Path, catalog: Write) -> None:
    """The batch in hand is ended and written, the status is 1, a line says that the same command goes on; it does."""
    path = catalog(*[{"id": f"p{n}", "fields": {"title": f"纯棉连衣裙第{n}款"}} for n in range(3)])
    process = start(tmp_path, data_folder, path)
    wait_for(tmp_path / "at-work", process)
    process.send_signal(number)
    output, errors = process.communicate()
    assert (1, "") == (process.returncode, output), errors
    assert f"stopped by {number.name}" in errors
    assert "the same command goes on" in errors
    assert "Traceback" not in errors
    assert "x" == (tmp_path / "done").read_text()
    with open_store(str(tmp_path / "night.db")) as store, store.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM translations").scalar_one() > 0
        assert 0 == connection.exec_driver_sql("SELECT count(*) FROM leases WHERE NOT done").scalar_one()
    again = start(tmp_path, data_folder, path)
    output, errors = again.communicate()
    assert 0 == again.returncode, errors
    summary = json.loads(output)
    assert (True, 1, 3) == (summary["resumed"], summary["run_id"], summary["listings"])


def test_second_signal_ends_at_once(tmp_path: Path, data_folder: Path, catalog: Write) -> None:
    """Whoever cannot wait for the batch in hand does not have to."""
    process = start(tmp_path, data_folder, catalog(PAGE))
    wait_for(tmp_path / "at-work", process)
    process.terminate()
    while "ending the batch in hand" not in str(process.stderr and process.stderr.readline()):
        assert process.poll() is None
    process.terminate()
    process.communicate()
    assert -signal.SIGTERM == process.returncode
    assert not (tmp_path / "done").exists()


def test_deadline(tmp_path: Path, data_folder: Path, catalog: Write) -> None:
    """A run that ends at its deadline has status 0 and says what it left; the next one takes it up."""
    path = catalog(*[{"id": f"p{n}", "fields": {"title": f"纯棉连衣裙第{n}款"}} for n in range(5)], b"{")
    process = start(tmp_path, data_folder, path, "--deadline", "1s")
    output, errors = process.communicate()
    assert 0 == process.returncode, errors
    summary = json.loads(output)
    assert {"us": 6, "hk": 6} == {name: sum(counts.values()) for name, counts in summary["outcomes"].items()}
    assert summary["left"]["us"] > 0
    assert summary["reasons"]["run.deadline"] == sum(summary["left"].values())
    rest, _ = (following := start(tmp_path, data_folder, path)).communicate()
    assert (0, {"us": 0, "hk": 0}) == (following.returncode, json.loads(rest)["left"])


def test_deadline_in_words(invoke: Invoke, catalog: Write) -> None:
    """The summary says how many pages are left; broken lines count for --max-failed as ever."""
    told = invoke("run", catalog(PAGE, b"{"), *RUN, "--deadline", "0s", "--max-failed", "0")
    assert 1 == told.exit_code
    assert "the next run takes up: us 1, hk 1" in told.stdout


@pytest.mark.parametrize("deadline", ["25:00", "2001-01-01T00:00", "soon"])
def test_deadline_that_is_none(deadline: str, invoke: Invoke, catalog: Write, tmp_path: Path) -> None:
    """Status 2 before anything is done; the option is named."""
    result = invoke("run", catalog(PAGE), *RUN, "--deadline", deadline)
    assert (2, "", True) == (result.exit_code, result.stdout, f"--deadline {deadline}" in result.stderr)
    assert not (tmp_path / "night.db").exists()


def log(result: Result) -> list[dict[str, Any]]:
    """Return the log of a run, every line of stderr."""
    return [json.loads(line) for line in result.stderr.splitlines()]


def test_log_and_figures(invoke: Invoke, catalog: Write, tmp_path: Path) -> None:
    """Every line of stderr is an object with run and level; the summary on stdout is as ever; figures are written."""
    result = invoke("run", catalog(PAGE, BLOCKED, b"{"), *RUN, "--json", "--log-json", "--metrics-file", "shop.prom")
    assert 0 == result.exit_code, result.stderr
    lines = log(result)
    assert {"time", "level", "run", "stage", "event"} <= set.intersection(*(set(line) for line in lines))
    assert {1} == {line["run"] for line in lines}
    spoken = {(line["merchant"], line["listing"], line["status"]) for line in lines if line["event"] == "outcome"}
    assert {("m", "p2", "reject"), ("", "", "failed")} == spoken
    assert json.loads(result.stdout) == lines[-1]["summary"]
    figures = (tmp_path / "shop.prom").read_text("utf-8")
    assert 'shopglot_pages{market="us",outcome="reject"} 1\n' in figures
    assert 'shopglot_alerts{kind="promise",market="us"} 0\n' in figures
    assert "shopglot_run_in_progress 0\n" in figures


def test_errors_in_the_log(invoke: Invoke, catalog: Write) -> None:
    """What ends a run is a line of the log too, with the same status."""
    result = invoke("run", catalog(PAGE), *RUN[:-1], "no/folder/x.db", "--log-json", "--metrics-file", "shop.prom")
    assert (1, "") == (result.exit_code, result.stdout)
    assert ("error", "error") == (log(result)[-1]["level"], log(result)[-1]["event"])
    assert "no/folder" in log(result)[-1]["message"]
    assert "shopglot_last_success" not in Path("shop.prom").read_text("utf-8")
    failed = invoke("run", catalog(b"{"), *RUN, "--log-json", "--max-failed", "0")
    assert (1, "error") == (failed.exit_code, log(failed)[-1]["level"])


@pytest.mark.parametrize(
    "options", [("--metrics-file", "no/folder/x.prom"), ("--alert-url", "hook"), ("--alert-url", "http://a.example/")]
)
def test_places_that_are_none(options: tuple[str, str], invoke: Invoke, catalog: Write) -> None:
    """Status 2, the option is named, nothing is done."""
    result = invoke("run", catalog(PAGE), *RUN, *options)
    assert (2, "", True) == (result.exit_code, result.stdout, options[0] in result.stderr)
    assert not Path("night.db").exists()


def test_alert_that_does_not_arrive(invoke: Invoke, catalog: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """The night is done, the status is 0, a line says that nobody was told."""
    from shopglot.alerts import Alert

    monkeypatch.setattr(
        "shopglot.alerts.find_alerts", lambda *_: (Alert(kind="drift", market="us", message="us: odd"),)
    )
    result = invoke("run", catalog(PAGE), *RUN, "--alert-url", "http://127.0.0.1:9/hook")
    assert 0 == result.exit_code
    assert "us: odd" in result.stderr
    assert "1 alerts were not delivered: the connection was refused" in result.stderr


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="this system knows no priorities")
@pytest.mark.parametrize(("options", "expected"), [((), 5), (("--nice", "11"), 11), (("--nice", "0"), 0)])
def test_the_run_gives_way_to_people(
    options: tuple[str, ...], expected: int, invoke: Invoke, catalog: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The night runs at the priority that was asked for, and never at a higher one than it was begun with."""
    import shopglot.run

    here = os.getpriority(os.PRIO_PROCESS, 0)
    seen: list[int] = []
    run = shopglot.run.run

    def watch(night: Any) -> Any:
        seen.append(os.getpriority(os.PRIO_PROCESS, 0))
        return run(night)

    monkeypatch.setattr(shopglot.run, "run", watch)
    result = invoke("run", catalog(PAGE), *RUN, *options)
    assert 0 == result.exit_code, result.stderr
    assert [max(here, expected)] == seen
    assert os.getpriority(os.PRIO_PROCESS, 0) in (here, max(here, expected))  # only root gets it back


def test_a_priority_that_there_is_not(invoke: Invoke, catalog: Write) -> None:
    """Nobody goes before others by an option, and 20 is none."""
    for wrong in ("-1", "20", "low"):
        assert 2 == invoke("run", catalog(PAGE), *RUN, "--nice", wrong).exit_code
