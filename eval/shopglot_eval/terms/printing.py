"""The terminology report as people read it, and as files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from shopglot.errors import UsageError

COLUMNS = ("mode", "first", "final", "by model", "names", "given", "same", "chrF", "BLEU", "tokens", "seconds")
Record = Mapping[str, Any]


def describe(report: Record, pairs: Mapping[str, Sequence[Record]]) -> Iterator[str]:
    """Yield the lines of the report: a table per set, signatures, examples, and what it comes to."""
    yield f"{report['model']}, market {report['market']}, attempts {report['attempts']}, seed {report['seed']}"
    for name, figures in report["sets"].items():
        given = figures.get("random")
        drawn = f", {given['expected']} random for {given['wanted']} enforced terms" if given else ""
        yield ""
        yield f"{name}: {figures['texts']} texts, {figures['lines']} lines{drawn}"
        yield _row(COLUMNS)
        for mode, own in figures["modes"].items():
            yield _row(_cells(mode, own))
        yield from (f"  {metric}: {signature}" for metric, signature in figures.get("signatures", {}).items())
        if "proper_against_random" in figures:
            told = ", ".join(f"{metric} p={p:.4f}" for metric, p in figures["proper_against_random"].items())
            yield f"  proper against random: {told}"
        for record in pairs.get(name, ()):
            yield ""
            yield from _example(record)
    yield ""
    yield "first, final: enforced terms present, at the first answer and after retries; by model: of these, where an"
    yield "engine was asked; names: kept texts unaltered; given: of the terms that this mode was given;"
    yield "same: consistency; p: paired test against mode none"
    yield from (f"missed: {what}" for what in report["missed"])
    yield "reached" if report["reached"] else "not reached"


def show_pairs(records: Sequence[Record], count: int) -> list[Record]:
    """Return `count` lines that have an enforced term or a name, spread evenly over all of these."""
    telling = [record for record in records if any(use != "suggest" for *_, use in record["terms"])]
    if count < 1 or not telling:
        return []
    step = max(1, len(telling) // count)
    return telling[::step][:count]


def write_outputs(folder: Path, report: Record, records: Iterable[Record]) -> None:
    """Write `figures.json`, and `outputs.jsonl` with a line per line of the texts, over what stood there before."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "figures.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        lines = "".join(json.dumps(record) + "\n" for record in records)
        (folder / "outputs.jsonl").write_text(lines, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{folder}: {error}") from error


def _cells(mode: str, own: Record) -> list[str]:
    same = own["consistency"]
    return [
        mode, _part(own["first"]["right"], own["first"]["terms"]), _part(own["final"]["right"], own["final"]["terms"]),
        _part(own["final"]["asked_right"], own["final"]["asked"]),
        f"{own['final']['unaltered']}/{own['final']['kept']}", _part(own["given"]["right"], own["given"]["terms"]),
        "-" if same["share"] is None else f"{same['share']:.1%} of {same['lines']}",
        _score(own.get("chrf")), _score(own.get("bleu")), str(own["tokens"]), f"{own['seconds']:.0f}",
    ]  # fmt: skip


def _row(cells: Sequence[str]) -> str:
    widths = (8, 16, 16, 16, 8, 16, 15, 22, 22, 7, 7)
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _part(part: int, total: int) -> str:
    return f"{part / total:.1%} {part}/{total}" if total else "-"


def _score(score: Record | None) -> str:
    if score is None:
        return "-"
    told = f"{score['score']:.2f} ±{score['ci']:.2f}"
    return f"{told} p={score['p']:.4f}" if "p" in score else told


def _example(record: Record) -> Iterator[str]:
    yield f"  {record['id']}"
    yield f"    source   {_shown(record['source'])}"
    yield from (f"    ref      {_shown(text)}" for text in record["references"])
    for mode, own in record["modes"].items():
        yield f"    {mode:<8} {_shown(own['target'])}"
        if own["missing"]:
            yield f"             missing: {_shown(', '.join(own['missing']))}"
    for title, terms in (("terms", record["terms"]), ("random", record["modes"].get("random", {}).get("given", ()))):
        if terms:
            yield f"    {title + ':':<8} " + "; ".join(_term(*term) for term in terms)


def _term(source: str, target: str, use: str = "enforce") -> str:
    return f"{_shown(source)} = {_shown(target)}" + (f" ({use})" if use != "enforce" else "")


def _shown(text: str) -> str:
    """Return a text as one line that any terminal takes."""
    return " ".join(text.split()).encode("utf-8", "replace").decode()
