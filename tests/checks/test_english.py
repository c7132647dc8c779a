"""Forms of one English word are one word, other words are others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot.checks.english import find_phrase, inflect, read_phrase, read_words
from shopglot.checks.terms import contains

# What is written, and the form that the glossary has.
SAME = [
    # case, number, possessive
    ("Two Sheet Masks", "sheet mask"), ("a bag", "bags"), ("BAGS", "bag"), ("boxes", "box"), ("dresses", "dress"),
    ("puppies", "puppy"), ("scarves", "scarf"), ("leaves", "leaf"), ("knives", "knife"), ("children's", "child"),
    ("women's shoes", "woman"), ("feet", "foot"), ("mens tee", "men's"), ("for men", "men's"), ("men’s tee", "mens"),
    ("kids' shoes", "kids shoes"), ("potatoes", "potato"), ("watches", "watch"), ("slip-on shoe", "slip-on shoes"),
    # verbs
    ("moisturizing cream", "moisturize"), ("it moisturizes", "moisturizing"), ("hydrated skin", "hydrating"),
    ("a knitted top", "knit"), ("knit top", "knitted"), ("dyeing", "dye"), ("tying", "tie"), ("worn", "wear"),
    ("woven", "weave"), ("dried", "dry"), ("brightens", "brightening"), ("whitening", "whiten"), ("firms", "firming"),
    # degrees
    ("bigger bags", "bag"), ("bigger", "big"), ("cozier", "cozy"), ("the softest", "soft"), ("gently", "gentle"),
    # spelling
    ("colour", "color"), ("Gray", "grey"), ("drier", "dryer"), ("organising", "organize"),
    ("moisturiser", "moisturizer"),
    ("fibre", "fiber"), ("crème", "creme"), ("CRÈME BRÛLÉE", "creme brulee"), ("wash and care", "wash & care"),
    ("Wash & Care", "wash and care"), ("jewellery box", "jewelry box"), ("analysed", "analyze"),
    # together, apart
    ("A Sheet-Mask", "sheet mask"), ("t-shirt", "tshirt"), ("tshirts", "T-shirt"), ("T shirt", "t-shirt"),
    ("eyeshadow", "eye shadow"), ("Eye Shadows", "eyeshadow"), ("SPF50+", "SPF 50+"), ("3-in-1", "3 in 1"),
    ("V-neck top", "V-neck"), ("7-Day Returns", "7-day returns"), ("<b>sheet</b> mask", "sheet mask"),
    # hashtags
    ("#SlimmingOutfits", "slimming outfit"), ("#slimmingoutfits", "slimming outfit"),
    ("#SheetMask love", "sheet mask"),
]  # fmt: skip

OTHER = [
    ("capsule", "cap"), ("caption", "cap"), ("unmasked", "mask"), ("printer", "print"), ("hammer", "ham"),
    ("matter", "mat"), ("catalog", "cat"), ("coating", "coat"), ("bedding", "bed"), ("lining", "line"),
    ("baggy", "bag"),
    ("legs", "leggings"), ("a short sleeve", "shorts"), ("shorts", "short"), ("glass", "glasses"),
    ("a shoe", "sheet"),
    ("", "mask"), ("mask sheet", "sheet mask"), ("sheet, mask", "sheet mask"), ("sheet. Mask", "sheet mask"),
    ("#capsule", "cap"), ("#Capsule", "cap"), ("T-shirting", "shirt T"), ("anything", "-"), ("a b", "ab c"),
]  # fmt: skip


@pytest.mark.parametrize(("target", "form"), SAME)
def test_contains(target: str, form: str) -> None:
    """Case, number, tense, spelling, hyphens and spaces do not matter."""
    assert contains(target, form)


@pytest.mark.parametrize(("target", "form"), OTHER)
def test_does_not_contain(target: str, form: str) -> None:
    """A longer word, another word, another order or a mark between is no match."""
    assert not contains(target, form)


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("Matte Eyeshadows, 12 colours", "eye shadow", ["Eyeshadows"]),
        ("<i>crème</i> de la Crème", "creme", ["crème", "Crème"]),
        ("sheet masks and a sheet mask", "sheet mask", ["sheet masks", "sheet mask"]),
        ("😀 gift–box", "gift box", ["gift–box"]),
    ],
)
def test_places(text: str, form: str, expected: list[str]) -> None:
    """What is found is found where it stands."""
    found = sorted(set(find_phrase(read_words(text), read_phrase(form))))
    assert expected == [text[start:end] for start, end in found]


@given(st.text(max_size=50), st.text(max_size=12))
def test_spans_lie_in_the_text(text: str, form: str) -> None:
    """Whatever the text, spans are not empty and lie in it."""
    spans = list(find_phrase(read_words(text), read_phrase(form)))
    assert all(0 <= start < end <= len(text) for start, end in spans)


@given(st.from_regex(r"[a-z]{3,9}", fullmatch=True))
def test_a_word_is_a_form_of_itself(word: str) -> None:
    """Each word is among its forms, and spelling it twice is spelling it once."""
    assert word in inflect(word)
    assert contains(f"one {word}, two", word)
