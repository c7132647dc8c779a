"""The axes of plots: where their marks stand, what is written at them, and where a value is drawn."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
NAME = 80  # pixels of a name at an axis, at most
WIDE, NARROW = 13.0, 7.2  # pixels of a Chinese character and of a Latin one, in the plots' letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """An axis from `low` to `high`, drawn from pixel `start` to pixel `end`, with its marks.

    `names` are what is written at marks in the place of numbers: the names of runs, weeks or markets.
    """

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]
    percent: bool = False
    names: Mapping[float, str] = field(default_factory=dict)

    def place(self, value: float) -> float:
        """Return the pixel of a value; what lies beyond the axis stands at its end."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def label(self, tick: float) -> str:
        """Return what is written at a mark."""
        if tick in self.names:
            return self.names[tick]
        step = self.ticks[1] - self.ticks[0] if len(self.ticks) > 1 else abs(tick) or 1.0
        return written(tick, step, percent=self.percent)


def scale(
    values: Iterable[float], *, start: float, end: float, given: tuple[float, float] | None, percent: bool,
    zero: bool = False, count: int = 5,
) -> Scale:  # fmt: skip
    """Return the axis for some values, its ends on marks; `given` fixes its ends, `zero` has 0 on it.

    Without values, or without an extent, there is an axis all the same.
    """
    if given is not None and given[0] < given[1]:
        low, high = given
        ticks = [tick for tick in _ticks(low, high, count) if low - 1e-12 <= tick <= high + 1e-12]
        return Scale(low=low, high=high, start=start, end=end, ticks=tuple(ticks), percent=percent)
    all_values = [*values, *([0.0] if zero else [])]
    low, high = (min(all_values), max(all_values)) if all_values else (0.0, 1.0)
    if high - low < 1e-9 * max(abs(low), abs(high), 1e-9):
        around = abs(low) * 0.1 or 0.5
        low, high = (low - around, high + around) if not zero or low else (0.0, 1.0)
        if percent:
            low, high = max(0.0, low), min(1.0, high) if low < 1.0 else high
    ticks = _ticks(low, high, count)
    return Scale(low=ticks[0], high=ticks[-1], start=start, end=end, ticks=tuple(ticks), percent=percent)


def named_scale(names: Mapping[float, str], *, start: float, end: float, room: float) -> Scale:
    """Return the axis for values that have names, with `room` beside the first and the last, in values.

    As many names are written as there is room for, the last one always: it is the newest of runs.
    """
    low, high = min(names) - room, max(names) + room
    low, high = (low, high) if low < high else (low - 0.5, high + 0.5)
    bare = Scale(low=low, high=high, start=start, end=end, ticks=())
    ticks: list[float] = []
    for value in sorted(names, reverse=True):
        wide = width(names[value]) + NARROW
        if not ticks or bare.place(ticks[-1]) - bare.place(value) >= max(wide, width(names[ticks[-1]]) + NARROW):
            ticks.append(value)
    return Scale(low=low, high=high, start=start, end=end, ticks=tuple(reversed(ticks)), names=names)


def written(value: float, step: float, *, percent: bool) -> str:
    """Return a number with as many decimals as a step tells apart."""
    if percent:
        value, step = value * 100, step * 100
    decimals = max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 0
    if decimals <= 8 and abs(step * 10**decimals - round(step * 10**decimals)) > 1e-6:
        decimals += 1  # 2.5 as a step
    shown = f"{value:,.{min(decimals, 9)}f}" if abs(value) < 1e12 else f"{value:.2e}"
    return (shown.removeprefix("-") if float(shown.replace(",", "")) == 0 else shown) + ("%" if percent else "")


def exact(value: float, *, percent: bool) -> str:
    """Return a number as a reader of a point wants it: four figures that count."""
    if percent:
        return f"{value * 100:.4g}%" if abs(value) < 1 else f"{value * 100:,.0f}%"
    if value == round(value) and abs(value) < 1e12:
        return f"{value:,.0f}"
    return f"{value:,.2f}" if 100 <= abs(value) < 1e12 else f"{value:.4g}"


def width(text: str) -> float:
    """Return about how many pixels a text is wide in a plot."""
    return sum(WIDE if unicodedata.east_asian_width(sign) in "WF" else NARROW for sign in text)


def fit(text: str, room: float) -> str:
    """Return a text that is no wider than this, with an ellipsis where it was cut."""
    if width(text) <= room:
        return text
    taken, used = [], NARROW
    for sign in text:
        used += WIDE if unicodedata.east_asian_width(sign) in "WF" else NARROW
        if used > room:
            break
        taken.append(sign)
    return "".join(taken).rstrip() + "…"


def _ticks(low: float, high: float, count: int) -> list[float]:
    """Return round numbers from at most `low` to at least `high`, about `count` of them."""
    rough = (high - low) / max(1, count)
    power = 10.0 ** math.floor(math.log10(rough)) if rough > 1e-300 else 1.0
    step = next(power * one for one in STEPS if power * one >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [number * step for number in range(first, max(last, first + 1) + 1)]
