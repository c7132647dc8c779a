"""Texts made fit to be shown."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot_eval.reporting import texts
from shopglot_eval.reporting.document import Tone

TONES = st.sampled_from(["", "good", "bad", "warn", "muted"])
MARKS = st.lists(st.tuples(st.integers(-3, 40), st.integers(-3, 40), TONES), max_size=12)


@given(st.text(st.characters()))
def test_visible_texts_keep_their_length(text: str) -> None:
    """Every sign is one sign afterwards, and the text can be written as UTF-8."""
    made = texts.visible(text)
    assert len(made) == len(text)
    made.encode("utf-8")
    assert not set(made) & {"\x00", "\u202e", "\u2028", "\r", "\x85", "\ufeff"}
    assert texts.visible(made) == made


def test_what_a_reader_reads_stays() -> None:
    """Line breaks, emoji with their joiners and Chinese are as they were; half a pair of surrogates is a sign."""
    assert texts.visible("臺灣\n👩‍💻\t<b>") == "臺灣\n👩‍💻\t<b>"
    assert texts.visible("a\x00\ud83d\u202eb\r\x7f") == "a␀\ufffd\ufffdb␍␡"


@given(st.integers(0, 30), MARKS)
def test_marks_do_not_overlap(length: int, marks: list[tuple[int, int, Tone]]) -> None:
    """Each place of a text has the worst tone of the marks over it, and only places of the text are marked."""
    flat = texts.flatten(length, marks)
    assert all(a[1] <= b[0] for a, b in pairwise(flat))
    worst: list[Tone] = ["bad", "warn", "good", "", "muted"]
    for at in range(length):
        over = [tone for start, end, tone in marks if start <= at < end]
        expected = [min(over, key=worst.index)] if over else []
        assert expected == [tone for start, end, tone in flat if start <= at < end]
    text = "x" * length
    assert text == "".join(part for part, _ in texts.pieces(text, flat))


def test_a_long_text_is_cut() -> None:
    """100 kB are cut, at their beginning or around the first mark, and say so; marks stay on their words."""
    text = "枕" * 50_000 + "頭" + "枕" * 49_999
    made, marks = texts.shown(text)
    assert made == "枕" * texts.LONGEST + "… [94,000 characters]"
    assert marks == ()
    made, marks = texts.shown(text, [(50_000, 50_001, "bad"), (99_000, 99_001, "bad"), (0, 0, "bad")])
    assert len(made) < texts.LONGEST + 60
    assert [made[start:end] for start, end, _ in marks] == ["頭"]
    assert made.startswith("[49,600 characters] …枕")
    assert made.endswith("枕… [44,400 characters]")
    made, marks = texts.shown(text[:7000], [(0, 6500, "good")])
    assert marks == ((0, texts.LONGEST, "good"),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a `b` c", [("a ", False), ("b", True), (" c", False)]),
        ("`b`", [("b", True)]),
        ("a ` b", [("a ` b", False)]),
        ("`a` b ` c", [("a", True), (" b ` c", False)]),
        ("", []),
    ],
)
def test_codes(text: str, expected: list[tuple[str, bool]]) -> None:
    """Words between backticks are code; one backtick alone is a backtick."""
    assert expected == list(texts.codes(text))


@pytest.mark.parametrize(
    ("text", "expected"), [("羽绒服", "zh-Hans"), ("A \U00020bb7", "zh-Hans"), ("Down jacket ❤", ""), ("", "")]
)
def test_the_language_of_a_source(text: str, expected: str) -> None:
    """Chinese characters make it Chinese, so that a screen shows and a voice reads it as that."""
    assert expected == texts.source_language(text)


def test_languages_of_markets() -> None:
    """Each market has its own; of one that is not known nothing is said."""
    assert [texts.language(market) for market in ("us", "hk", "")] == ["en", "zh-Hant-HK", ""]
