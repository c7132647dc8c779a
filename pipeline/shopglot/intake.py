"""Who comes in: broken lines, duplicates, languages and markets are settled before any text is touched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shopglot.catalog.fields import walk
from shopglot.language import identify
from shopglot.localizer import Localizer
from shopglot.store import Run, Settlement, Standing, Store
from shopglot.types import BrokenLine, Listing, Outcome

Identity = tuple[str, str]

LANGUAGE_NAMES = {"ja": "日文", "ko": "韩文", "ru": "俄文", "en": "英文"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What is known of a line before any work.

    `outcomes` are final already; `standing` are the outcomes that hold because nothing changed; `due` are the markets
    to work on. `member` says that the line belongs to a window of this run: it is due, or was until the run was killed.
    """

    listing: Listing | None
    outcomes: tuple[Outcome, ...] = ()
    standing: tuple[Outcome, ...] = ()
    due: frozenset[str] = frozenset()
    member: bool = False


def admit(
    block: Sequence[Listing | BrokenLine], localizers: Sequence[Localizer], store: Store, now: Run, *, publish: bool
) -> Iterator[Admission]:
    """Yield one admission per line, in order."""
    listings = [line for line in block if isinstance(line, Listing)]
    identities = [(listing.merchant, listing.id) for listing in listings]
    repeated = store.see(now.id, [(listing.line, listing.merchant, listing.id) for listing in listings])
    standing = {localizer.market.name: store.standing(localizer.market.name, identities) for localizer in localizers}
    for line in block:
        if isinstance(line, BrokenLine):
            yield Admission(listing=None, outcomes=tuple(_broken(line, localizer) for localizer in localizers))
        elif line.line in repeated:
            yield Admission(listing=None, outcomes=tuple(_repeated(line, localizer) for localizer in localizers))
        else:
            yield _admit(line, localizers, standing, store, now, publish=publish)


def _admit(
    listing: Listing,
    localizers: Sequence[Localizer],
    standing: Mapping[str, Mapping[Identity, Standing]],
    store: Store,
    now: Run,
    *,
    publish: bool,
) -> Admission:
    outcomes, unchanged, due, member = list[Outcome](), list[Outcome](), set[str](), False
    language: str | None = None
    for localizer in localizers:
        market = localizer.market.name
        before = standing[market].get((listing.merchant, listing.id))
        if before is not None and before.inputs_key == localizer.inputs_key(listing, publish=publish):
            unchanged.append(_unchanged(listing, market, before))
            member = member or before.run_id == now.id
            continue
        if language is None:
            language = identify(field.text for field in walk(listing))
        refusal = _refusal(listing, localizer, language)
        if refusal is None:
            due.add(market)
            continue
        outcomes.append(refusal)
        if publish and before is not None and before.version is not None:
            # It was on sale here and is no longer offered: the page goes, with an event that says so. It is work of
            # this run, and stays so when the run is taken up again.
            member = True
            key = localizer.inputs_key(listing, publish=publish)
            store.settle_many(now.id, [Settlement(outcome=refusal, inputs_key=key, judged=(), withdraw=True)])
    return Admission(
        listing=listing,
        outcomes=tuple(outcomes),
        standing=tuple(unchanged),
        due=frozenset(due),
        member=member or bool(due),
    )


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


def _unchanged(listing: Listing, market: str, before: Standing) -> Outcome:
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
