"""Sensitivity rules as data: the record, and the strict reading of `sensitivity.toml` and `eligibility.toml`.

A market's rules are those of its own folder and those of `glossaries/common/` that name it (or name no market).
Nothing is inherited from another market: a law is a law where it was made. What rules share are words (phrases.py).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, cast

from shopglot.errors import DataError
from shopglot.sensitivity.phrases import Lexicon, Phrases, load_lexicon
from shopglot.sensitivity.reader import Reader, decode, tables

RuleSeverity = Literal["block", "review", "advise"]
RuleSide = Literal["source", "target", "both"]
Scope = Literal["text", "listing"]

FILE = "sensitivity.toml"
GOODS_FILE = "eligibility.toml"  # what may be offered at all; read in the same way, where a folder has one
WAY_OUT = "建议："  # in a finding's Chinese message, between what is wrong and the way out
REWRITTEN = "译文已按规则改写"  # in that of a finding of which the page says something else by rule
WORDS = "{words}"  # stands in a message for the words that were found
FIELDS = {
    *("title", "subtitle", "bullet", "description", "hashtag", "note", "alt", "brand"),
    *("attribute-name", "attribute-value", "option-name", "option-value", "size-cell"),
}
_ID = re.compile(r"[a-z]+(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+")
SEVERITIES = ("block", "review", "advise")
SIDES = ("source", "target", "both")
SCOPES = ("text", "listing")
_EXAMPLES = 3


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A text that a rule must hit, or must leave alone; "" is unknown, and `side` None is every side of the rule."""

    text: str
    field: str = ""
    category: str = ""
    title: str = ""
    side: RuleSide | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule as it holds in one market.

    `patterns` and `exceptions` are literals, or regular expressions behind `re:`, both over the plain view.
    `scope` is what a rule speaks of: a text, or the goods that a listing offers (see `Screen.appraise`).
    `when` names what has to stand in the text, or in the listing's category or title, for the rule to hold; `unless`
    what may not. `fields` and `categories` narrow the rule to kinds of field and to categories that contain a word.
    `negation` lets a disclaimer stand ("not intended to treat", 不能代替药物); with `disguise` the literals are also
    found where they are written by sound, by initials or taken apart.
    `rewrite` is what this market's page says in place of the words of the source that were found, `replacements` what
    it says in place of words of the target; both are empty where a person has to find the words. With `drop`, titles
    and other phrases leave the words of the source out, unless nothing else would be left.
    `needs` names what a listing may carry among its attributes that answers a rule about goods.
    `basis` is law or custom of the market that the rule was loaded for.
    """

    id: str
    category: str
    severity: RuleSeverity
    side: RuleSide
    scope: Scope = "text"
    patterns: tuple[str, ...]
    exceptions: tuple[str, ...] = ()
    when: Phrases | None = None
    unless: Phrases | None = None
    fields: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    negation: bool = False
    disguise: bool = False
    rewrite: str = ""
    drop: bool = False
    replacements: tuple[tuple[str, str], ...] = ()
    needs: Phrases | None = None
    basis: str
    message: str
    message_zh: str
    suggestion: str
    suggestion_zh: str
    positive: tuple[Example, ...]
    negative: tuple[Example, ...]
    author: str
    version: int


_KEYS = {"markets", *(field.name for field in dataclasses.fields(Rule))}


def load_rules(folder: Path, market: str, *, common: Path, trusted: bool = False) -> tuple[Rule, ...]:
    """Return the rules of `market`: those of `folder`, and those of the folder `common` that hold there, in that order.

    Raises DataError, which names the file, the rule and the key, where a file is missing or anything in it is wrong.
    With `trusted`, regular expressions are not tried: whoever says so has loaded the very same files before.
    """
    markets = _markets(common / FILE)
    if market not in markets:
        raise DataError(
            f"{common / FILE}: key markets: {market!r} is not in it; add it, or ask for one of {list(markets)}"
        )
    lexicon = load_lexicon(common, trusted=trusted)
    rules = []
    for table, path in _own(folder):
        rules.append(_Parser(Reader(table, path), lexicon, market).rule(market, ()))
    for table, path in _own(common, "markets"):
        parser = _Parser(Reader(table, path), lexicon, market)
        rule = parser.rule("common", markets)
        if market in (parser.reader.texts("markets") or markets):
            rules.append(rule)
    _refuse_twins(rules, folder)
    return tuple(rules)


def _own(folder: Path, *known: str) -> list[tuple[dict[str, object], Path]]:
    """Return the tables of the rules of a folder, each with the file that it stands in."""
    paths = [folder / FILE, *([folder / GOODS_FILE] if (folder / GOODS_FILE).is_file() else [])]
    return [(table, path) for path in paths for table in tables(path, "rule", *known)]


def _refuse_twins(rules: list[Rule], folder: Path) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise DataError(f"{folder}: rule {rule.id}: key id: stands in two files; give every rule its own")
        seen.add(rule.id)


def _markets(path: Path) -> tuple[str, ...]:
    """Return the markets that the common file lists."""
    markets = decode(path).get("markets")
    if not isinstance(markets, list) or not all(isinstance(name, str) for name in markets):
        raise DataError(f'{path}: key markets: list the markets that there are, e.g. markets = ["us", "hk"]')
    return tuple(markets)


@dataclasses.dataclass(frozen=True, slots=True)
class _Parser:
    """Makes a rule of a table, for one market."""

    reader: Reader
    lexicon: Lexicon
    market: str

    def rule(self, prefix: str, markets: tuple[str, ...]) -> Rule:
        """Return the rule; `markets` are all there are, () in the file of a single market."""
        reader = self.reader
        reader.refuse_unknown(_KEYS)
        identity = self._identity(prefix)
        held = self._held(markets)
        patterns = self._phrases("patterns", "exceptions")
        if patterns is None:
            reader.fail("patterns", "must not be empty")
        rule = Rule(
            id=identity,
            category=reader.text("category"),
            severity=cast("RuleSeverity", reader.choice("severity", SEVERITIES)),
            side=cast("RuleSide", reader.choice("side", SIDES)),
            scope=cast("Scope", reader.choice("scope", SCOPES, default="text")),
            patterns=patterns.patterns,
            exceptions=patterns.exceptions,
            when=self._phrases("when"),
            unless=self._phrases("unless"),
            fields=self._fields(),
            categories=reader.texts("categories"),
            negation=reader.flag("negation"),
            disguise=reader.flag("disguise"),
            rewrite=self._by_market("rewrite", held, markets) if "rewrite" in reader.table else "",
            drop=reader.flag("drop"),
            replacements=reader.pairs("replacements"),
            needs=self._phrases("needs"),
            basis=self._by_market("basis", held, markets),
            message=self._message("message"),
            message_zh=self._message("message_zh"),
            suggestion=reader.text("suggestion"),
            suggestion_zh=reader.text("suggestion_zh"),
            positive=self._examples("positive"),
            negative=self._examples("negative"),
            author=reader.text("author"),
            version=self._version(),
        )
        self._refuse_contradictions(rule)
        return rule

    def _refuse_contradictions(self, rule: Rule) -> None:
        """Fail where keys do not go together."""
        for key in ("rewrite", "replacements"):
            if getattr(rule, key) and rule.severity == "block":
                self.reader.fail(key, "a rule that blocks is never written over: choose review, or leave it out")
        if rule.rewrite and rule.side == "target":
            self.reader.fail("rewrite", "takes the place of words of the source: the side must be source or both")
        if rule.replacements and rule.side == "source":
            self.reader.fail("replacements", "take the place of words of the target: the side must be target or both")
        if rule.drop and "rewrite" not in self.reader.table:
            self.reader.fail("drop", "leaves words out of phrases; sentences need a rewrite")
        if rule.needs and rule.scope == "text":
            self.reader.fail("needs", 'is asked of a listing: write scope = "listing"')
        if rule.scope == "listing" and (rule.rewrite or rule.replacements):
            self.reader.fail("scope", "what goods are is not rewritten: leave rewrite and replacements out")
        for _, replacement in rule.replacements:
            if "\n" in replacement:
                self.reader.fail("replacements", f"{replacement!r} must stand on one line")

    def _identity(self, prefix: str) -> str:
        value = self.reader.text("id")
        if not _ID.fullmatch(value) or not value.startswith(f"{prefix}."):
            self.reader.fail("id", f"must begin with {prefix}. and be made of lower-case words, dots and hyphens")
        return value

    def _phrases(self, key: str, exceptions: str = "") -> Phrases | None:
        """Return the patterns of a key, with everything that they name; None where there are none."""
        patterns = self._expanded(key)
        if patterns is None or not exceptions:
            return patterns
        forgiven = self._expanded(exceptions) or Phrases(())
        return Phrases(patterns.patterns, tuple(dict.fromkeys((*patterns.exceptions, *forgiven.patterns))))

    def _expanded(self, key: str) -> Phrases | None:
        patterns = self.reader.texts(key)
        try:
            return self.lexicon.expand(patterns) if patterns else None
        except ValueError as error:
            self.reader.fail(key, str(error))

    def _fields(self) -> tuple[str, ...]:
        for name in (names := self.reader.texts("fields")):
            if name not in FIELDS:
                self.reader.fail("fields", f"{name!r} is no kind of field; choose from {', '.join(sorted(FIELDS))}")
        return names

    def _message(self, key: str) -> str:
        value = self.reader.text(key)
        if re.search("[{}]", value.replace(WORDS, "")):
            self.reader.fail(key, f"may hold no braces but {WORDS}")
        return value

    def _version(self) -> int:
        value = self.reader.table.get("version")
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            self.reader.fail("version", "must be a whole number from 1 on")
        return value

    def _held(self, markets: tuple[str, ...]) -> tuple[str, ...]:
        """Return the markets that a shared rule holds in."""
        if "markets" in self.reader.table and not markets:
            self.reader.fail("markets", "belongs only into the common file; here the folder says it")
        held = self.reader.texts("markets") or markets
        for name in held:
            if name not in markets and markets:
                self.reader.fail("markets", f"{name!r} is no market; choose from {', '.join(markets)}")
        return held

    def _by_market(self, key: str, held: tuple[str, ...], markets: tuple[str, ...]) -> str:
        """Return a text as it is in the market: one for all, or in a shared rule a table with one for each."""
        value = self.reader.table.get(key)
        if not isinstance(value, dict) or not markets:
            return self.reader.text(key)
        if value.keys() != set(held):
            self.reader.fail(key, f"must name one {key} for each of {', '.join(held)}")
        if not all(isinstance(item, str) and item.strip() for item in value.values()):
            self.reader.fail(key, "must hold texts that are not empty")
        return str(value.get(self.market, ""))

    def _examples(self, key: str) -> tuple[Example, ...]:
        value = self.reader.table.get(key, [])
        if not isinstance(value, list) or not value:
            self.reader.fail(key, "must not be empty")
        if len(value) < _EXAMPLES:
            self.reader.fail(key, f"needs at least {_EXAMPLES} examples")
        examples = tuple(self._example(key, item) for item in value)
        if len(set(examples)) < len(examples):
            self.reader.fail(key, "holds the same text twice")
        return examples

    def _example(self, key: str, item: object) -> Example:
        table: Mapping[str, object] = item if isinstance(item, dict) else {"text": item}
        known = {field.name for field in dataclasses.fields(Example)}
        if table.keys() - known or not all(isinstance(part, str) and part.strip() for part in table.values()):
            self.reader.fail(key, f"an example is a text, or a table of texts with {', '.join(sorted(known))}")
        if not table.get("text") or table.get("side", "both") not in SIDES:
            self.reader.fail(key, "an example needs a text, and its side is source, target or both")
        if table.get("field", "title") not in FIELDS:
            self.reader.fail(key, f"{table['field']!r} is no kind of field")
        return Example(**cast("dict[str, str]", table))  # type: ignore[arg-type]
