"""`shopglot glossary`: the term tables linted, exported for other tools, and imported from them."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shopglot.cli.lines import FIELDS
from shopglot.cli.options import json_option, market_option, store_option
from shopglot.cli.patience import patience
from shopglot.config import glossary_root
from shopglot.errors import DataError, UsageError, WorkError
from shopglot.market import MARKETS, load_market
from shopglot.termbase import USES

if TYPE_CHECKING:
    from shopglot.glossary.imports import Import
    from shopglot.glossary.lint import Problem
    from shopglot.glossary.rows import Row, Table
    from shopglot.glossary.surface import Place
    from shopglot.glossary.taxonomy import Taxonomy

SHOWN = 10  # sources that a message names
SHOWN_CHARACTERS = 2000  # of a proposal
EXPORTS = ("csv", "tsv", "tbx", "tmx")
TAXONOMY = "shopify-taxonomy"
DEFAULT_USE = "enforce"
# Told from Traditional text by this character, a text gets the market's characters and no conversion.
_TRADITIONAL = "體"


@click.group("glossary")
def glossary() -> None:
    """Lint the term tables, export them for other tools, import from them.

    \b
    Example:
      shopglot glossary lint
      shopglot glossary export --market us --format tbx --out us.tbx
      shopglot glossary import agency.csv --market us --dry-run
    """


@glossary.command("lint")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--market", "markets", type=click.Choice(MARKETS), multiple=True, help="Only this market; may be repeated."
)
@click.option(
    "--all", "everything", is_flag=True, help="Show what is only worth knowing, and overlapping sources, too."
)
@json_option
def lint_command(files: Sequence[Path], markets: Sequence[str], everything: bool, as_json: bool) -> None:
    """Say what is wrong with the term tables and their examples and what to do: all of them, or FILES.

    Exit status 1 where there is an error, 2 where a table cannot be read. The market of a file is the name of its
    folder, or --market.

    \b
    Example:
      shopglot glossary lint --market us
      shopglot glossary lint --all glossaries/hk/terms.tsv
    """
    from shopglot.glossary.lint import count

    with patience("linting"):
        problems = list(_lint(files, markets, overlaps=everything))
    totals = count(problems)
    if as_json:
        click.echo(json.dumps({"problems": [asdict(problem) for problem in problems], **totals}, ensure_ascii=False))
    else:
        for problem in problems:
            if everything or problem.severity != "info":
                click.echo(_line(problem))
        hidden = "" if everything or not totals["info"] else " (shown with --all)"
        click.echo(
            f"{totals['error']} errors, {totals['warning']} warnings, {totals['info']} remarks{hidden}", err=True
        )
    if totals["error"]:
        click.get_current_context().exit(1)


@glossary.command("export")
@market_option
@click.option("--format", "form", type=click.Choice(EXPORTS), help="Default: by the suffix of --out, else csv.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where to; default: stdout.")
@click.option("--excel", is_flag=True, help="Put a byte order mark before CSV, by which Excel sees that it is UTF-8.")
@click.option("--brands", "with_brands", is_flag=True, help="Add the names of brands.tsv, with use 'keep'.")
def export_command(market: str, form: str | None, out: Path | None, excel: bool, with_brands: bool) -> None:
    """Write the term table of a market in another format; not what the market inherits.

    TBX and TMX need the extra 'interchange'. TMX has the unconditional preferred pairs only.

    \b
    Example:
      shopglot glossary export --market us --excel --out us.csv
      shopglot glossary export --market hk --format tbx > hk.tbx
    """
    from shopglot.glossary.forms import format_of, write_form
    from shopglot.glossary.imports import name_rows, read_own
    from shopglot.glossary.rows import write_whole

    form = form or (format_of(out) if out else "csv")
    with patience(f"writing {form}"):
        rows = list(read_own(glossary_root() / market / "terms.tsv").rows)
        if with_brands:
            rows += name_rows(_brands().brands, load_market(glossary_root(), market).lineage)
        content = write_form(rows, form, market, mark=excel)
    if out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        write_whole(out, content)
        click.echo(f"shopglot: {len(rows)} rows written to {out}", err=True)


@glossary.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@market_option
@click.option("--format", "form", type=click.Choice([*EXPORTS, TAXONOMY]), help="Default: by the suffix of the file.")
@click.option("--status", type=click.Choice(["preferred", "admitted"]), default="preferred", show_default=True,
              help="Status of targets that have none in the file.")  # fmt: skip
@click.option(
    "--use", type=click.Choice(USES),
    help="Use of rows that have none; default: that of the term, enforce for a new one; the taxonomy: suggest.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would be done, write nothing.")
@click.option("--replace", is_flag=True, help="Let the file win where it conflicts with the table.")
@click.option("--skip-errors", is_flag=True, help="Leave out the sources that lint refuses, import the others.")
@json_option
def import_command(
    file: Path, market: str, form: str | None, status: str, use: str | None, dry_run: bool, replace: bool,
    skip_errors: bool, as_json: bool,
) -> None:  # fmt: skip
    """Add the terms of FILE to the table of a market; nothing of the table is overridden unless --replace says so.

    FILE is CSV, TSV, TBX or TMX, or with --format shopify-taxonomy a checkout of github.com/Shopify/product-taxonomy.
    Nothing is written where lint finds an error in what is new: exit status 1.

    \b
    Example:
      shopglot glossary import agency.csv --market us --dry-run
      shopglot glossary import product-taxonomy --format shopify-taxonomy --market us
    """  # fmt: skip
    from shopglot.glossary.imports import prepare, read_own, summarize, write_own

    policy = load_market(glossary_root(), market)
    place, own = _place(market), read_own(glossary_root() / market / "terms.tsv")
    with patience(f"reading {file}"):
        rows, taxonomy, form = _read(file, form, place, status=status, use=use)
    with patience(f"laying {len(rows)} rows into {own.path}"):
        done = prepare(
            own, rows, place, brands=_brands(), lineage=policy.lineage, file=file, use=use or DEFAULT_USE,
            override=replace, loose=taxonomy is not None, skip=skip_errors,
        )  # fmt: skip
    write = not dry_run and not done.problems and bool(done.merge.written)
    if write:
        write_own(own, done.merge)
    summary = {"format": form, "rows": len(rows), "written": write, **summarize(done)}
    if not place.latin:
        summary["without_example"] = _without_example(own.path, done.merge.rows, done.merge.written)
    if taxonomy is not None:
        summary |= {"pairs": taxonomy.pairs, "left_out": dict(taxonomy.left_out), "locale": taxonomy.locale}
    if as_json:
        click.echo(json.dumps(summary, ensure_ascii=False))
    else:
        _tell(done, summary)
    if done.problems:
        raise WorkError(
            f"{own.path}: not written, {len(done.problems)} errors in what is new. Mend {file}, or give --skip-errors."
        )


@glossary.command("proposals")
@market_option
@store_option
@click.option(
    "--state", type=click.Choice(["open", "taken", "declined", "all"]), default="open", show_default=True,
    help="Which of them.",
)  # fmt: skip
@json_option
def proposals_command(market: str, store: str, state: str, as_json: bool) -> None:
    """Print the terms and rules that translators proposed at the review desk, oldest first.

    Leads take or decline them at the desk, where the terms can be downloaded as rows of a terms.tsv.

    \b
    Example:
      shopglot glossary proposals --market us
      shopglot glossary proposals --market us --state taken --json
    """
    from shopglot.catalog.export import write_jsonl
    from shopglot.report.texts import clean
    from shopglot.store import open_store
    from shopglot.store.desk.proposing import BECAME

    became = next((one for one in BECAME if one == state), None)
    with open_store(store, create=False) as opened:
        found = opened.proposals.list([market], became=became)
    if as_json:
        write_jsonl([{"proposals": [one.as_json() for one in found]}], sys.stdout)
        return
    for one in found:
        field = f" [{one.field}]" if one.field else ""
        note = f" - {one.note}" if one.note else ""
        told = f"{one.kind}{field}: {one.source} -> {one.target or '-'} ({one.actor}, {one.at:%Y-%m-%d}){note}"
        click.echo(f"{one.id} {one.became} {clean(told, SHOWN_CHARACTERS)}")
    click.echo(f"{len(found)} proposals", err=True)


def _lint(files: Sequence[Path], markets: Sequence[str], *, overlaps: bool) -> Iterator[Problem]:
    from shopglot.glossary.examples import is_examples
    from shopglot.glossary.lint import lint_brands, lint_terms
    from shopglot.glossary.rows import read_table

    root = glossary_root()
    tables = [read_table(path) for path in files if not is_examples(path)]
    if not files:
        paths = [root / "common" / "brands.tsv", *(root / market / "terms.tsv" for market in markets or MARKETS)]
        tables = [read_table(path) for path in paths if path.is_file()]
    names = read_table(root / "common" / "brands.tsv")
    for table in tables:
        if table.kind == "brands":
            places = [_place(market) for market in markets or MARKETS]
            lineages = {place.market: load_market(root, place.market).lineage for place in places}
            yield from lint_brands(table, places, lineages)
        else:
            market = _market_of(table.path, markets if files else ())
            lineage = load_market(root, market).lineage
            yield from lint_terms(table, _place(market), brands=names, lineage=lineage, overlaps=overlaps)
            if table.path.resolve() == (root / market / "terms.tsv").resolve():
                yield from _lint_examples(table, market)
    for path in filter(is_examples, files):
        market = _market_of(path, markets)
        yield from _lint_examples(read_table(root / market / "terms.tsv"), market, path=path)


def _lint_examples(terms: Table, market: str, *, path: Path | None = None) -> Iterator[Problem]:
    """Yield the problems of a market's examples; a Latin market is translated, not converted, and has none."""
    from shopglot.conversion import load_converter
    from shopglot.glossary.examples import FILE, lint_examples, read_examples, report_unchecked

    if load_market(glossary_root(), market).latin:
        return
    examples = read_examples(path or terms.path.with_name(FILE))
    try:
        converter = load_converter(market)
    except DataError as error:
        yield report_unchecked(examples.path, error)
        return
    yield from lint_examples(examples, terms.rows, terms_path=terms.path, convert=converter.convert)


def _without_example(path: Path, rows: Sequence[Row], written: Collection[str]) -> list[str]:
    """Return the sources that an import writes and that no example shows."""
    from shopglot.glossary.examples import FILE, read_examples
    from shopglot.termbase import fold

    shown = {fold(example.source) for example in read_examples(path.with_name(FILE)).rows}
    missing = {row.source: fold(row.source) for row in rows}
    return [source for source, folded in missing.items() if folded in written and folded not in shown]


def _market_of(path: Path, markets: Sequence[str]) -> str:
    folder = path.resolve().parent.name
    if len(markets) == 1:
        return markets[0]
    if folder in MARKETS:
        return folder
    raise UsageError(f"{path}: its folder is no market; say which one it is for: --market {'|'.join(MARKETS)}.")


def _place(market: str) -> Place:
    from shopglot.glossary.surface import Place

    policy = load_market(glossary_root(), market)
    if policy.latin:
        return Place(market=market, latin=True, fields=(*FIELDS, "brand"))
    from shopglot.engines.hant import HantConverter

    converter = HantConverter(market, {})
    return Place(
        market=market,
        latin=False,
        fields=(*FIELDS, "brand"),
        convert=lambda text: converter.convert(text, sample=_TRADITIONAL),
    )


def _brands() -> Table:
    from shopglot.glossary.imports import read_own

    return read_own(glossary_root() / "common" / "brands.tsv")


def _read(
    file: Path, form: str | None, place: Place, *, status: str, use: str | None
) -> tuple[Sequence[Row], Taxonomy | None, str]:
    from shopglot.glossary.forms import format_of, read_form

    form = form or format_of(file)
    if form != TAXONOMY:
        return read_form(file, form, place.market, status=status, use=use or ""), None, form
    from shopglot.glossary.taxonomy import read_taxonomy

    taxonomy = read_taxonomy(file, place.market, status=status, use=use or "suggest", convert=place.convert)
    return taxonomy.rows, taxonomy, form


def _tell(done: Import, summary: dict[str, Any]) -> None:
    for conflict in summary["conflicts"]:
        condition = " ".join(filter(None, (conflict["category"], conflict["field"])))
        where = f" [{condition}]" if condition else ""
        click.echo(
            f"conflict: {conflict['source']}{where}: '{conflict['theirs']}' is imported, the table has "
            f"'{conflict['ours']}' (line {conflict['our_line']}): {conflict['reason']}"
        )
    for problem in done.problems:
        click.echo(_line(problem))
    if missing := summary.get("without_example"):
        named = " ".join(missing[:SHOWN]) + (" …" if len(missing) > SHOWN else "")
        click.echo(f"warning: example.missing: {len(missing)} terms need a sentence in examples.tsv: {named}", err=True)
    if "pairs" in summary:
        left_out = ", ".join(f"{number} {reason}" for reason, number in Counter(summary["left_out"]).most_common())
        click.echo(f"{summary['pairs']} pairs from {summary['locale']}; left out: {left_out or 'none'}")
    counts = ", ".join(
        f"{summary[name]} {name}" for name in ("added", "changed", "unchanged", "conflicting", "refused")
    )
    click.echo(
        f"{summary['rows']} rows read; terms: {counts}; {'written' if summary['written'] else 'nothing written'}"
    )


def _line(problem: Problem) -> str:
    line = f":{problem.line}" if problem.line else ""  # a checkout has no lines
    return f"{problem.file}{line}: {problem.severity} {problem.id} {problem.source}: {problem.message}"
