"""The commands around a night: run, status, history, export, with exit statuses and clean output."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import Result

from shopglot.catalog import read
from shopglot.cli import main
from shopglot.script import has_cjk
from shopglot.types import STATUSES, Listing

pytestmark = pytest.mark.usefixtures("kind_data")
Invoke = Callable[..., Result]
Write = Callable[..., str]

GOOD = {"id": "p1", "merchant": "m", "fields": {"title": "记忆棉旅行枕", "note": "第一行\r\n“引号”, 逗号"}, "stock": 3}
BLOCKED = {"id": "p2", "merchant": "m", "fields": {"title": "记忆棉旅行枕", "note": "加微信 abc 领优惠"}}
FOREIGN = {"id": "p3", "fields": {"title": "ふわふわの旅行用まくら、とても柔らかい"}}
BROKEN = b'{"id": "p4", '
RUN = ("--market", "us", "--market", "hk", "--model", "fake", "--allow-uncalibrated", "--store", "night.db")


def commands(group: click.Group, *above: str) -> Iterator[tuple[str, ...]]:
    """Yield the path of every command, groups included."""
    for name, command in sorted(group.commands.items()):
        yield (*above, name)
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)


@pytest.fixture
def ran(invoke: Invoke, catalog: Write) -> Result:
    """A run over a good, a blocked, a foreign and a broken line."""
    return invoke("run", catalog(GOOD, BLOCKED, FOREIGN, BROKEN), *RUN, "--json", "--outcomes", "outcomes.jsonl")


@pytest.mark.parametrize("path", [(), *commands(main)], ids=" ".join)
def test_help_has_an_example(path: tuple[str, ...], invoke: Invoke) -> None:
    """Every command explains itself on stdout, with an example that calls it."""
    result = invoke(*path, "--help")
    assert (0, "") == (result.exit_code, result.stderr)
    example = result.stdout.partition("Example:\n")[2]
    assert " ".join(("shopglot", *path)) in example


def test_summary_has_the_shape_of_the_contract(ran: Result) -> None:
    """`run --json` prints one object: the keys of the contract, and five outcomes that sum to the lines."""
    assert 0 == ran.exit_code, ran.stderr
    summary = json.loads(ran.stdout)
    contract = "run_id listings failed_lines outcomes segments published unchanged seconds signature".split()
    more = "resumed joined withdrawn missing retired reasons audited gates left stages".split()
    assert {*contract, *more} == set(summary)
    assert (4, 1) == (summary["listings"], summary["failed_lines"])
    assert ["total", "unique", "memory", "translated"] == list(summary["segments"])
    assert {"us": list(STATUSES), "hk": list(STATUSES)} == {
        name: list(counts) for name, counts in summary["outcomes"].items()
    }
    assert {"us": 4, "hk": 4} == {name: sum(counts.values()) for name, counts in summary["outcomes"].items()}
    assert "fake@1" in summary["signature"]


def test_summary_in_words(invoke: Invoke, catalog: Write) -> None:
    """Without --json the summary is for people: counts, the model, reasons; progress is on stderr only."""
    result = invoke("run", catalog(GOOD, BLOCKED, BROKEN), *RUN)
    assert 0 == result.exit_code
    assert "fake@1" in result.stdout
    assert "common.diversion" in result.stdout
    assert "beginning run 1" in result.stderr
    assert "beginning" not in result.stdout


def test_outcomes_file(ran: Result, tmp_path: Path) -> None:
    """--outcomes writes one object per line and market, each held one with reason and message in both languages."""
    rows = [json.loads(line) for line in (tmp_path / "outcomes.jsonl").read_text("utf-8").splitlines()]
    assert sorted((line, market) for line in range(1, 5) for market in ("us", "hk")) == sorted(
        (row["line"], row["market"]) for row in rows
    )
    held = {row["line"]: row for row in rows if row["market"] == "us" and row["status"] != "publish"}
    assert {2: "reject", 3: "skipped", 4: "failed"} == {line: row["status"] for line, row in held.items()}
    assert all(row["reasons"] and row["message"] and has_cjk(row["message_zh"]) for row in held.values())


def test_outcomes_file_that_cannot_be_written(invoke: Invoke, catalog: Write) -> None:
    """The option and the file are named, exit status 2."""
    result = invoke("run", catalog(GOOD), *RUN, "--outcomes", "no/such/folder/file")
    assert (2, "") == (result.exit_code, result.stdout)
    assert "--outcomes no/such/folder/file" in result.stderr


def test_broken_catalog_from_the_box(invoke: Invoke, broken: Path) -> None:
    """The catalog of bad lines runs through with status 0; its outcomes can be written, half surrogates and all."""
    result = invoke("run", str(broken), *RUN, "--json", "--outcomes", "outcomes.jsonl")
    summary = json.loads(result.stdout)
    assert 0 == result.exit_code
    assert summary["listings"] == sum(1 for _ in read(str(broken))) == sum(summary["outcomes"]["us"].values())


@pytest.mark.parametrize(("bound", "status"), [("0", 1), ("1", 0), ("5", 0)])
def test_max_failed(bound: str, status: int, invoke: Invoke, catalog: Write) -> None:
    """More broken lines than allowed make status 1, after the summary and with the way to see them."""
    result = invoke("run", catalog(GOOD, BROKEN), *RUN, "--json", "--max-failed", bound)
    assert (status, 1) == (result.exit_code, json.loads(result.stdout)["failed_lines"])
    assert ("--outcomes" in result.stderr) == (status == 1)


@pytest.mark.parametrize(
    ("arguments", "status", "named"),
    [
        (["catalog.jsonl", "--store", "x.db"], 2, "--market"),
        (["catalog.jsonl", "--market", "fr"], 2, "'us', 'hk', 'mo', 'tw'"),
        (["catalog.jsonl", "--market", "us", "--model", "nothing"], 2, "Known models: "),
        (["missing.jsonl", "--market", "us", "--model", "fake"], 2, "missing.jsonl: cannot be opened"),
        (["catalog.doc", "--market", "us", "--model", "fake"], 2, "catalog.doc"),
        (["catalog.jsonl", "--market", "us", "--model", "fake", "--store", "no/folder/x.db"], 1, "no/folder"),
        (["catalog.jsonl", "--market", "us", "--model", "fake", "--store", "oracle://x"], 1, "oracle"),
        (["catalog.jsonl", "--market", "us", "--max-failed", "many"], 2, "--max-failed"),
        (["catalog.jsonl", "--market", "us", "--executor", "nothing"], 2, "'local'"),
    ],
    ids=range(9),
)
def test_run_that_cannot_start(arguments: list[str], status: int, named: str, invoke: Invoke, catalog: Write) -> None:
    """Usage errors are status 2, store errors status 1; stdout stays empty and the message names what is wrong."""
    catalog(GOOD)
    Path("catalog.doc").touch()
    result = invoke("run", *arguments)
    assert (status, "") == (result.exit_code, result.stdout)
    assert named in result.stderr
    assert "Traceback" not in result.stderr


def test_run_reads_stdin(invoke: Invoke) -> None:
    """`-` is JSONL on stdin."""
    result = invoke("run", "-", *RUN, "--json", stdin=json.dumps(GOOD) + "\n")
    assert (0, 1) == (result.exit_code, json.loads(result.stdout)["listings"])


def test_no_publish(invoke: Invoke, catalog: Write) -> None:
    """--no-publish judges everything and puts nothing on sale."""
    result = invoke("run", catalog(GOOD), *RUN, "--no-publish", "--json")
    summary = json.loads(result.stdout)
    assert (1, 0) == (summary["outcomes"]["us"]["publish"], summary["published"])
    assert "" == invoke("export", "--market", "us", "--store", "night.db").stdout


def test_market_named_twice(invoke: Invoke, catalog: Write) -> None:
    """A market that is named twice is worked on once."""
    result = invoke("run", catalog(GOOD), *RUN, "--market", "us", "--json")
    assert (0, 1) == (result.exit_code, sum(json.loads(result.stdout)["outcomes"]["us"].values()))


def test_status(ran: Result, invoke: Invoke) -> None:
    """Status tells counts, reasons and runs, for people and for machines."""
    report = json.loads(invoke("status", "--store", "night.db", "--json").stdout)
    assert {"us": 1, "hk": 1} == report["published"]
    assert {"us": {"publish": 1, "reject": 1}, "hk": {"publish": 1, "reject": 1}} == report["items"]
    told = invoke("status", "--store", "night.db").stdout
    assert "common.diversion" in told
    assert "4 lines, 1 broken" in told


@pytest.mark.parametrize(
    "command", [("status",), ("history", "p1"), ("export", "--market", "us")], ids=lambda command: command[0]
)
def test_store_that_is_not_there(command: tuple[str, ...], invoke: Invoke, tmp_path: Path) -> None:
    """Reading makes no store: status 1, the store is named, nothing is created."""
    result = invoke(*command, "--store", "none.db")
    assert (1, "", []) == (result.exit_code, result.stdout, list(tmp_path.iterdir()))
    assert "none.db" in result.stderr


def test_store_from_the_environment(ran: Result, invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    """SHOPGLOT_STORE names the store where no option does."""
    monkeypatch.setenv("SHOPGLOT_STORE", "night.db")
    assert 0 == invoke("status").exit_code


def test_history(ran: Result, invoke: Invoke) -> None:
    """History tells what was held with words, rule, reason and way out in Chinese; as JSON it is a list of events."""
    told = invoke("history", "p2", "--store", "night.db").stdout
    for part in ("加微信", "common.diversion", "reject", "建议", "依据"):
        assert part in told
    events = json.loads(invoke("history", "p1", "--merchant", "m", "--store", "night.db", "--json").stdout)
    assert {"run", "outcome", "version"} == {event["event"] for event in events}


@pytest.mark.parametrize("arguments", [("p9",), ("p1", "--merchant", "somebody")], ids=["id", "merchant"])
def test_history_of_nobody(arguments: tuple[str, ...], ran: Result, invoke: Invoke) -> None:
    """An unknown listing is status 1, named on stderr."""
    result = invoke("history", *arguments, "--store", "night.db", "--json")
    assert (1, "") == (result.exit_code, result.stdout)
    assert f"no listing '{arguments[0]}'" in result.stderr


def test_export_jsonl(ran: Result, invoke: Invoke) -> None:
    """One published listing a line, rebuilt and marked as made by the fake model."""
    result = invoke("export", "--market", "us", "--store", "night.db")
    (page,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert ("p1", 3, True, "") == (page["id"], page["stock"], page["_shopglot"]["fake"], result.stderr)
    assert not has_cjk(page["fields"]["title"])


def test_export_csv_is_exact_through_a_pipe(ran: Result, invoke: Invoke, tmp_path: Path) -> None:
    """CSV has its own line ends, and reading it back gives what the JSONL export says."""
    done = subprocess.run(
        [sys.executable, "-c", "from shopglot.cli import main; main()", "export", "--market", "hk", "--format", "csv"],
        capture_output=True, check=True, cwd=tmp_path,
        env={"SHOPGLOT_STORE": "night.db", "PYTHONPATH": ":".join(sys.path)},
    )  # fmt: skip
    rows = list(csv.reader(io.StringIO(done.stdout.decode("utf-8"), newline="")))
    assert (2, b"") == (len(rows), done.stderr)
    assert done.stdout.endswith(b"\r\n")
    assert b"\r\r\n" not in done.stdout
    path = tmp_path / "back.csv"
    path.write_bytes(done.stdout)
    (back,) = read(str(path))
    assert isinstance(back, Listing)
    exported = json.loads(invoke("export", "--market", "hk", "--store", "night.db").stdout)
    assert exported == back.document


def test_export_of_nothing(ran: Result, invoke: Invoke) -> None:
    """A market where nothing is on sale exports no line, and as CSV its header only."""
    assert (0, "") == ((result := invoke("export", "--market", "tw", "--store", "night.db")).exit_code, result.stdout)
    assert 1 == invoke("export", "--market", "tw", "--format", "csv", "--store", "night.db").stdout.count("\n")


def test_unfinished_work_does_not_hide(invoke: Invoke, catalog: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash inside the run leaves it unfinished, which status tells; the same command takes it up."""

    def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError("power cut")

    path = catalog(GOOD)
    with monkeypatch.context() as patch:
        patch.setattr("shopglot.run.translate", crash)
        assert isinstance(invoke("run", path, *RUN).exception, RuntimeError)
    assert "A run was cut off" in invoke("status", "--store", "night.db").stdout
    summary = json.loads(invoke("run", path, *RUN, "--json").stdout)
    assert (True, 1) == (summary["resumed"], summary["run_id"])


def test_version(invoke: Invoke) -> None:
    """--version names the program."""
    assert invoke("--version").stdout.startswith("shopglot, version ")
