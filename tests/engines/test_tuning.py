"""How a model is run fastest on a machine: what is tried, what is kept, and who goes by it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import pytest
from click.testing import CliRunner, Result

from shopglot import loading
from shopglot.cli import main
from shopglot.config import card_root
from shopglot.engines import ct2, load, tuning
from shopglot.engines.base import Engine
from shopglot.engines.cards import Card, get_card
from shopglot.engines.generation import count_cores
from shopglot.engines.tuning import FILE, Trial, Tuning, choose, keep_tuning, machine_name, read_tuning, tune
from shopglot.script import has_cjk
from shopglot.types import Reply, Request

COMMANDS = import_module("shopglot.cli.models")  # the package's `models` is the group of commands
TWO = Tuning(threads=2, batch_size=64)


@dataclass
class Clocked:
    """An engine that takes so many seconds a batch by a clock of its own; `open` says that it was not closed."""

    clock: list[float]
    seconds: float
    open: bool = True

    def measure(self, request: Request) -> int:
        """Return the length."""
        return len(request.source)

    def translate(self, requests: Sequence[Request]) -> list[Reply]:
        """Answer each with one token."""
        self.clock[0] += self.seconds
        return [Reply(text="x", logprob=0.0, tokens=1) for _ in requests]

    def close(self) -> None:
        """Be closed."""
        self.open = False


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that the module reads."""
    now = [0.0]
    monkeypatch.setattr("shopglot.engines.tuning.time.monotonic", lambda: now[0])
    return now


def trial(speed: float, **more: Any) -> Trial:
    """Return a trial that reached a speed."""
    return Trial(tuning=Tuning(**{"threads": 2, "batch_size": 64, **more}), tokens_per_second=speed)


def test_what_is_tried(clock: list[float]) -> None:
    """The usual threads first, each number once, then half and twice the batch with the best; all answer 128 texts."""
    opened: list[tuple[Tuning, Clocked]] = []

    def open_engine(how: Tuning) -> Engine:
        opened.append((how, Clocked(clock, seconds=1.0 if how.threads == 1 else 4.0)))
        return cast("Engine", opened[-1][1])

    card = get_card(card_root(), "qwen2.5-coder-1.5b")
    found = list(tune(card, open_engine, (4, 1, 4, 2)))
    assert [(4, 64), (1, 64), (2, 64), (1, 32), (1, 128)] == [(how.threads, how.batch_size) for how, _ in opened]
    assert [128 / 8, 128 / 2, 128 / 8, 128 / 4, 128 / 1] == [one.tokens_per_second for one in found]
    assert not any(engine.open for _, engine in opened)
    assert Tuning(threads=1, batch_size=128) == choose(found).tuning


@pytest.mark.parametrize(
    ("speeds", "chosen"), [((30.0,), 0), ((30.0, 32.0, 29.0), 0), ((30.0, 36.0, 37.0), 1), ((30.0, 20.0, 45.0), 2)]
)
def test_noise_decides_nothing(speeds: tuple[float, ...], chosen: int) -> None:
    """What is less than a tenth faster is not taken for better than what came before."""
    trials = [trial(speed, threads=number + 1) for number, speed in enumerate(speeds)]
    assert trials[chosen] is choose(trials)


def test_probe_is_chinese() -> None:
    """Every text is translated by a model, no two are the same, and both short and long ones are there."""
    assert len(set(tuning.PROBE)) == len(tuning.PROBE)
    assert all(has_cjk(text) for text in tuning.PROBE)
    assert (True, True) == (min(map(len, tuning.PROBE)) <= 3, max(map(len, tuning.PROBE)) >= 30)


def test_kept_for_this_machine_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Machines that share a folder keep their own; forgetting leaves the others."""
    assert read_tuning(tmp_path) is None
    keep_tuning(tmp_path / "new", TWO)
    with monkeypatch.context() as patch:
        patch.setattr("shopglot.engines.tuning.machine_name", lambda: "another, 64 cores")
        assert read_tuning(tmp_path / "new") is None
        keep_tuning(tmp_path / "new", Tuning(threads=32, batch_size=128))
    assert TWO == read_tuning(tmp_path / "new")
    keep_tuning(tmp_path / "new", None)
    assert read_tuning(tmp_path / "new") is None
    assert ["another, 64 cores"] == list(json.loads((tmp_path / "new" / FILE).read_text(encoding="utf-8")))
    assert [FILE] == [path.name for path in (tmp_path / "new").iterdir()]


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{", '{"M": 3}', '{"M": {"threads": 2}}', '{"M": {"threads": "2", "batch_size": 64}}',
     '{"M": {"threads": 2, "batch_size": 0}}', '{"M": {"threads": -1, "batch_size": 8}}'],
)  # fmt: skip
def test_what_cannot_be_read_is_nothing(content: str, tmp_path: Path) -> None:
    """A file that somebody has spoilt stops no run, and is written anew."""
    (tmp_path / FILE).write_text(content.replace("M", machine_name()), encoding="utf-8")
    assert read_tuning(tmp_path) is None
    keep_tuning(tmp_path, TWO)
    assert TWO == read_tuning(tmp_path)


def test_machine_has_a_name() -> None:
    """It names the processor and the cores that this process may use."""
    assert machine_name().endswith(" cores")
    assert set(tuning.thread_counts()) <= set(range(1, 1 + count_cores()))


def test_without_linux(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where nobody says what the processor is, the platform's name is enough."""
    monkeypatch.setattr("shopglot.engines.tuning.Path", lambda name: tmp_path / "nothing")
    monkeypatch.setattr("platform.processor", lambda: "")
    monkeypatch.setattr("platform.machine", lambda: "arm64")
    assert machine_name().startswith("arm64, ")
    assert count_cores() == tuning.thread_counts()[0]


def test_engine_goes_by_it(ct2_chat: tuple[Card, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """`load` takes the threads that were kept, unless it is told how many."""
    card, cache = ct2_chat
    asked: list[int] = []
    original = ct2._open
    monkeypatch.setattr(ct2, "_open", lambda *all_: asked.append(all_[-1]) or original(*all_))  # type: ignore[func-returns-value]
    keep_tuning(tuning.tuning_folder(card, cache), Tuning(threads=1, batch_size=16))
    for threads in (None, 2):
        engine = load(card, cache, target="en", device="cpu", threads=threads)
        assert 16 == engine.batch_size
        engine.close()
    assert [1, 2] == asked


def test_market_goes_by_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A night plans batches of the size that was kept."""
    monkeypatch.setenv("SHOPGLOT_HOME", str(tmp_path))
    card = get_card(card_root(), "qwen2.5-coder-1.5b")
    keep_tuning(tmp_path / "models" / card.name / card.revision, Tuning(threads=2, batch_size=96))
    loading._localizer.cache_clear()
    assert 96 == loading.load_localizer("us", model=card.name).batch_size
    loading._localizer.cache_clear()


@pytest.fixture
def run(ct2_chat: tuple[Card, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Result]]:
    """`shopglot models tune` with the tiny model beside no other."""
    card, cache = ct2_chat
    monkeypatch.setattr(COMMANDS, "card_root", lambda: card.path.parent)
    monkeypatch.setattr(COMMANDS, "model_cache", lambda: cache)
    yield lambda *words: CliRunner().invoke(main, ["models", "tune", *words])
    (cache / card.name / card.revision / FILE).unlink(missing_ok=True)


def test_command(run: Callable[..., Result], ct2_chat: tuple[Card, Path]) -> None:
    """Every way is told as it is measured; what is kept is what was best, or nothing."""
    card, cache = ct2_chat
    folder = tuning.tuning_folder(card, cache)
    result = run("tiny", "--json")
    assert 0 == result.exit_code, result.stderr
    told = json.loads(result.stdout)
    assert len(told["trials"]) == result.stderr.count("new tokens a second") >= 3
    kept = read_tuning(folder)
    assert told["kept"] == (asdict(kept) if kept else None)
    assert told["kept"] in (None, told["best"])


@pytest.mark.parametrize("fast", [False, True])
def test_what_people_read(fast: bool, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """It says whether anything was better; with --dry-run nothing is kept, with --forget what was kept is gone."""
    speeds = iter([30.0, *([60.0] * 4 if fast else [20.0] * 4)])
    monkeypatch.setattr(tuning, "_try", lambda how, *_: Trial(tuning=how, tokens_per_second=next(speeds)))
    monkeypatch.setattr(tuning, "thread_counts", lambda: (2, 1))
    result = run("tiny", "--dry-run")
    expected = "best: 1 thread, batches of 8, 2.00 times as fast" if fast else "nothing is a tenth faster"
    assert (0, True) == (result.exit_code, expected in result.stdout)
    assert "tiny: as its card says\n" == run("tiny", "--forget").stdout


def test_bad_usage(make_card: Callable[..., Card], monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown name, and a name that stands for no model, are refused."""
    card = make_card(None, kind="fake", runtime="builtin")
    monkeypatch.setattr(COMMANDS, "card_root", lambda: card.path.parent)
    for name, words in (("nothing", "Known models"), ("tiny", "nothing to tune")):
        result = CliRunner().invoke(main, ["models", "tune", name])
        assert (2, True) == (result.exit_code, words in result.stderr)


def test_model_that_is_not_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that was never pulled says how to get it."""
    monkeypatch.setenv("SHOPGLOT_HOME", str(tmp_path))
    result = CliRunner().invoke(main, ["models", "tune", "qwen2.5-coder-1.5b"])
    assert (1, True) == (result.exit_code, "shopglot models pull qwen2.5-coder-1.5b" in result.stderr)
