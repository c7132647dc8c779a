"""Names with numbers that are no quantity, and number characters that count nothing."""

from __future__ import annotations

import random
from collections.abc import Sequence

from shopglot_eval.quantity.pairs import Frame, Value, kind

Random = random.Random


Named = tuple[str, tuple[str, ...], tuple[str, ...]]  # the Chinese, faithful forms, altered ones


NAMES: dict[str, tuple[Named, ...]] = {
    "steels": (
        (
            "304不锈钢",
            ("304 stainless steel", "stainless steel (304)", "SUS 304 stainless steel"),
            ("316 stainless steel", "301 stainless steel", "30 stainless steel", "304 g stainless steel"),
        ),
        ("316不锈钢", ("316 stainless steel", "stainless steel 316"), ("304 stainless steel", "361 stainless steel")),
        (
            "316L不锈钢",
            ("316L stainless steel",),
            ("304 stainless steel", "316 liter stainless steel", "360L stainless steel"),
        ),
        (
            "6063铝合金",
            ("6063 aluminum alloy", "6063 aluminum"),
            ("6061 aluminum alloy", "6,630 aluminum alloy", "603 aluminum"),
        ),
    ),
    "standards": (
        (
            "蓝牙5.3",
            ("Bluetooth 5.3", "Bluetooth v5.3"),
            ("Bluetooth 5.0", "Bluetooth 5", "Bluetooth 53", "Bluetooth 3.5"),
        ),
        ("USB 3.0", ("USB 3.0",), ("USB 2.0", "USB 30", "USB 3.2")),
        ("WiFi 6", ("Wi-Fi 6", "WiFi 6"), ("Wi-Fi 5", "Wi-Fi 60")),
        ("5G网络", ("5G network", "5G"), ("4G network", "5 GB network", "50G network")),
        ("HDMI 2.1", ("HDMI 2.1",), ("HDMI 1.2", "HDMI 2.0", "HDMI 21")),
        (
            "IPX7防水",
            ("IPX7 waterproof", "IPX7 water resistance"),
            ("IPX4 waterproof", "IPX8 waterproof", "IP67 waterproof"),
        ),
    ),
    "devices": (
        ("iPhone 15", ("iPhone 15",), ("iPhone 14", "iPhone 5", "iPhone 51")),
        ("iPhone 15 Pro Max", ("iPhone 15 Pro Max",), ("iPhone 13 Pro Max", "iPhone 16 Pro Max", "iPhone Pro Max")),
        (
            "RTX4060显卡",
            ("RTX 4060 graphics card", "RTX4060 graphics card"),
            ("RTX 4090 graphics card", "RTX 406 graphics card"),
        ),
        ("Mate 60", ("Mate 60",), ("Mate 50", "Mate 600", "Mate 6")),
        (
            "18650锂电池",
            ("18650 lithium battery", "18650 lithium-ion cell"),
            ("16850 lithium battery", "1865 lithium battery"),
        ),
    ),
    "papers": (
        ("A4打印纸", ("A4 printer paper", "A4 paper"), ("A3 printer paper", "A5 paper")),
        ("A5笔记本", ("A5 notebook",), ("A4 notebook", "A6 notebook")),
        (
            "B5活页本",
            ("B5 loose-leaf notebook", "B5 binder notebook"),
            ("A5 loose-leaf notebook", "B6 loose-leaf notebook"),
        ),
        ("2B铅笔", ("2B pencil", "2B pencils"), ("2H pencil", "HB pencil", "4B pencil")),
        ("5号电池", ("AA battery", "AA batteries"), ("AAA battery", "C battery", "D battery")),
    ),
    "precious_metals": (
        (
            "足金999",
            ("999 pure gold", "999 gold", "24K gold (999)"),
            ("990 gold", "99 gold", "18K gold (999)", "916 gold"),
        ),
        ("18K金", ("18K gold", "18-karat gold", "18k gold"), ("14K gold", "24K gold", "18,000 gold", "18 kg gold")),
        ("S925银", ("S925 silver", "925 silver", "925 sterling silver"), ("S990 silver", "952 silver", "S92 silver")),
        (
            "1克拉莫桑石",
            ("1-carat moissanite", "1 ct moissanite", "one-carat moissanite"),
            ("1 gram moissanite", "10-carat moissanite", "2-carat moissanite"),
        ),
        (
            "50分钻石",
            ("0.5-carat diamond", "50-point diamond", "0.50 ct diamond"),
            ("50-carat diamond", "5-carat diamond", "0.05-carat diamond"),
        ),
    ),
}


def named(chance: Random, names: Sequence[Named]) -> Value:
    """Return one of the names; its number may not change, though it counts nothing."""
    zh, rights, wrongs = chance.choice(names)
    return Value(zh, rights, tuple(("number in a name changed", wrong) for wrong in wrongs))


@kind(
    Frame("title", "{}材质，经久耐用", "Made of {} to last"),
    Frame("attribute-value", "{}", "{}"),
)
def steels(chance: Random) -> Value:
    """304不锈钢: grades of metal."""
    return named(chance, NAMES["steels"])


@kind(
    Frame("bullet", "支持{}", "Supports {}"),
    Frame("attribute-value", "{}", "{}"),
)
def standards(chance: Random) -> Value:
    """蓝牙5.3, USB 3.0: versions of standards."""
    return named(chance, NAMES["standards"])


@kind(
    Frame("bullet", "兼容{}", "Compatible with {}"),
    Frame("attribute-value", "{}", "{}"),
)
def devices(chance: Random) -> Value:
    """Models of devices: iPhone 15."""
    return named(chance, NAMES["devices"])


@kind(
    Frame("title", "{} 学生办公用", "{} for school and office"),
    Frame("bullet", "随箱附送{}", "Comes with {}"),
)
def papers(chance: Random) -> Value:
    """A4, 2B, 5号电池: formats by name. A Chinese No. 5 cell is an AA cell."""
    return named(chance, NAMES["papers"])


@kind(
    Frame("title", "{} 简约项链", "Minimalist necklace, {}", "Minimalist necklace"),
    Frame("attribute-value", "{}", "{}"),
)
def precious_metals(chance: Random) -> Value:
    """足金999, 18K金: fineness and carats."""
    return named(chance, NAMES["precious_metals"])


@kind(
    Frame("title", "{}", "{}"),
    Frame("bullet", "{}", "{}"),
)
def no_quantity(chance: Random) -> Value:
    """一次性, 百搭, 千鸟格: number characters that count nothing; only an invented quantity is wrong here."""
    zh, rights = chance.choice(
        (
            ("一次性手套", ("Disposable gloves", "Single-use gloves")),
            ("百搭小白鞋", ("Go-with-everything white sneakers", "Versatile white sneakers")),
            ("千鸟格半身裙", ("Houndstooth skirt",)),
            ("三明治早餐机", ("Breakfast sandwich maker",)),
            ("一字肩上衣", ("Off-the-shoulder top",)),
            ("双肩包 大容量", ("Roomy backpack", "Large-capacity backpack")),
            ("连体泳衣", ("One-piece swimsuit", "Swimsuit")),
            ("四季可穿开衫", ("Cardigan for all four seasons", "Year-round cardigan")),
            ("五香牛肉干", ("Five-spice beef jerky",)),
            ("百褶裙 高腰", ("High-waisted pleated skirt",)),
            ("一脚蹬乐福鞋", ("Slip-on loafers",)),
            ("十字绣材料包", ("Cross-stitch kit",)),
            ("两面穿外套", ("Reversible jacket",)),
            ("半高领打底衫", ("Mock-neck base layer",)),
            ("七分袖衬衫", ("Three-quarter-sleeve shirt", "3/4-sleeve shirt")),
            ("九分裤 直筒", ("Straight ankle-length pants", "Straight cropped pants")),
            ("万向轮登机箱", ("Carry-on with spinner wheels",)),
            ("一键启动破壁机", ("One-touch high-speed blender", "High-speed blender with one-touch start")),
            ("姐妹们一定要试试", ("Ladies, you have to try this one",)),
            ("十分推荐", ("Highly recommended",)),
        )
    )  # fmt: skip
    return Value(zh, rights, ())


KINDS = (steels, standards, devices, papers, precious_metals, no_quantity)
