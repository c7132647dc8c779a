"""Named phrases: what people say, whatever a law thinks of it, so that the rules of several markets share words.

`glossaries/common/phrases.toml` names sets of patterns (`@claim.disease-treatment`, `@goods.food`) and lists of words
(`<disease>` inside a regular expression). A rule cites its own law; only the words are shared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shopglot.errors import DataError
from shopglot.sensitivity.patterns import PREFIX, compile_expression
from shopglot.sensitivity.plain import fold
from shopglot.sensitivity.reader import Reader, decode, tables

FILE = "phrases.toml"
NAME = "@"  # begins the name of a set of phrases among patterns
_ID = re.compile(r"[a-z]+(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+")
_LIST = re.compile(r"<([a-z0-9]+(?:-[a-z0-9]+)*)>")
_KEYS = {"id", "patterns", "exceptions", "positive", "negative"}
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Phrases:
    """Patterns, and the exceptions that beat them: literals, or regular expressions behind `re:`."""

    patterns: tuple[str, ...]
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """The named phrases with their examples, and the lists of words."""

    sets: Mapping[str, Phrases] = field(default_factory=dict)
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    positive: Mapping[str, Sequence[str]] = field(default_factory=dict)
    negative: Mapping[str, Sequence[str]] = field(default_factory=dict)
    trusted: bool = False  # expressions are known to be good

    def expand(self, patterns: Sequence[str], exceptions: Sequence[str] = ()) -> Phrases:
        """Return patterns with every name replaced by what it stands for; the exceptions of a set come with it.

        Raises ValueError, which says what is wrong, where a name is not known or a pattern cannot be used.
        """
        own: list[str] = []
        forgiven: list[str] = []
        for pattern in patterns:
            if pattern.startswith(NAME):
                named = self._named(pattern)
                own += named.patterns
                forgiven += named.exceptions
            else:
                own.append(self._checked(pattern))
        for pattern in exceptions:
            forgiven += self._named(pattern).patterns if pattern.startswith(NAME) else [self._checked(pattern)]
        return Phrases(tuple(dict.fromkeys(own)), tuple(dict.fromkeys(forgiven)))

    def _named(self, pattern: str) -> Phrases:
        name = pattern.removeprefix(NAME)
        if name not in self.sets:
            raise ValueError(f"{pattern!r} is no set of phrases; {FILE} has {', '.join(sorted(self.sets)) or 'none'}")
        return self.sets[name]

    def _checked(self, pattern: str) -> str:
        """Return a pattern with its lists written out."""
        if not pattern.startswith(PREFIX):
            if not fold(pattern).strip():
                raise ValueError(f"{pattern!r} holds nothing that can be seen")
            return pattern
        written = _LIST.sub(self._alternatives, pattern.removeprefix(PREFIX))
        if self.trusted:
            return PREFIX + written
        try:
            compile_expression(written)
        except ValueError as error:
            raise ValueError(f"{pattern!r} {error}") from error
        return PREFIX + written

    def _alternatives(self, match: re.Match[str]) -> str:
        if match[1] not in self.lists:
            raise ValueError(f"<{match[1]}> is no list of words; {FILE} has {', '.join(sorted(self.lists)) or 'none'}")
        # Longer words first: a regular expression takes the first that fits.
        words = sorted(dict.fromkeys(map(fold, self.lists[match[1]])), key=len, reverse=True)
        return f"(?:{'|'.join(map(re.escape, words))})"


def load_lexicon(common: Path, *, trusted: bool = False) -> Lexicon:
    """Read the phrases of the folder `common`; none where it has no such file.

    Raises DataError, which names the file, the set and the key, where anything in it is wrong. A set may name those
    that stand above it.
    """
    path = common / FILE
    if not path.is_file():
        return Lexicon(trusted=trusted)
    lists = _lists(path)
    sets: dict[str, Phrases] = {}
    positive: dict[str, tuple[str, ...]] = {}
    negative: dict[str, tuple[str, ...]] = {}
    for table in tables(path, "phrases", "words"):
        reader = Reader(table, path, "phrases")
        reader.refuse_unknown(_KEYS)
        name = reader.text("id")
        if not _ID.fullmatch(name):
            reader.fail("id", "must be made of lower-case words, dots and hyphens, such as claim.hair-growth")
        try:
            above = Lexicon(sets=sets, lists=lists, trusted=trusted)
            sets[name] = above.expand(reader.texts("patterns", least=1), reader.texts("exceptions"))
        except ValueError as error:
            reader.fail("patterns", str(error))
        positive[name] = reader.texts("positive", least=_EXAMPLES)
        negative[name] = reader.texts("negative", least=_EXAMPLES)
    return Lexicon(sets=sets, lists=lists, positive=positive, negative=negative, trusted=trusted)


def _lists(path: Path) -> dict[str, tuple[str, ...]]:
    words = decode(path).get("words", {})
    if not isinstance(words, dict):
        raise DataError(f"{path}: key words: must be a table of lists")
    reader = Reader({"id": "(words)", **words}, path, "table")
    lists = {name: reader.texts(name, least=2) for name in words}
    for name in lists:
        if not _LIST.fullmatch(f"<{name}>"):
            reader.fail(name, "must be made of lower-case words and hyphens")
    return lists
