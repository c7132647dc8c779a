"""What all tests share."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from shopglot.localizer import Localizer

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "eval" / "data" / "sample_catalog.jsonl"
BROKEN = ROOT / "eval" / "data" / "broken_catalog.jsonl"


def pytest_report_header() -> list[str]:
    """Print the versions that results depend on."""
    from importlib.metadata import version

    names = ("torch", "transformers", "ctranslate2", "opencc", "sqlalchemy", "datasets")
    return [", ".join(f"{name} {version(name)}" for name in names)]


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on what the person who runs it has set, except where the models and the shared data are."""
    for name in ("SHOPGLOT_STORE", "SHOPGLOT_DATA"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def sample() -> Path:
    """The sample catalog."""
    return SAMPLE


@pytest.fixture(scope="session")
def broken() -> Path:
    """The catalog of bad lines."""
    return BROKEN


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared data folder; the test is skipped where it is absent."""
    folder = Path(os.environ.get("SHOPGLOT_SHARED", ROOT / ".." / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no shared data in {folder}; set SHOPGLOT_SHARED")
    return folder


def estimator_file(name: str, scorer: str) -> dict[str, Any]:
    """Return the content of an estimator's file that thinks well of every text, and a little better of likely ones."""
    weight = {"center": 0.0, "scale": 1.0, "weight": 0.2, "low": -2.0, "high": 0.0}
    alone = {"views": [], "bias": 2.0, "caution": 0.5, "signals": {"repeated": weight | {"low": 0.0, "high": 1.0}}}
    read = {
        "views": ["backward", "forward"], "bias": 3.0, "caution": 0.0,
        "signals": {"forward": weight, "backward": weight},
    }  # fmt: skip
    variants = [alone, read] if scorer else [alone]
    return {
        "format": 1, "name": name, "scorer": scorer, "certain": {"published": 0.97}, "variants": variants, "usual": {},
    }  # fmt: skip


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that is the shipped one but for what fitting changes: kind estimators, and no gates.

    The English estimator speaks of the fake model, which therefore gives its opinion.
    """
    root = tmp_path_factory.mktemp("data")
    for folder in ("glossaries", "models"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.name != "gate.toml" and path.parent.name != "estimators":
                target = root / path.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.symlink_to(path)
    (root / "models" / "estimators").mkdir()
    for language, scorer in (("en", "fake@1"), ("zh-Hant", "")):
        content = json.dumps(estimator_file(f"kind-{language}", scorer))
        (root / "models" / "estimators" / f"{language}.json").write_text(content, encoding="utf-8")
    return root


@pytest.fixture(scope="session")
def kind_loader() -> Callable[..., Localizer]:
    """What loads markets from the data folder of the tests, each once in a session."""
    from shopglot.loading import load_localizer

    return cache(load_localizer.__wrapped__)


@pytest.fixture
def kind_data(data_folder: Path, kind_loader: Callable[..., Localizer], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Markets are loaded from the data folder of the tests, so that what is published depends on no fit."""
    monkeypatch.setenv("SHOPGLOT_DATA", str(data_folder))
    monkeypatch.setattr("shopglot.loading.load_localizer", kind_loader)
    return data_folder
