"""What the tests of this room share: a maker of rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shopglot.sensitivity import Rule
from shopglot.sensitivity.rules import Example


def make_rule(**keys: Any) -> Rule:
    """Return a rule that reviews 坏词 on both sides, with some keys changed."""
    examples = tuple(Example(text=text) for text in ("一", "二", "三"))
    usual: dict[str, Any] = {
        "id": "us.test.word", "category": "test", "severity": "review", "side": "both", "patterns": ("坏词",),
        "basis": "Custom.", "message": "“{words}” is bad.", "message_zh": "“{words}”不好。", "suggestion": "good",
        "suggestion_zh": "换一个词。", "positive": examples, "negative": examples, "author": "test", "version": 1,
    }  # fmt: skip
    return Rule(**usual | keys)


@pytest.fixture(name="rule")
def rule_fixture() -> Callable[..., Rule]:
    """Return the maker of rules."""
    return make_rule
