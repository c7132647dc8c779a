"""Which listing goes where: train, dev and test as 80 to 10 to 10, by listing, in every top category."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping

from shopglot_eval.corpus.authoring import Draft

SPLITS = ("train", "dev", "test")


def split(drafts: Iterable[Draft]) -> Mapping[str, str]:
    """Return the split of every listing's id.

    Within a top category the listings stand in the order of the SHA-256 of their ids, and of ten in a row one goes to
    test and one to dev. Where the ten begin depends on the category, so that small ones do not all give the same.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for draft in drafts:
        groups[draft.category.split("/")[0]].append(draft.id)
    places: dict[str, str] = {}
    for category, ids in groups.items():
        offset = int(_digest(category), 16) % 10
        for position, identity in enumerate(sorted(ids, key=_digest)):
            place = (position + offset) % 10
            places[identity] = "test" if place == 0 else "dev" if place == 5 else "train"
    return places


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
