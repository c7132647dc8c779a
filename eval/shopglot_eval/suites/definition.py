"""What the TOML file of a suite says: what it is, and the parts that it is read from."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shopglot.cli.lines import FIELDS
from shopglot.errors import DataError
from shopglot.market import MARKETS
from shopglot_eval.suites.tables import Columns

KINDS = ("commerce", "listings", "verdicts", "lines", "table", "sacrebleu", "huggingface")
KNOWN_FIELDS = frozenset((*FIELDS, "brand"))
# What each kind needs, and what it may have besides `kind`, `markets`, `name`, `field` and `domain`.
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "commerce": ("path",), "listings": ("path",), "verdicts": ("path",), "lines": ("source",), "table": ("path",),
    "sacrebleu": ("testset", "pair"), "huggingface": ("dataset", "split"),
}  # fmt: skip
_MAY: Mapping[str, tuple[str, ...]] = {
    "commerce": (), "listings": (), "verdicts": (), "lines": ("references",),
    "table": ("columns", "header", "where", "without"), "sacrebleu": (),
    "huggingface": ("config", "revision", "columns", "where", "without"),
}  # fmt: skip
_TEXTS = ("path", "source", "testset", "pair", "dataset", "split", "config", "revision", "field", "domain", "name")
_LISTS = ("references", "header")
_FILTERS = ("where", "without")


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A part of a suite, as its file says it. `name` begins its examples' ids where it is not "".

    `texts` are the keys of its kind, `lists` those that hold several. `where` and `without` name, per column, the
    values that a row has to have or must not have. `spot` says where it stands, for messages.
    """

    kind: str
    markets: tuple[str, ...]
    spot: str
    beside: Path
    name: str = ""
    field: str = "title"
    domain: str = ""
    texts: Mapping[str, str] = dataclasses.field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    columns: Columns = dataclasses.field(default_factory=Columns)
    where: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    without: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A suite before its data are read."""

    name: str
    title: str
    parts: tuple[Definition, ...]
    description: str = ""
    licence: str = ""
    citation: str = ""


def load(path: Path) -> Outline:
    """Read the file of a suite; its name is that of the file. Raises `DataError` naming the file, part and key."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{path}: no TOML: {error}") from error
    told = {key: document.pop(key, "") for key in ("title", "description", "licence", "citation")}
    for key, value in told.items():
        if not isinstance(value, str) or (key == "title" and not value):
            raise DataError(f"{path}: '{key}' must be a text.")
    parts = document.pop("part", None)
    if document:
        raise DataError(f"{path}: unknown key '{min(document)}'.")
    if not isinstance(parts, list) or not parts or not all(isinstance(part, dict) for part in parts):
        raise DataError(f"{path}: a suite needs one [[part]] or more.")
    return Outline(
        name=path.stem, parts=tuple(_part(part, f"{path}: part {n}", path.parent) for n, part in enumerate(parts, 1)),
        **told,
    )  # fmt: skip


def _part(table: dict[str, Any], spot: str, beside: Path) -> Definition:
    kind = table.get("kind")
    if kind not in KINDS:
        raise DataError(f"{spot}: 'kind' must be one of {', '.join(KINDS)}, not {kind!r}.")
    allowed = {"kind", "markets", "name", "field", "domain", *_NEEDS[kind], *_MAY[kind]}
    if unknown := sorted(table.keys() - allowed):
        raise DataError(f"{spot}: unknown key '{unknown[0]}' in a part of kind '{kind}'.")
    if absent := [key for key in _NEEDS[kind] if key not in table]:
        raise DataError(f"{spot}: '{absent[0]}' is missing.")
    for key in _TEXTS:
        if not isinstance(table.get(key, ""), str):
            raise DataError(f"{spot}: '{key}' must be a text.")
    lists = {key: texts_of(table[key], f"{spot}: '{key}'") for key in _LISTS if key in table}
    filters = {key: _filter(table.get(key, {}), f"{spot}: '{key}'") for key in _FILTERS}
    return Definition(
        kind=kind, spot=spot, beside=beside, markets=markets_of(table.get("markets"), spot),
        name=table.get("name", ""), field=field_of(table.get("field", "title"), spot), domain=table.get("domain", ""),
        texts={key: table[key] for key in _TEXTS if key in table}, lists=lists,
        columns=_columns(table.get("columns", {}), f"{spot}: 'columns'"), **filters,
    )  # fmt: skip


def markets_of(value: object, spot: str) -> tuple[str, ...]:
    """Return the markets of a part. Raises `DataError` where there is none, or one that is not known."""
    markets = texts_of(value, f"{spot}: 'markets'")
    for market in markets:
        if market not in MARKETS:
            raise DataError(f"{spot}: there is no market '{market}'; known: {', '.join(MARKETS)}.")
    if not markets:
        raise DataError(f"{spot}: 'markets' must name one market or more.")
    return tuple(dict.fromkeys(markets))


def field_of(value: str, spot: str) -> str:
    """Return the kind of field that texts are taken for. Raises `DataError` where it is not known."""
    if value not in KNOWN_FIELDS:
        raise DataError(f"{spot}: there is no field '{value}'; known: {', '.join(sorted(KNOWN_FIELDS))}.")
    return value


def texts_of(value: object, spot: str) -> tuple[str, ...]:
    """Return a list of texts. Raises `DataError` where it is none."""
    if not isinstance(value, Sequence) or isinstance(value, str) or not all(isinstance(one, str) for one in value):
        raise DataError(f"{spot} must be a list of texts.")
    return tuple(value)


def _filter(value: object, spot: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, Mapping):
        raise DataError(f"{spot} must name columns, each with a list of values.")
    return {str(column): texts_of(values, f"{spot}, column '{column}'") for column, values in value.items()}


def _columns(value: object, spot: str) -> Columns:
    if not isinstance(value, Mapping):
        raise DataError(f"{spot} must say which column is what.")
    known = {one.name for one in dataclasses.fields(Columns)}
    if unknown := sorted(value.keys() - known):
        raise DataError(f"{spot}: unknown key '{unknown[0]}'; known: {', '.join(sorted(known))}.")
    given: dict[str, Any] = {}
    for key, column in value.items():
        if key == "references":
            given[key] = texts_of(column, f"{spot}, '{key}'")
        elif isinstance(column, str):
            given[key] = column
        else:
            raise DataError(f"{spot}: '{key}' must be the name of a column.")
    return Columns(**given)
