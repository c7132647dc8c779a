"""Texts that stand alone: what was found in a segment is told by its place in the whole text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.decide import SEVERITY
from shopglot.executors.local import LocalExecutor
from shopglot.loading import load_localizer
from shopglot.texts import Settled, Text, localize, put_together
from shopglot.types import Decision, Finding, JudgedSegment, Origin, Score, Segment, SegmentKey, Translation

MARKETS = ("us", "hk")
ODD = [
    "", "   ", "面膜", "\ud800面膜", "<p>面膜<b>好", "\x00\x01\x1b[2J", "👩‍👩‍👧‍👦 🇨🇳 面膜", "头髮和頭发",
    "连衣裙" * 3_000, "<p>p 七天祛斑。</p><p>加微信 abc123。</p>", "#好物# 面膜 #推荐#",
]  # fmt: skip


def run(texts: list[Text], market: str) -> list[Settled]:
    """Localize texts with the fake model."""
    return localize(texts, load_localizer(market, model="fake"), executor=LocalExecutor(), attempts=3)


def finding(side: str, start: int, end: int, text: str) -> Finding:
    """Make a finding in a segment."""
    return Finding(
        check="test", severity="info", side="source" if side == "source" else "target", start=start, end=end, text=text,
        message="", message_zh="",
    )  # fmt: skip


def judged(
    item: Segment, target: str, *, score: float, decision: Decision, origin: Origin = "machine"
) -> JudgedSegment:
    """Make a segment whose first and last characters, on both sides, something was found about."""
    ends = [
        finding(side, at, at + 1, text[at])
        for side, text in (("source", item.source), ("target", target))
        for at in (0, len(text) - 1)
    ]
    translation = Translation(
        source=item.source, target=target, market="us", model="test", origin=origin, unit_key="", machine_key=""
    )
    return JudgedSegment(
        segment=item, translation=translation, findings=tuple(ends), score=Score(value=score, signature=f"s{score}"),
        decision=decision,
    )  # fmt: skip


@pytest.mark.parametrize("market", MARKETS)
def test_one_for_each_in_order(market: str) -> None:
    """Every text has its answer, in its place, odd ones too."""
    assert ODD == [settled.source for settled in run([Text(source=text, field="description") for text in ODD], market)]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "七天祛斑", "加微信", "。", "p", "最好", " ", "<b>", "！\n", "99元", "<br>"])
    )
)
def test_findings_lie_where_they_say(parts: list[str]) -> None:
    """The words of a finding stand in the whole text at its offsets."""
    for market in MARKETS:
        (settled,) = run([Text(source="".join(parts), field="description")], market)
        wholes = {"source": settled.source, "target": settled.target}
        for one in settled.findings:
            assert one.text in ("", wholes[one.side][one.start : one.end])


def test_a_word_in_a_tag_is_no_place() -> None:
    """A translation that reads like the name of a tag before it is not found in that tag."""
    localizer = load_localizer("us", model="fake")
    key = SegmentKey(merchant="", listing="", path="", index=0)
    part = localizer.segments('<p class="b">一</p><p>二</p>', key, field="description")
    publish = Decision(verdict="publish")
    items = [
        judged(item, target, score=0.5, decision=publish)
        for item, target in zip(part.segments, ("b", "p"), strict=True)
    ]
    settled = put_together(part, items, localizer.market)
    assert '<p class="b">b</p><p>p</p>' == settled.target
    assert ["一", "一", "b", "b", "二", "二", "p", "p"] == [one.text for one in settled.findings]
    assert [13] * 4 + [21] * 4 == [one.start for one in settled.findings]


def test_the_worst_segment_speaks_for_the_text() -> None:
    """The lowest score with its signature, the worst decision with all reasons, and machine before all else."""
    localizer = load_localizer("us", model="fake")
    key = SegmentKey(merchant="", listing="", path="", index=0)
    part = localizer.segments("<p>一</p><p>二</p><p>三</p>", key, field="description")
    decisions = [
        Decision(verdict="publish"),
        Decision(verdict="reject", reasons=("us.rule",)),
        Decision(verdict="review", reasons=("score.low",)),
    ]
    origins: tuple[Origin, ...] = ("human", "machine", "certain")
    items = [
        judged(item, f"t{place}", score=score, decision=decision, origin=origin)
        for place, (item, score, decision, origin) in enumerate(
            zip(part.segments, (0.9, 0.8, 0.1), decisions, origins, strict=True)
        )
    ]
    settled = put_together(part, items, localizer.market)
    assert ("<p>t0</p><p>t1</p><p>t2</p>", "machine") == (settled.target, settled.origin)
    assert settled.score == Score(value=0.1, signature="s0.1")
    assert Decision(verdict="reject", reasons=("us.rule", "score.low")) == settled.decision
    assert "reject" == max((item.decision.verdict for item in items), key=SEVERITY.index)


def test_nothing_to_translate_has_no_score() -> None:
    """A text without a segment is published as it stands, and nothing says how good it is."""
    (settled,) = run([Text(source="<br>")], "us")
    assert ("<br>", "certain", None, "publish", ()) == (
        settled.target, settled.origin, settled.score, settled.decision.verdict, settled.segments
    )  # fmt: skip


def test_what_is_known_of_the_page_counts() -> None:
    """A brand that nobody has told us in Latin stays as it is in its own page's texts, and is translated elsewhere."""
    known, unknown = run(
        [Text(source="云朵家居 记忆棉枕头", brand="云朵家居"), Text(source="云朵家居 记忆棉枕头")], "us"
    )
    assert "云朵家居" in known.target
    assert "云朵家居" not in unknown.target
