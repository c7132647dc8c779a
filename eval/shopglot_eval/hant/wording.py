"""Against what people wrote: the same strings in zh-CN, zh-TW and zh-HK, by exact match and chrF, and what differs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from shopglot.errors import UsageError
from shopglot.script import has_han, simplify

SHOPS = ("django-oscar", "openfoodfacts")  # how the names of sources that are a shop's begin
BASELINE = "s2hk"
RESAMPLES = 1000
# Characters that written Cantonese has and standard written Chinese has not; a source is Cantonese where many lines do.
_CANTONESE = re.compile("[嘅咗啲喺唔佢嚟冇哋嗰畀俾睇揀]")
_CANTONESE_SHARE = 0.05

Convert = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One string as people wrote it: `origin` names the shop or app that it comes from."""

    origin: str
    mainland: str
    taiwan: str
    hong_kong: str


def read_lines(path: Path) -> list[Line]:
    """Return the lines of a table with the columns source, en, zh-CN, zh-TW, zh-HK and no header.

    Raises `UsageError` with file and line.
    """
    try:
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n") if line]
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error
    for number, row in enumerate(rows, start=1):
        if len(row) != 5:
            raise UsageError(f"{path}:{number}: {len(row)} columns, 5 are needed: source, en, zh-CN, zh-TW, zh-HK.")
    return [Line(origin=row[0], mainland=row[2], taiwan=row[3], hong_kong=row[4]) for row in rows]


def find_cantonese(lines: Sequence[Line]) -> frozenset[str]:
    """Return the sources that are written in Cantonese, as their characters tell."""
    total = Counter(line.origin for line in lines)
    marked = Counter(line.origin for line in lines if _CANTONESE.search(line.hong_kong))
    return frozenset(origin for origin, count in total.items() if marked[origin] > _CANTONESE_SHARE * count)


def measure(lines: Sequence[Line], systems: Mapping[str, Convert], *, seed: int, number: int) -> dict[str, Any]:
    """Return the figures of all systems on all lines, without Cantonese sources, and on those of shops.

    `systems` begins with ours and has `s2hk`; the human Taiwan text is added. `number` differences are told.
    """
    cantonese = find_cantonese(lines)
    outputs = {name: [convert(line.mainland) for line in lines] for name, convert in systems.items()}
    outputs["human zh-TW"] = [line.taiwan for line in lines]
    parts: dict[str, Callable[[Line], bool]] = {
        "all": lambda line: True,
        "no Cantonese": lambda line: line.origin not in cantonese,
        "shops": lambda line: line.origin.startswith(SHOPS),
    }
    figures: dict[str, Any] = {"cantonese": sorted(cantonese), "parts": {}}
    for part, chosen in parts.items():
        places = [place for place, line in enumerate(lines) if chosen(line)]
        if places:
            references = [lines[place].hong_kong for place in places]
            own = {name: [texts[place] for place in places] for name, texts in outputs.items()}
            figures["parts"][part] = _score(own, references, seed=seed)
    figures["signature"] = _signature()
    ours = outputs[next(iter(systems))]
    figures["differences"] = find_differences(ours, [line.hong_kong for line in lines], number=number)
    return figures


def find_differences(ours: Sequence[str], references: Sequence[str], *, number: int) -> list[dict[str, Any]]:
    """Return the commonest words of ours for which the reference has others, with up to three of the shortest examples.

    Words are cut by a segmenter; what differs in spaces, punctuation or Latin text only is left out.
    """
    found: dict[tuple[str, str], list[list[str]]] = {}
    for text, reference in zip(ours, references, strict=True):
        own, other = _cut(text), _cut(reference)
        for kind, start, end, first, last in SequenceMatcher(None, own, other, autojunk=False).get_opcodes():
            pair = ("".join(own[start:end]), "".join(other[first:last]))
            if kind == "replace" and has_han(pair[0]) and has_han(pair[1]):
                found.setdefault(pair, []).append([text, reference])
    return [
        {"ours": pair[0], "reference": pair[1], "count": len(examples), "examples": sorted(examples, key=_length)[:3]}
        for pair, examples in sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))[:number]
    ]


def _cut(text: str) -> list[str]:
    """Return the words of a text, found in its Simplified form, which is what the segmenter was made for."""
    import rjieba

    ends = list(accumulate(map(len, rjieba.cut(simplify(text))), initial=0))
    return [text[start:end] for start, end in pairwise(ends)]


def _length(example: Sequence[str]) -> int:
    return sum(map(len, example))


def _score(outputs: Mapping[str, Sequence[str]], references: Sequence[str], *, seed: int) -> dict[str, Any]:
    """Return exact match (share) and chrF of each system, and ours - s2hk with its 95% interval.

    The interval is that of the paired bootstrap: Koehn, EMNLP 2004, pages 388-395.
    """
    import numpy as np
    from sacrebleu.metrics.chrf import CHRF

    metric = CHRF()
    # sacrebleu resamples for p-values only; the counts of n-grams per line are what it adds up itself.
    counts = {
        name: np.array(metric._extract_corpus_statistics(texts, [list(references)])) for name, texts in outputs.items()
    }
    systems = {
        name: {
            "exact": sum(map(str.__eq__, texts, references)) / len(references),
            "chrf": metric._compute_f_score(counts[name].sum(axis=0).tolist()),
        }
        for name, texts in outputs.items()
    }
    ours = next(iter(outputs))
    draws = np.random.default_rng(seed).multinomial(
        len(references), [1 / len(references)] * len(references), size=RESAMPLES
    )
    resampled = {name: [metric._compute_f_score(row) for row in (draws @ counts[name]).tolist()]
                 for name in (ours, BASELINE)}  # fmt: skip
    differences = np.subtract(resampled[ours], resampled[BASELINE])
    low, high = np.percentile(differences, [2.5, 97.5]).tolist()
    gain = systems[ours]["chrf"] - systems[BASELINE]["chrf"]
    return {"lines": len(references), "systems": systems, "gain": gain, "interval": [low, high]}


def _signature() -> str:
    from sacrebleu.metrics.chrf import CHRF

    metric = CHRF()
    metric.corpus_score(["x"], [["x"]])  # it knows the number of references only then
    return str(metric.get_signature())
