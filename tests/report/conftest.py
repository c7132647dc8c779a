"""What the report's tests share: pages as a store knows them, and a report that is made of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from shopglot.report import Report, read
from shopglot.sensitivity.rules import Rule, load_rules
from shopglot.store import Store
from shopglot.store.merchants import Noted, Shop, ShopPage
from shopglot.types import Finding, Severity, Side


@pytest.fixture
def finding_of() -> Callable[..., Finding]:
    """Make findings of a rule, with the words at their place in a text."""

    def make(
        text: str,
        words: str,
        *,
        check: str = "us.fda.drug-claim",
        severity: Severity = "error",
        side: Side = "source",
        message_zh: str | None = None,
    ) -> Finding:
        start = text.find(words)
        return Finding(
            check=check, severity=severity, side=side, start=start, end=start + len(words), text=words, message="no",
            message_zh=message_zh or f"“{words}”是治疗疾病的说法。建议：改写外观和手感。",
            suggestion="Describe feel & look.", basis="21 U.S.C. 321(g)(1)",
        )  # fmt: skip

    return make


@pytest.fixture
def rule() -> Rule:
    """One of the rules that ship."""
    root = Path(__file__).parents[2] / "glossaries"
    return load_rules(root / "us", "us", common=root / "common")[0]


@pytest.fixture
def noted_of() -> Callable[..., Noted]:
    """Make segments in which something was found."""

    def make(
        source: str,
        *findings: Finding,
        path: str = "/fields/title",
        index: int = 0,
        target: str = "",
        reasons: Sequence[str] | None = None,
    ) -> Noted:
        held = [finding.check for finding in findings if finding.severity != "info"]
        return Noted(
            path=path, index=index, source=source, target=target, verdict="review" if held else "publish",
            reasons=tuple(held if reasons is None else reasons), findings=findings,
        )  # fmt: skip

    return make


@pytest.fixture
def report_of() -> Callable[..., Report]:
    """Make the report of pages in markets."""

    def make(*pages: ShopPage, merchant: str = "m", markets: Sequence[str] = ("us",)) -> Report:
        shop = Shop(
            merchant=merchant, run_id=7, run_at=datetime(2026, 8, 2, 18, 30, tzinfo=UTC), finished=True,
            pages={market: tuple(page for page in pages if page.market == market) for market in markets},
        )  # fmt: skip
        rooms = SimpleNamespace(read=lambda merchant, markets: shop, names=lambda: [merchant])
        return read(cast("Store", SimpleNamespace(merchants=rooms, name="s.db")), merchant)

    return make
