"""The counts of a run."""

from __future__ import annotations

import json

import pytest

from shopglot.summary import Summary
from shopglot.types import STATUSES, Outcome, Status


def outcome(status: Status, *reasons: str, market: str = "us") -> Outcome:
    """Return an outcome."""
    return Outcome(line=1, merchant="", id="1", market=market, status=status, reasons=reasons)


def test_every_market_starts_with_all_statuses() -> None:
    """A market without a single line still has its five counts."""
    assert {name: dict.fromkeys(STATUSES, 0) for name in ("us", "hk")} == Summary(markets=("us", "hk")).outcomes


def test_counts() -> None:
    """Lines, outcomes, segments and settlements are added up."""
    summary = Summary(markets=("us",))
    for broken in (False, True, False):
        summary.read_line(broken=broken)
    for status in ("publish", "failed", "publish"):
        summary.count(outcome(status))
    summary.count_segments(total=10, unique=6, certain=1, translated=3)
    summary.count_segments(total=1, unique=1, certain=0, translated=0)
    for settled in ("published", "unchanged", "withdrawn", "held"):
        summary.settle(settled)
    told = summary.as_json()
    assert (3, 1, 1) == tuple(told[key] for key in ("listings", "failed_lines", "unchanged"))
    assert {"us": {"publish": 2, "review": 0, "reject": 0, "failed": 1, "skipped": 0}} == told["outcomes"]
    assert {"total": 11, "unique": 7, "memory": 3, "translated": 3} == told["segments"]


def test_reasons_are_ranked() -> None:
    """The commonest reason comes first, equals by name."""
    summary = Summary(markets=("us",))
    for reasons in (("b",), ("a", "c"), ("c",)):
        summary.count(outcome("review", *reasons))
    assert [("c", 2), ("a", 1), ("b", 1)] == list(json.loads(json.dumps(summary.as_json()))["reasons"].items())


def test_unknown_market_is_no_silent_count() -> None:
    """An outcome of a market that the run is not for is an error."""
    with pytest.raises(KeyError, match="tw"):
        Summary(markets=("us",)).count(outcome("publish", market="tw"))


def test_gates_and_audits_are_told() -> None:
    """What stands behind each market, and how many pages were drawn; before the run knows they are empty."""
    fresh = Summary(markets=("us", "hk")).as_json()
    assert ({}, 0) == (fresh["gates"], fresh["audited"])
    told = Summary(markets=("us",), gates={"us": "closed"}, audited=4).as_json()
    assert ({"us": "closed"}, 4) == (told["gates"], told["audited"])


def test_what_only_the_finisher_knows_is_adopted() -> None:
    """A process that did not finish the run tells of it what the one that did wrote, and else its own counts."""
    summary = Summary(markets=("us",))
    summary.read_line(broken=False)
    summary.adopt({"audited": 3, "missing": 2, "retired": 1, "listings": 9})
    told = summary.as_json()
    assert (3, 2, 1, 1) == tuple(told[key] for key in ("audited", "missing", "retired", "listings"))
