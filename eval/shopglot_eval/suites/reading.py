"""From the name of a suite, or a file of the user's, to its examples."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from shopglot.errors import DataError, ShopglotError, UsageError
from shopglot.foreign import read_lines
from shopglot_eval.records import Example, Suite
from shopglot_eval.suites.definition import Definition, Outline, field_of, load, markets_of
from shopglot_eval.suites.pages import read_commerce, read_judged, read_listings
from shopglot_eval.suites.places import locate, suite_folder
from shopglot_eval.suites.remote import read_dataset, read_testset
from shopglot_eval.suites.tables import SUFFIXES, Row, cell, chosen, read_rows, references_of

TESTSET = "sacrebleu:"
DATASET = "hf://"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A suite that comes with the project. `missing` says what of its data is not here, "" where all is."""

    name: str
    title: str
    markets: tuple[str, ...]
    missing: str = ""


def names(*, shared: Path | None = None) -> list[Named]:
    """Return the suites that come with the project, by name. Nothing is loaded from a network to find out."""
    found = []
    for path in sorted(suite_folder().glob("*.toml")):
        outline = load(path)
        markets = tuple(dict.fromkeys(market for part in outline.parts for market in part.markets))
        missing = next((word for part in outline.parts if (word := _missing(part, shared))), "")
        found.append(Named(name=outline.name, title=outline.title, markets=markets, missing=missing))
    return found


def read(
    name: str | Path,
    *,
    shared: Path | None = None,
    limit: int | None = None,
    every: int = 1,
    markets: Sequence[str] = (),
) -> Suite:
    """Return a suite with all its examples.

    `name` is that of a suite of the project, the path of a TOML file, a table of the user's own (.tsv, .csv or .jsonl
    with the columns `source`, `reference`, `reference2`, ... and perhaps `id`, `market`, `field`, `category`, `brand`,
    `listing`, `domain`), `sacrebleu:TESTSET/PAIR`, or `hf://owner/name?split=…&revision=…&config=…` with such columns.

    `markets` leaves out the examples of others; what names no market of its own is of these. In each market every
    `every`-th example is kept, and `limit` of them at most. `shared` is the folder of shared data, None for the usual
    one. Raises `UsageError` or `DataError` with what is missing or wrong.
    """
    if every < 1 or (limit is not None and limit < 1):
        raise UsageError(f"every {every}, limit {limit}: each must be 1 or more.")
    outline = _outline(str(name), markets)
    examples = _thinned(_unique(_examples(outline, shared), outline.name), markets, every, limit)
    if not examples:
        raise DataError(f"suite '{outline.name}' has no example{' in ' + ', '.join(markets) if markets else ''}.")
    return Suite(
        name=outline.name, title=outline.title, examples=tuple(examples), digest=digest(examples),
        description=outline.description, licence=outline.licence, citation=outline.citation,
    )  # fmt: skip


def digest(examples: Iterable[Example]) -> str:
    """Return the SHA-256 (hex) over the canonical JSON of examples, a line each."""
    total = hashlib.sha256()
    for example in examples:
        total.update(json.dumps(asdict(example), sort_keys=True, separators=(",", ":")).encode() + b"\n")
    return total.hexdigest()


def _outline(name: str, markets: Sequence[str]) -> Outline:
    if name.startswith((TESTSET, DATASET)):
        return _remote(name, markets)
    path = Path(name)
    if path.suffix.lower() == ".toml" or path.suffix.lower() in SUFFIXES:
        if not path.is_file():
            raise UsageError(f"{path}: no such file.")
        return load(path) if path.suffix.lower() == ".toml" else _table(path, markets)
    own = suite_folder() / f"{name}.toml"
    if "/" in name or not own.is_file():
        known = ", ".join(path.stem for path in sorted(suite_folder().glob("*.toml")))
        raise UsageError(
            f"there is no suite '{name}'. Known: {known}; a .toml, {', '.join(SUFFIXES)} file; "
            f"{TESTSET}TESTSET/PAIR; {DATASET}owner/name?split=…&revision=…"
        )
    return load(own)


def _table(path: Path, markets: Sequence[str]) -> Outline:
    part = Definition(kind="table", markets=tuple(markets), spot=str(path), beside=Path(), texts={"path": str(path)})
    return Outline(name=path.stem, title=path.name, parts=(part,))


def _remote(name: str, markets: Sequence[str]) -> Outline:
    own = markets_of(list(markets), name)
    if name.startswith(TESTSET):
        testset, _, pair = name.removeprefix(TESTSET).rpartition("/")
        texts, kind = {"testset": testset, "pair": pair}, "sacrebleu"
    else:
        parts = urlsplit(name)
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        if unknown := sorted(query.keys() - {"split", "revision", "config"}):
            raise UsageError(f"{name}: unknown key '{unknown[0]}'; known: split, revision, config.")
        texts, kind = (
            {"dataset": parts.netloc + parts.path, "split": query.pop("split", "test"), **query},
            "huggingface",
        )
    part = Definition(kind=kind, markets=own, spot=name, beside=Path(), texts=texts)
    return Outline(name=name, title=name, parts=(part,))


def _examples(outline: Outline, shared: Path | None) -> Iterator[Example]:
    for part in outline.parts:
        for example in _read_part(part, shared):
            yield replace(
                example,
                id=f"{part.name}/{example.id}" if part.name else example.id,
                domain=example.domain or part.domain,
            )


def _read_part(part: Definition, shared: Path | None) -> Iterator[Example]:
    pages = {"commerce": read_commerce, "listings": read_listings, "verdicts": read_judged}
    if part.kind in pages:
        return pages[part.kind](locate(part.texts["path"], beside=part.beside, shared=shared), part.markets)
    rows, spot = _rows(part, shared)
    return _from_rows(chosen(rows, where=part.where, without=part.without, spot=spot), part, spot)


def _rows(part: Definition, shared: Path | None) -> tuple[Iterable[tuple[int, Row]], str]:
    texts = part.texts
    if part.kind == "sacrebleu":
        return read_testset(texts["testset"], texts["pair"]), f"{texts['testset']}/{texts['pair']}"
    if part.kind == "huggingface":
        local = part.beside / texts["dataset"]
        dataset = str(local) if local.is_dir() else texts["dataset"]
        rows = read_dataset(
            dataset, config=texts.get("config", ""), split=texts["split"], revision=texts.get("revision", "")
        )
        return rows, texts["dataset"]
    if part.kind == "lines":
        return _aligned(part, shared), texts["source"]
    path = locate(texts["path"], beside=part.beside, shared=shared)
    return read_rows(path, part.lists.get("header", ())), str(path)


def _aligned(part: Definition, shared: Path | None) -> Iterator[tuple[int, Row]]:
    paths = [
        locate(name, beside=part.beside, shared=shared)
        for name in (part.texts["source"], *part.lists.get("references", ()))
    ]
    source, *references = [read_lines(path) for path in paths]
    for path, lines in zip(paths[1:], references, strict=True):
        if len(lines) != len(source):
            raise DataError(f"{path}: {len(lines)} lines, but {paths[0]} has {len(source)}.")
    for place, text in enumerate(source):
        yield place + 1, {"source": text, "references": [lines[place] for lines in references]}


def _from_rows(rows: Iterable[tuple[int, Row]], part: Definition, spot: str) -> Iterator[Example]:
    columns = part.columns
    for number, row in rows:
        here = f"{spot}:{number}"
        if columns.source not in row:
            raise DataError(f"{here}: there is no column '{columns.source}'.")
        own = cell(row, columns.market, here)
        name = cell(row, columns.id, here) or str(number)
        for market in markets_of([own] if own else list(part.markets), here):
            yield Example(
                id=name, market=market, source=cell(row, columns.source, here),
                references=references_of(row, columns, here),
                field=field_of(cell(row, columns.field, here) or part.field, here),
                category=cell(row, columns.category, here), brand=cell(row, columns.brand, here),
                listing=cell(row, columns.listing, here) or name, domain=cell(row, columns.domain, here),
            )  # fmt: skip


def _unique(examples: Iterable[Example], suite: str) -> Iterator[Example]:
    known: set[tuple[str, str]] = set()
    for example in examples:
        if (example.market, example.id) in known:
            raise DataError(
                f"suite '{suite}': two examples in {example.market} have the id '{example.id}'; name another column "
                "for ids, or give the parts a 'name' each."
            )
        known.add((example.market, example.id))
        yield example


def _thinned(examples: Iterable[Example], markets: Sequence[str], every: int, limit: int | None) -> list[Example]:
    seen: Counter[str] = Counter()
    kept: list[Example] = []
    for example in examples:
        if markets and example.market not in markets:
            continue
        place, rest = divmod(seen[example.market], every)
        seen[example.market] += 1
        if not rest and (limit is None or place < limit):
            kept.append(example)
    return kept


def _missing(part: Definition, shared: Path | None) -> str:
    if part.kind in ("sacrebleu", "huggingface"):
        return ""
    try:
        for name in (part.texts.get("path"), part.texts.get("source"), *part.lists.get("references", ())):
            if name is not None:
                locate(name, beside=part.beside, shared=shared)
    except ShopglotError as error:
        return str(error)
    return ""
