"""What a run has made, read from its store, is what the suite's own translation gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from shopglot.cli import main
from shopglot.errors import DataError, UsageError
from shopglot.loading import load_localizer
from shopglot.store import open_store
from shopglot_eval import suites
from shopglot_eval.records import Suite
from shopglot_eval.systems import read_store, translate

PAGES = [
    {"id": "p1", "merchant": "m/1", "brand": "云朵家居", "category": "家居/枕头",
     "fields": {"title": "云朵家居 记忆棉枕头", "bullets": ["60D慢回弹", "可拆洗"],
                "description": "<p>很软。净重0.6斤。</p><ul><li>可拆洗</li></ul>", "attributes": {"材质": "记忆棉"}}},
    {"id": "p2", "merchant": "m", "category": "数码/充电宝",
     "fields": {"title": "移动电源 5000mAh", "note": "加微信 治疗失眠！"}},
]  # fmt: skip
Run = Callable[[str], Suite]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the pages into a store at a URL, and return them as a suite."""

    def to(url: str) -> Suite:
        catalog = tmp_path / "catalog.jsonl"
        catalog.write_text("\n".join(json.dumps(page, ensure_ascii=False) for page in PAGES), encoding="utf-8")
        options = ["--market", "us", "--market", "hk", "--model", "fake", "--store", url]
        done = CliRunner().invoke(main, ["run", str(catalog), *options])
        assert 0 == done.exit_code, done.output
        (tmp_path / "s.toml").write_text(
            'title = "T"\n[[part]]\nkind = "listings"\npath = "catalog.jsonl"\nmarkets = ["us", "hk"]\n'
        )
        return suites.read(tmp_path / "s.toml")

    return to


def test_a_run_and_a_suite_agree(run: Run, url: str) -> None:
    """Text, findings, score, verdict and reasons of a run are those that `translate` gives the same pages.

    A merchant with a slash in his name is found too.
    """
    suite = run(url)
    for market in ("us", "hk"):
        made = translate(suite, market, load_localizer(market, model="fake"))
        with open_store(url, create=False) as store:
            found = read_store(store, replace(suite, name="other"), market, name="stored")
        assert ("other", "stored") == (found.suite, found.system)
        for one, other in zip(made.pairs, found.pairs, strict=True):
            # A store keeps what was said, not what it cost.
            assert replace(one.output, tokens=0, attempts=1) == other.output
        assert {"review", "reject", "publish"} & {pair.output.verdict for pair in found.pairs}


def test_what_no_run_has_settled(run: Run, sqlite_url: str) -> None:
    """A text that the store does not have is named with its page; so is a market without texts."""
    suite = run(sqlite_url)
    first, *rest = suite.examples
    with open_store(sqlite_url, create=False) as store:
        with pytest.raises(DataError, match=r"no run has settled 'new' in us: '别的枕头' is not there"):
            read_store(store, replace(suite, examples=(replace(first, id="new", source="别的枕头"), *rest)), "us")
        with pytest.raises(UsageError, match="no text in market 'tw'"):
            read_store(store, suite, "tw")
