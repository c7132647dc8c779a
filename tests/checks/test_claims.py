"""Claims: what the merchant never said."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shopglot.checks.claims import CLAIMS, _table
from shopglot.types import Finding

Checker = Callable[..., tuple[Finding, ...]]


@pytest.mark.parametrize(
    ("source", "target", "claim"),
    [
        ("柔软的枕头", "Soft pillow with free shipping", "free shipping"),
        ("这款面膜很好用", "This mask is clinically proven", "clinically"),
        ("祛斑精华液", "Sunscreen serum", "Sunscreen"),
        ("家里老人查出来结节", "A tumor was found in my grandparent", "tumor"),
        ("100g道林纸", "100 g linen paper", "linen"),
        ("黑色耳机", "Black Bluetooth headphones", "Bluetooth"),
    ],
)
def test_invented(source: str, target: str, claim: str, checked: Checker) -> None:
    """A claim without grounds is a warning at its words."""
    (found,) = [finding for finding in checked(source, target, field="note") if finding.check == "addition"]
    assert ("warning", "target", claim) == (found.severity, found.side, found.text)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("全场包邮", "Free shipping on everything"), ("兩年保養", "Two-year warranty"), ("真丝睡衣", "Silk pajamas"),
        ("SPF50防晒霜", "SPF50 sunscreen"), ("bluetooth 5.3 耳机", "Bluetooth 5.3 headphones"),
        ("临床验证有效", "Clinically proven"), ("棉花糖", "Cotton candy"),
        ("Soft pillow", "Soft pillow, free shipping"),
    ],
)  # fmt: skip
def test_grounded(source: str, target: str, checked: Checker) -> None:
    """What the source says, in either script or in Latin letters, may be said; an English source is not compared."""
    assert "addition" not in [finding.check for finding in checked(source, target, field="note")]


def test_other_markets(checked: Checker) -> None:
    """English in a Hong Kong page is not read for claims."""
    assert "addition" not in [f.check for f in checked("柔软的面料很舒服", "柔軟的面料很舒服 cotton", market="hk")]


def test_every_claim_can_be_found() -> None:
    """Each line of the table has words and grounds, and the quick look at beginnings lets no claim pass."""
    trigger, grounds, beginnings = _table()
    assert len(CLAIMS.strip().splitlines()) == len(grounds) == trigger.groups
    assert all(grounds.values())
    assert "" not in beginnings


def test_each_claim_once(checked: Checker) -> None:
    """A page that repeats a claim a thousand times has one finding, at the first."""
    (found,) = [f for f in checked("柔软的枕头", "Cotton! " * 1000, field="note") if "'Cotton'" in f.message]
    assert 0 == found.start
