"""`shopglot report merchant` as people call it."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

pytestmark = pytest.mark.usefixtures("kind_data")
Invoke = Callable[..., Result]
Write = Callable[..., str]

GOOD = {"id": "p1", "merchant": "shop-1", "fields": {"title": "记忆棉旅行枕"}}
BLOCKED = {"id": "p2", "merchant": "shop-1", "fields": {"title": "记忆棉旅行枕", "note": "加微信 abc 领优惠"}}
NAMELESS = {"id": "p3", "fields": {"title": "记忆棉旅行枕"}}
BROKEN = {"id": "p4", "merchant": "shop-1", "fields": {"title": 4}}


@pytest.fixture
def night(invoke: Invoke, catalog: Write) -> Callable[..., None]:
    """Run a catalog."""

    def run(*lines: dict[str, Any]) -> None:
        options = ("--market", "us", "--market", "hk", "--model", "fake", "--allow-uncalibrated")
        result = invoke("run", catalog(*lines), *options)
        assert 0 == result.exit_code, result.stderr

    return run


def test_markdown_on_stdout(invoke: Invoke, night: Callable[..., None]) -> None:
    """The report names words, rule, reason and way out, in every market or in those that are asked for."""
    night(GOOD, BLOCKED, NAMELESS, BROKEN)
    result = invoke("report", "merchant", "shop-1")
    assert (0, "") == (result.exit_code, result.stderr)
    assert "# 商品页出海报告：shop-1\n" in result.stdout
    assert "## 美国" in result.stdout
    assert "## 中国香港" in result.stdout
    assert "- 笔记正文：**加微信**" in result.stdout
    assert "规则编号：common.diversion" in result.stdout
    assert "- 第 4 行，编号 p4：标题。" in result.stdout
    assert "p3" not in result.stdout
    only = invoke("report", "merchant", "shop-1", "--market", "hk").stdout
    assert "## 美国" not in only
    assert "（没有填写商家编号）" in invoke("report", "merchant", "").stdout


def test_a_page_taken_down_and_back(invoke: Invoke, night: Callable[..., None]) -> None:
    """What a rule takes down is told with the day; a corrected page is on sale again."""
    mended = {**BLOCKED, "fields": {"title": "记忆棉旅行枕", "note": "柔软"}}
    states = []
    for page in (mended, BLOCKED, mended):
        night(page)
        report = json.loads(invoke("report", "merchant", "shop-1", "--market", "hk", "--json").stdout)
        [market] = report["markets"]
        states.append({name: count for name, count in market["counts"].items() if count})
        if market["taken_down"]:
            [own] = market["taken_down"]
            assert own["since"].endswith("日")
            assert "common.diversion" == own["problems"][0]["explanation"]["rule"]
            assert ["加微信", True] in own["problems"][0]["places"][0]["pieces"]
    assert [{"on-sale": 1}, {"taken-down": 1}, {"on-sale": 1}] == states


def test_out(invoke: Invoke, night: Callable[..., None], tmp_path: Path) -> None:
    """The file is written as its name or --format says, in place of an older one, and its path printed."""
    night(GOOD)
    Path("r.html").write_text("old", encoding="utf-8")
    assert "r.html\n" == invoke("report", "merchant", "shop-1", "--out", "r.html").stdout
    assert Path("r.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    invoke("report", "merchant", "shop-1", "--out", "r.md")
    assert Path("r.md").read_text(encoding="utf-8").startswith("# 商品页出海报告")
    invoke("report", "merchant", "shop-1", "--format", "html", "--out", "r.txt")
    assert Path("r.txt").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    invoke("report", "merchant", "shop-1", "--json", "--out", "r.json")
    assert "shop-1" == json.loads(Path("r.json").read_text(encoding="utf-8"))["merchant"]
    mask = os.umask(0)
    os.umask(mask)
    assert 0o666 & ~mask == stat.S_IMODE(Path("r.html").stat().st_mode)
    assert [] == list(tmp_path.glob(".*.part"))


def test_json_and_reports_say_the_same(invoke: Invoke, night: Callable[..., None]) -> None:
    """The numbers of the JSON add up, and are those that the Markdown shows."""
    night(GOOD, BLOCKED, BROKEN)
    report = json.loads(invoke("report", "merchant", "shop-1", "--json").stdout)
    assert ["us", "hk"] == [market["market"] for market in report["markets"]]
    for market in report["markets"]:
        assert 3 == market["known"] == sum(market["counts"].values())
    assert "| 合计 | 3 | 3 |" in invoke("report", "merchant", "shop-1").stdout


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["shop-2"], 2, "no merchant 'shop-2' in store shopglot.db: did you mean 'shop-1'?"),
        (["shop-1", "--market", "fr"], 2, "'fr' is not one of 'us', 'hk', 'mo', 'tw'"),
        (["shop-1", "--json", "--format", "md"], 2, "--json does not go with --format"),
        (["shop-1", "--out", "."], 2, "--out .: this is a folder; name a file in it"),
        (["shop-1", "--out", "none/r.md"], 2, "--out none/r.md: No such file or directory; name a file"),
        (["shop-1", "--out", "x" * 300], 2, "File name too long"),
        (["shop-1", "--store", "none.db"], 1, "none.db"),
        (["shop-1", "--store", "text.db"], 1, "text.db"),
        ([], 2, "Missing argument 'ID'"),
    ],
)
def test_sad_paths(invoke: Invoke, night: Callable[..., None], arguments: list[str], status: int, message: str) -> None:
    """What cannot be done is said in one line, with what to do, and writes nothing."""
    night(GOOD)
    Path("text.db").write_text("no database" * 100, encoding="utf-8")
    result = invoke("report", "merchant", *arguments)
    assert (status, "") == (result.exit_code, result.stdout)
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert [] == list(Path().glob(".*.part"))


def test_odd_names(invoke: Invoke, night: Callable[..., None]) -> None:
    """Merchants and pages may be called anything."""
    name = "店|`<b>\U00020000\u202e"
    night({"id": "a|b<script>", "merchant": name, "fields": {"title": "抗癌<script>alert(1)</script>"}})
    text = invoke("report", "merchant", name, "--format", "html").stdout
    assert "<script" not in text
    assert "a|b&lt;script&gt;" in text
    assert name == json.loads(invoke("report", "merchant", name, "--json").stdout)["merchant"]
