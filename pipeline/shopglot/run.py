"""The night's run: the flow as code.

    read -> segment -> protect -> recall -> translate -> restore -> check -> screen -> score -> decide -> publish

Lines are taken in windows: small ones first, so that the first pages are on sale within minutes, then larger ones, so
that batches fill. Within a window each distinct text of a market is translated once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from shopglot.batches import Executor, answer, translate
from shopglot.catalog import read
from shopglot.decide import HOLDS, fold
from shopglot.intake import Admission, admit
from shopglot.ledger import StoreLedger, window_key
from shopglot.localizer import Localizer, Page, Unit
from shopglot.store import Run, RunSpec, Settlement, Store
from shopglot.summary import Summary, Watcher
from shopglot.types import JudgedSegment, Outcome, Translation
from shopglot.watch import find_alarms

ATTEMPTS = 3  # a text is asked for once, then with what was missing named, then piece by piece around what is opaque
FIRST_WINDOW = 2
LARGEST_WINDOW = 96
BLOCK = 128  # lines that are looked up in the store at once


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


def run(night: Night) -> Summary:
    """Work through a catalog: every line gets one outcome per market. A run that was killed is taken up again."""
    started = time.monotonic()
    summary = Summary(markets=tuple(localizer.market.name for localizer in night.localizers))
    now = night.store.begin_run(_spec(night))
    summary.run_id, summary.resumed = now.id, now.resumed
    summary.gates = {localizer.market.name: localizer.gate_state for localizer in night.localizers}
    night.watcher.begin(night, now)
    for window in _windows(night, now, summary):
        for localizer in night.localizers:
            _work(window, localizer, night, now, summary)
    if night.publish:
        for localizer in night.localizers:
            market = localizer.market
            summary.audited += len(night.store.draw_audit(now.id, market.name, market.audit_share))
    summary.published = night.store.count_publications(now.id)
    summary.seconds = time.monotonic() - started
    summary.signature = "+".join(localizer.model for localizer in night.localizers)
    alarms = find_alarms(night.store, night.localizers)
    night.store.finish_run(now, summary.as_json())
    night.watcher.end(summary)
    for alarm in alarms:
        night.watcher.say(alarm)
    return summary


def _windows(night: Night, now: Run, summary: Summary) -> Iterator[Sequence[Admission]]:
    """Read the catalog and yield windows of what this run has to work on; settle everything else on the way.

    What this run finished before it was killed still counts as part of its window: the windows, and with them the
    batches, are those of an undisturbed run.
    """
    size, window = FIRST_WINDOW, list[Admission]()
    lines = read(night.catalog)
    while block := list(islice(lines, BLOCK)):
        admissions = list(admit(block, night.localizers, night.store, now, publish=night.publish))
        night.store.record(now.id, [outcome for admission in admissions for outcome in admission.outcomes])
        for admission in admissions:
            summary.read_line(broken=admission.listing is None)
            for outcome in (*admission.outcomes, *admission.standing):
                _tell(outcome, night, summary)
            summary.unchanged += len(admission.standing)
            if admission.member:
                window.append(admission)
            if len(window) == size:
                yield window
                size, window = min(2 * size, LARGEST_WINDOW), []
    if window:
        yield window


def _work(window: Sequence[Admission], localizer: Localizer, night: Night, now: Run, summary: Summary) -> None:
    """Take the pages of a window that are due in a market from their texts to their publication."""
    market = localizer.market.name
    due = [admission.listing for admission in window if market in admission.due and admission.listing is not None]
    pages = [localizer.prepare(listing) for listing in due]
    units = [[localizer.unit(item) for item in page.segments] for page in pages]
    texts = _translations(units, localizer, night, now, window_key(window), summary)
    settlements = [
        _settlement(page, _judged(page, own, texts, localizer), localizer, night.publish)
        for page, own in zip(pages, units, strict=True)
    ]
    for settlement, settled in zip(settlements, night.store.settle_many(now.id, settlements), strict=True):
        summary.settle(settled)
        _tell(settlement.outcome, night, summary)


def _translations(
    occurrences: Sequence[Sequence[Unit]], localizer: Localizer, night: Night, now: Run, window: str, summary: Summary
) -> dict[str, Translation]:
    """Return the translation of every unit, by machine key: a person's, certain, recalled, or fresh from the engine."""
    units = {unit.machine_key: unit for own in occurrences for unit in own}
    machine, human = night.store.recall(
        localizer.market.name, list(units), [unit.unit_key for unit in units.values()], run_id=now.id
    )
    known: dict[str, Translation] = {}
    for key, unit in units.items():
        if (approved := human.get(unit.unit_key)) is not None:
            known[key] = approved
        elif (certain := answer(unit, localizer)) is not None:
            known[key] = certain
    ledger = StoreLedger(night.store, now.id, window, localizer.market.name, recalled=machine)
    fresh = translate(
        [unit for key, unit in units.items() if key not in known], localizer, executor=night.executor, ledger=ledger,
        attempts=ATTEMPTS, batch_done=night.watcher.translated, batch_read=night.watcher.read,
    )  # fmt: skip
    total = sum(map(len, occurrences))
    summary.count_segments(total=total, unique=len(units), certain=len(known), translated=ledger.asked)
    return {**known, **fresh}


def _judged(
    page: Page, units: Sequence[Unit], texts: Mapping[str, Translation], localizer: Localizer
) -> list[JudgedSegment]:
    return [
        localizer.judge(item, texts[unit.machine_key], category=page.listing.category)
        for item, unit in zip(page.segments, units, strict=True)
    ]


def _outcome(page: Page, judged: Sequence[JudgedSegment], market: str) -> Outcome:
    decision = fold(item.decision for item in judged)
    worst = next((item for item in judged if item.decision.verdict == decision.verdict and item.decision.reasons), None)
    finding = next(
        (f for f in (worst.findings if worst else ()) if worst and f.check == worst.decision.reasons[0]), None
    )
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
    )


def _tell(outcome: Outcome, night: Night, summary: Summary) -> None:
    summary.count(outcome)
    night.emit(outcome)
    night.watcher.outcome(outcome)


def _spec(night: Night) -> RunSpec:
    return RunSpec(
        catalog=night.catalog,
        content=night.content,
        markets=tuple(localizer.market.name for localizer in night.localizers),
        engines=tuple(localizer.model for localizer in night.localizers),
        policy="+".join(
            (*(localizer.signature for localizer in night.localizers), "publish" if night.publish else "dry")
        ),
    )
