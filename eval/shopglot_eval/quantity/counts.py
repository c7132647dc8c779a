"""Counts, counters, ordinals."""

from __future__ import annotations

import random

from shopglot_eval.quantity.pairs import Frame, Value, kind
from shopglot_eval.quantity.spelling import ORDINALS, chinese, counted, mistaken, nth, shaped, words

Random = random.Random


@kind(
    Frame("bullet", "前后共{}个口袋", "{} pockets in total, front and back"),
    Frame("bullet", "附赠{}个替换滤芯", "Comes with {} spare filters"),
    Frame("attribute-value", "{}个抽屉", "{} drawers"),
)
def plain_count(chance: Random) -> Value:
    """两个, 4个: a small count."""
    number = chance.choice((2, 2, 2, 3, 4, 5, 6, 8))
    other = chance.choice([digit for digit in range(2, 10) if digit != number])
    return Value(
        chance.choice((counted(number), str(number))),
        (str(number), words(number)),
        (
            ("counter number changed", str(other)), ("counter number changed", words(other)),
            ("digit added", str(number * 10)), ("digit added", words(10 + number)),
        ),
    )  # fmt: skip


@kind(
    Frame("title", "玻尿酸补水面膜 {}片装", "Hyaluronic acid sheet masks, {}", "Hyaluronic acid sheet mask"),
    Frame("title", "一次性洗脸巾 {}片装", "Disposable face towels, {}", "Disposable face towels"),
    Frame("option-value", "试用装{}片", "Trial size, {}", "Trial size"),
)
def pieces(chance: Random) -> Value:
    """30片装: pieces in a pack."""
    number = chance.choice((5, 10, 12, 20, 24, 30, 50, 60, 80, 100))
    zh = str(number)
    return Value(
        zh,
        shaped(zh, "{} pieces", "{} sheets", "{}-pack", "pack of {}", "{} pcs", "{} count"),
        (*mistaken(number, chance, "{} pieces", "pack of {}"), ("unit swapped", f"{number} g")),
    )


NOUNS = (
    ("盒", "box", "boxes"), ("支", "tube", "tubes"), ("瓶", "bottle", "bottles"), ("包", "pack", "packs"),
    ("罐", "can", "cans"), ("袋", "bag", "bags"),
)  # fmt: skip


@kind(
    Frame("option-value", "{}家庭装", "Family size, {}", "Family size"),
    Frame("title", "宠物营养补充剂 {}", "Pet nutrition supplement, {}", "Pet nutrition supplement"),
    Frame("note", "囤了{}，可以用好久", "I stocked up on {}, enough for a long time."),
)
def containers(chance: Random) -> Value:
    """3盒, 六支: containers with their counter."""
    zh, _, many = chance.choice(NOUNS)
    number = chance.choice((2, 3, 4, 5, 6, 8, 10, 12))
    return Value(
        chance.choice((str(number), counted(number))) + zh,
        (f"{number} {many}", f"{words(number)} {many}"),
        (*mistaken(number, chance, f"{{}} {many}"), ("counter number changed", f"{words(number + 1)} {many}")),
    )


@kind(
    Frame("title", "纯棉床上用品{}件套", "Cotton bedding, {}", "Cotton bedding"),
    Frame("title", "夏季短袖短裤运动{}件套", "Summer T-shirt and shorts, sporty {}", "Summer T-shirt and shorts"),
    Frame("option-value", "餐具{}件套", "Tableware, {}", "Tableware"),
)
def sets(chance: Random) -> Value:
    """两件套: a set of so many pieces."""
    number = chance.choice((2, 2, 3, 4, 4, 5, 6, 7))
    other = chance.choice([digit for digit in range(2, 9) if digit != number])
    word = words(number)
    return Value(
        chance.choice((counted(number), str(number))),
        (f"{number}-piece set", f"{word}-piece set", f"set of {number}", f"set of {word}", f"{number}-pc set"),
        (
            ("counter number changed", f"{other}-piece set"), ("counter number changed", f"{words(other)}-piece set"),
            ("counter number changed", f"set of {other}"), ("digit added", f"{number}{number}-piece set"),
        ),
    )  # fmt: skip


@kind(
    Frame("title", "卡通纯棉中筒袜 {}", "Cartoon cotton crew socks, {}", "Cartoon cotton crew socks"),
    Frame("title", "加绒触屏手套 {}", "Fleece-lined touchscreen gloves, {}", "Fleece-lined touchscreen gloves"),
)
def pairs(chance: Random) -> Value:
    """一双, 两对: things that come in twos."""
    zh, rights, wrongs = chance.choice(
        (
            ("一双", ("a pair", "1 pair", "one pair"), ("two pairs", "3 pairs", "11 pairs")),
            ("一对", ("a pair", "1 pair", "one pair"), ("two pairs", "3 pairs", "a set of three")),
            ("两双", ("two pairs", "2 pairs"), ("one pair", "3 pairs", "12 pairs")),
            ("三双装", ("three pairs", "3 pairs", "3-pair pack"), ("one pair", "2 pairs", "13 pairs")),
            ("5双", ("five pairs", "5 pairs"), ("50 pairs", "six pairs", "5 dozen")),
        )
    )
    return Value(zh, rights, tuple(("counter number changed", wrong) for wrong in wrongs))


@kind(
    Frame("title", "原木铅笔 {}", "Natural wood pencils, {}", "Natural wood pencils"),
    Frame("option-value", "散养土鸡蛋 {}", "Free-range eggs, {}", "Free-range eggs"),
)
def dozens(chance: Random) -> Value:
    """一打, 半打: things by the dozen."""
    zh, rights, wrongs = chance.choice(
        (
            ("一打", ("a dozen", "one dozen", "12", "1 dozen", "pack of 12"), ("two dozen", "10", "a pair")),
            ("两打", ("two dozen", "2 dozen", "24", "pack of 24"), ("a dozen", "20", "three dozen")),
            ("半打", ("half a dozen", "6", "pack of 6"), ("a dozen", "5", "12")),
            ("三打", ("three dozen", "3 dozen", "36"), ("30", "13 dozen", "two dozen")),
        )
    )
    return Value(zh, rights, tuple(("counter number changed", wrong) for wrong in wrongs))


@kind(
    Frame("title", "{}合一充电线", "{} charging cable", "Charging cable"),
    Frame("title", "洗护{}合一 男士洁面乳", "{} face wash for men", "Face wash for men"),
)
def in_one(chance: Random) -> Value:
    """三合一: several things in one."""
    number = chance.choice((2, 3, 4, 5))
    other = chance.choice([digit for digit in range(2, 7) if digit != number])
    return Value(
        chance.choice((chinese(number), str(number))),
        (f"{number}-in-1", f"{words(number)}-in-one", f"{number}-in-one"),
        (("counter number changed", f"{other}-in-1"), ("counter number changed", f"{words(other)}-in-one")),
    )


@kind(
    Frame("title", "第{}代 空气循环扇", "{} air circulator fan", "Air circulator fan"),
    Frame(
        "title", "新升级第{}代 脱毛仪", "Newly upgraded {} hair removal device", "Newly upgraded hair removal device"
    ),
)
def generations(chance: Random) -> Value:
    """第2代: which generation."""
    number = chance.choice((2, 3, 4, 5, 6))
    other = chance.choice([digit for digit in range(2, 10) if digit != number])
    return Value(
        chance.choice((chinese(number), str(number))),
        (f"{nth(number)}-generation", f"{ORDINALS[number]}-generation", f"{nth(number)}-gen", f"{nth(number)} gen"),
        (
            ("ordinal changed", f"{nth(other)}-generation"), ("ordinal changed", f"{ORDINALS[other]}-generation"),
            ("ordinal changed", f"{nth(10 + number)}-gen"),
        ),
    )  # fmt: skip


@kind(
    Frame("description", "建议放在冰箱第{}层。", "We suggest keeping it on the {} shelf of the fridge."),
    Frame("note", "这已经是我买的第{}支了", "This is already the {} tube I have bought."),
    Frame("bullet", "使用时先撕下第{}张贴膜", "Peel off the {} film before use"),
)
def ordinals(chance: Random) -> Value:
    """第三层: which one."""
    number = chance.choice((2, 3, 4, 5, 6, 8))
    other = chance.choice([digit for digit in range(2, 10) if digit != number])
    return Value(
        chance.choice((chinese(number), str(number))),
        (nth(number), ORDINALS[number]),
        (("ordinal changed", nth(other)), ("ordinal changed", ORDINALS[other]), ("ordinal changed", nth(10 + number))),
    )


@kind(
    Frame("title", "{}层加厚抽纸", "Thick {} facial tissue", "Thick facial tissue"),
    Frame("title", "{}层防护口罩", "{} protective face mask", "Protective face mask"),
)
def layers(chance: Random) -> Value:
    """4层: layers of a material."""
    number = chance.choice((3, 4, 5))
    other = chance.choice([digit for digit in (2, 3, 4, 5, 6, 9) if digit != number])
    return Value(
        chance.choice((chinese(number), str(number))),
        (f"{number}-ply", f"{words(number)}-ply", f"{number}-layer", f"{words(number)}-layer"),
        (
            ("counter number changed", f"{other}-ply"), ("counter number changed", f"{words(other)}-layer"),
            ("digit added", f"{number * 10}-layer"),
        ),
    )  # fmt: skip


@kind(
    Frame("title", "户外露营{}人帐篷", "{} outdoor camping tent", "Outdoor camping tent"),
    Frame("title", "{}人布艺沙发", "{} fabric sofa", "Fabric sofa"),
)
def persons(chance: Random) -> Value:
    """双人, 三人, 3-4人: for how many people."""
    zh, low, high = chance.choice((("双", 2, 2), ("三", 3, 3), ("四", 4, 4), ("3-4", 3, 4), ("5-8", 5, 8)))
    if low == high:
        rights: tuple[str, ...] = (f"{low}-person", f"{words(low)}-person")
        wrongs = (("counter number changed", f"{low + 1}-person"), ("digit added", f"{low * 10}-person"))
    else:
        rights = (f"{low}–{high} person", f"{low}-{high} person", f"{low}-to-{high}-person")
        wrongs = (("range end lost", f"{low}-person"), ("range end changed", f"{low}–{high + 2} person"))
    return Value(zh, rights, wrongs)


KINDS = (plain_count, pieces, containers, sets, pairs, dozens, in_one, generations, ordinals, layers, persons)
