"""A new or sharpened blocking rule reaches everything on sale, also what tonight's catalog does not bring.

Pages of the catalog were made again tonight, because the rules count among their inputs. What else is on sale (pages
that left the catalog, versions that a person went back to, versions that stay on sale while a newer one waits) is held
against the rules here, as it stands there: human text included. Once per market and set of rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import cast

from shopglot.catalog import parse
from shopglot.localizer import Localizer
from shopglot.overrides import Passed, let_pass
from shopglot.sensitivity import About
from shopglot.store import OnSale, Run, Store
from shopglot.types import Finding, Json, Listing, Side


def sweep(store: Store, run: Run, localizers: Sequence[Localizer]) -> tuple[str, ...]:
    """Take down what the markets' blocking rules refuse now; return lines that say how much, and by which rule.

    A market whose policy leaves rejected pages on sale only hears of them.
    """
    lines = []
    for localizer in localizers:
        market, digest = localizer.market, localizer.screen.digest
        if store.shelf.swept(market.name) == digest:
            continue
        refused: Counter[str] = Counter()
        for page in store.shelf.older(run.id, market.name):
            passed = store.overrides.recall(market.name, [page.identity]).get(page.identity, frozenset())
            place = next(_blocks(localizer, page, passed), None)
            if place is None:
                continue
            field, finding = place
            if not market.withdraw_on_reject or store.shelf.refuse(run.id, market.name, page, field, finding):
                refused[finding.check] += 1
        store.shelf.note_swept(market.name, digest)
        if refused:
            lines.append(_told(market.name, refused, taken=market.withdraw_on_reject))
    return tuple(lines)


def _blocks(localizer: Localizer, page: OnSale, passed: Collection[Passed]) -> Iterator[tuple[str, Finding]]:
    """Yield the field and the finding of every blocking rule that a page on sale hits, on either side."""
    sides: tuple[tuple[Side, Mapping[str, Json] | None], ...] = (("source", page.source), ("target", page.document))
    for side, document in sides:
        listing = parse(cast("dict[str, Json]", document), line=1) if document is not None else None
        if not isinstance(listing, Listing):
            continue  # an older version of us may have written a page that nobody reads any more
        made = localizer.prepare(listing)
        for position, item in enumerate(made.segments):
            about = About(field=item.field, category=listing.category, title=made.title)
            found = list(localizer.screen.screen(item.source, side=side, about=about, alone=False))
            if side == "source":
                found += [finding for at, finding in made.notices if at == position]
            for finding in let_pass(found, passed, localizer.screen.versions):
                if finding.severity == "error":
                    yield item.key.path, finding


def _told(market: str, refused: Counter[str], *, taken: bool) -> str:
    rules = ", ".join(f"{rule} {count}" for rule, count in refused.most_common())
    done = "taken down" if taken else "refused, and left on sale by policy (publish.withdraw_on_reject)"
    return f"{market}: {refused.total()} pages on sale that were not made tonight are {done} by changed rules: {rules}"
