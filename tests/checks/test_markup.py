"""Opaque texts that did not come back, came back altered or twice, and tags that changed their places."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shopglot.types import Finding

Checker = Callable[..., tuple[Finding, ...]]
OURS = ("markup.broken", "placeholder.lost")


def found(checked: Checker, source: str, target: str, *, market: str = "us") -> list[Finding]:
    """Return the findings of this theme."""
    return [one for one in checked(source, target, market=market, field="description") if one.check in OURS]


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("<b>柔软</b>面料", "Soft fabric", ["markup.broken", "markup.broken"]),
        ("<b>柔软</b>面料", "<b>Soft</b> fabric", []),
        ("柔软&nbsp;面料", "Soft fabric", ["markup.broken"]),
        ("你好{name}同学", "Hello classmate", ["placeholder.lost"]),
        ("看https://a.example/x吧", "Look", ["placeholder.lost"]),
        ("一<br>二<br>三", "One<br>two three", ["markup.broken"]),
        ("见{{x}}和{x}", "See {{x}}", ["placeholder.lost"]),
        ("见{{x}}和{x}", "See {x} and {{x}}", []),
        ("好{name}", "Good {name} {name}", ["placeholder.lost"]),
        ("<b>好</b>", "<b>Good</b> <b>fine</b>", ["markup.broken", "markup.broken"]),
        ("<b>好</b>妙", "<b>Good</b> <i>fine</i>", ["markup.broken", "markup.broken"]),
        ("看https://a.example/x吧", "See https://a.example/y now", ["placeholder.lost"]),
        ("好", "Good, see https://made.up/x", ["placeholder.lost"]),
        ("好", "Good {name}", ["placeholder.lost"]),
        ("价格<3元", "Price <RMB 3", ["markup.broken"]),
        ("价格<3元", "Price < RMB 3", []),
        ("a<b 好", "a<b good", []),
        ("京东很好", "JD.com is good", []),
        ("好💕妙", "Good 💕 fine 💕", []),
        ("A&amp;B好", "A&amp;B good &amp; fine", []),
    ],
)
def test_masks(source: str, target: str, expected: list[str], checked: Checker) -> None:
    """Each text that is lost, altered, doubled or made up is one error; one occurrence does not answer for two."""
    assert expected == [one.check for one in found(checked, source, target)]
    assert {"error"} >= {one.severity for one in found(checked, source, target)}


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("<b>红</b>和<i>蓝</i>裙", "<i>Blue</i> and <b>red</b> dress", "another order"),
        ("<b>红</b>裙", "</b>Red<b> dress", "no longer nested"),
        ("<b>红<i>蓝</i></b>裙", "<b>Red <i>blue</b></i> dress", "no longer nested"),
        ("好<b>红</b>裙", "Nice <b></b> red dress", "lost the text"),
        ("好<b>红<i>蓝</i></b>裙", "Nice <b>red <i> </i></b> blue dress", "lost the text"),
        ("好<b></b>裙", "Nice <b></b> dress", ""),
        ("<b>红</b>和<b>蓝</b>裙", "<b>Blue</b> and <b>red</b> dress", ""),
        ("好</b>裙", "Nice</b> dress", ""),
    ],
)
def test_tags_keep_their_order_and_their_text(source: str, target: str, expected: str, checked: Checker) -> None:
    """A tag before its partner, tags that cross or swap places, and a pair around nothing are one error each."""
    messages = [one.message for one in found(checked, source, target)]
    assert len(messages) == bool(expected)
    assert all(expected in message for message in messages)


@pytest.mark.parametrize(
    ("source", "target", "side", "text"),
    [
        ("你好{name}同学", "Hello", "source", "{name}"),
        ("看https://a.example/x吧", "See https://a.example/y now", "target", "https://a.example/y"),
        ("好{name}", "Good {name} {name}", "target", "{name}"),
        ("<b>红</b>裙", "</b>Red<b> dress", "target", "</b>Red<b>"),
        ("价格<3元", "Price <RMB 3", "target", "<R"),
    ],
)
def test_findings_point_at_what_they_speak_of(source: str, target: str, side: str, text: str, checked: Checker) -> None:
    """The span is on the side that has the text, and both languages have a message."""
    (one,) = found(checked, source, target)
    assert (side, text) == (one.side, one.text)
    assert text == (source if side == "source" else target)[one.start : one.end]
    assert one.message
    assert one.message_zh


def test_an_altered_address_is_told_with_the_right_one(checked: Checker) -> None:
    """The suggestion is the text of the source, and the last of two occurrences is the one too many."""
    (one,) = found(checked, "看https://a.example/x吧", "See https://a.example/y now")
    assert "https://a.example/x" == one.suggestion
    (one,) = found(checked, "好{name}", "Good {name} {name}")
    assert len("Good {name} ") == one.start


def test_many_masks_are_found_in_one_pass(checked: Checker) -> None:
    """A long text with thousands of equal masks is compared count by count."""
    assert [] == found(checked, "好{x}" * 3_000, "good {x} " * 3_000)
    assert 1 == len(found(checked, "好{x}" * 3_000, "good {x} " * 2_999))
