"""`scripts/consume`: the catalog is right whatever is delivered, how often, in which order, and when it is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.relay import FileTarget, Message, Relay, WebhookTarget, read_secrets
from shopglot.store import Store

SCRIPT = Path(__file__).parents[2] / "scripts" / "consume"
SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="  # noqa: S105 - of no endpoint but this test's
[KEY] = read_secrets(SECRET, "here")


def load() -> ModuleType:
    """Return the script as a module."""
    loader = SourceFileLoader("consume", str(SCRIPT))
    spec = spec_from_loader("consume", loader)
    assert spec is not None
    module = module_from_spec(spec)
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = writes
    return module


CONSUME = load()


def event(name: str, version: int, *, market: str = "us") -> dict[str, Any]:
    """Return an event; every third version takes the page down."""
    kind = "withdraw" if version % 3 == 0 else "publish"
    document = {"id": name, "title": f"{name} {version}"} if kind == "publish" else None
    return {
        "merchant": "m", "id": name, "market": market, "version": version, "kind": kind,
        "event_id": f"{name}-{market}-{version}", "document": document,
    }  # fmt: skip


def call(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Call the script."""
    return subprocess.run([sys.executable, str(SCRIPT), *arguments], capture_output=True, check=False)


def shown(catalog: Path, market: str = "us") -> list[Any]:
    """Return the pages on sale, by id."""
    return sorted(CONSUME.Catalog(catalog).pages(market), key=lambda page: str(page["id"]))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 7), st.sampled_from(["us", "hk"])), max_size=20),
    st.randoms(use_true_random=False),
)
def test_any_order_and_any_duplicates(told: list[tuple[str, int, str]], chance: Any) -> None:
    """However often and in whatever order events come, the highest version of each page is what is kept."""
    order = told * 2
    chance.shuffle(order)
    highest: dict[tuple[str, str], int] = {}
    for name, version, market in told:
        highest[name, market] = max(version, highest.get((name, market), 0))
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fsync", lambda handle: None)
        catalog = CONSUME.Catalog(Path(folder))
        for name, version, market in order:
            catalog.apply(event(name, version, market=market))
        for market in ("us", "hk"):
            kept = [event(name, version) for (name, place), version in sorted(highest.items()) if place == market]
            assert [one["document"] for one in kept if one["document"]] == shown(Path(folder), market)


def test_from_the_store_to_the_catalog(store: Store, publish: Callable[..., None], tmp_path: Path) -> None:
    """What the consumer shows is what the store has on sale, after a replay into the same file as well."""
    publish(("a", "Pillow"), ("b", "枕头 𠮷\ud800"), ("a", "Pillow 2"), ("c", "Bolster"), ("c", None))
    events, catalog = tmp_path / "events.jsonl", tmp_path / "catalog"
    for taken in (b"5 events taken, 0 known", b"0 events taken, 5 known"):
        Relay(events=store.events, target=FileTarget(events)).deliver()
        done = call(str(events), "--catalog", str(catalog))
        assert (0, True) == (done.returncode, taken in done.stderr)
        assert list(store.published("us")) == shown(catalog)
        store.events.replay(0, actor="test")
        events.rename(tmp_path / "old.jsonl")
    printed = call("--catalog", str(catalog), "--show", "us").stdout.splitlines()
    assert list(store.published("us")) == sorted(map(json.loads, printed), key=lambda page: str(page["id"]))


def test_a_line_that_is_still_being_written(tmp_path: Path) -> None:
    """A line without its end is left for the next call, which reads on from there."""
    events, folder = tmp_path / "events.jsonl", tmp_path / "catalog"
    catalog = CONSUME.Catalog(folder)
    first, second = (json.dumps(event("a", version)).encode() for version in (1, 2))
    events.write_bytes(first + b"\n" + second[:30])
    assert (1, 0) == CONSUME.consume(catalog, events, follow=False)
    events.write_bytes(first + b"\n" + second + b"\n")
    assert (1, 0) == CONSUME.consume(catalog, events, follow=False)
    assert (0, 0) == CONSUME.consume(catalog, events, follow=False)
    assert [event("a", 2)["document"]] == shown(folder)


def test_a_kill_at_any_write(tmp_path: Path) -> None:
    """Wherever it dies, the next call makes the catalog what it should be."""
    events = tmp_path / "events.jsonl"
    told = [event(name, version) for version in (1, 2) for name in "abc"]
    events.write_bytes(b"".join(json.dumps(one).encode() + b"\n" for one in told))
    wanted = [event(name, 2)["document"] for name in "abc"]
    real = Path.replace

    class Killed(BaseException):
        """What nobody catches."""

    for fatal in range(7):
        left = [fatal]

        def replace(path: Path, target: Path, left: list[int] = left) -> Path:
            if left[0] == 0:
                raise Killed
            left[0] -= 1
            return real(path, target)

        folder = tmp_path / str(fatal)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Path, "replace", replace)
            with pytest.raises(Killed):
                CONSUME.consume(CONSUME.Catalog(folder), events, follow=False)
        CONSUME.consume(CONSUME.Catalog(folder), events, follow=False)
        assert wanted == shown(folder)


@pytest.mark.parametrize(
    "line", [b"{", b"[]", b"1", b"{}", b'{"id": "x"}', json.dumps(event("a", 1) | {"market": ".."}).encode()]
)
def test_what_is_no_event(tmp_path: Path, line: bytes) -> None:
    """A line that is no event is status 2 with its place."""
    events = tmp_path / "events.jsonl"
    events.write_bytes(json.dumps(event("a", 1)).encode() + b"\n" + line + b"\n")
    done = call(str(events), "--catalog", str(tmp_path / "catalog"))
    assert 2 == done.returncode
    assert f"byte {len(json.dumps(event('a', 1))) + 1}: this is no event".encode() in done.stderr


def test_what_is_not_there(tmp_path: Path) -> None:
    """A file that is not there is status 1, nothing to do at all is status 2."""
    assert 1 == call(str(tmp_path / "none.jsonl"), "--catalog", str(tmp_path / "c")).returncode
    assert 2 == call("--catalog", str(tmp_path / "c")).returncode


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[str]:
    """A consumer that serves a webhook; its URL."""
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), "--listen", "0", "--catalog", str(tmp_path / "catalog")],
        stderr=subprocess.PIPE, env=os.environ | {"SHOPGLOT_WEBHOOK_SECRET": f"{SECRET} whsec_{'A' * 32}"},
    )  # fmt: skip
    assert process.stderr is not None
    yield process.stderr.readline().decode().split()[1]
    process.terminate()
    process.communicate()
    assert 0 == process.returncode


def test_a_webhook(listening: str, tmp_path: Path) -> None:
    """Signed events are taken, twice does no harm; what is unsigned, old or no event is refused for good."""
    one = Message(event_id="e1", body=json.dumps(event("a", 2)).encode())
    old = Message(event_id="e0", body=json.dumps(event("a", 1)).encode())
    none = Message(event_id="e2", body=b"[]")

    def send(message: Message, key: bytes = KEY, **options: Any) -> tuple[str, str]:
        target = WebhookTarget(listening, [key], **options)
        [answer] = target.send([message])
        target.close()
        return answer.kind, answer.error

    refused = ("dead", "the endpoint answered 401 Unauthorized")
    assert refused == send(one, b"another key of thirty-two bytes!")
    assert refused == send(one, clock=lambda: 1_000_000_000.0)
    assert [] == shown(tmp_path / "catalog")
    assert [("delivered", "")] * 3 == [send(message) for message in (one, one, old)]
    assert ("dead", "the endpoint answered 400 Bad Request") == send(none)
    assert [event("a", 2)["document"]] == shown(tmp_path / "catalog")


def test_a_relay_to_a_consumer(listening: str, store: Store, publish: Callable[..., None], tmp_path: Path) -> None:
    """Events of a store arrive through a webhook on one connection, and the catalog is the store's."""
    publish(("a", "Pillow"), ("b", "Bolster"), ("b", None), ("a", "Pillow 2"))
    target = WebhookTarget(listening, [KEY])
    assert 4 == Relay(events=store.events, target=target).deliver().delivered
    target.close()
    assert list(store.published("us")) == shown(tmp_path / "catalog")
