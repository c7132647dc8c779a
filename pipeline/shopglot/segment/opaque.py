"""The spans of a text that no engine may touch: one list of patterns for segmenting and for protecting.

Every pattern is bounded or cannot be entered twice at one place, so that a scan is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Literal, cast

from shopglot.script import HAN_RANGES
from shopglot.segment.markup import find_tags
from shopglot.segment.pictures import PICTURE
from shopglot.segment.placeholders import PLACEHOLDER, closed_shortcodes, is_shortcode
from shopglot.types import MaskKind

# What stands for a mask looks like a model number: of all forms tried, small models copy this one best (94 % at first
# pass against 69 % for `[1]`). Each prefix has a fixed number of digits, so that a digit behind it is no part of it.
TOKEN_FORMS = (("ZQ", 1), ("ZX", 2), ("KX", 3), ("QX", 6))
_TOKEN = "|".join(
    "".join(f"[{letter}{letter.lower()}]" for letter in prefix) + f"[0-9]{{{digits}}}" for prefix, digits in TOKEN_FORMS
)
TOKEN = re.compile(_TOKEN)
"""A mask token as engines return it: `ZQ1` to `ZQ9`, then `ZX10`, `KX100`, `QX001000`; the digits are the number."""

INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufe0e\ufe0f\ufeff")
"""Characters that show nothing and are not white space for Python."""

_HOST = r"[A-Za-z0-9-]{1,63}"
_TAIL = r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*"
_MAILBOX = r"[A-Za-z0-9](?<![A-Za-z0-9._%+\-].)[A-Za-z0-9._%+\-]{0,63}"
_WORD_START = r"[A-Za-z0-9](?<![A-Za-z0-9._\-].)"
_LAST = r"[A-Za-z0-9/#=&_~%+\-]"
_DOMAINS = "com|cn|net|org|hk|tw|mo|io|shop|cc|xyz|top|vip|app|link|store|info|jp|uk"
# Chinese goes on with an address only where that is certain: https://a.cn/商品/1, ?q=连衣裙, but https://a.cn/点击购买.
_WITHIN = rf"(?:(?<=[/=])[{HAN_RANGES}]{{1,30}}(?=[/?&=#.\-_][A-Za-z0-9/?&=#%]){_TAIL}{_LAST}){{0,8}}"
_VALUE = rf"(?:(?<==)[{HAN_RANGES}]{{1,30}})?"
_SHARED = "[￥¥$€₤₳₴₰¢]"
_PATTERNS: tuple[tuple[MaskKind, str], ...] = (
    # Names of two and more letters, so that `&a;` is no entity; the standard has none that is shorter.
    ("entity", r"&(?:\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"),
    ("emoji", PICTURE),
    ("email", rf"{_MAILBOX}@{_HOST}(?:\.{_HOST}){{1,4}}"),
    (
        "url",
        (
            rf"(?:https?://|ftp://|[A-Za-z](?<![A-Za-z0-9].)[A-Za-z0-9+]{{1,19}}://|www\.(?=[A-Za-z0-9]))"
            rf"{_TAIL}{_LAST}{_WITHIN}{_VALUE}"
            rf"|{_WORD_START}[A-Za-z0-9\-]{{0,62}}(?:\.{_HOST}){{0,3}}\.(?:{_DOMAINS})(?![A-Za-z0-9\-]|\.[A-Za-z0-9])"
            rf"(?::[0-9]{{1,5}})?(?:/{_TAIL}{_LAST}{_WITHIN}{_VALUE}|/)?"
        ),
    ),
    ("placeholder", PLACEHOLDER),
    # A nickname is at most 24 wide: 12 Han characters. A longer run of Han has no end that could be known, but the
    # names that Xiaohongshu gives by default have one: @小红薯5F3A2B1C.
    (
        "mention",
        (
            r"[@＠](?<![A-Za-z0-9_.@].)(?![0-9])(?:小红薯[0-9A-Za-z]{3,14}(?![0-9A-Za-z_])"
            r"|(?:[A-Za-z0-9_.\-]{1,29}[A-Za-z0-9_\-]|\w{1,12}[A-Za-z0-9_]{0,14})(?!\w))"
        ),
    ),
    # Model numbers (see `_is_sku` for which), and the tokens of Taobao: ￥a1B2c3D4e5F￥, (a1B2c3D4e5F).
    (
        "sku",
        (
            rf"{_WORD_START}[A-Za-z0-9]{{0,30}}(?:[\-_][A-Za-z0-9]{{1,30}}){{1,6}}(?![A-Za-z0-9_\-\ufe0f\u20e3])"
            rf"|{_WORD_START}[A-Za-z0-9]{{2,23}}(?![A-Za-z0-9_\-\ufe0f\u20e3]|\.[0-9])"
            rf"|{_SHARED}(?=[0-9]{{0,12}}[A-Za-z])[0-9A-Za-z]{{8,14}}{_SHARED}"
            r"|[(（](?=[A-Z0-9]{0,12}[a-z])(?=[a-z0-9]{0,12}[A-Z])(?=[A-Za-z]{0,12}[0-9])[A-Za-z0-9]{10,13}[)）]"
        ),
    ),
    # Controls, invisible formatting and lone surrogates (which no tokenizer takes), and what looks like a token.
    (
        "code",
        (
            rf"(?:{_TOKEN}"
            "|[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc\ud800-\udfff])++"
        ),
    ),
)
_PLAIN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS[1:]))
_MARKED = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS))
_RANGE = re.compile(r"[0-9]{1,6}[A-Za-z]{0,3}(?:-[0-9]{1,6}[A-Za-z]{0,4})+")
_UNIT = "(?:ml|ML|g|kg|KG|mg|cm|CM|mm|MM|oz|OZ|pcs)"
_AMOUNT = re.compile(f"[0-9]{_UNIT}(?![A-Za-z0-9])|^[0-9]+{_UNIT}")
_NUMBERED = re.compile(
    r"(?:货号|型号|款号|编号|编码|条码|料号|批号|货品号|SKU|sku|Model|model|MODEL|Item No\.?)\s?[:：#]?\s?$"
)
# ABC1234, A1234B; no measures of a parcel (L1200), standards, money or years of a season.
_BARE = re.compile(
    r"(?!(?:SPF|UPF|PA|PM|FM|RMB|CNY|HKD|USD|EUR|JPY|TWD|MOP|NT|DIN|IP|NO|MAX|MIN|DDR|USB|AW|SS|FW)[0-9])"
    r"(?:[A-Z]{2,6}[0-9]{3,10}|[A-Z](?<![DHLTWR])[0-9]{4,8})(?:[A-Z]{1,3}[0-9]{0,3})?"
)

_BLOCK = re.compile(r"\{%|\{#|\{\{\{?\s?[#/^]|<%(?!=)|\[(?!\[)")

Role = Literal["wall", "edge", "inside"]


@dataclass(frozen=True, slots=True)
class Span:
    """An opaque stretch of a text.

    A `wall` ends whatever stands beside it (a block tag, an emoji, `{% if %}`); an `edge` belongs to a sentence only
    between its words (an inline tag, a no-break space); `inside` is a word of the sentence (a URL, a model number).
    """

    start: int
    end: int
    kind: MaskKind
    role: Role


def find_spans(text: str, *, markup: bool) -> Iterator[Span]:
    """Yield the opaque spans of `text`, sorted and not overlapping. `markup` says that it is HTML."""
    closed = closed_shortcodes(text)
    position = 0
    for tag in find_tags(text) if markup else ():
        yield from _scan(text, position, tag.start, markup=markup, closed=closed)
        yield Span(tag.start, tag.end, "tag", "edge" if tag.inline else "wall")
        position = tag.end
    yield from _scan(text, position, len(text), markup=markup, closed=closed)


def is_space_entity(text: str) -> bool:
    """Tell whether `text` is a character reference to white space or to an invisible character."""
    return text.startswith("&") and all(ch.isspace() or ch in INVISIBLE for ch in unescape(text))


def _scan(text: str, start: int, end: int, *, markup: bool, closed: frozenset[str]) -> Iterator[Span]:
    for match in (_MARKED if markup else _PLAIN).finditer(text, start, end):
        kind = cast("MaskKind", match.lastgroup)
        found = match.group()
        if kind == "sku":
            real = _is_sku(found, text[max(0, match.start() - 12) : match.start()])
        else:
            real = kind != "placeholder" or is_shortcode(found, closed)
        if real:
            yield Span(match.start(), match.end(), kind, _role(kind, found))
        else:
            for token in TOKEN.finditer(found):
                yield Span(match.start() + token.start(), match.start() + token.end(), "code", "edge")


def _is_sku(text: str, before: str) -> bool:
    """Tell a model number from a range (`80-95kg`), an amount (`SK-II75ml`), a word (`Type-C`), a phrase (`3-in-1`).

    `before` is what stands before it: behind 货号 any number is one.
    """
    if not text[0].isalnum():
        return True
    if _RANGE.fullmatch(text) or _AMOUNT.search(text):
        return False
    digits = sum(ch.isdigit() for ch in text)
    if digits and _NUMBERED.search(before):
        return True
    if "_" not in text and "-" not in text:
        return _BARE.fullmatch(text) is not None
    return digits > 0 if "_" in text else digits > 1 and any(ch.isupper() for ch in text)


def _role(kind: MaskKind, text: str) -> Role:
    # What a template does with the text around it, its text may not leave.
    if kind == "emoji" or (kind == "placeholder" and _BLOCK.match(text)):
        return "wall"
    if kind == "code" or (kind == "entity" and is_space_entity(text)):
        return "edge"
    return "inside"
