"""The night's run: the flow as code.

    read -> segment -> protect -> recall -> translate -> restore -> check -> screen -> score -> decide -> publish

Lines are taken in windows (windows.py): small ones first, so that the first pages are on sale within minutes, then
larger ones, so that batches fill. Within a window each distinct text of a market is translated once. Several processes
may share the windows of one run (shift.py).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from shopglot.absence import retire
from shopglot.batches import Executor, answer, translate
from shopglot.collecting import seldom
from shopglot.decide import HOLDS, fold
from shopglot.intake import Place, place, stand
from shopglot.ledger import StoreLedger
from shopglot.localizer import Localizer, Page, Unit
from shopglot.overrides import Passed
from shopglot.ranking import left_behind
from shopglot.shift import Shift
from shopglot.stopping import Stop, TimeUp
from shopglot.store import Dismissed, Identity, Lease, LeaseLost, Recalled, Revision, RunSpec, Settlement, Store
from shopglot.summary import Summary, Watcher
from shopglot.sweep import sweep
from shopglot.types import JudgedSegment, Listing, Outcome, Translation
from shopglot.watch import find_alarms
from shopglot.windows import Part

ATTEMPTS = 3  # a text is asked for once, then with what was missing named, then piece by piece around what is opaque
TRIES = 5  # how often a page is made in one run while people approve texts of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What a run is given. `total` is the number of lines, None where it is not known beforehand."""

    catalog: str
    content: str
    total: int | None
    localizers: tuple[Localizer, ...]
    store: Store
    executor: Executor
    publish: bool = True
    watcher: Watcher = field(default_factory=Watcher)
    emit: Callable[[Outcome], None] = lambda outcome: None
    stop: Stop = field(default_factory=Stop)


@seldom()
def run(night: Night) -> Summary:
    """Work through a catalog: every line gets one outcome per market. A run that was killed is taken up again.

    With a deadline the pages that are worth most come first (ranking.py); those that are not reached get an outcome
    that says so. Ended where a signal asks the process to stop: the next start goes on.

    Any number of processes may work on one run: each has its share of the work, and hears of every outcome; one of them
    finishes it.
    """
    started = time.monotonic()
    summary = Summary(markets=tuple(localizer.market.name for localizer in night.localizers))
    now = night.store.begin_run(_spec(night))
    summary.run_id, summary.resumed, summary.joined = now.id, now.resumed, now.joined
    summary.gates = {localizer.market.name: localizer.gate_state for localizer in night.localizers}
    summary.signature = "+".join(localizer.model for localizer in night.localizers)
    night.watcher.begin(night, now)
    shift = Shift(night, now, summary)
    shift.work(lambda part, localizer, lease: _work(part, localizer, lease, shift))
    while (lease := shift.finishes()) is not None:
        with suppress(LeaseLost):
            _finish(shift, lease, started)
            break
    else:
        summary.adopt(night.store.working.summary(now.id))
    summary.published, summary.withdrawn = night.store.working.written(now.id)
    summary.seconds = time.monotonic() - started
    night.watcher.end(summary)
    return summary


def _finish(shift: Shift, lease: Lease, started: float) -> None:
    """Do what is done once, when every page has its outcome: what left the catalog, the audit, the end of the run."""
    shift.stage("finish")
    night, now, summary = shift.night, shift.now, shift.summary
    absent = retire(night.store, now, night.localizers, lines=summary.listings, publish=night.publish)
    summary.missing, summary.retired = absent.count, absent.withdrawn
    swept = sweep(night.store, now, night.localizers) if night.publish else ()
    markets = [localizer.market for localizer in night.localizers] if night.publish else []
    summary.audited = sum(len(night.store.draw_audit(now.id, market.name, market.audit_share)) for market in markets)
    summary.published, summary.withdrawn = night.store.working.written(now.id)
    summary.seconds = time.monotonic() - started
    alarms = find_alarms(night.store, night.localizers)
    night.store.finish_run(now, summary.as_json(), lease=lease)
    for line in (*absent.lines, *swept):
        night.watcher.say(line)
    for line in alarms:
        night.watcher.warn(line)


def _work(part: Part, localizer: Localizer, lease: Lease, shift: Shift) -> list[Outcome]:
    """Take the pages of a window that are due in a market from their texts to their publication."""
    night = shift.night
    places = place(
        part.listings, localizer, night.store, publish=night.publish, language=shift.windows.language
    )  # fmt: skip
    told = {p.listing.line: p.outcome for p in places if p.outcome is not None}
    shift.summary.unchanged += sum(p.standing for p in places)
    refused = [p for p in places if p.outcome is not None and not p.standing]
    night.store.record(shift.now.id, [p.outcome for p in refused if p.outcome is not None and not p.leaving])
    leaving = [_withdrawal(p, localizer) for p in refused if p.leaving]
    for settled in night.store.settle_many(shift.now.id, leaving, lease=lease):
        shift.summary.settle(settled)
    due = [p.listing for p in places if p.outcome is None]
    try:
        for _ in range(TRIES):
            if due:
                night.stop.check()
                due = _settle(due, part.window.key, localizer, lease, shift, told)
        told |= _overtaken(due, localizer, shift)
    except TimeUp:  # what the engine made of their texts is remembered
        left = [left_behind(listing, localizer.market.name) for listing in due]
        night.store.record(shift.now.id, left)
        told |= {outcome.line: outcome for outcome in left}
    return [told[listing.line] for listing in part.listings]


def _settle(
    due: Sequence[Listing], window: str, localizer: Localizer, lease: Lease, shift: Shift, told: dict[int, Outcome]
) -> list[Listing]:
    """Make pages and settle them, telling their outcomes; return those that a person has overtaken meanwhile."""
    night, market, reuse = shift.night, localizer.market.name, localizer.market.reuse
    shift.stage("segment")
    pages = [localizer.prepare(listing) for listing in due]
    units = [[localizer.unit(item) for item in page.segments] for page in pages]
    shift.stage("recall")
    human = night.store.approvals.recall(
        market, [_identity(page) for page in pages], {unit.unit_key for own in units for unit in own}, reuse=reuse
    )
    # Its revision first: what a lead says in between makes the page again, once too often.
    allowed = night.store.overrides.revision(market, [_identity(page) for page in pages])
    passed = night.store.overrides.recall(market, [_identity(page) for page in pages])
    dismissed = night.store.dismissals.recall(
        market, [_identity(page) for page in pages], {unit.unit_key for own in units for unit in own}, reuse=reuse
    )
    shift.stage("translate")
    texts = _translations(pages, units, human, localizer, window, lease, shift)
    shift.stage("check")
    settlements = [
        _settlement(page, _judged(page, own, texts, human, passed, dismissed, localizer), localizer, night.publish)
        for page, own in zip(pages, units, strict=True)
    ]
    heard = Revision(approval=human.revision, dismissal=dismissed.revision, override=allowed)
    shift.stage("publish")
    answers = night.store.settle_many(
        shift.now.id, settlements, lease=lease, revision={market: heard}, reuse={market: reuse}
    )
    stale = []
    for page, settlement, settled in zip(pages, settlements, answers, strict=True):
        if settled == "stale":
            stale.append(page.listing)
            continue
        shift.summary.settle(settled)
        told[page.listing.line] = settlement.outcome
        if settled == "pinned":  # a person's choice holds it back: the store says whose, and what that makes of it
            [told[page.listing.line]] = shift.windows.outcomes([page.listing], market)
    return stale


def _translations(
    pages: Sequence[Page],
    occurrences: Sequence[Sequence[Unit]],
    human: Recalled,
    localizer: Localizer,
    window: str,
    lease: Lease,
    shift: Shift,
) -> dict[str, Translation]:
    """Return the machine's translation of every unit that no person's text answers on some page, by machine key.

    What is certain needs no machine; the rest is recalled, or fresh from the engine.
    """
    night, market = shift.night, localizer.market.name
    units = {unit.machine_key: unit for own in occurrences for unit in own}
    needed = {
        unit.machine_key
        for page, own in zip(pages, occurrences, strict=True)
        for unit in own
        if human.text(_identity(page), unit.unit_key) is None
    }
    asked = {key: unit for key, unit in units.items() if key in needed}
    machine, hidden = night.store.working.recall(market, list(asked), lease)
    known = {key: text for key, unit in asked.items() if (text := answer(unit, localizer)) is not None}
    open_ = [unit for key, unit in asked.items() if key not in known]
    fresh: dict[str, Translation] = {}
    translated = 0
    for name, own in _planned(open_, machine, window, market, shift):
        ledger = StoreLedger(night.store, shift.now.id, name, market, recalled=machine, hidden=hidden)
        fresh |= translate(
            own, localizer, executor=night.executor, ledger=ledger, attempts=ATTEMPTS,
            batch_done=night.watcher.translated, batch_read=night.watcher.read,
        )  # fmt: skip
        translated += ledger.asked
    certain = len(units) - len(open_)
    total = sum(map(len, occurrences))
    shift.summary.count_segments(total=total, unique=len(units), certain=certain, translated=translated)
    return {**known, **fresh}


def _planned(
    units: Sequence[Unit], machine: Mapping[str, Translation], window: str, market: str, shift: Shift
) -> Iterator[tuple[str, Sequence[Unit]]]:
    """Yield the name of a plan and the units that it is for.

    A plan that was made before, by a process that was killed, is followed; units that it does not know, because a
    person has said something since, get one of their own.
    """
    plan = shift.night.store.plan(shift.now.id, window, market, 0)
    covered = {key for batch in plan or () for key in batch.machine_keys} | machine.keys()
    more = [unit for unit in units if unit.machine_key not in covered] if plan else []
    yield window, [unit for unit in units if unit.machine_key in covered] if more else units
    if more:
        keys = "\0".join(unit.machine_key for unit in more)
        yield f"{window}+{hashlib.sha256(keys.encode()).hexdigest()}", more


def _judged(
    page: Page,
    units: Sequence[Unit],
    texts: Mapping[str, Translation],
    human: Recalled,
    passed: Mapping[Identity, Collection[Passed]],
    dismissed: Dismissed,
    localizer: Localizer,
) -> list[JudgedSegment]:
    own = _identity(page)
    places = [
        (item.key.path, item.key.index, unit.unit_key) for item, unit in zip(page.segments, units, strict=True)
    ]  # fmt: skip
    outdated = human.outdated(own, places)
    return [
        localizer.judge(
            item, human.text(own, unit.unit_key) or texts[unit.machine_key], category=page.listing.category,
            title=page.title, notices=[found for at, found in page.notices if at == position],
            passed=passed.get(own, ()),
            dismissed=dismissed.of(own, unit.unit_key),
            outdated=position in outdated,
        )
        for position, (item, unit) in enumerate(zip(page.segments, units, strict=True))
    ]  # fmt: skip


def _identity(page: Page) -> Identity:
    return page.listing.merchant, page.listing.id


def _outcome(page: Page, judged: Sequence[JudgedSegment], market: str) -> Outcome:
    decision = fold(item.decision for item in judged)
    worst = next((item for item in judged if item.decision.verdict == decision.verdict and item.decision.reasons), None)
    # One that a person set aside or let pass is not what holds the page.
    holding = [finding for finding in (worst.findings if worst else ()) if finding.severity != "info"]
    finding = next((f for f in holding if worst and f.check == worst.decision.reasons[0]), None)
    held = HOLDS.get(worst.decision.reasons[0], HOLDS["score.low"]) if worst else ("", "")
    return Outcome(
        line=page.listing.line, merchant=page.listing.merchant, id=page.listing.id, market=market,
        status=decision.verdict, reasons=decision.reasons, field=worst.segment.key.path if worst else "",
        message=finding.message if finding else held[0], message_zh=finding.message_zh if finding else held[1],
    )  # fmt: skip


def _settlement(page: Page, judged: Sequence[JudgedSegment], localizer: Localizer, publish: bool) -> Settlement:
    outcome = _outcome(page, judged, localizer.market.name)
    released = publish and outcome.status == "publish"
    return Settlement(
        outcome=outcome,
        inputs_key=localizer.inputs_key(page.listing, publish=publish),
        judged=judged,
        document=localizer.compose(page, [item.translation.target for item in judged]) if released else None,
        withdraw=publish and outcome.status == "reject" and localizer.market.withdraw_on_reject,
        source=page.listing.document,
        source_digest=page.listing.digest,
    )


def _withdrawal(place: Place, localizer: Localizer) -> Settlement:
    """Return the settlement of a page that is on sale and is no longer for this market: it goes."""
    assert place.outcome is not None
    listing = place.listing
    return Settlement(
        outcome=place.outcome, inputs_key=localizer.inputs_key(listing, publish=True), judged=(), withdraw=True,
        source=listing.document, source_digest=listing.digest,
    )  # fmt: skip


def _overtaken(listings: Sequence[Listing], localizer: Localizer, shift: Shift) -> dict[int, Outcome]:
    """Return the outcomes of pages of which people approve texts faster than they are made: the next run goes on.

    What stands of them, or that they wait.
    """
    market, store = localizer.market.name, shift.night.store
    standing = store.standing(market, [(listing.merchant, listing.id) for listing in listings]) if listings else {}
    told = {}
    for listing in listings:
        before = standing.get((listing.merchant, listing.id))
        told[listing.line] = Outcome(
            line=listing.line, merchant=listing.merchant, id=listing.id, market=market, status="review",
            reasons=("human.newer",),
            message="People approved texts of this page as often as it was made; the next run publishes them.",
            message_zh="译员在运行期间多次修改此商品页的译文，将在下次运行时发布。",
        ) if before is None else stand(listing, market, before)  # fmt: skip
    store.record(shift.now.id, list(told.values()))
    return told


def _spec(night: Night) -> RunSpec:
    return RunSpec(
        catalog=night.catalog,
        content=night.content,
        markets=tuple(localizer.market.name for localizer in night.localizers),
        engines=tuple(localizer.model for localizer in night.localizers),
        policy="+".join(
            (
                *(localizer.signature for localizer in night.localizers),
                "publish" if night.publish else "dry",
                # Windows in another order are another run's. When the deadline is does not count: it only cuts off.
                *(() if night.stop.deadline is None else ("by-value",)),
            )
        ),
    )
