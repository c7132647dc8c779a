"""TMX 1.4b, the exchange format of translation memories (LISA OSCAR, 2005): read and written a unit at a time.

A unit is a `<tu>` with Simplified Chinese and the market's language. `creationid` and `creationdate` say who wrote it
and when, `changeid` and `changedate` win over them in reading; `usagecount` is kept. What TMX has no name for stands in
`<prop type="x-shopglot-…">`: market, field, kind, status, provider.

Inline elements become text: the native code in `<bpt> <ept> <ph> <it> <ut>` stands where it stood (`<bpt
i="1">&lt;b&gt;</bpt>` is `<b>`), an empty one as its own tag (`<ph x="1"/>`), and of `<hi>` and `<sub>` the text.
Written are texts only, with the markup of a page as text. Entities are refused, nothing is fetched.

Built on lxml and not on translate-toolkit, which builds the whole file in memory; the tests read what is written here
with that toolkit, and the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from shopglot import __version__
from shopglot.errors import DataError
from shopglot.foreign import NOT_XML, local, refuse_entities, require
from shopglot.memory.languages import SOURCE, pick
from shopglot.memory.units import KINDS, Kind, Unit, Unusable, checked, escape, needs_escape, read_moment, unescape

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_PROP = "x-shopglot-"
_ESCAPED = f"{_PROP}escaped"
_KEPT = ("market", "field", "kind", "status", "provider")
_CODES = ("bpt", "ept", "ph", "it", "ut")
_DOCTYPE = '<!DOCTYPE tmx SYSTEM "tmx14.dtd">'


def write_tmx(units: Iterable[Unit], out: BinaryIO, *, language: str) -> int:
    """Write units to `out` as they come, with targets in `language` (a BCP 47 tag), and return how many there were."""
    etree = require("lxml.etree")
    header = {
        "creationtool": "shopglot", "creationtoolversion": __version__, "segtype": "sentence", "o-tmf": "shopglot",
        "adminlang": "en", "srclang": SOURCE, "datatype": "plaintext",
    }  # fmt: skip
    number = 0
    with etree.xmlfile(out, encoding="utf-8") as file:
        file.write_declaration()
        file.write_doctype(_DOCTYPE)
        with file.element("tmx", version="1.4"):
            file.write(etree.Element("header", header))
            with file.element("body"):
                for number, unit in enumerate(units, start=1):  # noqa: B007  # the last one is the count
                    file.write(_element(etree, unit, language), pretty_print=True)
    return number


def read_tmx(path: Path, market: str, *, languages: Sequence[str]) -> Iterator[Unit | Unusable]:
    """Yield the units of a TMX file for a market, and what cannot be used; `languages` are its tags, best first.

    Raises `DataError` where the file cannot be read, is no TMX, declares entities, or, after the units before it, where
    its XML is broken.
    """
    etree = require("lxml.etree")
    number = 0
    try:
        with path.open("rb") as file:
            root = None
            for event, element in etree.iterparse(
                file, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, recover=False
            ):
                if root is None:
                    root = _checked_root(path, element)
                if event == "end" and local(element) == "tu":
                    number += 1
                    yield _unit(element, f"unit {number}, line {element.sourceline}", market, languages)
                    _forget(element)
    except etree.XMLSyntaxError as error:
        raise DataError(f"{path}:{error.lineno or 1}: no XML: {error.msg} (after {number} units).") from error
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error


def _checked_root(path: Path, root: Any) -> Any:
    refuse_entities(path, root)
    if local(root) != "tmx":
        raise DataError(f"{path}:{root.sourceline}: <{local(root)}> is no TMX: <tmx> is needed.")
    return root


def _forget(element: Any) -> None:
    """Give back the memory of a unit, and of all before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _element(etree: Any, unit: Unit, language: str) -> Any:
    kept = {name: getattr(unit, name) for name in _KEPT if getattr(unit, name)}
    texts = (unit.source, unit.target, unit.by, unit.note, *kept.values())
    escaped = needs_escape(texts, NOT_XML)

    def fit(text: str) -> str:
        return escape(text, NOT_XML) if escaped else text

    attributes = {}
    if unit.at is not None:
        attributes["creationdate"] = unit.at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    if unit.by:
        attributes["creationid"] = fit(unit.by)
    if unit.uses is not None:
        attributes["usagecount"] = str(unit.uses)
    element = etree.Element("tu", attributes)
    if unit.note:
        etree.SubElement(element, "note").text = fit(unit.note)
    for name, value in (*kept.items(), *((("escaped", "yes"),) if escaped else ())):
        etree.SubElement(element, "prop", {"type": f"{_PROP}{name}"}).text = fit(value)
    for tag, text in ((SOURCE, unit.source), (language, unit.target)):
        etree.SubElement(etree.SubElement(element, "tuv", {_LANG: tag}), "seg").text = fit(text)
    return element


def _unit(element: Any, place: str, market: str, languages: Sequence[str]) -> Unit | Unusable:
    variants: dict[str, Any] = {}
    for child in element:
        if local(child) == "tuv":
            variants.setdefault(child.get(_LANG) or child.get("lang") or "", child)
    source = pick(variants, [SOURCE])
    target = pick(variants, languages)
    if source is None or target is None:
        found = ", ".join(sorted(variants)) or "none"
        message = f"has no {SOURCE if source is None else languages[0]} (its languages: {found})"
        return Unusable(place=place, message=message, foreign=bool(variants))
    props = _props(element)
    fit = unescape if f"{_PROP}escaped" in props else str
    kind = props.get(f"{_PROP}kind", "")
    unit = Unit(
        source=fit(_segment(variants[source])),
        target=fit(_segment(variants[target])),
        **{name: fit(props.get(f"{_PROP}{name}", "")) for name in _KEPT if name != "kind"},
        kind=_kind(kind),
        by=fit(_attribute(element, variants[target], "changeid", "creationid")),
        at=_moment(element, variants[target]),
        note=fit(" ".join(_text(child) for child in element if local(child) == "note")),
        uses=_uses(element.get("usagecount", "")),
        place=place,
    )
    return checked(unit, market)


def _props(element: Any) -> dict[str, str]:
    return {child.get("type", ""): _text(child) for child in element if local(child) == "prop"}


def _kind(named: str) -> Kind:
    return next((kind for kind in KINDS if kind == named), "reference")


def _attribute(unit: Any, variant: Any, *names: str) -> str:
    """Return the first of the attributes that the target's variant has, else the unit."""
    return next((found for name in names for node in (variant, unit) if (found := node.get(name))), "")


def _moment(unit: Any, variant: Any) -> datetime | None:
    return read_moment(_attribute(unit, variant, "changedate", "creationdate"))


def _uses(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _text(element: Any) -> str:
    return "".join(element.itertext())


def _segment(variant: Any) -> str:
    """Return the text of a variant's segment, "" where it has none."""
    segment = next((child for child in variant if local(child) == "seg"), None)
    return "" if segment is None else "".join(_inline(segment))


def _inline(element: Any) -> Iterator[str]:
    """Yield the text in an element, as the module says."""
    yield element.text or ""
    for child in element:
        name = local(child)
        if name in _CODES and not len(child) and not child.text:
            attributes = "".join(f' {key.rpartition("}")[2]}="{value}"' for key, value in child.attrib.items())
            yield f"<{name}{attributes}/>"
        elif name:
            yield from _inline(child)
        yield child.tail or ""
