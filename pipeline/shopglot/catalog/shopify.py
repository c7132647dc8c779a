"""The product export of Shopify: consecutive rows with the same Handle are one product.

The first row carries the product, every row may carry a variant and an image:

    Handle -> id                Option1..3 Name/Value -> variants[].options      Image Src      -> images[].url
    Vendor -> brand             Variant SKU           -> variants[].sku          Image Alt Text -> images[].alt
    Title  -> fields.title      Variant Price         -> price.amount (first)    Tags           -> fields.hashtags
    Body (HTML) -> fields.description                   Product Category, else Type -> category

All other columns pass through under their own names: on the listing where the first row has them, on the variant
(or image) of the row otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from shopglot.catalog import rows
from shopglot.catalog.reasons import MAX_ID_CHARS, MAX_LINE_BYTES, LineError
from shopglot.catalog.tabular import Record, Table, broken_record, parse_record
from shopglot.types import BrokenLine, Listing

_DOUBTFUL = 100  # broken rows in sequence that may still belong to the product before them
_PLACEHOLDER = ("title", "Default Title")  # the option that Shopify gives to a product without options


@dataclass(slots=True)
class _Product:
    """The rows of one Handle, as far as they have been read."""

    handle: str
    records: list[Record] = field(default_factory=list)
    doubtful: list[Record] = field(default_factory=list)  # broken rows after the last good one
    failed: Record | None = None
    size: int = 0

    def add(self, record: Record) -> None:
        """Add a row of the product; the broken rows before it were the product's as well."""
        if self.failed is None:
            self.failed = self.doubtful[0] if self.doubtful else record if record.error else None
        self.doubtful = []
        self.size += sum(map(len, record.cells.values()))
        if self.size <= MAX_LINE_BYTES or not self.records:
            self.records.append(record)


def read(table: Table) -> Iterator[Listing | BrokenLine]:
    """Yield one item for each product of the table, and for each broken row that belongs to none."""
    names = {column.casefold(): column for column in table.header}
    product: _Product | None = None
    for record in table:
        handle = _handle(record, names)
        if product is not None and handle == product.handle:
            product.add(record)
        elif product is not None and not handle and len(product.doubtful) < _DOUBTFUL:
            product.doubtful.append(_with_error(record))
        else:
            yield from _finish(product, names)
            product = _Product(handle) if handle else None
            if product is not None:
                product.add(record)
            else:
                yield _broken(_with_error(record), "")
    yield from _finish(product, names)


def _finish(product: _Product | None, names: Mapping[str, str]) -> Iterator[Listing | BrokenLine]:
    if product is None:
        return
    first = product.records[0]
    if product.failed is not None:
        yield _left_out(product)
    elif product.size > MAX_LINE_BYTES:
        yield broken_record(LineError("line.too-long", limit=MAX_LINE_BYTES), first, identity=product.handle)
    else:
        document = _document(product, names)
        try:
            yield parse_record(rows.document_of(document), first)
        except LineError as error:
            yield broken_record(error, first, identity=product.handle)
    for record in product.doubtful:
        yield _broken(record, "")


def _left_out(product: _Product) -> BrokenLine:
    """Return the item for a product one of whose rows is broken: part of a product must not be published."""
    first, failed = product.records[0], product.failed
    assert failed is not None  # the caller's condition
    if failed is first:
        return _broken(first, product.handle)
    found = _broken(failed, product.handle)
    error = LineError("product.broken", detail=found.message, detail_zh=found.message_zh)
    return broken_record(error, first, identity=product.handle)


def _handle(record: Record, names: Mapping[str, str]) -> str:
    """Return the row's Handle as far as it can be trusted, else ""."""
    handle = record.cells.get(names["handle"], "").strip()
    usable = len(handle) <= MAX_ID_CHARS or record.error is None
    return handle if usable and not any("\ud800" <= ch <= "\udfff" for ch in handle) else ""


def _with_error(record: Record) -> Record:
    if record.error is not None:
        return record
    missing = LineError("id.missing", field="/id")
    return Record(number=record.number, place=record.place, cells=record.cells, error=missing)


def _broken(record: Record, handle: str) -> BrokenLine:
    assert record.error is not None  # the callers' condition
    return broken_record(record.error, record, identity=handle)


class _Row:
    """The cells of a row that nobody has taken yet."""

    def __init__(self, record: Record, names: Mapping[str, str]) -> None:
        self._names = names
        self.rest = {column: cell for column, cell in record.cells.items() if cell}

    def take(self, column: str) -> str:
        """Take a cell by its column's name in any case; "" where it is empty."""
        return self.rest.pop(self._names.get(column.casefold(), column), "")


def _document(product: _Product, names: Mapping[str, str]) -> dict[str, Any]:
    """Return a product's document, in the shape of a table that has a column `fields`."""
    head = product.records[0].cells
    first, *others = [_Row(record, names) for record in product.records]
    ours: dict[str, Any] = {"id": product.handle}
    fields: dict[str, Any] = {}
    first.take("Handle")
    if vendor := first.take("Vendor"):
        ours["brand"] = vendor
    if category := first.take("Product Category") or first.take("Type"):
        ours["category"] = category
    for name, column in (("title", "Title"), ("description", "Body (HTML)")):
        if text := first.take(column):
            fields[name] = text
    tags = [tag for tag in (part.strip() for part in first.take("Tags").split(",")) if tag]
    option_names: dict[int, str] = {}
    variants, images = [_variant(first, option_names)], [_image(first)]
    for row in others:
        variant, image = _variant(row, option_names), _image(row)
        # What only this row says stays with what the row is about.
        rest = {column: cell for column, cell in row.rest.items() if cell != head[column]}
        (variant if variant or not image else image).update(rest)
        variants.append(variant)
        images.append(image)
    for name, items in (("variants", variants), ("hashtags", tags), ("images", images)):
        if kept := [item for item in items if item]:
            fields[name] = kept
    price = next((amount for variant in variants if (amount := variant.get("Variant Price"))), None)
    return {**first.rest, **ours, "fields": fields, **({"price": {"amount": price}} if price else {})}


def _variant(row: _Row, option_names: dict[int, str]) -> dict[str, Any]:
    """Take the row's variant, empty where it has none; `option_names` carries names from row to row."""
    options: dict[str, str] = {}
    for number in (1, 2, 3):
        name = option_names[number] = row.take(f"Option{number} Name") or option_names.get(number, "")
        value = row.take(f"Option{number} Value")
        if value and (name.casefold(), value) != _PLACEHOLDER:
            options[name if name and name not in options else f"Option{number}"] = value
    variant: dict[str, Any] = {}
    if sku := row.take("Variant SKU"):
        variant["sku"] = sku
    if options:
        variant["options"] = options
    if price := row.take("Variant Price"):
        variant["Variant Price"] = price
    return variant | {column: row.take(column) for column in list(row.rest) if column.casefold().startswith("variant ")}


def _image(row: _Row) -> dict[str, Any]:
    """Take the row's image, empty where it has none."""
    places = (("url", "Image Src"), ("alt", "Image Alt Text"), ("Image Position", "Image Position"))
    return {name: cell for name, column in places if (cell := row.take(column))}
