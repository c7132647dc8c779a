"""What a number in a text means: the terms that both languages are read into.

Also the list of fixed words, in which a numeral counts nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

from shopglot.config import glossary_root
from shopglot.errors import DataError
from shopglot.quantity.units import Unit

Kind = Literal[
    "count", "measure", "money", "percent", "discount", "ordinal", "date", "weekday", "clock", "ratio", "code",
    "letters", "magnitude", "rate",
]  # fmt: skip
Bound = Literal["", "least", "most"]


PAID = "paid"  # the label of a bare number that is an amount of money: no number of things


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """One thing that a number may mean.

    `low` and `high` are as written, in `unit` where there is one (equal where it is no range). `label` is what else
    is to be compared: a currency, the letters of a code, the parts of a date (`2025-03-15`, `--03-15`).
    """

    kind: Kind
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    unit: Unit | None = None
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A number in a text with everything that it may mean; one of `meanings` is right, the context decides.

    `role` says what the number does in an offer (spend, off, buy, get), `bound` that it is the least or the most.
    A reading that is not `strong` allows a number on the other side and asks for none: 四 in 四叶草, "a" in "a bag".
    """

    start: int
    end: int
    text: str
    meanings: tuple[Meaning, ...]
    role: str = ""
    bound: Bound = ""
    strong: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """What one rule of a grammar read: `rule` is its name, `readings` the numbers in it, in order."""

    rule: str
    start: int
    end: int
    readings: tuple[Reading, ...]


def counted(low: Decimal, high: Decimal | None = None) -> Meaning:
    """Return what a number, or a range of numbers, means by itself."""
    return Meaning(kind="count", low=low, high=low if high is None else high)


def priced(low: Decimal, high: Decimal | None = None, currency: str = "CNY") -> Meaning:
    """Return an amount of money, or a range of amounts."""
    return Meaning(kind="money", low=low, high=low if high is None else high, label=currency)


def discounted(low: Decimal, high: Decimal | None = None) -> Meaning:
    """Return a discount in percent off."""
    return Meaning(kind="discount", low=low, high=low if high is None else high)


def measured(low: Decimal, high: Decimal, units: Sequence[Unit]) -> list[Meaning]:
    """Return what a number with a word behind it may mean that stands for one of these units."""
    return [_of_unit(low, high, unit) for unit in units]


def _of_unit(low: Decimal, high: Decimal, unit: Unit) -> Meaning:
    if unit.dimension == "percent":
        return Meaning(kind="percent", low=low * unit.factor, high=high * unit.factor)
    return Meaning(kind="count" if unit.dimension == "count" else "measure", low=low, high=high, unit=unit)


def weak(one: Reading) -> Reading:
    """Return the same reading, asking for nothing."""
    return replace(one, strong=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedWords:
    """Words with a numeral in them that count nothing, and the numbers that a translation of them may have."""

    pattern: str
    allowed: Mapping[str, tuple[str, ...]]


@cache
def fixed_words() -> FixedWords:
    """Return the list that stands among the glossaries, read once."""
    return load_words(glossary_root() / "common" / "numerals.toml")


def load_words(path: Path) -> FixedWords:
    """Read a list of fixed words. Raises `DataError` where it is not as documented."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        plain, allow = content["words"]["plain"], content["allow"]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{path}: {error}") from error
    except (KeyError, TypeError) as error:
        raise DataError(f"{path}: the key {error} is missing; it needs [words] plain and [allow].") from error
    allowed: dict[str, tuple[str, ...]] = dict.fromkeys(plain, ())
    allowed |= {word: tuple(numbers) for word, numbers in allow.items()}
    longest = sorted(allowed, key=lambda word: (-len(word), word))
    return FixedWords(pattern="|".join(map(re.escape, longest)), allowed=allowed)
