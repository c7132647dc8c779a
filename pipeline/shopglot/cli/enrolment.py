"""`shopglot pause` and `shopglot resume`: a merchant's word on a shop or a page in a market."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from shopglot.cli.options import by_option, json_option, markets_option, note_option, store_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from shopglot.store import Store

_merchant_option = click.option("--merchant", metavar="M", required=True, help="Whose pages; '' for those of nobody.")
_listing_option = click.option("--listing", metavar="ID", help="One page only; the whole shop where it is left out.")


@click.command("pause")
@_merchant_option
@_listing_option
@markets_option
@by_option
@note_option
@store_option
@json_option
def pause_command(
    merchant: str, listing: str | None, markets: tuple[str, ...], actor: str, note: str, store: str, as_json: bool
) -> None:
    """Take a shop, or one of its pages, off markets until it is resumed. Nothing is deleted.

    What is on sale is taken down at once, and runs publish nothing of it. `shopglot status` shows what is paused.

    \b
    Example:
      shopglot pause --merchant 云朵家居 --market hk --market mo --note "new packaging"
      shopglot pause --merchant 云朵家居 --listing xhs-0001 --market hk
    """

    def pause(opened: Store, market: str) -> tuple[dict[str, object], str]:
        done = opened.enrolment.pause(market, merchant, listing, actor=actor, note=note)
        before = " (it was paused already)" if done.already else ""
        row: dict[str, object] = {"taken_down": done.pages, "already": done.already, "known": done.known}
        return row, f"paused; {done.pages} pages taken down{before}"

    _each(pause, merchant, listing, markets, store, as_json)


@click.command("resume")
@_merchant_option
@_listing_option
@markets_option
@by_option
@note_option
@store_option
@json_option
def resume_command(
    merchant: str, listing: str | None, markets: tuple[str, ...], actor: str, note: str, store: str, as_json: bool
) -> None:
    """Open a shop, or one of its pages, in markets again.

    Pages that nothing happened to since are back on sale at once, the others follow with the next run. Pages that were
    paused by themselves stay down when their shop is resumed; one page of a paused shop may be resumed by itself.

    \b
    Example:
      shopglot resume --merchant 云朵家居 --market hk
    """

    def resume(opened: Store, market: str) -> tuple[dict[str, object], str]:
        done = opened.enrolment.resume(market, merchant, listing, actor=actor, note=note)
        before = " (it was open already)" if done.already else ""
        row: dict[str, object] = {"back": done.back, "later": done.later, "already": done.already, "known": done.known}
        return row, f"open; {done.back} pages back on sale, {done.later} follow with the next run{before}"

    _each(resume, merchant, listing, markets, store, as_json)


def _each(
    work: Callable[[Store, str], tuple[dict[str, object], str]],
    merchant: str,
    listing: str | None,
    markets: tuple[str, ...],
    store: str,
    as_json: bool,
) -> None:
    """Do it in each market and say what was done."""
    from shopglot.store import open_store

    name = f"merchant '{merchant}'" if listing is None else f"listing '{listing}' of merchant '{merchant}'"
    rows, told, known = list[dict[str, object]](), list[str](), True
    with open_store(store) as opened:
        for market in dict.fromkeys(markets):
            row, line = work(opened, market)
            known = bool(row["known"])
            rows.append({"market": market, "merchant": merchant, "listing": listing, **row})
            told.append(f"{market}: {name} is {line}")
    if not known:
        click.echo(f"shopglot: {store} has no page of {name} so far; it counts for those that come.", err=True)
    click.echo(json.dumps(rows, ensure_ascii=False) if as_json else "\n".join(told))
