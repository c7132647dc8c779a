"""Status, history and summaries in words: what a person reads of a store and of a run."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from shopglot.decide import HOLDS
from shopglot.types import STATUSES

GATES = {
    "fitted": "fitted on reviewers' verdicts; the market's promise stands behind what was published",
    "closed": "closed: no cut-off keeps the market's promise, so that every page waits for review",
    "plain": "uncalibrated: published by a plain cut-off, and no promise stands behind it",
    "uncalibrated": "uncalibrated: every page waits for review (--allow-uncalibrated publishes by a plain cut-off)",
}
SEVERITY_ZH = {"error": "必须处理", "warning": "需要确认", "info": "提示"}


def tell_summary(summary: Mapping[str, Any]) -> str:
    """Return the summary of a run (see `Summary.as_json`) as a table with the reasons of what was held."""
    markets: Mapping[str, Mapping[str, int]] = summary["outcomes"]
    rows = [["market", *STATUSES]]
    rows += [[market, *(str(counts[status]) for status in STATUSES)] for market, counts in markets.items()]
    segments = summary["segments"]
    lines = [
        (
            f"run {summary['run_id']}{' (taken up again)' if summary['resumed'] else ''}: {summary['listings']} lines, "
            f"{summary['failed_lines']} broken, in {summary['seconds']} s"
        ),
        "",
        *table(rows),
        "",
        (
            f"segments   {segments['total']} in all, {segments['unique']} distinct, {segments['memory']} from memory, "
            f"{segments['translated']} translated"
        ),
        (
            f"catalog    {summary['published']} published, {summary['unchanged']} unchanged, "
            f"{summary['withdrawn']} withdrawn"
        ),
        f"made by    {summary['signature']}",
        *(f"gate       {market}: {GATES[state]}" for market, state in summary.get("gates", {}).items()),
    ]
    if summary.get("audited"):
        lines.append(f"audit      {summary['audited']} of the published pages wait for a reviewer all the same")
    reasons = list(summary["reasons"].items())
    if reasons:
        lines += [
            "",
            "held, refused or skipped because of",
            *table([[str(count), reason] for reason, count in reasons[:12]], indent=2),
        ]
    return "\n".join(lines)


def tell_status(status: Mapping[str, Any]) -> str:
    """Return the state of a store for people."""
    lines = [f"store {status['store']}", ""]
    rows = [["market", "on sale", *STATUSES[:3]]]
    for market, counts in status["items"].items():
        on_sale = str(status["published"].get(market, 0))
        rows.append([market, on_sale, *(str(counts.get(name, 0)) for name in STATUSES[:3])])
    lines += table(rows) if len(rows) > 1 else ["nothing has been worked on yet"]
    if status["held"]:
        lines += ["", "held because of"]
        lines += table([[str(row["count"]), row["market"], row["reason"]] for row in status["held"]], indent=2)
    memory = status["memory"]
    lines += [
        "",
        f"memory: {memory['machine']} machine, {memory['human']} human; events waiting: {status['undelivered']}",
    ]
    lines += ["", "last runs"]
    lines += table([_run_row(run) for run in status["runs"]], indent=2) or ["  none"]
    if status["unfinished"]:
        lines += ["", "A run was cut off; the same `shopglot run` command goes on where it was."]
    return "\n".join(lines)


def tell_history(listing: str, events: Sequence[Mapping[str, Any]]) -> str:
    """Return what happened to a listing, oldest first; every hold with its words, rule, reason and way out."""
    lines = [f"listing {listing}"]
    for event in events:
        at = str(event["at"])[:19].replace("T", " ")
        if event["event"] == "run":
            lines += ["", f"{at}  run {event['run_id']} over {event['catalog']} ({event['status']})"]
        elif event["event"] == "version":
            kind = "published" if event["kind"] == "publish" else "taken down"
            current = ", on sale now" if event["current"] and event["kind"] == "publish" else ""
            lines.append(f"  {event['market']}  {kind} as version {event['version']}{current}")
        else:
            lines.append(f"  {event['market']}  {event['status']}  {' '.join(event['reasons'])}".rstrip())
            held = event.get("held") or []
            if not held and event["message"]:
                lines += [f"      {event['field']}  {event['message']}", f"      {event['message_zh']}"]
            for segment in held:
                lines += _tell_segment(segment)
    return "\n".join(lines)


def table(rows: Sequence[Sequence[str]], *, indent: int = 0) -> list[str]:
    """Return rows as lines with aligned columns; Chinese counts as two columns, numbers stand right."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)] if rows else []
    lines = []
    for row in rows:
        cells = [
            " " * (size - width(cell)) + cell if cell.replace(".", "").isdigit() else cell + " " * (size - width(cell))
            for cell, size in zip(row, widths, strict=True)
        ]
        lines.append(" " * indent + "  ".join(cells).rstrip())
    return lines


def width(text: str) -> int:
    """Return the columns that a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _tell_segment(segment: Mapping[str, Any]) -> list[str]:
    lines = [
        f"      {segment['path']}  score {segment['score']:.2f} ({segment['signature']})",
        f"        原文  {_printable(segment['source'])}",
        f"        译文  {_printable(segment['target'])}",
    ]
    told: set[str] = set()
    for finding in segment["findings"]:
        # A rule that hits both sides is told once, in the merchant's own words.
        if finding["check"] in told and finding["side"] == "target":
            continue
        told.add(finding["check"])
        words = _printable(finding["text"][:60])
        lines.append(f"        {SEVERITY_ZH[finding['severity']]}  “{words}”  {finding['check']}")
        lines.append(f"          {finding['message_zh']}")
        if finding["suggestion"]:
            lines.append(f"          建议：{finding['suggestion']}")
        if finding["basis"]:
            lines.append(f"          依据：{finding['basis']}")
    for reason in segment["reasons"]:
        if reason in HOLDS:
            lines += [f"        需要确认  {reason}", f"          {HOLDS[reason][1]}"]
    return lines


def _printable(text: str) -> str:
    """Return a merchant's text without the control characters that a terminal would obey."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", text)


def _run_row(run: Mapping[str, Any]) -> list[str]:
    summary = run["summary"]
    counts = (
        ""
        if summary is None
        else f"{summary['listings']} lines, {summary['failed_lines']} broken, {summary['published']} published, "
        f"{summary['seconds']} s"
    )
    return [str(run["run_id"]), str(run["started_at"])[:19].replace("T", " "), run["status"], counts, run["catalog"]]
