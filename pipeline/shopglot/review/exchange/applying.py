"""What an import does: first a preview of what would become of each unit, then, once it is confirmed, just that.

Every unit is approved by the desk's own deed (`Desk.approve`), so that log, undo, verdicts and queue are as if somebody
had typed it. What has changed since the export is a conflict: shown with three texts, never applied. What findings hold
is not approved; it is listed with them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Literal, Protocol, get_args

from shopglot.errors import DataError, ShopglotError, StoreError
from shopglot.review.desk import Conflict, Holding
from shopglot.review.exchange.records import Problem, Reading, Returned
from shopglot.review.looking import Checked, Rechecked
from shopglot.store.desk.pages import DeskPage, PageSegment
from shopglot.store.desk.users import User
from shopglot.types import Channel

Kind = Literal[
    "apply", "applied", "conflict", "holds", "unchanged", "empty", "mixed", "unknown", "refused", "failed",
    "unreadable",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
WRONG: frozenset[Kind] = frozenset(("conflict", "holds", "mixed", "unknown", "refused", "failed", "unreadable"))


class Bench(Protocol):
    """What of the desk is needed (see `review.desk.Desk`)."""

    def rechecker(self, user: User, market: str, listing: int) -> Callable[[int, str], Rechecked]:
        """Return what says what would be found on texts of a page, by position."""
        ...

    def approve(
        self, user: User, market: str, listing: int, position: int, *, target: str, seen: str, channel: Channel
    ) -> object:
        """Approve a text; Conflict, Holding."""
        ...


class Book(Protocol):
    """What of the store is needed (see `store.desk.pages.Pages`)."""

    def read(self, market: str, listing: int) -> DeskPage | None:
        """Return a page as it stands."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A finding that holds a text, in both languages; `blocks`: only a lead helps."""

    check: str
    severity: str
    message: str
    message_zh: str
    blocks: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What becomes of a unit: `mine` is the file's text, `theirs` what stands, `base` what was exported.

    `base` is None where the file does not have it any more. The kinds:

    - `apply`: it is approved once the preview is confirmed; `applied`: it was; `edited`: the text is another.
    - `conflict`: the page has changed since the export, or `actor` has handled it or has it open (`claimed`).
    - `holds`: findings hold it (`told`).
    - `unchanged`: the text that was exported, and nobody says that they stand for it; or the text that stands already.
    - `empty`: no text. `mixed`: its source is another unit's, as after sorting single columns.
    - `unknown`: it does not wait any more. `refused`: a market that is not the user's. `failed`: see `problem`.
    - `unreadable`: see `problem`, which says where and why.
    """

    kind: Kind
    place: str
    market: str = ""
    listing: int = 0
    position: int = 0
    seen: str = ""
    merchant: str = ""
    id: str = ""
    field: str = ""
    source: str = ""
    mine: str = ""
    theirs: str = ""
    base: str | None = None
    edited: bool = False
    actor: str = ""
    claimed: bool = False
    told: tuple[Told, ...] = ()
    problem: Problem | None = None
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an import would do, or, where `done`, what it has done."""

    file: str
    user: str
    at: datetime
    items: tuple[Item, ...]
    done: bool = False

    @property
    def counts(self) -> dict[Kind, int]:
        """How many units there are of each kind, in the order of `KINDS`; no kind with none."""
        found = Counter(item.kind for item in self.items)
        return {kind: found[kind] for kind in KINDS if found[kind]}


def preview(desk: Bench, book: Book, user: User, file: str, reading: Reading, *, now: datetime) -> Preview:
    """Return what applying a file would do. Nothing is written."""
    numbered = sorted(enumerate(reading.units), key=lambda item: (item[1].market, item[1].listing, item[1].position))
    found: dict[int, Item] = {}
    for (market, listing), group in groupby(numbered, key=lambda item: (item[1].market, item[1].listing)):
        page = book.read(market, listing) if user.may("translator", market) else None
        check = desk.rechecker(user, market, listing) if page is not None else None
        for number, unit in group:
            found[number] = _weigh(check, page, user, unit, now)
    wrong = [
        Item(kind="unreadable", place=problem.place, problem=problem, message=str(problem))
        for problem in reading.problems
    ]
    return Preview(file=file, user=user.name, at=now, items=(*(found[number] for number in sorted(found)), *wrong))


def apply(desk: Bench, user: User, shown: Preview, *, tell: Callable[[int], None] = lambda _: None) -> Preview:
    """Do what a preview says, unit by unit, and return what came of it. `tell` hears how many are done.

    Each unit is a deed of its own: what somebody changed since the preview is a conflict then, and stops no other.
    """
    items: list[Item] = []
    for number, item in enumerate(shown.items, start=1):
        items.append(_do(desk, user, item) if item.kind == "apply" else item)
        tell(number)
    return replace(shown, items=tuple(items), done=True)


def _weigh(  # noqa: PLR0911
    check: Callable[[int, str], Rechecked] | None, page: DeskPage | None, user: User, unit: Returned, now: datetime
) -> Item:
    """Return what would become of a unit: the first kind that fits it. `check` is there where the page is."""
    item = Item(
        kind="unknown", place=unit.place, market=unit.market, listing=unit.listing, position=unit.position,
        seen=unit.seen, source=unit.source, mine=unit.target.strip(), base=unit.base,
    )  # fmt: skip
    if not user.may("translator", unit.market):
        return replace(item, kind="refused")
    segment = _segment(page, unit.position)
    if page is None or segment is None or check is None:
        return item
    mine = segment.text if unit.target in (segment.text, segment.text.strip()) else item.mine
    item = replace(
        item, merchant=page.merchant, id=page.id, field=segment.field, theirs=segment.text, mine=mine,
        edited=mine != segment.target,
    )  # fmt: skip
    if segment.handled is not None and segment.handled.deed != "reject" and mine == segment.text:
        return replace(item, kind="unchanged", actor=segment.handled.actor)
    if not page.state or not segment.held:
        return item
    if segment.seen != unit.seen:
        actor = segment.handled.actor if segment.handled is not None else segment.approved_by
        return replace(item, kind="conflict", actor=actor)
    if _squeezed(unit.source) != _squeezed(segment.source):
        return replace(item, kind="mixed", source=segment.source)
    if not mine.strip():
        return replace(item, kind="empty")
    if mine == segment.text and not unit.done:
        return replace(item, kind="unchanged")
    if page.claimed_by not in (None, user.name) and page.claimed_until is not None and page.claimed_until > now:
        return replace(item, kind="conflict", actor=page.claimed_by or "", claimed=True)
    return _check(check, item)


def _segment(page: DeskPage | None, position: int) -> PageSegment | None:
    return None if page is None else next((one for one in page.segments if one.position == position), None)


def _squeezed(text: str) -> str:
    """Return a text without white space, which tools and spreadsheets change."""
    return "".join(text.split())


def _check(check: Callable[[int, str], Rechecked], item: Item) -> Item:
    try:
        holding = check(item.position, item.mine).holding
    except StoreError:
        raise
    except ShopglotError as error:
        return replace(item, kind="failed", message=str(error))
    return replace(item, kind="holds", told=_told(holding)) if holding else replace(item, kind="apply")


def _told(findings: Iterable[Checked]) -> tuple[Told, ...]:
    return tuple(
        Told(
            check=one.finding.check, severity=one.finding.severity, message=one.finding.message,
            message_zh=one.finding.message_zh, blocks=one.blocks,
        )
        for one in findings
    )  # fmt: skip


def _do(desk: Bench, user: User, item: Item) -> Item:
    """Approve a unit and return what came of it."""
    try:
        desk.approve(user, item.market, item.listing, item.position, target=item.mine, seen=item.seen, channel="import")
    except Conflict as error:
        gone = error.what == "gone"
        return replace(
            item, kind="unknown" if gone else "conflict", theirs=error.target or item.theirs, actor=error.actor,
            claimed=error.what == "claimed",
        )  # fmt: skip
    except Holding as error:
        return replace(item, kind="holds", told=_told(error.findings))
    except StoreError:
        raise
    except (DataError, ShopglotError) as error:
        return replace(item, kind="failed", message=str(error))
    return replace(item, kind="applied")


def summary(shown: Preview) -> dict[str, object]:
    """Return a preview, or what was done, as JSON: counts by kind, and every unit that is not applied or unchanged."""
    return {
        "file": shown.file,
        "applied": shown.counts.get("applied", 0),
        "done": shown.done,
        "units": len(shown.items),
        "counts": dict(shown.counts),
        "problems": [_problem(item) for item in shown.items if item.kind in WRONG],
    }


def _problem(item: Item) -> dict[str, object]:
    names = ("kind", "place", "market", "listing", "merchant", "id", "position", "field", "mine", "theirs", "base")
    found: dict[str, object] = {name: getattr(item, name) for name in (*names, "actor", "claimed", "message")}
    found["findings"] = [
        {"check": one.check, "severity": one.severity, "message": one.message, "blocks": one.blocks}
        for one in item.told
    ]
    if item.problem is not None:
        found |= {"code": item.problem.code, "column": item.problem.field}
    return found


def only(items: Sequence[Item], kind: str) -> list[Item]:
    """Return the items of a kind, all where it is empty."""
    return [item for item in items if not kind or item.kind == kind]
