"""Suites: what their files may say, what they are read from, and what is said where something is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from shopglot.errors import DataError, UsageError
from shopglot_eval import suites
from shopglot_eval.hant.wording import find_cantonese, read_lines
from shopglot_eval.records import Example
from shopglot_eval.suites.places import suite_folder

Write = Callable[[str, str], Path]
OWN = ("commerce-dev", "commerce-test", "commerce-train", "held-back", "sample")
SHARED = {"wmt22-ecommerce": 236, "wmt22-social": 211, "flores": 2024, "hk-ui": 1271}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file of the test's folder."""

    def to(name: str, content: str) -> Path:
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return path

    return to


@pytest.mark.parametrize("name", OWN)
def test_suites_of_the_project(name: str) -> None:
    """Each is there with its data, has texts in both markets, says what it is, and is the same when read again."""
    suite = suites.read(name)
    assert ("us", "hk") == suite.markets
    assert (name, 64) == (suite.name, len(suite.digest))
    assert suite.title
    assert suite.description
    assert suite.licence
    assert suite == suites.read(name)
    assert len(suite.examples) == len({(one.market, one.id) for one in suite.examples})
    assert all(one.listing for one in suite.examples)


def test_commerce_has_references_and_terms() -> None:
    """An example of the corpus: its market's reference and terms, the brand and the category of its page."""
    found = {(one.market, one.id): one for one in suites.read("commerce-dev").examples}
    own, other = found["us", "c-a01-003/fields/title#0"], found["hk", "c-a01-003/fields/title#0"]
    assert own.source == other.source
    assert (("洗面奶", "facial cleanser") in own.terms, ("洗面奶", "潔面乳") in other.terms) == (True, True)
    assert ("QINGHE", "美妆/护肤/洁面", "title", "shop-qinghe/c-a01-003") == (
        own.brand, own.category, own.field, own.listing
    )  # fmt: skip
    assert own.references[0].startswith("QINGHE Gentle")
    assert other.references[0].startswith("QINGHE氨基酸潔面乳")


def test_held_back_has_verdicts() -> None:
    """Every text has a judged target; none has a reference; the same target is not judged twice."""
    for one in suites.read("held-back").examples:
        assert one.judged
        assert not one.references
        assert len(one.judged) == len(dict(one.judged))


def test_sample_is_cut_no_further_than_fields() -> None:
    """The texts of a catalog are whole fields, and pages in other languages or for other markets are not there."""
    examples = suites.read("sample").examples
    assert any("<p>" in one.source for one in examples if one.field == "description")
    assert not any("xhs-0052" in one.listing for one in examples)  # Japanese
    assert {"us"} == {one.market for one in examples if one.listing.endswith("/xhs-0014")}


@pytest.mark.shared
@pytest.mark.parametrize("name", SHARED)
def test_suites_of_shared_data(name: str, shared: Path) -> None:
    """Each has as many texts as its data, all with references."""
    suite = suites.read(name, shared=shared)
    assert SHARED[name] == len(suite.examples)
    assert all(one.references for one in suite.examples)
    assert {one.missing for one in suites.names(shared=shared)} == {""}


@pytest.mark.shared
def test_shared_suites_say_what_is_true(shared: Path) -> None:
    """Two references and pages in WMT22, both sides of FLORES, and no Cantonese among the Hong Kong strings."""
    social = suites.read("wmt22-social", shared=shared)
    assert {2} == {len(one.references) for one in social.examples}
    assert 1 < len({one.listing for one in social.examples}) < len(social.examples)
    assert "note" == social.examples[0].field
    flores = suites.read("flores", shared=shared)
    assert [1012, 1012] == [len(flores.of(market)) for market in ("us", "tw")]
    assert flores.of("us")[7].source == flores.of("tw")[7].source
    assert frozenset() == find_cantonese(read_lines(shared / "zh-hk-ui" / "dev.tsv"))


def test_absent_data_are_named(tmp_path: Path) -> None:
    """Where the shared folder is not there, the list of suites and the reader say which file, and what to set."""
    told = {one.name: one.missing for one in suites.names(shared=tmp_path)}
    assert {"", str(tmp_path)} == {path and str(tmp_path) for path in told.values()}
    assert not told["commerce-dev"]
    with pytest.raises(DataError, match=r"dev\.segments\.tsv: no such file; set SHOPGLOT_SHARED"):
        suites.read("wmt22-social", shared=tmp_path)


def test_every_nth_and_at_most() -> None:
    """Thinned in each market alike; another choice has another digest, and the order stays."""
    whole = suites.read("commerce-dev")
    thin = suites.read("commerce-dev", every=10, limit=20)
    assert (20, 20) == tuple(len(thin.of(market)) for market in ("us", "hk"))
    assert whole.of("us")[::10][:20] == thin.of("us")
    assert whole.digest != thin.digest
    assert ("hk",) == suites.read("commerce-dev", markets=["hk"]).markets
    with pytest.raises(UsageError, match="must be 1 or more"):
        suites.read("commerce-dev", every=0)
    with pytest.raises(DataError, match="no example in tw"):
        suites.read("commerce-dev", markets=["tw"])


def test_own_table(write: Write) -> None:
    """A user's table needs nothing but sources and a market; what more it says is taken up."""
    bare = suites.read(write("my.tsv", 'source\n面膜\n"\n\n😀'), markets=["us", "hk"])
    assert ("us", "hk") == bare.markets
    assert ["面膜", '"', "😀"] == [one.source for one in bare.of("us")]
    assert ("2", "2", "title", ()) == (
        bare.examples[0].id, bare.examples[0].listing, bare.examples[0].field, bare.examples[0].references
    )  # fmt: skip
    rows = [
        {"id": 7, "source": "a", "reference": "A", "reference2": "", "reference3": "B", "market": "hk", "field": "note",
         "category": "c", "brand": "b", "listing": "l", "domain": "d", "else": [1]},
        {"source": "\ud800", "references": ["X", "Y"]},
    ]  # fmt: skip
    full = suites.read(write("my.jsonl", "\n".join(map(json.dumps, rows))), markets=["us", "hk"])
    assert full.examples == (
        Example(id="7", market="hk", source="a", references=("A", "B"), field="note", category="c", brand="b",
                listing="l", domain="d"),
        Example(id="2", market="us", source="\ud800", references=("X", "Y"), listing="2"),
        Example(id="2", market="hk", source="\ud800", references=("X", "Y"), listing="2"),
    )  # fmt: skip
    quoted = suites.read(write("my.csv", 'source,reference\r\n"面,膜","two\nlines"\r\n"",x\r\n'), markets=["us"])
    assert [("面,膜", ("two\nlines",)), ("", ("x",))] == [(one.source, one.references) for one in quoted.examples]


def test_long_cells(write: Write) -> None:
    """A field of 100 kB and more is a text like others, in every kind of table."""
    text = "连" * 200_000
    for name, content in (
        ("a.tsv", f"source\n{text}\n"),
        ("a.csv", f'source\n"{text}"\n'),
        ("a.jsonl", json.dumps({"source": text})),
    ):
        assert [text] == [one.source for one in suites.read(write(name, content), markets=["us"]).examples]


SUITE = 'title = "T"\n[[part]]\nkind = "table"\npath = "t.tsv"\nmarkets = ["us"]\n'
ROWS = "source\tkind\n面膜\tx\n枕头\ty\n"


def test_filters_names_and_parts(write: Write) -> None:
    """Rows are chosen by columns, parts may be named apart, a header may be given, and a column may have any name."""
    write("t.tsv", ROWS)
    write("bare.tsv", "枕头\t頸枕\n")
    suite = suites.read(
        write(
            "s.toml",
            SUITE + 'name = "a"\nwhere = { kind = ["x", "y"] }\nwithout = { kind = ["y"] }\ndomain = "D"\n'
            '[[part]]\nkind = "table"\npath = "bare.tsv"\nheader = ["zh", "hk"]\nmarkets = ["hk"]\nfield = "alt"\n'
            'columns = { source = "zh", references = ["hk"] }\n'
            '[[part]]\nkind = "lines"\nsource = "bare.tsv"\nreferences = ["bare.tsv"]\nmarkets = ["us"]\nname = "b"\n',
        )
    )
    assert [
        ("a/2", "面膜", "D", "title", ()), ("1", "枕头", "", "alt", ("頸枕",)),
        ("b/1", "枕头\t頸枕", "", "title", ("枕头\t頸枕",)),
    ] == [(one.id, one.source, one.domain, one.field, one.references) for one in suite.examples]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("title = 3", "'title' must be a text"),
        ('title = "T"', r"needs one \[\[part\]\]"),
        ('title = "T"\npart = [1]', r"needs one \[\[part\]\]"),
        ("what = 1\n" + SUITE, "unknown key 'what'"),
        ("[[", "no TOML"),
        (SUITE.replace('"table"', '"excel"'), "part 1: 'kind' must be one of commerce,"),
        (SUITE.replace('path = "t.tsv"\n', ""), "part 1: 'path' is missing"),
        (SUITE + "split = 'test'", "unknown key 'split' in a part of kind 'table'"),
        (SUITE.replace('"us"', '"de"'), "there is no market 'de'; known: us, hk"),
        (SUITE.replace('["us"]', '"us"'), "'markets' must be a list of texts"),
        (SUITE.replace('["us"]', "[]"), "'markets' must name one market or more"),
        (SUITE + 'field = "body"', "there is no field 'body'"),
        (SUITE + "path2 = 1", "unknown key 'path2'"),
        (SUITE + "domain = 1", "'domain' must be a text"),
        (SUITE + "where = 3", "'where' must name columns"),
        (SUITE + 'where = { kind = "x" }', "'where', column 'kind' must be a list"),
        (SUITE + 'where = { sort = ["x"] }', r"t\.tsv:2: there is no column 'sort'"),
        (SUITE + 'where = { kind = ["z"] }', "has no example"),
        (SUITE + 'columns = { id = "kind", text = "a" }', "unknown key 'text'"),
        (SUITE + "columns = 1", "must say which column is what"),
        (SUITE + "columns = { id = 1 }", "'id' must be the name of a column"),
        (SUITE + 'columns = { source = "zh" }', r"t\.tsv:2: there is no column 'zh'"),
        (SUITE + 'columns = { references = ["en"] }', r"t\.tsv:2: there is no column 'en'"),
        (SUITE + 'columns = { field = "kind" }', r"t\.tsv:2: there is no field 'x'"),
        (SUITE + 'columns = { market = "kind" }', r"t\.tsv:2: there is no market 'x'"),
        (SUITE + SUITE.partition("\n")[2], "two examples in us have the id '2'"),
        (SUITE.replace("t.tsv", "u.tsv"), r"u\.tsv: no such file; looked for at "),
        (SUITE.replace("t.tsv", "t.xlsx"), r"t\.xlsx: unknown kind of table"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_suite(content: str, message: str, write: Write) -> None:
    """Every mistake is told with the file, the part and the key."""
    write("t.tsv", ROWS)
    write("t.xlsx", "")
    with pytest.raises(DataError, match=message) as told:
        suites.read(write("s.toml", content))
    assert "s" in str(told.value)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.tsv", b"source\tid\nx\n", r"t\.tsv:2: 1 cells, 2 are needed: source, id"),
        ("t.tsv", b"source\tsource\nx\ty\n", "column 'source' stands twice"),
        ("t.tsv", b"text\nx\n", "there is no column 'source'"),
        ("t.tsv", b"source\nok\n\xff\n", r"t\.tsv:3: not UTF-8"),
        ("t.csv", b'source\n"ok"\n"x\n', r"t\.csv:3: no CSV"),
        ("t.jsonl", b'{"source": "x"}\n{', r"t\.jsonl:2: no JSON"),
        ("t.jsonl", b"[1]", r"t\.jsonl:1: a JSON object is needed"),
        ("t.jsonl", b'{"source": ["x"]}', r"t\.jsonl:1: field 'source' must be a text"),
        ("t.jsonl", b'{"source": "x", "market": true}', "field 'market' must be a text"),
        ("t.tsv", b"", "has no example in us"),
        ("t.tsv", b"source\n", "has no example in us"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_table(name: str, content: bytes, message: str, tmp_path: Path) -> None:
    """Every mistake is told with the file, the line and the column."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message):
        suites.read(tmp_path / name, markets=["us"])


def test_unknown_names(tmp_path: Path) -> None:
    """A name that is none tells those that are; a file that is not there is named; a bare table needs a market."""
    with pytest.raises(UsageError, match=r"no suite 'comerce'. Known: commerce-dev, .*wmt22-social"):
        suites.read("comerce")
    with pytest.raises(UsageError, match=r"x\.tsv: no such file"):
        suites.read(tmp_path / "x.tsv", markets=["us"])
    with pytest.raises(UsageError, match="no such file"):
        suites.read(tmp_path / "x.toml")
    (tmp_path / "x.tsv").write_text("source\n面膜\n")
    with pytest.raises(DataError, match="'markets' must name one market or more"):
        suites.read(tmp_path / "x.tsv")


def test_aligned_lines_must_agree(write: Write) -> None:
    """Files of lines have as many lines as the source has; a line is what stands between line feeds."""
    write("zh", "一\u2028二\x0c\r\n\n三")
    write("en", "one\u2028two\n\nthree\n")
    part = 'title = "T"\n[[part]]\nkind = "lines"\nsource = "zh"\nreferences = ["en"]\nmarkets = ["us"]\n'
    suite = suites.read(write("s.toml", part))
    assert [("一\u2028二\x0c", ("one\u2028two",)), ("", ()), ("三", ("three",))] == [
        (one.source, one.references) for one in suite.examples
    ]
    write("en", "one\n")
    with pytest.raises(DataError, match=r"en: 1 lines, but .*zh has 3"):
        suites.read(write("s.toml", part))


def test_digest_sees_every_change() -> None:
    """Whatever of an example changes, the digest does; order counts."""
    one, two = Example(id="1", market="us", source="a"), Example(id="2", market="us", source="a")
    assert suites.digest([one, two]) != suites.digest([two, one])
    others = [
        Example(id="1", market="us", source="a", **change)
        for change in ({"references": ("x",)}, {"terms": (("a", "b"),)}, {"judged": (("x", True),)}, {"domain": "d"})
    ]
    assert 5 == len({suites.digest([example]) for example in (one, *others)})


def test_every_suite_file_is_listed() -> None:
    """The list of suites is that of the files."""
    assert [path.stem for path in sorted(suite_folder().glob("*.toml"))] == [one.name for one in suites.names()]
