"""What both languages write alike: SPF50, PA+++, 12+256GB, 30×40 cm, 3/4, 4:3, S to 2XL, codes. Readers for both.

What differs between them, as how units are spelled, is an argument.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from shopglot.quantity.numeral import read
from shopglot.quantity.reading import Meaning, Reading, counted, discounted, measured
from shopglot.quantity.rules import Found, reading
from shopglot.quantity.units import Spellings, Unit, unit_table

LETTER_SIZE = r"(?:[2-9]?X{1,4}[LS]|[2-9]XL|[SML])(?![A-Za-z0-9'+])"
# XL450, iPhone-15, A4, B5, 75B, 10.5mm: digits behind letters, and before up to three of them.
LETTERS_DIGITS = r"(?P<code>[A-Za-z]{1,8}-?[0-9]+(?:\.[0-9]+)?[A-Za-z]{0,3})(?![A-Za-z0-9]|-[0-9])"
MEMORY_UNIT = r"(?P<unit>GB?|TB?)(?![A-Za-z])"
SLASH = r"(?P<a>1[0-2]|[1-9])/(?P<b>[1-9][0-9]?)"
DAY = 1440


def read_spf(match: Found) -> list[Reading]:
    """Read SPF50: group `n`."""
    amount = Decimal(match["n"])
    return [reading(match, [Meaning(kind="code", low=amount, high=amount, label="SPF")])]


def read_pa(match: Found) -> list[Reading]:
    """Read PA+++: group `plus`."""
    plus = Decimal(len(match["plus"]))
    return [reading(match, [Meaning(kind="code", low=plus, high=plus, label="PA")])]


def read_memory(match: Found) -> list[Reading]:
    """Read 12+256GB, memory and storage of a phone: groups `a`, `b`, `unit`."""
    units = unit_table().units
    storage = units["tb"] if match["unit"].upper().startswith("T") else units["gb"]
    a, b = Decimal(match["a"]), Decimal(match["b"])
    return [
        reading(match, measured(a, a, [units["gb"]]), group="a"),
        reading(match, measured(b, b, [storage]), group="b"),
    ]


def read_product(match: Found, spellings: Spellings) -> list[Reading] | None:
    """Read 30×40×10cm, 500g*2, 10ml×5: groups `a` to `c`, their units `ua` to `uc`.

    A unit of length behind the last number is of all where the others have none; 2*500g is two of 500 g.
    """
    groups = [group for group in "abc" if match[group]]
    written = [match[f"u{group}"] for group in groups]
    shared = spellings.units(written[-1]) if not any(written[:-1]) else ()
    if not any(unit.dimension == "[length]" for unit in shared):
        shared = ()
    found = []
    for group, own in zip(groups, written, strict=True):
        numeral = read(match[group])
        if numeral is None:
            return None
        units = spellings.units(own) if own else shared
        meanings = measured(numeral.low, numeral.high, units) if units else [counted(numeral.low, numeral.high)]
        found.append(reading(match, meanings, group=group))
    return found


def read_slash(match: Found) -> list[Reading]:
    """Read 3/4 as a share, 12/5 as a day too: groups `a` and `b`."""
    a, b = int(match["a"]), int(match["b"])
    meanings = [counted(Decimal(a) / b)]
    if b <= 31:
        meanings.append(Meaning(kind="date", label=f"-{a}-{b}"))
    return [reading(match, meanings)]


def read_triple(match: Found) -> list[Reading]:
    """Read 86/66/92, 86-66-92: three measures of a body, groups `a`, `b` and `c`."""
    return [reading(match, [counted(Decimal(match[group]))], group=group) for group in "abc"]


def read_either(match: Found, spellings: Spellings) -> list[Reading] | None:
    """Read 50/60Hz, 50/60 Hz: one or the other, groups `a`, `b` and `unit`. 165/88A is a size."""
    units = spellings.units(match["unit"])
    if len(match["unit"]) < 2 or not any(unit.system for unit in units):
        return None
    return [
        reading(match, measured(Decimal(match[group]), Decimal(match[group]), units), group=group) for group in "ab"
    ]


def read_half_price(match: Found) -> list[Reading]:
    """Read half price: 50% off."""
    return [reading(match, [discounted(Decimal(50))])]


def read_clock_or_ratio(match: Found, *, afternoon: bool = False) -> list[Reading]:
    """Read 8:30 as a time of day, 16:9 as a ratio too: groups `h` and `min`. After noon an hour below 12 is 12 more."""
    hour, minute = int(match["h"]), int(match["min"])
    of_day = hour + 12 if afternoon and hour < 12 else hour
    clock = clock_time(of_day, minute, half_known=not 0 < of_day <= 12)
    return [reading(match, [clock, Meaning(kind="ratio", low=Decimal(hour), high=Decimal(minute))])]


def clock_time(hour: int, minute: int, *, half_known: bool) -> Meaning:
    """Return a time of day, in minutes; where the half of the day is not known, it is that of either half."""
    minutes = Decimal((hour * 60 + minute) % DAY)
    return Meaning(kind="clock", low=minutes, high=minutes, label="" if half_known else "12h")


def date_label(year: int | None, month: int | None, day: int | None) -> str | None:
    """Return the parts of a date as the label of its meaning, or None where there is no such day.

    A year of two digits is one of this century.
    """
    if (month is not None and not 1 <= month <= 12) or (day is not None and not 1 <= day <= 31):
        return None
    if year is not None and year < 100:
        year += 2000
    return "-".join("" if part is None else str(part) for part in (year, month, day))


def rate(amount: Decimal, currency: str, unit: Unit, size: Decimal = Decimal(1)) -> Meaning:
    """Return a price for `size` of a unit, by its base unit: 12.8 a jin equals 25.6 a kilogram."""
    price = amount / (size * unit.factor)
    return Meaning(kind="rate", low=price, high=price, label=f"{currency}/{unit.dimension}")


def two_measures(
    match: Found, amounts: tuple[Decimal | None, Decimal | None], units: tuple[Sequence[Unit], Sequence[Unit]]
) -> list[Reading] | None:
    """Return two readings for 500g-1kg, a range whose ends have units of their own: groups `low` and `high`."""
    low, high = amounts
    if low is None or high is None:
        return None
    return [
        reading(match, measured(low, low, units[0]), group="low"),
        reading(match, measured(high, high, units[1]), group="high"),
    ]


def letter_sizes(match: Found, *, strong: bool = True) -> list[Reading]:
    """Read S, M-2XL, S/M: groups `a` and `b`. XXL is 2XL, XXXL is 3XL."""
    return [
        reading(match, [Meaning(kind="letters", label=_letter(match[group]))], group=group, strong=strong)
        for group in "ab"
        if match[group]
    ]


def _letter(text: str) -> str:
    if match := re.fullmatch(r"(X{2,})([LS])", text):
        return f"{len(match[1])}X{match[2]}"
    return re.sub(r"^1X", "X", text)


def code_parts(code: str) -> tuple[str, str, list[Meaning]]:
    """Return the letters of a code, its label, and the number in it where it has one.

    A word at a number is no part of it: iPhone15 is 15. Up to three letters are: A4, 75B, 18K; else the label is "".
    """
    letters = re.sub(r"[^A-Za-z]", "", code)
    label = code.replace("-", "").upper() if len(letters) <= 3 else ""
    digits = re.findall(r"[0-9]+(?:\.[0-9]+)?", code)
    return letters, label, [counted(Decimal(digits[0]))] if len(digits) == 1 else []
