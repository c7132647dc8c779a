"""What it costs, and when nothing can be said of whole listings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shopglot_eval.evaluating.costs import costs, measure_costs
from shopglot_eval.records import Answers, Example, Output, Pair
from shopglot_eval.reporting.document import Table

PAIRS = tuple(
    Pair(
        example=Example(id=f"e{number}", market="us", source="枕", listing=f"m/p{number // 5}"),
        output=Output(id=f"e{number}", target="pillow", tokens=3),
    )
    for number in range(20)
)
ANSWERS = Answers(suite="s", market="us", system="m", pairs=PAIRS, seconds=10.0, memory=3 << 20)


def test_the_figures() -> None:
    """20 texts of 4 listings in 10 seconds: 2 texts and 6 tokens a second, 2,500 seconds for 1,000 listings."""
    found = {one.figure.measure: one.figure for one in measure_costs([ANSWERS])}
    assert {
        "cost.seconds": 10.0, "cost.texts-per-second": 2.0, "cost.tokens-per-second": 6.0,
        "cost.memory": float(3 << 20), "cost.hours-per-1000-listings": pytest.approx(2500 / 3600),
    } == {name: figure.value for name, figure in found.items()}  # fmt: skip
    assert 4 == found["cost.hours-per-1000-listings"].count


@pytest.mark.parametrize("listing", ["", "e0"])
def test_texts_that_stand_alone_have_no_listings(listing: str) -> None:
    """Nor has a suite of which some do: the seconds are of all texts, and the listings would be of some."""
    alone = replace(PAIRS[0], example=replace(PAIRS[0].example, listing=listing))
    found = measure_costs([replace(ANSWERS, pairs=(alone, *PAIRS[1:]))])
    assert "cost.hours-per-1000-listings" not in {one.figure.measure for one in found}


def test_parts_of_pages_are_no_listings() -> None:
    """With --limit or --every, pages are not whole: the table says so, and gives no price."""
    found = measure_costs([ANSWERS], whole=False)
    assert "cost.hours-per-1000-listings" not in {one.figure.measure for one in found}
    section = costs(found, hourly_price=2.0)
    assert section is not None
    table = section.blocks[0]
    assert isinstance(table, Table)
    assert "whole pages" in table.note
    assert ["–", "–"] == [cell.text for cell in table.rows[0][5:]]


def test_the_price() -> None:
    """Hours times the price of one; without a price the table says how to give it."""
    found = measure_costs([ANSWERS])
    priced, free = costs(found, hourly_price=3.6), costs(found)
    assert priced is not None
    assert free is not None
    assert isinstance(priced.blocks[0], Table)
    assert isinstance(free.blocks[0], Table)
    assert "2.50" == priced.blocks[0].rows[0][6].text
    assert "--hourly-price" in free.blocks[0].note


@pytest.mark.parametrize("seconds", [None, 0.0])
def test_nothing_that_was_not_timed(seconds: float | None) -> None:
    """There is no section."""
    found = measure_costs([replace(ANSWERS, seconds=seconds)])
    assert found == []
    assert costs(found) is None
