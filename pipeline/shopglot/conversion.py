"""The converter of a market that reads Traditional Chinese, with the market's own words.

Apart from `loading`, so that `shopglot convert` starts without what only a run needs.
"""

from __future__ import annotations

from shopglot.config import glossary_root
from shopglot.engines.hant import HantConverter
from shopglot.errors import UsageError
from shopglot.market import load_market
from shopglot.termbase import Termbase, load_termbase


def load_converter(market: str) -> HantConverter:
    """Return the converter of a market that reads Traditional Chinese."""
    policy = load_market(glossary_root(), market)
    if policy.engine != "opencc":
        raise UsageError(
            f"market '{market}' reads {policy.language}; convert is for hk, mo and tw. Use `shopglot translate`."
        )
    return make_converter(market, load_termbase(glossary_root(), policy.lineage))


def make_converter(market: str, termbase: Termbase) -> HantConverter:
    """Return the converter of a market with the words of its termbase."""
    return HantConverter(market, _overlay(termbase))


def _overlay(termbase: Termbase) -> dict[str, str]:
    return {
        entry.source: entry.target
        for entry in termbase.entries()
        if entry.use != "suggest" and not entry.category and not entry.field
    }
