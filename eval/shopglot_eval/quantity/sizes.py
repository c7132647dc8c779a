"""Sizes of shoes, clothes, bras and rings; fabrics."""

from __future__ import annotations

import random

from shopglot_eval.quantity.measures import INCH
from shopglot_eval.quantity.pairs import Frame, Value, kind
from shopglot_eval.quantity.spelling import mistaken, rounded

Random = random.Random


@kind(
    Frame("option-value", "{}", "{}"),
    Frame("size-cell", "{}", "{}"),
    Frame("note", "我平时穿{}，这双正好", "I usually wear {} and these fit just right."),
)
def shoe_sizes(chance: Random) -> Value:
    """38码: a shoe size of the European and Chinese scale, not of the American one."""
    size = chance.choice((35, 36, 37, 38, 39, 40, 41, 42, 43, 45))
    return Value(
        f"{size}码",
        (f"size {size}", f"EU {size}", f"EU size {size}", f"size {size} (EU)"),
        (
            ("digit changed", f"size {size + 1}"), ("digit changed", f"EU {size - 1}"),
            ("system changed", f"US {size}"),
            ("system changed", f"US size {size}"), ("digits turned", f"EU {size % 10}{size // 10}"),
            ("digit dropped", f"size {size // 10}"),
        ),
    )  # fmt: skip


@kind(
    Frame("attribute-value", "{}", "{}"),
    Frame("title", "厚底帆布鞋 {}", "Platform canvas sneakers, {}", "Platform canvas sneakers"),
)
def shoe_ranges(chance: Random) -> Value:
    """35-40码: the sizes on offer."""
    low, high = chance.choice(((35, 40), (34, 39), (36, 44), (39, 46)))
    return Value(
        chance.choice((f"{low}-{high}码", f"{low}~{high}码", f"{low}码到{high}码")),
        (f"sizes {low}–{high}", f"EU {low}–{high}", f"sizes {low} to {high}", f"EU sizes {low}-{high}"),
        (
            ("range end lost", f"size {low}"), ("range end changed", f"sizes {low}–{high + 2}"),
            ("range start changed", f"EU {low + 1}–{high}"), ("system changed", f"US sizes {low}–{high}"),
        ),
    )  # fmt: skip


@kind(
    Frame("size-cell", "{}", "{}"),
    Frame("option-value", "白色 {}", "White, {}", "White"),
    Frame("attribute-value", "上衣号型{}", "Top size {}", "Top size"),
)
def garment_codes(chance: Random) -> Value:
    """170/88A: height, girth and figure of the Chinese standard GB/T 1335."""
    height, girth, figure = chance.choice(
        ((155, 80, "A"), (160, 84, "A"), (165, 88, "A"), (170, 88, "A"), (175, 92, "B"))
    )
    code = f"{height}/{girth}{figure}"
    return Value(
        code,
        (code, f"{code} (CN)", f"CN {code}"),
        (
            ("digit changed", f"{height + 5}/{girth}{figure}"), ("digit changed", f"{height}/{girth + 4}{figure}"),
            ("letter changed", f"{height}/{girth}C"), ("half lost", f"{height}"),
            ("halves swapped", f"{girth}/{height}{figure}"),
        ),
    )  # fmt: skip


@kind(
    Frame("option-value", "{}", "{}"),
    Frame("option-value", "肤色 {}", "Nude, {}", "Nude"),
    Frame("note", "我穿{}刚刚好", "{} fits me just right."),
)
def bra_sizes(chance: Random) -> Value:
    """75B: band and cup."""
    band, cup = chance.choice((70, 75, 80, 85)), chance.choice("ABCD")
    other = chance.choice([letter for letter in "ABCDE" if letter != cup])
    return Value(
        f"{band}{cup}",
        (f"{band}{cup}", f"size {band}{cup}"),
        (
            ("letter changed", f"{band}{other}"), ("digit changed", f"{band + 5}{cup}"),
            ("letter lost", f"size {band}"),
            ("digit changed", f"size {band - 5}{cup}"), ("letter changed", f"size {band}{other}"),
        ),
    )  # fmt: skip


LETTERS = ("S", "M", "L", "XL", "XXL", "3XL", "4XL")


@kind(
    Frame("title", "宽松牛仔外套 {}", "Loose denim jacket, {}", "Loose denim jacket"),
    Frame("attribute-value", "{}", "{}"),
)
def letter_ranges(chance: Random) -> Value:
    """XL-3XL: letter sizes on offer."""
    first = chance.randrange(4)
    last = chance.randrange(first + 1, 7)
    low, high = LETTERS[first], LETTERS[last]
    longer, shorter = LETTERS[(last + 1) % 7], LETTERS[first + 1]
    spelled = high.replace("3X", "XXX") if last != 6 else high
    return Value(
        f"{low}-{high}" + chance.choice(("", "码")),
        (f"{low}–{high}", f"{low} to {high}", f"sizes {low}–{high}", f"{low} to {spelled}", f"sizes {low} to {high}"),
        (
            ("size letter changed", f"{low}–{longer}"), ("size letter changed", f"{low} to {longer}"),
            ("range end lost", f"size {low}"), ("range end lost", f"size {high}"),
            *([("size letter changed", f"{shorter}–{high}")] if shorter != high else []),
        ),
    )  # fmt: skip


@kind(
    Frame("option-value", "黑色 {}码", "Black, {}", "Black"),
    Frame("note", "我穿{}码正合适", "{} is just right for me."),
    Frame("size-cell", "{}码", "{}"),
)
def letter_sizes(chance: Random) -> Value:
    """XL码: one letter size."""
    letter = chance.choice(LETTERS)
    other = chance.choice([one for one in LETTERS if one != letter])
    doubled = {"XXL": "2XL", "3XL": "XXXL"}.get(letter, letter)
    return Value(
        letter,
        (letter, f"size {letter}", f"size {doubled}"),
        (
            ("size letter changed", other), ("size letter changed", f"size {other}"),
            ("size letter changed", f"size {'X' + letter if letter.endswith('XL') and letter[0] == 'X' else other}"),
        ),
    )  # fmt: skip


@kind(
    Frame("option-value", "{}", "{}"),
    Frame("title", "莫桑石 {}", "Moissanite, {}", "Moissanite"),
)
def ring_sizes(chance: Random) -> Value:
    """12号: a ring size of the Chinese scale."""
    size = chance.choice((9, 10, 11, 12, 13, 14, 15, 16))
    zh, rights = chance.choice(
        (
            (f"戒指{size}号", (f"ring size {size}", f"ring size {size} (CN)")),
            (f"{size}号戒指", (f"size {size} ring", f"CN size {size} ring")),
        )
    )
    return Value(
        zh,
        rights,
        (
            ("digit changed", f"ring size {size + 1}"), ("digit changed", f"ring size {size - 2}"),
            ("system changed", f"US size {size} ring"), ("digit added", f"ring size {size}0"),
        ),
    )  # fmt: skip


@kind(
    Frame("size-cell", "{}", "{}"),
    Frame("option-value", "米色 {}", "Beige, {}", "Beige"),
    Frame("title", "针织开衫 {}", "Knit cardigan, {}", "Knit cardigan"),
)
def one_size(chance: Random) -> Value:
    """均码: one size for all."""
    return Value(
        chance.choice(("均码", "均码", "均一码")),
        ("one size", "one size fits most", "one-size"),
        (
            ("size changed", "size M"),
            ("size changed", "size 1"),
            ("size changed", "two sizes"),
            ("size changed", "size L"),
        ),
    )


@kind(
    Frame("size-cell", "{}", "{}"),
    Frame("bullet", "{}", "{}"),
)
def size_rows(chance: Random) -> Value:
    """M码 胸围96cm 衣长65cm: a row of a size table written in one line."""
    letter = chance.choice(("S", "M", "L", "XL"))
    bust, length = chance.choice(((88, 62), (92, 63), (96, 65), (100, 67), (104, 69)))
    other = {"S": "M", "M": "L", "L": "XL", "XL": "S"}[letter]
    in_bust, in_length = rounded(bust / INCH), rounded(length / INCH)
    return Value(
        f"{letter}码 胸围{bust}cm 衣长{length}cm",
        (
            f"Size {letter}: bust {bust} cm, length {length} cm", f"Size {letter}: length {length} cm, bust {bust} cm",
            f"Size {letter}: bust {in_bust} in, length {in_length} in",
            f"{letter}: bust {bust} cm ({in_bust} in), length {length} cm ({in_length} in)",
        ),
        (
            ("size letter changed", f"Size {other}: bust {bust} cm, length {length} cm"),
            ("digit changed", f"Size {letter}: bust {bust + 4} cm, length {length} cm"),
            ("digit dropped", f"Size {letter}: bust {bust} cm, length {length // 10} cm"),
            ("unit swapped", f"Size {letter}: bust {bust} in, length {length} in"),
            ("quantity omitted", f"Size {letter}: bust {bust} cm"),
            ("half converted", f"Size {letter}: bust {bust} cm ({bust} in), length {length} cm"),
        ),
    )  # fmt: skip


@kind(
    Frame("title", "重磅纯棉T恤 克重{}", "Heavyweight cotton T-shirt, {}", "Heavyweight cotton T-shirt"),
    Frame("attribute-value", "面料克重{}", "Fabric weight {}", "Fabric weight"),
)
def fabric_weights(chance: Random) -> Value:
    """200g/m², 230克每平方米: the weight of a fabric by its area; in 克重200g that is understood."""
    number = chance.choice((180, 200, 230, 260, 300, 320))
    return Value(
        f"{number}" + chance.choice(("g/m²", "克/平方米", "g/㎡", "克每平方米", "GSM", "g", "克")),
        (f"{number} gsm", f"{number} g/m²", f"{number} GSM", f"{number} grams per square meter"),
        (
            ("unit swapped", f"{number} kg/m²"), ("unit swapped", f"{number} oz"),
            ("unit swapped", f"{number} thread count"),
            *mistaken(number, chance, "{} gsm", "{} g/m²"),
        ),
    )  # fmt: skip


@kind(
    Frame("title", "长绒棉四件套 {}", "Long-staple cotton bedding, four-piece set, {}"),
    Frame("attribute-value", "{}", "{}"),
)
def thread_counts(chance: Random) -> Value:
    """60支, 400根: yarn counts and thread counts."""
    number, zh, shapes = chance.choice(
        ((60, "60支", ("60s yarn", "60-count", "60 count")), (80, "80支", ("80s yarn", "80-count", "80 count")),
         (40, "40支", ("40s yarn", "40-count", "40 count")), (400, "400根", ("400 thread count", "400-thread-count")),
         (600, "600根纱线密度", ("600 thread count", "600-thread-count")))
    )  # fmt: skip
    return Value(zh, shapes, mistaken(number, chance, *(shape.replace(str(number), "{}") for shape in shapes)))


KINDS = (
    shoe_sizes,
    shoe_ranges,
    garment_codes,
    bra_sizes,
    letter_ranges,
    letter_sizes,
    ring_sizes,
    one_size,
    size_rows,
    fabric_weights,
    thread_counts,
)
