"""How many workers on a cluster, and how large: read from the environment, for it belongs to the machines."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from shopglot.errors import UsageError

AHEAD = 2  # batches that a worker has before it: one at work, one on its way
_MOST = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the environment says; None is left to the cluster.

    `address` is the cluster's, "" for one of this run's own on this machine. The workers are `least` at first, and up
    to `most` while batches wait. `cpus` are the cores, and the threads, of each. `ahead` bounds the batches at each.
    """

    address: str = ""
    least: int | None = None
    most: int | None = None
    cpus: int | None = None
    ahead: int = AHEAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """How many workers, and what each needs of a machine."""

    least: int
    most: int
    cpus: int
    gpus: int

    @property
    def needs(self) -> str:
        """What each needs, in words."""
        cores = f"{self.cpus} CPU{'s' if self.cpus > 1 else ''}"
        return f"{cores} and {self.gpus} GPU" if self.gpus else cores


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings. Raises `UsageError` that names the variable."""
    workers = environment.get("SHOPGLOT_RAY_WORKERS", "")
    least, colon, most = workers.partition(":")
    low = _number("SHOPGLOT_RAY_WORKERS", least, workers)
    high = _number("SHOPGLOT_RAY_WORKERS", most, workers) if colon else low
    if colon and (low is None or high is None or high < low):
        raise UsageError(f"SHOPGLOT_RAY_WORKERS is '{workers}': write a number, or least:most such as 1:8.")
    cpus, ahead = environment.get("SHOPGLOT_RAY_CPUS", ""), environment.get("SHOPGLOT_RAY_AHEAD", "")
    address = environment.get("RAY_ADDRESS", "")
    return Settings(
        address="" if address == "local" else address, least=low, most=high,
        cpus=_number("SHOPGLOT_RAY_CPUS", cpus, cpus),
        ahead=_number("SHOPGLOT_RAY_AHEAD", ahead, ahead) or AHEAD,
    )  # fmt: skip


def plan_crew(settings: Settings, machines: Sequence[Mapping[str, float]], *, gpu: bool) -> Crew:
    """Return the workers for machines with these resources.

    By default one for each GPU, with a core each; without GPUs one for each machine, with all its cores. Where several
    share a machine its cores are divided; where machines differ the smallest counts.
    """
    cores = [int(machine["CPU"]) for machine in machines if machine.get("CPU", 0) >= 1] or [1]
    found = int(sum(machine.get("GPU", 0) for machine in machines)) if gpu else len(cores)
    least = settings.least or max(1, found)
    most = settings.most or least
    shared = 1 if gpu else max(1, min(cores) // ceil(most / len(cores)))
    return Crew(least=least, most=most, cpus=settings.cpus or shared, gpus=int(gpu))


def _number(name: str, text: str, whole: str) -> int | None:
    if not text and not whole:
        return None
    if re.fullmatch(r"[0-9]{1,6}", text) and 1 <= int(text) <= _MOST:
        return int(text)
    raise UsageError(f"{name} is '{whole}': write a whole number from 1 to {_MOST}.")
