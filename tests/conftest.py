"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

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
