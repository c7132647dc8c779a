"""How many texts are new: the process, its fit, and what is counted as the same."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from shopglot_eval.bench import duplicates
from shopglot_eval.bench.growth import GROWTH, Growth, curve, fit
from shopglot_eval.bench.words import masked


def draw(growth: Growth, count: int, chance: Random) -> list[str]:
    """Return so many texts of a process."""
    texts: list[str] = []
    distinct = 0
    while len(texts) < count:
        if chance.random() < growth.new(len(texts), distinct):
            texts.append(str(distinct))
            distinct += 1
        else:
            texts.append(old(texts, growth, chance))
    return texts


def old(texts: list[str], growth: Growth, chance: Random) -> str:
    """Return a text that was there; the first saying of each counts for less."""
    while True:
        place = chance.randrange(len(texts))
        if texts.index(texts[place]) != place or chance.random() >= growth.discount:
            return texts[place]


@pytest.mark.parametrize("growth", [Growth(discount=0.5, start=8), Growth(discount=0.0, start=20)])
def test_the_expected_number_is_the_mean(growth: Growth) -> None:
    """Simulated processes have as many different texts as the formula says."""
    counts = [len(set(draw(growth, 600, Random(seed)))) for seed in range(20)]  # noqa: S311 - the same every time
    assert growth.expected(600) == pytest.approx(sum(counts) / len(counts), rel=0.1)
    assert 1.0 == growth.new(0, 0)
    assert growth.expected(1) == pytest.approx(1)


def test_a_process_is_found_again() -> None:
    """The fit of a drawn process grows as the process does, also where nobody has measured."""
    growth = Growth(discount=0.6, start=10)
    discount, start = fit(curve(draw(growth, 1500, Random(5))))  # noqa: S311 - the same every time
    assert Growth(discount=discount, start=start).expected(10_000) == pytest.approx(growth.expected(10_000), rel=0.35)


@pytest.mark.parametrize("growth", GROWTH.values())
def test_growth_has_no_end(growth: Growth) -> None:
    """More texts are never fewer different ones, and never more than there are."""
    numbers = [growth.expected(count) for count in (1, 10, 1000, 100_000)]
    assert sorted(numbers) == numbers
    assert all(number <= count * 1.001 for number, count in zip(numbers, (1, 10, 1000, 100_000), strict=True))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("雾霾蓝连衣裙 2件", "黑色连衣裙 5件", True),
        ("保温杯500ml", "保温杯750ml", True),
        ("三件套", "四件套", True),
        ("保温杯500ml", "保温壶500ml", False),
        ("SK-2精华", "SK-3精华", False),
    ],
)
def test_numbers_and_colours_are_left_out(one: str, other: str, same: bool) -> None:
    """Two texts that differ in nothing else have one form; numbers within codes count."""
    assert same == (masked(one) == masked(other))


def test_duplicates_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The script says how often each kind of a catalog, or of a file of lines, repeats."""
    rows = [
        {"id": str(number), "fields": {"title": f"连衣裙{chr(0x4E00 + number)}", "attributes": {"颜色": "黑色"}}}
        for number in range(40)
    ]
    catalog, lines = tmp_path / "c.jsonl", tmp_path / "notes.txt"
    catalog.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    lines.write_text("很好用。真的！\n" * 15, encoding="utf-8")
    assert 0 == duplicates.main([str(catalog), "--lines", "note", str(lines)])
    found = {row["kind"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert {"title", "attribute-name", "attribute-value", "note"} == found.keys()
    assert (40, 40) == (found["title"]["texts"], found["title"]["distinct"])
    assert (40, 1) == (found["attribute-name"]["texts"], found["attribute-name"]["distinct"])
    assert (30, 2) == (found["note"]["texts"], found["note"]["distinct"])
    assert found["title"]["discount"] > found["attribute-name"]["discount"]
