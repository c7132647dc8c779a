"""Names of files as headers say them (RFC 6266, RFC 8187), and as people may see them."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PureWindowsPath
from urllib.parse import quote

_PLAIN = re.compile(r"[^A-Za-z0-9._ -]")
_ATTRIBUTE = "!#$&+-.^_`|~"  # what RFC 8187 lets stand unescaped, beside letters and digits
_LONGEST = 100


def attachment(name: str) -> str:
    """Return a Content-Disposition that saves a file under a name; no name can end the header or the quotes."""
    shown = display(name) or "file"
    plain = _PLAIN.sub("_", unicodedata.normalize("NFKD", shown))
    value = f'attachment; filename="{plain}"'
    if plain != shown:
        value += f"; filename*=UTF-8''{quote(shown, safe=_ATTRIBUTE, errors='replace')}"
    return value


def display(name: str) -> str:
    """Return the last part of a file's name as a browser sends it: without folders, controls and marks of direction."""
    last = PureWindowsPath(name.replace("\x00", "")).name
    kept = "".join(letter for letter in last if unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    if len(kept) > _LONGEST:  # the end says what it is
        kept = f"{kept[: _LONGEST - 20]}…{kept[-19:]}"
    return kept.strip()
