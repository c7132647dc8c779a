"""Strict JSON."""

import json

import pytest

from shopglot.catalog.decode import decode
from shopglot.catalog.reasons import LineError


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "json.invalid"),
        ("{'a': 1}", "json.invalid"),
        ('{"a": 1,}', "json.invalid"),
        ('{"a": "\x01"}', "json.invalid"),
        ("1" * 5_000, "json.invalid"),
        ('{"a": 1, "a": 1}', "json.duplicate-key"),
        ('{"x": [{"\\u0061": 1, "a": 2}]}', "json.duplicate-key"),
        ("[" * 100_000, "nesting.too-deep"),
        ('{"a":' * 100_000, "nesting.too-deep"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_decode_refuses(text: str, reason: str) -> None:
    """Strict JSON refuses what the standard library accepts or dies of."""
    with pytest.raises(LineError) as caught:
        decode(text)
    assert reason == caught.value.reason


def test_decode_keeps_order_and_values() -> None:
    """What is valid decodes as the standard library decodes it."""
    text = '{"b": [1, 2.5, true, null, "\\ud83d\\ude00"], "a": {"__proto__": {}}}'
    assert list(json.loads(text).items()) == list(decode(text).items())
