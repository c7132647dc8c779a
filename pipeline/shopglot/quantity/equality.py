"""When two meanings are the same: 80斤 is 40 kg and 88 lb, 10 ml is 0.3 fl oz on a label, 一打 is 12, 3/4 is 75%."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from shopglot.quantity.reading import PAID, Kind, Meaning, Reading

# How far a converted value may be from the exact one: half of its last place as written; up to a whole last place
# where that is little (100 ml is printed on bottles as 3.3 fl oz as well as 3.4), never more than these shares.
ROUNDED = Decimal("0.035")
METRIC = Decimal("0.01")
NUMBERS = frozenset({"count", "ordinal", "magnitude"})
# What a shopper tells apart. "Pack", "piece" and "set" go with anything.
CONTAINERS = frozenset({"bottle", "box", "bag", "roll", "jar"})
LIKE = {frozenset({"bottle", "jar"}), frozenset({"box", "jar"}), frozenset({"bag", "box"})}
OPPOSED = ({"spend", "off"}, {"buy", "get"})


def same(source: Reading, target: Reading) -> bool:
    """Whether two readings mean the same amount in the same role; bounds are compared apart."""
    if source.role and target.role and any({source.role, target.role} == pair for pair in OPPOSED):
        return False
    return any(equal(one, other) for one in source.meanings for other in target.meanings)


def equal(one: Meaning, other: Meaning) -> bool:
    """Whether two meanings are the same amount, converted and rounded as shops do."""
    if one.kind in NUMBERS and other.kind in NUMBERS:
        return _counts_equal(one, other)
    if (one.kind, other.kind) == ("discount", "percent"):
        return False  # "20%" does not say that it comes off; but for 百分之二十 of an offer "20% off" may be right
    compare = EQUALITIES.get(frozenset((one.kind, other.kind)))
    if compare is None:
        return one.kind == other.kind and (one.low, one.high, one.label) == (other.low, other.high, other.label)
    # A pair of two kinds is compared in the order of their names: code and count, count and date.
    return compare(one, other) if one.kind <= other.kind else compare(other, one)


def _percent_of(count: Meaning, percent: Meaning) -> bool:
    below = count.high <= 1
    return below and _close(percent.low, count.low * 100) and _close(percent.high, count.high * 100)


def _percent_off(discount: Meaning, percent: Meaning) -> bool:
    return (discount.low, discount.high) == (percent.low, percent.high)


def _in_words(count: Meaning, ratio: Meaning) -> bool:
    # 4:3 is "4 to 3"; diluting 200 times is 1:200.
    return (ratio.low, ratio.high) == (count.low, count.high) or (ratio.low == 1 and count.low == ratio.high)


def _proof(measure: Meaning, percent: Meaning) -> bool:
    same_amount = (measure.low, measure.high) == (percent.low, percent.high)
    return measure.unit is not None and measure.unit.dimension == "alcohol" and same_amount


def _in_date(count: Meaning, date: Meaning) -> bool:
    return date.label.rstrip("-") == f"{count.low:f}" and count.low == count.high


def _clocks_equal(one: Meaning, other: Meaning) -> bool:
    turn = 720 if "12h" in (one.label, other.label) else 1440
    return one.low % turn == other.low % turn


def _rates_equal(one: Meaning, other: Meaning) -> bool:
    return one.label == other.label and abs(one.low - other.low) <= abs(one.low) * METRIC


def _american(code: Meaning, count: Meaning) -> bool:
    return code.label == "US size" and _is_american(count.low, code.low)


def _is_american(chinese: Decimal, american: Decimal) -> bool:
    """Whether an American size is what a Chinese one comes to: shoes from 34, rings below."""
    if chinese >= 34:
        return 30 <= chinese - american <= 34
    return abs(chinese / 2 - american) <= Decimal("0.5")


def _close(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) < Decimal("0.5")


def _counts_equal(one: Meaning, other: Meaning) -> bool:
    a, b = one.unit, other.unit
    if _counts_apart(one, other):
        return False
    if a is not None and b is not None and a.factor != b.factor:
        return (a.base(one.low), a.base(one.high)) == (b.base(other.low), b.base(other.high))
    if (one.low, one.high) == (other.low, other.high):
        return True
    fractional = one.low == one.high and other.low == other.high and one.low != int(one.low)
    if fractional and abs(one.low - other.low) < Decimal("0.005"):
        return True  # 1/3 and 0.33
    # 一打 is 12, 两双 is four socks: a pair on one side, plain numbers on the other.
    return _base(one) == _base(other)


def _counts_apart(one: Meaning, other: Meaning) -> bool:
    """Whether what is counted differs: 满39 is no 39 items, two boxes are no bottles, 每天2次 is no two capsules."""
    names = {meaning.unit.name for meaning in (one, other) if meaning.unit is not None}
    if PAID in (one.label, other.label) and names:
        return True
    if len(names) < 2:
        return False
    return (names <= CONTAINERS and frozenset(names) not in LIKE) or "time" in names


def _base(meaning: Meaning) -> tuple[Decimal, Decimal]:
    unit = meaning.unit
    return (meaning.low, meaning.high) if unit is None else (unit.base(meaning.low), unit.base(meaning.high))


def _dates_equal(one: Meaning, other: Meaning) -> bool:
    parts = zip(one.label.split("-"), other.label.split("-"), strict=True)
    return all(not part or part == counterpart for part, counterpart in parts)


def _measures_equal(one: Meaning, other: Meaning) -> bool:
    if one.unit is None or other.unit is None or one.unit.dimension != other.unit.dimension:
        return False
    if one.unit.name == other.unit.name or (one.unit.factor, one.unit.offset) == (other.unit.factor, other.unit.offset):
        return (one.low, one.high) == (other.low, other.high)
    return _rounds_to(one, other)


def _rounds_to(exact: Meaning, rounded: Meaning) -> bool:
    """Whether `rounded` is what `exact` comes to in its unit, rounded as it is written."""
    assert exact.unit is not None
    assert rounded.unit is not None
    loose = "metric" not in (exact.unit.system, rounded.unit.system) or exact.unit.system != rounded.unit.system
    loose = loose or exact.unit.dimension == "[time]"
    for low, given in ((exact.low, rounded.low), (exact.high, rounded.high)):
        wanted = (exact.unit.base(low) - rounded.unit.offset) / rounded.unit.factor
        place = Decimal(1).scaleb(_exponent(given))
        off, near = abs(wanted - given), abs(wanted) * (ROUNDED if loose else METRIC)
        # 10 ml is 0.3 fl oz on a label; but four jin are not 4 lb.
        printed = loose and place < 1 and off <= place / 2
        if loose and given >= 100 and off * 100 <= abs(wanted):
            continue  # about 320 sq ft
        if exact.unit.dimension == "[temperature]":
            oven = given >= 200 and given % 5 == 0  # 180°C is 350°F in every cookbook
            printed = off <= (7 if oven and loose else 1)
        if not printed and (off > place or off > near):
            return False
    return True


def _exponent(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return min(exponent, 0) if isinstance(exponent, int) else 0


# How meanings of one kind, or of two, are compared; what is not here has to be the same.
EQUALITIES: dict[frozenset[Kind], Callable[[Meaning, Meaning], bool]] = {
    frozenset({"measure"}): _measures_equal,
    frozenset({"date"}): _dates_equal,
    frozenset({"clock"}): _clocks_equal,
    frozenset({"rate"}): _rates_equal,
    frozenset({"count", "date"}): _in_date,
    frozenset({"count", "percent"}): _percent_of,
    frozenset({"discount", "percent"}): _percent_off,
    frozenset({"count", "ratio"}): _in_words,
    frozenset({"measure", "percent"}): _proof,
    frozenset({"code", "count"}): _american,
}
