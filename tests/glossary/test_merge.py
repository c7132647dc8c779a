"""An import adds, grows or contradicts a group; it overrides nothing unless it is told to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.glossary.merge import merge
from shopglot.glossary.rows import Row

MASK = Row(source="面膜", target="sheet mask", pos="noun", line=2)
WRONG = Row(source="面膜", target="membrane", status="forbidden", line=3)
CREAM = Row(source="面霜", target="face cream", line=4)
OURS = (MASK, WRONG, CREAM)


def test_the_same() -> None:
    """Importing a table into itself changes nothing."""
    merged = merge(OURS, OURS)
    assert OURS == merged.rows
    assert 2 == len(merged.unchanged)
    assert frozenset() == merged.written


def test_added() -> None:
    """A new term comes last."""
    new = Row(source="精华", target="serum")
    merged = merge(OURS, [new])
    assert (*OURS, new) == merged.rows
    assert (("精华", "", ""),) == merged.added


def test_grown() -> None:
    """Another target of a known term comes after the rows of that term; a note that it knows better is taken."""
    admitted = Row(source="面膜", target="face mask", status="admitted")
    merged = merge(OURS, [replace(MASK, note="one a pack"), admitted])
    assert (replace(MASK, note="one a pack"), WRONG, admitted, CREAM) == merged.rows
    assert (("面膜", "", ""),) == merged.changed


@pytest.mark.parametrize(
    ("row", "ours"),
    [(replace(MASK, target="facial mask"), MASK), (replace(WRONG, status="admitted"), WRONG)],
)
def test_conflict(row: Row, ours: Row) -> None:
    """Another preferred target, or another status, is reported, and the table stays."""
    merged = merge(OURS, [row])
    assert OURS == merged.rows
    assert [(ours, row)] == [(conflict.ours, conflict.theirs) for conflict in merged.conflicts]
    assert (("面膜", "", ""),) == merged.conflicting


def test_override() -> None:
    """With override the imported group takes the place of ours, under our spelling of the source."""
    merged = merge(OURS, [Row(source="麵膜".replace("麵", "面"), target="facial mask")], override=True)
    assert (Row(source="面膜", target="facial mask"), CREAM) == merged.rows
    assert {"面膜"} == merged.written
    assert 1 == len(merged.conflicts)


def test_folded_source() -> None:
    """A source in other characters is the same term."""
    assert (("面膜", "", ""),) == merge(OURS, [replace(MASK, source="面膜")]).unchanged
    cable = Row(source="usb线", target="USB cable")
    assert (cable,) == merge([cable], [replace(cable, source="ＵＳＢ線")]).rows


def test_use_that_is_not_said() -> None:
    """A row that says no use keeps ours; a new one gets the default."""
    ours = replace(MASK, use="suggest")
    merged = merge([ours], [replace(MASK, use=""), replace(CREAM, use="")], use="suggest")
    assert (ours, replace(CREAM, use="suggest")) == merged.rows


def test_suggestions_shadow_nothing() -> None:
    """A suggestion for a special case does not override what is enforced in general; an enforced one may."""
    special = Row(source="面膜", target="paint mask", use="suggest", field="attribute-value")
    assert (OURS, 1) == ((merged := merge(OURS, [special])).rows, len(merged.conflicts))
    assert (*OURS, special) == merge(OURS, [special], override=True).rows
    assert 1 == len(merge(OURS, [replace(special, target="sheet mask")]).unchanged)
    enforced = replace(special, use="enforce")
    assert (*OURS, enforced) == merge(OURS, [enforced]).rows


def test_names() -> None:
    """A term that is a brand's name conflicts with the brand."""
    name = Row(source="小米", target="Xiaomi", use="keep", line=9)
    assert [name] == [
        conflict.ours for conflict in merge((), [Row(source="小米", target="millet")], names=[name]).conflicts
    ]
    assert 1 == len(merge((), [Row(source="小米", target="Xiaomi")], names=[name]).unchanged)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("dress", "Dresses"),
        ("scarf", "scarves"),
        ("T-shirt", "T Shirts"),
        ("vase", "vases"),
        ("mattress", "mattresses"),
        ("accessory", "Accessories"),
        ("knife", "knives"),
        ("purse", "purses"),
        ("hair tie", "Hair Ties"),
    ],
)
def test_loose(ours: str, theirs: str) -> None:
    """A loose import takes case, hyphens and plurals for the same, and then adds nothing."""
    row = Row(source="词", target=ours)
    merged = merge([row], [replace(row, target=theirs)], loose=True)
    assert ((row,), ()) == (merged.rows, merged.conflicts)
    assert merge([row], [replace(row, target=theirs)]).conflicts


def test_loose_but_not_blind() -> None:
    """Other words conflict, and so does a target that we forbid; an admitted one agrees."""
    admitted = replace(MASK, target="face mask", status="admitted")
    for target, conflicts in (("dress", 1), ("membrane", 1), ("Face Masks", 0)):
        assert conflicts == len(merge((*OURS, admitted), [replace(MASK, target=target)], loose=True).conflicts)


row = st.builds(
    Row,
    source=st.sampled_from("面膜 面霜 精华 ＵＳＢ usb".split()),
    target=st.sampled_from("a b c d".split()),
    status=st.sampled_from(["preferred", "admitted", "forbidden"]),
    category=st.sampled_from(["", "美妆"]),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(row, max_size=8), st.lists(row, max_size=8))
def test_laws(ours: list[Row], theirs: list[Row]) -> None:
    """Nothing of ours is lost or moved, every imported group has one fate, and importing again changes nothing."""
    ours = list(dict.fromkeys(ours))
    merged = merge(ours, theirs)
    kept = [(old.source, old.target, old.status, old.condition) for old in ours]
    now = [(new.source, new.target, new.status, new.condition) for new in merged.rows]
    assert kept == [place for place in now if place in kept]
    fates = [*merged.added, *merged.changed, *merged.unchanged, *merged.conflicting]
    assert len({(one.source, one.condition) for one in theirs}) == len(fates)
    again = merge(merged.rows, theirs)
    assert merged.rows == again.rows
    assert () == again.added
