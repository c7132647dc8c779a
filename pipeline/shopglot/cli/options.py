"""Options that several commands share."""

from __future__ import annotations

import click

from shopglot.config import default_actor, default_store
from shopglot.market import MARKETS

market_option = click.option("--market", type=click.Choice(MARKETS), required=True, help="Which market.")
markets_option = click.option(
    "--market",
    "markets",
    type=click.Choice(MARKETS),
    multiple=True,
    required=True,
    help="Which market; may be repeated.",
)
model_option = click.option(
    "--model",
    metavar="NAME",
    help="Model card for markets that need a model (see `shopglot models list`); 'fake' for load runs.",
)
store_option = click.option(
    "--store", metavar="URL", default=default_store, show_default="$SHOPGLOT_STORE or shopglot.db",
    help="Store: a file or a database URL.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
by_option = click.option(
    "--by", "actor", metavar="NAME", default=default_actor, show_default="$SHOPGLOT_ACTOR or your login",
    help="Who does this, for the log.",
)  # fmt: skip
note_option = click.option("--note", default="", help="Why, for the log.")
