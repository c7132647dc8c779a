"""`shopglot events`: deliver what was published to a file or a webhook, and see and mend what did not arrive."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from select import select
from typing import TYPE_CHECKING, Any, TextIO, cast

import click

from shopglot.cli.options import by_option, json_option, note_option, store_option
from shopglot.errors import UsageError

if TYPE_CHECKING:
    from types import FrameType

    from shopglot.relay import Tally, Target
    from shopglot.store.events import Backlog, State

_SECRET = "SHOPGLOT_WEBHOOK_SECRET"  # noqa: S105 - the variable's name


@click.group("events")
def events() -> None:
    """Deliver the events of published versions, and see and mend what did not arrive.

    \b
    Example:
      shopglot events deliver --to events.jsonl
      shopglot events list --state dead
    """


@events.command("deliver")
@click.option("--to", "target", metavar="TARGET", required=True, help="A JSONL file, or https://…")
@click.option("--follow", is_flag=True, help="Go on and wait for new events; ends with ctrl-C or SIGTERM.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Try at most N events.")
@click.option(
    "--attempts", type=click.IntRange(min=1), default=8, show_default=True, metavar="N",
    help="An event that failed N times is dead until `events retry`.",
)  # fmt: skip
@click.option(
    "--secret-file", type=click.Path(dir_okay=False, path_type=Path),
    help=f"File with the webhook's secret; without it, ${_SECRET} is.",
)  # fmt: skip
@click.option("--insecure", is_flag=True, help="Allow http:// to another host.")
@store_option
@json_option
def deliver_command(
    target: str,
    follow: bool,
    limit: int | None,
    attempts: int,
    secret_file: Path | None,
    insecure: bool,
    store: str,
    as_json: bool,
) -> None:
    """Deliver the store's events to TARGET, each at least once, until none is due; --follow waits for more.

    Ends with status 1 where an event is dead or could not be delivered yet. Only one relay works on a store at a time.
    A consumer has to drop what it gets twice: docs/events.md says how.

    \b
    Example:
      shopglot events deliver --to events.jsonl --store shop.db
      shopglot events deliver --to https://shop.example/hooks/catalog --secret-file hook.secret --follow
    """
    from shopglot.relay import Pace, Relay
    from shopglot.store import open_store

    with ExitStack() as stack:
        found = _target(target, secret_file, insecure=insecure)
        stack.callback(found.close)
        opened = stack.enter_context(open_store(store, create=False))
        lock = stack.enter_context(opened.events.relaying())
        bell = stack.enter_context(_stop_on_signals())
        relay = Relay(
            events=opened.events, target=found, lock=lock, pace=Pace(attempts=attempts), wait=bell.wait,
            stopped=lambda: bell.rung, watch=_Progress(sys.stderr),
        )  # fmt: skip
        tally = relay.follow(limit=limit) if follow else relay.deliver(limit=limit)
        backlog = opened.events.counts()
    click.echo(json.dumps(_describe(tally, backlog)) if as_json else _tell(tally, backlog, found.name))
    if backlog.dead or backlog.failing or tally.gave_up:
        click.echo(f"shopglot: {_advice(tally, backlog)}", err=True)
        raise click.exceptions.Exit(1)


@events.command("list")
@click.option(
    "--state", type=click.Choice(["undelivered", "delivered", "dead"]), default="undelivered", show_default=True,
    help="Which events; the delivered ones last first.",
)  # fmt: skip
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="At most so many.")
@store_option
@json_option
def list_command(state: str, limit: int, store: str, as_json: bool) -> None:
    """Show events with what became of them: attempts, the next one, the last error.

    \b
    Example:
      shopglot events list --state dead --store shop.db
    """
    from shopglot.store import open_store

    with open_store(store, create=False) as opened:
        rows = opened.events.listed(cast("State", state), limit=limit)
        backlog = opened.events.counts()
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for line in _rows(rows):
        click.echo(line)
    total = getattr(backlog, state)
    click.echo(f"{total} {state}" + (f", {len(rows)} of them above" if 0 < len(rows) < total else ""))


@events.command("retry")
@click.option("--seq", "seqs", type=int, multiple=True, metavar="N", help="This event; may be repeated.")
@click.option("--all", "every", is_flag=True, help="All dead events.")
@by_option
@note_option
@store_option
@json_option
def retry_command(seqs: tuple[int, ...], every: bool, actor: str, note: str, store: str, as_json: bool) -> None:
    """Make undelivered events due at once, with all their attempts again: dead ones, or ones that wait.

    \b
    Example:
      shopglot events retry --all --note "the endpoint has its new certificate"
    """
    from shopglot.store import open_store

    if every == bool(seqs):
        raise click.UsageError("Give either --seq N or --all.")
    with open_store(store, create=False) as opened:
        number = opened.events.retry(None if every else list(dict.fromkeys(seqs)), actor=actor, note=note)
    _say(number, "due again; `shopglot events deliver` takes them", as_json=as_json)
    if seqs and number < len(set(seqs)):
        click.echo(f"shopglot: {len(set(seqs)) - number} are delivered already or do not exist.", err=True)
        raise click.exceptions.Exit(1)


@events.command("replay")
@click.option("--since", type=int, required=True, metavar="SEQ", help="From this number on; 1 is the beginning.")
@by_option
@note_option
@store_option
@json_option
def replay_command(since: int, actor: str, note: str, store: str, as_json: bool) -> None:
    """Deliver events once more, for a consumer that is new or has lost something.

    \b
    Example:
      shopglot events replay --since 1
    """
    from shopglot.store import open_store

    with open_store(store, create=False) as opened:
        number = opened.events.replay(since, actor=actor, note=note)
    _say(number, "to be delivered once more; `shopglot events deliver` takes them", as_json=as_json)


def _say(number: int, what: str, *, as_json: bool) -> None:
    click.echo(json.dumps({"events": number}) if as_json else f"{number} events are {what}")


def _target(name: str, secret_file: Path | None, *, insecure: bool) -> Target:
    """Return the target that the user means."""
    from shopglot.relay import FileTarget, WebhookTarget

    if name.lower().startswith(("http://", "https://")):
        return WebhookTarget(name, _secrets(secret_file), insecure=insecure)
    if "://" in name:
        raise UsageError(f"--to: a target is a file or https://…, not {name.partition('://')[0]}://.")
    if secret_file is not None:
        raise UsageError("--secret-file: a file of events is not signed; leave it out, or name a webhook in --to.")
    return FileTarget(Path(name))


def _secrets(file: Path | None) -> tuple[bytes, ...]:
    """Return the webhook's signing keys."""
    from shopglot.relay import read_secrets

    if file is not None:
        try:
            return read_secrets(file.read_text(encoding="utf-8", errors="replace"), str(file))
        except OSError as error:
            raise UsageError(f"--secret-file {file}: {error.strerror}.") from error
    given = os.environ.get(_SECRET)
    if not given:
        raise UsageError(f"a webhook's events are signed: put its secret into ${_SECRET}, or name --secret-file FILE.")
    return read_secrets(given, f"${_SECRET}")


class _Bell:
    """What a signal's handler rings while others wait for it.

    No `threading.Event`: its lock is not reentrant, and a handler that comes while the main thread holds it, about to
    wait, would wait for itself for ever. A byte in a pipe needs no lock.
    """

    def __init__(self) -> None:
        self._out, self._in = os.pipe()
        os.set_blocking(self._in, False)
        self.rung = False

    def ring(self) -> None:
        """End all waiting, from now on."""
        self.rung = True
        with suppress(BlockingIOError):  # full of bytes that say the same
            os.write(self._in, b"!")

    def wait(self, seconds: float) -> None:
        """Wait for so many seconds, or until it is rung."""
        select([self._out], [], [], seconds)

    def close(self) -> None:
        """Give the pipe back."""
        os.close(self._out)
        os.close(self._in)


@contextmanager
def _stop_on_signals() -> Iterator[_Bell]:
    """Yield what SIGTERM or ctrl-C rings, so that what is in hand is ended first; a second one ends at once."""
    bell = _Bell()
    before: dict[int, Any] = {}

    def handle(number: int, _frame: FrameType | None) -> None:
        bell.ring()
        signal.signal(number, before[number])

    for wanted in (signal.SIGTERM, signal.SIGINT):
        before[wanted] = signal.signal(wanted, handle)
    try:
        yield bell
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        bell.close()


class _Progress:
    """Says every few seconds how far delivery is, and why events failed."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._every = 2.0 if stream.isatty() else 10.0
        self._last = time.monotonic()
        self._error = ""

    def __call__(self, tally: Tally) -> None:
        """Write a line, where the last one is some seconds old or something new went wrong."""
        now = time.monotonic()
        if tally.error == self._error and now - self._last < self._every:
            return
        why = f": {tally.error}" if tally.error != self._error else ""
        self._last, self._error = now, tally.error
        self._stream.write(
            f"shopglot: {tally.delivered} events delivered, {tally.failed} failed attempts, {tally.dead} dead{why}\n"
        )
        self._stream.flush()


def _describe(tally: Tally, backlog: Backlog) -> dict[str, int]:
    """Return what was done and what is left."""
    return {
        "delivered": tally.delivered, "failed": tally.failed, "dead": tally.dead,
        "undelivered": backlog.undelivered, "dead_in_all": backlog.dead,
    }  # fmt: skip


def _tell(tally: Tally, backlog: Backlog, name: str) -> str:
    return f"{tally.delivered} events delivered to {name}; {backlog.undelivered} left, {backlog.dead} dead"


def _advice(tally: Tally, backlog: Backlog) -> str:
    """Return what did not arrive, and what to do."""
    parts = []
    waiting = backlog.undelivered if tally.gave_up else backlog.failing
    if waiting:
        parts.append(f"{waiting} events could not be delivered yet: run again later, or with --follow")
    if backlog.dead:
        parts.append(
            f"{backlog.dead} events are dead: see `shopglot events list --state dead`, mend it, then "
            "`shopglot events retry --all`"
        )
    last = f" (last error: {tally.error})" if tally.error else ""
    return "; ".join(parts) + last


def _rows(rows: list[dict[str, Any]]) -> list[str]:
    """Return events as a table for people."""
    from shopglot.telling import table

    if not rows:
        return []
    head = ["seq", "created", "market", "listing", "version", "kind", "attempts", "next attempt", "last error"]
    lines = [
        [
            str(row["seq"]), _time(row["created_at"]), str(row.get("market", "")), _listing(row),
            str(row.get("version", "")), str(row.get("kind", "")), str(row["attempts"]), _time(row["next_attempt_at"]),
            _printable(str(row["last_error"])),
        ]
        for row in rows
    ]  # fmt: skip
    return table([head, *lines])


def _listing(row: dict[str, Any]) -> str:
    return _printable("/".join(str(row[name]) for name in ("merchant", "id") if row.get(name)))


def _time(moment: str | None) -> str:
    return "" if moment is None else moment[:19].replace("T", " ")


def _printable(text: str) -> str:
    """Return a merchant's text without what a terminal would obey."""
    return "".join(character if character.isprintable() else " " for character in text)
