"""The promise is watched: what is counted for it, when it is broken, and who is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from shopglot.executors.local import LocalExecutor
from shopglot.loading import load_localizers
from shopglot.localizer import Localizer
from shopglot.market import Gate
from shopglot.run import Night, run
from shopglot.store import HumanText, Store, open_store
from shopglot.summary import Watcher
from shopglot.types import Channel, Judgement, SegmentKey
from shopglot.watch import Sample, audited, find_alarms, watch

LATER = datetime(2999, 1, 1, tzinfo=UTC)
GATE = Gate(
    signature="s", cutoff=0.5, risk=0.2, confidence=0.9, listings=300, published=200, bad=20, bound=0.14,
)  # fmt: skip
Work = Callable[..., int]


class Listener(Watcher):
    """Keeps what should be read."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        """Keep a line."""
        self.lines.append(line)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with open_store(str(tmp_path / "night.db")) as opened:
        yield opened


@pytest.fixture
def plain(kind_data: Path) -> Localizer:
    """The US market with the fake engine: no gate, published by the plain cut-off; nearly everything is audited."""
    (localizer,) = load_localizers(("us",), model="fake")
    return replace(localizer, market=replace(localizer.market, audit_share=0.99, risk=0.2, confidence=0.9))


@pytest.fixture
def gated(plain: Localizer) -> Localizer:
    """The same market with a fitted gate."""
    gate = replace(GATE, signature=plain.score_signature)
    return replace(plain, plain=False, market=replace(plain.market, gate=gate))


@pytest.fixture
def work(store: Store, tmp_path: Path) -> Work:
    """Return a function that publishes listings of these ids in a night, and returns the run's number."""

    def night(localizer: Localizer, *ids: str, watcher: Watcher | None = None, title: str = "记忆棉旅行枕") -> int:
        path = tmp_path / "catalog.jsonl"
        lines = [
            {"id": name, "merchant": "m", "fields": {"title": f"{title} {name}", "note": "很舒服"}} for name in ids
        ]
        path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
        summary = run(
            Night(
                catalog=str(path),
                content=" ".join(ids),
                total=None,
                localizers=(localizer,),
                store=store,
                executor=LocalExecutor(),
                watcher=watcher or Watcher(),
            )
        )
        assert len(ids) == summary.outcomes["us"]["publish"]
        return summary.run_id

    return night


def judge(store: Store, bad: int, *, run_id: int | None = None) -> int:
    """Judge everything that was drawn (by a run), the first `bad` pages as bad; return how many there are."""
    audits = store.audits("us", run_id=run_id)
    for number, audit in enumerate(audits):
        verdicts = [
            Judgement(
                market="us", merchant=audit.merchant, listing=audit.listing, path=segment.path, index=segment.index,
                source=segment.source, target=segment.target, origin=segment.origin, published=number >= bad,
                reviewer="lin", channel="audit", judged_at=audit.drawn_at + timedelta(seconds=1),
            )
            for segment in store.audited_segments(audit)
        ]  # fmt: skip
        store.add_judgements(verdicts)
    return len(audits)


@pytest.mark.parametrize(
    ("bad", "judged", "broken"),
    [(11, 40, False), (12, 40, True), (0, 0, False), (1, 1, False), (2, 2, True), (0, 900, False)],
)
def test_when_a_promise_is_broken(bad: int, judged: int, broken: bool) -> None:
    """P(Bin(40, .2) >= 12) is .09, of 11 it is .16: only the first refutes 20% with 90% confidence."""
    assert broken is Sample(drawn=judged, judged=judged, bad=bad).breaks(GATE)


def test_a_kept_promise(store: Store, gated: Localizer, work: Work) -> None:
    """Everything that is known stands in the record, and is JSON."""
    work(gated, *map(str, range(10)))
    judge(store, 1)
    found = watch(store, gated)
    assert ("fitted", gated.market.gate, 0, False) == (found.state, found.gate, found.others, found.broken)
    assert audited(store, gated) == (gated.market.gate, found.audit, 0)
    assert audited(store, gated, since=LATER) == (gated.market.gate, Sample(drawn=0, judged=0, bad=0), 0)
    assert (Sample(drawn=10, judged=10, bad=1), 0.1) == (found.audit, found.audit.rate)
    assert [0.0051, 0.3942] == [round(bound, 4) for bound in found.audit.interval or ()]
    assert {"desk": 0, "import": 0, "audit": 20, "seed": 0} == found.verdicts
    told = json.loads(json.dumps(found.as_json()))
    assert (0.1, 10, False, 0.2) == (
        told["audit"]["rate"], told["audit"]["judged"], told["broken"], told["gate"]["risk"],
    )  # fmt: skip


def test_a_broken_promise(store: Store, gated: Localizer, work: Work) -> None:
    """The alarm names market, numbers and promise, and every later night says it once, at its end."""
    listener = Listener()
    work(gated, *map(str, range(10)), watcher=listener)
    assert [] == listener.lines
    judge(store, 6)
    assert watch(store, gated).broken
    work(gated, "new", watcher=listener)
    [line] = [line for line in listener.lines if "promise" in line]  # another says that ten pages left the catalog
    assert line.startswith("us: the promise is broken: 6 of 10 audited pages (60.0%) should not have been published")
    assert "at most 20% is promised" in line


def test_before_any_audit(store: Store, gated: Localizer) -> None:
    """Nothing judged is no rate, no interval and no alarm."""
    found = watch(store, gated)
    assert (None, None, False, {}, 0) == (
        found.audit.rate,
        found.audit.interval,
        found.broken,
        found.drift,
        found.texts,
    )
    assert (None, None) == (found.as_json()["audit"]["rate"], found.as_json()["audit"]["interval"])
    assert [] == find_alarms(store, [gated])


def test_no_promise_no_alarm(store: Store, plain: Localizer, gated: Localizer, work: Work) -> None:
    """Without a gate that speaks of the scores all audits are counted, and nothing can be broken."""
    work(plain, "1", "2", "3")
    judge(store, 3)
    other = replace(gated, market=replace(gated.market, gate=replace(GATE, signature="another")))
    closed = replace(
        gated, market=replace(gated.market, gate=replace(GATE, signature=gated.score_signature, cutoff=None))
    )
    for localizer, state in ((plain, "plain"), (other, "uncalibrated"), (closed, "closed")):
        found = watch(store, localizer)
        assert (state, Sample(drawn=3, judged=3, bad=3), 0, False) == (
            found.state, found.audit, found.others, found.broken,
        )  # fmt: skip
    # The nightly look asks the store only where a promise stands.
    assert [] == find_alarms(cast("Store", None), [plain, other, closed])


def test_what_the_promise_does_not_speak_of(store: Store, gated: Localizer, work: Work) -> None:
    """Pages below a cut-off that was raised since, and pages of another score, are counted apart."""
    work(gated, "1", "2", "3")
    judge(store, 3)
    gate = replace(GATE, signature=gated.score_signature)
    lowest = min(scores[gate.signature] for scores in store.audit_scores("us").values())
    assert 0.5 < lowest < 1
    for cutoff, expected in ((lowest, 3), (1.0, 0)):
        found = watch(store, replace(gated, market=replace(gated.market, gate=replace(gate, cutoff=cutoff))))
        assert (expected, 3 - expected, expected > 0) == (found.audit.drawn, found.others, found.broken)
    refitted = replace(gated, estimator=replace(gated.estimator, digest="0" * 64))
    market = replace(gated.market, gate=replace(gate, signature=refitted.score_signature))
    assert (0, 3) == ((found := watch(store, replace(refitted, market=market))).audit.drawn, found.others)


def test_what_people_wrote_was_not_promised(store: Store, gated: Localizer, work: Work) -> None:
    """A page of approved texts only is no page that was published unseen; one with a machine's text is."""
    texts = (("title", "记忆棉旅行枕 a", "Memory Foam Travel Pillow a"), ("note", "很舒服", "Very comfortable."))
    for field, source, target in texts:
        key = SegmentKey(merchant="m", listing="a", path=f"/fields/{field}", index=0)
        (item,) = gated.segments(source, key, field=field).segments
        unit = gated.unit(item).unit_key
        store.approve(HumanText(unit_key=unit, market="us", source=item.source, target=target, approved_by="ann"))
    work(gated, "a", "b")
    found = watch(store, gated)
    assert (1, 1) == (found.audit.drawn, found.others)


def test_since(store: Store, gated: Localizer, work: Work) -> None:
    """Draws, verdicts and texts before the moment do not count."""
    work(gated, "1", "2")
    judge(store, 2)
    now, never = watch(store, gated, since=datetime(2000, 1, 1, tzinfo=UTC)), watch(store, gated, since=LATER)
    assert (2, 4, True) == (now.audit.judged, now.verdicts["audit"], now.texts > 0)
    assert (0, 0, 0, False) == (never.audit.drawn, sum(never.verdicts.values()), never.texts, never.broken)


def test_drift_is_of_machine_texts(store: Store, gated: Localizer, work: Work) -> None:
    """Signals are compared with the estimator's deciles; what nobody's machine wrote is left out."""
    still, moved = (0.0,) * 9, tuple(map(float, range(50, 59)))
    usual = replace(gated, estimator=replace(gated.estimator, usual={"repeated": still, "source-length": moved}))
    number = work(usual, *map(str, range(60)))
    rows = list(store.signals("us", run_id=number))
    assert rows == list(store.signals("us"))
    assert [] == list(store.signals("us", run_id=number + 1)) == list(store.signals("hk"))
    assert {"publish"} == {verdict for _, verdict, _ in rows}
    machine = sum(origin in ("machine", "memory") for origin, _, _ in rows)
    found = watch(store, usual)
    assert len(rows) >= machine == found.texts >= 100
    assert ("source-length",) == found.shifted
    assert ["source-length"] == [name for name, index in found.drift.items() if index > 0.01]
    assert list(found.as_json()["drift"]) == list(found.drift) == ["source-length", "repeated"]


def test_verdicts_of_every_channel_are_counted(store: Store, gated: Localizer) -> None:
    """Of this market only."""
    channels: tuple[Channel, ...] = ("seed", "seed", "desk")
    shared: dict[str, Any] = {"source": "a", "target": "b", "origin": "machine", "published": True, "reviewer": "lin"}
    for number, channel in enumerate(channels):
        for market in ("us", "hk"):
            verdict = Judgement(
                market=market, listing=str(number), path="/", channel=channel, judged_at=LATER, **shared
            )
            store.add_judgements([verdict])
    assert {"desk": 1, "import": 0, "audit": 0, "seed": 2} == watch(store, gated).verdicts
