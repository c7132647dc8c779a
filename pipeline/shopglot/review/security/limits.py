"""How often an address, or a person, may do things: token buckets, kept in memory.

People are counted one by one: an office full of translators comes from one address.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

MOST_ADDRESSES = 10_000  # kept at once; the one that has been quiet for longest is forgotten


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """So many at once, and as many again in a minute."""

    name: str
    per_minute: int


LOGIN = Limit(name="login", per_minute=20)
CHANGES = Limit(name="changes", per_minute=300)  # of strangers at an address
DEEDS = Limit(name="deeds", per_minute=900)  # of a person: every pause while typing is a re-check
UPLOADS = Limit(name="uploads", per_minute=20)


class Limits:
    """Counts what addresses and people do; for many threads at once.

    `ticks` is a clock in seconds that never goes back.
    """

    def __init__(self, ticks: Callable[[], float]) -> None:
        self._ticks = ticks
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def wait(self, limit: Limit, who: str) -> float:
        """Count one more and return 0, or return in how many seconds there is room for it."""
        key, now = (limit.name, who), self._ticks()
        rate = limit.per_minute / 60
        with self._lock:
            left, since = self._buckets.pop(key, (float(limit.per_minute), now))
            left = min(limit.per_minute, left + (now - since) * rate)
            short = max(0.0, 1 - left)
            self._buckets[key] = (left if short else left - 1, now)
            if len(self._buckets) > MOST_ADDRESSES:
                self._buckets.popitem(last=False)
        return short / rate
