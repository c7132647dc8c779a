"""The shapes in which the desk's pages, texts and findings go to the browser: JSON values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from shopglot.review.desk import Candidate, OpenPage, OpenSegment
from shopglot.review.looking import Checked, Rechecked
from shopglot.review.reasons import words_of
from shopglot.review.rendering import translate
from shopglot.store.desk.pages import DeskPage
from shopglot.store.reading import iso
from shopglot.types import Json

_IMAGES = 60  # of a page that are shown


def of_finding(one: Checked, market: str, language: str) -> dict[str, Json]:
    """Return a finding; its name and message are in the interface's language where there are such."""
    finding = one.finding
    chinese = language.startswith("zh") and bool(finding.message_zh)
    aside = one.dismissed
    name = words_of(finding.check, market, partial(translate, language), language).text
    return {
        "key": one.key, "check": finding.check, "name": name,
        "severity": finding.severity, "side": finding.side,
        "start": finding.start, "end": finding.end, "text": finding.text,
        "message": finding.message_zh if chinese else finding.message, "message_lang": "zh-Hans" if chinese else "en",
        "message_zh": finding.message_zh, "suggestion": finding.suggestion, "basis": finding.basis,
        "holds": one.holds, "blocks": one.blocks,
        "dismissed": None if aside is None else {"by": aside.by, "reason": aside.reason, "note": aside.note},
    }  # fmt: skip


def of_check(checked: Rechecked, target: str, market: str, language: str) -> dict[str, Json]:
    """Return what was found on a text, and what would become of it."""
    return {
        "findings": [of_finding(one, market, language) for one in checked.findings], "verdict": checked.verdict,
        "reasons": list(checked.reasons), "holds": len(checked.holding), "length": len(target),
        "limit": checked.limit,
    }  # fmt: skip


def of_segment(one: OpenSegment, market: str, language: str, *, audit: bool = False) -> dict[str, Json]:
    """Return a segment as the editor shows it."""
    standing, known = one.standing, one.known
    done = standing.handled
    handled: Json = None if done is None else {"deed": done.deed, "actor": done.actor, "at": iso(done.at)}
    if audit and one.judged is not None:
        handled = {"deed": "approve" if one.judged else "reject", "actor": "", "at": ""}
    return {
        "position": standing.position, "path": standing.path, "field": standing.field, "index": standing.index,
        "source": standing.source, "target": standing.text, "machine": standing.target, "origin": standing.origin,
        "model": standing.model, "held": standing.held or audit, "verdict": standing.verdict,
        "reasons": list(standing.reasons), "score": standing.score, "signature": standing.signature,
        "signals": [list(pair) for pair in standing.signals],
        "findings": [of_finding(found, market, language) for found in one.checked.findings],
        "terms": [
            {
                "start": term.start, "end": term.end, "source": term.source, "target": term.target,
                "admitted": list(term.admitted), "forbidden": list(term.forbidden), "note": term.note,
                "enforce": term.enforce, "keep": term.keep,
            }
            for term in known.terms
            if term.target or term.keep
        ],
        "quantities": [
            {"start": item.start, "end": item.end, "text": item.text, "kind": item.kind, "target": item.target}
            for item in known.quantities
        ],
        "masks": [{"start": mask.start, "end": mask.end, "kind": mask.kind} for mask in known.masks],
        "handled": handled, "approved_by": standing.approved_by or None, "seen": standing.seen,
        "outdated": None
        if one.outdated is None
        else dict(zip(("source", "target", "by"), one.outdated, strict=True)),
        "limit": one.checked.limit,
    }  # fmt: skip


def of_page(page: DeskPage) -> dict[str, Json]:
    """Return what is known of a page besides its texts."""
    document = page.document or {}
    title = next((one.source for one in page.segments if one.path == "/fields/title"), "")
    return {
        "market": page.market, "listing": page.number, "id": page.id, "merchant": page.merchant,
        "brand": _plain(document.get("brand")), "category": _plain(document.get("category")), "title": title,
        "status": page.status, "reasons": list(page.reasons), "state": page.state, "open": page.open,
        "segments": page.waiting, "assignee": page.assignee, "due_at": _moment(page.due_at),
        "claimed_by": page.claimed_by, "claimed_until": _moment(page.claimed_until),
        "run_id": page.run_id, "version": page.version, "on_sale": page.version is not None,
        "updated_at": iso(page.updated_at), "audit": page.audit, "images": list(_images(document)),
    }  # fmt: skip


def of_open(opened: OpenPage, language: str) -> dict[str, Json]:
    """Return a page with all its texts and remarks."""
    audit = opened.page.audit is not None
    places = {(one.path, one.index): one.position for one in opened.page.segments}
    return {
        "page": of_page(opened.page),
        "segments": [of_segment(one, opened.page.market, language, audit=audit) for one in opened.segments],
        "comments": [
            {
                "at": iso(one.at), "author": one.author, "text": one.text,
                "position": places.get((one.path, one.index)) if one.path else None,
            }
            for one in opened.page.comments
        ],
        "stale": opened.stale,
    }  # fmt: skip


def of_candidate(one: Candidate, market: str, language: str) -> dict[str, Json]:
    """Return what the machine offers."""
    return {"target": one.target, "model": one.model, **of_check(one.checked, one.target, market, language)}


def of_acts(rows: Sequence[Any], load: Any) -> list[dict[str, Json]]:
    """Return what people did with a segment, the newest first."""
    found: list[dict[str, Json]] = []
    for row in rows:
        detail: Mapping[str, Any] = load(row.detail)
        found.append(
            {
                "at": iso(row.at), "actor": row.actor, "what": row.action, "target": detail.get("target"),
                "finding": detail.get("finding"), "reason": detail.get("reason"), "note": row.note,
            }
        )  # fmt: skip
    return found


def proposed_message(opened: OpenPage) -> str:
    """Return what the merchant is told of a page, in Simplified Chinese: each word that holds it, why, and the way out.

    Built from what the rules say; whoever sends it may change every word.
    """
    lines: list[str] = []
    for one in opened.segments:
        for found in one.checked.findings:
            finding = found.finding
            if found.holds and finding.side == "source":
                lines.append(f"“{finding.text}”：{finding.message_zh}" if finding.text else finding.message_zh)
    told = list(dict.fromkeys(lines))
    title = next((one.source for one in opened.page.segments if one.path == "/fields/title"), opened.page.id)
    if not told:
        return f"您的商品「{title}」的部分内容需要您确认或修改后才能在海外市场发布。"
    body = "\n".join(f"{number}. {line}" for number, line in enumerate(told, start=1))
    opening = f"您的商品「{title}」有以下内容需要修改后才能在海外市场发布："
    return f"{opening}\n{body}\n请修改商品原文，系统会在下次运行时自动重新处理。"


def _images(document: Mapping[str, Any]) -> Iterator[dict[str, Json]]:
    fields = document.get("fields")
    images = fields.get("images") if isinstance(fields, Mapping) else None
    for image in images[:_IMAGES] if isinstance(images, list) else ():
        url = image.get("url") if isinstance(image, Mapping) else None
        if isinstance(url, str) and url.startswith("https://"):
            yield {"url": url, "alt": _plain(image.get("alt"))}


def _plain(value: object) -> str:
    return value if isinstance(value, str) else ""


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)
