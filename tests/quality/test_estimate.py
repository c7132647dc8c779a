"""The uncalibrated score: the machine's own confidence, lowered by retries, with its signals and signature."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot.quality import SIGNATURE, estimate
from shopglot.types import Segment, SegmentKey, Translation

SEGMENT = Segment(
    key=SegmentKey(merchant="", listing="", path="", index=0), field="title", style="phrase", source="柔软枕头"
)
TEXT = Translation(
    source="柔软枕头", target="Soft pillow!", market="us", model="m@1", origin="machine", unit_key="", machine_key="",
    logprob=-0.2, tokens=4,
)  # fmt: skip


@pytest.mark.parametrize(
    ("translation", "value"),
    [
        (TEXT, round(math.exp(-0.2), 4)),
        (replace(TEXT, logprob=0.0), 1.0),
        (replace(TEXT, logprob=0.3), 1.0),
        (replace(TEXT, logprob=None), 0.9),
        (replace(TEXT, attempt=1), round(math.exp(-0.2) * 0.9, 4)),
        (replace(TEXT, attempt=2), round(math.exp(-0.2) * 0.81, 4)),
        (replace(TEXT, origin="certain"), 0.99),
        (replace(TEXT, origin="human", logprob=-9.0), 0.99),
        (replace(TEXT, origin="memory"), round(math.exp(-0.2), 4)),
    ],
    ids=["machine", "sure", "above zero", "converted", "retried", "twice", "certain", "human", "memory"],
)
def test_value(translation: Translation, value: float) -> None:
    """The geometric mean of the token probabilities, a tenth less for each retry; fixed where there are none."""
    assert value == estimate(SEGMENT, translation).value


def test_attempts_that_were_not_used_cost_nothing() -> None:
    """Only the attempt that the text came from counts, not how many were made."""
    assert estimate(SEGMENT, TEXT) == estimate(SEGMENT, replace(TEXT, attempts=3))


def test_signals_say_what_is_behind_the_score() -> None:
    """Signals are named, sorted, and the signature says that nothing was calibrated."""
    score = estimate(SEGMENT, TEXT)
    assert (("attempt", 0.0), ("letters-per-character", 3.0), ("logprob", -0.2)) == score.signals
    assert SIGNATURE == score.signature == "uncalibrated/1"


@pytest.mark.parametrize("source", ["", "ABC", "👩‍👩‍👧"])
def test_source_without_chinese(source: str) -> None:
    """Where there is no Chinese there is no ratio, and no division by zero."""
    score = estimate(replace(SEGMENT, source=source), TEXT)
    assert ["attempt", "logprob"] == [name for name, _ in score.signals]


@given(
    st.text(max_size=20), st.text(max_size=20), st.floats(-1e9, 1e9) | st.none(), st.integers(0, 50),
    st.sampled_from(["memory", "machine", "human", "certain"]),
)  # fmt: skip
def test_score_is_a_share_and_pure(source: str, target: str, logprob: float | None, attempt: int, origin: str) -> None:
    """Whatever comes in, the score is between 0 and 1, and the same for the same."""
    item = replace(SEGMENT, source=source)
    text = replace(TEXT, source=source, target=target, logprob=logprob, attempt=attempt, origin=origin)  # type: ignore[arg-type]
    assert 0 <= estimate(item, text).value <= 1
    assert estimate(item, text) == estimate(item, text)
