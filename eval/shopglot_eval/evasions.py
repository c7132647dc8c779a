"""Are words that a rule forbids found when they are disguised, and ordinary words left alone?

    python -m shopglot_eval.evasions eval/data/sensitivity
    python -m shopglot_eval.evasions eval/data/sensitivity --market us --list missed

The folder holds `evasions.tsv` (kind, phrase, disguised: the phrases in all kinds of disguise), `evasion_words.tsv`
(phrase, words: the words of a phrase that a rule would name) and `evasion_negatives.tsv` (text: ordinary texts that
look like disguises); each begins with a line that names the columns.

Without a market the words are looked for: a line is caught where one of its phrase's words is found, literally or in
disguise; an alarm is any find of any word in disguise. With one, the rules of that market are: a line is caught where
they ask for review or blocking; an alarm is a finding that they make only because of `disguise`.

Alarms are counted among the negatives and among texts of shops, one a line: those of the shared data (SHOPGLOT_SHARED
says where; without it they are skipped), or files of one's own with --texts. Many texts of real shops **are** in
disguise (qu斑, 去痘, 傻b), so their alarms are to be read, not to be held against a bar. Exit status 1 below the bar of
catches or above that of alarms among the negatives, 2 where something cannot be read.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from shopglot.errors import UsageError
from shopglot.sensitivity.disguise import Disguises
from shopglot.sensitivity.plain import Plain, fold, view

TEXTS = ("cosmetics-titles.txt", "marketplace-titles.txt", "product-copy.txt", "reviews.txt")


@dataclass(frozen=True, slots=True)
class Evasion:
    """A phrase in disguise."""

    kind: str
    phrase: str
    disguised: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """The lines of a folder."""

    evasions: Sequence[Evasion]
    words: Mapping[str, Sequence[str]]
    negatives: Sequence[str]


class Finder(Protocol):
    """What is measured."""

    def catches(self, evasion: Evasion) -> bool:
        """Say whether a disguised phrase is found."""
        ...

    def alarms(self, text: str) -> Sequence[str]:
        """Return what is found in a text in disguise."""
        ...


class Words:
    """Finds the words of the phrases."""

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        self._words = {phrase: {fold(word) for word in of} for phrase, of in words.items()}
        self._disguises = Disguises(sorted(set().union(*self._words.values())))

    def catches(self, evasion: Evasion) -> bool:
        """Say whether a word of the phrase is there, literally or in disguise."""
        plain = view(evasion.disguised)
        words = self._words[evasion.phrase]
        return any(_stands(word, plain) for word in words) or any(
            literal in words for literal, _, _ in self._disguises.find(plain)
        )

    def alarms(self, text: str) -> Sequence[str]:
        """Return `literal: as it is written` for every find."""
        plain = view(text)
        hits = [(literal, plain.span(start, end)) for literal, start, end in self._disguises.find(plain)]
        return [f"{literal}: {text[start:end]}" for literal, (start, end) in hits]


class Rules:
    """Screens with the rules of a market, and with the same rules told to look for no disguise."""

    def __init__(self, market: str) -> None:
        import dataclasses

        from shopglot.config import glossary_root
        from shopglot.sensitivity import Screen, load_rules

        root = glossary_root()
        rules = load_rules(root / market, market, common=root / "common")
        self._screen = Screen(rules)
        self._trusting = Screen(dataclasses.replace(rule, disguise=False) for rule in rules)

    def catches(self, evasion: Evasion) -> bool:
        """Say whether the rules ask for review or blocking."""
        findings = self._screen.screen(evasion.disguised, side="source")
        return any(finding.severity != "info" for finding in findings)

    def alarms(self, text: str) -> Sequence[str]:
        """Return `rule: words` for what is found only because disguises are looked for."""
        known = {(item.check, item.start, item.end) for item in self._trusting.screen(text, side="source")}
        found = self._screen.screen(text, side="source")
        return [f"{item.check}: {item.text}" for item in found if (item.check, item.start, item.end) not in known]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; return the exit status."""
    options = _parse(arguments)
    try:
        suite = read_suite(options.folder)
        finder: Finder = Rules(options.market) if options.market else Words(suite.words)
        texts = read_texts(options.texts)
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_status
    figures = measure(suite, finder, texts)
    reached = figures["share"] >= options.bar and len(figures["negative_alarms"]) <= options.alarms
    if options.json:
        print(json.dumps({**figures, "reached": reached}, ensure_ascii=False))
    else:
        print("\n".join(describe(figures, listed=options.list)))
    return int(not reached)


def _stands(word: str, plain: Plain) -> bool:
    """Say whether a word is in a view, as a word."""
    return any(plain.holds(*match.span()) for match in re.finditer(re.escape(word), plain.text))


def measure(suite: Suite, finder: Finder, texts: Sequence[str]) -> dict[str, Any]:
    """Return the figures: caught and all lines by kind and overall, what was missed, and every alarm with its text."""
    kinds: dict[str, list[int]] = {}
    missed = []
    for evasion in suite.evasions:
        row = kinds.setdefault(evasion.kind, [0, 0])
        row[1] += 1
        if finder.catches(evasion):
            row[0] += 1
        else:
            missed.append([evasion.kind, evasion.phrase, evasion.disguised])
    caught = sum(row[0] for row in kinds.values())
    return {
        "kinds": kinds,
        "caught": caught,
        "lines": len(suite.evasions),
        "share": caught / len(suite.evasions) if suite.evasions else 1.0,
        "missed": missed,
        "negatives": len(suite.negatives),
        "negative_alarms": _alarms(suite.negatives, finder.alarms),
        "texts": len(texts),
        "text_alarms": _alarms(texts, finder.alarms),
    }


def _alarms(texts: Iterable[str], find: Callable[[str], Sequence[str]]) -> list[list[Any]]:
    return [[text, list(found)] for text in texts if (found := find(text))]


def describe(figures: Mapping[str, Any], *, listed: str | None = None) -> Iterable[str]:
    """Yield the lines of a report: a table of the kinds, worst first, the alarms, and what is asked for by `listed`."""
    for kind, (caught, lines) in sorted(figures["kinds"].items(), key=lambda row: (row[1][0] / row[1][1], row[0])):
        yield f"{kind:<14}{caught:>6} of {lines:<4}{caught / lines:>8.1%}"
    yield f"{'all':<14}{figures['caught']:>6} of {figures['lines']:<4}{figures['share']:>8.1%}"
    yield f"alarms in {len(figures['negative_alarms'])} of {figures['negatives']} texts that look like disguises"
    yield f"alarms in {len(figures['text_alarms'])} of {figures['texts']} texts of shops"
    if listed == "missed":
        yield from ("\t".join(row) for row in figures["missed"])
    if listed == "alarms":
        for text, found in (*figures["negative_alarms"], *figures["text_alarms"]):
            yield f"{'; '.join(found)}\t{text}"


def read_suite(folder: Path) -> Suite:
    """Read the files of a folder. Raises UsageError with file and line where one is missing or not as documented."""
    words = {phrase: of.split() for phrase, of in _rows(folder / "evasion_words.tsv", ("phrase", "words"))}
    evasions = []
    path = folder / "evasions.tsv"
    for number, row in enumerate(_rows(path, ("kind", "phrase", "disguised")), start=2):
        if row[1] not in words:
            raise UsageError(f"{path}:{number}: the phrase {row[1]!r} has no words in evasion_words.tsv; add it there.")
        evasions.append(Evasion(*row))
    negatives = [row[0] for row in _rows(folder / "evasion_negatives.tsv", ("text",))]
    return Suite(evasions=evasions, words=words, negatives=negatives)


def _rows(path: Path, columns: Sequence[str]) -> list[list[str]]:
    rows = [line.split("\t") for line in _lines(path)]
    if not rows or rows[0] != list(columns):
        raise UsageError(f"{path}:1: the first line must name the columns {', '.join(columns)}, separated by tabs.")
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(columns) or not all(row):
            raise UsageError(f"{path}:{number}: {len(columns)} fields are expected, separated by tabs, none empty.")
    return rows[1:]


def read_texts(paths: Sequence[Path]) -> list[str]:
    """Return the lines of files, by default those of the shared data; none where that is absent."""
    if not paths:
        default = Path(__file__).parents[3] / "shared" / "data"
        folder = Path(os.environ.get("SHOPGLOT_SHARED", default)) / "commerce-zh"
        paths = [folder / name for name in TEXTS if (folder / name).is_file()]
    return [line for path in paths for line in _lines(path) if line.strip()]


def _lines(path: Path) -> list[str]:
    """Return the lines of a file, without the last one's end. Only a line feed ends a line."""
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error
    return text.removesuffix("\n").split("\n") if text else []


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the three files are")
    parser.add_argument("--market", help="screen with the rules of this market (default: look for the phrases' words)")
    parser.add_argument("--texts", type=Path, nargs="+", default=(), metavar="FILE", help="texts of shops, one a line")
    parser.add_argument("--bar", type=float, default=0.95, help="the lowest share caught (default %(default)s)")
    parser.add_argument(
        "--alarms", type=int, default=0, help="the most alarms among the negatives (default %(default)s)"
    )
    parser.add_argument("--list", choices=("missed", "alarms"), help="print these lines as well")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
