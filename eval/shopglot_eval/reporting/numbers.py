"""How a report writes its numbers: in a column that says the unit, alone with it, as a difference, as an interval."""

from __future__ import annotations

import math
import re
from typing import overload

from shopglot_eval.records import Figure, Form
from shopglot_eval.reporting.document import Cell

_NONE = "–"
_DIGITS = {"score": 2, "number": 3, "correlation": 3, "seconds": 2, "bytes": 0}
_BYTES = ("B", "kB", "MB", "GB", "TB")
_NUMBER = re.compile(r"([-−+]?)(\d[\d,]*)(?:\.(\d+))?(%| pp|)")
_NUMERAL = re.compile(r"[-−+]?\d[\d,]*(?:\.\d+)?")
_POINTS = re.compile(r" to [-−+]?[\d.,]+ pp\)$")


def finite(value: float | None) -> float | None:
    """Return a number, or None for what is none: NaN and the infinities have no place in a report."""
    return value if value is not None and math.isfinite(value) else None


def share(value: float | None) -> str:
    """Return a share as percent with one digit, never a minus before zero, a dash for what is none."""
    return _NONE if finite(value) is None else _unsigned(f"{value:.1%}")


def decimal(value: float | None, digits: int = 3) -> str:
    """Return a number with so many digits, never a minus before zero, a dash for what is none."""
    return _NONE if finite(value) is None else _unsigned(f"{value:,.{digits}f}")


def value_of(value: float | None, form: Form) -> str:
    """Return a value without its unit, as its form is read: shares in percent, scores with two digits."""
    return share(value) if form == "share" else decimal(value, _DIGITS[form])


def enclosed(figure: Figure) -> str:
    """Return a figure as `value_of` writes it, with its interval where it has one: `88.76 (87.16 to 90.18)`."""
    text = value_of(figure.value, figure.form)
    if figure.value is None or figure.low is None or figure.high is None:
        return text
    return f"{text} ({value_of(figure.low, figure.form)} to {value_of(figure.high, figure.form)})"


def alone(value: float | None, form: Form) -> str:
    """Return a value that stands alone, with its unit and no more digits than it needs; a dash for what is none."""
    value = finite(value)
    if value is None:
        return _NONE
    if form == "bytes":
        return _bytes(value)
    if form == "number":
        return decimal(value, 0 if value == round(value) else 2)
    return f"{decimal(value, 1)} s" if form == "seconds" else value_of(value, form)


def gap(value: float | None, form: Form) -> str:
    """Return a difference with its sign; of shares in percentage points (`-1.5 pp`)."""
    if value is None:
        return _NONE
    if form == "share":
        text = f"{100 * value:+.1f}"
        return f"{_unsigned(text)} pp"
    return _unsigned(f"{value:+,.{_DIGITS[form]}f}")


def points(low: float | None, high: float | None, form: Form) -> str:
    """Return the interval of a difference, in the unit of `gap`; a dash where there is none."""
    if low is None or high is None:
        return _NONE
    return f"{gap(low, form).removesuffix(' pp')} to {gap(high, form)}"


def bounded(value: float, low: float | None, high: float | None, form: Form) -> str:
    """Return a difference with its interval, where it has one: `-1.5 pp (-2.0 to -1.1 pp)`."""
    return gap(value, form) if low is None or high is None else f"{gap(value, form)} ({points(low, high, form)})"


@overload
def in_points(value: float, form: Form) -> float: ...
@overload
def in_points(value: float | None, form: Form) -> float | None: ...
def in_points(value: float | None, form: Form) -> float | None:
    """Return a difference in the unit of `gap`: what a table sorts by and draws, so that shares and scores compare."""
    return 100 * value if form == "share" and value is not None else value


def probability(p: float | None) -> str:
    """Return a probability with what digits it deserves; a dash for None."""
    if p is None:
        return _NONE
    return "< 0.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"


def interval(figure: Figure) -> str:
    """Return the interval of a figure in words, "" where it has none."""
    low, high = finite(figure.low), finite(figure.high)
    return "" if low is None or high is None else f"{alone(low, figure.form)} to {alone(high, figure.form)}"


def span(cell: Cell) -> str:
    """Return the interval of a cell in words, written as its text writes the value.

    It is "" where the cell has none, and where the text itself says it: `88.76 (87.16 to 90.18)`.
    """
    low, high = finite(cell.low), finite(cell.high)
    if low is None or high is None:
        return ""
    ends = [_alike(cell.text, low), _alike(cell.text, high)]
    said = {found[0].lstrip("+") for found in _NUMERAL.finditer(cell.text)}
    bare = {found[0].lstrip("+") for end in ends for found in _NUMERAL.finditer(end)}
    told = " to " in cell.text and bare <= said
    # In points of a percent the ends of the cell are so too, and its text has them.
    return "" if told or _POINTS.search(cell.text) else " to ".join(ends)


def _unsigned(text: str) -> str:
    """Return a number without its sign where all its digits are zero."""
    return text if any(one in "123456789" for one in text) else text.lstrip("+-")


def _alike(text: str, value: float) -> str:
    """Return a number written as a text writes its first: as many decimals, percent (or points of it) or not."""
    found = _NUMBER.search(text)
    if found is None:
        return f"{value:.3g}"
    sign, _, decimals, percent = found.groups()
    amount = value * 100 if percent else value
    written = f"{abs(amount):,.{len(decimals or '')}f}{percent}"
    if amount < 0 and any(digit in written for digit in "123456789"):
        return ("−" if "−" in text else "-") + written
    return f"+{written}" if sign and amount > 0 else written


def _bytes(value: float) -> str:
    power = min(len(_BYTES) - 1, int(math.log(max(1.0, abs(value)), 1000)))
    return f"{decimal(value / 1000**power, 0 if power == 0 else 1)} {_BYTES[power]}"
