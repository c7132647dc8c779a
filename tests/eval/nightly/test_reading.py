"""What the report says of a store whose nights are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from shopglot.errors import UsageError
from shopglot.localizer import Localizer
from shopglot.market import Gate
from shopglot.store import Store
from shopglot.store.schema import metadata
from shopglot.types import Judgement
from shopglot_eval.nightly import Nightly
from shopglot_eval.nightly import read as read_nights
from shopglot_eval.nightly.records import WINDOWS, Affected, ShareShift

from .conftest import Sheet, Work

HELD = ("score.low",)
Edit = Callable[..., int]


@pytest.fixture
def read(store: Store, us: Localizer) -> Callable[..., Nightly]:
    """Read the store."""
    return lambda **more: read_nights(store, localizers=more.pop("localizers", [us]), **more)


def pages(prefix: str, many: int, **more: object) -> list[Sheet]:
    """Return pages that are alike."""
    return [Sheet(name=f"{prefix}{number}", **more) for number in range(many)]  # type: ignore[arg-type]


def reason(nightly: Nightly, name: str) -> ShareShift:
    """Return what is told of a reason."""
    return next(one for one in nightly.reasons if one.name == name)


def test_a_store_without_runs(read: Callable[..., Nightly]) -> None:
    """There is nothing to report, and a word on what to do."""
    with pytest.raises(UsageError, match="no run yet; run `shopglot run`"):
        read()


def test_a_run_that_is_not_there(read: Callable[..., Nightly], work: Work) -> None:
    """The runs that are there are named."""
    work(pages("a", 1))
    work(pages("b", 1))
    with pytest.raises(UsageError, match="no run 7; its runs are 1 to 2"):
        read(run=7)


def test_the_first_night(read: Callable[..., Nightly], work: Work) -> None:
    """Without nights before, everything is counted and nothing is compared."""
    run = work([*pages("a", 6), *pages("b", 2, reasons=("score.low", "term.missing"))])
    nightly = read()
    [night] = nightly.tonight
    assert (nightly.run.id, nightly.earlier, night.market, night.published, night.held) == (run, (), "us", 6, 2)
    assert night.reasons == {"score.low": 2, "term.missing": 2}
    assert (nightly.versions["us", "publish"], nightly.on_sale["us"]) == (6, 6)
    assert [(one.state, one.pages, one.texts) for one in nightly.waiting] == [("open", 2, 2)]
    assert all(p is None for one in (*nightly.published, *nightly.reasons) for p in one.p.values())
    assert nightly.drift[0].new == ()
    assert "There are 0 finished runs before this one, not 28." in nightly.notes
    assert (nightly.candidates, nightly.desk.total.decided) == ((), 0)


def test_an_earlier_run(read: Callable[..., Nightly], work: Work) -> None:
    """A run that is named is told of with what came before it, not after."""
    first, second, third = (work(pages(name, 3)) for name in "abc")
    nightly = read(run=second)
    assert (nightly.run.id, [one.id for one in nightly.earlier]) == (second, [first])
    assert nightly.until == read(run=third).run.started_at
    assert [night.run for night in nightly.nights] == [second, first]


def test_a_run_in_progress(read: Callable[..., Nightly], work: Work) -> None:
    """The last finished run is told of while another goes on; the one in progress only where it is asked for."""
    done = work(pages("a", 3))
    going = work(pages("b", 2), finish=False)
    assert (read().run.id, read().going) == (done, (going,))
    nightly = read(run=going)
    assert nightly.tonight[0].lines == 2
    assert any("in progress" in note for note in nightly.notes)


def test_only_a_run_in_progress(read: Callable[..., Nightly], work: Work) -> None:
    """It is told of as far as it is."""
    going = work(pages("b", 2), finish=False)
    assert (read().run.id, read().going) == (going, ())


def test_nothing_is_written(store: Store, read: Callable[..., Nightly], work: Work, edit: Edit) -> None:
    """The store is as it was."""
    work([*pages("a", 3), *pages("h", 2, reasons=HELD)])
    edit("面膜", "Mask", "Sheet mask", listing="h0")

    def rows() -> dict[str, list[tuple[object, ...]]]:
        with store.database.read() as connection:
            return {
                table.name: sorted(map(tuple, connection.execute(table.select())), key=repr)
                for table in metadata.sorted_tables
            }

    before = rows()
    read()
    assert rows() == before


def test_while_somebody_writes(store: Store, read: Callable[..., Nightly], work: Work) -> None:
    """A writer in the middle of a transaction keeps nobody from reading."""
    work(pages("a", 3))
    with store.database.write() as connection:
        connection.exec_driver_sql("UPDATE items SET status = 'review'")
        assert read().tonight[0].published == 3


def test_a_reason_that_is_not_as_frequent_as_before(read: Callable[..., Nightly], work: Work) -> None:
    """One that jumps is told, one that stays is not."""
    for night in range(6):
        work([*pages(f"{night}a", 90), *pages(f"{night}b", 10, reasons=("score.low",))])
    work([*pages("xa", 60), *pages("xb", 10, reasons=("score.low",)), *pages("xc", 30, reasons=("number.changed",))])
    nightly = read()
    jumped, stayed = reason(nightly, "number.changed"), reason(nightly, "score.low")
    assert (jumped.count, jumped.of, jumped.before[7]) == (30, 100, (0, 600))
    assert all(jumped.shifted(window) for window in WINDOWS)
    assert not any(stayed.shifted(window) for window in WINDOWS)
    assert nightly.published[0].shifted(7)
    assert set(jumped.texts) <= set(nightly.texts)
    assert 1 <= len(jumped.texts) <= 5


def test_the_shop_that_is_held_more_often(read: Callable[..., Nightly], work: Work) -> None:
    """A shop whose pages are held far more often than the others' is marked, with why, and so is its category."""
    bad = pages("w", 20, reasons=HELD, merchant="worse", category="美妆")
    good = [
        Sheet(name=f"g{n}", merchant=f"shop-{n % 5}", reasons=HELD if n % 9 == 0 else ()) for n in range(100)
    ]  # fmt: skip
    work([*good, *bad])
    nightly = read()

    def found(groups: Sequence[Affected], name: str) -> Affected:
        return next(one for one in groups if one.name == name)

    worse = found(nightly.merchants, "worse")
    assert (worse.held, worse.pages, worse.excess, worse.reasons) == (20, 20, True, (("score.low", 20),))
    assert worse.texts
    assert not found(nightly.merchants, "shop-0").excess
    assert found(nightly.categories, "美妆").excess
    assert (found(nightly.categories, "家居").held, found(nightly.categories, "家居").pages) == (12, 100)


def scored(prefix: str, many: int, chance: Random, mean: float) -> list[Sheet]:
    """Return pages whose scores are about `mean`, each with a text of its own."""
    return [
        Sheet(
            name=f"{prefix}{n}", source=f"记忆棉枕头{prefix}{n}", target=f"Pillow {prefix} {n}",
            score=min(1.0, max(0.0, chance.gauss(mean, 0.05))), signals=(("logprob", chance.gauss(-1, 0.3)),),
        )
        for n in range(many)
    ]  # fmt: skip


def test_scores_that_moved(read: Callable[..., Nightly], work: Work) -> None:
    """Scores that fell are told as shifted, a signal that stayed is not."""
    chance = Random(5)  # noqa: S311 - not for secrets
    for night in range(4):
        work(scored(f"n{night}-", 120, chance, 0.8))
    work(scored("x-", 300, chance, 0.6))
    [drift] = read().drift
    values = {one.name: one for one in drift.values}
    assert values["score"].shift(7) == values["score"].shift(28) == "shifted"
    assert values["logprob"].shift(7) == ""
    assert values["score"].median == pytest.approx(0.6, abs=0.02)
    assert values["score"].medians[28] == pytest.approx(0.8, abs=0.02)
    assert (drift.read, drift.read_before, drift.whole) == (300, {7: 480, 28: 480}, True)
    assert [one.run for one in drift.scores] == [1, 2, 3, 4, 5]


def test_scores_of_another_estimator_are_not_compared(read: Callable[..., Nightly], work: Work) -> None:
    """They are named instead."""
    chance = Random(5)  # noqa: S311 - not for secrets
    work([replace(sheet, signature="old") for sheet in scored("a", 150, chance, 0.2)])
    work(scored("b", 150, chance, 0.8))
    nightly = read()
    [drift] = nightly.drift
    [score] = [one for one in drift.values if one.name == "score"]
    assert (drift.foreign, dict(score.index)) == (("old",), {})
    assert any("other estimators (old)" in note for note in nightly.notes)


def test_a_sample_is_said_to_be_one(read: Callable[..., Nightly], work: Work) -> None:
    """Where not every page is read text by text, that is told, and the counts are still of all."""
    work(pages("a", 30))
    nightly = read(pages=10)
    assert (nightly.tonight[0].lines, nightly.drift[0].read, nightly.drift[0].whole) == (30, 10, False)
    assert any("a sample: 10 pages (us)" in note for note in nightly.notes)


def test_new_words(read: Callable[..., Nightly], work: Work) -> None:
    """A word that no earlier text has is new; one that an earlier text has is not, also where its page is gone."""
    work([Sheet(name="a", source="我的狸狸裤"), Sheet(name="b", source="普通的枕头")])
    work([Sheet(name="a", source="普通的被子"), Sheet(name="c", source="普通的毛巾")])
    work(
        [
            Sheet(name="d", source="我的鲨鲨裤"),
            Sheet(name="e", source="你的鲨鲨裤"),
            Sheet(name="f", source="他的狸狸裤"),
        ]
    )
    nightly = read()
    [drift] = nightly.drift
    found = {one.word: one for one in drift.new}
    assert "狸狸裤" not in found
    assert found["鲨鲨裤"].pages == 2
    assert [nightly.texts[one].source for one in found["鲨鲨裤"].texts] == ["我的鲨鲨裤", "你的鲨鲨裤"]
    [share] = drift.shares
    assert (share.count, share.of) == (3, 3)


def test_terms_most_missed(read: Callable[..., Nightly], work: Work) -> None:
    """Terms are ranked by pages, with what they should be."""
    missing = ("面膜", "sheet mask")
    work([
        *pages("a", 3, source="晚安面膜", reasons=("term.missing",), missing=missing),
        *pages("b", 1, source="小枕头", missing=("枕头", "pillow")), *pages("c", 2),
    ])  # fmt: skip
    found = read().terms
    assert [(one.source, one.target, one.pages) for one in found] == [("面膜", "sheet mask", 3), ("枕头", "pillow", 1)]


def test_what_people_did(store: Store, read: Callable[..., Nightly], work: Work, edit: Edit) -> None:
    """Decisions are counted, and changes that are made again and again become candidates."""
    work(pages("a", 3))
    kinds = ("晚安面膜", "急救面膜", "黄瓜面膜")
    for at, source in enumerate(kinds):
        edit(source, f"No {at} Facial Mask", f"No {at} Sheet Mask", listing=f"p{at}")
    for at, source in enumerate(("记忆棉枕头", "瑜伽垫", "保温杯", "帆布包")):
        edit(source, f"Thing {at}", f"Thing {at}", listing=f"q{at}")
    edit("口红", "Mouth red", None, listing="r")
    nightly = read()
    total = nightly.desk.total
    assert (total.unedited, total.edited, total.rejected, nightly.edits) == (4, 3, 1, 3)
    [found] = nightly.candidates
    assert (found.source, found.machine, found.human, found.pages) == ("面膜", "facial mask", "Sheet Mask", 3)
    shown = nightly.texts[found.texts[0]]
    assert (shown.source, shown.version, shown.other) == ("晚安面膜", "No 0 Facial Mask", "No 0 Sheet Mask")


def judge(store: Store, bad: int) -> int:
    """Judge every page that was drawn for the audit, the first ones as bad."""
    drawn = store.audits("us")
    for number, audit in enumerate(drawn):
        store.add_judgements([
            Judgement(
                market="us", merchant=audit.merchant, listing=audit.listing, path=one.path, index=one.index,
                source=one.source, target=one.target, origin=one.origin, published=number >= bad, reviewer="lin",
                channel="audit", judged_at=audit.drawn_at + timedelta(seconds=1),
            )
            for one in store.audited_segments(audit)
        ])  # fmt: skip
    return len(drawn)


@pytest.mark.parametrize(("bad", "broken"), [(0, False), (12, True)])
def test_the_promise(
    store: Store, read: Callable[..., Nightly], work: Work, us: Localizer, bad: int, broken: bool
) -> None:
    """What the audit says of a fitted gate: the rate, its interval, and the alarm where the promise is broken."""
    gate = Gate(
        signature=us.score_signature, cutoff=0.5, risk=0.2, confidence=0.9, listings=300, published=200, bad=20,
        bound=0.14,
    )  # fmt: skip
    gated = replace(us, plain=False, market=replace(us.market, gate=gate))
    run = work(pages("a", 40, signature=us.score_signature))
    store.draw_audit(run, "us", 1.0)
    assert judge(store, bad) == 40
    [promise] = read(localizers=[gated]).promises
    assert (promise.sample.drawn, promise.sample.judged, promise.sample.bad) == (40, 40, bad)
    assert (promise.state, promise.tonight.judged, len(promise.refused)) == ("fitted", 40, bad)
    assert promise.bounds is not None
    assert promise.bounds[0] <= bad / 40 <= promise.bounds[1]
    assert bool(promise.alarm) is broken


def test_no_audit_yet(read: Callable[..., Nightly], work: Work) -> None:
    """Nothing is known, and nothing is made up."""
    work(pages("a", 3))
    [promise] = read().promises
    assert (promise.bounds, promise.alarm, promise.sample.rate) == (None, "", None)


def test_two_markets_are_apart(read: Callable[..., Nightly], work: Work) -> None:
    """Each market has its own counts; one whose rules are not at hand is told with a note."""
    work([*pages("a", 3), *pages("b", 2, market="hk", reasons=HELD)])
    nightly = read()
    assert [(one.market, one.published, one.held) for one in nightly.tonight] == [("us", 3, 0), ("hk", 0, 2)]
    assert any(note.startswith("hk: nothing is known of this market here") for note in nightly.notes)
    assert [one.market for one in nightly.drift] == ["us"]
