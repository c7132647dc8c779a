"""What is known of how words are disguised: sounds, looks, parts and habits, read from `disguises.toml`.

All of it is Simplified and lower case, as the plain view is.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NoReturn

from shopglot.config import glossary_root
from shopglot.errors import DataError

FILE = "disguises.toml"
_SECTIONS = ("forms", "within", "sounds", "looks", "letters", "signs", "leet", "latin", "readings", "splits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lore:
    """How words are disguised.

    `readings` give the syllable of a character, without tone, and `more` those that it has besides. `forms` are ways of
    writing a word that are seldom anything else, `within` those that count only in a longer literal. `sounds` are the
    words of two characters that may be written with any character of the same sound; `never` are places that are no
    disguise. `looks` lists, for a character, those that look like it; `splits` its ways of being written as several;
    `bare` are the parts that are no characters by themselves. `letters` says what a character looks like, `signs` what
    a sign is read for, `leet` which letters a digit or sign stands for; `latin` are words that are more often no
    pinyin.
    """

    readings: Mapping[str, str]
    more: Mapping[str, tuple[str, ...]]
    forms: Mapping[str, tuple[str, ...]]
    within: Mapping[str, tuple[str, ...]]
    sounds: frozenset[str]
    never: frozenset[str]
    looks: Mapping[str, str]
    letters: Mapping[str, str]
    signs: Mapping[str, str]
    leet: Mapping[str, str]
    latin: frozenset[str]
    splits: Mapping[str, tuple[str, ...]]
    bare: frozenset[str]


@cache
def load_lore(path: Path | None = None) -> Lore:
    """Return the lore of a file, by default that of the glossaries; read once.

    Raises DataError, which names the file and the key, where it cannot be read or holds something else than texts.
    """
    path = path or glossary_root() / "common" / FILE
    reader = _Reader(path)
    letters = {sign: letter for letter, signs in reader.table("letters").items() for sign in signs}
    splits: dict[str, list[str]] = defaultdict(list)
    for side in ("left", "right"):
        for radical, pairs in reader.table("splits", side).items():
            for char, rest in zip(pairs[::2], pairs[1::2], strict=True):
                splits[char].append(radical + rest if side == "left" else rest + radical)
                if radical == "辶":
                    splits[char].append(rest + radical)
    for radical, whole in reader.table("splits", "also").items():
        for ways in splits.values():
            ways += [whole + way[1:] for way in ways if way[0] == radical]
    bare = frozenset((*reader.table("splits", "left"), *reader.table("splits", "right")))
    for word in reader.words("splits", "parts"):
        splits[word[0]].append(word[1:])
    return Lore(
        readings={char: sound for sound, chars in reader.table("readings", "first").items() for char in chars},
        more=_turned(reader.table("readings", "more")),
        forms={word: tuple(forms.split()) for word, forms in reader.table("forms").items()},
        within={word: tuple(forms.split()) for word, forms in reader.table("within").items()},
        sounds=frozenset(reader.words("sounds")),
        never=frozenset(reader.words("sounds", key="never")),
        looks=_alike(reader.words("looks", key="groups")),
        letters=letters,
        signs={sign: char for char, signs in reader.table("signs").items() for sign in signs},
        leet=reader.table("leet"),
        latin=frozenset(reader.words("latin")),
        splits={char: tuple(dict.fromkeys(ways)) for char, ways in splits.items()},
        bare=bare,
    )


def _turned(sounds: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for sound, chars in sounds.items():
        for char in chars:
            found[char].append(sound)
    return {char: tuple(of) for char, of in found.items()}


def _alike(groups: list[str]) -> dict[str, str]:
    found: dict[str, str] = defaultdict(str)
    for group in groups:
        for char in group:
            found[char] += "".join(other for other in group if other != char and other not in found[char])
    return dict(found)


class _Reader:
    """Reads the tables of the file; what is wrong is a DataError that names the file and the key."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._data = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise DataError(f"{path}: cannot be read as TOML: {error}") from error
        for key in self._data.keys() - set(_SECTIONS):
            self._fail(key, f"is not known; the sections are {', '.join(_SECTIONS)}")

    def _fail(self, key: str, problem: str) -> NoReturn:
        raise DataError(f"{self._path}: key {key}: {problem}")

    def _at(self, names: tuple[str, ...]) -> Mapping[str, object]:
        value: object = self._data
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        if not isinstance(value, dict):
            self._fail(".".join(names), "must be a table")
        return value

    def table(self, *names: str) -> dict[str, str]:
        """Return a table of texts. One of `splits` holds pairs, a character and the rest of it."""
        table = self._at(names)
        texts = {key: value for key, value in table.items() if isinstance(value, str) and value.strip()}
        for key in table.keys() - texts.keys():
            self._fail(".".join((*names, key)), "must be a text that is not empty")
        for key, value in texts.items():
            if names in {("splits", "left"), ("splits", "right")} and len(value) % 2:
                self._fail(".".join((*names, key)), "must be pairs: a character and the rest of it, and so on")
        return texts

    def words(self, *names: str, key: str = "words") -> list[str]:
        """Return the words of a list of lines."""
        lines = self._at(names).get(key)
        if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
            self._fail(".".join((*names, key)), "must be a list of texts")
        return [word for line in lines for word in line.split()]
