"""Quantities are read as meaning and written as the market's policy says."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot.market import Measures
from shopglot.quantity import find, value

US = Measures(jin="kg (lb)", money="RMB", discount="off")
HK = Measures(jin="公斤", money="人民幣", discount="keep")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", "12"), ("1,500", "1500"), ("１２．５", "12.5"), ("1.5万", "15000"), ("3亿", "300000000"), ("半", "0.5"),
        ("十", "10"), ("一百二十", "120"), ("三十", "30"), ("二〇二六", "2026"), ("三千零五", "3005"),
    ],
)  # fmt: skip
def test_value(text: str, expected: str) -> None:
    """Arabic and Chinese numerals have the value that a reader gives them."""
    assert Decimal(expected) == value(text)


@pytest.mark.parametrize("text", ["", "斤", "1.2.3", "一斤", "abc", "十a"])
def test_value_of_no_number(text: str) -> None:
    """What is no numeral has no value."""
    assert value(text) is None


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("80-95斤", "40–47.5 kg (88–105 lb)", "40–47.5公斤"),
        ("5斤", "2.5 kg (5.5 lb)", "2.5公斤"),
        ("3斤2两", "1.6 kg (3.5 lb)", "1.6公斤"),
        ("一百二十斤", "60 kg (132 lb)", "60公斤"),
        ("2斤半", "1.25 kg (2.8 lb)", "1.25公斤"),
        ("8两", "400 g (14.1 oz)", "400克"),
        ("二尺二", "73.3 cm (28.9 in)", "73.3厘米"),
        ("2尺", "66.7 cm (26.3 in)", "66.7厘米"),
        ("8折", "20% off", ""),
        ("8.5折", "15% off", ""),
        ("88折", "12% off", ""),
        ("九五折", "5% off", ""),
        ("5折起", "up to 50% off", ""),
        ("满200减30", "RMB 30 off orders of RMB 200 or more", "滿人民幣200元減30元"),
        ("第二件半价", "second item 50% off", ""),
        ("买二送一", "buy 2, get 1 free", ""),
        ("99元", "RMB 99", "人民幣99元"),
        ("¥1,299", "RMB 1,299", "人民幣1299元"),
        ("13块9", "RMB 13.90", "人民幣13.9元"),
        ("两块五", "RMB 2.50", "人民幣2.5元"),
        ("39块", "RMB 39", "人民幣39元"),
        ("十块钱", "RMB 10", "人民幣10元"),
        ("99-199元", "RMB 99–199", "人民幣99–199元"),
        ("1.5万", "15,000", ""),
        ("5000万", "50 million", ""),
        ("38码", "size 38", ""),
        ("36-40码", "sizes 36–40", ""),
    ],
)
def test_localized_forms(text: str, english: str, chinese: str) -> None:
    """Each kind of quantity is found whole and written in the form of the market."""
    us, hk = find(text, measures=US, english=True), find(text, measures=HK, english=False)
    assert [(text, english)] == [(item.text, item.target) for item in us]
    assert [(text, chinese)] == [(item.text, item.target) for item in hk]


@pytest.mark.parametrize(
    "text",
    [
        "公斤",
        "2公斤",
        "三折伞",
        "折叠",
        "两件套",
        "2两件",
        "5元素",
        "万能",
        "斤斤计较",
        "密码",
        "9折叠",
        "一寸光阴",
        "304不锈钢",
        "3块肥皂",
        "一块蛋糕",
        "尺码",
        "尺寸表",
    ],
)
def test_look_alikes(text: str) -> None:
    """Words that look like a quantity of these kinds are none."""
    assert () == find(text, measures=US, english=True)


def test_taken_spans_are_left_alone() -> None:
    """A quantity inside a mask or a term is theirs."""
    assert () == find("买5斤", measures=US, english=True, taken=[(1, 3)])


def test_conversion_is_exact() -> None:
    """A mainland jin is half a kilogram exactly, whatever the number."""
    (item,) = find("96.8斤", measures=US, english=True)
    assert ("48.4", "48.4", "kg") == (item.low, item.high, item.unit)


@given(st.text(alphabet="0123456789.,-~至斤两折元万亿码满减送买第二件半价起 ¥a公", max_size=24))
def test_spans_are_exact_and_apart(text: str) -> None:
    """Every quantity is a slice of the text; none overlaps another; the text is never read twice."""
    found = find(text, measures=US, english=True)
    assert [text[item.start : item.end] for item in found] == [item.text for item in found]
    assert all(left.end <= right.start for left, right in pairwise(found))


def test_endless_numerals() -> None:
    """A numeral longer than any real one is no quantity and no error; its value is exact, beyond what int() reads."""
    assert () == find("九" * 100_000 + "斤", measures=US, english=True)
    assert Decimal("9" * 5_000) == value("九" * 5_000)
    assert ["三四十斤"] == [item.text for item in find("三四十斤", measures=US, english=True)]
