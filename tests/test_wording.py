"""Wording: what an engine says is brought into the written form of the field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot.config import glossary_root
from shopglot.market import load_market
from shopglot.protect import token
from shopglot.types import Request, TermMatch
from shopglot.wording import finish

US, HK = (load_market(glossary_root(), name) for name in ("us", "hk"))


def ask(field: str, source: str = "测试文字", names: tuple[str, ...] = ()) -> Request:
    """Return a request of that field, with names that the glossary keeps."""
    style = "prose" if field in ("note", "description", "bullet") else "phrase"
    terms = tuple(TermMatch(start=0, end=1, source="测", target=name, keep=True) for name in names)
    return Request(source=source, field=field, style=style, terms=terms)  # type: ignore[arg-type]


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
        ("hashtag", "iphone case with USB", "iPhoneCaseWithUSB"),
        ("description", "one line\nand another", "One line and another"),
        ("attribute-name", "material：", "Material:"),
        ("title", "", ""),
    ],
)
def test_english(field: str, answer: str, expected: str) -> None:
    """Each step does what its name says, field by field."""
    assert expected == finish(answer, ask(field), US)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("women's t-shirt with usb-c and type-c port", "Women's T-Shirt with USB-C and Type-C Port"),
        ("men's/women's slip-on shoes", "Men's/Women's Slip-On Shoes"),
        ("3-in-1 hand-in-hand set", "3-in-1 Hand-in-Hand Set"),
        ("High-waisted wide-leg Jeans", "High-Waisted Wide-Leg Jeans"),
        ("2-piece set, 12-pack", "2-Piece Set, 12-Pack"),
        ("Pillow For Travel And The Office", "Pillow for Travel and the Office"),
        ("soft pillow: the best gift", "Soft Pillow: The Best Gift"),
        ("soft pillow — the best gift", "Soft Pillow - The Best Gift"),
        ("Vitamin A serum", "Vitamin A Serum"),
        ("rocker ii, size s/m/l/xl", "Rocker II, Size S/M/L/XL"),
        ("5000mAh, 65W, 30 ml, 1.5 kg bag", "5000mAh, 65W, 30 ml, 1.5 kg Bag"),
        ("iphone 16 case", "iPhone 16 Case"),
        ("iPhone-compatible case", "iPhone-Compatible Case"),
        ("SOFT HYDRATING SKIN SET OF 4", "Soft Hydrating Skin Set of 4"),
        ("PU bag with LED lamp", "PU Bag with LED Lamp"),
        (f"{token(1)} the soft pillow", f"{token(1)} The Soft Pillow"),
        ("mother's day o'clock", "Mother's Day O'clock"),
        ("", ""),
    ],
)
def test_title_case(answer: str, expected: str) -> None:
    """Compounds, small words, sizes, units and words with capitals of their own are cased as a shop does."""
    assert expected == finish(answer, ask("title"), US)


@pytest.mark.parametrize(
    ("field", "answer", "names", "expected"),
    [
        ("title", "L'oréal serum by E.l.f.", ("L'Oréal", "e.l.f."), "L'Oréal Serum by e.l.f."),
        ("title", "PECHOIN HYDRATING SKIN SET", ("PECHOIN",), "PECHOIN Hydrating Skin Set"),
        ("title", "kans mask", ("KANS",), "KANS Mask"),
        ("title", "kansas mask", ("KANS",), "Kansas Mask"),
        ("note", "e.l.f. lipstick is nice.", ("e.l.f.",), "e.l.f. lipstick is nice."),
        ("note", "adidas shoes", ("adidas",), "adidas shoes"),
        ("title", "lipstick by e.l.f.", ("e.l.f.",), "Lipstick by e.l.f."),
    ],
)
def test_names(field: str, answer: str, names: tuple[str, ...], expected: str) -> None:
    """A name is written as its market writes it, wherever it stands and however the engine cased it."""
    assert expected == finish(answer, ask(field, names=names), US)


@pytest.mark.parametrize(
    ("source", "answer", "expected"),
    [
        ("测试", "Ｓoft，１６：９ screen，1，500 pieces", "Soft, 16:9 screen, 1,500 pieces"),
        ("测试", "a list：1，2，3", "A list: 1, 2, 3"),
        ("测试", "soft,, light ,. and. , warm..", "Soft, light. and. warm."),
        ("测试", "Soft!!! Great??", "Soft! Great?"),
        ("买它！！！", "Soft!!! Great", "Soft!!! Great"),
        ("测试", "Wait...... there", "Wait... there"),
        ("测试", "e.g., cotton, etc., from the U.S., fine", "E.g., cotton, etc., from the U.S., fine"),
        ("测试", "VERY SOFT AND LIGHT. BUY NOW!", "Very soft and light. Buy now!"),
        ("VERY SOFT好", "VERY SOFT", "VERY SOFT"),
        ("测试", f"{token(1)} soft pillow", f"{token(1)} Soft pillow"),
        ("测试", ".5 oz bottle", ".5 oz bottle"),
        ("测试", "pH 5.5 cleanser", "pH 5.5 cleanser"),
    ],
)
def test_prose(source: str, answer: str, expected: str) -> None:
    """Prose has single half-width marks, begins with a capital and does not shout where the source does not."""
    assert expected == finish(answer, ask("note", source), US)


@given(
    st.text(alphabet="ab AB'-/.,:!?1，。！（）×‘\U00020000\ud800", max_size=60),
    st.sampled_from(["title", "note", "hashtag"]),
)
def test_finishing_twice(text: str, field: str) -> None:
    """No text breaks the steps, and what is finished has no full-width mark left."""
    finished = finish(text, ask(field), US)
    assert not set("，。！（）") & set(finished)


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
