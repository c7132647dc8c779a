"""Windows: the catalog cut into parts that are worked on together, small ones first.

A window is decided once for all workers of a run and saved: the next so many lines that have to be worked on, up to its
size. Whoever comes first decides; the others take it as it is, also where they see a line differently because somebody
approved a text or paused a shop meanwhile. So no line is in two windows, and a run that was killed has the very windows
of one that was not. A window without lines says that the catalog has no more.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import NoReturn

from shopglot.catalog import read
from shopglot.errors import CatalogError
from shopglot.intake import Admission, Languages, admit, stand
from shopglot.ledger import window_key
from shopglot.localizer import Localizer
from shopglot.store import Run, Store, Window
from shopglot.types import BrokenLine, Listing, Outcome

FIRST_WINDOW = 2
LARGEST_WINDOW = 96
BLOCK = 128  # lines that are looked up in the store at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A line that is in no window, with its outcome in every market; `standing` are those of an earlier run."""

    outcomes: tuple[Outcome, ...]
    standing: tuple[Outcome, ...] = ()

    @property
    def broken(self) -> bool:
        """Whether the line is no listing, or repeats one."""
        return any(outcome.status == "failed" for outcome in self.outcomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The pages of a window. Those of the lines `late` have been told of already, as if they were in no window."""

    window: Window
    listings: tuple[Listing, ...]
    late: frozenset[int] = frozenset()


class Windows:
    """The windows of a run as one worker goes through them; `tell` hears of every line that is in none."""

    def __init__(
        self,
        catalog: str,
        localizers: Sequence[Localizer],
        store: Store,
        now: Run,
        *,
        publish: bool,
        tell: Callable[[Told], None],
    ) -> None:
        self._catalog, self._localizers, self._store, self._now = catalog, localizers, store, now
        self._publish, self._tell = publish, tell
        self._lines: Iterator[Listing | BrokenLine] = iter(read(catalog))
        self._ahead: deque[Admission] = deque()  # read and not yet told of: all behind the last window
        self._over = False
        self.language = Languages()
        self.number = 0  # of the window that is worked on, in the end of the last one, which has no lines

    def __iter__(self) -> Iterator[Part]:
        """Yield every window that has lines; RunOver where another worker finishes the run meanwhile."""
        for self.number in count():
            window = self._decided(self.number)
            if not window.lines:
                self.rest()
                return
            yield self._taken(window)

    def rest(self) -> None:
        """Tell of all lines that are left, as the store has them: every window is decided, or the run is finished."""
        while self._ahead or not self._over:
            self._pass_by([self._ahead.popleft() for _ in range(len(self._ahead))])
            self._pass_by([_unasked(line) for line in self._next(BLOCK)])

    def outcomes(self, listings: Sequence[Listing], market: str) -> list[Outcome]:
        """Return what the store has of pages in a market: what this run says, else what stands."""
        return [outcome for outcome, _ in self._stored(listings, market, self._recorded(listings))]

    def _decided(self, number: int) -> Window:
        """Return a window as it was decided, or decide it."""
        size = min(FIRST_WINDOW << min(number, 16), LARGEST_WINDOW)
        while True:
            # Asked again after each block: where nobody has decided this window, nobody has worked on what is ahead,
            # and what was said of it when it was read is true.
            if (window := self._store.working.window(self._now.id, number)) is not None:
                return window
            if unasked := [admission.raw for admission in self._ahead if not admission.asked]:
                self._ahead = deque(admission for admission in self._ahead if admission.asked)
                self._admit(unasked)  # read past the last window, which another worker decided
                continue
            self._pass_by([admission for admission in self._ahead if not admission.member])
            self._ahead = deque(admission for admission in self._ahead if admission.member)
            if len(self._ahead) >= size or self._over:
                listings = [a.listing for a in islice(self._ahead, size) if a.listing is not None]
                lines = [listing.line for listing in listings]
                return self._store.working.save_window(self._now.id, number, lines, window_key(listings))
            self._admit(self._next(BLOCK))

    def _admit(self, block: Sequence[Listing | BrokenLine]) -> None:
        """Look at lines that are behind all others ahead, and write what is final about them."""
        admissions = list(
            admit(block, self._localizers, self._store, self._now, publish=self._publish, language=self.language)
        )
        self._store.record(self._now.id, [outcome for admission in admissions for outcome in admission.outcomes])
        self._ahead.extend(admissions)

    def _next(self, most: int) -> list[Listing | BrokenLine]:
        block = list(islice(self._lines, most))
        self._over = self._over or len(block) < most
        return block

    def _taken(self, window: Window) -> Part:
        """Take a window's lines out of those ahead, and tell of the others that it goes past."""
        last, wanted = window.lines[-1], set(window.lines)
        held: dict[int, Listing] = {}
        while True:
            passed = list[Admission]()
            while self._ahead and self._ahead[0].line <= last:
                admission = self._ahead.popleft()
                if admission.line in wanted and admission.listing is not None:
                    held[admission.line] = admission.listing
                else:
                    passed.append(admission)
            self._pass_by(passed)
            if self._ahead or last in held or self._over:
                break
            self._ahead.extend(_unasked(line) for line in self._next(BLOCK))
        late = frozenset(wanted - held.keys())
        if late:  # told of already, because nothing was due then: somebody has said something about them since
            lines = read(self._catalog) if self._catalog != "-" else ()
            held |= {line.line: line for line in lines if line.line in late and isinstance(line, Listing)}
        listings = tuple(held[line] for line in window.lines if line in held)
        if window_key(listings) != window.key:
            self._refuse(window)
        return Part(window=window, listings=listings, late=late)

    def _refuse(self, window: Window) -> NoReturn:
        """Raise a CatalogError: the catalog is not the one that the run has begun with."""
        if not self._now.joined:
            self._store.working.abandon(self._now.id)
        raise CatalogError(
            f"{self._catalog}: lines {window.lines[0]} to {window.lines[-1]} are not what run {self._now.id} has begun "
            "with; leave a catalog as it is while a run is in progress, give every process the same one, and run again"
        )

    def _pass_by(self, admissions: Sequence[Admission]) -> None:
        """Tell of lines that are in no window, in their order."""
        unknown = [a.raw for a in admissions if not a.final]
        told = self._recorded(unknown)
        markets = [localizer.market.name for localizer in self._localizers] if unknown else []
        stored = zip(*(self._stored(unknown, market, told) for market in markets), strict=True)
        for admission in admissions:
            if admission.final:
                self._tell(Told(outcomes=admission.outcomes, standing=admission.standing))
            else:
                own = next(stored)
                self._tell(
                    Told(
                        outcomes=tuple(outcome for outcome, stands in own if not stands),
                        standing=tuple(outcome for outcome, stands in own if stands),
                    )
                )

    def _recorded(self, lines: Sequence[Listing | BrokenLine]) -> dict[tuple[int, str], Outcome]:
        return self._store.working.recorded(self._now.id, [line.line for line in lines]) if lines else {}

    def _stored(
        self, lines: Sequence[Listing | BrokenLine], market: str, told: Mapping[tuple[int, str], Outcome]
    ) -> Iterator[tuple[Outcome, bool]]:
        """Yield the outcome of each line in a market, and whether it is that of an earlier run."""
        open_ = [line for line in lines if isinstance(line, Listing) and (line.line, market) not in told]
        standing = self._store.standing(market, [(line.merchant, line.id) for line in open_]) if open_ else {}
        for line in lines:
            if (outcome := told.get((line.line, market))) is not None:
                yield outcome, False
            elif isinstance(line, Listing) and (before := standing.get((line.merchant, line.id))) is not None:
                yield stand(line, market, before), True
            else:
                yield _gone(line, market), False


def _unasked(line: Listing | BrokenLine) -> Admission:
    """Return a line of which the store has not been asked: it was decided about by another worker."""
    return Admission(raw=line)


def _gone(line: Listing | BrokenLine, market: str) -> Outcome:
    """Return the outcome of a line whose records were erased while the run was in progress."""
    return Outcome(
        line=line.line, merchant=line.merchant, id=line.id, market=market, status="skipped",
        reasons=("record.erased",), message="Its records were erased while the run was in progress.",
        message_zh="运行期间该商品的记录已被删除，下次运行将重新处理。",
    )  # fmt: skip
