"""What whoever operates a night asks for beside the work: when to stop, logs, figures and alerts."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from shopglot.errors import ShopglotError

if TYPE_CHECKING:
    from shopglot.alerts import AlertHook
    from shopglot.localizer import Localizer
    from shopglot.logs import JsonLog
    from shopglot.metrics import MetricsFile
    from shopglot.stopping import Stop
    from shopglot.store import Store
    from shopglot.summary import Summary, Watcher

SECRET = "SHOPGLOT_WEBHOOK_SECRET"  # noqa: S105 - the name of a variable
_OPTIONS = (
    click.option(
        "--deadline", metavar="WHEN",
        help="Stop in good order at 05:30, at a moment (2026-11-24T05:30) or after 90m; most valuable pages first.",
    ),
    click.option("--log-json", is_flag=True, help="Write the log on stderr as one JSON object a line."),
    click.option(
        "--metrics-file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
        help="Write figures for Prometheus' textfile collector here, every minute and at the end.",
    ),
    click.option(
        "--alert-url", metavar="URL", help="Post here when the promise, the signals or the throughput are out of order."
    ),
    click.option(
        "--nice", type=click.IntRange(0, 19), default=5, show_default=True, metavar="N",
        help="Give way to others on this machine, the desk above all: the priority that `nice -n N` gives. 0 does not.",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """What was asked for on the command line."""

    deadline: str | None
    log_json: bool
    metrics_file: Path | None
    alert_url: str | None
    nice: int = 0

    def stop(self) -> Stop:
        """Return when to stop. UsageError where nobody can tell."""
        from shopglot.stopping import Stop, parse_deadline

        now = datetime.now(UTC).astimezone()
        return Stop(deadline=None if self.deadline is None else parse_deadline(self.deadline, now))

    @contextmanager
    def telling(self, stream: TextIO) -> Iterator[Telling]:
        """Yield who tells how the run goes on. What ends it too early is told in the same form, with its status."""
        from shopglot.stopping import Ended

        telling: Telling | None = None
        try:
            with ExitStack() as stack:
                telling = self._open(stream, stack)
                success = False
                try:
                    yield telling
                    success = True
                finally:
                    telling.end(success=success)
        except Ended as ended:
            assert telling is not None
            telling.complain(
                f"stopped by {ended}; everything that was done is kept, and the same command goes on where it was."
            )
            raise click.exceptions.Exit(1) from None
        except ShopglotError as error:
            if telling is None or telling.log is None:
                raise
            telling.complain(str(error))
            raise click.exceptions.Exit(error.exit_status) from None

    def _open(self, stream: TextIO, stack: ExitStack) -> Telling:
        from shopglot.progress import run_watcher
        from shopglot.summary import Watchers

        hook, log, metrics = None, None, None
        if self.alert_url is not None:
            from shopglot.alerts import require_hook

            hook = require_hook(self.alert_url, os.environ.get(SECRET))
        watcher: Watcher
        if self.log_json:
            from shopglot.logs import JsonLog, JsonWatcher, told_as_json

            log = JsonLog(stream)
            stack.enter_context(told_as_json(log))
            watcher = JsonWatcher(stream, log)
        else:
            watcher = stack.enter_context(run_watcher(stream))
        if self.metrics_file is not None:
            from shopglot.metrics import MetricsFile

            metrics = MetricsFile(self.metrics_file, say=watcher.warn)
            watcher = Watchers(watcher, metrics)
        return Telling(watcher=watcher, log=log, metrics=metrics, hook=hook, stream=stream)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Who tells how a run goes on: on stderr, in the file of figures, and to the webhook."""

    watcher: Watcher
    stream: TextIO
    log: JsonLog | None = None
    metrics: MetricsFile | None = None
    hook: AlertHook | None = None

    def complain(self, message: str) -> None:
        """Say why the exit status is not 0."""
        if self.log is not None:
            self.log.write("error", "error", message=message)
        else:
            click.echo(f"shopglot: {message}", file=self.stream)

    def alert(self, store: Store, localizers: Sequence[Localizer], summary: Summary, *, catalog: str) -> None:
        """Look for what is broken, and tell it. Of several processes at a run, those that joined it keep silent.

        Whatever goes wrong with that is a line in the log: the night's work is done.
        """
        if (self.hook is None and self.metrics is None) or summary.joined:
            return
        from shopglot.alerts import find_alerts

        try:
            alerts = find_alerts(store, localizers, summary.run_id)
        except ShopglotError as error:
            self.watcher.warn(f"nobody could look for what to alert of: {error}")
            return
        for alert in alerts:
            if alert.kind != "promise":  # which the run itself has told
                self.watcher.warn(alert.message)
        if self.metrics is not None:
            self.metrics.note_alerts(["", *(localizer.market.name for localizer in localizers)], alerts)
        if self.hook is not None and alerts:
            name = store.database.shown
            why = self.hook.send(alerts, run_id=summary.run_id, catalog=catalog, store_name=name)
            if why:
                self.watcher.warn(f"--alert-url: {len(alerts)} alerts were not delivered: {why}")

    def end(self, *, success: bool) -> None:
        """Write the last figures."""
        if self.metrics is not None:
            self.metrics.close(success=success)


def operations_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of whoever operates it, together as its argument `operations`."""

    @wraps(command)
    def called(
        *arguments: Any, deadline: str | None, log_json: bool, metrics_file: Path | None, alert_url: str | None,
        nice: int, **options: Any,
    ) -> None:  # fmt: skip
        operations = Operations(
            deadline=deadline, log_json=log_json, metrics_file=metrics_file, alert_url=alert_url, nice=nice
        )  # fmt: skip
        command(*arguments, operations=operations, **options)

    for option in reversed(_OPTIONS):
        called = option(called)
    return called


@contextmanager
def giving_way(nice: int) -> Iterator[None]:
    """Let others on this machine go first: people at the desk wait for an answer, and the night waits for nobody.

    The threads and processes that are begun within do so, too. Who gives way more already goes on as before, and a
    system that knows no such thing is left alone. Only the system's administrator gets the priority back at the end.
    """
    if not hasattr(os, "getpriority"):
        yield
        return
    before = os.getpriority(os.PRIO_PROCESS, 0)
    if before >= nice:
        yield
        return
    os.setpriority(os.PRIO_PROCESS, 0, nice)
    try:
        yield
    finally:
        with suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, 0, before)


@contextmanager
def asked_by_signals(stop: Stop, say: Callable[[str], None]) -> Iterator[None]:
    """Let SIGTERM and ctrl-C end the work in good order; a second one ends it as it would without us."""
    before: dict[int, Any] = {}

    def ask(number: int, _frame: object) -> None:
        for wanted, handler in before.items():
            signal.signal(wanted, handler)
        name = signal.Signals(number).name
        if stop.in_hand:
            with suppress(RuntimeError):  # the signal came while a line was being written
                say(f"{name}: ending the batch in hand; a second one ends at once")
        stop.ask(name)

    for wanted in (signal.SIGTERM, signal.SIGINT):
        before[wanted] = signal.signal(wanted, ask)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
