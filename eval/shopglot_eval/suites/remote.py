"""Test sets that others keep: those of sacrebleu, and datasets of Hugging Face. Both are loaded once and then kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shopglot.errors import DataError
from shopglot.foreign import read_lines
from shopglot_eval.suites.tables import Row

_FACTS = {"docid": "listing", "genre": "domain", "domain": "domain"}  # what sacrebleu calls it, and what we do
_PINNED = re.compile("[0-9a-f]{40}")


def read_testset(testset: str, pair: str) -> Iterator[tuple[int, Row]]:
    """Yield the lines of a sacrebleu test set: `source`, `references` and, where it has them, `listing` and `domain`.

    Raises `DataError` where sacrebleu knows no such set, or cannot get it.
    """
    from sacrebleu.dataset import DATASETS

    dataset: Any = DATASETS.get(testset)
    if dataset is None:
        raise DataError(f"sacrebleu knows no test set '{testset}'; `sacrebleu --list` names all of them.")
    if pair not in dataset.langpairs:
        pairs = ", ".join(sorted(dataset.langpairs))
        raise DataError(f"sacrebleu has no pair '{pair}' of test set '{testset}'; it has {pairs}.")
    try:
        paths = dict(zip(dataset.fieldnames(pair), map(Path, dataset.get_files(pair)), strict=True))
        references = [Path(path) for path in dataset.get_reference_files(pair)]
    except (OSError, SystemExit) as error:  # sacrebleu ends the process where a download is broken
        raise DataError(
            f"sacrebleu's {testset}/{pair} is not on this machine and cannot be loaded ({error}). Run `sacrebleu "
            f"-t {testset} -l {pair} --echo src` where there is a network, and copy its folder ~/.sacrebleu here."
        ) from error
    source = read_lines(paths["src"])
    columns = [read_lines(path) for path in references]
    facts = {key: read_lines(paths[name]) for name, key in _FACTS.items() if name in paths}
    for lines in (*columns, *facts.values()):
        if len(lines) != len(source):
            raise DataError(f"{paths['src']}: {len(source)} lines, but {len(lines)} beside it; load it again.")
    for place, text in enumerate(source):
        told = {key: lines[place] for key, lines in facts.items()}
        yield place + 1, {"source": text, "references": [lines[place] for lines in columns], **told}


def read_dataset(dataset: str, *, config: str, split: str, revision: str) -> Iterator[tuple[int, Row]]:
    """Yield the rows of a split of a Hugging Face dataset, or of a local folder that `datasets` can load.

    What comes from a hub is pinned by the SHA-1 of its commit, for a name or a branch may change under a report. Raises
    `DataError` where it is not, or cannot be loaded.
    """
    local = Path(dataset).is_dir()
    if not local and not _PINNED.fullmatch(revision):
        raise DataError(f"dataset '{dataset}': 'revision' must be the 40 digits of a commit, not '{revision}'.")
    import datasets

    try:
        # What is local needs no copy in a cache.
        rows: Any = datasets.load_dataset(
            dataset, name=config or None, split=split, revision=None if local else revision, streaming=local
        )
    except Exception as error:
        # Its errors are of many kinds, those of the network and of other packages among them.
        raise DataError(
            f"dataset '{dataset}', split '{split}' cannot be loaded ({type(error).__name__}: {error}). Without a "
            "network it must be in the cache of `datasets` already."
        ) from error
    yield from enumerate(rows, start=1)
