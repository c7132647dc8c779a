"""The grammar of numbers in Chinese: its cases in the order in which they are tried, and where a number may begin.

The first case that reads a place wins, so what is longer or means more stands before what it begins with.
"""

from __future__ import annotations

import re
from functools import cache

from shopglot.quantity.chinese import counts, measures, offers, sizes, times
from shopglot.quantity.chinese.spelling import MONEY_BEFORE, SINGLE, N
from shopglot.quantity.notation import LETTER_SIZE
from shopglot.quantity.reading import fixed_words
from shopglot.quantity.rules import Case, Rules, build

# Each case with what a text must have for it to be tried.
ORDER: tuple[tuple[Case, str], ...] = (
    (counts.festival, "双 11.11 12.12 6.18 618"),  # 双十一, 11.11, 618
    (sizes.one_size, "码"),  # 均码
    (sizes.body, "斤 kg KG"),  # 165/110斤
    (offers.rate, "/ 每 一"),  # 12.8元/斤
    (sizes.spf, "SPF spf"),  # SPF50
    (sizes.pa, "PA pa"),  # PA+++
    (sizes.ph, "PH pH ph"),  # pH 5.5
    (times.date, "年"),  # 2025年3月15日
    (times.iso_date, "- . /"),  # 2025-03-15
    (times.short_year, "年"),  # 24年新款
    (times.day, "月"),  # 3月15日
    (times.months, "月"),  # 3-5月
    (times.month, "月"),  # 3月
    (times.year, "年 新 春 夏 秋 冬 早"),  # 2025年
    (times.opening, "晚"),  # 早八晚六
    (times.clock, "点"),  # 下午3点半
    (times.clock_or_ratio, ":"),  # 8:30, 16:9
    (counts.ratio, ": 比"),  # 1:5, 三比一
    (times.weekday, "周 星期 礼拜"),  # 周三
    (times.each, "每"),  # 每天
    (times.full, "整"),  # 一整月
    (counts.decade, "年代"),  # 90年代
    (counts.percent, "分之"),  # 百分之二十, 千分之三
    (counts.as_new, "新"),  # 99新
    (counts.in_one, "合一"),  # 三合一
    (counts.part, "分之"),  # 三分之一
    (counts.triple, "/ -"),  # 86/66/92
    (counts.either, "/"),  # 50/60Hz
    (counts.slash, "/"),  # 3/4
    (counts.tenths, "成"),  # 八成
    (offers.half_price, "价 折 半"),  # 半价
    (offers.discount, "折"),  # 8折
    (offers.bundle, "买 拍"),  # 买二送一
    (offers.threshold, "满"),  # 满200减30
    (offers.nth_half, "第"),  # 第二件半价
    (counts.ordinal, "第"),  # 第3代
    (offers.money, "¥ ￥ $ € £ RMB rmb CNY USD HKD EUR MOP 币 元 金"),  # ¥99
    (offers.jiao, "毛 角"),  # 5毛钱
    (offers.money_behind, "元 币 块 RMB rmb CNY USD HKD 圆 円 金"),  # 99元
    (offers.kuai, "块"),  # 两块五
    (counts.magnitude, "上 数 几 成 近 超 逾 约 过 破"),  # 上千
    (counts.magnitude_over, "来 余 多"),  # 百余种
    (counts.power, "百 千 万"),  # 万元
    (counts.born, "后"),  # 90后
    (counts.split, "分 比例 开"),  # 三七分
    (counts.halved, "半"),  # 一半
    (counts.rank, "等"),  # 二等奖
    (counts.mixed, "又"),  # 二又二分之一
    (counts.half_size, "半"),  # 38码半
    (counts.several_tens, "几"),  # 几十件
    (counts.for_two, "双"),  # 双人床
    (counts.multiple, "倍"),  # 三倍
    (sizes.memory, "+"),  # 8+256G
    (measures.product, "* x X"),  # 30×40cm, 500g*2
    (times.quarters, "刻钟"),  # 三刻钟
    (times.hours_minutes, "小时 h"),  # 1小时30分钟
    (measures.jin, "斤"),  # 三斤二两
    (measures.metres, "米"),  # 一米六五
    (measures.chi_range, "尺"),  # 二尺一到二尺三
    (measures.chi, "尺"),  # 二尺三
    (times.half_more_time, "半"),  # 一年半
    (times.half_before_unit, "半"),  # 三个半小时
    (measures.temperature, "度 ℃ ℉ °"),  # 零下5度
    (measures.measure_range, "- – — ― ~ ～ 〜 至 到"),  # 80-95斤, 500g-1kg
    (measures.measure, ""),  # 2.5公斤, 三件
    (counts.sizes, "- – — ― ~ ～ 〜 至 到"),  # 38-40
    (sizes.letters, "S M L"),  # S-2XL
    (sizes.code, ""),  # A4, iPhone15
    (sizes.digits_code, ""),  # 75B, 18K
    (counts.twofold, "双 俩"),  # 双层, where 俩小时 is no measure
    (counts.plain, ""),  # 120
)  # fmt: skip
# Where a number may begin.
BEGINNINGS = (
    r"满(?=\s*[0-9¥￥$RCMH一二三四五六七八九十两])",  # 满200减30
    r"双(?=1[12]|十[一二])",  # 双十一
    r"均一?码|F码",
    rf"[买拍](?={SINGLE})",  # 买二送一
    r"第(?=[0-9一二两三四五六七八九十百])",
    r"(?:[上数几成近超逾约过破]|将近|超过)[十百千]?[百千万](?![搭分层])",  # 上千, but not 近百搭
    r"[百千万](?=[来余多][^用功选彩变])",  # 百余种, but not 万多功能
    r"几十|一半|过半|大半",
    r"每?[百千万](?=[元字册人家名米户亩瓦]|公里)",  # 万元
    r"[双俩](?=[^0-9十倍])",  # 双层
    r"特等|[双两翻]倍|翻倍",
    rf"{MONEY_BEFORE}(?=\s*[0-9])",
    r"(?<![A-Za-z0-9])(?:SPF|spf|PA|pa|pH|PH|ph)(?=\s*[0-9+])",
    r"(?<![A-Za-z0-9/])[A-Za-z]{1,8}-?(?=[0-9])",  # iPhone15
    rf"(?<![A-Za-z0-9+/&.]){LETTER_SIZE}",
    r"[百千万]分之",
    r"早(?=[0-9一二三四五六七八九十]{1,2}晚)",
    r"零下(?=\s*[0-9一二三])|负(?=[0-9一二三])|(?<![0-9A-Za-z])-(?=[0-9]+\s*(?:度|°|℃))",
    r"(?<![0-9.])[0-9]",
    r"半[价折]|对[折半](?![叠痕])",
    r"每(?=一?(?:天|日|周|星期|个月|月|年|小时|分钟|晚))",
    r"(?:周|星期|礼拜)(?=[一二三四五六日天])",
    N,
)


# What any of these begins with; a test holds it against the patterns.
FIRST_SIGNS = (
    "A-Za-z0-9¥￥$€£½¼¾⅓⅔⅛⅕零〇一二两三四五六七八九十俩仨半百千万满双均买拍第上数几成近超逾约过破将大特翻人港美欧日新台澳负对每周星礼早"
    r"\-"
)


@cache
def rules() -> Rules:
    """Return the cases ready to be tried, those of the list of fixed words first (四叶草)."""
    return Rules([build(counts.fixed()), *(build(one, needs) for one, needs in ORDER)])


@cache
def beginning() -> re.Pattern[str]:
    """Return the pattern of where a number may begin, by its first character first: most places fail at once."""
    firsts = {re.escape(word[0]) for word in fixed_words().allowed}
    return re.compile(
        f"(?=[{FIRST_SIGNS}{''.join(sorted(firsts))}])(?:{'|'.join((fixed_words().pattern, *BEGINNINGS))})"
    )
