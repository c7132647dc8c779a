"""What stands around a number in Chinese and changes it: bounds (不超过, 以上), roles in an offer (满, 减), units.

Units: what a number means that says so only by where it stands (胸围100, 时速60公里), and which of its units a word
means (度: °C, degrees of glasses, proof).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from shopglot.quantity.reading import PAID, Bound, Meaning, Phrase, Reading, counted, measured, priced
from shopglot.quantity.rules import mentions
from shopglot.quantity.units import unit_table
from shopglot.script import is_han

# How far a word may stand from the number that it changes.
BEFORE, BEHIND, AROUND = 10, 6, 14
# These say all of themselves.
COMPLETE = frozenset({"fixed", "letters", "date", "months", "year", "clock"})
BOUNDLESS = frozenset({"discount", "bundle", "threshold", "nth-half", "half", "ordinal"})

LEAST_BEHIND = re.compile(
    r"\s*[)）]?\s*(?:以上|及以上|或以上|起(?![来跑床球])|[+＋](?![0-9])|多(?!功|款|层|色|种|用)|余|[^，。,.；;]{0,2}以上)"
)
MOST_BEHIND = re.compile(r"\s*[)）]?\s*(?:以下|以内|之内|及以下|或以下|封顶|不到|内(?![胆衬里裤衣部置含搭存芯]))")
LEAST_BEFORE = re.compile(
    r"(?:(?:至少|最少|起码)[\u4e00-\u9fff]{0,4}|最低|不少于|不低于|不小于|(?<!不)(?<!不会)(?<!不能)超过|大于|高于|多于|超|逾"
    r"|≥|>|不短于|满)\s*(?:约|达)?[a-zA-Z¥￥]{0,3}\s*$"
)
MOST_BEFORE = re.compile(
    r"(?:(?:不超过|至多|不能超过|不得超过|不会超过)[\u4e00-\u9fff]{0,3}|不大于|不高于|不多于|最多|最高|最大|最长|小于|低于|少于"
    r"|不到|不足|未满|不满|近|将近|接近|≤|<|不超|限)\s*(?:约|达|可达|可?[减省降返])?[a-zA-Z¥￥]{0,3}\s*$"
)
OFF_BEFORE = re.compile(r"(?:减|立减|直降|省|优惠|抵|返|返现|券|立省|便宜)\s*[¥￥]?$")
OFF_BEHIND = re.compile(r"\s*(?:优惠券|券|红包|抵扣)")
SPEND_BEFORE = re.compile(r"(?:满|每满|消费满|买满)\s*[¥￥]?$")
POINTED = re.compile(r"(?:这|那|以上|上述|前面|其中)的?$")  # 这三种 may come out as "these"

# What a bare number is by what the text is about.
PRICES = re.compile(r"预算|报价|定金|订金|价|费|保额|赔|花了?|元|钱|块|￥|¥|优惠")
DEPOSITS = re.compile("定金")
AREAS = re.compile(r"房|户型|面积|平")
LEAST_PRICE, LEAST_DEPOSIT = 50, 5  # smaller numbers count things

# What a number is by the words at it.
HEADER = re.compile(
    r"(?:[(（]|/)\s*([A-Za-z\u4e00-\u9fff²³]{1,4})(?:\s*[)）]|(?<=[a-z])(?=\s))\s*[:：]?\s*$"
)  # 体重(kg): 60, 衣长/cm 66
SPEED = re.compile(r"时速(?:可达|高达|达|约)?\s*$")
HEAVY = re.compile(r"胖|瘦|体重|斤|掉秤|减")
WEIGHTS = (70, 300)  # what people weigh, in jin
STEP = re.compile(r"(?:降温|升温|控温|温降|降|升|降低|升高|下降|上升|温差|低|高|提高|凉)(?:了|约|达)?\s*$")
PRICED = re.compile(r"的?(?:价格|价位|价钱|到手|入手|拿下|搞定|就能买|就买|包邮)")
PRICED_BEFORE = re.compile(r"(?:到手价?|仅需|只要|只需|现价|原价|券后价?|售价|特价|秒杀价?|拍下|活动价)\s*[:：]?\s*$")
BODY = re.compile(
    r"(?:胸围|腰围|臀围|衣长|裤长|袖长|肩宽|裙长|身高|领围|摆围|袖口|裤口|大腿围|脚口|上胸|下胸|内长|后中长|前长|尺寸|长|宽|高"
    r"|直径|厚)\s*[:：]?\s*(?:[0-9]+[^0-9a-zA-Z\u4e00-\u9fff]*)*$"
)
SUN = re.compile(r"防晒(?:指数|值|系数|倍数|能力)?\s*[:：]?(?:为|是|达)?\s*$")
# European bands of brassieres in centimetres, American ones in inches.
BANDS = {"65": "30", "70": "32", "75": "34", "80": "36", "85": "38", "90": "40", "95": "42", "100": "44"}
BRASSIERE = re.compile(rf"({'|'.join(BANDS)})([A-H]{{1,2}})")

# Which of the units a word means.
# A 寸 of goods is an inch; of the body, as tailors take it, and beside 尺, a Chinese one.
CUN = re.compile(r"腰围|胸围|臀围|衣长|裤长|肩宽|袖长|市寸|尺(?!寸)")
EYES = re.compile(r"近视|远视|老花|散光|镜|瞳")
SIGHT = re.compile(r"近视|远视|老花|散光|度数")
TURNS = frozenset(map(Decimal, (90, 180, 270, 360, 720)))
LENSES = (100, 1500, 25)  # the degrees that lenses come in: from, to, by
HEAT = re.compile(r"[烤烘炸烧煮炒蒸炖焖热烫煎焙熔沸火炉温冷冻冰水气暑晒]|℃|摄氏")
ALCOHOL = re.compile(r"酒|酿|白干|威士忌|伏特加|大曲|茅台|五粮液")
ANGLE = re.compile(r"旋转|角度|度角|夹角|倾斜|转|翻|可调|广角|无死角|开合|视角|环绕")
NETWORK = re.compile(r"网|手机|基站|信号|路由|频段|时代")
LATEST_NETWORK = 6  # 6G
SHOES = re.compile("鞋|靴|尺码")
DRIVEN = re.compile(r"(?:时速|车速|速度|限速|跑到?|开到|飙到?|飚到?|拉到)(?:可达|高达|达到?|约|上)?\s*$")
FABRICS = re.compile(r"布|面料|纱|线|绸|缎|丝带|花边|织带")
# 80g道林纸 says what a square metre of it weighs; a pack of tissues weighs what it says.
SHEET = re.compile(r"(?![^纸]{0,3}[抽卷湿卫厕面油])的?[\u4e00-\u9fff]{0,3}纸(?![巾尿杯袋盒箱膜管])")
HEAVIEST_SHEET = 600
PAPER = re.compile(r"克重|面料|纸|卡纸|每平|牛仔|卫衣|[Tt]恤|重磅|毛巾|浴巾")


def _signs(*patterns: re.Pattern[str], also: str = "") -> frozenset[str]:
    """Return characters of which every match of these patterns has one, for each alternative has a Chinese word."""
    return frozenset(also) | {sign for pattern in patterns for sign in pattern.pattern if is_han(sign)}


# Most numbers have none of these near, and then the patterns need not be tried.
BOUND_SIGNS = _signs(LEAST_BEFORE, MOST_BEFORE, also="≥>≤<")
BEHIND_SIGNS = _signs(LEAST_BEHIND, MOST_BEHIND, also="+＋")
ROLE_SIGNS = _signs(OFF_BEFORE, SPEND_BEFORE)
POINTING_SIGNS = _signs(POINTED)
PLACE_SIGNS = _signs(HEAVY, PRICED_BEFORE, BODY, also="(（/")


# What 度 is not, by the words around it; where none tells, it is no diopter and no proof.
DEGREES = (
    (EYES, {"celsius", "degree", "proof"}),
    (ANGLE, {"celsius", "diopter_degree", "proof"}),
    (ALCOHOL, {"celsius", "diopter_degree"}),
)


def take_in(phrase: Phrase, text: str, *, around: bool = True) -> Phrase:
    """Return a phrase of a narrow text with what stands before and behind it taken in."""
    if phrase.rule in COMPLETE:
        return phrase
    before, behind = text[max(0, phrase.start - BEFORE) : phrase.start], text[phrase.end : phrase.end + BEHIND]
    bound = "" if not around or phrase.rule in BOUNDLESS else _bound(before, behind)
    role = _role(before, behind)
    pointed = not POINTING_SIGNS.isdisjoint(before) and POINTED.search(before) is not None
    changed = []
    for one in phrase.readings:
        meanings = (*_narrowed(one, text), *_implied(one, before, behind, phrase.rule, role), *_about(one, text))
        if role and phrase.rule == "plain":
            # 满39 is no 39 items, though English may leave the currency out.
            meanings = tuple(replace(m, label=PAID) if _is_bare(m) else m for m in meanings)
        if meanings == one.meanings and not (pointed or bound or role):
            changed.append(one)
            continue
        changed.append(
            replace(
                one,
                meanings=meanings,
                strong=one.strong and not pointed,
                bound=one.bound or bound,
                role=one.role or role,
            )
        )
    return replace(phrase, readings=tuple(changed))


def _bound(before: str, behind: str) -> Bound:
    if not BEHIND_SIGNS.isdisjoint(behind):
        if MOST_BEHIND.match(behind):
            return "most"
        if LEAST_BEHIND.match(behind):
            return "least"
    if BOUND_SIGNS.isdisjoint(before):
        return ""
    # 不低于 before 低于: what begins earlier is the whole word.
    least, most = LEAST_BEFORE.search(before), MOST_BEFORE.search(before)
    if least and most:
        return "least" if least.start() < most.start() else "most"
    return "least" if least else "most" if most else ""


def _role(before: str, behind: str) -> str:
    if ROLE_SIGNS.isdisjoint(before):
        return "off" if OFF_BEHIND.match(behind) else ""
    if OFF_BEFORE.search(before) or OFF_BEHIND.match(behind):
        return "off"
    return "spend" if SPEND_BEFORE.search(before) else ""


def _about(one: Reading, text: str) -> list[Meaning]:
    """Return what a bare number may mean by what its text is about: 预算7万 is money, 135的房子 square metres."""
    first = one.meanings[0]
    if not _is_bare(first) or first.high < LEAST_DEPOSIT:
        return []
    if first.high < LEAST_PRICE and not mentions(text, DEPOSITS):
        return []
    meanings = [priced(first.low, first.high)] if mentions(text, PRICES) else []
    areas = [unit_table().units["m2"]] if mentions(text, AREAS) else []
    return [*meanings, *measured(first.low, first.high, areas)]


def _is_bare(meaning: Meaning) -> bool:
    return meaning.kind == "count" and meaning.unit is None


def _implied(one: Reading, before: str, behind: str, rule: str, role: str) -> list[Meaning]:
    """Return what a number means that says so only by where it stands: 胸围100, 防晒指数30, 近视300度, 75B."""
    first = one.meanings[0]
    if _is_bare(first):
        found = _implied_bare(first, before, behind, in_offer=rule == "plain" and role != "")
    elif first.kind == "magnitude" and PRICED.match(behind):
        found = [priced(first.low, first.high)]
    else:
        found = _implied_unit(one, before)
    if found:
        return found
    if first.kind == "count" and "晒" in before and SUN.search(before):
        return [Meaning(kind="code", low=first.low, high=first.high, label="SPF")]
    return _converted(one.meanings)


def _implied_bare(first: Meaning, before: str, behind: str, *, in_offer: bool) -> list[Meaning]:
    if in_offer:
        return [priced(first.low, first.high)]
    if PLACE_SIGNS.isdisjoint(before):
        return [priced(first.low, first.high)] if PRICED.match(behind) else []
    if header := HEADER.search(before):
        return measured(first.low, first.high, unit_table().chinese.units(header[1]))
    if WEIGHTS[0] <= first.low <= WEIGHTS[1] and HEAVY.search(before):
        return measured(first.low, first.high, [unit_table().units["jin"]])
    if PRICED.match(behind) or PRICED_BEFORE.search(before):
        return [priced(first.low, first.high)]
    return measured(first.low, first.high, [unit_table().units["cm"]]) if BODY.search(before) else []


def _implied_unit(one: Reading, before: str) -> list[Meaning]:
    names = {meaning.unit.name for meaning in one.meanings if meaning.unit is not None}
    if one.text.endswith("码") and DRIVEN.search(before):  # 跑到120码 is 120 km/h
        return measured(one.meanings[0].low, one.meanings[0].high, [unit_table().units["kmh"]])
    for name, words, other in (("km", SPEED, "kmh"), ("celsius", STEP, "celsius_step")):
        if name in names and words.search(before):
            first = one.meanings[0]
            return measured(first.low, first.high, [unit_table().units[other]])
    return []


def _converted(meanings: Sequence[Meaning]) -> list[Meaning]:
    """Return how English gives degrees of glasses (300度 is 3.00) and sizes of brassieres (75B is 34B)."""
    first = meanings[0]
    if any(meaning.unit is not None and meaning.unit.name == "diopter_degree" for meaning in meanings):
        return [counted(first.low / 100, first.high / 100)]
    for meaning in meanings:
        if match := BRASSIERE.fullmatch(meaning.label):
            return [Meaning(kind="code", label=BANDS[match[1]] + match[2])]
    return []


def _narrowed(one: Reading, text: str) -> tuple[Meaning, ...]:
    """Choose between the units that one word stands for, by the words around it; all of them where none tells."""
    names = {meaning.unit.name for meaning in one.meanings if meaning.unit is not None}
    if not names:
        return one.meanings
    around = text[max(0, one.start - AROUND) : one.end + AROUND]
    unwanted = _unwanted(names, around, one.meanings[0].low)
    chosen = [meaning for meaning in one.meanings if meaning.unit is None or meaning.unit.name not in unwanted]
    if "g" in names and SHEET.match(text, one.end) and one.meanings[0].high <= HEAVIEST_SHEET:
        return tuple(replace(meaning, unit=unit_table().units["gsm"]) for meaning in chosen if _grams(meaning))
    if "g" in names and PAPER.search(around):  # 200克的纸 weighs that much by the square metre
        grams = [meaning for meaning in chosen if _grams(meaning)]
        chosen += [replace(meaning, unit=unit_table().units["gsm"]) for meaning in grams]
    return tuple(chosen) or one.meanings


def _unwanted(names: set[str], around: str, amount: Decimal) -> set[str]:
    """Return which of the units in question the words around a number rule out."""
    if {"cun", "inch"} <= names:
        return {"inch"} if CUN.search(around) else {"cun"}
    if {"celsius", "diopter_degree"} <= names:
        return _unwanted_degrees(around, amount)
    if "gb" in names and amount <= LATEST_NETWORK and NETWORK.search(around):
        return {"gb", "g", "ghz"}
    # 38码 is a size but for fabrics, which are sold by the yard.
    if {"yard", "piece"} <= names:
        fabric = FABRICS.search(around) and not SHOES.search(around)
        return {"piece"} if fabric else {"yard"}
    return set()


def _grams(meaning: Meaning) -> bool:
    return meaning.unit is not None and meaning.unit.name == "g"


def _unwanted_degrees(around: str, amount: Decimal) -> set[str]:
    """Return what 度 is not: 近视300度, 360度旋转, 53度白酒, and 300度 by itself, which is that of a lens."""
    if amount in TURNS and not SIGHT.search(around):
        return {"celsius", "diopter_degree", "proof"}
    for words, unwanted in DEGREES:
        if words.search(around):
            return unwanted
    least, most, step = LENSES
    if least <= amount <= most and amount % step == 0 and not HEAT.search(around):
        return {"celsius", "degree", "proof"} if len(around) <= ALONE else {"proof"}
    return {"diopter_degree", "proof"}


ALONE = 8  # characters of an option: 300度, 黑色 300度
