"""The sensitivity room: what must not be said in a market, why, and what to say instead.

Rules are data: `sensitivity.toml` and `eligibility.toml`, of `glossaries/common/` and of `glossaries/<market>/`. The
screen reads them and finds, the rewriter writes what an editor chose for a place, and neither decides. What is found is
no legal advice.
"""

from __future__ import annotations

from shopglot.sensitivity.goods import GoodsText
from shopglot.sensitivity.rewriting import Rewrite, tell
from shopglot.sensitivity.rules import REWRITTEN, WAY_OUT, Rule, load_rules
from shopglot.sensitivity.ruleset import About
from shopglot.sensitivity.screen import Action, Screen, action

__all__ = [
    "REWRITTEN", "WAY_OUT", "About", "Action", "GoodsText", "Rewrite", "Rule", "Screen", "action", "load_rules", "tell",
]  # fmt: skip
