"""`shopglot events` as people call it."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from click.testing import Result

from shopglot.cli.events import _stop_on_signals
from shopglot.store import RunSpec, open_store
from shopglot.types import Outcome

Invoke = Callable[..., Result]

KEY = base64.b64encode(b"hidden-key-hidden-key-hidden-key").decode()


@pytest.fixture
def filled(url: str) -> str:
    """A store with three events."""
    with open_store(url) as store:
        run = store.begin_run(RunSpec(catalog="c", markets=("us",), engines=("fake@0",), policy="p"))
        for line in (1, 2, 3):
            store.see(run.id, [(line, "m", f"xhs-{line}")])
            outcome = Outcome(line=line, merchant="m", id=f"xhs-{line}", market="us", status="publish")
            store.settle(run.id, outcome, inputs_key="i", judged=[], document={"id": f"xhs-{line}", "title": "Pillow"})
        store.finish_run(run, {})
    return url


@contextmanager
def serve(status: int) -> Iterator[str]:
    """Serve an endpoint that always answers so; yield its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *arguments: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hook"
        server.shutdown()
        thread.join()


def listed(invoke: Invoke, store: str, state: str) -> list[dict[str, Any]]:
    """Return the events in a state."""
    rows: list[dict[str, Any]] = json.loads(
        invoke("events", "list", "--state", state, "--json", "--store", store).stdout
    )
    return rows


def test_to_a_file(invoke: Invoke, filled: str, tmp_path: Path) -> None:
    """What is due is delivered once, with status 0; the second call has nothing to do."""
    path = tmp_path / "events.jsonl"
    first = invoke("events", "deliver", "--to", str(path), "--store", filled, "--json")
    assert 0 == first.exit_code
    assert {"delivered": 3, "failed": 0, "dead": 0, "undelivered": 0, "dead_in_all": 0} == json.loads(first.stdout)
    assert 3 == len(path.read_bytes().splitlines())
    second = invoke("events", "deliver", "--to", str(path), "--store", filled)
    assert (0, f"0 events delivered to {path}; 0 left, 0 dead\n") == (second.exit_code, second.stdout)
    assert 3 == len(path.read_bytes().splitlines())


def test_a_limit_is_no_failure(invoke: Invoke, filled: str, tmp_path: Path) -> None:
    """What is left because of the limit is no reason for status 1."""
    done = invoke("events", "deliver", "--to", str(tmp_path / "e.jsonl"), "--limit", "2", "--store", filled, "--json")
    assert (0, 2, 1) == (done.exit_code, json.loads(done.stdout)["delivered"], json.loads(done.stdout)["undelivered"])


def test_a_webhook_that_fails(invoke: Invoke, filled: str, tmp_path: Path) -> None:
    """What did not arrive is status 1 with how many, why and what to do; --attempts makes it dead; retry mends it."""
    secret = tmp_path / "hook.secret"
    secret.write_text(f"whsec_{KEY}\n")
    with serve(503) as url:
        call = ("events", "deliver", "--to", f"{url}?token=hidden", "--secret-file", str(secret), "--store", filled)
        failed = invoke(*call)
        assert 1 == failed.exit_code
        assert "3 events could not be delivered yet: run again later" in failed.stderr
        assert "the endpoint answered 503 Service Unavailable" in failed.stderr
        assert f"0 events delivered to {url}; 3 left, 0 dead\n" == failed.stdout
        assert 0 == invoke("events", "retry", *(f"--seq={n}" for n in (1, 2, 3)), "--store", filled).exit_code
        dead = invoke(*call, "--attempts", "1")
        assert 1 == dead.exit_code
        assert "3 events are dead: see `shopglot events list --state dead`" in dead.stderr
    assert ["xhs-1", "xhs-2", "xhs-3"] == [row["id"] for row in listed(invoke, filled, "dead")]
    shown = invoke("events", "list", "--state", "dead", "--store", filled)
    assert "m/xhs-1" in shown.stdout
    assert "given up after 1 attempts: the endpoint answered 503" in shown.stdout
    assert shown.stdout.endswith("3 dead\n")
    retried = invoke("events", "retry", "--all", "--by", "lin", "--store", filled, "--json")
    assert {"events": 3} == json.loads(retried.stdout)
    with serve(200) as url:
        done = invoke("events", "deliver", "--to", url, "--secret-file", str(secret), "--store", filled, "--json")
    assert (0, 3) == (done.exit_code, json.loads(done.stdout)["delivered"])
    everything = failed.output + dead.output + shown.output + retried.output + done.output
    assert "hidden" not in everything
    assert KEY not in everything


def test_list_and_replay(invoke: Invoke, filled: str, tmp_path: Path) -> None:
    """Delivered events are listed last first, and come again from a number on."""
    invoke("events", "deliver", "--to", str(tmp_path / "a.jsonl"), "--store", filled)
    seqs = [row["seq"] for row in listed(invoke, filled, "delivered")]
    assert sorted(seqs, reverse=True) == seqs
    limited = invoke("events", "list", "--state", "delivered", "--limit", "2", "--store", filled)
    assert limited.stdout.endswith("3 delivered, 2 of them above\n")
    replayed = invoke("events", "replay", "--since", str(seqs[1]), "--store", filled)
    assert "2 events are to be delivered once more; `shopglot events deliver` takes them\n" == replayed.stdout
    assert 2 == len(listed(invoke, filled, "undelivered"))


def test_a_second_relay(invoke: Invoke, filled: str, tmp_path: Path) -> None:
    """While a relay is at work another one ends with status 1 and says who it is."""
    with open_store(filled) as store, store.events.relaying():
        second = invoke("events", "deliver", "--to", str(tmp_path / "a.jsonl"), "--store", filled)
    assert 1 == second.exit_code
    assert "its events are being delivered already" in second.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_following_ends_cleanly(filled: str, tmp_path: Path, number: signal.Signals) -> None:
    """A relay that follows delivers and ends with status 0 and its figures when it is told to."""
    path = tmp_path / "events.jsonl"
    process = subprocess.Popen(
        [
            sys.executable, "-c", "from shopglot.cli import main; main()", "events", "deliver", "--to", str(path),
            "--follow", "--store", filled, "--json",
        ],
        stdout=subprocess.PIPE, env=os.environ | {"SHOPGLOT_WEBHOOK_SECRET": ""},
    )  # fmt: skip
    with open_store(filled) as store:
        while store.events.counts().delivered < 3:
            assert process.poll() is None
            time.sleep(0.02)
    process.send_signal(number)
    output, _ = process.communicate()
    assert (0, 3) == (process.returncode, json.loads(output)["delivered"])


def test_a_signal_ends_the_waiting_wherever_it_comes() -> None:
    """At whatever line of the waiting its handler runs: nothing that it needs is held by what it interrupts."""
    for place in range(1000):
        left = place

        def trace(_frame: FrameType, event: str, _argument: object) -> Any:
            nonlocal left
            if event == "line":
                left -= 1
                if left == 0:
                    signal.raise_signal(signal.SIGTERM)
            return trace

        with _stop_on_signals() as bell:
            sys.settrace(trace)
            try:
                bell.wait(0.0)
            finally:
                sys.settrace(None)
            if left > 0:  # the waiting has no more lines
                break
            started = time.monotonic()
            bell.wait(30.0 if place else 0.0)
            assert bell.rung == bool(place)
            assert time.monotonic() - started < 20.0
    assert place > 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["deliver", "--to", "https://shop.example/"], "SHOPGLOT_WEBHOOK_SECRET"),
        (["deliver", "--to", "https://shop.example/", "--secret-file", "none"], "none: No such file"),
        (["deliver", "--to", "http://shop.example/"], "SHOPGLOT_WEBHOOK_SECRET"),
        (["deliver", "--to", "kafka://broker/topic"], "not kafka://"),
        (["deliver", "--to", "e.jsonl", "--secret-file", "x"], "is not signed"),
        (["deliver", "--to", "none/e.jsonl"], "does not exist"),
        (["deliver", "--to", "e.jsonl", "--attempts", "0"], "--attempts"),
        (["retry"], "either --seq N or --all"),
        (["retry", "--all", "--seq", "1"], "either --seq N or --all"),
    ],
)
def test_bad_usage(invoke: Invoke, arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot work is status 2 with what to do, before a store is touched."""
    monkeypatch.delenv("SHOPGLOT_WEBHOOK_SECRET", raising=False)
    done = invoke("events", *arguments)
    assert 2 == done.exit_code
    assert said in done.stderr


def test_what_is_not_there(invoke: Invoke, filled: str, tmp_path: Path) -> None:
    """A store that does not exist is not made; an event that does not exist is said."""
    missing = tmp_path / "none.db"
    assert 1 == invoke("events", "deliver", "--to", str(tmp_path / "e.jsonl"), "--store", str(missing)).exit_code
    assert not missing.exists()
    retried = invoke("events", "retry", "--seq", "1", "--seq", "99", "--store", filled)
    assert 1 == retried.exit_code
    assert "1 are delivered already or do not exist" in retried.stderr
