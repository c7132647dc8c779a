"""Translates a suite and keeps the answers, so that a report finds them made.

    python -m shopglot_eval.systems commerce-dev --market us --out build/eval

A killed call goes on where it was. With `--no-glossary` the engine is given no term and no name, with
`--random-glossary` other words in place of terms; all are judged by the market's own. The last line on
stdout names the file with the answers.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from shopglot.errors import ShopglotError
from shopglot.loading import load_localizer
from shopglot_eval import suites
from shopglot_eval.systems import rerank, translate, translate_at_random, without_glossary, write_outputs
from shopglot_eval.systems.reranking import COUNT

SUFFIXES = {"proper": "", "none": " no glossary", "random": " random glossary", "reranked": " reranked"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Translate and tell where the answers lie; return the exit status."""
    options = _parse(arguments)
    try:
        suite = suites.read(options.suite, limit=options.limit, every=options.every, markets=options.market)
        for market in options.market:
            localizer = load_localizer(market, model=options.model)
            name = f"{localizer.model}{SUFFIXES[options.terms]}"
            if options.terms == "reranked":
                answers = rerank(suite, market, localizer, name=name, store=options.out, count=options.count)
            elif options.terms == "random":
                answers = translate_at_random(suite, market, localizer, name=name, store=options.out)
            else:
                engine = without_glossary(localizer) if options.terms == "none" else localizer
                answers = translate(suite, market, engine, name=name, store=options.out, judge=localizer)
            path = options.out / f"{suite.name}.{market}.{name.replace(' ', '-')}.jsonl".replace("/", "-")
            write_outputs(path, answers)
            verdicts = Counter(str(pair.output.verdict) for pair in answers.pairs)
            told = ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items()))
            print(
                f"{suite.name} {market}: {len(answers.pairs)} texts ({told}) in {answers.seconds:.0f} s",
                file=sys.stderr,
            )
            print(path)
    except ShopglotError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_status
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite", help="name of a suite, or a file (see shopglot_eval.suites.read)")
    parser.add_argument("--market", action="append", required=True, help="may be given several times")
    parser.add_argument("--model", help="model card; default: the market's own. 'fake' needs none")
    parser.add_argument(
        "--no-glossary",
        dest="terms",
        action="store_const",
        const="none",
        default="proper",
        help="give the engine no term and no name",
    )
    parser.add_argument(
        "--random-glossary",
        dest="terms",
        action="store_const",
        const="random",
        help="give the engine random words in place of terms",
    )
    parser.add_argument(
        "--reranked", dest="terms", action="store_const", const="reranked", help="choose among several answers"
    )
    parser.add_argument("--count", type=int, default=COUNT, help="with --reranked: how many (%(default)s)")
    parser.add_argument("--limit", type=int, help="the first N texts of each market")
    parser.add_argument("--every", type=int, default=1, help="each N-th text of each market")
    parser.add_argument("--out", type=Path, required=True, help="folder where every answer is kept")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
