"""Units of measure and counters, read from `glossaries/common/units.toml`; factors come from the units library."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from shopglot.config import glossary_root
from shopglot.errors import DataError

KEYS = {
    "unit": {"is", "own", "size", "system", "write", "symbol", "zh", "en", "unless"},
    "counter": {"of", "zh", "en", "unless"},
}
# A Latin unit ends where its letters do; 10mlx6 is six of them.
LATIN_END = r"(?![A-WYZa-wyz]|[xX](?![0-9]))"
# A marked unit: the one pattern of all units is long, so it looks at a text once, and the rules see its marks.
UNIT = "(?:\ue000\ue001*)"
SYSTEMS = ("metric", "us", "zh")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit or a counter. One of it is `factor` base units of its `dimension` (and `offset` more: °C and °F).

    A counter has the dimension "count"; what it counts is its `name`, "piece" being anything.
    """

    name: str
    dimension: str
    factor: Decimal
    offset: Decimal = Decimal(0)
    system: str = ""
    written: str = ""

    def write(self, amount: str) -> str:
        """Return an amount with this unit behind it as shopglot writes it: 10 mAh, 30°C."""
        symbol = self.written or self.name
        return f"{amount}{symbol}" if symbol.startswith("°") else f"{amount} {symbol}"

    def base(self, amount: Decimal) -> Decimal:
        """Return `amount` of this unit in base units of its dimension."""
        return amount * self.factor + self.offset


@dataclass(frozen=True, slots=True, kw_only=True)
class Spellings:
    """How one language writes units: `pattern` matches one at a place, `units` says what the match may stand for."""

    pattern: re.Pattern[str]
    words: dict[str, tuple[Unit, ...]]

    def units(self, text: str) -> tuple[Unit, ...]:
        """Return what a spelling stands for: as it is written, or else in small letters."""
        key = " ".join(text.split())
        return self.words.get(key) or self.words.get(key.lower()) or ()

    def mark(self, text: str, lead: re.Pattern[str]) -> str:
        """Return `text` with each unit that stands right behind a match of `lead` marked, in the same length."""
        parts: list[str] = []
        position = 0
        for match in lead.finditer(text):
            unit = self.pattern.match(text, match.end()) if match.end() >= position else None
            if unit and unit.end() > unit.start():
                parts += [text[position : unit.start()], "\ue000", "\ue001" * (unit.end() - unit.start() - 1)]
                position = unit.end()
        return "".join([*parts, text[position:]]) if parts else text


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitTable:
    """All units by name, and how Chinese and English texts write them."""

    units: dict[str, Unit]
    chinese: Spellings
    english: Spellings

    def convert(self, amount: Decimal, source: str, target: str) -> Decimal:
        """Return `amount` of the unit named `source` in units named `target`. They must measure the same."""
        one, other = self.units[source], self.units[target]
        if one.dimension != other.dimension:
            raise ValueError(f"{source} measures {one.dimension}, {target} measures {other.dimension}.")
        return (one.base(amount) - other.offset) / other.factor


@cache
def unit_table() -> UnitTable:
    """Return the table that stands among the glossaries, read once."""
    return load_units(glossary_root() / "common" / "units.toml")


def load_units(path: Path) -> UnitTable:
    """Read a units file. Raises `DataError` with the unit that is not as documented."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{path}: {error}") from error
    if unknown := content.keys() - KEYS.keys():
        raise DataError(f"{path}: unknown table '{min(unknown)}'. Known here: {', '.join(KEYS)}.")
    units: dict[str, Unit] = {}
    chinese: dict[str, tuple[list[Unit], str]] = {}
    english: dict[str, tuple[list[Unit], str]] = {}
    library: Any = None
    for table, known in KEYS.items():
        for name, entry in content.get(table, {}).items():
            if not isinstance(entry, dict) or entry.keys() - known:
                raise DataError(f"{path}: {table}.{name} may have only {', '.join(sorted(known))}.")
            if "is" in entry and library is None:
                library = _library()
            unit = _unit(path, table, name, entry, library)
            units[name] = unit
            for word in (*entry.get("symbol", ()), *entry.get("zh", ())):
                _add(chinese, word, unit, entry.get("unless", "") if word in entry.get("zh", ()) else "")
            for word in (*entry.get("symbol", ()), *entry.get("en", ())):
                _add(english, word, unit, "")
    return UnitTable(units=units, chinese=_spellings(chinese), english=_spellings(english))


def _library() -> Any:
    # Half a second, so only where a text is looked at for quantities.
    import pint

    return pint.UnitRegistry(non_int_type=Decimal)


def _unit(path: Path, table: str, name: str, entry: dict[str, Any], library: Any) -> Unit:
    if table == "counter":
        return Unit(name=name, dimension="count", factor=Decimal(entry.get("of", 1)))
    system, written = entry.get("system", ""), entry.get("write", "")
    if ("is" in entry) == ("own" in entry) or ("is" in entry and system not in SYSTEMS):
        raise DataError(f"{path}: unit.{name} needs either `own`, or `is` with a system ({', '.join(SYSTEMS)}).")
    if "own" in entry:
        return Unit(name=name, dimension=entry["own"], factor=Decimal(str(entry.get("size", 1))), written=written)
    try:
        zero, one = (_in_base(library, entry["is"], amount) for amount in (0, 1))
    except Exception as error:  # the library has a class of its own for each kind of typing mistake
        raise DataError(
            f"{path}: unit.{name}: '{entry['is']}' is nothing that the units library knows: {error}"
        ) from error
    dimension = str(one.dimensionality)
    offset = Decimal(zero.magnitude)
    return Unit(
        name=name, dimension=dimension, factor=Decimal(one.magnitude) - offset, offset=offset, system=system,
        written=written,
    )  # fmt: skip


def _in_base(library: Any, expression: str, amount: int) -> Any:
    number = Decimal(amount)
    if expression in ("degC", "degF"):  # a temperature has a zero of its own
        return library.Quantity(number, expression).to_base_units()
    return (library.parse_expression(expression) * number).to_base_units()


def _add(words: dict[str, tuple[list[Unit], str]], word: str, unit: Unit, unless: str) -> None:
    units, characters = words.setdefault(word, ([], ""))
    if unit not in units:
        units.append(unit)
    words[word] = (units, characters + unless)


def _spellings(words: dict[str, tuple[list[Unit], str]]) -> Spellings:
    """Build one pattern, longest spelling first, that fails where a word goes on."""
    alternatives: dict[str, list[str]] = {}
    for word, (_, unless) in sorted(words.items(), key=lambda item: (-len(item[0]), item[0])):
        body = re.escape(word).replace(r"\ ", r"[ -]?")
        # Letters in any case: 30CM. A single capital letter is another unit than a small one: 12G, 30g.
        body = body if len(word) == 1 else f"(?i:{body})"
        alternatives.setdefault(word[0].lower(), []).append(body + _end(word, unless))
    # By first character, so that most places fail at once.
    branches = [
        f"(?=[{re.escape(first)}{re.escape(first.upper())}])(?:{'|'.join(bodies)})"
        for first, bodies in alternatives.items()
    ]
    found = _units_by_word(words)
    letters = "".join(sorted(word for word in found if _is_letter(word)))
    if letters:
        branches.append(rf"[{letters}]{LATIN_END[:-1]}|(?<=[A-Z])[0-9])")
    return Spellings(pattern=re.compile("|".join(branches) or r"(?!)"), words=found)


def _end(word: str, unless: str) -> str:
    """Return the pattern of what may not stand behind a word."""
    if word[-1] in "xX":
        return r"(?![A-Za-z0-9])"
    if word[-1].isascii() and word[-1].isalpha():
        return LATIN_END
    return f"(?![{re.escape(unless)}])" if unless else ""


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word.isascii() and word.isalpha()


def _units_by_word(words: dict[str, tuple[list[Unit], str]]) -> dict[str, tuple[Unit, ...]]:
    """Return what each word stands for, and in small letters too, where a text may capitalize it."""
    found = {word: tuple(units) for word, (units, _) in words.items()}
    for word, units in list(found.items()):
        if len(word) > 1:
            merged = found.get(word.lower(), ())
            found[word.lower()] = (*merged, *(unit for unit in units if unit not in merged))
    # 500G may be 500 g too; but 30g is never 30 GB, and an "a" behind a number no ampere.
    for word in [word for word in found if _is_letter(word) and word.islower()]:
        known = found.get(word.upper(), ())
        found[word.upper()] = (*known, *(unit for unit in found[word] if unit not in known))
    return found
