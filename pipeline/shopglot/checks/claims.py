"""Does the translation promise what the merchant never said: free shipping, a guarantee, a clinical test, a material?

A fluent model fills a page with what other pages say. `CLAIMS` lists words that change what a shopper buys, with what a
Chinese source must have for each: any one of the words or characters, Simplified or Traditional. Every alternative of
an English pattern begins with a whole word, or with four letters of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from shopglot.checks.words import small_words
from shopglot.market import Market
from shopglot.script import has_han
from shopglot.types import Finding, Segment, Translation

# English words | what the source has where it says so. Words of one kind of claim stand together.
CLAIMS = r"""
free (?:shipping|delivery|postage)|ships? free | 邮 郵 运费 運費 免运 免運 免费 免費 送货 送貨 送到
warrant(?:y|ies)|guarantees?|guaranteed | 保 质保 質保 换 換 联保 承诺 承諾 赔 賠 一定 必 绝对 绝對 绝不 准
money[ -]back|refund(?:s|ed|able)? | 退 赔 賠 返
clinical(?:ly)? | 临床 臨床 医 醫 诊 診
dermatolog(?:y|ist|ists|ical|ically) | 皮肤科 皮膚科 医 醫 皮试 皮試
doctors?|physicians? | 医 醫 大夫 博士 doc
pregnan(?:t|cy) | 孕 怀 懷 胎
patent(?:ed|s)? | 专利 專利 漆 亮皮 亮面
organic | 有机 有機 天然 绿色 綠色 原生态 生态
vegan|vegetarian | 素 植物 纯植 純植
cruelty[ -]free | 动物 動物 残忍
waterproof|water[ -]resistant|water[ -]repellent | 水 雨 汗 防泼 防潑 ipx
hypoallergenic|allerg(?:y|ies|ic) | 敏
cancer|tumou?rs? | 癌 瘤 肿
diabet(?:es|ic) | 糖
weight[ -]loss|lose weight|losing weight | 瘦 减 減 脂 掉秤 胖 斤
anti[ -]?bacterial|anti[ -]?microbial|germs? | 菌 毒 胚芽
made in | 产 產 造 制 製 国 國
imported | 进口 進口 原装 原裝 海外 全球购 全球購
hand[ -]?made|hand[ -]?crafted | 手
certifi(?:ed|cate|cates|cation) | 证 證 检 檢 认 認 官方 正品 国标 國標 级 級
award[ -]winning|awards? | 奖 獎 誉 譽 冠
best[ -]?(?:sellers?|selling) | 销 銷 爆 热 熱 畅 暢 卖 賣 火 榜 王
discount(?:s|ed)? | 折 减 減 惠 降 促 特价 特價 券 省 便宜 打 活动 活動 福利 羊毛
coupons?|vouchers? | 券 优惠 優惠 红包 紅包
contact us|customer (?:service|support) | 客服 联系 聯系 聯繫 咨询 諮詢 私 问 問 服务 服務 找 询 詢
click (?:here|the link|the button)|link below | 点 點 链接 鏈接 連結 戳 击 擊
order now|buy now|shop now | 买 買 购 購 拍 下单 下單 冲 衝 入手 抢 搶 订 訂 赶 趕
leather | 皮 革 漆
silk|silky | 丝 絲 绸 綢 缎 緞 锦 錦 绢 絹 绡 香云纱 滑
cotton | 棉 绵 綿 莫代尔
linen | 麻
wool|woolen|cashmere | 毛 绒 絨 羊 呢
diamonds? | 钻 鑽 菱 晶 锆 鋯
stainless | 钢 鋼 不锈 不鏽 304 316
sunscreen|uv protection|spf | 晒 曬 紫外 uv spf 阳 陽 光
sugar[ -]free|gluten[ -]free|dairy[ -]free | 糖 麸 麩 奶 乳 甜
bluetooth | 蓝牙 藍牙 蓝芽
"""
BEGINNING = 4  # letters that tell most words from those of claims
SEPARATOR = re.compile(r"(?<=\S) \| (?=\S)")


def check_claims(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`addition`: the English makes a claim that nothing in the Chinese source makes; a warning, each claim once."""
    if not market.latin or not has_han(segment.source):
        return
    trigger, grounds, beginnings = _table()
    if beginnings.isdisjoint([word[:BEGINNING] for word in small_words(translation.target)]):
        return
    source = promised = ""
    told: set[str] = set()
    for match in trigger.finditer(translation.target):
        words = match[0]
        claim = words.casefold()
        if claim in told:
            continue
        told.add(claim)
        source = source or segment.source.casefold()
        promised = promised or _promised(segment)
        if claim in source or claim in promised or any(ground in source for ground in grounds[match.lastindex or 0]):
            continue
        yield Finding(
            check="addition", severity="warning", side="target", start=match.start(), end=match.end(), text=words,
            message=f"Nothing in the source says '{words}'.",
            message_zh=f"原文没有“{words}”的意思，请译员核对，以免作出商家没有的承诺。",
        )  # fmt: skip


def _promised(segment: Segment) -> str:
    """Return what the glossary lets this source be translated as, one form a line."""
    return "\n".join({form.casefold() for term in segment.terms for form in (term.target, *term.admitted)})


@lru_cache(maxsize=1)
def _table() -> tuple[re.Pattern[str], dict[int, tuple[str, ...]], frozenset[str]]:
    """Return a pattern with a group for each kind of claim, the grounds by group, and how the words of claims begin."""
    rows = [SEPARATOR.split(line) for line in CLAIMS.strip().splitlines()]
    pattern = "|".join(f"({words})" for words, _ in rows)
    grounds = {number: tuple(words.split()) for number, (_, words) in enumerate(rows, start=1)}
    alternatives = re.sub(r"\(\?:[^()]*\)", "_", "|".join(words for words, _ in rows)).split("|")
    beginnings = frozenset(re.split(r"[^a-z]", words)[0][:BEGINNING] for words in alternatives)
    return re.compile(rf"(?<![A-Za-z])(?:{pattern})(?![A-Za-z])", re.IGNORECASE), grounds, beginnings
