"""Terms in any inflection, brands byte for byte."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shopglot.checks.terms import contains
from shopglot.types import Finding

Checker = Callable[..., tuple[Finding, ...]]


@pytest.mark.parametrize(
    ("target", "form"),
    [
        ("Two sheet masks", "sheet mask"), ("A Sheet-Mask", "sheet mask"), ("moisturizing cream", "moisturize"),
        ("puppies", "puppy"), ("slip-on shoe", "slip-on shoes"), ("hydrates", "hydrating"), ("V-neck top", "V-neck"),
        ("7-Day Returns", "7-day returns"), ("bigger bags", "bag"), ("a yoga mat", "yoga mat"),
    ],
)  # fmt: skip
def test_contains(target: str, form: str) -> None:
    """Case, number, hyphens and verb endings do not matter."""
    assert contains(target, form)


@pytest.mark.parametrize(
    ("target", "form"),
    [("unmasked", "mask"), ("a shoe", "sheet"), ("", "mask"), ("catalog", "cat"), ("mask sheet", "sheet mask")],
)
def test_does_not_contain(target: str, form: str) -> None:
    """A longer word, another word or another order is no match."""
    assert not contains(target, form)


def test_missing_term_names_the_right_one(checked: Checker) -> None:
    """A missing term is a warning with the form that should be there."""
    (missing,) = [
        f for f in checked("玻尿酸精华", "retinol essence") if f.check == "term.missing" and f.text == "玻尿酸"
    ]
    assert ("warning", "hyaluronic acid") == (missing.severity, missing.suggestion)


def test_changed_brand(checked: Checker) -> None:
    """A brand in another form is an error, also in another case; in its form it is none."""
    assert "brand.changed" in [f.check for f in checked("韩束", "Kensui")]
    assert "brand.changed" in [f.check for f in checked("韩束", "Kans")]
    assert "brand.changed" not in [f.check for f in checked("韩束", "KANS")]


def test_forbidden_form(checked: Checker) -> None:
    """A form that the glossary knows to be wrong is a warning at its place, with the right one."""
    (wrong,) = [f for f in checked("雾霾蓝", "Haze Blue", field="option-value") if f.check == "term.forbidden"]
    assert ("warning", "target", "Haze Blue") == (wrong.severity, wrong.side, wrong.text)
