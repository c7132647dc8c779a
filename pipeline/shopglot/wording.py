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
    {
        "，": ", ", "。": ". ", "！": "! ", "？": "? ", "：": ": ", "；": "; ", "、": ", ", "（": " (", "）": ") ",
        "【": " [", "】": "] ", "“": '"', "”": '"', "‘": "'", "’": "'", "～": "~", "％": "%", "＋": "+", "－": "-",
        "／": "/", "＆": "&", "　": " ", "《": '"', "》": '"', "「": '"', "」": '"', "『": '"', "』": '"', "·": " ",
        "…": "...", "—": "-", "｜": "|", "＃": "#", "＊": "*", "×": " x ",
        "㎡": " m²", "㎥": " m³", "㎏": " kg", "㎎": " mg", "㎜": " mm", "㎝": " cm", "㎞": " km", "㎖": " ml",
    }
)  # fmt: skip

# Words that stay small inside a title (Chicago style, the articles, short prepositions and conjunctions).
SMALL = frozenset(
    "a an and as at but by for from in into nor of off on onto or over per the to up via vs with x".split()
)

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
    """Write full-width punctuation as English does, with its spaces."""
    text = text.translate(PUNCTUATION)
    text = re.sub(r"[ \t]{2,}", " ", text)
    text = re.sub(r" +([,.;:!?)\]%])", r"\1", text)
    text = re.sub(r"/ +(m[²³]|[kcm]?[mg]|ml)", r"/\1", text)
    text = re.sub(r"([(\[]) +", r"\1", text)
    # A stop that the source does not have is no part of a phrase.
    return text.strip()


def match_ending(text: str, request: Request) -> str:
    """Drop the full stop that a model puts after a phrase."""
    phrase = request.style == "phrase" or field_policy(request.field) != "prose"
    if phrase and text.endswith(".") and not text.endswith("..") and not request.source.rstrip().endswith(("。", ".")):
        return text[:-1]
    return text


def case_by_field(text: str, request: Request) -> str:
    """Case a text as its field is cased: titles, labels and values in title case, prose with a capital first letter."""
    if field_policy(request.field) == "prose":
        return _capitalise(text)
    if field_policy(request.field) in ("title", "label", "value"):
        return _title_case(text)
    return text


def join_hashtag(text: str, request: Request) -> str:
    """Write a hashtag as one word: slimming outfit -> SlimmingOutfit."""
    if request.field != "hashtag":
        return text
    if TOKEN.search(text):
        return text.replace(" ", "")
    words = re.findall(r"[^\W_]+(?:'[^\W_]+)?", text)
    mark = "#" if request.source[:1] in "#＃" else ""
    return mark + "".join(word[:1].upper() + word[1:].replace("'", "") for word in words)


STEPS_LATIN: tuple[Step, ...] = (
    strip_preamble, join_lines, narrow_punctuation, match_ending, case_by_field, join_hashtag,
)  # fmt: skip
STEPS_HAN: tuple[Step, ...] = ()


def _capitalise(text: str) -> str:
    match = re.search(r"[^\W\d_]", text)
    if match is None or TOKEN.match(text) or text[: match.start()].strip("\"'([ "):
        return text
    word = re.match(r"\w+", text[match.start() :])
    if word is None or any(character.isupper() for character in word[0]):  # iPhone, mAh
        return text
    return text[: match.start()] + text[match.start()].upper() + text[match.start() + 1 :]


def _title_case(text: str) -> str:
    words = text.split(" ")
    last = len(words) - 1
    return " ".join(_title_word(word, edge=index in (0, last)) for index, word in enumerate(words))


def _title_word(word: str, *, edge: bool) -> str:
    bare = word.strip("\"'()[],.:;!?&+/")
    # Units, sizes, brands and anything with its own capitals or digits stay as they are written.
    if not bare or any(character.isupper() or character.isdigit() for character in bare) or TOKEN.fullmatch(word):
        return word
    if bare in ("cm", "mm", "kg", "g", "ml", "lb", "oz", "m", "l", "in", "w", "v"):
        return word
    if not edge and bare in SMALL:
        return word
    start = word.index(bare)
    return (
        word[:start]
        + re.sub(r"(^|[-/])([a-z])", lambda match: match[1] + match[2].upper(), bare)
        + word[start + len(bare) :]
    )
