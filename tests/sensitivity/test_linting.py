"""The linter of rules: what it calls wrong, one thing at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shopglot.sensitivity import Rule
from shopglot.sensitivity.linting import lint_phrases, lint_rules
from shopglot.sensitivity.phrases import Lexicon, Phrases
from shopglot.sensitivity.rules import Example

GOOD: dict[str, Any] = {
    "positive": tuple(Example(text=text) for text in ("坏词", "是坏词", "坏词吗")),
    "negative": tuple(Example(text=text) for text in ("好词", "词", "bad")),
}


def ids(*rules: Rule) -> list[str]:
    """Return the ids of what is wrong."""
    return [problem.id for problem in lint_rules(rules)]


def test_nothing_wrong(rule: Callable[..., Rule]) -> None:
    """A rule that does what stands beside it is no problem."""
    assert [] == ids(rule(**GOOD))


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"positive": (Example(text="好词"),)}, ["example.missed", "example.missed"]),
        ({"positive": (Example(text="好词", side="target"),)}, ["example.missed"]),
        ({"negative": (Example(text="坏词"),), "side": "source"}, ["example.hit"]),
        ({"message": "It is bad."}, ["message.words"]),
        ({"message_zh": "{words} is bad."}, ["message.language"]),
        ({"suggestion_zh": "刪掉。"}, ["message.script"]),
        ({"suggestion_zh": "改成“刪掉”。"}, []),
        ({"basis": "广告法第九条"}, ["basis.foreign"]),
        ({"rewrite": "其实还是坏词"}, ["rewrite.held"]),
        ({"rewrite": "好词"}, []),
        ({"replacements": (("坏词", "坏词二"),)}, ["rewrite.held"]),
        ({"replacements": (("错词", "好词"),)}, ["replacement.unreached"]),
        ({"replacements": (("坏词", ""),)}, []),
    ],
)
def test_wrong(rule: Callable[..., Rule], keys: dict[str, Any], expected: list[str]) -> None:
    """Each mistake has its id."""
    assert expected == ids(rule(**GOOD | keys))


def test_a_rewrite_that_another_rule_holds(rule: Callable[..., Rule]) -> None:
    """What a rule writes is held against all the others: neither may stop the other's page."""
    other = rule(**GOOD | {"id": "us.test.other", "patterns": ("坏词", "很好"), "severity": "block"})
    found = lint_rules([rule(**GOOD | {"rewrite": "很好"}), other])
    assert ["rewrite.held", "words.twice"] == [problem.id for problem in found]
    assert "us.test.other finds '很好'" in found[0].message
    assert "us.test.word (review) has '坏词' as well" in found[1].message


def test_phrases() -> None:
    """Named phrases are held against what stands beside them as well."""
    lexicon = Lexicon(
        sets={"claim.a": Phrases(("根治",), ("根治病",))},
        positive={"claim.a": ("根治失眠", "治好")},
        negative={"claim.a": ("根治病", "根治吗")},
    )
    found = [(problem.rule, problem.id) for problem in lint_phrases(lexicon)]
    assert [("@claim.a", "example.missed"), ("@claim.a", "example.hit")] == found
