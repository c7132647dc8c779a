"""Status, history and summaries in words: what a person reads of a store and of a run."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from shopglot.decide import HOLDS
from shopglot.dismissals import VERIFIED
from shopglot.types import STATUSES

if TYPE_CHECKING:
    from shopglot.store.tm import Match

GATES = {
    "fitted": "fitted on reviewers' verdicts; the market's promise stands behind what was published",
    "closed": "closed: no cut-off keeps the market's promise, so that every page waits for review",
    "plain": "uncalibrated: published by a plain cut-off, and no promise stands behind it",
    "uncalibrated": "uncalibrated: every page waits for review (--allow-uncalibrated publishes by a plain cut-off)",
}
CAUSES = {
    "rollback": " by a rollback", "pause": " by a pause", "resume": " by a resumption",
    "missing": " because it left the catalog", "erase": " by an erasure",
}  # fmt: skip
STATES = {
    "outdated": "the page no longer says what it was approved for",
    "superseded": "another text was approved for the same words since",
}
ACTS = {  # what an act's detail says, in words
    "dismiss": "  {finding} holds nothing back any more: {reason}{words}",
    "dismiss-end": "  {finding} holds again{words}",
    "override": "  {rule} lets pass{words}",
    "override-revoke": "  {rule} refuses again{words}",
    "reject": "  the text is not to be published as it is{kind}",
    "send-back": "  the merchant is told: {message}",
    "undo": "  what was taken back: {what}",
    "assign": "  {assigned}",
}
PAUSED = 20  # shops and pages that are named
SEVERITY_ZH = {"error": "必须处理", "warning": "需要确认", "info": "提示"}


def tell_summary(summary: Mapping[str, Any]) -> str:
    """Return the summary of a run (see `Summary.as_json`) as a table with the reasons of what was held."""
    markets: Mapping[str, Mapping[str, int]] = summary["outcomes"]
    rows = [["market", *STATUSES]]
    rows += [[market, *(str(counts[status]) for status in STATUSES)] for market, counts in markets.items()]
    segments = summary["segments"]
    lines = [
        (
            f"run {summary['run_id']}{_beginning(summary)}: {summary['listings']} lines, "
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
    if left := {market: number for market, number in summary.get("left", {}).items() if number}:
        told = ", ".join(f"{market} {number}" for market, number in left.items())
        lines.append(f"deadline   it came before these pages, which the next run takes up: {told}")
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


def _beginning(summary: Mapping[str, Any]) -> str:
    """Return how a process came to a run that was there already."""
    return " (taken up again)" if summary["resumed"] else " (joined)" if summary.get("joined") else ""


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
    lines += [
        f"outdated: {number} approved texts in {market} whose source has changed"
        for market, number in status.get("outdated", {}).items()
    ]
    if paused := status.get("paused"):
        lines += ["", "paused by their merchants"]
        lines += table([_paused_row(row) for row in paused[:PAUSED]], indent=2)
        lines += [f"  and {len(paused) - PAUSED} more"] if len(paused) > PAUSED else []
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
            lines.append(_tell_version(event))
        elif event["event"] in ("action", "approval"):
            lines += _tell_act(event, at)
        else:
            lines.append(f"  {event['market']}  {event['status']}  {' '.join(event['reasons'])}".rstrip())
            held = event.get("held") or []
            if not held and event["message"]:
                lines += [f"      {event['field']}  {event['message']}", f"      {event['message_zh']}"]
            for segment in held:
                lines += _tell_segment(segment)
    return "\n".join(lines)


def _tell_version(event: Mapping[str, Any]) -> str:
    """Return a version in a line: what it did, why, and whether it is on sale."""
    kind = "published" if event["kind"] == "publish" else "taken down"
    cause = CAUSES.get(event.get("cause", "run"), "")
    brought = f", with the content of version {event['restores']}" if event.get("restores") else ""
    current = ", on sale now" if event["current"] and event["kind"] == "publish" else ""
    return f"  {event['market']}  {kind} as version {event['version']}{cause}{brought}{current}"


def _tell_act(event: Mapping[str, Any], at: str) -> list[str]:
    """Return what a person did, in whole, with the text where it was about one."""
    where = f" {event['path']}" if event.get("path") else ""
    market = f" in {event['market']}" if event["market"] else ""
    why = f": {_printable(event['note'])}" if event.get("note") else ""
    lines = ["", f"{at}  {event['action']} by {_printable(event['by'])}{market}{where}{why}"]
    detail = event.get("detail", {})
    if "waits" in detail:
        version = "nothing" if detail["waits"] is None else f"version {detail['waits']}"
        lines.append(f"  the page is paused: it stays down, and {version} goes on sale when it is resumed")
    if event["action"] in ACTS:
        lines.append(ACTS[event["action"]].format(**_shown(detail)))
    text = event if event["event"] == "approval" else event.get("approval")
    if text is not None:
        lines += [f"  原文  {_printable(text['source'])}", f"  译文  {_printable(text['target'])}"]
    if text is not None and text["status"] != "current":
        lines.append(f"  {text['status']}: {STATES[text['status']]}")
        if (successor := text.get("now")) is not None:
            lines += [f"  现原文  {_printable(successor['source'])}", f"  现译文  {_printable(successor['target'])}"]
    return lines


def _shown(detail: Mapping[str, Any]) -> dict[str, str]:
    """Return what an act speaks of, for a line of its own: its words in quotation marks."""
    from shopglot.store.desk.dismissed import REASONS  # whoever has a history has the store

    words = detail.get("words") or []
    words = [] if isinstance(words, int) else words  # of a deed at the desk: how many characters its text has
    quoted = "".join(f"“{_printable(one[:60])}”" for one in ([words] if isinstance(words, str) else words))
    reason = REASONS.get(detail.get("reason", ""), str(detail.get("reason", "")))
    named = {name: _printable(str(detail.get(name, ""))) for name in ("finding", "rule", "what")}
    kind = " ".join(_printable(str(detail[name])) for name in ("severity", "error") if detail.get(name))
    message = _printable(" ".join(str(detail.get("message_zh", "")).split()))
    to = detail.get("assignee") or "nobody"
    due = detail.get("due_at")
    assigned = f"it is for {_printable(str(to))}" + (f", due {_printable(str(due))}" if due else "")
    return {
        **named, "reason": reason, "words": f"  {quoted}" if quoted else "", "kind": f": {kind}" if kind else "",
        "message": message, "assigned": assigned,
    }  # fmt: skip


def tell_match(match: Match) -> str:
    """Return a match of the translation memory for people: how alike, who made it, source and target."""
    unit = match.unit
    said = [f"{int(match.similarity * 100)}%", unit.kind, unit.status if unit.status != "current" else ""]
    said += [unit.provider or unit.by, unit.field]
    said.append(f"differs in {match.difference}" if match.difference != "none" else "")
    head = "  ".join(_printable(part) for part in said if part)
    return f"{head}\n  原文  {_printable(unit.source)}\n  译文  {_printable(unit.target)}"


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
        # A rule that hits both sides is told once, in the merchant's own words; what was set aside speaks for itself.
        aside = finding["severity"] == "info" and finding["message_zh"].startswith(VERIFIED)
        if finding["check"] in told and finding["side"] == "target" and not aside:
            continue
        if not aside:
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


def _paused_row(row: Mapping[str, Any]) -> list[str]:
    what = "the whole shop" if row["listing"] is None else f"page {_printable(row['listing'])}"
    state = "" if row["paused"] else "open, although its shop is paused"
    return [row["market"], _printable(row["merchant"]), what, state, f"by {row['by']}", row["note"]]


def _run_row(run: Mapping[str, Any]) -> list[str]:
    summary = run["summary"]
    counts = (
        ""
        if summary is None
        else f"{summary['listings']} lines, {summary['failed_lines']} broken, {summary['published']} published, "
        f"{summary['seconds']} s"
    )
    return [str(run["run_id"]), str(run["started_at"])[:19].replace("T", " "), run["status"], counts, run["catalog"]]
