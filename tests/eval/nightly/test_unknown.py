"""What counts as an unknown word."""

from __future__ import annotations

import pytest

from shopglot.termbase import Entry, Termbase, fold
from shopglot_eval.nightly.unknown import LONGEST, Unknowns, is_general, is_rare, seen


def entry(source: str, target: str) -> Entry:
    """Return an entry that always holds."""
    return Entry(source=source, target=target, admitted=(), forbidden=(), use="enforce", category="", field="", note="")


UNKNOWNS = Unknowns(Termbase([entry("蹦床鞋", "trampoline shoes"), entry("氛围感", "moody")]))


def words(text: str) -> list[str]:
    """Return the unknown words of a title."""
    return [one.word for one in UNKNOWNS.words(text, field="title")]


@pytest.mark.parametrize(
    "text", ["", "记忆棉枕头", "Memory foam 123", "喜欢", "蹦床鞋", "氛围感", "🙂🙂", "\ud800\ud800", "\x00"]
)
def test_what_is_known(text: str) -> None:
    """General words, terms, and what is no Chinese."""
    assert words(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我的鲨鲨裤", "鲨鲨裤"),
        ("泫雅风外套", "泫雅风"),
        ("萌趣睡觉抱枕", "萌趣"),
        ("这款显瘦神裙", "神裙"),
        ("秋冬穿搭分享", "穿搭"),
        ("我的鯊鯊褲", "鲨鲨裤"),
    ],
)
def test_a_word_that_nobody_has(text: str, expected: str) -> None:
    """What the dictionary has not and the glossary has not is unknown, where it stands, guessed or left in pieces."""
    found = {one.word: one for one in UNKNOWNS.words(text, field="title")}
    assert expected in found
    assert not is_general(expected)
    assert fold(text[found[expected].start : found[expected].end]) == expected


def test_words_of_grammar_in_a_row_are_no_word() -> None:
    """Single characters that say how a sentence goes make no word."""
    assert words("我也都要的了呢") == []


def test_a_term_is_no_unknown_word_whatever_is_guessed_around_it() -> None:
    """Where a term is found, nothing else is guessed."""
    assert all("蹦床" not in word for word in words("新款蹦床鞋子鞋"))


def test_spellings_are_folded() -> None:
    """Traditional forms are the same words."""
    assert words("記憶棉枕頭") == []


def test_characters_outside_gb_2312() -> None:
    """Rare characters count, those of Traditional spelling do not, whatever the width."""
    assert [one.word for one in UNKNOWNS.characters("芈月的㸆肉")] == ["芈", "㸆"] or is_rare("㸆")
    assert UNKNOWNS.characters("記憶棉枕頭，棉被") == []
    assert [one.word for one in UNKNOWNS.characters("𠮷野家")] == ["𠮷"]
    assert UNKNOWNS.characters("\ud800abc") == []


def test_long_texts_are_looked_at_in_part() -> None:
    """A text of 100 kB is cut."""
    text = "枕头" * (LONGEST // 2) + "𠮷"
    assert UNKNOWNS.characters(text) == []
    assert words(text * 10) == []


def test_seen() -> None:
    """Words are looked for as written; texts are counted."""
    found, count = seen(["喔喔丫", "没见过", "\ud800"], iter(["这个喔喔丫真好", "\ud800喔喔", ""]))
    assert (found, count) == ({"喔喔丫"}, 3)
    assert seen([], ["一"]) == (set(), 1)
