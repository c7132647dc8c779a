"""How long a report takes, how large it is and how much memory it needs: `scripts/evaluating`, figures as JSON.

Suite and systems are made from the train part of the commerce corpus, without a model: what people wrote, with more
and more words lost, swapped or miscounted. They are judged and kept first, as a run leaves them; then the report is
made from what was kept, and that is what is timed. Memory is that of the process: with `--kept FOLDER` a second call
judges nothing, and tells what a report alone needs.
"""

from __future__ import annotations

import json
import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import click

from shopglot_eval import suites
from shopglot_eval.evaluating.assembly import assemble
from shopglot_eval.records import Answers, Evaluation, Example, Pair, Suite
from shopglot_eval.systems import keeping, outside

SUITE = "commerce-train"
SHARES = {"careful": 0.05, "usual": 0.3, "careless": 0.8}  # of texts that a system spoils
SEED = 7


@click.command()
@click.option("--texts", default=2000, show_default=True, help="Of each market.")
@click.option("--kept", type=click.Path(path_type=Path, file_okay=False), help="Keep what was judged in this folder.")
def main(texts: int, kept: Path | None) -> None:
    """Make a report on three systems in two markets from kept answers, and print what it took as JSON."""
    with TemporaryDirectory() as folder:
        suite = suites.read(SUITE, limit=texts)
        paths = {(market, name): _keep(suite, market, name, kept or Path(folder)) for market, name in _systems(suite)}
        load = os.getloadavg()[0]
        started, busy = time.monotonic(), time.process_time()
        figures = _report(paths, texts, Path(folder))
        figures |= {"seconds": round(time.monotonic() - started, 1), "load": round(load, 2)}
        figures["cpu_seconds"] = round(time.process_time() - busy, 1)
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    click.echo(json.dumps(figures))


def spoil(text: str, chance: Random) -> str:
    """Return a text with one fault: a word is lost, two are swapped, or a digit is another."""
    digits = [place for place, sign in enumerate(text) if sign.isdigit()]
    if digits and chance.random() < 0.3:
        at = chance.choice(digits)
        return f"{text[:at]}{(int(text[at]) + 1) % 10}{text[at + 1 :]}"
    joint = " " if " " in text else ""
    words = text.split(joint) if joint else list(text)
    at = chance.randrange(len(words))
    if chance.random() < 0.5 and at:
        words[at - 1 : at + 1] = [words[at], words[at - 1]]
    else:
        del words[at]
    return joint.join(words)


def _systems(suite: Suite) -> Iterator[tuple[str, str]]:
    for market in suite.markets:
        for name in SHARES:
            yield market, name


def _keep(suite: Suite, market: str, name: str, folder: Path) -> Path:
    """Judge a system's texts and keep them, unless they are kept already."""
    from shopglot.loading import FAKE, load_localizer

    path = folder / f"{name}.{market}-{suite.digest[:12]}-{keeping.code_digest()[:12]}.jsonl"
    if path.is_file():
        return path
    click.echo(f"judging {name}, {market}", err=True)
    localizer = load_localizer(market, model=FAKE)
    chance = Random(f"{SEED} {market} {name}")  # noqa: S311 - made-up faults, no secret
    pairs = tuple(
        Pair(example=example, output=outside.judge(example, _target(example, name, chance), localizer, score=True))
        for example in suite.of(market)
    )
    keeping.write_outputs(path, Answers(suite=suite.name, market=market, system=name, pairs=pairs))
    return path


def _target(example: Example, name: str, chance: Random) -> str:
    text = example.references[0] if example.references else example.source
    return spoil(text, chance) if text and chance.random() < SHARES[name] else text


def _report(paths: dict[tuple[str, str], Path], texts: int, folder: Path) -> dict[str, object]:
    """Read suite and answers anew, make the report in all its forms, and return how large they are."""
    from shopglot_eval.reporting.forms import write

    suite = suites.read(SUITE, limit=texts)
    answers = tuple(keeping.read_kept(path, suite, market, name=name) for (market, name), path in paths.items())
    report = assemble(Evaluation(suites=(suite,), answers=answers))
    written = write(report, folder / "out", "report")
    sizes: dict[str, object] = {f"{form}_bytes": Path(path).stat().st_size for form, path in written.items()}
    return {"texts": texts, "systems": len(SHARES), "markets": len(suite.markets), **sizes}


if __name__ == "__main__":
    main()
