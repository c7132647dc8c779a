"""How many pairs a second `check` reads on one core, and what each check costs. Loads no model.

    python -m shopglot_eval.checking eval/data/sample_catalog.jsonl --pairs 10000

The sources are the distinct segments of the catalogs in turn, each with a number of its own so that no two are alike.
The targets are made of the glossary's words in their order (for markets that read Chinese, they are the sources), and
one in ten is broken in some way, so that every check has something to find. `--tsv` puts real pairs before them.
Exit status 1 below the bar.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from shopglot.catalog import read
from shopglot.checks import CHECKS
from shopglot.loading import load_localizer
from shopglot.localizer import Localizer
from shopglot.market import Market
from shopglot.types import Finding, Listing, Segment, Translation

BAR = 2000.0  # pairs a second on one core
WARM = 200  # pairs that are checked untimed first: tables that are built at first use
FILLER = ("soft", "with", "the", "for", "daily", "wear", "and", "light", "a", "new", "comfortable", "design")
BREAKAGE = ("", "面料", " soft soft soft soft", "，light", " It is guaranteed to last.", " (", " VERY SOFT FINE LIGHT")

Pair = tuple[Segment, Translation]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalog", nargs="+", help="where the sources come from")
    parser.add_argument("--pairs", type=int, default=10_000, help="how many pairs to check (default %(default)s)")
    parser.add_argument("--market", default="us", help="default %(default)s")
    parser.add_argument("--tsv", help="a table with the columns src_zh, refA_en and refB_en, whose pairs come first")
    parser.add_argument("--bar", type=float, default=BAR, help="pairs a second that are demanded (default %(default)s)")
    options = parser.parse_args(arguments)
    localizer = load_localizer(options.market, model="fake")
    texts = list(islice(_texts(options.catalog, options.tsv, localizer), options.pairs))
    figures = measure(texts, localizer, bar=options.bar)
    print(json.dumps(figures, ensure_ascii=False))
    return int(figures["pairs_per_second"] < options.bar)


def measure(texts: Sequence[tuple[str, str, str]], localizer: Localizer, *, bar: float = BAR) -> dict[str, Any]:
    """Check (source, target, field) triples and return the figures, in seconds of the CPU: neighbours do not count.

    Each check alone is timed on all pairs first, which also fills the tables that it keeps; then all together.
    `with_protect_per_second` is what `shopglot check` does with a pair: find masks, terms and quantities in the source,
    then check. `pairs_per_second` leaves that out; in a run a segment is protected once and checked after each attempt.
    """
    for text in texts[:WARM]:
        _check(*_pair(localizer, *text), localizer.market)
    started = time.process_time()
    pairs = [_pair(localizer, *text) for text in texts]
    protecting = time.process_time() - started
    costs: dict[str, float] = {}
    found: Counter[str] = Counter()
    for check in CHECKS:
        started = time.process_time()
        for item, translation in pairs:
            found.update(finding.check for finding in check(item, translation, localizer.market))
        costs[check.__name__] = time.process_time() - started
    started = time.process_time()
    for item, translation in pairs:
        _check(item, translation, localizer.market)
    checking = time.process_time() - started
    return {
        "pairs": len(texts),
        "pairs_per_second": round(len(texts) / checking, 1),
        "with_protect_per_second": round(len(texts) / (protecting + checking), 1),
        "bar": bar,
        "microseconds": {name: round(1e6 * cost / len(pairs), 1) for name, cost in sorted(costs.items(), key=_by_cost)},
        "findings": dict(sorted(found.items())),
    }


def _check(segment: Segment, translation: Translation, market: Market) -> tuple[Finding, ...]:
    """Ask all checks, as `checks.check` does where it has not been asked of the pair before."""
    return tuple(finding for check in CHECKS for finding in check(segment, translation, market))


def _by_cost(item: tuple[str, float]) -> float:
    return -item[1]


def _pair(localizer: Localizer, source: str, target: str, field: str) -> Pair:
    translation = Translation(
        source=source, target=target, market=localizer.market.name, model="bench", origin="machine", unit_key="",
        machine_key="",
    )  # fmt: skip
    return localizer.whole(source, field=field), translation


def _texts(catalogs: Sequence[str], table: str | None, localizer: Localizer) -> Iterator[tuple[str, str, str]]:
    """Yield (source, target, field) without end; the same arguments give the same texts."""
    if table:
        with Path(table).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                for column in ("refA_en", "refB_en"):
                    yield row["src_zh"], row[column], "note"
    chance = random.Random(1)  # noqa: S311 - not for secrets
    lines = (line for catalog in catalogs for line in read(catalog))
    found = {
        (item.source, item.field): item
        for line in lines
        if isinstance(line, Listing)
        for item in localizer.prepare(line).segments
    }
    if not found:
        sys.exit(f"{', '.join(catalogs)}: no text to check")
    for number, item in enumerate(cycle(found.values())):
        whole = _rendered(item, chance) if localizer.market.latin else item.source
        target = whole + (chance.choice(BREAKAGE) if number % 10 == 0 else "")
        yield f"{item.source} {number}", f"{target} {number}", item.field


def _rendered(item: Segment, chance: random.Random) -> str:
    """Return an English text of the right length that has the source's masks, terms and quantities in order."""
    known = [(mask.start, mask.text) for mask in item.masks]
    known += [(term.start, term.target) for term in item.terms]
    known += [(quantity.start, quantity.target or quantity.text) for quantity in item.quantities]
    covered = sum(len(word) for _, word in known)
    fillers = [chance.choice(FILLER) for _ in range(max(0, len(item.source) * 4 - covered) // 6)]
    words = [word for _, word in sorted(known)]
    for filler in fillers:
        words.insert(chance.randrange(len(words) + 1), filler)
    return " ".join(words)


if __name__ == "__main__":
    raise SystemExit(main())
