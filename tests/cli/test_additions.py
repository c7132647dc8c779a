"""Commands that other packages add to `shopglot`."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import Any

import click
import pytest
from click.testing import CliRunner

from shopglot.cli import additions
from shopglot.cli.additions import OpenGroup, ReportGroup


@click.command("wave", help="Wave.")
def wave() -> None:
    """Wave."""
    click.echo("o/")


NOT_A_COMMAND = 1


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have this module's command added, at both places, beside what is none."""
    here = f"{__name__}:wave"
    points = tuple(
        EntryPoint(name=name, value=value, group=additions.GROUP)
        for name, value in (
            ("wave", here), ("report wave", here), ("run", here), ("odd", f"{__name__}:NOT_A_COMMAND"),
            ("gone", "no.such.module:x"),
        )
    )  # fmt: skip
    monkeypatch.setattr(EntryPoint, "load", lambda point: {here: wave}.get(point.value, NOT_A_COMMAND))
    monkeypatch.setattr(additions, "_points", lambda: points)


def group(kind: type[OpenGroup], **commands: Any) -> OpenGroup:
    """Return a group with a command `run` of its own."""
    made = kind("main")
    made.add_command(click.Command("run", callback=lambda: click.echo("own"), help="Run."))
    return made


@pytest.mark.usefixtures("added")
def test_an_added_command_is_one_as_any_other() -> None:
    """It is in the list and runs; one that is built in is not replaced; one of another group is not here."""
    main = group(OpenGroup)
    told = CliRunner().invoke(main, ["--help"]).output
    assert "wave" in told
    assert "report" not in told
    assert "o/\n" == CliRunner().invoke(main, ["wave"]).output
    assert "own\n" == CliRunner().invoke(main, ["run"]).output


@pytest.mark.usefixtures("added")
def test_a_command_within_a_group() -> None:
    """Its name begins with the group's."""
    report = group(ReportGroup)
    assert ["run", "wave"] == report.list_commands(click.Context(report))
    assert "o/\n" == CliRunner().invoke(report, ["wave"]).output


@pytest.mark.usefixtures("added")
def test_what_is_no_command_is_unknown() -> None:
    """As is a name that nobody added."""
    main = group(OpenGroup)
    for name in ("odd", "nothing"):
        assert 2 == CliRunner().invoke(main, [name]).exit_code


def test_the_evaluation_adds_its_commands() -> None:
    """`eval` and `report nightly` are there wherever the package is installed."""
    from shopglot.cli import main

    assert "eval" in main.list_commands(click.Context(main))
    report = main.get_command(click.Context(main), "report")
    assert isinstance(report, click.Group)
    assert {"merchant", "nightly"} <= set(report.list_commands(click.Context(report)))
