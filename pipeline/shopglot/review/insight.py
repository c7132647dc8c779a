"""How the desk's work goes, for leads: figures and plots of a period, and the decisions as examples for the ML team."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from shopglot.catalog.export import write_jsonl
from shopglot.decide import RULE_PREFIXES
from shopglot.errors import ShopglotError
from shopglot.report.texts import clean
from shopglot.review.context import Busy, Context, context, log
from shopglot.review.plots import describe
from shopglot.review.reasons import Words
from shopglot.review.reasons import describe as describe_reason
from shopglot.review.rendering import language_of, messages, render, say
from shopglot.review.security import Refused, markets_of, require
from shopglot.store.desk.decided import Ledger
from shopglot.store.desk.figures import CAP, FEW, Period, Report
from shopglot.types import Json

WEEKS = (4, 12, 26, 52)  # periods that are offered
_USUAL = 12
_LONGEST = 3 * 366  # days
_PAGE = 500
_NAME = 100  # characters of a name that are shown
_ledgers: WeakKeyDictionary[Context, Ledger] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to see: a period, and one market or ("") all of `markets`, which are those they may see."""

    period: Period
    market: str
    markets: tuple[str, ...]
    today: date

    @property
    def chosen(self) -> tuple[str, ...]:
        """The markets that count."""
        return (self.market,) if self.market else self.markets

    def query(self, **other: str) -> str:
        """Return the query that asks for this, or for this but for something."""
        own = {"from": self.period.since.isoformat(), "to": self.period.until.isoformat(), "market": self.market}
        return urlencode({name: value for name, value in (own | other).items() if value})

    def last(self, weeks: int) -> dict[str, str]:
        """Return the parameters of the last so many weeks."""
        return {"from": (self.today - timedelta(days=7 * weeks - 1)).isoformat(), "to": self.today.isoformat()}


def ledger_of(desk: Context) -> Ledger:
    """Return what this desk has read of its store's log, which all its threads share."""
    return _ledgers.setdefault(desk, Ledger())


def prime(desk: Context) -> None:
    """Read what the page shows at first, so that nobody has to wait for it: for a thread of its own at the start."""
    try:
        with desk.store() as store:
            store.figures.read(_usual(desk.now().date()), ledger=ledger_of(desk))
    except (ShopglotError, Busy) as error:  # whoever asks for the page will be told
        log.warning("insight: %s", error)


def show_insight(request: Request) -> Response:
    """Show the figures of a period; the plots get theirs from `/insight/data.json`."""
    wish, report = _read(request)
    market = wish.chosen[0] if len(wish.chosen) == 1 else ""
    return render(
        request,
        "insight.html",
        wish=wish,
        report=report,
        weeks=WEEKS,
        few=FEW,
        cap=int(CAP // 60),
        reason=_naming(request, wish),
        field=_field_names(request),
        shown=lambda text: clean(text, _NAME) or say(request, "insight.unknown"),
        queue=lambda **more: _queue(market, wish, **more),
        words=json.dumps(_plot_words(request), ensure_ascii=False),
    )


def send_data(request: Request) -> Response:
    """Answer with the figures of a period as JSON."""
    wish, report = _read(request)
    reason = _naming(request, wish)
    field = _field_names(request)
    found = describe(report, field=field, reason=lambda name: clean(reason(name).text, _NAME))
    return Response(json.dumps(found), media_type="application/json")


def send_verdicts(request: Request) -> Response:
    """Answer with every decision and verdict of a period, one JSON object a line, while they are read."""
    wish = _wish(request)
    desk = context(request)
    name = f"verdicts-{wish.market or 'all'}-{wish.period.since}-{wish.period.until}.jsonl"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_lines(desk, wish), media_type="application/x-ndjson", headers=headers)


def _lines(desk: Context, wish: Wish) -> Iterator[str]:
    """Yield parts of the export; a store is held only while a part is read, for whoever reads may be slow."""
    with desk.store() as store:
        numbers = store.figures.numbers(wish.period, markets=wish.chosen, ledger=ledger_of(desk))
    for start in range(0, len(numbers), _PAGE):
        with desk.store() as store:
            found = store.figures.examples(numbers[start : start + _PAGE])
        yield _jsonl(found)
    after = 0
    while True:
        with desk.store() as store:
            found, after = store.figures.examples_elsewhere(wish.period, after, markets=wish.chosen, limit=_PAGE)
        if not found:
            return
        yield _jsonl(found)


def _jsonl(found: Sequence[dict[str, Json]]) -> str:
    part = StringIO()
    write_jsonl(found, part)
    return part.getvalue()


def _read(request: Request) -> tuple[Wish, Report]:
    wish = _wish(request)
    desk = context(request)
    with desk.store() as store:
        return wish, store.figures.read(wish.period, markets=wish.chosen, ledger=ledger_of(desk))


def _wish(request: Request) -> Wish:
    """Return what a request asks for; Refused where it is not theirs to see, or no period at all."""
    market = request.query_params.get("market", "")
    require(request, "lead", market or None)
    today = context(request).now().date()
    usual = _usual(today)
    since = _day(request.query_params.get("from", ""))
    until = _day(request.query_params.get("to", ""))
    if since is None and until is not None:
        since = max(until - timedelta(days=7 * _USUAL - 1), date(2000, 1, 1))
    since, until = since or usual.since, until or usual.until
    if since > until:
        since, until = until, since
    if (until - since).days >= _LONGEST:
        raise Refused(400)
    markets = markets_of(request, "lead")
    if not markets:
        raise Refused(403)
    return Wish(period=Period(since=since, until=until), market=market, markets=markets, today=today)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise Refused(400) from error
    if not 2000 <= found.year <= 2200:  # what comes before and after would not fit a date
        raise Refused(400)
    return found


def _usual(today: date) -> Period:
    return Period(since=today - timedelta(days=7 * _USUAL - 1), until=today)


def _queue(market: str, wish: Wish, **more: str) -> str:
    """Return the address of the queue with the texts that a figure speaks of; "" where it names no market.

    A rule of one market names it.
    """
    prefix = more.get("reason", "").partition(".")[0]
    market = market or (prefix if prefix in wish.markets else "")
    return f"/?{urlencode({'market': market, **more}, errors='replace')}" if market else ""


def _naming(request: Request, wish: Wish) -> Callable[[str], Words]:
    """Return what gives a reason in words; a rule that holds in several markets is described as in the first."""
    language = language_of(request)
    known = messages()[language]
    chinese = language != "en"

    def name(reason: str) -> Words:
        own = reason.partition(".")[0] if reason.startswith(RULE_PREFIXES) else ""
        market = own if own in wish.markets else wish.chosen[0] if wish.chosen else "us"
        return describe_reason(reason, market, lambda key: known.get(f"reasons.{key}"), chinese=chinese)

    return name


def _field_names(request: Request) -> Callable[[str], str]:
    known = messages()[language_of(request)]
    return lambda kind: known.get(f"fields.field-{kind}") or clean(kind, _NAME) or say(request, "insight.unknown")


def _plot_words(request: Request) -> dict[str, str]:
    """Return the words in the plots."""
    names = (
        "unedited edited rejected decisions edit_rate alarm_rate held elsewhere ideal score approved words seconds "
        "week interval of few"
    )
    return {name: say(request, f"insight.plot_{name}") for name in names.split()}


routes: list[BaseRoute] = [
    Route("/insight", show_insight, methods=["GET"]),
    Route("/insight/data.json", send_data, methods=["GET"]),
    Route("/insight/verdicts.jsonl", send_verdicts, methods=["GET"]),
]
