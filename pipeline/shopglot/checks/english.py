"""English words as they are written: their inflections, and two spellings of one word.

    list(find_phrase(read_words("Matte Eyeshadows, 12 colours"), read_phrase("eye shadow")))     # [(6, 16)]

No general stemmer: that would take "printer" for a form of "print". What is made here are the forms of one word;
some are no words, which does no harm, for nobody writes them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

# Words written together or apart: T-shirt, eye shadow. No word has more parts.
MOST_PARTS = 4
# Letters that a phrase has at least to be seen at an end of a hashtag written in one case, where words have no edges.
LEAST_IN_HASHTAG = 4
# How many letters tell at a glance that a phrase cannot be in a text.
HEAD = 3

IRREGULAR = {
    form: frozenset(forms)
    for forms in map(
        str.split,
        (
            "child children childs childrens", "woman women womans womens", "man men mans mens", "foot feet foots",
            "tooth teeth", "goose geese", "mouse mice", "person people persons", "leaf leaves leafs", "knife knives",
            "half halves", "scarf scarves scarfs", "shelf shelves", "wolf wolves", "loaf loaves", "life lives",
            "wear wears wore worn wearing", "weave weaves wove woven weaving", "sew sews sewed sewn sewing",
            "make makes made making", "take takes took taken taking", "buy buys bought buying",
            "sell sells sold selling", "keep keeps kept keeping", "hold holds held holding",
            "freeze freezes froze frozen freezing", "break breaks broke broken breaking",
            "shrink shrinks shrank shrunk shrinking", "grow grows grew grown growing", "bind binds bound binding",
            "hang hangs hung hanged hanging", "tie ties tied tying", "dye dyes dyed dyeing", "cut cuts cutting",
            "give gives gave given giving", "stick sticks stuck sticking", "hide hides hid hidden hiding",
            "drink drinks drank drunk drinking", "eat eats ate eaten eating",
        ),
    )
    for form in forms
}  # fmt: skip
# Things, not what somebody does: "legging" is no form of "leg".
THINGS = frozenset(
    "bedding bring building ceiling clothing coating cutting dressing earring evening filling flooring icing legging "
    "lighting lining morning painting piping pudding ring seasoning something spring stocking string stuffing topping "
    "tubing viewing webbing wedding wing wiring".split()
)
# Things that are named in the plural: "shorts" are not short, nor "glasses" of glass.
PLURALS = frozenset(
    "as boxers briefs bus canvas chaos clothes does flats gas glasses goods has his is its lens overalls plus shorts "
    "slacks sweats this tights trunks us was yes".split()
)
# What can be more or most so. Of other words these endings make other things: print, printer.
GRADED = frozenset(
    "big bold bright broad calm cheap clean clear close cool crisp cute dark deep dense fair fast fine firm fit flat "
    "fresh full great hard high hot large late light long loose low mild narrow neat new nice old pale plain quick "
    "quiet rare rich ripe safe sharp short simple sleek slim slow small smart smooth soft stiff strong sweet tall "
    "thick thin tight warm wet white wide young".split()
)
ADVERBIAL = ("al", "ful", "le", "ic", "ive", "ous", "ent", "ant", "less", "ate", "ual")
# One spelling for two, part by part. It need not be a word, for both sides are spelled so.
SPELLINGS = tuple(
    tuple(pair.split("/"))
    for pair in (
        "colour/color grey/gray fibre/fiber centre/center litre/liter metre/meter theatre/theater mould/mold "
        "odour/odor flavour/flavor favour/favor vapour/vapor savour/savor harbour/harbor armour/armor "
        "jewellery/jewelry pyjama/pajama aluminium/aluminum sulph/sulf yoghurt/yogurt doughnut/donut cosy/cozy "
        "cosie/cozie catalogue/catalog moustache/mustache tyre/tire ageing/aging programme/program cheque/check "
        "drier/dryer travell/travel labell/label swivell/swivel enamell/enamel panell/panel defence/defense "
        "licence/license woollen/woolen skilful/skillful gramme/gram"
    ).split()
)
_ISE = re.compile(r"([iy])s(e|ed|es|er|ers|ing|ation|ations)$")
# A tag is not there; a word is letters and digits, with what an apostrophe ties to them; any other mark counts as a
# word, so that "mask, sheet" is no mask sheet. Spaces and hyphens do not count.
_PIECE = re.compile(r"<[/a-z!][^<>]*>|([a-z0-9]+(?:'[a-z]*)?|[^\s\-‐-―_])")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_VOWELS = "aeiouy"


@dataclass(frozen=True, slots=True)
class Written:
    """A text's words, spelled one way, with where each stands; and what words in a row make, written together.

    `joined` has the first place of each: the index of its first word, and the one behind its last. `heads` are the
    first letters of them all.
    """

    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    places: dict[str, list[int]]
    joined: dict[str, tuple[int, int]]
    heads: frozenset[str]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A form to look for: the inflections of each of its words, and what they make when written together.

    `whole` is the form itself, written together; `heads` are the first letters of all that it may begin with.
    """

    words: tuple[frozenset[str], ...]
    joined: frozenset[str]
    whole: str
    heads: frozenset[str]


def find_phrase(written: Written, phrase: Phrase) -> Iterator[tuple[int, int]]:
    """Yield the spans of a text where a phrase stands: in any case, inflection and spelling, joined or apart."""
    if phrase.heads.isdisjoint(written.heads):
        return  # as for most phrases in most texts
    count = len(phrase.words)
    for first in phrase.words[0]:
        for at in written.places.get(first, ()):
            words = written.words[at : at + count]
            if len(words) == count and all(map(frozenset.__contains__, phrase.words, words)):
                yield written.spans[at][0], written.spans[at + count - 1][1]
    for whole in phrase.joined:
        if whole in written.joined:
            at, behind = written.joined[whole]
            yield written.spans[at][0], written.spans[behind - 1][1]


def is_in_hashtag(written: Written, phrase: Phrase) -> bool:
    """Whether a phrase begins or ends a word of hashtags that are written in one case: #hydratingsheetmask."""
    whole = phrase.whole
    return len(whole) >= LEAST_IN_HASHTAG and any(
        word.startswith(whole) or word.endswith(whole) for word in written.words
    )


@lru_cache(maxsize=16)
def read_words(text: str) -> Written:
    """Return a text's words. Offsets are into the text as given."""
    found = [(match[1], match.span()) for match in _PIECE.finditer(_plain(text)) if match[1]]
    words = tuple(spell(word) for word, _ in found)
    places: dict[str, list[int]] = {}
    joined: dict[str, tuple[int, int]] = {}
    for at, word in enumerate(words):
        places.setdefault(word, []).append(at)
        whole = ""
        for behind in range(at + 1, min(at + MOST_PARTS, len(words)) + 1):
            whole += words[behind - 1]
            joined.setdefault(whole, (at, behind))
    heads = frozenset(whole[:HEAD] for whole in joined)
    return Written(words, tuple(span for _, span in found), places, joined, heads)


@lru_cache(maxsize=65536)
def read_phrase(form: str) -> Phrase:
    """Return a form as something to look for."""
    words = [match[1] for match in _PIECE.finditer(_plain(form)) if match[1]]
    forms = tuple(frozenset(map(spell, inflect(word))) for word in words)
    firm = "".join(map(spell, words[:-1]))  # written together, only the last word is inflected: eyeshadows
    joined = frozenset(firm + last for last in (forms[-1] if forms else ()))
    heads = frozenset(text[:HEAD] for text in joined.union(*forms[:1]))
    return Phrase(forms, joined, "".join(map(spell, words)), heads)


def split_hashtags(text: str) -> str:
    """Return a text with the words of its hashtags apart, where capitals begin them: `# Slimming Outfits`."""
    return re.sub(r"#(\w+)", lambda match: "# " + _HUMP.sub(" ", match[1]), text)


@lru_cache(maxsize=65536)
def spell(word: str) -> str:
    """Return a word in the one spelling that stands for all: American, without apostrophe, "and" for "&"."""
    if word == "&":
        return "and"
    word = word.replace("'", "")
    if len(word) < 4:
        return word
    for british, american in SPELLINGS:
        word = word.replace(british, american)
    return _ISE.sub(r"\1z\2", word)


def inflect(word: str) -> set[str]:
    """Return the forms of a word in lower case, itself among them."""
    word = word.replace("'", "") if word.endswith(("'s", "'")) else word
    if len(word) < 3 or not word.isascii() or not word.isalpha():
        return {word}
    forms = {word}
    for stem in _stems(word):
        forms |= IRREGULAR.get(stem, frozenset()) or _forms(stem)
    return forms


def _stems(word: str) -> set[str]:
    """Return what a word may be a form of, itself among them."""
    stems = {word}
    if word in PLURALS or word in IRREGULAR:
        return stems
    if word.endswith("s") and not word.endswith("ss") and len(word) > 3:
        word = word[:-1]
        stems.add(word)
        if word.endswith("ie") and len(word) > 4:
            stems.add(word[:-2] + "y")
        elif word.endswith(("se", "xe", "ze", "che", "she", "oe")):
            stems.add(word[:-1])
    if word.endswith("ied"):
        stems.add(word[:-3] + "y")
    elif word.endswith("ing") and len(word) > 5 and word not in THINGS:
        stems |= _unsuffixed(word[:-3])
    elif word.endswith("ed") and len(word) > 4:
        stems |= _unsuffixed(word[:-2])
    stems |= {stem for ending in ("er", "est") for stem in _unsuffixed(word.removesuffix(ending)) if stem in GRADED}
    return stems


def _unsuffixed(stem: str) -> set[str]:
    """Return what may stand before -ing, -ed, -er: hydrat, hydrate; knitt, knit; string has no vowel left."""
    if not any(letter in _VOWELS for letter in stem):
        return set()
    doubled = len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in _VOWELS
    return {stem, stem + "e"} | ({stem[:-1]} if doubled else set())


def _forms(stem: str) -> set[str]:
    last = stem[-1]
    cut = stem[:-1]
    if last == "e":
        made = {stem + "s", stem + "d", cut + "ing"}
    elif last == "y" and stem[-2] not in _VOWELS:
        made = {cut + "ies", cut + "ied", cut + "ier", cut + "iest", stem + "ing", stem + "s"}
    elif stem.endswith(("s", "x", "z", "ch", "sh", "o")):
        made = {stem + "es", stem + "s", stem + "ed", stem + "ing"}
    else:
        made = {stem + "s", stem + "ed", stem + "ing"}
    doubled = stem + last if _doubles(stem) else ""
    if doubled:
        made |= {doubled + "ed", doubled + "ing"}
    if stem in GRADED:
        made |= {(doubled or stem.removesuffix("e")) + ending for ending in ("er", "est")}
    if stem in GRADED or stem.endswith(ADVERBIAL):
        made.add((cut if stem.endswith("le") else stem) + ("y" if stem.endswith("le") else "ly"))
    return (made - PLURALS - THINGS) | {stem}


def _doubles(stem: str) -> bool:
    """Whether a short word doubles its last letter before a vowel: knit, knitted."""
    vowels = sum(letter in "aeiou" for letter in stem)
    return len(stem) > 2 and vowels == 1 and stem[-2] in "aeiou" and stem[-1] not in "aeiouwxy"


def _plain(text: str) -> str:
    """Return a text in lower case and without diacritics, code point by code point, so that offsets stay."""
    return text.lower() if text.isascii() else "".join(map(_plain_character, text))


@cache
def _plain_character(character: str) -> str:
    if character in "’ʼ＇":
        return "'"
    base = unicodedata.normalize("NFKD", character)[:1].lower()
    return base if len(base) == 1 and base.isascii() else character
