"""`shopglot exchange`: held segments out to agencies as files, and back in with checks."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from shopglot.cli.options import by_option, json_option, market_option, model_option, store_option
from shopglot.cli.patience import patience
from shopglot.errors import UsageError, WorkError

if TYPE_CHECKING:
    from shopglot.review.exchange.applying import Preview
    from shopglot.review.exchange.records import Format, Unit
    from shopglot.store import Store
    from shopglot.store.desk.users import User

_LINE = 60  # characters of a text that is told
SHOWN = 20  # units that are not taken are named up to this many; all are counted
_FORMATS = click.Choice(["xliff", "csv", "xlsx"])
_STATES = click.Choice(["open", "done", "escalated", "returned"])
_TOLD = {
    "apply": "ready to be approved",
    "applied": "approved",
    "conflict": "in conflict with what stands",
    "holds": "held by checks or rules",
    "unchanged": "unchanged",
    "empty": "empty",
    "mixed": "with another text's source",
    "unknown": "no longer waiting",
    "refused": "of markets that are not yours",
    "failed": "failed",
    "unreadable": "unreadable",
}


@click.group("exchange")
def exchange() -> None:
    """Give held texts to an agency as XLIFF 2.1, CSV or XLSX, and take them back with checks.

    \b
    Example:
      shopglot exchange export --market hk --out hk.xlf
      shopglot exchange import hk.xlf --by lena            # says what it would do
      shopglot exchange import hk.xlf --by lena --apply    # and does it
    """


@exchange.command("export")
@market_option
@click.option("--format", "form", type=_FORMATS, help="Default: by the suffix of --out, else xliff.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where to; default: stdout.")
@click.option("--state", "states", type=_STATES, multiple=True, help="Pages in this state (open); may be repeated.")
@click.option("--field", default="", help="Pages where this kind of field is held: title, description …")
@click.option("--category", default="", help="Pages of this category.")
@click.option("--merchant", default="", help="Pages of this merchant.")
@click.option("--reason", default="", help="Pages held for this reason; `us.` for all rules of a market.")
@click.option("--search", default="", help="Pages that have these words.")
@click.option("--assignee", default="", help="Pages of this user; `-` for nobody's.")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Of the findings.")
@model_option
@store_option
@json_option
def export_command(
    market: str, form: str | None, out: Path | None, states: tuple[str, ...], field: str, category: str, merchant: str,
    reason: str, search: str, assignee: str, language: str, model: str | None, store: str, as_json: bool,
) -> None:  # fmt: skip
    """Write the texts that wait in a market, and that nobody has handled yet, as a file for an agency.

    Terms, limits and findings come along. A text that a cell of XLSX has no room for is left out, listed on a second
    sheet and told on stderr. --json prints what was written, and needs --out.

    \b
    Example:
      shopglot exchange export --market us --field title --out titles.xlsx
      shopglot exchange export --market hk --format csv > hk.csv
    """
    from shopglot import loading
    from shopglot.foreign import whole_file
    from shopglot.review.exchange.records import MAX_UNITS, format_by_name, write
    from shopglot.review.exchange.selecting import select
    from shopglot.store import open_store
    from shopglot.store.desk.entries import Filter

    if as_json and out is None:
        raise click.UsageError("--json goes to stdout, as the file does; name a file with --out.")
    chosen = cast("Format", form) if form else format_by_name(str(out)) if out else "xliff"
    wanted = Filter(
        market=market, states=states or ("open",), field=field, category=category, merchant=merchant, reason=reason,
        search=search, assignee=assignee,
    )  # fmt: skip
    localizer = loading.load_localizer(market, model=model)
    with patience("reading the queue"), open_store(store, create=False) as opened:
        units, more = select(opened, localizer, wanted, chinese=language == "zh")
    if more:
        raise WorkError(f"more than {MAX_UNITS} texts wait; export them in parts, such as by --field or --merchant")
    data, written = write(units, chosen, language=localizer.market.locale)
    for unit in written.left_out[:SHOWN]:
        click.echo(f"shopglot: left out, too long for a cell: {_name(unit)}", err=True)
    if out is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        with whole_file(out) as file:
            file.write(data)
    if as_json:
        summary = {
            "market": market, "format": chosen, "out": str(out), "units": written.units,
            "left_out": [unit.name for unit in written.left_out],
        }  # fmt: skip
        click.echo(json.dumps(summary, ensure_ascii=False))
    where = f" to {out}" if out else ""
    left = f", {len(written.left_out)} left out" if written.left_out else ""
    click.echo(f"shopglot: {written.units} texts written{where}{left}", err=True)


@exchange.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--apply", "confirmed", is_flag=True, help="Do it. Without it, only what would be done is told.")
@click.option(
    "--max-failed", type=click.IntRange(min=0), metavar="N", help="End with status 1 where more texts are not taken."
)
@by_option
@model_option
@store_option
@json_option
def import_command(
    file: Path, confirmed: bool, max_failed: int | None, actor: str, model: str | None, store: str, as_json: bool
) -> None:
    """Say what FILE would do to the texts that wait, and with --apply do it: approve those that were changed.

    A text that was changed is approved if no check or rule holds it; one that was not, where its state is reviewed or
    final. What has changed since the export is a conflict: told with all three texts, never applied. The file is read
    in the format that its name says. Where the desk has a user of the name of --by, that user's rights count.

    \b
    Example:
      shopglot exchange import hk.xlf --by lena
      shopglot exchange import hk.xlf --by lena --apply --json
    """
    from shopglot import loading
    from shopglot.review.desk import Desk
    from shopglot.review.exchange.applying import WRONG, apply, preview, summary
    from shopglot.review.exchange.records import MAX_BYTES, read
    from shopglot.store import open_store

    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror or error}; name a file that can be read") from error
    reading = read(str(file), data)
    with patience(f"checking {file}"), open_store(store, create=False) as opened:
        user = _user(opened, actor)
        desk = Desk(opened, lambda market: loading.load_localizer(market, model=model))
        shown = preview(desk, opened.pages, user, str(file), reading, now=datetime.now(UTC))
        if confirmed:
            shown = apply(desk, user, shown)
    if as_json:
        click.echo(json.dumps(summary(shown)))
    else:
        _tell(shown)
    failed = sum(item.kind in WRONG for item in shown.items)
    if max_failed is not None and failed > max_failed:
        raise WorkError(f"{file}: {failed} texts were not taken, more than --max-failed {max_failed}; see above.")


def _user(store: Store, actor: str) -> User:
    """Return the desk's user of a name; without one, whoever has the store to themselves is a translator."""
    from shopglot.store.desk.users import User, fold_name

    name = actor.strip()
    if not name:
        raise UsageError("--by: say who does this")
    found = store.people.get(name)
    if found is None:
        return User(
            id=0, name=fold_name(name), shown=name, role="translator", markets=(), active=True, language="en",
            theme="auto", renew=False,
        )  # fmt: skip
    if not found.may("translator"):
        raise UsageError(f"--by {name}: this user of the desk may not approve texts")
    return found


def _tell(shown: Preview) -> None:
    """Print how many units there are of each kind, and name those that are not taken on stderr."""
    from shopglot.review.exchange.applying import WRONG

    counts = ", ".join(f"{count} {_TOLD[kind]}" for kind, count in shown.counts.items())
    click.echo(f"{len(shown.items)} texts: {counts or 'nothing'}")
    wrong = [item for item in shown.items if item.kind in WRONG]
    for item in wrong[:SHOWN]:
        where = f"{item.place}: {item.merchant}/{item.id}" if item.id else item.place
        if item.problem is not None:
            why = ": ".join(part for part in (item.problem.field, item.problem.message) if part)
        elif item.kind == "holds":
            why = "; ".join(f"{one.check}: {one.message}" for one in item.told)
        elif item.kind == "conflict":
            who = f" by {item.actor}" if item.actor else ""
            why = f"open{who}" if item.claimed else f"changed{who}: was {_cut(item.base)}, is {_cut(item.theirs)}"
        else:
            why = item.message or _TOLD[item.kind]
        click.echo(f"{shown.file}: {where}: {item.kind}: {why}", err=True)
    if len(wrong) > SHOWN:
        click.echo(f"{shown.file}: {len(wrong) - SHOWN} more; --json names them all", err=True)
    if not shown.done and shown.counts.get("apply"):
        click.echo("shopglot: nothing has been done yet; --apply does it", err=True)


def _cut(text: str | None) -> str:
    """Return a text as it is told: quoted, and no longer than a line."""
    if text is None:
        return "unknown"
    return repr(text if len(text) <= _LINE else f"{text[: _LINE - 1]}…")


def _name(unit: Unit) -> str:
    return f"{unit.merchant}/{unit.id} {unit.path} {unit.number}"
