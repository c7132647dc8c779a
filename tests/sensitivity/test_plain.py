"""The plain view: which disguises it undoes by itself, and how it leads back."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.sensitivity.plain import fold, view


@pytest.mark.parametrize(
    "text",
    [
        "治\u200b疗",
        "治\u200c\u200d\u2060\ufeff疗",
        "治\u00ad疗",
        "治\u200e\u200f\u202e\u2066疗",
        "治\u180e\u034f疗",
        "治\ufe0f\U000e0100疗",
        "治\U000e0041\U000e007f疗",
        "治\u0336疗\u0336",
        "治\u20dd疗",
        "治\u2800疗",
        "治\u3164疗",
        "治\u3000疗",
        "治\ue000疗",
        "治\ud800疗",
        "治😀疗",
        "治👨🏻\u200d👩🏻\u200d👧🏻\u200d👦🏻疗",
        "治🇨🇳疗",
        "治❤\ufe0f疗",
        "治⭐疗",
        "治🏴\U000e0067\U000e0062\U000e007f疗",
        "治\u4e28疗",
        "治丿疗",
        "治\u31cf疗",
        "治\u00b4疗",
        "治※疗",
        "治→疗",
        "治■疗",
        "治\u2502疗",
        "治〃疗",
        "治\\疗",
        "治~~~~疗",
        "治<b>疗</b>",
        "治<!-- x -->疗",
        "治<wbr>疗",
        "治&ZeroWidthSpace;疗",
        "治&#8203疗",
        "治&#x200b;疗",
        "治&shy;疗",
        "治療",
        "&#27835;疗",
    ],
)
def test_undone(text: str) -> None:
    """What is inserted between two characters, and every other way of writing them, is gone."""
    plain = view(text)
    assert "治疗" == plain.text
    assert plain.holds(0, 2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ＶＸ", "vx"),
        ("ⓥⓧ", "vx"),
        ("🅥🅧", "vx"),
        ("🆅🆇", "vx"),
        ("🄥🄧", "vx"),
        ("⒱⒳", "vx"),
        ("𝓋𝔁", "vx"),
        ("𝕧𝚡", "vx"),
        ("ⅴⅹ", "vx"),
        ("❶➂⓸➎", "1345"),
        ("❿", "10"),
        ("1\ufe0f\u20e33\ufe0f\u20e3", "13"),
        ("㊎㊙", "金秘"),
        ("🈲🉐", "禁得"),
        ("\u2f00\u2f09", "一儿"),
        ("\u2ebc\u2ee3\u2ea1\u2ec8", "月骨氵讠"),
        ("加(微)信", "加(微)信"),
        ("上衣，裤子", "上衣,裤子"),
    ],
)
def test_forms(text: str, expected: str) -> None:
    """Other forms of letters, digits, characters and radicals are read as what they are; sentences stay as they are."""
    assert expected == view(text).text


@pytest.mark.parametrize(
    ("text", "gaps", "taken"),
    [("可+微-信", (1, 2), ("+", "-")), ("治*疗", (), ()), ("治**疗", (1,), ("**",)), ("a+b", (), ())],
)
def test_taken(text: str, gaps: tuple[int, ...], taken: tuple[str, ...]) -> None:
    """What was taken out and may have separated two words is kept, place by place."""
    plain = view(text)
    assert (gaps, taken) == (plain.gaps, plain.taken)


@pytest.mark.parametrize(
    ("text", "start", "end", "expected"),
    [
        ("显高 仿皮草", 1, 3, False),
        ("高 仿皮草", 0, 2, True),
        ("很高 仿", 1, 3, True),
        ("可以加 微 信哦", 2, 5, True),
        ("a货", 0, 2, True),
        ("aa货", 1, 3, False),
    ],
)
def test_holds(text: str, start: int, end: int, expected: bool) -> None:
    """A short word that a symbol parts holds only at the edge of a run, or where it is parted throughout."""
    assert expected == view(text).holds(start, end)


ZERO_WIDTH = st.sampled_from("\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\ufe0f\u200f\U000e0041")


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["加微信", "治疗", "weight loss", "a货"]), st.data())
def test_zero_width(literal: str, data: st.DataObject) -> None:
    """A literal with zero-width characters anywhere in it is found, from its first to its last character."""
    places = [data.draw(st.lists(ZERO_WIDTH, max_size=3).map("".join)) for _ in literal]
    text = "".join(char + hidden for char, hidden in zip(literal, places, strict=True))
    plain = view(text)
    assert literal == plain.text
    assert (0, len(text) - len(places[-1])) == plain.span(0, len(literal))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_fold_is_stable(text: str) -> None:
    """What has been folded folds to itself, so that patterns and texts meet."""
    once = fold(text)
    assert once == fold(once)


def test_linear() -> None:
    """Ten times the text takes about ten times the time."""
    text = "治*疗🌸加 微 信<b>x</b>&nbsp;+。，" * 400

    def cost(times: int) -> float:
        return min(_seconds(text * times) for _ in range(3))

    assert cost(10) < 40 * cost(1)


def _seconds(text: str) -> float:
    start = time.perf_counter()
    view(text)
    return time.perf_counter() - start
