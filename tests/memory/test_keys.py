"""The keys of the translation memory: what they depend on, and what not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot.memory import field_policy, machine_key, normalise, unit_key
from shopglot.types import Mask, Quantity, Segment, SegmentKey, TermMatch

SEGMENT = Segment(
    key=SegmentKey(merchant="m", listing="1", path="/fields/title", index=0),
    field="title",
    style="phrase",
    source="面膜 5斤",
)
TERM = TermMatch(start=0, end=2, source="面膜", target="sheet mask")


def machine(segment: Segment, *, market: str = "us", model: str = "a@1", decoding: str = "") -> str:
    """Return the machine key."""
    return machine_key(segment, market=market, model=model, decoding=decoding)


def test_location_does_not_matter() -> None:
    """The same text in another listing is the same unit for man and machine."""
    other = replace(
        SEGMENT, key=SegmentKey(merchant="n", listing="2", path="/fields/subtitle", index=3), field="subtitle"
    )
    assert unit_key(SEGMENT, market="us") == unit_key(other, market="us")
    assert machine(SEGMENT) == machine(other)


@pytest.mark.parametrize(
    "other",
    [
        replace(SEGMENT, source="面膜 6斤"), replace(SEGMENT, field="attribute-value"), replace(SEGMENT, style="prose"),
        replace(SEGMENT, terms=(TERM,)), replace(SEGMENT, terms=(replace(TERM, target="mask"),)),
        replace(SEGMENT, terms=(replace(TERM, enforce=False),)),
        replace(
            SEGMENT,
            quantities=(Quantity(start=3, end=5, text="5斤", kind="mass", low="2.5", high="2.5", target="2.5 kg"),),
        ),
    ],
)  # fmt: skip
def test_machine_key_follows_what_the_engine_sees(other: Segment) -> None:
    """Source, field policy, style, terms and localized quantities each change the machine key."""
    assert machine(SEGMENT) != machine(other)


def test_machine_key_follows_model_decoding_and_market() -> None:
    """Another model, revision, decoding or market is another key."""
    keys = {
        machine(SEGMENT),
        machine(SEGMENT, model="a@2"),
        machine(SEGMENT, decoding="beam"),
        machine(SEGMENT, market="hk"),
    }
    assert 4 == len(keys)


def test_unit_key_ignores_the_machine() -> None:
    """A human's text is found whatever the glossary says today."""
    assert unit_key(SEGMENT, market="us") == unit_key(replace(SEGMENT, terms=(TERM,)), market="us")
    assert unit_key(SEGMENT, market="us") != unit_key(SEGMENT, market="hk")


def test_masks_alone_change_nothing() -> None:
    """Masks follow from the source; they are no key of their own."""
    masked = replace(SEGMENT, masks=(Mask(start=0, end=2, text="面膜", kind="code"),))
    assert unit_key(SEGMENT, market="us") == unit_key(masked, market="us")


@pytest.mark.parametrize(
    ("field", "policy"),
    [("title", "title"), ("subtitle", "title"), ("note", "prose"), ("size-cell", "value"), ("unheard", "prose")],
)
def test_field_policy(field: str, policy: str) -> None:
    """Fields that are written alike share a policy."""
    assert policy == field_policy(field)


def test_spaces_are_single() -> None:
    """Two writings of one text that differ in the number of spaces share what a person approved."""
    assert "纯棉 T恤 宽松" == normalise("  纯棉  T恤 \u3000 宽松 ".replace("\u3000", ""))
    assert "a b" == normalise("a   b")


@given(st.text())
def test_normalise_is_idempotent(text: str) -> None:
    """Normalising twice changes nothing more."""
    assert normalise(text) == normalise(normalise(text))
