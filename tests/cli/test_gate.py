"""`shopglot gate` as people and cron call it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from shopglot.loading import load_localizers
from shopglot.localizer import Localizer
from shopglot.market import Gate
from shopglot.store import open_store
from shopglot.types import Judgement

Invoke = Callable[..., Result]
Write = Callable[..., str]
Change = Callable[..., None]

pytestmark = pytest.mark.usefixtures("kind_data")


@pytest.fixture
def market(monkeypatch: pytest.MonkeyPatch) -> Change:
    """Return a function that gives the US market a gate, for the fake engine; without arguments a fitted one."""
    (plain,) = load_localizers(("us",), model="fake")

    def change(*, usual: dict[str, tuple[float, ...]] | None = None, **changes: Any) -> None:
        gate = Gate(
            signature=plain.score_signature, cutoff=0.5, risk=0.2, confidence=0.9, listings=300, published=200, bad=20,
            bound=0.14,
        )  # fmt: skip
        policy = replace(plain.market, gate=replace(gate, **changes), audit_share=0.99, risk=0.2, confidence=0.9)
        estimator = replace(plain.estimator, usual=usual or {})
        found = replace(plain, plain=False, market=policy, estimator=estimator)

        def load(name: str, **_: object) -> Localizer:
            return found

        monkeypatch.setattr("shopglot.loading.load_localizer", load)

    return change


def publish(invoke: Invoke, catalog: Write, pages: int, bad: int | None = None) -> None:
    """Publish pages in a night, and judge all of them where `bad` says how many are."""
    lines = [{"id": str(number), "fields": {"title": f"记忆棉旅行枕 {number}"}} for number in range(pages)]
    result = invoke("run", catalog(*lines), "--market", "us")
    assert 0 == result.exit_code, result.stderr
    with open_store("shopglot.db") as store:
        for number, audit in enumerate(store.audits("us") if bad is not None else ()):
            segment = store.audited_segments(audit)[0]
            verdict = Judgement(
                market="us", listing=audit.listing, path=segment.path, index=segment.index, source=segment.source,
                target=segment.target, origin=segment.origin, published=number >= (bad or 0), reviewer="lin",
                channel="audit", judged_at=audit.drawn_at + timedelta(seconds=1),
            )  # fmt: skip
            store.add_judgements([verdict])


def test_a_kept_promise_is_told(invoke: Invoke, catalog: Write, market: Change) -> None:
    """What is promised, on what ground, what the audit found; nothing to alarm anybody."""
    market()
    publish(invoke, catalog, 10, bad=1)
    result = invoke("gate", "--market", "us", "--check")
    assert (0, "") == (result.exit_code, result.stderr)
    lines = result.stdout.splitlines()
    assert "gate       fitted on reviewers' verdicts; the market's promise stands behind what was published" == lines[0]
    assert {
        "           promised: at most 20% of what is published unseen is bad, with 90% confidence",
        "           cut-off 0.5: 200 of 300 judged pages are above it, 20 of them bad: at most 14.0%",
        "audit      1 of 10 judged pages are bad: 10.0%, between 0.5% and 39.4% with 90% confidence; 10 drawn",
        "verdicts   10 audit",
    } <= set(lines)
    assert lines[3].startswith("score      kind-en@")


def test_a_broken_promise_comes_first(invoke: Invoke, catalog: Write, market: Change, kind_data: Path) -> None:
    """The alarm is the first line, the way out the second; status 0, but 1 for cron."""
    market()
    publish(invoke, catalog, 10, bad=7)
    result = invoke("gate", "--market", "us")
    assert 0 == result.exit_code
    alarm, way, *_ = result.stdout.splitlines()
    assert alarm.startswith("us: the promise is broken: 7 of 10 audited pages (70.0%) should not have been published")
    assert "scripts/estimator us --verdicts" in way
    assert f"take the line `cutoff` out of {kind_data / 'glossaries' / 'us' / 'gate.toml'}" in way
    checked = invoke("gate", "--market", "us", "--check")
    assert (1, result.stdout) == (checked.exit_code, checked.stdout)
    told = json.loads(invoke("gate", "--market", "us", "--json").stdout)
    assert (True, 7, "fitted") == (told["broken"], told["audit"]["bad"], told["state"])
    # The next night says so on stderr, and goes on.
    night = invoke("run", "catalog.jsonl", "--market", "us")
    assert 0 == night.exit_code
    assert alarm in night.stderr
    assert "broken:" not in night.stdout


def test_a_shifted_signal(invoke: Invoke, catalog: Write, market: Change) -> None:
    """Its index is told with a word, and --check ends with status 1; --since leaves out what is older."""
    market(usual={"source-length": tuple(map(float, range(50, 59))), "repeated": (0.0,) * 9})
    publish(invoke, catalog, 110)
    result = invoke("gate", "--market", "us", "--check")
    assert 1 == result.exit_code
    assert "drift      2 signals of 110 machine texts against the calibration set\n" in result.stdout
    assert "             source-length  " in result.stdout
    assert "shifted\n           scores were fitted on other texts than these" in result.stdout
    assert "repeated" not in result.stdout
    assert "audit      none of 109 drawn pages is judged yet; verdicts come in with" in result.stdout
    assert 0 == invoke("gate", "--market", "us", "--check", "--since", "2999-01-01").exit_code
    later = invoke("gate", "--market", "us", "--since", "2999-01-01T00:00:00+08:00").stdout
    assert "audit      no page has been drawn yet since 2998-12-31 16:00 UTC" in later
    assert "drift      0 machine texts: 100 are needed" in later
    market(usual={"repeated": (0.0,) * 9})
    same = invoke("gate", "--market", "us", "--check")
    assert 0 == same.exit_code
    assert "1 signals of 110 machine texts against the calibration set: none has changed\n" in same.stdout


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"cutoff": None}, "fitted on 300 judged pages, which bore out no cut-off"),
        (
            {"signature": "old@1/surface"},
            "gate.toml was fitted on scores of old@1/surface; scripts/estimator us fits it",
        ),
        ({"risk": 0.4}, "gate.toml promises less than the market's policy asks for"),
    ],
)
def test_where_no_promise_stands(
    invoke: Invoke, catalog: Write, market: Change, changes: dict[str, Any], words: str
) -> None:
    """Why, and what to do; pages that were audited are told all the same."""
    market()
    publish(invoke, catalog, 4, bad=4)
    market(**changes)
    result = invoke("gate", "--market", "us", "--check")
    assert 0 == result.exit_code
    assert words in result.stdout
    assert "4 of 4 judged pages are bad: 100.0%" in result.stdout


def test_a_market_without_a_gate(invoke: Invoke, catalog: Write) -> None:
    """The fake engine has none, and nothing is judged: words instead of numbers."""
    publish_line = {"id": "1", "fields": {"title": "记忆棉旅行枕"}}
    invoke("run", catalog(publish_line), "--market", "us", "--model", "fake")
    told = invoke("gate", "--market", "us", "--model", "fake").stdout
    assert "gate.toml is not there: scripts/estimator us fits one on reviewers' verdicts\n" in told
    assert "audit      none of 1 drawn pages is judged yet" in told
    assert "verdicts   none\n" in told
    assert "drift      1 machine texts: 100 are needed, and an estimator that knows its calibration set\n" in told


def test_pages_besides_the_promise(invoke: Invoke, catalog: Write, market: Change) -> None:
    """Pages that the cut-off would no longer let through are told apart."""
    market()
    publish(invoke, catalog, 4, bad=4)
    market(cutoff=1.0)
    told = invoke("gate", "--market", "us").stdout
    assert "4 more were drawn that the promise does not speak of (another score or cut-off)\n" in told
    assert "the promise is broken" not in told


def test_stores_that_cannot_tell(invoke: Invoke, catalog: Write, market: Change) -> None:
    """No store, and one of an older version: status 1 and what to do, nothing is made or changed."""
    market()
    missing = invoke("gate", "--market", "us")
    assert (1, "") == (missing.exit_code, missing.stdout)
    assert "there is no such file; name an existing store with --store, or run `shopglot run`" in missing.stderr
    assert not Path("shopglot.db").exists()
    publish(invoke, catalog, 1)
    with closing(sqlite3.connect("shopglot.db")) as database, database:
        database.execute("UPDATE meta SET value = '1' WHERE name = 'schema_version'")
    older = invoke("gate", "--market", "us")
    assert 1 == older.exit_code
    assert "it has schema version 1, which lacks what is asked for; the next `shopglot run`" in older.stderr
    assert 2 == invoke("gate", "--market", "us", "--since", "yesterday").exit_code
