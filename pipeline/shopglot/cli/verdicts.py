"""`shopglot verdicts`: reviewers' verdicts in and out of the store, and how far reviewers agree."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

import click

from shopglot.cli.options import json_option, market_option, store_option
from shopglot.errors import DataError
from shopglot.market import MARKETS
from shopglot.types import Channel

if TYPE_CHECKING:
    from shopglot.store import Agreement
    from shopglot.types import Judgement

_CHANNELS = click.Choice(get_args(Channel))


@click.group("verdicts")
def verdicts() -> None:
    """Import and export what reviewers said of translations, and see how far they agree.

    \b
    Example:
      shopglot verdicts import labels.jsonl --reviewer lin
      shopglot verdicts agreement --market us
    """


@verdicts.command("import")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@store_option
@click.option("--channel", type=_CHANNELS, default="import", show_default=True, help="Channel of lines that name none.")
@click.option("--reviewer", metavar="NAME", help="Reviewer of lines that name none.")
@json_option
def import_command(file: Path, store: str, channel: str, reviewer: str | None, as_json: bool) -> None:
    """Add the verdicts of FILE, or of stdin where it is -, to the store: all of them, or none where a line is wrong.

    One JSON object a line. Required: market, listing (its id), path (a JSON Pointer, /fields/title), source, target,
    origin (memory, machine, human, certain) and published (true where the reviewer would publish the text unedited).
    Optional: merchant, index (which segment of the field, from 0), field, category, model, unit_key, score (0 to 1),
    signature, error (mistranslation, omission, addition, terminology, number, brand, style, grammar, claim, script,
    other), severity (minor, major, critical), note, reviewer, channel (desk, import, audit, seed), and judged_at
    (ISO 8601 with a zone; now where it is not said). A reviewer's later verdict on a text replaces the earlier one.

    \b
    Example:
      shopglot verdicts import labels.jsonl --reviewer lin --store shop.db
    """
    from shopglot.store import open_store

    judgements = _read(file, channel=cast("Channel", channel), reviewer=reviewer)
    with open_store(store) as opened:
        filed = opened.add_judgements(judgements)
    summary = {
        "verdicts": len(judgements), "added": filed.added, "replaced": filed.replaced, "duplicates": filed.duplicates,
        "outdated": filed.outdated,
    }  # fmt: skip
    if as_json:
        click.echo(json.dumps(summary))
    else:
        click.echo(
            f"{len(judgements)} verdicts read: {filed.added} added, {filed.replaced} in place of an earlier one, "
            f"{filed.duplicates} known already, {filed.outdated} older than what is known"
        )


@verdicts.command("export")
@click.option("--market", type=click.Choice(MARKETS), help="Only of this market.")
@click.option("--channel", type=_CHANNELS, help="Only of this channel.")
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True,
              help="Form; only jsonl can be imported again.")  # fmt: skip
@store_option
def export_command(market: str | None, channel: str | None, form: str, store: str) -> None:
    """Print the verdicts, in the order in which they came.

    \b
    Example:
      shopglot verdicts export --market us --channel audit > audit.jsonl
    """
    from shopglot.catalog.export import write_jsonl
    from shopglot.store import open_store
    from shopglot.store.interchange import describe, write_csv

    with open_store(store, create=False) as opened:
        found = opened.judgements(market, channel=cast("Channel | None", channel))
        if form == "csv":
            write_csv(found, sys.stdout)
        else:
            write_jsonl(map(describe, found), sys.stdout)


@verdicts.command("agreement")
@market_option
@store_option
@json_option
def agreement_command(market: str, store: str, as_json: bool) -> None:
    """Show how far reviewers agree on publishing, on the segments that two or more of them judged.

    kappa is Cohen's: the agreement beyond what chance gives, from each reviewer's own share of yes; 1 is full
    agreement, 0 no more than chance. It does not exist where both always said the same one thing.

    \b
    Example:
      shopglot verdicts agreement --market us
    """
    from shopglot.store import open_store

    with open_store(store, create=False) as opened:
        found = opened.agreement(market)
    click.echo(json.dumps(_describe(found, market), ensure_ascii=False) if as_json else _tell(found, market))


def _read(file: Path, *, channel: Channel, reviewer: str | None) -> list[Judgement]:
    """Return the judgements of a file; read to its end before the store is opened, since a pipe may be slow."""
    from shopglot.store.interchange import read_judgements

    now = datetime.now(UTC)
    if str(file) == "-":
        return list(read_judgements(sys.stdin.buffer, "stdin", channel=channel, reviewer=reviewer, now=now))
    try:
        with file.open("rb") as lines:
            return list(read_judgements(lines, str(file), channel=channel, reviewer=reviewer, now=now))
    except OSError as error:
        raise DataError(f"{file}: {error.strerror}; name a file of JSON lines, or - for stdin.") from error


def _describe(found: Agreement, market: str) -> dict[str, object]:
    return {
        "market": market, "segments": found.segments, "judged_pairs": found.judged_pairs, "raw": found.raw,
        "kappa": found.kappa,
        "pairs": [
            {
                "reviewers": list(pair.reviewers), "segments": pair.segments, "agreed": pair.agreed,
                "chance": pair.chance, "kappa": pair.kappa,
            }
            for pair in found.pairs
        ],
    }  # fmt: skip


def _tell(found: Agreement, market: str) -> str:
    if found.raw is None:
        return f"{market}: no pairs: no segment was judged by two reviewers"
    total = (
        f"{market}: {found.segments} segments judged twice or more, {found.judged_pairs} pairs of verdicts: "
        f"{found.raw:.1%} agree, {_kappa(found.kappa)}"
    )
    pairs = (
        f"  {' and '.join(pair.reviewers)}: {pair.segments} segments, {pair.agreed} agree, {_kappa(pair.kappa)}"
        for pair in found.pairs
    )
    return "\n".join((total, *pairs))


def _kappa(value: float | None) -> str:
    return "kappa does not exist (both always said the same)" if value is None else f"kappa {value:.2f}"
