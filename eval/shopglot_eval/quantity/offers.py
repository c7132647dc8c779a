"""Prices, discounts and offers. The yuan is RMB and stays RMB."""

from __future__ import annotations

import random

from shopglot_eval.quantity.pairs import Frame, Value, kind
from shopglot_eval.quantity.spelling import chinese, grouped, mistaken, nth, plain, rounded, shaped, words

Random = random.Random


YUAN = ("RMB {}", "¥{}", "{} yuan", "CNY {}", "{} RMB")


DOLLARS = 0.14  # about what a yuan is worth; a converted amount is wrong whatever the rate


@kind(
    Frame("bullet", "新客专享{}", "{} for new customers"),
    Frame("subtitle", "全场{}", "Storewide: {}"),
    Frame("note", "现在下单{}，真的划算", "Order now and get {}, a real bargain."),
)
def discounts(chance: Random) -> Value:
    """8折, 七五折: the share of the price that is left to pay, in tenths."""
    zh, paid = chance.choice(
        (
            ("8折", 80), ("八折", 80), ("7折", 70), ("9折", 90), ("七五折", 75), ("7.5折", 75), ("八八折", 88),
            ("8.5折", 85), ("9.5折", 95), ("6折", 60), ("三折", 30),
        )
    )  # fmt: skip
    off = 100 - paid
    wrongs = [
        ("discount inverted", f"{paid}% off"), ("discount inverted", f"{paid} percent off"),
        ("digit changed", f"{off + 10 if off + 10 != paid else off + 20}% off"), ("currency invented", f"${off} off"),
        ("digit added", f"{off}0% off"),
    ]  # fmt: skip
    if paid % 10 == 0:
        wrongs.append(("discount read as percent", f"{paid // 10}% off"))
    return Value(
        zh, (f"{off}% off", f"{off} percent off", f"{words(off)} percent off", f"a {off}% discount"), tuple(wrongs)
    )


@kind(
    Frame("subtitle", "清仓特价{}", "Clearance, {}", "Clearance"),
    Frame("bullet", "夏装全线{}", "All summer wear {}"),
)
def discounts_from(chance: Random) -> Value:
    """5折起, 低至3折: the best discount of a range."""
    paid = chance.choice((2, 3, 4, 6, 7))
    off = 100 - paid * 10
    return Value(
        chance.choice((f"{paid}折起", f"低至{paid}折", f"{chinese(paid)}折起")),
        (f"up to {off}% off", f"up to {off} percent off", f"as much as {off}% off"),
        (
            ("discount inverted", f"up to {paid * 10}% off"), ("discount read as percent", f"up to {paid}% off"),
            ("digit changed", f"up to {off - 5}% off"),
        ),
    )  # fmt: skip


@kind(
    Frame("subtitle", "双面绒毯 {}", "Reversible fleece blanket: {}", "Reversible fleece blanket"),
    Frame("bullet", "店铺活动：{}", "Store offer: {}", "Store offer"),
)
def spend_and_save(chance: Random) -> Value:
    """满200减30: an amount off from an amount on."""
    over, off = chance.choice(((200, 30), (300, 50), (99, 10), (100, 20), (500, 80), (199, 25), (1000, 150)))
    a, b = grouped(over), grouped(off)
    return Value(
        chance.choice((f"满{over}减{off}", f"满{over}元减{off}元", f"满{over}立减{off}")),
        (
            f"RMB {b} off orders of RMB {a} or more", f"spend ¥{a}, save ¥{b}",
            f"save {b} yuan when you spend {a} yuan",
            f"get RMB {b} off when you spend RMB {a}", f"¥{b} off orders over ¥{a}",
        ),
        (
            ("roles swapped", f"RMB {a} off orders of RMB {b} or more"), ("roles swapped", f"spend ¥{b}, save ¥{a}"),
            ("currency changed", f"${b} off orders over ${a}"), ("threshold lost", f"RMB {b} off"),
            ("discount read as percent", f"{b}% off orders over RMB {a}"),
            ("digit added", f"spend ¥{a}0, save ¥{b}" if over < 1000 else f"spend ¥{a}, save ¥{b}0"),
            *((name, f"RMB {text} off orders over RMB {a}") for name, text in mistaken(off, chance, "{}")),
        ),
    )  # fmt: skip


@kind(
    Frame("subtitle", "限时{}", "For a limited time: {}"),
    Frame("bullet", "同款{}", "Same item, {}"),
)
def buy_and_get(chance: Random) -> Value:
    """买二送一: so many free with so many."""
    buy, get = chance.choice(((2, 1), (3, 1), (1, 2), (5, 2), (3, 2), (10, 3), (4, 1)))
    many, few = words(buy), words(get)
    return Value(
        chance.choice((f"买{chinese(buy)}送{chinese(get)}", f"买{buy}送{get}", f"买{buy}赠{get}")),
        (
            f"buy {many}, get {few} free", f"buy {buy} get {get} free", f"buy {buy}, get {get} free",
            f"get {few} free when you buy {many}",
        ),
        (
            ("roles swapped", f"buy {few}, get {many} free"), ("roles swapped", f"buy {get} get {buy} free"),
            ("counter number changed", f"buy {buy + 2}, get {get} free"),
            ("counter number changed", f"buy {many}, get {words(get + 3)} free"), ("number lost", f"get {few} free"),
        ),
    )  # fmt: skip


@kind(
    Frame("subtitle", "全店{}", "Storewide: {}"),
    Frame("note", "{}，拉上闺蜜一起买", "{}, so bring your best friend."),
)
def later_items(chance: Random) -> Value:
    """第二件半价, 第2件5折, 第三件3折: a discount for a later item."""
    at = chance.choice((2, 2, 3))
    zh, off, shapes = chance.choice(
        (
            ("半价", 50, ("half price on the {} item", "50% off the {} item", "the {} item at half price")),
            ("5折", 50, ("50% off the {} item", "{} item 50% off", "half price on the {} item")),
            ("6折", 40, ("40% off the {} item", "{} item 40% off")),
            ("3折", 70, ("70% off the {} item", "{} item 70% off")),
        )
    )
    number, word = nth(at), {2: "second", 3: "third"}[at]
    return Value(
        chance.choice((f"第{chinese(at)}件{zh}", f"第{at}件{zh}")),
        (*shaped(number, *shapes), *shaped(word, *shapes)),
        (
            ("ordinal changed", f"{off}% off the {nth(at + 2)} item"),
            ("digit changed", f"{off + 15}% off the {word} item"),
            ("ordinal changed", f"{off}% off the first item"), ("discount dropped", f"the {word} item is on sale"),
            ("free instead", f"the {word} item is free"), ("digit dropped", f"{off // 10}% off the {word} item"),
        ),
    )  # fmt: skip


@kind(
    Frame("subtitle", "领券{}", "{} with a coupon", "With a coupon"),
    Frame("bullet", "下单{}", "{} when you order"),
)
def reductions(chance: Random) -> Value:
    """立减20元, 直降100元: an amount off."""
    amount = chance.choice((5, 10, 20, 30, 50, 100, 150))
    shapes = ("RMB {} off", "save ¥{}", "¥{} off", "save RMB {}", "{} yuan off")
    return Value(
        chance.choice((f"立减{amount}元", f"直降{amount}元", f"立减{amount}", f"减{amount}元")),
        shaped(str(amount), *shapes),
        (
            ("unit swapped", f"{amount}% off"), ("currency changed", f"${amount} off"),
            ("currency changed", f"save ${amount}"),
            *mistaken(amount, chance, *shapes),
        ),
    )  # fmt: skip


@kind(
    Frame("subtitle", "全国{}包邮", "Free shipping nationwide {}"),
    Frame("bullet", "{}送运费险", "Free return insurance {}"),
)
def thresholds(chance: Random) -> Value:
    """满99元包邮: from what amount on."""
    amount = chance.choice((39, 59, 88, 99, 199, 299))
    shapes = (
        "on orders over RMB {}", "on orders of ¥{} or more", "on orders of RMB {} or more", "on orders over {} yuan",
        "when you spend RMB {} or more", "for orders of at least ¥{}",
    )  # fmt: skip
    return Value(
        chance.choice((f"满{amount}元", f"满{amount}", f"订单满{amount}元")),
        shaped(str(amount), *shapes),
        (
            ("currency changed", f"on orders over ${amount}"), ("currency changed", f"on orders over {amount} dollars"),
            ("comparator inverted", f"on orders under RMB {amount}"),
            ("comparator inverted", f"on orders of up to ¥{amount}"), ("quantity omitted", "on all orders"),
            ("unit swapped", f"on orders of {amount} items"),
            *mistaken(amount, chance, *shapes),
        ),
    )  # fmt: skip


@kind(
    Frame("bullet", "到手价{}", "Final price {}", "Final price"),
    Frame("note", "才{}，学生党放心冲", "Only {}, so students can go for it.", "Students can go for it."),
    Frame("title", "真丝睡衣套装 {}", "Silk pajama set, {}", "Silk pajama set"),
)
def prices(chance: Random) -> Value:
    """99元, ¥1,299, 9.9元: prices stay in RMB."""
    amount = chance.choice((9.9, 19.9, 35, 69, 99, 129, 268, 399.5, 1299, 2599, 12800))
    number = grouped(amount)
    dollars = rounded(amount * DOLLARS)
    return Value(
        chance.choice((f"{plain(amount)}元", f"¥{number}", f"￥{plain(amount)}", f"{number}元", f"{plain(amount)}块")),
        (*shaped(number, *YUAN), f"RMB {plain(amount)}", f"¥{amount:.2f}"),
        (
            ("currency changed", f"${number}"), ("currency changed", f"{number} dollars"),
            ("currency changed", f"€{number}"),
            ("currency converted", f"${dollars}"), ("currency converted", f"USD {dollars}"),
            ("unit swapped", f"{number}%"),
            *mistaken(amount, chance, *YUAN),
        ),
    )  # fmt: skip


@kind(
    Frame("note", "我{}入手的，超值", "I got it for {}, great value."),
    Frame("note", "活动价只要{}", "On sale for only {}."),
)
def spoken_prices(chance: Random) -> Value:
    """13块9, 两千块, 三百五十块, 五毛: prices as people say them."""
    zh, amount = chance.choice(
        (("13块9", 13.9), ("9块9", 9.9), ("29块8", 29.8), ("两千块", 2000), ("三百五十块", 350), ("八十块", 80),
         ("一百二十块钱", 120), ("两百块", 200), ("五毛钱", 0.5), ("一千五百元", 1500))
    )  # fmt: skip
    number = grouped(amount)
    forms = shaped(number, *YUAN) + ((f"RMB {amount:.2f}",) if amount % 1 else ())
    return Value(
        zh,
        forms,
        (
            ("currency changed", f"${number}"), ("currency changed", f"{number} dollars"),
            ("currency converted", f"${rounded(amount * DOLLARS)}"), *mistaken(amount, chance, *YUAN),
        ),
    )  # fmt: skip


@kind(
    Frame("bullet", "市场价{}", "Market price {}", "Market price"),
    Frame("description", "这台按摩椅原价{}。", "This massage chair originally cost {}."),
)
def prices_by_myriad(chance: Random) -> Value:
    """1.2万元, 3千元: prices counted by thousand and ten thousand."""
    zh, amount = chance.choice(
        (("1.2万元", 12_000), ("3千元", 3_000), ("两万元", 20_000), ("2.58万元", 25_800), ("10万元", 100_000))
    )
    number = grouped(amount)
    return Value(
        zh,
        shaped(number, *YUAN),
        (
            ("ten times too much", f"RMB {grouped(amount * 10)}"),
            ("ten times too little", f"RMB {grouped(amount / 10)}"),
            ("currency changed", f"${number}"), ("myriad dropped", f"RMB {plain(amount / 10_000)}"),
            ("myriad read as million", f"RMB {plain(amount / 10_000)} million"), *mistaken(amount, chance, *YUAN),
        ),
    )  # fmt: skip


@kind(
    Frame("note", "这种质量一般要{}", "This quality usually costs {}."),
    Frame("attribute-value", "{}", "{}"),
)
def price_ranges(chance: Random) -> Value:
    """100-200元: from one price to another."""
    low, high = chance.choice(((100, 200), (50, 80), (300, 500), (1000, 1500)))
    a, b = grouped(low), grouped(high)
    return Value(
        chance.choice((f"{low}-{high}元", f"{low}~{high}元", f"{low}到{high}元", f"{low}元至{high}元")),
        (f"RMB {a}–{b}", f"¥{a}–¥{b}", f"RMB {a} to {b}", f"{a} to {b} yuan", f"¥{a}-{b}"),
        (
            ("range end lost", f"RMB {a}"), ("range end lost", f"¥{b}"), ("currency changed", f"${a}–${b}"),
            ("range end changed", f"RMB {a}–{grouped(high + 100)}"),
            ("range end changed", f"RMB {a} to {grouped(high * 10)}"),
            ("range start changed", f"RMB {grouped(low - 20)}–{b}"),
        ),
    )  # fmt: skip


KINDS = (
    discounts,
    discounts_from,
    spend_and_save,
    buy_and_get,
    later_items,
    reductions,
    thresholds,
    prices,
    spoken_prices,
    prices_by_myriad,
    price_ranges,
)
