"""Train the house model: make examples, move large files in pieces, train, bring the adapter back.

    training prepare --out work/lessons                                  at home: examples from corpus and recipe
    training split base.gguf --out work/base --size 56M                  a file in pieces, with their list
    training verify work/base/base.gguf.pieces.json                      which pieces have to be sent again
    training join work/base/base.gguf.pieces.json --out base.gguf        the file, proven
    training train --recipe recipe.toml --lessons work/lessons --base base.gguf --out work/run
                                                                         trains, or goes on; prints the result

All but `prepare` needs nothing but this folder, PyTorch, transformers and peft. Exit status: 0 done, 1 something is
wrong and the message says what to do, 2 bad usage, 3 the time that `--seconds` gave is over: call again to go on.
docs/house-model.md has the whole way.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from .pieces import join, split, verify
from .problems import TrainingError
from .recipe import read_recipe

ROOT = Path(__file__).parents[3]
UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
UNFINISHED = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Do one of the five; return the exit status."""
    options = _parse(arguments)
    try:
        return int(options.run(options))
    except (TrainingError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _prepare(options: argparse.Namespace) -> int:
    from shopglot.errors import ShopglotError
    from shopglot_eval.lessons.writing import write_lessons

    try:
        made = write_lessons(
            read_recipe(options.recipe), cards=options.cards, corpus=options.corpus, shared=options.shared,
            folder=options.out,
        )  # fmt: skip
    except ShopglotError as error:
        raise TrainingError(str(error)) from error
    print(json.dumps(made, indent=1, ensure_ascii=False))
    return 0


def _split(options: argparse.Namespace) -> int:
    print(split(options.file, options.out, size=options.size, progress=_tell))
    return 0


def _verify(options: argparse.Namespace) -> int:
    wrong = verify(options.list)
    for line in wrong:
        print(line)
    return int(bool(wrong))


def _join(options: argparse.Namespace) -> int:
    print(join(options.list, options.out, sha256=options.sha256, progress=_tell))
    return 0


def _train(options: argparse.Namespace) -> int:
    from .examples import read_lessons
    from .loop import train

    result = train(
        read_recipe(options.recipe), read_lessons(options.lessons), options.base, options.out,
        device=options.device, seconds=options.seconds, progress=_tell,
    )  # fmt: skip
    if result is None:
        print("not done yet: call again with the same words to go on.", file=sys.stderr)
        return UNFINISHED
    print(json.dumps(result, indent=1))
    return 0


def _tell(what: str, done: int, total: int) -> None:
    print(f"{done}/{total} {what}" if total else what, file=sys.stderr, flush=True)


def _size(text: str) -> int:
    """Return a number of bytes: 1000, 64K, 16M, 1G."""
    unit = UNITS.get(text[-1:].upper(), 1)
    number = text[:-1] if unit > 1 else text
    if not number.isascii() or not number.isdigit() or int(number) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no size such as 16M")
    return int(number) * unit


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="training", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    recipe = ROOT / "models" / "house" / "recipe.toml"

    one = commands.add_parser("prepare", help="examples from corpus and recipe")
    one.add_argument("--recipe", type=Path, default=recipe)
    one.add_argument("--cards", type=Path, default=ROOT / "models", help="the folder of model cards")
    one.add_argument("--corpus", type=Path, default=ROOT / "eval" / "data" / "commerce")
    shared = os.environ.get("SHOPGLOT_SHARED", ROOT.parent / "shared" / "data")
    one.add_argument("--shared", type=Path, default=Path(shared), help="the shared data, for general texts")
    one.add_argument("--out", type=Path, required=True, help="the folder of the examples")
    one.set_defaults(run=_prepare)

    one = commands.add_parser("split", help="a file in pieces")
    one.add_argument("file", type=Path)
    one.add_argument("--out", type=Path, required=True, help="the folder of the pieces")
    one.add_argument("--size", type=_size, default="16M", help="the largest piece: 64K, 16M (default), 1G")
    one.set_defaults(run=_split)

    one = commands.add_parser("verify", help="which pieces are missing or wrong; status 1 where any is")
    one.add_argument("list", type=Path, metavar="NAME.pieces.json")
    one.set_defaults(run=_verify)

    one = commands.add_parser("join", help="the file that pieces make")
    one.add_argument("list", type=Path, metavar="NAME.pieces.json")
    one.add_argument("--out", type=Path, required=True, help="the file")
    one.add_argument("--sha256", default="", help="what the file must be, as a model card says")
    one.set_defaults(run=_join)

    one = commands.add_parser("train", help="train, or go on")
    one.add_argument("--recipe", type=Path, default=recipe)
    one.add_argument("--lessons", type=Path, required=True, help="the folder that `prepare` wrote")
    one.add_argument(
        "--base", type=Path, required=True, help="the base model: a GGUF file, or a folder of transformers"
    )
    one.add_argument("--out", type=Path, required=True, help="the folder of checkpoint, log, adapter and result")
    one.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    one.add_argument("--seconds", type=float, default=float("inf"), help="stop in time, with everything kept")
    one.set_defaults(run=_train)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
