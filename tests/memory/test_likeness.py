"""Likeness of texts: the index finds what comparing with every text finds, and says how texts differ."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.memory.likeness import FORM, LONGEST, Hit, Likeness, compare, form

# Few characters, so that texts are alike; some that normalising changes, digits, and half a surrogate pair.
NEAR = st.text(alphabet="枕头软的a1２Ａ é\u0301\U0001f600\ud800", max_size=12)
TEXTS = st.one_of(NEAR, st.text(max_size=8))


def brute(texts: list[str], query: str, threshold: float) -> list[Hit]:
    """Compare with every text."""
    hits = []
    for text in dict.fromkeys(texts):
        similarity, difference = compare(query, text)
        if form(text) and similarity >= threshold:
            hits.append(Hit(text=text, similarity=similarity, difference=difference))
    return sorted(hits, key=lambda hit: (-hit.similarity, hit.text))


@settings(max_examples=120, deadline=None)
@given(st.lists(TEXTS, max_size=25), TEXTS, st.floats(min_value=0.05, max_value=1.0))
def test_the_index_is_brute_force(texts: list[str], query: str, threshold: float) -> None:
    """The filter loses nothing above the threshold and adds nothing below."""
    assert brute(texts, query, threshold) == Likeness(texts).search(query, threshold=threshold)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.booleans(), NEAR), max_size=30), NEAR)
def test_texts_come_and_go(steps: list[tuple[bool, str]], query: str) -> None:
    """What was taken out is not found, what came back is, and the size is that of a set."""
    index, known = Likeness(), set()
    for add, text in steps:
        if add:
            index.add(text)
            known |= {text} if form(text) else set()
        else:
            index.discard(text)
            known.discard(text)
        assert len(known) == len(index)
    assert brute(sorted(known), query, 0.5) == index.search(query, threshold=0.5)


@given(TEXTS, TEXTS)
def test_likeness_is_mutual(one: str, other: str) -> None:
    """Each is as like the other, in the same way; a text is all like itself."""
    assert compare(one, other) == compare(other, one)
    assert (1.0, "none") == compare(one, one)


@pytest.mark.parametrize(
    ("one", "other", "similarity", "difference"),
    [
        ("记忆棉枕头", "记忆棉枕头", 1.0, "none"),
        ("记忆棉 枕头", " 记忆棉 枕头\n", 1.0, "none"),  # what the memory's keys take for one text
        ("USB充电", "ＵＳＢ 充电", 1 - FORM, "form"),
        ("长12cm", "长15cm", 4 / 5, "numbers"),
        ("长12cm", "长1,500cm", 4 / 8, "numbers"),
        ("长12cm", "宽12cm", 4 / 5, "text"),
        ("第#款", "第1款", 2 / 3, "text"),
        ("柔软", "坚硬", 0.0, "text"),
        ("\U00020000枕", "\U00020001枕", 0.5, "text"),
    ],
)
def test_similarity(one: str, other: str, similarity: float, difference: str) -> None:
    """Characters of the longer text that need no change, as a share; numbers, width and spaces are told apart."""
    found, kind = compare(one, other)
    assert difference == kind
    assert pytest.approx(similarity) == found


def test_a_near_twin_of_a_long_text_ranks_below_another_spelling() -> None:
    """One changed character in hundreds is no closer than another width."""
    assert (1 - FORM, "text") == compare("很" * 900, "很" * 899 + "软")


def test_very_long_texts_match_whole_only() -> None:
    """Beyond a sentence's length only the form counts, so that no page-long text costs seconds."""
    long = "软" * (LONGEST + 1)
    index = Likeness([long, "软枕头"])
    assert [long] == [hit.text for hit in index.search(long + " ")]
    assert [] == index.search(long + "的", threshold=0.1)


def test_blank_texts_are_like_nothing() -> None:
    """A text without characters is not indexed, and finds nothing."""
    index = Likeness(["", " \n", "枕"])
    assert 1 == len(index)
    assert [] == index.search(" ", threshold=0.01)


@pytest.mark.parametrize("threshold", [0.0, -1.0, 1.1])
def test_a_threshold_that_says_nothing_is_refused(threshold: float) -> None:
    """Zero would return the whole memory."""
    with pytest.raises(ValueError, match="threshold"):
        Likeness().search("枕", threshold=threshold)


def test_the_filter_pays() -> None:
    """On many texts the index beats comparing with each of them, in the same run."""
    colors, sizes = "红橙黄绿青蓝紫", "大中小"
    texts = [f"{color}{size}软枕头{number}号" for color in colors for size in sizes for number in range(120)]
    index = Likeness(texts)
    query = "红大软枕头7号"
    index.search(query)
    started = time.process_time()
    found = index.search(query, threshold=0.9)
    took = time.process_time() - started
    started = time.process_time()
    expected = brute(texts, query, 0.9)
    assert expected == found
    assert took < time.process_time() - started
