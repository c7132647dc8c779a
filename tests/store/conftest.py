"""What the store's tests share: a new store on each database, and small records to fill it with."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shopglot.store import RunSpec, Settlement, Store
from shopglot.types import (
    Decision,
    Finding,
    JudgedSegment,
    Outcome,
    Score,
    Segment,
    SegmentKey,
    Status,
    Translation,
    Verdict,
)


@pytest.fixture
def spec() -> RunSpec:
    """One night's work."""
    return RunSpec(catalog="catalog.jsonl", content="c0", markets=("us", "hk"), engines=("fake@0",), policy="p0")


@pytest.fixture
def outcome_of() -> Callable[..., Outcome]:
    """Make outcomes."""

    def make(
        line: int = 1,
        *,
        name: str = "",
        merchant: str = "m",
        market: str = "us",
        status: Status = "publish",
        why: str = "",
    ) -> Outcome:
        return Outcome(
            line=line,
            merchant=merchant,
            id=name or f"xhs-{line}",
            market=market,
            status=status,
            reasons=(why,) if why else (),
        )

    return make


@pytest.fixture
def judged_of() -> Callable[..., JudgedSegment]:
    """Make judged segments: one that is published, or, with a verdict, one that is held with a finding."""

    def make(
        source: str = "记忆棉枕头", target: str = "Memory foam pillow", *, verdict: Verdict = "publish"
    ) -> JudgedSegment:
        key = SegmentKey(merchant="m", listing="xhs-1", path="/fields/title", index=0)
        finding = Finding(
            check="number.changed",
            severity="error",
            side="target",
            start=0,
            end=6,
            text="Memory",
            message="A number is missing.",
            message_zh="缺少数字。",
        )
        return JudgedSegment(
            segment=Segment(key=key, field="title", style="phrase", source=source),
            translation=Translation(
                source=source,
                target=target,
                market="us",
                model="fake@0",
                origin="machine",
                unit_key="u",
                machine_key="k",
            ),
            findings=() if verdict == "publish" else (finding,),
            score=Score(value=0.75, signature="test:1", signals=(("logprob", -0.25),)),
            decision=Decision(verdict=verdict, reasons=() if verdict == "publish" else ("number.changed",)),
        )

    return make


@pytest.fixture
def settlement_of(
    outcome_of: Callable[..., Outcome], judged_of: Callable[..., JudgedSegment]
) -> Callable[..., Settlement]:
    """Make settlements: published with a title, held without one."""

    def make(
        line: int = 1,
        *,
        title: str | None = None,
        name: str = "",
        market: str = "us",
        merchant: str = "m",
        key: str = "i0",
    ) -> Settlement:
        outcome = outcome_of(line, name=name, merchant=merchant, market=market, status="publish" if title else "review")
        return Settlement(
            outcome=outcome,
            inputs_key=key,
            judged=[judged_of(target=title or "?")],
            document=None if title is None else {"id": outcome.id, "fields": {"title": title}},
        )

    return make


@pytest.fixture
def count(store: Store) -> Callable[[str], int]:
    """Count the rows of a table behind the store's back."""

    def ask(table: str) -> int:
        with store._database.read() as connection:
            return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())  # noqa: S608

    return ask
