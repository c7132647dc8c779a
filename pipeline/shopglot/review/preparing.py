"""A page's segments with what the pipeline knows of them: opaque parts, terms, quantities. Kept while worked on."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from threading import Lock
from typing import Generic, TypeVar

from shopglot.catalog.listing import parse
from shopglot.localizer import Localizer, Page
from shopglot.overrides import Passed
from shopglot.store.desk.pages import DeskPage, PageSegment
from shopglot.types import BrokenLine, Finding, JudgedSegment, Listing, Segment, SegmentKey

V = TypeVar("V")

_PAGES = 64
_JUDGED = 512  # texts: a key that is pressed has the same ones looked at several times
_LONGEST = 4_000  # characters of a text that is kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A page as the pipeline cuts it today: `segments` by position, None where that is not how it was settled.

    `listing` is None where the store does not have the merchant's page.
    """

    listing: Listing | None
    page: Page | None
    segments: tuple[Segment | None, ...]

    @property
    def stale(self) -> bool:
        """Whether the page was settled by rules that cut it otherwise: the next run makes it again."""
        return any(segment is None for segment in self.segments)

    def notices(self, position: int) -> list[Finding]:
        """Return what was found on the listing as a whole and stands on a segment."""
        if self.page is None or self.stale:
            return []
        return [finding for at, finding in self.page.notices if at == position]


class _Kept(Generic[V]):
    """The last values that were asked for, so many of them; for many threads, none of which waits for another's."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, V] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """Return the value of a key, made if it is not kept; two threads that ask at once both make it."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        made = make()
        with self._lock:
            self._values[key] = made
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return made


class Preparation:
    """Prepares pages, and keeps the last ones. For all threads of the desk."""

    def __init__(self) -> None:
        self._pages: _Kept[tuple[Listing | None, Page | None]] = _Kept(_PAGES)
        self._judged: _Kept[JudgedSegment] = _Kept(_JUDGED)

    def prepare(self, page: DeskPage, localizer: Localizer) -> Prepared:
        """Return a page with its segments as the pipeline knows them."""
        listing, cut = self._cut(page, localizer)
        found = () if cut is None else cut.segments
        same = len(found) == len(page.segments)
        own = tuple(
            found[at] if same and _agrees(found[at], segment) else None for at, segment in enumerate(page.segments)
        )
        return Prepared(listing=listing, page=cut, segments=own)

    def _cut(self, page: DeskPage, localizer: Localizer) -> tuple[Listing | None, Page | None]:
        if page.document is None:
            return None, None
        document = dict(page.document)

        def cut() -> tuple[Listing | None, Page | None]:
            listing = parse(document, line=1)
            return (None, None) if isinstance(listing, BrokenLine) else (listing, localizer.prepare(listing))

        return self._pages.get((page.market, page.digest, localizer.signature), cut)

    def judged(
        self, page: DeskPage, segment: PageSegment, target: str, *, stale: bool, passed: frozenset[Passed],
        localizer: Localizer, judge: Callable[[], JudgedSegment],
    ) -> JudgedSegment:  # fmt: skip
        """Return what `judge` makes of a text for a segment of a page, or what it made of it a moment ago.

        It depends on what is named here and on nothing else: not on what people set aside.
        """
        if len(segment.source) + len(target) > _LONGEST:
            return judge()
        place = page.merchant, page.id, segment.path, segment.index, segment.field, segment.source
        key = (page.market, page.digest, localizer.signature, *place, segment.machine_key, target, stale, passed)
        return self._judged.get(key, judge)


def alone(segment: PageSegment, page: DeskPage, localizer: Localizer) -> Segment:
    """Return a segment that is not known on its page any more, as the pipeline sees its text by itself."""
    document = page.document or {}
    own = localizer.whole(
        segment.source, field=segment.field, category=str(document.get("category") or ""),
        brand=str(document.get("brand") or ""),
    )  # fmt: skip
    key = SegmentKey(merchant=page.merchant, listing=page.id, path=segment.path, index=segment.index)
    return replace(own, key=key)


def _agrees(cut: Segment, settled: PageSegment) -> bool:
    return (cut.key.path, cut.key.index, cut.source) == (settled.path, settled.index, settled.source)
