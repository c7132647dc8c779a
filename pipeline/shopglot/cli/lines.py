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
from shopglot.types import Finding, Json, SegmentKey

if TYPE_CHECKING:
    from shopglot.localizer import Localizer
    from shopglot.types import JudgedSegment

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
    from shopglot.batches import LooseLedger, answer, translate
    from shopglot.executors.local import LocalExecutor
    from shopglot.run import ATTEMPTS
    from shopglot.segment import assemble

    key = SegmentKey(merchant="", listing="", path="", index=0)
    parts = [localizer.segments(line, key, field=field) for line in block]
    units = {unit.machine_key: unit for part in parts for unit in map(localizer.unit, part.segments)}
    known = {key: certain for key, unit in units.items() if (certain := answer(unit, localizer)) is not None}
    asked = [unit for key, unit in units.items() if key not in known]
    known |= translate(asked, localizer, executor=LocalExecutor(), ledger=LooseLedger(remembered={}), attempts=ATTEMPTS)
    for line, part in zip(block, parts, strict=True):
        judged = [localizer.judge(item, known[localizer.unit(item).machine_key]) for item in part.segments]
        target = assemble(part.pieces, [item.translation.target for item in judged], spaced=localizer.market.latin)
        yield _answer(line, target, judged, localizer)


def _answer(line: str, target: str, judged: Sequence[JudgedSegment], localizer: Localizer) -> dict[str, Json]:
    from shopglot.decide import fold

    decision = fold(item.decision for item in judged)
    origins = {item.translation.origin for item in judged}
    return {
        "source": line,
        "target": target,
        "market": localizer.market.name,
        "model": localizer.model,
        "origin": "machine" if "machine" in origins else "certain",
        "score": min((item.score.value for item in judged), default=1.0),
        "findings": list(_placed(judged, line, target)),
        "decision": decision.verdict,
        "reasons": list(decision.reasons),
    }


def _placed(judged: Sequence[JudgedSegment], line: str, target: str) -> Iterator[dict[str, Json]]:
    """Describe the findings with offsets into the whole line: each segment is looked for behind the one before it."""
    wholes = {"source": line, "target": target}
    behind = {"source": 0, "target": 0}
    for item in judged:
        at = dict(behind)
        for side, text in (("source", item.segment.source), ("target", item.translation.target)):
            found = wholes[side].find(text, behind[side])
            if found >= 0:
                at[side], behind[side] = found, found + len(text)
        for finding in item.findings:
            offset = at[finding.side]
            yield describe(finding) | {"start": finding.start + offset, "end": finding.end + offset}


def read_pair(line: str, number: int) -> dict[str, str]:
    """Return a line's source, target and perhaps field. Raises `UsageError`, naming line and field."""
    try:
        pair = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"stdin:{number}: no JSON: {error}") from error
    if not isinstance(pair, dict):
        raise UsageError(f'stdin:{number}: a JSON object {{"source": …, "target": …}} is needed.')
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
