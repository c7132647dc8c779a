"""The command that scores pairs of texts: score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, cast

import click

from shopglot.cli.lines import print_answer, read_lines, read_pair
from shopglot.cli.options import json_option, market_option, model_option

if TYPE_CHECKING:
    from shopglot.localizer import Localizer
    from shopglot.types import Json, Scorer, Translation

READ_AHEAD = 64  # pairs that the model reads together


@click.command("score")
@market_option
@model_option
@click.option("--no-model", is_flag=True, help="Use the signals that need no model; the signature ends in /surface.")
@json_option
def score_command(market: str, model: str | None, no_model: bool, as_json: bool) -> None:
    """Score one pair a line: {"source": …, "target": …, "field": …} -> {"score": …, "signature": …, "signals": {…}}.

    The score is the probability that a reviewer would publish the target unedited (see docs/quality.md). The model that
    the market's estimator was fitted on reads the pair; order is kept, lines are read ahead in bounded batches.

    \b
    Example:
      echo '{"source": "纯棉连衣裙", "target": "Pure cotton dress"}' | shopglot score --market us
    """
    from shopglot.loading import load_localizer

    localizer = load_localizer(market, model=model)
    lines = enumerate(read_lines(), start=1)
    ahead = 1  # the first answer soon
    while block := list(islice(lines, ahead)):
        pairs: list[dict[str, str]] = []
        try:
            for number, line in block:
                pairs.append(read_pair(line, number))
        finally:  # the lines before a broken one have their answers
            for answer in _scores(pairs, localizer, read=not no_model):
                print_answer(answer)
        ahead = min(4 * ahead, READ_AHEAD)


def _scores(block: Sequence[dict[str, str]], localizer: Localizer, *, read: bool) -> Iterator[dict[str, Json]]:
    from dataclasses import replace

    from shopglot.checks import check
    from shopglot.quality import read as read_texts
    from shopglot.types import Translation

    views = localizer.readable if read else frozenset()
    items = [localizer.whole(pair["source"], field=pair.get("field") or "title") for pair in block]
    texts: list[Translation] = [
        Translation(
            source=item.source, target=pair["target"], market=localizer.market.name, model="input", origin="machine",
            unit_key="", machine_key="",
        )
        for item, pair in zip(items, block, strict=True)
    ]  # fmt: skip
    if views:
        scorer = cast("Scorer", localizer.open_engine())
        opinions = read_texts(scorer, [(text.source, text.target) for text in texts], views)
        texts = [replace(text, opinion=opinion) for text, opinion in zip(texts, opinions, strict=True)]
    for item, text in zip(items, texts, strict=True):
        score = localizer.estimator.estimate(item, text, check(item, text, localizer.market), views=views)
        yield {"score": score.value, "signature": score.signature, "signals": dict(score.signals)}
