"""What others made of a suite, from a file: plain lines, a table, or a column of one, and what our checks say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from shopglot.decide import decide
from shopglot.errors import DataError, UsageError
from shopglot.foreign import read_lines
from shopglot.localizer import Localizer
from shopglot.types import Json, Translation
from shopglot_eval.records import Answers, Example, Output, Pair, Suite
from shopglot_eval.suites.tables import SUFFIXES, Row, cell, is_reference, read_rows
from shopglot_eval.systems.keeping import examples_of, is_kept, kept_file, read_kept, write_outputs

IDS = ("id", "idx")
TARGET = "target"
# Columns of a table of many systems that are no system's.
FACTS = frozenset(
    (*IDS, "market", "domain", "site", "doc_id", "seg_id", "source", "field", "category", "brand", "listing")
)


def read_outputs(
    path: str | Path, suite: Suite, market: str, *, name: str = "", score: bool = False, store: Path | None = None
) -> Answers:
    """Return what a system made of a suite in a market, with what the product's checks and rules say of each text.

    `path` is a file that `write_outputs` wrote, which is taken as it stands; a table (.tsv, .csv, .jsonl) with the
    columns `id` or `idx` and `target`; `FILE:COLUMN` for another column of a table; or any other file, one text a line.
    A table without ids, and plain lines, have as many lines as the suite has texts, in its order. A table may have more
    than the suite, and rows of other markets in a column `market`.

    Each text is judged uncut, as one that a person wrote: nothing in it is rewritten. With `score` the estimator's
    variant without a model gives a score, and the gate a verdict; else both are None. `name` is the path's own where
    it is "". In a folder `store` what was found is kept, until texts, rules or code are others.

    Raises `UsageError` where there is no such file, `DataError` naming file, line and column, or the first text without
    an answer.
    """
    from shopglot.loading import FAKE, load_localizer

    file, column = _parted(str(path))
    if not file.is_file():
        raise UsageError(f"{file}: no such file.")
    if not column and is_kept(file):
        return read_kept(file, suite, market, name=name)
    examples = examples_of(suite, market)
    if file.suffix.lower() in SUFFIXES:
        targets = _from_table(file, column or TARGET, examples, market)
    else:
        targets = read_lines(file)
        _count(targets, examples, file)
    localizer = load_localizer(market, model=FAKE)
    about: dict[str, Json] = {
        "file": file.name, "column": column, "rules": localizer.market.digest,
        "score": localizer.estimator.signature() if score else "",
    }  # fmt: skip
    system = name or column or file.stem
    kept = store and kept_file(store, suite, market, {**about, "targets": targets})
    if kept and kept.is_file():
        return read_kept(kept, suite, market, name=system)
    pairs = tuple(
        Pair(example=example, output=judge(example, target, localizer, score=score))
        for example, target in zip(examples, targets, strict=True)
    )
    answers = Answers(suite=suite.name, market=market, system=system, pairs=pairs, about=about)
    if kept:
        write_outputs(kept, answers)
    return answers


def systems_in(path: str | Path) -> list[str]:
    """Return the systems of a table of many: its columns but those of ids, facts and references. Raises `DataError`."""
    rows = read_rows(Path(path))
    return [column for column in rows[0][1] if column not in FACTS and not is_reference(column)] if rows else []


def judge(example: Example, target: str, localizer: Localizer, *, score: bool = False) -> Output:
    """Return a text that somebody else wrote with what checks and rules find in it, and perhaps a score and a verdict.

    The score is the estimator's without a model's opinion: that of the market's own machine is of another signature,
    so that no gate speaks of it and its verdict waits for review.
    """
    item = localizer.whole(example.source, field=example.field, category=example.category, brand=example.brand)
    translation = Translation(
        source=example.source, target=target, market=localizer.market.name, model="outside", origin="human",
        unit_key="", machine_key="",
    )  # fmt: skip
    judged = localizer.judge(item, translation, category=example.category)
    output = Output(id=example.id, target=target, origin="outside", findings=judged.findings)
    if not score:
        return output
    made = replace(translation, origin="machine")
    found = localizer.estimator.estimate(item, made, judged.findings, views=frozenset())
    decision = decide(judged.findings, found, localizer.market)
    return replace(
        output, score=found.value, signature=found.signature, verdict=decision.verdict, reasons=decision.reasons
    )


def _parted(path: str) -> tuple[Path, str]:
    """Return a file and the column that is named behind it, "" where none is."""
    if Path(path).is_file():
        return Path(path), ""
    file, _, column = path.rpartition(":")
    return (Path(file), column) if file and Path(file).is_file() else (Path(path), "")


def _from_table(file: Path, column: str, examples: Sequence[Example], market: str) -> list[str]:
    rows = read_rows(file)
    for number, row in rows:
        if column not in row:
            known = ", ".join(name for name in row if name not in FACTS)
            raise DataError(f"{file}:{number}: there is no column '{column}'; there are {known}.")
    rows = [(number, row) for number, row in rows if cell(row, "market", f"{file}:{number}") in ("", market)]
    targets = [cell(row, column, f"{file}:{number}") for number, row in rows]
    key = next((name for name in IDS if rows and name in rows[0][1]), None)
    if key is None:
        _count(targets, examples, file)
        return targets
    by_id = _by_id(rows, targets, key, file)
    absent = [example.id for example in examples if example.id not in by_id]
    if absent:
        raise DataError(f"{file}: {len(absent)} of {len(examples)} texts have no answer, the first is '{absent[0]}'.")
    return [by_id[example.id] for example in examples]


def _by_id(rows: Sequence[tuple[int, Row]], targets: Sequence[str], key: str, file: Path) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for (number, row), target in zip(rows, targets, strict=True):
        own = cell(row, key, f"{file}:{number}")
        if own in found:
            raise DataError(f"{file}:{number}: column '{key}' has '{own}' a second time.")
        found[own] = target
    return found


def _count(targets: Sequence[str], examples: Sequence[Example], file: Path) -> None:
    if len(targets) != len(examples):
        raise DataError(f"{file}: {len(targets)} texts, but the suite has {len(examples)} and there are no ids.")
