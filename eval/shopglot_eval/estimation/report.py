"""The report of a fit, for people: what was measured, in tables, with the reliability diagram."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

WIDTH = 40  # characters of the reliability diagram


def write_report(folder: Path, market: str, figures: Mapping[str, Any]) -> None:
    """Write `<market>.md` and `<market>.json` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{market}.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")
    (folder / f"{market}.md").write_text("\n".join(_lines(figures)) + "\n", encoding="utf-8")


def _lines(figures: Mapping[str, Any]) -> list[str]:
    lines = [f"# Score and gate of market {figures['market']}", "", f"Score: `{figures['signature']}`", ""]
    lines += _calibration(figures)
    lines += _gate(figures)
    lines += ["", "## Each signal alone", "", "Probability that a good machine text has more of it than a bad one.", ""]
    lines += ["| signal | AUROC |", "|---|---|"]
    lines += [f"| {name} | {value:.3f} |" for name, value in sorted(figures["signals"].items(), key=lambda row: row[1])]
    if "experts" not in figures:
        return [*lines, "", "Expert scores and generated errors were left out: no shared data, or not asked for."]
    return [*lines, *_experts(figures), *_errors(figures)]


def _calibration(figures: Mapping[str, Any]) -> list[str]:
    machine, listing = figures["machine"], figures["by_listing"]
    counted = f"{figures['segments']} segments, {figures['good_segments']} of them good"
    lines = [
        "## Calibration on verdicts that nothing was fitted on", "",
        f"{counted}, of {figures['listings']} listings.", "",
        "| figure | value |", "|---|---|",
        f"| expected calibration error (10 bins of equal count) | {figures['calibration_error']:.3f} |",
        f"| Brier skill over the base rate | {figures['brier_skill']:.3f} |",
        f"| AUROC, machine texts ({machine['count']}, {machine['good']} good) | {machine['auroc']:.3f} |",
        f"| AUROC, listings ({listing['count']}, {listing['good']} good), by the worst text | {listing['auroc']:.3f} |",
        "", "| predicted | observed | 95% interval | texts | |", "|---|---|---|---|---|",
    ]  # fmt: skip
    for predicted, observed, count, low, high in figures["reliability"]:
        bar = "".join(
            "o" if step == round(observed * WIDTH) else "|" if step == round(predicted * WIDTH) else "."
            for step in range(WIDTH + 1)
        )
        lines.append(f"| {predicted:.3f} | {observed:.3f} | {low:.3f}-{high:.3f} | {count} | `{bar}` |")
    return [*lines, "", "`|` is predicted, `o` observed; one mark alone where they agree."]


def _gate(figures: Mapping[str, Any]) -> list[str]:
    promise = (
        f"Promise of the market: at most {figures['risk']:.0%} bad among what is published unseen, with confidence "
        f"{figures['confidence']:.0%}. {figures['bad_listings']} of the {figures['listings']} listings are bad; "
        f"findings hold {figures['held_by_findings']} of them whatever the score."
    )
    lines = [
        "", "## Gate", "", promise, "",
        "| risk | cut-off | published unseen | bad among them | upper bound |", "|---|---|---|---|---|",
    ]  # fmt: skip
    for risk, row in figures["risks"].items():
        mark = " (promised)" if float(risk) == figures["risk"] else ""
        if row["cutoff"] is None:
            lines.append(f"| {float(risk):.0%}{mark} | none ({row['reason']}) | 0% | | |")
        else:
            lines.append(
                f"| {float(risk):.0%}{mark} | {row['cutoff']:.3f} | {row['coverage']:.0%} ({row['published']}) "
                f"| {row['bad']} | {row['bound']:.1%} |"
            )
    return lines


def _experts(figures: Mapping[str, Any]) -> list[str]:
    lines = [
        "", "## Agreement with experts on news that nothing was fitted on", "",
        "| | item-level Kendall | overall Kendall | Pearson | AUROC |", "|---|---|---|---|---|",
    ]  # fmt: skip
    for name, row in figures["experts"].items():
        cells = [f"{value:.3f} ({low:.2f} to {high:.2f})" for value, low, high in row.values()]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def _errors(figures: Mapping[str, Any]) -> list[str]:
    lines = [
        "", "## Generated errors told from the clean text of the same segment", "",
        "| kind / mechanism | pairs | score | without a model |", "|---|---|---|---|",
    ]  # fmt: skip
    for kind, (accuracy, count) in figures["errors"]["score"].items():
        lines.append(f"| {kind} | {count} | {accuracy:.2f} | {figures['errors']['surface'][kind][0]:.2f} |")
    return lines
