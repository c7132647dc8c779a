"""`shopglot rollback`: earlier versions, published again."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from shopglot.cli.options import by_option, json_option, note_option, store_option
from shopglot.errors import UsageError
from shopglot.market import MARKETS

if TYPE_CHECKING:
    from shopglot.store import Store
    from shopglot.store.rollback import Applied, Plan

ASK_ABOVE = 20  # pages
SHOWN = 20


@click.command("rollback")
@click.argument("listing_id", metavar="[ID]", required=False)
@click.option("--market", "markets", type=click.Choice(MARKETS), multiple=True, help="Which market; may be repeated.")
@click.option("--merchant", metavar="M", help="The merchant: of ID where several have it, or with --at.")
@click.option("--to", type=click.IntRange(min=1), metavar="VERSION", help="Which version; else the last different one.")
@click.option("--run", "run_id", type=int, metavar="N", help="Take back all that run N published.")
@click.option("--at", metavar="TIME", help="Bring back what a market was then: ISO 8601, UTC where no zone is given.")
@click.option("--person", metavar="NAME", help="Take back what NAME changed: the last act, or all with --since.")
@click.option("--since", metavar="TIME", help="With --person: all acts and approved texts since then.")
@click.option("--release", is_flag=True, help="Let runs decide again what is published of ID.")
@click.option("--dry-run", is_flag=True, help="Show what would be changed, and change nothing.")
@click.option("--yes", is_flag=True, help=f"Do it without asking, also to more than {ASK_ABOVE} pages.")
@by_option
@note_option
@store_option
@json_option
def rollback_command(
    listing_id: str | None,
    markets: tuple[str, ...],
    merchant: str | None,
    to: int | None,
    run_id: int | None,
    at: str | None,
    person: str | None,
    since: str | None,
    release: bool,
    dry_run: bool,
    yes: bool,
    actor: str,
    note: str,
    store: str,
    as_json: bool,
) -> None:
    """Go back to earlier versions: of one page, of a run, of a moment, or to before what a person did.

    What is brought back is a new version, and stays until the page's source changes or it is released. A page that its
    merchant paused stays down, and goes on sale with that version when it is resumed; a page that was refused and taken
    down is not put back on sale.

    \b
    Example:
      shopglot rollback xhs-0001 --market hk
      shopglot rollback xhs-0001 --market hk --to 3 --note "wrong size chart"
      shopglot rollback --run 17 --dry-run
      shopglot rollback --at 2026-11-20T03:00 --market us
      shopglot rollback --person lin --since 2026-11-19
      shopglot rollback xhs-0001 --market hk --release
    """
    from shopglot.store import open_store

    form = {"ID": listing_id, "--run": run_id, "--at": at, "--person": person}
    asked = {"--to": to, "--merchant": merchant, "--since": since, "--release": release or None}
    name = _check(form, asked, markets)
    with open_store(store, create=False) as opened:
        opened.database.require_current()
        if release:
            identity = opened.rollback.find(str(listing_id), merchant=merchant)
            opened.rollback.release(identity, markets[0], actor=actor, note=note)
            told = {"released": {"merchant": identity[0], "id": identity[1], "market": markets[0]}}
            click.echo(json.dumps(told, ensure_ascii=False) if as_json else f"{listing_id}: the next run decides again")
            return
        plan = _plan(opened, name, form, asked, markets)
        if dry_run or not plan.steps:
            click.echo(json.dumps(_describe(plan, None), ensure_ascii=False) if as_json else _tell_plan(plan))
            return
        _ask(plan, yes)
        applied = opened.rollback.apply(plan, actor=actor, note=note)
    click.echo(json.dumps(_describe(plan, applied), ensure_ascii=False) if as_json else _tell_applied(applied))


def _check(form: Mapping[str, object], asked: Mapping[str, object], markets: tuple[str, ...]) -> str:
    """Return which form is asked for, or complain about options that do not go together."""
    named = [name for name, value in form.items() if value is not None]
    if len(named) != 1:
        raise UsageError(f"rollback: say one of {', '.join(form)}, not {' and '.join(named) or 'none'}.")
    [name] = named
    takes = {"ID": ("--to", "--merchant", "--release"), "--run": (), "--at": ("--merchant",), "--person": ("--since",)}
    strange = [option for option, value in asked.items() if value is not None and option not in takes[name]]
    if strange:
        raise UsageError(f"rollback: {strange[0]} does not go with {name}.")
    if asked["--to"] is not None and asked["--release"]:
        raise UsageError("rollback: --release does not go with --to.")
    if name in ("ID", "--at") and len(markets) != 1:
        raise UsageError(f"rollback: {name} needs one --market.")
    return name


def _plan(
    opened: Store, name: str, form: Mapping[str, object], asked: Mapping[str, object], markets: tuple[str, ...]
) -> Plan:
    merchant = asked["--merchant"]
    owner = None if merchant is None else str(merchant)
    if name == "ID":
        to = asked["--to"]
        identity = opened.rollback.find(str(form["ID"]), merchant=owner)
        return opened.rollback.plan_page(identity, markets[0], to=to if isinstance(to, int) else None)
    if name == "--run":
        return opened.rollback.plan_run(int(str(form["--run"])), markets=markets)
    if name == "--at":
        return opened.rollback.plan_moment(_moment("--at", str(form["--at"])), markets[0], merchant=owner)
    since = asked["--since"]
    moment = None if since is None else _moment("--since", str(since))
    return opened.rollback.plan_person(str(form["--person"]), since=moment, markets=markets)


def _moment(option: str, text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{option} {text}: write a time as 2026-11-20T03:00, or with a zone, 2026-11-20T03:00+08:00."
        ) from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def _ask(plan: Plan, yes: bool) -> None:
    """Make sure that many pages are meant."""
    if yes or len(plan.steps) <= ASK_ABOVE:
        return
    if not sys.stdin.isatty():
        raise UsageError(
            f"rollback: this changes {len(plan.steps)} pages; look at them with --dry-run, then add --yes to do it."
        )
    click.echo(_tell_plan(plan), err=True)
    click.confirm(f"Change {len(plan.steps)} pages?", abort=True, err=True)


def _describe(plan: Plan, applied: Applied | None) -> dict[str, object]:
    steps = [
        {
            "merchant": step.identity[0], "id": step.identity[1], "market": step.market, "from": step.current,
            "to": step.target, "paused": step.paused, "refused": step.refused,
        }
        for step in plan.steps
    ]  # fmt: skip
    return {"dry_run": applied is None, "plan": steps, **({} if applied is None else asdict(applied))}


def _tell_plan(plan: Plan) -> str:
    from shopglot.telling import table

    if not plan.steps:
        return "nothing to change: it is all so already"
    rows = [["market", "merchant", "id", "from", "to", ""]]
    for step in plan.steps[:SHOWN]:
        states = (step.current, step.target)
        versions = ["nothing" if version is None else f"version {version}" for version in states]
        why = "paused: on sale when resumed" if step.paused else "refused: left down" if step.refused else ""
        rows.append([step.market, *step.identity, *versions, why])
    more = [f"and {len(plan.steps) - SHOWN} more"] if len(plan.steps) > SHOWN else []
    return "\n".join([f"{len(plan.steps)} pages", "", *table(rows), *more])


def _tell_applied(applied: Applied) -> str:
    told = [f"{applied.changed} pages changed"]
    if applied.waiting:
        told.append(f"{applied.waiting} are paused and go on sale when they are resumed")
    if applied.refused:
        told.append(f"{applied.refused} were refused and taken down, and stay down")
    if applied.moved:
        told.append(f"{applied.moved} have changed meanwhile and were left alone: run the command again")
    if applied.already:
        told.append(f"{applied.already} were so already")
    return "; ".join(told)
