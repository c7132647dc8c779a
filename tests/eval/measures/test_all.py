"""The list of measures: what reports, baselines and scripts rely on."""

from __future__ import annotations

import subprocess
import sys
from typing import get_args

from shopglot_eval.measures import ALL
from shopglot_eval.records import Better, Example, Form, Output, Pair


def test_names_are_stable_and_single() -> None:
    """No two measures share a name, and names are fit for files and links."""
    names = [measure.name for measure in ALL]
    assert len(names) == len(set(names))
    assert all(name.replace(".", "").replace("-", "").isalnum() and name.islower() for name in names)
    assert ["chrf", "chrfpp", "bleu", "ter"] == names[:4]


def test_every_measure_keeps_the_contract() -> None:
    """With nothing to measure there is no value and a count of 0; figures say what their measures say."""
    bare = Pair(example=Example(id="e", market="us", source=""), output=Output(id="e", target=""))
    for measure in ALL:
        assert measure.title
        assert measure.better in get_args(Better)
        assert measure.form in get_args(Form)
        empty = measure.measure([])
        assert (None, 0) == (empty.value, empty.count), measure.name
        figure = measure.measure([bare])
        assert (measure.name, measure.better, measure.form) == (figure.measure, figure.better, figure.form)
        assert set(figure.against) <= {"e"}


def test_measures_are_light_to_import() -> None:
    """Naming the measures loads no NumPy, SciPy or sacrebleu: help and errors come at once."""
    heavy = "{'numpy', 'scipy', 'sacrebleu', 'sklearn', 'torch', 'rapidfuzz'} & set(sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, shopglot_eval.measures.significance; print(sorted({heavy}))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "[]" == done.stdout.strip()
