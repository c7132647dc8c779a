"""What a training keeps while it goes on, so that a killed one comes to the same end.

FOLDER/checkpoint.pt      everything that going on needs, replaced in one step
FOLDER/log.jsonl          one line a step and one a reading of the dev part
FOLDER/adapter.safetensors, result.json   the end, the latter written last
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .problems import TrainingError

CHECKPOINT, LOG = "checkpoint.pt", "log.jsonl"
ADAPTER, RESULT = "adapter.safetensors", "result.json"


@dataclass(slots=True)
class State:
    """Where a training stands: steps done, the best reading of the dev part, and how many were no better since."""

    step: int = 0
    best_loss: float = float("inf")
    best_step: int = 0
    worse: int = 0
    best: dict[str, Any] = field(default_factory=dict)


def save(folder: Path, about: Mapping[str, str], state: State, weights: Mapping[str, Any], optimizer: Any) -> None:
    """Keep everything; what was kept before is replaced once all is written."""
    import torch

    partial = folder / f"{CHECKPOINT}.partial"
    torch.save(
        {"about": dict(about), "state": asdict(state), "weights": dict(weights), "optimizer": optimizer.state_dict()},
        partial,
    )
    partial.replace(folder / CHECKPOINT)


def load(folder: Path, about: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Return what was kept, None where nothing was.

    `about` says what is trained on what and where. Raises `TrainingError` where something else was kept, or nothing
    that can be read.
    """
    import torch

    path = folder / CHECKPOINT
    if not path.is_file():
        return None
    try:
        kept: Mapping[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        before = kept["about"]
    except Exception as error:  # a file that is no checkpoint may raise anything
        raise TrainingError(f"{path}: cannot be read ({error}). Remove it, and training begins anew.") from error
    if other := sorted(key for key in {*about, *before} if about.get(key) != before.get(key)):
        raise TrainingError(f"{path}: another training was kept here: {', '.join(other)} differ. Take an empty folder.")
    return kept


def open_log(folder: Path, step: int) -> Path:
    """Return the log without the lines behind a step: those are about to be written again."""
    path = folder / LOG
    kept = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
        try:
            if json.loads(line)["step"] <= step:
                kept.append(line)
        except (ValueError, KeyError, TypeError):
            continue  # cut off when the process was killed
    path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
    return path


def log(path: Path, **entry: Any) -> None:
    """Add a line to the log."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")


def write_result(folder: Path, result: Mapping[str, Any]) -> None:
    """Write the result, which says that a training has come to its end."""
    partial = folder / f"{RESULT}.partial"
    partial.write_text(json.dumps(result, indent=1), encoding="utf-8")
    partial.replace(folder / RESULT)


def read_result(folder: Path, about: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Return the result where the same training has come to its end, else None."""
    path = folder / RESULT
    try:
        result: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise TrainingError(f"{path}: {error}. Take an empty folder.") from error
    if result.get("about") != dict(about):
        raise TrainingError(f"{path}: another training has ended here. Take an empty folder.")
    return result
