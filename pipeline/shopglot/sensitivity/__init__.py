"""The sensitivity room: what must not be said in a market, why, and what to say instead.

Rules are data (`glossaries/common/sensitivity.toml` and `glossaries/<market>/sensitivity.toml`); the screen reads them
and finds, it never edits and never decides. What it finds is no legal advice.
"""

from __future__ import annotations

from shopglot.sensitivity.rules import Rule, load_rules
from shopglot.sensitivity.screen import Action, Screen, action

__all__ = ["Action", "Rule", "Screen", "action", "load_rules"]
