"""What somebody should hear of when a run has ended, and the webhook that tells them.

promise     the audit shows, as surely as the market promises it, that more pages are bad than it promises (watch.py)
drift       machine texts of the night no longer look as those did that the score was fitted on (quality/drift.py)
throughput  the night translated fewer than half as many texts a second as the nights before it

The throughput is that of the translating stage, reading of finished texts included; the measure is the median of the
last nights with the same models, and nothing is said before there are three of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from statistics import median

from shopglot.errors import ShopglotError, UsageError
from shopglot.localizer import Localizer
from shopglot.quality.drift import SHIFTED, drifts
from shopglot.relay import Answer, Message, WebhookTarget
from shopglot.store import Store
from shopglot.store.nights import NightRun, Nights
from shopglot.types import Json
from shopglot.watch import MACHINE, audited, tell_alarm

KINDS = ("promise", "drift", "throughput")
SLOW = 0.5  # of the usual throughput
NIGHTS = 7  # that the usual throughput is of
FEWEST_NIGHTS = 3
FEWEST_TEXTS = 100  # of a night whose throughput says anything
CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 10.0
TRIES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something that is broken, with the `figures` that say so; `market` is "" where it is of the run as a whole."""

    kind: str
    market: str = ""
    message: str
    figures: Mapping[str, float] = field(default_factory=dict)


def find_alerts(store: Store, localizers: Sequence[Localizer], run_id: int) -> tuple[Alert, ...]:
    """Return what is broken at the end of a run, by kind and market."""
    return (
        *(alert for localizer in localizers for alert in _promise(store, localizer)),
        *(alert for localizer in localizers for alert in _drift(store, localizer, run_id)),
        *_throughput(store, run_id),
    )


def _promise(store: Store, localizer: Localizer) -> Iterator[Alert]:
    market = localizer.market.name
    gate, sample, _ = audited(store, localizer)
    if gate is not None and sample.breaks(gate):
        figures = {"judged": sample.judged, "bad": sample.bad, "risk": gate.risk, "confidence": gate.confidence}
        yield Alert(kind="promise", market=market, message=tell_alarm(market, gate, sample), figures=figures)


def _drift(store: Store, localizer: Localizer, run_id: int) -> Iterator[Alert]:
    market = localizer.market.name
    signals = (own for origin, _, own in store.signals(market, run_id=run_id) if origin in MACHINE)
    found = drifts(localizer.estimator.usual, signals)
    shifted = {name: round(index, 4) for name, index in found.items() if index > SHIFTED}
    if shifted:
        names = ", ".join(f"{name} ({index:.2f})" for name, index in shifted.items())
        message = (
            f"{market}: texts of this run no longer look as those did that the score was fitted on: {names}. "
            f"See `shopglot gate --market {market}`."
        )
        yield Alert(kind="drift", market=market, message=message, figures=shifted)


def _throughput(store: Store, run_id: int) -> Iterator[Alert]:
    chosen = Nights(store.database).choose(run_id, before=4 * NIGHTS)
    tonight = _speed(chosen.run)
    same = [night for night in chosen.earlier if night.engines == chosen.run.engines]
    usual = [speed for night in same if (speed := _speed(night)) is not None][:NIGHTS]
    if tonight is None or len(usual) < FEWEST_NIGHTS:
        return
    middle = median(usual)
    if tonight < SLOW * middle:
        message = (
            f"{tonight:.1f} texts translated a second, {middle:.1f} in the nights before: is the machine busy with "
            "something else? See `stages` in `shopglot run --json`."
        )
        yield Alert(kind="throughput", message=message, figures={"tonight": tonight, "usual": middle})


def _speed(night: NightRun) -> float | None:
    """Return texts a second of a night that one process worked through; None where that says nothing."""
    segments, stages = night.summary.get("segments"), night.summary.get("stages")
    if not isinstance(segments, dict) or not isinstance(stages, dict):
        return None  # an older version wrote no stages
    if night.resumes or night.summary.get("joined") is not False:
        return None
    texts, seconds = segments.get("translated"), stages.get("translate")
    if not isinstance(texts, int) or not isinstance(seconds, int | float) or texts < FEWEST_TEXTS or seconds <= 0:
        return None
    return texts / seconds


class AlertHook:
    """A webhook that hears of alerts. UsageError where `url` is none, or sends in the clear to another machine."""

    def __init__(
        self,
        url: str,
        secrets: Sequence[bytes] = (),
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        connect_seconds: float = CONNECT_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._now = now
        self._target = WebhookTarget(
            url, secrets, option="--alert-url", clock=lambda: now().timestamp(), connect_seconds=connect_seconds,
            answer_seconds=answer_seconds,
        )  # fmt: skip

    def send(self, alerts: Sequence[Alert], *, run_id: int, store_name: str, catalog: str) -> str:
        """Post alerts as one message; return "" or, in words, why it did not arrive. Nothing is raised."""
        message = compose(alerts, run_id=run_id, catalog=catalog, store_name=store_name, now=self._now())
        answer = Answer(kind="retry")
        try:
            for _ in range(TRIES):
                [answer] = self._target.send([message])
                if answer.kind != "retry":
                    break
        except (ShopglotError, OSError, ValueError) as error:
            return str(error)
        finally:
            self._target.close()
        return "" if answer.kind == "delivered" else answer.error or "no answer"


def compose(alerts: Sequence[Alert], *, run_id: int, catalog: str, store_name: str, now: datetime) -> Message:
    """Return the message that tells of alerts. `text` has all of it in words, as chat services show it."""
    event_id = f"shopglot-alert-{run_id}-{int(now.timestamp())}"
    lines = [f"shopglot run {run_id} over {catalog}:", *(alert.message for alert in alerts)]
    body: dict[str, Json] = {
        "type": "shopglot.alert",
        "event_id": event_id,
        "created_at": now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "run_id": run_id,
        "catalog": catalog,
        "store": store_name,
        "text": "\n".join(lines),
        "alerts": [{**asdict(alert), "figures": dict(alert.figures)} for alert in alerts],
    }
    return Message(event_id=event_id, body=json.dumps(body).encode("ascii"))


def require_hook(url: str, secret: str | None) -> AlertHook:
    """Return the webhook at a URL, its messages signed where there is a secret (see relay/webhook.py)."""
    from shopglot.relay import read_secrets

    if not url.lower().startswith(("http://", "https://")):
        raise UsageError("--alert-url: give an address such as https://host/path.")
    return AlertHook(url, read_secrets(secret, "$SHOPGLOT_WEBHOOK_SECRET") if secret else ())
