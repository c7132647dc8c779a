"""What a store says of a night, put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shopglot.loading import load_localizers
from shopglot.localizer import Localizer
from shopglot.market import MARKETS
from shopglot.quality.gate import interval
from shopglot.store import Store
from shopglot.store.desk.figures import Period
from shopglot.store.nights import Chosen, Nights, Tallied
from shopglot.watch import Sample, audited, tell_alarm
from shopglot_eval.nightly import candidates, counting
from shopglot_eval.nightly.records import (
    WINDOWS,
    Candidate,
    Nightly,
    Promise,
    TextOf,
)
from shopglot_eval.nightly.sampling import EXAMPLES, PAGES, Sampled, sample
from shopglot_eval.nightly.texts import Evidence

DAYS = 28  # of people's work
MOST_EDITS = 5_000  # decided texts that are compared word by word, the newest ones
REFUSED = 20  # texts of the audit that are shown
_EXAMPLES_AT_ONCE = 500


def read(
    store: Store, *, run: int | None = None, localizers: Sequence[Localizer] | None = None, pages: int = PAGES
) -> Nightly:
    """Return what a store knows of a run, or of the last one that is finished.

    `localizers` are the markets as they are now, one each; without, they are loaded as `shopglot run` would. `pages` is
    how many pages of a market and window are read text by text. Where a run writes meanwhile, one part may be of a
    later state of the store than another. UsageError where there is no such run, StoreError where the store is older
    than this version.
    """
    nights = Nights(store.database)
    chosen = nights.choose(run, before=max(WINDOWS))
    ids = [one.id for one in (chosen.run, *chosen.earlier)]
    tallied = nights.outcomes(ids)
    markets = _markets(chosen, tallied)
    own = {one.market.name: one for one in localizers or load_localizers(markets)}
    evidence = Evidence()
    sampled = {
        market: sample(nights, own[market], chosen.run.id, ids[1:], evidence, pages=pages)
        for market in markets
        if market in own
    }
    until = _until(nights, chosen)
    made = counting.nights_of(tallied, markets)
    promises = tuple(
        _promise(store, nights, own[market], chosen.run.id, chosen.until, evidence)
        for market in markets
        if market in own
    )
    period = Period(since=(until - timedelta(days=DAYS - 1)).date(), until=until.date())
    merchants = nights.merchants(chosen.run.id)
    decided = list(_decided(store, period, markets))
    found = candidates.find(decided, {market: one.termbase for market, one in own.items()})
    return Nightly(
        run=chosen.run, earlier=chosen.earlier, going=tuple(one for one in chosen.going if one != chosen.run.id),
        markets=markets, nights=made, versions=nights.versions(chosen.run.id), on_sale=nights.on_sale(),
        waiting=tuple(nights.waiting()), published=counting.published(made, chosen),
        reasons=counting.reasons(made, chosen, sampled),
        merchants=tuple(counting.merchants(merchants, markets, sampled)),
        categories=tuple(counting.categories(nights.held_categories(chosen.run.id), sampled)),
        drift=tuple(one.drift for one in sampled.values()), promises=promises,
        desk=store.figures.read(period, markets=markets), dismissed=nights.dismissed(*period.moments),
        terms=tuple(term for one in sampled.values() for term in one.terms),
        candidates=tuple(_candidate(one, evidence) for one in found),
        edits=sum(one.final != one.machine for one in decided), until=until, texts=evidence.found,
        notes=tuple(_notes(chosen, own, markets, sampled, decided)),
    )  # fmt: skip


def _markets(chosen: Chosen, tallied: Iterable[Tallied]) -> tuple[str, ...]:
    """Return the markets that a run worked for, in the order of MARKETS."""
    there = set(chosen.run.markets) | {one.market for one in tallied if one.run_id == chosen.run.id}
    return tuple(market for market in MARKETS if market in there)


def _until(nights: Nights, chosen: Chosen) -> datetime:
    """Return where the time of a run ends: when the next one began, else when anything was done last."""
    if chosen.until is not None:
        return chosen.until
    last = nights.newest_act()
    ended = chosen.run.finished_at or chosen.run.started_at
    return ended if last is None else max(ended, last + timedelta(microseconds=1))


def _promise(
    store: Store, nights: Nights, localizer: Localizer, run: int, until: datetime | None, evidence: Evidence
) -> Promise:
    market = localizer.market.name
    gate, found, others = audited(store, localizer)
    drawn = store.audits(market, run_id=run)
    judged = [one for one in drawn if one.judged]
    refused = [
        evidence.add(
            TextOf(
                id="", market=market, merchant=row.merchant, listing=row.listing, path=row.path, index=row.number,
                source=row.source, version=row.target, category=row.category, score=row.score,
                remarks=tuple(part for part in (f"{row.severity} {row.error}".strip(), row.note) if part),
            )
        )
        for row in nights.refused(market, until=until, most=REFUSED)
    ]  # fmt: skip
    broken = gate is not None and found.breaks(gate)
    return Promise(
        market=market, state=localizer.gate_state, gate=gate, sample=found, others=others,
        bounds=interval(found.bad, found.judged, 0.95) if found.judged else None,
        alarm=tell_alarm(market, gate, found) if gate is not None and broken else "",
        tonight=Sample(drawn=len(drawn), judged=len(judged), bad=sum(one.bad for one in judged)),
        refused=tuple(dict.fromkeys(refused)),
    )  # fmt: skip


def _decided(store: Store, period: Period, markets: Sequence[str]) -> Iterator[candidates.Decided]:
    """Yield the texts that people approved in a period, edited or not, the newest `MOST_EDITS`."""
    numbers = store.figures.numbers(period, markets=markets)[-MOST_EDITS:]
    for start in range(0, len(numbers), _EXAMPLES_AT_ONCE):
        for one in store.figures.examples(numbers[start : start + _EXAMPLES_AT_ONCE]):
            said: Mapping[str, Any] = one
            if said["deed"] != "reject" and said["source"] and said["machine"] and said["final"]:
                yield candidates.Decided(
                    id=str(said["act"]), market=said["market"], page=(said["merchant"] or "", said["listing"] or ""),
                    field=said["field"] or "", category=said["category"] or "", source=said["source"],
                    machine=said["machine"], final=said["final"],
                )  # fmt: skip


def _candidate(found: candidates.Found, evidence: Evidence) -> Candidate:
    return Candidate(
        market=found.market, source=found.source, machine=found.machine, human=found.human, pages=found.pages,
        count=len(found.texts), kept=found.kept, known=found.known,
        fields=tuple(sorted({one.field for one in found.texts if one.field})),
        categories=tuple(sorted({one.category for one in found.texts if one.category})),
        texts=tuple(evidence.add(_edited(one)) for one in found.texts[:EXAMPLES]),
    )  # fmt: skip


def _edited(one: candidates.Decided) -> TextOf:
    return TextOf(
        id="", market=one.market, merchant=one.page[0], listing=one.page[1], path=one.field, index=0, source=one.source,
        version=one.machine, other=one.final, category=one.category,
    )  # fmt: skip


def _notes(
    chosen: Chosen,
    localizers: Mapping[str, Localizer],
    markets: Sequence[str],
    sampled: Mapping[str, Sampled],
    decided: Sequence[candidates.Decided],
) -> Iterator[str]:
    """Yield what a reader must know of how this was read."""
    yield from _run_notes(chosen, {localizer.model for localizer in localizers.values()})
    for market in markets:
        if market not in sampled:
            yield f"{market}: nothing is known of this market here, so that its texts were not read."
    if part := [f"{len(one.pages):,} pages ({market})" for market, one in sampled.items() if not one.drift.whole]:
        yield f"Texts, drift, missed terms and categories are those of a sample: {', '.join(part)}. Counts are of all."
    for market, one in sampled.items():
        if one.drift.foreign:
            yield f"{market}: earlier scores of other estimators ({', '.join(one.drift.foreign)}) are not compared."
    if len(decided) >= MOST_EDITS:
        yield f"Of people's edits the newest {MOST_EDITS} decisions were compared."


def _run_notes(chosen: Chosen, engines: set[str]) -> Iterator[str]:
    """Yield what must be known of the run itself."""
    run = chosen.run
    if run.status == "running":
        yield f"Run {run.id} is in progress: this is what it has done so far."
    elif run.status == "abandoned":
        yield f"Run {run.id} was abandoned: what it did stands, what it did not do is missing here."
    if len(chosen.earlier) < max(WINDOWS):
        yield f"There are {len(chosen.earlier)} finished runs before this one, not {max(WINDOWS)}."
    if run.engines and (others := sorted(set(run.engines) - engines)):
        yield f"The run used {', '.join(others)}, the markets as they are now {', '.join(sorted(engines))}."
