"""The termbase: one matcher, exact offsets, conditions, and clear errors."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.errors import DataError
from shopglot.termbase import COLUMNS, Entry, Termbase, fold, load_termbase, overlaps, read_terms

HEADER = "\t".join(COLUMNS)


def entry(source: str, target: str, *, use: str = "enforce", category: str = "", field: str = "") -> Entry:
    """Return an entry."""
    return Entry(
        source=source, target=target, admitted=(), forbidden=(), use=use, category=category, field=field, note=""
    )


@pytest.fixture
def termbase() -> Termbase:
    """A few entries of every kind."""
    return Termbase(
        [
            entry("面膜", "sheet mask"), entry("玻尿酸面膜", "hyaluronic acid sheet mask"),
            entry("玻尿酸", "hyaluronic acid"), entry("种草", "recommend", use="suggest"),
            entry("韩束", "KANS", use="keep"), entry("usb-c", "USB-C"),
            entry("中码", "medium", field="option-value"), entry("杯", "cup", category="服饰/内衣"), entry("杯", "mug"),
        ]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("韩束玻尿酸面膜", [("韩束", "KANS"), ("玻尿酸面膜", "hyaluronic acid sheet mask")]),
        ("玻尿酸和面膜", [("玻尿酸", "hyaluronic acid"), ("面膜", "sheet mask")]),
        ("韓束面膜", [("韓束", "KANS"), ("面膜", "sheet mask")]),
        ("支持ＵＳＢ-Ｃ充电", [("ＵＳＢ-Ｃ", "USB-C")]),
        ("XUSB-C", []),
        ("中码", []),
        ("", []),
        ("𠮷面膜", [("面膜", "sheet mask")]),
    ],
)
def test_match(termbase: Termbase, text: str, expected: list[tuple[str, str]]) -> None:
    """The longest term wins, width, case and Traditional forms are folded, Latin words are not cut."""
    found = termbase.match(text, field="title")
    assert expected == [(match.source, match.target) for match in found]
    assert [text[match.start : match.end] for match in found] == [match.source for match in found]


def test_conditions(termbase: Termbase) -> None:
    """An entry with a condition applies where it holds, and there it beats the general one."""
    assert ["medium"] == [m.target for m in termbase.match("中码", field="option-value")]
    assert ["cup"] == [m.target for m in termbase.match("杯", field="title", category="服饰/内衣/文胸")]
    assert ["mug"] == [m.target for m in termbase.match("杯", field="title", category="家居")]


def test_uses(termbase: Termbase) -> None:
    """Suggested entries are not enforced; names are kept."""
    (slang,) = termbase.match("种草", field="note")
    (brand,) = termbase.match("韩束", field="note")
    assert (False, False) == (slang.enforce, slang.keep)
    assert (True, True) == (brand.enforce, brand.keep)
    assert termbase.whole("种草", field="note") is None


def test_taken(termbase: Termbase) -> None:
    """Masked text is not matched."""
    assert () == termbase.match("韩束", field="title", taken=[(0, 1)])


FIXED = Termbase(
    [
        entry("面膜", "mask"), entry("玻尿酸面膜", "HA mask"), entry("酸面", "sour noodles"), entry("usb-c", "USB-C"),
        entry("韩束", "KANS"),
    ]
)  # fmt: skip


@settings(deadline=None)  # the first one loads the dictionary
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(1, 4)), max_size=4))
def test_nothing_overlaps_what_is_taken(starts: list[tuple[int, int]]) -> None:
    """Taken spans may come in any order and overlap one another; what is found touches none, what is free is found."""
    text = "韩束面膜，韩束面膜，韩束面膜"
    taken = [(start, start + length) for start, length in starts]
    places = [(start, start + 2) for start in (0, 2, 5, 7, 10, 12)]
    free = [place for place in places if not overlaps(taken, *place)]
    assert free == [(match.start, match.end) for match in FIXED.match(text, field="title", taken=taken)]


def test_empty_termbase() -> None:
    """A termbase without entries finds nothing."""
    assert () == Termbase([]).match("面膜", field="title")


@settings(deadline=None)
@given(st.text(alphabet="玻尿酸面膜韩束韓中码杯usb-cＵ \U00020000", max_size=20))
def test_matches_are_slices(text: str) -> None:
    """Whatever the text, matches are slices of it, in order and apart."""
    found = FIXED.match(text, field="title")
    assert [text[m.start : m.end] for m in found] == [m.source for m in found]
    assert all(left.end <= right.start for left, right in pairwise(found))
    assert len(text) == len(fold(text))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("a\tb", r"terms.tsv:2: 2 columns"),
        ("面膜\tmask\tgood\tenforce\t\t\tnoun\t", r":2: status is 'good'"),
        ("面膜\tmask\tpreferred\tmaybe\t\t\tnoun\t", r":2: use is 'maybe'"),
        ("面膜\t\tpreferred\tenforce\t\t\tnoun\t", r":2: source and target"),
        (
            "面膜\tmask\tpreferred\tenforce\t\t\tnoun\t\n面膜\tmasque\tpreferred\tenforce\t\t\tnoun\t",
            r":3: '面膜' needs exactly one",
        ),
        ("面膜\tmask\tadmitted\tenforce\t\t\tnoun\t", r":2: '面膜' needs exactly one"),
    ],
)
def test_wrong_rows(tmp_path: Path, rows: str, message: str) -> None:
    """A wrong row is refused with file, line and column."""
    path = tmp_path / "terms.tsv"
    path.write_text(f"{HEADER}\n{rows}\n", encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_terms(path)


def test_wrong_header(tmp_path: Path) -> None:
    """A file with other columns is refused, and the message lists the right ones."""
    path = tmp_path / "terms.tsv"
    path.write_text("zh\ten\n", encoding="utf-8")
    with pytest.raises(DataError, match="the header must be source target"):
        read_terms(path)


def test_lineage(tmp_path: Path) -> None:
    """A later market overrides single keys; brands take the nearest form that is given."""
    for name, target in (("hk", "襯衫"), ("mo", "恤衫")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "terms.tsv").write_text(
            f"{HEADER}\n衬衫\t{target}\tpreferred\tenforce\t\t\tnoun\t\n", encoding="utf-8"
        )
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "brands.tsv").write_text(
        "source\tus\thk\tmo\ttw\tnote\n韩束\tKANS\t韓束\t\t韓束\t\n", encoding="utf-8"
    )
    terms = load_termbase(tmp_path, ("hk", "mo"))
    assert ["恤衫", "韓束"] == [m.target for m in terms.match("衬衫韩束", field="title")]
    (brand,) = load_termbase(tmp_path, ("us",)).match("韩束", field="title")
    assert ("KANS", True, True) == (brand.target, brand.keep, brand.brand)


def test_half_a_surrogate_pair_is_only_text() -> None:
    """A lone surrogate, as JSON escapes may hold one, matches nothing and moves no offset."""
    (match,) = Termbase([entry("面膜", "mask")]).match("\ud800面膜\udfff", field="title")
    assert (1, 3) == (match.start, match.end)


def test_a_brand_is_not_made_of_terms() -> None:
    """In the field of the brand, and where the listing's own brand stands in a text, only names are found."""
    termbase = Termbase(
        [entry("包包", "bag"), entry("好的", "nice"), replace(entry("好的", "Haode", use="keep"), field="brand")]
    )
    assert () == termbase.match("云包包", field="brand")
    assert ["bag"] == [match.target for match in termbase.match("云包包 包包", field="title", name="云包包")]
    assert ["Haode"] == [match.target for match in termbase.match("好的 夹子", field="title", name="好的")]
    assert ["nice"] == [match.target for match in termbase.match("好的 夹子", field="title")]


def test_part_of_speech(tmp_path: Path) -> None:
    """What the row of the preferred target says, also of another spelling; "" where nobody said."""
    rows = [
        ["面膜", "sheet mask", "preferred", "enforce", "", "", "noun", ""],
        ["面膜", "face mask", "admitted", "enforce", "", "", "adj", ""],
        ["种草", "recommend", "preferred", "suggest", "", "", "", ""],
    ]
    path = tmp_path / "terms.tsv"
    path.write_text("\n".join([HEADER, *map("\t".join, rows), ""]), encoding="utf-8")
    termbase = Termbase(read_terms(path))
    found = {term.source: term for term in termbase.match("種草面膜", field="title")}
    assert "noun" == termbase.part_of_speech(found["面膜"])
    assert "" == termbase.part_of_speech(found["種草"])
    assert "" == termbase.part_of_speech(replace(found["面膜"], target="another"))
