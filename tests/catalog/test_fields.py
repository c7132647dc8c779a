"""Walking the texts of a listing and putting others in their place."""

from typing import Any

import pytest

from shopglot.catalog import parse, rebuild, walk
from shopglot.types import Listing


def listing(document: dict[str, Any]) -> Listing:
    """Return the listing of a good document."""
    item = parse(document, line=1)
    assert isinstance(item, Listing), item
    return item


FULL = {
    "note": "top-level note passes through",
    "brand": "回力",
    "fields": {
        "images": [{"url": "https://example.com/1.jpg", "alt": "正面"}, None, {"alt": " "}],
        "note": "备注",
        "hashtags": ["#穿搭", "", None],
        "size_chart": [["尺码", "胸围"], None, ["M", 96]],
        "variants": [{"sku": "A1", "options": {"颜色": "雾霾蓝", "尺码": 38}}, {"sku": "A2"}],
        "attributes": {"材质": "记忆棉", "a/b~c": "x", "\u3000": "空名", "厚": 2, "无": None},
        "description": "<p>好</p>",
        "bullets": ["柔软", "\u3000\n", None, "透气"],
        "subtitle": None,
        "title": "鞋",
        "video": {"caption": "unknown"},
    },
    "id": "a",
}

EXPECTED = [
    ("/brand", "brand", "回力"),
    ("/fields/title", "title", "鞋"),
    ("/fields/bullets/0", "bullet", "柔软"),
    ("/fields/bullets/3", "bullet", "透气"),
    ("/fields/description", "description", "<p>好</p>"),
    ("/fields/attributes/材质~key", "attribute-name", "材质"),
    ("/fields/attributes/材质", "attribute-value", "记忆棉"),
    ("/fields/attributes/a~1b~0c~key", "attribute-name", "a/b~c"),
    ("/fields/attributes/a~1b~0c", "attribute-value", "x"),
    ("/fields/attributes/\u3000", "attribute-value", "空名"),
    ("/fields/attributes/厚~key", "attribute-name", "厚"),
    ("/fields/attributes/无~key", "attribute-name", "无"),
    ("/fields/variants/0/options/颜色~key", "option-name", "颜色"),
    ("/fields/variants/0/options/颜色", "option-value", "雾霾蓝"),
    ("/fields/variants/0/options/尺码~key", "option-name", "尺码"),
    ("/fields/size_chart/0/0", "size-cell", "尺码"),
    ("/fields/size_chart/0/1", "size-cell", "胸围"),
    ("/fields/size_chart/2/0", "size-cell", "M"),
    ("/fields/hashtags/0", "hashtag", "#穿搭"),
    ("/fields/note", "note", "备注"),
    ("/fields/images/0/alt", "alt", "正面"),
]


def test_walk() -> None:
    """Texts come in a fixed order whatever the order of keys; blanks, nulls and numbers are left out."""
    assert EXPECTED == [(field.path, field.name, field.text) for field in walk(listing(FULL))]


def test_walk_empty() -> None:
    """A listing without fields has no texts."""
    assert [] == list(walk(listing({"id": "a", "fields": {}})))


def test_rebuild_every_text() -> None:
    """Each text is replaced where it stood; everything else, order included, stays."""
    item = listing(FULL)
    document = rebuild(item, {field.path: field.text.upper() + "!" for field in walk(item)})
    assert [field.text.upper() + "!" for field in walk(item)] == [field.text for field in walk(listing(document))]
    fields: Any = document["fields"]
    assert ["材质!", "A/B~C!", "\u3000", "厚!", "无!"] == list(fields["attributes"])
    assert {"颜色!": "雾霾蓝!", "尺码!": 38} == fields["variants"][0]["options"]
    assert ["柔软!", "\u3000\n", None, "透气!"] == fields["bullets"]
    assert ["M!", 96] == fields["size_chart"][2]
    assert list(FULL) == list(document)
    assert FULL["note"] == document["note"]


def test_rebuild_copies() -> None:
    """The listing's own document is not touched, and shares nothing with the result."""
    item = listing({"id": "a", "fields": {"attributes": {"甲": "一"}}, "extra": {"list": [1]}})
    document: Any = rebuild(item, {"/fields/attributes/甲~key": "First"})
    document["extra"]["list"].append(2)
    assert {"id": "a", "fields": {"attributes": {"甲": "一"}}, "extra": {"list": [1]}} == item.document


def test_rebuild_equal_names() -> None:
    """Names that become equal are numbered, so that no value is lost."""
    attributes = {"颜色": "1", "色彩": "2", "Color": "3", "Color (2)": "4"}
    item = listing({"id": "a", "fields": {"attributes": attributes}})
    targets = {"/fields/attributes/颜色~key": "Color", "/fields/attributes/色彩~key": "Color"}
    document: Any = rebuild(item, targets)
    expected = [("Color", "1"), ("Color (2)", "2"), ("Color (3)", "3"), ("Color (2) (2)", "4")]
    assert expected == list(document["fields"]["attributes"].items())


def test_rebuild_name_and_value() -> None:
    """A value is found by its old name though the name changes as well."""
    item = listing({"id": "a", "fields": {"attributes": {"甲": "乙", "乙": "甲"}}})
    path = "/fields/attributes/"
    targets = {path + "甲~key": "乙", path + "甲": "x", path + "乙~key": "甲", path + "乙": "y"}
    document: Any = rebuild(item, targets)
    assert {"乙": "x", "甲": "y"} == document["fields"]["attributes"]


@pytest.mark.parametrize("path", ["/fields/subtitle", "/fields/bullets/9", "/id", "/fields/attributes/无", "x", ""])
def test_rebuild_refuses_other_paths(path: str) -> None:
    """A text without a place is an error, not a loss."""
    with pytest.raises(KeyError):
        rebuild(listing(FULL), {path: "text"})
