"""Rows: everything is in them once, and nothing in a row knows of its neighbours."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot_eval.training.examples import Example, Lessons, make_writer
from shopglot_eval.training.model import load_base, load_tokenizer, loss_of
from shopglot_eval.training.packing import IGNORED, Row, arrange, fitting, steps_of, tensors

Lengths = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 12)), max_size=40)


def numbered(lengths: list[tuple[int, int]]) -> list[Example]:
    """Return examples of a prompt and an answer with tokens that occur nowhere else."""
    made, first = [], 0
    for asked, answer in lengths:
        made.append(Example(ids=tuple(range(first, first + asked + answer)), start=asked))
        first += asked + answer
    return made


@given(lengths=Lengths, length=st.integers(16, 40), seed=st.text(max_size=3))
def test_rows_hold_every_example_once(lengths: list[tuple[int, int]], length: int, seed: str) -> None:
    """Law: each example that fits stands whole in one row, begins at position 0, and teaches its answer and no more."""
    examples = fitting(numbered(lengths), length)
    rows = arrange(examples, length=length, seed=seed)
    found = []
    for row in rows:
        assert len(row.ids) <= length
        for owner in dict.fromkeys(row.owners):
            places = [at for at, one in enumerate(row.owners) if one == owner]
            assert list(range(len(places))) == [row.positions[at] for at in places]
            found.append(tuple(row.ids[at] for at in places))
    assert sorted(example.ids for example in examples) == sorted(found)
    taught = [label for row in rows for label in row.labels if label != IGNORED]
    assert sorted(token for example in examples for token in example.ids[example.start :]) == sorted(taught)
    assert rows == arrange(examples, length=length, seed=seed)
    assert rows == [row for step in steps_of(rows, 3) for row in step]


@given(lengths=Lengths)
def test_labels_are_the_next_tokens(lengths: list[tuple[int, int]]) -> None:
    """A place learns the token that stands behind it in the same example."""
    for row in arrange(fitting(numbered(lengths), 30), length=30, seed=""):
        for at, label in enumerate(row.labels):
            if label != IGNORED:
                assert (row.ids[at + 1], row.owners[at + 1]) == (label, row.owners[at])


@pytest.fixture
def written(base: Path, lessons: Lessons) -> tuple[Any, list[Example]]:
    """The tiny model, and the examples as its tokens."""
    write = make_writer(load_tokenizer(base))
    return load_base(base, "cpu").eval(), [write(text) for text in lessons.train]


def alone(example: Example) -> Row:
    """Return an example in a row of its own."""
    return arrange([example], length=len(example.ids), seed="")[0]


class Bare:
    """A model without an adapter, as `loss_of` asks for it."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def get_base_model(self) -> Any:
        """Return it."""
        return self.model


def test_packed_is_as_if_alone(written: tuple[Any, list[Example]]) -> None:
    """The loss of a row is the sum of those of its examples alone, each read with plain causal attention."""
    import torch

    model, examples = written
    row = arrange(examples, length=10_000, seed="x")[0]
    assert len(set(row.owners)) == len(examples) > 4
    with torch.no_grad():
        packed = float(loss_of(Bare(model), row, "cpu"))
        apart = 0.0
        for example in examples:
            labels = torch.tensor([[*[IGNORED] * example.start, *example.ids[example.start :]]])
            mean = model(input_ids=torch.tensor([example.ids]), labels=labels).loss
            apart += float(mean) * (len(example.ids) - example.start)
            assert float(mean) * alone(example).learned == pytest.approx(
                float(loss_of(Bare(model), alone(example), "cpu")), rel=1e-4
            )
    assert packed == pytest.approx(apart, rel=1e-4)


def test_neighbours_do_not_leak(written: tuple[Any, list[Example]]) -> None:
    """Other tokens in every other example change nothing; without the boundaries they would."""
    import torch

    model, examples = written
    row = arrange(examples, length=10_000, seed="x")[0]
    mine = [at for at, owner in enumerate(row.owners) if owner == 3]
    others = replace(
        row, ids=tuple(i if o == 3 else (i * 7 + 5) % 256 for i, o in zip(row.ids, row.owners, strict=True))
    )

    def states(one: Row, *, bounded: bool = True) -> Any:
        inputs = tensors(one, "cpu")
        del inputs["labels"]
        if not bounded:
            inputs["attention_mask"] = torch.ones_like(inputs["attention_mask"]).tril()
        with torch.no_grad():
            return model.model(**inputs, use_cache=False).last_hidden_state[0, mine]

    assert torch.equal(states(row), states(others))
    assert not torch.allclose(states(row, bounded=False), states(others, bounded=False), atol=1e-3)
