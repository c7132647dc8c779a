"""Facts about characters: their script, and the Han characters that only one written standard of Chinese uses.

The ranges come from Unicode (up to version 17) and are compiled once; the Simplified-only and Traditional-only
sets are derived from OpenCC at first use, so importing this module costs nothing:

    from shopglot import script
    script.has_han(text)
    script.SIMPLIFIED_ONLY      # computed now, then kept

(`from shopglot.script import SIMPLIFIED_ONLY` works as well, but loads OpenCC at the import.)
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

# Ranges for a character class. Past the BMP whole blocks are named, so that a character that Unicode assigns
# later is still Han: planes 2 and 3 hold nothing else.
HAN_RANGES = (
    "\u2e80-\u2fd5"  # radicals
    "\u3005\u3007\u3021-\u3029\u3038-\u303b"  # 々 〇, Suzhou numerals
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # extension A, the unified block, compatibility ideographs
    "\U00016ff0-\U00016ff6"  # Vietnamese and old reading marks
    "\U00020000-\U0002fa1f\U00030000-\U0003347f"  # extensions B to J, compatibility supplement
)
KANA_RANGES = "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9d\U0001aff0-\U0001b16f"
HANGUL_RANGES = "\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\uac00-\ud7ff\uffa0-\uffdc"
CJK_RANGES = (
    HAN_RANGES
    + KANA_RANGES
    + HANGUL_RANGES
    + "\u2ff0-\u33ff"  # ideographic description, symbols and punctuation, bopomofo, strokes, enclosed, squared units
    + "\ufe30-\ufe4f\uff01-\uffee"  # vertical forms, half- and full-width forms
)

HAN = re.compile(f"[{HAN_RANGES}]")
"""One Han character."""
KANA = re.compile(f"[{KANA_RANGES}]")
"""One hiragana or katakana letter (the shared middle dot `・` is punctuation)."""
HANGUL = re.compile(f"[{HANGUL_RANGES}]")
"""One hangul syllable or letter."""
LETTER = re.compile(f"[{HAN_RANGES}{KANA_RANGES}{HANGUL_RANGES}]")
"""One letter that has to be translated: Han, kana or hangul."""

CJK = re.compile(f"[{CJK_RANGES}]")
"""One character that only East Asian text uses: Han, kana, hangul, bopomofo, CJK punctuation, full-width forms."""

SIMPLIFIED_ONLY: frozenset[str]
"""Han characters that Simplified Chinese writes and no Traditional text (Hong Kong or Taiwan) does."""
TRADITIONAL_ONLY: frozenset[str]
"""Han characters that Traditional Chinese writes and no Simplified text does."""

# Unified ideographs; compatibility ideographs are left out, for OpenCC only normalizes them.
_BLOCKS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x2EE5F), (0x30000, 0x323AF))
# Simplified forms outside Big5's common characters that texts in Hong Kong or Taiwan nevertheless write:
# 厘米, 拮据, 胜肽 (peptide), 熏香, 昵稱, 凄, 膻, 恒生, 追踪, the lakes of 海淀 and 白洋淀, and the Cantonese 吓.
_ALSO_TRADITIONAL = frozenset("厘据胜熏昵凄膻恒踪淀吓")
# In Big5's common characters, but no modern Traditional text writes them.
_DEAD_TRADITIONAL = frozenset("儿听坏荐虫")
# In GB 2312, but no modern Simplified text writes them outside a few surnames.
_DEAD_SIMPLIFIED = frozenset("後於菸")


def is_han(ch: str) -> bool:
    """Tell whether the one character `ch` is Han (ideographs of all extensions, radicals, 々 and 〇)."""
    return HAN.fullmatch(ch) is not None


def has_han(text: str) -> bool:
    """Tell whether any character of `text` is Han."""
    return HAN.search(text) is not None


def has_letter(text: str) -> bool:
    """Whether a text has something that an East Asian reads aloud: a Han, kana or hangul letter, not punctuation."""
    return LETTER.search(text) is not None


def has_cjk(text: str) -> bool:
    """Tell whether any character of `text` is East Asian: Han, kana, hangul, CJK punctuation, full-width forms."""
    return CJK.search(text) is not None


def simplify(text: str) -> str:
    """Return `text` with each Han character in its Simplified form, one for one, so that offsets stay."""
    return text if text.isascii() else "".join(map(_simplified, text))


@lru_cache(maxsize=65536)
def _simplified(ch: str) -> str:
    if not is_han(ch):
        return ch
    form: str = _simplifier().convert(ch)
    return form if len(form) == 1 else ch


@lru_cache(maxsize=1)
def _simplifier() -> Any:  # opencc ships no types
    from opencc import OpenCC

    return OpenCC("t2s")


@lru_cache(maxsize=1)
def simplified_only() -> frozenset[str]:
    """Return SIMPLIFIED_ONLY, computing it on the first call (some 0.3 s)."""
    return _derive()[0]


@lru_cache(maxsize=1)
def traditional_only() -> frozenset[str]:
    """Return TRADITIONAL_ONLY, computing it on the first call (some 0.3 s)."""
    return _derive()[1]


def __getattr__(name: str) -> frozenset[str]:
    """Compute the two lazy constants when they are first asked for (PEP 562)."""
    if name == "SIMPLIFIED_ONLY":
        return simplified_only()
    if name == "TRADITIONAL_ONLY":
        return traditional_only()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@lru_cache(maxsize=1)
def _derive() -> tuple[frozenset[str], frozenset[str]]:
    """Return (simplified only, traditional only).

    OpenCC says which characters differ, but its first choice for 干 is 幹 although 干 is Traditional, too (若干).
    What the national character sets hold as common settles that: Big5's first level for Traditional, GB 2312 for
    Simplified; what OpenCC's Hong Kong and Taiwan conversions leave alone (户, 吃, 群) is Traditional as well.
    """
    every = [chr(code) for first, last in _BLOCKS for code in range(first, last + 1)]
    to_traditional = _changes(every, "s2t")
    to_simplified = {config: _changes(every, config) for config in ("t2s", "hk2s", "tw2s")}
    candidates = [ch for ch in to_traditional if ch not in to_simplified["t2s"]]
    regional = [_changes(candidates, config) for config in ("s2hk", "s2tw")]
    produced = set(to_traditional.values())
    simplified = frozenset(
        ch
        for ch in candidates
        if ch not in produced
        and all(ch in changes for changes in regional)
        and (not _is_common_big5(ch) or ch in _DEAD_TRADITIONAL)
        and ch not in _ALSO_TRADITIONAL
    )
    produced = {form for changes in to_simplified.values() for form in changes.values()}
    traditional = frozenset(
        ch
        for changes in to_simplified.values()
        for ch in changes
        if ch not in produced and (not _is_gb2312(ch) or ch in _DEAD_SIMPLIFIED)
    )
    return simplified, traditional


def _changes(chars: list[str], config: str) -> dict[str, str]:
    """Return what OpenCC makes of each character that it changes, each by itself."""
    from opencc import OpenCC

    converted = OpenCC(config).convert("\n".join(chars)).split("\n")  # line breaks keep it from seeing phrases
    return {ch: form for ch, form in zip(chars, converted, strict=True) if form != ch}


def _is_common_big5(ch: str) -> bool:
    """Tell whether `ch` is one of the 5,401 common characters of Big5 (rows A4 to C6)."""
    try:
        code = ch.encode("big5")
    except UnicodeEncodeError:
        return False
    return len(code) == 2 and b"\xa4\x40" <= code <= b"\xc6\x7e"


def _is_gb2312(ch: str) -> bool:
    """Tell whether GB 2312, the base set of Simplified Chinese, holds `ch`."""
    try:
        ch.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
