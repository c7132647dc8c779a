"""Examples that stand on pages: the commerce corpus, catalogs, and what reviewers said of a page's texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from shopglot.catalog import read as read_catalog
from shopglot.catalog import walk
from shopglot.errors import DataError
from shopglot.language import identify
from shopglot.types import Listing
from shopglot_eval.estimation.texts import read_verdicts
from shopglot_eval.records import Example
from shopglot_eval.suites.tables import Row, cell, read_rows


def read_commerce(path: Path, markets: Sequence[str]) -> Iterator[Example]:
    """Yield the segments of the commerce corpus, with the reference and the terms of each market.

    Raises `DataError` naming file, line and field.
    """
    for number, row in read_rows(path):
        spot = f"{path}:{number}"
        place = f"{_needed(row, 'listing', spot)}{_needed(row, 'path', spot)}#{cell(row, 'index', spot)}"
        for market in markets:
            reference = _needed(row, market, spot)
            yield Example(
                id=place, market=market, source=_needed(row, "source", spot),
                references=(reference,) if reference else (), field=_needed(row, "field", spot),
                category=cell(row, "category", spot), brand=cell(row, "brand", spot),
                listing=f"{cell(row, 'merchant', spot)}/{row['listing']}", terms=_terms(row, market, spot),
            )  # fmt: skip


def read_listings(path: Path, markets: Sequence[str]) -> Iterator[Example]:
    """Yield the texts of a catalog's Chinese pages, whole fields, for each market in which a page is offered.

    Lines that are no listing, and pages in another language, are left out: a run would not translate them.
    """
    for line in read_catalog(path):
        if not isinstance(line, Listing):
            continue
        fields = list(walk(line))
        if identify(field.text for field in fields) not in ("zh-Hans", "zh-Hant"):
            continue
        page = f"{line.merchant}/{line.id}"
        for market in markets:
            if line.markets is None or market in line.markets:
                for field in fields:
                    yield Example(
                        id=f"{page}{field.path}", market=market, source=field.text, field=field.name,
                        category=line.category, brand=str(line.document.get("brand") or ""), listing=page,
                    )  # fmt: skip


def read_judged(path: Path, markets: Sequence[str]) -> Iterator[Example]:
    """Yield the texts that reviewers judged, each place of a page once, with all targets that were judged there.

    A target is good where all who judged it would publish it unedited.
    """
    for market in markets:
        found: dict[tuple[str, str], Example] = {}  # by place and source
        sources: Counter[str] = Counter()
        for one in read_verdicts(path, market):
            pair, place = one.pair, f"{one.listing}{one.path}#{one.index}"
            known = found.get((place, pair.source))
            if known is None:
                # The text of a place may have changed between two verdicts; then it stands there twice.
                name = place + "~" * sources[place]
                sources[place] += 1
                known = Example(
                    id=name, market=market, source=pair.source, field=pair.field, category=pair.category,
                    brand=pair.brand, listing=one.listing,
                )  # fmt: skip
            found[place, pair.source] = replace(known, judged=(*known.judged, (pair.target, one.good)))
        yield from found.values()


def _needed(row: Row, column: str, spot: str) -> str:
    if column not in row:
        raise DataError(f"{spot}: field '{column}' is missing.")
    return cell(row, column, spot)


def _terms(row: Row, market: str, spot: str) -> tuple[tuple[str, str], ...]:
    terms = row.get("terms", {})
    pairs = terms.get(market, []) if isinstance(terms, dict) else None
    if not isinstance(pairs, list) or not all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(word, str) for word in pair) for pair in pairs
    ):
        raise DataError(f"{spot}: field 'terms/{market}' must be a list of pairs of words.")
    return tuple((source, target) for source, target in pairs)
