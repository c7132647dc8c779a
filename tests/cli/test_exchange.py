"""`shopglot exchange` as people call it: a night's texts out, and back in."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Invoke = Callable[..., Result]
PHRASE = "correct horse battery staple"
TITLE, GOOD = "保质期240天的坚果礼盒", "Nuts Gift Box with a Shelf Life of 240 Days"


@pytest.fixture
def night(invoke: Invoke, catalog: Callable[..., str], kind_data: Path) -> None:
    """Run two pages for the United States, of which texts wait."""
    assert kind_data.is_dir()
    pages = [{"id": name, "merchant": "m", "fields": {"title": TITLE, "bullets": [f"全网第一{name}"]}} for name in "ab"]
    result = invoke("run", catalog(*pages), "--market", "us", "--model", "fake", "--allow-uncalibrated")
    assert 0 == result.exit_code, result.stderr


def exported(invoke: Invoke, *arguments: str) -> list[dict[str, str]]:
    """Export as CSV and return the rows."""
    result = invoke("exchange", "export", "--market", "us", "--model", "fake", "--format", "csv", *arguments)
    assert 0 == result.exit_code, result.stderr
    return list(csv.DictReader(io.StringIO(result.stdout_bytes.decode("utf-8-sig"), newline="")))


def write(rows: list[dict[str, str]], name: str = "back.csv") -> str:
    """Write rows as a file and return its name."""
    with Path(name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return name


def imported(invoke: Invoke, name: str, *arguments: str) -> dict[str, Any]:
    """Import and return the summary."""
    result = invoke("exchange", "import", name, "--model", "fake", "--by", "lin", "--json", *arguments)
    assert 0 == result.exit_code, result.stderr
    summary: dict[str, Any] = json.loads(result.stdout)
    return summary


@pytest.mark.usefixtures("night")
def test_out_and_back(invoke: Invoke) -> None:
    """Nothing is done before --apply; then good texts are approved, held ones told, and a second time nothing is."""
    rows = exported(invoke)
    titles = [row for row in rows if row["source"] == TITLE]
    assert ["a", "b"] == sorted(row["listing"] for row in titles)
    for row in titles:
        row["target"] = GOOD
    name = write(rows)
    found = imported(invoke, name)
    assert (False, 0, 2) == (found["done"], found["applied"], found["counts"]["apply"])
    assert 2 == imported(invoke, name)["counts"]["apply"]
    done = imported(invoke, name, "--apply")
    assert (True, 2, len(rows)) == (done["done"], done["applied"], done["units"])
    assert 2 == imported(invoke, name, "--apply")["counts"]["unchanged"] - (len(rows) - 2)
    assert GOOD in invoke("memory", "search", TITLE, "--market", "us").stdout
    assert TITLE not in {row["source"] for row in exported(invoke)}


@pytest.mark.usefixtures("night")
def test_what_is_told(invoke: Invoke) -> None:
    """Held texts, conflicts and wrong rows are named on stderr, with their place; --max-failed makes it an error."""
    rows = exported(invoke)
    rows[0]["target"] = "最好的"
    rows[1]["unit"] = rows[1]["unit"][:-32] + "0" * 32
    rows[1]["target"] = "Another"
    rows[2]["unit"] = "nonsense"
    name = write(rows)
    result = invoke("exchange", "import", name, "--model", "fake", "--by", "lin", "--max-failed", "3")
    assert 0 == result.exit_code
    assert f"{len(rows)} texts: " in result.stdout
    assert "1 in conflict with what stands" in result.stdout
    assert "back.csv: line 2: m/" in result.stderr
    assert "holds: " in result.stderr
    assert "conflict: changed: was " in result.stderr
    assert re.search(r"back.csv: line \d+: unreadable: unit: names no unit", result.stderr)
    result = invoke("exchange", "import", name, "--model", "fake", "--by", "lin", "--max-failed", "2")
    assert 1 == result.exit_code
    assert "3 texts were not taken, more than --max-failed 2" in result.stderr


@pytest.mark.usefixtures("night")
@pytest.mark.parametrize("name", ["out.xlf", "out.csv", "out.xlsx"])
def test_files(invoke: Invoke, name: str) -> None:
    """The suffix says the format; what comes back as it went out changes nothing."""
    result = invoke(
        "exchange", "export", "--market", "us", "--model", "fake", "--out", name, "--merchant", "m", "--json"
    )
    assert 0 == result.exit_code, result.stderr
    summary = json.loads(result.stdout)
    assert (name, []) == (summary["out"], summary["left_out"])
    assert f"{summary['units']} texts written to {name}" in result.stderr
    found = imported(invoke, name, "--apply")
    assert {"unchanged": summary["units"]} == found["counts"]


@pytest.mark.usefixtures("night")
def test_filters(invoke: Invoke) -> None:
    """Nothing that matches is an empty file, not an error."""
    assert [] == exported(invoke, "--merchant", "nobody")
    assert {"a"} == {row["listing"] for row in exported(invoke, "--search", "全网第一a")}


@pytest.mark.usefixtures("night")
def test_users_of_the_desk_keep_their_rights(invoke: Invoke) -> None:
    """A name that the desk knows has that user's role and markets."""
    from shopglot.store import open_store

    with open_store("shopglot.db") as opened:
        for who, role, markets in (("vera", "viewer", ()), ("hana", "lead", ("hk",))):
            opened.people.add(who, role=role, markets=markets, password=PHRASE, actor="t", shown=who)
    rows = exported(invoke)
    rows[0]["target"] = GOOD
    name = write(rows)
    result = invoke("exchange", "import", name, "--by", "vera", "--model", "fake")
    assert 2 == result.exit_code
    assert "may not approve texts" in result.stderr
    result = invoke("exchange", "import", name, "--by", "Hana", "--model", "fake", "--apply", "--json")
    assert {"refused": len(rows)} == json.loads(result.stdout)["counts"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["import", "none.csv"], "No such file"),
        (["import", "."], "directory"),
        (["import", "bad.csv"], "bad.csv: line 1: has no column unit"),
        (["import", "bad.doc"], "bad.doc: its name does not end with"),
        (["export", "--market", "us", "--out", "x.doc"], "x.doc: its name does not end with"),
        (["export", "--market", "us", "--json"], "name a file with --out"),
        (["export", "--market", "xx"], "'xx' is not one of"),
    ],
)
def test_bad_usage(invoke: Invoke, arguments: list[str], told: str) -> None:
    """What cannot be read is named, and the status is 2."""
    Path("bad.csv").write_text("a,b\n", encoding="utf-8")
    Path("bad.doc").write_text("a,b\n", encoding="utf-8")
    result = invoke("exchange", *arguments)
    assert 2 == result.exit_code
    assert told in result.stderr


def test_no_store(invoke: Invoke) -> None:
    """A store that is not there is not made."""
    assert 1 == invoke("exchange", "export", "--market", "hk").exit_code
    assert not Path("shopglot.db").exists()
