"""Ids of what a report is made of."""

from __future__ import annotations

import pytest

from shopglot_eval.reporting.document import LONGEST_ID, block_id

NAMES = ("a b", "a-b", "a  b", "a/b", "a?b", "甲", "甲乙", "\ud800", "x" * 300, "x" * 301, "", "a\x00b", "A b")


def test_plain_names_are_kept() -> None:
    """A reader of the JSON finds them again."""
    assert "score-commerce-test-us" == block_id("score", "commerce-test", "us")
    assert "modes-s-us-qwen2.5" == block_id("modes", "s", "us", "qwen2.5")


def test_odd_names_have_ids_of_their_own() -> None:
    """No two the same, none with what an id or an address cannot have, the same every time."""
    ids = [block_id("t", "suite", "us", name) for name in NAMES]
    assert len(set(ids)) == len(ids)
    assert ids == [block_id("t", "suite", "us", name) for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_ids_are_fit_for_a_page(name: str) -> None:
    """No spaces, nothing that an address gives a meaning, and not too long."""
    own = block_id("t", name)
    assert not any(sign.isspace() or sign in "?#%/\"'<>&" for sign in own)
    assert len(own) < LONGEST_ID + 20
    own.encode("utf-8")
