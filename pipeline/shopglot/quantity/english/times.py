"""Days and times in English: March 15, 3/15/2025, 3 pm, 8:30, noon, Wednesday, 2 hours 30 minutes, decades."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from shopglot.quantity import notation
from shopglot.quantity.english.spelling import MONTH, MONTHS, amount, units
from shopglot.quantity.reading import Meaning, Reading, measured
from shopglot.quantity.rules import Case, Found, case, reading
from shopglot.quantity.units import UNIT, unit_table

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = r"(?P<d>[0-9]{1,2})(?:st|nd|rd|th)?"
YEAR = r"(?P<y>[12][0-9]{3})"
HOUR = r"(?P<h>1[0-2]|[1-9])(?::(?P<min>[0-5][0-9]))?\s*"


@case("month", rf"{MONTH}\s+{DAY}(?![0-9:%])(?:,?\s+{YEAR})?", exact=True)
def month_day(match: Found) -> list[Reading] | None:
    """Read March 15, Mar. 15th, 2025."""
    month = match.get("mm") or str(MONTHS[match["m"].lower().rstrip(".")])
    year, day = (int(match[group]) if match.get(group) else None for group in "yd")
    label = notation.date_label(year, int(month), day)
    return None if label is None else [reading(match, [Meaning(kind="date", label=label)])]


@case(
    "month-days",
    rf"{MONTH}\s+(?P<d>[0-9]{{1,2}})\s?(?:-|–|—|to|through)\s?(?P<last>[0-9]{{1,2}})(?![0-9:%])(?! [A-Z][a-z]+ [0-9])",
    exact=True,
)
def month_days(match: Found) -> list[Reading] | None:
    """Read Nov. 1-11: the first day and the last."""
    month = MONTHS[match["m"].lower().rstrip(".")]
    labels = [(notation.date_label(None, month, int(match[group])), group) for group in ("d", "last")]
    if any(label is None for label, _ in labels):
        return None
    return [reading(match, [Meaning(kind="date", label=label or "")], group=group) for label, group in labels]


# 15 March, the 15th of March 2025
day_month = replace(month_day.also(rf"{DAY}\s+(?:of\s+)?{MONTH}(?:,?\s+{YEAR})?", name="day"), exact=False)
# 2025-03-15
iso_date = Case("date", rf"{YEAR}(?P<s>[-./])(?P<mm>[0-9]{{1,2}})(?P=s)(?P<d>[0-9]{{1,2}})(?![0-9])", month_day.read)
# 3/15/2025
us_date = iso_date.also(r"(?P<mm>[0-9]{1,2})/(?P<d>[0-9]{1,2})/(?P<y>[12][0-9]{3}|[0-9]{2})(?![0-9])")


@case("month-alone", rf"{MONTH}(?:,?\s+(?:of )?{YEAR})?", exact=True)
def month(match: Found) -> list[Reading] | None:
    """Read March, March 2025; not "May cause", a verb at the start of a sentence."""
    if match["m"] == "May" and not match["y"] and re.match(r"\s+[a-z]", match.behind(3)):
        return None
    return [replace(one, strong=bool(match["y"])) for one in month_day.read(match) or ()]


@case("clock", HOUR + r"(?P<half>a\.?m\.?|p\.?m\.?|AM|PM|A\.M\.|P\.M\.)(?![A-Za-z])")
def clock(match: Found) -> list[Reading]:
    """Read 3 pm, 8:30 a.m."""
    half = match.get("half").lower().replace(".", "")
    hour = int(match["h"]) % 12 + (12 if half == "pm" else 0)
    return [reading(match, [notation.clock_time(hour, int(match["min"] or 0), half_known=half != "")])]


# 3 o'clock
oclock = clock.also(HOUR + r"(?:o'clock|o’clock)")


@case("noon", r"(?P<noon>noon|midday|midnight)(?![A-Za-z])")
def noon(match: Found) -> list[Reading]:
    """Read noon, midnight."""
    hour = 0 if match["noon"].lower() == "midnight" else 12
    return [reading(match, [notation.clock_time(hour, 0, half_known=True)], strong=False)]


# 8:30, 16:9
clock_or_ratio = Case("clock", r"(?P<h>[01]?[0-9]|2[0-4]):(?P<min>[0-5][0-9])(?!:?[0-9])", notation.read_clock_or_ratio)


@case("weekday", r"(?P<day>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)s?(?![a-z])")
def weekday(match: Found) -> list[Reading]:
    """Read Wednesday: days of the week from 0, Monday, to 6."""
    return [reading(match, [Meaning(kind="weekday", label=str(WEEKDAYS.index(match["day"].lower()[:3])))])]


@case(
    "hours",
    r"(?P<h>[0-9]{1,2}|one|two|three)\s*(?:hours?|hrs?|h)(?:,| and)?"
    r"\s*(?P<m>[0-9]{1,2})\s*(?:minutes?|mins?|m)(?![A-Za-z])",
)
def hours_minutes(match: Found) -> list[Reading] | None:
    """Read 1 hour 30 minutes, 2h30m."""
    hours = amount(match["h"])
    if hours is None:
        return None
    minutes = hours * 60 + Decimal(match["m"])
    return [reading(match, measured(minutes, minutes, [unit_table().units["minute"]]))]


@case("decades", r"decades")
def decades(match: Found) -> list[Reading]:
    """Read decades: more than ten years."""
    ten = Decimal(10)
    meanings = [*measured(ten, ten, [unit_table().units["year"]]), Meaning(kind="magnitude", low=ten, high=ten)]
    return [reading(match, meanings, strong=False)]


@case("and-a-half", rf"(?:an?|one)\s(?P<unit>{UNIT}) and a half(?![A-Za-z])")
def and_a_half(match: Found) -> list[Reading] | None:
    """Read an hour and a half."""
    half_more, of = Decimal("1.5"), units(match)
    return [reading(match, measured(half_more, half_more, of))] if of else None
