"""Where shopglot finds its data and keeps its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopglot import config
from shopglot.errors import UsageError

ROOT = Path(__file__).parents[1]


def test_checkout_brings_its_data() -> None:
    """Without any setting the folders at the top of the repository are used."""
    assert (ROOT, ROOT / "glossaries", ROOT / "models") == (
        config.data_root(),
        config.glossary_root(),
        config.card_root(),
    )


def test_data_folder_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SHOPGLOT_DATA wins, and is read when it is needed."""
    (tmp_path / "glossaries").mkdir()
    monkeypatch.setenv("SHOPGLOT_DATA", str(tmp_path))
    assert (tmp_path / "glossaries", tmp_path / "models") == (config.glossary_root(), config.card_root())


def test_wheel_brings_its_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package has the folders beside its modules."""
    (tmp_path / "data" / "glossaries").mkdir(parents=True)
    monkeypatch.setattr(config, "__file__", str(tmp_path / "config.py"))
    assert tmp_path / "data" == config.data_root()


def test_folder_without_glossaries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong folder is named with the variable to set; exit status 2."""
    monkeypatch.setenv("SHOPGLOT_DATA", str(tmp_path))
    with pytest.raises(UsageError, match="SHOPGLOT_DATA") as caught:
        config.data_root()
    assert str(tmp_path) in str(caught.value)
    assert 2 == caught.value.exit_status


@pytest.mark.parametrize(
    ("home", "cache", "expected"),
    [
        ("/h", "/c", "/h/models"),
        ("", "/c", "/c/shopglot/models"),
        ("", "", "/me/.cache/shopglot/models"),
    ],
)
def test_model_cache(home: str, cache: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """SHOPGLOT_HOME, else the user's cache folder; an empty setting is none."""
    monkeypatch.setenv("SHOPGLOT_HOME", home)
    monkeypatch.setenv("XDG_CACHE_HOME", cache)
    monkeypatch.setattr(Path, "home", lambda: Path("/me"))
    assert Path(expected) == config.model_cache()


@pytest.mark.parametrize(("named", "expected"), [(None, "shopglot.db"), ("", "shopglot.db"), ("x.db", "x.db")])
def test_default_store(named: str | None, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """SHOPGLOT_STORE, else a file in the working folder."""
    if named is not None:
        monkeypatch.setenv("SHOPGLOT_STORE", named)
    assert expected == config.default_store()
