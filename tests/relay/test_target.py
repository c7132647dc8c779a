"""An event as it is delivered."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.relay.target import message
from shopglot.store.encoding import dump
from shopglot.store.events import Event

ANY_TEXT = st.text(st.characters(exclude_categories=()))


def event(document: Any, **payload: Any) -> Event:
    """Return an event with this page."""
    return Event(
        seq=7,
        event_id="e7",
        created_at=datetime(2026, 8, 2, 1, 30, tzinfo=UTC),
        attempts=0,
        payload=payload,
        document=None if document is None else dump(document),
    )


def test_a_message() -> None:
    """A message is the payload with id, number, time and page, in this order."""
    made = message(event({"id": "x"}, merchant="m", id="x", market="us", version=1, kind="publish"))
    assert "e7" == made.event_id
    assert (
        b'{"merchant":"m","id":"x","market":"us","version":1,"kind":"publish","event_id":"e7","seq":7,'
        b'"created_at":"2026-08-02T01:30:00Z","document":{"id":"x"}}'
    ) == made.body
    assert json.loads(message(event(None, kind="withdraw")).body)["document"] is None


@settings(max_examples=100, deadline=None)
@given(ANY_TEXT, ANY_TEXT)
def test_any_text_is_one_line_of_utf8(title: str, name: str) -> None:
    """Whatever a merchant wrote, a message is one line of UTF-8 for every reader, and says the same."""
    body = message(event({"fields": {"title": title}}, id=name)).body
    text = body.decode("utf-8")
    assert 1 == len(text.splitlines())
    read = json.loads(body)
    written = json.loads(json.dumps([title, name]))  # a pair of lone surrogates is one character in any JSON
    assert written == [read["document"]["fields"]["title"], read["id"]]
