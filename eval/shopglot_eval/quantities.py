"""Does `check` see every changed quantity, and leave the unchanged ones alone? An adversary for the number checks.

    python -m shopglot_eval.quantities --pairs 300 --seed 1

From a seed it draws so many wrong pairs, in each of which one quantity means something else, and as many right ones,
whose quantities are written in another way; equal shares of every kind. The kinds are in the package `quantity` beside
this module; they know nothing of how the checks read. `--set FILE` measures pairs of a JSON lines file instead:
{"source": …, "target": …, "field": …, "right": true, "kind": …} a line.

An error is found when a finding `number.changed`, `unit.changed` or `currency.changed` of severity error or warning is
raised, or one of another id that points at a number (a brand, a term, a placeholder). A right pair with one of those
three findings, of any severity, is a false alarm. Exit status 1 below the bar, 2 on bad input.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from shopglot.errors import UsageError
from shopglot.foreign import read_objects
from shopglot.types import Finding
from shopglot_eval.arguments import positive
from shopglot_eval.quantity import KINDS
from shopglot_eval.quantity.pairs import Pair, generate

Checker = Callable[[Pair], Sequence[Finding]]
CHANGED = {"number.changed", "unit.changed", "currency.changed"}
POINTING = {"brand.changed", "dnt.changed", "term.missing", "term.forbidden", "placeholder.lost"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A pair and what was found: `raised` says whether the checks object to a quantity of it."""

    pair: Pair
    findings: tuple[Finding, ...]
    raised: bool

    @property
    def missed(self) -> bool:
        """Return whether an error was not found."""
        return not self.pair.right and not self.raised

    @property
    def alarmed(self) -> bool:
        """Return whether a right pair was objected to."""
        return self.pair.right and self.raised


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; return the exit status."""
    options = _parse(arguments)
    try:
        pairs = read_pairs(options.set) if options.set else generate(KINDS, pairs=options.pairs, seed=options.seed)
        if options.list == "pairs":
            _print_pairs(pairs)
            return 0
        verdicts = measure(pairs, market_checker(options.market))
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_status
    figures = summarize(verdicts)
    reached = figures["recall"] >= options.recall and figures["false_alarms"] <= options.alarms
    if options.list:
        wanted = [item for item in verdicts if (item.missed if options.list == "errors" else item.alarmed)]
        _print_verdicts(wanted)
    elif options.json:
        print(json.dumps({**figures, "reached": reached}, ensure_ascii=False))
    else:
        print("\n".join(describe(figures, verdicts)))
    return int(not reached)


def market_checker(market: str) -> Checker:
    """Return `check` of a market as a function of a pair, as the command `shopglot check` calls it. Loads no model.

    Raises UsageError where the market's language is not English.
    """
    from shopglot.checks import check
    from shopglot.loading import load_localizer
    from shopglot.types import Translation

    localizer = load_localizer(market)
    if localizer.market.language != "en":
        raise UsageError(f"--market {market}: the targets are English; give a market that is, such as us.")

    def find(pair: Pair) -> Sequence[Finding]:
        item = localizer.whole(pair.source, field=pair.field)
        unit = localizer.unit(item)
        translation = Translation(
            source=item.source, target=pair.target, market=market, model="input", origin="human",
            unit_key=unit.unit_key, machine_key=unit.machine_key,
        )  # fmt: skip
        return check(item, translation, localizer.market)

    return find


def measure(pairs: Iterable[Pair], checker: Checker) -> list[Verdict]:
    """Return a verdict for each pair, in order."""
    verdicts = []
    for pair in pairs:
        findings = tuple(checker(pair))
        verdicts.append(Verdict(pair=pair, findings=findings, raised=any(_objects(pair, item) for item in findings)))
    return verdicts


def summarize(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Return the figures: per kind and overall, rates with their 95% Clopper-Pearson intervals.

    A rate of no pairs is 1 for recall and 0 for false alarms: nothing was missed and nothing was wrong.
    """
    kinds: dict[str, dict[str, int]] = {}
    for item in verdicts:
        row = kinds.setdefault(item.pair.kind, {"errors": 0, "found": 0, "right": 0, "alarms": 0})
        row["right" if item.pair.right else "errors"] += 1
        if item.raised:
            row["alarms" if item.pair.right else "found"] += 1
    total = {name: sum(row[name] for row in kinds.values()) for name in ("errors", "found", "right", "alarms")}
    return {
        **total,
        "recall": total["found"] / total["errors"] if total["errors"] else 1.0,
        "recall_interval": interval(total["found"], total["errors"]),
        "false_alarms": total["alarms"] / total["right"] if total["right"] else 0.0,
        "false_alarms_interval": interval(total["alarms"], total["right"]),
        "kinds": kinds,
    }


def interval(hits: int, trials: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Return the Clopper-Pearson interval of a rate: Clopper and Pearson, Biometrika 26 (1934), pages 404-413.

    The bounds are the rates at which so many hits or more (lower), or so many or fewer (upper), have a probability of
    half of 1 - confidence; found by bisection on the binomial tail. (0, 1) without trials.
    """
    tail = (1 - confidence) / 2
    low = 0.0 if hits == 0 else _bisect(lambda rate: _at_least(hits, trials, rate) < tail)
    high = 1.0 if hits == trials else _bisect(lambda rate: 1 - _at_least(hits + 1, trials, rate) > tail)
    return round(low, 4), round(high, 4)


def read_pairs(path: str) -> list[Pair]:
    """Return the pairs of a JSON lines file; empty lines are skipped.

    Raises UsageError with file, line and field where one cannot be read.
    """
    return [_pair(record, f"{path}:{number}") for number, record in read_objects(Path(path))]


def describe(figures: dict[str, Any], verdicts: Sequence[Verdict]) -> Iterable[str]:
    """Yield the lines of a report: a table of the kinds, worst first, misses, false alarms, overall figures."""
    rows = sorted(
        figures["kinds"].items(), key=lambda row: (row[1]["found"] - row[1]["errors"], -row[1]["alarms"], row[0])
    )
    yield f"{'kind':<22}{'found':>12}{'false alarms':>16}"
    for name, row in rows:
        yield f"{name:<22}{row['found']:>6} of {row['errors']:<2}{row['alarms']:>10} of {row['right']:<2}"
    for title, wanted in (
        ("errors that were missed", [item.pair for item in verdicts if item.missed]),
        ("right pairs that were objected to", [item.pair for item in verdicts if item.alarmed]),
    ):
        yield f"\n{title}: {len(wanted)}"
        for pair in wanted:
            yield f"  {pair.kind}{f' ({pair.operator})' if pair.operator else ''}: {pair.source} -> {pair.target}"
    for title, name in (("recall", "recall"), ("false alarms", "false_alarms")):
        low, high = figures[f"{name}_interval"]
        yield f"{title} {figures[name]:.4f}, 95% interval {low:.4f} to {high:.4f}"


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--market", default="us", help="a market whose language is English (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same pairs (default %(default)s)")
    parser.add_argument("--pairs", type=positive, default=300, help="wrong pairs, and right ones (default %(default)s)")
    parser.add_argument("--set", metavar="FILE", help="measure the pairs of this JSON lines file instead")
    parser.add_argument("--recall", type=float, default=1.0, help="the lowest recall accepted (default %(default)s)")
    parser.add_argument("--alarms", type=float, default=0.02, help="the highest share of false alarms (%(default)s)")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    parser.add_argument(
        "--list",
        choices=("errors", "alarms", "pairs"),
        help="print, as JSON lines that --set reads, what was missed, what was objected to, or all pairs unchecked",
    )
    return parser.parse_args(arguments)


def _objects(pair: Pair, finding: Finding) -> bool:
    if finding.check in CHANGED:
        return pair.right or finding.severity != "info"
    pointing = finding.check in POINTING and any(letter.isdigit() for letter in finding.text)
    return pointing and not pair.right and finding.severity != "info"


def _pair(record: Mapping[str, Any], place: str) -> Pair:
    for name in ("source", "target"):
        if not isinstance(record.get(name), str):
            raise UsageError(f"{place}: field '{name}' must be a text.")
    for name in ("field", "kind", "operator"):
        if not isinstance(record.get(name, ""), str):
            raise UsageError(f"{place}: field '{name}' must be a text.")
    if not isinstance(record.get("right"), bool):
        raise UsageError(f"{place}: field 'right' must be true or false.")
    return Pair(
        source=record["source"], target=record["target"], field=record.get("field") or "title", right=record["right"],
        kind=record.get("kind") or "-", operator=record.get("operator") or "",
    )  # fmt: skip


def _print_pairs(pairs: Iterable[Pair]) -> None:
    for pair in pairs:
        print(json.dumps(asdict(pair), ensure_ascii=False))


def _print_verdicts(verdicts: Iterable[Verdict]) -> None:
    for item in verdicts:
        findings = [
            {"check": finding.check, "severity": finding.severity, "text": finding.text, "message": finding.message}
            for finding in item.findings
        ]
        print(json.dumps(asdict(item.pair) | {"findings": findings}, ensure_ascii=False))


def _at_least(hits: int, trials: int, rate: float) -> float:
    """Return the probability of so many hits or more in so many trials, 0 < rate < 1."""
    logs = (
        math.lgamma(trials + 1) - math.lgamma(count + 1) - math.lgamma(trials - count + 1)
        + count * math.log(rate) + (trials - count) * math.log1p(-rate)
        for count in range(hits, trials + 1)
    )  # fmt: skip
    return math.fsum(map(math.exp, logs))


def _bisect(below: Callable[[float], bool]) -> float:
    """Return where a condition on a rate that holds from 0 up to some point ceases to hold."""
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) else (low, middle)
    return (low + high) / 2


if __name__ == "__main__":
    raise SystemExit(main())
