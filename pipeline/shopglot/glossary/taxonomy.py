"""Shopify's product taxonomy as a source of suggestions: names of categories, attributes and values in two languages.

A checkout of github.com/Shopify/product-taxonomy has `data/localizations/{categories,attributes,values}/<locale>.yml`:

    zh-CN:
      categories:
        aa-1-4:
          name: 连衣裙

A name that is empty is not translated yet. Names of attributes and values hold in those fields; a category's name
that is translated in several ways gets a condition where the merchants' own category is known.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from shopglot.errors import DataError, UsageError
from shopglot.foreign import read_text, require
from shopglot.glossary.rows import Row
from shopglot.script import has_cjk, has_han

SECTIONS: Mapping[str, str] = {"categories": "", "attributes": "attribute-name", "values": "attribute-value"}
"""Section -> the field that its names stand in (categories: anywhere)."""
SOURCE = "zh-CN"
LOCALES: Mapping[str, tuple[str, ...]] = {
    "us": ("en",), "hk": ("zh-HK", "zh-TW"), "mo": ("zh-HK", "zh-TW"), "tw": ("zh-TW",),
}  # fmt: skip
MOST_ADMITTED = 3
DEEPEST = 16  # levels of a file that is read; the taxonomy has four

# Where a category's id begins so, merchants' paths begin so; the longest beginning counts.
CATEGORIES: Mapping[str, str] = {
    "aa": "服饰", "aa-5": "箱包", "aa-6": "饰品", "aa-8": "鞋靴", "ap": "宠物", "bt": "母婴", "co": "数码",
    "el": "数码", "fb": "食品", "fr": "家居", "hb-3": "美妆", "hg": "家居", "lb": "箱包", "os": "文具", "sg": "运动",
    "tg": "玩具",
}  # fmt: skip

_SEVERAL = re.compile(r"[,;&/+、，；／]|\band\b|\bor\b")
_BRACKETED = re.compile(r"\s*[(（][^()（）]*[)）]$")
_LOOSE_SPACE = re.compile(r"(?<=[^\x00-\x7f]) +| +(?=[^\x00-\x7f])")
_WITHIN = re.compile(r"(?<=[a-z,] )[A-Za-z][a-z]+")
_WORD = re.compile(r"[A-Za-z]+")

# Names that often stand first, where a capital says nothing.
_PEOPLES = frozenset(
    "American Arabic Asian Australian Austrian Belgian Brazilian British Canadian Chinese Cuban Danish Dutch Egyptian "
    "English European Finnish French German Greek Hawaiian Hindi Hungarian Indian Indonesian Irish Italian Japanese "
    "Jewish Korean Latin Mexican Moroccan Norwegian Persian Portuguese Romanian Russian Scandinavian Scottish Spanish "
    "Swedish Swiss Thai Tibetan Turkish Vietnamese Victorian Bluetooth Christmas Halloween Easter".split()
)

_NOTHING = ("", "~", "null")  # how YAML writes that a name is not translated yet
_ITEM = "[]"

Names = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxonomy:
    """What a checkout holds for a market: the rows, how many pairs of names they come from, and what was left out."""

    rows: tuple[Row, ...]
    pairs: int
    left_out: Mapping[str, int]
    locale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    source: str
    target: str
    field: str
    category: str


def read_taxonomy(
    path: Path, market: str, *, status: str, use: str, convert: Callable[[str], str] | None = None
) -> Taxonomy:
    """Read the names of a checkout for a market, as rows in the order of their sections.

    The most frequent target of a source is preferred (it gets `status`), up to three others are admitted. `convert`
    writes a Taiwanese target in the characters of the market. Raises `UsageError` where `path` is no checkout and
    `DataError` (with the line) where one of its files is broken.
    """
    folder = path / "data" / "localizations"
    if not folder.is_dir():
        raise UsageError(f"{path}: no folder data/localizations; give a checkout of Shopify/product-taxonomy.")
    locale = next((name for name in LOCALES[market] if (folder / "categories" / f"{name}.yml").is_file()), None)
    if locale is None:
        raise UsageError(f"{folder / 'categories'}: no {' or '.join(f'{name}.yml' for name in LOCALES[market])}.")
    left_out: Counter[str] = Counter()
    named = {section: (_names(folder, section, SOURCE), _names(folder, section, locale)) for section in SECTIONS}
    known = _proper(name for section in ("attributes", "values") for name in named[section][1].values())
    rows: list[Row] = []
    pairs = 0
    for section, (sources, targets) in named.items():
        found = list(_pairs(section, sources, targets, left_out))
        pairs += len(found)
        if market == "us":
            found = [_lowered(pair, known) for pair in found]
        elif convert is not None:
            found = [replace(pair, target=convert(pair.target)) for pair in found]
        general = {row.source: row.target for row in rows if row.status == status and row.condition == ("", "")}
        found = [pair for pair in found if not pair.field or general.get(pair.source) != pair.target]
        rows += _rows(found, status=status, use=use)
    return Taxonomy(rows=tuple(rows), pairs=pairs, left_out=dict(left_out), locale=locale)


def _names(folder: Path, section: str, locale: str) -> Names:
    """Return id -> name of one file; names that are empty or no text are left out."""
    path = folder / section / f"{locale}.yml"
    names = {
        keys[2]: text.strip()
        for keys, text in _scalars(path)
        if len(keys) == 4 and keys[:2] == [locale, section] and keys[3] == "name" and text.strip() not in _NOTHING
    }
    if not names:
        raise DataError(f"{path}: no name; '{locale}:', '{section}:' and ids with 'name:' below them are needed.")
    return names


def _scalars(path: Path) -> Iterator[tuple[list[str], str]]:
    """Yield every text of a YAML file with the keys that lead to it, while the file is parsed.

    Nothing is built and aliases are not followed: PyYAML's C loader ends the process where nesting is deep.
    """
    yaml = require("yaml")
    keys: list[str | None] = []  # one for each open mapping or list; None where a key comes next
    try:
        for event in yaml.parse(read_text(path), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            if isinstance(event, yaml.CollectionStartEvent):
                if len(keys) == DEEPEST:
                    raise DataError(f"{path}:{event.start_mark.line + 1}: nested too deep.")
                keys.append(_ITEM if isinstance(event, yaml.SequenceStartEvent) else None)
            elif isinstance(event, yaml.CollectionEndEvent):
                keys.pop()
                _expect_key(keys)
            elif isinstance(event, yaml.NodeEvent) and keys:
                text = event.value if isinstance(event, yaml.ScalarEvent) else ""
                if keys[-1] is None:
                    keys[-1] = text
                else:
                    yield [key or "" for key in keys], text
                    _expect_key(keys)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise DataError(f"{path}:{line}: no YAML: {getattr(error, 'problem', error)}") from error


def _expect_key(keys: list[str | None]) -> None:
    """Note that the innermost mapping has its value; a list goes on with its next one."""
    if keys and keys[-1] != _ITEM:
        keys[-1] = None


def _pairs(section: str, sources: Names, targets: Names, left_out: Counter[str]) -> Iterator[_Pair]:
    for key, name in sources.items():
        target = targets.get(key)
        if target is None:
            left_out["untranslated"] += 1
            continue
        source = _LOOSE_SPACE.sub("", name)
        if _BRACKETED.search(source) and _BRACKETED.search(target):  # 大号 (L), Large (L)
            source, target = _BRACKETED.sub("", source), _BRACKETED.sub("", target)
        if _SEVERAL.search(source) or _SEVERAL.search(target):
            left_out["several things in one name"] += 1
        elif not has_han(source) or (section == "values" and len(source) < 2):
            left_out["no Chinese word of two characters"] += 1
        else:
            category = _category(key) if section == "categories" else ""
            yield _Pair(source=source, target=" ".join(target.split()), field=SECTIONS[section], category=category)


def _category(key: str) -> str:
    parts = key.split("-")
    beginnings = ("-".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((CATEGORIES[beginning] for beginning in beginnings if beginning in CATEGORIES), "")


def _rows(pairs: Iterable[_Pair], *, status: str, use: str) -> Iterator[Row]:
    by_source: dict[str, list[_Pair]] = defaultdict(list)
    for pair in pairs:
        by_source[pair.source].append(pair)
    for source, same in by_source.items():
        field = same[0].field
        spelled: dict[str, str] = {}  # targets that differ in case only are one, as the first of them writes it
        for pair in same:
            spelled.setdefault(pair.target.casefold(), pair.target)
        frequent = Counter(pair.target.casefold() for pair in same).most_common(MOST_ADMITTED + 1)
        ranked = [spelled[target] for target, _ in frequent]
        for place, target in enumerate(ranked):
            yield Row(source=source, target=target, status="admitted" if place else status, use=use, field=field)
        by_category: dict[str, Counter[str]] = defaultdict(Counter)
        for pair in same:
            if pair.category:
                by_category[pair.category][pair.target] += 1
        for category, targets in by_category.items():
            ((best, _),) = targets.most_common(1)
            if best.casefold() != ranked[0].casefold():
                yield Row(source=source, target=best, status=status, use=use, category=category, field=field)


def _proper(names: Iterable[str]) -> frozenset[str]:
    """Return the words that are written with a capital within a name, and more often so than without (Velcro)."""
    # A name without a lower-case word is a heading (Crescent Wrench) and says nothing.
    within = [words for words in map(_WITHIN.findall, names) if any(map(str.islower, words))]
    seen = Counter(word for words in within for word in words)
    return _PEOPLES | {word for word, times in seen.items() if word.istitle() and times > seen[word.lower()]}


def _lowered(pair: _Pair, known: frozenset[str]) -> _Pair:
    """Write a heading's words in lower case, but for names and for words with other capitals (LED, iPad)."""
    if has_cjk(pair.target):
        return pair
    words = {word for word in _WORD.findall(pair.target) if word.istitle() and len(word) > 1 and word not in known}
    target = _WORD.sub(lambda match: match[0].lower() if match[0] in words else match[0], pair.target)
    return replace(pair, target=target)
