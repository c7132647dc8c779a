"""Omission, addition, repetition and the length of fields."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from shopglot.types import Finding

Checker = Callable[..., tuple[Finding, ...]]


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("这款枕头非常柔软适合长途飞行时使用", "Soft.", "omission"),
        (
            "柔软",
            "Soft and comfortable, made of the finest memory foam, great for travel, planes and trains",
            "addition",
        ),
        ("柔软", "Here is the translation: soft", "addition"),
        ("很软的枕头适合旅行", "soft pillow soft pillow soft pillow soft pillow", "repetition"),
    ],
)
def test_found(source: str, target: str, expected: str, checked: Checker) -> None:
    """Each fault is found under its own id, as an error."""
    found = {finding.check: finding.severity for finding in checked(source, target, field="note")}
    assert "error" == found.get(expected)


def test_truncated_and_repeated_flags(checked: Checker) -> None:
    """What the engine says of its own answer is passed on."""
    assert "omission" in [f.check for f in checked("柔软面料", "Soft fab", truncated=True)]
    assert "repetition" in [f.check for f in checked("柔软面料", "Soft fabric", repeated=True)]


def test_repetition_of_the_source(checked: Checker) -> None:
    """What the merchant repeats may be repeated."""
    assert "repetition" not in [f.check for f in checked("买它买它买它", "Buy it, buy it, buy it", field="note")]


def test_length_by_field_and_market(checked: Checker) -> None:
    """Too long for the field is a warning whose span is what hangs over."""
    target = "Soft " * 60
    (long,) = [f for f in checked("柔软" * 40, target, field="option-value") if f.check == "length.exceeded"]
    assert ("warning", 100, len(target)) == (long.severity, long.start, long.end)


@pytest.mark.shared
def test_bounds_hold_for_human_references(shared: Path, checked: Checker) -> None:
    """Human references of WMT22 e-commerce are hardly ever called incomplete or inflated: one line in a hundred."""
    with (shared / "wmt22-zh-en" / "dev.segments.tsv").open(encoding="utf-8", newline="") as file:
        rows = [
            row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if row["domain"] == "ecommerce"
        ]
    pairs = [(row["src_zh"], row[name]) for row in rows for name in ("refA_en", "refB_en")]
    alarms = [pair for pair in pairs if {"omission", "addition"} & {f.check for f in checked(*pair, field="note")}]
    assert len(pairs) > 200
    assert len(alarms) <= len(pairs) / 100
