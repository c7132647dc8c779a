"""kill -9 of a relay at random points: after a restart no event is lost, and without duplicates each is there once."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from shopglot.relay import FileTarget, Relay, WebhookTarget
from shopglot.store import Store

Endpoint: TypeAlias = Any  # the class of conftest.py, which cannot be imported

TRIES = 5  # for each target on each database
EVENTS = 12
SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="  # noqa: S105 - of no endpoint but this test's

# Dies inside of one of its writes: some of the bytes are in the file, the rest never will be.
TORN = """
import os, signal, sys
from shopglot.relay import file
from shopglot.cli import main
data, left = file._append, int(sys.argv.pop(1))
def append(handle, lines):
    handle.write(lines[:left])
    os.kill(os.getpid(), signal.SIGKILL)
file._append = append
main()
"""
PLAIN = "from shopglot.cli import main; main()"


def start(code: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a relay."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        env=os.environ | {"SHOPGLOT_WEBHOOK_SECRET": SECRET},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def expected(store: Store) -> list[str]:
    """Return the ids of all events."""
    return [str(row["event_id"]) for row in store.events.listed("undelivered", limit=1000)]


def test_killed_while_it_writes_a_file(store: Store, url: str, publish: Callable[..., None], tmp_path: Path) -> None:
    """Killed after any number of bytes, the file stays valid lines, and each event stands in it exactly once."""
    publish(*[(f"p{number}", f"Pillow {number} 枕头") for number in range(EVENTS)])
    wanted = expected(store)
    whole = tmp_path / "whole.jsonl"
    Relay(events=store.events, target=FileTarget(whole)).deliver()
    size = whole.stat().st_size
    chance = random.Random(20261122)  # noqa: S311 - where to kill, no secret
    for number in range(TRIES):
        store.events.replay(0, actor="test")
        path = tmp_path / f"{number}.jsonl"
        cut = chance.randrange(1, size)
        process = start(TORN, str(cut), "events", "deliver", "--to", str(path), "--store", url)
        assert -signal.SIGKILL == process.wait()
        assert cut == path.stat().st_size
        assert EVENTS == store.events.counts().undelivered
        Relay(events=store.events, target=FileTarget(path)).deliver()
        assert wanted == [json.loads(line)["event_id"] for line in path.read_bytes().splitlines()]
        assert whole.read_bytes() == path.read_bytes()


def test_killed_while_it_posts(store: Store, url: str, publish: Callable[..., None], endpoint: Endpoint) -> None:
    """Killed before or after the answer to any request, the endpoint has every event, each at most twice."""
    publish(*[(f"p{number}", f"Pillow {number}") for number in range(EVENTS)])
    wanted = expected(store)
    chance = random.Random(20261123)  # noqa: S311 - where to kill, no secret
    for _ in range(TRIES):
        endpoint.requests.clear()
        fatal = chance.randrange(EVENTS)
        process = start(PLAIN, "events", "deliver", "--to", endpoint.url, "--store", url)

        def kill(number: int, fatal: int = fatal, process: subprocess.Popen[bytes] = process) -> None:
            if number == fatal:
                process.kill()
                process.wait()

        endpoint.before_answer = kill
        assert -signal.SIGKILL == process.wait()
        endpoint.before_answer = lambda number: None
        assert fatal == store.events.counts().delivered
        target = WebhookTarget(endpoint.url, [b"0" * 32])
        Relay(events=store.events, target=target).deliver()
        target.close()
        got = [headers["webhook-id"] for headers, _ in endpoint.requests]
        assert wanted == list(dict.fromkeys(got))
        assert EVENTS + 1 == len(got)
        assert 0 == store.events.counts().undelivered
        store.events.replay(0, actor="test")
