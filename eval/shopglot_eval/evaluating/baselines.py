"""The regression gate of `shopglot eval`: every system of the product against its committed baseline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import shopglot
from shopglot.errors import UsageError
from shopglot_eval import regression
from shopglot_eval.evaluating.gathering import markets_of
from shopglot_eval.measures import ALL
from shopglot_eval.records import Answers, Evaluation, Measured
from shopglot_eval.regression import Ruling
from shopglot_eval.reporting.document import Section
from shopglot_eval.suites.places import eval_root

Found = tuple[Section, Sequence[Measured]]


def baseline_folder() -> Path:
    """Return the folder of the baselines that come with the project."""
    return eval_root() / "baselines"


def check(evaluation: Evaluation, folder: Path) -> Iterator[tuple[Ruling, Found, Answers]]:
    """Yield, for each suite and market, what the gate says of the first system, its section, the baseline's answers.

    Raises `UsageError` where there is no baseline, or it is of other data.
    """
    for one in _first(evaluation):
        path = regression.path_of(folder, one)
        if not path.is_file():
            raise UsageError(
                f"{path}: no baseline of {one.system} for {one.suite} ({one.market}) yet; make it with "
                "--update-baseline 'why it is good'."
            )
        baseline = regression.read(path)
        ruling = regression.check(baseline, one, ALL)
        yield (
            ruling,
            (regression.section(ruling), regression.measured(ruling)),
            regression.answers_of(baseline, one),
        )


def update(evaluation: Evaluation, folder: Path, *, note: str) -> Iterator[Path]:
    """Make the first system's answers the baselines, and yield their files."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror}; name a folder that can be written with --baselines.") from error
    for one in _first(evaluation):
        path = regression.path_of(folder, one)
        regression.update(path, one, note=note, made={"shopglot": shopglot.__version__})
        yield path


def _first(evaluation: Evaluation) -> Iterator[Answers]:
    for suite, market in markets_of(evaluation):
        yield from evaluation.of(suite.name, market)[:1]
