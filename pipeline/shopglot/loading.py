"""Puts a market's tools together from the data folders: what every command needs before it starts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from shopglot import __version__
from shopglot.config import card_root, data_root, glossary_root, model_cache
from shopglot.localizer import Localizer
from shopglot.market import Market, load_market
from shopglot.quality import Estimator, load_estimator
from shopglot.sensitivity import Rule, Screen, load_rules
from shopglot.termbase import Termbase, load_termbase

if TYPE_CHECKING:
    from shopglot.engines.base import Engine
    from shopglot.engines.hant import HantConverter

_SCREENS: dict[tuple[str, str], Screen] = {}  # by market and digest: the same rules in another folder are the same
FAKE = "fake"
ESTIMATORS = "estimators"  # the folder beside the model cards


@dataclass(slots=True)
class LazyEngine:
    """Opens an engine at its first use and keeps it."""

    opener: Callable[[], Engine]
    engine: Engine | None = None

    def __call__(self) -> Engine:
        """Return the engine."""
        if self.engine is None:
            self.engine = self.opener()
        return self.engine


def load_localizers(markets: Iterable[str], *, model: str | None = None, plain: bool = False) -> tuple[Localizer, ...]:
    """Return a localizer per market, in the order given; markets that use the same model share one engine."""
    return tuple(load_localizer(market, model=model, plain=plain) for market in markets)


def load_localizer(market: str, *, model: str | None = None, plain: bool = False) -> Localizer:
    """Return everything that a market needs. `model` replaces the market's own model card, where it uses one.

    With `plain`, what no fitted gate speaks of is published by a plain cut-off. No model is loaded before it is used.
    A process loads a market once from the same folders. Where they are is asked once, here: whoever loads in a thread
    gets all of it from one place, whatever happens to the environment meanwhile.
    """
    return _localizer(data_root(), market, model, plain)


@cache
def _localizer(root: Path, market: str, model: str | None, plain: bool) -> Localizer:
    glossaries, cards = glossary_root(root), card_root(root)
    policy = load_market(glossaries, market)
    termbase = load_termbase(glossaries, policy.lineage)
    screen = _screen(glossaries, market)
    if policy.engine == "opencc":
        if model not in (None, FAKE, "opencc"):
            _refuse_unknown(cards, model)
        return _conversion(cards, policy, termbase, screen, plain)
    return _translation(cards, policy, termbase, screen, model or policy.engine, plain)


def load_screen(market: str) -> Screen:
    """Return the screen of a market. Its own rules and the common ones only: legal rules are never inherited."""
    return _screen(glossary_root(), market)


def _screen(root: Path, market: str) -> Screen:
    key = market, _rules_digest(root, market)
    if key not in _SCREENS:
        _SCREENS[key] = Screen(_rules(root, *key))
    return _SCREENS[key]


def load_rules_of(market: str) -> tuple[Rule, ...]:
    """Return the sensitivity rules of a market: its own, and the common ones that hold there."""
    root = glossary_root()
    return _rules(root, market, _rules_digest(root, market))


@cache
def _rules(root: Path, market: str, digest: str) -> tuple[Rule, ...]:
    """Load the rules of a market; files that were found good once, with this digest, are not checked again."""
    marker = model_cache().parent / "checked-rules" / digest
    rules = load_rules(root / market, market, common=root / "common", trusted=marker.is_file())
    with suppress(OSError):  # a cache that cannot be written costs a second at every start
        marker.parent.mkdir(parents=True, exist_ok=True)
        marker.touch()
    return rules


def _rules_digest(root: Path, market: str) -> str:
    """Return the SHA-256 of the files that a market's rules come from, and of what reads them."""
    total = hashlib.sha256(f"{__version__}\0{market}\0".encode())
    paths = (path for folder in ("common", market) for path in (root / folder).glob("*.toml"))
    # A gate is fitted to what was made with the rules, and is none of them.
    for path in sorted(path for path in paths if path.name != "gate.toml"):
        total.update(f"{path.parent.name}/{path.name}\0".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def _estimator(cards: Path, policy: Market) -> Estimator:
    """Return the estimator of the language that a market reads."""
    return load_estimator(cards / ESTIMATORS / f"{policy.language}.json")


def catalog_content(location: str) -> str:
    """Return what tells tonight's content of a catalog from another night's: a file's SHA-256, else its name.

    Not its time: a copy on another machine, whose process joins the run, has another one.
    """
    path = Path(location)
    if not path.is_file():
        return location
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:  # whoever reads the catalog says what is wrong with it
        return location


def total_lines(location: str) -> int | None:
    """Return the number of lines of a catalog for the progress display, None where counting it is not cheap."""
    from shopglot.catalog import total

    return total(location)


def _conversion(cards: Path, policy: Market, termbase: Termbase, screen: Screen, plain: bool) -> Localizer:
    from shopglot.engines.hant import HantEngine, engine_name

    # The engine gets no terms of its own: those that matched come with each request and are part of its machine key,
    # so that a changed term re-does the texts that have it and no others.
    market = policy.name

    @cache  # made at the first text: an unchanged night has none
    def converter() -> HantConverter:
        from shopglot.conversion import make_converter

        return make_converter(market, termbase)

    return Localizer(
        market=policy, termbase=termbase, screen=screen, model=engine_name(market), decoding="",
        batch_size=256, fake=False, estimator=_estimator(cards, policy), plain=plain,
        open_engine=LazyEngine(lambda: HantEngine(market, {})),
        doubts=lambda text: converter().doubts(text),
    )  # fmt: skip


def _translation(cards: Path, policy: Market, termbase: Termbase, screen: Screen, model: str, plain: bool) -> Localizer:
    if model == FAKE:
        from shopglot.engines.fake import FakeEngine

        fake = FakeEngine()
        return Localizer(
            market=policy, termbase=termbase, screen=screen, model=fake.name, decoding=fake.decoding,
            batch_size=fake.batch_size, fake=True, estimator=_estimator(cards, policy), open_engine=lambda: fake,
            plain=True,  # a stand-in has no reviewers: what it publishes is marked as fake, and promises nothing
        )  # fmt: skip
    from shopglot.engines.cards import get_card
    from shopglot.engines.tuning import tuned

    card = tuned(get_card(cards, model), model_cache())
    return Localizer(
        market=policy, termbase=termbase, screen=screen, model=card.signature, decoding=card.decoding_key,
        batch_size=card.batch_size, fake=False, estimator=_estimator(cards, policy), plain=plain,
        open_engine=_shared_engine(cards, model, policy.language),
    )  # fmt: skip


@cache
def _shared_engine(cards: Path, model: str, language: str) -> LazyEngine:
    from shopglot.engines import load
    from shopglot.engines.cards import get_card

    return LazyEngine(lambda: load(get_card(cards, model), model_cache(), target=language))


def _refuse_unknown(cards: Path, model: str | None) -> None:
    from shopglot.engines.cards import get_card

    get_card(cards, str(model))
