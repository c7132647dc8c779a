"""Two small markets whose glossary and rules change, a few texts, and what becomes of them without any store."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from shopglot.batches import LooseLedger, answer, translate
from shopglot.catalog import parse
from shopglot.decide import fold
from shopglot.executors.local import LocalExecutor
from shopglot.localizer import Localizer
from shopglot.market import Reuse
from shopglot.sensitivity import Rule, Screen
from shopglot.termbase import Entry, Termbase
from shopglot.types import Json, Listing, Segment, Translation, Verdict

MARKETS = ("us", "hk")
MERCHANTS = {"a": "m1", "b": "m1", "c": "m2", "d": "m2", "e": "m2"}
IDS = tuple(MERCHANTS)
PATHS = ("/fields/title", "/fields/note")
# Each text is one segment. Some have the term that changes, or a word that a rule knows.
PLAIN = ("柔软的枕头", "旅行好物", "很舒服的枕头")
TEXTS = (*PLAIN * 5, "进口面料", "包治百病", "祖传秘方")  # most pages are fit to be published
BLOCKED, HELD, BLOCKED_LATER = "百病", "进口", "秘方"
VARIANTS = 3  # the market as it was, with another term, with another rule
TARGETS = ("First hand", "Second hand")


@dataclass(frozen=True, slots=True)
class Page:
    """A merchant's page: an id, a title, a note, the stock and the markets."""

    id: str
    title: str
    note: str
    stock: int = 0
    markets: tuple[str, ...] = MARKETS

    @property
    def document(self) -> dict[str, Any]:
        """The page as a catalog has it."""
        return {
            "id": self.id, "merchant": MERCHANTS[self.id], "markets": list(self.markets), "stock": self.stock,
            "fields": {"title": self.title, "note": self.note},
        }  # fmt: skip

    @property
    def texts(self) -> dict[str, str]:
        """The texts by path."""
        return {"/fields/title": self.title, "/fields/note": self.note}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the markets' policies say in one world."""

    reuse: Reuse
    hold_outdated: bool
    withdraw_missing: bool


@dataclass(slots=True, kw_only=True)
class World:
    """The markets under a policy. `load` gives a market as it is shipped; the rest of it is replaced by small data."""

    policy: Policy
    load: Callable[[str], Localizer]
    _texts: dict[tuple[int, str, str, str], Translation] = field(default_factory=dict)

    def localizers(self, variant: int) -> tuple[Localizer, ...]:
        """Return the markets in a variant."""
        return tuple(self.localizer(market, variant) for market in MARKETS)

    def localizer(self, market: str, variant: int) -> Localizer:
        """Return a market in a variant."""
        base = self.load(market)
        digest = f"{variant} {self.policy}"
        policy = replace(
            base.market, digest=digest, gate=None, cutoff=0.01, withdraw_on_reject=True, reuse=self.policy.reuse,
            hold_outdated=self.policy.hold_outdated, withdraw_missing=self.policy.withdraw_missing, missing_limit=1.0,
            length={},
        )  # fmt: skip
        return replace(
            base, market=policy, termbase=termbase(variant == 1), screen=screen(market, variant == 2), plain=True
        )

    def segments(self, page: Page, market: str, variant: int) -> tuple[Segment, ...]:
        """Return the segments of a page."""
        return self.localizer(market, variant).prepare(listing(page)).segments

    def machine(self, item: Segment, market: str, variant: int) -> Translation:
        """Return what the machine makes of a text."""
        key = (variant, market, item.field, item.source)
        if key not in self._texts:
            localizer = self.localizer(market, variant)
            unit = localizer.unit(item)
            made = (
                answer(unit, localizer)
                or translate(
                    [unit], localizer, executor=LocalExecutor(), ledger=LooseLedger(remembered={}), attempts=3
                )[unit.machine_key]
            )
            self._texts[key] = made
        return self._texts[key]

    def outcome(
        self, page: Page, market: str, variant: int, *, human: Mapping[str, str], outdated: frozenset[str]
    ) -> tuple[Verdict, str]:
        """Return the verdict on a page and the document that it would be, as canonical JSON.

        `human` are the texts that a person approved, by path; `outdated` the paths where an approved text was replaced.
        """
        localizer = self.localizer(market, variant)
        ready = localizer.prepare(listing(page))
        chosen = [
            replace(self.machine(item, market, variant), target=human[item.key.path], origin="human", model="human")
            if item.key.path in human else self.machine(item, market, variant)
            for item in ready.segments
        ]  # fmt: skip
        decisions = [localizer.judge(item, text).decision for item, text in zip(ready.segments, chosen, strict=True)]
        verdict = fold(decisions).verdict
        if verdict == "publish" and outdated and self.policy.hold_outdated:
            verdict = "review"
        return verdict, canonical(localizer.compose(ready, [text.target for text in chosen]))


def listing(page: Page, line: int = 1) -> Listing:
    """Return a page as a catalog's reader gives it."""
    parsed = parse(page.document, line=line)
    assert isinstance(parsed, Listing)
    return parsed


def canonical(document: Mapping[str, Json]) -> str:
    """Return a document as text, the same for the same content."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True)


def lines(pages: Sequence[Page]) -> str:
    """Return a catalog."""
    return "".join(json.dumps(page.document, ensure_ascii=False) + "\n" for page in pages)


@cache
def termbase(other: bool) -> Termbase:
    """Return the glossary, as it was or with another word for a pillow."""
    word = "cushion" if other else "pillow"
    return Termbase([
        Entry(source="枕头", target=word, admitted=(), forbidden=(), use="enforce", category="", field="", note="")
    ])  # fmt: skip


class _Unswept(Screen):
    """Rules that never look new: the model speaks of what a night makes of its catalog, not of what a sweep takes down.

    The sweep has tests of its own (tests/test_sweep.py).
    """

    @property
    def digest(self) -> str:
        """The same, whatever the rules."""
        return "unswept"


@cache
def screen(market: str, more: bool) -> Screen:
    """Return the rules, as they were or with one more."""
    rules = [_rule(market, "claim", "block", BLOCKED), _rule(market, "imported", "review", HELD)]
    return _Unswept([*rules, *([_rule(market, "secret", "block", BLOCKED_LATER)] if more else [])])


def _rule(market: str, name: str, severity: Any, word: str) -> Rule:
    return Rule(
        id=f"{market}.test.{name}", category="", severity=severity, side="source", patterns=(word,), exceptions=(),
        fields=(), categories=(), negation=False, basis="", message="No.", message_zh="不行。", suggestion="",
        suggestion_zh="", positive=(), negative=(), author="", version=1,
    )  # fmt: skip
