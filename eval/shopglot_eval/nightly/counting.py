"""Lines and pages counted: by run, by reason, by merchant, by category."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from shopglot.store.nights import Chosen, Tallied
from shopglot.types import STATUSES
from shopglot_eval.nightly import shifts
from shopglot_eval.nightly.records import WINDOWS, Affected, Night, ShareShift
from shopglot_eval.nightly.sampling import Sampled

AFFECTED = 10  # merchants and categories of a market
_JUDGED = ("publish", "review", "reject")


def nights_of(tallied: Iterable[Tallied], markets: Sequence[str]) -> tuple[Night, ...]:
    """Return every run in every market, the newest first."""
    statuses: dict[tuple[int, str], Counter[Any]] = defaultdict(Counter)
    reasons: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    for one in tallied:
        statuses[one.run_id, one.market][one.status] += one.count
        if one.status in ("review", "reject"):
            for reason in dict.fromkeys(one.reasons):
                reasons[one.run_id, one.market][reason] += one.count
    places = sorted(statuses, key=lambda place: (-place[0], markets.index(place[1]) if place[1] in markets else 99))
    return tuple(
        Night(
            run=place[0], market=place[1],
            statuses={status: count for status in STATUSES if (count := statuses[place][status])},
            reasons=dict(sorted(reasons[place].items())),
        )
        for place in places
        if place[1] in markets
    )  # fmt: skip


def published(nights: Sequence[Night], chosen: Chosen) -> tuple[ShareShift, ...]:
    """Return the share of judged pages that were good enough, by market."""
    return _shares(
        [("published", night.market, "published") for night in nights if night.run == chosen.run.id],
        lambda night, _: night.published, nights, chosen, {},
    )  # fmt: skip


def reasons(nights: Sequence[Night], chosen: Chosen, sampled: Mapping[str, Sampled]) -> tuple[ShareShift, ...]:
    """Return the share of judged pages that were held for a reason, the commonest first, also those now gone."""
    names = {(night.market, reason) for night in nights for reason in night.reasons}
    texts = {(market, reason): ids for market, one in sampled.items() for reason, ids in one.by_reason.items()}
    found = _shares(
        [(reason, market, reason) for market, reason in sorted(names)],
        lambda night, reason: night.reasons.get(reason, 0), nights, chosen, texts,
    )  # fmt: skip
    order = [night.market for night in nights if night.run == chosen.run.id]
    kept = [one for one in found if one.count or any(one.shifted(window) for window in WINDOWS)]
    return tuple(sorted(kept, key=lambda one: (order.index(one.market) if one.market in order else 99, -one.count)))


def _shares(
    wanted: Sequence[tuple[str, str, str]],
    counted: Callable[[Night, str], int],
    nights: Sequence[Night],
    chosen: Chosen,
    texts: Mapping[tuple[str, str], tuple[str, ...]],
) -> tuple[ShareShift, ...]:
    """Return shares of judged pages tonight beside those of the windows, corrected for all of them together."""
    by_place = {(night.run, night.market): night for night in nights}
    made: list[dict[str, Any]] = []
    for name, market, key in wanted:
        tonight = by_place.get((chosen.run.id, market))
        parts = {
            run.id: (counted(night, key), night.judged)
            for run in chosen.earlier
            if (night := by_place.get((run.id, market))) is not None
        }
        runs = {window: [run.id for run in chosen.earlier[:window]] for window in WINDOWS}
        count, of = (counted(tonight, key), tonight.judged) if tonight else (0, 0)
        made.append({
            "name": name, "market": market, "count": count, "of": of, "texts": texts.get((market, name), ()),
            "before": {window: shifts.together(parts, own) for window, own in runs.items()},
            "p": {
                window: shifts.compare(count, of, [parts[run] for run in own if run in parts])
                for window, own in runs.items()
            },
        })  # fmt: skip
    for window in WINDOWS:
        for one, p in zip(made, shifts.corrected([one["p"][window] for one in made]), strict=True):
            one["p"][window] = p
    return tuple(ShareShift(**one) for one in made)


def merchants(tallied: Sequence[Tallied], markets: Sequence[str], sampled: Mapping[str, Sampled]) -> Iterator[Affected]:
    """Yield the merchants with the most held pages tonight, by market."""
    for market in markets:
        held: Counter[str] = Counter()
        judged: Counter[str] = Counter()
        reasons: dict[str, Counter[str]] = defaultdict(Counter)
        for one in tallied:
            if one.market == market and one.status in _JUDGED:
                judged[one.merchant] += one.count
                if one.status != "publish":
                    held[one.merchant] += one.count
                    reasons[one.merchant].update(dict.fromkeys(one.reasons, one.count))
        texts = sampled[market].by_merchant if market in sampled else _no_texts
        yield from _affected(market, held, judged, held, reasons, texts, exact=True)


def categories(waiting: Mapping[tuple[str, str], int], sampled: Mapping[str, Sampled]) -> Iterator[Affected]:
    """Yield the categories with the most held pages tonight, by market; shares are those of the sample."""
    for market, one in sampled.items():
        judged = [page for page in one.pages if page.status in _JUDGED]
        held = Counter(page.category for page in judged if page.status != "publish")
        total = {category: count for (own, category), count in waiting.items() if own == market}
        yield from _affected(
            market, held, Counter(page.category for page in judged), total, {}, _no_texts, exact=one.drift.whole
        )


def _affected(
    market: str,
    held: Mapping[str, int],
    judged: Mapping[str, int],
    total: Mapping[str, int],
    reasons: Mapping[str, Counter[str]],
    texts: Callable[[str], tuple[str, ...]],
    *,
    exact: bool,
) -> Iterator[Affected]:
    """Yield the groups with the most held pages, each with whether its share is above that of all others."""
    from scipy.stats import fisher_exact

    all_held, all_judged = sum(held.values()), sum(judged.values())
    names = sorted(judged)
    ps = [
        float(
            fisher_exact(
                [
                    [held.get(name, 0), judged[name] - held.get(name, 0)],
                    [all_held - held.get(name, 0), all_judged - all_held - judged[name] + held.get(name, 0)],
                ],
                alternative="greater",
            ).pvalue
        )
        if held.get(name, 0)
        else 1.0
        for name in names
    ]
    excess = dict(zip(names, shifts.corrected(ps), strict=True))
    ranked = sorted(
        (name for name in names if held.get(name)), key=lambda name: (-total.get(name, 0), -held[name], name)
    )
    for name in ranked[:AFFECTED]:
        yield Affected(
            name=name, market=market, held=held[name], pages=judged[name], total_held=total.get(name, held[name]),
            reasons=tuple(reasons[name].most_common(3)) if name in reasons else (), exact=exact,
            excess=(excess[name] or 0.0) < shifts.ALPHA, texts=texts(name),
        )  # fmt: skip


def _no_texts(_: str) -> tuple[str, ...]:
    return ()
