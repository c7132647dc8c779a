"""Measures of mainland China: jin, liang, chi, cun.

The jin is 500 g and the liang 50 g, the chi a third of a meter and the cun a tenth of that (since 1959).
A cun that is an inch by trade (cakes, screens, suitcases) is an inch.
"""

from __future__ import annotations

import random

from shopglot_eval.quantity.measures import FOOT, INCH, OUNCE, POUND
from shopglot_eval.quantity.pairs import Frame, Value, kind
from shopglot_eval.quantity.spelling import chinese, counted, grouped, mistaken, plain, rounded, shaped

Random = random.Random


@kind(
    Frame("bullet", "适合{}的女生", "Fits women who weigh {}", "Fits all women"),
    Frame("size-cell", "建议体重{}", "Recommended weight: {}", "Recommended weight"),
    Frame("option-value", "M码 {}", "Size M, {}", "Size M"),
)
def body_weights(chance: Random) -> Value:
    """80-95斤: body weight in jin."""
    low = chance.choice((80, 90, 95, 100, 110, 120, 130))
    high = low + chance.choice((10, 15, 20))
    kilos = f"{plain(low / 2)}–{plain(high / 2)} kg"
    pounds = f"{round(low / 2 / POUND)}–{round(high / 2 / POUND)} lb"
    return Value(
        chance.choice((f"{low}-{high}斤", f"{low}~{high}斤", f"{low}斤到{high}斤")),
        (
            kilos, pounds, f"{kilos} ({pounds})", f"{plain(low / 2)} to {plain(high / 2)} kg",
            f"{round(low / 2 / POUND)} to {round(high / 2 / POUND)} pounds",
        ),
        (
            ("unit swapped", f"{low}–{high} kg"), ("unit swapped", f"{low}–{high} lb"),
            ("range end lost", f"{plain(low / 2)} kg"),
            ("conversion wrong", f"{round(low / POUND)}–{round(high / POUND)} lb"),
            ("conversion wrong", f"{plain(low * 2)}–{plain(high * 2)} kg"),
            ("range end changed", f"{plain(low / 2)}–{plain(high / 2 + 10)} kg"),
            ("half converted", f"{kilos} ({low}–{high} lb)"),
        ),
    )  # fmt: skip


@kind(
    Frame("note", "我{}穿着刚刚好", "I am {} and it fits just right."),
    Frame("note", "本人{}，平时穿M码", "I'm {} and usually wear a size M."),
)
def reviewers(chance: Random) -> Value:
    """158cm 96斤: how reviewers describe themselves."""
    height, jin = chance.choice(((158, 96), (160, 100), (163, 104), (165, 110), (168, 120), (172, 130)))
    feet, inches = divmod(round(height / INCH), 12)
    kilos, pounds = plain(jin / 2), round(jin / 2 / POUND)
    return Value(
        chance.choice((f"{height}cm {jin}斤", f"身高{height}体重{jin}斤", f"{height}/{jin}斤")),
        (
            f"{height} cm and {kilos} kg", f"{height} cm tall and weigh {kilos} kg ({pounds} lb)",
            f"{height} cm and {pounds} lb", f"{feet}'{inches}\" and {pounds} lb", f"{height} cm, {kilos} kg",
        ),
        (
            ("unit swapped", f"{height} cm and {jin} kg"), ("unit swapped", f"{height} cm and {jin} lb"),
            ("digit changed", f"{height + 10} cm and {kilos} kg"),
            ("conversion wrong", f"{height} cm and {round(jin / POUND)} lb"),
            ("conversion wrong", f"{feet + 1}'{inches}\" and {pounds} lb"), ("quantity omitted", f"{height} cm tall"),
        ),
    )  # fmt: skip


@kind(
    Frame("title", "东北大米 {}装", "Northeast China rice, {}", "Northeast China rice"),
    Frame("attribute-value", "净重{}", "Net weight {}", "Net weight"),
    Frame("note", "买了{}，全家都爱吃", "I bought {} and the whole family loves it."),
)
def goods_by_jin(chance: Random) -> Value:
    """5斤, 半斤, 一斤半: goods by the jin."""
    zh, jin = chance.choice(
        (
            ("5斤", 5),
            ("10斤", 10),
            ("3斤", 3),
            ("两斤", 2),
            ("半斤", 0.5),
            ("一斤半", 1.5),
            ("20斤", 20),
            ("四斤", 4),
            ("2.5斤", 2.5),
        )
    )
    kilos = jin / 2
    metric = f"{plain(kilos)} kg" if kilos >= 1 else f"{plain(kilos * 1000)} g"
    pounds = f"{rounded(kilos / POUND)} lb"
    return Value(
        zh,
        (metric, pounds, f"{metric} ({pounds})", f"{grouped(kilos * 1000)} g"),
        (
            ("unit swapped", f"{plain(jin)} kg"), ("unit swapped", f"{plain(jin)} lb"),
            ("unit swapped", f"{plain(jin)} g"),
            ("conversion wrong", f"{rounded(jin / POUND)} lb"), ("conversion wrong", f"{plain(jin * 2)} kg"),
            ("half converted", f"{metric} ({plain(jin)} lb)"), ("decimal point moved", f"{plain(kilos * 10)} kg"),
        ),
    )  # fmt: skip


@kind(
    Frame("title", "明前龙井 {}罐装", "Early spring Longjing tea, {} tin", "Early spring Longjing tea, one tin"),
    Frame("attribute-value", "净含量{}", "Net content {}", "Net content"),
)
def goods_by_liang(chance: Random) -> Value:
    """二两, 三斤二两: goods by the liang."""
    zh, liang = chance.choice(
        (("二两", 2), ("3两", 3), ("四两", 4), ("一两", 1), ("5两", 5), ("一斤二两", 12), ("三斤二两", 32))
    )
    grams = liang * 50
    metric = f"{grams} g"
    ounces = f"{rounded(grams / OUNCE)} oz"
    return Value(
        zh,
        (metric, ounces, f"{metric} ({ounces})", f"{plain(grams / 1000)} kg"),
        (
            ("unit swapped", f"{liang} kg"), ("unit swapped", f"{liang} oz"), ("conversion wrong", f"{grams * 10} g"),
            ("unit swapped", f"{grams} kg"), ("conversion wrong", f"{liang * 100} g"), ("unit swapped", f"{grams} oz"),
        ),
    )  # fmt: skip


@kind(
    Frame("attribute-value", "总长{}", "Total length {}", "Total length"),
    Frame("title", "碳素钓鱼竿 {}", "Carbon fishing rod, {}", "Carbon fishing rod"),
)
def lengths_by_chi(chance: Random) -> Value:
    """三尺, 6尺: lengths by the chi, a third of a meter."""
    chi = chance.choice((3, 6, 9, 12, 15))
    meters = chi / 3
    return Value(
        f"{chance.choice((str(chi), chinese(chi)))}尺",
        (
            f"{plain(meters)} m", f"{rounded(meters / FOOT)} ft", f"{plain(meters)} m ({rounded(meters / FOOT)} ft)",
            f"{plain(meters * 100)} cm",
        ),
        (
            ("unit swapped", f"{chi} m"), ("unit swapped", f"{chi} ft"), ("unit swapped", f"{chi} cm"),
            ("decimal point moved", f"{plain(meters * 10)} m"), ("unit swapped", f"{plain(meters)} ft"),
        ),
    )  # fmt: skip


@kind(
    Frame("size-cell", "腰围{}", "Waist {}", "Waist"),
    Frame("note", "腰围{}穿着刚好", "It fits my {} waist just right.", "It fits my waist just right."),
)
def waists(chance: Random) -> Value:
    """2尺1: a waist in chi and cun."""
    chi, cun = chance.choice(((1, 8), (1, 9), (2, 1), (2, 4), (2, 7)))
    centimeters = (chi * 10 + cun) / 0.3
    metric = f"{round(centimeters)} cm"
    inches = f"{rounded(centimeters / INCH)} in"
    return Value(
        chance.choice((f"{chi}尺{cun}", f"{counted(chi) if chi != 1 else '一'}尺{chinese(cun)}", f"{chi}尺{cun}寸")),
        (metric, inches, f"{metric} ({inches})", f"{rounded(centimeters / INCH)}-inch"),
        (
            ("unit swapped", f"{chi}.{cun} in"), ("unit swapped", f"{chi}{cun} cm"),
            ("unit swapped", f"{chi}.{cun} ft"),
            ("unit swapped", f"{chi}{cun} in"), ("conversion wrong", f"{round(centimeters) + 20} cm"),
            ("unit swapped", f"{round(centimeters)} in"),
        ),
    )  # fmt: skip


@kind(
    Frame("title", "{}", "{}"),
    Frame("bullet", "可选规格：{}", "Available: {}"),
)
def inches_by_context(chance: Random) -> Value:
    """8寸蛋糕, 6.7寸屏幕, 24寸行李箱: a 寸 that is an inch."""
    number, zh, en = chance.choice(
        (
            (8, "{}寸生日蛋糕", "{} birthday cake"), (6, "{}寸慕斯蛋糕", "{} mousse cake"),
            (12, "{}寸披萨盘", "{} pizza pan"), (27, "{}英寸显示器", "{} monitor"),
            (6.7, "{}寸高清屏幕", "{} HD screen"), (55, "{}寸液晶电视", "{} LCD TV"),
            (15.6, "{}寸笔记本电脑", "{} laptop"), (24, "{}寸行李箱", "{} suitcase"),
            (20, "{}寸登机箱", "{} carry-on suitcase"),
        )
    )  # fmt: skip
    shapes = ("{}-inch", '{}"', "{} in", "{} inch")
    number_zh = chinese(int(number)) if number in (6, 8) and chance.random() < 0.4 else plain(number)
    metric = rounded(number * INCH)
    return Value(
        zh.replace("{}", number_zh),
        tuple(
            en.replace("{}", text) for text in (*shaped(plain(number), *shapes), f"{plain(number)}-inch ({metric} cm)")
        ),
        tuple(
            (name, en.replace("{}", text))
            for name, text in (
                ("unit swapped", f"{plain(number)} cm"),
                ("unit swapped", f"{plain(number)} mm"),
                ("unit swapped", f"{plain(number)}-foot"),
                ("cun not an inch", f"{rounded(number / 0.3)} cm"),
                *mistaken(number, chance, *shapes),
            )
        ),
    )


@kind(
    Frame("attribute-value", "布幅{}", "Fabric width {}", "Fabric width"),
    Frame("bullet", "裙长{}", "Skirt length {}", "Skirt length"),
)
def tailors_cun(chance: Random) -> Value:
    """12市寸: a 寸 that is a thirtieth of a meter."""
    cun = chance.choice((12, 15, 18, 21, 24, 30))
    metric = f"{plain(cun / 0.3)} cm"
    inches = f"{rounded(cun / 0.3 / INCH)} in"
    return Value(
        f"{cun}市寸",
        (metric, inches, f"{metric} ({inches})"),
        (
            ("unit swapped", f"{cun} in"), ("unit swapped", f"{cun} cm"),
            ("conversion wrong", f"{rounded(cun * INCH)} cm"),
            ("decimal point moved", f"{plain(cun / 3)} cm"), ("unit swapped", f"{cun}-inch"),
        ),
    )  # fmt: skip


@kind(
    Frame("bullet", "新鲜水果{}", "Fresh fruit, {}", "Fresh fruit"),
    Frame("note", "楼下才卖{}", "The shop downstairs sells it at {}."),
)
def prices_per_jin(chance: Random) -> Value:
    """19.9元/斤: a price by the jin, half a kilogram."""
    amount = chance.choice((5, 9.9, 12.8, 19.9, 35))
    return Value(
        f"{plain(amount)}元{chance.choice(('/斤', '一斤', '每斤'))}",
        (
            f"RMB {plain(amount)} per 500 g", f"¥{plain(amount)} per jin (500 g)",
            f"RMB {plain(amount)} per half kilogram",
            f"RMB {plain(amount * 2)} per kg", f"RMB {plain(amount)} per 0.5 kg",
        ),
        (
            ("unit swapped", f"RMB {plain(amount)} per kg"), ("unit swapped", f"¥{plain(amount)} per kilogram"),
            ("unit swapped", f"RMB {plain(amount)} per 500 kg"), ("currency changed", f"${plain(amount)} per 500 g"),
            *((name, f"RMB {text} per 500 g") for name, text in mistaken(amount, chance, "{}")),
        ),
    )  # fmt: skip


KINDS = (
    body_weights,
    reviewers,
    goods_by_jin,
    goods_by_liang,
    lengths_by_chi,
    waists,
    inches_by_context,
    tailors_cun,
    prices_per_jin,
)
