"""Chinese advertisements labelled by mainland practice, against what the rules of another market say of them.

The labels are of a place whose law does not bind here; `ad-cases.tsv` gives, case by case, the verdict that fits the
United States and Hong Kong, with a reason. Recall counts the cases that both see as wrong.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shopglot.loading import load_screen
from shopglot.sensitivity import action

MARKETS = ("us", "hk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An advertisement in a market: the mainland's label, ours with its reason, and what the rules said."""

    id: str
    market: str
    theirs: str
    ours: str
    reason: str
    said: str


def read_cases(advertisements: Path, verdicts: Path) -> list[Case]:
    """Screen every advertisement for both markets, as texts of the source."""
    texts = {case["id"]: case for case in json.loads(advertisements.read_text(encoding="utf-8"))}
    with verdicts.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    screens = {market: load_screen(market) for market in MARKETS}
    return [
        Case(
            id=row["id"], market=market, theirs=texts[row["id"]]["label"], ours=row[market],
            reason=row[f"reason_{market}"],
            said=action(screens[market].screen(texts[row["id"]]["content"], side="source")),
        )
        for market in MARKETS
        for row in rows
        if row["id"] in texts
    ]  # fmt: skip


def table(cases: Sequence[Case]) -> list[str]:
    """Return agreement, recall on what both see as wrong, and false alarms on what both see as right."""
    lines = ["| market | mainland label | ours | rules say | cases |", "|---|---|---|---|--:|"]
    counts = Counter((case.market, case.theirs, case.ours, case.said) for case in cases)
    lines += [f"| {' | '.join(key)} | {count} |" for key, count in sorted(counts.items())]
    for market in MARKETS:
        own = [case for case in cases if case.market == market]
        both = [case for case in own if case.theirs != "pass" and case.ours != "pass"]
        right = [case for case in own if case.theirs == "pass" and case.ours == "pass"]
        found = sum(case.said != "pass" for case in both)
        false = sum(case.said != "pass" for case in right)
        same = sum((case.said == "pass") == (case.ours == "pass") for case in own)
        lines.append(
            f"{market}: {found} of {len(both)} that both see as wrong are found ({found / max(1, len(both)):.3f}); "
            f"{false} of {len(right)} that both see as right are held; {same} of {len(own)} as our label has them"
        )
    return lines


def differences(cases: Sequence[Case]) -> list[str]:
    """Return the cases in which our label differs from the mainland's, or the rules from our label, with the reason."""
    lines = []
    for case in cases:
        if (case.theirs == "pass") != (case.ours == "pass"):
            lines.append(f"{case.market} {case.id}: mainland {case.theirs}, ours {case.ours}: {case.reason}")
        if (case.said == "pass") != (case.ours == "pass"):
            lines.append(f"{case.market} {case.id}: ours {case.ours}, RULES SAY {case.said}: {case.reason}")
    return lines
