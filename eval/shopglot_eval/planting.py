"""Does everything opaque come out byte for byte, or is the segment held? And does HTML keep its tree?

    python -m shopglot_eval.planting --model fake
    python -m shopglot_eval.planting --model hostile --seed 3 --json
    python -m shopglot_eval.planting --model qwen2.5-coder-1.5b --limit 200

Part one plants tags, placeholders, model numbers, addresses, emoji, mentions, brands and hashtags at random legal
places of the sample catalog and of 2,000 lines of marketplace copy; part two writes 1,000 seeded HTML descriptions.
Both go through the flow without a store. What is not as it was must be held by a finding of its own; the share that
is held is bounded, except for the hostile engine, which damages mask tokens on purpose.
Attributes of tags (`alt`, `title`) are opaque with their tags: they are kept as they are, and not translated.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from shopglot.batches import LooseLedger, answer, translate
from shopglot.config import glossary_root
from shopglot.executors.local import LocalExecutor
from shopglot.loading import load_localizer
from shopglot.localizer import Localizer, Part
from shopglot.run import ATTEMPTS
from shopglot.segment import assemble
from shopglot.types import JudgedSegment, SegmentKey
from shopglot_eval.planting_hostile import HostileEngine
from shopglot_eval.planting_pages import outline, write_page
from shopglot_eval.planting_seeds import Line, Planted, plant, read_brands, read_catalog, read_copy

HOLDING = frozenset({"markup.broken", "placeholder.lost", "brand.changed", "dnt.changed"})
MOST_HELD = 0.03
MOST_HELD_PAGES = 0.02
COPY_LINES = 2_000
PAGES = 1_000
_BLOCK = 200  # lines that are translated together
_TAG = re.compile(r"#[^\W_]")
SAMPLE = Path(__file__).parents[1] / "data" / "sample_catalog.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A line with its translation and what was found about its segments."""

    line: Line
    target: str
    judged: tuple[JudgedSegment, ...]

    @property
    def held(self) -> bool:
        """Whether a segment of it is held because something opaque is not as it was."""
        return any(map(is_held, self.judged))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run both parts and print what came of them; exit status 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="fake", help="fake, hostile, or a model card's name (default %(default)s)")
    parser.add_argument("--market", default="us", help="default %(default)s")
    parser.add_argument("--part", choices=("planted", "html"), action="append", help="default: both")
    parser.add_argument("--limit", type=int, help="lines, and pages, at most")
    parser.add_argument("--seed", type=int, default=1, help="default %(default)s")
    parser.add_argument("--show", type=int, default=5, help="how many silent changes are shown (default %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    localizer = open_localizer(options.market, options.model, options.seed)
    bounded = options.model != "hostile"
    report: dict[str, Any] = {"model": localizer.model, "market": options.market, "seed": options.seed}
    if "planted" in (options.part or ["planted"]):
        report["planted"] = run_planted(localizer, seed=options.seed, limit=options.limit, show=options.show)
    if "html" in (options.part or ["html"]):
        report["html"] = run_pages(localizer, seed=options.seed, limit=options.limit, show=options.show)
    report["missed"] = list(missed(report, bounded=bounded))
    print(json.dumps(report, ensure_ascii=False, indent=None if options.json else 2))
    return int(bool(report["missed"]))


def open_localizer(market: str, model: str, seed: int) -> Localizer:
    """Return the tools of a market with a model; Chinese markets convert, whatever the model, unless it is hostile."""
    if model != "hostile":
        return load_localizer(market, model=model if model == "fake" or market == "us" else None)
    localizer = load_localizer(market, model="fake")
    engine = HostileEngine(seed, lang=localizer.market.language)
    return replace(localizer, model=engine.name, batch_size=engine.batch_size, open_engine=lambda: engine)


def run_planted(localizer: Localizer, *, seed: int, limit: int | None, show: int) -> dict[str, Any]:
    """Plant, translate, and count by kind what is present, held, or silently changed."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    brands = read_brands(glossary_root(), localizer.market.name)
    lines = [plant(line, chance, brands) for line in gather(chance)]
    if limit is not None:
        lines = chance.sample(lines, min(limit, len(lines)))
    counts: Counter[tuple[str, str]] = Counter()
    segments = opaque = held = 0
    silent: list[dict[str, str]] = []
    for done in work(lines, localizer, "planted"):
        segments += len(done.judged)
        opaque += sum(has_opaque(item) for item in done.judged)
        held += sum(map(is_held, done.judged))
        for one in done.line.planted:
            state = judge(one, done)
            counts[one.kind, state] += 1
            if state == "silent":
                silent.append({"kind": one.kind, "text": one.text, "source": done.line.text, "target": done.target})
    kinds = sorted({kind for kind, _ in counts})
    return {
        "lines": len(lines), "segments": segments, "segments_with_opaque_text": opaque, "segments_held": held,
        "held_share": round(held / max(opaque, 1), 4), "silent": len(silent),
        "kinds": {kind: {state: counts[kind, state] for state in ("present", "held", "silent")} for kind in kinds},
        "shown": silent[:show],
    }  # fmt: skip


def run_pages(localizer: Localizer, *, seed: int, limit: int | None, show: int) -> dict[str, Any]:
    """Write pages, translate them, and count whose outline is the same, and which are held."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    lines = [Line(field="description", text=write_page(chance)) for _ in range(PAGES if limit is None else limit)]
    same = held = 0
    silent: list[dict[str, str]] = []
    for done in work(lines, localizer, "html"):
        equal = outline(done.line.text) == outline(done.target)
        same += equal
        held += done.held
        if not equal and not done.held:
            silent.append({"source": done.line.text, "target": done.target})
    return {
        "pages": len(lines), "same_tree": same, "held": held, "held_share": round(held / max(len(lines), 1), 4),
        "silent": len(silent), "shown": silent[:show],
    }  # fmt: skip


def missed(report: dict[str, Any], *, bounded: bool) -> Iterator[str]:
    """Yield the bars that were missed."""
    for part, most in (("planted", MOST_HELD), ("html", MOST_HELD_PAGES)):
        if part in report and report[part]["silent"]:
            yield f"{part}: {report[part]['silent']} changed silently, 0 are allowed"
        if part in report and bounded and report[part]["held_share"] > most:
            yield f"{part}: {report[part]['held_share']:.1%} held, at most {most:.0%} are allowed"


def gather(chance: random.Random) -> list[Line]:
    """Return the texts of the sample catalog, and lines of marketplace copy where the shared data folder is."""
    lines = read_catalog(SAMPLE)
    shared = Path(os.environ.get("SHOPGLOT_SHARED", SAMPLE.parents[3] / "shared" / "data")) / "commerce-zh"
    if shared.is_dir():
        return lines + read_copy(shared, chance, COPY_LINES)
    print(f"planting: no marketplace copy in {shared} (set SHOPGLOT_SHARED): the sample only", file=sys.stderr)
    return lines


def work(lines: Sequence[Line], localizer: Localizer, what: str) -> Iterator[Done]:
    """Translate lines block by block, as `shopglot translate` does; progress goes to stderr."""
    ledger = LooseLedger(remembered={})
    for start in range(0, len(lines), _BLOCK):
        block = lines[start : start + _BLOCK]
        parts = [_cut(line, localizer) for line in block]
        units = {unit.machine_key: unit for part in parts for unit in map(localizer.unit, part.segments)}
        known = {key: sure for key, unit in units.items() if (sure := answer(unit, localizer)) is not None}
        asked = [unit for key, unit in units.items() if key not in known]
        known |= translate(asked, localizer, executor=LocalExecutor(), ledger=ledger, attempts=ATTEMPTS)
        for line, part in zip(block, parts, strict=True):
            judged = [localizer.judge(item, known[localizer.unit(item).machine_key]) for item in part.segments]
            targets = [item.translation.target for item in judged]
            target = assemble(part.pieces, targets, spaced=localizer.market.latin)
            yield Done(line=line, target=target, judged=tuple(judged))
        print(f"planting: {what} {start + len(block)}/{len(lines)}", file=sys.stderr)


def judge(one: Planted, done: Done) -> str:
    """Tell whether a planted text is present as often as in the source, or its line held, or neither: silent."""
    if one.kind == "hashtag":
        fine = "[话题]" not in done.target and _TAG.search(done.target) is not None
    elif one.kind == "brand":
        fine = done.target.count(one.expected) >= done.line.text.count(one.text)
    else:
        fine = done.target.count(one.expected) == done.line.text.count(one.text)
    return "present" if fine else "held" if done.held else "silent"


def is_held(item: JudgedSegment) -> bool:
    """Tell whether a segment is held because something opaque or a name is missing or altered."""
    return item.decision.verdict != "publish" and any(finding.check in HOLDING for finding in item.findings)


def has_opaque(item: JudgedSegment) -> bool:
    """Tell whether a segment has something that must come out byte for byte."""
    return bool(item.segment.masks) or any(term.keep for term in item.segment.terms)


def _cut(line: Line, localizer: Localizer) -> Part:
    return localizer.segments(line.text, SegmentKey(merchant="", listing="", path="", index=0), field=line.field)


if __name__ == "__main__":
    raise SystemExit(main())
