"""Windows of a run that has a deadline: the pages that are worth most come first.

The whole catalog is read before any page is worked on. What is settled without work is told at once, in the order of
the catalog; what is due is kept aside in a file and cut into windows by value. The value is what the catalog says, so
that the same catalog over the same store gives the same windows, with the same batches in them, whenever the deadline
is: it decides how many of them are worked on, and nothing else.

1. Pages that are on sale and have to go.
2. The page's `priority`: a number beside `id`, larger ones first; 0 where there is none. Only the platform knows what
   sells, and may write its turnover here.
3. Pages that can be bought before those whose `stock` is 0.
4. The order of the catalog.

At the deadline whoever cuts the next window writes that there are no more. Pages in none of them get an outcome that
says so; what an earlier night made of them stands, and the next run finds them due.
"""

from __future__ import annotations

import math
import pickle
import weakref
from collections.abc import Callable, Iterator, Sequence
from tempfile import SpooledTemporaryFile

from shopglot.catalog import read
from shopglot.errors import StoreError
from shopglot.intake import Admission
from shopglot.ledger import window_key
from shopglot.localizer import Localizer
from shopglot.stopping import LEFT, Stop
from shopglot.store import Run, Store, Window
from shopglot.types import Listing, Outcome
from shopglot.windows import BLOCK, FIRST_WINDOW, LARGEST_WINDOW, Part, Told, Windows

CUT = "deadline"  # the key of the window without lines that a deadline has put behind the last one
IN_MEMORY = 64 * 2**20  # bytes of pages kept aside; more go to a file


class RankedWindows(Windows):
    """The windows of a run, by value, until it is time to stop."""

    def __init__(
        self,
        catalog: str,
        localizers: Sequence[Localizer],
        store: Store,
        now: Run,
        *,
        publish: bool,
        tell: Callable[[Told], None],
        stop: Stop,
    ) -> None:
        super().__init__(catalog, localizers, store, now, publish=publish, tell=tell)
        self._stop = stop
        self._shelf: _Shelf | None = None  # filled when the first window is asked for
        self._cut = False

    def rest(self) -> None:
        """Tell of all lines that are left: as not reached where a deadline cut them off, else as the store has them."""
        if self._shelf is not None:
            left = list(self._shelf.rest())
            if self._cut:
                self._leave(left)
            self._pass_by([Admission(raw=admission.raw) for admission in left])
        super().rest()

    def _decided(self, number: int) -> Window:
        """Return a window as it was decided, or decide it."""
        if self._shelf is None:
            self._read()
        assert self._shelf is not None
        window = self._store.working.window(self._now.id, number)
        if window is None:
            size = min(FIRST_WINDOW << min(number, 16), LARGEST_WINDOW)
            cut = len(self._shelf) > 0 and self._stop.over()
            lines = [] if cut else self._shelf.best(size)
            pages = [page for line in lines if (page := self._shelf.show(line).listing) is not None]
            key = CUT if cut else window_key(pages)
            window = self._store.working.save_window(self._now.id, number, lines, key)
        self._cut = window.key == CUT
        return window

    def _read(self) -> None:
        """Look at the whole catalog, tell what is final, and keep what is due."""
        self._shelf = shelf = _Shelf()
        while not self._over:
            self._admit(self._next(BLOCK))
            block = [self._ahead.popleft() for _ in range(len(self._ahead))]
            self._pass_by([admission for admission in block if not admission.member])
            for admission in block:
                if admission.member:
                    shelf.put(admission)

    def _taken(self, window: Window) -> Part:
        """Take a window's lines from those that are due."""
        assert self._shelf is not None
        held: dict[int, Listing] = {}
        for line in window.lines:
            if line in self._shelf and (page := self._shelf.take(line).listing) is not None:
                held[line] = page
        late = frozenset(line for line in window.lines if line not in held)
        if late:  # told of already: somebody has said something about them since, or has worked on them
            lines = read(self._catalog) if self._catalog != "-" else ()
            held |= {line.line: line for line in lines if line.line in late and isinstance(line, Listing)}
        listings = tuple(held[line] for line in window.lines if line in held)
        if window_key(listings) != window.key:
            self._refuse(window)
        return Part(window=window, listings=listings, late=late)

    def _leave(self, admissions: Sequence[Admission]) -> None:
        """Write that pages were not reached, where nothing else was written of them in this run."""
        for start in range(0, len(admissions), BLOCK):
            block = admissions[start : start + BLOCK]
            told = self._recorded([admission.raw for admission in block])
            left = [
                left_behind(admission.listing, market)
                for admission in block
                if admission.listing is not None
                for market in sorted(admission.due | admission.leaving)
                if (admission.line, market) not in told
            ]
            self._store.record(self._now.id, left)


class _Shelf:
    """Pages that are due, by value; kept in a file where they are many."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - goes with this object
        weakref.finalize(self, self._file.close)
        self._at: dict[int, int] = {}  # where each line that is left stands in the file
        self._ranks: list[tuple[bool, float, bool, int]] | None = []
        self._order: Iterator[int] = iter(())
        self._best: list[int] = []

    def __len__(self) -> int:
        return len(self._at)

    def __contains__(self, line: int) -> bool:
        return line in self._at

    def put(self, admission: Admission) -> None:
        """Keep a page. All are put before any is asked for."""
        assert self._ranks is not None
        self._at[admission.line] = self._file.tell()
        pickle.dump(admission, self._file, pickle.HIGHEST_PROTOCOL)
        self._ranks.append(rank(admission))

    def best(self, most: int) -> list[int]:
        """Return the lines of the best pages that are left, at most so many."""
        if self._ranks is not None:
            lines = [line for *_, line in sorted(self._ranks)]
            self._ranks, self._order = None, iter(lines)
        self._best = [line for line in self._best if line in self._at]
        while len(self._best) < most and (line := next(self._order, None)) is not None:
            if line in self._at:
                self._best.append(line)
        return self._best[:most]

    def show(self, line: int) -> Admission:
        """Return a page that is left."""
        self._file.seek(self._at[line])
        found = pickle.load(self._file)  # noqa: S301 - this process wrote it, into a file that has no name
        if not isinstance(found, Admission):
            raise StoreError("the file of pages that are due is damaged; is the disk full? Run again.")
        return found

    def take(self, line: int) -> Admission:
        """Return a page, which is left no longer."""
        found = self.show(line)
        del self._at[line]
        return found

    def rest(self) -> Iterator[Admission]:
        """Take all that are left, in the order of the catalog."""
        for line in sorted(self._at):
            yield self.take(line)


def rank(admission: Admission) -> tuple[bool, float, bool, int]:
    """Return what pages are sorted by: the lowest comes first."""
    document = {} if admission.listing is None else admission.listing.document
    priority, stock = document.get("priority"), document.get("stock")
    worth = priority if isinstance(priority, int | float) and not isinstance(priority, bool) else 0
    try:
        worth = float(worth)
    except OverflowError:
        worth = math.copysign(math.inf, worth)
    sold_out = not isinstance(stock, bool) and isinstance(stock, int | float) and stock <= 0
    return not admission.leaving, -worth if not math.isnan(worth) else 0.0, sold_out, admission.line


def left_behind(listing: Listing, market: str) -> Outcome:
    """Return the outcome of a page that was not reached before the deadline."""
    return Outcome(
        line=listing.line, merchant=listing.merchant, id=listing.id, market=market, status="skipped", reasons=(LEFT,),
        message="The deadline came before this page; what was there before stands, and the next run takes it up.",
        message_zh="本次运行在截止时间前未处理到此商品，之前的结果保持不变，下次运行将继续处理。",
    )  # fmt: skip
