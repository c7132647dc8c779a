"""What rules write in the place of words: where, how it is cased, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.sensitivity import About, Rule, tell
from shopglot.sensitivity.rewriting import Rewriter

from .conftest import make_rule

RETURNS = "returns as stated at checkout"
REWRITER = Rewriter(
    [
        make_rule(id="us.returns", patterns=("七天无理由", "支持七天无理由退货"), rewrite=RETURNS),
        make_rule(id="us.free", patterns=("退货",), rewrite="returns"),
        make_rule(
            id="us.white", side="target", patterns=("whitening", "skin whitening", "re:whit(?:er|est) skin"),
            exceptions=("whitening toothpaste",), replacements=(("whitening", "brightening"), ("skin whitening", "")),
        ),
    ]
)  # fmt: skip


def test_source() -> None:
    """The words of a source are found whole, the longer of two that overlap, with what the page says for them."""
    text = "💝支持 七天無理由退貨，退货"
    found = REWRITER.find(text, About())
    assert [("支持 七天無理由退貨", RETURNS), ("退货", "returns")] == [(one.words, one.target) for one in found]
    assert all(text[one.start : one.end] == one.words for one in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Whitening cream", "Brightening cream"),
        ("a whitening cream", "a brightening cream"),
        ("WHITENING CREAM", "BRIGHTENING CREAM"),
        ("Skin Whitening, whitening", ", brightening"),
        ("whitening toothpaste", "whitening toothpaste"),
        ("whiter skin", "whiter skin"),
        ("", ""),
    ],
)
def test_target(text: str, expected: str) -> None:
    """Words of a finished text are replaced as they are cased; what has no replacement stays for a person."""
    written, rewrites = REWRITER.replace(text, About())
    assert expected == written
    assert [one.target for one in rewrites] == [written[one.start : one.end] for one in rewrites]


def test_title_case() -> None:
    """Several words in title case take the place of such words; small words and apostrophes are minded."""
    instead = "softens the look of a day's lines"
    rule = make_rule(side="target", patterns=("removes wrinkles",), replacements=(("removes wrinkles", instead),))
    written, _ = Rewriter([rule]).replace("Removes Wrinkles Serum", About())
    assert "Softens the Look of a Day's Lines Serum" == written


def test_telling() -> None:
    """Every rewrite is told with the old and the new words, as an advice that publishes."""
    [one] = REWRITER.find("七天无理由", About())
    finding = tell(one, "source")
    assert ("us.returns", "info", "source", "七天无理由") == (
        finding.check,
        finding.severity,
        finding.side,
        finding.text,
    )
    assert "七天无理由" in finding.message
    assert RETURNS in finding.message_zh
    written, [one] = REWRITER.replace("So whitening!", About())
    finding = tell(one, "target")
    assert ("target", "brightening") == (finding.side, written[finding.start : finding.end])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["whitening", "Whitening ", "skin whitening", " x ", "<b>", "é", "白", "\ud800"])))
def test_any_text(parts: list[str]) -> None:
    """Whatever stands around the words, nothing but the words changes, and the places are those of the new text."""
    text = "".join(parts)
    written, rewrites = REWRITER.replace(text, About())
    back = written
    for one in reversed(rewrites):
        assert one.target == back[one.start : one.end]
        back = back[: one.start] + one.words + back[one.end :]
    assert text == back


def test_only_where_it_holds(rule: Callable[..., Rule]) -> None:
    """A rule that is narrowed, excepted or denied rewrites nothing."""
    narrow = Rewriter([rule(fields=("title",), rewrite="good", exceptions=("坏词典",), negation=True)])
    for text, field in (("坏词", "note"), ("坏词典", "title"), ("不含坏词", "title")):
        assert () == narrow.find(text, About(field=field))
    assert 1 == len(narrow.find("坏词", About(field="title")))
