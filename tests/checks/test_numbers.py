"""Numbers, quantities and currencies: what must be found, and what must not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shopglot.types import Finding

Checker = Callable[..., tuple[Finding, ...]]

FAITHFUL = [
    ("30片装", "30 sheets"), ("两件套", "two-piece set"), ("一对装", "a pair"), ("1,500毫升", "1500 ml"),
    ("1500毫升", "1,500 ml"), ("第2代", "2nd generation"), ("三合一", "3-in-1"),
    ("百分之五十", "50%"), ("80-95斤", "40–47.5 kg (88–105 lb)"),
    ("80-95斤", "40-47.5 kg (88-105 lb)"), ("8折", "20% Off"), ("99元", "RMB 99"), ("月销1.5万", "15,000 sold a month"),
    ("SPF50+ PA+++", "SPF50+ PA+++"), ("蓝牙5.3", "Bluetooth 5.3"), ("没有数字", "No numbers"), ("38码", "Size 38"),
    ("十二星座", "12 zodiac signs"), ("一年四季", "all year round"), ("500g*2", "500 g x 2"),
]  # fmt: skip
BROKEN = [
    ("30片装", "20 sheets", "number.changed"), ("30片装", "sheets", "number.changed"),
    ("面膜", "5 sheet masks", "number.changed"),
    ("80-95斤", "80-95 kg", "unit.changed"), ("5斤", "5 kg", "unit.changed"), ("8折", "80% off", "unit.changed"),
    ("99元", "$99", "currency.changed"), ("满99元", "over 99 dollars", "currency.changed"),
    ("1.5万", "1.5", "unit.changed"), ("容量500ml", "capacity 50 ml", "number.changed"),
    ("蓝牙5.3", "Bluetooth 5.0", "number.changed"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "target"), FAITHFUL)
def test_faithful(source: str, target: str, checked: Checker) -> None:
    """Another way of writing the same amount is no finding."""
    assert [] == [f.check for f in checked(source, target) if f.check.split(".")[-1] == "changed"]


@pytest.mark.parametrize(("source", "target", "expected"), BROKEN)
def test_changed(source: str, target: str, expected: str, checked: Checker) -> None:
    """A changed amount, unit or currency is found, with the words and the right form."""
    findings = checked(source, target)
    assert expected in [finding.check for finding in findings]
    assert all(finding.message and finding.message_zh for finding in findings)
    for finding in findings:
        text = source if finding.side == "source" else target
        assert finding.text == text[finding.start : finding.end]
