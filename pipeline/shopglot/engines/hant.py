"""From Simplified to Traditional Chinese: OpenCC for the characters, the market's own terms for the words.

The terms are laid over the source first, leftmost and longest first; OpenCC converts what stands between them. Each
gap is converted by itself, for two reasons. A term is a whole word, so a phrase that OpenCC would see across its edge
is no phrase (美[白面]膜 is no flour, 精[华发]光 no hair), and inside a gap every phrase stays whole. And a word that
OpenCC gets wrong is mended by naming it, or a longer word around it, as a term whose target is spelled out.

Text that is Traditional already is not converted a second time (皇后 would become 皇後): it only gets the market's
terms, looked up in their Traditional spelling, and its variants of characters (裡 -> 裏).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from importlib.metadata import version
from itertools import accumulate, pairwise

from ahocorasick_rs import AhoCorasick, MatchKind

from shopglot.engines import senses
from shopglot.engines.doubts import FORMS, find_marks, load_marker
from shopglot.errors import UsageError
from shopglot.script import HAN_RANGES, has_han, simplified_only, traditional_only
from shopglot.types import Reply, Request

VARIANTS: Mapping[str, str] = {"hk": "hk", "mo": "hk", "tw": "tw"}  # market -> OpenCC's standard, never s2twp

# What OpenCC writes -> what shops write. Its Hong Kong forms are those of the list for schools (説, 牀, 麪); keyboards,
# fonts and the shops themselves write these. 裏 and 着, which Hong Kong does write, stay.
_GLYPHS_ALL = dict(
    zip("説閲税脱温户悦兑鋭藴蜕敍醖卧愠絃粘嫺蔘巖孃", "說閱稅脫溫戶悅兌銳蘊蛻敘醞臥慍弦黏嫻參岩娘", strict=True)
)
GLYPHS: Mapping[str, Mapping[str, str]] = {
    "hk": {**_GLYPHS_ALL, **dict(zip("麪牀羣啓峯衞脣釦黴釐豔", "麵床群啟峰衛唇扣霉厘艷", strict=True))},
    "tw": {**_GLYPHS_ALL, **dict(zip("臺溼汙賬", "台濕污帳", strict=True))},
}
# Variants of the other side of the strait, before OpenCC's own table is applied to Traditional text.
_FOREIGN: Mapping[str, Mapping[str, str]] = {"hk": {"裡": "裏"}, "tw": {"枱": "檯", "衞": "衛", "綫": "線"}}
# Hong Kong writes the particle 着; 著 is left to books and fame.
_PARTICLE = re.compile(r"(?<![顯昭名巨原專編合土論遺拙譯所])著(?![名作者稱述書錄於重])")

# OpenCC cannot encode lone surrogates, and stops at a NUL.
_UNENCODABLE = re.compile("[\x00\ud800-\udfff]")
# A web address goes on into Chinese only after a separator: https://a.example/商品 but https://a.example点击
_OPAQUE = re.compile(rf"([\x00\ud800-\udfff]+|(?:https?://|www\.)(?:[!#-;=?-~]+(?:(?<=[/=_])[{HAN_RANGES}]+)?)+)")
_CLAUSE = re.compile(r"([\s，。！？；：、…,.!?;:()（）【】《》〈〉「」『』“”‘’\"|/]+)")
_QUOTED = re.compile(rf"“([^“”\n]*[{HAN_RANGES}][^“”\n]*)”")
_QUOTED_WITHIN = re.compile(r"‘[^‘’\n]*’")

_MARK = "\x1f"
_MARKED = re.compile(rf"(?<=[0-9A-Za-z]){_MARK}+(?=[0-9A-Za-z])")  # where two Latin words would run together

_BETWEEN = "\x1e"  # a record separator; in no phrase of OpenCC's

_UNIFIED = (*range(0x3400, 0xA000), *range(0xF900, 0xFB00))  # where Chinese characters stand in the basic plane

_PASSES = 4  # one converts, the next finds nothing to do; more only for texts made to need them


class HantConverter:
    """Writes Chinese text as a market writes it. Cheap to import; building one loads OpenCC (some 0.3 s)."""

    def __init__(self, market: str, terms: Mapping[str, str]) -> None:
        """Prepare `market` (hk, mo or tw) with `terms`, Simplified source -> target as the market writes it.

        Raises `UsageError` for a market that is not written in Traditional characters.
        """
        if market not in VARIANTS:
            raise UsageError(
                f"market '{market}' is not written in Traditional Chinese: use one of {', '.join(VARIANTS)}."
            )
        from opencc import OpenCC

        variant = VARIANTS[market]
        self.market = market
        self._variant = variant
        self._simplified = OpenCC(f"s2{variant}")
        self._traditional = OpenCC(f"t2{variant}")
        self._marker: Callable[[str], str] | None = None
        self._with_glyphs = _replacer(GLYPHS[variant])
        self._at_home = _replacer(_FOREIGN[variant])
        self._foreign = self._find_foreign()
        spelled = _spellings(terms)
        sources = list(spelled)
        # A target, and whether a Latin letter or digit stands at an edge of its source.
        self._targets = tuple((target, _latin(word[0]) or _latin(word[-1])) for word, target in spelled.items())
        self._automaton = AhoCorasick(sources, matchkind=MatchKind.LeftmostLongest) if sources else None

    def convert(self, text: str, *, keep: Iterable[str] = (), sample: str = "") -> str:
        """Return `text` as the market writes it. Converting the result again changes nothing.

        Text without Chinese, web addresses, lone surrogates and every occurrence of a text in `keep` stay as they are.
        Whether `text` is Simplified or Traditional is seen from `sample`, by default from the text without those.
        """
        if not has_han(text):
            return text
        words = "|".join(re.escape(word) for word in sorted(set(filter(None, keep)), key=len, reverse=True))
        kept = re.compile(f"({words})") if words else None
        for _ in range(_PASSES):
            converted = self._convert_once(text, kept, sample)
            if converted == text:
                break
            text, sample = converted, ""
        return text

    def doubts(self, text: str) -> list[tuple[int, str]]:
        """Return the one-to-many characters of Simplified `text` that neither a term nor a rule nor a phrase decides.

        Each is a place and the forms that the character may have, the one that was written first. Text that has
        Traditional characters has no doubts: it says itself what it means.
        """
        pieces = _split(text, None)
        if _holds("".join(pieces[::2]), _traditional_class(), traditional_only()):
            return []
        found: list[tuple[int, str]] = []
        offset = 0
        for number, piece in enumerate(pieces):
            if not number % 2 and has_han(piece):
                found += [(offset + place, forms) for place, forms in self._doubts_of(piece)]
            offset += len(piece)
        return found

    def _doubts_of(self, text: str) -> Iterator[tuple[int, str]]:
        if self._marker is None:
            self._marker = load_marker()
        decided = senses.decide(text, self._variant)
        position = 0
        for start, end, _ in (*self._matches(text), (len(text), len(text), "")):
            gap = text[position:start]
            marked = self._marker(gap)
            if len(marked) == len(gap):
                for place, character in find_marks(marked, gap):
                    if position + place not in decided:
                        written = self._from_simplified(gap)[place]
                        others = self._at_home(FORMS[character]).replace(written, "")
                        yield position + place, written + others
            position = end

    def _convert_once(self, text: str, kept: re.Pattern[str] | None, sample: str) -> str:
        """Convert the open text of `text`; the telling characters of the whole say what it is written in.

        A text that tells nothing is taken for Simplified, as the sources are.
        """
        pieces = _split(text, kept)
        if "“" in text:
            pieces = _requote(pieces)
        telling = sample or (pieces[0] if len(pieces) == 1 else "".join(pieces[::2]))
        if not _holds(telling, _traditional_class(), traditional_only()):
            convert = self._overlay_simplified
        elif not _holds(telling, _simplified_class(), simplified_only()):
            convert = self._overlay_traditional
        else:
            convert = partial(self._convert_mixed, counts=_count(telling))
        if len(pieces) == 1:
            return convert(pieces[0])
        pieces[::2] = map(convert, pieces[::2])
        return "".join(pieces)

    def _convert_mixed(self, piece: str, counts: tuple[int, int]) -> str:
        """Convert each clause by its own telling characters, one that has none by the majority, `counts`."""
        parts: list[str] = []
        for clause in _CLAUSE.split(piece):
            here = _count(clause)
            most = here if any(here) else counts
            parts.append(
                self._overlay_simplified(clause) if most[0] > most[1] else self._overlay(clause, self._from_mixed)
            )
        return "".join(parts)

    def _overlay_simplified(self, text: str) -> str:
        # The rules see the text before the terms cut it, so that a term's last character still counts as a neighbour.
        return self._overlay(text, self._from_simplified, senses.decide(text, self._variant))

    def _overlay_traditional(self, text: str) -> str:
        return self._overlay(text, self._from_traditional)

    def _overlay(self, text: str, convert: Callable[[str], str], decided: Mapping[int, str] | None = None) -> str:
        """Write terms where the automaton finds them, `convert` the gaps between them, and set what is `decided`."""
        parts: list[str] = []
        position = 0
        matches = self._matches(text)
        for start, end, target in matches:
            parts.append(text[position:start])
            parts.append(target)
            position = end
        parts.append(text[position:])
        # One call for all gaps: no phrase reaches across a character that stands in none.
        joined = _BETWEEN.join(parts[::2])
        converted = convert(joined)
        if converted.count(_BETWEEN) != len(parts) // 2:  # the text has that character itself
            parts[::2] = map(convert, parts[::2])
            return "".join(parts)
        if decided and len(converted) == len(joined):  # where OpenCC changes the length its own choice stays
            converted = _set(converted, decided, matches)
        if len(parts) == 1:
            return converted
        parts[::2] = converted.split(_BETWEEN)
        return "".join(parts)

    def _matches(self, text: str) -> list[tuple[int, int, str]]:
        """Return start, end and target of the terms of a text, in order."""
        if self._automaton is None:
            return []
        targets = self._targets
        return [
            (start, end, targets[index][0])
            for index, start, end in self._automaton.find_matches_as_indexes(text)
            # "U盘" is not part of "MU盘".
            if not targets[index][1] or not (_inside_word(text, start) or _inside_word(text, end))
        ]

    def _from_mixed(self, text: str) -> str:
        """Convert Traditional text with stray Simplified characters: those alone, so that 皇后 beside them stays."""
        stray = simplified_only()
        return self._from_traditional("".join(self._simplified.convert(ch) if ch in stray else ch for ch in text))

    def _from_simplified(self, text: str) -> str:
        if not has_han(text):
            return text
        return self._with_glyphs(self._simplified.convert(text))

    def _find_foreign(self) -> re.Pattern[str]:
        """Return the class of the Traditional characters that are written otherwise in this market.

        OpenCC's tables between Traditional standards change characters one by one: in 246,000 lines without one of
        these it changed nothing. To look for them costs less than to ask it, and most text has none.
        """
        table = "\n".join(chr(code) for code in _UNIFIED)
        written = self._with_glyphs(self._traditional.convert(self._at_home(table)))
        pairs = zip(table.split("\n"), written.split("\n"), strict=True)
        changed = "".join(one for one, other in pairs if one != other)
        return re.compile(f"[著{changed}\U00020000-\U0003ffff]")

    def _from_traditional(self, text: str) -> str:
        if self._foreign.search(text) is None:
            return text
        text = self._at_home(text)
        if self._variant == "hk" and "著" in text:
            text = _PARTICLE.sub("着", text)
        return self._with_glyphs(self._traditional.convert(text))


class HantEngine:
    """The engine of the markets that are written in Traditional Chinese: deterministic, and it loads no model.

    `name` changes with OpenCC, with the terms and with the tables of this module.
    """

    fake = False
    batch_size = 256
    decoding = ""

    def __init__(self, market: str, terms: Mapping[str, str]) -> None:
        self.name = engine_name(market, terms)
        self._converter = HantConverter(market, terms)

    def measure(self, request: Request) -> int:
        """Return the length to sort a request by, in characters."""
        return len(request.source)

    def translate(self, requests: Sequence[Request]) -> list[Reply]:
        """Return one reply for each request, in order; the texts carry the mask tokens of `protect.render`."""
        return [Reply(text=self._translate(request)) for request in requests]

    def close(self) -> None:
        """Do nothing: no model is held."""

    def _translate(self, request: Request) -> str:
        from shopglot.protect import render

        # What the rendering writes in is final, and marked as such. The mark is white space, so that no space is set
        # beside it: Chinese has none between words and digits (5分鐘).
        terms = tuple(replace(term, target=f"{_MARK}{term.target}{_MARK}") for term in request.terms)
        quantities = tuple(
            replace(quantity, target=quantity.target and f"{_MARK}{quantity.target}{_MARK}")
            for quantity in request.quantities
        )
        body = render(replace(request, terms=terms, quantities=quantities)).body
        keep = [*(term.target for term in terms), *(quantity.target for quantity in quantities)]
        if request.field == "brand":
            keep.append("里")  # a lane, in a name: 里, not 裏
        text = self._converter.convert(body, keep=keep, sample=request.source)
        return _MARKED.sub(" ", text).replace(_MARK, "")


def engine_name(market: str, terms: Mapping[str, str] | None = None) -> str:
    """Return the name of a market's engine; it costs no converter."""
    return f"opencc-{market}@{version('opencc')}+{digest(terms or {})[:8]}"


def digest(terms: Mapping[str, str]) -> str:
    """Return the SHA-256 (hex) of a term map and of this module's own tables."""
    own = [GLYPHS, _FOREIGN, _PARTICLE.pattern, senses.RULES, _QUOTED.pattern]
    content = json.dumps([dict(terms), own], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _spellings(terms: Mapping[str, str]) -> dict[str, str]:
    """Return the targets by every spelling of their sources: as given, in either case, and in Traditional characters.

    A target stands for itself, so that what was converted once is left alone (雙面膠 -> 雙面膠紙 -> 雙面膠紙紙).
    """
    from opencc import OpenCC

    sources = [source for source in terms if source and source.isprintable()]
    if not sources:
        return {}
    spelled = {terms[source]: terms[source] for source in sources if len(terms[source]) > 1}
    spelled |= {source: terms[source] for source in sources}
    for source in sources:
        for spelling in (source.lower(), source.upper()):
            spelled.setdefault(spelling, terms[source])
    for variant in ("hk", "tw", "t"):
        traditional = OpenCC(f"s2{variant}").convert("\n".join(sources)).split("\n")
        for source, spelling in zip(sources, traditional, strict=True):
            spelled.setdefault(spelling, terms[source])
            if variant in GLYPHS:
                spelled.setdefault(spelling.translate(str.maketrans(dict(GLYPHS[variant]))), terms[source])
    return spelled


def _split(text: str, kept: re.Pattern[str] | None) -> list[str]:
    """Return `text` in pieces: open text at even places, what must stay as it is at odd ones."""
    if kept is None:
        open_throughout = "://" not in text and "www." not in text and not _UNENCODABLE.search(text)
        return [text] if open_throughout else _OPAQUE.split(text)
    pieces: list[str] = []
    for place, piece in enumerate(kept.split(text)):
        pieces.extend([piece] if place % 2 else _OPAQUE.split(piece))
    return pieces


def _requote(pieces: list[str]) -> list[str]:
    """Write “” and, within them, ‘’ in open text as 「」 and 『』 where they quote Chinese. The lengths stay."""
    # What stays as it is cannot hold a quotation mark of the text, but it may be what is quoted.
    stays = [("一" if has_han(piece) else "x") * len(piece) for piece in pieces]
    text = "".join(stays[place] if place % 2 else piece for place, piece in enumerate(pieces))
    characters = list(text)
    for quoted in _QUOTED.finditer(text):
        characters[quoted.start()], characters[quoted.end() - 1] = "「」"
        for within in _QUOTED_WITHIN.finditer(text, quoted.start(), quoted.end()):
            characters[within.start()], characters[within.end() - 1] = "『』"
    ends = list(accumulate(map(len, pieces), initial=0))
    opened = ["".join(characters[start:end]) for start, end in pairwise(ends)]
    return [piece if place % 2 else opened[place] for place, piece in enumerate(pieces)]


def _set(converted: str, decided: Mapping[int, str], matches: Sequence[tuple[int, int, str]]) -> str:
    """Return converted gaps with the characters that are `decided` for places of the whole text, in order.

    `matches` are the terms of the text; in the gaps one character stands for each.
    """
    characters = list(converted)
    shift = number = 0
    for place, target in decided.items():
        while number < len(matches) and matches[number][1] <= place:
            shift += 1 - (matches[number][1] - matches[number][0])
            number += 1
        if number == len(matches) or place < matches[number][0]:
            characters[place + shift] = target
    return "".join(characters)


def _replacer(characters: Mapping[str, str]) -> Callable[[str], str]:
    """Return a function that writes `characters` otherwise; where they are rare that is faster than `str.translate`."""
    replace_all = re.compile(f"[{''.join(characters)}]").sub
    return lambda text: replace_all(lambda match: characters[match[0]], text)


@lru_cache(maxsize=1)
def _simplified_class() -> re.Pattern[str]:
    return _compile(simplified_only())


@lru_cache(maxsize=1)
def _traditional_class() -> re.Pattern[str]:
    return _compile(traditional_only())


def _compile(characters: Iterable[str]) -> re.Pattern[str]:
    """Return a class that has those of `characters` in the BMP and everything past it, which makes it fast to search.

    A class with single characters past the BMP would compare them one by one.
    """
    inside = "".join(map(re.escape, sorted(character for character in characters if character <= "\uffff")))
    return re.compile(f"[{inside}\U00010000-\U0010ffff]")


def _holds(text: str, near: re.Pattern[str], characters: frozenset[str]) -> bool:
    """Whether any of `characters` stands in `text`; `near` is what `_compile` makes of them."""
    found = near.search(text)
    return found is not None and (found[0] in characters or not characters.isdisjoint(text))


def _count(text: str) -> tuple[int, int]:
    """Return how many characters of `text` only Simplified writes, and how many only Traditional does."""
    return sum(map(simplified_only().__contains__, text)), sum(map(traditional_only().__contains__, text))


def _inside_word(text: str, position: int) -> bool:
    """Whether the place before `position` lies between two Latin letters or digits."""
    return 0 < position < len(text) and _latin(text[position - 1]) and _latin(text[position])


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
