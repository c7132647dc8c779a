"""What the queue is asked and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from shopglot.store.encoding import decode_reasons
from shopglot.store.schema import held

Sort: TypeAlias = Literal["priority", "oldest", "score", "due"]

_SNIPPET = 400  # characters of a text that a list shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A page that waits in a market: `listing` is its number, `merchant` and `id` are its identity.

    `fields` and `reasons` are those of its `segments` that are held, of which nobody has done anything with `open`.
    `severity` is that of the worst finding that holds it, "" where only a score or the gate does; `score` the lowest of
    what is held; `priority` is `risk` times `exposure` (see `urgency`). `held_at` is since when it waits without a
    break. `claimed_by` has it open until `claimed_until`, unless that is past.
    """

    listing: int
    market: str
    merchant: str
    id: str
    title: str
    category: str
    verdict: str
    severity: str
    fields: tuple[str, ...]
    reasons: tuple[str, ...]
    score: float
    risk: float
    exposure: float
    priority: float
    segments: int
    open: int
    state: str
    run_id: int
    held_at: datetime
    assignee: str | None
    due_at: datetime | None
    claimed_by: str | None
    claimed_until: datetime | None


COLUMNS = tuple(held.c[name] for name in Held.__dataclass_fields__)


def held_of(row: Any) -> Held:
    """Return the page of a row with `COLUMNS`."""
    values = dict(row._mapping)
    return Held(**values | {name: tuple(values[name].split()) for name in ("fields", "reasons")})


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which pages of the queue are meant: all conditions together; what is empty or None is no condition.

    `market` is one, several, or None for all. `reason` is an id, or a prefix that ends with a dot (`us.`). `severity`
    is `error`, `warning`, or `none` where only a score or the gate holds the page. `low` and `high` bound the score,
    both inclusive. `assignee` is a user's name, or `-` for nobody. `older_than` and `newer_than` are the days that a
    page has waited. `run` settled the page last. `outdated`: an approved text of the page has lost its source.
    `search` is found anywhere in id, merchant, title, held sources and targets, whatever its case; its first 200
    characters count. `mine` is a user's name: pages that are assigned to them, or that they have open.
    """

    market: str | Sequence[str] | None = None
    states: tuple[str, ...] = ("open",)
    field: str = ""
    category: str = ""
    merchant: str = ""
    reason: str = ""
    severity: str = ""
    low: float | None = None
    high: float | None = None
    assignee: str = ""
    older_than: float | None = None
    newer_than: float | None = None
    run: int | None = None
    outdated: bool = False
    search: str = ""
    mine: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """Some pages of the queue in their order; `next` asks for those behind them, None at the end.

    `total` is how many the filter finds, whichever of them are shown.
    """

    rows: tuple[Held, ...]
    next: str | None
    total: int


Counts: TypeAlias = Mapping[str, int]  # by value, the most frequent first


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """How many pages the filter would find with another value of one condition and all others as they are.

    A page counts once for each of its fields and reasons. `severity` has `none`, `assignee` has `-`; of merchants only
    the most frequent are named, and the one that the filter names.
    """

    market: Counts
    field: Counts
    category: Counts
    merchant: Counts
    reason: Counts
    severity: Counts
    assignee: Counts
    state: Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """A held segment as a list shows it: `source` and `target` are cut off, with an ellipsis, where they are long.

    `handled` is what somebody did with it: approve, edit or reject, "" where nobody did anything.
    """

    position: int
    field: str
    source: str
    target: str
    score: float
    reasons: tuple[str, ...]
    verdict: str
    handled: str


def snippet_of(row: Any) -> Snippet:
    """Return the snippet of a row."""
    return Snippet(
        position=row.position, field=row.field, source=_cut(row.source), target=_cut(row.target), score=row.score,
        reasons=decode_reasons(row.reasons), verdict=row.verdict, handled=row.deed or "",
    )  # fmt: skip


def _cut(text: str) -> str:
    return text if len(text) <= _SNIPPET else f"{text[: _SNIPPET - 1]}…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What somebody has done in the queue: held segments, on how many pages, how many of them edited, in how long."""

    segments: int = 0
    pages: int = 0
    edits: int = 0
    seconds: float = 0.0
