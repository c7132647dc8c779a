"""The examples of docs/scaling.md are what cron and systemd take, and what the command line takes."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

from shopglot.cli.night import run_command

GUIDE = (Path(__file__).parents[1] / "docs" / "scaling.md").read_text(encoding="utf-8")


def examples(language: str) -> list[str]:
    """Return the blocks of code in a language."""
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, flags=re.DOTALL)


def units() -> dict[str, str]:
    """Return the files of systemd by their names, which stand in their first lines."""
    return {block.splitlines()[0].removeprefix("# "): block for block in examples("ini")}


def parse(command: str) -> None:
    """Parse what stands behind `shopglot run`; a wrong option is an exception."""
    words = shlex.split(command.partition(">>")[0])
    place = next(number for number, word in enumerate(words) if word.endswith("bin/shopglot"))
    assert "run" == words[place + 1]
    with run_command.make_context("run", words[place + 2 :]) as context:
        assert ("catalog.jsonl", ("us", "hk")) == (context.params["catalog"], context.params["markets"])


def test_cron() -> None:
    """Every line is a comment, a variable, or five fields and a command that parses."""
    [block] = examples("cron")
    field = r"(\*|[0-9]{1,2})"
    found = [line for line in block.splitlines() if not line.startswith("#") and not re.match(r"[A-Z]+=", line)]
    assert found
    for line in found:
        match = re.fullmatch(rf"{field} {field} {field} {field} {field} (.+)", line)
        assert match
        assert all(
            value == "*" or int(value) <= most
            for value, most in zip(match.groups()[:5], (59, 23, 31, 12, 7), strict=True)
        )
        assert "%" not in match[6]  # cron makes a line's end of it
        parse(match[6])


def test_systemd_files() -> None:
    """Both files have their parts, and the command parses."""
    assert {"shopglot.service", "shopglot.timer"} == set(units())
    parsed = {name: ConfigParser(interpolation=None) for name in units()}
    for name, parser in parsed.items():
        parser.read_string(units()[name])
    parse(parsed["shopglot.service"]["Service"]["ExecStart"])
    assert "timers.target" == parsed["shopglot.timer"]["Install"]["WantedBy"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze here")
def test_systemd_takes_them(tmp_path: Path) -> None:
    """The real systemd has nothing against them, and understands the time."""
    for name, text in units().items():
        (tmp_path / name).write_text(text.replace("/srv/shopglot/.venv/bin/shopglot", "/bin/true"), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / name) for name in units())],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert not [line for line in done.stderr.splitlines() if str(tmp_path) in line], done.stderr
    time = re.search(r"OnCalendar=(.+)", units()["shopglot.timer"])
    assert time
    subprocess.run(["systemd-analyze", "calendar", time[1]], capture_output=True, check=True)
