"""The files that training reads, from corpus, general texts and recipe."""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from shopglot.engines.cards import Card, Prompt, get_card
from shopglot.engines.frame import need_prompt
from shopglot.errors import DataError
from shopglot.foreign import read_objects
from shopglot.loading import load_localizer
from shopglot.localizer import Localizer
from shopglot.texts import Text
from shopglot_eval.lessons.general import draw_general
from shopglot_eval.lessons.rendering import Lesson, make_lesson
from shopglot_eval.training.examples import MANIFEST, PARTS, manifest_digest
from shopglot_eval.training.recipe import Recipe

GENERAL = "general"
_ENGLISH = "us"  # the market that general texts are translated for
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corner:
    """A market's tools, and what the model is told for it."""

    market: str
    localizer: Localizer
    prompt: Prompt


def write_lessons(recipe: Recipe, *, cards: Path, corpus: Path, shared: Path, folder: Path) -> Mapping[str, Any]:
    """Write `train.jsonl`, `dev.jsonl` and the manifest into a folder; return the manifest with its own digest.

    The same recipe, corpus, glossaries, rules and shared data give the same bytes. The corpus's own test part is only
    looked at so that nothing of it is learned. Raises `DataError` where a file is wrong.
    """
    card = get_card(cards, recipe.base)
    corners = [_corner(market, recipe, card) for market in recipe.data.markets]
    texts = {part: _read_corpus(corpus / f"{part}.jsonl") for part in (*PARTS, "test")}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)
    counts: dict[str, dict[str, int]] = {}
    files: dict[str, dict[str, Any]] = {}
    for part in PARTS:
        print(f"{part}: {len(texts[part])} texts for {', '.join(recipe.data.markets)}", file=sys.stderr)
        tally: Counter[str] = Counter()
        lines = list(_commerce(texts[part], corners, recipe, tally))
        if part == "train" and recipe.general.share:
            taken = {record["source"] for records in texts.values() for record in records}
            lines += _general(corners, recipe, shared, len(texts[part]), taken, tally)
        Random(f"{recipe.data.seed}:{part}").shuffle(lines)  # noqa: S311 - an order, no secret
        raw = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
        (folder / f"{part}.jsonl").write_bytes(raw)
        files[f"{part}.jsonl"] = {"examples": len(lines), "size": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
        counts[part] = dict(sorted(tally.items()))
    source = card.source
    manifest = {
        "recipe": recipe.digest, "files": files, "counts": counts,
        "base": {"card": card.name, "file": source.file, "size": source.size, "sha256": source.sha256},
    }  # fmt: skip
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False), encoding="utf-8")
    return {**manifest, "digest": manifest_digest(manifest)}


def _corner(market: str, recipe: Recipe, card: Card) -> Corner:
    prompt = need_prompt(card)
    # The stand-in has the flow of a chat model, and is never asked.
    localizer = load_localizer(market, model="fake" if market == _ENGLISH else None)
    return Corner(
        market=market, localizer=localizer, prompt=replace(prompt, system=recipe.systems[market] or prompt.system)
    )


def _read_corpus(path: Path) -> list[Record]:
    found: list[Record] = []
    for number, record in read_objects(path):
        needed = ("listing", "path", "index", "field", "source", "terms")
        if missing := next((key for key in needed if key not in record), None):
            raise DataError(f"{path}:{number}: field '{missing}' is missing.")
        found.append(record)
    return found


def _commerce(
    records: Sequence[Record], corners: Sequence[Corner], recipe: Recipe, tally: Counter[str]
) -> Iterator[dict[str, str]]:
    """Yield the lessons of a part of the corpus, each text for every market."""
    titles: dict[str, str] = {}
    for record in records:
        if record["path"] == "/fields/title":
            titles.setdefault(record["listing"], record["source"])
    chance = Random(f"{recipe.data.seed}:bare")  # noqa: S311 - a choice, no secret
    for record in records:
        text = Text(
            source=record["source"], field=record["field"], category=record.get("category", ""),
            brand=record.get("brand", ""), title=titles.get(record["listing"], ""),
        )  # fmt: skip
        place = f"{record['listing']}{record['path']}#{record['index']}"
        for corner in corners:
            used = {source for source, _ in record["terms"].get(corner.market, ())}
            bare = chance.random() < recipe.data.bare
            lesson = make_lesson(text, record[corner.market], corner.localizer, corner.prompt, used=used, bare=bare)
            yield from _kept(lesson, corner, place, tally, f"commerce {corner.market}")


def _general(
    corners: Sequence[Corner], recipe: Recipe, shared: Path, total: int, taken: set[str], tally: Counter[str]
) -> Iterator[dict[str, str]]:
    """Yield lessons of general texts, without terms: those of the trade mean other things elsewhere."""
    corner = next((one for one in corners if one.market == _ENGLISH), None)
    if corner is None:
        return
    wanted = round(total * recipe.general.share)
    pairs = draw_general(shared / recipe.general.file, recipe.general, wanted, seed=recipe.data.seed, taken=taken)
    plain = replace(corner.localizer, termbase=type(corner.localizer.termbase)([]))
    for number, (source, target) in enumerate(pairs):
        text = Text(source=source, field="description")
        lesson = make_lesson(text, target, plain, corner.prompt, used=())
        yield from _kept(lesson, corner, f"{GENERAL}#{number}", tally, GENERAL)


def _kept(lesson: Lesson | str, corner: Corner, place: str, tally: Counter[str], kind: str) -> Iterator[dict[str, str]]:
    """Yield a lesson as a line, and count it, or why it is none."""
    if isinstance(lesson, str):
        tally[f"{kind} left out: {lesson}"] += 1
        return
    tally[kind] += 1
    tally[f"{kind} words written in"] += lesson.shown
    tally[f"{kind} words left Chinese"] += lesson.kept
    tally[f"{kind} masks"] += lesson.masks
    yield {
        "from": place, "market": corner.market, "system": corner.prompt.system,
        "user": lesson.user, "answer": lesson.answer,
    }  # fmt: skip
