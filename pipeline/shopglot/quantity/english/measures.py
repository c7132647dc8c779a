"""Measures in English, and numbers with counters: 2.5 kg, 5'6", 30 x 40 cm, -18°C, 500 g to 1 kg, 20%, a bottle."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from shopglot.quantity import notation
from shopglot.quantity.english.offers import percent
from shopglot.quantity.english.spelling import SCALE, TO, N, amount, span, units
from shopglot.quantity.numeral import ARABIC
from shopglot.quantity.reading import Meaning, Reading, counted, measured
from shopglot.quantity.rules import Case, Found, case, reading
from shopglot.quantity.units import UNIT, unit_table

BY = r"\s*(?:[xX*]|by(?![A-Za-z]))\s*"
# Words that make the "in" behind a number a preposition: 3 in 1, 5 in the box.
PREPOSITION = re.compile(r"[- ]+(?:[0-9]|one|a |an |the |total|stock|each|all|our|your|this|every|pack|set)")
RANKED = re.compile(r"(?:[Nn]o\.?|#|[Nn]umber)\s?$")  # No. 1 in sales
INCH_MARKS = ('"', "”", "''")
QUOTED = re.compile('"[^"]*"')
THOUSANDS = {"K": 1000, "k": 1000, "M": 10**6}


@case(
    "product",
    rf"(?P<a>{ARABIC})\s*-?(?P<ua>{UNIT})?{BY}(?P<b>{ARABIC})\s*-?(?P<ub>{UNIT})?"
    rf"(?:{BY}(?P<c>{ARABIC})\s*-?(?P<uc>{UNIT})?)?",
)
def product(match: Found) -> list[Reading] | None:
    """Read 30 x 40 x 10 cm, 2 by 4 ft, 10ml*5."""
    return notation.read_product(match, unit_table().english)


@case(
    "feet",
    r"""(?P<ft>[0-9]{1,2})\s*(?:ft\.?|feet|foot|['′’])\s*-?(?P<in>[0-9]{1,2}(?:\.[0-9])?)"""
    r"""\s*(?:inches|inch|in\.?(?![A-Za-z])|["″”])""",
)
def feet(match: Found) -> list[Reading]:
    """Read 5'6", 5 ft 6 in."""
    low = high = Decimal(match["ft"]) * 12 + Decimal(match["in"])
    if match.get("ft2"):
        high = Decimal(match["ft2"]) * 12 + Decimal(match["in2"])
    return [reading(match, measured(low, high, [unit_table().units["inch"]]))]


# 5'2" to 5'6", 5 ft 2-5 ft 6
feet_range = feet.also(
    r"""(?P<ft>[0-9])\s*(?:ft\.?|feet|['′’])\s*(?P<in>[0-9]{1,2})\s*["″”]?\s*(?:-|–|—|to)\s*"""
    r"""(?P<ft2>[0-9])\s*(?:ft\.?|feet|['′’])\s*(?P<in2>[0-9]{1,2})\s*(?:["″”]|in(?:ches)?)?"""
)


@case(
    "temperature",
    rf"(?:-|−|minus\s|negative\s)\s?(?P<low>{ARABIC})\s?(?:{UNIT})?"
    rf"(?:\s*(?:to|–|—|~|and)\s*(?P<minus>-|−|minus\s)?\s?(?P<high>{ARABIC}))?\s?(?P<unit>{UNIT})",
)
def temperature(match: Found) -> list[Reading] | None:
    """Read -18°C, minus 5 degrees, -3.00 D, which is how 近视300度 is written."""
    low = amount(match["low"])
    high = amount(match["high"]) if match["high"] else None
    of = [unit for unit in units(match) if unit.name in ("celsius", "fahrenheit", "degree", "diopter")]
    if low is None or not of:
        return None
    ends = [-low, -low]
    if high is not None:
        ends[1] = -high if match["minus"] else high
    if "diopter" in {unit.name for unit in of}:
        ends = [low, abs(ends[1])]
    return [reading(match, measured(min(ends), max(ends), of))]


@case("measure", rf"(?P<low>{N}){SCALE}?(?:\s|-|\s?\()?(?P<unit>{UNIT})")
def measure(match: Found) -> list[Reading] | None:
    """Read 2.5 kg, two bottles, 20%, 5K."""
    number, of = span(match), units(match)
    spelled = not re.search(r"[0-9½¼¾]", match["low"])
    if number is None or not of or _is_word(match, spelled=spelled):
        return None
    if any(unit.name == "percent" for unit in of):
        return [reading(match, [percent(*number, match.before(30), match.behind(40))])]
    first = units(match, "first")
    if match.get("first") and not set(first) & set(of):
        return notation.two_measures(match, (amount(match["low"]), amount(match["high"])), (first, of))
    meanings = measured(*number, of)
    unit = match["unit"]
    if size := THOUSANDS.get(unit):
        meanings.append(counted(number[0] * size, number[1] * size))
    if len(unit) == 1 and unit.isalpha():
        meanings.append(Meaning(kind="code", label=(match["low"] + unit).upper()))
    return [reading(match, meanings, strong=not (spelled and number[1] == 1))]


# 2-3 kg, 500 g to 1 kg
measure_range = measure.also(
    rf"(?P<low>{N})\s?-?(?P<first>{UNIT})?{TO}(?P<high>{N}){SCALE}?[\s-]?(?P<unit>{UNIT})", name="range"
)


def _is_word(match: Found, *, spelled: bool) -> bool:
    """Whether what looks like a unit is a word of its own: 3 in 1, one's, 5 a day, a quotation mark."""
    unit = match["unit"]
    if unit == "In" or (spelled and len(unit) == 1) or re.search(r"\s[aA]$", match[0]):
        return True
    if unit.lower() == "in":
        return PREPOSITION.match(match.behind(12).lower()) is not None or RANKED.search(match.before(8)) is not None
    if unit in INCH_MARKS:
        return match.about(QUOTED) and not match["low"][-1:].isdigit()
    return unit.lower() in GENITIVES and match.behind(1) in ("'", "’")


GENITIVES = frozenset("sadcfnhmtkvwlg")  # a letter before an apostrophe is none of these units: 3 D's


@case(
    "between",
    rf"(?<=between )(?P<low>{N})\s?-?(?P<first>{UNIT})? and (?P<high>{N}){SCALE}?(?:[\s-]?(?P<unit>{UNIT}))?",
)
def between(match: Found) -> Sequence[Reading] | None:
    """Read between 2 and 3 kg, between 10 and 20."""
    if match["unit"]:
        return measure.read(match)
    number = span(match)
    return None if number is None else [reading(match, [counted(*number)])]


@case(
    "article",
    r"(?P<low>(?:a|an|per|each|every|first|additional|extra|another)(?:\s(?:single|full|whole))?)"
    rf"\s(?P<unit>{UNIT})",
)
def article(match: Found) -> list[Reading] | None:
    """Read a bottle, every day, another full week: one of them, which Chinese may not say."""
    of = units(match)
    if len(match["unit"]) < 3 or not of:
        return None
    return [reading(match, measured(Decimal(1), Decimal(1), of), strong=False)]


# first year
first_unit = Case("first-unit", rf"(?P<low>first)\s(?P<unit>{UNIT})", article.read)
