"""How long a fuzzy search takes in a memory of 100,000 units, against comparing with every one of them, in one run.

    python -m shopglot_eval.likeness eval/data/sample_catalog.jsonl --units 100000

The units are sentences made of the catalog's own phrases; a question is one of them with some characters changed. Three
are timed on the same questions in turns: the index alone, the whole search in a SQLite store (refresh and reading what
was found included), and rapidfuzz's `cdist` with the threshold as its cut-off, over texts that are folded already.
Times are seconds of the CPU. Index and comparison have to find the same. Exit status 1 where they do not, or where the
ratio is below the bar.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from shopglot.memory.likeness import FORM, Likeness, form
from shopglot.memory.units import Unit
from shopglot.store import open_store

BAR = 5.0
SEED = 7
THRESHOLD = 0.7
_PHRASE = re.compile("[\u4e00-\u9fff]{2,6}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalog", type=Path, help="whose phrases the units are made of")
    parser.add_argument("--units", type=int, default=100_000, help="how many (default %(default)s)")
    parser.add_argument("--questions", type=int, default=200, help="how many (default %(default)s)")
    parser.add_argument("--bar", type=float, default=BAR, help="the least ratio of the medians (default %(default)s)")
    options = parser.parse_args(arguments)
    figures = measure(options.catalog.read_text(encoding="utf-8"), options.units, options.questions)
    print(json.dumps(figures))
    return int(figures["ratio"] < options.bar or figures["different"] > 0)


def measure(catalog: str, number: int, asked: int) -> dict[str, Any]:
    """Time the index, the search of a store and the comparison with all, and return the figures."""
    chance = random.Random(SEED)  # noqa: S311 - a measure, no secret
    phrases = sorted(set(_PHRASE.findall(catalog)))
    texts = list(dict.fromkeys(sentence(chance, phrases) for _ in range(number)))
    questions = [change(chance, chance.choice(texts)) for _ in range(asked)]
    before, started = resident(), time.process_time()
    index = Likeness(texts)
    built, grown = time.process_time() - started, resident() - before
    forms = [form(text) for text in texts]
    with tempfile.TemporaryDirectory() as folder, open_store(str(Path(folder) / "memory.db")) as store:
        store.tm.add(Unit(market="us", source=text, target=f"target {place}") for place, text in enumerate(texts))
        started = time.process_time()
        store.tm.search("us", questions[0])
        first = time.process_time() - started
        ways: dict[str, Callable[[str], int]] = {
            "index": lambda text: len(index.search(text, threshold=THRESHOLD)),
            "store": lambda text: len(store.tm.search("us", text, threshold=THRESHOLD)),
            "compare_all": lambda text: compare_all(form(text), forms),
        }
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        different = 0
        for question in questions:
            found = {}
            for name, ask in ways.items():
                started = time.process_time()
                found[name] = ask(question)
                seconds[name].append(time.process_time() - started)
            different += found["index"] != found["compare_all"]
    return {
        "units": len(texts), "characters": round(sum(map(len, texts)) / len(texts), 1), "questions": asked,
        "build_seconds": round(built, 2), "first_search_seconds": round(first, 2), "index_mb": round(grown),
        "median_ms": {name: round(1000 * median(values), 2) for name, values in seconds.items()},
        "p95_ms": {name: round(1000 * quantiles(values, n=20)[-1], 2) for name, values in seconds.items()},
        "different": different, "ratio": round(median(seconds["compare_all"]) / median(seconds["index"]), 1),
    }  # fmt: skip


def compare_all(folded: str, forms: Sequence[str]) -> int:
    """Return how many of the forms are near enough; of one form always."""
    scores = process.cdist([folded], forms, scorer=Levenshtein.normalized_similarity, score_cutoff=THRESHOLD)
    return int((scores[0] >= min(THRESHOLD, 1 - FORM)).sum())


def sentence(chance: random.Random, phrases: Sequence[str]) -> str:
    """Return two to nine phrases, some with a measure or a comma."""
    between = ("", "，", "的", " ", f"{chance.randint(1, 300)}cm")
    return "".join(chance.choice(phrases) + chance.choice(between) for _ in range(chance.randint(2, 9)))


def change(chance: random.Random, text: str) -> str:
    """Return the text with about every eighth character another one."""
    signs = list(text)
    for _ in range(max(1, len(signs) // 8)):
        signs[chance.randrange(len(signs))] = chance.choice("新款白色大小件")
    return "".join(signs)


def resident() -> float:
    """Return the largest resident set of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
