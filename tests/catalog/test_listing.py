"""What makes a listing, and the reason for everything that does not."""

import hashlib
from typing import Any

import pytest

from shopglot.catalog.listing import parse
from shopglot.catalog.reasons import MAX_FIELD_CHARS, MAX_ID_CHARS, MAX_LINE_BYTES
from shopglot.types import BrokenLine, Listing


def nested(levels: int) -> list[Any]:
    """Return lists inside one another."""
    result: list[Any] = []
    for _ in range(levels - 1):
        result = [result]
    return result


def listing(**fields: Any) -> dict[str, Any]:
    """Return a document with these fields."""
    return {"id": "a", "merchant": "m", "fields": fields}


GOOD: list[dict[str, Any]] = [
    {"id": "a", "fields": {}},
    {"id": "a", "fields": {"title": None, "bullets": None, "variants": [None, {"options": None}], "images": [None]}},
    listing(attributes={"厚度": 2, "可机洗": True, "空": None, "长": 1.5}, size_chart=[["M", 96, None], None]),
    listing(variants=[{"sku": 1, "options": {"尺码": 38}, "weight": {"g": [1, 2]}}], images=[{"url": 7, "alt": None}]),
    listing(title="\x01\x1b[31m\u200b\U00020000👨‍👩‍👧"),
    {"id": "a", "fields": {"title": "x"}, "price": 5, "stock": "many", "url": None, "__proto__": {"fields": 1}},
    {"id": "a" * MAX_ID_CHARS, "fields": {"title": "x" * MAX_FIELD_CHARS}},
    {"id": "a", "fields": {"unknown": "x" * (MAX_FIELD_CHARS + 1)}, "deep": nested(99)},
]

BROKEN: list[tuple[object, str, str]] = [
    (None, "object.expected", ""),
    ([], "object.expected", ""),
    ("id", "object.expected", ""),
    ({}, "id.missing", "/id"),
    ({"id": None, "fields": {}}, "id.missing", "/id"),
    ({"id": " ", "fields": {}}, "id.missing", "/id"),
    ({"id": 5, "fields": {}}, "id.type", "/id"),
    ({"id": ["a"], "fields": {}}, "id.type", "/id"),
    ({"id": "a" * (MAX_ID_CHARS + 1), "fields": {}}, "field.too-long", "/id"),
    ({"id": "a", "merchant": "a" * (MAX_ID_CHARS + 1), "fields": {}}, "field.too-long", "/merchant"),
    ({"id": "a", "merchant": 1, "fields": {}}, "field.type", "/merchant"),
    ({"id": "a", "brand": ["x"], "fields": {}}, "field.type", "/brand"),
    ({"id": "a", "category": 1, "fields": {}}, "field.type", "/category"),
    ({"id": "a", "markets": "us", "fields": {}}, "field.type", "/markets"),
    ({"id": "a", "markets": ["us", 1], "fields": {}}, "field.type", "/markets/1"),
    ({"id": "a"}, "fields.missing", "/fields"),
    ({"id": "a", "fields": None}, "fields.missing", "/fields"),
    ({"id": "a", "fields": "title"}, "fields.type", "/fields"),
    (listing(title=1), "field.type", "/fields/title"),
    (listing(note={"a": "b"}), "field.type", "/fields/note"),
    (listing(bullets="one"), "field.type", "/fields/bullets"),
    (listing(bullets=["one", 2]), "field.type", "/fields/bullets/1"),
    (listing(hashtags=[["#a"]]), "field.type", "/fields/hashtags/0"),
    (listing(attributes=[["材质", "棉"]]), "field.type", "/fields/attributes"),
    (listing(attributes={"a/b~c": ["棉"]}), "field.type", "/fields/attributes/a~1b~0c"),
    (listing(variants={"sku": "A"}), "field.type", "/fields/variants"),
    (listing(variants=["A"]), "field.type", "/fields/variants/0"),
    (listing(variants=[{}, {"options": {"颜色": {}}}]), "field.type", "/fields/variants/1/options/颜色"),
    (listing(size_chart=[["M"], "L"]), "field.type", "/fields/size_chart/1"),
    (listing(size_chart=[["M", []]]), "field.type", "/fields/size_chart/0/1"),
    (listing(images=["https://example.com"]), "field.type", "/fields/images/0"),
    (listing(images=[{"alt": 3}]), "field.type", "/fields/images/0/alt"),
    (listing(title="x" * (MAX_FIELD_CHARS + 1)), "field.too-long", "/fields/title"),
    (listing(attributes={"x" * (MAX_FIELD_CHARS + 1): 1}), "field.too-long", "/fields/attributes/" + "x" * 180 + "…"),
    (listing(title="a\ud83d"), "text.surrogate", "/fields/title"),
    ({"id": "a", "fields": {}, "x": [{"\udc00": 1}]}, "text.surrogate", "/x/0/\\udc00"),
    (listing(bullets=["ok", "a\x00b"]), "text.control", "/fields/bullets/1"),
    ({"id": "a", "fields": {}, "rank": float("nan")}, "number.not-finite", "/rank"),
    ({"id": "a", "fields": {}, "rank": [float("-inf")]}, "number.not-finite", "/rank/0"),
    ({"id": "a", "fields": {}, "x": b"raw"}, "json.type", "/x"),
    ({"id": "a", "fields": {}, "x": {1: "one"}}, "json.type", "/x/1"),
    ({"id": "a", "fields": {}, "x": nested(100)}, "nesting.too-deep", "/x" + "/0" * 99),
    ({"id": "a", "fields": {"unknown": "x" * MAX_LINE_BYTES}}, "line.too-long", ""),
]


@pytest.mark.parametrize("document", GOOD)
def test_good(document: dict[str, Any]) -> None:
    """A listing is accepted as it is, and knows where it stood."""
    item = parse(document, line=7)
    assert isinstance(item, Listing), item
    assert (7, document["id"], document.get("merchant", "")) == (item.line, item.id, item.merchant)
    assert document is item.document


@pytest.mark.parametrize(
    ("document", "reason", "field"), BROKEN, ids=lambda value: value[:40] if isinstance(value, str) else ""
)
def test_broken(document: object, reason: str, field: str) -> None:
    """What is no listing gets a stable reason, the field's path, and messages that can be printed and stored."""
    item = parse(document, line=3)
    assert isinstance(item, BrokenLine)
    assert (3, reason, field) == (item.line, item.reason, item.field)
    for message in (item.message, item.message_zh):
        assert message.encode("utf-8")
        assert "\x00" not in message
        assert len(message) < 600
        assert "{" not in message.replace(field, "")


def test_hostile_nesting() -> None:
    """Nesting that would exhaust the stack is refused without following it."""
    item = parse({"id": "a", "fields": {}, "x": nested(200_000)}, line=1)
    assert getattr(item, "reason", "") == "nesting.too-deep"


def test_identity_of_broken() -> None:
    """A broken line tells merchant and id as far as they could be read and stored."""
    item = parse({"id": "a1", "merchant": "店", "fields": 3}, line=1)
    assert ("店", "a1") == (item.merchant, item.id)
    item = parse({"id": "a\ud800", "merchant": "m\x00", "fields": {}}, line=1)
    assert ("", "") == (item.merchant, item.id)


def test_markets_and_category() -> None:
    """Markets are None where the listing does not narrow them, and an empty list narrows to none."""
    item = parse({"id": "a", "category": "衣", "markets": ["us", "hk"], "fields": {}}, line=1)
    assert isinstance(item, Listing)
    assert (("us", "hk"), "衣") == (item.markets, item.category)
    for markets, expected in ((None, None), ([], ())):
        item = parse({"id": "a", "markets": markets, "fields": {}}, line=1)
        assert isinstance(item, Listing)
        assert expected == item.markets


def test_digest() -> None:
    """The digest is SHA-256 of the canonical JSON: key order does not matter, any value does."""
    one = parse({"id": "a", "fields": {"title": "棉", "note": "\U00020000"}}, line=1)
    two = parse({"fields": {"note": "\U00020000", "title": "棉"}, "id": "a"}, line=2)
    other = parse({"fields": {"note": "\U00020000", "title": "绵"}, "id": "a"}, line=2)
    assert isinstance(one, Listing)
    assert isinstance(two, Listing)
    assert isinstance(other, Listing)
    text = '{"fields":{"note":"\U00020000","title":"棉"},"id":"a"}'
    assert hashlib.sha256(text.encode()).hexdigest() == one.digest == two.digest
    assert one.digest != other.digest
