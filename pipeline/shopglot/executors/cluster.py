"""Joining a Ray cluster, or beginning one of the run's own on this machine."""

from __future__ import annotations

import os
import re
import signal
import socket
import threading
from collections.abc import Callable, Collection
from typing import Any

from shopglot.errors import WorkError
from shopglot.executors.settings import Crew, Settings, plan_crew
from shopglot.executors.worker import Recipe, wants_gpu

STORE = 256 << 20  # bytes for what travels, where the cluster is this run's own
KNOCK = 10.0  # seconds for a cluster's address to answer: Ray itself asks one that does not for many minutes


def connect(settings: Settings, recipes: Collection[Recipe], say: Callable[[str], None]) -> tuple[Crew, bool]:
    """Join the cluster, or begin one; return the workers that it is to have, and whether this connection is new.

    Raises `WorkError` where no cluster answers.
    """
    import ray

    new = not ray.is_initialized()
    if new:
        say(f"joining the Ray cluster {settings.address}" if settings.address else "starting Ray on this machine")
        _begin(settings)
    machines = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    crew = plan_crew(settings, machines, gpu=wants_gpu(recipes, ray.cluster_resources()))
    upto = f" to {crew.most}" if crew.most > crew.least else ""
    say(f"Ray: {crew.least}{upto} workers with {crew.needs} each")
    return crew, new


def first_line(error: BaseException) -> str:
    """Return what an error says in its first line, as a sentence: Ray's go on for pages."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = (lines[0] if lines else type(error).__name__)[:300]
    return text if text.endswith(".") else f"{text}."


def _begin(settings: Settings) -> None:
    """Connect this process. Ray reports to nobody, and the way in which this process ends is left as it was."""
    import ray

    from shopglot.engines.generation import count_cores

    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # workers without a GPU are told to use none
    own: dict[str, Any] = {"include_dashboard": False, "object_store_memory": STORE}
    # What Ray calls CPUs is a number to share out: more workers than cores take turns.
    own["num_cpus"] = max(count_cores(), (settings.most or 1) * (settings.cpus or 1))
    # It takes SIGTERM, to end at once; the run ends in order, and the cluster with it.
    main = threading.current_thread() is threading.main_thread()
    before = signal.getsignal(signal.SIGTERM) if main else None
    try:
        if found := re.fullmatch(r"(?:ray://)?\[?(.+?)\]?:([0-9]{1,5})", settings.address):
            socket.create_connection((found[1], int(found[2])), KNOCK).close()
        ray.init(
            address=settings.address or "local", log_to_driver=False, logging_level="ERROR",
            **({} if settings.address else own),
        )  # fmt: skip
    except (
        OSError,
        OverflowError,
        RuntimeError,
        ValueError,
        AssertionError,
    ) as error:  # ConnectionError and timeouts are OSErrors
        named = f"the Ray cluster {settings.address} (RAY_ADDRESS) does not answer"
        raise WorkError(
            f"{named if settings.address else 'Ray does not start on this machine'}: {first_line(error)} "
            "See `ray status`, or run with --executor local; nothing that was done is lost."
        ) from error
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)
