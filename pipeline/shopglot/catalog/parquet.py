"""Parquet: read in small batches, so that a large row group is never held whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from shopglot.catalog import rows
from shopglot.catalog.listing import identity_of, parse
from shopglot.catalog.reasons import LineError, broken, show
from shopglot.errors import CatalogError
from shopglot.types import BrokenLine, Listing

_BATCH = 256  # rows decoded at once
_BUFFER = 1 << 20  # bytes read ahead for each column


def read(path: Path) -> Iterator[Listing | BrokenLine]:
    """Yield one item for each row of the file. Raises CatalogError where it is no Parquet file or has no `id`."""
    import pyarrow as pa

    number = 0
    with _open(path) as file:
        check_columns(file.schema_arrow.names, str(path))
        try:
            for batch in file.iter_batches(batch_size=_BATCH):
                for row in _rows(batch):
                    number += 1
                    yield item_of(row, line=number)
        except (pa.ArrowException, OSError) as error:
            raise CatalogError(f"{path}: cannot be read after row {number}: {error}; write the file again") from error


def count(path: Path) -> int:
    """Return the number of rows, which the file's footer says."""
    with _open(path) as file:
        return int(file.metadata.num_rows)


def check_columns(names: list[str], location: str) -> None:
    """Raise CatalogError where the columns of a table cannot be listings."""
    if "id" not in names:
        raise CatalogError(
            f"{location}: there is no column `id` (found: {show(', '.join(names))}); "
            f"expected `id` and `fields`, or our columns: {' '.join(rows.COLUMNS)}"
        )


def item_of(row: Mapping[str, Any] | LineError, *, line: int) -> Listing | BrokenLine:
    """Return the listing that a row of a columnar table describes, or the reason why it is none."""
    if isinstance(row, LineError):
        return broken(row, line=line)
    try:
        return parse(rows.document_of(row), line=line)
    except LineError as error:
        merchant, identity = identity_of(row)
        return broken(error, line=line, merchant=merchant, identity=identity)


def _open(path: Path) -> Any:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        return parquet.ParquetFile(path, buffer_size=_BUFFER)
    except (pa.ArrowException, OSError) as error:
        raise CatalogError(f"{path}: is not a readable Parquet file: {error}") from error


def _rows(batch: Any) -> Iterator[Mapping[str, Any] | LineError]:
    """Yield the rows of a record batch; only the row that cannot be converted is lost, not its batch."""
    try:
        yield from batch.to_pylist(maps_as_pydicts="strict")
    except (KeyError, ValueError, OverflowError):
        for index in range(batch.num_rows):
            yield _row(batch.slice(index, 1))


def _row(batch: Any) -> Mapping[str, Any] | LineError:
    row: dict[str, Any] = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            row[name] = column[0].as_py(maps_as_pydicts="strict")
        except UnicodeDecodeError as error:
            return LineError("encoding.invalid", field=f"/{name}", offset=error.start)
        except (KeyError, ValueError, OverflowError) as error:
            # A map with a key twice, a date or number that Python does not have.
            return LineError("cell.json", field=f"/{name}", column=name, detail=str(error))
    return row
