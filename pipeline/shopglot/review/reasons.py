"""Why a text is held, in words: what a check, a hold or a sensitivity rule is called in the interface's language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from shopglot.decide import RULE_PREFIXES
from shopglot.errors import DataError
from shopglot.loading import load_rules_of


class Say(Protocol):
    """The interface's words in the reader's language; the key itself where there are none."""

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the words for `area.key`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A reason as it is shown: `id` is the stable one, `text` what a person reads, which is the id where none is known.

    `sentence` says more, in English or Simplified Chinese; it is "" where nothing more is known.
    """

    id: str
    text: str
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class _Told:
    """What is known of a rule."""

    category: str
    message: str
    message_zh: str


def describe(reason: str, market: str, say: Callable[[str], str | None], *, chinese: bool) -> Words:
    """Return a reason of a market in words. `say` gives the message of a key of `messages/reasons.toml`, or None.

    A rule is called by its category; its sentence has an ellipsis where the words would be that it found.
    """
    if not reason.startswith(RULE_PREFIXES):
        return Words(id=reason, text=say(reason) or reason)
    told = _rules(market).get(reason)
    if told is None:  # of a rule that was taken out since
        return Words(id=reason, text=reason)
    sentence = (told.message_zh if chinese else told.message).replace("{words}", "…")
    return Words(id=reason, text=say(f"category-{told.category}") or reason, sentence=sentence)


def words_of(reason: str, market: str, say: Say, language: str) -> Words:
    """Return a reason in the interface's language."""

    def known(key: str) -> str | None:
        found = say(f"reasons.{key}")
        return None if found == f"reasons.{key}" else found

    return describe(reason, market, known, chinese=language != "en")


@cache
def _rules(market: str) -> dict[str, _Told]:
    """Return what is known of a market's rules, by id; nothing where they cannot be read, for the queue goes on."""
    try:
        rules = load_rules_of(market)
    except DataError:
        return {}
    return {rule.id: _Told(rule.category, rule.message, rule.message_zh) for rule in rules}
