"""A catalog of any size made from the sample, with the duplicates that real catalogs have.

The first listings are the sample itself. Every later one has the shape of a sample listing (fields, tags, lengths), and
each of its texts is new or one that was there before, as often as the growth of its kind says (`growth`). New texts are
made of clauses of the sample in another company, with other goods, qualities, colours and numbers. The same number of
listings gives the same bytes, and a smaller catalog is the beginning of a larger one.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from shopglot.catalog import read
from shopglot.catalog.listing import parse
from shopglot.types import BrokenLine, Listing
from shopglot_eval.bench.growth import GROWTH, VARIANTS, Growth
from shopglot_eval.bench.pieces import rewritten, texts_of
from shopglot_eval.bench.writing import Writer, altered

SEED = 20_260
PAGES_OF_A_SHOP = 400  # listings of a merchant, on average
KEPT = 50_000  # texts of a kind, and listings, that later ones may repeat: a fair sample of all before
CHANGED_TEXTS = (1, 2, 3)  # of a listing that its merchant edited
REPLACED = 3  # of so many changed listings one is another one in its place, the others were edited


@dataclass(slots=True)
class _Kind:
    """What there is of a kind so far: how many texts, how many different ones, and some to be said again."""

    growth: Growth
    count: int = 0
    seen: set[bytes] = field(default_factory=set)
    kept: list[tuple[str, bool]] = field(default_factory=list)  # with whether it was the first of its words

    def note(self, text: str, chance: Random) -> None:
        """Count a text, and keep it with the chance that all before had."""
        digest = _digest(text)
        first = digest not in self.seen
        self.seen.add(digest)
        self.count += 1
        if len(self.kept) < KEPT:
            self.kept.append((text, first))
        elif (place := chance.randrange(self.count)) < KEPT:
            self.kept[place] = (text, first)

    def known(self, text: str) -> bool:
        return _digest(text) in self.seen

    def old(self, chance: Random) -> str:
        """Return a text that was there, as likely as it was often said; a first saying counts for less."""
        while True:
            text, first = chance.choice(self.kept)
            if not first or chance.random() >= self.growth.discount or len(self.seen) == self.count:
                return text


class Maker:
    """Makes listings one after the other."""

    def __init__(self, sample: Sequence[Listing], *, seed: int = SEED, variants: float = VARIANTS) -> None:
        if not sample:
            raise ValueError("a catalog is made from one listing at least")
        self._sample, self._variants = sample, variants
        self._chance = Random(seed)  # noqa: S311 - the same catalog every time
        self._kinds: dict[str, _Kind] = {}
        self._pages: list[Listing] = []
        texts = [pair for listing in sample for pair in texts_of(listing)]
        self._writer = Writer(texts)
        said = Counter(text for kind, text in texts if kind == "description")
        self._stock = [text for text, times in said.items() if times > 1]

    def listings(self) -> Iterator[dict[str, Any]]:
        """Yield documents without end."""
        for number in count():
            yield self._listing(number)

    def _listing(self, number: int) -> dict[str, Any]:
        chance, shape = self._chance, self._sample[number % len(self._sample)]
        if number < len(self._sample):
            document = dict(shape.document)
        elif self._pages and chance.random() < self._variants:
            shape = chance.choice(self._pages)
            document = rewritten(shape, lambda kind, text: altered(text, chance))
        else:
            document = self._rewritten(shape)
        if number >= len(self._sample):
            document |= {"id": f"b{number}", "merchant": f"shop-{chance.randrange(1 + number // PAGES_OF_A_SHOP)}"}
        listing = _parsed(document, number)
        for kind, text in dict.fromkeys(texts_of(listing)):  # as it was measured
            self._kind(kind).note(text, chance)
        if len(self._pages) < KEPT // 50:
            self._pages.append(listing)
        elif (place := chance.randrange(number + 1)) < KEPT // 50:
            self._pages[place] = listing
        return document

    def edited(self, listing: Listing) -> dict[str, Any]:
        """Return a listing's document as after its merchant edited it: some of its texts are new."""
        chance = self._chance
        texts = list(dict.fromkeys(pair for pair in texts_of(listing) if pair[0] not in _FIXED))
        picked = set(chance.sample(texts, min(len(texts), chance.choice(CHANGED_TEXTS))))
        return rewritten(
            listing, lambda kind, text: self._new(kind, text) if (kind, text) in picked else text
        )  # fmt: skip

    def _rewritten(self, shape: Listing) -> dict[str, Any]:
        told: dict[tuple[str, str], str] = {}  # what is said twice on a page is said twice on the made one

        def write(kind: str, text: str) -> str:
            if (kind, text) not in told:
                others = {new for (own, _), new in told.items() if own == kind and kind in _NAMES}
                draws = (self._text(kind, text) for _ in range(_DRAWS))
                told[kind, text] = next((new for new in draws if new not in others), text)
            return told[kind, text]

        return rewritten(shape, write)

    def _text(self, kind: str, like: str) -> str:
        chance, state = self._chance, self._kind(kind)
        if self._stock and chance.random() < state.growth.stock:
            return chance.choice(self._stock)
        if chance.random() >= state.growth.new(state.count, len(state.seen)):
            return state.old(chance)
        if chance.random() < state.growth.altered:
            other = altered(state.old(chance), chance)
            if not state.known(other):
                return other
        return self._new(kind, like)

    def _new(self, kind: str, like: str) -> str:
        """Return a text of a kind that was never there."""
        state = self._kind(kind)
        written = self._writer.write(kind, like, self._chance)
        return next(text for text in written if text != like and not state.known(text))

    def _kind(self, kind: str) -> _Kind:
        if kind not in self._kinds:
            self._kinds[kind] = _Kind(GROWTH.get(kind, GROWTH["title"]))
        return self._kinds[kind]


_NAMES = frozenset({"attribute-name", "option-name"})  # two on a page have two names
_DRAWS = 20
_FIXED = frozenset({"brand", "attribute-name", "option-name"})  # merchants seldom edit them


def load_sample(path: Path) -> list[Listing]:
    """Return the listings of a catalog whose lines can be read."""
    return [line for line in read(str(path)) if isinstance(line, Listing)]


def write_catalog(path: Path, listings: int, sample: Sequence[Listing]) -> None:
    """Write so many listings, a line each."""
    documents = Maker(sample).listings()
    with path.open("w", encoding="utf-8") as file:
        for _ in range(listings):
            file.write(_line(next(documents)))


def write_changed(source: Path, path: Path, share: float, sample: Sequence[Listing]) -> int:
    """Write a catalog as it is a night later: this share of its listings changed; return how many did.

    They lie evenly over the catalog. Two of three were edited, the third is a new listing in its place, and the one
    that was there is gone. A share above 0 changes one listing at least.
    """
    lines = source.read_text(encoding="utf-8").splitlines()
    wanted = max(1, round(len(lines) * share)) if share else 0
    picked = {(2 * number + 1) * len(lines) // (2 * wanted): number for number in range(wanted)}
    maker = Maker(sample, seed=SEED + 1)
    fresh = maker.listings()
    for _ in sample:
        next(fresh)
    with path.open("w", encoding="utf-8") as file:
        for number, line in enumerate(lines):
            if number not in picked:
                file.write(line + "\n")
            elif picked[number] % REPLACED == REPLACED - 1:
                file.write(_line(next(fresh) | {"id": f"n{number}"}))
            else:
                file.write(_line(maker.edited(_parsed(json.loads(line), number))))
    return len(picked)


def summarize(catalog: Path) -> Mapping[str, tuple[int, int]]:
    """Return, by kind, how many texts a catalog has and how many different ones."""
    counts: Counter[str] = Counter()
    seen: dict[str, set[bytes]] = defaultdict(set)
    for line in read(str(catalog)):
        if isinstance(line, Listing):
            for kind, text in texts_of(line):
                counts[kind] += 1
                seen[kind].add(_digest(text))
    return {kind: (number, len(seen[kind])) for kind, number in counts.items()}


def _parsed(document: dict[str, Any], number: int) -> Listing:
    listing = parse(document, line=number + 1)
    if isinstance(listing, BrokenLine):  # the sample is sound, and so is what is made of it
        raise TypeError(f"listing {number} cannot be read: {listing.message}")
    return listing


def _line(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False) + "\n"


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
