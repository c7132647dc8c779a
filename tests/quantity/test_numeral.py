"""Numerals are worth what a reader says they are, exactly."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot.quantity.numeral import read, read_words, value

DIGITS = "零一二三四五六七八九"


def spelled(number: int) -> str:
    """Write a number below a hundred million as Chinese does."""
    if number >= 10_000:
        above, below = divmod(number, 10_000)
        joint = "零" if 0 < below < 1_000 else ""
        return f"{spelled(above)}万{joint}{spelled(below) if below else ''}"
    text, gap = "", False
    for size, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // size % 10
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + sign
        gap = not digit
    return text or "零"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", "12"), ("0", "0"), ("007", "7"), ("1,500", "1500"), ("1,234,567.5", "1234567.5"), ("１２．５", "12.5"),
        ("1.5万", "15000"), ("1.5 万", "15000"), ("3千", "3000"), ("2百万", "2000000"), ("3亿", "300000000"),
        ("1.2万亿", "1200000000000"), ("5k", "5000"), ("2w", "20000"), ("3.5W", "35000"),
        ("半", "0.5"), ("零", "0"), ("〇", "0"), ("两", "2"), ("十", "10"), ("十二", "12"), ("三十", "30"),
        ("九十九", "99"), ("一百", "100"), ("两百", "200"), ("一百零五", "105"), ("一百五", "150"), ("两百五", "250"),
        ("一百二十", "120"), ("三千零五", "3005"), ("三千五", "3500"), ("一万二", "12000"), ("一万零二", "10002"),
        ("十万", "100000"), ("二十五万", "250000"), ("一百二十万", "1200000"), ("三亿五千万", "350000000"),
        ("二〇二六", "2026"), ("一九九八", "1998"), ("两点五", "2.5"), ("三点一四", "3.14"), ("零点五", "0.5"),
        ("一点五万", "15000"),
    ],
)  # fmt: skip
def test_value(text: str, expected: str) -> None:
    """Arabic and Chinese numerals have the value that a reader gives them."""
    assert Decimal(expected) == value(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "斤",
        "1.2.3",
        "一斤",
        "abc",
        "十a",
        "1.",
        ".5",
        "点五",
        "一点",
        "-3",
        "万万万a",
        "1e5",
        "²",
        "٣",
        "\ud800",
    ],
)
def test_value_of_no_number(text: str) -> None:
    """What is no numeral has no value."""
    assert value(text) is None


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("一两", "1", "2"),
        ("两三", "2", "3"), ("七八", "7", "8"), ("三五", "3", "5"), ("三四十", "30", "40"), ("十七八", "17", "18"),
        ("二三百", "200", "300"), ("三四千", "3000", "4000"), ("两三万", "20000", "30000"),
    ],
)  # fmt: skip
def test_ranges_in_words(text: str, low: str, high: str) -> None:
    """Neighbouring digits name a range, which has no one value."""
    numeral = read(text)
    assert numeral is not None
    assert (Decimal(low), Decimal(high)) == (numeral.low, numeral.high)
    assert value(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("zero", 0), ("seven", 7), ("twelve", 12), ("nineteen", 19), ("twenty", 20), ("twenty-five", 25),
        ("ninety nine", 99), ("one hundred", 100), ("a hundred", 100), ("hundred", 100), ("two hundred and fifty", 250),
        ("two hundred fifty-six", 256), ("one thousand", 1000), ("three thousand two hundred", 3200),
        ("fifteen thousand", 15_000), ("a million", 1_000_000), ("two million five hundred thousand", 2_500_000),
        ("Three Billion", 3_000_000_000), ("one hundred twenty thousand and one", 120_001),
    ],
)  # fmt: skip
def test_words(text: str, expected: int) -> None:
    """English number words are worth what they say, in any case of letters."""
    assert Decimal(expected) == read_words(text)


@pytest.mark.parametrize("text", ["", "and", "dozen", "twenty apples", "bag", "十", "12"])
def test_words_of_no_number(text: str) -> None:
    """Words that are no number have no value."""
    assert read_words(text) is None


@given(st.integers(0, 99_999_999))
def test_chinese_spelling_is_read_back(number: int) -> None:
    """What is spelled as Chinese spells it has the value that was spelled."""
    assert Decimal(number) == value(spelled(number))


@given(st.integers(0, 10**12), st.integers(0, 999))
def test_digits_are_exact(whole: int, thousandths: int) -> None:
    """Digits are read exactly, in groups or not, wide or narrow."""
    text = f"{whole}.{thousandths:03}"
    wide = text.translate({ord(digit): 0xFF10 + int(digit) for digit in "0123456789"} | {ord("."): "．"})
    assert [Decimal(text)] * 3 == [value(text), value(f"{whole:,}.{thousandths:03}"), value(wide)]


@given(st.decimals(0, 9_999, places=2), st.sampled_from([("千", 10**3), ("万", 10**4), ("亿", 10**8)]))
def test_powers_multiply(amount: Decimal, power: tuple[str, int]) -> None:
    """A power behind digits multiplies them exactly."""
    sign, size = power
    assert amount * size == value(f"{amount}{sign}")


def test_endless_numerals() -> None:
    """A numeral is read exactly beyond what int() reads."""
    assert Decimal("9" * 5_000) == value("九" * 5_000)
    assert Decimal("9" * 5_000) == value("9" * 5_000)


@pytest.mark.parametrize("sign", ["十", "百", "两", "零", "半", "点", "1", ",", ".", "万", "亿"])
def test_endless_signs(sign: str) -> None:
    """The same sign without end is worth something or nothing, and is no error."""
    numeral = read(sign * 2_000)
    assert numeral is None or numeral.low >= 0


@given(st.text(max_size=40))
def test_any_text(text: str) -> None:
    """Any text is a numeral or none, never an error; low is not above high."""
    numeral = read(text)
    assert numeral is None or numeral.low <= numeral.high
    assert read_words(text) is None or read_words(text) >= 0  # type: ignore[operator]


@given(st.text(alphabet="零一二三五八十百千万亿两半点.0179kw", max_size=12))
def test_any_numerals_in_a_row(text: str) -> None:
    """Numerals in any order are worth something or nothing, never an error and never less than nothing."""
    numeral = read(text)
    assert numeral is None or Decimal(0) <= numeral.low <= numeral.high
