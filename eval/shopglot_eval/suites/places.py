"""Where suites and their data lie."""

from __future__ import annotations

from pathlib import Path

from shopglot.errors import DataError
from shopglot_eval.terms.texts import shared_folder

SHARED = "shared:"


def eval_root() -> Path:
    """Return the folder that holds `suites/`, `data/` and `baselines/`.

    An installed wheel carries them beside this package; in a checkout they stand in `eval/`.
    """
    packaged = Path(__file__).parents[1] / "data"
    return packaged if packaged.is_dir() else Path(__file__).parents[2]


def suite_folder() -> Path:
    """Return the folder of the suites that come with the project."""
    return eval_root() / "suites"


def locate(name: str, *, beside: Path, shared: Path | None) -> Path:
    """Return the file that a suite names: in the shared folder, beside the suite, or in the project's `eval/`.

    `beside` is the folder of the suite, `shared` the folder of shared data, None for the usual one. Raises `DataError`
    that says where it was looked for.
    """
    if name.startswith(SHARED):
        folder = shared_folder() if shared is None else shared
        path = folder / name.removeprefix(SHARED).lstrip("/")
        if path.is_file():
            return path
        raise DataError(f"{path}: no such file; set SHOPGLOT_SHARED to the folder of shared data.")
    tried = list(dict.fromkeys(folder / name for folder in (beside, eval_root())))
    found = next((path for path in tried if path.exists()), None)
    if found is None:
        raise DataError(f"{name}: no such file; looked for at {' and '.join(map(str, tried))}.")
    return found
