"""Units: exact factors, every spelling found, files that are not as documented refused."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot.config import glossary_root
from shopglot.errors import DataError
from shopglot.quantity import read_chinese, read_english
from shopglot.quantity.reading import fixed_words, load_words
from shopglot.quantity.units import Unit, load_units, unit_table

UNITS = glossary_root() / "common" / "units.toml"
# Definitions: the international pound and yard of 1959, the mainland measures of 1929 and 1959, BIPM and NIST SP 811.
EXACT = [
    ("jin", "g", "500"), ("liang", "g", "50"), ("qian", "g", "5"), ("kg", "g", "1000"), ("t", "kg", "1000"),
    ("mg", "ug", "1000"), ("lb", "g", "453.59237"), ("oz", "g", "28.349523125"), ("lb", "oz", "16"),
    ("carat", "mg", "200"), ("carat", "diamond_point", "100"),
    ("inch", "cm", "2.54"), ("foot", "inch", "12"), ("yard", "foot", "3"), ("mile", "m", "1609.344"),
    ("yard", "m", "0.9144"), ("km", "m", "1000"), ("m", "dm", "10"), ("cm", "mm", "10"), ("um", "nm", "1000"),
    ("chi", "cun", "10"), ("zhang", "chi", "10"), ("m2", "cm2", "10000"),
    ("gal", "ml", "3785.411784"), ("gal", "qt", "4"), ("qt", "pt", "2"), ("pt", "cup", "2"), ("cup", "floz", "8"),
    ("floz", "ml", "29.5735295625"), ("l", "ml", "1000"), ("m3", "l", "1000"),
    ("hour", "minute", "60"), ("minute", "second", "60"), ("second", "ms", "1000"), ("day", "hour", "24"),
    ("week", "day", "7"), ("year", "month", "12"), ("decade", "year", "10"), ("century", "decade", "10"),
    ("kw", "w", "1000"), ("kwh", "wh", "1000"), ("kcal", "cal", "1000"), ("kcal", "kj", "4.184"), ("ah", "mah", "1000"),
    ("a", "ma", "1000"), ("kv", "v", "1000"), ("ghz", "mhz", "1000"), ("mhz", "khz", "1000"), ("khz", "hz", "1000"),
    ("tb", "gb", "1000"), ("gb", "mb", "1000"), ("mp", "px", "1000000"), ("gbps", "mbps", "1000"),
    ("mpa", "kpa", "1000"), ("kpa", "pa", "1000"), ("bar", "kpa", "100"), ("diopter", "diopter_degree", "100"),
    ("mph", "ms_speed", "0.44704"), ("dozen", "piece", "12"), ("pair", "piece", "2"),
]  # fmt: skip
NEARLY = [
    ("chi", "cm", "33.3333"), ("acre", "m2", "4046.8564"),
    ("cun", "cm", "3.3333"), ("mu", "m2", "666.6667"), ("kmh", "ms_speed", "0.2778"),
    ("psi", "kpa", "6.8948"), ("ozyd2", "gsm", "33.9057"), ("kg", "lb", "2.2046"), ("m3h", "lmin", "16.6667"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "target", "expected"), EXACT)
def test_factors(source: str, target: str, expected: str) -> None:
    """One of a unit is exactly so many of the other, by definition."""
    assert Decimal(expected) == unit_table().convert(Decimal(1), source, target).normalize()


@pytest.mark.parametrize(("source", "target", "expected"), NEARLY)
def test_factors_without_end(source: str, target: str, expected: str) -> None:
    """Where the number has no end, its first places are right."""
    assert Decimal(expected) == round(unit_table().convert(Decimal(1), source, target), 4)


@pytest.mark.parametrize(
    ("celsius", "fahrenheit"), [("0", "32"), ("100", "212"), ("37", "98.6"), ("-40", "-40"), ("30", "86")]
)
def test_temperatures(celsius: str, fahrenheit: str) -> None:
    """A temperature has a zero of its own; a step of temperature has none."""
    table = unit_table()
    assert Decimal(fahrenheit) == round(table.convert(Decimal(celsius), "celsius", "fahrenheit"), 9)
    assert Decimal(celsius) == round(table.convert(Decimal(fahrenheit), "fahrenheit", "celsius"), 9)
    assert Decimal(9) == table.convert(Decimal(5), "celsius_step", "fahrenheit_step")


def test_no_conversion_between_dimensions() -> None:
    """What measures something else is not converted, and the message names both."""
    with pytest.raises(ValueError, match=r"kg measures .*cm measures"):
        unit_table().convert(Decimal(1), "kg", "cm")


@given(
    st.decimals(-10_000, 10_000, places=3),
    st.sampled_from([(one, other) for one, other, _ in [*EXACT, *NEARLY]] + [("celsius", "fahrenheit")]),
)
def test_conversion_goes_both_ways(amount: Decimal, pair: tuple[str, str]) -> None:
    """There and back again is the same amount."""
    one, other = pair
    table = unit_table()
    assert amount == round(table.convert(table.convert(amount, one, other), other, one), 9)


def _spellings(*languages: str) -> list[tuple[str, str]]:
    content = tomllib.loads(UNITS.read_text(encoding="utf-8"))
    return [
        (name, word)
        for table in content.values()
        for name, entry in table.items()
        for language in languages
        for word in entry.get(language, ())
    ]


@pytest.mark.parametrize(("languages", "side"), [(("symbol", "zh"), "chinese"), (("symbol", "en"), "english")])
def test_every_spelling_is_known(languages: tuple[str, ...], side: str) -> None:
    """Each spelling of the file is matched whole at a place, and stands for its unit."""
    spellings = unit_table().chinese if side == "chinese" else unit_table().english
    missed = []
    for name, word in _spellings(*languages):
        match = spellings.pattern.match(word)
        if match is None or match[0] != word or name not in [unit.name for unit in spellings.units(word)]:
            missed.append((name, word))
    assert [] == missed


# Words that mean something else where nothing around them tells: a size, a temperature, a price, a multiple, a share.
APART = {"寸", "码", "度", "块", "倍", "times", "-count", "%", "％", "‰", "percent", "per cent", "pct"}


@pytest.mark.parametrize(
    ("language", "side"), [("symbol", "chinese"), ("zh", "chinese"), ("symbol", "english"), ("en", "english")]
)
def test_every_spelling_is_read(language: str, side: str) -> None:
    """25 of each unit, in each of its spellings, is a quantity that may be of that unit."""
    missed = []
    for name, word in _spellings(language):
        text = f"25{word}" if side == "chinese" or language == "symbol" else f"25 {word}"
        phrases = read_chinese(text) if side == "chinese" else read_english(text)
        meanings = [meaning for phrase in phrases for one in phrase.readings for meaning in one.meanings]
        names = {meaning.unit.name for meaning in meanings if meaning.unit is not None}
        if name not in names and word not in APART:
            missed.append((name, text))
    assert [] == missed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("500G", {"g", "gb", "ghz"}), ("30g", {"g"}), ("2M", {"m", "mb"}), ("2m", {"m"}), ("5A", {"a"}),
        ("3升", {"l"}), ("3升级", set()), ("白酒53度", {"proof", "degree"}), ("镜片300度", {"diopter_degree"}),
        ("12寸蛋糕", {"inch"}), ("腰围12寸", {"cun"}), ("布料5码", {"yard"}), ("鞋38码", {"piece"}),
    ],
)  # fmt: skip
def test_words_of_several_units(text: str, expected: set[str]) -> None:
    """Letters in capitals, the characters behind a word and the words around it tell which units it may stand for."""
    found = [one for phrase in read_chinese(text) for one in phrase.readings]
    assert expected == {meaning.unit.name for one in found for meaning in one.meanings if meaning.unit is not None}


GOOD = """
[unit.stone]
is = "14 pound"
system = "us"
symbol = ["st", "z"]
zh = ["英石"]
unless = "头"
en = ["stone", "stones"]

[unit.star]
own = "stars"
size = 2
zh = ["星"]

[counter.crate]
of = 24
zh = ["筐"]
en = ["crate", "crates"]
"""


def write(folder: Path, content: str) -> Path:
    """Write a units file."""
    path = folder / "units.toml"
    path.write_text(content, encoding="utf-8")
    return path


def test_a_file_of_units(tmp_path: Path) -> None:
    """A file gives units with their factors, their words, and the characters that make a word another one."""
    table = load_units(write(tmp_path, GOOD))
    assert {"stone", "star", "crate"} == table.units.keys()
    assert Decimal("6.35029318") == table.units["stone"].factor.normalize()
    assert Unit(name="star", dimension="stars", factor=Decimal(2)) == table.units["star"]
    assert Unit(name="crate", dimension="count", factor=Decimal(24)) == table.units["crate"]
    assert table.chinese.pattern.match("英石") is not None
    assert table.chinese.pattern.match("英石头") is None
    assert (table.units["stone"],) == table.english.units("Stones")
    assert () == table.english.units("boulder")


@pytest.mark.parametrize("content", ["", '[unit.stone]\nis = "14 pound"\nsystem = "us"\nen = ["stone"]'])
def test_a_file_without_letters(content: str, tmp_path: Path) -> None:
    """A file need not have a unit of a single letter, nor any unit at all."""
    assert load_units(write(tmp_path, content)).english.pattern.match("z") is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[unit.x", "units.toml"),
        ("[units.x]\nis = 'gram'", "units"),
        ("[unit.brick]\nis = 'gram'\nsystem = 'metric'\ncolour = 'red'", "brick"),
        ("[unit]\nbrick = 5", "brick"),
        ("[counter.brick]\nis = 'gram'", "brick"),
        ("[unit.brick]\nzh = ['砖']", "brick"),
        ("[unit.brick]\nis = 'gram'\nown = 'bricks'\nsystem = 'metric'", "brick"),
        ("[unit.brick]\nis = 'gram'\nsystem = 'roman'", "brick"),
        ("[unit.brick]\nis = 'brick'\nsystem = 'metric'", "brick"),
        ("[unit.brick]\nis = 'gram +'\nsystem = 'metric'", "brick"),
    ],
)
def test_bad_files(content: str, words: str, tmp_path: Path) -> None:
    """A file that is not as documented is refused; the message names the file and the unit."""
    path = write(tmp_path, content)
    with pytest.raises(DataError, match=words) as error:
        load_units(path)
    assert str(path) in str(error.value)


def test_no_file(tmp_path: Path) -> None:
    """A file that is missing or no UTF-8 is said to be so."""
    with pytest.raises(DataError, match=r"none\.toml"):
        load_units(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"[unit.\xe9]")
    with pytest.raises(DataError, match=r"latin\.toml"):
        load_units(tmp_path / "latin.toml")


@pytest.mark.parametrize("content", ["[words", "[words]\nplain = []", "[allow]\n'一' = ['1']", "words = 3\nallow = 4"])
def test_bad_words(content: str, tmp_path: Path) -> None:
    """A list of fixed words that is not as documented is refused with its name."""
    path = tmp_path / "numerals.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=r"numerals\.toml"):
        load_words(path)


def test_fixed_words() -> None:
    """The list knows words with a numeral in them, and the numbers that a translation of them may have."""
    assert "四叶草" in fixed_words().allowed
    assert {"3/4", "7/8"} == set(fixed_words().allowed["七分裤"])
