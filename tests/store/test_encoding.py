"""Text and records come back from the database as they went in."""

from __future__ import annotations

from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.store import encoding
from shopglot.types import Finding

anything = st.text(
    st.characters(exclude_categories=()) | st.sampled_from("\x00\x1a\ud800\udfff\U00020bb7中a0"), max_size=40
)
findings = st.builds(
    Finding,
    check=anything,
    severity=st.sampled_from(["error", "warning", "info"]),
    side=st.sampled_from(["source", "target"]),
    start=st.integers(min_value=0),
    end=st.integers(min_value=0),
    text=anything,
    message=anything,
    message_zh=anything,
    suggestion=anything,
    basis=anything,
)


@settings(max_examples=200)
@given(anything)
def test_escaped_text_comes_back(text: str) -> None:
    """Any string survives, and its stored form is valid UTF-8 without U+0000."""
    stored = encoding.escape(text)
    assert text == encoding.unescape(stored)
    assert b"\x00" not in stored.encode("utf-8")


@settings(max_examples=100)
@given(st.tuples(anything, anything))
def test_different_texts_are_stored_differently(pair: tuple[str, str]) -> None:
    """Escaping never makes two texts one."""
    one, other = pair
    assert (one == other) == (encoding.escape(one) == encoding.escape(other))


@pytest.mark.parametrize("text", ["", "记忆棉 \U00020bb7 👨‍👩‍👧", "\\ud800", "<b>&amp;</b>\t\n"])
def test_ordinary_text_is_stored_as_it_is(text: str) -> None:
    """What a database takes is not touched, so that it can be searched and read."""
    assert text == encoding.escape(text)


@settings(max_examples=100)
@given(st.lists(findings, max_size=3).map(tuple))
def test_findings_come_back(made: tuple[Finding, ...]) -> None:
    """Findings survive JSON and escaping together."""
    assert made == encoding.decode_findings(encoding.unescape(encoding.escape(encoding.encode_findings(made))))


@given(st.lists(st.tuples(anything, st.floats(allow_nan=False)), max_size=4).map(tuple))
def test_signals_come_back(signals: tuple[tuple[str, float], ...]) -> None:
    """A score's signals keep their order and every bit of their values."""
    assert signals == encoding.decode_signals(encoding.encode_signals(signals))


@given(st.lists(anything, max_size=4).map(tuple))
def test_reasons_come_back(reasons: tuple[str, ...]) -> None:
    """Reasons keep their order."""
    assert reasons == encoding.decode_reasons(encoding.encode_reasons(reasons))


def test_findings_are_written_with_sorted_keys() -> None:
    """The stored form of a finding does not depend on the order of the record's fields."""
    finding = Finding(check="a", severity="info", side="source", start=0, end=1, text="t", message="m", message_zh="中")
    assert (
        '[{"basis":"","check":"a","end":1,"message":"m","message_zh":"中","severity":"info","side":"source","start":0,'
        '"suggestion":"","text":"t"}]'
    ) == encoding.encode_findings([finding])


def test_digest_ignores_the_order_of_keys_and_nothing_else() -> None:
    """The same content has one digest; a changed value, or a changed order in a list, has another."""
    one = encoding.digest({"a": 1, "b": [1, 2]})
    assert one == encoding.digest({"b": [1, 2], "a": 1})
    assert one == encoding.digest(MappingProxyType({"b": (1, 2), "a": 1}))
    assert one != encoding.digest({"b": [2, 1], "a": 1})


def test_identity_keys_do_not_run_together() -> None:
    """Merchant and id are two things: moving a letter from one to the other is another listing."""
    assert encoding.identity_key("ab", "c") != encoding.identity_key("a", "bc")
    assert len(encoding.identity_key("m", "x" * 100_000)) == 32


def test_a_value_that_is_no_json_is_refused() -> None:
    """A bug of the caller is an error, not a string in the database."""
    with pytest.raises(TypeError, match="set is no JSON value"):
        encoding.dump({"a": {1, 2}})  # type: ignore[dict-item]
