"""The reference says what there is: every command, check, reason, key and variable, and nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path

import click
import pytest

from shopglot.catalog.reasons import REASONS
from shopglot.cli import main
from shopglot.decide import HOLDS
from shopglot.market import SHAPE, Gate
from shopglot.summary import Summary
from shopglot.telling import GATES

ROOT = Path(__file__).parents[1]
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
SOURCE = ROOT / "pipeline" / "shopglot"


def rows(heading: str) -> list[tuple[str, ...]]:
    """Return the rows of the table below a heading, the name without its backticks first."""
    part = REFERENCE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    cells = [re.split(r"(?<!\\)\|", line.strip("|")) for line in part.splitlines() if line.startswith("| `")]
    return [tuple(cell.strip(" `") for cell in row) for row in cells]


def commands(group: click.Group, above: str = "") -> Iterator[str]:
    """Yield every command that does something, those that other packages add among them."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{above}{name} ")
        else:
            yield f"{above}{name}"


def keys(shape: Mapping[str, object], above: str = "") -> Iterator[str]:
    """Yield every key that a market file may have."""
    for name, inner in shape.items():
        if f"{above}{name}" == "text.length":
            yield "text.length.FIELD"
        elif isinstance(inner, Mapping):
            yield from keys(inner, f"{above}{name}.")
        else:
            yield f"{above}{name}"


def constants(node: ast.expr) -> set[str]:
    """Return the texts that an expression may be: a text, or either branch of a condition."""
    if isinstance(node, ast.IfExp):
        return constants(node.body) | constants(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def emitted(path: Path) -> Iterator[tuple[str, str]]:
    """Yield id and severity of every finding that a module of `checks` makes."""
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        named = {keyword.arg: keyword.value for keyword in call.keywords}
        if call.func.id == "_target_finding":
            named |= {"check": call.args[0], "severity": call.args[1]}
        elif call.func.id != "Finding":
            continue
        for check in constants(named["check"]):
            for severity in constants(named["severity"]):
                yield check, severity


ID = re.compile(
    r"(?:markup|placeholder|brand|dnt|term|number|unit|currency|script|length|punctuation|case)\.[a-z]+"
    r"|omission|addition|repetition"
)


def ids(path: Path) -> set[str]:
    """Return every text of a module that is written like the id of a finding."""
    texts = (
        node.value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Constant)
    )
    return {text for text in texts if isinstance(text, str) and ID.fullmatch(text)}


def test_commands() -> None:
    """Every command is in the table, and every command of the table exists."""
    assert sorted(commands(main)) == sorted(row[0] for row in rows("Commands"))


def test_checks() -> None:
    """Every id that a check writes is in the table, and every finding has the severity that the table says."""
    told = {(row[0], severity) for row in rows("Checks") for severity in row[1].split(", ")}
    written = {name for path in SOURCE.glob("checks/*.py") for name in ids(path)}
    assert written == {name for name, _ in told}
    found = {pair for path in SOURCE.glob("checks/*.py") for pair in emitted(path)}
    assert len(found) >= 14
    assert set() == found - told


def test_reasons() -> None:
    """Every reason of a failed or skipped line is in the table with its status."""
    settled = {"duplicate-id": "failed", "human.newer": "review"} | dict.fromkeys(
        ("market.not-offered", "listing.empty", "language.CODE", "market.paused", "record.erased", "run.deadline"),
        "skipped",
    )
    assert dict.fromkeys(REASONS, "failed") | settled == {
        row[0]: row[1] for row in rows("Why a line failed, was skipped or waits")
    }
    # The reasons that are not in REASONS are written where lines are admitted, and where windows are worked on.
    written = "".join(
        (SOURCE / name).read_text(encoding="utf-8") for name in ("intake.py", "windows.py", "run.py", "stopping.py")
    )
    assert [] == [reason for reason in settled if reason.removesuffix("CODE") not in written]


def test_market_keys() -> None:
    """Every key that a market file may have is in the table."""
    assert sorted(keys(SHAPE)) == sorted(row[0] for row in rows("`glossaries/<market>/market.toml`"))


def test_gate_keys() -> None:
    """Every key of a fitted gate is in the table."""
    assert [field.name for field in fields(Gate)] == [row[0] for row in rows("`glossaries/<market>/gate.toml`")]


def test_reasons_of_the_score() -> None:
    """Every reason that a score alone gives is in the table."""
    assert sorted(HOLDS) == sorted(row[0] for row in rows("Reasons of the score"))


def test_summary_keys() -> None:
    """Every key of a summary is in the table in its order, and behind them every state of a gate."""
    told = [row[0] for row in rows("Summary")]
    keys = list(Summary(markets=()).as_json())
    assert keys == told[: len(keys)]
    assert sorted(GATES) == sorted(told[len(keys) :])


def test_variables() -> None:
    """Every variable that the code, the scripts or the tests read is in the table."""
    files = [*(ROOT / "pipeline").rglob("*.py"), *(ROOT / "eval").rglob("*.py"), ROOT / "tests" / "conftest.py"]
    files += [path for path in (ROOT / "scripts").rglob("*") if path.is_file()]
    used = {name for path in files for name in re.findall(r"SHOPGLOT(?:_[A-Z]+)+", path.read_text(encoding="utf-8"))}
    assert sorted(used) == sorted(row[0] for row in rows("Environment"))


@pytest.mark.parametrize("heading", ["Commands", "Summary", "Checks", "Environment"])
def test_nothing_is_told_twice(heading: str) -> None:
    """A name stands in its table once, with a meaning."""
    names = [row[0] for row in rows(heading)]
    assert len(names) == len(set(names)) > 4
    assert all(row[-1] for row in rows(heading))


def test_glossary_problems() -> None:
    """Every id that the lint of the glossaries has is in the table, and no other."""
    found: set[str] = set()
    for name in ("surface", "groups", "nesting", "lint", "examples"):
        tree = ast.parse((SOURCE / "glossary" / f"{name}.py").read_text(encoding="utf-8"))
        found |= {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
    ids = {text for text in found if re.fullmatch(r"[a-z]+\.[a-z]+", text) and not text.endswith(".tsv")}
    assert ids | {"status.unknown", "use.unknown"} == {row[0] for row in rows("Glossary problems")}
