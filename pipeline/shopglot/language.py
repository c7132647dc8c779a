"""Which language a listing is written in: script first, statistics only as a weak vote on Latin text."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from shopglot import script

UNDETERMINED = "und"

# Not language: markup, entities, addresses, and codes that mix letters with digits (SKU, size, model number).
_NOISE = re.compile(
    r"<[A-Za-z/!?][^<>]*>"
    r"|&(?:[A-Za-z]{2,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});"
    r"|(?:https?://|www\.)[!-~]+"
    r"|[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,255}"
    r"|(?<![A-Za-z0-9])(?=[A-Za-z_./-]{0,64}[0-9])[A-Za-z0-9_./-]+"
)
_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = re.compile(
    r"a|an|and|are|as|at|be|by|for|from|has|have|in|is|it|its|not|of|on|or|our|that|the|this|to|with|you|your"
)
# Scripts that one language of the shops we know writes; the first word of a character's Unicode name.
_BY_SCRIPT = {
    "CYRILLIC": "ru", "THAI": "th", "ARABIC": "ar", "HEBREW": "he", "GREEK": "el", "DEVANAGARI": "hi",
    "BENGALI": "bn", "TAMIL": "ta", "TELUGU": "te", "KHMER": "km", "LAO": "lo", "MYANMAR": "my",
    "GEORGIAN": "ka", "ARMENIAN": "hy", "MONGOLIAN": "mn", "TIBETAN": "bo", "SINHALA": "si", "GUJARATI": "gu",
    "GURMUKHI": "pa", "KANNADA": "kn", "MALAYALAM": "ml", "ETHIOPIC": "am",
}  # fmt: skip
_UKRAINIAN = frozenset("іїєґІЇЄҐ")

_KANA_SHARE = 0.10  # of Han and kana: a Chinese page may carry a の or a Japanese brand
_HANGUL_SHARE = 0.50  # of Han and hangul
_HAN_SHARE = 0.15  # of Han characters and words of other scripts: a title may be mostly brand and model names
_VOTE_LETTERS = 30  # fewer Latin letters are English without a vote
_SURE_LETTERS = 100  # from here on a vote needs no letter outside ASCII to back it
_VOTE_PROBABILITY = 0.99
_SAMPLE = 4_000  # characters shown to the statistics


def identify(texts: Iterable[str]) -> str:
    """Return the language of a listing, given its texts.

    The answer is `zh-Hans`, `zh-Hant`, `en`, `ja`, `ko`, another ISO 639-1 code, or `und` where there are no
    letters. Markup, addresses and codes such as SKUs are ignored. Chinese that fits both standards is `zh-Hans`.
    Latin text is English unless it is long enough for a statistical vote that is nearly certain of another
    language. Never raises, and the same texts give the same answer.
    """
    text = unicodedata.normalize("NFKC", _NOISE.sub(" ", "\n".join(texts)))
    letters = Counter({ch: n for ch, n in Counter(text).items() if ch.isalpha() or script.is_han(ch)})
    if not letters:
        return UNDETERMINED
    scripts: Counter[str] = Counter()
    for ch, n in letters.items():
        scripts[_script(ch)] += n
    return _east_asian(letters, scripts, text) or _by_script(letters, scripts) or _latin(text, scripts["LATIN"])


def _east_asian(letters: Counter[str], scripts: Counter[str], text: str) -> str | None:
    """Return the East Asian language that the text is in, or None where it is in none."""
    han, kana, hangul = scripts["HAN"], scripts["KANA"], scripts["HANGUL"]
    cjk = han + kana + hangul
    words = sum(1 for word in _WORD.findall(text) if _script(word[0]) not in ("HAN", "KANA", "HANGUL"))
    if not cjk or cjk < _HAN_SHARE * (cjk + words):
        return None
    if hangul >= _HANGUL_SHARE * cjk:
        return "ko"
    if kana >= _KANA_SHARE * (han + kana) and _is_japanese(letters, kana):
        return "ja"
    return _chinese(letters)


def _is_japanese(letters: Counter[str], kana: int) -> bool:
    """Tell whether text with enough kana is Japanese, and not a Chinese label with a Japanese name on it."""
    if all(ch == "の" for ch in letters if _script(ch) == "KANA"):  # decoration; Japanese has other kana beside it
        return False
    foreign = sum(n for ch, n in letters.items() if ch in script.simplified_only() and not _is_jis(ch))
    return foreign < kana


def _is_jis(ch: str) -> bool:
    """Tell whether Japanese writes the character, 国 and 学 included."""
    try:
        ch.encode("shift_jis")
    except UnicodeEncodeError:
        return False
    return True


def _chinese(letters: Counter[str]) -> str:
    """Return which written standard of Chinese the characters belong to; a tie is Simplified."""
    simplified, traditional = script.simplified_only(), script.traditional_only()
    hans = sum(n for ch, n in letters.items() if ch in simplified)
    hant = sum(n for ch, n in letters.items() if ch in traditional)
    return "zh-Hant" if hant > hans else "zh-Hans"


def _by_script(letters: Counter[str], scripts: Counter[str]) -> str | None:
    """Return the language of a script that stands for one, where that script has most of the letters."""
    # Latin brand names are common in every language's shops: half as many letters of another script outweigh them.
    name, n = max(((s, n) for s, n in scripts.items() if s in _BY_SCRIPT), key=lambda pair: pair[1], default=("", 0))
    if not n or 2 * n < scripts["LATIN"]:
        return None
    if name == "CYRILLIC" and any(ch in _UKRAINIAN for ch in letters):
        return "uk"
    return _BY_SCRIPT[name]


def _latin(text: str, count: int) -> str:
    """Return the language of text whose letters are `count` Latin ones and none that decide by script."""
    if not count:
        return UNDETERMINED
    words = _WORD.findall(text.lower())
    english = sum(1 for word in words if _ENGLISH.fullmatch(word))
    if count < _VOTE_LETTERS or (english >= 2 and english >= 0.08 * len(words)):
        return "en"
    language, probability = _vote(" ".join(words)[:_SAMPLE])
    backed = count >= _SURE_LETTERS or any(ch > "\x7f" and ch.isalpha() for ch in text)
    return language if probability >= _VOTE_PROBABILITY and backed else "en"


@lru_cache(maxsize=4_096)
def _script(ch: str) -> str:
    """Return HAN, KANA, HANGUL, or the first word of the character's Unicode name (LATIN, CYRILLIC, ...)."""
    if script.HAN.match(ch):
        return "HAN"
    if script.KANA.match(ch):
        return "KANA"
    if script.HANGUL.match(ch):
        return "HANGUL"
    return unicodedata.name(ch, "UNKNOWN").split(" ", 1)[0]


def _vote(text: str) -> tuple[str, float]:
    """Return the language that the letter statistics favour, with its probability; English where they fail."""
    from langdetect import DetectorFactory, LangDetectException, detect_langs

    DetectorFactory.seed = 0  # without a seed the answer differs from call to call
    try:
        best = detect_langs(text)[0]
    except LangDetectException:  # no usable letters
        return "en", 1.0
    return best.lang.split("-")[0], best.prob
