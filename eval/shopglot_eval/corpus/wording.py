"""Words that no copy editor of the market would print: dictionary English, and mainland words in Hong Kong.

The pipeline's checks ask whether a text is faithful; these ask whether a native wrote it. All are warnings: an editor
who means the word says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from shopglot.script import has_han
from shopglot.types import Finding, Segment

TAIWAN = Path(__file__).parents[2] / "data" / "hant" / "taiwan.txt"
ENGLISH = {
    r"(?:artifact|magic weapon|divine tool)": "must-have, lifesaver, or say what it does",
    r"(?:high[- ]?grade|high[- ]?end atmosphere|top[- ]grade)": "premium, or leave it out",
    r"face value|high appearance level": "good looks",
    r"(?:korean|japanese|european and american|british)[- ](?:version|edition)": "Korean-style",
    r"net(?:work)? red|internet celebrity": "trending, viral",
    r"plant(?:ing)? grass|grass[- ]planting|pull(?:ing)? (?:the )?(?:grass|weeds)": "say what the slang does",
    r"(?:dear|dears|kiss|pro)(?=[,!])": "leave the address out",
    r"babies(?=[,!])": "leave the address out",
    r"little (?:fairy|fairies|sister|brother)|fairies(?=[,!])": "girls, or leave it out",
    r"small fresh|fresh and literary|literary and artistic": "fresh, artsy",
    r"temperament(?:al)?": "elegant, polished",
    r"leisure style|foreign style": "casual",
    r"thickened(?= (?:section|version|model|style|design|paragraph))": "thick, heavyweight, padded",
    r"\w+ (?:section|paragraph)s?(?= (?:women|men|girl|dress|coat|shirt|pants|shoe))": "style",
    r"(?:hundred|all)[- ]match": "goes with everything",
    r"(?:please )?kindly|please be noted|please rest assured|warm tips?|friendly reminder": "say it plainly",
    r"(?:student|office worker|lazy) party": "students, commuters",
    r"(?:it is|is) a must-have artifact|a good helper|good partner for": "say what it does",
    r"(?:jin|catty|catties|chi|cun)": "metric with US measures",
    r"(?:yuan)": "RMB 89",
    r"7[- ]day|seven[- ]day no|no[- ]reason return": "Returns as stated at checkout",
    r"colour|grey|centre|favourite|metre|litre|moisturis\w+|organis\w+|jewellery|pyjamas": "US spelling",
    r"aluminium|tyres?|mould|cosy|travell\w+": "US spelling",
}
HONG_KONG = {
    "亲们|各位亲|亲[,，~～]|親們|各位親|親[,，~～]": "不寫稱呼, 或寫「你」",
    "寶貝(?!兒|們)": "產品 (a child: 小朋友、BB)",
    "小仙女|仙女們|姐妹們": "女士、各位, 或不寫",
    "包郵|快遞|順豐包郵": "按政策改寫; 速遞",
    "種草|拔草|安利": "推介, 或說出效果",
    "顏值": "外形、設計",
    "絕絕子|yyds|YYDS|奪筍|破防|栓Q": "說出效果",
    "充電寶": "外置充電器、流動電源",
    "視頻": "影片",
    "質量": "品質、質素 (mass: 重量)",
    "信息(?!素)": "資料、訊息",
    "軟體|硬體|網路": "軟件、硬件、網絡",
    "酸奶": "乳酪",
    "土豆": "薯仔",
    "方便麵|方便面": "即食麵",
    "巧克力": "朱古力",
    "冰箱": "雪櫃",
    "空調": "冷氣(機)",
    "自行車": "單車",
    "公交車|公交": "巴士",
    "地鐵站口": "港鐵站",
    "打車|網約車": "搭的士、召車",
    "出租車": "的士",
    "西紅柿": "番茄",
    "奶酪": "芝士",
    "黃油": "牛油",
    "三明治": "三文治",
    "冰淇淋|冰激凌": "雪糕",
    "插座板|插排|接線板": "拖板",
    "優盤|U盤": "USB手指",
    "鼠標": "滑鼠",
    "攝像頭": "鏡頭、攝錄機",
    "塑料": "塑膠",
    "(?<!人造)硅膠": "矽膠",
    "吹風機": "風筒",
    "洗髮水|洗髮露": "洗頭水",
    "衛生間": "洗手間、浴室",
    "小區": "屋苑",
    "物業": "管理處",
    "(?<![公市每半克台斧])[0-9一二兩三四五六七八九十半]+斤": "公斤",
    "元(?=起|一|包)": "人民幣",
    "支援退換|七天無理由": "退貨安排以結帳頁為準",
    "T恤衫": "T恤",
    "褲衩|內褲衩": "內褲",
    "秋褲|秋衣": "保暖內衣褲",
    "神器": "好物、必備, 或說出用途",
    "閨蜜": "好友、姊妹",
    "顯白": "顯膚色、襯膚色",
    "學生黨|上班族黨|懶人黨": "學生、上班族、懶人",
    "女友力|女票|男票": "女友、男友",
    "性價比": "抵買、物有所值",
    "雙十一|雙11|618": "按政策略去",
    "到手價|券後": "價格以結帳頁為準",
    "咱們|咱": "我們",
    "老鐵|家人們|寶子|寶寶們|集美": "不寫稱呼",
    "下單立減|拍下立減": "按政策改寫",
    "“|”": "「」",
}


def find_wording(item: Segment, target: str, market: str) -> Iterator[Finding]:
    """Yield words of a target that no editor of the market writes, as `corpus.wording`, and Han in English."""
    kept = [mask.text for mask in item.masks] + [term.target for term in item.terms if term.keep]
    blank = target
    for text in sorted(filter(None, kept), key=len, reverse=True):
        blank = blank.replace(text, "\x00" * len(text))
    for pattern, advice in _patterns(market):
        for match in pattern.finditer(blank):
            if market == "us" and match[0].casefold() in item.source.casefold():
                continue  # it is a name or a word of the source's own
            yield _finding(target, match.start(), match.end(), advice)
    if market != "us":  # the checks leave terms to the converter, which these texts have not passed
        for form, right in {form: term.target for term in item.terms for form in term.forbidden}.items():
            # A right form may have a wrong one in it.
            start = blank.replace(right, "\x00" * len(right)).find(form)
            if start >= 0:
                yield _finding(target, start, start + len(form), right)
    if market == "us" and has_han(blank):
        start = next(place for place, ch in enumerate(blank) if has_han(ch))
        yield _finding(target, start, start + 1, "no Chinese in English, but for a name that has no other form")


@cache
def _patterns(market: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    if market == "us":
        return tuple(
            (re.compile(rf"(?<![A-Za-z])(?:{pattern})(?![A-Za-z])", re.IGNORECASE), advice)
            for pattern, advice in ENGLISH.items()
        )
    own = tuple((re.compile(pattern), advice) for pattern, advice in HONG_KONG.items() if advice)
    lines = TAIWAN.read_text(encoding="utf-8").splitlines()
    words = [word for line in lines for word in line.partition("#")[0].split()]
    return (*own, (re.compile("|".join(map(re.escape, words))), "a word of Taiwan's: write Hong Kong's"))


def _finding(target: str, start: int, end: int, advice: str) -> Finding:
    words = target[start:end]
    return Finding(
        check="corpus.wording", severity="warning", side="target", start=start, end=end, text=words,
        message=f"No editor of this market prints '{words}'.", message_zh="", suggestion=advice,
    )  # fmt: skip
