"""What a corpus is made of, in numbers that an author and a reader of the README look at."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from statistics import mean, median
from typing import Any

from shopglot_eval.corpus.judging import Pair
from shopglot_eval.corpus.likeness import find_repeats, key

SLANG = re.compile(
    r"绝绝子|yyds|YYDS|姐妹|集美|宝子|宝宝们|亲亲?[,，~～]|亲测|小仙女|种草|拔草|安利|冲鸭|冲冲冲|闭眼入|回购|无限回购|神器|神仙|颜值|"
    r"天花板|显瘦|显白|减龄|百搭|爆款|网红|打工人|学生党|上班族|懒人|社畜|摸鱼|氛围感|高级感|松弛感|拿捏|踩雷|避雷|翻车|真香|香迷糊|狠狠|"
    r"炒鸡|超级无敌|巨好|巨显|贼好|嘎嘎|绝了|爱了|麻了|破防|治愈|上头|好用哭|哭死|谁懂|家人们|老铁|不踩坑|不香吗|小心机|ootd|OOTD|ins风|"
    r"多巴胺|美拉德|老钱风|纯欲|辣妹|甜妹|铁子|平替|断舍离|仪式感|拉满|杠杠|YYDS|emo|get|plus|vlog|blingbling"
)
_MARKS: Mapping[str, Callable[[str], bool]] = {
    "digits": lambda text: any(ch.isdigit() for ch in text),
    "Latin letters": lambda text: re.search("[A-Za-z]", text) is not None,
    "slang": lambda text: SLANG.search(text) is not None,
    "markup": lambda text: "<" in text,
    "exclamation": lambda text: re.search("[!！]", text) is not None,
}


def describe(pairs: Sequence[Pair], converted: Callable[[str], str] | None = None) -> dict[str, Any]:
    """Return the figures. `converted` makes Hong Kong's text by rule: `as converted` is the share that is no better."""
    sources = [pair.block.source for pair in pairs]
    repeats = list(find_repeats(pairs))
    distinct = {key(source) for source in sources}
    figures: dict[str, Any] = {
        "listings": len({pair.draft.id for pair in pairs}),
        "segments": len(pairs),
        "distinct sources": len(distinct),
        "repeated sources": len(repeats),
        "fields": dict(Counter(pair.field for pair in pairs).most_common()),
        "categories": dict(Counter(pair.draft.category.split("/")[0] for pair in pairs).most_common()),
        "source length": _lengths(sources),
        "us length": _lengths([pair.block.us for pair in pairs]),
        "hk length": _lengths([pair.block.hk for pair in pairs]),
        "shares": {name: _share([test(source) for source in sources]) for name, test in _MARKS.items()},
        "terms": {
            market: sum(len(pair.terms[market]) for pair in pairs) for market in ("us", "hk")
        },
    }  # fmt: skip
    if converted is not None:
        prose = [pair for pair in pairs if len(pair.block.source) >= 8]
        figures["shares"]["hk as converted (8+)"] = _share(
            [converted(pair.block.source) == pair.block.hk for pair in prose]
        )
    return figures


def count_findings(pairs: Sequence[Pair]) -> dict[str, int]:
    """Return how often each kind of finding occurs: market, severity, check, and whether it is explained."""
    counts = Counter(
        f"{one.market} {one.finding.severity} {one.finding.check}{' (explained)' if one.why else ''}"
        for pair in pairs
        for one in pair.found
    )
    return dict(counts.most_common())


def _lengths(texts: Sequence[str]) -> dict[str, float]:
    sizes = [len(text) for text in texts] or [0]
    return {"mean": round(mean(sizes), 1), "median": median(sizes), "max": max(sizes)}


def _share(marks: Sequence[bool]) -> float:
    return round(sum(marks) / len(marks), 3) if marks else 0.0
