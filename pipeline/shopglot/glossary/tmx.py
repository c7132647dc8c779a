"""TMX 1.4, the exchange format of translation memories, through translate-toolkit: preferred pairs only.

TMX knows no status, no use and no condition. What is written are the preferred targets, those with a condition left
out (a memory would use them everywhere); what is read becomes preferred or admitted as the caller says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from shopglot.errors import DataError
from shopglot.foreign import NOT_XML, local, require
from shopglot.glossary.languages import SOURCE, pick_source, pick_target, target_tag
from shopglot.glossary.markup import parse_xml, read_xml, unwritable
from shopglot.glossary.rows import Row


def write_tmx(rows: Iterable[Row], market: str) -> bytes:
    """Return the unconditional preferred pairs as TMX. Raises `WorkError` for a character that XML cannot hold."""
    tag = target_tag(market)
    store = require("translate.storage.tmx").tmxfile(sourcelanguage=SOURCE, targetlanguage=tag)
    for row in rows:
        if row.status != "preferred" or any(row.condition):
            continue
        # The toolkit would leave such characters out without a word.
        if any(NOT_XML.search(text) for text in (row.source, row.target, row.note)):
            raise unwritable(row)
        store.addtranslation(row.source, SOURCE, row.target, tag, comment=row.note)
    written = BytesIO()
    store.serialize(written)
    return written.getvalue()


def read_tmx(path: Path, market: str, *, status: str, use: str) -> list[Row]:
    """Read the units of a TMX file that have Simplified Chinese and the market's language. Raises `DataError`."""
    data = read_xml(path)
    root = parse_xml(path, data)
    if local(root) != "tmx":
        raise DataError(f"{path}:{root.sourceline}: <{local(root)}> is no TMX: <tmx> is needed.")
    languages = require("translate.misc.xml_helpers")
    rows: list[Row] = []
    for unit in require("translate.storage.tmx").tmxfile.parsestring(data).units:
        texts = {languages.getXMLlang(node) or "": unit.getNodeText(node) or "" for node in unit.getlanguageNodes()}
        source, target = pick_source(texts), pick_target(texts, market)
        if source is None or target is None or not texts[source].strip() or not texts[target].strip():
            continue
        rows.append(
            Row(
                source=texts[source], target=texts[target], status=status, use=use,
                note=" ".join(unit.getnotes().split()), line=unit.xmlelement.sourceline or 0,
            )
        )  # fmt: skip
    return _first_preferred(rows)


def _first_preferred(rows: Iterable[Row]) -> list[Row]:
    """Make the further targets of a source admitted: a memory may translate one text in several ways."""
    seen: set[str] = set()
    settled: list[Row] = []
    for row in rows:
        again = row.status == "preferred" and row.source in seen
        seen.add(row.source)
        settled.append(replace(row, status="admitted") if again else row)
    return settled
