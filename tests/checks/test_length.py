"""The length of fields: how much too long, from where, and what to cut."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shopglot.types import Finding

Checker = Callable[..., tuple[Finding, ...]]


def long(source: str, target: str, checked: Checker, **about: object) -> list[Finding]:
    """Return the findings about length."""
    return [finding for finding in checked(source, target, **about) if finding.check == "length.exceeded"]


def test_how_much_too_long(checked: Checker) -> None:
    """Too long for the field is a warning whose span is what hangs over, and which says by how much."""
    target = "Soft " * 60
    (found,) = long("柔软" * 40, target, checked, field="option-value")
    assert ("warning", 100, len(target)) == (found.severity, found.start, found.end)
    assert "300 characters, 200 too many: this field shows 100." == found.message
    assert "超出 200 个" in found.message_zh


def test_what_to_cut(checked: Checker) -> None:
    """The suggestion is what fits, in whole words; where not even one word fits, there is none."""
    (found,) = long("柔软", "Soft, " * 30, checked, field="option-value")
    assert found.suggestion.endswith("Soft")
    assert len(found.suggestion) <= 100
    (found,) = long("柔软", "S" * 101, checked, field="option-value")
    assert "" == found.suggestion


@pytest.mark.parametrize(
    ("field", "market", "limit"),
    [("title", "us", 200), ("title", "hk", 120), ("hashtag", "us", 60), ("hashtag", "hk", 40), ("hashtag", "mo", 40)],
)
def test_limits(field: str, market: str, limit: int, checked: Checker) -> None:
    """Each field has its market's limit; the limit itself is not too long."""
    letter = "a" if market == "us" else "軟"
    assert [] == long("柔软", letter * limit, checked, field=field, market=market)
    assert 1 == len(long("柔软", letter * (limit + 1), checked, field=field, market=market))


def test_fields_without_limit(checked: Checker) -> None:
    """A description has none."""
    assert [] == long("柔软", "Soft " * 5000, checked, field="description")


def test_tags_are_not_shown(checked: Checker) -> None:
    """Tags do not count, an entity counts as the character that it shows; a text with markup is not cut by machine."""
    source = '<b class="very-long-name-of-a-class">软</b>&amp;'
    inside = '<b class="very-long-name-of-a-class">' + "s" * 199 + "</b>&amp;"
    assert [] == long(source, inside, checked, field="title")
    (found,) = long(source, inside + "ss", checked, field="title")
    assert ("", "ss") == (found.suggestion, found.text)
