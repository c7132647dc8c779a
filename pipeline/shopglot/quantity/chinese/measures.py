"""Measures in Chinese, and numbers with counters: 2.5公斤, 三斤二两, 一米六五, 30×40cm, 零下5度, 500g-1kg, 10多瓶."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from shopglot.quantity import notation
from shopglot.quantity.chinese.spelling import TO, N, half_more, span, spelled
from shopglot.quantity.numeral import DIGITS, Numeral, value
from shopglot.quantity.reading import Bound, Meaning, Reading, counted, measured, priced
from shopglot.quantity.rules import Found, case, reading
from shopglot.quantity.units import UNIT, Unit, unit_table

TIMES_SIGN = r"\s*[*xX×✕]\s*"
DEGREES = r"摄氏度|°C|℃|度|°F|℉"
DIGIT = "[0-9一二三四五六七八九]"
ONE_TO_THREE = "[0-9一二三]"
# Units that make a code with their number: 5G, 18K. g and m do only where they are capitals.
CODE_UNITS = frozenset("GKMSDANTCFksdant")
BATTERIES = {"5": "AA", "五": "AA", "7": "AAA", "七": "AAA", "1": "D", "2": "C"}


@case(
    "product",
    rf"(?P<a>{N})\s*(?P<ua>{UNIT})?{TIMES_SIGN}(?P<b>{N})\s*(?P<ub>{UNIT})?(?:{TIMES_SIGN}(?P<c>{N})\s*(?P<uc>{UNIT})?)?",
)
def product(match: Found) -> list[Reading] | None:
    """Read 30×40×10cm, 500g*2, 10ml×5支."""
    return notation.read_product(match, unit_table().chinese)


@case("jin", rf"(?P<low>{N})\s*市?斤(?:(?P<liang>[0-9一二两三四五六七八九])两|(?P<half>半))")
def jin(match: Found) -> list[Reading] | None:
    """Read 三斤二两, 两斤半."""
    low, liang = value(match["low"]), value(match["liang"]) if match["liang"] else Decimal(5)
    return None if low is None or liang is None else _length_or_mass(match, low + liang / 10, "jin")


@case(
    "metres",
    r"(?P<low>[0-9一二两三]|十[一二三]?)米"
    r"(?:(?P<cm>[0-9]{1,2}|[一二三四五六七八九]{1,2})(?![0-9.]*[%A-Za-z倍厘公毫])(?!十)|(?P<half>半))",
)
def metres(match: Found) -> list[Reading] | None:
    """Read 一米六五, 1米8, 两米半."""
    amount = value(match["low"])
    if amount is None:
        return None
    if match["half"]:
        return _length_or_mass(match, half_more(amount), "m")
    digits = "".join(str(DIGITS.get(digit, digit)) for digit in match["cm"])
    return _length_or_mass(match, amount + Decimal(digits) / 10 ** len(digits), "m")


@case("chi", rf"(?P<low>{N})\s*尺(?![码子度寸])(?P<cun>{DIGIT})(?![0-9一二三四五六七八九十])寸?")
def chi(match: Found) -> list[Reading] | None:
    """Read 二尺三, 2尺1寸."""
    feet, tenths = value(match["low"]), value(match["cun"])
    return None if feet is None or tenths is None else _length_or_mass(match, feet + tenths / 10, "chi")


@case(
    "chi",
    rf"(?P<low>{ONE_TO_THREE})尺(?P<cun>{DIGIT})寸?{TO}(?P<high>{ONE_TO_THREE})尺(?P<cun_high>{DIGIT})?寸?",
)
def chi_range(match: Found) -> list[Reading] | None:
    """Read 二尺一到二尺三, of waists."""
    low, high = (_feet(match[feet], match[tenths]) for feet, tenths in (("low", "cun"), ("high", "cun_high")))
    if low is None or high is None:
        return None
    return [reading(match, measured(low, high, [unit_table().units["chi"]]))]


def _feet(feet: str, tenths: str) -> Decimal | None:
    amount, rest = value(feet), value(tenths) if tenths else Decimal(0)
    return None if amount is None or rest is None else amount + rest / 10


def _length_or_mass(match: Found, amount: Decimal, unit: str) -> list[Reading]:
    return [reading(match, measured(amount, amount, [unit_table().units[unit]]))]


@case(
    "temperature",
    rf"(?P<sign>零下|负|-)\s*(?P<low>{N})\s*(?:{DEGREES})?(?:{TO}(?P<minus>零下|负|-)?\s*(?P<high>{N}))?"
    rf"\s*(?P<unit>(?<=℃)|(?<=度)|(?<=°C)|{DEGREES})",
)
def temperature(match: Found) -> list[Reading] | None:
    """Read 零下5度, -18℃, 零下20到10度."""
    low = value(match["low"])
    high = value(match["high"]) if match["high"] else None
    if low is None or (match["high"] and high is None):
        return None
    spelling = match["unit"] or match[0][-1:]
    units = [unit for unit in unit_table().chinese.units(spelling) if unit.name in ("celsius", "fahrenheit", "degree")]
    ends = [-low, -low]
    if high is not None:
        ends[1] = -high if match["minus"] or match["sign"] == "零下" else high
    return [reading(match, measured(min(ends), max(ends), units))]


@case("measure", rf"(?P<low>{N})\s?(?P<over>[多余来几])?\s?(?P<unit>{UNIT})")
def measure(match: Found) -> list[Reading] | None:
    """Read 2.5公斤, 10多瓶, 三件, 5号."""
    amount = span(match)
    if amount is None:
        return None
    units = unit_table().chinese.units(match["unit"])
    first = unit_table().chinese.units(match["first"]) if match.get("first") else units
    if not units or (first != units and not set(first) & set(units)):
        # 500g-1kg: two units, so two readings.
        ends = value(match["low"]), value(match["high"])
        return notation.two_measures(match, ends, (first, units)) if units and first else None
    bound: Bound = "least" if match.get("over") else ""
    meanings = [*measured(amount.low, amount.high, units), *_more(match, amount)]
    return [reading(match, meanings, bound=bound, strong=not _idle(match, amount, units))]


# 80-95斤, 3到5天, 500g-1kg
measure_range = measure.also(rf"(?P<low>{N})\s*(?P<first>{UNIT})?{TO}(?P<high>{N})\s*(?P<unit>{UNIT})", name="range")


def _more(match: Found, amount: Numeral) -> list[Meaning]:
    """Return what else a number with this unit may be: a code, ten thousands, money, a battery."""
    unit = match["unit"]
    meanings = []
    if unit in CODE_UNITS:
        meanings.append(Meaning(kind="code", label=(match["low"] + unit).upper()))
    if unit in ("w", "W") and match.about(FOLLOWERS):
        meanings.append(counted(amount.low * 10_000, amount.high * 10_000))
    if unit == "块":
        meanings.append(priced(amount.low, amount.high))
    if unit == "号" and (cell := BATTERIES.get(match["low"])):
        around = match.string[max(0, match.start() - 6) : match.end() + 10]
        meanings += [Meaning(kind="code", label=cell)] if "电池" in around else []
    return meanings


FOLLOWERS = re.compile(r"粉丝|月销|销量|人|收藏|点赞")  # 3w of these are 30,000, not watts


def _idle(match: Found, amount: Numeral, units: Sequence[Unit]) -> bool:
    """Whether English may leave the number out.

    1个, 一款, 一天 come out as "a", or not at all; 一斤 does not. 零门槛 and 七分裤 count nothing.
    """
    if spelled(match) and (amount.high == 0 or match["unit"] == "分" or match[0] == "半天"):
        return True  # 半天 is a long while
    is_counted = any(unit.dimension == "count" for unit in units) and match["unit"] != "打"
    is_time = any(unit.dimension in ("[time]", "night") for unit in units) and spelled(match)
    return amount.high == 1 and (is_counted or is_time)
