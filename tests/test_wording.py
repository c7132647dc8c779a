"""Wording: what an engine says is brought into the written form of the field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot.config import glossary_root
from shopglot.market import load_market
from shopglot.protect import token
from shopglot.types import Request
from shopglot.wording import finish

US, HK = (load_market(glossary_root(), name) for name in ("us", "hk"))


def ask(field: str, source: str = "测试文字") -> Request:
    """Return a request of that field."""
    style = "prose" if field in ("note", "description", "bullet") else "phrase"
    return Request(source=source, field=field, style=style)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "answer", "expected"),
    [
        ("title", "u-shaped memory foam pillow for travel.", "U-Shaped Memory Foam Pillow for Travel"),
        ("title", "hand-held fan, 20% off", "Hand-Held Fan, 20% Off"),
        ("title", "don't worry", "Don't Worry"),
        ("title", "USB-C fast charger 65w", "USB-C Fast Charger 65w"),
        ("title", "97 cm x 50 cm mat", "97 cm x 50 cm Mat"),
        ("note", "Sure! Here is the translation: soft cotton", "Soft cotton"),
        ("title", "The translation is: soft cotton", "Soft Cotton"),
        ("note", "the softest thing，ever！really。", "The softest thing, ever! really."),
        ("note", "iPhone case", "iPhone case"),
        ("attribute-value", "paper 100g/㎡, 30㎜", "Paper 100g/m², 30 mm"),
        ("option-value", '"dusty blue"', "Dusty Blue"),
        ("hashtag", "slimming outfit", "SlimmingOutfit"),
        ("hashtag", "a mother's day", "AMothersDay"),
        ("description", "one line\nand another", "One line and another"),
        ("attribute-name", "material：", "Material:"),
        ("title", "", ""),
    ],
)
def test_english(field: str, answer: str, expected: str) -> None:
    """Each step does what its name says, field by field."""
    assert expected == finish(answer, ask(field), US)


def test_hashtag_mark_stays() -> None:
    """A hashtag that comes with its mark goes with it."""
    assert "#SlimmingOutfit" == finish("# slimming outfit", ask("hashtag", "#显瘦穿搭"), US)


def test_full_stop_of_the_source_stays() -> None:
    """A phrase keeps the stop that its source has."""
    assert "Soft." == finish("soft.", ask("title", "柔软。"), US)


def test_quoted_source_stays_quoted() -> None:
    """Quotation marks of the source are not taken for the machine's."""
    assert '"Soft"' == finish('"soft"', ask("title", "“柔软”"), US)


def test_lines_of_the_source_stay() -> None:
    """Where the source has lines, so has the target."""
    assert "One\ntwo" == finish("one\ntwo", ask("note", "一\n二"), US)


@given(st.text(max_size=40))
def test_chinese_is_left_to_the_converter(text: str) -> None:
    """For markets that read Chinese no step touches the text."""
    assert text == finish(text, ask("title"), HK)


@given(
    st.lists(st.sampled_from(["soft", "Cotton", token(1), token(2), "，", "。", "and", "x2", " "]), max_size=12),
    st.sampled_from(["title", "note", "bullet", "attribute-value"]),
)
def test_mask_tokens_survive(words: list[str], field: str) -> None:
    """No step touches the tokens that stand for opaque text, nor their order."""
    text = " ".join(words)
    finished = finish(text, ask(field), US)
    assert [word for word in words if word.startswith(token(1)[:2])] == [
        word for word in finished.replace(",", " ").replace(".", " ").split() if word.startswith(token(1)[:2])
    ]
