"""What becomes of findings once the page says something else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shopglot.loading import load_localizer
from shopglot.localizer import Localizer
from shopglot.sensitivity import Rule, Screen
from shopglot.sensitivity.rules import Example
from shopglot.types import JudgedSegment, Origin, SegmentKey, Translation

KEY = SegmentKey(merchant="", listing="", path="", index=0)
RETURNS = "returns as stated at checkout"


def rule(identity: str, **keys: object) -> Rule:
    """Return a rule for review on both sides."""
    examples = tuple(Example(text=text) for text in ("一", "二", "三"))
    usual: dict[str, object] = {
        "id": identity, "category": "test", "severity": "review", "side": "both", "basis": "Law.",
        "message": "“{words}” does not hold.", "message_zh": "“{words}”不适用。", "suggestion": "",
        "suggestion_zh": "删掉。",
        "positive": examples, "negative": examples, "author": "test", "version": 1,
    }  # fmt: skip
    return Rule(**usual | keys)  # type: ignore[arg-type]


RULES = (
    rule("us.returns", patterns=("七天无理由退货", "7-day returns"), rewrite=RETURNS),
    rule("us.white", patterns=("美白", "whitening"), replacements=(("whitening", "brightening"),)),
    rule("us.cure", severity="block", patterns=("治疗", "treats")),
)


def localizer(market: str = "us", *, rewrite: bool = True) -> Localizer:
    """Return a market with the rules above."""
    own = load_localizer(market, model="fake", plain=True)
    return replace(own, screen=Screen(RULES), market=replace(own.market, rewrite=rewrite))


def judged(source: str, target: str, *, own: Localizer | None = None, origin: Origin = "machine") -> JudgedSegment:
    """Return a pair as it is judged, cut as a text that is to be translated."""
    own = own or localizer()
    [item] = own.segments(source, KEY, field="title").segments
    translation = Translation(
        source=source, target=target, market=own.market.name, model="m", origin=origin, unit_key="", machine_key=""
    )
    return own.judge(item, translation)


def told(result: JudgedSegment) -> list[tuple[str, str, str, str]]:
    """Return rule, severity, side and words of what the rules found."""
    return [(f.check, f.severity, f.side, f.text) for f in result.findings if f.check.startswith("us.")]


def test_prescribed_words_are_a_term() -> None:
    """What the page has to say is handed to the engine as a term of its own, which beats the glossary's."""
    [item] = localizer().segments("支持七天无理由退货哦", KEY, field="bullet").segments
    assert [("七天无理由退货", RETURNS, "us.returns")] == [(t.source, t.target, t.rule) for t in item.terms if t.rule]
    [item] = localizer(rewrite=False).segments("支持七天无理由退货哦", KEY, field="bullet").segments
    assert [] == [term for term in item.terms if term.rule]


def test_said_otherwise_is_advice() -> None:
    """A page that says what the rule prescribes publishes, and the finding tells it in Chinese."""
    result = judged("七天无理由退货", "Returns as Stated at Checkout")
    assert [("us.returns", "info", "source", "七天无理由退货")] == told(result)
    assert "已按规则改写" in result.findings[0].message_zh
    assert "us.returns" not in result.decision.reasons


@pytest.mark.parametrize(
    ("target", "own", "origin"),
    [
        ("7-Day Returns", localizer(), "machine"),
        ("Easy returns", localizer(), "machine"),
        (RETURNS, localizer(rewrite=False), "machine"),
        ("Easy returns", localizer(), "human"),
    ],
    ids=["kept", "lost", "not allowed", "by a person"],
)
def test_what_is_not_said_holds(target: str, own: Localizer, origin: Origin) -> None:
    """Without the prescribed words, or where the policy does not allow it, the rule holds the page."""
    result = judged("七天无理由退货", target, own=own, origin=origin)
    assert ("us.returns", "warning", "source", "七天无理由退货") in told(result)
    assert "review" == result.decision.verdict


@pytest.mark.parametrize(("severity", "expected"), [("review", "info"), ("advise", "info"), ("block", "error")])
def test_other_rules_within_the_words(severity: str, expected: str) -> None:
    """What another rule finds within words that are not on the page is answered as well; a block never is."""
    own = localizer()
    own = replace(own, screen=Screen([*RULES, rule("us.other", patterns=("无理由",), severity=severity)]))
    result = judged("七天无理由退货", RETURNS, own=own)
    assert ("us.other", expected, "source", "无理由") in told(result)


def test_replaced_words() -> None:
    """Words of a machine's text are replaced, in a new record; the source's finding is answered by it."""
    result = judged("美白面膜", "Whitening Face Mask")
    assert "Brightening Face Mask" == result.translation.target
    assert [("us.white", "info", "source", "美白"), ("us.white", "info", "target", "Brightening")] == told(result)
    assert "us.white" not in result.decision.reasons


def test_as_many_as_were_replaced() -> None:
    """One replacement answers one finding; another on the source still holds."""
    result = judged("美白又美白面膜", "Whitening Face Mask")
    assert ["info", "warning", "info"] == [severity for _, severity, _, _ in told(result)]


def test_a_person_s_words_stay() -> None:
    """What a person wrote is never rewritten: it is found as it stands."""
    result = judged("美白面膜", "Whitening Face Mask", origin="human")
    assert "Whitening Face Mask" == result.translation.target
    assert ["warning", "warning"] == [severity for _, severity, _, _ in told(result)]


def test_a_dropped_claim_is_noted() -> None:
    """A claim that only the source makes still holds, and the translator hears that the target seems to lack it."""
    result = judged("治疗失眠", "Sleep well")
    assert "reject" == result.decision.verdict
    assert result.findings[-1].message.endswith("The translation seems to have dropped it.")
    kept = judged("治疗失眠", "Treats insomnia")
    assert not any("dropped" in finding.message for finding in kept.findings)


DROPPED = rule("us.free", patterns=("包邮",), rewrite="shipping shown at checkout", drop=True)


@pytest.mark.parametrize(
    ("source", "field", "expected"),
    [
        ("记忆棉枕头 包邮", "title", ""),
        ("iPhone 15 包邮", "title", ""),
        ("包邮", "title", "shipping shown at checkout"),
        ("#包邮", "hashtag", "shipping shown at checkout"),
        ("🌸包邮！", "title", "shipping shown at checkout"),
        ("记忆棉枕头，包邮", "bullet", "shipping shown at checkout"),
    ],
)
def test_left_out_of_phrases(source: str, field: str, expected: str) -> None:
    """A title leaves the words out, as long as something else is left; a sentence says what the rule prescribes."""
    own = replace(localizer(), screen=Screen([DROPPED]))
    [item] = own.segments(source, KEY, field=field).segments
    assert [expected] == [term.target for term in item.terms if term.rule]
    assert ("包邮" in own.unit(item).request().source) == bool(expected)


def test_left_out_is_advice() -> None:
    """What a title left out is told, and neither the rule nor a check for omissions holds the page."""
    own = replace(localizer(), screen=Screen([DROPPED]))
    result = judged("记忆棉枕头 包邮", "Memory Foam Pillow", own=own)
    assert [("us.free", "info", "source", "包邮")] == told(result)
    assert "略去" in next(f for f in result.findings if f.check == "us.free").message_zh
    assert [] == [f for f in result.findings if f.severity != "info"]


def test_said_once() -> None:
    """Parts of a list that become the same words become them once."""
    terms = rule("us.terms", patterns=("假一赔十", "专柜验货"), rewrite="seller's terms as stated at checkout")
    own = replace(localizer(), screen=Screen([terms]))
    [item] = own.segments("假一赔十，专柜验货，放心", KEY, field="bullet").segments
    assert ["假一赔十，专柜验货"] == [term.source for term in item.terms if term.rule]


def test_hong_kong() -> None:
    """Where characters are converted, the prescribed words stand in the page as they are."""
    own = replace(
        localizer("hk"),
        screen=Screen([rule("hk.returns", patterns=("七天无理由退货",), rewrite="退貨安排以結帳頁為準")]),
    )
    [item] = own.segments("支持七天无理由退货", KEY, field="title").segments
    assert ["退貨安排以結帳頁為準"] == [term.target for term in item.terms if term.rule]
