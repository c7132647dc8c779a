"""Ranges, products, ratios, comparators, so much per so much."""

from __future__ import annotations

import random

from shopglot_eval.quantity.counts import NOUNS
from shopglot_eval.quantity.pairs import Frame, Value, kind
from shopglot_eval.quantity.spelling import chinese, counted, mistaken, plain, words

Random = random.Random


@kind(
    Frame("bullet", "下单后{}天发货", "Ships {} days after you order"),
    Frame("note", "快递{}天就能到", "Delivery takes {} days."),
    Frame("bullet", "每次使用{}分钟即可", "Use for {} minutes each time"),
)
def ranges(chance: Random) -> Value:
    """3-5, 3~5, 三到五: from one number to another."""
    low, high = chance.choice(((2, 3), (3, 5), (5, 8), (7, 10), (10, 15), (15, 20)))
    joint = chance.choice(("-", "~", "至", "到", "–"))
    zh = f"{low}{joint}{high}" if high > 9 or chance.random() < 0.6 else f"{chinese(low)}到{chinese(high)}"
    return Value(
        zh,
        (f"{low}–{high}", f"{low}-{high}", f"{low} to {high}", f"{words(low)} to {words(high)}"),
        (
            ("range end lost", f"{low}"), ("range end lost", f"{high}"),
            ("range end changed", f"{low}–{high * 10}"), ("range end changed", f"{low} to {high + 1}"),
            ("range start changed", f"{low + 1}–{high + 4}"), ("range joined", f"{low}{high}"),
        ),
    )  # fmt: skip


@kind(
    Frame("title", "坚果礼盒 {}", "Mixed nuts gift box, {}", "Mixed nuts gift box"),
    Frame("option-value", "经济装 {}", "Value pack, {}", "Value pack"),
    Frame("title", "家用清洁用品 {}", "Household cleaning supplies, {}", "Household cleaning supplies"),
)
def multiplication(chance: Random) -> Value:
    """500g*2, 10ml×5支, 1.5L*6瓶: an amount so many times."""
    amount, unit = chance.choice(((500, "g"), (250, "g"), (10, "ml"), (30, "ml"), (1.5, "L"), (2, "kg"), (480, "ml")))
    times = chance.choice((2, 3, 4, 5, 6, 12))
    counter, one, many = chance.choice(NOUNS)
    sign = chance.choice("*×x")
    tail = chance.choice(("", counter))
    each = f"{plain(amount)} {unit}"
    rights = [f"{each} × {times}", f"{times} × {each}", f"{each} x {times}", f"{each} each, pack of {times}"]
    if tail:
        rights += [f"{times} {many} of {each}", f"{words(times)} {many}, {each} each", f"{times} {each} {many}"]
    other = chance.choice([number for number in (2, 3, 4, 5, 6, 8) if number != times])
    swapped = {"g": "kg", "ml": "L", "L": "ml", "kg": "g"}[unit]
    return Value(
        f"{plain(amount)}{unit}{sign}{times}{tail}",
        tuple(rights),
        (
            ("multiplier lost", each), ("multiplier lost", f"1 {one} of {each}"),
            ("multiplier changed", f"{each} × {other}"),
            ("unit swapped", f"{plain(amount)} {swapped} × {times}"),
            ("multiplier joined", f"{plain(amount)}{times} {unit}"),
            *((name, f"{text} {unit} × {times}") for name, text in mistaken(amount, chance, "{}")),
        ),
    )  # fmt: skip


@kind(
    Frame("attribute-value", "屏幕比例{}", "Screen aspect ratio {}"),
    Frame("description", "与清水按{}稀释后使用。", "Dilute with water at {} before use."),
)
def ratios(chance: Random) -> Value:
    """16:9, 1比3: one to another."""
    first, second = chance.choice(((16, 9), (21, 9), (4, 3), (1, 3), (1, 10), (1, 50), (2, 1)))
    zh = f"{first}{chance.choice((':', '：', '比'))}{second}"
    return Value(
        zh,
        (f"{first}:{second}", f"{first} to {second}"),
        (
            ("ratio turned over", f"{second}:{first}"), ("ratio changed", f"{first}:{second + 2}"),
            ("ratio changed", f"{first + 2}:{second}"), ("ratio lost", f"{first}"),
        ),
    )  # fmt: skip


LIMITS = (  # what, unit, value, English shapes of the value
    ("重量", "公斤", 3, ("3 kg", "3 kilograms", "6.6 lb")),
    ("长度", "厘米", 55, ("55 cm", "55 centimeters", "21.7 in")),
    ("距离", "米", 10, ("10 m", "10 meters", "32.8 ft")),
    ("时间", "小时", 8, ("8 hours", "eight hours")),
    ("温度", "度", 40, ("40°C", "40 °C", "104°F")),
    ("功率", "W", 100, ("100 W", "100 watts")),
)  # fmt: skip


LABELS = {
    "重量": "Weight",
    "长度": "Length",
    "距离": "Distance",
    "时间": "Time",
    "温度": "Temperature",
    "功率": "Power",
}


@kind(
    Frame("attribute-value", "{}", "{}"),
    Frame("bullet", "使用须知：{}", "Please note: {}"),
)
def at_most(chance: Random) -> Value:
    """不超过3公斤, 3公斤以内: upper limits, with words and with signs."""
    what, unit, value, forms = chance.choice(LIMITS)
    zh, label, form = f"{value}{unit}", LABELS[what], chance.choice(forms)
    phrases = ("no more than {}", "up to {}", "at most {}", "not exceeding {}", "{} or less", "max. {}", "≤ {}")
    wrongs = ("more than {}", "at least {}", "over {}", "no less than {}", "{} or more", "≥ {}")
    return Value(
        what + chance.choice((f"不超过{zh}", f"{zh}以内", f"最多{zh}", f"不大于{zh}", f"≤{zh}")),
        tuple(f"{label} {phrase.replace('{}', form)}" for phrase in phrases),
        (
            *(("comparator inverted", f"{label} {phrase.replace('{}', form)}") for phrase in wrongs),
            ("digit changed", f"{label} no more than {forms[0].replace(str(value), str(value + 2))}"),
            ("digit added", f"{label} up to {forms[0].replace(str(value), str(value * 10))}"),
        ),
    )  # fmt: skip


@kind(
    Frame("attribute-value", "{}", "{}"),
    Frame("bullet", "使用须知：{}", "Please note: {}"),
)
def at_least(chance: Random) -> Value:
    """至少8小时, 8小时以上: lower limits, with words and with signs."""
    what, unit, value, forms = chance.choice(LIMITS)
    zh, label, form = f"{value}{unit}", LABELS[what], chance.choice(forms)
    phrases = ("at least {}", "no less than {}", "{} or more", "min. {}", "≥ {}")
    wrongs = ("up to {}", "at most {}", "less than {}", "no more than {}", "{} or less", "under {}", "≤ {}")
    return Value(
        what + chance.choice((f"至少{zh}", f"不低于{zh}", f"最少{zh}", f"不少于{zh}", f"≥{zh}")),
        tuple(f"{label} {phrase.replace('{}', form)}" for phrase in phrases),
        (
            *(("comparator inverted", f"{label} {phrase.replace('{}', form)}") for phrase in wrongs),
            ("digit changed", f"{label} at least {forms[0].replace(str(value), str(value + 2))}"),
            ("digit added", f"{label} at least {forms[0].replace(str(value), str(value * 10))}"),
        ),
    )  # fmt: skip


@kind(
    Frame("bullet", "营养成分：{}", "Nutrition: {}", "Nutrition facts"),
    Frame("attribute-value", "{}", "{}"),
)
def per_unit(chance: Random) -> Value:
    """每100g含25g蛋白: so much in so much."""
    part, whole = chance.choice(((25, 100), (12, 100), (8, 30), (20, 50)))
    zh, en = chance.choice((("蛋白质", "protein"), ("膳食纤维", "dietary fiber"), ("碳水化合物", "carbohydrates")))
    right = f"{part} g of {en} per {whole} g"
    return Value(
        f"每{whole}g含{part}g{zh}",
        (
            right,
            f"{part} g {en} in every {whole} g",
            f"each {whole} g contains {part} g of {en}",
            f"{part}g {en}/{whole}g",
        ),
        (
            ("roles swapped", f"{whole} g of {en} per {part} g"),
            ("unit swapped", f"{part} mg of {en} per {whole} g"),
            ("unit swapped", f"{part} g of {en} per {whole} oz"),
            ("base lost", f"{part} g of {en}"),
            *((name, f"{text} g of {en} per {whole} g") for name, text in mistaken(part, chance, "{}")),
        ),
    )


@kind(
    Frame("description", "{}，饭后服用。", "{}, after meals."),
    Frame("bullet", "用法用量：{}", "Directions: {}"),
)
def doses(chance: Random) -> Value:
    """每天2次，每次3粒: how often and how much."""
    times, each = chance.choice(((2, 3), (3, 2), (2, 1), (1, 2), (3, 4)))
    often = {1: "once", 2: "twice"}.get(times, f"{words(times)} times")
    noun = "capsule" if each == 1 else "capsules"
    swapped = {1: "once", 2: "twice"}.get(each, f"{words(each)} times")
    other = "capsule" if times == 1 else "capsules"
    return Value(
        chance.choice((f"每天{times}次，每次{each}粒", f"每日{counted(times)}次，每次{counted(each)}粒")),
        (
            f"{each} {noun} {often} a day", f"take {words(each)} {noun} {often} daily",
            f"{often} a day, {each} {noun} each time", f"{each} {noun} per dose, {often} daily",
        ),
        (
            ("roles swapped", f"{times} {other} {swapped} a day"),
            ("digit changed", f"{each + 2} capsules {often} a day"),
            ("digit added", f"{each * 10} capsules {often} a day"),
            ("counter number changed", f"{each} {noun} {words(times + 3)} times a day"),
        ),
    )  # fmt: skip


@kind(
    Frame("attribute-value", "{}", "{}"),
    Frame("bullet", "面料成分：{}", "Fabric: {}", "Fabric"),
)
def compositions(chance: Random) -> Value:
    """95%棉 5%氨纶: shares that make a whole, in any order."""
    share = chance.choice((95, 92, 80, 65, 60))
    rest = 100 - share
    (zh, en), (other_zh, other_en) = chance.choice(
        (
            (("棉", "cotton"), ("氨纶", "spandex")),
            (("羊毛", "wool"), ("尼龙", "nylon")),
            (("粘纤", "viscose"), ("亚麻", "linen")),
        )
    )
    return Value(
        chance.choice(
            (f"{share}%{zh} {rest}%{other_zh}", f"{zh}{share}%，{other_zh}{rest}%", f"{share}%{zh}+{rest}%{other_zh}")
        ),
        (
            f"{share}% {en}, {rest}% {other_en}",
            f"{rest}% {other_en}, {share}% {en}",
            f"{en} {share}%, {other_en} {rest}%",
            f"{share} percent {en} and {rest} percent {other_en}",
        ),
        (
            ("digit changed", f"{share - 10}% {en}, {rest}% {other_en}"),
            ("digit changed", f"{share}% {en}, {rest + 3}% {other_en}"),
            ("half lost", f"{share}% {en}, {other_en}"),
            ("half lost", f"{en}, {rest}% {other_en}"),
            ("digit added", f"{share}% {en}, {rest}0% {other_en}"),
            ("unit swapped", f"{share} g {en}, {rest} g {other_en}"),
        ),
    )


@kind(
    Frame("bullet", "礼盒内含{}", "The gift box has {}", "The gift box is complete"),
    Frame("description", "套装包括{}。", "The set includes {}."),
)
def bundles(chance: Random) -> Value:
    """3瓶500ml洗发水和2瓶250ml护发素: several amounts in one sentence, in any order."""
    many, few = chance.sample((2, 3, 4, 5, 6), 2)
    large, small = chance.choice(((500, 250), (400, 200), (300, 150)))
    first, second = f"{many} {large} ml bottles of shampoo", f"{few} {small} ml bottles of conditioner"
    return Value(
        f"{many}瓶{large}ml洗发水和{few}瓶{small}ml护发素",
        (
            f"{first} and {second}",
            f"{second} and {first}",
            (
                f"{words(many)} bottles of shampoo ({large} ml each) and "
                f"{words(few)} bottles of conditioner ({small} ml each)"
            ),
        ),
        (
            ("counter number changed", f"{many + 5} {large} ml bottles of shampoo and {second}"),
            ("half lost", first),
            ("half lost", second),
            ("unit swapped", f"{many} {large} L bottles of shampoo and {second}"),
            ("digit dropped", f"{first} and {few} {small // 10} ml bottles of conditioner"),
            ("counter number lost", f"{first} and {small} ml bottles of conditioner"),
        ),
    )


KINDS = (ranges, multiplication, ratios, at_most, at_least, per_unit, doses)
