"""Examples set one behind the other in rows without padding, each blind to the others.

Every example begins at position 0 and sees its own tokens only, so that it is read as if it were alone; only the tokens
of its answer are learned.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from .examples import Example

IGNORED = -100  # the label of a place from which nothing is learned
OPEN = 16  # rows that are filled at a time: more find a tighter fit, and mix texts of like length


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Tokens, their positions, the number of the example that each is of, and the token to be learned at each place."""

    ids: tuple[int, ...]
    positions: tuple[int, ...]
    owners: tuple[int, ...]
    labels: tuple[int, ...]

    @property
    def learned(self) -> int:
        """How many tokens are learned."""
        return sum(label != IGNORED for label in self.labels)


def arrange(examples: Sequence[Example], *, length: int, seed: str) -> list[Row]:
    """Return examples in rows of at most `length` tokens, in an order that the seed alone decides.

    Each goes into the first open row that has room for it. All must be short enough (`fitting` keeps those).
    """
    order = list(range(len(examples)))
    Random(seed).shuffle(order)  # noqa: S311 - an order, no secret
    done: list[list[Example]] = []
    rows: list[list[Example]] = []
    for number in order:
        own = examples[number]
        row = next((row for row in rows if sum(len(one.ids) for one in row) + len(own.ids) <= length), None)
        if row is None:
            row = []
            rows.append(row)
            if len(rows) > OPEN:
                done.append(rows.pop(0))
        row.append(own)
    return [_set(row) for row in [*done, *rows]]


def fitting(examples: Iterable[Example], length: int) -> list[Example]:
    """Return the examples that a row of `length` tokens has room for."""
    return [example for example in examples if len(example.ids) <= length]


def steps_of(rows: Sequence[Row], size: int) -> list[Sequence[Row]]:
    """Return rows in groups of `size`, the last one perhaps smaller: what a step of training reads."""
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def tensors(row: Row, device: str) -> dict[str, Any]:
    """Return what a model of transformers reads, a batch of one.

    *Shapes:* input_ids and position_ids (1, n); attention_mask (1, 1, n, n), true where the place of the third axis
    sees that of the fourth; labels (n,).
    """
    import torch

    owners = torch.tensor(row.owners, device=device)
    own = owners[:, None] == owners[None, :]
    return {
        "input_ids": torch.tensor([row.ids], device=device),
        "position_ids": torch.tensor([row.positions], device=device),
        "attention_mask": own.tril()[None, None],
        "labels": torch.tensor(row.labels, device=device),
    }


def _set(examples: Sequence[Example]) -> Row:
    ids: list[int] = []
    positions: list[int] = []
    owners: list[int] = []
    labels: list[int] = []
    for number, example in enumerate(examples):
        ids += example.ids
        positions += range(len(example.ids))
        owners += [number] * len(example.ids)
        # A place learns the token behind it; the last place of an example has none that is its own.
        labels += [IGNORED] * (example.start - 1) + list(example.ids[example.start :]) + [IGNORED]
    return Row(ids=tuple(ids), positions=tuple(positions), owners=tuple(owners), labels=tuple(labels))
