"""The commands that the evaluation package adds to `shopglot`: `eval` and `report nightly`."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from shopglot.cli.options import json_option, store_option
from shopglot.market import MARKETS


@click.command("eval")
@click.argument("suites", metavar="SUITE…", nargs=-1)
@click.option("--list", "listing", is_flag=True, help="List the suites that come with the project, and end.")
@click.option("--market", "markets", type=click.Choice(MARKETS), multiple=True, help="Only this one; may be repeated.")
@click.option(
    "--model", "models", metavar="NAME", multiple=True, help="Model card; several are compared. 'fake' needs none."
)
@click.option(
    "--system",
    "outside",
    metavar="NAME=FILE",
    multiple=True,
    help="Compare with texts in a file: lines in the suite's order, a table with id and target, FILE:COLUMN, or "
    "FILE:* for all columns.",
)
@click.option(
    "--store", metavar="URL", default="", help="Compare with what this store's runs made of the suite's pages."
)
@click.option("--no-product", is_flag=True, help="Only what --system and --store name; nothing is translated.")
@click.option(
    "--without-glossary", is_flag=True, help="Also translate without any term, to see what the glossary does."
)
@click.option("--random-terms", is_flag=True, help="With it: also with other words than the glossary's, as a control.")
@click.option(
    "--rerank",
    "answers",
    type=click.IntRange(2, 16),
    metavar="N",
    help="Also choose among the N likeliest answers of the model: about N times the work.",
)
@click.option("--score-outside", is_flag=True, help="Give the texts of --system the score that needs no model.")
@click.option("--neural", "neural", metavar="CARD", multiple=True, help="Also a neural metric (see eval/metrics).")
@click.option("--meta", is_flag=True, help="Also: do score and metrics order systems as experts do (shared MQM data).")
@click.option(
    "--opinions",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    metavar="FILE",
    help="With --meta: what a model thought of the experts' texts, as scripts/estimator keeps it.",
)
@click.option("--limit", type=click.IntRange(1), help="At most so many texts of each market.")
@click.option("--every", type=click.IntRange(1), default=1, help="Only each N-th text of each market.")
@click.option("--check", is_flag=True, help="Compare with the baselines; exit status 1 where something got worse.")
@click.option("--update-baseline", metavar="NOTE", help="Make the first system the new baseline, and say why.")
@click.option(
    "--baselines", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Default: eval/baselines."
)
@click.option("--hourly-price", type=click.FloatRange(0), metavar="PRICE", help="Of the machine, for the cost table.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("eval-report"),
    show_default=True,
    metavar="DIR",
    help="Reports go here, and what was translated.",
)
@json_option
@click.pass_context
def evaluate(
    context: click.Context, suites: tuple[str, ...], listing: bool, markets: tuple[str, ...], models: tuple[str, ...],
    outside: tuple[str, ...], store: str, no_product: bool, without_glossary: bool, random_terms: bool,
    answers: int | None, score_outside: bool, neural: tuple[str, ...], meta: bool, opinions: tuple[Path, ...],
    limit: int | None, every: int, check: bool, update_baseline: str | None, baselines: Path | None,
    hourly_price: float | None, out: Path, as_json: bool,
) -> None:  # fmt: skip
    """Measure how good translations are, and compare systems; write a report as HTML, Markdown and JSON.

    SUITE is a name (see --list), a suite's TOML file, your own table (.tsv, .csv or .jsonl with the columns source and
    reference), sacrebleu:TESTSET/PAIR, or hf://OWNER/NAME?split=…&revision=…. The first system is what the others are
    compared with. What was translated is kept in --out: a killed run goes on, and a second report translates nothing.

    \b
    Example:
      shopglot eval commerce-test --market us --market hk
      shopglot eval wmt22-ecommerce --system online-b=dev.systems.tsv:Online-B
      shopglot eval commerce-test --model fake --check
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # many short sums: more threads only wait for each other
    from shopglot_eval import evaluating, regression
    from shopglot_eval.evaluating import gathering
    from shopglot_eval.reporting import forms

    if listing:
        _list(as_json)
        return
    if not suites:
        raise click.UsageError("Name a suite; --list shows those that come with the project.")
    if update_baseline is not None and not update_baseline.strip():
        raise click.UsageError("--update-baseline needs a note that says why the new one is good.")
    if check and update_baseline is not None:
        raise click.UsageError("--check does not go with --update-baseline.")
    plan = evaluating.Plan(
        suites=suites, work=out / "work", models=models, markets=markets,
        outside=tuple(map(gathering.parse_system, outside)), store=store, product=not no_product,
        without_glossary=without_glossary or random_terms, random_terms=random_terms, answers=answers or 0,
        scored=score_outside, limit=limit, every=every,
    )  # fmt: skip
    wish = evaluating.Wish(
        check=check, note=update_baseline, baselines=baselines, neural=neural, meta=meta, opinions=opinions,
        hourly_price=hourly_price,
    )  # fmt: skip
    made = evaluating.make(plan, wish)
    paths = forms.write(made.report, out, "report")
    for ruling in made.rulings:
        for line in regression.describe(ruling):
            click.echo(line, err=True)
    updated = [str(path) for path in made.updated]
    if as_json:
        told = {**paths, "passed": made.passed if check else None, "baselines": updated}
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo("\n".join((*paths.values(), *updated)))
    if not made.passed:
        context.exit(1)


@click.command("nightly")
@click.option("--run", "run", type=click.IntRange(1), metavar="N", help="Which run; without it, the last that ended.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("nightly-report"),
    show_default=True,
    metavar="DIR",
    help="Reports go here.",
)
@json_option
@store_option
def nightly(run: int | None, out: Path, as_json: bool, store: str) -> None:
    """Report a night to the ML team: what ran, what was published, held and why, what drifted, what people said.

    The store is only read; a run may be writing to it. Writes HTML, Markdown and JSON and prints their paths.

    \b
    Example:
      shopglot report nightly --store shopglot.db --out nightly
    """
    from shopglot.store import open_store
    from shopglot_eval import nightly as nights
    from shopglot_eval.reporting import forms

    with open_store(store, create=False) as opened:
        report = nights.document(nights.read(opened, run=run))
    paths = forms.write(report, out, "nightly")
    click.echo(json.dumps(paths, ensure_ascii=False) if as_json else "\n".join(paths.values()))


def _list(as_json: bool) -> None:
    from shopglot_eval import suites

    found = suites.names()
    if as_json:
        rows = [
            {"name": one.name, "title": one.title, "markets": list(one.markets), "missing": one.missing}
            for one in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    width = max((len(one.name) for one in found), default=0)
    for one in found:
        missing = f" ({one.missing})" if one.missing else ""
        click.echo(f"{one.name.ljust(width)}  {', '.join(one.markets)}: {one.title}{missing}")
