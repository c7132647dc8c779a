"""The measure of coverage: what a product word is, what is known, the figures, the skip and the exit status."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from shopglot.config import glossary_root
from shopglot.errors import DataError
from shopglot.termbase import Entry, Termbase, load_termbase
from shopglot_eval import coverage
from shopglot_eval.coverage import Text


def entry(source: str, *, use: str = "enforce", field: str = "", category: str = "") -> Entry:
    """Return an entry."""
    return Entry(
        source=source, target=f"the {source}", admitted=(), forbidden=(), use=use, category=category, field=field,
        note="",
    )  # fmt: skip


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A file of four texts: 外套 three times, 面膜 twice, 拉链 once, and 韩国 and 非常, which do not count."""
    path = tmp_path / "titles.txt"
    path.write_text("外套 面膜\n外套,面膜\n\n韩国外套\n非常 拉链\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("word", ["面膜", "外套", "清爽", "修身", "保湿", "三件套", "通勤"])
def test_product_words(word: str) -> None:
    """Nouns, adjectives, verbs, set phrases and abbreviations are product words."""
    assert coverage.is_product_word(word)


@pytest.mark.parametrize("word", ["膜", "SPF", "A字", "非常", "可以", "自己", "韩国", "没有", "进行", "", "\U00020000"])
def test_no_product_words(word: str) -> None:
    """Single characters, Latin letters, adverbs, pronouns, places and words of discourse are none."""
    assert not coverage.is_product_word(word)


def test_words_of_discourse_are_content_otherwise() -> None:
    """Every word of the list would count without it: a word that does not need to be there is no exception."""
    assert [] == [word for word in coverage.DISCOURSE if not coverage._tag(word).startswith(coverage.CONTENT)]


def test_words_are_those_of_the_dictionary() -> None:
    """Words are counted as they are folded, and nothing is made up unless it is asked for."""
    lines = ["雅诗兰黛精华液小棕瓶", "雅詩蘭黛精華液", "SPF50\U00020000"]
    counts = coverage.count_words(lines)
    assert 2 == counts["精华液"]
    assert "小棕瓶" not in counts
    assert 1 == coverage.count_words(lines, guess=True)["小棕瓶"]


def test_rank() -> None:
    """The most frequent come first, of equals the first by code point; names only where they are wanted."""
    counts = Counter({"面膜": 2, "外套": 2, "拉链": 5, "韩国": 9, "非常": 9})
    assert ["拉链", "外套", "面膜"] == coverage.rank(counts)
    assert ["韩国", "拉链", "外套", "面膜"] == coverage.rank(counts, wanted=coverage.is_content)


def test_known() -> None:
    """A word is known by an entry with it as source, of any use and under any condition; not by a part of one."""
    termbase = Termbase(
        [entry("外套", use="suggest"), entry("面膜", field="title"), entry("棉拉链"), entry("雨衣", use="keep")]
    )
    kinds = coverage.kinds_of(termbase)
    assert {"suggested", "general"} == kinds["外套"]
    assert {"enforced"} == kinds["面膜"]
    assert {"enforced", "general"} == kinds["雨衣"]
    assert 0.75 == coverage.known_share(["外套", "面膜", "拉链", "雨衣"], kinds)


def test_figures() -> None:
    """The figures speak of what was measured."""
    termbase = Termbase([entry("外套"), entry("面膜", use="suggest", field="title"), entry("韩国")])
    lines = ("外套面膜", "外套拉链", "韩国外套面膜", "拉链裙摆")
    figures = coverage.measure([Text(name="t", lines=lines)], termbase, top=3)
    assert (4, 3, 2, 0.6666) == tuple(figures[name] for name in ("texts", "words", "known", "coverage"))
    assert (0.3333, 0.3333, 0.3333) == tuple(figures[name] for name in ("enforced", "suggested", "conditional"))
    assert 0.7142 == figures["by_occurrences"]
    assert (2, 0.6666) == (figures["least_occurrences"], figures["with_all_equals"])
    assert [["拉链", 2]] == figures["missing"]
    assert {"han": 18, "covered": 0.6666, "enforced": 0.4444, "suggested": 0.2222} == figures["characters"]
    assert {"t": {"coverage": 0.6666, "characters": 0.6666}} == figures["files"]


def test_equals_of_the_last_count_beside_it() -> None:
    """Where the code point decides who is the last, the share of all that occur as often is said too."""
    figures = coverage.measure([Text(name="t", lines=("外套 面膜 拉链",))], Termbase([entry("外套")]), top=1)
    assert (1.0, 0.3333) == (figures["coverage"], figures["with_all_equals"])


def test_share_never_reaches_what_it_does_not() -> None:
    """Shares are rounded down, and those of nothing are 0."""
    assert (0.7499, 0.75, 0.0) == (
        coverage.share(74_999, 100_000), coverage.share(3, 4), coverage.share(0, 0),
    )  # fmt: skip


def test_nothing_to_measure() -> None:
    """Texts without a word give figures all the same."""
    figures = coverage.measure([Text(name="t", lines=("SPF50 \U0001f9e5", "\x00"))], Termbase([]))
    assert (0, 0.0, 0.0) == (figures["words"], figures["coverage"], figures["characters"]["covered"])


@pytest.mark.parametrize(("bar", "status"), [("0.1", 0), ("1.1", 1)])
def test_exit_status(texts: Path, capsys: pytest.CaptureFixture[str], bar: str, status: int) -> None:
    """Below the bar it fails, and says its figures nevertheless."""
    assert status == coverage.main(["--texts", str(texts), "--bar", bar, "--json"])
    figures = json.loads(capsys.readouterr().out)
    assert (4, 3, []) == (figures["texts"], figures["words"], figures["missing"])


def test_report(texts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The report for people names the share, the bar, the file and the missing words."""
    texts.write_text("外套 面膜 咔嚓 咔嚓 连裤 咕咚 鲶鱼\n", encoding="utf-8")
    coverage.main(["--texts", str(texts), "--missing", "5"])
    told = capsys.readouterr().out
    assert "the bar is 75.0%" in told
    assert "titles.txt" in told
    unknown = [line.split("\t")[1] for line in told.splitlines() if "\t" in line]
    assert unknown
    assert set() == set(unknown) & {"外套", "面膜"}


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_skipped_without_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    """Without shared data nothing is measured, nothing fails, and the reason is said."""
    monkeypatch.setenv("SHOPGLOT_SHARED", str(tmp_path))
    assert 0 == coverage.main(arguments)
    told = capsys.readouterr()
    assert "SHOPGLOT_SHARED" in told.err
    assert told.out == "" or "SHOPGLOT_SHARED" in json.loads(told.out)["skipped"]


def test_reads_shared_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All files of the shared data are read; where one is absent, it is named."""
    monkeypatch.setenv("SHOPGLOT_SHARED", str(tmp_path))
    (tmp_path / "commerce-zh").mkdir()
    for name in coverage.FILES:
        assert name in str(coverage.read_shared())
        (tmp_path / "commerce-zh" / name).write_text("面膜\n\n", encoding="utf-8")
    assert [Text(name=name, lines=("面膜",)) for name in coverage.FILES] == coverage.read_shared()


def test_unreadable_texts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is absent or no UTF-8 is bad usage, and the message names it."""
    broken = tmp_path / "broken.txt"
    broken.write_bytes("面膜".encode("gb18030"))
    with pytest.raises(DataError, match=r"broken\.txt:1: not UTF-8"):
        coverage.read_text(broken)
    assert 2 == coverage.main(["--texts", str(tmp_path / "absent.txt")])
    assert "absent.txt" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--top", "0"], ["--missing", "-1"], ["--market", "xx"]])
def test_bad_usage(arguments: list[str]) -> None:
    """Options out of range end with status 2."""
    with pytest.raises(SystemExit, match="2"):
        coverage.main(arguments)


@pytest.mark.shared
def test_the_bar(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The termbase of `us` knows three of four of the most frequent product words of the shared data."""
    monkeypatch.setenv("SHOPGLOT_SHARED", str(shared))
    texts = coverage.read_shared()
    if isinstance(texts, str):
        pytest.skip(texts)
    figures = coverage.measure(texts, load_termbase(glossary_root(), ("us",)))
    assert figures["words"] == coverage.TOP
    assert figures["coverage"] >= coverage.BAR
