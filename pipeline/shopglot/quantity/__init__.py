"""Quantities: what the numbers of a text mean, whether another text says the same, and how a market writes them.

    read_chinese("8折")[0].readings           # a discount of 20
    compare(source_readings, target_readings)  # where they differ
    find("5斤", measures=..., english=True)    # '2.5 kg (5.5 lb)'

Each language is read by a grammar of its own (`chinese`, `english`) into the same terms (`reading`); units and counters
come from `glossaries/common/units.toml`, words that only look like numbers from `numerals.toml` beside it.
"""

from shopglot.quantity.chinese import read_chinese
from shopglot.quantity.comparison import Difference, compare
from shopglot.quantity.english import read_english
from shopglot.quantity.equality import same
from shopglot.quantity.localization import find
from shopglot.quantity.numeral import value
from shopglot.quantity.reading import Meaning, Phrase, Reading, weak

__all__ = [
    "Difference", "Meaning", "Phrase", "Reading", "compare", "find", "read_chinese", "read_english", "same", "value",
    "weak",
]  # fmt: skip
