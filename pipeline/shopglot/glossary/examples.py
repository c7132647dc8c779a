"""Example sentences of a Chinese market's terms: `examples.tsv` read and judged.

A term is laid over raw text, so that it may do harm where nobody looks. Each source therefore has a sentence of a
merchant's and, written by hand, what the market should read; the market's converter has to agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from shopglot.errors import DataError
from shopglot.foreign import read_text
from shopglot.glossary.lint import Problem, in_order, placed
from shopglot.glossary.rows import Row
from shopglot.glossary.surface import Remark, look_at_text
from shopglot.script import simplified_only
from shopglot.termbase import fold

COLUMNS = ("source", "sentence", "expected", "note")
FILE = "examples.tsv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A `sentence` in which a merchant uses the term `source`, and how the market writes the whole of it."""

    source: str
    sentence: str
    expected: str
    note: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """A table of examples; `broken` are the lines with a wrong number of columns, as (line, columns)."""

    path: Path
    rows: tuple[Example, ...] = ()
    broken: tuple[tuple[int, int], ...] = ()


def is_examples(path: Path) -> bool:
    """Whether a file is a table of examples, by its name."""
    return path.name == FILE


def read_examples(path: Path) -> Examples:
    """Read a table of examples, an empty one where there is none.

    Raises `DataError`, with the line, where the file cannot be read, is not UTF-8, or has another header.
    """
    if not path.exists():
        return Examples(path=path)
    lines = read_text(path).split("\n")
    if not lines[-1]:
        lines.pop()
    header = tuple(lines[0].rstrip("\r").split("\t")) if lines else ()
    if header != COLUMNS:
        raise DataError(
            f"{path}:1: the header must be {' '.join(COLUMNS)} (tab-separated), not {' '.join(header)[:200]!r}."
        )
    rows: list[Example] = []
    broken: list[tuple[int, int]] = []
    for number, line in enumerate(lines[1:], start=2):
        cells = line.rstrip("\r").split("\t")
        if len(cells) == len(COLUMNS):
            source, sentence, expected, note = cells
            rows.append(Example(source=source, sentence=sentence, expected=expected, note=note, line=number))
        else:
            broken.append((number, len(cells)))
    return Examples(path=path, rows=tuple(rows), broken=tuple(broken))


def lint_examples(
    examples: Examples, terms: Sequence[Row], *, terms_path: Path, convert: Callable[[str], str]
) -> list[Problem]:
    """Return the problems of a market's examples, and each of its own terms that has none; by file and line.

    `terms` are the rows of the market's own table, not those that it inherits; `convert` is the market's converter with
    all its terms.
    """
    found = [
        placed(examples.path, line, "", ("error", "example.columns", (
            f"{columns} columns, {len(COLUMNS)} are needed: is a tab missing, or one too many?"
        )))
        for line, columns in examples.broken
    ]  # fmt: skip
    targets: dict[str, list[Row]] = defaultdict(list)
    for row in terms:
        if row.source.strip() and row.status != "forbidden":
            targets[fold(row.source)].append(row)
    seen: dict[tuple[str, str], int] = {}
    for example in examples.rows:
        first = seen.setdefault((fold(example.source), example.sentence), example.line)
        if first != example.line:
            remark = ("warning", "example.duplicate", f"line {first} has this sentence: delete one of them.")
            found.append(placed(examples.path, example.line, example.source, remark))
        rows = targets.get(fold(example.source), [])
        found += [
            placed(examples.path, example.line, example.source, remark) for remark in _look(example, rows, convert)
        ]
    return in_order(found) + list(find_missing(examples, terms, terms_path=terms_path))


def report_unchecked(path: Path, error: DataError) -> Problem:
    """Return the problem that the market's tables cannot be loaded, so that its examples were not converted."""
    message = f"mend the tables first, no sentence was converted: {error}"
    return placed(path, 1, "", ("error", "example.unchecked", message))


def find_missing(examples: Examples, terms: Sequence[Row], *, terms_path: Path) -> Iterator[Problem]:
    """Yield `example.missing` for each source without an example, at its first row; one for all where there is no file.

    A warning: a term without a sentence is unproven, not wrong.
    """
    first: dict[str, Row] = {}
    for row in terms:
        if row.source.strip():
            first.setdefault(fold(row.source), row)
    shown = {fold(example.source) for example in examples.rows}
    missing = [row for source, row in first.items() if source not in shown]
    if missing and not examples.path.exists():
        message = f"{examples.path} is missing: write a sentence for each of the {len(missing)} terms."
        yield placed(terms_path, 1, "", ("warning", "example.missing", message))
        return
    for row in missing:
        message = f"no sentence shows this term: add one to {examples.path.name}."
        yield placed(terms_path, row.line, row.source, ("warning", "example.missing", message))


def _look(example: Example, terms: Sequence[Row], convert: Callable[[str], str]) -> Iterator[Remark]:
    """Yield what is wrong with one example; `terms` are the right rows of its source."""
    if not terms:
        yield "error", "example.unknown", f"the table has no term '{example.source}': delete the line, or add the term."
        return
    for column, text in (("sentence", example.sentence), ("expected", example.expected)):
        if not text.strip():
            yield "error", "cell.empty", f"{column} is empty: fill it in or delete the line."
            return
        yield from look_at_text(text, column)
    if fold(example.source) not in fold(example.sentence):
        yield "error", "example.source", f"the sentence does not contain '{example.source}': write one that does."
    if wrong := sorted({ch for ch in example.expected if ch in simplified_only()}):
        yield "error", "example.script", f"expected has the Simplified {''.join(wrong[:10])}: write it Traditional."
    plain = [row for row in terms if row.use != "suggest" and row.condition == ("", "")]
    if plain and not any(row.target in example.expected for row in plain):
        named = "' or '".join(row.target for row in plain)
        yield "error", "example.target", f"expected has no '{named}': write the term as the table does."
    written = convert(example.sentence)
    if written != example.expected:
        yield "error", "example.differs", f"converted: '{written}', expected: '{example.expected}': mend the wrong one."
    elif (again := convert(written)) != written:
        yield (
            "error",
            "example.unstable",
            f"converted again '{written}' becomes '{again}': name a longer word as a term.",
        )
