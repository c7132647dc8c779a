"""`shopglot rules`: the sensitivity rules of a market looked through, and held against their own examples."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from shopglot.cli.options import json_option, market_option
from shopglot.cli.patience import patience
from shopglot.config import glossary_root
from shopglot.errors import UsageError
from shopglot.market import MARKETS

if TYPE_CHECKING:
    from shopglot.sensitivity import Rule

SEVERITIES = ("block", "review", "advise")


@click.group("rules")
def rules() -> None:
    """List the sensitivity rules, show one, and say what is wrong with them.

    \b
    Example:
      shopglot rules lint
      shopglot rules list --market us --category medical
      shopglot rules show us.fda.acne
    """


@rules.command("lint")
@click.option(
    "--market", "markets", type=click.Choice(MARKETS), multiple=True, help="Only this market; may be repeated."
)
@json_option
def lint_command(markets: Sequence[str], as_json: bool) -> None:
    """Hold every rule against its own examples, and what it writes against all the others.

    Exit status 1 where there is an error, 2 where a file cannot be read; the message names file, rule and key.

    \b
    Example:
      shopglot rules lint --market hk
    """
    from shopglot.sensitivity.linting import lint_phrases, lint_rules
    from shopglot.sensitivity.phrases import load_lexicon

    count = 0
    with patience("linting"):
        phrases = lint_phrases(load_lexicon(glossary_root() / "common"))
        found: list[dict[str, str]] = [{"market": "common", **asdict(problem)} for problem in phrases]
        for market in markets or MARKETS:
            own = _load(market)
            count += len(own)
            found += [{"market": market, **asdict(problem)} for problem in lint_rules(own)]
    errors = sum(problem["severity"] == "error" for problem in found)
    if as_json:
        click.echo(
            json.dumps({"problems": found, "errors": errors, "warnings": len(found) - errors}, ensure_ascii=False)
        )
    else:
        for problem in found:
            click.echo("{market}  {severity}  {rule}  {id}  {message}".format(**problem))
        click.echo(
            f"{count} rules in {len(markets or MARKETS)} markets, {errors} errors, {len(found) - errors} warnings",
            err=True,
        )
    if errors:
        click.get_current_context().exit(1)


@rules.command("list")
@market_option
@click.option("--category", help="Only rules of this category.")
@click.option("--severity", type=click.Choice(SEVERITIES), help="Only rules of this severity.")
@json_option
def list_command(market: str, category: str | None, severity: str | None, as_json: bool) -> None:
    """List the rules that hold in a market, its own and the shared ones.

    \b
    Example:
      shopglot rules list --market hk --severity block
    """
    from shopglot.telling import table

    own = [rule for rule in _load(market) if category in (None, rule.category) and severity in (None, rule.severity)]
    if as_json:
        click.echo(json.dumps([_plain(rule) for rule in own], ensure_ascii=False))
        return
    rows = [[rule.id, rule.severity, rule.category, rule.side, rule.scope, rule.basis] for rule in own]
    for line in table([["rule", "severity", "category", "side", "of", "basis"], *rows]):
        click.echo(line)


@rules.command("show")
@click.argument("identity", metavar="RULE")
@click.option("--market", type=click.Choice(MARKETS), help="As it holds there; default: the rule's own, else us.")
@json_option
def show_command(identity: str, market: str | None, as_json: bool) -> None:
    """Show everything about a rule, as it holds in a market.

    \b
    Example:
      shopglot rules show common.diversion --market hk
    """
    first = identity.split(".", maxsplit=1)[0]
    place = market or (first if first in MARKETS else MARKETS[0])
    rule = next((rule for rule in _load(place) if rule.id == identity), None)
    if rule is None:
        raise UsageError(
            f"rule {identity!r}: market {place} has none of that id; see shopglot rules list --market {place}"
        )
    if as_json:
        click.echo(json.dumps(_plain(rule), ensure_ascii=False))
        return
    for name, value in _plain(rule).items():
        if value not in (None, "", [], {}, False):
            click.echo(f"{name:14}{_told(value)}")


def _load(market: str) -> tuple[Rule, ...]:
    from shopglot.loading import load_rules_of

    return load_rules_of(market)


def _plain(rule: Rule) -> dict[str, object]:
    return json.loads(json.dumps(asdict(rule)))  # type: ignore[no-any-return]


def _told(value: object) -> str:
    if isinstance(value, list):
        return "\n              ".join(_told(item) for item in value)
    if isinstance(value, dict):
        return "  ".join(str(item) for item in value.values() if item not in (None, "", []))
    return str(value)
