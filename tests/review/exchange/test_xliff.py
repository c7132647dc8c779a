"""XLIFF 2.1: what the standard asks for, exact round trips, what tools do to a file, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from shopglot.review.exchange.records import LONGEST, FileError, Note, Term, Unit, read, write
from shopglot.review.exchange.xliff import CORE

Make = Callable[..., Unit]
NS = {
    "x": CORE, "gls": "urn:oasis:names:tc:xliff:glossary:2.0", "mda": "urn:oasis:names:tc:xliff:metadata:2.0",
    "mtc": "urn:oasis:names:tc:xliff:matches:2.0", "slr": "urn:oasis:names:tc:xliff:sizerestriction:2.0",
}  # fmt: skip

TEXTS = st.text(max_size=60) | st.lists(
    st.sampled_from(["<b>", "</b>", "{{name}}", "😀", "https://a.cn/x?y=1&z=2", "\x00", "\ud800", "\udc00", "\x1b",
                     "\r\n", "\t", " ", "&amp;", "]]>", "<![CDATA[", "=1+1", "'", '"', "繁簡", "\ufffe", "\u2028", "%s",
                     "AB-1203"]),
    max_size=12,
).map("".join)  # fmt: skip


def written(units: list[Unit]) -> bytes:
    """Return units as XLIFF."""
    return write(units, "xliff", language="en-US")[0]


def one(data: bytes) -> Any:
    """Return the only unit of a document, read without a problem."""
    reading = read("back.xlf", data)
    assert () == reading.problems
    [unit] = reading.units
    return unit


@settings(deadline=None, max_examples=300)
@given(source=TEXTS, target=TEXTS)
def test_any_text_survives(make_unit: Make, source: str, target: str) -> None:
    """Source, target and the exported text come back exactly, whatever they hold."""
    unit = make_unit(source=source, target=target)
    back = one(written([unit]))
    assert (source, target, target or None) == (back.source, back.target, back.base)
    assert (unit.market, unit.listing, unit.position, unit.seen) == (
        back.market, back.listing, back.position, back.seen,
    )  # fmt: skip


@settings(deadline=None, max_examples=100)
@given(text=TEXTS)
def test_what_people_read_never_breaks_the_file(make_unit: Make, text: str) -> None:
    """Merchants' names, titles, paths, findings and terms may hold anything."""
    unit = make_unit(
        merchant=text, id=text, title=text, path=text, notes=(Note(check=text, severity=text, message=text),),
        terms=(Term(source=text, target=text, note=text),),
    )  # fmt: skip
    assert unit.source == one(written([unit])).source


def test_long_texts_survive(make_unit: Make) -> None:
    """A field of 100 kB, and one of nothing but emoji, come back exactly."""
    for text in ("长" * 100_000, "😀<b>" * 20_000, "a\x00" * 10_000):
        back = one(written([make_unit(source=text, target=text)]))
        assert (text, text) == (back.source, back.target)
    reading = read("long.xlf", written([make_unit(target="x" * (LONGEST + 1))]))
    assert ["long"] == [problem.code for problem in reading.problems]


def test_opaque_text_is_protected(make_unit: Make) -> None:
    """Tags, placeholders and addresses are codes on both sides, with one number and one original."""
    source = "<b>{name}</b>，见 https://a.cn/x 😀 {name}"
    unit = make_unit(source=source, target="See https://a.cn/x, <b>{name}</b> {name} 😀")
    root = etree.fromstring(written([unit]))
    codes = {side: root.xpath(f"//x:segment/x:{side}/x:ph", namespaces=NS) for side in ("source", "target")}
    assert len(unit.masks) == len(codes["source"]) == len(codes["target"])
    assert sorted(one.get("id") for one in codes["source"]) == sorted(one.get("id") for one in codes["target"])
    originals = {one.get("id"): one.text for one in root.iterfind(".//x:data", NS)}
    assert [mask.text for mask in unit.masks] == [originals[one.get("dataRef")] for one in codes["source"]]
    assert len(set(originals.values())) == len(originals)
    assert "fmt" == codes["source"][0].get("type")
    assert "<b>" == codes["source"][0].get("disp")


def test_codes_do_not_overlap(make_unit: Make) -> None:
    """A code that is part of another one's text is not cut out of it."""
    unit = make_unit(source="{a} https://x.cn/{a}", target="https://x.cn/{a} and {a}")
    assert unit.target == one(written([unit])).target


def test_a_target_without_its_codes(make_unit: Make) -> None:
    """What the machine lost is simply not there; what it doubled is text."""
    for target in ("nothing", "{name}{name}{name}", ""):
        unit = make_unit(source="{name}", target=target)
        assert target == one(written([unit])).target


def test_a_page_is_a_file(make_unit: Make) -> None:
    """Units are grouped by page; ids are unique name tokens; an untranslated one is `initial` and has no target."""
    units = [
        make_unit(position=0),
        make_unit(position=1, target=""),
        make_unit(listing=18, id="p-2", position=0, limit=None),
    ]
    root = etree.fromstring(written(units))
    assert {"version": "2.1", "srcLang": "zh-Hans", "trgLang": "en-US"} == dict(root.attrib)
    files = root.findall("x:file", NS)
    assert ["f1", "f2"] == [one.get("id") for one in files]
    assert [2, 1] == [len(one.findall("x:unit", NS)) for one in files]
    ids = [one.get("id") for one in root.iterfind(".//x:unit", NS)]
    assert [unit.name for unit in units] == ids
    assert ["translated", "initial", "translated"] == [one.get("state") for one in root.iterfind(".//x:segment", NS)]
    assert [True, False, True] == [
        one.find("x:target", NS) is not None for one in root.iterfind(".//x:segment", NS)
    ]  # fmt: skip


def test_what_helps_the_translator(make_unit: Make) -> None:
    """Findings are notes and metadata, terms are a glossary, the limit is a size restriction."""
    root = etree.fromstring(written([make_unit()]))
    unit = root.find(".//x:unit", NS)
    notes = [(one.get("category"), one.get("priority"), one.text) for one in unit.iterfind("x:notes/x:note", NS)]
    assert [
        ("term.missing", "2", "记忆棉 should be memory foam."), ("length", "3", "At most 80 characters."),
    ] == notes  # fmt: skip
    entry = unit.find("gls:glossary/gls:glossEntry", NS)
    assert ["记忆棉", "memory foam", "material"] == [one.text for one in entry]
    assert "80" == unit.get(f"{{{NS['slr']}}}sizeRestriction")
    assert "xliff:codepoints" == root.find("x:file/slr:profiles", NS).get("generalProfile")
    metadata = {one.get("type"): one.text for one in root.iterfind(".//mda:meta", NS)}
    assert {
        "merchant": "云朵家居",
        "path": "/fields/title",
        "term.missing": "记忆棉 should be memory foam.",
    }.items() <= (metadata.items())


@pytest.fixture(scope="session")
def schema() -> Any:
    """The grammar of what is written."""
    return etree.RelaxNG(etree.parse(Path(__file__).parent / "written.rng"))


@settings(deadline=None, max_examples=100)
@given(text=TEXTS, target=TEXTS, bare=st.booleans())
def test_what_is_written_is_valid(schema: Any, make_unit: Make, text: str, target: str, bare: bool) -> None:
    """Every document follows the standard's grammar; ids are unique where they have to be, references lead on."""
    units = [
        make_unit(source=text, target=target, merchant=text, path=text, position=0),
        make_unit(
            position=1, source=target, target=text, **({"notes": (), "terms": (), "limit": None} if bare else {})
        ),
        make_unit(listing=18, terms=(Term(source=text, target=""), Term(source="a", target="b"))),
    ]
    root = etree.fromstring(written(units))
    schema.assertValid(root)
    for unit in root.iterfind(".//x:unit", NS):
        data = [one.get("id") for one in unit.iterfind("x:originalData/x:data", NS)]
        assert len(data) == len(set(data))
        for side in ("source", "target"):
            codes = unit.findall(f"x:segment/x:{side}/x:ph", NS)
            assert len({one.get("id") for one in codes}) == len(codes)
            assert {one.get("dataRef") for one in codes} <= set(data)


def test_another_reader_reads_it(make_unit: Make, tmp_path: Path) -> None:
    """Translate-toolkit finds the units and their texts."""
    xliff2 = pytest.importorskip("translate.storage.xliff2")
    path = tmp_path / "out.xlf"
    path.write_bytes(written([make_unit(), make_unit(position=4, source="连衣裙", target="Dress & <more>")]))
    units = xliff2.Xliff2File.parsefile(str(path)).units
    assert [("慢回弹记忆棉枕头", "Slow-rebound pillow"), ("连衣裙", "Dress & <more>")] == [
        (str(unit.source), str(unit.target)) for unit in units
    ]


def test_another_writer_writes_it(make_unit: Make, tmp_path: Path) -> None:
    """What Translate-toolkit makes of a target comes back, and its state."""
    xliff2 = pytest.importorskip("translate.storage.xliff2")
    path = tmp_path / "out.xlf"
    path.write_bytes(written([make_unit()]))
    store = xliff2.Xliff2File.parsefile(str(path))
    store.units[0].target = "Memory foam pillow"
    store.save()
    back = one(path.read_bytes())
    assert ("Memory foam pillow", "Slow-rebound pillow") == (back.target, back.base)


# -- what tools do ----------------------------------------------------------------------------------------------------


def document(inside: str, *, unit: str = "", namespace: str = CORE, head: str = "") -> bytes:
    """Return a document with one unit."""
    name = unit or "us.17.3.0123456789abcdef0123456789abcdef"
    return (
        f'<?xml version="1.0"?>{head}<xliff xmlns="{namespace}" version="2.1" srcLang="zh" trgLang="en"><file id="f1">'
        f'<unit id="{name}">{inside}</unit></file></xliff>'
    ).encode()


CUT = (
    '<segment state="final"><source>一。</source><target order="3">One.</target></segment>'
    "<ignorable><source> </source></ignorable>"
    '<segment state="final"><source>二。</source><target order="1">Two.</target></segment>'
)
HALF = "<segment><source>一</source><target>One</target></segment><segment><source>二</source></segment>"
COPIED = (
    '<originalData><data id="d1">&lt;b></data></originalData><segment><source><ph id="1" dataRef="d1"/>一</source>'
    '<target><ph id="1"/>One<ph id="2" copyOf="1"/></target></segment>'
)
MARKED = (
    '<originalData><data id="a">&lt;i></data><data id="b">&lt;/i></data></originalData><segment><source>一</source>'
    '<target><pc id="1" dataRefStart="a" dataRefEnd="b">O<mrk id="m">n</mrk></pc><!-- no -->e<sm id="n"/>'
    '<![CDATA[<&>]]><em startRef="n"/><cp hex="0001"/></target></segment>'
)


@pytest.mark.parametrize(
    ("inside", "target"),
    [
        (CUT, "Two. One."),
        (HALF, ""),
        (COPIED, "<b>One<b>"),
        (MARKED, "<i>On</i>e<&>\x01"),
        ("<segment><source>一</source><target/></segment>", ""),
    ],
    ids=["segments", "half", "copy", "marks", "empty"],
)
def test_what_tools_do(inside: str, target: str) -> None:
    """Segments, codes and marks of tools become the text that they stand for."""
    assert target == one(document(inside)).target


@pytest.mark.parametrize("namespace", [CORE, CORE.replace(":2.0", ":2.2")])
def test_later_versions(namespace: str) -> None:
    """XLIFF 2.2 has another namespace and the same core."""
    inside = '<segment state="reviewed"><source>一</source><target>One</target></segment>'
    back = one(document(inside, namespace=namespace))
    assert ("一", "One", "reviewed", True) == (back.source, back.target, back.state, back.done)


def test_the_least_state_counts() -> None:
    """A unit is final when all of its segments are."""
    inside = (
        '<segment state="final"><source>一</source><target>One</target></segment>'
        '<segment state="translated"><source>二</source><target>Two</target></segment>'
    )
    assert not one(document(inside)).done


@pytest.mark.parametrize(
    ("inside", "unit", "code"),
    [
        ("<segment><source>一</source><target>One</target></segment>", "u1", "unit"),
        ("<segment><source>一</source><target>One</target></segment>", "xx.17.3." + "0" * 32, "unit"),
        ('<segment><source>一</source><target><ph id="9" dataRef="d"/></target></segment>', "", "code"),
        ('<segment><source>一</source><target><pc id="9">x</pc></target></segment>', "", "code"),
        ('<segment><source>一</source><target><cp hex="110000"/></target></segment>', "", "code"),
        ("<segment><source>一</source><target><b>x</b></target></segment>", "", "element"),
        ("<segment><target>One</target></segment>", "", "no-source"),
        ('<segment state="done"><source>一</source><target>One</target></segment>', "", "state"),
    ],
)
def test_a_wrong_unit_is_told(inside: str, unit: str, code: str) -> None:
    """A unit that cannot be read is named by its id and line, and stops no other."""
    reading = read("back.xlf", document(inside, unit=unit))
    assert () == reading.units
    [found] = reading.problems
    assert code == found.code
    assert "line 1" in found.place
    assert found.message


def test_a_unit_twice(make_unit: Make) -> None:
    """The same unit with the same text counts once; with two texts it counts not at all, and both places are told."""
    same = make_unit()
    assert 1 == len(read("a.xlf", written([same, same])).units)
    reading = read("a.xlf", written([same, make_unit(target="Another")]))
    assert () == reading.units
    assert ["repeated", "repeated"] == [found.code for found in reading.problems]


# -- what is refused --------------------------------------------------------------------------------------------------

LAUGHS = "<!DOCTYPE xliff [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1 if n > 1 else str()};' * 10}'>" for n in range(1, 12)
) + "]>"  # fmt: skip


@pytest.mark.parametrize(
    "head",
    [
        LAUGHS,
        '<!DOCTYPE xliff [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE xliff SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE xliff [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>',
        "<!-- long -->" * 10_000 + "<!DOCTYPE xliff>",
    ],
    ids=["laughs", "file", "network", "parameter", "late"],
)
def test_document_types_are_refused(head: str) -> None:
    """No document type is read, whatever it declares and wherever it leads; UTF-16 hides none."""
    data = document("<segment><source>&a11;</source></segment>", head=head)
    for form in (data, data.decode().replace('<?xml version="1.0"?>', "").encode("utf-16")):
        with pytest.raises(FileError, match="declares a document type") as caught:
            read("bomb.xlf", form)
        assert "doctype" == caught.value.problem.code
        assert "bomb.xlf: line 1: " in str(caught.value)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "no-xml"),
        (b"no xml", "no-xml"),
        (b"\xff\xfe\x00", "no-xml"),
        (document("<segment>")[:-30], "no-xml"),
        (b'<?xml version="1.0" encoding="GB18030"?><xliff/>', "encoding"),
        (b'<?xml version="1.0" encoding="UTF-7"?><xliff/>', "encoding"),
        (b'<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"><file/></xliff>', "no-xliff"),
        (b"<html><body/></html>", "no-xliff"),
        (b"PK\x03\x04 a package", "packed"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old-office"),
        (document("<group>" * 5000), "no-xml"),
    ],
    ids=["empty", "text", "bytes", "cut", "gb", "utf7", "1.2", "html", "zip", "ole", "deep"],
)
def test_what_is_no_xliff(data: bytes, code: str) -> None:
    """What cannot be read as a whole is refused with the reason."""
    with pytest.raises(FileError) as caught:
        read("back.xlf", data)
    assert code == caught.value.problem.code


def test_too_much(make_unit: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many bytes and too many units are refused before anything is made of them."""
    with pytest.raises(FileError, match=r"has 20000001 bytes, more than 20000000"):
        read("big.xlf", b" " * (20_000_001))
    monkeypatch.setattr("shopglot.review.exchange.records.MAX_UNITS", 2)
    with pytest.raises(FileError, match="more than 2 units"):
        read("many.xlf", written([make_unit(position=n) for n in range(3)]))


@pytest.mark.parametrize("name", ["back.exe", "back", "back.xml", "", "../../etc/passwd"])
def test_unknown_names(name: str) -> None:
    """A file whose name says no format is refused."""
    with pytest.raises(FileError, match="its name does not end with"):
        read(name, b"<x/>")
