"""Pages that left the catalog: reported every night, taken down where the market's policy says so.

A catalog that shrinks by much at once was more likely delivered in part than cleared by its merchants; nothing is taken
down then, and a line says so. The same holds where lines cannot be read at all: any of them may be such a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shopglot.localizer import Localizer
from shopglot.market import Market
from shopglot.store import Identity, Left, Run, Store

EXAMPLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """What is missing tonight: `count` pages, some of which are the `examples`, and what was done.

    `withdrawn` is how many pages were taken down, in all markets together; `refused` that policy asked for it in some
    market and it was not done. `lines` are for the watcher.
    """

    count: int
    withdrawn: int
    refused: bool
    examples: tuple[Identity, ...]
    lines: tuple[str, ...]


def retire(store: Store, run: Run, localizers: Sequence[Localizer], *, lines: int, publish: bool) -> Absent:
    """Report what an earlier run over the same catalog saw and this one, at its end, did not; take it down by policy.

    `lines` is the number of lines that were read tonight. A run that does not publish takes nothing down. What was
    taken down is worked on again when it comes back.
    """
    left = store.left(run.id, examples=EXAMPLES)
    if not left.count:
        return Absent(count=0, withdrawn=0, refused=False, examples=(), lines=())
    said, withdrawn, refused = [_report(left)], 0, False
    for market in (localizer.market for localizer in localizers):
        if not (publish and market.withdraw_missing):
            continue
        if (why := _doubt(left, market, lines)) is not None:
            said.append(why)
            refused = True
        else:
            withdrawn += store.take_down_missing(run.id, market.name)
    return Absent(
        count=left.count, withdrawn=withdrawn, refused=refused, examples=left.examples, lines=tuple(said)
    )  # fmt: skip


def _doubt(left: Left, market: Market, lines: int) -> str | None:
    """Return why what left a market's catalog is not taken down, None where it may be."""
    gone = left.on_sale.get(market.name, 0)
    there = gone + left.stayed.get(market.name, 0)
    if gone and left.unreadable:
        return (
            f"{market.name}: NOTHING TAKEN DOWN: {gone} pages on sale are not in the catalog, but {left.unreadable} of "
            f"its {lines} lines cannot be read and may be some of them; mend the catalog and run again"
        )
    if gone > market.missing_limit * there:
        return (
            f"{market.name}: NOTHING TAKEN DOWN: {gone} of {there} pages ({gone / there:.0%}) are not in tonight's "
            f"{lines} lines, more than the {market.missing_limit:.0%} that may leave at once "
            "(publish.missing_limit). If the catalog is complete, pause the shops that left; else run again with all "
            "of it"
        )
    return None


def _report(left: Left) -> str:
    """Return how many pages are missing, with some of their names."""
    names = ", ".join(f"{merchant}/{listing}" if merchant else listing for merchant, listing in left.examples)
    more = ", …" if left.count > len(left.examples) else ""
    return f"{left.count} pages of earlier nights are not in the catalog: {names}{more}"
