"""The spans of a text that no engine may touch: one list of patterns for segmenting and for protecting.

Every pattern is bounded or cannot be entered twice at one place, so that a scan is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Literal, cast

from shopglot.segment.markup import find_tags
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

# Pictographs that stand for themselves. Circled digits (2776-2793) are ordinals and not among them.
_PICTOGRAPH = (
    "[\u203b\u25a0\u25aa\u25b2\u25b6\u25ba\u25bc\u25c0\u25c6\u25c7\u25cf\u231a\u231b\u23e9-\u23fa"
    "\u2600-\u2714\u2717-\u2775\u2794-\u27bf\u2b1b\u2b1c\u2b50\u2b55\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
    # ✕ and ✖ between digits multiply: 10✖20cm.
    "|[\u2715\u2716](?![0-9])"
    # Characters that are emoji only where the variation selector says so.
    "|[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u2580-\u25ff\u2900-\u297f"
    "\u2b00-\u2bff\u3030\u303d\u3297\u3299]\ufe0f"
)
_DECORATED = f"(?:{_PICTOGRAPH})[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*+"
_EMOJI = f"(?:[0-9#*]\ufe0f?\u20e3\ufe0f?|[\U0001f1e6-\U0001f1ff]{{1,2}}|{_DECORATED}(?:\u200d{_DECORATED})*+)++"
_FACE = r"\^_;=~\-<>＞＜ωΩ∀▽△Дд≧≦°º•◕‿´｀`๑ﾟ･ಠ益皿﹏￣‾╥╯╰∇ᵔᴥ□╭╮ㅂ˘³ε∩・。.｡*\\/|"
_EYE = r"\^_<>ω∀▽Д≧≦°º•◕´｀`๑ﾟಠ益皿﹏￣╥╯╰∇ᵔᴥ˘∩"
_KAOMOJI = rf"[(（](?=[^()（）]{{0,14}}[{_EYE}])[{_FACE}ToOQqUuvVxXwＴ '\"\u0300-\u036f]{{2,15}}[)）]"

_HOST = r"[A-Za-z0-9-]{1,63}"
_TAIL = r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*"
_MAILBOX = r"[A-Za-z0-9](?<![A-Za-z0-9._%+\-].)[A-Za-z0-9._%+\-]{0,63}"
_WORD_START = r"[A-Za-z0-9](?<![A-Za-z0-9._\-].)"
_LAST = r"[A-Za-z0-9/#=&_~%+\-]"
_DOMAINS = "com|cn|net|org|hk|tw|io|shop|cc"
_PATTERNS: tuple[tuple[MaskKind, str], ...] = (
    # Names of two and more letters, so that `&a;` is no entity; the standard has none that is shorter.
    ("entity", r"&(?:\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"),
    ("emoji", rf"{_EMOJI}|{_KAOMOJI}"),
    ("email", rf"{_MAILBOX}@{_HOST}(?:\.{_HOST}){{1,4}}"),
    (
        "url",
        (
            rf"(?:https?|ftp)://{_TAIL}{_LAST}|www\.[A-Za-z0-9]{_TAIL}{_LAST}"
            rf"|{_WORD_START}[A-Za-z0-9\-]{{0,62}}(?:\.{_HOST}){{0,3}}\.(?:{_DOMAINS})(?![A-Za-z0-9\-]|\.[A-Za-z0-9])"
            rf"(?::[0-9]{{1,5}})?(?:/{_TAIL}{_LAST}|/)?"
        ),
    ),
    (
        "placeholder",
        (
            r"\{\{[^{}\n]{1,60}\}\}|\$\{[^{}\n]{1,60}\}|\{[A-Za-z0-9_.\-]{1,40}\}|\[\[[^\[\]\n]{1,60}\]\]"
            r"|%\([A-Za-z_]\w{0,40}\)[sdif]|%[0-9]{1,2}\$[sdif@]|%(?<![0-9]%)[sd@](?![A-Za-z])"
        ),
    ),
    # A nickname is at most 24 wide: 12 Han characters. A longer run of Han has no end that could be known.
    ("mention", r"@(?<![A-Za-z0-9_.@]@)(?![0-9])(?:[A-Za-z0-9_.\-]{1,29}[A-Za-z0-9_\-]|\w{1,12})(?!\w)"),
    (
        "sku",
        rf"{_WORD_START}[A-Za-z0-9]{{0,30}}(?:[\-_][A-Za-z0-9]{{1,30}}){{1,6}}(?![A-Za-z0-9_\-\ufe0f\u20e3])",
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

Role = Literal["wall", "edge", "inside"]


@dataclass(frozen=True, slots=True)
class Span:
    """An opaque stretch of a text.

    A `wall` ends whatever stands beside it (a block tag, an emoji); an `edge` belongs to a sentence only between its
    words (an inline tag, a no-break space); `inside` is a word of the sentence (a URL, a model number).
    """

    start: int
    end: int
    kind: MaskKind
    role: Role


def find_spans(text: str, *, markup: bool) -> Iterator[Span]:
    """Yield the opaque spans of `text`, sorted and not overlapping. `markup` says that it is HTML."""
    position = 0
    for tag in find_tags(text) if markup else ():
        yield from _scan(text, position, tag.start, markup=markup)
        yield Span(tag.start, tag.end, "tag", "edge" if tag.inline else "wall")
        position = tag.end
    yield from _scan(text, position, len(text), markup=markup)


def is_space_entity(text: str) -> bool:
    """Tell whether `text` is a character reference to white space or to an invisible character."""
    return text.startswith("&") and all(ch.isspace() or ch in INVISIBLE for ch in unescape(text))


def _scan(text: str, start: int, end: int, *, markup: bool) -> Iterator[Span]:
    for match in (_MARKED if markup else _PLAIN).finditer(text, start, end):
        kind = cast("MaskKind", match.lastgroup)
        if kind != "sku" or _is_sku(match.group()):
            yield Span(match.start(), match.end(), kind, _role(kind, match.group()))
        else:
            for token in TOKEN.finditer(match.group()):
                yield Span(match.start() + token.start(), match.start() + token.end(), "code", "edge")


def _is_sku(text: str) -> bool:
    """Tell a model number from a range (`80-95kg`), an amount (`SK-II75ml`), a word (`Type-C`), a phrase (`3-in-1`)."""
    if _RANGE.fullmatch(text) or _AMOUNT.search(text):
        return False
    digits = sum(ch.isdigit() for ch in text)
    return digits > 0 if "_" in text else digits > 1 and any(ch.isupper() for ch in text)


def _role(kind: MaskKind, text: str) -> Role:
    if kind == "emoji":
        return "wall"
    if kind == "code" or (kind == "entity" and is_space_entity(text)):
        return "edge"
    return "inside"
