"""Numbers that need no noun: 6个月 is 6 Months whatever it is said of, and 22ml×30片 is 22 ml (0.74 fl oz) x 30."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from shopglot.market import Measures
from shopglot.quantity import find
from shopglot.types import Quantity

_NUMBER = r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十]{1,3})"
_COUNTED = re.compile(rf"{_NUMBER}(?:\s*[-–~～至到]\s*{_NUMBER})?\s*(?P<noun>\D+)")
_PACK = re.compile(rf"(?P<number>{_NUMBER})(?:片|个|只|支|条|包|盒|枚|粒|袋|瓶|卷|块|根|张|罐)装")
_TIMES = re.compile(
    r"(?P<each>\d+(?:\.\d+)?\s?(?:[gG克lL升]|kg|KG|千克|公斤|ml|mL|ML|毫升))\s?[×xX*]\s?(?P<number>\d+)[片颗块枚条支只个粒罐杯袋包盒瓶]?"
)
# What is counted, by how Chinese ends; each is said of one thing only.
NOUNS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("time", "岁"): ("Year", "Years"), ("time", "周岁"): ("Year", "Years"), ("time", "年"): ("Year", "Years"),
    ("time", "个月"): ("Month", "Months"), ("time", "周"): ("Week", "Weeks"), ("time", "天"): ("Day", "Days"),
    ("time", "小时"): ("Hour", "Hours"), ("time", "个小时"): ("Hour", "Hours"), ("time", "分钟"): ("Minute", "Minutes"),
    ("time", "秒"): ("Second", "Seconds"), ("time", "秒钟"): ("Second", "Seconds"),
    ("count", "人"): ("Person", "People"), ("count", "页"): ("Page", "Pages"), ("count", "色"): ("Color", "Colors"),
    ("count", "个"): ("Piece", "Pieces"), ("count", "件"): ("Piece", "Pieces"), ("count", "只"): ("Piece", "Pieces"),
    ("count", "枚"): ("Piece", "Pieces"), ("count", "颗"): ("Piece", "Pieces"), ("count", "片"): ("Piece", "Pieces"),
    ("count", "粒"): ("", "Count"), ("count", "包"): ("Pack", "Packs"), ("count", "盒"): ("Box", "Boxes"),
    ("count", "瓶"): ("Bottle", "Bottles"), ("count", "袋"): ("Bag", "Bags"),
}  # fmt: skip
# Kinds that are written the same wherever they stand: a number and a symbol.
MEASURES = frozenset({"mass", "length", "volume", "[length] ** 2", "[temperature]", "money"})
_PACKED = re.compile(r" (?:packs|boxes|bottles|bags)$")
LARGEST = 100_000


def is_measure(quantity: Quantity) -> bool:
    """Whether the form of a quantity is a number with symbols, that no field writes in capitals."""
    shown = quantity.target
    return quantity.kind in MEASURES and shown[:1].isdigit() and not _PACKED.search(shown)


def say(quantity: Quantity, field: str, measures: Measures) -> str:
    """Return how English says a quantity that the market has no form of its own for; "" where a noun would be needed.

    In the case of a label; `field` is the field that it stands alone in.
    """
    text = quantity.text.strip()
    times = _TIMES.fullmatch(text)
    if times:
        each = find(times["each"], measures=measures, english=True, field=field)
        return f"{each[0].target} x {times['number']}" if each and each[0].target else ""
    pack = _PACK.fullmatch(text)
    if pack:
        return f"{quantity.low}-Pack" if quantity.low == quantity.high and _is_many(quantity.low) else ""
    counted = _COUNTED.fullmatch(text)
    nouns = NOUNS.get((quantity.kind, counted["noun"].strip())) if counted else None
    if nouns is None or not _is_plain(quantity.low) or not _is_plain(quantity.high):
        return ""
    noun = nouns[0] if quantity.low == quantity.high == "1" else nouns[1]
    low, high = _grouped(quantity.low), _grouped(quantity.high)
    return f"{low if low == high else f'{low}–{high}'} {noun}" if noun else ""


def _is_many(amount: str) -> bool:
    return amount.isdecimal() and int(amount) > 1


def _is_plain(amount: str) -> bool:
    """Whether a number is one that a label prints as it is: at most one digit behind the point."""
    try:
        number = Decimal(amount)
    except InvalidOperation:
        return False
    return 0 <= number < LARGEST and number == number.quantize(Decimal("0.1"))


def _grouped(amount: str) -> str:
    return f"{int(amount):,}" if amount.isdecimal() else amount
