"""A recipe: what is trained, on what, and how. Data in `models/NAME/recipe.toml`, no Python."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from .problems import TrainingError

_Table = TypeVar("_Table")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lora:
    """Which layers learn (`targets`, by the last part of their names), and how wide (Hu et al. 2021)."""

    rank: int
    alpha: float
    dropout: float
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How long and how fast.

    A step reads `rows` rows of at most `row` tokens. The rate rises over the share `warmup` of all steps and falls to
    nothing along a cosine. Every `evaluate` steps the dev part is read; after `patience` readings without a better one
    training ends, and the best state counts. Every `checkpoint` steps everything that going on needs is kept.
    """

    seed: int
    epochs: int
    learning_rate: float
    warmup: float
    weight_decay: float
    clip: float
    row: int
    rows: int
    evaluate: int
    patience: int
    checkpoint: int


@dataclass(frozen=True, slots=True, kw_only=True)
class General:
    """Permissive texts that are not of the trade, against forgetting: `share` of the commerce examples for English.

    They are drawn evenly from `origins`, of those whose licence is in `licences` and whose source has `shortest` to
    `longest` characters. `file` is seen from the shared data folder.
    """

    file: str
    share: float
    origins: tuple[str, ...]
    licences: tuple[str, ...]
    shortest: int
    longest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """What examples are made of. The share `bare` is shown without the glossary's words."""

    seed: int
    bare: float
    markets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """All but the texts. `base` is a model card; `systems` what the model is told for a market, "" as the card says."""

    name: str
    base: str
    lora: Lora
    schedule: Schedule
    data: Data
    general: General
    systems: Mapping[str, str]
    digest: str


def read_recipe(path: Path) -> Recipe:
    """Read and validate a recipe. Raises `TrainingError` that names the file and the key."""
    try:
        raw = path.read_bytes()
        content = tomllib.loads(raw.decode("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TrainingError(f"{path}: {error}") from error
    known = {"name", "base", "lora", "schedule", "data", "general", "systems"}
    if content.keys() != known:
        raise TrainingError(f"{path}: unknown or missing: {', '.join(sorted(content.keys() ^ known))}.")
    data = _table(Data, content, "data", path)
    systems = content["systems"]
    if not isinstance(systems, dict) or set(systems) != set(data.markets):
        raise TrainingError(f"{path}: [systems] has one text for each of data.markets, {', '.join(data.markets)}.")
    recipe = Recipe(
        name=str(content["name"]), base=str(content["base"]), lora=_table(Lora, content, "lora", path),
        schedule=_table(Schedule, content, "schedule", path), data=data,
        general=_table(General, content, "general", path), systems={key: str(value) for key, value in systems.items()},
        digest=hashlib.sha256(raw).hexdigest(),
    )  # fmt: skip
    _check(recipe, path)
    return recipe


def _table(kind: type[_Table], content: Mapping[str, Any], name: str, path: Path) -> _Table:
    """Return a table as a record: its keys are the record's fields, a list for a tuple, an int for a float."""
    table = content[name]
    wanted = {field.name: str(field.type) for field in fields(kind) if field.default is MISSING}  # type: ignore[arg-type]
    if not isinstance(table, dict) or table.keys() != wanted.keys():
        raise TrainingError(f"{path}: [{name}] must have the keys {', '.join(wanted)}, and no other.")
    values: dict[str, Any] = {}
    for key, value in table.items():
        values[key] = _value(value, wanted[key], f"{path}: {name}.{key}")
    return kind(**values)


def _value(value: Any, kind: str, place: str) -> Any:
    if kind.startswith("tuple"):
        if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
            return tuple(value)
    elif kind == "str":
        if isinstance(value, str):
            return value
    elif isinstance(value, int | float) and not isinstance(value, bool) and (kind == "float" or isinstance(value, int)):
        return float(value) if kind == "float" else value
    raise TrainingError(f"{place} must be {'a list of texts' if kind.startswith('tuple') else kind}, not {value!r}.")


def _check(recipe: Recipe, path: Path) -> None:
    """Refuse numbers that make no sense, by name."""
    one, lora, general = recipe.schedule, recipe.lora, recipe.general
    least = {
        "lora.rank": (lora.rank, 1), "schedule.epochs": (one.epochs, 1), "schedule.row": (one.row, 16),
        "schedule.rows": (one.rows, 1), "schedule.evaluate": (one.evaluate, 1), "schedule.patience": (one.patience, 1),
        "schedule.checkpoint": (one.checkpoint, 1), "general.shortest": (general.shortest, 1),
        "general.longest": (general.longest, general.shortest), "schedule.weight_decay": (one.weight_decay, 0),
    }  # fmt: skip
    for key, (value, bound) in least.items():
        if value < bound:
            raise TrainingError(f"{path}: {key} is {value}, and must be {bound} or more.")
    for key, share in (
        ("lora.dropout", lora.dropout),
        ("schedule.warmup", one.warmup),
        ("data.bare", recipe.data.bare),
        ("general.share", general.share),
    ):
        if not 0 <= share < 1:
            raise TrainingError(f"{path}: {key} is {share}, and must be 0 or more, and less than 1.")
    for key, above in (
        ("lora.alpha", lora.alpha), ("schedule.learning_rate", one.learning_rate), ("schedule.clip", one.clip)
    ):  # fmt: skip
        if not above > 0:
            raise TrainingError(f"{path}: {key} is {above}, and must be more than 0.")
