"""The English grammar: what the numbers of an English text mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot.quantity import Phrase, compare, read_english
from shopglot.quantity.rules import Rules

# The notation is explained in conftest.py.
TABLE = """
# counters
30 pieces => 30 piece
thirty sheets => 30 piece
12 => 12
two dozen eggs => 2 dozen
a pair of socks => ?1 pair
5 pairs => 5 pair
two boxes => 2 box
3-piece set => 3 piece
four-piece set => 4 piece
set of seven => 7
pack of 6 => 6
4-pack => 4 pack
twenty-five bags => 25 bag
two hundred and fifty capsules => 250 piece
1,500 sheets => 1500 piece
six bottles => 6 bottle
2 rolls => 2 roll
3 jars => 3 jar
2 kits => 2 set
twice a day => 2 time
three times daily => 3
3-in-1 => 3 ; 1
both sides => ?2
triple protection => 3
12 zodiac signs => 12
3–5 pieces => 3~5 piece
five to eight pieces => 5~8 piece
# large and vague numbers
1.5 million => 1500000
15 thousand => 15000
15K followers => 15000
30M followers => 30000000
two thousand => 2000
thousands of reviews => ?power 1000
dozens of colors => ?power 10
more than 20 pieces => >= 20 piece
2,000+ reviews => >= 2000
# mass
500 g => 500 g
500g => 500 g
500 grams => 500 g
500-gram bag => 500 g
2.5 kg => 2.5 kg
2.5 kilograms => 2.5 kg
half a kilogram => 0.5 kg
5.5 lb => 5.5 lb
5.5 pounds => 5.5 lb
88–105 lb => 88~105 lb
40 to 47.5 kg => 40~47.5 kg
between 40 and 50 kg => 40~50 kg
2.5 kg (5.5 lb) => 2.5 kg ; 5.5 lb
2 1/4 lb => 2.25 lb
three and a half pounds => 3.5 lb
six ounces => 6 oz
0.5 carats => 0.5 carat
30 mg => 30 mg
2 jin => 2 jin
# length
96 cm => 96 cm
96cm => 96 cm
37.8 in => 37.8 inch
37.8" => 37.8 inch
37.8 inches => 37.8 inch
8-inch cake => 8 inch
1½ inches => 1.5 inch
1 1/2 inches => 1.5 inch
5'6" => 66 inch
5 ft 6 in => 66 inch
5'3"–5'5" => 63~65 inch
6-foot cable => 6 foot
10 feet => 10 foot
10 yards => 10 yard
3 miles => 3 mile
two meters => 2 m
96 cm (37.8 in) => 96 cm ; 37.8 inch
30 × 40 × 10 cm => 30 cm ; 40 cm ; 10 cm
30 x 40 in => 30 inch ; 40 inch
3 by 5 inches => 3 inch ; 5 inch
20 cm × 10 cm => 20 cm ; 10 cm
160–165 cm => 160~165 cm
Waist (cm): 68 => 68 cm
# area and volume
20 m² => 20 m2
20 sq m => 20 m2
215 sq ft => 215 sqft
500 ml => 500 ml
500mL => 500 ml
1.5 L => 1.5 l
2 liters => 2 l
12 fl oz => 12 floz
3 gallons => 3 gal
1½ cups => 1.5 cup
500 g × 2 => 500 g ; 2
# time
3 days => 3 day
seven-day returns => 7 day
3-5 days => 3~5 day
two weeks => 2 week
6 months => 6 month
6–36 months => 6~36 month
five-year warranty => 5 year
half a year => 0.5 year
half an hour => 0.5 hour
an hour and a half => 1.5 hour
2.5 hours => 2.5 hour
2 hours 30 minutes => 150 minute
45 seconds => 45 second
ages 1–3 => 1~3
a month => ?1 month
# temperature and angles
30°C => 30 celsius
30°C (86°F) => 30 celsius ; 86 fahrenheit
-18°C => -18 celsius
−18 °C => -18 celsius
minus 5 degrees Celsius => -5 celsius
2–8°C => 2~8 celsius
23°F => 23 fahrenheit
360° rotation => 360 degree
360-degree rotation => 360 degree
-3.00 D => 3 diopter
# electricity and the like
65W fast charging => 65 w
1,800 watts => 1800 w
1.8 kW => 1.8 kw
220 V => 220 v
10,000 mAh => 10000 mah
50 Hz => 50 hz
30 dB => 30 db
30 decibels => 30 db
1,000 lumens => 1000 lm
128 GB => 128 gb
8 GB + 256 GB => 8 gb ; 256 gb
48 MP => 48 mp
1,400 rpm => 1400 rpm
45 km/h => 45 kmh
9.3 mph => 9.3 mph
260 g/m² => 260 gsm
42% ABV => 42 proof
# percent and discounts
50% cotton => 50 %
50 percent cotton => 50 %
20% off => 20 %off
20 percent off => 20 %off
up to 50% off => 50 %off
50–70% off => 50~70 %off
save 15% => 15 %off
80% of the original price => 20 %off
half price => 50 %off
half off => 50 %off
second item 50% off => ?#2 ; 50 %off
# money
RMB 99 => CNY 99
¥1,299 => CNY 1299
99 yuan => CNY 99
CNY 13.9 => CNY 13.9
$20 => USD 20
US$20 => USD 20
20 dollars => USD 20
HK$88 => HKD 88
€20 => EUR 20
£15 => GBP 15
RMB 99–199 => CNY 99~199
¥50–¥80 => CNY 50~80
RMB 25.6 per kg => rate CNY/[mass] 25.6
RMB 12.8 per 500 g => rate CNY/[mass] 25.6
# offers
RMB 30 off orders of RMB 200 or more => off:CNY 30 ; spend:>= CNY 200
spend RMB 200, save RMB 30 => spend:CNY 200 ; off:CNY 30
Save ¥30 => off:CNY 30
orders over RMB 99 => spend:>= CNY 99
¥30 off => off:CNY 30
buy 2, get 1 free => buy:2 ; get:1
Buy two get one free => buy:2 ; ?get:1
# ordinals and dates
2nd generation => #2
third generation => #3
twenty-first => #21
10th => #10
March 15, 2025 => date 2025-3-15
15 March 2025 => date 2025-3-15
Mar. 15 => date -3-15
2026-12-28 => date 2026-12-28
January 15th => date -1-15
December 2026 => date 2026-12-
in April => ?date -4-
Friday => weekday 4
8 p.m. => clock 20:00
9 AM => clock 9:00
3:30 PM => clock 15:30
12 a.m. => clock 0:00
18:00 => clock 18:00
8 o'clock => clock12 8:00
Double 11 => code festival 11.11
Singles' Day => code festival 11.11
# ratios and shares
16:9 => ratio 16:9
3 parts water to 1 part vinegar => ratio 3:1
3/4 => 0.75
three quarters => 0.75
two thirds => 0.6667
10x => 10
tenfold => 10
# sizes and codes
size 38 => 38
sizes 36–40 => 36~40
US size 8 => US size 8
size XL => letters XL
XXL => letters 2XL
S to XXL => letters S ; letters 2XL
one size => ?letters one size
SPF 50+ => >= SPF 50
PA+++ => PA 3
A4 => code A4
34B => code 34B
18K gold => 18 karat
4K => code 4K
1080p => code 1080P
Bluetooth 5.3 => 5.3
304 stainless steel => 304
AA batteries => code AA
pH 5.5 => 5.5
# bounds
at least 5 days => >= 5 day
no more than 3 kg => <= 3 kg
not more than 3 kg => <= 3 kg
3 kg or more => >= 3 kg
3 kg or less => <= 3 kg
under 10 years => <= 10 year
within 24 hours => <= 24 hour
no less than 8 hours => >= 8 hour
up to 100 ml => <= 100 ml
# words that count nothing
a bag =>
the first choice =>
May cause irritation =>
one-of-a-kind =>
a second chance =>
Off-the-shoulder top =>
single color =>
every day =>
once more =>
A lovely gift =>
"""


def test_meaning(words: str, meaning: str, told: Callable[[Iterable[Phrase], str], str]) -> None:
    """An English text means what its row says, and nothing else."""
    assert meaning == told(read_english(words), meaning)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Net 500 g, 3 bags", ["500 g", "3 bags"]), ("𝒜 𝒷 30 pieces", ["30 pieces"]),
        ("👨‍👩‍👧 4 people, 30°C", ["4", "30°C"]),
        ("RMB 30 off orders of RMB 200", ["RMB 30", "RMB 200"]), ("30 × 40 cm", ["30", "40"]),
    ],
)  # fmt: skip
def test_spans(text: str, expected: list[str]) -> None:
    """A reading stands exactly where its words do, past the BMP too."""
    strong = [one for phrase in read_english(text) for one in phrase.readings if one.strong]
    assert expected == [text[one.start : one.end] for one in strong]


@given(st.text(alphabet="0123456789.,:/-– ¥$%°'\"×x()aAcdfghiklmnoprstuvyLMSX½", max_size=30))
def test_phrases_stand_apart(text: str) -> None:
    """Phrases are slices of the text that do not overlap, their readings lie inside."""
    phrases = read_english(text)
    assert all(left.end <= right.start for left, right in pairwise(phrases))
    for phrase in phrases:
        assert all(phrase.start <= one.start <= one.end <= phrase.end for one in phrase.readings)


@given(st.integers(2, 9_999), st.sampled_from(["g", "lb", "cm", "days", "pieces", "percent"]))
def test_any_number_is_read_whole(number: int, unit: str) -> None:
    """Whatever the number, the whole of it is read, and the same with digits in groups."""
    plain, grouped = read_english(f"{number} {unit}"), read_english(f"{number:,} {unit}")
    assert [number] == [one.meanings[0].low for phrase in plain for one in phrase.readings]
    assert [] == compare(plain[0].readings, grouped[0].readings)


def test_no_rule_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a rule is said to need is in every text that it reads: trying all rules reads the same."""
    lines = [line.partition(" => ")[0] for line in TABLE.splitlines()]
    chosen = [read_english.__wrapped__(line) for line in lines]
    monkeypatch.setattr(Rules, "useful", lambda self, text: self._rules)
    assert chosen == [read_english.__wrapped__(line) for line in lines]
