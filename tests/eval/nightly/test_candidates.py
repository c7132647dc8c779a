"""Candidates for the glossary, found in what people changed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from shopglot.termbase import Entry, Termbase
from shopglot_eval.nightly.candidates import LONGEST_TEXT, Decided, Found, changes, find, tokens

FACIAL = "{} Facial Mask"
SHEET = "{} Sheet Mask"
NIGHTS = (("晚安面膜", "Good Night"), ("急救面膜", "First Aid"), ("黄瓜面膜", "Cucumber"), ("保湿面膜", "Hydrating"))
OTHERS = (
    ("记忆棉枕头", "Memory Foam Pillow"), ("纯棉四件套", "Cotton Bedding Set"), ("瑜伽垫", "Yoga Mat"),
    ("保温杯", "Thermos"), ("帆布包", "Canvas Bag"), ("连衣裙", "Dress"), ("面霜", "Face Cream"), ("口红", "Lipstick"),
)  # fmt: skip


def decided(
    number: int, source: str, machine: str, final: str | None = None, *, page: str = "", market: str = "us"
) -> Decided:
    """Return a text that people decided about; without `final` they left it."""
    return Decided(
        id=str(number), market=market, page=("m", page or f"p{number}"), field="title", category="美妆", source=source,
        machine=machine, final=machine if final is None else final,
    )  # fmt: skip


def others(start: int = 100, market: str = "us") -> list[Decided]:
    """Return texts that people left as they were."""
    return [decided(start + at, source, machine, market=market) for at, (source, machine) in enumerate(OTHERS)]


def masks(many: int = 4) -> list[Decided]:
    """Return edited texts: facial masks that became sheet masks."""
    return [
        decided(at, source, FACIAL.format(name), SHEET.format(name))
        for at, (source, name) in enumerate(NIGHTS[:many])
    ]  # fmt: skip


def termbase(*pairs: tuple[str, str]) -> Termbase:
    """Return a termbase with these entries."""
    return Termbase(
        Entry(source=a, target=b, admitted=(), forbidden=(), use="enforce", category="", field="", note="")
        for a, b in pairs
    )


def told(found: Sequence[Found]) -> list[tuple[str, str, str, int, int, str]]:
    """Return what candidates say."""
    return [(one.source, one.machine, one.human.casefold(), one.pages, one.kept, one.known) for one in found]


def test_a_word_whose_rendering_people_change() -> None:
    """The word that all changed texts share is named, with the whole rendering."""
    found = find([*masks(), *others()], {})
    assert told(found) == [("面膜", "facial mask", "sheet mask", 4, 0, "")]
    assert [one.id for one in found[0].texts] == ["0", "1", "2", "3"]


def test_two_pages_are_too_few() -> None:
    """Below the least number of pages nothing is said, however many texts there are."""
    assert find([*masks(2), *others()], {}) == []
    same = [decided(at, "晚安面膜", "Night Facial Mask", "Night Sheet Mask", page="p1") for at in range(9)]
    assert find([*same, *others()], {}) == []


def test_pages_where_people_left_it() -> None:
    """Pages on which the machine's rendering was approved are counted against it."""
    kept = [decided(50, "玻尿酸面膜", "Hyaluronic Facial Mask"), decided(51, "玻尿酸面膜", "Mask with Hyaluron")]
    [found] = find([*masks(), *kept, *others()], {})
    assert (found.source, found.kept) == ("面膜", 1)


def test_what_the_glossary_says_already() -> None:
    """A term of the glossary that people render otherwise is told with what the glossary has."""
    [found] = find([*masks(), *others()], {"us": termbase(("面膜", "face mask"))})
    assert (found.source, found.known) == ("面膜", "face mask")


def test_a_word_that_the_glossary_explains_is_not_blamed() -> None:
    """Where the rendering of one word stands, the change speaks of the other."""
    edited = [
        decided(at, f"玻尿酸面膜{size}", f"Hyaluronic acid facial mask {size}", f"Hyaluronic acid sheet mask {size}")
        for at, size in enumerate("SML")
    ]
    found = find([*edited, *others()], {"us": termbase(("玻尿酸", "hyaluronic acid"))})
    assert [one.source for one in found] == ["面膜"]


def test_within_chinese_the_source_has_the_word_itself() -> None:
    """A Hong Kong text has the changed word in its source."""
    edited = [
        decided(at, f"{name}的土豆", f"{name}的土豆", f"{name}的薯仔", market="hk")
        for at, name in enumerate(("香辣", "原味", "番茄"))
    ]
    found = find([*edited, *others(market="hk")], {})
    assert [(one.market, one.source, one.human) for one in found] == [("hk", "土豆", "薯仔")]


@pytest.mark.parametrize(
    ("machine", "final"),
    [
        ("Mask for face", "Mask of face"),
        ("Mask 500 ml", "Mask 300 ml"),
        ("Mask, face", "Mask: face"),
        ("iphone", "iPhone"),
    ],
)
def test_grammar_figures_and_marks_are_no_terms(machine: str, final: str) -> None:
    """What says nothing of a thing's name is passed over."""
    assert changes(machine, final) == []


def test_scattered_edits_are_no_candidates() -> None:
    """The same change of a word in texts that share nothing speaks of no source word."""
    edited = [
        decided(at, source, f"Nice {machine}", f"Lovely {machine}") for at, (source, machine) in enumerate(OTHERS)
    ]
    assert find(edited, {}) == []


def test_markets_are_apart() -> None:
    """Two pages in each of two markets are no four."""
    here, there = masks(2), [decided(20 + at, one.source, one.machine, one.final, market="tw") for at, one in
                             enumerate(masks(2))]  # fmt: skip
    assert find([*here, *there, *others()], {}) == []


def test_texts_of_any_kind() -> None:
    """Empty, long, broken and marked-up texts harm nothing."""
    odd = ["", "\ud800", "\x00", "<b>面膜</b>", "🙂" * 50, "面" * LONGEST_TEXT, "ＦＡＣＩＡＬ", "a'b-c"]
    edited = [decided(at, text, text, f"{text} new") for at, text in enumerate(odd)]
    edited += [decided(50 + at, "面膜", text, "Sheet mask") for at, text in enumerate(odd)]
    find(edited, {"us": termbase(("面膜", "sheet mask"))})


def test_tokens() -> None:
    """Words of both scripts, marks by themselves, the text as written."""
    assert tokens("Kid's T-shirt, 记忆棉枕头!") == ("Kid's", "T-shirt", ",", *tokens("记忆棉枕头"), "!")
    assert "".join(tokens("記憶棉枕頭")) == "記憶棉枕頭"
