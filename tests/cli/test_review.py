"""`shopglot review`: its options, and a desk that really listens."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3
from click.testing import Result

from shopglot.review.context import Settings
from shopglot.store import open_store

Invoke = Callable[..., Result]


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the command would serve, instead of serving it."""
    served: list[Any] = []
    monkeypatch.setattr(
        "shopglot.cli.review._serve", lambda settings, host, port: served.append((settings, host, port))
    )
    return served


def test_by_default_only_this_machine_reaches_the_desk(invoke: Invoke, settings: list[Any]) -> None:
    """Plain HTTP, by names of this machine."""
    assert 0 == invoke("review", "--store", "x.db").exit_code
    [(found, host, port)] = settings
    assert isinstance(found, Settings)
    assert ("127.0.0.1", 8765, False, "x.db", False) == (host, port, found.secure, found.store, found.trust_proxy)
    assert {"localhost", "127.0.0.1", "::1"} == set(found.hosts)


def test_behind_a_proxy_cookies_are_secure(invoke: Invoke, settings: list[Any]) -> None:
    """As soon as browsers call the desk by https."""
    invoke("review", "--public-url", "https://Desk.example.com/", "--trust-proxy", "--market", "hk", "--no-model")
    [(found, _, _)] = settings
    assert (True, True, ("hk",), False) == (found.secure, found.trust_proxy, found.markets, found.machine)
    assert "https://desk.example.com" == found.origin


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "desk.local"])  # noqa: S104
def test_listening_to_others_without_tls_has_to_be_meant(invoke: Invoke, settings: list[Any], host: str) -> None:
    """A password must not cross a network in the clear by mistake."""
    done = invoke("review", "--host", host)
    assert 2 == done.exit_code
    assert "--insecure" in done.stderr
    assert 0 == invoke("review", "--host", host, "--insecure").exit_code
    assert 0 == invoke("review", "--host", host, "--public-url", "https://desk.example.com").exit_code
    assert [False, True] == [found.secure for found, _, _ in settings]
    assert all(not {"0.0.0.0", "::"} & set(found.hosts) for found, _, _ in settings)  # noqa: S104


@pytest.mark.parametrize(
    "arguments",
    [
        ("--public-url", "desk.example.com"),
        ("--public-url", "ftp://desk.example.com"),
        ("--public-url", "https://desk.example.com/desk"),
        ("--public-url", "https://"),
        ("--public-url", "http://desk.example.com", "--secure-cookies"),
        ("--model", "fake", "--no-model"),
        ("--market", "mars"),
        ("--port", "99999"),
    ],
)
def test_what_cannot_be_is_refused(invoke: Invoke, settings: list[Any], arguments: tuple[str, ...]) -> None:
    """Before anything listens."""
    assert 2 == invoke("review", *arguments).exit_code
    assert [] == settings


def test_a_store_that_is_not_there_is_not_made(invoke: Invoke, tmp_path: Path) -> None:
    """A mistyped path shows no empty desk."""
    done = invoke("review", "--store", "no.db")
    assert 1 == done.exit_code
    assert "no.db" in done.stderr
    assert not (tmp_path / "no.db").exists()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A desk in a process of its own, and its address."""
    path = str(tmp_path / "desk.db")
    open_store(path).close()
    command = [sys.executable, "-c", "from shopglot.cli import main; main()", "review", "--store", path, "--port", "0"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        address = ""
        for line in process.stderr:
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            if found:
                address = found[0]
                break
        yield process, address
        process.kill()


def test_the_desk_listens_and_ends_in_an_orderly_way(served: tuple[subprocess.Popen[str], str]) -> None:
    """It says ok, sends strangers to the login, says nothing of its server, logs one line each, and ends when told."""
    process, address = served
    pool = urllib3.PoolManager()
    healthy = pool.request("GET", f"{address}/healthz")
    assert (200, b"ok\n") == (healthy.status, healthy.data)
    assert "server" not in healthy.headers
    stranger = pool.request("GET", f"{address}/users?x=%0AFORGED", redirect=False)
    assert (303, "/login?next=/users%3Fx%3D%250AFORGED") == (stranger.status, stranger.headers["location"])
    wrong_host = pool.request("GET", f"{address}/login", headers={"Host": "evil.example"})
    assert 400 == wrong_host.status
    pool.clear()
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=60)
    assert process.returncode in (0, -signal.SIGTERM)  # uvicorn ends in good order, then as the signal would have it
    assert "127.0.0.1 - GET /users 303" in told
    assert not [line for line in told.splitlines() if line.startswith("FORGED")]
    assert "Traceback" not in told
