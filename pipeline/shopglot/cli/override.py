"""`shopglot override`: what a lead lets pass although a blocking rule refuses it."""

from __future__ import annotations

import json

import click

from shopglot.cli.options import by_option, json_option, market_option, note_option, store_option
from shopglot.errors import UsageError
from shopglot.market import MARKETS

_listing = click.option("--listing", metavar="ID", required=True, help="Which page.")
_merchant = click.option("--merchant", metavar="M", default="", help="Whose page; default: nobody's.")


@click.group("override")
def override() -> None:
    """Let a page say what a blocking rule refuses, take that back, or list what was let pass.

    Only a lead does this. Every act is in the log, and the page's history tells it.

    \b
    Example:
      shopglot override allow us.fda.drug-claim --market us --merchant shop-a --listing p1 --note "title of a book"
      shopglot override list
    """


@override.command("allow")
@click.argument("rule")
@market_option
@_merchant
@_listing
@by_option
@note_option
@store_option
@json_option
def allow_command(
    rule: str, market: str, merchant: str, listing: str, actor: str, note: str, store: str, as_json: bool
) -> None:
    """Let everything pass that RULE blocked on a page when it was last made; --note says why and is required.

    The next run makes the page again. Other words, and the rule once it is changed, are refused as before.

    \b
    Example:
      shopglot override allow us.fda.drug-claim --market us --merchant shop-a --listing p1 --note "title of a book"
    """
    from shopglot.store import open_store

    version = _version(rule, market)
    with open_store(store, create=False) as opened:
        words = opened.overrides.allow(market, (merchant, listing), rule, version, actor=actor, note=note)
    _tell("let pass; the next run makes the page again", rule, words, as_json)


@override.command("revoke")
@click.argument("rule")
@market_option
@_merchant
@_listing
@by_option
@note_option
@store_option
@json_option
def revoke_command(
    rule: str, market: str, merchant: str, listing: str, actor: str, note: str, store: str, as_json: bool
) -> None:
    """Take back what was let pass of RULE on a page: the next run refuses it again, and takes it down.

    \b
    Example:
      shopglot override revoke us.fda.drug-claim --market us --merchant shop-a --listing p1
    """
    from shopglot.store import open_store

    with open_store(store, create=False) as opened:
        words = opened.overrides.revoke(market, (merchant, listing), rule, actor=actor, note=note)
    if not words:
        raise UsageError(f"page {listing!r} of merchant {merchant!r}: nothing of rule {rule} is let pass in {market}")
    _tell("taken back; the next run makes the page again", rule, words, as_json)


@override.command("list")
@click.option("--market", type=click.Choice(MARKETS), help="Only this market.")
@store_option
@json_option
def list_command(market: str | None, store: str, as_json: bool) -> None:
    """List what was let pass and stands.

    \b
    Example:
      shopglot override list --market us
    """
    from shopglot.store import open_store
    from shopglot.telling import table

    with open_store(store, create=False) as opened:
        rows = [one.as_json() for one in opened.overrides.listed(market)]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    names = ("market", "merchant", "listing", "rule", "words", "by", "note")
    for line in table([list(names), *([str(row[name]) for name in names] for row in rows)]):
        click.echo(line)


def _version(rule: str, market: str) -> int:
    """Return the version of a rule that blocks in a market."""
    from shopglot.loading import load_rules_of

    found = next((one for one in load_rules_of(market) if one.id == rule), None)
    if found is None:
        raise UsageError(
            f"rule {rule!r}: market {market} has none of that id; see shopglot rules list --market {market}"
        )
    if found.severity != "block":
        raise UsageError(
            f"rule {rule}: it asks for {found.severity}, and a translator decides; only blocks are let pass"
        )
    return found.version


def _tell(done: str, rule: str, words: tuple[str, ...], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"rule": rule, "words": list(words)}, ensure_ascii=False))
    else:
        click.echo(f"{rule}: {'、'.join(words)}: {done}")
