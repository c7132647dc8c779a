"""Reads one TOML table of a data file key by key; what is wrong is told with the file, the entry and the key."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from shopglot.errors import DataError


@dataclass(frozen=True, slots=True)
class Reader:
    """One table of the file at `path`; `kind` is what its entries are called in messages."""

    table: Mapping[str, object]
    path: Path
    kind: str = "rule"

    def fail(self, key: str, problem: str) -> NoReturn:
        """Raise the DataError that names the place."""
        raise DataError(f"{self.path}: {self.kind} {self.table.get('id', '(without id)')}: key {key}: {problem}")

    def refuse_unknown(self, known: set[str]) -> None:
        """Fail on a key that is not `known`: a typing mistake would otherwise pass in silence."""
        for key in sorted(self.table.keys() - known):
            self.fail(key, f"is not known; the keys are {', '.join(sorted(known))}")

    def text(self, key: str) -> str:
        """Return a text that must be there and say something."""
        value = self.table.get(key)
        if not isinstance(value, str) or not value.strip():
            self.fail(key, "must be a text that is not empty")
        return value

    def texts(self, key: str, *, least: int = 0) -> tuple[str, ...]:
        """Return a list of distinct texts, () where the key is missing; there must be `least` of them."""
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self.fail(key, "must be a list of texts, none of them empty")
        if len(value) < least:
            self.fail(key, f"needs at least {least}" if least > 1 else "must not be empty")
        if len(set(value)) < len(value):
            self.fail(key, "holds the same text twice")
        return tuple(value)

    def choice(self, key: str, allowed: tuple[str, ...], *, default: str = "") -> str:
        """Return one of the allowed words."""
        if default and key not in self.table:
            return default
        value = self.text(key)
        if value not in allowed:
            self.fail(key, f"must be one of {', '.join(allowed)}")
        return value

    def flag(self, key: str) -> bool:
        """Return true or false; false where the key is missing."""
        value = self.table.get(key, False)
        if not isinstance(value, bool):
            self.fail(key, "must be true or false")
        return value

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        """Return a table of texts as pairs, () where the key is missing; the second text may be empty."""
        value = self.table.get(key, {})
        if not isinstance(value, dict) or not all(
            isinstance(item, str) and name.strip() for name, item in value.items()
        ):
            self.fail(key, "must be a table of texts")
        return tuple(value.items())


def decode(path: Path) -> dict[str, object]:
    """Return the content of a TOML file; DataError says what is wrong with it."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DataError(f"{path}: there is no such file; create it, an empty one means no rules") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{path}: cannot be read as TOML: {error}") from error


def tables(path: Path, name: str, *known: str) -> list[dict[str, object]]:
    """Return the tables `[[name]]` of a file, whose ids differ; `known` are the keys that may stand beside them."""
    data = decode(path)
    for key in data.keys() - {name, *known}:
        raise DataError(f"{path}: key {key}: is not known here; every {name} begins with [[{name}]]")
    found = data.get(name, [])
    if not isinstance(found, list) or not all(isinstance(table, dict) for table in found):
        raise DataError(f"{path}: key {name}: write every {name} as [[{name}]]")
    seen: set[str] = set()
    for table in found:
        identity = str(table.get("id"))
        if identity in seen:
            raise DataError(f"{path}: {name} {identity}: key id: stands twice; give every {name} its own")
        seen.add(identity)
    return found
