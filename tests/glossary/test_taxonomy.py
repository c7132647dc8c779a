"""Shopify's taxonomy: a small checkout written here, and the whole one where the shared data has it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from shopglot.config import glossary_root
from shopglot.errors import DataError, UsageError
from shopglot.glossary.merge import merge
from shopglot.glossary.rows import Row, read_table
from shopglot.glossary.taxonomy import read_taxonomy

yaml = pytest.importorskip("yaml", reason="the extra 'interchange' is not installed")

Names = Mapping[str, tuple[str | None, str | None, str | None]]
Checkout = Callable[..., Path]
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
LOCALES = ("en", "zh-CN", "zh-TW")

CATEGORIES: Names = {
    "aa": ("Apparel & Accessories", "服饰与配饰", "服飾與配件"),
    "aa-1-4": ("Dresses", "连衣裙", "洋裝"),
    "aa-1-9": ("Leggings", "紧身裤", "緊身褲"),
    "aa-1-10": ("Leggings", "紧身裤", "緊身褲"),
    "sg-1": ("Tights", "紧身裤", "緊身褲"),
    "aa-2": ("Cuban Heels", "古巴跟鞋", None),
    "os-1": (None, "订书机", None),
    "zz-1": ("LED Lamps", "LED 灯", "LED 燈"),
}
ATTRIBUTES: Names = {"color": ("Color", "颜色", "顏色"), "skirt": ("Skirt style", "裙型", "裙型")}
VALUES: Names = {
    "size__l": ("Large (L)", "大号 (L)", "大號 (L)"),
    "size__s": ("S", "S", "S"),
    "style__cuban": ("Made with a Cuban twist", "古巴风", "古巴風"),
    "state__dry": ("Dry", "干", "乾"),
    "dress": ("Dresses", "连衣裙", "洋裝"),
}


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Return a function that writes a checkout."""

    def write(**sections: Names) -> Path:
        wanted = {"categories": CATEGORIES, "attributes": ATTRIBUTES, "values": VALUES, **sections}
        for section, names in wanted.items():
            folder = tmp_path / "data" / "localizations" / section
            folder.mkdir(parents=True, exist_ok=True)
            for place, locale in enumerate(LOCALES):
                content = {locale: {section: {key: {"name": name[place], "x": 1} for key, name in names.items()}}}
                (folder / f"{locale}.yml").write_text(
                    yaml.dump(content, allow_unicode=True, Dumper=DUMPER), encoding="utf-8"
                )
        return tmp_path

    return write


def read(path: Path, market: str = "us") -> list[Row]:
    """Read a checkout as the command does."""
    return list(read_taxonomy(path, market, status="preferred", use="suggest").rows)


def test_english(checkout: Checkout) -> None:
    """Names are paired by id, put in lower case, and get the condition that the data gives."""
    found = {(row.source, row.condition, row.status): row.target for row in read(checkout())}
    assert {
        ("连衣裙", ("", ""), "preferred"): "dresses",
        ("紧身裤", ("", ""), "preferred"): "leggings",
        ("紧身裤", ("", ""), "admitted"): "tights",
        ("紧身裤", ("运动", ""), "preferred"): "tights",
        ("古巴跟鞋", ("", ""), "preferred"): "Cuban heels",
        ("LED灯", ("", ""), "preferred"): "LED lamps",
        ("颜色", ("", "attribute-name"), "preferred"): "color",
        ("裙型", ("", "attribute-name"), "preferred"): "skirt style",
        ("大号", ("", "attribute-value"), "preferred"): "large",
        ("古巴风", ("", "attribute-value"), "preferred"): "made with a Cuban twist",
    } == found


def test_what_is_left_out(checkout: Checkout) -> None:
    """Every name that is no pair is counted with the reason."""
    taxonomy = read_taxonomy(checkout(), "us", status="preferred", use="suggest")
    assert {"untranslated": 1, "several things in one name": 1, "no Chinese word of two characters": 2} == (
        taxonomy.left_out
    )
    assert sum(map(len, (CATEGORIES, ATTRIBUTES, VALUES))) == taxonomy.pairs + sum(taxonomy.left_out.values())


def test_chinese(checkout: Checkout) -> None:
    """Taiwan gets zh-TW as it is; Hong Kong, which has no locale there, zh-TW in its own characters."""
    assert "洋裝" in {row.target for row in read(checkout(), "tw")}
    taxonomy = read_taxonomy(
        checkout(), "hk", status="admitted", use="suggest", convert=lambda text: text.replace("裝", "X")
    )
    assert "zh-TW" == taxonomy.locale
    assert "洋X" in {row.target for row in taxonomy.rows}
    assert {"admitted"} == {row.status for row in taxonomy.rows}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("zh-CN:\n  categories: a: b\n", r"zh-CN\.yml:2: no YAML"),
        ("en:\n  categories: {}\n", r"zh-CN\.yml: no name; 'zh-CN:', 'categories:' and ids"),
        ("", r"zh-CN\.yml: no name"),
        ("[" * 100_000, r"zh-CN\.yml:1: nested too deep"),
        ("a: &a [x]\n*a : [*a, *a]\n", r"zh-CN\.yml: no name"),
    ],
)
def test_broken_files(checkout: Checkout, content: str, message: str) -> None:
    """A file that is no YAML, or not the taxonomy's, is named with its line."""
    path = checkout()
    (path / "data" / "localizations" / "categories" / "zh-CN.yml").write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read(path)


def test_unusual_names(checkout: Checkout) -> None:
    """A name that YAML takes for something else (no, 12) or that has aliases by the thousand does no harm."""
    path = checkout()
    folder = path / "data" / "localizations" / "values"
    (folder / "zh-CN.yml").write_text(
        "zh-CN:\n values:\n  a: &a {name: 甲乙}\n  b: *a\n  c: {name: no}\n  d: {name: 12}\n  e: 5\n  f: {name: ~}\n"
        "  g: [x]\n  h: {name: 丙丁}\n",
        encoding="utf-8",
    )
    (folder / "en.yml").write_text(
        "en:\n values: {a: {name: Ay}, b: {name: Ay}, c: {name: 'No'}, d: {name: T}, h: {name: No}}\n", encoding="utf-8"
    )
    assert [("甲乙", "ay"), ("丙丁", "no")] == [
        (row.source, row.target) for row in read(path) if row.field == "attribute-value"
    ]


def test_no_checkout(tmp_path: Path, checkout: Checkout) -> None:
    """The message says what to give."""
    with pytest.raises(UsageError, match="give a checkout of Shopify/product-taxonomy"):
        read(tmp_path / "none")
    (checkout() / "data" / "localizations" / "categories" / "zh-TW.yml").unlink()
    with pytest.raises(UsageError, match=r"no zh-TW\.yml"):
        read(tmp_path, "tw")


@pytest.mark.shared
@pytest.mark.parametrize(("market", "least"), [("us", 25_000), ("tw", 25_000)])
def test_whole_taxonomy(shared: Path, checkout: Checkout, market: str, least: int) -> None:
    """The whole taxonomy can be imported: nearly all names are pairs, and few of them contradict our terms."""
    sections: dict[str, Names] = {}
    for section in ("categories", "attributes", "values"):
        with (shared / "taxonomy" / f"trilingual.{section}.tsv").open(encoding="utf-8", newline="") as file:
            lines = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            sections[section] = {
                line["key"]: (line["en"], line["zh-CN"], line["zh-TW"]) for line in lines if line["field"] == "name"
            }
    taxonomy = read_taxonomy(checkout(**sections), market, status="preferred", use="suggest")
    assert least < taxonomy.pairs
    merged = merge(read_table(glossary_root() / market / "terms.tsv").rows, taxonomy.rows, loose=True)
    known = len(merged.unchanged) + len(merged.conflicting)
    assert 0 < len(merged.conflicting) < known / 2
    assert 15_000 < len(merged.added)
