"""What people decided at the desk, read from the log once and kept in columns.

The log keeps what was done as JSON, which takes seconds to read for a year of a team's work. A `Ledger` remembers what
it has read: rows are only ever added to the log, so that the next reading starts where the last one ended. Two things
are different. An act that was written a moment ago may still be joined by one with a lower number, whose transaction
took longer: the youngest acts are read anew each time. And an erasure deletes acts: where the log has fewer rows than
were read, everything is read anew.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, Float, Result, Row, Text, cast, extract, func, select, type_coerce

from shopglot.store.encoding import unescape
from shopglot.store.schema import actions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

UNEDITED, EDITED, REJECTED = range(3)
FALSE = frozenset(("false-alarm", "meant-so", "fine-here"))  # reasons of a dismissal that say: it should not have held
_ACTIONS = ("approve", "reject", "dismiss", "dismiss-end", "undo")
_DISMISSED_BEFORE = timedelta(days=30)  # a decision: what was set aside longer ago belongs to none
_YOUNG = timedelta(minutes=15)  # longer than any transaction: a statement has ten
_PAGE = 2000
_NAMES = ("market", "field", "model", "actor", "rule")
_KINDS = {  # kinds of fields by the beginning of a path, for acts that do not name theirs
    "title": "title", "subtitle": "subtitle", "bullets": "bullet", "description": "description", "hashtags": "hashtag",
    "size_chart": "size-cell", "note": "note", "images": "alt", "attributes": "attribute", "variants": "option",
}  # fmt: skip
_decode = json.JSONDecoder().raw_decode
_NAME_SUFFIX = "~key"  # as `catalog.fields.KEY`


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The decisions that stand, by number of their act: one array for each thing known of them, all of one length.

    An act that was undone is left out, as is one that was decided again, a text that was only carried over to identical
    segments, and one that did not wait. `at` is in seconds since 1970; `market`, `field`, `model` and `actor` count
    into `names`; `deed` is UNEDITED, EDITED or REJECTED; `seconds` and `score` are NaN where they are not known;
    `words` is the length of the source in characters. `held` has a row for each rule that held a segment: the
    decision's place in the arrays, and the rule's in `names`; `alarms` says of each whether its finding was dismissed
    as one that should not have held.
    """

    id: NDArray[np.int64]
    at: NDArray[np.float64]
    market: NDArray[np.int64]
    field: NDArray[np.int64]
    model: NDArray[np.int64]
    actor: NDArray[np.int64]
    deed: NDArray[np.int64]
    seconds: NDArray[np.float64]
    words: NDArray[np.int64]
    score: NDArray[np.float64]
    held: NDArray[np.int64]  # shape (n, 2)
    alarms: NDArray[np.bool_]
    names: Mapping[str, tuple[str, ...]]


class Ledger:
    """What was read of a store's log so far. Several threads may use one; it is for one store only."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._since: datetime | None  # the moment from which on acts are kept; None: none are yet
        self._names: dict[str, dict[str, int]]
        self._kept: _Columns
        self._found: tuple[tuple[int, int, int, int], Decided] | None  # what was found last, of which acts
        self._last: int  # the act up to which everything is kept
        self._count: int  # how many acts the log had up to there
        self._forget(None)

    def read(self, connection: Connection, now: datetime, since: datetime) -> Decided:
        """Return the decisions that stand, in one state of the store; `now` is the store's time.

        They are those since a moment, and maybe earlier ones: a ledger goes back as far as it was ever asked to.
        """
        begin = since - _DISMISSED_BEFORE
        with self._lock:
            if self._since is None or begin < self._since:
                self._forget(begin)
            self._follow(connection, now)
            young, newest, many = _Columns(self._names), self._last, 0
            with self._acts(connection) as rows:
                for row in rows:
                    young.add(row)
                    newest, many = row.id, many + 1
            known = (self._last, self._count, newest, many)
            if self._found is None or self._found[0] != known:
                self._found = known, _standing(self._kept, young, self._names)
            return self._found[1]

    def _forget(self, since: datetime | None) -> None:
        self._since = since
        self._names = {name: {} for name in _NAMES}
        self._kept = _Columns(self._names)
        self._found = None
        self._last = 0
        self._count = 0

    def _follow(self, connection: Connection, now: datetime) -> None:
        """Keep what has come since and is old enough to have no act before it that is yet to come."""
        if self._last and _older(connection, self._last) != self._count:
            self._forget(self._since)
        last, old = self._last, (now - _YOUNG).timestamp()
        with self._acts(connection) as rows:
            for row in rows:
                if row.at > old:
                    break
                self._kept.add(row)
                last = row.id
        if last != self._last:
            self._last, self._count = last, _older(connection, last)

    @contextmanager
    def _acts(self, connection: Connection) -> Iterator[Result[Any]]:
        """Give the acts that are not kept, as they are stored: their texts still escaped, their moments as seconds.

        There are many, and what SQLAlchemy does with each value takes longer than reading it.
        """
        raw = (type_coerce(actions.c[name], Text).label(name) for name in ("actor", "path", "detail"))
        plain = (actions.c[name] for name in ("id", "action", "market", "listing_key", "number"))
        moment = cast(extract("epoch", actions.c.at), Float).label("at")
        wanted = select(*plain, *raw, moment).where(
            actions.c.id > self._last, actions.c.at >= self._since, actions.c.action.in_(_ACTIONS)
        )
        with connection.execute(wanted.order_by(actions.c.id).execution_options(yield_per=_PAGE)) as result:
            yield result


class _Dismissed(NamedTuple):
    """A finding that was dismissed: by which act, where, of which rule, as a part of which decision (or 0)."""

    act: int
    place: int
    rule: int
    parent: int
    finding: int


class _Columns:
    """Acts in columns; `names` numbers the texts that come back again and again."""

    def __init__(self, names: dict[str, dict[str, int]]) -> None:
        self._names = names
        self.id, self.market, self.field = array("q"), array("q"), array("q")
        self.model, self.actor, self.deed = array("q"), array("q"), array("q")
        self.words, self.place, self.replaces = array("q"), array("q"), array("q")
        self.at, self.seconds, self.score = array("d"), array("d"), array("d")
        self.held = array("q")  # pairs: which decision, which rule
        self.dismissed: list[_Dismissed] = []
        self.ended: list[tuple[int, int]] = []  # act, and what it ended
        self.undone: list[int] = []

    def add(self, row: Row[Any]) -> None:
        """Add an act; one that is no decision of a person at the desk is passed over."""
        detail, _ = _decode(unescape(row.detail))
        if row.action == "undo":
            self.undone.append(_whole(detail.get("act")))
        elif row.action == "dismiss":
            if detail.get("reason") in FALSE:
                rule, parent = self._number("rule", detail.get("finding")), _whole(detail.get("parent"))
                self.dismissed.append(_Dismissed(row.id, _place(row), rule, parent, _finding(row, detail)))
        elif row.action == "dismiss-end":
            self.ended.append((row.id, _finding(row, detail)))
        elif "parent" not in detail and "edited" in detail and detail.get("verdict") != "publish":
            self._decide(row, detail)

    def _decide(self, row: Row[Any], detail: Mapping[str, Any]) -> None:
        get, number = detail.get, self._number
        for rule in dict.fromkeys(get("reasons") or ()):
            self.held.extend((len(self.id), number("rule", rule)))
        before = get("handled")
        self.id.append(row.id)
        self.at.append(row.at)
        self.market.append(number("market", row.market))
        self.field.append(number("field", get("field") or kind_of(unescape(row.path or ""))))
        self.model.append(number("model", get("model")))
        self.actor.append(number("actor", unescape(row.actor)))
        self.deed.append(REJECTED if row.action == "reject" else EDITED if detail["edited"] else UNEDITED)
        self.seconds.append(_positive(get("seconds")))
        self.words.append(_whole(get("words")))
        self.score.append(_fraction(get("score")))
        self.place.append(_place(row))
        self.replaces.append(_whole(before.get("act")) if isinstance(before, dict) else 0)

    def _number(self, kind: str, name: object) -> int:
        known = self._names[kind]
        return known.setdefault(name if isinstance(name, str) else "", len(known))


def kind_of(path: str) -> str:
    """Return the kind of a field by its path (a JSON Pointer), "" where it is none that shopglot translates."""
    parts = path.removesuffix(_NAME_SUFFIX).split("/")
    if path == "/brand":
        return "brand"
    kind = _KINDS.get(parts[2], "") if len(parts) > 2 and parts[1] == "fields" else ""
    if kind in ("attribute", "option"):
        return f"{kind}-{'name' if path.endswith(_NAME_SUFFIX) else 'value'}"
    return kind


def _older(connection: Connection, last: int) -> int:
    """Return how many acts the log has up to a number; counting the younger ones is the faster way."""
    every = connection.scalar(select(func.count()).select_from(actions)) or 0
    return every - (connection.scalar(select(func.count()).select_from(actions).where(actions.c.id > last)) or 0)


def _place(row: Row[Any]) -> int:
    return hash((row.market, row.listing_key, row.path, row.number))


def _finding(row: Row[Any], detail: Mapping[str, Any]) -> int:
    return hash((_place(row), detail.get("finding"), detail.get("words")))


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _positive(value: object) -> float:
    return float(value) if isinstance(value, int | float) and value > 0 else float("nan")


def _fraction(value: object) -> float:
    return float(value) if isinstance(value, int | float) and 0 <= value <= 1 else float("nan")


def _standing(kept: _Columns, young: _Columns, names: dict[str, dict[str, int]]) -> Decided:
    """Return what stands of two parts of the log."""
    import numpy as np

    def whole(name: str) -> Any:
        return np.concatenate([np.array(getattr(part, name)) for part in (kept, young)])

    number, replaces, place = whole("id"), whole("replaces"), whole("place")
    undone = np.array([*kept.undone, *young.undone], dtype=np.int64)
    stands = ~np.isin(number, undone)
    stands &= ~np.isin(number, replaces[stands & (replaces > 0)])
    after = np.array(young.held, dtype=np.int64).reshape(-1, 2)
    after[:, 0] += len(kept.id)
    held = np.concatenate([np.array(kept.held, dtype=np.int64).reshape(-1, 2), after])
    held = held[stands[held[:, 0]]] if len(held) else held
    gone = frozenset(undone.tolist())
    ended = {finding: act for act, finding in (*kept.ended, *young.ended)}
    said = [
        one
        for one in (*kept.dismissed, *young.dismissed)
        if one.act not in gone and ended.get(one.finding, 0) < one.act
    ]
    false = _belonging(said, number[stands], place[stands])
    held[:, 0] = (np.cumsum(stands) - 1)[held[:, 0]]
    rules = len(names["rule"]) or 1
    keys = np.array([at * rules + rule for at, rule in false], dtype=np.int64)
    columns = "at market field model actor deed seconds words score".split()
    return Decided(
        id=number[stands],
        **{name: whole(name)[stands] for name in columns},
        held=held,
        alarms=np.isin(held[:, 0] * rules + held[:, 1], keys),
        names={kind: tuple(known) for kind, known in names.items()},
    )


def _belonging(
    said: Sequence[_Dismissed], number: NDArray[np.int64], place: NDArray[np.int64]
) -> Iterator[tuple[int, int]]:
    """Yield the decision and the rule of each dismissal: that which it was a part of, or the next one in its place."""
    import numpy as np

    wanted = np.array(sorted({one.place for one in said if not one.parent}), dtype=np.int64)
    places: dict[int, list[int]] = {}
    for at in np.flatnonzero(np.isin(place, wanted)).tolist():
        places.setdefault(int(place[at]), []).append(at)
    for one in said:
        if one.parent:
            at = int(np.searchsorted(number, one.parent))
            if at < len(number) and number[at] == one.parent:
                yield at, one.rule
        else:
            later = (at for at in places.get(one.place, ()) if number[at] > one.act)
            if (found := next(later, None)) is not None:
                yield found, one.rule
