"""A baseline: what a system answered to a suite in a market when somebody last said that it was good so.

    eval/baselines/<suite>.<market>.<system>.json

It keeps outputs and no figures: both sides of a comparison are measured by the same code, so that a mended measure
raises no alarm. One output stands on one line, for a reader of its changes. Of findings it keeps what is measured: the
check, its severity, side and span. Their messages are left out.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from shopglot.errors import DataError, UsageError, WorkError
from shopglot.foreign import whole_file
from shopglot.types import Json
from shopglot_eval.records import Answers, Example, Output, Pair
from shopglot_eval.regression.rows import read_output, write_output

FORMAT = 1
LONGEST_NAME = 70  # characters of each of the three names of a file
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
_HEADS = ("format", "suite", "market", "system", "digest", "note", "made", "about", "history")


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What a system answered, with the word of whoever took it for the baseline.

    `digest` is that of what was asked (`digest_of`). `made` has facts about who made it and with what; `about` is that
    of the answers. `history` has the notes of earlier baselines of the same name, the latest first.
    """

    suite: str
    market: str
    system: str
    digest: str
    note: str
    outputs: tuple[Output, ...]
    made: Mapping[str, Json] = field(default_factory=dict)
    about: Mapping[str, Json] = field(default_factory=dict)
    history: tuple[str, ...] = ()

    def by_id(self) -> dict[str, Output]:
        """Return the outputs by the id of their example."""
        return {output.id: output for output in self.outputs}


def digest_of(examples: Iterable[Example]) -> str:
    """Return the SHA-256 (hex) over what was asked: all of an example that an answer depends on, in order.

    References, judgements and terms are left out: whoever adds some measures both sides anew, and needs no new
    baseline.
    """
    digest = hashlib.sha256()
    for one in examples:
        asked = [one.id, one.market, one.source, one.field, one.category, one.brand, one.listing, one.domain]
        digest.update(json.dumps(asked).encode("ascii") + b"\n")
    return digest.hexdigest()


def path_of(folder: Path, answers: Answers | Baseline) -> Path:
    """Return the file of the baseline with these answers' suite, market and system, whether it exists or not."""
    parts = (answers.suite, answers.market, answers.system)
    return folder / f"{'.'.join(map(_safe, parts))}.json"


def _safe(name: str) -> str:
    """Return a name as a part of one of a file; of one that is not ASCII too little is left to tell it from others."""
    kept = _UNSAFE.sub("-", name).strip("-")[:LONGEST_NAME] or "none"
    if name.isascii() and len(name) <= LONGEST_NAME:
        return kept
    return f"{kept}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def update(path: Path, answers: Answers, *, note: str, made: Mapping[str, Json] | None = None) -> Baseline:
    """Make these answers the baseline, and return it. The file is written whole or not at all.

    Raises UsageError without a note, without answers, or where the file is a baseline of another suite, market or
    system; DataError where what stands there is no baseline.
    """
    words = " ".join(note.split())
    if not words:
        raise UsageError(f"{path}: a new baseline needs a note that says what changed and why it is good so.")
    if not answers.pairs:
        raise UsageError(f"{path}: no answers to {answers.suite} ({answers.market}): nothing to make a baseline of.")
    history: tuple[str, ...] = ()
    if path.exists():
        earlier = read(path)
        _same(path, earlier, answers)
        history = (earlier.note, *earlier.history)
    baseline = Baseline(
        suite=answers.suite, market=answers.market, system=answers.system, note=words, made=dict(made or {}),
        digest=digest_of(pair.example for pair in answers.pairs), about=dict(answers.about), history=history,
        outputs=tuple(pair.output for pair in answers.pairs),
    )  # fmt: skip
    write(path, baseline)
    return baseline


def write(path: Path, baseline: Baseline) -> None:
    """Write a baseline, whole or not at all. Raises UsageError where the file cannot be written."""
    head = {
        "format": FORMAT, "suite": baseline.suite, "market": baseline.market, "system": baseline.system,
        "digest": baseline.digest, "note": baseline.note, "made": dict(baseline.made), "about": dict(baseline.about),
        "history": list(baseline.history),
    }  # fmt: skip
    lines = [f"  {_text(name)}: {_text(value)}," for name, value in head.items()]
    rows = ",\n".join(f"    {_text(write_output(output))}" for output in baseline.outputs)
    body = "\n".join(["{", *lines, '  "outputs": [', rows, "  ]", "}", ""])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            file.write(body.encode("utf-8"))
    except WorkError as error:
        raise UsageError(f"{path}: the baseline cannot be written: {error}.") from error
    except OSError as error:
        raise UsageError(f"{path}: the baseline cannot be written: {error.strerror or error}.") from error


def read(path: Path) -> Baseline:
    """Read a baseline. Raises UsageError where the file is not there, DataError where it is none, naming the place."""
    data = _load(path)
    if data.get("format") != FORMAT:
        raise DataError(f"{path}: format {data.get('format')!r} is not {FORMAT}; make it again with --update-baseline.")
    texts = {name: _string(path, data, name) for name in ("suite", "market", "system", "digest", "note")}
    rows = data.get("outputs")
    if not isinstance(rows, list):
        raise DataError(f"{path}: outputs: a list is needed.")
    outputs = tuple(read_output(row, f"{path}: outputs[{number}]") for number, row in enumerate(rows))
    if len({output.id for output in outputs}) != len(outputs):
        raise DataError(f"{path}: outputs: an id stands there twice.")
    history = data.get("history", [])
    if not isinstance(history, list) or not all(isinstance(note, str) for note in history):
        raise DataError(f"{path}: history: a list of texts is needed.")
    for name in ("made", "about"):
        if not isinstance(data.get(name, {}), dict):
            raise DataError(f"{path}: {name}: an object is needed.")
    return Baseline(
        **texts, outputs=outputs, made=data.get("made", {}), about=data.get("about", {}), history=tuple(history)
    )


def join(baseline: Baseline, answers: Answers) -> tuple[tuple[Pair, Pair], ...]:
    """Return each example with its output before and now, in the order of the answers.

    Systems may differ in name: that is what a promotion compares. Raises UsageError where the baseline is of another
    suite or market, or was made of other data; the message says the way out.
    """
    if (baseline.suite, baseline.market) != (answers.suite, answers.market):
        raise UsageError(
            f"the baseline is of {baseline.suite} ({baseline.market}), the answers are to {answers.suite} "
            f"({answers.market}): they do not compare."
        )
    if digest_of(pair.example for pair in answers.pairs) != baseline.digest:
        raise UsageError(
            f"the baseline of {baseline.suite} ({baseline.market}) was made of other data ({_counts(baseline, answers)}"
            "). Check out the data that it was made of, drop --limit and --every, or, where the data changed on "
            "purpose: evaluate the version before the change on the new data and keep that with --update-baseline NOTE."
        )
    known = baseline.by_id()
    if missing := [pair.example.id for pair in answers.pairs if pair.example.id not in known]:
        raise DataError(f"the baseline of {baseline.suite} ({baseline.market}) lacks {missing[0]}; make it again.")
    return tuple((_joined(pair.example, known[pair.example.id]), pair) for pair in answers.pairs)


def answers_of(baseline: Baseline, answers: Answers, *, system: str = "baseline") -> Answers:
    """Return the baseline as the answers of a system: for tables and texts side by side. Raises as `join` does."""
    pairs = tuple(before for before, _ in join(baseline, answers))
    return Answers(suite=answers.suite, market=answers.market, system=system, pairs=pairs, about=baseline.about)


def _joined(example: Example, output: Output) -> Pair:
    """Return the pair of an example and a kept output, with the words of findings that speak of the source."""
    findings = tuple(
        replace(one, text=example.source[one.start : one.end]) if one.side == "source" else one
        for one in output.findings
    )
    return Pair(example=example, output=replace(output, findings=findings))


def _counts(baseline: Baseline, answers: Answers) -> str:
    before, now = set(baseline.by_id()), {pair.example.id for pair in answers.pairs}
    if before == now:
        return "the same ids, but other texts, fields or order"
    return f"{len(before - now)} texts of it are gone, {len(now - before)} are new, {len(before & now)} are in both"


def _same(path: Path, earlier: Baseline, answers: Answers) -> None:
    there = (earlier.suite, earlier.market, earlier.system)
    if there != (answers.suite, answers.market, answers.system):
        raise UsageError(f"{path}: is the baseline of {', '.join(there)}; it is not written over. Choose another file.")


def _load(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"{path}: there is no baseline to compare with ({error.strerror or error}); make one with "
            "--update-baseline NOTE."
        ) from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: this is no baseline: {error}") from error
    if not isinstance(data, dict):
        raise DataError(f"{path}: this is no baseline: an object is needed.")
    return data


def _string(path: Path, data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value:
        raise DataError(f"{path}: {name}: a text is needed.")
    return value


def _text(value: object) -> str:
    """Return canonical JSON that any file can hold: a lone surrogate is no UTF-8 and is escaped."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False)
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
