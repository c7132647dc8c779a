"""A market: locale, glossaries, measures, length limits and publish policy, read from one folder.

`glossaries/<market>/market.toml` may name a market that it `inherits` from; single keys override. Terms are inherited
in the same way (see `termbase`); legal rules never are (see `sensitivity`).
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from shopglot.errors import DataError, UsageError

MARKETS = ("us", "hk", "mo", "tw")
GATE = "gate.toml"
Reuse = Literal["listing", "merchant", "market"]
Reading = Literal["deciding", "always"]

# What a market file may say, with the type of each value. Anything else is a typing mistake and is refused.
SHAPE: Mapping[str, type | Mapping[str, type | Mapping[str, type]]] = {
    "name": str,
    "title": str,
    "locale": str,
    "language": str,
    "script": str,
    "engine": str,
    "inherits": str,
    "publish": {
        "risk": float,
        "confidence": float,
        "audit_share": float,
        "uncalibrated_cutoff": float,
        "withdraw_on_reject": bool,
        "withdraw_missing": bool,
        "missing_limit": float,
        "reuse": str,
        "reading": str,
        "hold_outdated": bool,
        "rewrite": bool,
    },
    "measures": {"jin": str, "money": str, "discount": str, "us_units": list},
    "text": {"length": {}},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """How quantities are written (see `quantity.find`).

    `us_units` names the fields in which a metric measure gets its US equivalent in brackets.
    """

    jin: str
    money: str
    discount: str
    us_units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A cut-off that was fitted on reviewers' verdicts, and what it promises.

    Of the listings all of whose segments score `cutoff` or more, at most the share `risk` would not have been published
    unedited, with `confidence`. `cutoff` is None where no cut-off keeps the promise. It holds for scores with
    `signature` only. `listings` were judged; `published` of them pass, `bad` of those should not have; `bound` is the
    upper confidence bound on their share.
    """

    signature: str
    cutoff: float | None
    risk: float
    confidence: float
    listings: int
    published: int
    bad: int
    bound: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """One market, ready for use.

    `lineage` lists the folders whose data apply, most general first: Macau's is (hk, mo).
    `length` is the longest text per field name, in characters of the target.
    `risk` and `confidence` are what the gate promises (see `Gate`), `gate` is the fitted one, None where there is none
    for this market; `cutoff` is the plain one that publishes without a promise, where that is asked for. `audit_share`
    of what is published unseen goes to review all the same.
    `reuse` says where else a text counts that a person approved on one page: nowhere, in the same shop, in the market.
    With `hold_outdated`, a text that took the place of an approved one waits for a person. `withdraw_missing` takes
    down pages that left the catalog, unless more than the share `missing_limit` of it left at once: that is a broken
    delivery rather than a decision.
    `reading` says when the model gives its opinion on what it wrote, the dearest part of a score: where it can decide
    what is published (`deciding`), or `always`.
    With `rewrite`, words for which a sensitivity rule has safe ones are written that way, and the page says so; without
    it they wait for a person.
    `digest` is the SHA-256 of everything in the folders of `lineage` and in `common`: run metadata, not a memory key.
    """

    name: str
    title: str
    locale: str
    language: str
    script: str
    engine: str
    lineage: tuple[str, ...]
    measures: Measures
    length: Mapping[str, int]
    risk: float
    confidence: float
    audit_share: float
    cutoff: float
    gate: Gate | None
    withdraw_on_reject: bool
    withdraw_missing: bool
    missing_limit: float
    reuse: Reuse
    reading: Reading
    hold_outdated: bool
    rewrite: bool
    digest: str

    @property
    def latin(self) -> bool:
        """Whether the market reads Latin script."""
        return self.script == "Latn"


def load_market(root: Path, name: str) -> Market:
    """Read market `name` from the glossary folder `root`.

    Raises `UsageError` where there is no such market and `DataError` where its file is wrong.
    """
    if not (root / name / "market.toml").is_file():
        known = ", ".join(sorted(path.parent.name for path in root.glob("*/market.toml")))
        raise UsageError(f"market '{name}': no file {root / name / 'market.toml'}. Known markets: {known}.")
    lineage = _lineage(root, name)
    merged: dict[str, object] = {}
    for folder in lineage:
        merged = _merge(merged, _read(root / folder / "market.toml"))
    path = root / name / "market.toml"
    publish, measures = _table(merged, "publish", path), _table(merged, "measures", path)
    try:
        return Market(
            name=name,
            title=str(merged["title"]),
            locale=str(merged["locale"]),
            language=str(merged["language"]),
            script=str(merged["script"]),
            engine=str(merged["engine"]),
            lineage=lineage,
            measures=_measures(measures),
            length=cast("Mapping[str, int]", _table(_table(merged, "text", path), "length", path)),
            risk=_share(publish, "risk", path),
            confidence=_share(publish, "confidence", path),
            audit_share=_share(publish, "audit_share", path),
            cutoff=_share(publish, "uncalibrated_cutoff", path),
            gate=_gate(root / name / GATE),
            withdraw_on_reject=bool(publish["withdraw_on_reject"]),
            withdraw_missing=bool(publish["withdraw_missing"]),
            missing_limit=_share(publish, "missing_limit", path),
            reuse=cast("Reuse", _word(publish, "reuse", get_args(Reuse), path)),
            reading=cast("Reading", _word({"reading": "deciding", **publish}, "reading", get_args(Reading), path)),
            hold_outdated=bool(publish["hold_outdated"]),
            rewrite=bool(publish["rewrite"]),
            digest=_digest(root, lineage),
        )
    except (KeyError, TypeError) as error:
        raise DataError(f"{path}: key {error} is missing, here and in what it inherits.") from error


def _share(table: Mapping[str, object], key: str, path: Path) -> float:
    share = float(cast("float", table[key]))
    if not 0 < share < 1:
        raise DataError(f"{path}: publish.{key} must lie between 0 and 1, not {share}.")
    return share


def _word(table: Mapping[str, object], key: str, words: Sequence[str], path: Path) -> object:
    if table[key] not in words:
        raise DataError(f"{path}: publish.{key} must be one of {', '.join(words)}, not {table[key]!r}.")
    return table[key]


def _gate(path: Path) -> Gate | None:
    """Read the fitted gate of a market. It is never inherited: another market's reviewers promised nothing for this."""
    if not path.is_file():
        return None
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return Gate(
            signature=str(content["signature"]), cutoff=_cutoff(content),
            risk=float(content["risk"]), confidence=float(content["confidence"]), listings=int(content["listings"]),
            published=int(content["published"]), bad=int(content["bad"]), bound=float(content["bound"]),
        )  # fmt: skip
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path}: no fitted gate ({type(error).__name__}: {error}); fit it again.") from error


def _cutoff(content: Mapping[str, object]) -> float | None:
    if "cutoff" not in content:
        return None
    cutoff = float(cast("float", content["cutoff"]))
    if not 0 <= cutoff <= 1:  # a NaN is neither
        raise ValueError(f"cutoff {cutoff} is not between 0 and 1")
    return cutoff


def _measures(table: Mapping[str, object]) -> Measures:
    fields = cast("list[object]", table.get("us_units", []))
    return Measures(
        jin=str(table["jin"]), money=str(table["money"]), discount=str(table["discount"]),
        us_units=tuple(str(field) for field in fields),
    )  # fmt: skip


def _lineage(root: Path, name: str) -> tuple[str, ...]:
    chain: list[str] = []
    while name:
        if name in chain:
            raise DataError(
                f"{root / name / 'market.toml'}: 'inherits' goes in a circle: {' -> '.join([*chain, name])}."
            )
        path = root / name / "market.toml"
        if not path.is_file():
            raise DataError(f"{root / chain[-1] / 'market.toml'}: inherits '{name}', but there is no {path}.")
        chain.append(name)
        name = str(_read(path).get("inherits", ""))
    return tuple(reversed(chain))


def _read(path: Path) -> dict[str, object]:
    try:
        with path.open("rb") as file:
            content = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{path}: {error}") from error
    _validate(content, SHAPE, path, "")
    return content


def _validate(content: Mapping[str, object], shape: Mapping[str, object], path: Path, prefix: str) -> None:
    for key, value in content.items():
        where = f"{prefix}{key}"
        if where.startswith("text.length."):
            if not isinstance(value, int) or value <= 0:
                raise DataError(f"{path}: {where} must be a positive whole number, not {value!r}.")
            continue
        if key not in shape:
            raise DataError(f"{path}: unknown key '{where}'. Known here: {', '.join(sorted(shape))}.")
        wanted = shape[key]
        if isinstance(wanted, Mapping):
            if not isinstance(value, Mapping):
                raise DataError(f"{path}: '{where}' must be a table.")
            _validate(value, wanted, path, f"{where}.")
        elif not isinstance(value, cast("type", wanted)):
            raise DataError(f"{path}: '{where}' must be {cast('type', wanted).__name__}, not {value!r}.")


def _merge(base: Mapping[str, object], over: Mapping[str, object]) -> dict[str, object]:
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = _merge(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return merged


def _table(content: Mapping[str, object], key: str, path: Path) -> Mapping[str, object]:
    table = content.get(key)
    if not isinstance(table, Mapping):
        raise DataError(f"{path}: table [{key}] is missing, here and in what it inherits.")
    return table


def _digest(root: Path, lineage: tuple[str, ...]) -> str:
    total = hashlib.sha256()
    for folder in ("common", *lineage):
        for path in sorted((root / folder).glob("*")):
            if path.is_file() and not path.name.startswith("."):
                total.update(f"{folder}/{path.name}\0".encode())
                total.update(path.read_bytes())
    return total.hexdigest()
