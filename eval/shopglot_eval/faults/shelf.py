"""The data folder of the story: the shipped one, but every clean text passes and pages that left are taken down."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from shopglot.config import card_root, glossary_root

_ALWAYS: dict[str, Any] = {"center": 0.0, "scale": 1.0, "weight": 0.2, "low": 0.0, "high": 1.0}


@contextmanager
def kind_data() -> Iterator[Path]:
    """Make the folder, and let this process and those that it starts read their data there."""
    with TemporaryDirectory(prefix="shopglot-data-") as name:
        folder = Path(name)
        _copy(glossary_root(), folder / "glossaries")
        _copy(card_root(), folder / "models")
        for path in folder.rglob("market.toml"):
            content = path.read_text(encoding="utf-8")
            path.unlink()
            path.write_text(content.replace("withdraw_missing = false", "withdraw_missing = true"), encoding="utf-8")
        for language in ("en", "zh-Hant"):
            path = folder / "models" / "estimators" / f"{language}.json"
            path.unlink(missing_ok=True)
            path.write_text(json.dumps(_kind(language)), encoding="utf-8")
        before = os.environ.get("SHOPGLOT_DATA")
        os.environ["SHOPGLOT_DATA"] = str(folder)
        try:
            yield folder
        finally:
            if before is None:
                del os.environ["SHOPGLOT_DATA"]
            else:
                os.environ["SHOPGLOT_DATA"] = before


def _copy(source: Path, target: Path) -> None:
    """Link every file of a folder but the fitted gates."""
    for path in source.rglob("*"):
        if path.is_file() and path.name != "gate.toml":
            link = target / path.relative_to(source)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(path.resolve())


def _kind(language: str) -> dict[str, Any]:
    """Return the content of an estimator's file that thinks well of every text."""
    alone = {"views": [], "bias": 2.0, "caution": 0.5, "signals": {"repeated": _ALWAYS}}
    return {
        "format": 1, "name": f"kind-{language}", "scorer": "", "certain": {"published": 0.97}, "variants": [alone],
        "usual": {},
    }  # fmt: skip
