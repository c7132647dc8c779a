"""How urgent a page of the queue is: the chance that it is wrong, times what shoppers would see of it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from shopglot.types import Severity

ERROR_RISK: Final = 0.9  # at least, where a finding that holds a text is an error
WARNING_RISK: Final = 0.6
_LEAST: Final[Mapping[str, float]] = {"error": ERROR_RISK, "warning": WARNING_RISK}
_MOST: Final = 1e15  # nothing is shown or sold more often; and no number of a page makes another one invisible
_DECIMAL = re.compile(r"\d{1,15}(\.\d{1,9})?", re.ASCII)  # as `price.amount` is written


def risk(lowest: float, severities: Iterable[Severity | str]) -> float:
    """Return the chance, 0..1, that a page is wrong.

    `lowest` is the lowest score of its held segments, `severities` are those of the findings that hold them.
    """
    least = max((_LEAST.get(severity, 0.0) for severity in severities), default=0.0)
    return max(1.0 - min(max(lowest, 0.0), 1.0), least)


def exposure(document: Mapping[str, Any] | None) -> float:
    """Return how much shoppers would see of a page, 1 to 16, by the merchant's document.

    1 + log10(1 + n), where n is the larger of `views` and `sales`, else what its stock is worth; 1 where the document
    says neither. What is no number from 0 upwards is passed over, as the document may hold anything.
    """
    if document is None:
        return 1.0
    counts = [count for name in ("views", "sales") if (count := _number(document.get(name))) is not None]
    if counts:
        return 1.0 + math.log10(1.0 + max(counts))
    price, stock = document.get("price"), _number(document.get("stock"))
    amount = _amount(price.get("amount")) if isinstance(price, Mapping) else None
    if amount is None or stock is None:
        return 1.0
    return 1.0 + math.log10(1.0 + min(amount * stock, _MOST))


def _number(value: object) -> float | None:
    """Return a JSON number from 0 upwards, at most 10**15; None where it is something else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(min(value, _MOST)) if value >= 0 else None  # NaN is not


def _amount(value: object) -> float | None:
    """Return an amount of money, which is a number or a decimal in a string."""
    if isinstance(value, str):
        return float(value) if _DECIMAL.fullmatch(value) else None
    return _number(value)
