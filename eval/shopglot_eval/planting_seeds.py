"""Lines of real copy with opaque texts planted at random legal places.

A place is legal where a shop could have written the text: between Chinese characters and spaces, never inside a
number, a Latin word, or something that is opaque already.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from shopglot.catalog import read
from shopglot.catalog.fields import walk
from shopglot.script import HAN_RANGES
from shopglot.segment.opaque import find_spans
from shopglot.types import Listing

MARKUP_FIELDS = frozenset({"title", "subtitle", "bullet", "description", "note", "alt", "attribute-value"})
LONGEST = 120  # characters of a line, so that a real model is done in a night

_FREE = re.compile(rf"[{HAN_RANGES}，。！？、；：\s]")
_PAUSE = "，。！？、； "
OPAQUE: dict[str, tuple[str, ...]] = {
    "tag": ("<br>", "<br/>", '<img src="a.jpg" alt="图>片">', "<!-- 注 -->", "<hr>"),
    "pair": ("b", "strong", "em", "span", "i", "u"),
    "entity": ("&nbsp;", "&hearts;", "&#9733;", "&yen;", "&times;"),
    "placeholder": (
        "{name}", "{店铺名}", "{{ 名称 | upcase }}", "%1$s", "%s", "%d", "${price}", "[[spec]]", "<%= item.name %>",
        "{count, plural, one {# 件} other {# 件商品}}", "__NAME__", '[gallery id="7"]', "{0}", "%{total}", "{{user}}",
    ),
    "sku": ("ABC-1234", "KX-2000A", "KX2000A", "WH_1000", "￥a1B2c3D4e5F￥", "YD-U60-BL"),
    "url": (
        "https://a.example/p?id=7&c=2", "www.shop.example/x", "https://m.a.cn/商品/12", "taobao.com",
        "http://a.cn/b_c/d.html#top",
    ),
    "email": ("help@shop-a.cn", "a.b+c@mail.example.com"),
    "mention": ("@小红薯123", "@云朵家居", "@lily_2024", "@美妆博主Lily"),
    "emoji": ("👩‍👩‍👧", "👍🏽", "1️⃣", "🇭🇰", "❤️‍🔥", "✨✨", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "(^_^)", "（￣▽￣）", "[笑哭R]", "[微笑]"),
    "hashtag": ("#显瘦穿搭[话题]#", "#平价好物#", "#学生党必备"),
}  # fmt: skip
_WEIGHTS = {
    "tag": 2, "pair": 4, "entity": 1, "placeholder": 4, "sku": 3, "url": 3, "email": 1, "mention": 2, "emoji": 3,
    "hashtag": 2, "brand": 3,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One text that was planted, and the form in which the target must have it ("" where its form is free)."""

    kind: str
    text: str
    expected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One text of a field with what was planted in it."""

    field: str
    text: str
    planted: tuple[Planted, ...] = ()


def read_catalog(path: Path) -> list[Line]:
    """Return every text of a catalog that may be planted in."""
    listings = (record for record in read(str(path)) if isinstance(record, Listing))
    return [Line(field=one.name, text=one.text) for listing in listings for one in walk(listing) if one.name != "brand"]


def read_copy(folder: Path, chance: random.Random, count: int) -> list[Line]:
    """Return `count` lines of the marketplace copy in a folder, drawn from all its files."""
    lines = []
    for name, kind in (
        ("marketplace-titles", "title"), ("cosmetics-titles", "title"), ("product-copy", "description"),
        ("reviews", "note"),
    ):  # fmt: skip
        texts = (folder / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        lines += [Line(field=kind, text=text) for text in texts if 6 <= len(text) <= LONGEST]
    return chance.sample(lines, min(count, len(lines)))


def read_brands(root: Path, market: str) -> dict[str, str]:
    """Return the brands that a market writes in a form of its own, by the name that merchants write.

    Names that the market's own terms override are left out.
    """
    own = {row["source"] for row in _rows(root / market / "terms.tsv")}
    rows = _rows(root / "common" / "brands.tsv")
    known = {row["source"]: row[market] for row in rows if row[market] and row["source"] not in own}
    return {name: form for name, form in known.items() if len(name) > 1}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def plant(line: Line, chance: random.Random, brands: dict[str, str]) -> Line:
    """Return the line with one to three texts planted, as far as it has room for them."""
    places = list(_places(line))
    chance.shuffle(places)
    kinds = chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()), k=chance.choice((1, 1, 2, 3)))
    written: list[tuple[int, str]] = []
    planted: list[Planted] = []
    for kind in dict.fromkeys(kinds):
        if kind in ("tag", "pair", "entity") and line.field not in MARKUP_FIELDS:
            continue
        for at, text, one in _choose(kind, line, places, chance, brands):
            written.append((at, text))
            planted.append(one)
    text = line.text
    for at, new in sorted(written, reverse=True):
        text = text[:at] + new + text[at:]
    return Line(field=line.field, text=text, planted=tuple(planted))


def _choose(
    kind: str, line: Line, places: list[int], chance: random.Random, brands: dict[str, str]
) -> Iterator[tuple[int, str, Planted]]:
    """Yield where to plant what; places that are used are taken out of `places`."""
    if kind == "hashtag":
        if line.field in MARKUP_FIELDS and "#" not in line.text:
            text = chance.choice(OPAQUE["hashtag"])
            yield len(line.text), f" {text}", Planted(kind=kind, text=text, expected="")
        return
    if kind == "brand":
        at = next((place for place in places if place == 0 or line.text[place - 1] in _PAUSE), None)
        if at is not None and brands:
            places.remove(at)
            name = chance.choice(sorted(brands))
            yield at, f" {name} ", Planted(kind=kind, text=name, expected=brands[name])
        return
    if kind == "pair":
        if len(places) > 1:
            start, end = sorted((places.pop(), places.pop()))
            name = chance.choice(OPAQUE["pair"])
            yield start, f"<{name}>", Planted(kind="tag", text=f"<{name}>", expected=f"<{name}>")
            yield end, f"</{name}>", Planted(kind="tag", text=f"</{name}>", expected=f"</{name}>")
        return
    if places:
        at = places.pop()
        text = chance.choice(OPAQUE[kind])
        before = "货号" if kind == "sku" and text.isalnum() else ""
        yield at, f"{before}{text}{' ' if kind == 'mention' else ''}", Planted(kind=kind, text=text, expected=text)


def _places(line: Line) -> Iterator[int]:
    """Yield the places between two characters that are free, at least two apart, so that plants do not touch."""
    taken = bytearray(len(line.text) + 1)
    for span in find_spans(line.text, markup=line.field in MARKUP_FIELDS):
        taken[span.start : span.end + 1] = b"\1" * (span.end + 1 - span.start)
    last = -2
    edges: Sequence[str] = [" ", *line.text, " "]
    for at in range(len(line.text) + 1):
        free = not taken[at] and _FREE.match(edges[at]) and _FREE.match(edges[at + 1]) and "#" not in line.text[:at]
        if free and at - last > 1:
            yield at
            last = at
