"""Laws that hold for every listing: rebuilding, exporting and reading back change nothing."""

import io
import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopglot import catalog
from shopglot.types import Listing

TEXT = st.text(
    st.one_of(st.sampled_from("棉a ,\"'\n\r\t[]{}|#=~/\\\u2028\ufeff\u3000"), st.characters(codec="utf-8")), max_size=8
).filter(lambda text: "\x00" not in text)
MAYBE = st.none() | TEXT
SCALAR = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
JSON: st.SearchStrategy[Any] = st.recursive(
    SCALAR | TEXT, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=5
)
PAIRS = st.none() | st.dictionaries(TEXT, SCALAR | TEXT, max_size=3)
VARIANT = st.fixed_dictionaries({}, optional={"sku": JSON, "options": PAIRS, "x": JSON})
IMAGE = st.fixed_dictionaries({}, optional={"url": JSON, "alt": MAYBE})
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "title": MAYBE,
        "subtitle": MAYBE,
        "description": MAYBE,
        "note": MAYBE,
        "bullets": st.none() | st.lists(MAYBE, max_size=3),
        "hashtags": st.none() | st.lists(MAYBE, max_size=3),
        "attributes": PAIRS,
        "variants": st.none() | st.lists(st.none() | VARIANT, max_size=2),
        "size_chart": st.none() | st.lists(st.none() | st.lists(SCALAR | TEXT, max_size=2), max_size=2),
        "images": st.none() | st.lists(st.none() | IMAGE, max_size=2),
        "video": JSON,
    },
)
DOCUMENT = st.fixed_dictionaries(
    {"id": TEXT.filter(lambda text: bool(text.strip())), "fields": FIELDS},
    optional={
        "merchant": MAYBE,
        "brand": MAYBE,
        "category": MAYBE,
        "markets": st.none() | st.lists(st.sampled_from(["us", "hk", "", "a|b", " x"]), max_size=3),
        "price": JSON | st.fixed_dictionaries({}, optional={"amount": JSON, "currency": JSON, "was": JSON}),
        "stock": JSON,
        "title": JSON,
        "price.amount": JSON,
        "extra.json": JSON,
        "attribute:x": JSON,
        "fields.title": JSON,
    },
)
LAW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def listing(document: dict[str, Any]) -> Listing:
    """Return the listing of a good document."""
    item = catalog.parse(document, line=1)
    assert isinstance(item, Listing), item
    return item


@LAW
@given(DOCUMENT)
def test_rebuild_is_identity(document: dict[str, Any]) -> None:
    """Putting every text back where it was gives the same document, order included."""
    item = listing(document)
    rebuilt = catalog.rebuild(item, {field.path: field.text for field in catalog.walk(item)})
    assert json.dumps(document) == json.dumps(rebuilt)


@LAW
@given(DOCUMENT, st.randoms(use_true_random=False))
def test_rebuild_loses_nothing(document: dict[str, Any], random: Any) -> None:
    """Whatever the new texts are, as many values stand under each object as before."""

    def shape(value: Any) -> Any:
        if isinstance(value, dict):
            return [shape(item) for item in value.values()]
        return [shape(item) for item in value] if isinstance(value, list) else type(value)

    item = listing(document)
    targets = {field.path: random.choice(["", "x", "x (2)", "新"]) for field in catalog.walk(item)}
    assert shape(document) == shape(catalog.rebuild(item, targets))


@LAW
@given(st.lists(DOCUMENT, max_size=3))
def test_jsonl_comes_back(tmp_path: Path, documents: list[dict[str, Any]]) -> None:
    """JSONL that was exported reads back as the same listings, one a line."""
    out = io.StringIO()
    assert len(documents) == catalog.write_jsonl(documents, out)
    assert len(documents) == len(out.getvalue().splitlines())
    path = tmp_path / "out.jsonl"
    path.write_text(out.getvalue(), encoding="utf-8")
    assert [listing(document).digest for document in documents] == [
        getattr(item, "digest", item) for item in catalog.read(path)
    ]


@LAW
@given(st.lists(DOCUMENT, max_size=3))
def test_csv_comes_back(tmp_path: Path, documents: list[dict[str, Any]]) -> None:
    """CSV that was exported reads back as the same listings."""
    path = tmp_path / "out.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        assert len(documents) == catalog.write_csv(documents, out)
    assert [listing(document).digest for document in documents] == [
        getattr(item, "digest", item) for item in catalog.read(path)
    ]


@LAW
@given(st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b""))))
def test_every_line_gives_one_item(tmp_path: Path, lines: list[bytes]) -> None:
    """Any bytes at all give as many items as there are lines."""
    path = tmp_path / "any.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    assert len(lines) == len(list(catalog.read(path))) == catalog.total(path)


@LAW
@given(st.binary(max_size=200), st.sampled_from([b"id,title\n", b"Handle,Title,Option1 Name,Option1 Value\n"]))
def test_any_csv_is_read_to_its_end(tmp_path: Path, data: bytes, header: bytes) -> None:
    """Any bytes under a good header are read without an error, and a good record at the end is found."""
    path = tmp_path / "any.csv"
    path.write_bytes(header + data + b"\n" + b"last" + b",x" * header.count(b",") + b"\n")
    items = list(catalog.read(path))
    assert "last" == items[-1].id
    assert sorted({item.line for item in items}) == [item.line for item in items]
