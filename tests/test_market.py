"""Markets: what is inherited, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopglot.config import glossary_root
from shopglot.errors import DataError, UsageError
from shopglot.market import MARKETS, load_market


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A glossary folder with the real Hong Kong file and room for others."""
    (tmp_path / "common").mkdir()
    for name in ("hk", "xx"):
        (tmp_path / name).mkdir()
    (tmp_path / "hk" / "market.toml").write_bytes((glossary_root() / "hk" / "market.toml").read_bytes())
    return tmp_path


@pytest.mark.parametrize("name", MARKETS)
def test_every_market_loads(name: str) -> None:
    """The four markets of the interface exist and are complete."""
    market = load_market(glossary_root(), name)
    assert name == market.name
    assert 0 < market.cutoff < 1
    assert (name == "us") == market.latin


def test_macau_inherits_hong_kong() -> None:
    """Macau takes what it does not say itself from Hong Kong, and names both folders."""
    hk, mo = load_market(glossary_root(), "hk"), load_market(glossary_root(), "mo")
    assert (hk.script, hk.engine, hk.length) == (mo.script, mo.engine, mo.length)
    assert ("hk", "mo") == mo.lineage
    assert "Macau" == mo.title


def test_unknown_market() -> None:
    """An unknown market is bad usage, and the message names the known ones."""
    with pytest.raises(UsageError, match=r"'xx'.*hk, mo, tw, us"):
        load_market(glossary_root(), "xx")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('inherits = "hk"\nnmae = "x"', "unknown key 'nmae'"),
        ('inherits = "hk"\n[publish]\nuncalibrated_cutoff = "high"', "publish.uncalibrated_cutoff.*float"),
        ('inherits = "hk"\n[text.length]\ntitle = 0', "text.length.title"),
        ('inherits = "xx"', "circle"),
        ('inherits = "yy"', "there is no"),
        ('title = "X"', "table .publish. is missing"),
        ('inherits = "hk"\npublish = 3', "must be a table"),
        ("= 3", "market.toml"),
    ],
)
def test_wrong_files(folder: Path, content: str, message: str) -> None:
    """A wrong file is refused with its name and key."""
    (folder / "xx" / "market.toml").write_text(content)
    with pytest.raises(DataError, match=message):
        load_market(folder, "xx")


def test_digest_follows_the_data(folder: Path) -> None:
    """A changed glossary changes the digest of the markets that read it, and of no other."""
    (folder / "xx" / "market.toml").write_text('title = "X"\ninherits = "hk"')
    before = {name: load_market(folder, name).digest for name in ("hk", "xx")}
    (folder / "xx" / "terms.tsv").write_text("source\n")
    after = {name: load_market(folder, name).digest for name in ("hk", "xx")}
    assert before["hk"] == after["hk"]
    assert before["xx"] != after["xx"]
