"""What is shown while something takes time: log lines in a file, a bar on a terminal that is always given back."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shopglot import progress
from shopglot.progress import DownloadProgress, LiveWatcher, LogWatcher, RunWatcher, duration, run_watcher
from shopglot.run import Night
from shopglot.store import Run
from shopglot.summary import Summary
from shopglot.types import Outcome, Translation

RUN = Run(id=4, resumed=False, started_at=datetime(2026, 1, 1, tzinfo=UTC))
OUTCOME = Outcome(line=1, merchant="", id="1", market="us", status="publish")
TEXT = Translation(
    source="枕", target="Pillow", market="us", model="fake@1", origin="machine", unit_key="", machine_key="", tokens=50
)
HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


class Clock:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time that the displays go by."""
    hands = Clock()
    monkeypatch.setattr(progress, "time", hands)
    return hands


@pytest.fixture(autouse=True)
def _terminal_type(monkeypatch: pytest.MonkeyPatch) -> None:
    """The terminal of the tests is an ordinary one, whatever the machine says."""
    monkeypatch.setenv("TERM", "xterm")
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


def test_log_lines_where_there_is_no_terminal(clock: Clock, night: Night) -> None:
    """A line at the start, one every ten seconds, one at the end; no control characters."""
    stream = io.StringIO()
    with run_watcher(stream) as watcher:
        assert isinstance(watcher, LogWatcher)
        watcher.begin(night, RUN)
        for _ in range(8):
            clock.now += 4
            watcher.outcome(OUTCOME)
        watcher.translated([TEXT, TEXT])
        clock.now += 10
        watcher.outcome(OUTCOME)
        watcher.end(Summary(markets=("us",), run_id=4, seconds=42))
    assert [
        f"shopglot: beginning run 4 over c.jsonl (10 lines); us: fake@1, hk: {night.localizers[1].model}",
        "shopglot: 1/10 listings, 0 segments, 12.0 s, about 1 min 48 s left",
        "shopglot: 3/10 listings, 0 segments, 24.0 s, about 56.0 s left",
        "shopglot: 4/10 listings, 2 segments, 100 tokens (2/s), 42.0 s, about 1 min 03 s left",
        "shopglot: run 4 finished in 42.0 s",
    ] == stream.getvalue().splitlines()


def test_resumed_run_without_a_total(night: Night, clock: Clock) -> None:
    """A run that is taken up says so; where the number of lines is unknown, none is claimed."""
    stream = io.StringIO()
    watcher = LogWatcher(stream)
    watcher.begin(replace(night, total=None), replace(RUN, resumed=True))
    clock.now += 60
    watcher.outcome(OUTCOME)
    assert "taking up run 4 over c.jsonl; " in stream.getvalue()
    assert "0 listings, 0 segments, 1 min 00 s" == watcher.state()


def test_bar_on_a_terminal_is_taken_away(night: Night) -> None:
    """The bar shows the state, then is gone; the cursor comes back and the last line says how long it took."""
    stream = Terminal()
    with run_watcher(stream) as watcher:
        assert isinstance(watcher, LiveWatcher)
        watcher.begin(night, RUN)
        watcher.outcome(OUTCOME)
        watcher.translated([TEXT])
        watcher.end(Summary(markets=("us",), run_id=4, seconds=1))
    shown = stream.getvalue()
    assert 1 == shown.count(HIDE) == shown.count(SHOW)
    assert shown.rindex(SHOW) < shown.rindex("shopglot: run 4 finished in 1.0 s\n")


def test_terminal_is_restored_after_an_exception(night: Night) -> None:
    """The cursor comes back and the refresh thread ends when the run fails; the error goes on."""
    stream = Terminal()
    watching = run_watcher(stream)
    watcher = watching.__enter__()
    watcher.begin(night, RUN)
    watcher.outcome(OUTCOME)
    error = RuntimeError("power cut")
    assert not watching.__exit__(RuntimeError, error, None)  # type: ignore[func-returns-value]
    assert HIDE in stream.getvalue()
    assert stream.getvalue().rindex(SHOW) > stream.getvalue().rindex(HIDE)
    assert isinstance(watcher, LiveWatcher)
    assert not watcher._bar.live.is_started


def test_terminal_is_untouched_where_the_run_never_began() -> None:
    """An error before the first line leaves no hidden cursor."""
    stream = Terminal()
    with pytest.raises(RuntimeError), run_watcher(stream):
        raise RuntimeError
    assert HIDE not in stream.getvalue()


def test_bare_watcher_shows_nothing() -> None:
    """Counting alone writes nothing."""
    watcher = RunWatcher(stream := io.StringIO())
    watcher.outcome(OUTCOME)
    assert ("", 1) == (stream.getvalue(), watcher.outcomes)


def test_download_log_is_throttled(clock: Clock) -> None:
    """In a log: the first line of a step, one every ten seconds, and the last, in megabytes."""
    stream = io.StringIO()
    with DownloadProgress(stream) as shown:
        for megabytes in range(0, 101, 10):
            shown.step("download", megabytes * 1_000_000, 100_000_000)
            clock.now += 4
        shown.step("convert", 0, 3)
        shown.step("convert", 1, 3)
        shown.step("verify", 0, 0)
    assert [
        "shopglot: download 0 of 100 MB",
        "shopglot: download 30 of 100 MB",
        "shopglot: download 60 of 100 MB",
        "shopglot: download 90 of 100 MB",
        "shopglot: download 100 of 100 MB",
        "shopglot: convert 0 of 3",
        "shopglot: verify",
    ] == stream.getvalue().splitlines()


def test_download_on_a_terminal_overwrites_its_line(clock: Clock) -> None:
    """On a terminal one line is overwritten, at most five times a second, and ended at the end."""
    stream = Terminal()
    with DownloadProgress(stream) as shown:
        for done in range(4):
            shown.step("download", done * 1_000_000, 100_000_000)
            clock.now += 0.11
    shown_text = stream.getvalue()
    assert (2, 1, True) == (shown_text.count("\r"), shown_text.count("\n"), shown_text.endswith("\n"))


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0.0 s"), (4.24, "4.2 s"), (59.94, "59.9 s"), (59.96, "1 min 00 s"), (60, "1 min 00 s"),
        (185.4, "3 min 05 s"),
        (3599.6, "1 h 00 min"), (7620, "2 h 07 min"), (90_000, "25 h 00 min"),
    ],
)  # fmt: skip
def test_duration(seconds: float, told: str) -> None:
    """Time spans are written as people write them, rounded once."""
    assert told == duration(seconds)
