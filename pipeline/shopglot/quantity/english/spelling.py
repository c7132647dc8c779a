"""How English texts write numbers, ranges, money and months: pieces of patterns, and what they are worth."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from shopglot.quantity.numeral import ARABIC, FRACTIONS, ORDINALS, VULGAR, WORDS, fraction, read_words
from shopglot.quantity.reading import Meaning, counted, measured
from shopglot.quantity.rules import Found
from shopglot.quantity.units import Unit, unit_table

_VULGAR = "[" + "".join(VULGAR) + "]"
# 1,500; 1½; 1 1/2; ½; two and a half; twenty-five
N = (
    rf"(?:{ARABIC}(?:[ -]?{_VULGAR}|(?:[ -](?:and )?)[1-9]/[2-8](?![0-9]))?"
    rf"|{_VULGAR}|{WORDS}(?:-| and )a half(?![A-Za-z])|(?:{WORDS}))"
)
SCALE = r"(?:\s?(?P<scale>hundred|thousand|million|billion|k|K|M|w)(?![A-Za-z0-9²³/]))"
SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "k": 1000, "m": 10**6, "w": 10_000}
TO = r"\s*(?:-|–|—|~|～|(?<![A-Za-z])(?:to|through|until|or)(?![A-Za-z]))\s*"
DASH = r"\s*(?:-|–|—|~|～|\bto\b|\bthrough\b)\s*"


def _longest_first(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


FRACTION_WORDS = _longest_first(FRACTIONS)
ORDINAL_WORDS = _longest_first(ORDINALS)

MONTHS = {
    "january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4, "may": 5, "june": 6,
    "jun": 6, "july": 7, "jul": 7, "august": 8, "aug": 8, "september": 9, "sept": 9, "sep": 9, "october": 10, "oct": 10,
    "november": 11, "nov": 11, "december": 12, "dec": 12,
}  # fmt: skip
MONTH = (
    r"(?P<m>January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\.?(?![a-z]))"
)

MONEY_BEFORE = r"(?:HK\$|US\$|NT\$|\$|¥|￥|€|£|(?:RMB|CNY|USD|HKD|EUR|GBP|MOP)(?![a-z]))"
MONEY_BEHIND = (
    r"(?:[- ]?(?:RMB|CNY|USD|HKD|EUR|GBP|MOP)(?![A-Za-z])|[- ]?(?:Chinese )?(?:yuan|renminbi)(?![A-Za-z])"
    r"|[- ](?:US |U\.S\. |Hong Kong )?dollars?(?![A-Za-z])|[- ]bucks?(?![A-Za-z])|[- ]euros?(?![A-Za-z])"
    r"|[- ]yen(?![A-Za-z])|[- ]?元|[- ]pounds sterling|[- ]kuai|[- ]cents?(?![A-Za-z]))"
)
# Signs and words of money, the first that is found decides: "Hong Kong dollars" before "dollars".
CURRENCIES = (
    ("HK", "HKD"), ("HONG KONG", "HKD"), ("NT$", "TWD"), ("RMB", "CNY"), ("CNY", "CNY"), ("YUAN", "CNY"),
    ("KUAI", "CNY"), ("RENMINBI", "CNY"), ("元", "CNY"), ("¥", "CNY"), ("￥", "CNY"), ("EUR", "EUR"), ("€", "EUR"),
    ("GBP", "GBP"), ("£", "GBP"), ("STERLING", "GBP"), ("YEN", "JPY"), ("MOP", "MOP"), ("$", "USD"), ("USD", "USD"),
    ("DOLLAR", "USD"), ("BUCK", "USD"), ("CENT", "USD"),
)  # fmt: skip


def amount(text: str) -> Decimal | None:
    """Return what 1,500 or 1½ or 1 1/2 or "two and a half" or "twenty-five" is worth, or None."""
    text = text.strip().lower()
    if text in VULGAR:
        return fraction(VULGAR[text])
    if match := re.fullmatch(rf"({ARABIC})[ -]?({_VULGAR})", text):
        return plain_amount(match[1]) + fraction(VULGAR[match[2]])
    if match := re.fullmatch(rf"({ARABIC})[ -](?:and )?([1-9]/[2-8])", text):
        return plain_amount(match[1]) + fraction(match[2])
    if re.fullmatch(ARABIC, text):
        return plain_amount(text)
    if match := re.fullmatch(r"(.+?)(?:-| and )a half", text):
        whole = read_words(match[1])
        return None if whole is None else whole + Decimal("0.5")
    return read_words(text)


def plain_amount(text: str) -> Decimal:
    """Return what digits are worth, commas between thousands or none."""
    return Decimal(text.replace(",", ""))


def span(match: Found) -> tuple[Decimal, Decimal] | None:
    """Return the number of a match, from its group `low` to `high` where it has that, in its `scale`."""
    low = amount(match["low"])
    high = amount(match["high"]) if match.get("high") else low
    if low is None or high is None:
        return None
    size = SCALES[match["scale"].lower()] if match.get("scale") else 1
    return low * size, high * size


def units(match: Found, group: str = "unit") -> tuple[Unit, ...]:
    """Return what the unit of a match may be; none where it has none."""
    return unit_table().english.units(match[group]) if match.get(group) else ()


def with_unit(match: Found, low: Decimal, high: Decimal) -> list[Meaning]:
    """Return what a number means in the unit of its match, or by itself where it has none."""
    return measured(low, high, units(match)) or [counted(low, high)]


def currency(written: str) -> str:
    """Return the code of the currency that a price is written in."""
    return next(code for sign, code in CURRENCIES if sign in written.upper())
