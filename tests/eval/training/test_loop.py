"""Training: the same end however often it is killed, and no end where something does not belong together."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shopglot_eval.training import loop
from shopglot_eval.training.examples import Lessons, make_writer, read_lessons
from shopglot_eval.training.loop import make_plan, rate_at, train
from shopglot_eval.training.model import load_tokenizer
from shopglot_eval.training.problems import TrainingError
from shopglot_eval.training.recipe import Recipe


class KilledError(Exception):
    """Stands for the end of the process."""


def log_of(folder: Path) -> list[dict[str, Any]]:
    """Return the log without what the clock says."""
    entries = [json.loads(line) for line in (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    return [{key: value for key, value in entry.items() if key != "seconds"} for entry in entries]


def kill_after(steps: int) -> Callable[[str, int, int], None]:
    """Return a listener that ends everything once so many steps are done."""

    def heard(what: str, done: int, total: int) -> None:
        if total and done >= steps:
            raise KilledError

    return heard


def run(recipe: Recipe, lessons: Lessons, base: Path, folder: Path, **options: Any) -> Any:
    """Train on the CPU."""
    return train(recipe, lessons, base, folder, device="cpu", **options)


def test_killed_and_resumed_is_uninterrupted(recipe: Recipe, lessons: Lessons, base: Path, tmp_path: Path) -> None:
    """Law: however often it is killed, adapter, result and log come out the same to the last bit."""
    whole = run(recipe, lessons, base, tmp_path / "whole")
    assert whole["steps"] >= 8
    for steps in (1, 3, 4, 7):
        with pytest.raises(KilledError):
            run(recipe, lessons, base, tmp_path / "cut", progress=kill_after(steps))
    with (tmp_path / "cut" / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"step": 99')  # a line that was being written
    assert whole == run(recipe, lessons, base, tmp_path / "cut")
    for name in ("adapter.safetensors",):
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "cut" / name).read_bytes()
    assert log_of(tmp_path / "whole") == log_of(tmp_path / "cut")


def test_it_learns(recipe: Recipe, lessons: Lessons, base: Path, tmp_path: Path) -> None:
    """The loss on the dev part, which is the same texts here, falls; log and result tell it."""
    longer = replace(recipe, schedule=replace(recipe.schedule, epochs=20))
    result = run(longer, lessons, base, tmp_path / "run")
    entries = log_of(tmp_path / "run")
    read = [entry["dev_loss"] for entry in entries if "dev_loss" in entry]
    assert result["dev_loss"] == min(read) < read[0] - 0.5
    steps = [entry for entry in entries if "loss" in entry]
    assert list(range(1, result["steps"] + 1)) == [entry["step"] for entry in steps]
    assert all(entry["learned"] < entry["tokens"] for entry in steps)
    assert {"torch", "transformers", "peft"} == result["versions"].keys()


def test_it_stops_early(recipe: Recipe, lessons: Lessons, base: Path, tmp_path: Path) -> None:
    """Readings that get no better end it, and the best state is what is kept."""
    wild = replace(recipe, schedule=replace(recipe.schedule, epochs=30, learning_rate=5.0, patience=2, evaluate=1))
    result = run(wild, lessons, base, tmp_path / "run")
    assert result["steps"] == result["best_step"] + 2 < result["steps_planned"]


def test_an_end_is_an_end(
    recipe: Recipe, lessons: Lessons, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A training that has ended is told again and not done again."""
    result = run(recipe, lessons, base, tmp_path / "run")

    def fail(*_: Any) -> None:
        raise AssertionError("loaded again")

    monkeypatch.setattr(loop, "load_base", fail)
    assert result == run(recipe, lessons, base, tmp_path / "run")


def test_no_time_left(recipe: Recipe, lessons: Lessons, base: Path, tmp_path: Path) -> None:
    """With no seconds left everything is kept, and nothing is called a result."""
    assert run(recipe, lessons, base, tmp_path / "run", seconds=0.0) is None
    assert (tmp_path / "run" / "checkpoint.pt").is_file()
    assert not (tmp_path / "run" / "result.json").exists()
    assert run(recipe, lessons, base, tmp_path / "run") == run(recipe, lessons, base, tmp_path / "whole")


@pytest.mark.parametrize("spoilt", ["recipe", "examples", "garbage", "shape"])
def test_what_does_not_belong_together(
    spoilt: str, recipe: Recipe, base: Path, tmp_path: Path, write_examples: Callable[..., Path]
) -> None:
    """A checkpoint of another training, or none at all, is not gone on from."""
    folder = tmp_path / "run"
    lessons = read_lessons(write_examples(tmp_path / "lessons", recipe))
    with pytest.raises(KilledError):
        run(recipe, lessons, base, folder, progress=kill_after(2))
    told = "another training was kept here"
    if spoilt == "recipe":
        recipe = replace(recipe, digest="other")
        lessons = read_lessons(write_examples(tmp_path / "lessons", recipe))
    elif spoilt == "examples":
        lessons = replace(lessons, digest="other")
    elif spoilt == "shape":
        recipe, told = replace(recipe, lora=replace(recipe.lora, rank=2)), "another adapter"
    else:
        (folder / "checkpoint.pt").write_bytes(b"x")
        told = "Remove it, and training begins anew"
    with pytest.raises(TrainingError, match=told):
        run(recipe, lessons, base, folder)


def test_other_examples_and_another_base(
    recipe: Recipe, lessons: Lessons, tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Examples of another recipe, a base that is missing or has other bytes, and an adapter too large are refused."""
    with pytest.raises(TrainingError, match="made by another recipe"):
        run(replace(recipe, digest="other"), lessons, base, tmp_path / "run")
    with pytest.raises(TrainingError, match="no base model here"):
        run(recipe, lessons, tmp_path / "none.gguf", tmp_path / "run")
    (tmp_path / "other.gguf").write_bytes(b"GGUF")
    with pytest.raises(TrainingError, match="as in the card"):
        run(recipe, lessons, tmp_path / "other.gguf", tmp_path / "run")
    with pytest.raises(TrainingError, match=r"lora\.targets"):
        run(replace(recipe, lora=replace(recipe.lora, targets=("none",))), lessons, base, tmp_path / "run")
    monkeypatch.setattr("shopglot_eval.training.model.LARGEST", 100)
    with pytest.raises(TrainingError, match=r"lower lora\.rank"):
        run(recipe, lessons, base, tmp_path / "run")


def test_a_diverging_loss_is_told(recipe: Recipe, lessons: Lessons, base: Path, tmp_path: Path) -> None:
    """Numbers that are none end the training with advice, not with an adapter."""
    mad = replace(recipe, schedule=replace(recipe.schedule, learning_rate=1e30))
    with pytest.raises(TrainingError, match=r"Lower schedule\.learning_rate"):
        run(mad, lessons, base, tmp_path / "run")


def test_nothing_fits(recipe: Recipe, lessons: Lessons, base: Path) -> None:
    """Rows that are too short for every example are said to be; one that is too short for some counts them."""
    write = make_writer(load_tokenizer(base))
    sizes = sorted(len(write(text).ids) for text in lessons.train)
    with pytest.raises(TrainingError, match=r"raise schedule\.row"):
        make_plan(replace(recipe, schedule=replace(recipe.schedule, row=16)), lessons, write)
    some = replace(recipe, schedule=replace(recipe.schedule, row=sizes[3]))
    assert sum(size > sizes[3] for size in sizes) == make_plan(some, lessons, write).dropped > 0


def test_rate(recipe: Recipe) -> None:
    """It rises straight, is highest where the rise ends, and falls to nearly nothing."""
    rates = [rate_at(step, 100, recipe.schedule) for step in range(100)]
    top = rates.index(max(rates))
    assert max(rates) == recipe.schedule.learning_rate
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top + 1 :] == sorted(rates[top + 1 :], reverse=True)
    assert 0 < rates[-1] < 0.01 * max(rates)
