"""The terminology report: its texts, its random control, its journal, its scores, and what it says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shopglot.engines.fake import FakeEngine
from shopglot.errors import UsageError
from shopglot.loading import load_localizer
from shopglot.localizer import Localizer
from shopglot.termbase import Entry, Termbase
from shopglot.types import Reply, Request, Segment, SegmentKey, Translation
from shopglot_eval import terminology
from shopglot_eval.terms import control, scores
from shopglot_eval.terms.journal import Journal
from shopglot_eval.terms.texts import Line, Text, cut, read_listings, read_wmt22, thin

WMT = [
    (
        "1",
        "ecommerce",
        "这款面膜适合周末使用，价格也很合理。",
        "This face mask is a joy.",
        "A sheet mask, a face mask.",
    ),
    ("2", "social", "面膜", "mask", "mask"),
    ("3", "ecommerce", "商家说这件连衣裙的面料很好。", "The shop says the dress fabric is good.", "Good dress fabric."),
    ("4", "ecommerce", "周末去看电影，天气不错。", "Nobody knows.", "Nobody will know."),
    ("5", "ecommerce", "面膜很好用，推荐给朋友。", "The face mask is good.", "A good sheet mask."),
]
PARALLEL = [
    ("周末", "weekend"), ("周末", "The weekend."), ("电影", "movie"), ("天气", "Weather"), ("合理", "reasonable"),
    ("朋友", "friend"), ("真的？", "Is that true?"), ("这是真的。", "This is real."), ("真的很好。", "It is good."),
    ("真的太好了。", "Great."), ("我真的不懂。", "I do not get it."),
    ("我周末看电影。", "I see a movie at the weekend."),
]  # fmt: skip


_KEY = SegmentKey(merchant="", listing="", path="", index=0)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny folder of shared data, of our own sentences."""
    root = tmp_path / "shared"
    (root / "wmt22-zh-en").mkdir(parents=True)
    rows = ["idx\tdomain\tsite\tdoc_id\tseg_id\tsrc_zh\trefA_en\trefB_en"]
    rows += [f"{idx}\t{domain}\t-\t-\t1\t{source}\t{a}\t{b}" for idx, domain, source, a, b in WMT]
    (root / "wmt22-zh-en" / "dev.segments.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (root / "parallel").mkdir()
    lines = "".join(f"own\tCC0\t{zh}\t{en}\n" for zh, en in PARALLEL)
    (root / "parallel" / "zh-CN-en.tsv").write_text(lines, encoding="utf-8")
    monkeypatch.setenv("SHOPGLOT_SHARED", str(root))
    return root


@pytest.fixture
def localizer() -> Localizer:
    """The US market with a termbase of three words, on the fake engine."""
    entries = (entry("面膜", "sheet mask", "mask"), entry("连衣裙", "dress"), entry("面料", "fabric"))
    return replace(load_localizer("us", model="fake"), termbase=Termbase(entries))


def entry(source: str, target: str, *admitted: str, use: str = "enforce") -> Entry:
    """Return an entry without condition."""
    return Entry(
        source=source, target=target, admitted=admitted, forbidden=(), use=use, category="", field="", note="",
        brand=use == "keep",
    )  # fmt: skip


def translation(item: Segment, target: str, *, origin: str = "machine") -> Translation:
    """Return a translation of a segment."""
    return Translation(
        source=item.source, target=target, market="us", model="fake@1",
        origin="certain" if origin == "certain" else "machine", unit_key="", machine_key=item.source,
    )  # fmt: skip


def report(
    capsys: pytest.CaptureFixture[str], catalog: Path, *arguments: str, status: int = 0
) -> tuple[dict[str, Any], str]:
    """Run it with the fake engine; return what it printed as JSON, and stderr."""
    assert status == terminology.main([str(catalog), "--model", "fake", "--json", *arguments])
    told = capsys.readouterr()
    return json.loads(told.out), told.err


def test_three_modes(folder: Path, sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only proper terms reach the engine in `proper`, none in `none`, and others in `random`; all are judged alike."""
    figures, progress = report(capsys, sample, "--only", "wmt22")
    own = figures["sets"]["wmt22"]
    modes = own["modes"]
    assert (4, 4) == (own["texts"], own["lines"])
    assert 1 == len({modes[mode]["final"]["terms"] for mode in modes})
    assert [0.0, 1.0, 0.0] == [modes[mode]["final"]["success"] for mode in terminology.MODES]
    assert 0 == modes["none"]["given"]["terms"]
    assert 0 < own["random"]["expected"] == modes["random"]["given"]["right"] <= own["random"]["wanted"]
    assert modes["proper"]["tokens"] > 0
    assert "wmt22 proper: attempt 1, 0 to go" in progress


def test_nothing_is_translated_twice(
    folder: Path, sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second run with the same folder asks no engine and says the same; another seed is asked for."""
    arguments = ("--only", "wmt22", "--out", str(tmp_path / "out"))
    first, _ = report(capsys, sample, *arguments)

    def refuse(self: FakeEngine, requests: Sequence[Request]) -> list[Reply]:
        raise AssertionError(requests)

    monkeypatch.setattr(FakeEngine, "translate", refuse)
    assert (first, "") == report(capsys, sample, *arguments)
    assert first == json.loads((tmp_path / "out" / "figures.json").read_text(encoding="utf-8"))
    with pytest.raises(AssertionError):
        terminology.main([str(sample), "--model", "fake", *arguments, "--every", "2"])


@pytest.mark.parametrize("batches", range(len(terminology.MODES)))
def test_a_killed_run_goes_on(
    batches: int,
    folder: Path,
    sample: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Wherever it is cut off, also in the middle of a line, what it comes to is what an undisturbed run comes to.

    Each mode asks once here: what the fake engine leaves wrong gives a retry nothing new to say.
    """
    arguments = ("--only", "wmt22", "--out")
    report(capsys, sample, *arguments, str(tmp_path / "whole"))
    with monkeypatch.context() as patch:
        patch.setattr(FakeEngine, "translate", _dying(batches))
        with pytest.raises(KeyboardInterrupt):
            terminology.main([str(sample), "--model", "fake", *arguments, str(tmp_path / "killed")])
    capsys.readouterr()
    for path in (tmp_path / "killed").glob("*.jsonl"):
        path.write_bytes(path.read_bytes() + b'{"attempt": 0, "ba')
    report(capsys, sample, *arguments, str(tmp_path / "killed"))
    whole, killed = (
        {path.name: _without_seconds(path) for path in (tmp_path / name).iterdir() if path.name != "figures.json"}
        for name in ("whole", "killed")
    )
    assert whole == killed


def _dying(batches: int) -> Any:
    original, left = FakeEngine.translate, iter(range(batches))

    def translate(self: FakeEngine, requests: Sequence[Request]) -> list[Reply]:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return original(self, requests)

    return translate


def _without_seconds(path: Path) -> list[Any]:
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [{key: value for key, value in record.items() if key != "seconds"} for record in records]


def test_below_the_bar(
    folder: Path, sample: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An engine that drops the terms is found out: exit status 1, and the reason."""
    monkeypatch.setattr(FakeEngine, "_answer", lambda self, request: Reply(text="Good.", logprob=-0.1, tokens=2))
    figures, _ = report(capsys, sample, "--only", "wmt22", "--attempts", "1", status=1)
    assert ["wmt22: enforced terms present 0.0%, below 97%"] == figures["missed"]
    assert not figures["reached"]


@pytest.mark.parametrize(
    ("proper", "random", "missed"),
    [(0.97, 0.2, 0), (0.96, 0.2, 1), (0.98, 0.98, 0), (0.98, 0.99, 1), (0.90, 0.95, 2), (0.98, "absent", 0),
     (None, None, 0), (None, "absent", 0)],
)  # fmt: skip
def test_bars(proper: float | None, random: Any, missed: int) -> None:
    """Each bar is missed by itself; a set without random terms has the other."""
    modes = {
        name: {"final": {"success": value}}
        for name, value in (("proper", proper), ("random", random))
        if value != "absent"
    }
    assert missed == len(terminology.missed_bars(modes))


def test_without_shared_data(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it the catalog is measured in two modes, and why the rest is missing is said; so is success alone."""
    monkeypatch.setenv("SHOPGLOT_SHARED", str(tmp_path / "absent"))
    figures, told = report(capsys, sample, "--every", "20")
    assert ["catalog"] == list(figures["sets"])
    own = figures["sets"]["catalog"]
    assert ["none", "proper"] == list(own["modes"])
    assert own["modes"]["proper"]["final"]["asked"] < own["modes"]["proper"]["final"]["terms"]
    assert "set wmt22 is skipped" in told
    assert "mode random is skipped" in told
    assert "SHOPGLOT_SHARED" in told


def test_enforced_terms_alone(folder: Path, sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The fourth mode gives what `proper` gives, less what is only suggested."""
    figures, _ = report(capsys, sample, "--only", "wmt22", "--enforced")
    modes = figures["sets"]["wmt22"]["modes"]
    assert [*terminology.MODES, "enforced"] == list(modes)
    assert modes["proper"]["given"] == modes["enforced"]["given"]


def test_without_hints(localizer: Localizer) -> None:
    """Suggested terms are left out of the segments, all else stays."""
    terms = Termbase([*localizer.termbase.entries(), entry("好用", "works well", use="suggest")])
    part = replace(localizer, termbase=terms).segments("面膜很好用", _KEY, field="description")
    whole = Line(text=0, id="1", references=("a",), part=part)
    bare = terminology.without_hints(whole)
    assert ["sheet mask", "works well"] == [term.target for item in part.segments for term in item.terms]
    assert ["sheet mask"] == [term.target for item in bare.part.segments for term in item.terms]
    assert (whole.id, whole.references, part.pieces) == (bare.id, bare.references, bare.part.pieces)


def test_table(folder: Path, sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The table has a row per mode, and says what it comes to."""
    assert 0 == terminology.main([str(sample), "--model", "fake", "--only", "wmt22"])
    told = capsys.readouterr().out.splitlines()
    assert terminology.MODES == tuple(line.split()[0] for line in told if line.startswith(terminology.MODES))
    assert told[-1] == "reached"


@pytest.mark.parametrize("arguments", [["--market", "hk"], ["--model", "no-such-card"], ["--out", "FILE"]])
def test_bad_input(
    arguments: list[str], folder: Path, sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A market that is converted, an unknown card or a folder that is a file: exit status 2 and what is wrong."""
    (tmp_path / "file").touch()
    given = [str(tmp_path / "file") if one == "FILE" else one for one in arguments]
    assert 2 == terminology.main([str(sample), "--model", "fake", *given])
    assert capsys.readouterr().err.startswith("error: ")


@pytest.mark.parametrize("arguments", [["--limit", "0"], ["--every", "-1"], ["--attempts", "9"], ["--only", "x"]])
def test_bad_options(arguments: list[str], sample: Path) -> None:
    """Numbers out of range are refused."""
    with pytest.raises(SystemExit) as stopped:
        terminology.main([str(sample), "--model", "fake", *arguments])
    assert 2 == stopped.value.code


def test_texts(folder: Path, sample: Path) -> None:
    """Shop lines only, with both references; Chinese listings that the market is offered."""
    assert ["1", "3", "4", "5"] == [text.id for text in read_wmt22(folder)]
    assert ("A good sheet mask.", 2) == (read_wmt22(folder)[-1].references[1], len(read_wmt22(folder)[0].references))
    offered = [text.listing for text in read_listings(str(sample), "us")]
    assert offered
    assert all(one is not None and (one.markets is None or "us" in one.markets) for one in offered)


def test_real_lines(shared: Path) -> None:
    """The real file has the lines that the bar speaks of."""
    texts = read_wmt22(shared)
    assert 236 == len(texts)
    assert {2} == {len(text.references) for text in texts}


def test_a_table_without_its_columns(tmp_path: Path) -> None:
    """Another file under that name is named with what it lacks."""
    (tmp_path / "wmt22-zh-en").mkdir()
    (tmp_path / "wmt22-zh-en" / "dev.segments.tsv").write_text("idx\tsource\n1\t面膜\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"dev\.segments\.tsv:1: there is no column 'domain'"):
        read_wmt22(tmp_path)


def test_thin() -> None:
    """Every n-th text, and so many of these."""
    texts = [Text(id=str(number)) for number in range(10)]
    assert ["0", "3", "6"] == [text.id for text in thin(texts, every=3, limit=3)]
    assert texts == thin(texts, every=1, limit=None)


def test_lines_correspond_whatever_the_termbase(sample: Path) -> None:
    """Texts are cut the same with terms and without, so that modes can be compared segment by segment."""
    full = load_localizer("us", model="fake")
    texts = read_listings(str(sample), "us")
    tied = [replace(text, category=control.category(number)) for number, text in enumerate(texts)]
    with_terms, without = cut(texts, full), cut(tied, replace(full, termbase=Termbase([])))
    assert [(line.id, [item.source for item in line.part.segments]) for line in with_terms] == [
        (line.id, [item.source for item in line.part.segments]) for line in without
    ]


def test_lexicon(folder: Path) -> None:
    """Translations have no article and no sentence mark, and are the ones that lines with the word have."""
    lexicon = control.read_lexicon(folder, frozenset({"周末", "电影", "真的", "手机"}))
    assert {"周末": "weekend", "电影": "movie"} == lexicon


def test_lexicon_by_company(tmp_path: Path) -> None:
    """A word that no line has alone is translated by what stands beside it, and beside little else."""
    (tmp_path / "parallel").mkdir()
    pairs = [("他的手机很新", "His phone is new"), ("我的手机", "my phone"), ("她的手机", "her phone"),
             ("天气是新的", "The weather is new"), ("它是她的", "It is hers"), ("这是他的", "This is his")]  # fmt: skip
    lines = "".join(f"own\tCC0\t{zh}\t{en}\n" for zh, en in pairs)
    (tmp_path / "parallel" / "zh-CN-en.tsv").write_text(lines, encoding="utf-8")
    assert {"手机": "phone"} == control.read_lexicon(tmp_path, frozenset({"手机", "天气", "电影"}))


def test_lexicon_of_taxonomy(tmp_path: Path) -> None:
    """Names of the taxonomy count, descriptions do not."""
    (tmp_path / "taxonomy").mkdir()
    rows = [("k", "name", "Ceramic", "陶瓷"), ("k", "description", "Of glass", "玻璃")]
    lines = ["key\tfield\ten\tzh-CN", *("\t".join(row) for row in rows)]
    (tmp_path / "taxonomy" / "trilingual.values.tsv").write_text("\n".join(lines), encoding="utf-8")
    assert {"陶瓷": "ceramic"} == control.read_lexicon(tmp_path, frozenset({"陶瓷", "玻璃"}))


def test_no_lexicon(tmp_path: Path) -> None:
    """Without data there are no random terms, and the folders that they come from are named."""
    with pytest.raises(UsageError, match="random terms are translated"):
        control.read_lexicon(tmp_path, frozenset({"面膜"}))


def test_words_that_may_be_random(localizer: Localizer) -> None:
    """No term, nothing that a term, mask or quantity touches, no single character and no Latin word."""
    suggested = entry("天气", "weather", use="suggest")
    with_hint = replace(localizer, termbase=Termbase([*localizer.termbase.entries(), suggested]))
    lines = cut([Text(id="1", source="面膜和天气还有电影，周末DVD 30天 @明天")], with_hint)
    words = control.find_words(lines, with_hint.termbase)
    assert {"电影", "周末"} <= words
    assert not words & {"面膜", "天气", "明天", "DVD", "天"}


@pytest.mark.parametrize("seed", range(6))
def test_random_terms(seed: int, localizer: Localizer) -> None:
    """As many as enforced terms, each a word of its own text that is no term, and the same ones for the same seed."""
    texts = [Text(id=idx, source=source) for idx, _, source, *_ in WMT]
    lines = cut(texts, localizer)
    lexicon = {"周末": "weekend", "电影": "movie", "天气": "weather", "合理": "reasonable",
               "朋友": "friend", "价格": "price", "推荐": "recommended"}  # fmt: skip
    chosen = control.choose(lines, lexicon, seed=seed)
    assert chosen == control.choose(lines, lexicon, seed=seed)
    assert 5 == chosen.wanted == chosen.expected
    for one in chosen.entries:
        number = next(number for number in range(len(texts)) if control.category(number) == one.category)
        assert one.source in texts[number].source
        assert "面膜" != one.source
    tied = [replace(text, category=control.category(number)) for number, text in enumerate(texts)]
    found = cut(tied, replace(localizer, termbase=Termbase(chosen.entries)))
    assert 5 == sum(len(item.terms) for line in found for item in line.part.segments)


def test_random_terms_leave_proper_ones_alone(localizer: Localizer) -> None:
    """No random term has a translation that says a proper one; where words run out, fewer are chosen."""
    lines = cut([Text(id="1", source="面膜和天气还有电影"), Text(id="2", source="连衣裙与面料")], localizer)
    lexicon = {"天气": "mask", "电影": "black sheet mask"}
    chosen = control.choose(lines, lexicon, seed=1)
    assert ((), 3, 0) == (chosen.entries, chosen.wanted, chosen.expected)


def test_random_terms_of_broken_text(localizer: Localizer) -> None:
    """Half a surrogate pair and signs past the first plane do not move the words."""
    lines = cut([Text(id="1", source="\ud83d𠮷电影😀面膜")], localizer)
    chosen = control.choose(lines, {"电影": "movie"}, seed=1)
    assert ["电影"] == [one.source for one in chosen.entries]


def test_count_terms(localizer: Localizer) -> None:
    """Terms and names are counted apart, each as often as it stands there, and so is what no engine was asked for."""
    keep = replace(localizer, termbase=Termbase([*localizer.termbase.entries(), entry("韩束", "KANS", use="keep")]))
    first, second = keep.whole("韩束面膜，连衣裙", field="title"), keep.whole("面膜", field="title")
    tally = scores.count_terms(
        [(first, translation(first, "Kans Sheet Masks")), (second, translation(second, "Mask", origin="certain"))],
        keep.market,
    )
    assert scores.Tally(terms=3, right=2, asked=2, asked_right=1, kept=1, unaltered=0) == tally
    assert 0.6667 == tally.figures["success"]
    assert scores.count_terms([], keep.market).figures["success"] is None


def test_journal_keeps_first_and_latest(tmp_path: Path) -> None:
    """It knows the first answer and the best one, also after it was closed; later attempts can be left alone."""
    journal = Journal(tmp_path, "set mode", ["a"], attempts=3)
    for attempt, text in enumerate(("one", "two")):
        [batch] = journal.plan(attempt, lambda: [["a"]])
        list(journal.translate(_Echo(), [[Request(source="a", field="", style="phrase")]]))
        journal.remember(attempt, batch, [_answer("a", text)])
    assert [] == journal.plan(2, list)
    for again, latest, tokens in (
        (Journal(tmp_path, "set mode", ["a"], attempts=3), "two", 14),
        (Journal(tmp_path, "set mode", ["a"], attempts=1), "one", 7),
        (journal, "two", 14),
    ):
        assert ("one", latest, tokens) == (again.first["a"].target, again.recall(["a"])["a"].target, again.tokens)
        assert again.plan(0, list)[0].done
    assert {} == Journal(tmp_path, "set mode", ["b"], attempts=3).recall(["a"])
    assert 2 == len(list(tmp_path.iterdir()))


@pytest.mark.parametrize("line", ["{}", "[]", "no json", '{"attempt": 0, "batch": 0, "tokens": 1}', '{"attempt": 0}'])
def test_journal_of_something_else(line: str, tmp_path: Path) -> None:
    """A file that is no journal is named with its line, and not overwritten."""
    Journal(tmp_path, "set mode", ["a"], attempts=3)
    [path] = tmp_path.iterdir()
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match=rf"{path.name}:1: .*delete"):
        Journal(tmp_path, "set mode", ["a"], attempts=3)
    assert line + "\n" == path.read_text(encoding="utf-8")


class _Echo(FakeEngine):
    """Answers with seven tokens."""

    def translate(self, requests: Sequence[Request]) -> list[Reply]:
        """Return the source."""
        return [Reply(text=request.source, tokens=7) for request in requests]


def _answer(key: str, text: str) -> Translation:
    return Translation(
        source=key, target=text, market="us", model="fake@1", origin="machine", unit_key="", machine_key=key
    )
