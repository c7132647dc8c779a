"""A store with nights in it, written as a run writes them, and the US market as a fake model localizes for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.clocks import Clock

from shopglot.loading import load_localizers
from shopglot.localizer import Localizer
from shopglot.memory import NORMALISER
from shopglot.store import RunSpec, Settlement, Store, memory
from shopglot.store.actions import log
from shopglot.store.encoding import digest
from shopglot.store.records import Act
from shopglot.types import (
    Decision,
    Finding,
    Json,
    JudgedSegment,
    Outcome,
    Score,
    Segment,
    SegmentKey,
    Status,
    Translation,
)

BEGIN = datetime(2026, 7, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page of a night: a title, what it became, and why it is held, if it is."""

    name: str
    source: str = "记忆棉枕头"
    target: str = "Memory foam pillow"
    reasons: tuple[str, ...] = ()
    merchant: str = "m"
    category: str = "家居"
    score: float = 0.9
    signature: str = "s"
    signals: tuple[tuple[str, float], ...] = ()
    missing: tuple[str, str] | None = None  # a term, and what it should be
    market: str = "us"


Work = Callable[..., int]


@pytest.fixture
def clock() -> Clock:
    """The store's clock."""
    return Clock(BEGIN, step=1)


@pytest.fixture
def us(kind_data: Path) -> Localizer:
    """The US market with the fake engine."""
    (found,) = load_localizers(("us",), model="fake")
    return found


@pytest.fixture
def work(store: Store, clock: Clock) -> Work:
    """Return a function that writes a night with these pages and returns the run's number."""

    def night(sheets: Sequence[Sheet], *, finish: bool = True, catalog: str = "c.jsonl") -> int:
        clock.time += timedelta(days=1)
        markets = tuple(dict.fromkeys(sheet.market for sheet in sheets)) or ("us",)
        spec = RunSpec(catalog=catalog, content=clock.time.isoformat(), markets=markets, engines=("fake@0",), policy="")
        run = store.begin_run(spec)
        store.see(run.id, [(line, sheet.merchant, sheet.name) for line, sheet in enumerate(sheets, 1)])
        settled = [_settlement(line, sheet) for line, sheet in enumerate(sheets, 1)]
        for start in range(0, len(settled), 200):
            store.settle_many(run.id, settled[start : start + 200])
        with store.database.write() as connection:
            memory.remember(connection, [one.judged[0].translation for one in settled], run_id=run.id, now=clock())
        if finish:
            segments = {"total": len(sheets), "unique": len(sheets), "translated": len(sheets), "memory": 0}
            store.finish_run(run, {"listings": len(sheets), "segments": segments, "seconds": 2.0})
        return run.id

    return night


def _settlement(line: int, sheet: Sheet) -> Settlement:
    status: Status = "review" if sheet.reasons else "publish"
    outcome = Outcome(
        line=line, merchant=sheet.merchant, id=sheet.name, market=sheet.market, status=status, reasons=sheet.reasons
    )
    document: dict[str, Any] = {"id": sheet.name, "category": sheet.category, "fields": {"title": sheet.source}}
    return Settlement(
        outcome=outcome, inputs_key=digest([line, sheet.source]), judged=[_judged(sheet)],
        document={"id": sheet.name, "fields": {"title": sheet.target}} if not sheet.reasons else None,
        source=document, source_digest=digest(document),
    )  # fmt: skip


def _judged(sheet: Sheet) -> JudgedSegment:
    key = SegmentKey(merchant=sheet.merchant, listing=sheet.name, path="/fields/title", index=0)
    own = digest([sheet.source, sheet.target, NORMALISER])[:32]
    findings: tuple[Finding, ...] = ()
    if sheet.missing is not None:
        term, form = sheet.missing
        start = sheet.source.find(term)
        findings = (
            Finding(
                check="term.missing", severity="warning", side="source", start=start, end=start + len(term), text=term,
                message=f"'{term}' should be '{form}'.", message_zh="", suggestion=form,
            ),
        )  # fmt: skip
    return JudgedSegment(
        segment=Segment(key=key, field="title", style="phrase", source=sheet.source),
        translation=Translation(
            source=sheet.source, target=sheet.target, market=sheet.market, model="fake@0", origin="machine",
            unit_key=own, machine_key=own,
        ),
        findings=findings,
        score=Score(value=sheet.score, signature=sheet.signature, signals=sheet.signals),
        decision=Decision(verdict="review" if sheet.reasons else "publish", reasons=sheet.reasons),
    )  # fmt: skip


@pytest.fixture
def edit(store: Store, clock: Clock) -> Callable[..., int]:
    """Return a function that writes what a person decided about a text at the desk."""

    def write(source: str, machine: str, final: str | None, *, listing: str, market: str = "us", **more: Any) -> int:
        detail: dict[str, Json] = {
            "edited": final is not None and final != machine, "machine": machine, "reasons": ["score.low"],
            "findings": [], "model": "fake@0", "score": 0.5, "signature": "s", "words": len(source), "field": "title",
            "category": "美妆", "verdict": "review", "seconds": 20.0, "source": source, "target": final or machine,
            "handled": None,
        }  # fmt: skip
        act = Act(
            actor="lin", action="reject" if final is None else "approve", market=market, merchant="m", listing=listing,
            path="/fields/title", index=0, detail=detail | more,
        )  # fmt: skip
        with store.database.write() as connection:
            return log(connection, act, clock())

    return write
