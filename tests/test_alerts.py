"""What is told when a run has ended: broken promises, drift, a slow night, and the webhook that hears of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.relay.conftest import Endpoint

from shopglot.alerts import Alert, AlertHook, compose, find_alerts, require_hook
from shopglot.errors import UsageError
from shopglot.loading import load_localizers
from shopglot.localizer import Localizer
from shopglot.store import RunSpec, Store, open_store

pytestmark = pytest.mark.usefixtures("kind_data")
NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
ALERT = Alert(kind="drift", market="us", message="us: prose (0.41)", figures={"prose": 0.41})
SECRET = "whsec_" + "A" * 32


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with open_store(str(tmp_path / "night.db")) as opened:
        yield opened


@pytest.fixture
def localizers() -> tuple[Localizer, ...]:
    """One market without a promise."""
    return load_localizers(("us",), model="fake")


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """A webhook's other end."""
    made = Endpoint()
    yield made
    made.close()


def night(store: Store, texts: int, seconds: float, *, engine: str = "fake@1", **more: Any) -> int:
    """Finish a night that translated so many texts in so many seconds, and return its number."""
    run = store.begin_run(RunSpec(catalog="c", markets=("us",), engines=(engine,), policy=f"{texts} {seconds}"))
    summary: dict[str, Any] = {"segments": {"translated": texts}, "stages": {"translate": seconds}, "joined": False}
    summary |= more
    store.finish_run(run, summary)
    return run.id


@pytest.mark.parametrize(("seconds", "slow"), [(100.0, False), (199.0, False), (201.0, True)])
def test_slow_night(seconds: float, slow: bool, store: Store, localizers: tuple[Localizer, ...]) -> None:
    """Below half of the median of the nights before, whatever one of them did."""
    for usual in (100.0, 100.0, 1.0, 9000.0, 100.0):
        night(store, 1000, usual)
    found = find_alerts(store, localizers, night(store, 1000, seconds))
    assert slow == bool(found)
    if found:
        assert ("throughput", "") == (found[0].kind, found[0].market)
        assert {"tonight": pytest.approx(1000 / 201), "usual": 10.0} == found[0].figures


@pytest.mark.parametrize(
    "tonight",
    [
        {"texts": 99, "seconds": 9000.0}, {"texts": 1000, "seconds": 0.0},
        {"texts": 1000, "seconds": 9000.0, "joined": True},
        {"texts": 1000, "seconds": 9000.0, "stages": None}, {"texts": 1000, "seconds": 9000.0, "engine": "other@1"},
    ],
    ids=range(5),
)  # fmt: skip
def test_nights_that_say_nothing(tonight: dict[str, Any], store: Store, localizers: tuple[Localizer, ...]) -> None:
    """Too few texts, a share of the work, another model, an older version's summary."""
    for _ in range(4):
        night(store, 1000, 100.0)
    assert () == find_alerts(store, localizers, night(store, **tonight))


def test_first_nights(store: Store, localizers: tuple[Localizer, ...]) -> None:
    """Nothing is usual before three nights."""
    for _ in range(2):
        night(store, 1000, 100.0)
    assert () == find_alerts(store, localizers, night(store, 1000, 9000.0))
    night(store, 1000, 100.0)
    assert 1 == len(find_alerts(store, localizers, night(store, 1000, 9000.0)))


def test_drift(store: Store, localizers: tuple[Localizer, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Machine texts whose signals are all in one of the ten bins have shifted; those of people do not count."""
    usual = {"forward": (-0.9, -0.8, -0.7, -0.6, -0.5, -0.4, -0.3, -0.2, -0.1)}
    [localizer] = localizers
    fitted = replace(localizer, estimator=replace(localizer.estimator, usual=usual))
    run = night(store, 10, 1.0)
    for origin, alerts in (("machine", 1), ("memory", 1), ("human", 0), ("certain", 0)):
        rows = [(origin, "publish", {"forward": -5.0})] * 150
        monkeypatch.setattr(Store, "signals", lambda self, market, run_id=None, rows=rows: iter(rows))
        found = find_alerts(store, [fitted], run)
        assert alerts == len(found)
        if found:
            assert ("drift", "us", ["forward"]) == (found[0].kind, found[0].market, list(found[0].figures))
            assert "forward (" in found[0].message


def test_payload() -> None:
    """The shape that docs/operations.md tells of; ASCII, whatever stands in a name."""
    message = compose([ALERT], run_id=7, catalog="今晚\ud800.jsonl", store_name="shop.db", now=NOW)
    body = json.loads(message.body.decode("ascii"))
    assert {
        "type": "shopglot.alert", "event_id": message.event_id, "created_at": "2026-11-24T05:30:00Z", "run_id": 7,
        "catalog": "今晚\ud800.jsonl", "store": "shop.db",
        "text": "shopglot run 7 over 今晚\ud800.jsonl:\nus: prose (0.41)",
        "alerts": [{"kind": "drift", "market": "us", "message": "us: prose (0.41)", "figures": {"prose": 0.41}}],
    } == body  # fmt: skip


def send(url: str, *secrets: bytes) -> str:
    """Send an alert."""
    hook = AlertHook(url, secrets, now=lambda: NOW, connect_seconds=0.5, answer_seconds=0.5)
    return hook.send([ALERT], run_id=7, catalog="c", store_name="s")


def test_delivery(endpoint: Endpoint) -> None:
    """One message; signed where there is a secret, and not pretending to be where there is none."""
    assert "" == send(endpoint.url)
    assert "" == send(endpoint.url, b"k" * 32)
    (plain, body), (signed, _) = endpoint.requests
    assert "webhook-signature" not in plain
    assert signed["webhook-signature"].startswith("v1,")
    assert 7 == json.loads(body)["run_id"]


@pytest.mark.parametrize(
    ("status", "tries", "said"), [(500, 2, "500"), (0, 2, "broke"), (404, 1, "404"), (302, 2, "--alert-url")]
)
def test_failure_is_words(status: int, tries: int, said: str, endpoint: Endpoint) -> None:
    """Whatever the endpoint does, nothing is raised; a redirect is not followed."""
    endpoint.reply = lambda number: (status, {"location": "/elsewhere"} if status == 302 else {})
    assert said in send(endpoint.url)
    assert len(endpoint.requests) >= tries


def test_nobody_there() -> None:
    """A port where nobody listens is words too."""
    assert "refused" in send("http://127.0.0.1:9/hook")


@pytest.mark.parametrize("url", ["", "hook", "ftp://x/y", "http://chat.example/hook", "https://"])
def test_urls_that_are_refused(url: str) -> None:
    """The option is named; to another machine nothing is sent in the clear."""
    with pytest.raises(UsageError, match="--alert-url"):
        require_hook(url, None)


def test_secret_that_is_none() -> None:
    """The variable is named, its value is not."""
    assert require_hook("https://chat.example/hook", SECRET)
    with pytest.raises(UsageError, match="SHOPGLOT_WEBHOOK_SECRET") as raised:
        require_hook("https://chat.example/hook", "hunter2")
    assert "hunter2" not in str(raised.value)
