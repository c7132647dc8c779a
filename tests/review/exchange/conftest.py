"""Units to exchange."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shopglot.protect import protect
from shopglot.review.exchange.records import Note, Term, Unit

SEEN = "0123456789abcdef0123456789abcdef"
Make = Callable[..., Unit]


@pytest.fixture(scope="session")
def make_unit() -> Make:
    """Return a function that makes a unit; what is opaque in its source is found as the pipeline does."""

    def make(**values: Any) -> Unit:
        given: dict[str, Any] = {
            "market": "us", "merchant": "云朵家居", "listing": 17, "id": "p-1", "title": "记忆棉枕头",
            "path": "/fields/title", "number": 0, "field": "title", "position": 3, "source": "慢回弹记忆棉枕头",
            "target": "Slow-rebound pillow", "seen": SEEN,
            "notes": (Note(check="term.missing", severity="warning", message="记忆棉 should be memory foam."),),
            "terms": (Term(source="记忆棉", target="memory foam", note="material"),), "limit": 80,
        }  # fmt: skip
        given |= values
        given.setdefault("masks", protect(given["source"], markup=True))
        return Unit(**given)

    return make
