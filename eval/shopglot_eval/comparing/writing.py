"""Values, differences and probabilities as words of a report."""

from __future__ import annotations

from typing import overload

from shopglot_eval.records import Form

_DIGITS = {"score": 2, "number": 3, "correlation": 3, "seconds": 2, "bytes": 0}


def value_of(value: float | None, form: Form) -> str:
    """Return a value as its form is read: shares in percent, scores with two digits; a dash for None."""
    if value is None:
        return "–"
    if form == "share":
        return f"{value:.1%}"
    text = f"{value:,.{_DIGITS[form]}f}"
    return text.lstrip("-") if not float(text.replace(",", "")) else text


def gap(value: float | None, form: Form) -> str:
    """Return a difference with its sign; of shares in percentage points (`-1.5 pp`)."""
    if value is None:
        return "–"
    if form == "share":
        text = f"{100 * value:+.1f}"
        return f"{_unsigned(text)} pp"
    return _unsigned(f"{value:+,.{_DIGITS[form]}f}")


def points(low: float | None, high: float | None, form: Form) -> str:
    """Return the interval of a difference, in the unit of `gap`; a dash where there is none."""
    if low is None or high is None:
        return "–"
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
        return "–"
    return "< 0.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"


def _unsigned(text: str) -> str:
    """Return a number without its sign where all its digits are zero."""
    return text if any(one in "123456789" for one in text) else text.lstrip("+-")
