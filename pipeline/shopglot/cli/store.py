"""`shopglot store`: backup, restore, retention, erasure, size and soundness of a store."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shopglot.cli.options import by_option, json_option, note_option, store_option
from shopglot.errors import StoreError, UsageError

if TYPE_CHECKING:
    from shopglot.store.upkeep import Erased, Manifest, Size

_QUIET_SECONDS = 2.0  # before the first sign of life, and between two
_dry_option = click.option("--dry-run", is_flag=True, help="Only say what would be done.")
_yes_option = click.option("--yes", is_flag=True, help="Do not ask.")
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group("store")
def store() -> None:
    """Keep a store: back it up, restore or move it, prune it, erase a merchant, see its size, check it.

    \b
    Example:
      shopglot store backup shop-2026-08-02.zip --store shop.db
      shopglot store restore shop-2026-08-02.zip --store postgresql+psycopg://shop@db/shop
    """


@store.command("backup")
@click.argument("file", type=_FILE)
@store_option
@click.option("--force", is_flag=True, help="Replace FILE where it exists.")
@json_option
def backup_command(file: Path, store: str, force: bool, as_json: bool) -> None:
    """Write one state of the store into FILE, a ZIP archive that either database can restore.

    Runs and people may go on writing meanwhile. FILE is there whole, or not at all.

    \b
    Example:
      shopglot store backup shop-$(date +%F).zip --store shop.db
    """
    from shopglot.store import open_store

    with open_store(store, create=False) as opened:
        manifest = opened.upkeep.backup(file, replace=force, progress=_Ticker())
    _tell_archive(file, manifest, "backed up", as_json)


@store.command("verify")
@click.argument("file", type=_FILE)
@json_option
def verify_command(file: Path, as_json: bool) -> None:
    """Read a backup to its end and compare it with its checksums.

    \b
    Example:
      shopglot store verify shop-2026-08-02.zip
    """
    from shopglot.store.upkeep import Archive

    with Archive(file) as archive:
        archive.verify(_Ticker())
    _tell_archive(file, archive.manifest, "whole", as_json)


@store.command("restore")
@click.argument("file", type=_FILE)
@store_option
@json_option
def restore_command(file: Path, store: str, as_json: bool) -> None:
    """Write a backup into a new or empty store, of SQLite or PostgreSQL: all of it, or nothing.

    This is also the way from one database to the other. The backup is checked before anything is written.

    \b
    Example:
      shopglot store restore shop-2026-08-02.zip --store postgresql+psycopg://shop@db/shop
    """
    from shopglot.store.upkeep import restore

    _tell_archive(file, restore(store, file, progress=_Ticker()), "restored", as_json)


@store.command("erase")
@click.option("--merchant", metavar="M", required=True, help="Whose data.")
@store_option
@_dry_option
@_yes_option
@by_option
@note_option
@json_option
def erase_command(merchant: str, store: str, dry_run: bool, yes: bool, actor: str, note: str, as_json: bool) -> None:
    """Take a merchant's pages down and delete everything of theirs, for good.

    No run may be at work. Take the merchant out of the catalog first, or the next run brings their pages back. A killed
    erasure goes on when the command is given again. Backups that were taken earlier still have the data.

    \b
    Example:
      shopglot store erase --merchant shop-17 --dry-run
      shopglot store erase --merchant shop-17 --by lin --note "contract ended"
    """
    from shopglot.store import open_store

    with open_store(store, create=False) as opened:
        planned = opened.upkeep.preview_erasure(merchant)
        if dry_run:
            _tell_erasure(merchant, planned, scrubbed=True, dry=True, as_json=as_json)
            return
        _ask(f"erase {sum(planned.rows.values())} rows of merchant {merchant!r} from {opened.name}", yes)
        done = opened.upkeep.erase(merchant, actor=actor, note=note, progress=_Ticker())
        scrubbed = opened.upkeep.scrub()
    _tell_erasure(merchant, done, scrubbed=scrubbed, dry=False, as_json=as_json)
    if done.remains:
        left = ", ".join(f"{number} of {name}" for name, number in done.remains.items())
        raise StoreError(
            f"store {store}: something of merchant {merchant!r} was written meanwhile ({left}); erase again"
        )
    if not scrubbed:
        raise StoreError(
            f"store {store}: the rows are deleted, but others use the file, which keeps their bytes until it is "
            "written anew; end them and erase again"
        )


@store.command("prune")
@store_option
@click.option("--keep-days", type=click.IntRange(0), default=90, show_default=True, help="Keep all of the last days.")
@click.option(
    "--keep-versions", type=click.IntRange(1), default=10, show_default=True,
    help="Keep the last versions of every page.",
)  # fmt: skip
@click.option("--compact", is_flag=True, help="Write the file anew afterwards, without the room that came free.")
@_dry_option
@_yes_option
@json_option
def prune_command(
    store: str, keep_days: int, keep_versions: int, compact: bool, dry_run: bool, yes: bool, as_json: bool
) -> None:
    """Delete what is old and no longer needed: outcomes, replaced versions, sources, delivered events, machine text.

    What is published, waits to be delivered, was drawn for the audit or was said by a person stays, whatever its age.
    A version that is gone cannot be rolled back to. Runs may go on meanwhile.

    \b
    Example:
      shopglot store prune --keep-days 90 --keep-versions 10 --dry-run
    """
    from shopglot.store import open_store
    from shopglot.store.upkeep import Keep

    keep = Keep(days=keep_days, versions=keep_versions)
    with open_store(store, create=False) as opened:
        rows = opened.upkeep.preview_pruning(keep)
        if not dry_run:
            _ask(f"delete at least {sum(rows.values())} rows from {opened.name}", yes)
            rows = opened.upkeep.prune(keep, progress=_Ticker())
            if compact and not opened.upkeep.scrub():
                raise StoreError(
                    f"store {opened.name}: pruned, but others use the file: it can be compacted without them"
                )
        free = opened.upkeep.size().free
    if as_json:
        click.echo(json.dumps({"dry_run": dry_run, "rows": rows, "free": free}))
        return
    for name, number in rows.items():
        click.echo(f"{name:<13} {number:>10}")
    click.echo(f"{sum(rows.values())} rows {'would be deleted, or more' if dry_run else 'deleted'}")
    if free and not dry_run:
        click.echo(f"{_bytes(free)} of the file are free for new rows; --compact gives them back to the disk")


@store.command("size")
@store_option
@json_option
def size_command(store: str, as_json: bool) -> None:
    """Show rows and bytes of every table, and bytes per 1,000 listings.

    \b
    Example:
      shopglot store size --store shop.db
    """
    from shopglot.store import open_store

    with open_store(store, create=False) as opened:
        found = opened.upkeep.size()
    if as_json:
        click.echo(json.dumps({**asdict(found), "per_thousand": found.per_thousand}))
    else:
        _tell_size(found)


@store.command("upgrade")
@store_option
@json_option
def upgrade_command(store: str, as_json: bool) -> None:
    """Bring an older store to this version's schema: all of it, or nothing. `run` does it by itself.

    \b
    Example:
      shopglot store backup before.zip && shopglot store upgrade
    """
    from shopglot.store import open_store

    with open_store(store, create=False) as opened:
        name, before = opened.name, opened.database.version
    with open_store(store) as opened:
        after = opened.database.version
    if as_json:
        click.echo(json.dumps({"from": before, "to": after}))
    elif before == after:
        click.echo(f"store {name} has schema version {after} already")
    else:
        click.echo(f"store {name}: schema version {before} -> {after}")


@store.command("check")
@store_option
@json_option
def check_store_command(store: str, as_json: bool) -> None:
    """Check that a store is sound; exit status 1 where it is not.

    The file and its references, that what is on sale is there and is the newest, that every version has its event, and
    that no document has changed since it was published.

    \b
    Example:
      shopglot store check --store shop.db
    """
    from shopglot.store import open_store

    with open_store(store, create=False) as opened:
        found = opened.upkeep.check(progress=_Ticker())
        name = opened.name
    if as_json:
        click.echo(json.dumps({"sound": not found, "complaints": found}, ensure_ascii=False))
    for complaint in () if as_json else found:
        click.echo(complaint)
    if found:
        raise StoreError(
            f"store {name}: it is not sound; restore the last backup for which `store check` finds nothing"
        )
    if not as_json:
        click.echo(f"store {name} is sound")


class _Ticker:
    """Says on stderr what is being done, once it has taken a while and not too often."""

    def __init__(self) -> None:
        self._next = time.monotonic() + _QUIET_SECONDS

    def __call__(self, doing: str) -> None:
        """Show `doing`, where it is time."""
        if time.monotonic() >= self._next:
            click.echo(f"shopglot: {doing}", err=True)
            self._next = time.monotonic() + _QUIET_SECONDS


def _ask(what: str, yes: bool) -> None:
    """Go on only where a person says so."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"this would {what}: give --yes, or --dry-run to see what would be done")
    click.confirm(f"{what}?", abort=True, err=True)


def _tell_archive(file: Path, manifest: Manifest, done: str, as_json: bool) -> None:
    if as_json:
        described: dict[str, Any] = {"file": str(file), **asdict(manifest)}
        click.echo(json.dumps(described, ensure_ascii=False))
        return
    tables = sum(1 for table in manifest.tables if table.rows)
    click.echo(
        f"{file}: {done}, {manifest.rows} rows of {tables} tables, schema version {manifest.schema_version}, from "
        f"{manifest.engine} at {manifest.created_at}, {_bytes(file.stat().st_size)}"
    )


def _tell_erasure(merchant: str, done: Erased, *, scrubbed: bool, dry: bool, as_json: bool) -> None:
    if as_json:
        described = {"merchant": merchant, "dry_run": dry, **asdict(done), "scrubbed": scrubbed and not dry}
        click.echo(json.dumps(described, ensure_ascii=False))
        return
    for name, number in done.rows.items():
        click.echo(f"{name:<15} {number:>10}")
    would = "would be " if dry else ""
    click.echo(f"{sum(done.rows.values())} rows {would}deleted; {done.withdrawn} pages {would}taken down first")
    if done.waiting:
        click.echo(
            f"{done.waiting} events that name them wait to be delivered; then `shopglot store prune` deletes them"
        )
    click.echo("Backups taken before still have the data, and so may the database server's own logs and copies.")


def _tell_size(found: Size) -> None:
    for table in found.tables:
        size = "" if table.size is None else _bytes(table.size)
        click.echo(f"{table.name:<16} {table.rows:>12} rows {size:>12}")
    free = f", {_bytes(found.free)} of it free" if found.free else ""
    click.echo(f"all: {_bytes(found.total)}{free}")
    if found.per_thousand is not None:
        click.echo(f"{_bytes(round(found.per_thousand))} per 1,000 listings ({found.listings} listings)")


def _bytes(number: int) -> str:
    """Return a number of bytes for people."""
    size = float(number)
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1_000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1_000
    return f"{size:.1f} TB"
