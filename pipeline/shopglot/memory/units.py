r"""Translation units as they travel: what a file holds of one, and how any text fits into a file.

XML and UTF-8 have no place for some characters that a text may hold. A unit with one of them is written with all its
texts escaped (`\` as `\\`, the character as `\u0000`) and marked as escaped, so that it comes back as it was, and other
tools show something readable. All other units are written as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as field_
from datetime import UTC, datetime
from typing import Literal

from shopglot.memory.keys import FIELD_POLICY, field_policy

Kind = Literal["human", "reference", "machine"]
KINDS: tuple[Kind, ...] = ("human", "reference", "machine")

_POLICIES = frozenset(FIELD_POLICY.values()) | {"prose"}
_FIELDS = {policy: field for field, policy in reversed(FIELD_POLICY.items())} | {"prose": "description"}
_ESCAPED = re.compile(r"\\(?:\\|u([0-9a-f]{4}))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A source text in a market with one target.

    `field` is the kind of field, or the field policy where no more is known; "" is prose. `status` is `current` or
    `outdated` for a person's text, else "". `provider` is where a reference came from, the model of machine text, or
    "". `by` and `at` say who wrote it and when (aware; whole seconds in TMX), `uses` how often another tool used it.
    `place` is where in a file it stood, for messages; it takes no part in comparisons.
    """

    market: str
    source: str
    target: str
    field: str = ""
    kind: Kind = "reference"
    status: str = ""
    provider: str = ""
    by: str = ""
    at: datetime | None = None
    note: str = ""
    uses: int | None = None
    place: str = field_(default="", compare=False)

    @property
    def policy(self) -> str:
        """The field policy under which it was written."""
        return self.field if self.field in _POLICIES else field_policy(self.field)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """A unit of a file that cannot be used: where, and why. `foreign`: of other languages, and nothing is wrong."""

    place: str
    message: str
    foreign: bool = False


def field_of(policy_or_field: str) -> str:
    """Return a field whose texts are written under a policy; the name of a field is returned as it is."""
    return _FIELDS.get(policy_or_field, policy_or_field)


def checked(unit: Unit, market: str) -> Unit | Unusable:
    """Return a unit as read for a market, or what is wrong with it."""
    if unit.market not in ("", market):
        message = f"is a unit of market '{unit.market}'; import it with --market {unit.market}"
        return Unusable(place=unit.place, message=message, foreign=True)
    for side, text in (("source", unit.source), ("target", unit.target)):
        if not text.strip():
            return Unusable(place=unit.place, message=f"has no {side} text")
    return unit


def needs_escape(texts: Iterable[str], unholdable: re.Pattern[str]) -> bool:
    """Return whether any of the texts has what a file cannot hold."""
    return any(unholdable.search(text) for text in texts)


def escape(text: str, unholdable: re.Pattern[str]) -> str:
    """Return the text with every unholdable character (of the BMP) and every backslash escaped."""
    return unholdable.sub(lambda found: f"\\u{ord(found[0]):04x}", text.replace("\\", "\\\\"))


def unescape(text: str) -> str:
    """Return the text that `escape` was given."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else "\\", text)


def read_moment(text: str) -> datetime | None:
    """Return a moment in UTC from ISO 8601, TMX's basic form included; None where it is none.

    Without a zone it is taken as UTC, as TMX asks for.
    """
    try:
        found = datetime.fromisoformat(text.strip())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
