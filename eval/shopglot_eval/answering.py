"""Which share of its texts does a market answer by itself, without the model, and how near are they to references?

    python -m shopglot_eval.answering eval/data/sample_catalog.jsonl
    python -m shopglot_eval.answering eval/data/commerce/dev.jsonl --examples 20

A file is a catalog, or lines of the commerce corpus, whose references are in the market's own column. Texts are counted
once for each machine key. `answered` is what glossary and policy answer with certainty (see `certainty`).

`siblings` are texts among the others that are the same as an earlier one but for the amounts in them, of the same kind
and unit and equally singular: what one answer of the model could serve. `windows` is the share of them within the
windows of listings that a run works on together, `catalog` that in the whole file.

chrF is that of the answers against the references, in any case (labels and references are cased in their own ways).
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from shopglot.batches import answer
from shopglot.catalog import read
from shopglot.errors import DataError
from shopglot.loading import load_localizer
from shopglot.localizer import Localizer, Unit
from shopglot.memory import field_policy
from shopglot.types import Listing, SegmentKey
from shopglot.windows import FIRST_WINDOW, LARGEST_WINDOW

Text = tuple[Unit, str]  # with its reference, "" where there is none


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print one JSON object for each file."""
    parser = argparse.ArgumentParser(
        prog="answering", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path, help="catalogs, or lines of the commerce corpus")
    parser.add_argument("--market", default="us", help="default %(default)s")
    parser.add_argument("--examples", type=int, default=0, help="how many answers to show (default %(default)s)")
    options = parser.parse_args(arguments)
    localizer = load_localizer(options.market, model="fake")
    for path in options.files:
        figures = measure(list(read_pages(path, localizer)), localizer, examples=options.examples)
        print(json.dumps({"file": path.name, **figures}, ensure_ascii=False))
    return 0


def read_pages(path: Path, localizer: Localizer) -> Iterator[list[Text]]:
    """Yield the texts of each page of a file. Raises `DataError` where it is neither a catalog nor a corpus."""
    with path.open(encoding="utf-8") as file:
        first = file.readline()
    try:
        of_corpus = "source" in json.loads(first or "{}")
    except json.JSONDecodeError as error:
        raise DataError(f"{path}:1: no JSON ({error}). Give a catalog, or lines of the commerce corpus.") from error
    if of_corpus:
        yield from _corpus(path, localizer)
        return
    for line in read(path):
        if isinstance(line, Listing):
            yield [(localizer.unit(item), "") for item in localizer.prepare(line).segments]


def measure(pages: Sequence[Sequence[Text]], localizer: Localizer, *, examples: int = 0) -> dict[str, Any]:
    """Return the figures of these pages: shares of distinct texts, all fields together and each by itself."""
    units = {unit.machine_key: (unit, reference) for page in pages for unit, reference in page}
    known = {key: found for key, (unit, _) in units.items() if (found := answer(unit, localizer)) is not None}
    fields: dict[str, list[str]] = defaultdict(list)
    for key, (unit, _) in units.items():
        fields[unit.segment.field].append(key)
    pairs = [(known[key].target, units[key][1]) for key in known if units[key][1]]
    return {
        "listings": len(pages),
        "texts": len(units),
        "answered": _share(len(known), len(units)),
        "siblings": {
            "windows": _siblings_in_windows(pages, known.keys()),
            "catalog": _share(_siblings([unit for key, (unit, _) in units.items() if key not in known]), len(units)),
        },
        "fields": {
            name: {"texts": len(keys), "answered": _share(sum(key in known for key in keys), len(keys))}
            for name, keys in sorted(fields.items())
        },
        "references": len(pairs),
        "chrf": _chrf(pairs),
        "examples": [
            [units[key][0].segment.field, known[key].source, known[key].target, units[key][1]]
            for key in sorted(known)[:examples]
        ],
    }


def sibling_key(unit: Unit) -> tuple[str, str, str]:
    """Return what a text has in common with those that differ from it in their amounts only."""
    shown, parts, position = unit.shown, [], 0
    for one in shown.quantities:
        single = one.low == one.high == "1"
        parts += [shown.source[position : one.start], f"\0{one.kind} {one.unit} {bool(one.target)} {single}\0"]
        position = one.end
    return field_policy(shown.field), shown.style, "".join([*parts, shown.source[position:]])


def _corpus(path: Path, localizer: Localizer) -> Iterator[list[Text]]:
    pages: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        pages[row["listing"]].append(row)
    for rows in pages.values():
        title = next((row["source"] for row in rows if row["field"] == "title"), "")
        texts: list[Text] = []
        for row in rows:
            key = SegmentKey(merchant=row["merchant"], listing=row["listing"], path=row["path"], index=row["index"])
            part = localizer.segments(
                row["source"], key, field=row["field"], category=row["category"], brand=row["brand"], title=title
            )
            whole = len(part.segments) == 1
            texts += [(localizer.unit(item), row[localizer.market.name] if whole else "") for item in part.segments]
        yield texts


def _siblings_in_windows(pages: Sequence[Sequence[Text]], known: Any) -> float:
    """Return the share of siblings among all texts, each looked for only where its window is first worked on."""
    size, start, found = FIRST_WINDOW, 0, 0
    seen: set[str] = set(known)
    total = len({unit.machine_key for page in pages for unit, _ in page})
    while start < len(pages):
        window = [unit for page in pages[start : start + size] for unit, _ in page]
        fresh = {unit.machine_key: unit for unit in window if unit.machine_key not in seen}
        found += _siblings(list(fresh.values()))
        seen |= fresh.keys()
        start, size = start + size, min(LARGEST_WINDOW, size * 2)
    return _share(found, total)


def _siblings(units: Sequence[Unit]) -> int:
    return sum(count - 1 for count in Counter(map(sibling_key, units)).values())


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _chrf(pairs: Sequence[tuple[str, str]]) -> float | None:
    from sacrebleu.metrics.chrf import CHRF

    if not pairs:
        return None
    score = CHRF(lowercase=True).corpus_score([target for target, _ in pairs], [[reference for _, reference in pairs]])
    return round(float(score.score), 2)


if __name__ == "__main__":
    raise SystemExit(main())
