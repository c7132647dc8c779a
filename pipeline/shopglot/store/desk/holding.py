"""What waits for people: the rows of `held` follow every settlement, in its transaction.

A page is held where its status is review or reject and at least one of its segments is not to be published. All that
is shown, sorted and searched of it is in its row; who has it, and until when, is the desk's and stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection, Insert, bindparam, delete, func, select, update

from shopglot.store.connection import chunks, inserting
from shopglot.store.desk.searching import words
from shopglot.store.desk.urgency import exposure, risk
from shopglot.store.encoding import decode_findings, decode_reasons, digest, load
from shopglot.store.judging import text_key
from shopglot.store.schema import handled, held, segments
from shopglot.store.weighing import Due
from shopglot.types import Finding, JudgedSegment

Place: TypeAlias = tuple[int, str]  # (the listing's number, market)

HELD = ("review", "reject")  # the status of a page that waits
_RANKS = ("", "warning", "error")
_KEPT = ("held_at", "assignee", "due_at", "claimed_by", "claimed_until")  # the desk's: no settlement changes them
_OWN = (held.c.listing == bindparam("of_listing"), held.c.market == bindparam("of_market"))
# The state of a page in the queue, and how many of its held segments nobody has handled.
_LEFT = select(
    held.c.state,
    select(func.count())
    .select_from(segments)
    .where(
        segments.c.listing == held.c.listing,
        segments.c.market == held.c.market,
        segments.c.verdict != "publish",
        segments.c.position.not_in(
            select(handled.c.position).where(
                handled.c.listing == bindparam("of_listing"), handled.c.market == bindparam("of_market")
            )
        ),
    )
    .scalar_subquery()
    .label("left"),
).where(*_OWN)
_DELETE = delete(held).where(*_OWN)
_FORGET = delete(handled).where(
    handled.c.listing == bindparam("of_listing"),
    handled.c.market == bindparam("of_market"),
    handled.c.position == bindparam("of_position"),
)


class Waiting(NamedTuple):
    """A held segment: `severity` is that of the worst finding that holds it, "" where only its score or the gate does.

    `number` is its index within its field, as in `segments`.
    """

    position: int
    path: str
    number: int
    field: str
    source: str
    target: str
    score: float
    severity: str
    reasons: tuple[str, ...]


class Page(NamedTuple):
    """What a held page is made of. `document` is the merchant's page, None where it is not known."""

    listing: int
    market: str
    merchant: str
    id: str
    status: str
    reasons: tuple[str, ...]
    run_id: int
    document: Mapping[str, Any] | None
    waiting: Sequence[Waiting]


class _Before(NamedTuple):
    """What the queue said of a page before, and the texts that people did something with, by position."""

    state: str
    text_key: str
    handled: dict[int, str]


def follow(connection: Connection, run_id: int, settled: Sequence[Due], now: datetime) -> None:
    """Let the queue follow what was settled: pages come into it, stay as they are now, or leave it.

    Done again after a break, a page waits from then on. What somebody did with a segment stays while its text does; a
    page that was escalated or sent back stays so while all that is held of it says the same.
    """
    pages = [(page, due) for due in settled if (page := _page(due, run_id)) is not None]
    known = [(due.listing, due.outcome.market) for due in settled if due.waits]
    if not pages and not known:
        return
    before = _before(connection, known)
    left = sorted(set(before) - {(page.listing, page.market) for page, _ in pages})
    if left:
        connection.execute(_DELETE, [{"of_listing": listing, "of_market": market} for listing, market in left])
    if pages:
        rows = []
        gone: list[dict[str, object]] = []
        for page, due in pages:
            row, left_behind = _row(page, due.settlement.judged, before.get((page.listing, page.market)))
            rows.append({**row, "held_at": now})
            gone += left_behind
        connection.execute(_upsert(connection.dialect.name), rows)
        if gone:
            connection.execute(_FORGET, gone)


def _page(due: Due, run_id: int) -> Page | None:
    """Return what is held of a settled page, None where nothing is."""
    outcome = due.outcome
    if outcome.status not in HELD:
        return None
    waiting = [
        of_judged(position, judged)
        for position, judged in enumerate(due.settlement.judged)
        if judged.decision.verdict != "publish"
    ]
    if not waiting:
        return None
    return Page(
        due.listing, outcome.market, outcome.merchant, outcome.id, outcome.status, outcome.reasons, run_id,
        due.settlement.source, waiting,
    )  # fmt: skip


def of_judged(position: int, judged: JudgedSegment) -> Waiting:
    """Return a held segment at the end of the flow."""
    key, reasons = judged.segment.key, judged.decision.reasons
    return Waiting(
        position, key.path, key.index, judged.segment.field, judged.segment.source, judged.translation.target,
        judged.score.value, _severity(judged.findings, reasons), reasons,
    )  # fmt: skip


def of_row(row: Any) -> Waiting:
    """Return a held segment as the store has it: a row of `segments`."""
    reasons = decode_reasons(row.reasons)
    return Waiting(
        row.position, row.path, row.number, row.field, row.source, row.target, row.score,
        _severity(decode_findings(row.findings), reasons), reasons,
    )  # fmt: skip


def _severity(findings: Iterable[Finding], reasons: Sequence[str]) -> str:
    """Return the severity of the worst finding that holds a segment: what was set aside, or only noted, does not."""
    ranks = (_RANKS.index(one.severity) for one in findings if one.severity in _RANKS and one.check in reasons)
    return _RANKS[max(ranks, default=0)]


def held_key(waiting: Iterable[Waiting]) -> str:
    """Return the key of all that is held of a page, 32 hex digits: another one as soon as a text of it is another."""
    return digest([[one.path, one.number, one.source, one.target] for one in waiting])[:32]


def derive(page: Page) -> dict[str, object]:
    """Return the columns of `held` that follow from the page alone."""
    waiting, document = page.waiting, page.document or {}
    fields = document.get("fields")
    title, category = fields.get("title") if isinstance(fields, Mapping) else None, document.get("category")
    title, category = (value if isinstance(value, str) else "" for value in (title, category))
    reasons = {reason for one in waiting for reason in one.reasons}
    ordered = dict.fromkeys((*page.reasons, *(reason for one in waiting for reason in one.reasons)))
    lowest = min(one.score for one in waiting)
    severity = max((one.severity for one in waiting), key=_RANKS.index)
    wrong, shown = risk(lowest, [severity]), exposure(page.document)
    texts = [page.id, page.merchant, title]
    texts += [text for one in waiting for text in (one.source, one.target)]
    return {
        "listing": page.listing,
        "market": page.market,
        "merchant": page.merchant,
        "id": page.id,
        "title": title,
        "category": category,
        "verdict": page.status,
        "severity": severity,
        "fields": join(dict.fromkeys(one.field for one in waiting)),
        "reasons": join(reason for reason in ordered if reason in reasons),
        "score": lowest,
        "risk": wrong,
        "exposure": shown,
        "priority": wrong * shown,
        "segments": len(waiting),
        "run_id": page.run_id,
        "text_key": held_key(waiting),
        "words": words(texts),
    }


def join(names: Iterable[str]) -> str:
    """Return names each between blanks, so that one can be found among them."""
    return f" {' '.join(names)} "


def _row(
    page: Page, judged: Sequence[JudgedSegment], before: _Before | None
) -> tuple[dict[str, object], list[dict[str, object]]]:
    """Return the row of a held page, and the places of what was done with texts that are gone."""
    row = derive(page)
    if before is None:
        return {**row, "open": len(page.waiting), "state": "open"}, []
    stays = {position for position, key in before.handled.items() if key == _text_key(page, judged, position)}
    gone = [
        {"of_listing": page.listing, "of_market": page.market, "of_position": position}
        for position in before.handled
        if position not in stays
    ]
    left = sum(one.position not in stays for one in page.waiting)
    turned = before.state in ("escalated", "returned") and before.text_key == row["text_key"]
    return {**row, "open": left, "state": before.state if turned else "open" if left else "done"}, gone


def _text_key(page: Page, judged: Sequence[JudgedSegment], position: int) -> str:
    """Return the key of the text in a position of the page as it is now, "" where there is none."""
    if position >= len(judged):
        return ""
    key, translation = judged[position].segment.key, judged[position].translation
    return text_key(
        market=page.market, merchant=page.merchant, listing=page.id, path=key.path, index=key.index,
        source=judged[position].segment.source, target=translation.target,
    )  # fmt: skip


def _before(connection: Connection, known: Sequence[Place]) -> dict[Place, _Before]:
    """Return what the queue says of those of these pages that are in it."""
    wanted = set(known)
    numbers = sorted({listing for listing, _ in known})
    found: dict[Place, _Before] = {}
    for part in chunks(numbers):
        rows = connection.execute(_STANDING, {"numbers": part})
        found.update(
            ((row.listing, row.market), _Before(row.state, row.text_key, {}))
            for row in rows
            if (row.listing, row.market) in wanted
        )
    for part in chunks(sorted({listing for listing, _ in found})):
        for row in connection.execute(_HANDLED, {"numbers": part}):
            if (place := (row.listing, row.market)) in found:
                found[place].handled[row.position] = row.text_key
    return found


_NUMBERS: Any = bindparam("numbers", expanding=True)
_STANDING = select(held.c.listing, held.c.market, held.c.state, held.c.text_key).where(held.c.listing.in_(_NUMBERS))
_HANDLED = select(handled.c.listing, handled.c.market, handled.c.position, handled.c.text_key).where(
    handled.c.listing.in_(_NUMBERS)
)


@cache
def _upsert(dialect: str) -> Insert:
    """Return the statement that puts a page into the queue, or brings its row to what it is now."""
    statement = inserting(dialect, held)
    derived = {
        column.name: statement.excluded[column.name]
        for column in held.c
        if not column.primary_key and column.name not in _KEPT
    }
    found: Insert = statement.on_conflict_do_update(index_elements=list(held.primary_key), set_=derived)
    return found


def recount(connection: Connection, listing: int, market: str) -> int:
    """Bring `open` and `state` of a page to what was done with its segments; return how many are open.

    To be called in the transaction that changed `handled`. Where nothing is open the page is done, unless it was sent
    back; where something is, it is no longer done. A page that does not wait has none open.
    """
    own = {"of_listing": listing, "of_market": market}
    row = connection.execute(_LEFT, own).first()
    if row is None:
        return 0
    left, state = int(row.left), row.state
    if left:
        state = "open" if state == "done" else state
    elif state != "returned":
        state = "done"
    connection.execute(update(held).where(*_OWN).values(open=left, state=state), own)
    return left


def pages_of(rows: Iterable[Any], waiting: Mapping[Place, Sequence[Waiting]]) -> Iterator[Page]:
    """Yield the held pages of rows with the columns of `items`, their listing's identity and their source's document.

    `waiting` has their held segments by place.
    """
    for row in rows:
        if own := waiting.get((row.listing, row.market), ()):
            document = None if row.document is None else load(row.document)
            yield Page(
                row.listing, row.market, row.merchant, row.id, row.status, decode_reasons(row.reasons), row.run_id,
                document if isinstance(document, Mapping) else None, own,
            )  # fmt: skip
