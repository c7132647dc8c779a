"""What the tests of systems share: a small suite."""

from __future__ import annotations

import pytest

from shopglot_eval import suites
from shopglot_eval.records import Example, Suite

SOURCES = (
    "珀莱雅面膜 5片装 250ml",
    "<p>质地轻薄，<b>三秒</b>吸收。</p><p>每盒12片，净含量0.6斤。</p>",
    "云感柔软 记忆棉枕头",
    "包邮",
)


@pytest.fixture
def suite() -> Suite:
    """Four texts, in both markets, the first two of one page."""
    examples = tuple(
        Example(
            id=f"e{number}", market=market, source=source, references=("x",), field=field, category="美妆/护肤/面膜",
            listing="m/p1" if number < 2 else f"e{number}",
        )
        for market in ("us", "hk")
        for number, (source, field) in enumerate(zip(SOURCES, ("title", "description", "note", "bullet"), strict=True))
    )  # fmt: skip
    return Suite(name="small", title="Small", examples=examples, digest=suites.digest(examples))
