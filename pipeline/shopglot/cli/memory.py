"""`shopglot memory`: the translation memory searched, and exchanged with other tools and agencies."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shopglot.cli.lines import FIELDS
from shopglot.cli.options import by_option, json_option, market_option, note_option, store_option
from shopglot.cli.patience import patience
from shopglot.config import glossary_root
from shopglot.errors import WorkError
from shopglot.market import load_market

if TYPE_CHECKING:
    from shopglot.memory.units import Kind, Unit, Unusable
    from shopglot.store import Store
    from shopglot.store.records import Filed
    from shopglot.store.tm import Match

SHOWN = 20  # units that cannot be used are named up to this many; all are counted
_FORMATS = click.Choice(["tmx", "csv", "tsv", "jsonl"])


@click.group("memory")
def memory() -> None:
    """Search the translation memory, import units into it, export them for other tools.

    \b
    Example:
      shopglot memory import agency.tmx --market hk --provider lingo
      shopglot memory search '慢回弹记忆棉枕头' --market us
      shopglot memory export --market hk --kind human --out approved.tmx
    """


@memory.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@market_option
@click.option("--format", "form", type=_FORMATS, help="Default: by the suffix of the file.")
@click.option("--provider", metavar="NAME", help="Where the units come from; default: what the file says, or 'import'.")
@click.option("--approved", is_flag=True, help="Approve them for the whole market: they are published from now on.")
@click.option(
    "--field", "fields", type=click.Choice(FIELDS), multiple=True,
    help="With --approved: in which fields; may be repeated. Default: what the file says, or prose (description).",
)  # fmt: skip
@click.option(
    "--max-failed", type=click.IntRange(min=0), metavar="N", help="End with status 1 where more units are wrong."
)
@by_option
@note_option
@store_option
@json_option
def import_command(
    file: Path, market: str, form: str | None, provider: str | None, approved: bool, fields: Sequence[str],
    max_failed: int | None, actor: str, note: str, store: str, as_json: bool,
) -> None:  # fmt: skip
    """Add the units of FILE (TMX 1.4, CSV, TSV or JSON Lines) to the memory of a market.

    They are references: found by search, never published by themselves. With --approved they are a person's texts,
    which the pipeline publishes wherever the same text stands in such a field. A unit that cannot be used is reported
    on stderr and stops nothing. Importing a file twice adds nothing. TMX needs the extra 'interchange'.

    \b
    Example:
      shopglot memory import agency.tmx --market hk --provider lingo
      shopglot memory import titles.csv --market us --approved --field title --by lin
    """  # fmt: skip
    from shopglot.memory.exchange import format_of
    from shopglot.store import open_store

    found = _Reading(file, form or format_of(file), market, provider)
    with patience(f"importing {file}"), open_store(store) as opened:
        filed = _write(opened, found, approved=approved, fields=fields, actor=actor, note=note)
    counts = found.counts
    summary = {
        "units": counts["units"], "added": filed.added, "replaced": filed.replaced, "duplicates": filed.duplicates,
        "failed": counts["failed"], "skipped": counts["skipped"], "approved": approved,
    }  # fmt: skip
    if as_json:
        click.echo(json.dumps(summary))
    else:
        click.echo(
            f"{counts['units']} units read: {filed.added} added, {filed.replaced} in place of another, "
            f"{filed.duplicates} known already; {counts['failed']} failed, {counts['skipped']} in other languages or "
            "of another market"
        )
    if max_failed is not None and counts["failed"] > max_failed:
        raise WorkError(f"{file}: {counts['failed']} units failed, more than --max-failed {max_failed}; mend them.")


@memory.command("export")
@market_option
@click.option("--kind", type=click.Choice(["human", "reference", "machine", "all"]), default="human",
              show_default=True, help="Approved texts, imported ones, the newest model's, or all.")  # fmt: skip
@click.option("--format", "form", type=_FORMATS, help="Default: by the suffix of --out, else tmx.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where to; default: stdout.")
@store_option
def export_command(market: str, kind: str, form: str | None, out: Path | None, store: str) -> None:
    """Write the units of a market for another tool, as they come from the store.

    \b
    Example:
      shopglot memory export --market hk --kind human --out approved.tmx
      shopglot memory export --market us --kind all --format jsonl > units.jsonl
    """
    from shopglot.foreign import whole_file
    from shopglot.memory.exchange import format_of, write_units
    from shopglot.memory.units import KINDS
    from shopglot.store import open_store

    form = form or (format_of(out) if out else "tmx")
    language = load_market(glossary_root(), market).locale
    kinds: Sequence[Kind] = [one for one in KINDS if kind in (one, "all")]
    with patience(f"writing {form}"), open_store(store, create=False) as opened:
        units = opened.tm.export(market, kinds=kinds)
        if out is None:
            number = write_units(units, sys.stdout.buffer, form, language=language)
            sys.stdout.buffer.flush()
        else:
            with whole_file(out) as file:
                number = write_units(units, file, form, language=language)
    click.echo(f"shopglot: {number} units written{f' to {out}' if out else ''}", err=True)


@memory.command("search")
@click.argument("text")
@market_option
@click.option("--field", type=click.Choice(FIELDS), help="Only units that are written as in this field.")
@click.option("--limit", type=click.IntRange(min=1), default=5, show_default=True, help="How many at most.")
@click.option("--threshold", type=click.FloatRange(0, 1, min_open=True), default=0.7, show_default=True,
              help="The least likeness, up to 1.")  # fmt: skip
@click.option("--machine", is_flag=True, help="What the newest model wrote, too.")
@store_option
@json_option
def search_command(
    text: str, market: str, field: str | None, limit: int, threshold: float, machine: bool, store: str, as_json: bool
) -> None:
    """Show the units whose source is like TEXT, best first: how alike in percent, who made it, source and target.

    \b
    Example:
      shopglot memory search '慢回弹记忆棉枕头' --market us --threshold 0.6
    """
    from shopglot.store import open_store
    from shopglot.telling import tell_match

    with patience("searching"), open_store(store, create=False) as opened:
        found = opened.tm.search(market, text, field=field, limit=limit, threshold=threshold, machine=machine)
    if as_json:
        click.echo(json.dumps([_describe(match) for match in found], ensure_ascii=False))
        return
    for match in found:
        click.echo(tell_match(match))
    if not found:
        click.echo("shopglot: nothing is so much alike; a lower --threshold finds more", err=True)


class _Reading:
    """The usable units of a file, one after the other; the others are told on stderr and counted."""

    def __init__(self, file: Path, form: str, market: str, provider: str | None) -> None:
        policy = load_market(glossary_root(), market)
        self._languages = [load_market(glossary_root(), name).locale for name in reversed(policy.lineage)]
        self._file, self._form, self._market, self._provider = file, form, market, provider
        self.counts: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Unit]:
        """Yield each unit, of this market and provider."""
        from dataclasses import replace

        from shopglot.memory.exchange import read_units
        from shopglot.memory.units import Unusable

        for found in read_units(self._file, self._form, self._market, languages=self._languages):
            self.counts["units"] += 1
            if isinstance(found, Unusable):
                self._tell(found)
            else:
                yield replace(found, market=self._market, provider=self._provider or found.provider)

    def _tell(self, problem: Unusable) -> None:
        kind = "skipped" if problem.foreign else "failed"
        self.counts[kind] += 1
        if self.counts[kind] <= SHOWN:
            click.echo(f"{self._file}: {problem.place}: {kind}: {problem.message}", err=True)
        elif self.counts[kind] == SHOWN + 1:
            click.echo(f"{self._file}: more units are {kind}; they are only counted", err=True)


def _write(opened: Store, found: _Reading, *, approved: bool, fields: Sequence[str], actor: str, note: str) -> Filed:
    if approved:
        return opened.tm.approve(found, lambda text: opened.approve(text, note=note), fields=fields, by=actor)
    return opened.tm.add(found, actor=actor, note=note)


def _describe(match: Match) -> dict[str, object]:
    from shopglot.memory.exchange import describe

    return {
        "similarity": round(match.similarity, 4), "penalty": match.penalty, "difference": match.difference,
        **describe(match.unit),
    }  # fmt: skip
