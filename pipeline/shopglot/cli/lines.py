"""Commands that answer line by line: translate, convert, check, screen."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, cast

import click

from shopglot.cli.options import json_option, market_option, model_option
from shopglot.errors import UsageError
from shopglot.foreign import json_object
from shopglot.types import Finding, Json

if TYPE_CHECKING:
    from shopglot.localizer import Localizer

READ_AHEAD = 256  # lines that are translated together; bounds memory and the wait for the first line
FIELDS = (
    "title subtitle bullet description attribute-name attribute-value option-name option-value size-cell hashtag note "
    "alt"
).split()


@click.command("translate")
@market_option
@click.option("--field", type=click.Choice(FIELDS), default="title", show_default=True, help="What kind of text it is.")
@model_option
@click.option("--allow-uncalibrated", is_flag=True, help="Where no gate is fitted, decide by a plain cut-off.")
@json_option
def translate_command(market: str, field: str, model: str | None, allow_uncalibrated: bool, as_json: bool) -> None:
    """Translate one source text a line; answer one JSON object a line.

    Nothing is remembered and nothing is published. Order is kept; lines are read ahead in bounded batches.

    \b
    Example:
      echo 'U型枕 记忆棉 旅行便携' | shopglot translate --market us
    """
    from shopglot.loading import load_localizer

    localizer = load_localizer(market, model=model, plain=allow_uncalibrated)
    lines = read_lines()
    # The first lines are answered soon; after that batches may fill.
    ahead = 16
    while block := list(islice(lines, ahead)):
        for answer in _translate(block, field, localizer):
            print_answer(answer)
        ahead = min(2 * ahead, READ_AHEAD)


@click.command("convert")
@market_option
def convert(market: str) -> None:
    """Convert one Simplified text a line to the Traditional Chinese of a market; loads no neural model.

    \b
    Example:
      echo '连衣裙 土豆' | shopglot convert --market hk
    """
    from shopglot.conversion import load_converter

    converter = load_converter(market)
    for line in read_lines():
        sys.stdout.write(converter.convert(line) + "\n")
        sys.stdout.flush()


@click.command("check")
@market_option
def check_command(market: str) -> None:
    """Check one pair a line: {"source": …, "target": …, "field": …} -> {"findings": […]}; loads no model.

    \b
    Example:
      echo '{"source": "满99元包邮", "target": "Free shipping over $99"}' | shopglot check --market us
    """
    from shopglot.checks import check
    from shopglot.loading import load_localizer
    from shopglot.types import Translation

    localizer = load_localizer(market)
    for number, line in enumerate(read_lines(), start=1):
        pair = read_pair(line, number)
        item = localizer.whole(pair["source"], field=pair.get("field") or "title")
        translation = Translation(
            source=item.source, target=pair["target"], market=market, model="input", origin="human", unit_key="",
            machine_key="",
        )  # fmt: skip
        print_answer({"findings": [describe(finding) for finding in check(item, translation, localizer.market)]})


@click.command("screen")
@market_option
@click.option(
    "--side", type=click.Choice(["source", "target"]), default="source", show_default=True, help="Which text it is."
)
@click.option("--field", type=click.Choice(FIELDS), default="title", show_default=True, help="What kind of text it is.")
@click.option("--category", default="", help="The category of the listing that the texts are of, if it is known.")
@click.option("--title", default="", help="The title of the listing that the texts are of, if it is known.")
def screen_command(market: str, side: str, field: str, category: str, title: str) -> None:
    """Screen one text a line by the market's sensitivity rules -> {"action": …, "findings": […]}; loads no model.

    \b
    Example:
      echo '七天祛斑，加微信' | shopglot screen --market us
    """
    from shopglot.loading import load_screen
    from shopglot.sensitivity import About, action

    screen = load_screen(market)
    about = About(field=field, category=category, title=title)
    for line in read_lines():
        findings = screen.screen(line, side="source" if side == "source" else "target", about=about)
        print_answer({"action": action(findings), "findings": [describe(finding) for finding in findings]})


def describe(finding: Finding) -> dict[str, Json]:
    """Return a finding in the shape of the interface contract."""
    return {
        "check": finding.check, "severity": finding.severity, "side": finding.side, "start": finding.start,
        "end": finding.end, "text": finding.text, "message": finding.message, "message_zh": finding.message_zh,
        "suggestion": finding.suggestion, "basis": finding.basis,
    }  # fmt: skip


def _translate(block: Sequence[str], field: str, localizer: Localizer) -> Iterator[dict[str, Json]]:
    from shopglot.executors.local import LocalExecutor
    from shopglot.run import ATTEMPTS
    from shopglot.texts import Text, localize

    texts = [Text(source=line, field=field) for line in block]
    for settled in localize(texts, localizer, executor=LocalExecutor(), attempts=ATTEMPTS):
        yield {
            "source": settled.source,
            "target": settled.target,
            "market": localizer.market.name,
            "model": localizer.model,
            "origin": settled.origin,
            "score": 1.0 if settled.score is None else settled.score.value,
            "findings": [describe(finding) for finding in settled.findings],
            "decision": settled.decision.verdict,
            "reasons": list(settled.decision.reasons),
        }


def read_pair(line: str, number: int) -> dict[str, str]:
    """Return a line's source, target and perhaps field. Raises `UsageError`, naming line and field."""
    pair = json_object(line, f"stdin:{number}", like='{"source": …, "target": …}')
    for key in ("source", "target", "field"):
        if not isinstance(pair.get(key, "" if key == "field" else None), str):
            raise UsageError(f"stdin:{number}: field '{key}' must be a text.")
    return cast("dict[str, str]", pair)


def read_lines() -> Iterator[str]:
    """Yield the lines of stdin; bytes that are no UTF-8 become U+FFFD, so that every line has its answer."""
    stream: Iterable[bytes] = sys.stdin.buffer
    for line in stream:
        yield line.decode("utf-8", errors="replace").rstrip("\r\n")


def print_answer(answer: dict[str, Json]) -> None:
    """Print one answer a line, at once."""
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    sys.stdout.flush()
