"""Technical ratings: power, charge, storage, light, noise, marks on a bottle."""

from __future__ import annotations

import random
from collections.abc import Sequence

from shopglot_eval.quantity.pairs import Frame, Value, kind
from shopglot_eval.quantity.spelling import grouped, mistaken, plain, shaped

Random = random.Random


Rating = tuple[Sequence[float], tuple[str, ...], tuple[str, ...], tuple[str, ...]]


def rated(chance: Random, rating: Rating) -> Value:
    """Return a value of a technical rating: numbers, Chinese shapes, English shapes, shapes with the wrong unit."""
    numbers, zh, right, wrong = rating
    number = chance.choice(numbers)
    return Value(
        chance.choice(zh).replace("{}", plain(number)),
        (*shaped(plain(number), *right), grouped(number).join(right[0].split("{}"))),
        (*mistaken(number, chance, *right), *(("unit swapped", text) for text in shaped(plain(number), *wrong))),
    )


@kind(
    Frame("title", "{}充电宝 小巧便携", "{} power bank, small and portable", "Power bank, small and portable"),
    Frame("attribute-value", "电池容量{}", "Battery capacity {}", "Battery capacity"),
)
def batteries(chance: Random) -> Value:
    """5000mAh: charge."""
    number = chance.choice((2000, 5000, 10000, 20000))
    return Value(
        chance.choice((f"{number}mAh", f"{number}毫安", f"{number}毫安时")),
        (f"{number}mAh", f"{number:,} mAh", f"{number} mAh", f"{number:,}mAh", f"{number // 1000} Ah"),
        (*mistaken(number, chance, "{} mAh"), ("unit swapped", f"{number} Ah"), ("unit swapped", f"{number} Wh")),
    )


@kind(
    Frame("bullet", "支持{}", "Supports {}"),
    Frame("title", "氮化镓充电器 {}", "GaN charger, {}", "GaN charger"),
)
def fast_charging(chance: Random) -> Value:
    """65W快充: power."""
    return rated(
        chance,
        (
            (18, 20, 33, 65, 67, 120), ("{}W快充", "{}瓦快充", "{}w闪充"),
            ("{}W fast charging", "{} W fast charging", "{}-watt fast charging"),
            ("{} kW fast charging", "{} V fast charging", "{} mW fast charging"),
        ),
    )  # fmt: skip


@kind(
    Frame("attribute-value", "额定功率{}", "Rated power {}", "Rated power"),
    Frame("title", "大风力吹风机 {}", "Powerful hair dryer, {}", "Powerful hair dryer"),
)
def power(chance: Random) -> Value:
    """2200W: power of a household device; the same in kilowatts is right."""
    number = chance.choice((800, 1200, 1500, 1800, 2200))
    return Value(
        chance.choice((f"{number}W", f"{number}瓦")),
        (f"{number} W", f"{number:,} W", f"{number} watts", f"{plain(number / 1000)} kW", f"{number}W"),
        (*mistaken(number, chance, "{} W"), ("unit swapped", f"{number} kW"), ("unit swapped", f"{number} V")),
    )


@kind(
    Frame("option-value", "{}", "{}"),
    Frame("title", "智能手机 {} 全网通", "Unlocked smartphone, {}", "Unlocked smartphone"),
)
def storage(chance: Random) -> Value:
    """256GB, 12+256G, 1TB: memory and storage."""
    ram, disk = chance.choice(((8, 128), (8, 256), (12, 256), (16, 512)))
    if chance.random() < 0.5:
        return Value(
            chance.choice((f"{ram}+{disk}G", f"{ram}GB+{disk}GB", f"{ram}G+{disk}G")),
            (f"{ram} GB + {disk} GB", f"{ram}GB+{disk}GB", f"{ram} GB RAM, {disk} GB storage", f"{ram}GB/{disk}GB"),
            (
                ("digit changed", f"{ram} GB + {disk * 2} GB"), ("digit changed", f"{ram * 2} GB + {disk} GB"),
                ("half lost", f"{disk} GB"), ("unit swapped", f"{ram} GB + {disk} MB"), ("sum", f"{ram + disk} GB"),
                ("digit dropped", f"{ram} GB + {disk // 10} GB"),
            ),
        )  # fmt: skip
    numbers = (32, 64, 128, 256, 512)
    return rated(chance, (numbers, ("{}GB", "{}G内存", "{}G存储"), ("{} GB", "{}GB"), ("{} MB", "{} TB", "{} kB")))


@kind(
    Frame("attribute-value", "额定电压{}", "Rated voltage {}", "Rated voltage"),
    Frame(
        "bullet", "{}家用电源即插即用", "Plugs straight into {} household power", "Plugs straight into household power"
    ),
)
def voltages(chance: Random) -> Value:
    """220V: a voltage, which no conversion changes."""
    return rated(chance, ((110, 220, 380), ("{}V", "{}伏"), ("{} V", "{}V", "{} volts"), ("{} W", "{} kV", "{} A")))


@kind(
    Frame("title", "家用投影仪 {}", "Home projector, {}", "Home projector"),
    Frame("bullet", "支持{}画质输出", "Supports {} output", "Supports sharp output"),
)
def screens(chance: Random) -> Value:
    """4K 60Hz, 1080P: definition and refresh rate."""
    zh, rights, wrongs = chance.choice(
        (
            (
                "4K 60Hz",
                ("4K 60Hz", "4K at 60 Hz", "4K/60 Hz", "4K @ 60Hz"),
                ("8K 60 Hz", "4K at 30 Hz", "4K 60 GHz", "4K", "60 Hz"),
            ),
            ("2K 144Hz", ("2K 144Hz", "2K at 144 Hz"), ("4K at 144 Hz", "2K at 114 Hz", "2K at 14 Hz", "2K")),
            ("1080P", ("1080p", "1080P", "Full HD (1080p)"), ("4K", "720p", "10,080p", "108p")),
            ("4K 120赫兹", ("4K at 120 Hz", "4K 120Hz"), ("4K at 12 Hz", "4K at 240 Hz", "2K at 120 Hz", "120 Hz")),
        )
    )
    return Value(zh, rights, tuple(("digit changed", wrong) for wrong in wrongs))


@kind(
    Frame("bullet", "后置{}主摄", "{} main rear camera", "Main rear camera"),
    Frame("title", "高清数码相机 {}", "HD digital camera, {}", "HD digital camera"),
)
def pixels(chance: Random) -> Value:
    """5000万像素: fifty megapixels."""
    myriads = chance.choice((800, 1200, 1600, 2000, 4800, 5000, 6400, 10800))
    number = myriads // 100
    return Value(
        chance.choice((f"{myriads}万像素", f"{myriads}万像素", f"{myriads}W像素")),
        (f"{number} MP", f"{number}MP", f"{number}-megapixel", f"{number} megapixel"),
        (
            ("myriad read as million", f"{myriads} MP"), ("ten times too little", f"{plain(number / 10)} MP"),
            ("ten times too much", f"{number * 10} MP"), ("digit changed", f"{number + 4}-megapixel"),
            ("myriad read as thousand", f"{myriads}K pixels"),
        ),
    )  # fmt: skip


@kind(
    Frame("title", "清爽防晒霜 {}", "Lightweight sunscreen, {}", "Lightweight sunscreen"),
    Frame("attribute-value", "防晒指数{}", "Sun protection {}", "Sun protection"),
)
def sun_protection(chance: Random) -> Value:
    """SPF50+ PA++++: both marks as they are."""
    factor, plus, marks = chance.choice(
        ((50, "+", "++++"), (50, "+", "+++"), (30, "", "+++"), (15, "", "++"), (35, "", "+++"))
    )
    other = chance.choice([number for number in (15, 20, 30, 50) if number != factor])
    fewer = "+++" if marks != "+++" else "++++"
    return Value(
        chance.choice(
            (f"SPF{factor}{plus} PA{marks}", f"SPF{factor}{plus}/PA{marks}", f"SPF {factor}{plus} PA{marks}")
        ),
        (
            f"SPF {factor}{plus} PA{marks}",
            f"SPF{factor}{plus} PA{marks}",
            f"SPF {factor}{plus}, PA{marks}",
            f"SPF {factor}{plus} / PA{marks}",
        ),
        (
            ("SPF changed", f"SPF {other} PA{marks}"),
            ("PA changed", f"SPF {factor}{plus} PA{fewer}"),
            ("digit added", f"SPF {factor}0 PA{marks}"),
            ("PA lost", f"SPF {factor}{plus}"),
            ("SPF lost", f"PA{marks}"),
        ),
    )


@kind(
    Frame("bullet", "可选镜片度数：{}", "Lens power: {}"),
    Frame("attribute-value", "{}", "{}"),
)
def diopters(chance: Random) -> Value:
    """近视300度: hundredths of a diopter."""
    degrees = chance.choice((100, 150, 200, 300, 400, 600))
    power_of_lens = f"{degrees / 100:.2f}"
    return Value(
        f"近视{degrees}度",
        (
            f"-{power_of_lens} D",
            f"−{power_of_lens} diopters",
            f"myopia -{power_of_lens} D",
            f"-{power_of_lens} diopters",
        ),
        (
            ("decimal point moved", f"-{plain(degrees / 10)} D"),
            ("decimal point moved", f"-{degrees / 1000:.2f} D"),
            ("digit changed", f"-{degrees / 100 + 0.5:.2f} D"),
            ("unit swapped", f"{degrees}°C"),
            ("conversion wrong", f"-{degrees} D"),
            ("digit changed", f"myopia -{degrees / 100 + 1:.2f} diopters"),
        ),
    )


RATINGS: dict[str, Rating] = {
    "rotations": (
        (800, 1200, 1400, 22000, 35000),
        ("{}转/分钟", "{}转每分", "{}rpm"),
        ("{} rpm", "{} RPM"),
        ("{} km/h", "{} Hz", "{} revolutions per hour"),
    ),
    "lights": (
        (300, 800, 1000, 2500),
        ("{}流明", "{}lm"),
        ("{} lumens", "{} lm", "{}-lumen"),
        ("{} lux", "{} W", "{} K"),
    ),
    "pressures": ((15, 20), ("{}Bar", "{}巴"), ("{} bar", "{}-bar"), ("{} psi", "{} Pa", "{} MPa")),
    "noises": ((25, 30, 38, 40, 65), ("{}分贝", "{}dB"), ("{} dB", "{} decibels"), ("{} Hz", "{} W")),
    "angles": (
        (90, 180, 270, 360),
        ("{}度旋转", "{}°旋转"),
        ("{}° rotation", "{}-degree rotation"),
        ("{}°C rotation", "{}% rotation", "{} rotations"),
    ),
    "energies": (
        (45, 90, 120, 350),
        ("{}大卡", "{}千卡", "{}kcal"),
        ("{} kcal", "{} calories", "{} Calories"),
        ("{} kJ", "{} g", "{} J"),
    ),
    "alcohol": (
        (38, 42, 52, 53),
        ("酒精度{}度", "酒精度数{}度", "{}%vol"),
        ("{}% ABV", "{}% alcohol by volume", "{}% alc./vol."),
        ("{}°C", "{} proof", "{}°F"),
    ),
}


@kind(
    Frame("attribute-value", "转速{}", "Speed {}", "Speed"),
    Frame("bullet", "电机{}高速运转", "The motor spins at {}", "Fast motor"),
)
def rotations(chance: Random) -> Value:
    """1200转/分: rotations by the minute."""
    return rated(chance, RATINGS["rotations"])


@kind(
    Frame("title", "强光手电筒 {}", "Bright flashlight, {}", "Bright flashlight"),
    Frame("attribute-value", "亮度{}", "Brightness {}"),
)
def lights(chance: Random) -> Value:
    """800流明: light."""
    return rated(chance, RATINGS["lights"])


@kind(
    Frame("title", "意式咖啡机 {}", "Espresso machine, {}", "Espresso machine"),
    Frame("attribute-value", "泵压{}", "Pump pressure {}"),
)
def pressures(chance: Random) -> Value:
    """20Bar: pressure."""
    return rated(chance, RATINGS["pressures"])


@kind(
    Frame("bullet", "运行噪音仅{}", "Runs at only {}", "Runs quietly"),
    Frame("attribute-value", "噪音{}", "Noise level {}", "Noise level"),
)
def noises(chance: Random) -> Value:
    """40分贝: noise."""
    return rated(chance, RATINGS["noises"])


@kind(
    Frame("bullet", "支架{}", "Stand with {}", "Sturdy stand"),
    Frame("title", "车载手机支架 {}", "Car phone mount, {}", "Car phone mount"),
)
def angles(chance: Random) -> Value:
    """360度旋转: an angle, not a temperature."""
    return rated(chance, RATINGS["angles"])


@kind(Frame("bullet", "每包仅{}", "Only {} per pack"), Frame("attribute-value", "热量{}", "Energy {}", "Energy"))
def energies(chance: Random) -> Value:
    """120大卡: food energy."""
    return rated(chance, RATINGS["energies"])


@kind(
    Frame("attribute-value", "{}", "{}"),
    Frame("title", "纯粮酿造 {}", "Brewed from whole grain, {}", "Brewed from whole grain"),
)
def alcohol(chance: Random) -> Value:
    """53度: alcohol by volume, neither heat nor proof."""
    return rated(chance, RATINGS["alcohol"])


KINDS = (
    batteries,
    fast_charging,
    power,
    storage,
    voltages,
    screens,
    pixels,
    sun_protection,
    diopters,
    rotations,
    lights,
    pressures,
    noises,
    angles,
    energies,
    alcohol,
)
