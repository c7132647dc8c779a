"""How the desk's work goes: what counts as a decision, which rules hold in vain, how long it took."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select

from shopglot.store import Store, open_store
from shopglot.store.actions import log
from shopglot.store.desk.decided import Ledger, kind_of
from shopglot.store.desk.figures import CAP, EDGES, Figures, Period, Report, Share
from shopglot.store.records import Act
from shopglot.store.schema import actions
from shopglot.types import Judgement

JULY = Period(since=date(2026, 7, 6), until=date(2026, 7, 19))  # two whole weeks
MONDAY = datetime(2026, 7, 6, 9, tzinfo=UTC)
Deed = Callable[..., int]


@pytest.fixture
def deed(store: Store) -> Deed:
    """Write an act of the desk into the log and return its number."""

    def write(
        action: str = "approve", *, at: datetime = MONDAY, actor: str = "lin", market: str = "us", listing: str = "p1",
        index: int = 0, path: str = "/fields/title", bare: bool = False, **detail: Any,
    ) -> int:  # fmt: skip
        usual: dict[str, Any] = {}
        if action in ("approve", "reject") and not bare:
            usual = {
                "edited": False, "machine": "Pillow", "reasons": ["term.missing"], "findings": ["term.missing"],
                "model": "fake@1", "score": 0.5, "signature": "s", "words": 10, "field": "title", "verdict": "review",
                "seconds": 20.0, "source": "枕头", "target": "Pillow", "handled": None,
            }  # fmt: skip
        act = Act(
            actor=actor, action=action, market=market, merchant="m", listing=listing, path=path, index=index,
            detail=usual | detail,
        )  # fmt: skip
        with store.database.write() as connection:
            return log(connection, act, at)

    return write


def read(store: Store, period: Period = JULY, **more: Any) -> Report:
    """Return the figures of July."""
    return store.figures.read(period, **more)


def counts(report: Report) -> tuple[int, int, int]:
    """Return how much was approved, edited and refused."""
    return report.total.unedited, report.total.edited, report.total.rejected


def test_nothing_yet(store: Store) -> None:
    """Nothing yet."""
    report = read(store)
    assert counts(report) == (0, 0, 0)
    assert report.total.approval.rate is None
    assert (report.total.median, report.total.ninth) == (None, None)
    assert [week.name for week in report.weeks] == ["2026-W28", "2026-W29"]
    assert (report.fields, report.rules, report.models) == ((), (), ())
    assert sum(bar.count for bar in report.times) == 0
    assert [one.held.of for one in report.scores] == [0] * 10


def test_counts_decisions_by_what_they_have_in_common(store: Store, deed: Deed) -> None:
    """Counts decisions by what they have in common."""
    deed(index=0)
    deed(index=1, edited=True, field="bullet", model="other@2", actor="mei")
    deed("reject", index=2, market="hk", at=MONDAY + timedelta(days=7), reasons=["omission", "score.low"])
    report = read(store)
    assert counts(report) == (1, 1, 1)
    assert report.total.words == 20, "what was refused is not done"
    assert [(one.name, one.tally.decided) for one in report.fields] == [("bullet", 1), ("title", 2)]
    assert [(one.name, one.tally.edit.rate) for one in report.models] == [("fake@1", 0.0), ("other@2", 1.0)]
    assert [(one.name, one.tally.decided) for one in report.markets] == [("hk", 1), ("us", 2)]
    assert [(one.name, one.tally.decided) for one in report.people] == [("lin", 2), ("mei", 1)]
    assert [week.tally.decided for week in report.weeks] == [2, 1]
    assert [(one.name, one.alarms.count, one.alarms.of) for one in report.rules] == [
        ("term.missing", 1, 2), ("omission", 0, 1), ("score.low", 0, 1),
    ]  # fmt: skip


def test_only_these_markets_and_days(store: Store, deed: Deed) -> None:
    """Only these markets and days."""
    deed()
    deed(index=1, market="hk")
    deed(index=2, at=datetime(2026, 7, 19, 23, 59, 59, tzinfo=UTC))
    deed(index=3, at=datetime(2026, 7, 20, tzinfo=UTC), edited=True)
    deed(index=4, at=datetime(2026, 6, 22, tzinfo=UTC), edited=True)
    deed(index=5, at=datetime(2026, 6, 21, 23, 59, 59, tzinfo=UTC))
    assert counts(read(store)) == (3, 0, 0)
    assert counts(read(store, markets=["us"])) == (2, 0, 0)
    assert counts(read(store, markets=["tw"])) == (0, 0, 0)
    before = read(store).before
    assert (before.unedited, before.edited) == (0, 1), "the fourteen days before"


def test_what_was_undone_does_not_count(store: Store, deed: Deed) -> None:
    """What was undone does not count."""
    first = deed()
    deed("undo", act=first, what="approve")
    deed(index=1, edited=True)
    assert counts(read(store)) == (0, 1, 0)


def test_the_last_decision_counts(store: Store, deed: Deed) -> None:
    """The last decision counts."""
    first = deed()
    second = deed("reject", handled={"act": first, "deed": "approve"})
    assert counts(read(store)) == (0, 0, 1)
    deed("undo", act=second, what="reject")
    assert counts(read(store)) == (1, 0, 0), "the first one stands again"


def test_what_is_no_decision_on_a_text_that_waited(store: Store, deed: Deed) -> None:
    """What is no decision on a text that waited."""
    deed(bare=True, source="枕头", target="Pillow", unit_key="u")  # imported into the memory
    deed(index=1, bare=True, propagated=[1, 2], parent=1, seconds=0.0)
    deed(index=2, verdict="publish", edited=True)
    deed("escalate")
    assert counts(read(store)) == (0, 0, 0)


def test_a_dismissal_is_a_false_alarm_of_the_next_decision(store: Store, deed: Deed) -> None:
    """A dismissal is a false alarm of the next decision."""
    deed("dismiss", finding="term.missing", reason="false-alarm", words="枕")
    deed(edited=True, reasons=["term.missing", "omission"])
    deed(index=1, edited=True)
    deed(edited=True, at=MONDAY + timedelta(days=1))  # the page has changed, and it is held again
    alarms = {one.name: one.alarms for one in read(store).rules}
    assert (alarms["term.missing"].count, alarms["term.missing"].of) == (1, 3)
    assert alarms["omission"].count == 0


@pytest.mark.parametrize(("reason", "expected"), [("meant-so", 1), ("fine-here", 1), ("checked", 0), ("other", 0)])
def test_reasons_that_make_a_false_alarm(store: Store, deed: Deed, reason: str, expected: int) -> None:
    """Reasons that make a false alarm."""
    act = deed(edited=True)
    deed("dismiss", finding="term.missing", reason=reason, parent=act)
    [rule] = read(store).rules
    assert rule.alarms.count == expected


def test_a_dismissal_that_was_taken_back(store: Store, deed: Deed) -> None:
    """A dismissal that was taken back."""
    deed("dismiss", finding="term.missing", reason="false-alarm", words="枕")
    deed("dismiss-end", finding="term.missing", reason="false-alarm", words="枕")
    undone = deed("dismiss", finding="omission", reason="false-alarm", words="头")
    deed("undo", act=undone, what="dismiss")
    deed(edited=True, reasons=["term.missing", "omission"])
    assert [one.alarms.count for one in read(store).rules] == [0, 0]


def test_a_rule_that_is_dismissed_but_did_not_hold_is_no_alarm(store: Store, deed: Deed) -> None:
    """A rule that is dismissed but did not hold is no alarm."""
    act = deed(edited=True, reasons=["omission"])
    deed("dismiss", finding="repetition", reason="false-alarm", parent=act)
    assert [(one.name, one.alarms.count) for one in read(store).rules] == [("omission", 0)]


def test_time_is_cut_and_what_is_not_known_left_out(store: Store, deed: Deed) -> None:
    """Time is cut and what is not known left out."""
    for index, seconds in enumerate((4, 10, 30, 90, 7200, 0, None)):
        deed(index=index, seconds=seconds)
    total = read(store).total
    assert (total.timed, total.median, total.seconds) == (5, 30.0, 4 + 10 + 30 + 90 + CAP)
    assert total.ninth == pytest.approx(90 + 0.6 * (CAP - 90))
    times = {bar.low: bar.count for bar in read(store).times}
    assert (times[0.0], times[10.0], times[30.0], times[90.0], times[EDGES[-2]]) == (1, 1, 1, 1, 1)


def test_scores_beside_what_was_read_elsewhere(store: Store, deed: Deed) -> None:
    """Scores beside what was read elsewhere."""
    deed(score=0.42)
    deed(index=1, score=0.48, edited=True)
    deed(index=2, score=1.0)
    deed(index=3, score=None)
    said = Judgement(
        market="us", merchant="m", listing="p9", path="/fields/title", source="枕头", target="Pillow",
        origin="machine", published=True, score=0.41, signature="s", reviewer="mei", channel="audit", judged_at=MONDAY,
    )  # fmt: skip
    store.add_judgements([said])
    bins = read(store).scores
    assert (bins[4].held, bins[4].elsewhere) == (Share(count=1, of=2), Share(count=1, of=1))
    assert bins[4].mean == pytest.approx((0.42 + 0.48 + 0.41) / 3)
    assert (bins[9].held, bins[9].mean) == (Share(count=1, of=1), 1.0)
    assert read(store, markets=["hk"]).scores[4].elsewhere.of == 0


def test_texts_of_any_kind_in_the_log(store: Store, deed: Deed) -> None:
    """Texts of any kind in the log."""
    odd = "\x00\ud800\x1a</script>😀" + "长" * 100_000
    deed(model=odd, reasons=[odd], source=odd, actor="林\x1a")
    report = read(store)
    assert [one.name for one in report.models] == [odd]
    assert [one.name for one in report.rules] == [odd]
    assert [one.name for one in report.people] == ["林\x1a"]


def test_the_field_of_acts_that_name_none(store: Store, deed: Deed) -> None:
    """The field of acts that name none."""
    deed(path="/fields/bullets/3", field=None)
    assert [one.name for one in read(store).fields] == ["bullet"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/fields/title", "title"), ("/fields/bullets/0", "bullet"), ("/fields/attributes/材质", "attribute-value"),
        ("/fields/attributes/材质~key", "attribute-name"), ("/fields/variants/0/options/颜色", "option-value"),
        ("/fields/variants/0/options/颜色~key", "option-name"), ("/fields/size_chart/0/1", "size-cell"),
        ("/fields/images/2/alt", "alt"), ("/brand", "brand"), ("/fields/other", ""), ("/sku", ""), ("", ""),
    ],
)  # fmt: skip
def test_kind_of_a_path(path: str, kind: str) -> None:
    """Kind of a path."""
    assert kind_of(path) == kind


def test_a_ledger_reads_on_where_it_ended(store: Store, deed: Deed, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger reads on where it ended."""
    ledger = Ledger()
    deed()
    read(store, ledger=ledger)
    monkeypatch.setattr("shopglot.store.desk.decided._decode", _refuse_old)
    deed(index=1, source="new")
    assert counts(read(store, ledger=ledger)) == (2, 0, 0)
    with pytest.raises(AssertionError, match="read again"):
        read(store, ledger=Ledger())


def _refuse_old(text: str) -> tuple[Any, int]:
    detail = json.loads(text)
    assert detail["source"] == "new", "read again"
    return detail, len(text)


def test_a_young_act_is_not_kept(url: str, deed: Deed, store: Store) -> None:
    """A transaction that took longer writes a lower number later: it is not passed over."""
    now = MONDAY + timedelta(minutes=5)
    ledger = Ledger()
    with open_store(url, now=lambda: now) as other:
        deed()
        with store.database.write() as connection:  # a gap, as of a transaction that is not committed yet
            row = dict(connection.execute(select(actions)).mappings().one())
            connection.execute(insert(actions), {**row, "id": row["id"] + 2, "number": 7})
        figures = Figures(other.database, now=lambda: now)
        assert figures.read(JULY, ledger=ledger).total.decided == 2
        with store.database.write() as connection:
            connection.execute(insert(actions), {**row, "id": row["id"] + 1, "number": 8})
        assert figures.read(JULY, ledger=ledger).total.decided == 3


def test_a_ledger_goes_back_when_it_is_asked_to(store: Store, deed: Deed) -> None:
    """A ledger goes back when it is asked to."""
    deed(at=MONDAY - timedelta(days=400))
    deed(index=1)
    ledger = Ledger()
    assert read(store, ledger=ledger).total.decided == 1
    assert read(store, Period(since=date(2025, 1, 1), until=JULY.until), ledger=ledger).total.decided == 2
    assert read(store, ledger=ledger).total.decided == 1


def test_an_erasure_is_noticed(store: Store, deed: Deed) -> None:
    """An erasure is noticed."""
    ledger = Ledger()
    first = deed()
    deed(index=1, actor="mei")
    assert read(store, ledger=ledger).total.decided == 2
    with store.database.write() as connection:
        connection.execute(delete(actions).where(actions.c.id == first))
    deed(index=2, actor="mei")
    report = read(store, ledger=ledger)
    assert [(one.name, one.tally.decided) for one in report.people] == [("mei", 2)]
    with store.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(actions)) == 2


@given(st.integers(0, 500), st.integers(0, 500))
def test_an_interval_holds_its_share(count: int, more: int) -> None:
    """An interval holds its share."""
    share = Share(count=count, of=count + more)
    low, high = share.interval
    assert 0 <= low < high <= 1
    if share.rate is not None:
        assert low - 1e-12 <= share.rate <= high + 1e-12


def test_an_interval_as_published() -> None:
    """Wilson's interval of 81 of 263, as in Newcombe (1998), table I."""
    low, high = Share(count=81, of=263).interval
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert [round(end, 4) for end in Share(count=0, of=20).interval] == [0.0, 0.1611]


def test_a_week_across_the_year(store: Store, deed: Deed) -> None:
    """A week across the year."""
    deed(at=datetime(2027, 1, 1, 12, tzinfo=UTC))
    report = read(store, Period(since=date(2026, 12, 31), until=date(2027, 1, 4)))
    assert [(week.name, week.tally.decided) for week in report.weeks] == [("2026-W53", 1), ("2027-W01", 0)]
