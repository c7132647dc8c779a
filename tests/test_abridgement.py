"""A segment without the words that a rule leaves out: what remains, and where it stood."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.abridgement import abridge
from shopglot.types import Finding, Mask, Quantity, Segment, SegmentKey, TermMatch

KEY = SegmentKey(merchant="", listing="", path="", index=0)


def cut(source: str, *words: str) -> Segment:
    """Return a segment of which some words are left out, each at its first place."""
    terms = [
        TermMatch(start=at, end=at + len(word), source=word, target="", enforce=False, rule="us.free")
        for word in words
        for at in (source.index(word),)
    ]
    ordered = tuple(sorted(terms, key=lambda term: term.start))
    return Segment(key=KEY, field="title", style="phrase", source=source, terms=ordered)


@pytest.mark.parametrize(
    ("source", "words", "expected"),
    [
        ("记忆棉枕头 包邮", ["包邮"], "记忆棉枕头"),
        ("包邮 记忆棉枕头", ["包邮"], "记忆棉枕头"),
        ("枕头｜包邮｜记忆棉", ["包邮"], "枕头｜记忆棉"),
        ("枕头包邮记忆棉", ["包邮"], "枕头记忆棉"),
        ("枕头，包邮，次日达", ["包邮", "次日达"], "枕头"),
        ("包邮，次日达，枕头", ["包邮", "次日达"], "枕头"),
        ("【包邮】枕头", ["包邮"], "【】枕头"),
        ("枕头", [], "枕头"),
    ],
)
def test_what_remains(source: str, words: list[str], expected: str) -> None:
    """The words go, and with them the separator that would dangle."""
    assert expected == abridge(cut(source, *words)).segment.source


def test_records_move() -> None:
    """Masks, terms and quantities stand where they stood in what remains; what the rule left out is no term."""
    whole = cut("🌸包邮枕头2个", "包邮")
    pillow = TermMatch(start=3, end=5, source="枕头", target="pillow")
    whole = Segment(
        key=KEY, field="title", style="phrase", source=whole.source, terms=(*whole.terms, pillow),
        masks=(Mask(start=0, end=1, text="🌸", kind="emoji"),),
        quantities=(Quantity(start=5, end=7, text="2个", kind="count", low="2", high="2"),),
    )  # fmt: skip
    shown = abridge(whole).segment
    assert "🌸枕头2个" == shown.source
    assert [(0, 1)] == [(mask.start, mask.end) for mask in shown.masks]
    assert [(1, 3)] == [(term.start, term.end) for term in shown.terms]
    assert [(3, 5)] == [(quantity.start, quantity.end) for quantity in shown.quantities]


def test_nothing_left_out() -> None:
    """A segment of which everything is said is the very same."""
    whole = cut("枕头")
    assert whole is abridge(whole).segment


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["枕头", "包邮", "，", " ", "｜", "a1", "🌸"]), max_size=8), st.data())
def test_places(parts: list[str], data: st.DataObject) -> None:
    """A finding on what remains has its place in the whole, where the same words begin and end."""
    source = "".join(parts)
    whole = cut(source, *(["包邮"] if "包邮" in parts else []))
    shown = abridge(whole)
    assert shown.segment.source == "".join(source[start:end] for start, end in shown.kept)
    size = len(shown.segment.source)
    if not size:
        return
    start = data.draw(st.integers(0, size - 1))
    end = data.draw(st.integers(start + 1, size))
    words = shown.segment.source[start:end]
    finding = Finding(
        check="c", severity="info", side="source", start=start, end=end, text=words, message="", message_zh=""
    )
    placed = shown.placed(finding, whole)
    assert source[placed.start : placed.end] == placed.text
    assert (words[0], words[-1]) == (placed.text[0], placed.text[-1])
