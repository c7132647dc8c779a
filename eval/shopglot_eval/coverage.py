"""Which share of the words that shops use most does the termbase know?

    python -m shopglot_eval.coverage --market us
    python -m shopglot_eval.coverage --texts titles.txt copy.txt --missing 100

The texts are the marketplace titles, cosmetics titles and product copy of the shared data (SHOPGLOT_SHARED says where;
without it the measure is skipped, with the reason, and the status is 0), or files of one's own, one text a line.

A **product word** is a word that rjieba's dictionary finds in a text, both folded as the termbase folds, and that

- is of two and more Han characters and of nothing else;
- is a word of content: the dictionary's tag begins with one of `CONTENT` (nouns, verbs, adjectives, descriptions,
  distinguishing words, idioms, set phrases, abbreviations; not adverbs, numerals, pronouns, particles, times, places);
- is by that tag no name of a person, place or organisation (`NAMES`);
- is not in `DISCOURSE`.

Words that the dictionary has not are not guessed at: its guesses make up words such as 液小棕. The `--top` product
words with the most occurrences in all texts count, each once; of equals, the first by code point.

The termbase **knows** a word when it has an entry whose folded source is the word: to enforce, to keep or to suggest,
in general or under a condition, brands included. A word that is only part of an entry, or made of several, is not
known.

What else is printed shows how far the figure can be trusted: the share among fewer words, by occurrences, in each file,
with names (the dictionary takes 连衣裙 and 巧克力 for persons), with words of any class, with single characters, with
guessed words, with all words that occur as often as the last; and how many of the texts' Han characters are covered by
the terms that `Termbase.match` finds in them as in titles. Exit status 1 below the bar, 2 where a text cannot be read.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from shopglot import foreign
from shopglot.config import glossary_root
from shopglot.errors import ShopglotError
from shopglot.market import MARKETS, load_market
from shopglot.script import HAN, HAN_RANGES
from shopglot.termbase import Termbase, fold, load_termbase
from shopglot_eval.arguments import natural, positive

BAR = 0.75
TOP = 3000
STEPS = (500, 1000, 2000, 3000)
FILES = ("marketplace-titles.txt", "cosmetics-titles.txt", "product-copy.txt")

CONTENT = tuple("navzbijl")
NAMES = ("nr", "ns", "nt")
# Tagged as verbs or adjectives, but they help, link, point or compare, and say nothing of a product: a glossary has no
# rendering to give, an engine needs none.
DISCOURSE = frozenset(
    """没有 不会 能够 需要 不能 可谓 进行 加以 作为 成为 变成 变得 起来 出来 看起来 看上去 看到 看着 使得 令人
    具有 拥有 有着 带有 具备 还有 存在 出现 在于 属于 来自 得到 达到 起到 造成 给予 带给 开始 觉得 像是 好似 好像 仿若
    用于 易于 便于 接近 利用 给人以 有机会 不妨 不止 不同 人们 一般 完全 有点""".split()
)
_WORD = re.compile(f"[{HAN_RANGES}]{{2,}}")
_WORD_OR_CHARACTER = re.compile(f"[{HAN_RANGES}]+")

Kinds = Mapping[str, Collection[str]]
"""What the entries of a known word are, by its folded source: enforced, suggested, general."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A file of texts: what it is called in the report, and its lines, without the empty ones."""

    name: str
    lines: tuple[str, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; return the exit status."""
    options = _parse(arguments)
    try:
        texts = [read_text(path) for path in options.texts] if options.texts else read_shared()
        if isinstance(texts, str):
            print(f"coverage: skipped: {texts}", file=sys.stderr)
            if options.json:
                print(json.dumps({"skipped": texts}, ensure_ascii=False))
            return 0
        termbase = load_termbase(glossary_root(), load_market(glossary_root(), options.market).lineage)
    except ShopglotError as error:
        print(f"coverage: {error}", file=sys.stderr)
        return error.exit_status
    figures = {"market": options.market, "bar": options.bar, **measure(texts, termbase, top=options.top)}
    figures["missing"] = figures["missing"][: options.missing]
    print(json.dumps(figures, ensure_ascii=False) if options.json else describe(figures))
    return int(figures["coverage"] < options.bar)


def measure(texts: Sequence[Text], termbase: Termbase, *, top: int = TOP) -> dict[str, Any]:
    """Return the figures. Shares are from 0 to 1, rounded down, so that none reaches a bar that it does not.

    `conditional` are words known only under a condition. `missing` are all unknown words, as [word, occurrences].
    """
    kinds = kinds_of(termbase)
    counts = {text.name: count_words(text.lines) for text in texts}
    total = sum(counts.values(), Counter[str]())
    ranked = rank(total)
    chosen = ranked[:top]
    least = total[chosen[-1]] if chosen else 0
    known = [word for word in chosen if word in kinds]
    return {
        "texts": sum(len(text.lines) for text in texts),
        "words": len(chosen),
        "known": len(known),
        "coverage": share(len(known), len(chosen)),
        "enforced": share(sum("enforced" in kinds[word] for word in known), len(chosen)),
        "suggested": share(sum("enforced" not in kinds[word] for word in known), len(chosen)),
        "conditional": share(sum("general" not in kinds[word] for word in known), len(chosen)),
        "among": {str(step): known_share(chosen[:step], kinds) for step in STEPS if step <= len(chosen)},
        "by_occurrences": share(sum(total[word] for word in known), sum(total[word] for word in chosen)),
        "least_occurrences": least,
        "with_all_equals": known_share([word for word in ranked if total[word] >= least], kinds),
        "with_names": known_share(rank(total, wanted=is_content)[:top], kinds),
        "with_any_class": known_share(rank(total, wanted=_is_word)[:top], kinds),
        "with_single_characters": known_share(rank(total, wanted=_is_product_word_or_character)[:top], kinds),
        "with_guessed_words": known_share(rank(_guessed(texts))[:top], kinds),
        "characters": cover([line for text in texts for line in text.lines], termbase),
        "files": {text.name: _of_file(text, counts[text.name], kinds, termbase, top) for text in texts},
        "missing": [[word, total[word]] for word in chosen if word not in kinds],
    }


def kinds_of(termbase: Termbase) -> dict[str, set[str]]:
    """Return what the termbase has for each folded source: `enforced` or `suggested`, and `general`."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for entry in termbase.entries():
        found = kinds[fold(entry.source)]
        found.add("suggested" if entry.use == "suggest" else "enforced")
        if not entry.category and not entry.field:
            found.add("general")
    return dict(kinds)


def count_words(lines: Iterable[str], *, guess: bool = False) -> Counter[str]:
    """Count the words of folded texts that are Han characters only; `guess` lets rjieba make up those it has not."""
    import rjieba

    counts: Counter[str] = Counter()
    for line in lines:
        counts.update(filter(_WORD_OR_CHARACTER.fullmatch, rjieba.cut(fold(line), guess)))
    return counts


def is_content(word: str) -> bool:
    """Whether a word is of two characters and more, a word of content or a name, and no word of discourse."""
    return _is_word(word) and _tag(word).startswith(CONTENT) and word not in DISCOURSE


def is_product_word(word: str) -> bool:
    """Whether a folded word is a product word: see the module."""
    return is_content(word) and not _tag(word).startswith(NAMES)


def rank(counts: Mapping[str, int], *, wanted: Callable[[str], bool] = is_product_word) -> list[str]:
    """Return the wanted words, those with the most occurrences first, of equals the first by code point."""
    return sorted(filter(wanted, counts), key=lambda word: (-counts[word], word))


def cover(lines: Sequence[str], termbase: Termbase) -> dict[str, Any]:
    """Return how many Han characters the lines have, and the share that matched terms cover, read as titles."""
    han = sum(len(HAN.findall(line)) for line in lines)
    covered: Counter[bool] = Counter()
    for line in lines:
        for match in termbase.match(line, field="title"):
            covered[match.enforce] += len(HAN.findall(match.source))
    return {
        "han": han, "covered": share(covered.total(), han), "enforced": share(covered[True], han),
        "suggested": share(covered[False], han),
    }  # fmt: skip


def known_share(words: Sequence[str], kinds: Kinds) -> float:
    """Return the share of the words that the termbase knows."""
    return share(sum(word in kinds for word in words), len(words))


def share(part: int, whole: int) -> float:
    """Return a share with four digits, rounded down; 0 of nothing."""
    return math.floor(10_000 * part / whole) / 10_000 if whole else 0.0


def read_text(path: Path) -> Text:
    """Read a file of one text a line. Raises `DataError` where it cannot be read or is not UTF-8."""
    lines = foreign.read_text(path).split("\n")
    return Text(name=path.name, lines=tuple(line for line in map(str.strip, lines) if line))


def read_shared() -> list[Text] | str:
    """Return the texts of the shared data, or why there are none."""
    default = Path(__file__).parents[3] / "shared" / "data"
    folder = Path(os.environ.get("SHOPGLOT_SHARED", default)) / "commerce-zh"
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        return f"no {', '.join(missing)} in {folder}; set SHOPGLOT_SHARED, or name texts of your own with --texts"
    return [read_text(folder / name) for name in FILES]


def describe(figures: Mapping[str, Any]) -> str:
    """Return the figures for people to read."""
    characters, files = figures["characters"], figures["files"]
    rows = [
        (
            "known",
            f"{figures['known']} of {figures['words']} ({figures['coverage']:.1%}), the bar is {figures['bar']:.1%}",
        ),
        ("enforced, suggested", f"{figures['enforced']:.1%}, {figures['suggested']:.1%}"),
        ("under a condition only", f"{figures['conditional']:.1%}"),
        *((f"first {step}", f"{value:.1%}") for step, value in figures["among"].items()),
        ("by occurrences", f"{figures['by_occurrences']:.1%}"),
        (f"all with {figures['least_occurrences']} and more", f"{figures['with_all_equals']:.1%}"),
        ("with names", f"{figures['with_names']:.1%}"),
        ("with any class of words", f"{figures['with_any_class']:.1%}"),
        ("with single characters", f"{figures['with_single_characters']:.1%}"),
        ("with guessed words", f"{figures['with_guessed_words']:.1%}"),
        (
            "Han characters covered",
            f"{characters['covered']:.1%} ({characters['enforced']:.1%} enforced) of {characters['han']}",
        ),
        *((name, f"{one['coverage']:.1%}, characters {one['characters']:.1%}") for name, one in files.items()),
    ]
    heading = f"{figures['market']}: the {figures['words']} most frequent product words of {figures['texts']} texts"
    missing = [f"{count}\t{word}" for word, count in figures["missing"]]
    return "\n".join([heading, *(f"  {name:26}{value}" for name, value in rows), *missing])


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="coverage", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--market", choices=MARKETS, default="us", help="whose termbase (default %(default)s)")
    parser.add_argument("--texts", nargs="+", type=Path, metavar="FILE", help="texts of your own, one a line")
    parser.add_argument("--top", type=positive, default=TOP, help="how many words count (default %(default)s)")
    parser.add_argument("--missing", type=natural, default=0, metavar="N",
                        help="list the N most frequent unknown words")  # fmt: skip
    parser.add_argument("--bar", type=float, default=BAR, help="the least coverage, from 0 to 1 (default %(default)s)")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser.parse_args(arguments)


def _of_file(text: Text, counts: Counter[str], kinds: Kinds, termbase: Termbase, top: int) -> dict[str, float]:
    return {
        "coverage": known_share(rank(counts)[:top], kinds),
        "characters": cover(text.lines, termbase)["covered"],
    }


def _guessed(texts: Iterable[Text]) -> Counter[str]:
    return sum((count_words(text.lines, guess=True) for text in texts), Counter[str]())


def _is_word(word: str) -> bool:
    return _WORD.fullmatch(word) is not None


def _is_product_word_or_character(word: str) -> bool:
    return is_product_word(word) or (len(word) == 1 and _tag(word).startswith(CONTENT))


@cache
def _tag(word: str) -> str:
    """Return the dictionary's tag of a word, that of its first part where the dictionary has not the whole."""
    import rjieba

    tagged = rjieba.tag(word)
    return str(tagged[0][1]) if tagged else ""


if __name__ == "__main__":
    raise SystemExit(main())
