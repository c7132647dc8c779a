"""Wording: the named steps that bring an engine's answer into the market's written form.

They work on the answer before its masks come back, so that opaque text is never touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from shopglot.market import Market
from shopglot.memory import field_policy
from shopglot.protect import TOKEN
from shopglot.types import Request

Step = Callable[[str, Request], str]

PUNCTUATION = str.maketrans(
    {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}  # full-width letters, digits and marks
    | {
        ord(wide): narrow
        for wide, narrow in {
            "，": ", ", "。": ". ", "｡": ". ", "！": "! ", "？": "? ", "：": ": ", "；": "; ", "、": ", ", "､": ", ",
            "（": " (", "）": ") ", "【": " [", "】": "] ", "［": " [", "］": "] ", "〔": " (", "〕": ") ",
            "“": '"', "”": '"', "‘": "'", "’": "'", "～": "~", "〜": "~", "　": " ", "《": '"', "》": '"',
            "〈": '"', "〉": '"', "「": '"', "」": '"', "『": '"', "』": '"', "·": " ",
            "・": " ", "…": "...", "—": "-", "￥": "¥", "×": " x ",
            "㎡": " m²", "㎥": " m³", "㎏": " kg", "㎎": " mg", "㎜": " mm", "㎝": " cm", "㎞": " km", "㎖": " ml",
        }.items()
    }
)  # fmt: skip

# Words that stay small inside a title: articles, conjunctions and the short prepositions. "Off", "up" and "over" are
# adverbs on most product pages (20% Off, Push-Up) and no such words.
SMALL = frozenset("a an and as at but by for from in into nor of on or per the to via vs with x".split())
# They stay as they are behind a number.
UNITS = frozenset(
    "cm mm m km kg g mg mcg l ml cl oz lb lbs in ft yd gsm w v a mah hz khz mhz ghz gb mb tb db dpi rpm h min".split()
)
# Words with a form of their own; Roman numerals and sizes among them.
FORMS = {
    word: word.upper() for word in "ii iii iv vi vii viii ix xs xl xxl xxxl usb led uv spf pvc tpu diy bpa lcd".split()
} | {
    form.casefold(): form
    for form in "iPhone iPad iPod AirPods MacBook MagSafe iOS TikTok YouTube WhatsApp WeChat".split()
}
SHOUT = 4  # letters from which a word in capitals is no abbreviation
SHOUTED = 0.6  # share of such words from which a text is shouted

LATIN = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ0-9.'’&+-]*[A-Za-zÀ-ɏ0-9]|[A-Za-zÀ-ɏ]")
LEADING_TOKENS = re.compile(rf"(?:\s*(?:{TOKEN.pattern}))*\s*")
ABBREVIATION = re.compile(
    r"(?<![A-Za-z])(?:[A-Za-z]\.){2,}$|(?<![A-Za-z])(?:etc|approx|no|vs|inc|co|ltd|jr|st|oz|lb|in|ft)\.$", re.IGNORECASE
)
SENTENCE_MARKS = tuple(":.!?")
DASHES = ("-", "–", "—", "|")

PREAMBLE = re.compile(
    r"^\s*(?:(?:sure|certainly|of course)[!,.]?\s*)?"
    r"(?:here(?:'s| is) (?:the|your|a) (?:english )?(?:translation|translated)[^:\n]*:|"
    r"(?:the )?(?:english )?translat(?:ion|ed text)(?: is)?\s*:|title\s*:|output\s*:)\s*",
    re.IGNORECASE,
)


def finish(text: str, request: Request, market: Market) -> str:
    """Return an engine's answer in the market's written form, step by step."""
    for step in STEPS_LATIN if market.latin else STEPS_HAN:
        text = step(text, request)
    return text


def strip_preamble(text: str, request: Request) -> str:
    """Drop what chat models say around a translation: "Here is the translation:", and quotation marks around it all."""
    text = PREAMBLE.sub("", text).strip()
    for opening, closing in (('"', '"'), ("“", "”"), ("'", "'"), ("`", "`")):
        inner = text[1:-1]
        quoted = (
            len(text) > 2
            and text[0] == opening
            and text[-1] == closing
            and opening not in inner
            and closing not in inner
        )
        if quoted and request.source[:1] not in "\"“'「『《":
            text = inner.strip()
    return text


def join_lines(text: str, request: Request) -> str:
    """Put on one line what was on one line in the source."""
    return text if "\n" in request.source else " ".join(text.split())


def narrow_punctuation(text: str, request: Request) -> str:
    """Write full-width punctuation, letters and digits as English does, with its spaces."""
    # 16：9 and 1，500 are one number each.
    text = re.sub(r"(?<=[0-9０-９])[：．](?=[0-9０-９])", lambda match: ":" if match[0] == "：" else ".", text)
    text = re.sub(r"(?<=[0-9０-９])，(?=[0-9０-９]{3}(?![0-9０-９]))", ",", text)
    text = text.translate(PUNCTUATION)
    text = re.sub(r"[ \t]{2,}", " ", text)
    text = re.sub(r" +([,;:!?)\]%]|\.(?![\w.]))", r"\1", text)
    text = re.sub(r"/ +(m[²³]|[kcm]?[mg]|ml)", r"/\1", text)
    text = re.sub(r"([(\[]) +", r"\1", text)
    return text.strip()


def write_names(text: str, request: Request) -> str:
    """Write a name as its market writes it where an engine only cased it in another way: Kans -> KANS."""
    for term in request.terms:
        name = term.target
        if term.keep and name and name not in text:
            pattern = re.compile(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", re.IGNORECASE)
            text = name.join(pattern.split(text))
    return text


def single_punctuation(text: str, request: Request) -> str:
    """Write one mark where an engine wrote two, unless the source shouts (！！！) or trails off (……)."""
    text = re.sub(r"([,;:])(?:\s*[,;:])+", r"\1", text)
    text = re.sub(r"[,;:]\s*([.!?])", r"\1", text)
    text = re.sub(r"([.!?])\s*[,;](?=\s|$)", _stop_or_abbreviation, text)
    text = re.sub(r"\.{4,}", "...", text)
    text = re.sub(r"(?<!\.)\.\.(?!\.)", ".", text)
    if not re.search(r"[!！?？~～]\s*[!！?？]", request.source):
        text = re.sub(r"([!?])(?:\s*\1)+", r"\1", text)
    return text


def match_ending(text: str, request: Request) -> str:
    """Drop the full stop that a model puts after a phrase."""
    phrase = request.style == "phrase" or field_policy(request.field) != "prose"
    if not phrase or not text.endswith(".") or text.endswith("..") or request.source.rstrip().endswith(("。", ".")):
        return text
    # The stop of "e.l.f." is part of it, and so is that of an abbreviation.
    named = text.endswith(tuple(term.target for term in request.terms if term.keep and term.target))
    return text if named or ABBREVIATION.search(text[-12:]) else text[:-1]


def case_by_field(text: str, request: Request) -> str:
    """Case a text as its field is cased: titles, labels and values in title case, prose with a capital first letter.

    Names that the glossary keeps are written as it writes them, words in the source's own Latin letters as they are.
    """
    policy = field_policy(request.field)
    if policy not in ("prose", "title", "label", "value"):
        return text
    text = _unshout(text, request)
    return _capitalise(text, request) if policy == "prose" else _title_case(text, request)


def join_hashtag(text: str, request: Request) -> str:
    """Write a hashtag as one word: slimming outfit -> SlimmingOutfit."""
    if request.field != "hashtag":
        return text
    if TOKEN.search(text):
        return text.replace(" ", "")
    words = re.findall(r"[^\W_]+(?:'[^\W_]+)?", text)
    mark = "#" if request.source[:1] in "#＃" else ""
    return mark + "".join(map(_hashtag_word, words))


STEPS_LATIN: tuple[Step, ...] = (
    strip_preamble, join_lines, narrow_punctuation, write_names, single_punctuation, match_ending, case_by_field,
    join_hashtag,
)  # fmt: skip
STEPS_HAN: tuple[Step, ...] = ()


def _hashtag_word(word: str) -> str:
    """Case a word inside a hashtag, by which a reader tells it from the next: its own capitals stay (iPhone, USB)."""
    cased = FORMS.get(word) or (word if any(map(str.isupper, word)) else word[:1].upper() + word[1:])
    return cased.replace("'", "")


def _stop_or_abbreviation(match: re.Match[str]) -> str:
    """Return the stop alone, but leave "e.g.," and "U.S.," as they are."""
    before = match.string[max(0, match.start() - 12) : match.end(1)]
    return match[0] if ABBREVIATION.search(before) else match[1]


def _kept(request: Request) -> frozenset[str]:
    """Return the words that are cased already: those of names in the glossary, and Latin ones of the source."""
    names = [word for term in request.terms if term.keep for word in term.target.split()]
    return frozenset((*names, *LATIN.findall(request.source)))


def _unshout(text: str, request: Request) -> str:
    """Write a text that an engine shouts in small letters: PECHOIN HYDRATING SET OF 4 -> PECHOIN hydrating set of 4."""
    words = [word for word in LATIN.findall(TOKEN.sub("", text)) if len(word) >= SHOUT]
    kept = _kept(request)
    loud = [word for word in words if word.isupper() and word not in kept]
    if len(loud) < 2 or len(loud) < SHOUTED * len(words):
        return text

    def lower(match: re.Match[str]) -> str:
        word = match[0]
        return word if word in kept or TOKEN.fullmatch(word) or not word.isupper() else word.lower()

    quiet = LATIN.sub(lower, text)
    return re.sub(r"(?<=[.!?] )[a-z]", lambda match: match[0].upper(), quiet)


def _capitalise(text: str, request: Request) -> str:
    # A text begins behind tags and emoji, but not behind a link or a model number.
    silent = all(mask.kind in ("tag", "entity", "emoji") for mask in request.masks)
    begin = LEADING_TOKENS.match(text) if silent else None
    start = begin.end() if begin else 0
    match = re.search(r"[^\W\d_]", text[start:])
    if match is None or (not silent and TOKEN.match(text)) or text[start : start + match.start()].strip("\"'([ "):
        return text
    place = start + match.start()
    word = re.match(r"[\w.'’-]+", text[place:])
    # iPhone, mAh, e.l.f. and what else begins small.
    if word is None or any(map(str.isupper, re.split(r"[-.]", word[0])[0])) or word[0] in _kept(request):
        return text
    first = FORMS.get(word[0]) or word[0][0].upper() + word[0][1:]
    return text[:place] + first + text[place + len(word[0]) :]


def _title_case(text: str, request: Request) -> str:
    words = text.split(" ")
    telling = [index for index, word in enumerate(words) if any(map(str.isalnum, word)) and not TOKEN.fullmatch(word)]
    if not telling:
        return text
    kept = _kept(request)
    edges = {telling[0], telling[-1]}
    for index in telling:
        before = words[index - 1] if index else ""
        edge = index in edges or before[-1:] in SENTENCE_MARKS or before in DASHES
        words[index] = _title_word(words[index], before, edge=edge, kept=kept)
    return " ".join(words)


def _title_word(word: str, before: str, *, edge: bool, kept: frozenset[str]) -> str:
    bare = word.strip("\"'()[],:;!?&+/")
    if not bare or bare in kept or bare.rstrip(".") in kept or TOKEN.search(word):
        return word
    # "of" is small, and "Of" is made so; a lone "A" may be a vitamin, "X" a name and "IN" a shout or a state.
    if not edge and bare.casefold() in SMALL and (bare.islower() or bare.istitle()) and bare not in ("A", "X"):
        return word.replace(bare, bare.lower(), 1)
    if bare in UNITS and before[-1:].isdigit():
        return word
    parts = re.split(r"([-–/])", bare)
    cased = [_title_part(part, inner=0 < index < len(parts) - 1, kept=kept) for index, part in enumerate(parts)]
    return word.replace(bare, "".join(cased), 1)


def _title_part(part: str, *, inner: bool, kept: frozenset[str]) -> str:
    """Case one part of a compound: U-Shaped, 3-in-1, Hand-in-Hand, Men's/Women's; what has its own capitals stays."""
    if not part or not part.islower() or part in kept or any(map(str.isdigit, part)) or "." in part.rstrip("."):
        return part
    if inner and part in SMALL:
        return part
    return FORMS.get(part) or part[0].upper() + part[1:]
