"""What a target is given and what it answers."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from shopglot.store.events import Event

# Legal inside JSON strings, but a lone surrogate is no UTF-8, and the others are line ends to many readers of lines.
_ESCAPED = re.compile("[\u0085\u2028\u2029\ud800-\udfff]")
_ESCAPE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An event as it is delivered: `body` is one JSON object in UTF-8, on one line, without the line's end."""

    event_id: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of a message.

    `retry` may succeed later, `dead` never will. `error` says why it failed, in words for the log, without secrets.
    `retry_after` is the least number of seconds that the target wants to be left alone.
    """

    kind: Literal["delivered", "retry", "dead"]
    error: str = ""
    retry_after: float = 0.0


class Target(Protocol):
    """Where events go. `name` is for people, without credentials; `batch` is how many messages it takes at once."""

    name: str
    batch: int

    def send(self, messages: Sequence[Message]) -> list[Answer]:
        """Deliver up to `batch` messages and return their answers in their order.

        `delivered` is said only of what will survive a power cut, as far as the target can know. WorkError where the
        target as a whole is out of order and waiting does not mend it.
        """
        ...

    def close(self) -> None:
        """Give back what is open."""
        ...


def message(event: Event) -> Message:
    """Return an event as it is delivered: its payload, `event_id`, `seq`, `created_at` and `document`."""
    moment = event.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    head = {**event.payload, "event_id": event.event_id, "seq": event.seq, "created_at": moment}
    # The document is JSON already, and may be long: it is put in as it stands.
    text = f'{_ESCAPE.encode(head)[:-1]},"document":{event.document or "null"}}}'
    return Message(
        event_id=event.event_id,
        body=_ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode("utf-8"),
    )
