"""Taking back what a person did last: the deed's opposite, written as an act of its own. The log forgets nothing.

What others built upon stays: a text that a colleague has replaced since, or a page that is in another state by now, is
`Overtaken`. What counted before a text was approved counts again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from shopglot.market import Reuse
from shopglot.store import judging
from shopglot.store.actions import log
from shopglot.store.approving import approve_in, revoke_in
from shopglot.store.connection import Database, hold_listings, market_lock, upsert
from shopglot.store.desk import dismissing
from shopglot.store.desk.deeds import APPROVE, AUDIT, COMMENT, DISMISS, ESCALATE, REJECT, UNDO, Overtaken
from shopglot.store.desk.holding import recount
from shopglot.store.encoding import load
from shopglot.store.merchants import SEND_BACK
from shopglot.store.reach import STANDING
from shopglot.store.records import Act, HumanText
from shopglot.store.schema import actions, approvals, comments, handled, held
from shopglot.types import Json

LAST = 20  # deeds that a person can take back
_UNDOABLE = (APPROVE, REJECT, DISMISS, ESCALATE, SEND_BACK, COMMENT, AUDIT)
_READ = 4000  # acts that are looked through: a deed that reaches many pages is an act for each
_STATES = {ESCALATE: "escalated", SEND_BACK: "returned"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What was taken back, and where; `left` says how many more deeds can be."""

    action: str
    market: str
    listing: int
    position: int | None
    left: int


class Undo:
    """Takes back what a person did at the desk, the newest deed first."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def count(self, actor: str) -> int:
        """Return how many deeds of a person can be taken back, LAST at most."""
        with self._database.read() as connection:
            return len(_candidates(connection, actor)[0])

    def last(self, actor: str, reuse: Callable[[str], Reuse]) -> Undone | None:
        """Take back a person's newest deed that stands, with all that belongs to it; None where there is none.

        `reuse` gives a market's policy. Overtaken where others have built upon it: then it is left as it is.
        """
        with self._database.read() as connection:
            markets = {row.market for row in _candidates(connection, actor)[0]}
        with self._database.write() as connection:
            for market in sorted(markets):
                market_lock(connection, market, shared=False)
            deeds, children = _candidates(connection, actor)
            if not deeds:
                return None
            row = deeds[0]
            own = [row, *children.get(row.id, ())]
            numbers = [number for one in own if (number := load(one.detail).get("number")) is not None]
            hold_listings(connection, numbers)
            for one in reversed(own):
                self._take_back(connection, one, load(one.detail), actor, reuse(one.market))
            detail = load(row.detail)
            act = Act(
                actor=actor, action=UNDO, market=row.market, merchant=row.merchant, listing=row.listing, path=row.path,
                index=row.number, detail={"act": row.id, "what": row.action, "number": detail.get("number")},
            )  # fmt: skip
            log(connection, act, self._now())
            return Undone(
                action=row.action, market=row.market, listing=detail.get("number") or 0,
                position=detail.get("position"), left=len(deeds) - 1,
            )  # fmt: skip

    def _take_back(
        self, connection: Connection, row: Row[Any], detail: Mapping[str, Any], actor: str, reuse: Reuse
    ) -> None:
        if row.action == APPROVE:
            self._unsay(connection, row, detail, actor, reuse)
        if row.action in (APPROVE, REJECT):
            _unhandle(connection, row, detail)
        if row.action == DISMISS:
            dismissing.undo_in(connection, row.id, actor=actor, reuse=reuse, now=self._now())
        elif row.action == COMMENT:
            connection.execute(delete(comments).where(comments.c.id == detail["comment"]))
        elif row.action in _STATES:
            own = held.c.listing == detail["number"], held.c.market == row.market
            turned = update(held).where(*own, held.c.state == _STATES[row.action]).values(state=detail["before"])
            if not connection.execute(turned).rowcount:
                raise Overtaken("changed")
        judged = detail.get("judged")
        for key in judged if isinstance(judged, list) else [judged] if judged else []:
            judging.retract(connection, key)

    def _unsay(
        self, connection: Connection, row: Row[Any], detail: Mapping[str, Any], actor: str, reuse: Reuse
    ) -> None:
        """Take back an approved text; what a person had approved before it stands again."""
        own = (
            approvals.c.market == row.market,
            approvals.c.unit_key == detail["unit_key"],
            approvals.c.listing_key == row.listing_key,
        )
        standing = connection.execute(select(approvals).where(*own, STANDING)).first()
        # By what it says, not by its number: what was taken back to stands under a number of its own.
        if standing is None or (standing.target, standing.approved_by) != (detail["target"], actor):
            raise Overtaken("changed")
        text = HumanText(
            unit_key=standing.unit_key, market=standing.market, source=standing.source, target=standing.target,
            approved_by=standing.approved_by, merchant=standing.merchant, listing=standing.listing,
            path=standing.path, index=standing.number, field=standing.field,
        )  # fmt: skip
        before = detail.get("before") or {}
        if "approval" not in before:
            revoke_in(connection, text, actor=actor, reuse=reuse, now=self._now(), note=UNDO)
            return
        earlier = HumanText(
            unit_key=text.unit_key, market=text.market, source=text.source, target=before["target"],
            approved_by=before["by"], merchant=text.merchant, listing=text.listing, path=text.path, index=text.index,
            field=text.field,
        )  # fmt: skip
        approve_in(connection, earlier, reuse=reuse, now=self._now(), note=UNDO, actor=actor)


def _candidates(connection: Connection, actor: str) -> tuple[list[Row[Any]], dict[int, list[Row[Any]]]]:
    """Return which of a person's LAST deeds stand, the newest first, and the acts that belong to each."""
    newest = connection.scalar(select(func.max(actions.c.id))) or 0
    rows = connection.execute(
        select(actions)
        .where(
            actions.c.actor == actor, actions.c.action.in_((*_UNDOABLE, UNDO)), actions.c.id > newest - 50 * _READ
        )
        .order_by(actions.c.id.desc())
        .limit(_READ)
    ).all()  # fmt: skip
    undone: set[int] = set()
    deeds: list[Row[Any]] = []
    seen = 0
    children: dict[int, list[Row[Any]]] = {}
    for row in rows:
        detail: dict[str, Json] = load(row.detail)
        if row.action == UNDO:
            undone.add(int(str(detail["act"])))
        elif (parent := detail.get("parent")) is not None:
            children.setdefault(int(str(parent)), []).append(row)
        elif "number" in detail and seen < LAST:
            seen += 1
            if row.id not in undone:
                deeds.append(row)
    return deeds, {parent: list(reversed(own)) for parent, own in children.items()}


def _unhandle(connection: Connection, row: Row[Any], detail: Mapping[str, Any]) -> None:
    """Put back what had been done with the segment before, if anything; Overtaken where somebody came after."""
    own = (
        handled.c.listing == detail["number"],
        handled.c.market == row.market,
        handled.c.position == detail["position"],
    )
    standing = connection.execute(select(handled).where(*own)).first()
    if standing is None:
        return  # the nightly run has made the page again, or it never waited
    if standing.action_id != row.id:
        raise Overtaken("changed", actor=standing.actor, target=standing.target, at=standing.at)
    before = detail.get("handled")
    if before is None:
        connection.execute(delete(handled).where(*own))
    else:
        values = {
            **standing._mapping, "deed": before["deed"], "target": before["target"], "actor": before["actor"],
            "at": datetime.fromisoformat(before["at"]), "action_id": before["act"],
        }  # fmt: skip
        connection.execute(upsert(connection, handled), values)
    recount(connection, detail["number"], row.market)
