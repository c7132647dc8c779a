"""TBX (ISO 30042), the exchange format of terminology tools: written as TBX-Basic of 2008, read in both editions.

A concept is one group of the table: a source under one condition. Every right and wrong target is a term with its
administrative status; part of speech, note and subject field have their TBX names; what TBX has no name for (use,
field, our own parts of speech) is kept as `projectSubset`, which every tool carries along.

Built on lxml and not on translate-toolkit, which the other format uses: its TBX store (version 3.20) reads
`<martif>` with `<tig>` only, neither `<ntig>` nor the edition of 2019, and has no way to write a term's status.
The tests read what is written here with that toolkit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from shopglot.errors import DataError
from shopglot.foreign import local, require
from shopglot.glossary.groups import group_rows
from shopglot.glossary.languages import SOURCE, pick_source, pick_target, target_tag
from shopglot.glossary.markup import parse_xml, read_xml, unwritable
from shopglot.glossary.rows import Row

STATUSES = {
    "preferred": "preferredTerm-admn-sts",
    "admitted": "admittedTerm-admn-sts",
    "forbidden": "deprecatedTerm-admn-sts",
}
# How files name a status: with the suffix or without it, in any case; superseded terms are wrong today.
_READ = {"preferred": "preferred", "admitted": "admitted", "deprecated": "forbidden", "superseded": "forbidden"}
_SPEECH = {"noun": "noun", "verb": "verb", "adj": "adjective", "adv": "adverb", "name": "properNoun"}
_SPEECH_READ = {theirs: ours for ours, theirs in _SPEECH.items()}
_ENTRIES, _LANGUAGES = ("termEntry", "conceptEntry"), ("langSet", "langSec")
_TERMS = ("tig", "ntig", "termSec")
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_DOCTYPE = '<!DOCTYPE martif SYSTEM "TBXBasiccoreStructV02.dtd">'


def write_tbx(rows: Sequence[Row], market: str) -> bytes:
    """Return the rows as TBX-Basic (2008). Raises `WorkError` for a character that XML cannot hold."""
    etree = require("lxml.etree")
    root = etree.Element("martif", {"type": "TBX-Basic", _LANG: SOURCE})
    file = _sub(_sub(root, "martifHeader"), "fileDesc")
    _sub(_sub(file, "sourceDesc"), "p", f"shopglot glossary of the market {market}")
    _sub(_sub(root.find("martifHeader"), "encodingDesc"), "p", "TBXBasicXCSV02.xcs", type="XCSURI")
    body = _sub(_sub(root, "text"), "body")
    for number, group in enumerate(group_rows(rows).values(), start=1):
        try:
            _write_concept(body, group, number, market)
        except ValueError as error:
            raise unwritable(group[0]) from error
    written: bytes = etree.tostring(
        root, xml_declaration=True, encoding="UTF-8", pretty_print=True, doctype=_DOCTYPE
    )  # fmt: skip
    return written


def read_tbx(path: Path, market: str, *, status: str, use: str) -> list[Row]:
    """Read the concepts of a TBX file (2008 or 2019) that have Simplified Chinese and the market's language.

    Each Chinese term of a concept becomes a group. Where no term of a concept has a status, the first target gets
    `status` and the others are admitted. Raises `DataError`.
    """
    root = parse_xml(path, read_xml(path))
    if local(root) not in ("martif", "tbx"):
        raise DataError(f"{path}:{root.sourceline}: <{local(root)}> is no TBX: <martif> or <tbx> is needed.")
    return [
        row
        for entry in root.iter()
        if local(entry) in _ENTRIES
        for row in _read_concept(entry, market, status=status, use=use)
    ]


def _write_concept(body: Any, group: Sequence[Row], number: int, market: str) -> None:
    entry = _sub(body, "termEntry", id=f"c{number}")
    if group[0].category:
        _sub(entry, "descrip", group[0].category, type="subjectField")
    if group[0].field:
        _sub(entry, "admin", f"field:{group[0].field}", type="projectSubset")
    _sub(_sub(_sub(entry, "langSet", **{_LANG: SOURCE}), "tig"), "term", group[0].source)
    targets = _sub(entry, "langSet", **{_LANG: target_tag(market)})
    for row in group:
        tig = _sub(targets, "tig")
        _sub(tig, "term", row.target)
        _sub(tig, "termNote", STATUSES[row.status], type="administrativeStatus")
        if row.pos:
            _sub(tig, "termNote", _SPEECH.get(row.pos, "other"), type="partOfSpeech")
        if row.pos and row.pos not in _SPEECH:
            _sub(tig, "admin", f"pos:{row.pos}", type="projectSubset")
        _sub(tig, "admin", f"use:{row.use}", type="projectSubset")
        if row.note:
            _sub(tig, "note", row.note)


def _read_concept(entry: Any, market: str, *, status: str, use: str) -> Iterator[Row]:
    sections = {child.get(_LANG) or child.get("lang") or "": child for child in entry if local(child) in _LANGUAGES}
    source, target = pick_source(sections), pick_target(sections, market)
    if source is None or target is None:
        return
    common = _facts(entry)
    sources = [term for term, _, _ in _terms(sections[source])]
    targets = list(_terms(sections[target]))
    told = any("administrativeStatus" in facts for _, facts, _ in targets)
    for word in dict.fromkeys(sources):
        for place, (term, facts, line) in enumerate(targets):
            default = "admitted" if told or place else status
            yield Row(
                source=word,
                target=term,
                status=_status(facts.get("administrativeStatus", ""), default),
                use=facts.get("use", use),
                category=common.get("subjectField", ""),
                field=common.get("field", ""),
                pos=facts.get("pos") or _SPEECH_READ.get(facts.get("partOfSpeech", ""), ""),
                note=facts.get("note", "") or common.get("note", ""),
                line=line,
            )


def _terms(section: Any) -> Iterator[tuple[str, Mapping[str, str], int]]:
    """Yield the terms of a language section with what is said about each and their lines."""
    for holder in section.iter():
        if local(holder) in _TERMS:
            term = next((child for child in holder.iter() if local(child) == "term"), None)
            if term is None:
                continue
            text = "".join(term.itertext())
            if text.strip():
                yield text, _facts(holder, deep=True), term.sourceline or 0


def _facts(holder: Any, *, deep: bool = False) -> dict[str, str]:
    """Return what is said about a concept or a term, by its data category.

    The edition of 2008 names it in an attribute (`<termNote type="partOfSpeech">`), that of 2019 may name it by the
    element (`<min:partOfSpeech>`). `deep` looks into groups (`<termNoteGrp>`) as well.
    """
    facts: dict[str, str] = {}
    for child in holder.iter() if deep else holder:
        name = child.get("type") or local(child) if child is not holder else ""
        if not name or name in (*_LANGUAGES, "term"):
            continue
        text = "".join(child.itertext())
        if name == "projectSubset" and text.partition(":")[0] in ("use", "field", "pos"):
            name, _, text = text.partition(":")
        facts.setdefault(name, text)
    return facts


def _status(named: str, default: str) -> str:
    plain = named.strip().casefold()
    return next((ours for theirs, ours in _READ.items() if plain.startswith(theirs)), default)


def _sub(parent: Any, tag: str, text: str | None = None, /, **attributes: str) -> Any:
    element = parent.makeelement(tag, attributes)
    element.text = text
    parent.append(element)
    return element
