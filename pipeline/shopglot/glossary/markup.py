"""XML from elsewhere, read without trust: no entities, no network, errors with their line.

lxml comes with the optional extra `interchange`.
"""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

from shopglot.errors import DataError, UsageError, WorkError
from shopglot.glossary.rows import Row

LARGEST = 256 * 1024 * 1024  # bytes; a glossary of a million terms has half of that


# What XML 1.0 has no place for, not even escaped.
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def unwritable(row: Row) -> WorkError:
    """Return the error for a row with a character that XML cannot hold."""
    return WorkError(
        f"'{row.source}' (line {row.line}) has a character that XML cannot hold; `shopglot glossary lint` names it."
    )


def require(module: str) -> Any:
    """Import a module of the extra `interchange`. Raises `UsageError` that says how to install it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise UsageError(
            f"this format needs '{error.name}', which is not installed: pip install 'shopglot[interchange]'."
        ) from error


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
    subset = root.getroottree().docinfo.internalDTD
    # A DOCTYPE that names a DTD elsewhere is usual in TBX and TMX, and is not followed; entities have no business here.
    if subset is not None and next(subset.iterentities(), None) is not None:
        raise DataError(f"{path}: declares XML entities, which can hide any text; remove the <!ENTITY …> lines.")
    return root


def local(element: Any) -> str:
    """Return the name of an element without its namespace, "" for a comment or a processing instruction."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
