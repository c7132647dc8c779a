"""Who answers what: the product, files, columns of tables."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from shopglot.errors import DataError, UsageError
from shopglot.loading import load_localizer
from shopglot_eval.evaluating import Plan, gather
from shopglot_eval.evaluating.gathering import card_of, markets_of, parse_system, reading_all

WORK = Path("work")


def plan(table: str, **more: Any) -> Plan:
    """Return a plan of the stand-in in one market."""
    known: dict[str, Any] = {"suites": (table,), "work": WORK, "models": ("fake",), "markets": ("us",)}
    return Plan(**known | more)


def test_the_product_answers_in_every_market(table: str) -> None:
    """With the model that was asked for, or the market's own converter; kept, so that nothing is done twice."""
    both = plan(table, markets=("us", "hk"))
    found = gather(both)
    assert [("mine", "us", "fake"), ("mine", "hk", "opencc-hk")] == [
        (one.suite, one.market, one.system) for one in found.answers
    ]
    assert ["us", "hk"] == [market for _, market in markets_of(found)]
    assert found == gather(both)


def test_a_report_reads_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its scores have what the model thinks, also behind a gate that is closed."""
    monkeypatch.delenv("SHOPGLOT_DATA")
    us = load_localizer("us")
    assert ("closed", frozenset()) == (us.gate_state, us.views)
    assert us.readable == reading_all(us).views != frozenset()


def test_without_glossary_is_a_system_of_its_own(table: str) -> None:
    """It is judged by the market's glossary, and misses terms that the other has."""
    found = gather(plan(table, without_glossary=True))
    assert ["fake", "fake without glossary"] == [one.system for one in found.answers]
    assert any(
        finding.check == "term.missing" for pair in found.answers[1].pairs for finding in pair.output.findings
    )  # fmt: skip


def test_all_columns_of_a_table(table: str, many: str) -> None:
    """`FILE:*` is a system for each column that is neither a fact nor a reference, by the name that was given."""
    found = gather(plan(table, product=False, outside=(("wmt", f"{many}:*"),)))
    assert ("wmt people", "wmt A b", "wmt A-b") == found.systems
    assert "Memory Foam Travel Pillow" == found.answers[0].pairs[0].output.target
    assert {"outside"} == {pair.output.origin for pair in found.answers[0].pairs}
    bare = gather(plan(table, product=False, outside=(("", f"{many}:*"),)))
    assert ("people", "A b", "A-b") == bare.systems


def test_two_systems_of_one_name_are_refused_before_anything_is_translated(table: str, many: str) -> None:
    """The message says the way out; a file that is called like the model is found out too."""
    twice = plan(table, outside=(("x", f"{many}:people"), ("x", f"{many}:A b")))
    with pytest.raises(UsageError, match=r"system 'x': two systems have this name; give others with --system"):
        gather(twice)
    assert not WORK.exists()
    with pytest.raises(UsageError, match="system 'fake': two systems"):
        gather(plan(table, outside=(("fake", f"{many}:people"),)))


def test_what_cannot_be_gathered(table: str, many: str, tmp_path: Path) -> None:
    """Each says what is missing, and what to do."""
    (tmp_path / "facts.tsv").write_text("id\tsource\treference2\n0-0\tx\ty\n", encoding="utf-8")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.tsv").write_text(Path(table).read_text(encoding="utf-8"), encoding="utf-8")
    wrong: list[tuple[Plan, type[Exception], str]] = [
        (plan(table, product=False), UsageError, "no system"),
        (plan(table, outside=(("x", "absent.tsv:*"),)), UsageError, "absent.tsv: no such file"),
        (plan(table, outside=(("x", "facts.tsv:*"),)), UsageError, "no column is a system's"),
        (plan(table, outside=(("x", f"{many}:B"),)), UsageError, "many.tsv:B: no such file|no column 'B'"),
        (plan(table, suites=(table, "other/mine.tsv")), UsageError, "suite 'mine': two suites have this name"),
        (plan(table, markets=("tw",), limit=0), UsageError, "limit 0"),
    ]
    for one, error, says in wrong:
        with pytest.raises((error, DataError), match=says):
            gather(one)


def test_a_folder_that_cannot_be_written(table: str, tmp_path: Path) -> None:
    """Is said as such, and is no traceback."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="file"):
        gather(plan(table, work=tmp_path / "file" / "work"))
    with pytest.raises(UsageError, match="can be written"):
        gather(plan(table, work=tmp_path / "file" / "work", product=False, outside=(("x", f"{table}:reference"),)))


@pytest.mark.parametrize("name", ["长" * 70, "a b\x1b[31m", "q?u#o%te"])
def test_suites_with_odd_names(table: str, name: str, tmp_path: Path) -> None:
    """A file's name is the suite's, whatever is in it; what is kept has a name that a file can have."""
    path = tmp_path / f"{name}.tsv"
    os.link(table, path)
    found = gather(plan(str(path), limit=2))
    assert name == found.answers[0].suite
    assert all(len(one.name.encode()) < 255 for one in WORK.rglob("*"))


@pytest.mark.parametrize(
    ("text", "parsed"), [("a=b.txt", ("a", "b.txt")), ("b.txt", ("", "b.txt")), (" a =x=y", ("a", "x=y"))]
)
def test_systems_are_parsed(text: str, parsed: tuple[str, str]) -> None:
    """Name and file; the name may be missing, the file not."""
    assert parsed == parse_system(text)
    with pytest.raises(UsageError, match="name a file"):
        parse_system("a=")


def test_a_card_without_its_revision() -> None:
    """A baseline outlives a revision."""
    from shopglot.loading import FAKE, load_localizer

    localizer = load_localizer("us", model=FAKE)
    assert "@" in localizer.model
    assert "fake" == card_of(localizer)
