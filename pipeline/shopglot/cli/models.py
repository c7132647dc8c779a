"""`shopglot models`: which models there are, getting them, and proving that they are what they should be."""

from __future__ import annotations

import json
import sys

import click

from shopglot.cli.options import json_option
from shopglot.config import card_root, model_cache


@click.group("models")
def models() -> None:
    """List, pull and verify models.

    \b
    Example:
      shopglot models list
      shopglot models pull qwen2.5-coder-1.5b
    """


@models.command("list")
@json_option
def list_models(as_json: bool) -> None:
    """List the model cards, with licence, size and whether the model is on this machine.

    \b
    Example:
      shopglot models list --json
    """
    from shopglot.engines.cards import load_cards
    from shopglot.engines.prepare import is_prepared

    rows = [
        {
            "name": card.name, "title": card.title, "licence": card.licence, "kind": card.kind,
            "runtime": card.runtime, "revision": card.revision, "ready": is_prepared(card, model_cache()),
            "note": card.note,
        }
        for card in load_cards(card_root())
    ]  # fmt: skip
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(
            f"{row['name']:<24} {'ready' if row['ready'] else 'not here':<9} {row['licence']:<12} {row['title']}"
        )


@models.command("pull")
@click.argument("name")
def pull_model(name: str) -> None:
    """Download a model, verify it and make it ready to run. May be interrupted and called again.

    \b
    Example:
      shopglot models pull qwen2.5-coder-1.5b
    """
    from shopglot.engines.cards import get_card
    from shopglot.engines.prepare import is_prepared, prepare
    from shopglot.engines.pull import pull
    from shopglot.progress import DownloadProgress

    card = get_card(card_root(), name)
    if is_prepared(card, model_cache()):
        click.echo(f"{name} is ready.", err=True)
        return
    with DownloadProgress(sys.stderr) as progress:
        source = pull(card, model_cache(), progress=progress.step)
        prepared = prepare(card, source, model_cache(), progress=progress.step)
    click.echo(str(prepared))


@models.command("verify")
@click.argument("name")
@json_option
def verify_model(name: str, as_json: bool) -> None:
    """Hash every file of a model again and compare it with the card. Exit status 1 where one differs.

    \b
    Example:
      shopglot models verify qwen2.5-coder-1.5b
    """
    from shopglot.engines.cards import get_card
    from shopglot.engines.prepare import verify_prepared
    from shopglot.engines.pull import verify

    card = get_card(card_root(), name)
    verify(card, model_cache())
    verify_prepared(card, model_cache())
    click.echo(json.dumps({"name": name, "verified": True}) if as_json else f"{name}: verified")
