"""The corpus as files: one JSON object a segment, and the table of findings that stand wherever they occur."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from shopglot.errors import DataError
from shopglot_eval.corpus.authoring import MARKETS, Draft
from shopglot_eval.corpus.judging import Explanation, Pair
from shopglot_eval.corpus.likeness import is_same, key
from shopglot_eval.corpus.splitting import SPLITS, split

COLUMNS = ("market", "check", "field", "text", "why")


def read_explanations(path: Path) -> tuple[Explanation, ...]:
    """Return the table, () where there is none. Raises DataError with the line that is wrong."""
    if not path.is_file():
        return ()
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or tuple(lines[0].split("\t")) != COLUMNS:
        raise DataError(f"{path}:1: the columns are {', '.join(COLUMNS)}, with tabs between them.")
    found = []
    for number, line in enumerate(lines[1:], 2):
        cells = line.split("\t")
        if len(cells) != len(COLUMNS) or not all(cells) or cells[0] not in (*MARKETS, "both"):
            raise DataError(f"{path}:{number}: five cells with tabs between them, the first us, hk or both.")
        found.append(Explanation(market=cells[0], check=cells[1], field=cells[2], text=cells[3], why=cells[4]))
    return tuple(found)


def arrange(drafts: Sequence[Draft], pairs: Iterable[Pair]) -> Mapping[str, list[Pair]]:
    """Return the pairs of each split.

    A source that is translated alike twice is kept once, and every source in the first split that has it only: nothing
    of dev or test stands in train, however it is translated there.
    """
    places = split(drafts)
    groups: dict[str, list[Pair]] = {name: [] for name in SPLITS}
    for pair in pairs:
        groups[places[pair.draft.id]].append(pair)
    kept: dict[str, tuple[str, list[Pair]]] = {}
    arranged: dict[str, list[Pair]] = {}
    for name in SPLITS:
        arranged[name] = []
        for pair in sorted(groups[name], key=lambda one: one.draft.id):
            first, before = kept.setdefault(key(pair.block.source), (name, []))
            if first == name and not any(is_same(pair, other) for other in before):
                before.append(pair)
                arranged[name].append(pair)
    return arranged


def write(folder: Path, arranged: Mapping[str, Sequence[Pair]]) -> None:
    """Write `train.jsonl`, `dev.jsonl` and `test.jsonl` into a folder that exists."""
    for name, pairs in arranged.items():
        lines = [json.dumps(_record(pair), ensure_ascii=False) + "\n" for pair in pairs]
        (folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")


def _record(pair: Pair) -> dict[str, object]:
    explained = {
        (one.market, one.finding.check, one.finding.text, one.why): {
            "market": one.market, "check": one.finding.check, "text": one.finding.text, "why": one.why,
        }
        for one in pair.found
        if one.why
    }  # fmt: skip
    return {
        "listing": pair.draft.id, "merchant": pair.draft.merchant, "brand": pair.draft.brand,
        "category": pair.draft.category, "path": pair.path, "index": pair.index, "field": pair.field,
        "source": pair.block.source, "us": pair.block.us, "hk": pair.block.hk,
        "terms": {market: [list(term) for term in pair.terms[market]] for market in MARKETS},
        "explained": list(explained.values()),
    }  # fmt: skip
