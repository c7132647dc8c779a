"""Metric measures.

A faithful target may convert to the measures of the United States; it is rounded as a shop would print it.
Factors are exact by definition: the inch is 2.54 cm, the pound 0.45359237 kg, the US gallon 231 cubic inches
(NIST Handbook 44, appendix C).
"""

from __future__ import annotations

import random

from shopglot_eval.quantity.pairs import Frame, Value, kind
from shopglot_eval.quantity.spelling import Mistake, counted, grouped, mistaken, plain, rounded, words

Random = random.Random


INCH = 2.54  # cm


FOOT = 0.3048  # m


POUND = 0.45359237  # kg


OUNCE = 28.349523125  # g


FLUID_OUNCE = 29.5735295625  # ml


SQUARE_FOOT = 0.09290304  # m2


MILE = 1.609344  # km


def measured(number: float, chance: Random, unit: str, *swapped: str, far: str = "") -> tuple[Mistake, ...]:
    """Return the mistakes that any measure invites: slips on its number, other units with the number kept.

    `far` is a conversion that used the wrong factor.
    """
    return (
        *mistaken(number, chance, f"{{}} {unit}"),
        *(("unit swapped", f"{grouped(number)} {other}") for other in swapped),
        *([("conversion wrong", far)] if far else []),
    )


@kind(
    Frame("bullet", "适合身高{}", "For heights of {}"),
    Frame("size-cell", "身高{}", "Height {}", "Height"),
)
def heights(chance: Random) -> Value:
    """160-165cm: body height, which Boston reads in feet and inches."""
    low, high = chance.choice(((155, 160), (160, 165), (165, 170), (170, 175), (175, 180)))
    (a, b), (c, d) = divmod(round(low / INCH), 12), divmod(round(high / INCH), 12)
    customary = f"{a}'{b}\"–{c}'{d}\""
    return Value(
        chance.choice((f"{low}-{high}cm", f"{low}~{high}厘米", f"{low}-{high}CM")),
        (
            f"{low}–{high} cm",
            f"{low} to {high} cm",
            customary,
            f"{low}–{high} cm ({customary})",
            f"{a}'{b}\" to {c}'{d}\"",
        ),
        (
            ("unit swapped", f"{low}–{high} in"),
            ("range end changed", f"{low}–{high + 10} cm"),
            ("range end lost", f"{low} cm"),
            ("conversion wrong", f"{a}'{b}\"–{c + 1}'{d}\""),
            ("unit swapped", f"{low}–{high} mm"),
        ),
    )


@kind(
    Frame("size-cell", "衣长{}", "Length {}", "Length"),
    Frame("bullet", "杯身高约{}", "The cup is about {} tall", "The cup is tall"),
    Frame("note", "绳子大概{}长", "The cord is about {} long.", "The cord is long."),
)
def centimeters(chance: Random) -> Value:
    """60cm, 60厘米, 60公分: lengths."""
    number = chance.choice((5, 18, 25, 30, 45, 60, 68, 96, 120, 32.5))
    inches, whole = rounded(number / INCH), round(number / INCH)
    about = (f"about {whole} in",) if abs(whole * INCH / number - 1) < 0.01 else ()  # else too rough to be faithful
    return Value(
        plain(number) + chance.choice(("cm", "厘米", "公分", " CM")),
        (
            f"{plain(number)} cm",
            f"{plain(number)} centimeters",
            f"{inches} in",
            f"{plain(number)} cm ({inches} in)",
            f"{inches} inches",
            f"{plain(number * 10)} mm",
            *about,
        ),
        (
            *measured(number, chance, "cm", "in", "mm", "m", "inches", far=f"{rounded(number * INCH)} in"),
            ("half converted", f"{plain(number)} cm ({plain(number)} in)"),
            ("unit swapped", f"{inches} cm"),
        ),
    )


@kind(
    Frame("title", "数据线 {}", "Charging cable, {}", "Charging cable"),
    Frame("bullet", "遥控距离{}", "Remote range {}", "Long remote range"),
)
def meters(chance: Random) -> Value:
    """2米, 1.5m: longer lengths."""
    number = chance.choice((1.5, 2, 3, 5, 8, 10))
    feet = rounded(number / FOOT)
    whole = number == int(number)
    rights = [f"{plain(number)} m", f"{plain(number)} meters", f"{feet} ft", f"{plain(number)} m ({feet} ft)"]
    return Value(
        (counted(int(number)) if whole and chance.random() < 0.4 else plain(number))
        + chance.choice(("米", "米", "公尺")),
        (*rights, f"{plain(number * 100)} cm", *([f"{words(int(number))} meters"] if whole else [])),
        measured(number, chance, "m", "ft", "cm", "in", "km", far=f"{rounded(number * FOOT)} ft"),
    )


@kind(
    Frame("bullet", "续航里程{}", "A range of {} per charge", "A long range per charge"),
    Frame("note", "骑了{}还有电", "I rode {} and it still had power left."),
)
def kilometers(chance: Random) -> Value:
    """80公里: distances."""
    number = chance.choice((30, 50, 80, 100, 120))
    miles = rounded(number / MILE)
    return Value(
        str(number) + chance.choice(("公里", "千米", "km")),
        (f"{number} km", f"{number} kilometers", f"{miles} miles", f"{number} km ({miles} mi)", f"{miles} mi"),
        measured(number, chance, "km", "miles", "m", "mi", far=f"{rounded(number * MILE)} miles"),
    )


@kind(
    Frame("title", "氨基酸洗发水 {}", "Amino acid shampoo, {}", "Amino acid shampoo"),
    Frame("option-value", "大瓶{}", "Large bottle, {}", "Large bottle"),
    Frame("note", "一瓶{}能用三个月", "One {} bottle lasts three months."),
)
def milliliters(chance: Random) -> Value:
    """250ml, 250毫升: volumes."""
    number = chance.choice((30, 50, 100, 150, 250, 300, 500, 750))
    ounces = rounded(number / FLUID_OUNCE)
    return Value(
        f"{number}" + chance.choice(("ml", "毫升", "mL", "ML")),
        (f"{number} ml", f"{number} mL", f"{ounces} fl oz", f"{number} ml ({ounces} fl oz)", f"{number}ml"),
        (
            *measured(number, chance, "ml", "L", "fl oz", "g", far=f"{rounded(number / FLUID_OUNCE / 2)} fl oz"),
            ("half converted", f"{number} ml ({number} fl oz)"),
        ),
    )


@kind(
    Frame("title", "电热水壶 {}", "Electric kettle, {}", "Electric kettle"),
    Frame("attribute-value", "容量{}", "Capacity {}", "Capacity"),
)
def liters(chance: Random) -> Value:
    """1.8L, 5升: larger volumes."""
    number = chance.choice((1.2, 1.5, 1.8, 2.5, 4.5, 6, 8, 12))
    quarts = rounded(number * 1000 / FLUID_OUNCE / 32)
    return Value(
        plain(number) + chance.choice(("L", "升", "l")),
        (
            f"{plain(number)} L", f"{plain(number)} liters", f"{plain(number)}-liter", f"{grouped(number * 1000)} ml",
            f"{plain(number)} L ({quarts} qt)",
        ),
        measured(number, chance, "L", "ml", "gal", "oz"),
    )  # fmt: skip


@kind(
    Frame("title", "小型犬全价粮 {}", "Complete food for small dogs, {}", "Complete food for small dogs"),
    Frame("attribute-value", "重量{}", "Weight {}", "Weight"),
    Frame("bullet", "承重{}", "Holds {}", "Strong enough for daily use"),
)
def kilograms(chance: Random) -> Value:
    """5公斤, 2.5kg: weights."""
    number = chance.choice((1.5, 2, 2.5, 5, 10, 15, 20, 50))
    pounds = rounded(number / POUND)
    return Value(
        plain(number) + chance.choice(("公斤", "kg", "千克", "KG")),
        (
            f"{plain(number)} kg",
            f"{plain(number)} kilograms",
            f"{pounds} lb",
            f"{plain(number)} kg ({pounds} lb)",
            f"{pounds} pounds",
        ),
        (
            *measured(number, chance, "kg", "lb", "g", "pounds", far=f"{rounded(number * POUND)} lb"),
            ("half converted", f"{plain(number)} kg ({plain(number)} lb)"),
        ),
    )


@kind(
    Frame("title", "冻干咖啡粉 {}", "Freeze-dried coffee, {}", "Freeze-dried coffee"),
    Frame("bullet", "单只仅重{}", "Each one weighs only {}", "Each one is light"),
)
def grams(chance: Random) -> Value:
    """180g, 180克: small weights."""
    number = chance.choice((50, 80, 100, 180, 250, 350, 500))
    ounces = rounded(number / OUNCE)
    return Value(
        f"{number}" + chance.choice(("g", "克", "G")),
        (f"{number} g", f"{number} grams", f"{ounces} oz", f"{number} g ({ounces} oz)", f"{number}g"),
        (
            *measured(number, chance, "g", "kg", "oz", "mg", far=f"{rounded(number / OUNCE * 16)} oz"),
            ("unit swapped", f"{ounces} lb"),
        ),
    )


@kind(
    Frame("bullet", "适用面积{}", "Covers {}", "Covers a large room"),
    Frame("note", "客厅{}用着刚好", "Just right for my {} living room.", "Just right for my living room."),
)
def areas(chance: Random) -> Value:
    """20㎡, 20平方米, 20平: areas."""
    number = chance.choice((15, 20, 25, 30, 40, 60))
    feet = rounded(number / SQUARE_FOOT)
    return Value(
        f"{number}" + chance.choice(("㎡", "平方米", "平米", "m²", "平方")),
        (f"{number} m²", f"{number} sq m", f"{feet} sq ft", f"{number} m² ({feet} sq ft)", f"{number} square meters"),
        measured(number, chance, "m²", "sq ft", "square feet", "cm²", far=f"{rounded(number * FOOT)} sq ft"),
    )


@kind(
    Frame("description", "测试温度为{}。", "Tested at {}."),
    Frame("bullet", "耐温{}", "Withstands {}", "Withstands heat and cold"),
)
def temperatures(chance: Random) -> Value:
    """60°C, 零下20度, -20℃: temperatures."""
    number = chance.choice((-20, -18, -5, 30, 40, 60, 85, 100, 120, 230))
    fahrenheit = plain(number * 1.8 + 32)
    if number < 0:
        zh = chance.choice((f"零下{-number}度", f"{number}℃", f"零下{-number}℃", f"{number}°C"))
    else:
        zh = chance.choice((f"{number}℃", f"{number}度", f"{number}°C", f"{number}摄氏度"))
    wrongs: list[Mistake] = [
        ("unit swapped", f"{number}°F"), ("digit changed", f"{number + 10}°C"),
        ("conversion wrong", f"{plain(number * 1.8)}°F" if number > 0 else f"{plain(32 - number * 1.8)}°F"),
        ("half converted", f"{number}°C ({number}°F)"), ("digit added", f"{number}0°C"),
    ]  # fmt: skip
    if number < 0:
        wrongs.append(("sign lost", f"{-number}°C"))
    minus = (f"−{-number}°C", f"minus {-number}°C") if number < 0 else ()
    return Value(
        zh,
        (
            *minus,
            f"{number}°C",
            f"{fahrenheit}°F",
            f"{number}°C ({fahrenheit}°F)",
            f"{number} °C",
            f"{number} degrees Celsius",
        ),
        tuple(wrongs),
    )


@kind(
    Frame("attribute-value", "尺寸{}", "Dimensions: {}", "Dimensions"),
    Frame("title", "桌面收纳盒 {}", "Desktop storage box, {}", "Desktop storage box"),
)
def dimensions(chance: Random) -> Value:
    """30×40×10cm: length, width and height."""
    sides = tuple(chance.sample((10, 12, 15, 20, 24, 30, 40, 45, 60), chance.choice((2, 3))))
    unit, zh_unit = chance.choice((("cm", "cm"), ("cm", "厘米"), ("mm", "mm")))
    inch = INCH if unit == "cm" else INCH * 10
    by = " × ".join(map(str, sides))
    inches = " × ".join(rounded(side / inch) for side in sides)
    other = [*sides]
    other[chance.randrange(len(sides))] += chance.choice((3, 8, 50))
    swapped = "mm" if unit == "cm" else "cm"
    return Value(
        chance.choice("×*xX").join(map(str, sides)) + zh_unit,
        (
            f"{by} {unit}", f"{' x '.join(map(str, sides))} {unit}", " × ".join(f"{side} {unit}" for side in sides),
            f"{inches} in", f"{by} {unit} ({inches} in)",
        ),
        (
            ("unit swapped", f"{by} in"), ("unit swapped", f"{by} {swapped}"),
            ("dimension lost", f"{' × '.join(map(str, sides[:-1]))} {unit}"),
            ("dimension changed", f"{' × '.join(map(str, other))} {unit}"),
            ("half converted", f"{by} {unit} ({by} in)"),
            ("dimension changed", f"{' x '.join(map(str, other))} {unit}"),
        ),
    )  # fmt: skip


@kind(
    Frame("bullet", "最高时速{}", "Top speed {}", "Fast"),
    Frame("attribute-value", "限速{}", "Speed limit {}", "Speed limit"),
)
def speeds(chance: Random) -> Value:
    """25km/h, 25公里/小时: speed."""
    number = chance.choice((15, 25, 30, 45))
    miles = rounded(number / 1.609344)
    return Value(
        chance.choice((f"{number}km/h", f"{number}公里/小时", f"{number}千米每小时")),
        (f"{number} km/h", f"{miles} mph", f"{number} km/h ({miles} mph)", f"{number} kph"),
        (
            ("unit swapped", f"{number} mph"), ("unit swapped", f"{number} m/s"), ("unit swapped", f"{number} km"),
            ("half converted", f"{number} km/h ({number} mph)"), *mistaken(number, chance, "{} km/h"),
        ),
    )  # fmt: skip


KINDS = (
    heights,
    centimeters,
    meters,
    kilometers,
    milliliters,
    liters,
    kilograms,
    grams,
    areas,
    temperatures,
    dimensions,
    speeds,
)
