"""The Shopify product export: rows with one Handle are one product."""

import io
from typing import Any

import pytest

from shopglot.catalog.tabular import count, read
from shopglot.types import BrokenLine, Listing

HEADER = (
    "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,"
    "Option2 Value,Variant SKU,Variant Grams,Variant Price,Image Src,Image Position,Image Alt Text,SEO Title\n"
)
MAT = (
    'mat,瑜伽垫,"<p>软,\n厚</p>",回力,Sport > Yoga,垫,"瑜伽, 健身,",true,颜色,红,厚度,6mm,A1,900,89.00,'
    "https://example.com/1.jpg,1,正面,瑜伽垫 SEO\n"
    "mat,瑜伽垫,,,,,,,,蓝,,8mm,A2,,99.00,https://example.com/2.jpg,2,,other\n"
    "mat,,,,,,,,,,,,,,,https://example.com/3.jpg,3,背面,\n"
)
CUP = "cup,杯子,,,,杯,,,Title,Default Title,,,,,5,,,,\n"
WIDTH = HEADER.count(",")


def items(rows: str) -> list[Listing | BrokenLine]:
    """Return what an export gives."""
    return list(read(io.BytesIO((HEADER + rows).encode("utf-8")), delimiter=",", name="t.csv"))


def row(handle: str, title: str = "") -> str:
    """Return a row with little in it."""
    return f"{handle},{title}" + "," * (WIDTH - 1) + "\n"


def test_product() -> None:
    """Texts, options, prices, images and tags find their places; all else passes through where it stood."""
    mat, cup = items(MAT + CUP)
    expected: dict[str, Any] = {
        "id": "mat",
        "brand": "回力",
        "category": "Sport > Yoga",
        "Type": "垫",
        "Published": "true",
        "SEO Title": "瑜伽垫 SEO",
        "price": {"amount": "89.00"},
        "fields": {
            "title": "瑜伽垫",
            "description": "<p>软,\n厚</p>",
            "hashtags": ["瑜伽", "健身"],
            "variants": [
                {
                    "sku": "A1",
                    "options": {"颜色": "红", "厚度": "6mm"},
                    "Variant Grams": "900",
                    "Variant Price": "89.00",
                },
                {"sku": "A2", "options": {"颜色": "蓝", "厚度": "8mm"}, "Variant Price": "99.00", "SEO Title": "other"},
            ],
            "images": [
                {"url": "https://example.com/1.jpg", "alt": "正面", "Image Position": "1"},
                {"url": "https://example.com/2.jpg", "Image Position": "2"},
                {"url": "https://example.com/3.jpg", "alt": "背面", "Image Position": "3"},
            ],
        },
    }
    assert isinstance(mat, Listing), mat
    assert isinstance(cup, Listing), cup
    assert expected == mat.document
    assert (1, 4) == (mat.line, cup.line)
    fields = {"title": "杯子", "variants": [{"Variant Price": "5"}]}
    assert {"id": "cup", "category": "杯", "price": {"amount": "5"}, "fields": fields} == cup.document


def test_handles_that_are_not_consecutive() -> None:
    """A Handle that comes again later is a product of its own, for the run to refuse as a duplicate."""
    found = [(item.line, item.id) for item in items(row("a", "x") + row("b", "y") + row("a", "z"))]
    assert [(1, "a"), (2, "b"), (3, "a")] == found


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (row("a", "x") + "a,short\n" + row("b", "y"), [(1, "product.broken", "a"), (3, "", "b")]),
        (row("a", "x") + row("") + row("a") + row("b", "y"), [(1, "product.broken", "a"), (4, "", "b")]),
        (row("a", "x") + row("", "?") + row("b", "y"), [(1, "", "a"), (2, "id.missing", ""), (3, "", "b")]),
        ("a,short\n" + row("a", "x") + row("b", "y"), [(1, "columns.count", "a"), (3, "", "b")]),
        (row("", "?") + row("b", "y"), [(1, "id.missing", ""), (2, "", "b")]),
        (row("a", "x") + '"open\n' + row("b", "y"), [(1, "", "a"), (2, "csv.invalid", ""), (3, "", "b")]),
        (row("a", "x") + "\n", [(1, "", "a"), (2, "line.empty", "")]),
    ],
)
def test_broken_rows(rows: str, expected: list[tuple[int, str, str]]) -> None:
    """A broken row takes its product with it, since half a product must not be published, and no other."""
    assert expected == [(item.line, getattr(item, "reason", ""), item.id) for item in items(rows)]


def test_product_message_says_which_row() -> None:
    """The message for a product names the row that is broken, in both languages."""
    (item,) = items(row("a", "x") + "a,short\n")
    assert isinstance(item, BrokenLine)
    assert "Line 3 of the file: The row has 2 columns" in item.message
    assert "文件第 3 行：" in item.message_zh


def test_endless_product_is_refused() -> None:
    """A product whose rows exceed a line's limit is refused, and is not held."""
    long = "a,t," + "x" * 90_000 + "," * (WIDTH - 2) + "\n"
    found = [(item.line, getattr(item, "reason", ""), item.id) for item in items(long * 50 + row("b", "y"))]
    assert [(1, "line.too-long", "a"), (51, "", "b")] == found


def test_many_broken_rows_are_not_held() -> None:
    """Broken rows in great number are given one by one, each its own item."""
    found = [getattr(item, "reason", item.id) for item in items(row("a", "x") + row("") * 1_000 + row("a", "y"))]
    assert ["a", *["line.empty"] * 1_000, "a"] == found


def test_same_option_twice() -> None:
    """Two options of one name both stay."""
    (item,) = items("a,x,,,,,,,色,红,色,蓝,,,,,,,\n")
    assert isinstance(item, Listing), item
    assert {"title": "x", "variants": [{"options": {"色": "红", "Option2": "蓝"}}]} == item.document["fields"]


def test_total_is_unknown() -> None:
    """Products span rows, so their number is not known without reading."""
    assert count(io.BytesIO((HEADER + MAT).encode()), delimiter=",", name="t.csv") is None
