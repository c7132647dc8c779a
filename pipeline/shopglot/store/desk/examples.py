"""What people decided, as examples to learn from: what the machine said, what became of it, what was found on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, select

from shopglot.store.connection import chunks
from shopglot.store.encoding import load
from shopglot.store.reading import iso
from shopglot.store.schema import actions, verdicts
from shopglot.types import Json

KEYS = (
    "channel", "act", "at", "market", "merchant", "listing", "path", "index", "field", "category", "source", "machine",
    "final", "deed", "published", "error", "severity", "note", "reasons", "findings", "dismissed", "score",
    "signature", "signals", "model", "origin", "unit_key", "seconds", "words", "reviewer",
)  # fmt: skip
_DISMISSED_BEFORE = timedelta(days=30)  # as in `decided`
_BESIDE = ("dismiss", "dismiss-end", "undo")
_Place: TypeAlias = tuple[str, str, str, int]


def decisions(connection: Connection, numbers: Sequence[int]) -> list[dict[str, Json]]:
    """Return the decisions of these acts, each an object with KEYS, in the order of the acts; an erased one is not."""
    found: list[dict[str, Json]] = []
    for part in chunks(numbers):
        rows = connection.execute(select(actions).where(actions.c.id.in_(part)).order_by(actions.c.id)).all()
        beside = _beside(connection, rows)
        found += [_decision(row, load(row.detail), _dismissed(row, beside)) for row in rows]
    return found


def elsewhere(connection: Connection, after: int, wanted: Any, limit: int) -> tuple[list[dict[str, Json]], int]:
    """Return verdicts that were not given at the desk, as `decisions` does, behind a number; and the last one's.

    `wanted` is the condition on them.
    """
    rows = connection.execute(
        select(verdicts)
        .where(verdicts.c.id > after, verdicts.c.channel != "desk", wanted)
        .order_by(verdicts.c.id)
        .limit(limit)
    ).all()
    return [_verdict(row) for row in rows], rows[-1].id if rows else after


def _beside(connection: Connection, rows: Iterable[Row[Any]]) -> Mapping[_Place, Sequence[Row[Any]]]:
    """Return what else was done in the places of decisions that matters to them, in order."""
    keys = sorted({row.listing_key for row in rows if row.listing_key})
    found: dict[_Place, list[Row[Any]]] = {}
    for part in chunks(keys):
        wanted = select(actions).where(actions.c.listing_key.in_(part), actions.c.action.in_(_BESIDE))
        for row in connection.execute(wanted.order_by(actions.c.id)):
            found.setdefault(_place(row), []).append(row)
    return found


def _place(row: Row[Any]) -> _Place:
    return row.market, row.listing_key, row.path, row.number


def _dismissed(row: Row[Any], beside: Mapping[_Place, Sequence[Row[Any]]]) -> list[Json]:
    """Return what was set aside when it was decided: together with it, or in the time before."""
    found: dict[int, tuple[tuple[str, str], dict[str, Json]]] = {}
    for other in beside.get(_place(row), ()):
        said = load(other.detail)
        if other.action == "undo":
            found.pop(said.get("act"), None)
            continue
        own, together = (said.get("finding"), said.get("words")), said.get("parent") == row.id
        if other.action == "dismiss-end":
            found = {act: entry for act, entry in found.items() if entry[0] != own}
        elif together or (other.id < row.id and other.at > row.at - _DISMISSED_BEFORE and "parent" not in said):
            told = {name: said.get(name) for name in ("finding", "version", "side", "words", "reason")}
            found[other.id] = own, {**told, "note": other.note, "by": other.actor}
    return [told for _, told in found.values()]


def _decision(row: Row[Any], said: Mapping[str, Any], dismissed: Sequence[Json]) -> dict[str, Json]:
    refused, edited = row.action == "reject", bool(said.get("edited"))
    before = said.get("before") or {}
    machine = said.get("machine", before.get("target"))
    values: dict[str, Json] = {
        "channel": "desk", "act": row.id, "at": iso(row.at), "market": row.market, "merchant": row.merchant,
        "listing": row.listing, "path": row.path, "index": row.number, "machine": machine,
        "final": None if refused else said.get("target"),
        "deed": "reject" if refused else "edit" if edited else "approve", "published": not (refused or edited),
        "error": said.get("error", ""), "severity": said.get("severity", ""), "note": row.note,
        "reasons": said.get("reasons") or [], "findings": said.get("findings") or [], "dismissed": dismissed,
        "origin": before.get("origin"), "reviewer": row.actor,
    }  # fmt: skip
    return {name: values[name] if name in values else said.get(name) for name in KEYS}


def _verdict(row: Row[Any]) -> dict[str, Json]:
    same = "channel market merchant listing path field category source error severity note score signature model"
    values: dict[str, Json] = {name: getattr(row, name) for name in (*same.split(), "origin", "unit_key", "reviewer")}
    values |= {
        "at": iso(row.judged_at), "index": row.number, "machine": row.target, "published": row.published,
        "final": row.target if row.published else None, "deed": "approve" if row.published else "reject",
        "reasons": [], "findings": [], "dismissed": [], "words": len(row.source),
    }  # fmt: skip
    return {name: values.get(name) for name in KEYS}
