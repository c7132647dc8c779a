"""How Chinese texts write ranges, money and sizes: pieces of patterns, and the numerals that they match."""

from __future__ import annotations

import re
from decimal import Decimal

from shopglot.quantity.numeral import DIGITS, NUMBER, Numeral, read
from shopglot.quantity.rules import Found
from shopglot.quantity.units import UNIT

N = NUMBER
TO = r"\s*(?:-|–|—|―|~|～|〜|至|到)\s*"
SINGLE = r"(?:[0-9]+|[一二两三四五六七八九十])"
RANGE = rf"(?P<low>{N})(?:{TO}(?P<high>{N}))?"
# Behind a number with a counter that the pattern has already read, a unit that may follow.
UNIT_MAYBE = rf"(?P<unit>{UNIT})?"
HAN_NUMERALS = "零〇一二两三四五六七八九十百千万亿"
# Scales that the end of a range may have for both: 3到5万.
SCALES = "百千万亿"
POWERS_OF_TEN = {
    "十": 10, "百": 100, "千": 1000, "万": 10_000, "十万": 100_000, "百万": 1_000_000, "千万": 10_000_000,
}  # fmt: skip

CURRENCIES = {
    "元": "CNY", "圆": "CNY", "块钱": "CNY", "人民币": "CNY", "元人民币": "CNY", "RMB": "CNY", "CNY": "CNY", "¥": "CNY",
    "￥": "CNY", "美元": "USD", "美金": "USD", "$": "USD", "US$": "USD", "USD": "USD", "港币": "HKD", "港元": "HKD",
    "HK$": "HKD", "HKD": "HKD", "欧元": "EUR", "€": "EUR", "EUR": "EUR", "英镑": "GBP", "£": "GBP", "日元": "JPY",
    "円": "JPY", "台币": "TWD", "新台币": "TWD", "NT$": "TWD", "韩元": "KRW", "澳门币": "MOP", "澳门元": "MOP",
    "MOP": "MOP",
}  # fmt: skip
MONEY_BEFORE = (
    r"(?:HK\$|US\$|NT\$|\$|¥|￥|€|£|RMB|rmb|CNY|USD|HKD|EUR|MOP"
    r"|人民币|港币|港元|美元|美金|欧元|日元|新台币|台币|澳门币)"
)
# 元素, 元旦, 圆形, 圆领 are no money.
MONEY_BEHIND = (
    r"(?:元人民币|人民币|块钱|港币|港元|美元|美金|欧元|英镑|日元|新台币|台币|韩元|澳门元|澳门币|RMB|rmb|CNY|USD|HKD"
    r"|元(?![素旦宝件气])|圆(?![形领头筒点润])|円)"
)


def span(match: Found) -> Numeral | None:
    """Return the numeral of a match, from its group `low` to `high` where it has that."""
    low, high = match["low"], match.get("high")
    first = read(low)
    last = read(high) if high else first
    if first is None or last is None:
        return None
    # 3到5万 is 30,000 to 50,000.
    if first.low < last.low and low.strip()[-1:] not in SCALES and (scale := re.search(rf"[{SCALES}]+$", high)):
        shared = read(low.strip() + scale[0])
        first = shared if shared is not None and shared.low <= last.high else first
    return Numeral(first.low, last.high)


def spelled(match: Found) -> bool:
    """Whether the group `low` is spelled in characters, which may be a word rather than a number."""
    return not re.search(r"[0-9]", match["low"])


def whole(text: str) -> int | None:
    """Return a whole number as of a date, 二〇二五 digit by digit, or None."""
    if not text:
        return None
    if all(character in DIGITS for character in text):
        return int("".join(str(DIGITS[character]) for character in text))
    numeral = read(text)
    return None if numeral is None else int(numeral.low)


def currency(sign: str) -> str:
    """Return the code of a currency sign or word, RMB where it is none."""
    return CURRENCIES.get(sign, CURRENCIES.get(sign.upper(), "CNY"))


def half_more(amount: Decimal) -> Decimal:
    """Return what 半 behind an amount adds to it."""
    return amount + Decimal("0.5")
