"""XML from elsewhere, read without trust: no entities, no network, errors with their line.

lxml comes with the optional extra `interchange`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shopglot.errors import DataError, WorkError
from shopglot.foreign import refuse_entities, require
from shopglot.glossary.rows import Row

LARGEST = 256 * 1024 * 1024  # bytes; a glossary of a million terms has half of that


def unwritable(row: Row) -> WorkError:
    """Return the error for a row with a character that XML cannot hold."""
    return WorkError(
        f"'{row.source}' (line {row.line}) has a character that XML cannot hold; `shopglot glossary lint` names it."
    )


def read_xml(path: Path) -> bytes:
    """Return the bytes of an XML file that is safe to parse.

    Raises `DataError` where it cannot be read, is no XML (with the line), or declares entities.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise DataError(f"{path}: larger than {LARGEST // 1024 // 1024} MB; split it.")
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error
    parse_xml(path, data)
    return data


def parse_xml(path: Path, data: bytes) -> Any:
    """Return the root element of XML. Raises `DataError` as `read_xml` does."""
    etree = require("lxml.etree")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise DataError(f"{path}:{error.lineno or 1}: no XML: {error.msg}") from error
    refuse_entities(path, root)
    return root
