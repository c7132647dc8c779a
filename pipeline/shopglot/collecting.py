"""Python's search for cycles of objects that nobody else holds, made rare: a run makes many objects and few cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG = 50_000  # objects more than before at which Python looks through the young ones; its own choice is 700


@contextmanager
def seldom() -> Iterator[None]:
    """Look for cycles rarely, and then as before. What has none is given back at once, as always."""
    before = gc.get_threshold()
    gc.set_threshold(max(YOUNG, before[0]) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
