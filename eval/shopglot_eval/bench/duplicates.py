"""How often catalogs say the same again: the growth of different texts by kind, as made catalogs have it.

    python -m shopglot_eval.bench.duplicates eval/data/sample_catalog.jsonl eval/data/held_back_catalog.jsonl
    python -m shopglot_eval.bench.duplicates --lines title titles.txt --lines description copy.txt

Prints one JSON object a kind: how many texts, how many different ones, the fitted process (`growth`), and the share of
the different ones that equal another one but for numbers and colours (`altered`), or but for these, punctuation, spaces
and case (`near`).
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from shopglot.catalog import read
from shopglot.segment import segment
from shopglot.types import Listing, Style
from shopglot_eval.bench.growth import curve, fit
from shopglot_eval.bench.pieces import texts_of
from shopglot_eval.bench.words import loose, masked

FEW = 20  # texts of a kind of which nothing can be said


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print one JSON object a kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalogs", nargs="*", help="catalogs, in any form that `shopglot run` reads")
    parser.add_argument(
        "--lines", nargs=2, action="append", default=[], metavar=("KIND", "FILE"), help="a file of one text a line"
    )
    options = parser.parse_args(arguments)
    found: dict[str, list[str]] = defaultdict(list)
    for catalog in options.catalogs:
        for line in read(catalog):
            if isinstance(line, Listing):
                for kind, text in dict.fromkeys(texts_of(line)):  # what a page says twice counts once
                    found[kind].append(text)
    for kind, path in options.lines:
        found[kind].extend(_sentences(Path(path), kind))
    for kind, texts in sorted(found.items()):
        if len(texts) >= FEW:
            print(json.dumps({"kind": kind, **describe(texts)}), flush=True)
    return 0


def describe(texts: Sequence[str]) -> dict[str, float]:
    """Return how often texts of a kind repeat, and the process that grows as they do."""
    distinct, forms, near = (len({form(text) for text in texts}) for form in (str, masked, loose))
    discount, start = fit(curve(texts))
    return {
        "texts": len(texts), "distinct": distinct, "share": round(distinct / len(texts), 4),
        "discount": discount, "start": start, "altered": round((distinct - forms) / distinct, 4),
        "near": round((distinct - near) / distinct, 4),
    }  # fmt: skip


def _sentences(path: Path, kind: str) -> Iterator[str]:
    style: Style = "phrase" if kind == "title" else "prose"
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        for piece in segment(line, style=style, markup=True, latin=True, inline=True):
            if piece.translatable:
                yield piece.text


if __name__ == "__main__":
    raise SystemExit(main())
