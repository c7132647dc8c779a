"""Swapped entities: a name or a key noun of the target is another one of the same shape."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from shopglot_eval.damage.cases import NOUN, TRIES, Case, Mechanism, find_names, name_shape, noun_shape
from shopglot_eval.damage.seams import FUNCTION, is_title, plain, put, words

# Words that a careless translator takes for one another; a row is one kind of thing.
CLASSES: tuple[tuple[str, ...], ...] = tuple(
    tuple(row.split(", "))
    for row in (
        "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday",
        "January, February, April, June, July, August, September, October, November, December",
        "Beijing, Shanghai, Guangzhou, Shenzhen, Hangzhou, Chengdu, Wuhan, Nanjing, Chongqing, Tianjin, Suzhou",
        "China, Japan, Germany, France, Italy, Russia, Brazil, India, Canada, Australia, Spain, Mexico, Turkey",
        "Chinese, Japanese, German, French, Italian, Russian, Brazilian, Indian, Canadian, Australian, Korean",
        "red, blue, green, white, black, yellow, pink, purple, grey, brown, beige",
        "cotton, wool, silk, linen, polyester, leather, denim",
        "wood, steel, glass, plastic, aluminum, ceramic, concrete, bamboo, rubber",
        "shirt, skirt, dress, jacket, coat, sweater, hoodie, cardigan",
        "shirts, skirts, dresses, jackets, coats, sweaters, jeans, shorts",
        "shoes, boots, socks, gloves, scarves, belts, hats",
        "laptop, tablet, phone, camera, printer, monitor, keyboard, router",
        "computer, television, refrigerator, microwave, vacuum cleaner, washing machine",
        "restaurant, hotel, hospital, school, museum, library, supermarket, gym, studio",
        "kitchen, bedroom, bathroom, balcony, office, garage",
        "sofa, bed, table, chair, wardrobe, bookshelf, mattress, couch",
        "wine, beer, coffee, tea, juice, milk",
        "beef, pork, chicken, fish, lamb, shrimp, tofu",
        "apples, oranges, grapes, strawberries, peaches, bananas",
        "face, neck, eyes, lips, hands, hair, feet",
        "son, daughter, husband, wife, mother, father, brother, sister, boyfriend, girlfriend",
        "boy, girl, man, woman",
        "boys, girls, men, women, children",
        "spring, summer, autumn, winter",
        "morning, afternoon, evening",
        "left, right",
        "top, bottom",
        "north, south, east, west",
        "northern, southern, eastern, western",
        "doctor, teacher, lawyer, engineer, driver, photographer, waiter, chef, stylist",
        "president, premier, minister, governor, mayor, secretary",
        "football, basketball, volleyball, tennis, badminton, swimming",
        "cat, dog, rabbit, horse",
        "car, bus, train, plane, ship, bicycle",
        "cream, lotion, serum, shampoo, lipstick, perfume, sunscreen",
        "gold, silver, bronze, copper",
        "oil, gas, coal, electricity",
        "export, import",
        "exports, imports",
        "buyers, sellers",
    )
)
_ROW = {word: row for row in CLASSES for word in row}
_CLASSED = re.compile(
    rf"(?<![^\W_])(?:{'|'.join(sorted(_ROW, key=len, reverse=True))})(?![^\W_])", re.IGNORECASE
)  # fmt: skip
_VERBS = frozenset(("left", "right", "face", "eyes", "top", "import", "export", "china"))  # as nouns only behind "the"


def name(case: Case, chance: Random) -> str | None:
    """Put a name of another translation for a name, wherever it stands."""
    text = case.target
    found = list(dict.fromkeys(text[start:end] for start, end in find_names(text)))
    chance.shuffle(found)
    for old in found:
        new = _draw(case, case.pool.names.get(name_shape(old), ()), chance)
        if new:
            return _everywhere(text, old, new)
    return None


def exchange(case: Case, chance: Random) -> str | None:
    """Exchange two names of the same shape: who does it and whom it is done to."""
    text = case.target
    spans = find_names(text)
    able = [
        (one, two)
        for at, one in enumerate(spans[:40])
        for two in spans[at + 1 : at + 4]
        if text[slice(*one)] != text[slice(*two)]
        and name_shape(text[slice(*one)]) == name_shape(text[slice(*two)])
        # "A and B" says the same as "B and A".
        and text[one[1] : two[0]].strip() not in (",", "and", "or", "&", "/", ", and", "-")
    ]
    if not able:
        return None
    (a, b), (c, d) = chance.choice(able)
    return text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]


def noun(case: Case, chance: Random) -> str | None:
    """Put a noun of another translation for a noun behind an article, in the same number."""
    return _nouns(case, chance, limit=1)


def nouns(case: Case, chance: Random) -> str | None:
    """Put other nouns for two or three of them."""
    return _nouns(case, chance, limit=3, least=2)


def class_word(case: Case, chance: Random) -> str | None:
    """Put another thing of the same kind: Friday for Monday, wool for cotton, left for right."""
    text = case.target
    found = [
        match.group() for match in _CLASSED.finditer(text)
        if match.group().lower() not in _VERBS or text[: match.start()].endswith(("the ", "The ", "your ", "China "))
        or match.group() == "China"
    ]  # fmt: skip
    if not found:
        return None
    old = chance.choice(found)
    row = next(row for word, row in _ROW.items() if word.lower() == old.lower())
    new = _draw(case, [other for other in row if other.lower() != old.lower()], chance, article=old)
    if new is None:
        return None
    return _everywhere(text, old, new.title() if old[0].isupper() else new)


def title_word(case: Case, chance: Random) -> str | None:
    """Put a longer word of another translation for one of a text that has no sentence: a title, a label."""
    text = case.target
    spans = [span for span in words(text) if text[slice(*span)].isalpha() and len(text[slice(*span)]) > 4]
    if not spans or text.rstrip()[-1:] in tuple(".!?~") or not (is_title(text) or len(words(text)) <= 4):
        return None
    start, end = chance.choice([*spans[-2:], *spans])
    old = text[start:end]
    new = _draw(case, case.pool.nouns.get(noun_shape(old.lower()), ()), chance)
    return put(text, start, end, new.title() if old[0].isupper() else new) if new else None


def _nouns(case: Case, chance: Random, *, limit: int, least: int = 1) -> str | None:
    text = case.target
    found = [match.span("noun") for match in NOUN.finditer(text) if match["noun"] not in FUNCTION]
    if len(found) < least:
        return None
    for start, end in sorted(chance.sample(found, min(limit, len(found))), reverse=True):
        new = _draw(case, case.pool.nouns.get(noun_shape(text[start:end]), ()), chance)
        if new is None:
            return None
        text = put(text, start, end, new)
    return text


def _draw(case: Case, choices: Sequence[str], chance: Random, *, article: str = "") -> str | None:
    """Return one of the choices that the target does not have; with the same need of "an" as an old word, if given."""
    here = frozenset(plain(case.target))
    for _ in range(TRIES if choices else 0):
        new = chance.choice(choices)
        fits = not article or (new[0] in "aeiouAEIOU") == (article[0] in "aeiouAEIOU")
        if fits and not here & frozenset(plain(new)):
            return new
    return None


def _everywhere(text: str, old: str, new: str) -> str:
    return re.sub(rf"(?<![^\W_]){re.escape(old)}(?![^\W_])", lambda _: new, text)


MECHANISMS: tuple[Mechanism, ...] = (name, exchange, noun, nouns, class_word, title_word)
