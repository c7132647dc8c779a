"""Is the promise kept? What reviewers found among the published pages, beside what the gate says of them.

The audit draws from all that was published; the promise speaks only of pages whose machine texts have scores of the
gate's kind, none below its cut-off. Pages that went on sale by a plain cut-off, through an earlier gate or below a
cut-off that was raised since are therefore counted apart while a gate stands.

The promise is broken where the audit shows, at the confidence of the promise itself, that the true share of bad pages
is above the promised risk. Each look can be wrong with the rest of that confidence, so that an alarm among many looks
at a share close to the risk is a reason to gather verdicts, one that stays a reason to close the gate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, get_args

from shopglot.localizer import Localizer
from shopglot.market import Gate
from shopglot.quality.drift import SHIFTED, drifts
from shopglot.quality.gate import interval, lower_bound
from shopglot.store import Audit, Store
from shopglot.types import HUMAN, Channel

CONFIDENCE = 0.9  # of the interval around the observed rate
MACHINE = ("machine", "memory")  # origins of texts that a machine wrote, tonight or before


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Published pages that were drawn for the audit: how many, how many of them judged, how many of those bad."""

    drawn: int
    judged: int
    bad: int

    @property
    def rate(self) -> float | None:
        """The share of the judged pages that is bad; None where none is judged."""
        return self.bad / self.judged if self.judged else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The exact two-sided interval of the true share, at `CONFIDENCE`; None where none is judged."""
        return interval(self.bad, self.judged, CONFIDENCE) if self.judged else None

    def breaks(self, gate: Gate) -> bool:
        """Whether the true share is above what the gate promises, as surely as it promises it."""
        return self.judged > 0 and lower_bound(self.bad, self.judged, gate.confidence) > gate.risk


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is known of a market's promise.

    `state` is the gate's (`fitted`, `closed`, `plain`, `uncalibrated`), `signature` that of the scores that the market
    has now; `gate` is the fitted one, also where it does not speak of these scores, None where there is none. `audit`
    holds what the promise speaks of, all that was drawn where no promise stands; `others` were drawn besides.
    `verdicts` counts the store's by channel, `texts` those of a machine whose signals are in `drift`: the population
    stability index against the calibration set by signal, the largest first.
    """

    market: str
    state: str
    signature: str
    gate: Gate | None
    since: datetime | None
    audit: Sample
    others: int
    broken: bool
    verdicts: Mapping[str, int]
    texts: int
    drift: Mapping[str, float]

    @property
    def shifted(self) -> tuple[str, ...]:
        """The signals that no longer look as they did when the estimator was fitted."""
        return tuple(name for name, index in self.drift.items() if index > SHIFTED)

    def as_json(self) -> dict[str, Any]:
        """Return what `shopglot gate --json` prints."""
        bounds = self.audit.interval
        return {
            "market": self.market, "state": self.state, "signature": self.signature,
            "gate": None if self.gate is None else asdict(self.gate),
            "since": None if self.since is None else self.since.isoformat(),
            "audit": {
                **asdict(self.audit), "rate": self.audit.rate, "interval": None if bounds is None else list(bounds),
                "confidence": CONFIDENCE, "others": self.others,
            },
            "broken": self.broken, "verdicts": dict(self.verdicts), "texts": self.texts,
            "drift": {name: round(index, 4) for name, index in self.drift.items()}, "shifted": list(self.shifted),
        }  # fmt: skip


def watch(store: Store, localizer: Localizer, *, since: datetime | None = None) -> Watch:
    """Return what the store knows of a market's promise: of all nights, or of what was drawn, judged and settled since.

    Raises StoreError where the store is older than audits are.
    """
    market = localizer.market.name
    gate = _standing(localizer)
    audit, others = _audit(store, market, gate, since)
    counts = {channel: store.count_judgements(market, channel=channel, since=since) for channel in get_args(Channel)}
    texts = 0

    def machine_texts() -> Iterator[Mapping[str, float]]:
        nonlocal texts
        for origin, _, signals in store.signals(market, since=since):
            if origin in MACHINE:
                texts += 1
                yield signals

    drift = drifts(localizer.estimator.usual, machine_texts())
    return Watch(
        market=market, state=localizer.gate_state, signature=localizer.score_signature, gate=localizer.market.gate,
        since=since, audit=audit, others=others, broken=gate is not None and audit.breaks(gate), verdicts=counts,
        texts=texts, drift=drift,
    )  # fmt: skip


def audited(store: Store, localizer: Localizer, *, since: datetime | None = None) -> tuple[Gate | None, Sample, int]:
    """Return the gate whose promise stands in a market (None: none does), what of the audit it speaks of, and the rest.

    Without a gate the sample is all that was drawn, and nothing besides. Reads the audits only, as `find_alarms` does.
    """
    gate = _standing(localizer)
    return gate, *_audit(store, localizer.market.name, gate, since)


def find_alarms(store: Store, localizers: Iterable[Localizer]) -> list[str]:
    """Return a line for each market whose promise is broken. Reads the audits only: cheap enough for every night."""
    found: list[str] = []
    for localizer in localizers:
        if (gate := _standing(localizer)) is not None:
            audit, _ = _audit(store, localizer.market.name, gate, None)
            if audit.breaks(gate):
                found.append(tell_alarm(localizer.market.name, gate, audit))
    return found


def tell_alarm(market: str, gate: Gate, audit: Sample) -> str:
    """Return the alarm in words, for a sample that breaks the promise."""
    least = lower_bound(audit.bad, audit.judged, gate.confidence)
    return (
        f"{market}: the promise is broken: {audit.bad} of {audit.judged} audited pages ({audit.rate:.1%}) should not "
        f"have been published; the true share is above {least:.1%} with {gate.confidence:.0%} confidence, and at most "
        f"{gate.risk:.0%} is promised. See `shopglot gate --market {market}`."
    )


def _standing(localizer: Localizer) -> Gate | None:
    """Return the gate whose promise stands behind what is published, None where none does."""
    return localizer.market.gate if localizer.gate_state == "fitted" else None


def _audit(store: Store, market: str, gate: Gate | None, since: datetime | None) -> tuple[Sample, int]:
    """Return the drawn pages that the promise speaks of (all, without a gate), and how many others there are."""
    drawn = store.audits(market, since=since)
    if gate is None or not drawn:
        return _sample(drawn), 0
    scores = store.audit_scores(market, since=since)
    own = [one for one in drawn if _speaks(gate, scores.get((one.run_id, one.merchant, one.listing), {}))]
    return _sample(own), len(drawn) - len(own)


def _speaks(gate: Gate, scores: Mapping[str, float]) -> bool:
    """Whether a gate speaks of a page with these lowest scores by signature; what people approved has none."""
    machine = {signature: score for signature, score in scores.items() if signature != HUMAN}
    return machine.keys() == {gate.signature} and gate.cutoff is not None and machine[gate.signature] >= gate.cutoff


def _sample(drawn: Sequence[Audit]) -> Sample:
    judged = [audit for audit in drawn if audit.judged]
    return Sample(drawn=len(drawn), judged=len(judged), bad=sum(audit.bad for audit in judged))
