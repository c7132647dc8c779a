"""A system's answers in a file: one JSON object a line, the first of which says what made them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, get_args

import shopglot
from shopglot.errors import DataError, UsageError
from shopglot.foreign import json_object, read_lines, whole_file
from shopglot.types import Finding, Json, Verdict
from shopglot_eval.records import Answers, Came, Example, Output, Pair, Suite

FORMAT = 1
LONGEST_NAME = 60  # characters: a file's name has 255 bytes, and more stands behind it
ANSWERS = "answers"  # the folder of what is kept
MARK = "shopglot_answers"  # the key of the first line, by which such a file is known
_OUTPUT = frozenset(one.name for one in fields(Output))


def write_outputs(path: Path, answers: Answers) -> None:
    """Write answers whole to a file, which takes its place when all is written.

    Raises `WorkError`, or `UsageError` where its folder cannot be made.
    """
    head = {
        MARK: FORMAT, "suite": answers.suite, "market": answers.market, "system": answers.system,
        "about": dict(answers.about), "seconds": answers.seconds, "memory": answers.memory,
    }  # fmt: skip
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{path.parent}: {error.strerror}; name a folder that can be written.") from error
    with whole_file(path) as file:
        file.write(_line(head))
        for pair in answers.pairs:
            # The source stands here for people, and so that a suite whose text has changed is seen.
            file.write(_line({"id": pair.example.id, "source": pair.example.source, **asdict(pair.output)}))


def examples_of(suite: Suite, market: str) -> tuple[Example, ...]:
    """Return the examples of a suite in a market. Raises `UsageError` where there are none."""
    examples = suite.of(market)
    if not examples:
        raise UsageError(f"suite '{suite.name}' has no text in market '{market}'.")
    return examples


def kept_file(store: Path, suite: Suite, market: str, made: Mapping[str, Json]) -> Path:
    """Return the file for answers in a folder: another one as soon as code, examples or anything in `made` is."""
    known = {
        **made, "format": FORMAT, "code": code_digest(), "examples": [asdict(example) for example in suite.of(market)]
    }  # fmt: skip
    total = hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()
    return store / ANSWERS / f"{plain_name(suite.name)}.{market}-{total[:20]}.jsonl"


def plain_name(name: str) -> str:
    """Return a name that can be one of a file: without odd characters, and short enough in any script."""
    return re.sub(r"[^\w.+-]+", "-", name)[:LONGEST_NAME]


def is_kept(path: Path) -> bool:
    """Whether a file is one that `write_outputs` wrote, as its first line tells."""
    try:
        with path.open("rb") as file:
            return file.read(len(MARK) + 4).replace(b" ", b"").startswith(b'{"' + MARK.encode() + b'"')
    except OSError:
        return False


def read_kept(path: Path, suite: Suite, market: str, *, name: str = "") -> Answers:
    """Return the answers in a file that `write_outputs` wrote; `name` replaces that of the system, where given.

    Raises `DataError` naming file and line where it is none, or speaks of another market, or of other texts.
    """
    lines = read_lines(path)
    head = json_object(lines[0], f"{path}:1") if lines else {}
    if head.get(MARK) != FORMAT:
        raise DataError(f"{path}:1: no answers of format {FORMAT} ({head.get(MARK)!r}); make them again.")
    if head.get("market") != market:
        raise DataError(f"{path}:1: answers for market '{head.get('market')}', not for '{market}'.")
    outputs: dict[str, Output] = {}
    sources: dict[str, str] = {}
    for number, line in enumerate(lines[1:], start=2):
        row = json_object(line, f"{path}:{number}")
        try:
            output = _output({key: value for key, value in row.items() if key in _OUTPUT})
            outputs[output.id], sources[output.id] = output, row["source"]
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise DataError(f"{path}:{number}: no answer ({type(error).__name__}: {error}).") from error
    return Answers(
        suite=suite.name, market=market, system=name or str(head.get("system", "")), about=head.get("about") or {},
        pairs=tuple(_paired(example, outputs, sources, path) for example in examples_of(suite, market)),
        seconds=head.get("seconds"), memory=head.get("memory"),
    )  # fmt: skip


@cache
def code_digest() -> str:
    """Return the SHA-256 of the product's code: its checks and its flow decide what is kept."""
    total = hashlib.sha256()
    for root in (Path(shopglot.__file__).parent, Path(__file__).parent):
        for path in sorted(root.rglob("*.py")):
            total.update(f"{path.relative_to(root)}\0".encode())
            total.update(path.read_bytes())
    return total.hexdigest()


def _paired(example: Example, outputs: Mapping[str, Output], sources: Mapping[str, str], path: Path) -> Pair:
    output = outputs.get(example.id)
    if output is None:
        raise DataError(f"{path}: there is no answer to '{example.id}'; it is of another suite, or a part of this one.")
    if sources[example.id] != example.source:
        raise DataError(f"{path}: the source of '{example.id}' is another one; the suite has changed since.")
    return Pair(example=example, output=output)


def _output(row: Mapping[str, Any]) -> Output:
    findings = tuple(Finding(**finding) for finding in row["findings"])
    output = Output(**{**row, "findings": findings, "reasons": tuple(row["reasons"])})
    if not isinstance(output.target, str) or not isinstance(output.id, str):
        raise TypeError("id and target must be texts")
    if output.origin not in get_args(Came) or output.verdict not in (None, *get_args(Verdict)):
        raise ValueError(f"origin {output.origin!r}, verdict {output.verdict!r}")
    return replace(output, score=None if output.score is None else float(output.score))


def _line(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, separators=(",", ":")).encode() + b"\n"
