"""The figures of a period as JSON, as the plots and scripts read them."""

from __future__ import annotations

from collections.abc import Callable

from shopglot.store.desk.figures import Bin, Group, Period, Report, RuleFigures, Share, Tally, Week
from shopglot.types import Json


def describe(report: Report, *, field: Callable[[str], str], reason: Callable[[str], str]) -> dict[str, Json]:
    """Return a report as an object; `field` and `reason` give the names that people read.

    Rates are 0 to 1, null of nothing; times are seconds; days and weeks those of UTC. `words` are characters.
    """
    return {
        "period": _period(report.period),
        "before": {"period": _period(report.period.before), **_tally(report.before)},
        "total": _tally(report.total),
        "weeks": [_week(week) for week in report.weeks],
        "markets": [_group(group, group.name) for group in report.markets],
        "fields": [_group(group, field(group.name)) for group in report.fields],
        "models": [_group(group, group.name) for group in report.models],
        "people": [_group(group, group.name) for group in report.people],
        "rules": [_rule(rule, reason(rule.name)) for rule in report.rules],
        "times": [{"low": bar.low, "high": bar.high, "count": bar.count} for bar in report.times],
        "scores": [_bin(one) for one in report.scores],
    }


def _period(period: Period) -> dict[str, Json]:
    return {"from": period.since.isoformat(), "to": period.until.isoformat()}


def _share(share: Share) -> dict[str, Json]:
    low, high = share.interval
    return {"count": share.count, "of": share.of, "rate": share.rate, "low": low, "high": high, "few": share.few}


def _tally(tally: Tally) -> dict[str, Json]:
    return {
        "decided": tally.decided, "unedited": tally.unedited, "edited": tally.edited, "rejected": tally.rejected,
        "approval_rate": tally.approval.rate, "edit_rate": tally.edit.rate, "rejection_rate": tally.rejection.rate,
        "words": tally.words, "timed": tally.timed, "seconds": tally.seconds, "median": tally.median,
        "ninth": tally.ninth,
    }  # fmt: skip


def _group(group: Group, label: str) -> dict[str, Json]:
    return {"name": group.name, "label": label, **_tally(group.tally), "edit": _share(group.tally.edit)}


def _week(week: Week) -> dict[str, Json]:
    return {"name": week.name, "monday": week.monday.isoformat(), **_tally(week.tally)}


def _rule(rule: RuleFigures, label: str) -> dict[str, Json]:
    return {"name": rule.name, "label": label, **_tally(rule.tally), "alarms": _share(rule.alarms)}


def _bin(one: Bin) -> dict[str, Json]:
    return {
        "low": one.low, "high": one.high, "mean": one.mean, "held": _share(one.held),
        "elsewhere": _share(one.elsewhere),
    }  # fmt: skip
