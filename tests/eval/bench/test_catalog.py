"""Made catalogs: the same every time, with the duplicates that they are to have."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from shopglot.catalog import read
from shopglot.types import Listing
from shopglot_eval.bench.catalog import Maker, load_sample, summarize, write_catalog, write_changed
from shopglot_eval.bench.growth import GROWTH
from shopglot_eval.bench.pieces import rewritten, texts_of
from shopglot_eval.bench.words import masked
from shopglot_eval.bench.writing import Writer, altered

SAMPLE = Path(__file__).parents[3] / "eval" / "data" / "sample_catalog.jsonl"


@pytest.fixture(scope="module")
def sample() -> list[Listing]:
    """The sample catalog."""
    return load_sample(SAMPLE)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, sample: list[Listing]) -> Path:
    """A catalog of 400 listings."""
    path = tmp_path_factory.mktemp("made") / "catalog.jsonl"
    write_catalog(path, 400, sample)
    return path


def listings(path: Path) -> list[Listing]:
    """Return the listings of a catalog, all of whose lines can be read."""
    found = list(read(str(path)))
    assert all(isinstance(line, Listing) for line in found)
    return [line for line in found if isinstance(line, Listing)]


def fields_of(listing: Listing) -> dict[str, Any]:
    """Return a listing's fields."""
    found: Any = listing.document["fields"]
    return dict(found)


def test_it_is_the_same_every_time(tmp_path: Path, sample: list[Listing], made: Path) -> None:
    """The same number gives the same bytes, and a smaller catalog is the beginning of a larger one."""
    write_catalog(tmp_path / "again.jsonl", 400, sample)
    write_catalog(tmp_path / "less.jsonl", 150, sample)
    assert made.read_bytes() == (tmp_path / "again.jsonl").read_bytes()
    assert made.read_bytes().startswith((tmp_path / "less.jsonl").read_bytes())


def test_it_begins_with_the_sample(sample: list[Listing], made: Path) -> None:
    """The first listings are the sample as it is; all have an identity of their own."""
    found = listings(made)
    assert [dict(one.document) for one in sample] == [dict(one.document) for one in found[: len(sample)]]
    assert 400 == len({(one.merchant, one.id) for one in found})


def test_its_duplicates_are_those_that_were_measured(made: Path) -> None:
    """Of every common kind as many texts are different as its growth says, give or take a quarter.

    (The sample, which is the beginning, has more names of attributes than its share.)
    """
    said = Counter[str]()
    for one in listings(made):
        said.update(kind for kind, _ in set(texts_of(one)))
    found = {kind: (said[kind], distinct) for kind, (_, distinct) in summarize(made).items()}
    common = {kind: counts for kind, counts in found.items() if counts[0] >= 250 and kind != "description"}
    assert {"title", "note", "attribute-name", "attribute-value", "hashtag", "option-name"} <= common.keys()
    for kind, (count, distinct) in common.items():
        assert GROWTH[kind].expected(count) == pytest.approx(distinct, rel=1 / 4), kind


def test_merchants_share_what_they_say_after_the_sale(sample: list[Listing], made: Path) -> None:
    """Lines that shops of the sample share are in several shops of the made catalog, more often than others."""
    said = Counter(text for one in sample for kind, text in texts_of(one) if kind == "description")
    stock = {text for text, times in said.items() if times > 1}
    shops = {text: set[str]() for text in stock}
    texts = [(one.merchant, text) for one in listings(made) for kind, text in texts_of(one) if kind == "description"]
    for shop, text in texts:
        if text in stock:
            shops[text].add(shop)
    share = sum(text in stock for _, text in texts) / len(texts)
    assert share == pytest.approx(GROWTH["description"].stock, abs=0.04)
    assert all(len(own) > 1 for own in shops.values())


def test_a_variant_differs_in_numbers_and_colours(sample: list[Listing]) -> None:
    """Where every listing is a variant, nothing else changes in any."""
    documents = Maker(sample, variants=1.0).listings()
    forms = {masked(text) for one in sample for _, text in texts_of(one)}
    made = [next(documents) for _ in range(len(sample) + 30)][len(sample) :]
    texts = [str(document["fields"].get("title", "")) for document in made]
    originals = {str(fields_of(one).get("title", "")) for one in sample}
    assert {masked(text) for text in texts} <= {masked(text) for text in originals}
    assert set(texts) - originals
    assert forms


def test_what_nobody_writes_anew_stays(sample: list[Listing], made: Path) -> None:
    """Addresses and the kinds of fields come out as they went in: a made page has the shape of its sample."""
    same = 0
    for shape, one in zip(sample, listings(made)[len(sample) : 2 * len(sample)], strict=True):
        urls = [image["url"] for image in fields_of(one).get("images", ())]
        assert all(url.startswith("https://img.example.com/") for url in urls)
        same += fields_of(shape).keys() == fields_of(one).keys()
    assert same >= len(sample) - 3  # all but the variants of other listings


def test_an_identity_changes_nothing(sample: list[Listing]) -> None:
    """A listing put together from its own texts is the listing."""
    for one in sample:
        assert dict(one.document) == rewritten(one, lambda kind, text: text)


@pytest.mark.parametrize(("share", "expected"), [(0.03, 12), (0.0001, 1), (1.0, 400), (0.0, 0)])
def test_a_share_changes(tmp_path: Path, sample: list[Listing], made: Path, share: float, expected: int) -> None:
    """So many lines change and no others: one of three is another listing, the others have other texts."""
    path = tmp_path / "later.jsonl"
    assert expected == write_changed(made, path, share, sample)
    before, after = listings(made), listings(path)
    differ = [(old, new) for old, new in zip(before, after, strict=True) if old.document != new.document]
    assert expected == len(differ)
    replaced = [new for old, new in differ if old.id != new.id]
    assert expected // 3 == len(replaced)
    assert len({(one.merchant, one.id) for one in after}) == len(after)
    edited = [(old, new) for old, new in differ if old.id == new.id]
    assert all(list(texts_of(old)) != list(texts_of(new)) for old, new in edited)


def test_a_change_is_the_same_every_time(tmp_path: Path, sample: list[Listing], made: Path) -> None:
    """And does not depend on what the catalog's listings are called."""
    for name in ("a", "b"):
        write_changed(made, tmp_path / name, 0.05, sample)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_new_texts_never_run_out() -> None:
    """One word alone gives any number of texts; what is opaque stays in one piece."""
    writer = Writer([("title", "杯"), ("bullet", "<b>轻便</b>，好用")])
    for like in ("杯", "黑色", "💡", "30ml", "<b>轻便</b>，好用"):
        texts = writer.write("title", like, Random(1))  # noqa: S311 - the same every time
        found = [next(texts) for _ in range(200)]
        assert len(set(found)) > 100, like
        assert all(text.count("<") == like.count("<") for text in found)


def test_numbers_keep_their_size() -> None:
    """A number stays as long as it was, and one within a code or an address stays as it is."""
    chance = Random(3)  # noqa: S311 - the same every time
    for text in ("净重300g，3件", "第3.5版", "满99减10"):
        other = altered(text, chance)
        assert masked(text) == masked(other)
        assert len(text) == len(other)
    assert "https://a.example/30/x9?n=12 SK-II AB-12" == altered("https://a.example/30/x9?n=12 SK-II AB-12", chance)


def test_a_catalog_is_made_of_something() -> None:
    """Nothing can be made of nothing."""
    with pytest.raises(ValueError, match="one listing"):
        Maker([])
