"""The commerce corpus: what authors write, the listings made of it, the split, repeats, copies and the exit status."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import pytest

from shopglot.errors import DataError
from shopglot.loading import load_localizer
from shopglot_eval.corpus.__main__ import examine, main
from shopglot_eval.corpus.authoring import Draft, parse
from shopglot_eval.corpus.building import Built, build
from shopglot_eval.corpus.judging import Pair, judge
from shopglot_eval.corpus.likeness import find_alike, find_copied, group_repeats, read_foreign, stretches_of
from shopglot_eval.corpus.splitting import SPLITS, split
from shopglot_eval.corpus.wording import find_wording
from shopglot_eval.corpus.writing import arrange, read_explanations

ROOT = Path(__file__).parents[2]
MASK = """\
# a remark
== c-t-001 | shop-t | LANXI | 家居/床品/枕头
title 记忆棉枕头 侧睡专用
U Memory Foam Pillow for Side Sleepers
H 記憶棉枕頭 側睡專用
desc 里面<b>别沾水</b>，晾干就好。
U Keep the inside <b>away from water</b>; just air it dry.
H 內裏<b>請勿沾水</b>，晾乾即可。
desc+ 外面那层能拆。
U The outer layer comes off.
H 外層可以拆下。
attr 颜色 | Color | 顏色 || 白色 | White | 白色
opt 尺寸 | Dimensions | 尺寸 || 大号 | Large | 大號 || 小号 | Small | 小號
cell 适合体重 | Recommended Weight | 適合體重 || 80-95斤 | 40–47.5 kg (88–105 lb) | 40–47.5公斤
tag #侧睡枕 | #SideSleeperPillow | #側睡枕
~ 🔒
note 睡了半年还没塌
U Half a year in and it still hasn't gone flat
H 睡了半年也沒有塌
"""
MARKETS = {"us": "fake", "hk": None}


def judged(text: str) -> tuple[list[Pair], list[str]]:
    """Return the pairs of an author's text, and the checks of its problems."""
    drafts, problems = parse("a.txt", text)
    localizers = {market: load_localizer(market, model=model) for market, model in MARKETS.items()}
    pairs: list[Pair] = []
    checks = [problem.check for problem in problems]
    for draft in drafts:
        built = build(draft)
        if not isinstance(built, Built):
            checks += [problem.check for problem in built]
            continue
        found, cut = judge(built, localizers, ())
        pairs += found
        checks += [problem.check for problem in cut]
    return pairs, checks


def listing(identity: str, *blocks: tuple[str, str, str], category: str = "家居/床品/枕头") -> str:
    """Return a listing of titles and bullets: (source, us, hk), the first one the title."""
    lines = [f"== {identity} | shop-t | | {category}"]
    for number, (source, us, hk) in enumerate(blocks):
        lines += [f"{'bullet' if number else 'title'} {source}", f"U {us}", f"H {hk}"]
    return "\n".join(lines) + "\n"


def test_a_listing_is_read_built_and_cut_as_the_author_cut_it() -> None:
    """Blocks and the pipeline's segments agree one to one, in all kinds of fields, and nothing is found."""
    pairs, problems = judged(MASK)
    assert [] == problems
    assert [
        ("title", "/fields/title", 0),
        ("description", "/fields/description", 0),
        ("description", "/fields/description", 1),
        ("note", "/fields/note", 0),
    ] == [(pair.field, pair.path, pair.index) for pair in pairs if pair.field in ("title", "description", "note")]
    assert {"option-name", "option-value", "size-cell", "attribute-name", "attribute-value"} <= {
        pair.field for pair in pairs
    }
    assert [] == [one for pair in pairs for one in pair.found if one.finding.severity != "info"]
    assert ("记忆棉枕头", "memory foam pillow") in pairs[0].terms["us"] or ("记忆棉", "memory foam") in pairs[0].terms[
        "us"
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title 枕头\nU Pillow\nH 枕頭\n", "a listing begins with"),
        ("== c-1 | s | a/b\n", "a listing begins with"),
        ("== c-1 | s | | 家居/枕头\ntitle 枕头\nU Pillow\n", "no H line"),
        ("== c-1 | s | | 家居/枕头\ntitle 枕头\nU Pillow\nU Cushion\nH 枕頭\n", "stands once"),
        ("== c-1 | s | | 家居/枕头\nbullet 好睡\nU Comfy\nH 好睡\n", "has no title"),
        ("== c-1 | s | | 家居/枕头\nattr 颜色 | Color\n", "a cell is"),
        ("== c-1 | s | | 家居/枕头\nattr 颜色 | Color | 顏色\n", "one value"),
        ("== c-1 | s | | 家居/枕头\n! us term.missing why\n", "an excuse is"),
        ("== c-1 | s | | 家居/枕头\nheadline 枕头\n", "a line begins with"),
        (listing("c-1", ("枕头", "Pillow", "枕頭")) * 2, "stands at line 1 already"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, message: str) -> None:
    """Every fault of the format has a message that says what is expected."""
    _, problems = parse("a.txt", text)
    assert any(message in problem.message for problem in problems)
    assert all(problem.line > 0 for problem in problems)


def test_a_cut_that_differs_is_told_with_the_pipelines_own() -> None:
    """Two sentences in one block, and a cell that needs no translation, are no segments."""
    two = listing("c-1", ("枕头", "Pillow", "枕頭"), ("好睡。不塌。", "Comfy. Keeps its loft.", "好睡。不塌。"))
    assert ["corpus.cut"] == judged(two)[1]
    assert ["corpus.cut"] == judged(MASK + "cell 96cm | 96 cm | 96厘米\n")[1]
    assert ["corpus.listing"] == judged(MASK + "attr 颜色 | Color | 顏色 || 黑色 | Black | 黑色\n")[1]


def test_an_excuse_answers_a_warning_and_never_an_error() -> None:
    """A term said otherwise may stand with a reason; a lost number may not."""
    text = listing("c-1", ("枕头", "Pillow", "枕頭"), ("枕芯装了3斤荞麦", "Filled with hulls", "枕芯裝了3斤蕎麥"))
    found = {
        one.finding.check: one.why
        for pair in judged(text + "! us number.changed no matter\n! us unit.changed no matter\n")[0]
        for one in pair.found
        if one.finding.severity == "error" and one.market == "us"
    }
    assert found
    assert {""} == set(found.values())
    excused = listing("c-1", ("枕头", "Cushiony Headrest", "枕頭")) + "! us term.missing on purpose\n"
    (pair,) = judged(excused)[0]
    assert ["on purpose"] == [one.why for one in pair.found if one.finding.check == "term.missing"]


@pytest.mark.parametrize(
    ("market", "target", "found"),
    [
        ("us", "A summer artifact", ["artifact"]),
        ("us", "A must-have for summer", []),
        ("us", "A 枕头 for summer", ["枕"]),
        ("hk", "這款寶貝質量好", ["寶貝", "質量"]),
        ("hk", "這款產品質素好", []),
        ("hk", "可連接印表機", ["印表機"]),
    ],
)
def test_words_that_no_editor_prints_are_found(market: str, target: str, found: list[str]) -> None:
    """Dictionary English, mainland and Taiwan words, and Chinese in English."""
    item = load_localizer(market, model=MARKETS[market]).whole("夏天必备", field="bullet")
    assert found == [one.text for one in find_wording(item, target, market)]


def drafts_of(number: int, category: str) -> list[Draft]:
    """Return listings without blocks."""
    return [
        Draft(file="a", line=1, id=f"c-{category}-{at}", merchant="s", brand="", category=f"{category}/x", blocks=())
        for at in range(number)
    ]


def test_the_split_is_by_listing_deterministic_and_80_10_10_in_every_category() -> None:
    """The order in which authors hand in does not matter."""
    drafts = [*drafts_of(40, "家居"), *drafts_of(60, "美妆")]
    places = split(drafts)
    assert places == split(list(reversed(drafts)))
    for category, number in (("家居", 40), ("美妆", 60)):
        own = [place for identity, place in places.items() if category in identity]
        assert (number * 8 // 10, number // 10, number // 10) == tuple(map(own.count, ("train", "dev", "test")))


def test_repeats_alike_and_copies() -> None:
    """The same text twice, the same in other words, nearly the same, and what stands in a foreign text."""
    pairs, _ = judged(
        listing(
            "c-1", ("枕头", "Pillow", "枕頭"), ("半夜翻身也不会滑下来的枕头", "Stays put", "半夜翻身也不會滑落的枕頭")
        )
        + listing(
            "c-2", ("枕头", "Pillow", "枕頭"), ("半夜翻身都不会滑下来的枕头", "Won't slide", "半夜翻身都不會滑落的枕頭")
        )
        + listing("c-3", ("枕头", "Headrest", "頭枕"))
    )
    different, same = group_repeats(pairs)
    assert ["c-2"] == [pair.draft.id for pair in same]
    assert ["c-3"] == [pair.draft.id for pair, _ in different]
    assert [("c-2", "c-1")] == [(pair.draft.id, other.draft.id) for pair, other, _ in find_alike(pairs)]
    copied = list(find_copied(pairs, stretches_of(["据说，半夜翻身也不会滑下来的枕头！"])))
    assert ["c-1"] == [pair.draft.id for pair, _ in copied]
    assert [] == list(find_copied(pairs, stretches_of(["别的话"])))
    arranged = arrange([pair.draft for pair in pairs], pairs)
    assert len(pairs) - 1 == sum(map(len, arranged.values()))


def test_foreign_texts_are_our_catalogs_and_what_is_there_of_the_shared_data(tmp_path: Path) -> None:
    """No shared data is no error."""
    assert list(read_foreign(Path("eval/data"), tmp_path)) or not Path("eval/data").is_dir()
    folder = tmp_path / "commerce-zh"
    folder.mkdir()
    (folder / "titles.txt").write_text("一行\n两行\n", encoding="utf-8")
    assert ["一行", "两行"] == list(read_foreign(tmp_path, tmp_path))


def test_build_writes_three_files_once_nothing_is_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A clean file becomes JSON Lines; one with a finding becomes nothing, and check says which."""
    author, out = tmp_path / "a.txt", tmp_path / "out"
    author.write_text(MASK, encoding="utf-8")
    table = tmp_path / "explanations.tsv"
    common = ["--explanations", str(table), "--shared", str(tmp_path)]
    assert 0 == main(["build", str(author), "--out", str(out), *common])
    records = [json.loads(line) for name in out.iterdir() for line in name.read_text(encoding="utf-8").splitlines()]
    assert {"train.jsonl", "dev.jsonl", "test.jsonl"} == {path.name for path in out.iterdir()}
    assert {"c-t-001"} == {record["listing"] for record in records}
    assert {"us", "hk"} == set(records[0]["terms"])
    author.write_text(MASK.replace("(88–105 lb)", "(80–95 lb)"), encoding="utf-8")
    assert 1 == main(["check", str(author), *common])
    assert "number.changed" in capsys.readouterr().out
    assert 1 == main(["build", str(author), "--out", str(tmp_path / "none"), *common])
    assert not (tmp_path / "none").exists()


def test_bad_input_is_status_2(tmp_path: Path) -> None:
    """A file that is not there or no UTF-8, two files with one listing, a broken table of explanations."""
    author, other = tmp_path / "a.txt", tmp_path / "b.txt"
    common = ["--explanations", str(tmp_path / "none.tsv"), "--shared", str(tmp_path)]
    assert 2 == main(["check", str(author), *common])
    author.write_bytes(b"\xff\xfe")
    assert 2 == main(["check", str(author), *common])
    author.write_text(MASK, encoding="utf-8")
    other.write_text(MASK, encoding="utf-8")
    with pytest.raises(DataError, match="twice"):
        examine([author, other], tmp_path / "none.tsv", shared=tmp_path)
    table = tmp_path / "explanations.tsv"
    table.write_text("market\tcheck\tfield\ttext\twhy\nuk\tx\t*\t*\twhy\n", encoding="utf-8")
    with pytest.raises(DataError, match=":2:"):
        read_explanations(table)
    table.write_text("market check\n", encoding="utf-8")
    with pytest.raises(DataError, match=":1:"):
        read_explanations(table)


def test_nothing_of_dev_or_test_is_in_train() -> None:
    """The corpus that is shipped: a source stands in one of its parts only, and none twice with one translation."""
    folder = ROOT / "eval" / "data" / "commerce"
    parts = {name: (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines() for name in SPLITS}
    sources = {name: {json.loads(line)["source"] for line in lines} for name, lines in parts.items()}
    listings = {name: {json.loads(line)["listing"] for line in lines} for name, lines in parts.items()}
    for one, other in combinations(SPLITS, 2):
        assert not sources[one] & sources[other]
        assert not listings[one] & listings[other]
    assert sum(map(len, parts.values())) >= 6_000
    assert len(set().union(*listings.values())) >= 700
