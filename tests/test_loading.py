"""Markets are put together from the data folders; no model is loaded before it is used."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from shopglot import loading
from shopglot.conversion import load_converter
from shopglot.engines.fake import FakeEngine
from shopglot.errors import CatalogError, UsageError
from shopglot.loading import (
    LazyEngine,
    catalog_content,
    load_localizer,
    load_localizers,
    load_screen,
    total_lines,
)
from shopglot.market import MARKETS, Market, load_market


def test_lazy_engine_opens_once() -> None:
    """The opener runs at the first use and never again."""
    opened: list[FakeEngine] = []
    lazy = LazyEngine(lambda: opened.append(FakeEngine()) or opened[-1])  # type: ignore[func-returns-value]
    assert [] == opened
    assert lazy() is lazy()
    assert 1 == len(opened)


def test_every_market_loads_in_the_order_given() -> None:
    """Every market has data of its own; only the one that translates is marked as fake."""
    localizers = load_localizers(reversed(MARKETS), model="fake")
    assert [*reversed(MARKETS)] == [item.market.name for item in localizers]
    assert {"us": True, "hk": False, "mo": False, "tw": False} == {item.market.name: item.fake for item in localizers}
    assert 4 == len({item.signature for item in localizers})


def test_market_is_loaded_once() -> None:
    """A second call answers with the same object."""
    assert load_localizer("us", model="fake") is load_localizer("us", model="fake")


def test_each_folder_is_loaded_for_itself(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that turns to another data folder does not go on with the first one's; going back loads nothing."""
    shipped = load_localizer("us", model="fake")
    monkeypatch.setenv("SHOPGLOT_DATA", str(data_folder))
    kind = load_localizer("us", model="fake")
    assert kind.estimator.name == "kind-en" != shipped.estimator.name
    assert kind.screen is shipped.screen  # whose rules are the same, and large
    monkeypatch.delenv("SHOPGLOT_DATA")
    assert shipped is load_localizer("us", model="fake")


def test_where_the_data_is_is_asked_once(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that loads a market while the environment changes gets all of it from one folder."""

    def load(root: Path, market: str) -> Market:
        monkeypatch.delenv("SHOPGLOT_DATA")
        return load_market(root, market)

    loading._localizer.cache_clear()
    monkeypatch.setenv("SHOPGLOT_DATA", str(data_folder))
    monkeypatch.setattr(loading, "load_market", load)
    kind = load_localizer("us", model="fake", plain=True)
    assert "kind-en" == kind.estimator.name
    monkeypatch.undo()
    assert "kind-en" != load_localizer("us", model="fake", plain=True).estimator.name


def test_default_model_is_the_markets_own() -> None:
    """Without a name the market's card is used, pinned by its revision, and is not opened."""
    localizer = load_localizer("us")
    assert localizer.model.startswith(f"{localizer.market.engine}@")
    assert not localizer.fake
    assert isinstance(localizer.open_engine, LazyEngine)
    assert localizer.open_engine.engine is None


@pytest.mark.parametrize("market", MARKETS)
def test_unknown_model(market: str) -> None:
    """A name without a card is refused in every market, with the names that there are."""
    with pytest.raises(UsageError, match=r"model 'nothing'.*Known models: .*fake"):
        load_localizer(market, model="nothing")


def test_unknown_market() -> None:
    """A market without a folder is refused, with the names that there are."""
    with pytest.raises(UsageError, match=r"market 'fr'.*Known markets: hk, mo, tw, us"):
        load_localizer("fr", model="fake")


def test_converter_writes_the_glossarys_words() -> None:
    """The converter of a market takes its enforced terms along; suggestions are left to people."""
    assert ("薯仔", "馬鈴薯") == (load_converter("hk").convert("土豆"), load_converter("tw").convert("土豆"))


def test_converter_of_an_english_market() -> None:
    """English is no conversion: the message names the command that does it."""
    with pytest.raises(UsageError, match="shopglot translate"):
        load_converter("us")


def test_legal_rules_are_not_inherited() -> None:
    """Macau takes terms from Hong Kong, but screens by its own rules and the common ones."""
    checks = {
        finding.check.split(".")[0]
        for market in ("mo", "us")
        for finding in load_screen(market).screen("加微信，七天祛斑，治疗颈椎病", side="source")
        if market == "mo"
    }
    assert checks <= {"mo", "common"}
    assert "common" in checks


def test_content_of_a_catalog(tmp_path: Path) -> None:
    """What is in it tells one night's file from another's, not its time; what is no file is told by its name."""
    path, copy = tmp_path / "c.jsonl", tmp_path / "d.jsonl"
    path.write_bytes(b"{}\n")
    copy.write_bytes(b"{}\n")
    os.utime(path, ns=(1, 2))
    first = catalog_content(str(path))
    assert first == catalog_content(str(copy))
    copy.write_bytes(b"[]\n")
    assert first != catalog_content(str(copy))
    assert ("hf://a/b", "-") == (catalog_content("hf://a/b"), catalog_content("-"))


def test_total_lines(tmp_path: Path) -> None:
    """Lines of a file are counted, those of a pipe are not known, a missing file is an error."""
    path = tmp_path / "c.jsonl"
    path.write_bytes(b"{}\n\n{}")
    assert (3, None) == (total_lines(str(path)), total_lines("-"))
    with pytest.raises(CatalogError, match="missing"):
        total_lines(str(tmp_path / "missing.jsonl"))
