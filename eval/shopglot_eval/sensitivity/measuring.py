"""Recall, precision and false alarms of the screen on labelled lines, by market, side and theme."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from scipy.stats import beta

from shopglot.loading import load_screen
from shopglot.sensitivity import About, Screen, action
from shopglot.types import Finding
from shopglot_eval.sensitivity.lines import Line


@dataclass(slots=True)
class Tally:
    """Counts of flagged and passed lines, by what they should have been."""

    hits: int = 0
    misses: int = 0
    alarms: int = 0
    quiet: int = 0

    def add(self, *, expected: bool, flagged: bool) -> None:
        """Count one line."""
        self.hits += expected and flagged
        self.misses += expected and not flagged
        self.alarms += flagged and not expected
        self.quiet += not expected and not flagged

    @property
    def recall(self) -> float | None:
        """Share of the lines to be flagged that are, None where there are none."""
        return _share(self.hits, self.hits + self.misses)

    @property
    def precision(self) -> float | None:
        """Share of the flagged lines that should be, None where there are none."""
        return _share(self.hits, self.hits + self.alarms)

    @property
    def false_alarms(self) -> float | None:
        """Share of the harmless lines that are flagged, None where there are none."""
        return _share(self.alarms, self.alarms + self.quiet)

    def interval(self, confidence: float = 0.95) -> tuple[float, float] | None:
        """Return the interval of Clopper and Pearson for the recall."""
        total, tail = self.hits + self.misses, (1 - confidence) / 2
        if not total:
            return None
        low = 0.0 if not self.hits else float(beta.ppf(tail, self.hits, self.misses + 1))
        high = 1.0 if not self.misses else float(beta.ppf(1 - tail, self.hits + 1, self.misses))
        return low, high


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line that was judged otherwise than it is labelled, with what was found."""

    line: Line
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class Measure:
    """What a set of lines gave: tallies by market, side and theme, and the lines that went wrong."""

    tallies: Mapping[tuple[str, str], Tally] = field(default_factory=lambda: defaultdict(Tally))
    wrong: list[Wrong] = field(default_factory=list)


def measure(lines: Iterable[Line], screens: Mapping[str, Screen] | None = None) -> Measure:
    """Screen every line by its market's rules, or by those given, and compare with the labels."""
    screens = screens if screens is not None else _Screens()
    found = Measure()
    for line in lines:
        about = About(field=line.field, category=line.category)
        findings = screens[line.market].screen(line.text, side=line.side, about=about)
        expected, flagged = line.expected == "flag", action(findings) != "pass"
        for key in (("all", ""), ("market", line.market), ("side", line.side), ("theme", line.theme)):
            found.tallies[key].add(expected=expected, flagged=flagged)
        if expected != flagged:
            found.wrong.append(Wrong(line, findings))
    return found


def table(measured: Measure) -> list[str]:
    """Return the tallies as lines of Markdown."""
    rows = ["| what | lines | recall | 95 % | precision | false alarms |", "|---|--:|--:|---|--:|--:|"]
    for (kind, name), tally in sorted(measured.tallies.items(), key=lambda item: (_ORDER.index(item[0][0]), item[0])):
        bounds = tally.interval()
        total = tally.hits + tally.misses + tally.alarms + tally.quiet
        between = "" if bounds is None else f"{bounds[0]:.2f}–{bounds[1]:.2f}"
        figures = (tally.recall, tally.precision, tally.false_alarms)
        recall, precision, alarms = ("" if figure is None else f"{figure:.3f}" for figure in figures)
        rows.append(f"| {kind} {name} | {total} | {recall} | {between} | {precision} | {alarms} |")
    return rows


def told(wrong: Sequence[Wrong]) -> list[str]:
    """Return the lines that went wrong, missed ones first, each with its label and what was found."""
    lines = []
    for one in sorted(wrong, key=lambda one: (one.line.expected, one.line.market, one.line.theme)):
        line = one.line
        what = "MISSED" if line.expected == "flag" else "FALSE "
        found = "; ".join(f"{f.check} “{f.text}”" for f in one.findings if f.severity != "info")
        lines.append(f"{what} {line.market} {line.side} {line.theme}: {line.text}  [{found or line.why}]")
    return lines


_ORDER = ("all", "market", "side", "theme")


class _Screens(dict[str, Screen]):
    """The markets' own screens, loaded as they are asked for."""

    def __missing__(self, market: str) -> Screen:
        self[market] = load_screen(market)
        return self[market]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
