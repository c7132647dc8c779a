"""`shopglot bench` as people call it."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from shopglot.cli import additions, main
from shopglot_eval.bench import measuring, night, report
from shopglot_eval.bench.command import Share
from shopglot_eval.bench.records import Spent

Invoke = Callable[..., Result]


@pytest.fixture
def invoke(kind_data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Invoke:
    """Call shopglot in an empty folder, with its command wherever it is installed from."""
    monkeypatch.chdir(tmp_path)
    point = EntryPoint(name="bench", value="shopglot_eval.bench.command:bench", group=additions.GROUP)
    monkeypatch.setattr(additions, "_points", lambda: (point,))

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(main, ("bench", *arguments), catch_exceptions=False)

    return call


def test_a_small_bench(invoke: Invoke, tmp_path: Path) -> None:
    """Three nights of four listings: the second has nothing to do, the third one changed page; figures add up."""
    done = invoke("--listings", "4", "--market", "us", "--changed", "25%", "--out", "r", "--json", "--cores", "1")
    assert 0 == done.exit_code, done.stderr
    told = json.loads(done.stdout)
    first, unchanged, changed = told["nights"]
    assert ["first", "unchanged", "changed"] == [one["kind"] for one in told["nights"]]
    assert 0 == unchanged["texts"]["total"] == unchanged["asked"]
    assert 4 == unchanged["unchanged"]
    assert 1 == changed["changed"]
    assert 3 == changed["unchanged"]
    texts = first["texts"]
    assert texts["unique"] == texts["certain"] + texts["memory"] + texts["translated"]
    assert 0 < texts["distinct"] <= texts["unique"] <= texts["total"]
    assert {"start", "read", "segment", "translate", "check", "publish", "finish"} <= first["stages"].keys()
    for one in told["nights"]:
        assert sum(stage["cpu"] for stage in one["stages"].values()) == pytest.approx(one["seconds"]["cpu"], abs=0.02)
        assert one["peak"] >= one["ready"] > 0
        assert one["stored"] > 0
    assert {"html", "json", "md"} == told["reports"].keys()
    assert all((tmp_path / path).is_file() for path in told["reports"].values())
    assert "first night" in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"r"}  # catalogs and stores are gone


def test_check_ends_with_status_1(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a bar is missed, and only with --check; without it the table says so."""
    nights = list(canned())
    monkeypatch.setattr(measuring, "nights", lambda plan, say: iter(nights))
    missed = invoke("--listings", "10", "--check")
    assert 1 == missed.exit_code
    assert "MISSED" in missed.stdout
    assert 0 == invoke("--listings", "10").exit_code


def test_an_opinion_is_read_too(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    """The derived night counts what the model reads of its own texts where it is asked what it thinks."""
    nights, write = list(canned()), report.document
    engines: list[Any] = []

    def document(*about: Any, **more: Any) -> Any:
        engines.append(more["engine"])
        return write(*about, **more)

    monkeypatch.setattr(measuring, "nights", lambda plan, say: iter(nights))
    monkeypatch.setattr(report, "document", document)
    assert [0, 0] == [invoke("--listings", "10", *more).exit_code for more in ((), ("--opinion",))]
    assert [(15.0, 19.0), (83.0, 19.0)] == [(engine.text_read, engine.text_written) for engine in engines]


def canned() -> list[Any]:
    """Return a first night that is far too slow."""
    told: dict[str, Any] = {
        "listings": 10, "segments": {"total": 9, "unique": 9, "memory": 0, "translated": 9}, "outcomes": {},
        "published": 1, "unchanged": 0, "pace": 0.05, "stages": {"check": {"wall": 9.0, "cpu": 9.0}},
        "engine": {"wall": 0.0, "cpu": 0.0}, "asked": 9, "read": 1, "generated": 1, "peak": 5, "ready": 1, "cores": 1,
    }  # fmt: skip
    plan = measuring.Plan(listings=(10,), markets=("us",), model="fake", changed=0.0, sample=())
    made = measuring.read_night(told, kind="first", changed=10, plan=plan)
    from dataclasses import replace

    return [replace(made, texts=replace(made.texts, distinct=9))]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--listings", "0"), "0"),
        (("--listings", "many"), "many"),
        (("--market", "fr"), "fr"),
        (("--model", "no-such-card"), "no-such-card"),
        (("--changed", "120%"), "is no share"),
        (("--changed", "some"), "is no share"),
        (("--sample", "nothing.jsonl"), "nothing.jsonl"),
        (("--cores", "-1"), "-1"),
        (("--writes", "0"), "0"),
    ],
)
def test_bad_usage(invoke: Invoke, arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    """Status 2 with the value that is wrong, before anything is measured or written."""
    done = invoke(*arguments)
    assert 2 == done.exit_code
    assert said in done.stderr
    assert [] == list(tmp_path.iterdir())


def test_a_report_that_cannot_be_written(invoke: Invoke, tmp_path: Path) -> None:
    """A file stands where the folder should be: said before an hour is spent."""
    (tmp_path / "taken").write_text("", encoding="utf-8")
    done = invoke("--listings", "1", "--out", str(tmp_path / "taken" / "r"))
    assert 2 == done.exit_code
    assert "taken" in done.stderr


def test_a_sample_without_listings(invoke: Invoke, tmp_path: Path) -> None:
    """Lines that are no listings make no catalog."""
    (tmp_path / "s.jsonl").write_text("no json\n", encoding="utf-8")
    done = invoke("--listings", "1", "--sample", "s.jsonl")
    assert 2 == done.exit_code
    assert "s.jsonl" in done.stderr


@pytest.mark.parametrize(("text", "share"), [("3%", 0.03), ("0.03", 0.03), ("0", 0.0), ("100%", 1.0), (" 5 % ", 0.05)])
def test_shares(text: str, share: float) -> None:
    """Percent or a fraction."""
    assert share == pytest.approx(Share().convert(text, None, None))


@pytest.mark.parametrize("text", ["", "%", "-1%", "1.01", "nan", "1e9", "³%"])
def test_no_shares(text: str) -> None:
    """Anything else is refused."""
    with pytest.raises(click.BadParameter):
        Share().convert(text, None, None)


def test_a_stage_ends_where_the_next_begins() -> None:
    """All time is some stage's, one that comes twice has both times."""
    watcher = night.TimingWatcher(Spent())
    for name in ("read", "check", "read"):
        watcher.stage(name)
    watcher.stop()
    assert ["start", "read", "check"] == list(watcher.stages)
    assert all(spent.wall >= 0 for spent in watcher.stages.values())


def test_memory_is_this_process_s_own() -> None:
    """Some megabytes at least, and never less than before."""
    before = night.peak_memory()
    kept = bytearray(30_000_000)
    kept[::4096] = b"x" * len(kept[::4096])
    assert 10_000_000 < before <= night.peak_memory()
