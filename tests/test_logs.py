"""The log for machines: one object a line, whatever the texts are."""

from __future__ import annotations

import io
import json
import logging
import warnings
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from shopglot.logs import JsonLog, JsonWatcher, told_as_json
from shopglot.summary import Summary
from shopglot.types import Outcome

NOW = datetime(2026, 11, 24, 2, 13, 7, 120_000, tzinfo=UTC)


def test_lines() -> None:
    """Run and stage are in every line, a page's names where it speaks of one; what is published has none."""
    stream = io.StringIO()
    log = JsonLog(stream, lambda: NOW)
    watcher = JsonWatcher(stream, log)
    log.run = 12
    watcher.stage("publish")
    names = {"line": 3, "merchant": "m", "id": "p3", "market": "hk"}
    watcher.outcome(Outcome(**names, status="publish"))  # type: ignore[arg-type]
    watcher.outcome(Outcome(**names, status="reject", reasons=("hk.x",), message="No."))  # type: ignore[arg-type]
    watcher.outcome(Outcome(**names, status="failed", reasons=("json.invalid",)))  # type: ignore[arg-type]
    watcher.warn("broken")
    watcher.end(Summary(markets=("hk",), run_id=12))
    rejected, failed, alarm, end = map(json.loads, stream.getvalue().splitlines())
    assert {
        "time": "2026-11-24T02:13:07.120Z", "level": "info", "run": 12, "stage": "publish", "event": "outcome",
        "merchant": "m", "listing": "p3", "line": 3, "market": "hk", "status": "reject", "reasons": ["hk.x"],
        "message": "No.",
    } == rejected  # fmt: skip
    assert ("warning", "failed") == (failed["level"], failed["status"])
    assert ("warning", "alarm", "broken") == (alarm["level"], alarm["event"], alarm["message"])
    assert ("end", 12) == (end["event"], end["summary"]["run_id"])


@given(st.text(alphabet=st.characters(), max_size=80) | st.just("a\u2028b\ud800c\u0085\r\n"))
def test_any_text_is_one_line_of_utf8(text: str) -> None:
    """A line is a line to every reader, and says what it was given."""
    stream = io.StringIO(newline="")
    JsonLog(stream, lambda: NOW).write("info", "message", message=text)
    written = stream.getvalue()
    assert 1 == len(written.encode("utf-8").decode("utf-8").splitlines())
    assert text == json.loads(written)["message"]


def test_libraries() -> None:
    """What libraries log and warn of is in the log, and only while it is asked for."""
    stream = io.StringIO()
    log = JsonLog(stream, lambda: NOW)
    with told_as_json(log), warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.getLogger("some.library").warning("it is %s", "late")
        logging.getLogger("some.library").error("gone")
        logging.getLogger("some.library").info("nobody wants to know")
        logging.captureWarnings(capture=True)
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    logging.getLogger("some.library").error("nobody hears")
    first, second, third = map(json.loads, stream.getvalue().splitlines())
    assert ("warning", "library", "some.library", "it is late") == tuple(
        first[key] for key in ("level", "event", "logger", "message")
    )
    assert ("error", "gone") == (second["level"], second["message"])
    assert "old" in third["message"]
