"""From what a store knows of a merchant to their report: where each page stands, and what it asks of the merchant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, get_args

from shopglot.decide import OUTDATED, PINNED
from shopglot.errors import UsageError
from shopglot.market import MARKETS
from shopglot.report.problems import (
    Found,
    Key,
    hints,
    holds,
    is_held,
    is_rule,
    share,
    tell_page,
    tell_shared,
    waits,
)
from shopglot.report.records import (
    Explanation,
    LineReport,
    MarketReport,
    PageRef,
    PageReport,
    Place,
    Problem,
    Quiet,
    Report,
    State,
)
from shopglot.report.texts import SENTENCE, TITLE, clean, day, field_name, market_name, minute
from shopglot.sensitivity import WAY_OUT
from shopglot.store import Store
from shopglot.store.merchants import ShopPage

NAMELESS = "（没有填写商家编号）"
_STATES: tuple[State, ...] = get_args(State)
_OLDER: tuple[State, ...] = ("refused", "failed", "unsuitable", "held", "waiting")
_TAKEN_BY = ("run", "rollback")
_CLOSE = 5  # names that are offered for one that is unknown
_TOLD = 60  # lines of what a translator wrote
_ALIKE = 55.0  # how alike they are, of 100
_WAITS = {
    PINNED: "已由工作人员恢复为先前的版本；您修改商品内容后，会重新处理。",
    OUTDATED: "您修改过原文，译员正在对照原来的译文核对；如果是误改，改回原文就会恢复。",
    "human.newer": "译员正在修改译文，下一次处理时上架。",
    "gate.closed": "这个市场的译文目前都要先经译员确认，确认后上架。",
    "gate.uncalibrated": "这个市场的译文目前都要先经译员确认，确认后上架。",
    "score.low": "系统对译文把握不足，译员确认后上架。",
}
_CHECKED = "自动检查对译文有疑问，译员核对后上架。"
_PASSED = "已经通过，下一次处理时上架。"
_QUIET: dict[State, str] = {
    "paused": "您已暂停销售，恢复后会重新上架。",
    "not-offered": "您没有选择在这个市场销售。",
    "pending": "还没有处理，下一次处理时会轮到。",
}
_GONE = "最近一次的商品目录里没有这些商品，页面不在售；要继续销售，请放回目录。"
_GONE_ON_SALE = "最近一次的商品目录里没有这些商品，但页面仍在售；不再销售的请暂停，要继续销售的请放回目录。"


class _Stand(NamedTuple):
    """A page with its name and where it stands."""

    page: ShopPage
    ref: PageRef
    state: State


def read(store: Store, merchant: str, markets: Sequence[str] | None = None) -> Report:
    """Return the report of a merchant in these markets, or in all where anything is known of them.

    UsageError where the store knows no such merchant: it names those that are called alike. StoreError where the store
    cannot be read, or is of an older version.
    """
    shop = store.merchants.read(merchant, markets)
    if shop is None:
        raise UsageError(_unknown(merchant, store))
    return Report(
        merchant=merchant,
        shop=clean(merchant, TITLE) or NAMELESS,
        run_id=shop.run_id,
        run_at="" if shop.run_at is None else minute(shop.run_at),
        finished=shop.finished,
        markets=tuple(_market(market, pages) for market, pages in sorted(shop.pages.items(), key=_order)),
    )


def _order(entry: tuple[str, object]) -> int:
    """Return the place of a market in the report."""
    return MARKETS.index(entry[0]) if entry[0] in MARKETS else len(MARKETS)


def _unknown(merchant: str, store: Store) -> str:
    """Return the complaint about a merchant who is not in the store."""
    from rapidfuzz import fuzz, process

    names = {name: name.casefold() for name in store.merchants.names()}
    close = process.extract(merchant.casefold(), names, scorer=fuzz.WRatio, limit=_CLOSE, score_cutoff=_ALIKE)
    listed = ", ".join(repr(clean(name, TITLE)) for _, _, name in close)
    if not names:
        hint = "it has no merchants yet; `shopglot run` brings them"
    else:
        hint = f"did you mean {listed}?" if listed else f"none of its {len(names)} merchants is called alike"
    return f"no merchant {clean(merchant, TITLE)!r} in store {store.name}: {hint}"


def _market(market: str, pages: Sequence[ShopPage]) -> MarketReport:
    stands = [_Stand(page, _ref(page), _state(page)) for page in pages]
    own = {s: [stand for stand in stands if stand.state == s] for s in _STATES}
    asking = [*own["refused"], *own["taken-down"], *own["held"]]
    found = [holds(stand.page, stand.ref) for stand in asking]
    shared = share(found)
    told: dict[State, list[PageReport]] = {"refused": [], "taken-down": [], "held": []}
    for stand, problems in zip(asking, found, strict=True):
        told[stand.state].append(_page(stand, problems, list(shared)))
    advice, rewritten = hints((stand.page, stand.ref) for stand in stands if stand.state not in ("paused", "gone"))
    return MarketReport(
        market=market,
        name=market_name(market),
        known=len(stands),
        counts={s: len(own[s]) for s in _STATES},
        visible=sum(stand.page.on_sale for stand in stands),
        older=sum(stand.page.on_sale for s in _OLDER for stand in own[s]),
        shared=tell_shared(shared),
        refused=tuple(sorted(told["refused"], key=_rank)),
        taken_down=tuple(sorted(told["taken-down"], key=_rank)),
        failed=tuple(map(_line, own["failed"])),
        unsuitable=tuple(map(_line, own["unsuitable"])),
        held=tuple(sorted(told["held"], key=_rank)),
        quiet=_quiet(stands),
        advice=advice,
        rewritten=rewritten,
    )


def _ref(page: ShopPage) -> PageRef:
    return PageRef(id=clean(page.id, TITLE), title=clean(page.title, TITLE))


def _state(page: ShopPage) -> State:  # noqa: PLR0911 - one line per state reads best
    """Return where a page stands; a line that cannot be read comes first, then what the merchant chose."""
    if page.status == "failed":
        return "failed"
    if page.paused:
        return "paused"
    if page.gone:
        return "gone"
    if page.status is None:
        return "pending"
    if page.status == "skipped":
        return "not-offered" if "market.not-offered" in page.reasons else "unsuitable"
    if page.status == "reject":
        return "taken-down" if page.withdrawn_by == "run" and not page.on_sale else "refused"
    if page.withdrawn_by == "rollback" and not page.on_sale:
        return "taken-down"
    if page.status == "publish":
        return "on-sale" if page.on_sale else "waiting"
    return "held" if page.told or is_held(page) else "waiting"


def _page(stand: _Stand, problems: dict[Key, Found], shared: Sequence[Key]) -> PageReport:
    page = stand.page
    told = tuple(line for part in page.told.splitlines()[:_TOLD] if (line := clean(part, SENTENCE)))
    return PageReport(
        page=stand.ref,
        since=day(page.withdrawn_at) if page.withdrawn_at and page.withdrawn_by in _TAKEN_BY else "",
        still_on_sale=page.on_sale,
        waits=waits(page),
        problems=tell_page(problems, shared) or (() if told else (_bare(page),)),
        told=told,
    )


def _bare(page: ShopPage) -> Problem:
    """Return what holds a page of which no finding is known any more: what its outcome says."""
    if page.status != "reject" and page.withdrawn_by == "rollback":
        why, way_out = "已由工作人员撤下。", "修改商品内容后会重新处理；有疑问请联系平台。"
    else:
        why, _, way_out = clean(page.message_zh, SENTENCE).partition(WAY_OUT)
    rule = next((reason for reason in page.reasons if is_rule(reason)), "")
    where = (Place(field=field_name(page.field), side="source", pieces=()),) if page.field else ()
    return Problem(
        explanation=Explanation(
            rule=rule, severity="error" if page.status == "reject" else "warning", why=why, way_out=way_out,
            suggestion="", basis="",
        ),
        shared=0,
        places=where,
    )  # fmt: skip


def _rank(page: PageReport) -> int:
    """Return the rank of a page in its list: what has the most that is refused comes first, else by the catalog."""
    return -sum(problem.explanation.severity == "error" for problem in page.problems)


def _line(stand: _Stand) -> LineReport:
    page = stand.page
    field = field_name(page.field)
    raw = clean(page.field, SENTENCE)
    said = clean(page.message_zh, SENTENCE)
    return LineReport(
        page=stand.ref,
        line=page.line,
        field=field,
        reason=said.replace(f"“{raw}”", f"“{field.strip('“”')}”") if raw else said,
        still_on_sale=page.on_sale,
    )


def _quiet(stands: Sequence[_Stand]) -> tuple[Quiet, ...]:
    """Return the pages that need nothing from the merchant by what is said of them, the largest group first."""
    groups: dict[str, list[PageRef]] = {}
    for stand in stands:
        if sentence := _sentence(stand):
            groups.setdefault(sentence, []).append(stand.ref)
    ranked = sorted(groups.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    return tuple(Quiet(sentence=sentence, pages=tuple(pages)) for sentence, pages in ranked)


def _sentence(stand: _Stand) -> str:
    """Return what is said of a page that needs nothing from the merchant, "" of others."""
    page = stand.page
    if stand.state == "gone":
        return _GONE_ON_SALE if page.on_sale else _GONE
    if stand.state != "waiting":
        return _QUIET.get(stand.state, "")
    if page.status == "publish":
        return _PASSED
    known = next((sentence for reason, sentence in _WAITS.items() if reason in page.reasons), _WAITS["score.low"])
    checked = any(reason not in _WAITS for reason in page.reasons)
    return _CHECKED if checked and PINNED not in page.reasons else known
