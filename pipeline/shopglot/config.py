"""Where shopglot finds its data and keeps its files. Read from the environment once, at the point of use."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

from shopglot.errors import UsageError


def data_root() -> Path:
    """Return the folder that holds `glossaries/` and `models/`.

    `SHOPGLOT_DATA` wins; an installed wheel carries the folders beside this module; in a checkout they stand at
    the top of the repository.
    """
    named = os.environ.get("SHOPGLOT_DATA")
    packaged = Path(__file__).parent / "data"
    root = Path(named) if named else packaged if packaged.is_dir() else Path(__file__).parents[2]
    if not (root / "glossaries").is_dir():
        raise UsageError(
            f"{root}: no folder 'glossaries' here. Set SHOPGLOT_DATA to the folder that holds "
            "shopglot's 'glossaries' and 'models', or install shopglot again."
        )
    return root


def glossary_root(root: Path | None = None) -> Path:
    """Return the folder with one sub-folder per market, and `common`, of this data folder or the one in use."""
    return (root or data_root()) / "glossaries"


def card_root(root: Path | None = None) -> Path:
    """Return the folder of model cards of this data folder or the one in use."""
    return (root or data_root()) / "models"


def model_cache() -> Path:
    """Return the folder where pulled and prepared models are kept: `SHOPGLOT_HOME`, or the user's cache."""
    named = os.environ.get("SHOPGLOT_HOME")
    if named:
        return Path(named) / "models"
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "shopglot" / "models"


def default_store() -> str:
    """Return the store that commands use when none is named: `SHOPGLOT_STORE`, or `shopglot.db` where one stands."""
    return os.environ.get("SHOPGLOT_STORE") or "shopglot.db"


def default_actor() -> str:
    """Return who acts where nobody is named: `SHOPGLOT_ACTOR`, or the login, or the number of a user without one."""
    named = os.environ.get("SHOPGLOT_ACTOR")
    if named:
        return named
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container's user may have no name
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "unknown"
