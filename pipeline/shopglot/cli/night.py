"""Commands around the night's run: run, status, history, export."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shopglot.cli.operations import Operations, asked_by_signals, giving_way, operations_options
from shopglot.cli.options import json_option, market_option, markets_option, model_option, store_option
from shopglot.executors import EXECUTORS

if TYPE_CHECKING:
    from collections.abc import Callable

    from shopglot.types import Outcome


@click.command("run")
@click.argument("catalog")
@markets_option
@store_option
@model_option
@click.option("--executor", type=click.Choice(EXECUTORS), default="local", show_default=True, help="Where batches run.")
@click.option("--no-publish", is_flag=True, help="Translate and judge, but publish nothing.")
@click.option(
    "--allow-uncalibrated", is_flag=True,
    help="Where no gate is fitted, publish by a plain cut-off that promises nothing; outputs say so.",
)  # fmt: skip
@click.option("--max-failed", type=int, metavar="N", help="Exit with status 1 where more than N lines are broken.")
@click.option(
    "--outcomes",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write one JSON object per line and market here.",
)
@operations_options
@json_option
def run_command(
    catalog: str,
    markets: tuple[str, ...],
    store: str,
    model: str | None,
    executor: str,
    no_publish: bool,
    allow_uncalibrated: bool,
    max_failed: int | None,
    outcomes: Path | None,
    operations: Operations,
    as_json: bool,
) -> None:
    """Localize CATALOG for the markets and publish what is good enough; hold the rest with reasons.

    CATALOG is JSONL, CSV (our columns or a Shopify product export), Parquet, a datasets folder, hf://owner/name, or -
    for JSONL on stdin. A run that was killed is taken up where it was. An unchanged page costs nothing.

    Started again while it is going on, with the same arguments on the same store and catalog, it joins in: any number
    of processes share the work, here or, with PostgreSQL, on other machines (where the file has to have the same size
    and time: copy it with cp -p). Each ends when all is done, and tells all outcomes. What a process that died was at
    is done by the others.

    With --executor ray, batches are translated by workers on the Ray cluster that RAY_ADDRESS names, or on one of the
    run's own on this machine; SHOPGLOT_RAY_WORKERS says how many.

    SIGTERM and ctrl-C end the batch in hand and then the process, with status 1; the same command goes on where it was.
    A run that ends at its --deadline has status 0, and the next one takes up what it left (docs/operations.md).

    \b
    Example:
      shopglot run catalog.jsonl --market us --market hk --store shop.db
      shopglot run catalog.jsonl --market us --deadline 05:30 --log-json --metrics-file shopglot.prom
    """
    from uuid import uuid4

    from shopglot.executors import open_executor
    from shopglot.executors.stoppable import StoppableExecutor
    from shopglot.loading import catalog_content, load_localizers, total_lines
    from shopglot.run import Night, run
    from shopglot.store import open_store
    from shopglot.telling import tell_summary

    stop = operations.stop()
    localizers = load_localizers(dict.fromkeys(markets), model=model, plain=allow_uncalibrated)
    with ExitStack() as stack:
        stack.enter_context(giving_way(operations.nice))
        telling = stack.enter_context(operations.telling(sys.stderr))
        watcher = telling.watcher
        # What comes through a pipe is nobody else's, and cannot be read a second time.
        content = f"{catalog} of {uuid4()}" if catalog == "-" else catalog_content(catalog)
        stack.enter_context(asked_by_signals(stop, watcher.say))
        where, localizers = stack.enter_context(open_executor(executor, localizers, model=model, say=watcher.say))
        night = Night(
            catalog=catalog, content=content, total=total_lines(catalog), localizers=localizers,
            store=stack.enter_context(open_store(store)), executor=StoppableExecutor(where, stop),
            publish=not no_publish, watcher=watcher, emit=_outcome_writer(outcomes, stack), stop=stop,
        )  # fmt: skip
        summary = run(night)
        telling.alert(night.store, localizers, summary, catalog=catalog)
    click.echo(json.dumps(summary.as_json(), ensure_ascii=False) if as_json else tell_summary(summary.as_json()))
    if max_failed is not None and summary.failed_lines > max_failed:
        telling.complain(
            f"{summary.failed_lines} lines are broken, more than {max_failed}; run again with --outcomes FILE to see "
            "which and why."
        )
        raise click.exceptions.Exit(1)


@click.command("status")
@store_option
@json_option
def status(store: str, as_json: bool) -> None:
    """Show what is published and held in each market, and why; the last runs; lines that failed.

    \b
    Example:
      shopglot status --store shop.db
    """
    from shopglot.store import open_store
    from shopglot.telling import tell_status

    with open_store(store, create=False) as opened:
        report = opened.status()
    click.echo(json.dumps(report, ensure_ascii=False, default=str) if as_json else tell_status(report))


@click.command("history")
@click.argument("listing_id", metavar="ID")
@click.option("--merchant", help="The merchant, where several have this id.")
@store_option
@json_option
def history(listing_id: str, merchant: str | None, store: str, as_json: bool) -> None:
    """Show what happened to a listing: runs, decisions with words, rule, reason and way out, versions.

    \b
    Example:
      shopglot history xhs-0001
    """
    from shopglot.store import open_store
    from shopglot.telling import tell_history

    with open_store(store, create=False) as opened:
        events = opened.history(listing_id, merchant=merchant)
    if not events:
        click.echo(f"shopglot: no listing '{listing_id}' in {store}.", err=True)
        raise click.exceptions.Exit(1)
    click.echo(json.dumps(events, ensure_ascii=False, default=str) if as_json else tell_history(listing_id, events))


@click.command("export")
@market_option
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True, help="Form.")
@store_option
def export(market: str, form: str, store: str) -> None:
    """Print the published catalog of a market, listings rebuilt, for a shop to load.

    \b
    Example:
      shopglot export --market us --format csv > us.csv
    """
    from shopglot.catalog.export import write_csv, write_jsonl
    from shopglot.store import open_store

    with open_store(store, create=False) as opened:
        write = write_csv if form == "csv" else write_jsonl
        write(opened.published(market), sys.stdout)


def _outcome_writer(path: Path | None, stack: ExitStack) -> Callable[[Outcome], None]:
    if path is None:
        return lambda outcome: None
    try:
        file = stack.enter_context(path.open("w", encoding="utf-8"))
    except OSError as error:
        raise click.UsageError(f"--outcomes {path}: {error.strerror}.") from error

    def write(outcome: Outcome) -> None:
        row = {name: getattr(outcome, name) for name in outcome.__dataclass_fields__}
        file.write(json.dumps(row, ensure_ascii=False) + "\n")

    return write
