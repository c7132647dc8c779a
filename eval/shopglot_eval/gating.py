"""Does the gate keep its promise? Resamplings of judged items, or made-up worlds whose truth is known.

    python -m shopglot_eval.gating items.jsonl --risk .4 --risk .3 --risk .2
    python -m shopglot_eval.gating --simulate --rounds 1000

Items are JSON lines {"group": document, "score": 0..1, "bad": true|false}. In each round half of the groups calibrate
the gate and the other half tests it; the promise counts as broken where the risk of what is published of the test half
is above the one promised. A gate that abstains has coverage 0; it breaks nothing, and nothing is claimed for it.

A test half is a sample too: a gate whose truth is wrong in 10% of rounds is seen broken in more. A cut-off that just
passes has a margin of z s / sqrt(n), and what is seen differs from it by a noise of s sqrt(1/n + 1/m), with n and m the
listings published of both halves and z the quantile of the confidence, so that Normal(-z sqrt(m / (n + m))) of the
rounds break: 18% with equal halves at 90%. `allowed` is 1 - confidence plus what this adds, averaged over the rounds.
`broken_pooled` counts the rounds whose cut-off has too much risk over all items, which leaves most of the noise out.

`--simulate` needs no allowance: the true risk of a cut-off is known. Exit status 1 where the promise is broken more
often than allowed plus two standard errors of so many rounds, 2 on bad input.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np

from shopglot.errors import DataError, ShopglotError, UsageError
from shopglot.foreign import read_objects
from shopglot.quality.gate import SPARE, Cutoff, fit_cutoff
from shopglot_eval.gating_worlds import WORLDS, World

RISKS = (0.4, 0.3, 0.2)
SIMULATED = (0.3, 0.2, 0.1)
SIZES = (100, 250, 600)
ITEM = '{"group": document, "score": 0..1, "bad": true or false}'
_SECONDS = 2.0  # between two words on how far it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """Judged items: scores and whether each was bad; `groups` are whole numbers from 0. Arrays of one length."""

    groups: Any
    scores: Any
    bad: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One resampling: the gate, the share of the test half it published, and whether the promise was broken there."""

    cutoff: Cutoff | None
    coverage: float = 0.0
    tested: int = 0
    broken: bool = False
    broken_pooled: bool = False


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; return the exit status."""
    options = _parse(arguments)
    try:
        if options.simulate:
            rows = simulate(
                options.risk or SIMULATED, sizes=options.size or SIZES, confidence=options.confidence,
                rounds=options.rounds, seed=options.seed, spare=options.spare,
            )  # fmt: skip
        else:
            items = read_items(options.items)
            rows = resample(
                items, options.risk or RISKS, confidence=options.confidence, rounds=options.rounds, seed=options.seed,
                by=options.by, corrected=not options.uncorrected, spare=options.spare,
            )  # fmt: skip
    except ShopglotError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_status
    print("\n".join(describe(rows)), file=sys.stderr)
    if options.json:
        print(json.dumps({"confidence": options.confidence, "rounds": options.rounds, "rows": rows}))
    return int(not all(row["kept"] for row in rows))


def resample(
    items: Items, risks: Sequence[float], *, confidence: float, rounds: int, seed: int, by: str = "group",
    corrected: bool = True, spare: int = SPARE,
) -> list[dict[str, Any]]:  # fmt: skip
    """Return one row per risk. `by` is what is divided: whole groups, or single listings as if each were alone.

    `corrected` says whether the gate is told the groups; without, it takes the items of a document for independent.
    """
    numbers = items.groups if by == "group" else np.arange(len(items.scores))
    kinds = int(numbers.max()) + 1
    if kinds < 2:
        raise DataError("all items are of one group: at least two are needed to calibrate on one and test on another.")
    told = items.groups if by == "group" and corrected else None
    chance = np.random.default_rng(seed)
    halves = [_halve(chance, kinds)[numbers] for _ in range(rounds)]
    word = _Word(rounds * len(risks))
    rows = []
    for risk in risks:
        results = []
        for half in halves:
            results.append(_try(items, half, told, risk=risk, confidence=confidence, spare=spare))
            word.step()
        rows.append({"items": len(items.scores), "groups": kinds, **summarize(results, risk, confidence)})
    return rows


def summarize(results: Sequence[Round], risk: float, confidence: float) -> dict[str, Any]:
    """Return the figures of all rounds at one risk; shares of all rounds unless named otherwise."""
    rounds = len(results)
    published = [one for one in results if one.cutoff is not None]
    broken = sum(one.broken for one in results)
    noise = [_seen(one, confidence) - (1 - confidence) for one in published]
    allowed = 1 - confidence + math.fsum(max(0.0, one) for one in noise) / rounds
    coverages = [one.coverage for one in results]
    return {
        "risk": risk, "broken": broken / rounds, "allowed": allowed,
        "broken_pooled": sum(one.broken_pooled for one in results) / rounds,
        "abstained": 1 - len(published) / rounds,
        "broken_of_published": broken / len(published) if published else None,
        "coverage_mean": float(np.mean(coverages)), "coverage_median": float(np.median(coverages)),
        "kept": broken / rounds <= _with_error(allowed, rounds),
    }  # fmt: skip


def simulate(
    risks: Sequence[float], *, sizes: Sequence[int], confidence: float, rounds: int, seed: int, spare: int = SPARE,
    worlds: Sequence[World] = WORLDS,
) -> list[dict[str, Any]]:  # fmt: skip
    """Return one row per world, risk and number of verdicts: how often the true risk of the cut-off is above `risk`.

    `coverage_best` is what a gate that knows the truth would publish.
    """
    word = _Word(rounds * len(worlds) * len(risks) * len(sizes))
    rows = []
    for world, risk, size in ((world, risk, size) for world in worlds for risk in risks for size in sizes):
        chance = np.random.default_rng([seed, round(risk * 1000), size])
        truth = world.truth(risk)
        cutoffs = []
        for _ in range(rounds):
            drawn = world.draw(chance, size, risk)
            fitted = fit_cutoff(
                drawn.scores, drawn.bad, risk=risk, confidence=confidence, groups=drawn.groups, spare=spare,
            )  # fmt: skip
            cutoffs.append(fitted.cutoff if isinstance(fitted, Cutoff) else None)
            word.step()
        broken = sum(truth.risk(one) > risk for one in cutoffs if one is not None)
        coverages = [0.0 if one is None else truth.coverage(one) for one in cutoffs]
        rows.append({
            "world": world.name, "verdicts": size, "risk": risk, "broken": broken / rounds, "allowed": 1 - confidence,
            "abstained": cutoffs.count(None) / rounds, "coverage_mean": float(np.mean(coverages)),
            "coverage_median": float(np.median(coverages)), "coverage_best": truth.best(risk),
            "kept": broken / rounds <= _with_error(1 - confidence, rounds),
        })  # fmt: skip
    return rows


def describe(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield the lines of a table, headed by the names of the figures."""
    texts = [[_text(value) for value in row.values()] for row in rows]
    table = [[name.replace("_", " ") for name in rows[0]], *texts]
    widths = [max(len(line[column]) for line in table) for column in range(len(rows[0]))]
    for line in table:
        yield "  ".join(text.rjust(width) for text, width in zip(line, widths, strict=True))


def read_items(path: str) -> Items:
    """Read the items of a JSON lines file; raises UsageError with file, line and field."""
    rows = [_item(item, f"{path}:{number}") for number, item in read_objects(Path(path), like=ITEM)]
    if not rows:
        raise UsageError(f"{path}: no items; a line is {ITEM}.")
    names = {name: number for number, name in enumerate(dict.fromkeys(group for group, _, _ in rows))}
    groups = np.array([names[group] for group, _, _ in rows])
    return Items(groups=groups, scores=np.array([row[1] for row in rows]), bad=np.array([row[2] for row in rows]))


def _item(item: Mapping[str, Any], place: str) -> tuple[str, float, bool]:
    group, score, bad = item.get("group"), item.get("score"), item.get("bad")
    if not isinstance(group, str | int) or isinstance(group, bool):
        raise UsageError(f"{place}: group must be a text or a whole number.")
    if not isinstance(score, int | float) or isinstance(score, bool) or not 0 <= score <= 1:
        raise UsageError(f"{place}: score must be a number in 0..1.")
    if not isinstance(bad, bool):
        raise UsageError(f"{place}: bad must be true or false.")
    return str(group), float(score), bad


def _halve(chance: np.random.Generator, count: int) -> Any:
    """Return which of so many groups calibrate: half of them, rounded down, at random."""
    chosen = np.zeros(count, dtype=bool)
    chosen[chance.permutation(count)[: count // 2]] = True
    return chosen


def _try(items: Items, half: Any, groups: Any, *, risk: float, confidence: float, spare: int) -> Round:
    """Calibrate on one half and look at the other."""
    fitted = fit_cutoff(
        items.scores[half], items.bad[half], risk=risk, confidence=confidence,
        groups=None if groups is None else groups[half].tolist(), spare=spare,
    )  # fmt: skip
    if not isinstance(fitted, Cutoff):
        return Round(cutoff=None)
    above = items.scores >= fitted.cutoff
    shown = items.bad[above & ~half]
    return Round(
        cutoff=fitted, coverage=len(shown) / int((~half).sum()), tested=len(shown),
        broken=bool(len(shown)) and float(shown.mean()) > risk,
        broken_pooled=float(items.bad[above].mean()) > risk,
    )  # fmt: skip


def _seen(one: Round, confidence: float) -> float:
    """Return the chance that a cut-off that just passed is seen broken on its test half."""
    if one.cutoff is None or not one.tested:
        return 0.0
    normal = NormalDist()
    share = one.tested / (one.tested + one.cutoff.published)
    return normal.cdf(-normal.inv_cdf(confidence) * math.sqrt(share))


def _with_error(share: float, rounds: int) -> float:
    return share + 2 * math.sqrt(share * (1 - share) / rounds)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "NO"
    if isinstance(value, float):
        return f"{value:.3f}"
    return "-" if value is None else str(value)


class _Word:
    """Says on stderr how far it is, once work takes longer than two seconds."""

    def __init__(self, total: int) -> None:
        self.total, self.done, self.spoke = total, 0, time.monotonic()

    def step(self) -> None:
        self.done += 1
        now = time.monotonic()
        if now - self.spoke >= _SECONDS:
            self.spoke = now
            print(f"gating: {self.done} of {self.total} rounds", file=sys.stderr, flush=True)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("items", nargs="?", help="JSON lines of judged items")
    parser.add_argument("--simulate", action="store_true", help="made-up worlds instead of items")
    parser.add_argument("--risk", type=float, action="append", help=f"default {RISKS}, simulated {SIMULATED}")
    parser.add_argument("--size", type=int, action="append", help=f"verdicts, with --simulate (default {SIZES})")
    parser.add_argument("--confidence", type=float, default=0.9, help="default %(default)s")
    parser.add_argument("--rounds", type=int, default=1000, help="resamplings (default %(default)s)")
    parser.add_argument("--by", choices=("group", "listing"), default="group", help="what is divided into halves")
    parser.add_argument("--uncorrected", action="store_true", help="do not tell the gate of the groups")
    parser.add_argument("--spare", type=int, default=SPARE, help="see fit_cutoff (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="default %(default)s")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    options = parser.parse_args(arguments)
    if bool(options.items) == options.simulate:
        parser.error("give either a file of items or --simulate.")
    if options.rounds < 1 or any(size < 1 for size in options.size or ()):
        parser.error("--rounds and --size must be 1 or more.")
    return options


if __name__ == "__main__":
    raise SystemExit(main())
