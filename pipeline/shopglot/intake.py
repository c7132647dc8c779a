"""Who comes in: broken lines, duplicates, languages and markets are settled before any text is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from shopglot.catalog.fields import walk
from shopglot.language import identify
from shopglot.localizer import Localizer
from shopglot.store import Run, Standing, Store
from shopglot.types import BrokenLine, Listing, Outcome

REMEMBERED = 2048  # pages whose language is not asked again: more than are worked on at once
LANGUAGE_NAMES = {"ja": "日文", "ko": "韩文", "ru": "俄文", "en": "英文"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What is known of a line before any work.

    `outcomes` are final already; `standing` are the outcomes that hold because nothing changed; `due` are the markets
    to work on, `leaving` those where the page is on sale and has to go: there its refusal waits until it is gone.
    """

    raw: Listing | BrokenLine
    outcomes: tuple[Outcome, ...] = ()
    standing: tuple[Outcome, ...] = ()
    due: frozenset[str] = frozenset()
    leaving: frozenset[str] = frozenset()

    @property
    def line(self) -> int:
        """The line's number."""
        return self.raw.line

    @property
    def listing(self) -> Listing | None:
        """The page, None where the line is none."""
        return self.raw if isinstance(self.raw, Listing) else None

    @property
    def member(self) -> bool:
        """Whether the line belongs to a window of this run."""
        return bool(self.due or self.leaving)

    @property
    def asked(self) -> bool:
        """Whether the store was asked about it."""
        return self.member or bool(self.outcomes or self.standing)

    @property
    def final(self) -> bool:
        """Whether it has its outcome in every market."""
        return self.asked and not self.member


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page stands in a market tonight: due, where there is no `outcome`; else settled by it.

    `standing`: by an earlier word that holds. `leaving`: the page is on sale and has to go, with this outcome.
    """

    listing: Listing
    outcome: Outcome | None = None
    standing: bool = False
    leaving: bool = False


class Languages:
    """Tells the language of pages, of each once while it is worked on."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def __call__(self, listing: Listing) -> str:
        """Return the language of a page, as `language.identify` names it."""
        if listing.digest not in self._known:
            if len(self._known) >= REMEMBERED:
                del self._known[next(iter(self._known))]
            self._known[listing.digest] = identify(field.text for field in walk(listing))
        return self._known[listing.digest]


def admit(
    block: Sequence[Listing | BrokenLine],
    localizers: Sequence[Localizer],
    store: Store,
    now: Run,
    *,
    publish: bool,
    language: Callable[[Listing], str] | None = None,
) -> Iterator[Admission]:
    """Yield one admission per line, in order. Nothing is settled."""
    listings = [line for line in block if isinstance(line, Listing)]
    repeated = store.see(now.id, [(listing.line, listing.merchant, listing.id) for listing in listings])
    first = [listing for listing in listings if listing.line not in repeated]
    tell = language or Languages()
    places = {
        localizer.market.name: iter(place(first, localizer, store, publish=publish, language=tell))
        for localizer in localizers
    }
    for line in block:
        if isinstance(line, BrokenLine):
            outcomes = tuple(_broken(line, localizer) for localizer in localizers)
            yield Admission(raw=line, outcomes=outcomes)
        elif line.line in repeated:
            outcomes = tuple(_repeated(line, localizer) for localizer in localizers)
            yield Admission(raw=line, outcomes=outcomes)
        else:
            yield _admission(line, {market: next(own) for market, own in places.items()})


def _admission(listing: Listing, places: Mapping[str, Place]) -> Admission:
    found = {market: own.outcome for market, own in places.items() if own.outcome is not None}
    return Admission(
        raw=listing,
        outcomes=tuple(o for market, o in found.items() if not (places[market].standing or places[market].leaving)),
        standing=tuple(o for market, o in found.items() if places[market].standing),
        due=frozenset(places.keys() - found.keys()),
        leaving=frozenset(market for market, own in places.items() if own.leaving),
    )


def place(
    listings: Sequence[Listing],
    localizer: Localizer,
    store: Store,
    *,
    publish: bool,
    language: Callable[[Listing], str],
) -> list[Place]:
    """Return where pages stand in a market as the store is now, in their order."""
    market = localizer.market.name
    identities = [(listing.merchant, listing.id) for listing in listings]
    standing = store.standing(market, identities)
    paused = store.enrolment.paused(market, identities)
    found = []
    for listing, identity in zip(listings, identities, strict=True):
        before = standing.get(identity)
        if identity in paused:
            found.append(Place(listing=listing, outcome=_paused(listing, localizer)))
        elif (
            before is not None
            and not before.again
            and before.inputs_key == localizer.inputs_key(listing, publish=publish)
        ):
            found.append(Place(listing=listing, outcome=stand(listing, market, before), standing=True))
        else:
            refusal = _refusal(listing, localizer, language(listing))
            # Where it was on sale and is no longer offered, the page goes, with an event that says so.
            on_sale = publish and before is not None and before.version is not None
            found.append(Place(listing=listing, outcome=refusal, leaving=refusal is not None and on_sale))
    return found


def _paused(listing: Listing, localizer: Localizer) -> Outcome:
    """Return the outcome of a page that its merchant has paused in this market."""
    market = localizer.market
    return _outcome(
        listing, market.name, "skipped", "market.paused",
        "The merchant has paused this page in this market; `shopglot resume` opens it again.",
        "商家已暂停该商品页在此市场的销售，恢复后将重新上架。", field="",
    )  # fmt: skip


def _refusal(listing: Listing, localizer: Localizer, language: str) -> Outcome | None:
    """Return the outcome of a listing that is not for this market, or None."""
    market = localizer.market
    if listing.markets is not None and market.name not in listing.markets:
        return _outcome(
            listing, market.name, "skipped", "market.not-offered",
            f"The merchant does not offer this page in {market.title}.",
            f"商家未选择在该市场（{market.name}）销售此商品。", field="markets",
        )  # fmt: skip
    if language == "und":
        return _outcome(
            listing,
            market.name,
            "skipped",
            "listing.empty",
            "There is no text to localize.",
            "商品页没有可翻译的文字，请补充标题或描述。",
            field="fields",
        )
    if language in ("zh-Hans", "zh-Hant") or (language == "en" and market.latin):
        return None
    name = LANGUAGE_NAMES.get(language, language)
    return _outcome(
        listing, market.name, "skipped", f"language.{language}",
        f"The page is written in '{language}'; {market.title} takes Chinese{' or English' if market.latin else ''}.",
        f"商品页的文字是{name}，请提供中文商品信息后再上架该市场。", field="fields",
    )  # fmt: skip


def stand(listing: Listing, market: str, before: Standing) -> Outcome:
    """Return what an earlier run said of a page, as this one's outcome."""
    return Outcome(
        line=listing.line, merchant=listing.merchant, id=listing.id, market=market, status=before.status,
        reasons=before.reasons, field=before.field, message=before.message, message_zh=before.message_zh,
    )  # fmt: skip


def _broken(line: BrokenLine, localizer: Localizer) -> Outcome:
    return Outcome(
        line=line.line, merchant=line.merchant, id=line.id, market=localizer.market.name, status="failed",
        reasons=(line.reason,), field=line.field, message=line.message, message_zh=line.message_zh,
    )  # fmt: skip


def _repeated(listing: Listing, localizer: Localizer) -> Outcome:
    return _outcome(
        listing, localizer.market.name, "failed", "duplicate-id",
        f"An earlier line of this catalog has the same merchant and id '{listing.id}'; the first one counts.",
        f"本次目录中已有相同商家和编号“{listing.id}”的商品，仅第一条有效，请修改编号或删除重复行。", field="id",
    )  # fmt: skip


def _outcome(
    listing: Listing, market: str, status: str, reason: str, message: str, message_zh: str, *, field: str
) -> Outcome:
    return Outcome(
        line=listing.line, merchant=listing.merchant, id=listing.id, market=market,
        status="failed" if status == "failed" else "skipped", reasons=(reason,), field=field, message=message,
        message_zh=message_zh,
    )  # fmt: skip
