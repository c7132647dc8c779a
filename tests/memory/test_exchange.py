"""Translation units in and out of files: what is written comes back, and what is wrong is told, not fatal."""

from __future__ import annotations

import io
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopglot.errors import DataError, UsageError
from shopglot.memory.exchange import FORMATS, LONGEST, format_of, read_units, write_units
from shopglot.memory.units import KINDS, Unit, Unusable

UNIT = Unit(market="us", source="记忆棉枕头", target="Memory foam pillow")
AT = datetime(2026, 8, 2, 1, 30, tzinfo=UTC)
# Any code point, lone surrogates included, and often what formats stumble over.
ODD = st.sampled_from(list("\x00\x08\r\n\t\"',;\\=@<&\ufffe\ud800\udc80\U0001f600\u2028\x85 u"))
ANY = st.lists(st.one_of(ODD, st.characters(exclude_categories=())), max_size=12).map("".join)
FULL = ANY.filter(str.strip)
UNITS = st.builds(
    Unit,
    market=st.just("us"), source=FULL, target=FULL, field=ANY, kind=st.sampled_from(KINDS), status=ANY, provider=ANY,
    by=ANY, at=st.none() | st.just(AT), note=ANY, uses=st.none() | st.integers(0, 10**8),
)  # fmt: skip


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., list[Unit | Unusable]]:
    """Read bytes as a file of a format."""

    def call(data: bytes, form: str, *, market: str = "us", languages: tuple[str, ...] = ("en-US",)) -> Any:
        path = tmp_path / f"units.{form}"
        path.write_bytes(data)
        return list(read_units(path, form, market, languages=languages))

    return call


def write(units: list[Unit], form: str, language: str = "en-US") -> bytes:
    """Write units."""
    out = io.BytesIO()
    assert len(units) == write_units(units, out, form, language=language)
    return out.getvalue()


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(units=st.lists(UNITS, max_size=4))
def test_what_is_written_comes_back(form: str, units: list[Unit], tmp_path: Path) -> None:
    """Every text of every unit, whatever its characters, in every format."""
    path = tmp_path / "units"
    path.write_bytes(write(units, form))
    assert units == list(read_units(path, form, "us", languages=["en-US"]))


@pytest.mark.parametrize("form", FORMATS)
def test_long_texts(form: str, read: Callable[..., Any]) -> None:
    """A field of hundreds of kilobytes is a unit like others."""
    unit = Unit(market="us", source="很软，" * 40_000, target='so "soft", ' * 30_000)
    assert [unit] == read(write([unit], form), form)


@pytest.mark.parametrize(
    ("market", "languages", "tag"),
    [("hk", ("zh-Hant-HK",), "zh-HK"), ("mo", ("zh-Hant-MO", "zh-Hant-HK"), "ZH-hant"), ("us", ("en-US",), "en-GB")],
)
def test_languages_of_a_tmx(read: Callable[..., Any], market: str, languages: tuple[str, ...], tag: str) -> None:
    """Tags are compared by language, script and region; `lang` of TMX 1.1 will do."""
    variants = f'<tuv lang="ZH_cn"><seg>枕头</seg></tuv><tuv xml:lang="{tag}"><seg>x</seg></tuv>'
    [unit] = read(tmx(f"<tu>{variants}</tu>"), "tmx", market=market, languages=languages)
    assert ("枕头", "x") == (unit.source, unit.target)


def tmx(*units: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>', encoding: str = "utf-8") -> bytes:
    """Return a TMX document of these units."""
    return f'{head}\n<tmx version="1.4"><header/><body>\n{"".join(units)}</body></tmx>'.encode(encoding)


def tu(source: str = "枕头", target: str = "pillow", attributes: str = "", more: str = "") -> str:
    """Return a unit."""
    return (
        f'<tu {attributes}>{more}<tuv xml:lang="zh-CN"><seg>{source}</seg></tuv>'
        f'<tuv xml:lang="en"><seg>{target}</seg></tuv></tu>\n'
    )


@pytest.mark.parametrize(
    ("segment", "text"),
    [
        ('a <bpt i="1">&lt;b&gt;</bpt>b<ept i="1">&lt;/b&gt;</ept>', "a <b>b</b>"),
        ('a<ph x="1"/>b', 'a<ph x="1"/>b'),
        ('<hi type="term">soft</hi> pillow', "soft pillow"),
        ('<it pos="begin">&lt;i&gt;</it>x', "<i>x"),
        ('<ph>&lt;img alt="<sub>alt</sub>"&gt;</ph>', '<img alt="alt">'),
        ("a<!-- no text -->b<?target none?>c", "abc"),
        ("  two  spaces ", "  two  spaces "),
        ("<![CDATA[a & b]]>", "a & b"),
    ],
)
def test_inline_markup(read: Callable[..., Any], segment: str, text: str) -> None:
    """Native code stands where it stood, an empty placeholder as its tag, marked text as text."""
    [unit] = read(tmx(tu(target=segment)), "tmx")
    assert text == unit.target


def test_who_and_when(read: Callable[..., Any]) -> None:
    """The change wins over the creation, the target's attributes over the unit's; foreign properties are passed by."""
    known = 'creationid="ann" creationdate="20240101T000000Z" changedate="20260802T013000Z" usagecount="7"'
    [unit] = read(tmx(tu(attributes=known, more='<note>n</note><prop type="x-else">?</prop>')), "tmx")
    assert ("ann", AT, 7, "n", "reference") == (unit.by, unit.at, unit.uses, unit.note, unit.kind)
    [unit] = read(tmx(tu(attributes='changedate="soon" usagecount="-1"')), "tmx")
    assert (None, None) == (unit.at, unit.uses)


@pytest.mark.parametrize(
    ("bad", "words", "foreign"),
    [
        (tu(target=" "), "no target", False),
        (tu(source=""), "no source", False),
        ("<tu/>", "no zh-Hans", False),
        ('<tu><tuv xml:lang="zh"><seg>枕</seg></tuv><tuv xml:lang="fr"><seg>o</seg></tuv></tu>', "no en-US", True),
        (tu(more='<prop type="x-shopglot-market">hk</prop>'), "--market hk", True),
        ('<tu><tuv xml:lang="zh"/><tuv xml:lang="en"/></tu>', "no source", False),
    ],
)
def test_a_bad_unit_of_a_tmx_stops_nothing(read: Callable[..., Any], bad: str, words: str, foreign: bool) -> None:
    """What cannot be used is told with its number and line; the next unit comes."""
    before, problem, after = read(tmx(tu(), bad, tu(source="被子", target="quilt")), "tmx")
    assert ("枕头", "被子") == (before.source, after.source)
    assert isinstance(problem, Unusable)
    assert (True, "unit 2, line 4", foreign) == (words in problem.message, problem.place, problem.foreign)


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('\ufeff<?xml version="1.0" encoding="UTF-8"?>', "utf-8"),
        ('<?xml version="1.0" encoding="UTF-16"?>', "utf-16"),
        ('<?xml version="1.0" encoding="GB18030"?>', "gb18030"),
        ("", "utf-8"),
        ('<?xml version="1.0"?><!DOCTYPE tmx SYSTEM "http://example.invalid/tmx14.dtd">', "utf-8"),
    ],
)
def test_encodings_of_a_tmx(read: Callable[..., Any], head: str, encoding: str) -> None:
    """What the file says of its encoding counts, with or without a byte order mark; no DTD is fetched."""
    [unit] = read(tmx(tu(), head=head, encoding=encoding).lstrip(), "tmx")
    assert "枕头" == unit.source


LAUGHS = '<!DOCTYPE tmx [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE tmx [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (tmx(tu(target="&b;"), head=LAUGHS), "declares XML entities"),
        (tmx(tu(target="&a;"), head=OUTSIDE), "declares XML entities"),
        (b"", "no XML"),
        (tmx(tu(), "<tu>"), r":\d: no XML: .* \(after 1 units\)"),
        (b"<martif/>", ":1: <martif> is no TMX"),
        (tmx(tu(), head='<?xml version="1.0" encoding="UTF-8"?>', encoding="gb18030"), "no XML"),
        (tmx(tu(target="&nbsp;")), "no XML"),
    ],
)
def test_a_tmx_that_cannot_be_read(read: Callable[..., Any], data: bytes, words: str) -> None:
    """Entities are refused, broken XML is told with its line and how far it went."""
    with pytest.raises(DataError, match=words):
        read(data, "tmx")


def test_missing_file_and_unknown_format(tmp_path: Path) -> None:
    """The message names the file."""
    for form in FORMATS:
        with pytest.raises(DataError, match=r"none\.x: No such file"):
            list(read_units(tmp_path / "none.x", form, "us", languages=["en-US"]))
    with pytest.raises(UsageError, match=r"none\.x: .* --format"):
        format_of(tmp_path / "none.x")
    assert ("tmx", "jsonl") == (format_of(Path("A.TMX")), format_of(Path("a.ndjson")))


def test_missing_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where lxml is not installed, the message names the extra."""
    for module in ("lxml", "lxml.etree"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UsageError, match=r"shopglot\[interchange\]"):
        write([UNIT], "tmx")


def test_a_large_tmx_takes_the_memory_of_a_unit(tmp_path: Path) -> None:
    """Ten times the units take no more memory, in reading and in writing."""
    peaks = []
    for number in (400, 4_000):
        path = tmp_path / "units.tmx"
        units: Iterator[Unit] = (
            Unit(market="us", source=f"枕头{count}", target="Memory foam pillow " * 10) for count in range(number)
        )
        tracemalloc.start()
        with path.open("wb") as out:
            write_units(units, out, "tmx", language="en-US")
        assert number == sum(isinstance(unit, Unit) for unit in read_units(path, "tmx", "us", languages=["en-US"]))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0]


def test_a_table_from_a_spreadsheet(read: Callable[..., Any]) -> None:
    """Semicolons, UTF-16, a byte order mark, other column orders, and formulas guarded."""
    expected = [("=枕头", "pillow")]
    for encoding in ("utf-8-sig", "utf-16"):
        for sign in ",;\t":
            data = f"Target{sign}SOURCE\r\npillow{sign}'=枕头\r\n\r\n".encode(encoding)
            assert expected == [(unit.source, unit.target) for unit in read(data, "csv")]
    assert b"'=1+1" in write([Unit(market="us", source="=1+1", target="2")], "csv")


@pytest.mark.parametrize(
    ("form", "bad", "words"),
    [
        ("csv", b"only one", "has 1 columns, the header has 3"),
        ("csv", b'a,"b"c,', "no CSV"),
        ("csv", b"\xff,b,", "not UTF-8"),
        ("csv", b",b,", "no source"),
        ("csv", b"a,b,hk", "--market hk"),
        ("jsonl", b"{", "no JSON"),
        ("jsonl", b"[1]", "no JSON object"),
        ("jsonl", b'{"source": 1, "target": "b"}', "'source' is no text"),
        ("jsonl", b'{"source": "a"}', "no target"),
        ("jsonl", b'{"source": "a", "target": "b", "kind": "?"}', "'kind' must be"),
        ("jsonl", b'{"source": "a", "target": "b", "at": "soon"}', "'at' is no moment"),
        ("jsonl", b'{"source": "a", "target": "b", "uses": true}', "'uses'"),
        ("jsonl", b'{"source": "a", "target": "b", "lang": "en"}', "'lang'"),
        ("jsonl", b'{"source": "\xff", "target": "b"}', "not UTF-8"),
        ("jsonl", b"[" * 100_000, "no JSON"),
        ("jsonl", b'"' + b"a" * (LONGEST + 5) + b'"', "longer than"),
    ],
)
def test_a_bad_row_stops_nothing(read: Callable[..., Any], form: str, bad: bytes, words: str) -> None:
    """What cannot be used is told with its line; the next one comes."""
    good = {"csv": "枕头,pillow,".encode(), "jsonl": '{"source": "枕头", "target": "pillow"}'.encode()}[form]
    head = b"source,target,market\n" if form == "csv" else b"\n"
    problem, unit = read(head + bad + b"\n" + good, form)
    assert isinstance(problem, Unusable)
    assert (True, "line 2") == (words in problem.message, problem.place), problem
    assert ("枕头", "line 3") == (unit.source, unit.place)


@pytest.mark.parametrize("header", [b"", b"source,tgt\n", b"source,target,color\n", b"source,target,target\n"])
def test_a_header_that_is_none(read: Callable[..., Any], header: bytes) -> None:
    """A table that does not say what is what is refused with the names there are."""
    with pytest.raises(DataError, match=r":1: the header needs source and target"):
        read(header + "枕头,pillow\n".encode(), "csv")


def test_utf16_that_is_none(read: Callable[..., Any]) -> None:
    """Half a character is told, with what to do."""
    with pytest.raises(DataError, match="save it as UTF-8"):
        read(b"\xff\xfes\x00o", "csv")
