"""Sensitivity leaks: targets that say what a rule of their market blocks, or holds for a person.

Only what stands in the target counts; a claim that the source makes and the target does not is no leak. The gate holds
every leak back (law 5), so that the figures say what a system would have people read, not what was published.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from shopglot.decide import RULE_PREFIXES
from shopglot.types import Finding, Severity
from shopglot_eval.measures.shares import Trial, cluster_of, measure_share
from shopglot_eval.records import Better, Figure, Form, Measure, Output, Pair

HELD: tuple[Severity, ...] = ("error", "warning")
BLOCKED: tuple[Severity, ...] = ("error",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaks:
    """The share of texts whose target says what a rule forbids; `rule` is the id of one rule, "" is any."""

    name: str = "leaks"
    title: str = "Sensitivity leaks"
    severities: tuple[Severity, ...] = HELD
    rule: str = ""
    better: Better = "lower"
    form: Form = "share"

    def measure(self, pairs: Sequence[Pair]) -> Figure:
        """Return the share of texts with a leak; the note says how many of these say what their source does not."""
        trials, made = [], 0
        for pair in pairs:
            leaks = self._leaks(pair.output)
            made += bool({leak.check for leak in leaks} - _said(pair.output))
            cluster = cluster_of(pair.example)
            trials.append(Trial(id=pair.example.id, cluster=cluster, hits=float(bool(leaks)), total=1))
        count = sum(trial.hits > 0 for trial in trials)
        note = f"{made} of {count} texts say what no rule found in their source" if count else ""
        return measure_share(self, trials, unit="texts", nothing="no text", note=note)

    def value(self, pair: Pair) -> float | None:
        """Return 1 where the target has a leak, else 0."""
        return float(bool(self._leaks(pair.output)))

    def _leaks(self, output: Output) -> list[Finding]:
        return [
            leak for leak in find_leaks(output) if leak.severity in self.severities and self.rule in ("", leak.check)
        ]


def find_leaks(output: Output) -> list[Finding]:
    """Return the findings of rules on the target that block it or hold it, in order."""
    return [
        finding
        for finding in output.findings
        if finding.side == "target" and finding.severity in HELD and finding.check.startswith(RULE_PREFIXES)
    ]


def measure_rules(pairs: Sequence[Pair]) -> list[Figure]:
    """Return a figure for every rule that any target breaks, `leaks.<id of the rule>`, most texts first."""
    counts = Counter(check for pair in pairs for check in {leak.check for leak in find_leaks(pair.output)})
    return [
        Leaks(name=f"leaks.{rule}", title=rule, rule=rule).measure(pairs)
        for rule in sorted(counts, key=lambda rule: (-counts[rule], rule))
    ]


def _said(output: Output) -> set[str]:
    """Return the rules that found something in the source."""
    return {finding.check for finding in output.findings if finding.side == "source"}


MEASURES: tuple[Measure, ...] = (
    Leaks(),
    Leaks(name="leaks.blocked", title="Blocked claims", severities=BLOCKED),
)
"""All measures of this module, in the order in which a table has them."""
