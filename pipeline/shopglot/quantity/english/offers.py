"""Money and offers in English: $99, 20 to 30 yuan, RMB 25.6 per kg, half price, 20% off, Double 11."""

from __future__ import annotations

import re
from decimal import Decimal

from shopglot.quantity import notation
from shopglot.quantity.english.spelling import (
    DASH,
    MONEY_BEFORE,
    MONEY_BEHIND,
    SCALE,
    N,
    amount,
    currency,
    plain_amount,
    span,
    units,
)  # fmt: skip
from shopglot.quantity.numeral import ARABIC
from shopglot.quantity.reading import Meaning, Reading, counted, discounted, priced
from shopglot.quantity.rules import Case, Found, case, reading
from shopglot.quantity.units import UNIT

OFF_BEHIND = re.compile(
    r"(?:\s|-)*(?:\((?:[^)]{0,12})\)\s*)?(?:instant(?:ly)? |additional |extra )?"
    r"(?:off(?!er)|discount|cash ?back|back(?![a-z])|rebate|savings?|coupons?|reduction|price cut|voucher|markdown)",
    re.IGNORECASE,
)
OFF_BEFORE = re.compile(
    r"(?:sav(?:e|ing)s?|discount(?: of)?|reduced by|cut by)\s*(?:up to |an extra |of )?$", re.IGNORECASE
)
PAY_BEFORE = re.compile(r"(?:pay(?: only)?|priced at|for)\s*$", re.IGNORECASE)
OF_PRICE = re.compile(
    r"\s*of (?:the |its |their )?(?:original|regular|list|full|retail|usual|normal|marked|tag|initial)?"
    r" ?(?:price|cost)",
    re.IGNORECASE,
)


@case("money", rf"(?P<cur>{MONEY_BEFORE})\s?(?P<low>{ARABIC}){SCALE}?(?:{DASH}{MONEY_BEFORE}?\s?(?P<high>{ARABIC}))?"
      rf"(?P<also>{MONEY_BEHIND})?")  # fmt: skip
def money(match: Found) -> list[Reading] | None:
    """Read $99, RMB 20-30, ¥1.5 million, $5 USD, 50 cents."""
    price = span(match)
    if price is None:
        return None
    low, high = price
    if "cent" in match["cur"].lower():
        low, high = low / 100, high / 100
    return [reading(match, [priced(low, high, currency(match["cur"] + match.get("also")))])]


# 99 yuan, twenty dollars, 20 to 30 RMB
money_behind = money.also(rf"(?P<low>{N}){SCALE}?(?:{DASH}(?P<high>{N}))?(?P<cur>{MONEY_BEHIND})")


@case("rate", rf"(?P<cur>{MONEY_BEFORE})?\s?(?P<low>{ARABIC})(?P<also>{MONEY_BEHIND})?\s?"
      r"(?:/|per|a|for every|for each|for|each|every)\s?(?:additional |extra )?"
      rf"(?:(?P<n>{ARABIC}|half(?: an?)?|one|a)[\s-]?)?(?P<unit>{UNIT})")  # fmt: skip
def rate(match: Found) -> list[Reading] | None:
    """Read RMB 25.6 per kg, $3/lb, 9 yuan for half a kilo."""
    written = match["cur"] + match["also"]
    of = [unit for unit in units(match) if unit.system and unit.dimension != "[time]"]
    if not written or not of:
        return None
    price = notation.rate(plain_amount(match["low"]), currency(written), of[0], _size(match["n"].lower()))
    return [reading(match, [price])]


def _size(text: str) -> Decimal:
    """Return how many units a price is for; 0 of them is a slip and taken as 1."""
    if text.startswith("half"):
        return Decimal("0.5")
    return Decimal(1) if text in ("", "one", "a") else amount(text) or Decimal(1)


# half price, half off
half_price = Case(
    "half-price",
    r"(?:half[- ](?:price|off)|half the (?:price|cost))(?:d)?(?![A-Za-z])",
    notation.read_half_price,
)


def percent(low: Decimal, high: Decimal, before: str, behind: str) -> Meaning:
    """Return what a percentage means: 20% off, 80% of the original price (which is the same), or a share."""
    paid = OF_PRICE.match(behind) or (PAY_BEFORE.search(before) and "price" in behind[:20].lower())
    if paid:
        return discounted(100 - high, 100 - low)
    if OFF_BEHIND.match(behind) or OFF_BEFORE.search(before):
        return discounted(low, high)
    return Meaning(kind="percent", low=low, high=high)


@case("festival", r"double[- ]?(?P<n>11|12|eleven|twelve)(?![A-Za-z0-9])|(?P<f>11\.11|12\.12|6\.18)(?!\s?[-–~]\s?[0-9])"
      rf"(?![0-9]|[ -]?(?:{UNIT}|yuan|RMB|CNY|元))"
      r"|singles['’]? ?(?:day|['’] day)")  # fmt: skip
def festival(match: Found) -> list[Reading]:
    """Read Double 11, 11.11, Singles' Day, 6.18."""
    day = match["f"] or ("12.12" if match["n"].lower() in ("12", "twelve") else "11.11")
    meanings = [Meaning(kind="code", label=f"festival {day}")]
    if match["f"]:
        meanings.append(counted(Decimal(day)))
    return [reading(match, meanings)]
