"""Omission and addition: whole texts, clauses and sentences."""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.checks.completeness import check_completeness
from shopglot.loading import load_localizer
from shopglot.types import Finding, Translation

Checker = Callable[..., tuple[Finding, ...]]
Pairs = Sequence[tuple[str, str]]

INVENTED = (
    "It is perfect for everyday use.", "Suitable for all skin types.", "Please contact us if you have any questions.",
    "This product is made of high-quality materials.", "It makes a great gift for friends and family.",
    "We hope that you enjoy your purchase.", "It is easy to clean and store.", "Keep out of reach of children.",
    "The color may vary slightly from the picture.", "It also helps you sleep better at night.",
)  # fmt: skip


def kinds(source: str, target: str, checked: Checker, **about: object) -> dict[str, str]:
    """Return severity by id of what is said too little or too much in a note."""
    return {finding.check: finding.severity for finding in said(source, target, checked, **about)}


def said(source: str, target: str, checked: Checker, **about: object) -> list[Finding]:
    """Return the findings about what is said too little or too much in a note."""
    found = checked(source, target, **{"field": "note", **about})
    return [finding for finding in found if finding.check in ("omission", "addition")]


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("这款枕头非常柔软适合长途飞行时使用", "Soft.", {"omission": "error"}),
        ("柔软", "Soft and comfortable, made of the finest memory foam, great for travel, planes and trains",
         {"addition": "error"}),
        ("柔软", "Here is the translation: soft", {"addition": "error"}),
        ("外公做了三十多年的茶，今年的春茶终于焙好了。", "Grandpa made tea for 30 years.", {"omission": "warning"}),
        ("水滴斜切两用，鼻翼眼角也能照顾到", "Two uses: drop and bevel.", {"omission": "warning"}),
        ("颜色很好看。", "The color is very nice. You will receive many compliments.",
         {"addition": "warning"}),
        ("外公做了三十多年的茶，今年的春茶终于焙好了。",
         "Grandpa has made tea for over thirty years, and this year's spring tea is finally roasted.", {}),
        ("颜色很好看。", "The color is very nice.", {}),
        ("很好，喜欢。", "Very good. I like it.", {}),
        ("", "", {}),
        ("123", "123", {}),
    ],
)  # fmt: skip
def test_found(source: str, target: str, expected: dict[str, str], checked: Checker) -> None:
    """What is sure is an error, a clause or sentence too little or too much a warning, a full translation silent."""
    assert expected == kinds(source, target, checked)


def test_the_clause_is_named(checked: Checker) -> None:
    """The span of a likely omission is the clause, and that of an addition the sentence."""
    source = "外公做了三十多年的茶，今年的春茶终于焙好了。"
    (omission,) = said(source, "This year's spring tea is ready.", checked)
    assert ("source", "外公做了三十多年的茶") == (omission.side, omission.text)
    (addition,) = checked("颜色很好看。", "The color is very nice. You will receive many compliments.", field="note")[
        -1:
    ]
    assert ("target", "You will receive many compliments.") == (addition.side, addition.text)


def test_what_the_engine_says_of_itself(checked: Checker) -> None:
    """An answer that was cut off is incomplete, whatever its length."""
    assert "error" == kinds("柔软面料", "Soft fab", checked, truncated=True)["omission"]


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("这件连衣裙非常柔软适合夏天穿着出门", "連衣裙", {"omission": "error"}),
        ("这件连衣裙非常柔软", "這件連身裙非常柔軟", {}),
        ("柔软", "這件連身裙非常柔軟，適合夏天穿著出門，亦適合日常上班，歡迎選購", {"addition": "error"}),
    ],
)
def test_chinese(source: str, target: str, expected: dict[str, str], checked: Checker) -> None:
    """For Hong Kong characters are compared with characters."""
    assert expected == kinds(source, target, checked, market="hk")


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("加微信领券", "Sorry, but I can't assist with that.", {"addition": "error"}),
        ("没办法，就当吸取教训！", "I can't do anything about it, so I'll just take a lesson.", {}),
        ("不好意思，发错货了", "I'm sorry, I sent the wrong item", {}),
    ],
)
def test_refusals(source: str, target: str, expected: dict[str, str], checked: Checker) -> None:
    """A machine that refuses is found; a merchant who cannot help it, or apologizes, is not."""
    assert expected == kinds(source, target, checked)


def test_opaque_texts_do_not_count(checked: Checker) -> None:
    """A long link is no text that a shopper reads, on either side."""
    link = "https://example.com/" + "a" * 200
    assert {} == kinds(f"好看 {link}", f"Nice {link}", checked)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.text(max_size=120))
def test_any_text(source: str, target: str) -> None:
    """No text breaks the check, and every span is the text that it names."""
    localizer = load_localizer("us", model="fake")
    translation = Translation(
        source=source, target=target, market="us", model="test", origin="machine", unit_key="", machine_key=""
    )
    for finding in check_completeness(localizer.whole(source, field="note"), translation, localizer.market):
        assert finding.text == (source if finding.side == "source" else target)[finding.start : finding.end]


def references(shared: Path) -> list[dict[str, str]]:
    """Return the lines of WMT22 zh-en: e-commerce and social, each with two human references."""
    with (shared / "wmt22-zh-en" / "dev.segments.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def alarms(pairs: Pairs, expected: str, checked: Checker) -> float:
    """Return the share of pairs in which something of that id is found."""
    return sum(expected in kinds(*pair, checked) for pair in pairs) / len(pairs)


@pytest.mark.shared
def test_quiet_on_human_translations(shared: Path, checked: Checker) -> None:
    """Of 894 human translations at most 1 in 100 is called incomplete or inflated (some of them are)."""
    pairs = [(row["src_zh"], row[name].strip()) for row in references(shared) for name in ("refA_en", "refB_en")]
    assert len(pairs) > 800
    for expected in ("omission", "addition"):
        assert alarms(pairs, expected, checked) <= 0.01


@pytest.mark.shared
def test_recall_on_synthetic_faults(shared: Path, checked: Checker) -> None:
    """Of dropped sentences more than half are found, of dropped clauses and invented sentences 4 in 10."""
    chance = random.Random(1)  # noqa: S311 - not for secrets
    rows = references(shared)
    sentences, clauses, invented = [], [], []
    for one, two in pairwise(rows):
        if one["doc_id"] == two["doc_id"] and min(len(one["src_zh"]), len(two["src_zh"])) >= 6:
            source = one["src_zh"].strip().rstrip("。") + "。" + two["src_zh"].strip()
            sentences.append((source, chance.choice((one, two))["refA_en"].strip()))
    for row in rows:
        target = row["refA_en"].strip()
        parts = re.split(r"(?<=[,;:.!?])\s+", target)
        long = [index for index, part in enumerate(parts) if sum(map(str.isalnum, part)) >= 28]
        if len(parts) > 1 and long:
            dropped = chance.choice(long)
            clauses.append((row["src_zh"], " ".join(parts[:dropped] + parts[dropped + 1 :])))
        invented.append((row["src_zh"], f"{target} {chance.choice(INVENTED)}"))
    assert alarms(sentences, "omission", checked) >= 0.55
    assert alarms(clauses, "omission", checked) >= 0.4
    assert alarms(invented, "addition", checked) >= 0.4
