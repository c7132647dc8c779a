"""`report`: what a merchant is told of their pages; the evaluation package adds what the ML team is told."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path

import click

from shopglot.cli.additions import ReportGroup
from shopglot.cli.options import json_option, store_option
from shopglot.errors import UsageError
from shopglot.market import MARKETS


@click.group("report", cls=ReportGroup)
def report() -> None:
    """Tell others how their pages fare.

    \b
    Example:
      shopglot report merchant shop-17 --out shop-17.html
    """


@report.command("merchant")
@click.argument("merchant", metavar="ID")
@click.option(
    "--market",
    "markets",
    type=click.Choice(MARKETS),
    multiple=True,
    help="Which market; may be repeated. Without it, all that have pages of the merchant.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["md", "html"]),
    help="Markdown or HTML; without it, what the name of --out ends with, else Markdown.",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write this file and print its path.")
@json_option
@store_option
def merchant_command(
    merchant: str, markets: tuple[str, ...], form: str | None, out: Path | None, as_json: bool, store: str
) -> None:
    """Tell a merchant, in Chinese, which of their pages are held back, by which words and rule, why, and the way out.

    ID is the merchant's id in the catalog ('' where lines have none). The HTML page needs nothing else: send it as it
    is. What --json prints has the names and the meaning of the records in shopglot.report.records.

    \b
    Example:
      shopglot report merchant shop-17 --out shop-17.html
      shopglot report merchant shop-17 --market hk
    """  # fmt: skip
    from shopglot import report as reports
    from shopglot.store import open_store

    if as_json and form is not None:
        raise click.UsageError("--json does not go with --format.")
    with open_store(store, create=False) as opened:
        made = reports.read(opened, merchant, list(dict.fromkeys(markets)) or None)
    if as_json:
        text = json.dumps(reports.as_json(made), ensure_ascii=False) + "\n"
    elif (form or _form(out)) == "html":
        text = reports.as_html(made)
    else:
        text = reports.as_markdown(made)
    if out is None:
        click.echo(text, nl=False)
    else:
        _write(out, text)
        click.echo(out)


def _form(out: Path | None) -> str:
    return "html" if out is not None and out.suffix.lower() in (".html", ".htm") else "md"


def _write(out: Path, text: str) -> None:
    """Write a file that is there whole or not at all. UsageError where it cannot be written."""
    try:
        if out.is_dir():
            raise UsageError(f"--out {out}: this is a folder; name a file in it")
        number, name = tempfile.mkstemp(prefix=f".{out.name[:100]}.", suffix=".part", dir=out.parent)
        try:
            with os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
                file.write(text)
            Path(name).chmod(0o666 & ~_umask())  # as any new file; mkstemp gives it to its owner alone
            Path(name).replace(out)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise UsageError(f"--out {out}: {error.strerror}; name a file that can be written") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
