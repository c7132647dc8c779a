"""`shopglot models`: which models there are, getting them, proving what they are, and running them well."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from shopglot.cli.options import json_option
from shopglot.config import card_root, model_cache

if TYPE_CHECKING:
    from shopglot.engines.base import Engine
    from shopglot.engines.tuning import Tuning


@click.group("models")
def models() -> None:
    """List, pull, verify and tune models.

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


@models.command("tune")
@click.argument("name")
@click.option("--dry-run", is_flag=True, help="Measure, and keep nothing.")
@click.option("--forget", is_flag=True, help="Measure nothing, and go by the card again.")
@json_option
def tune_model(name: str, dry_run: bool, forget: bool, as_json: bool) -> None:
    """Find the threads and the batch size that make a model fastest on this machine, and keep them.

    Some minutes on two cores; let nothing else run. Larger batches need more memory. What is kept holds for this
    processor and as many cores, and changes no answer but for float noise; a card's compute.type would.

    \b
    Example:
      shopglot models tune qwen2.5-coder-1.5b
      shopglot models tune qwen2.5-coder-1.5b --forget
    """
    from dataclasses import asdict, replace

    from shopglot.engines import load
    from shopglot.engines.cards import get_card
    from shopglot.engines.prepare import prepared_path
    from shopglot.engines.tuning import (
        Trial,
        choose,
        keep_tuning,
        machine_name,
        thread_counts,
        tune,
        tuning_folder,
    )
    from shopglot.errors import UsageError

    card = get_card(card_root(), name)
    if card.runtime == "builtin":
        raise UsageError(f"'{name}' is no model: there is nothing to tune.")
    prepared_path(card, model_cache())
    folder = tuning_folder(card, model_cache())
    if forget:
        keep_tuning(folder, None)
        click.echo(json.dumps({"name": name, "kept": None}) if as_json else f"{name}: as its card says")
        return

    def open_engine(tuning: Tuning) -> Engine:
        own = replace(card, batch_size=tuning.batch_size)
        return load(own, model_cache(), target=card.directions[0][1], threads=tuning.threads)

    click.echo(f"shopglot: tuning {name} for {machine_name()}", err=True)
    trials: list[Trial] = []
    for trial in tune(card, open_engine, thread_counts()):
        trials.append(trial)
        click.echo(f"shopglot: {_tell(trial.tuning)}: {trial.tokens_per_second} new tokens a second", err=True)
    best = choose(trials)
    changed = best is not trials[0]
    if not dry_run:
        keep_tuning(folder, best.tuning if changed else None)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "name": name, "machine": machine_name(), "trials": [asdict(trial) for trial in trials],
                    "best": asdict(best.tuning), "kept": asdict(best.tuning) if changed and not dry_run else None,
                },
                ensure_ascii=False,
            )
        )  # fmt: skip
    elif changed:
        faster = best.tokens_per_second / trials[0].tokens_per_second
        click.echo(f"{name}: {'best' if dry_run else 'kept'}: {_tell(best.tuning)}, {faster:.2f} times as fast")
    else:
        click.echo(f"{name}: nothing is a tenth faster than the card's own: {_tell(best.tuning)}")


def _tell(tuning: Tuning) -> str:
    return f"{tuning.threads} thread{'' if tuning.threads == 1 else 's'}, batches of {tuning.batch_size}"
