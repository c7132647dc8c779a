"""The sides that `scripts/bench` compares, as far as no model is needed for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopglot.batches import answer
from shopglot.loading import load_localizer
from shopglot_eval.throughput import PARTS, distinct_units, main, time_pipeline


@pytest.mark.parametrize("number", [1, 7])
def test_texts_are_those_that_a_model_is_asked_for(sample: Path, number: int) -> None:
    """So many different ones, none of which the glossary answers by itself."""
    localizer = load_localizer("us", model="fake")
    units = distinct_units(str(sample), localizer, number)
    assert number == len({unit.machine_key for unit in units})
    assert [None] * number == [answer(unit, localizer) for unit in units]


def test_the_pipeline_counts_what_it_keeps(sample: Path) -> None:
    """Tokens are those of the texts that were kept; every question is counted, and the parts make up the whole."""
    localizer = load_localizer("us", model="fake")
    units = distinct_units(str(sample), localizer, 12)
    told = time_pipeline(units, localizer)
    assert told["tokens"] > 0
    assert told["questions"] >= len(units)
    assert sum(told[part] for part in PARTS) == pytest.approx(told["seconds"], abs=0.3)


def test_none_is_no_number_of_texts(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is refused before anything is loaded."""
    with pytest.raises(SystemExit) as stopped:
        main([str(sample), "--texts", "0"])
    assert 2 == stopped.value.code
    assert "0 is not 1 or more" in capsys.readouterr().err
