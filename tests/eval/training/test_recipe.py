"""The recipe: the shipped one is whole, and a wrong one is refused by the name of its key."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopglot.engines.cards import get_card
from shopglot_eval.training.problems import TrainingError
from shopglot_eval.training.recipe import read_recipe

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "models" / "house" / "recipe.toml"


def test_shipped() -> None:
    """Its base is a card that pins one file, and every market has a text or the card's."""
    recipe = read_recipe(SHIPPED)
    card = get_card(ROOT / "models", recipe.base)
    assert card.source.sha256
    assert card.source.file
    assert ("us", "hk") == recipe.data.markets
    assert recipe.digest == read_recipe(SHIPPED).digest


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("rank = 16", "rank = 0", "lora.rank is 0"),
        ("rank = 16", 'rank = "16"', "lora.rank must be int"),
        ("rank = 16", "rank = true", "lora.rank must be int"),
        ("dropout = 0.05", "dropout = 1", "lora.dropout is 1.0"),
        ("epochs = 3", "epochs = 2.5", "schedule.epochs must be int"),
        ("epochs = 3", "epoch = 3", "must have the keys seed, epochs"),
        ("learning_rate = 2e-4", "learning_rate = nan", "learning_rate is nan"),
        ("longest = 160", "longest = 5", "general.longest is 5"),
        ('markets = ["us", "hk"]', "markets = []", "data.markets must be a list of texts"),
        ('markets = ["us", "hk"]', 'markets = ["us"]', "one text for each of data.markets"),
        ("[systems]", "[system]", "unknown or missing: system, systems"),
        ("[lora]", "[lora", "recipe.toml"),
    ],
)
def test_refused(old: str, new: str, told: str, tmp_path: Path) -> None:
    """The message names the key and what it should be."""
    content = SHIPPED.read_text(encoding="utf-8")
    assert old in content
    path = tmp_path / "recipe.toml"
    path.write_text(content.replace(old, new), encoding="utf-8")
    with pytest.raises(TrainingError) as caught:
        read_recipe(path)
    assert told in str(caught.value)
    assert str(path) in str(caught.value)


def test_no_file(tmp_path: Path) -> None:
    """A recipe that is not there, and one that is no text."""
    with pytest.raises(TrainingError, match=r"none\.toml"):
        read_recipe(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(TrainingError, match=r"bytes\.toml"):
        read_recipe(tmp_path / "bytes.toml")
