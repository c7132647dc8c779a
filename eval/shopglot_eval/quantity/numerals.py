"""Numerals: Chinese ones, about so many, myriads, decimals, percentages, fractions, multiples."""

from __future__ import annotations

import random

from shopglot_eval.quantity.pairs import Frame, Value, kind
from shopglot_eval.quantity.spelling import chinese, counted, grouped, mistaken, plain, rounded, shaped, words

Random = random.Random


@kind(
    Frame("bullet", "由{}根竹骨手工编成", "Handwoven from {} bamboo ribs", "Handwoven from bamboo ribs"),
    Frame(
        "title", "儿童益智拼图 {}块", "Kids' educational jigsaw puzzle, {} pieces", "Kids' educational jigsaw puzzle"
    ),
    Frame("note", "老师傅一天只能做{}个，慢工出细活", "Our craftsman makes only {} a day, slowly and carefully."),
)
def chinese_numeral(chance: Random) -> Value:
    """一百二十: a count in Chinese numerals."""
    number = chance.choice((12, 15, 24, 36, 48, 60, 80, 105, 120, 150, 208, 360))
    return Value(
        chinese(number),
        (str(number), words(number)),
        (
            *mistaken(number, chance, "{}"),
            ("digit changed", words(number + 20)),
            ("digit dropped", words(number // 10)),
        ),
    )


@kind(
    Frame("description", "累计{}位设计师参与了这个系列。", "{} designers have worked on this collection."),
    Frame("bullet", "{}道工序层层把关", "{} production steps, each one checked"),
    Frame("note", "我已经回购{}次了", "I have bought this {} times."),
)
def about_tens(chance: Random) -> Value:
    """三十多: more than a round number."""
    tens = chance.choice((20, 30, 40, 50, 60, 80))
    other = chance.choice([number for number in (20, 30, 40, 50, 60, 80, 90) if number != tens])
    word = words(tens)
    return Value(
        f"{chinese(tens)}多",
        (f"more than {tens}", f"over {tens}", f"more than {word}", f"over {word}", f"{tens}-plus", f"{tens}+"),
        (
            ("digit changed", f"more than {other}"), ("digit changed", f"over {words(other)}"),
            ("digit dropped", f"more than {tens // 10}"), ("digit added", f"over {tens * 10}"),
            ("comparator inverted", f"fewer than {tens}"), ("comparator inverted", f"fewer than {word}"),
        ),
    )  # fmt: skip


@kind(
    Frame("description", "每年有{}位顾客回购。", "Every year {} customers come back to buy again."),
    Frame("note", "试过{}款面膜，这款最好用", "I have tried {} face masks, and this one is the best."),
    Frame("bullet", "{}个花色可选", "{} patterns to choose from"),
)
def vague_powers(chance: Random) -> Value:
    """几十, 数百, 上千: an order of magnitude without a number."""
    zh, right, wrongs = chance.choice(
        (
            ("几十", "dozens of", ("hundreds of", "thousands of")),
            ("几百", "hundreds of", ("dozens of", "thousands of")),
            ("数百", "several hundred", ("several thousand", "several dozen")),
            ("上千", "over a thousand", ("over a hundred", "over ten thousand")),
            ("几千", "thousands of", ("hundreds of", "millions of")),
        )
    )
    return Value(zh, (right,), tuple(("power of ten changed", wrong) for wrong in wrongs))


@kind(
    Frame("bullet", "累计销量{}件", "{} sold to date"),
    Frame("subtitle", "全网{}用户的选择", "The choice of {} users online"),
    Frame("note", "粉丝突破{}，宠粉福利来了", "We passed {} followers, so here is a thank-you."),
    Frame("bullet", "按键寿命达{}次", "Keys rated for {} presses"),
)
def myriad(chance: Random) -> Value:
    """1.5万, 十万, 3000万, 1.2亿: Chinese counts by ten thousand, English by thousand and million."""
    amount, unit, factor = chance.choice(
        ((1.5, "万", 10**4), (2.3, "万", 10**4), (10, "万", 10**4), (30, "万", 10**4), (100, "万", 10**4),
         (500, "万", 10**4), (3000, "万", 10**4), (5000, "万", 10**4), (1.2, "亿", 10**8), (3, "亿", 10**8))
    )  # fmt: skip
    value = round(amount * factor)
    written = [plain(amount)] + ([chinese(int(amount))] if amount in (10, 30, 100, 500) else [])
    rights = [grouped(value), str(value)] if value < 10**7 else [grouped(value)]
    if value < 10**6:
        rights += [f"{plain(value / 1000)} thousand", f"{plain(value / 1000)}K"]
    else:
        rights += [f"{plain(value / 10**6)} million", f"{plain(value / 10**6)}M"]
    wrongs = [
        ("myriad dropped", plain(amount)), ("ten times too much", grouped(value * 10)),
        ("ten times too little", grouped(value // 10)), ("myriad read as thousand", f"{plain(amount)} thousand"),
    ]  # fmt: skip
    if unit == "万":
        wrongs.append(("myriad read as million", f"{plain(amount)} million"))
    else:
        wrongs.append(("hundred million read as billion", f"{plain(amount)} billion"))
    return Value(chance.choice(written) + unit, tuple(rights), tuple(wrongs))


@kind(
    Frame("attribute-value", "{}", "{}"),
    Frame("bullet", "实测数值：{}", "Measured value: {}", "Measured value"),
)
def decimals(chance: Random) -> Value:
    """厚0.8mm, pH5.5: numbers with a decimal point."""
    number, zh, shapes = chance.choice(
        (
            (5.5, "pH{}", ("pH {}", "pH{}", "a pH of {}")),
            (0.8, "{}mm", ("{} mm", "{} millimeters")),
            (1.25, "{}毫米", ("{} mm", "{} millimeters")),
            (2.4, "{}cm", ("{} cm", "{} centimeters")),
            (6.8, "pH值{}", ("pH {}", "a pH of {}")),
        )
    )
    extra = (("unit converted", f"{rounded(2.4 / 2.54)} in"),) if number == 2.4 else ()
    return Value(
        zh.replace("{}", plain(number)),
        shaped(plain(number), *shapes) + tuple(text for _, text in extra),
        mistaken(number, chance, *shapes),
    )


@kind(
    Frame("attribute-value", "棉含量{}", "Cotton content {}"),
    Frame("attribute-value", "果汁含量{}", "Fruit juice content {}"),
    Frame("bullet", "UPF50+ 阻隔{}紫外线", "UPF 50+, blocks {} of UV rays", "UPF 50+, blocks UV rays"),
    Frame("bullet", "约{}的用户给出好评", "About {} of customers left good reviews"),
)
def percent(chance: Random) -> Value:
    """百分之五, 95%, 99.9%: percentages in signs and in words."""
    number = chance.choice((2, 5, 8, 10, 20, 80, 85, 95, 98, 0.5, 99.9))
    number_zh = f"{plain(number)}%"
    if number == int(number) and chance.random() < 0.5:
        number_zh = f"百分之{chinese(int(number))}"
    rights = [f"{plain(number)}%", f"{plain(number)} percent"]
    if number == int(number):
        rights.append(f"{words(int(number))} percent")
    return Value(
        number_zh,
        tuple(rights),
        (*mistaken(number, chance, "{}%", "{} percent"), ("unit swapped", f"{plain(number)} g")),
    )


@kind(
    Frame("bullet", "体积仅为普通款的{}", "Only {} the size of a regular model"),
    Frame("note", "价格只要专柜的{}", "It costs only {} of the counter price."),
    Frame("description", "每次用量约为一瓶的{}。", "Each use takes about {} of a bottle."),
)
def fractions(chance: Random) -> Value:
    """三分之一, 3/4: fractions in words and in figures."""
    top, bottom, forms = chance.choice(
        (
            (1, 3, ("one third", "a third", "1/3")),
            (1, 4, ("one quarter", "a quarter", "1/4", "one fourth")),
            (3, 4, ("three quarters", "3/4", "three-fourths")),
            (2, 3, ("two thirds", "2/3", "two-thirds")),
            (1, 5, ("one fifth", "1/5")),
            (2, 5, ("two fifths", "2/5")),
        )
    )
    zh = chance.choice((f"{chinese(bottom)}分之{chinese(top)}", f"{top}/{bottom}"))
    return Value(
        zh,
        forms,
        (
            ("fraction changed", f"{top}/{bottom + 3}"), ("fraction turned over", f"{bottom}/{top}"),
            ("fraction changed", "half"), ("fraction changed", "one tenth"),
        ),
    )  # fmt: skip


@kind(
    Frame("bullet", "容量是普通款的{}", "{} the capacity of the regular model"),
    Frame("description", "吸水量可达自身重量的{}。", "It can absorb {} its own weight."),
)
def multiples(chance: Random) -> Value:
    """3倍: so many times as much."""
    number = chance.choice((2, 3, 5, 8, 10, 20))
    other = chance.choice([value for value in (2, 3, 4, 6, 9) if value != number])
    rights = [f"{number} times", f"{words(number)} times", f"{number}x"]
    rights += {2: ["twice", "double"], 3: ["triple"]}.get(number, [])
    return Value(
        f"{counted(number) if chance.random() < 0.5 else number}倍",
        tuple(rights),
        (
            ("digit changed", f"{other} times"), ("digit changed", f"{words(other)} times"),
            ("digit added", f"{number * 10} times"), ("unit swapped", f"{number}% of"), ("multiple inverted", "half"),
        ),
    )  # fmt: skip


KINDS = (chinese_numeral, about_tens, vague_powers, myriad, decimals, percent, fractions, multiples)
