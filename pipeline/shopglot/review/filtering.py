"""The queue's view as its address says it: which pages, in which order. Query string to `View` and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args
from urllib.parse import urlencode

from shopglot.store.desk.queue import Filter, Sort
from shopglot.store.schema.desk import STATES

SORTS: tuple[Sort, ...] = get_args(Sort)
OPEN = ("open",)  # the states that are shown where the address names none
ME, NOBODY = "@me", "-"  # what the address calls the person who looks, and nobody; no user can have such a name
SEARCHED = 200  # characters of a search that count
_VALUE = 2000  # characters of any other value
_DAYS = 36_500
_RUNS = 2**31 - 1  # `runs.id` is a 32-bit integer on PostgreSQL
_LISTINGS = 2**63 - 1
_NUMBER = re.compile(r"\d{1,4}(\.\d{1,9})?|\.\d{1,9}", re.ASCII)
_COUNT = re.compile(r"\d{1,19}", re.ASCII)
_PAGE = re.compile(r"([a-z]{2,8}):(\d{1,19})", re.ASCII)


class BadViewError(ValueError):
    """An address that no page of the desk has made; `name` is the parameter that is wrong."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no such value of {name}")
        self.name = name


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What of the queue a person looks at: one market, filters as in `store.queue`, and an order.

    `assignee` is a user's name, `me`, `-` for nobody, or "" for anybody. `older` and `newer` are days.
    """

    market: str
    states: tuple[str, ...] = OPEN
    field: str = ""
    category: str = ""
    merchant: str = ""
    reason: str = ""
    severity: str = ""
    low: float | None = None
    high: float | None = None
    assignee: str = ""
    older: float | None = None
    newer: float | None = None
    run: int | None = None
    outdated: bool = False
    mine: bool = False
    search: str = ""
    sort: Sort = "priority"

    @property
    def narrowed(self) -> bool:
        """Whether anything but the market and the order is not as at first."""
        return replace(self, sort="priority") != View(market=self.market)

    def pairs(self) -> list[tuple[str, str]]:
        """Return the parameters of its address; what is as at first is left out."""
        found = [("market", self.market)]
        if self.states != OPEN:
            found += [("state", state) for state in self.states]
        for name in ("field", "category", "merchant", "reason", "severity", "assignee"):
            found.append((name, getattr(self, name)))
        for name in ("low", "high", "older", "newer", "run"):
            value = getattr(self, name)
            found.append((name, "" if value is None else f"{value:.9f}".rstrip("0").rstrip(".")))
        found += [("outdated", "1" if self.outdated else ""), ("mine", "1" if self.mine else "")]
        found += [("q", self.search), ("sort", "" if self.sort == "priority" else self.sort)]
        return [(name, value) for name, value in found if value]

    def query(self, **more: str) -> str:
        """Return its query string, with further parameters behind its own."""
        return urlencode([*self.pairs(), *more.items()], errors="replace")

    def without(self, name: str, value: str = "") -> View:
        """Return the view without one of its filters, named as in its address; `value` is that of a state."""
        if name == "state":
            return replace(self, states=tuple(state for state in self.states if state != value) or OPEN)
        other = {"q": "search"}.get(name, name)
        return replace(self, **{other: getattr(View(market=self.market), other)})

    def filter(self, user: str) -> Filter:
        """Return the store's filter, for the user of that name."""
        return Filter(
            market=self.market, states=self.states, field=self.field, category=self.category, merchant=self.merchant,
            reason=self.reason, severity=self.severity, low=self.low, high=self.high,
            assignee=user if self.assignee == ME else self.assignee, older_than=self.older, newer_than=self.newer,
            run=self.run, outdated=self.outdated, search=self.search, mine=user if self.mine else "",
        )  # fmt: skip


def read_view(pairs: Iterable[tuple[str, str]], markets: Sequence[str]) -> View:
    """Return the view that an address asks for; `markets` are those that it may name, the first where it names none.

    Of a parameter that comes twice the last counts, states add up; names that are not known are passed over.
    BadViewError where a value is none that the desk could have made.
    """
    given: dict[str, str] = {}
    states: list[str] = []
    for name, value in pairs:
        if name == "state":
            states.append(value)
        else:
            given[name] = value
    if not set(states) <= {*STATES, ""}:
        raise BadViewError("state")
    market = given.get("market") or (markets[0] if markets else "")
    if market not in markets:
        raise BadViewError("market")
    named: dict[str, Any] = {
        name: _short(given, name) for name in ("field", "category", "merchant", "reason", "severity", "assignee")
    }
    return View(
        market=market,
        states=tuple(state for state in STATES if state in states) or OPEN,
        low=_number(given, "low", 1.0),
        high=_number(given, "high", 1.0),
        older=_number(given, "older", _DAYS),
        newer=_number(given, "newer", _DAYS),
        run=_count(given, "run", _RUNS),
        outdated=_flag(given, "outdated"),
        mine=_flag(given, "mine"),
        search=given.get("q", "")[:SEARCHED].strip(),
        sort=_sort(given),
        **named,
    )


def read_page(text: str) -> tuple[str, int]:
    """Return market and listing of `MARKET:LISTING`; BadViewError where it is none."""
    match = _PAGE.fullmatch(text)
    if match is None or not 0 < int(match[2]) <= _LISTINGS:
        raise BadViewError("page")
    return match[1], int(match[2])


def _short(given: dict[str, str], name: str) -> str:
    value = given.get(name, "")
    if len(value) > _VALUE:
        raise BadViewError(name)
    return value


def _number(given: dict[str, str], name: str, most: float) -> float | None:
    """Return a number from 0 to `most`, None where none is given."""
    text = given.get(name, "")
    if not text:
        return None
    if _NUMBER.fullmatch(text) is None and _COUNT.fullmatch(text) is None:
        raise BadViewError(name)
    if not 0 <= float(text) <= most:
        raise BadViewError(name)
    return float(text)


def _count(given: dict[str, str], name: str, most: int) -> int | None:
    """Return a whole number from 1 to `most`, None where none is given."""
    text = given.get(name, "")
    if not text:
        return None
    if _COUNT.fullmatch(text) is None or not 1 <= int(text) <= most:
        raise BadViewError(name)
    return int(text)


def _flag(given: dict[str, str], name: str) -> bool:
    value = given.get(name, "")
    if value not in ("", "0", "1", "on"):
        raise BadViewError(name)
    return value in ("1", "on")


def _sort(given: dict[str, str]) -> Sort:
    value = given.get("sort") or SORTS[0]
    for sort in SORTS:
        if sort == value:
            return sort
    raise BadViewError("sort")
