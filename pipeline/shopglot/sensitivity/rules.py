"""Sensitivity rules as data: the record, and the strict reading of `sensitivity.toml`.

A market's rules are those of its own folder and those of `glossaries/common/` that name it (or name no market).
Nothing is inherited from another market: a law is a law where it was made.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NoReturn, cast

from shopglot.errors import DataError
from shopglot.sensitivity.patterns import PREFIX, compile_expression
from shopglot.sensitivity.plain import fold

RuleSeverity = Literal["block", "review", "advise"]
RuleSide = Literal["source", "target", "both"]

FILE = "sensitivity.toml"
WORDS = "{words}"  # stands in a message for the words that were found
FIELDS = {
    *("title", "subtitle", "bullet", "description", "hashtag", "note", "alt", "brand"),
    *("attribute-name", "attribute-value", "option-name", "option-value", "size-cell"),
}
_ID = re.compile(r"[a-z]+(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+")
SEVERITIES = ("block", "review", "advise")
SIDES = ("source", "target", "both")
_MAY_BE_EMPTY = {"exceptions", "fields", "categories", "markets"}
_EXAMPLES = 3


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule as it holds in one market.

    `patterns` and `exceptions` are literals, or regular expressions behind `re:`, both over the plain view.
    `fields` and `categories` narrow the rule to kinds of field and to categories that contain one of the words.
    `negation` lets a disclaimer stand ("not intended to treat", 不能代替药物).
    `basis` is law or custom of the market that the rule was loaded for.
    """

    id: str
    category: str
    severity: RuleSeverity
    side: RuleSide
    patterns: tuple[str, ...]
    exceptions: tuple[str, ...]
    fields: tuple[str, ...]
    categories: tuple[str, ...]
    negation: bool
    basis: str
    message: str
    message_zh: str
    suggestion: str
    suggestion_zh: str
    positive: tuple[str, ...]
    negative: tuple[str, ...]
    author: str
    version: int


_KEYS = {"markets", *(field.name for field in dataclasses.fields(Rule))}


def load_rules(folder: Path, market: str, *, common: Path) -> tuple[Rule, ...]:
    """Return the rules of `market`: those of `folder`, and those of the folder `common` that hold there, in that order.

    Raises DataError, which names the file, the rule and the key, where a file is missing or anything in it is wrong.
    """
    own, shared = folder / FILE, common / FILE
    markets = _markets(shared)
    if market not in markets:
        raise DataError(f"{shared}: key markets: {market!r} is not in it; add it, or ask for one of {list(markets)}")
    rules = [_parse(_Reader(table, own), market=market, prefix=market, markets=()) for table in _tables(own)]
    for table in _tables(shared, "markets"):
        reader = _Reader(table, shared)
        rule = _parse(reader, market=market, prefix="common", markets=markets)
        if market in (reader.texts("markets") or markets):
            rules.append(rule)
    return tuple(rules)


def _decode(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DataError(f"{path}: there is no such file; create it, an empty one means no rules") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{path}: cannot be read as TOML: {error}") from error


def _markets(path: Path) -> tuple[str, ...]:
    """Return the markets that the common file lists."""
    markets = _decode(path).get("markets")
    if not isinstance(markets, list) or not all(isinstance(name, str) for name in markets):
        raise DataError(f'{path}: key markets: list the markets that there are, e.g. markets = ["us", "hk"]')
    return tuple(markets)


def _tables(path: Path, *known: str) -> list[dict[str, object]]:
    """Return the tables of a file's rules, whose ids differ; `known` are the keys that may stand beside them."""
    data = _decode(path)
    for key in data.keys() - {"rule", *known}:
        raise DataError(f"{path}: key {key}: is not known here; every rule begins with [[rule]]")
    tables = data.get("rule", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise DataError(f"{path}: key rule: write every rule as [[rule]]")
    seen: set[str] = set()
    for table in tables:
        identity = str(table.get("id"))
        if identity in seen:
            raise DataError(f"{path}: rule {identity}: key id: stands twice; give every rule its own")
        seen.add(identity)
    return tables


def _parse(reader: _Reader, *, market: str, prefix: str, markets: tuple[str, ...]) -> Rule:
    """Return the rule of one table; `markets` are all there are, () in the file of a single market."""
    reader.refuse_unknown()
    return Rule(
        id=reader.identity(prefix),
        category=reader.text("category"),
        severity=cast("RuleSeverity", reader.choice("severity", SEVERITIES)),
        side=cast("RuleSide", reader.choice("side", SIDES)),
        patterns=reader.patterns("patterns"),
        exceptions=reader.patterns("exceptions"),
        fields=reader.fields(),
        categories=reader.texts("categories"),
        negation=reader.flag("negation"),
        basis=reader.basis(market, markets),
        message=reader.message("message"),
        message_zh=reader.message("message_zh"),
        suggestion=reader.text("suggestion"),
        suggestion_zh=reader.text("suggestion_zh"),
        positive=reader.texts("positive"),
        negative=reader.texts("negative"),
        author=reader.text("author"),
        version=reader.version(),
    )


class _Reader:
    """Reads the keys of one rule; what is wrong is a DataError that names the file, the rule and the key."""

    def __init__(self, table: Mapping[str, object], path: Path) -> None:
        self._table = table
        self._path = path

    def fail(self, key: str, problem: str) -> NoReturn:
        raise DataError(f"{self._path}: rule {self._table.get('id', '(without id)')}: key {key}: {problem}")

    def refuse_unknown(self) -> None:
        for key in sorted(self._table.keys() - _KEYS):
            self.fail(key, f"is not known; the keys are {', '.join(sorted(_KEYS))}")

    def text(self, key: str) -> str:
        value = self._table.get(key, "")
        if not isinstance(value, str) or not value.strip():
            self.fail(key, "must be a text that is not empty")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self.fail(key, "must be a list of texts, none of them empty")
        if not value and key not in _MAY_BE_EMPTY:
            self.fail(key, "must not be empty")
        if len(set(value)) < len(value):
            self.fail(key, "holds the same text twice")
        if key in {"positive", "negative"} and len(value) < _EXAMPLES:
            self.fail(key, f"needs at least {_EXAMPLES} examples")
        return tuple(value)

    def identity(self, prefix: str) -> str:
        value = self.text("id")
        if not _ID.fullmatch(value) or not value.startswith(f"{prefix}."):
            self.fail("id", f"must begin with {prefix}. and be made of lower-case words, dots and hyphens")
        return value

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        value = self.text(key)
        if value not in allowed:
            self.fail(key, f"must be one of {', '.join(allowed)}")
        return value

    def fields(self) -> tuple[str, ...]:
        for name in (names := self.texts("fields")):
            if name not in FIELDS:
                self.fail("fields", f"{name!r} is no kind of field; choose from {', '.join(sorted(FIELDS))}")
        return names

    def message(self, key: str) -> str:
        value = self.text(key)
        if re.search("[{}]", value.replace(WORDS, "")):
            self.fail(key, f"may hold no braces but {WORDS}")
        return value

    def flag(self, key: str) -> bool:
        value = self._table.get(key, False)
        if not isinstance(value, bool):
            self.fail(key, "must be true or false")
        return value

    def version(self) -> int:
        value = self._table.get("version")
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            self.fail("version", "must be a whole number from 1 on")
        return value

    def patterns(self, key: str) -> tuple[str, ...]:
        for pattern in (patterns := self.texts(key)):
            if not pattern.startswith(PREFIX):
                if not fold(pattern).strip():
                    self.fail(key, f"{pattern!r} holds nothing that can be seen")
                continue
            try:
                compile_expression(pattern.removeprefix(PREFIX))
            except ValueError as error:
                self.fail(key, f"{pattern!r} {error}")
        return patterns

    def basis(self, market: str, markets: tuple[str, ...]) -> str:
        """Return the basis in `market`: one for all, or, where the rule is shared, a table with one for each."""
        if "markets" in self._table and not markets:
            self.fail("markets", "belongs only into the common file; here the folder says it")
        held = self.texts("markets") or markets
        for name in held:
            if name not in markets and markets:
                self.fail("markets", f"{name!r} is no market; choose from {', '.join(markets)}")
        value = self._table.get("basis")
        if not isinstance(value, dict) or not markets:
            return self.text("basis")
        if value.keys() != set(held):
            self.fail("basis", f"must name one basis for each of {', '.join(held)}")
        if not all(isinstance(item, str) and item.strip() for item in value.values()):
            self.fail("basis", "must hold texts that are not empty")
        return str(value.get(market, ""))
