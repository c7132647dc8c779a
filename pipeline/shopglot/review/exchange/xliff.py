"""XLIFF 2.1 (OASIS, 2018), written and read: what translation tools take.

One `<file>` is a page, one `<unit>` with one `<segment>` is a held segment. What is opaque in the source (tags,
placeholders, addresses, emoji) is a `<ph>` with its original data, in the target too where it stands there, so that a
tool protects it; characters that XML has no place for are `<cp>`. Beside the texts stand findings (notes, and metadata
with their ids), terms (glossary module), limits (size restriction module) and the text that was exported (a match), so
that what is changed can be told from what is not.

In reading, a unit may have been cut into several segments; `order` of targets is followed, codes without original data
are looked up in the source. Document types are refused before a parser for the whole is begun, nothing is fetched.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from itertools import groupby
from typing import Any
from xml.parsers import expat

from lxml import etree

from shopglot.foreign import NOT_XML, local
from shopglot.memory.languages import SOURCE
from shopglot.review.exchange.records import (
    STATES,
    FileError,
    Gathering,
    Problem,
    Reading,
    Returned,
    Unit,
    Written,
    problem,
    returned,
)
from shopglot.types import Mask

CORE = "urn:oasis:names:tc:xliff:document:2.0"
_LATER = "urn:oasis:names:tc:xliff:document:2.2"
_MODULES = {
    "mtc": "urn:oasis:names:tc:xliff:matches:2.0",
    "gls": "urn:oasis:names:tc:xliff:glossary:2.0",
    "mda": "urn:oasis:names:tc:xliff:metadata:2.0",
    "slr": "urn:oasis:names:tc:xliff:sizerestriction:2.0",
}
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_MOST_CODES = 2000  # in one text; more of them are text, since no tool shows them in a useful way
_SHOWN = 60  # characters of a code that a tool shows
_TYPES = {"tag": "fmt", "url": "link", "email": "link", "mention": "link", "placeholder": "ui", "emoji": "image"}
_PRIORITY = {"error": "1", "warning": "2", "info": "5"}
_CHUNK = 1 << 16
_UNITS = [f"{{{namespace}}}unit" for namespace in (CORE, _LATER)]
_ENCODINGS = ("utf-8", "utf-16", "us-ascii", "ascii", "")


# -- writing ----------------------------------------------------------------------------------------------------------


def write_xliff(units: Sequence[Unit], *, language: str) -> tuple[bytes, Written]:
    """Return units of one market as a document with targets in `language` (a BCP 47 tag), and what was written."""
    out = BytesIO()
    names: dict[str | None, str] = {None: CORE}
    names.update(_MODULES)
    with etree.xmlfile(out, encoding="utf-8") as document:
        document.write_declaration()
        attributes = {"version": "2.1", "srcLang": SOURCE, "trgLang": language}
        with document.element(_core("xliff"), attributes, nsmap=names):
            for number, (_, page) in enumerate(groupby(units, key=lambda unit: (unit.market, unit.listing)), start=1):
                document.write(_file(number, list(page)))
    return out.getvalue(), Written(units=len(units))


def _core(name: str) -> str:
    return f"{{{CORE}}}{name}"


def _module(prefix: str, name: str) -> str:
    return f"{{{_MODULES[prefix]}}}{name}"


def _file(number: int, units: Sequence[Unit]) -> Any:
    """Return the element of a page."""
    first = units[0]
    element = etree.Element(_core("file"), {"id": f"f{number}", "original": f"/pages/{first.market}/{first.listing}"})
    if any(unit.limit is not None for unit in units):
        etree.SubElement(element, _module("slr", "profiles"), {"generalProfile": "xliff:codepoints"})
    page = {"market": first.market, "merchant": first.merchant, "listing": first.id, "title": first.title}
    _metadata(element, "shopglot:page", page.items())
    for unit in units:
        element.append(_unit(unit))
    return element


def _unit(unit: Unit) -> Any:
    element = etree.Element(_core("unit"), {"id": unit.name, "name": _legible(unit.path), "canResegment": "no"})
    if unit.limit is not None:
        element.set(_module("slr", "sizeRestriction"), str(unit.limit))
    data: dict[str, str] = {}
    source = _text(_core("source"), unit.source, _source_codes(unit.source, unit.masks), data)
    codes = _target_codes(unit.target, unit.masks)
    target = _text(_core("target"), unit.target, codes, data) if unit.target else None
    if target is not None:
        _match(element, unit)
    _glossary(element, unit)
    place = {"path": unit.path, "number": str(unit.number), "field": unit.field, "position": str(unit.position)}
    findings = [(note.check, note.message) for note in unit.notes]
    _metadata(element, "shopglot:place", place.items(), ("shopglot:findings", findings))
    _notes(element, unit)
    if data:
        originals = etree.SubElement(element, _core("originalData"))
        for text, name in data.items():
            originals.append(_text(_core("data"), text, (), {}, id=name))
    segment = etree.SubElement(
        element, _core("segment"), {"id": "s1", "state": "initial" if target is None else "translated"}
    )
    segment.append(source)
    if target is not None:
        segment.append(target)
    return element


def _match(element: Any, unit: Unit) -> None:
    """Add the text as it is exported, which stays what it is when the target changes."""
    attributes = {"id": "exported", "ref": "#s1", "type": "other", "subType": "shopglot:exported"}
    match = etree.SubElement(etree.SubElement(element, _module("mtc", "matches")), _module("mtc", "match"), attributes)
    match.append(_text(_core("source"), unit.source, (), {}))
    match.append(_text(_core("target"), unit.target, (), {}))


def _glossary(element: Any, unit: Unit) -> None:
    if not unit.terms:
        return
    glossary = etree.SubElement(element, _module("gls", "glossary"))
    for term in unit.terms:
        entry = etree.SubElement(glossary, _module("gls", "glossEntry"))
        etree.SubElement(entry, _module("gls", "term")).text = _legible(term.source)
        if term.target:
            etree.SubElement(entry, _module("gls", "translation")).text = _legible(term.target)
        if term.note or not term.target:
            etree.SubElement(entry, _module("gls", "definition")).text = _legible(term.note)


def _metadata(element: Any, category: str, pairs: Any, *more: tuple[str, Sequence[tuple[str, str]]]) -> None:
    metadata = etree.SubElement(element, _module("mda", "metadata"))
    for name, values in ((category, list(pairs)), *more):
        if values:
            group = etree.SubElement(metadata, _module("mda", "metaGroup"), {"category": name})
            for kind, value in values:
                etree.SubElement(group, _module("mda", "meta"), {"type": _legible(kind)}).text = _legible(value)


def _notes(element: Any, unit: Unit) -> None:
    told = [(_PRIORITY.get(note.severity, "5"), note.check, note.message) for note in unit.notes]
    if unit.limit is not None:
        told.append(("3", "length", f"At most {unit.limit} characters."))
    if told:
        notes = etree.SubElement(element, _core("notes"))
        for priority, category, message in told:
            attributes = {"category": _legible(category), "priority": priority, "appliesTo": "target"}
            etree.SubElement(notes, _core("note"), attributes).text = _legible(message)


def _legible(text: str) -> str:
    """Return a text that only people read, with a mark for what XML has no place for."""
    return NOT_XML.sub("\ufffd", text)


def _source_codes(source: str, masks: Sequence[Mask]) -> list[tuple[int, Mask, int]]:
    """Return the codes of a source: start, mask, and the number of the code."""
    if len(masks) > _MOST_CODES:
        return []
    return [(mask.start, mask, number) for number, mask in enumerate(masks, start=1)]


def _target_codes(target: str, masks: Sequence[Mask]) -> list[tuple[int, Mask, int]]:
    """Return where the codes of a source stand in a target; longer ones are looked for first, each is used once."""
    if len(masks) > _MOST_CODES:
        return []
    taken: list[tuple[int, int]] = []
    found: list[tuple[int, Mask, int]] = []
    after: dict[str, int] = {}
    for number, mask in sorted(enumerate(masks, start=1), key=lambda item: (-len(item[1].text), item[0])):
        start = target.find(mask.text, after.get(mask.text, 0))
        while start >= 0 and (clash := _clash(taken, start, start + len(mask.text))) is not None:
            start = target.find(mask.text, clash)
        after[mask.text] = len(target) if start < 0 else start + len(mask.text)
        if start >= 0 and mask.text:
            taken.insert(bisect_left(taken, (start, 0)), (start, start + len(mask.text)))
            found.append((start, mask, number))
    return sorted(found, key=lambda item: item[0])


def _clash(taken: Sequence[tuple[int, int]], start: int, end: int) -> int | None:
    """Return where a span ends that overlaps start to end, None where none does. `taken` is sorted and disjoint."""
    at = bisect_left(taken, (start + 1, 0))
    for near in taken[max(at - 1, 0) : at + 1]:
        if near[0] < end and start < near[1]:
            return near[1]
    return None


def _text(tag: str, text: str, codes: Sequence[tuple[int, Mask, int]], data: dict[str, str], **attributes: str) -> Any:
    """Return an element with a text. `codes` become placeholders; `data` gets their original texts, each once."""
    element = etree.Element(tag, attributes)
    element.set(_SPACE, "preserve")
    last, position = None, 0
    for start, mask, number in codes:
        _append(element, last, text[position:start])
        reference = data.setdefault(mask.text, f"d{len(data) + 1}")
        shown = {} if NOT_XML.search(mask.text) else {"disp": mask.text[:_SHOWN]}
        last = etree.SubElement(
            element, _core("ph"),
            {"id": str(number), "dataRef": reference, "type": _TYPES.get(mask.kind, "other"), **shown},
        )  # fmt: skip
        position = start + len(mask.text)
    _append(element, last, text[position:])
    return element


def _append(element: Any, last: Any, text: str) -> None:
    """Add text behind `last`, the last child, with a `<cp>` for each character that XML has no place for.

    The last child is kept by hand: lxml would count them all to find it.
    """
    position = 0
    for odd in NOT_XML.finditer(text):
        _tail(element, last, text[position : odd.start()])
        last = etree.SubElement(element, _core("cp"), {"hex": f"{ord(odd[0]):04X}"})
        position = odd.end()
    _tail(element, last, text[position:])


def _tail(element: Any, last: Any, text: str) -> None:
    if text and last is not None:
        last.tail = text
    elif text:
        element.text = text


# -- reading ----------------------------------------------------------------------------------------------------------


def read_xliff(name: str, data: bytes) -> Reading:
    """Return the units of a document and what is wrong with single ones. FileError where it is no XLIFF 2."""
    _refuse_doctype(name, data)
    gathering = Gathering(name)
    parser = etree.iterparse(
        BytesIO(data), events=("end",), tag=_UNITS, resolve_entities=False, no_network=True, load_dtd=False,
        dtd_validation=False, attribute_defaults=False, recover=False, huge_tree=False,
    )  # fmt: skip
    try:
        for number, (_, unit) in enumerate(parser):
            if number == 0:
                _check_root(name, unit.getroottree().getroot())
            gathering.add(_read_unit(unit))
            _forget(unit)
    except etree.XMLSyntaxError as error:
        raise FileError(name, problem("no-xml", f"line {error.lineno or 1}", why=error.msg)) from error
    _check_root(name, parser.root)
    return gathering.reading()


def _refuse_doctype(name: str, data: bytes) -> None:
    """Read the beginning up to the first element. FileError where a document type stands there, or no UTF-8 or -16."""
    parser = expat.ParserCreate()
    begun = False

    def declare(_version: str, encoding: str | None, _alone: int) -> None:
        if (encoding or "").casefold() not in _ENCODINGS:
            raise FileError(name, problem("encoding", "line 1", byte=1))

    def refuse(*_: object) -> None:
        raise FileError(name, problem("doctype", f"line {parser.CurrentLineNumber}"))

    def begin(*_: object) -> None:
        nonlocal begun
        begun = True

    parser.XmlDeclHandler = declare
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = begin
    try:
        for start in range(0, len(data), _CHUNK):
            parser.Parse(data[start : start + _CHUNK])
            if begun:
                return
        parser.Parse(b"", True)  # that is how it is called
    except expat.ExpatError as error:
        if not begun:
            why = expat.errors.messages.get(error.code, "unreadable")
            raise FileError(name, problem("no-xml", f"line {error.lineno}", why=why)) from error


def _check_root(name: str, root: Any) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise FileError(name, problem("doctype", "line 1"))
    if root.tag not in (_core("xliff"), f"{{{_LATER}}}xliff"):
        version = root.get("version") or ""
        found = f"XLIFF {version[:10]}" if local(root) == "xliff" and version else f"<{local(root)[:40]}>"
        raise FileError(name, problem("no-xliff", f"line {root.sourceline}", found=found))


def _forget(element: Any) -> None:
    """Free a unit that was read, and what stands before it."""
    element.clear(keep_tail=True)
    while element.getprevious() is not None:
        del element.getparent()[0]


class _OddUnitError(Exception):
    """A unit that cannot be read; its argument is the problem."""


def _read_unit(unit: Any) -> Returned | Problem:
    place = f"unit {(unit.get('id') or '')[:80]}, line {unit.sourceline}"
    try:
        data = {one.get("id", ""): _flat(one, {}, {}, place) for one in _within(unit, "originalData", "data")}
        parts = [one for one in unit if local(one) in ("segment", "ignorable")]
        sources = [_child(part, "source") for part in parts]
        if not parts or any(source is None for source in sources):
            return problem("no-source", place, "source")
        codes = {key: text for source in sources for key, text in _codes(source, data)}
        source = "".join(_flat(source, data, codes, place) for source in sources)
        target = _target(parts, data, codes, place)
        base = _base(unit, place)
    except _OddUnitError as error:
        return error.args[0]  # type: ignore[no-any-return]
    states = [part.get("state", "initial") for part in parts if local(part) == "segment"]
    state = min(states, key=lambda one: STATES.index(one) if one in STATES else -1, default="")
    return returned(place, unit.get("id") or "", source=source, target=target, base=base, state=state)


def _within(element: Any, *names: str) -> Iterator[Any]:
    """Yield the elements below an element along a path of names, whatever their namespaces."""
    for child in element:
        if local(child) == names[0]:
            if len(names) == 1:
                yield child
            else:
                yield from _within(child, *names[1:])


def _child(element: Any, name: str) -> Any:
    return next(_within(element, name), None)


def _base(unit: Any, place: str) -> str | None:
    """Return the text that was exported, None where the tool did not keep it."""
    for match in _within(unit, "matches", "match"):
        target = _child(match, "target")
        if match.get("subType") == "shopglot:exported" and target is not None:
            return _flat(target, {}, {}, place)
    return None


def _target(parts: Sequence[Any], data: Mapping[str, str], codes: Mapping[str, str], place: str) -> str:
    """Return the target of a unit; empty where one of its segments has none."""
    ordered: list[tuple[int, str]] = []
    for number, part in enumerate(parts, start=1):
        target = _child(part, "target")
        if target is None and local(part) == "segment":
            return ""
        text = _flat(_child(part, "source") if target is None else target, data, codes, place)
        order = "" if target is None else target.get("order") or ""
        ordered.append((int(order) if re.fullmatch("[0-9]{1,6}", order) else number, text))
    return "".join(text for _, text in sorted(ordered, key=lambda item: item[0]))


def _codes(element: Any, data: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the codes of a source by their ids."""
    for one in element.iter():
        reference = one.get("dataRef") if isinstance(one.tag, str) else None
        if reference is not None and reference in data:
            yield one.get("id") or "", data[reference]


def _flat(element: Any, data: Mapping[str, str], codes: Mapping[str, str], place: str) -> str:
    """Return the text of an element with its codes in their original form."""
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str):
            parts.append(_inline(child, data, codes, place))
        elif child.tag is etree.Entity:
            raise _OddUnitError(problem("element", place, local(element), name=child.text))
        parts.append(child.tail or "")
    return "".join(parts)


def _inline(child: Any, data: Mapping[str, str], codes: Mapping[str, str], place: str) -> str:
    kind = local(child)
    if kind == "cp":
        hexadecimal = child.get("hex") or ""
        if re.fullmatch("[0-9A-Fa-f]{2,8}", hexadecimal) and int(hexadecimal, 16) <= 0x10FFFF:
            return chr(int(hexadecimal, 16))
        raise _OddUnitError(problem("code", place, "cp"))
    if kind in ("sm", "em"):
        return ""
    if kind == "mrk":
        return _flat(child, data, codes, place)
    if kind == "pc":
        inner = _flat(child, data, codes, place)
        start, end = (data.get(child.get(name) or "") for name in ("dataRefStart", "dataRefEnd"))
        if start is None or end is None:
            raise _OddUnitError(problem("code", place, "pc"))
        return f"{start}{inner}{end}"
    if kind in ("ph", "sc", "ec"):
        found = data.get(child.get("dataRef") or "", codes.get(child.get("copyOf") or child.get("id") or ""))
        if found is None:
            raise _OddUnitError(problem("code", place, kind))
        return found
    raise _OddUnitError(problem("element", place, name=kind[:40]))
