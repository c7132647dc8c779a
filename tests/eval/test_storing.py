"""The measurements of the store, small: what they claim to see they see."""

from __future__ import annotations

import pytest

from shopglot_eval import storing


@pytest.mark.parametrize("market", ["us", "hk"])
def test_an_edited_term_is_translated_again_where_it_stands(market: str) -> None:
    """After a term was edited the engine is asked for exactly the texts that have it."""
    found = storing.edit_term(120, market)
    assert (0, 0) == (found["missed"], found["needless"])
    assert 0 < found["with_term"] < found["texts"]
    assert found["asked"] < found["asked_first"]
