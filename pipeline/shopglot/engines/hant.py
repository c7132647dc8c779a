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
from importlib.metadata import version
from itertools import accumulate, pairwise

from ahocorasick_rs import AhoCorasick, MatchKind

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
    "tw": _GLYPHS_ALL,
}
# Variants of the other side of the strait, before OpenCC's own table is applied to Traditional text.
_FOREIGN: Mapping[str, Mapping[str, str]] = {"hk": {"裡": "裏"}, "tw": {"枱": "檯", "衞": "衛", "綫": "線"}}
# Hong Kong writes the particle 着; 著 is left to books and fame.
_PARTICLE = re.compile(r"(?<![顯昭名巨原專編合土論遺拙譯所])著(?![名作者稱述書錄於重])")

# "Only", which OpenCC takes for the counter after 是: 就是隻有.
_ONLY = r"(?<![0-9０-９一二三四五六七八九十百两几每这那多半单整各])只(?=[有要能是在会需用可想看为怕顾剩限售卖差因好])"
# Dry, which is what a shop means where OpenCC, in doubt, takes it for 幹 (to do; a trunk).
_DRY = (
    r"(?<![能树主骨躯枝若相才精苦实天公单大瞎蛮肯敢巧江阑条])干"
    r"(?![练活嘛吗什啥部劲事掉扰预涉戈邑系支犯政细架仗线道渠群警将完革校流略才制姜诺德栏好坏这那我你他她]"
    r"|得[漂好不]|不[了动完成]|了[什啥坏]|的[活事]|一[行票番场]|起[来了]|[重农粗杂]活|体力|家务|大事)"
)
# To rinse or to pour water on (沖), where OpenCC, in doubt, takes it for a rush (衝).
_RINSE = (
    r"冲(?=一冲|[洗泡调饮服兑剂奶茶淋澡凉净厕煮刷泥]|干净|掉|走|一下|一[杯壶包遍]|水(?!上|平))|(?<=冲一)冲"
    r"|(?<=[热开温凉冷清用的]水)冲(?![击突刺撞破出进向上浪锋])|(?<=一)冲(?=就|即|便|[，。,！!]|$)|(?<=[手速现即回])冲(?=[即的咖型式])"
)
# The lining, 裏, before 布 and 料, which OpenCC knows with 子 and 面 only.
_LINING = (
    r"(?:(?<=[有无带含加全纶棉绸缝内双丝衬软])|(?<![\u4e00-\u9fff]))里"
    r"%s(?![置满局丁景莱鲁道什朗拉达鞋理到想定])"
)
# Hair, where the word before it says what is done to it, and the next one is not what 發 does.
_HAIR = (
    r"(?<=[伤护染烫养扎吹梳植秀束盘编])发"
    r"(?![货出现展布送生起挥表泄射动往来去给到票明言放行育酵酸作声力达售车光热亮])|(?<=[^出引触激开自]头)发(?=皮|绳|圈)"
)
# Slack (鬆): what comes loose, and what is light like floss.
_LOOSE = (
    r"松(?=脱|下来|下去|[垮绑弛糕饼]|一口气)|(?<=[肉鱼])松(?![树木林果茸露鼠])"
    r"|(?<=[就变易])松(?![树木林子果柏香针节花茸鼠仁下])"
)
_TIE = (
    r"(?<=[能易免手轻])系(?![列统数])"
    r"|(?<![关联体色星科日韩派院谱世直母父嫡根水山])系(?=[绳紧腰鞋]|上(?!一?[代款季]))"
)
_FEED = r"(?<=[再来去后可以便才能会要难时定勺量])喂|喂(?![，,！!？?。…~～ ]|$)"  # 餵, not hello
_PRICK = r"(?<=[不没])扎(?![头发辫马起实带丸染])|扎(?=[嘴脚手人肉脖脸])"
# What only the neighbours decide, so that no term can say it: (pattern, replacement) on Simplified text.
_CONTEXT = (
    (_ONLY, "只"),
    (r"(?<=[这那])只(?=[能是要])", "只"),
    (r"(?<=[0-9０-９])只(?=[要需限剩售卖差花能是])", "只"),  # 满100只要9.9
    (r"(?<=[0-9０-９两几每])只|(?<=[0-9０-９] )只(?=[装入套一/])", "隻"),  # the counter: 5只装
    (r"干(?=饭(?:[人神魂王时了啦咯]|$|[^\u4e00-\u9fff]))", "幹"),  # to tuck in
    (_DRY, "乾"),
    (_RINSE, "沖"),
    (_LINING % "布", "裏布"),
    (_LINING % "料", "裏料"),
    (_HAIR, "髮"),
    (r"发(?=网[盘址课站])", "發"),  # no hairnet
    (_LOOSE, "鬆"),
    (_TIE, "繫"),
    (_PRICK, "扎"),
    (r"扎(?=头发|马尾|辫|丸子头)", "紮"),
    (_FEED, "餵"),
    (r"(?<=[0-9０-９一二三四五六七八九十两几数半多当今明昨后春夏秋冬每]天)后", "後"),  # in three days, no diva
    (r"面(?=筋(?!膜))|(?<=大)面(?=包|粉|团)", "麵"),
    (r"游(?=戏)", "遊"),
    (r"(?<=[绕转围圈处腕腰颈]一)周(?![年岁])", "周"),  # once around, no week
    (r"(?<=簧)杆|杆(?=长|径)", "桿"),
    (r"(?<![参襄翊])赞(?![助成同比普])", "讚"),  # praise, which OpenCC only knows in a few phrases
)
_CONTEXT_ANY = re.compile("|".join(f"({pattern})" for pattern, _ in _CONTEXT))

# OpenCC cannot encode lone surrogates, and stops at a NUL.
# A web address goes on into Chinese only after a separator: https://a.example/商品 but https://a.example点击
_OPAQUE = re.compile(rf"([\x00\ud800-\udfff]+|(?:https?://|www\.)(?:[!#-;=?-~]+(?:(?<=[/=_])[{HAN_RANGES}]+)?)+)")
_CLAUSE = re.compile(r"([\s，。！？；：、…,.!?;:()（）【】《》〈〉「」『』“”‘’\"|/]+)")
_QUOTED = re.compile(rf"“([^“”\n]*[{HAN_RANGES}][^“”\n]*)”")
_QUOTED_WITHIN = re.compile(r"‘[^‘’\n]*’")

_MARK = "\x1f"
_MARKED = re.compile(rf"(?<=[0-9A-Za-z]){_MARK}+(?=[0-9A-Za-z])")  # where two Latin words would run together

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
        self._glyphs = str.maketrans(dict(GLYPHS[variant]))
        self._foreign = str.maketrans(dict(_FOREIGN[variant]))
        self._targets = tuple(_spellings(terms).items())
        sources = [source for source, _ in self._targets]
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

    def _convert_once(self, text: str, kept: re.Pattern[str] | None, sample: str) -> str:
        pieces = _requote(_split(text, kept))
        simplified, traditional = _count(sample or "".join(pieces[::2]))
        pieces[::2] = [self._convert_piece(piece, simplified, traditional) for piece in pieces[::2]]
        return "".join(pieces)

    def _convert_piece(self, piece: str, simplified: int, traditional: int) -> str:
        """Convert open text; the counts of telling characters in the whole text say what it is written in.

        A text that tells nothing is taken for Simplified, as the sources are. Where a text mixes both, each clause goes
        by its own telling characters, one that has none by the majority.
        """
        if not traditional:
            return self._overlay(piece, self._from_simplified)
        if not simplified:
            return self._overlay(piece, self._from_traditional)
        parts: list[str] = []
        for clause in _CLAUSE.split(piece):
            here = _count(clause)
            most = here if any(here) else (simplified, traditional)
            parts.append(self._overlay(clause, self._from_simplified if most[0] > most[1] else self._from_mixed))
        return "".join(parts)

    def _overlay(self, text: str, convert: Callable[[str], str]) -> str:
        """Write terms where the automaton finds them, and `convert` each gap between them."""
        parts: list[str] = []
        position = 0
        for start, end, target in self._matches(text):
            parts.append(convert(text[position:start]))
            parts.append(target)
            position = end
        parts.append(convert(text[position:]))
        return "".join(parts)

    def _matches(self, text: str) -> Iterator[tuple[int, int, str]]:
        if self._automaton is None or not text:
            return
        for index, start, end in self._automaton.find_matches_as_indexes(text):
            # "U盘" is not part of "MU盘".
            if not _inside_word(text, start) and not _inside_word(text, end):
                yield start, end, self._targets[index][1]

    def _from_mixed(self, text: str) -> str:
        """Convert Traditional text with stray Simplified characters: those alone, so that 皇后 beside them stays."""
        stray = simplified_only()
        return self._from_traditional("".join(self._simplified.convert(ch) if ch in stray else ch for ch in text))

    def _from_simplified(self, text: str) -> str:
        if not has_han(text):
            return text
        parts: list[str] = []
        position = 0
        for match in _CONTEXT_ANY.finditer(text):
            assert match.lastindex is not None  # one group for each rule, and one of them matched
            parts.append(self._simplified.convert(text[position : match.start()]))
            parts.append(_CONTEXT[match.lastindex - 1][1])
            position = match.end()
        parts.append(self._simplified.convert(text[position:]))
        return "".join(parts).translate(self._glyphs)

    def _from_traditional(self, text: str) -> str:
        if not has_han(text):
            return text
        text = text.translate(self._foreign)
        if self._variant == "hk":
            text = _PARTICLE.sub("着", text)
        converted: str = self._traditional.convert(text)
        return converted.translate(self._glyphs)


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
    own = [GLYPHS, _FOREIGN, _PARTICLE.pattern, _CONTEXT, _QUOTED.pattern]
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
        return _OPAQUE.split(text)
    pieces: list[str] = []
    for place, piece in enumerate(kept.split(text)):
        pieces.extend([piece] if place % 2 else _OPAQUE.split(piece))
    return pieces


def _requote(pieces: list[str]) -> list[str]:
    """Write “” and, within them, ‘’ in open text as 「」 and 『』 where they quote Chinese. The lengths stay."""
    if not any("“" in piece for piece in pieces[::2]):
        return pieces
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


def _count(text: str) -> tuple[int, int]:
    """Return how many characters of `text` only Simplified writes, and how many only Traditional does."""
    return sum(map(simplified_only().__contains__, text)), sum(map(traditional_only().__contains__, text))


def _inside_word(text: str, position: int) -> bool:
    """Whether the place before `position` lies between two Latin letters or digits."""
    return 0 < position < len(text) and _latin(text[position - 1]) and _latin(text[position])


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
