"""What measured nights say together: bars, costs per 1,000 listings, derived nights, and the report of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from shopglot_eval.bench import report
from shopglot_eval.bench.cost import Engine, bars, estimate, per_thousand, shares, whole
from shopglot_eval.bench.records import Kind, Night, Spent, Texts
from shopglot_eval.reporting import forms
from shopglot_eval.reporting.document import Document

ENGINE = Engine(name="a model", reads=100, writes=20, text_read=50, text_written=10)


def night(kind: Kind, listings: int, cpu: float, **more: object) -> Night:
    """Return a night whose time went to two stages, an eighth of it to the engine."""
    stages = {
        "start": Spent(wall=4, cpu=2), "read": Spent(wall=cpu / 2, cpu=cpu / 4),
        "translate": Spent(wall=cpu, cpu=3 * cpu / 4),
    }  # fmt: skip
    texts = Texts(total=20 * listings, distinct=10 * listings, unique=12 * listings, certain=listings,
                  memory=2 * listings, translated=9 * listings)  # fmt: skip
    made = Night(
        kind=kind, listings=listings, changed=listings if kind == "first" else 0, markets=("us",), model="fake",
        cores=1, stages=stages, engine=Spent(wall=cpu / 4, cpu=cpu / 8), texts=texts, asked=10 * listings, read=0,
        generated=50 * listings, peak=200_000_000 + 1000 * listings, ready=100_000_000, stored=30_000 * listings,
        published=0, unchanged=0, pace=0.05,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.fixture
def nights() -> list[Night]:
    """Nights of two sizes: twice the time per listing is a bar that is missed."""
    found = []
    for listings, cpu in ((1000, 16.0), (10_000, 320.0)):
        none = Texts()
        found += [
            night("first", listings, cpu),
            night("unchanged", listings, listings / 1000, texts=none, asked=0, engine=Spent()),
            night("changed", listings, listings / 500, changed=listings // 50, asked=listings // 5, engine=Spent()),
        ]
    return found


def test_bars(nights: list[Night]) -> None:
    """Each is computed from the nights that it is about."""
    found = {bar.name: bar for bar in bars(nights)}
    assert found["ours"].value == pytest.approx(1000 * (320 - 40) / 100_000)
    assert found["time"].value == pytest.approx(2.0)
    assert found["memory"].value == pytest.approx(210 / 201)
    assert found["changed"].value == pytest.approx(20 / 320)
    assert [False, False, True, False] == [found[name].passed for name in ("ours", "time", "memory", "changed")]
    assert "1,000 to 10,000 listings" == found["time"].measured


def test_one_size_says_nothing_of_growth(nights: list[Night]) -> None:
    """What was not measured is no pass and no failure."""
    found = {bar.name: bar for bar in bars(nights[:2])}
    assert found["time"].value is found["memory"].value is found["changed"].value is None
    assert found["time"].passed is None
    assert found["ours"].passed is True


def test_stages_per_thousand(nights: list[Night]) -> None:
    """The engine's seconds are taken out of the stage in which it worked."""
    spent = per_thousand(nights[3])
    assert spent["read"].cpu == pytest.approx(8)
    assert spent["translate"].cpu == pytest.approx(24 - 4)
    assert spent["engine"].cpu == pytest.approx(4)
    assert sum(one.cpu for name, one in spent.items() if name != "start") == pytest.approx(32)


def test_a_night_of_another_size(nights: list[Night]) -> None:
    """Pages as they were, changed pages and the model, each by its own rule."""
    found = estimate(nights, listings=1_000_000, changed=0.02, engine=ENGINE)
    assert found is not None
    assert found.unchanged_seconds == pytest.approx(1000)
    assert found.changed_seconds == pytest.approx((20 - 10) / 200 * 20_000)
    assert found.asked == pytest.approx(10 * 20_000)
    assert found.model_seconds == pytest.approx(200_000 * (50 / 100 + 10 / 20))
    assert found.seconds == pytest.approx(1000 + 1000 + 200_000)
    assert found.memory == pytest.approx(200_000_000 + 1000 * 1_000_000)
    assert found.stored == pytest.approx(30_000 * 1_000_000)


def test_a_first_night_of_another_size(nights: list[Night]) -> None:
    """Every listing more costs what it did from the smaller to the larger first night."""
    found = whole(nights, listings=100_000, engine=ENGINE)
    assert found.ours == pytest.approx(280 + (280 - 14) / 9000 * 90_000)
    assert found.asked == pytest.approx(1_000_000)


def test_nothing_is_derived_without_a_changed_night(nights: list[Night]) -> None:
    """A change that nobody measured has no cost."""
    assert estimate(nights[:2], listings=10, changed=0.5, engine=ENGINE) is None
    assert "derived" not in [section.id for section in made(nights[:2]).sections]


def test_who_answered(nights: list[Night]) -> None:
    """The shares of all texts sum to one."""
    assert {"duplicates": 0.4, "memory": 0.1, "certain": 0.05, "model": 0.45} == {
        name: pytest.approx(share) for name, _, share in shares(nights[0])
    }


def made(nights: list[Night]) -> Document:
    """Return the report of nights."""
    return report.document(nights, engine=ENGINE, listings=1_000_000, changed=0.02)


def test_a_report_in_three_forms(nights: list[Night], tmp_path: Path) -> None:
    """The table and the plot have the numbers; a bar that is missed is named first."""
    paths = forms.write(made(nights), tmp_path / "new" / "folder", "bench")
    text = Path(paths["md"]).read_text(encoding="utf-8")
    assert "MISSED, at most 2 (10,000 listings)" in text
    assert "1,000,000 listings, 2.0% changed" in text
    assert "<svg" in Path(paths["html"]).read_text(encoding="utf-8")
    told = json.loads(Path(paths["json"]).read_text(encoding="utf-8"))
    assert "cost" == told["kind"]
    assert 6 == len(told["volatile"]["nights"])


def test_a_table_for_the_terminal(nights: list[Night]) -> None:
    """A line a night, in columns."""
    lines = report.table(nights).splitlines()
    assert 7 == len(lines)
    assert 1 == len({len(line) for line in lines})
    assert "2.80" in lines[4]
    assert lines[5].split()[4:7] == ["11.0", "–", "90,000"] or "–" in lines[5]


def test_a_bar_in_words(nights: list[Night]) -> None:
    """It says what it is, whether it holds, and on what."""
    told = [report.say(bar) for bar in bars(nights)]
    assert "time per listing, the largest catalog against the smallest: 2.000, MISSED, at most 1.1" in told[1]
    assert "MISSED" not in told[2]
    assert "not measured" in report.say(bars(nights[:1])[1])
