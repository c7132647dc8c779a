"""Where the batches of a run are worked on: in this process, or by workers on a Ray cluster."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shopglot.batches import Executor
    from shopglot.localizer import Localizer

EXECUTORS = ("local", "ray")


@contextmanager
def open_executor(
    name: str, localizers: Sequence[Localizer], *, model: str | None = None, say: Callable[[str], None]
) -> Iterator[tuple[Executor, tuple[Localizer, ...]]]:
    """Open an executor by name, and yield it with the localizers as it wants them; what it began ends with it.

    `model` is what replaced the markets' own; `say` hears of workers that begin and are lost.
    Raises `UsageError` where Ray is not installed or a setting makes no sense.
    """
    if name != "ray":
        from shopglot.executors.local import LocalExecutor

        yield LocalExecutor(), tuple(localizers)
        return
    from shopglot.executors.ray import RayExecutor, remote
    from shopglot.executors.settings import read_settings

    # Ray writes of lost workers to stdout, whatever it is told: there is what other programs read.
    with redirect_stdout(sys.stderr), RayExecutor(read_settings(), say=say) as executor:
        yield executor, tuple(remote(localizer, model, executor) for localizer in localizers)
