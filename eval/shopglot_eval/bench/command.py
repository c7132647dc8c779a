"""The command `shopglot bench`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from shopglot.cli.options import json_option
from shopglot.market import MARKETS

FAKE = "fake"
DEFAULT = (1_000, 10_000)
# The embedded model on two cores, and its texts of product pages: docs/cost.md says where the figures are from.
READS, WRITES = 140.0, 27.0
TEXT_READ, TEXT_WRITTEN = 15.0, 19.0
TEXT_OPINION = 68.0  # read again, both ways, where the model says what it thinks of what it wrote


class Share(click.ParamType):  # type: ignore[type-arg]
    """A share: `3%` or `0.03`, from 0 to 1."""

    name = "share"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the share, or refuse what is none."""
        if isinstance(value, float):
            return value
        text = str(value).strip()
        try:
            share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:
            self.fail(f"{text!r} is no share; write 3% or 0.03", param, ctx)
        return share


@click.command("bench")
@click.option(
    "--listings", "sizes", type=click.IntRange(1), multiple=True, metavar="N",
    help="Listings of the catalog; may be repeated.  [default: 1000 and 10000]",
)  # fmt: skip
@click.option("--market", "markets", type=click.Choice(MARKETS), multiple=True, help="Default: us and hk.")
@click.option("--model", metavar="NAME", default=FAKE, show_default=True, help="Model card; 'fake' takes no time.")
@click.option(
    "--changed", type=Share(), default="3%", show_default=True,
    help="Share of the listings that the last night finds changed.",
)  # fmt: skip
@click.option("--cores", type=click.IntRange(0), metavar="N", help="Cores of a night; 0: all. [default: 1 with 'fake']")
@click.option(
    "--sample", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="CATALOG",
    help="What the catalogs are made of. [default: the sample catalog]",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("bench-report"), show_default=True,
    metavar="DIR", help="Reports go here.",
)  # fmt: skip
@click.option(
    "--work", type=click.Path(path_type=Path, file_okay=False, exists=True), metavar="DIR",
    help="Catalogs and stores go here while it runs: 1 GB for 10,000 listings. [default: the system's]",
)  # fmt: skip
@click.option("--profile", is_flag=True, help="Profile the largest first night; it takes twice as long.")
@click.option("--check", is_flag=True, help="Exit status 1 where a bar is missed.")
@click.option("--derive", type=click.IntRange(1), default=2_000_000, show_default=True, help="Size that is derived.")
@click.option("--reads", type=click.FloatRange(0, min_open=True), default=READS, show_default=True,
              help="Tokens a second that the model of the derived night reads.")  # fmt: skip
@click.option("--writes", type=click.FloatRange(0, min_open=True), default=WRITES, show_default=True,
              help="Tokens a second that it writes.")  # fmt: skip
@click.option("--opinion", is_flag=True,
              help="It reads what it wrote, as behind a gate that is open (docs/quality.md).")  # fmt: skip
@json_option
@click.pass_context
def bench(
    context: click.Context, sizes: tuple[int, ...], markets: tuple[str, ...], model: str, changed: float,
    cores: int | None, sample: Path | None, out: Path, work: Path | None, profile: bool, check: bool, derive: int,
    reads: float, writes: float, opinion: bool, as_json: bool,
) -> None:  # fmt: skip
    """Measure what nights cost: seconds by stage, memory, disk, and who answered the texts.

    Catalogs of each size are made of the sample with the duplicates of real ones. Each is run three times, every time
    in a process of its own: all new, nothing changed, some changed. Prints a table; writes a report as HTML, Markdown
    and JSON. 1,000 listings with the stand-in take minutes (docs/cost.md).

    \b
    Example:
      shopglot bench --listings 1000 --listings 10000 --check
      shopglot bench --listings 20 --market us --model qwen2.5-coder-1.5b
    """
    from shopglot.errors import UsageError
    from shopglot.loading import load_localizers
    from shopglot_eval.bench import cost, measuring, report
    from shopglot_eval.bench.catalog import load_sample
    from shopglot_eval.reporting import forms
    from shopglot_eval.suites.places import eval_root

    markets = tuple(dict.fromkeys(markets)) or ("us", "hk")
    load_localizers(markets, model=model)  # an unknown model is said before anything is made
    path = sample or eval_root() / "data" / "sample_catalog.jsonl"
    listings = load_sample(path)
    if not listings:
        raise UsageError(f"{path}: no line of it is a listing; give a catalog with at least one")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out {out}: {error.strerror}; name a folder that can be written") from error
    plan = measuring.Plan(
        listings=tuple(dict.fromkeys(sizes or DEFAULT)), markets=markets, model=model, changed=changed, sample=listings,
        cores=cores if cores is not None else 1 if model == FAKE else 0, folder=work,
        profile=out / "bench.profile" if profile else None,
    )  # fmt: skip
    nights = list(measuring.nights(plan, lambda line: click.echo(line, err=True)))
    engine = cost.Engine(
        name="the embedded one",
        reads=reads,
        writes=writes,
        text_read=TEXT_READ + (TEXT_OPINION if opinion else 0.0),
        text_written=TEXT_WRITTEN,
    )
    found = cost.bars(nights)
    paths = forms.write(report.document(nights, engine=engine, listings=derive, changed=changed), out, "bench")
    passed = all(bar.passed is not False for bar in found)
    if as_json:
        told = {
            "nights": [report.as_json(night) for night in nights], "bars": report.bars_as_json(found), "passed": passed,
            "reports": paths,
        }  # fmt: skip
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo("\n".join((report.table(nights), "", *map(report.say, found), "", *paths.values())))
    if check and not passed:
        context.exit(1)
