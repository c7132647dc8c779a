"""How a market writes quantities: mainland measures in metric, 8折 as 20% off, money as RMB, US units beside metric.

Conversions are exact and rounded once, at the end; nothing is ever converted between currencies. What needs no form of
its own keeps `target` empty: any faithful rendering will do, and `checks.numbers` compares what it means.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from shopglot.market import Measures
from shopglot.quantity.chinese import read_chinese
from shopglot.quantity.numeral import ARABIC, value
from shopglot.quantity.phrases import prepare
from shopglot.quantity.reading import Meaning, Phrase, Reading
from shopglot.quantity.units import Unit, unit_table
from shopglot.types import Quantity

LARGE = re.compile(rf"{ARABIC}\s?[万亿]")
LARGEST = Decimal(10) ** 12  # a longer number is no quantity of a product page
# What a US reader sees beside a metric measure: the unit, where it is at least so many.
US_FORMS: dict[str, tuple[tuple[str, Decimal], ...]] = {
    "[length]": (("foot", Decimal(10)), ("inch", Decimal(0))),
    "[mass]": (("lb", Decimal(1)), ("oz", Decimal(0))),
    "[length] ** 3": (("gal", Decimal(2)), ("floz", Decimal(0))),
    "[length] ** 2": (("sqft", Decimal(0)),),
    "[temperature]": (("fahrenheit", Decimal("-Infinity")),),
}
METRIC = frozenset({"kg", "g", "mg", "cm", "mm", "m", "km", "ml", "l", "m2", "celsius"})
HAN_SYMBOLS = {"kg": "公斤", "g": "克", "cm": "厘米"}
ORDINAL_WORDS = {2: "second", 3: "third", 4: "fourth"}


def find(
    text: str,
    *,
    measures: Measures,
    english: bool,
    field: str = "",
    taken: Sequence[tuple[int, int]] = (),
) -> tuple[Quantity, ...]:
    """Return the quantities in `text` that stand clear of the `taken` spans, with the form that the market writes.

    `measures` and `english` come from the market; in the fields that `measures.us_units` names, metric measures get
    their US equivalent.
    """
    found = []
    spans = sorted(taken)
    for phrase, end in prepare(text, read_chinese(text)):
        if any(phrase.start < end and start < phrase.end for start, end in spans):
            continue
        strong = [one for one in phrase.readings if one.strong]
        bare = phrase.rule in ("plain", "letters", "code")
        if not strong or (bare and not LARGE.match(text[phrase.start : phrase.end])):
            continue
        form = (english and _packed(phrase, text)) or _form(phrase, measures, english, field)
        if strong[0].text != text[phrase.start : end] and phrase.rule == "measure":
            form = form or _once(strong[0], english)
        quantity = _quantity(text, phrase, form)
        found.append(_numeral_alone(quantity, phrase, english) if not quantity.target else quantity)
    return tuple(found)


def _once(one: Reading, english: bool) -> str:
    """Write a metric mass whose mainland twin is left out."""
    first = one.meanings[0]
    if first.unit is None or first.unit.dimension != "[mass]":
        return ""
    shown = _range(first.low, first.high)
    # In Chinese characters, for a text of symbols alone is none of the market's script.
    return first.unit.write(shown) if english else f"{shown}{HAN_SYMBOLS.get(first.unit.name, first.unit.name)}"


def _numeral_alone(quantity: Quantity, phrase: Phrase, english: bool) -> Quantity:
    """Return 1.5万人 as 1.5万, which a market that counts in thousands writes 15,000; its counter stays text."""
    match = LARGE.match(quantity.text)
    if match is None or not english or phrase.rule not in ("plain", "measure"):
        return quantity
    amount = value(match[0])
    if amount is None or amount > LARGEST:
        return quantity
    end = quantity.start + match.end()
    return replace(quantity, end=end, text=match[0], target=_large(amount))


def _quantity(text: str, phrase: Phrase, target: str) -> Quantity:
    first = next(one for one in phrase.readings if one.strong).meanings[0]
    low, high, unit = min(first.low, first.high), max(first.low, first.high), first.label
    if first.unit is not None:
        low, high, unit = _metric(first) if first.unit.system == "zh" else (low, high, first.unit.name)
    kind = KINDS.get(phrase.rule) or (_dimension(first.unit) if first.unit is not None else first.kind)
    return Quantity(
        start=phrase.start, end=phrase.end, text=text[phrase.start : phrase.end], kind=kind, low=_plain(low),
        high=_plain(high), unit=unit, target=target,
    )  # fmt: skip


DIMENSIONS = {"[mass]": "mass", "[length]": "length", "[time]": "time", "[length] ** 3": "volume"}
KINDS = {"threshold": "offer", "bundle": "offer", "nth-half": "offer", "kuai": "money"}


def _dimension(unit: Unit) -> str:
    return DIMENSIONS.get(unit.dimension, unit.dimension)


def _form(phrase: Phrase, measures: Measures, english: bool, field: str) -> str:
    """Return how the market writes a phrase, or "" where it has no way of its own."""
    amounts = [amount for one in phrase.readings for meaning in one.meanings for amount in (meaning.low, meaning.high)]
    if any(abs(amount) > LARGEST for amount in amounts):
        return ""
    write = FORMS.get(phrase.rule)
    if write is not None:
        return write(phrase.readings, measures, english)
    return _measure(phrase, measures, english, field)


def _measure(phrase: Phrase, measures: Measures, english: bool, field: str) -> str:
    first = phrase.readings[0].meanings[0]
    if first.unit is None or first.unit.dimension == "count":
        return _size(phrase, english)
    if first.unit.name == "inch" and phrase.readings[-1].text.endswith(CUN):
        return _inches(phrase, english, field in measures.us_units)
    if english and (only := _certain(phrase)):
        return only
    if first.unit.system == "zh":
        return "" if phrase.rule == "product" or len(phrase.readings) > 1 else _mainland(first, english)
    if english and field in measures.us_units and first.unit.name in METRIC and not _doubtful(phrase):
        return _with_us(phrase, first.unit)
    return ""


CUN = "寸"


def _inches(phrase: Phrase, english: bool, label: bool) -> str:
    """Write 24寸 as 24-inch, in labels as 24 in; 8-10寸 as 8–10 in. Chinese markets write 24吋."""
    if len(phrase.readings) > 1:
        return ""
    (one,) = phrase.readings
    if one.text == "一寸" or (english and one.text.endswith("英寸")):  # 每一寸肌肤 is no measure
        return ""
    meaning = one.meanings[0]
    assert meaning.unit is not None
    if not english:
        return one.text.replace("英寸", "吋").replace(CUN, "吋")
    shown = _range(meaning.low, meaning.high)
    return meaning.unit.write(shown) if label or meaning.low != meaning.high else f"{shown}-inch"


def _names(phrase: Phrase) -> set[str]:
    return {meaning.unit.name for one in phrase.readings for meaning in one.meanings if meaning.unit is not None}


def _doubtful(phrase: Phrase) -> bool:
    """Whether the unit may be another: 80g of paper weighs a square metre, 300度 may be a lens."""
    return not _names(phrase).isdisjoint(("gsm", "diopter_degree"))


def _certain(phrase: Phrase) -> str:
    """Write what English must not be left to guess: 300度 of a lens, 零下十度."""
    if len(phrase.readings) > 1:
        return ""
    first = phrase.readings[0].meanings[0]
    if first.unit is not None and first.unit.name == "diopter_degree" and "celsius" not in _names(phrase):
        low, high = (f"{amount / 100:.2f}" for amount in (first.low, first.high))
        return f"{low} D" if low == high else f"{low}–{high} D"
    if first.unit is not None and first.unit.name == "gsm" and phrase.readings[0].text.rstrip().endswith(("g", "克")):
        return f"{_range(first.low, first.high)} gsm"
    if phrase.rule == "temperature" and first.unit is not None and first.unit.name == "celsius":
        return _with_us(phrase, first.unit)
    return ""


PACKS = {"pack": "packs", "box": "boxes", "bottle": "bottles", "bag": "bags"}


def _packed(phrase: Phrase, text: str) -> str:
    """Write 106g*10包 as 106 g × 10 packs, 80抽×5包 as 80 ct × 5 packs, so that no number changes its place."""
    if phrase.rule != "product" or len(phrase.readings) != 2:
        return ""
    each, packs = phrase.readings
    one, many = each.meanings[0], packs.meanings[0]
    if one.unit is None or many.unit is None or many.unit.name not in PACKS or many.low != many.high or many.low < 2:
        return ""
    if one.unit.dimension in ("[mass]", "[length] ** 3") and one.unit.system == "metric":
        return f"{one.unit.write(_range(one.low, one.high))} × {_plain(many.low)} {PACKS[many.unit.name]}"
    if text.startswith("抽", each.end):
        return f"{_range(one.low, one.high)} ct × {_plain(many.low)} {PACKS[many.unit.name]}"
    return ""


def _size(phrase: Phrase, english: bool) -> str:
    """Write 38码 as size 38; other counters need no form."""
    (first, *more) = phrase.readings
    meaning = first.meanings[0]
    if not english or more or not first.text.rstrip().endswith("码") or meaning.unit is None:
        return ""
    of_child = 66 <= meaning.low <= 180 and meaning.unit.name == "piece"  # a height in centimetres
    if "kmh" in _names(phrase) or (not 10 <= meaning.low <= 60 and not of_child):
        return ""
    sizes = _range(meaning.low, meaning.high)
    return f"size {sizes}" if meaning.low == meaning.high else f"sizes {sizes}"


def _metric(meaning: Meaning) -> tuple[Decimal, Decimal, str]:
    """Return a mainland measure in the metric unit that suits it."""
    assert meaning.unit is not None
    to = {"jin": "kg", "liang": "g", "qian": "g", "mu": "m2"}.get(meaning.unit.name, "cm")
    low, high = (unit_table().convert(amount, meaning.unit.name, to) for amount in (meaning.low, meaning.high))
    if to in ("cm", "m2"):  # a third of a metre has no end
        low, high = (amount.quantize(Decimal("0.1"), ROUND_HALF_UP) for amount in (low, high))
    return low, high, to


def _mainland(meaning: Meaning, english: bool) -> str:
    low, high, unit = _metric(meaning)
    if not english:
        return f"{_range(low, high)}{HAN_SYMBOLS.get(unit, unit)}"
    metric = unit_table().units[unit]
    return f"{metric.write(_range(low, high))} ({_us(low, high, metric, kilograms=unit == 'kg')})"


def _with_us(phrase: Phrase, unit: Unit) -> str:
    """Write 96cm as 96 cm (37.8 in), 30×40cm as 30 × 40 cm (11.8 × 15.7 in)."""
    meanings = [one.meanings[0] for one in phrase.readings if one.strong]
    if any(meaning.unit != unit for meaning in meanings):
        return ""
    if phrase.rule != "product" and len(meanings) > 1:
        return ""
    shown = " × ".join(_range(meaning.low, meaning.high) for meaning in meanings)
    if len(meanings) == 1:
        return f"{unit.write(shown)} ({_us(meanings[0].low, meanings[0].high, unit)})"
    inches = " × ".join(_shown(*_converted(meaning.low, meaning.high, unit, "inch")) for meaning in meanings)
    return f"{unit.write(shown)} ({unit_table().units['inch'].write(inches)})"


def _us(low: Decimal, high: Decimal, unit: Unit, *, kilograms: bool = False) -> str:
    """Return the US equivalent of a metric range, in the unit that suits its size."""
    table = unit_table()
    name = next(
        name
        for name, least in US_FORMS[unit.dimension]
        if kilograms or unit.dimension == "[temperature]" or table.convert(high, unit.name, name) >= least
    )
    return table.units[name].write(_shown(*_converted(low, high, unit, name)))


def _converted(low: Decimal, high: Decimal, unit: Unit, name: str) -> tuple[Decimal, Decimal]:
    table = unit_table()
    return table.convert(low, unit.name, name), table.convert(high, unit.name, name)


def _shown(low: Decimal, high: Decimal) -> str:
    """Round to what a shop prints: one decimal, two below one, none where the decimal says nothing any more."""
    first, last = _rounded(low), _rounded(high)
    return first if first == last else f"{first}–{last}"


def _rounded(amount: Decimal) -> str:
    size = abs(amount)
    places = Decimal("0.01") if 0 < size < 1 else Decimal("0.1") if size < 60 else Decimal(1)
    rounded = amount.quantize(places, ROUND_HALF_UP)
    # 1.0 fl oz is 0.95 to 1.05; 12.0 in needs no zero to be as exact.
    return f"{rounded:f}" if 0 < size < 10 and rounded % 1 == 0 else _plain(rounded)


def _discount(readings: Sequence[Reading], measures: Measures, english: bool) -> str:
    meaning = readings[0].meanings[0]
    if not english:
        return ""
    if readings[0].text.endswith("价"):
        return "half price"
    words = f"{_range(meaning.low, meaning.high)}% off"
    return f"up to {words}" if readings[0].text.endswith("起") else words


def _threshold(readings: Sequence[Reading], measures: Measures, english: bool) -> str:
    spend, off = (one.meanings[0].low for one in readings)
    if english:
        return f"{_money(off, measures)} off orders of {_money(spend, measures)} or more"
    return f"滿{measures.money}{_plain(spend)}元減{_plain(off)}元"


def _bundle(readings: Sequence[Reading], measures: Measures, english: bool) -> str:
    buy, get = (one.meanings[0].low for one in readings)
    return f"buy {_plain(buy)}, get {_plain(get)} free" if english else ""


def _nth(readings: Sequence[Reading], measures: Measures, english: bool) -> str:
    nth = int(readings[0].meanings[0].low)
    return f"{ORDINAL_WORDS[nth]} item 50% off" if english and len(readings) > 1 and nth in ORDINAL_WORDS else ""


def _amount(readings: Sequence[Reading], measures: Measures, english: bool) -> str:
    meaning = readings[0].meanings[0]
    if meaning.kind != "money" or meaning.label != "CNY" or len(readings) > 1:
        return ""
    if not english:
        return f"{measures.money}{_range(meaning.low, meaning.high)}元"
    shown = _money(meaning.low, measures)
    return shown if meaning.low == meaning.high else f"{shown}–{_grouped(meaning.high)}"


FORMS: dict[str, Callable[[Sequence[Reading], Measures, bool], str]] = {
    "discount": _discount, "half": _discount, "threshold": _threshold, "bundle": _bundle, "nth-half": _nth,
    "money": _amount, "kuai": _amount,
}  # fmt: skip


def _money(amount: Decimal, measures: Measures) -> str:
    return f"{measures.money} {_grouped(amount)}"


def _grouped(amount: Decimal) -> str:
    if amount == int(amount):
        return f"{int(amount):,}"
    # Money has two decimals: 2.5 yuan is 2.50. More are kept as they are, never rounded.
    cents = amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{cents:,f}" if cents == amount else f"{amount.normalize():,f}"


def _large(amount: Decimal) -> str:
    for size, word in ((Decimal(10**9), "billion"), (Decimal(10**6), "million")):
        if amount >= size:
            return f"{_plain(amount / size)} {word}"
    return _grouped(amount)


def _range(low: Decimal, high: Decimal) -> str:
    return _plain(low) if low == high else f"{_plain(low)}–{_plain(high)}"


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
