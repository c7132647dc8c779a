"""Training itself: step by step, the same to the last bit on a CPU however often it is killed and called again.

What a step does depends on its number alone: the order of the rows on the epoch, the rate and the dropout on the step.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from . import keeping
from .examples import Example, Lessons, make_writer
from .model import add_adapter, copy_weights, learned, load_base, load_tokenizer, loss_of, put_weights, write_adapter
from .packing import Row, arrange, fitting, steps_of
from .pieces import hash_file
from .problems import TrainingError
from .recipe import Recipe, Schedule

Progress = Callable[[str, int, int], None]  # what, how many steps are done, of how many
PACKAGES = ("torch", "transformers", "peft")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All steps there may be, each with its epoch, and the rows of the dev part. `dropped` texts were too long."""

    steps: tuple[tuple[int, Sequence[Row]], ...]
    dev: tuple[Row, ...]
    dropped: int


def train(
    recipe: Recipe,
    lessons: Lessons,
    base: Path,
    folder: Path,
    *,
    device: str = "auto",
    seconds: float = math.inf,
    progress: Progress = lambda what, done, total: None,
) -> Mapping[str, Any] | None:
    """Train, or go on training, and return the result; None where `seconds` were over before the end.

    `folder` keeps everything (see `keeping`); a training that has ended there is not done again. Raises
    `TrainingError` where base, examples, recipe and what is kept do not belong together.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # without it a GPU may add up in another order
    import torch

    started = time.monotonic()
    place = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
    if lessons.recipe != recipe.digest:
        raise TrainingError("the examples were made by another recipe: `prepare` them again with this one.")
    _check_base(base, lessons.base)
    about = {"recipe": recipe.digest, "examples": lessons.digest, "device": place}
    folder.mkdir(parents=True, exist_ok=True)
    if (ended := keeping.read_result(folder, about)) is not None:
        return ended
    kept = keeping.load(folder, about)
    progress("loading the base model", 0, 0)
    torch.use_deterministic_algorithms(mode=True, warn_only=place != "cpu")
    plan = make_plan(recipe, lessons, make_writer(load_tokenizer(base)))
    model = add_adapter(load_base(base, place), recipe.lora, recipe.schedule.seed)
    optimizer = torch.optim.AdamW(
        learned(model).values(), lr=recipe.schedule.learning_rate, weight_decay=recipe.schedule.weight_decay,
        foreach=False,
    )  # fmt: skip
    write_adapter(learned(model), recipe.lora, folder / keeping.ADAPTER)  # one that is too large is refused at once
    state = keeping.State()
    if kept is not None:
        put_weights(model, kept["weights"])
        optimizer.load_state_dict(dict(kept["optimizer"]))
        state = keeping.State(**kept["state"])
    path = keeping.open_log(folder, state.step)
    schedule = recipe.schedule
    while state.step < len(plan.steps) and state.worse < schedule.patience:
        if time.monotonic() - started > seconds:
            keeping.save(folder, about, state, copy_weights(model), optimizer)
            return None
        epoch, rows = plan.steps[state.step]
        entry = _step(model, optimizer, rows, schedule, place, state.step, len(plan.steps))
        state.step += 1
        keeping.log(path, step=state.step, epoch=epoch, **entry, seconds=round(time.monotonic() - started, 3))
        last = state.step == len(plan.steps)
        if last or state.step % schedule.evaluate == 0:
            _read_dev(model, plan.dev, place, state, path)
        if last or state.step % schedule.checkpoint == 0:
            keeping.save(folder, about, state, copy_weights(model), optimizer)
        progress(f"loss {entry['loss']:.3f}, best dev {state.best_loss:.3f}", state.step, len(plan.steps))
    return _finish(recipe, lessons, plan, state, folder, about)


def make_plan(recipe: Recipe, lessons: Lessons, write: Callable[..., Example]) -> Plan:
    """Return every step there may be. Raises `TrainingError` where nothing fits into a row."""
    schedule = recipe.schedule
    written = [write(text) for text in lessons.train]
    examples = fitting(written, schedule.row)
    dev = fitting(map(write, lessons.dev), schedule.row)
    if not examples or not dev:
        raise TrainingError(f"no example fits into a row of {schedule.row} tokens: raise schedule.row.")
    steps = [
        (epoch, rows)
        for epoch in range(schedule.epochs)
        for rows in steps_of(arrange(examples, length=schedule.row, seed=f"{schedule.seed}:{epoch}"), schedule.rows)
    ]
    return Plan(
        steps=tuple(steps), dev=tuple(arrange(dev, length=schedule.row, seed="dev")),
        dropped=len(written) - len(examples),
    )  # fmt: skip


def rate_at(step: int, steps: int, schedule: Schedule) -> float:
    """Return the learning rate of a step, from 0: a straight rise, then a cosine that ends at nothing."""
    rise = max(1, round(schedule.warmup * steps))
    if step < rise:
        return schedule.learning_rate * (step + 1) / rise
    return schedule.learning_rate * (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise))) / 2


def _step(
    model: Any, optimizer: Any, rows: Sequence[Row], schedule: Schedule, device: str, step: int, steps: int
) -> dict[str, Any]:
    """Learn from some rows: every answer's token counts the same, in whichever row it stands."""
    import torch

    torch.manual_seed(schedule.seed * 1_000_003 + step)  # dropout: on every device
    model.train()
    rate = rate_at(step, steps, schedule)
    for group in optimizer.param_groups:
        group["lr"] = rate
    tokens = sum(row.learned for row in rows)
    total = 0.0
    for row in rows:
        loss = loss_of(model, row, device) / tokens
        loss.backward()
        total += float(loss.detach())
    norm = float(torch.nn.utils.clip_grad_norm_(learned(model).values(), schedule.clip))
    if not math.isfinite(total) or not math.isfinite(norm):
        raise TrainingError(f"step {step + 1}: the loss is {total}, its gradient {norm}. Lower schedule.learning_rate.")
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    read = sum(len(row.ids) for row in rows)
    return {"loss": total, "rate": rate, "norm": norm, "learned": tokens, "tokens": read}


def _read_dev(model: Any, rows: Sequence[Row], device: str, state: keeping.State, path: Path) -> None:
    """Read the dev part, note whether it was never read better, and log it."""
    import torch

    model.eval()
    with torch.no_grad():
        total = sum(float(loss_of(model, row, device)) for row in rows)
    loss = total / sum(row.learned for row in rows)
    if loss < state.best_loss:
        state.best_loss, state.best_step, state.worse, state.best = loss, state.step, 0, copy_weights(model)
    else:
        state.worse += 1
    keeping.log(path, step=state.step, dev_loss=loss, best=state.best_step == state.step)


def _finish(
    recipe: Recipe, lessons: Lessons, plan: Plan, state: keeping.State, folder: Path, about: Mapping[str, str]
) -> Mapping[str, Any]:
    """Write the best state as an adapter, and the result."""
    adapter = folder / keeping.ADAPTER
    write_adapter(state.best, recipe.lora, adapter)
    result = {
        "about": dict(about), "recipe": recipe.name, "base": dict(lessons.base),
        "adapter": {"file": adapter.name, "size": adapter.stat().st_size, "sha256": hash_file(adapter)},
        "steps": state.step, "steps_planned": len(plan.steps), "best_step": state.best_step,
        "dev_loss": state.best_loss, "too_long": plan.dropped,
        "versions": {name: version(name) for name in PACKAGES},
    }  # fmt: skip
    keeping.write_result(folder, result)
    return result


def _check_base(path: Path, wanted: Mapping[str, Any]) -> None:
    """Compare the base model's file with what the examples were made for; a folder (of a rehearsal) has no digest."""
    if not path.exists():
        raise TrainingError(f"{path}: no base model here. Bring its file, and `join` its pieces.")
    if path.is_file() and (found := hash_file(path)) != wanted.get("sha256"):
        raise TrainingError(f"{path}: SHA-256 is {found}, not {wanted.get('sha256')} as in the card. Bring it again.")
