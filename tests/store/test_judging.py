"""Reviewers' verdicts: what is replaced, what stays, in which order they come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import IntegrityError

from shopglot.errors import StoreError
from shopglot.store import Filed, Store
from shopglot.types import Judgement

NOON = datetime(2026, 8, 2, 12, tzinfo=UTC)
FIRST = Judgement(
    market="us", merchant="m", listing="xhs-1", path="/fields/title", index=2, field="title", category="bedding",
    source="慢回弹\ud800记忆棉", target="Slow-rebound \U0001f600 foam\x00", model="fake@0", origin="machine",
    unit_key="u1", score=0.123456789012345, signature="test:1", published=False, error="mistranslation",
    severity="major", note="慢回弹 is “slow-rebound memory foam”\n", reviewer="lin", channel="desk",
    judged_at=NOON + timedelta(microseconds=1),
)  # fmt: skip
LATER = replace(FIRST, published=True, error="", severity="", judged_at=NOON + timedelta(days=1))


def filed(**counts: int) -> Filed:
    """Return counts, zero where none is given."""
    return Filed(**{**dict.fromkeys(("added", "replaced", "duplicates", "outdated"), 0), **counts})


def test_a_judgement_comes_back_whole(store: Store) -> None:
    """Every field, with text that no database takes, a moment to the microsecond, and None where there was nothing."""
    bare = Judgement(
        market="hk", listing="xhs-2", path="", source="", target="", origin="human", published=True, reviewer="wu",
        channel="seed", judged_at=datetime(2026, 8, 2, 20, tzinfo=timezone(timedelta(hours=8))),
    )  # fmt: skip
    assert filed(added=2) == store.add_judgements([FIRST, bare])
    assert [FIRST, bare] == list(store.judgements())
    assert (None, None) == (bare.score, bare.signature)


def test_a_reviewer_s_later_verdict_replaces_the_earlier(store: Store) -> None:
    """It keeps the earlier one's place; an older one that comes late does nothing, nor does the same again."""
    other = replace(FIRST, listing="xhs-2")
    store.add_judgements([FIRST, other])
    assert filed(replaced=1) == store.add_judgements([LATER])
    assert filed(outdated=1) == store.add_judgements([FIRST])
    assert filed(duplicates=1) == store.add_judgements([LATER])
    assert [LATER, other] == list(store.judgements("us"))


def test_of_one_moment_the_last_word_stands(store: Store) -> None:
    """Within one call as well as across two."""
    changed = replace(FIRST, note="on second thoughts")
    assert filed(added=1, replaced=1) == store.add_judgements([FIRST, changed])
    assert filed(replaced=1, duplicates=1) == store.add_judgements([FIRST, FIRST])
    assert [FIRST] == list(store.judgements("us"))


@pytest.mark.parametrize("field", ["market", "merchant", "listing", "path", "index", "source", "target", "reviewer"])
def test_another_text_place_or_reviewer_is_another_verdict(store: Store, field: str) -> None:
    """Each part of what is judged, and who judges, tells two verdicts apart."""
    other = replace(FIRST, **{field: 3 if field == "index" else "hk"})  # type: ignore[arg-type]
    assert filed(added=2) == store.add_judgements([FIRST, other])


def test_an_audit_s_verdict_stays_the_audit_s(store: Store) -> None:
    """Judged again at the desk, it says what the reviewer says now and still counts in the audit."""
    store.add_judgements([replace(FIRST, channel="audit")])
    store.add_judgements([LATER])
    assert [replace(LATER, channel="audit")] == list(store.judgements("us"))
    store.add_judgements([replace(FIRST, reviewer="wu")])
    store.add_judgements([replace(LATER, reviewer="wu", channel="audit")])
    assert 2 == store.count_judgements("us", channel="audit")


def test_judgements_are_chosen_by_market_channel_and_time(store: Store) -> None:
    """Counted as they are read; `since` is the first moment that counts."""
    seed = replace(LATER, listing="xhs-3", channel="seed")
    hong_kong = replace(FIRST, market="hk")
    store.add_judgements([FIRST, seed, hong_kong])
    for market, channel, since, expected in (
        (None, None, None, [FIRST, seed, hong_kong]),
        ("us", None, None, [FIRST, seed]),
        ("us", "seed", None, [seed]),
        ("us", None, seed.judged_at, [seed]),
        ("hk", "desk", NOON, [hong_kong]),
        ("hk", "audit", None, []),
    ):
        assert expected == list(store.judgements(market, channel=channel, since=since))  # type: ignore[arg-type]
        assert len(expected) == store.count_judgements(market, channel=channel, since=since)  # type: ignore[arg-type]


def test_many_are_streamed_in_order_while_the_store_is_written(store: Store) -> None:
    """More than a page, with a write between two of them that is then read too."""
    many = [replace(FIRST, listing=f"xhs-{number}") for number in range(1203)]
    assert filed(added=1203) == store.add_judgements(many)
    stream = store.judgements("us")
    found = [next(stream)]
    late = replace(FIRST, listing="late")
    store.add_judgements([late])
    assert [*many, late] == [*found, *stream]


def test_all_or_nothing(store: Store) -> None:
    """An error in the middle leaves nothing of what came before it, beyond a page too."""

    def broken() -> Iterator[Judgement]:
        yield from (replace(FIRST, listing=f"xhs-{number}") for number in range(700))
        raise ValueError("line 701")

    with pytest.raises(ValueError, match="line 701"):
        store.add_judgements(broken())
    assert 0 == store.count_judgements()


@pytest.mark.parametrize(
    "wrong", [{"error": "typo"}, {"severity": "awful"}, {"channel": "mail"}, {"score": 1.5}, {"origin": "guess"}]
)
def test_what_no_judgement_may_say_is_refused(store: Store, wrong: dict[str, object]) -> None:
    """The database holds the fixed lists, whoever writes."""
    with pytest.raises(StoreError, match="does not fit") as caught:
        store.add_judgements([FIRST, replace(FIRST, listing="xhs-2", **wrong)])  # type: ignore[arg-type]
    assert isinstance(caught.value.__cause__, IntegrityError)
    assert 0 == store.count_judgements()


def test_agreement_is_on_the_same_text_in_a_market(store: Store) -> None:
    """Another text in the same place, another market or the same reviewer twice makes no pair."""
    wu = replace(FIRST, reviewer="wu", published=True)
    store.add_judgements([FIRST, replace(wu, target="Another"), replace(wu, market="hk"), LATER])
    assert 0 == store.agreement("us").judged_pairs
    store.add_judgements([wu, replace(FIRST, index=3), replace(wu, index=3)])
    found = store.agreement("us")
    assert (2, 2, 0.5) == (found.segments, found.judged_pairs, found.raw)
    assert ("lin", "wu") == found.pairs[0].reviewers
