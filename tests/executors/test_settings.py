"""How many workers, and how large: what the environment says, and what a cluster gives."""

from __future__ import annotations

from typing import Any

import pytest

from shopglot.errors import UsageError
from shopglot.executors.settings import Crew, Settings, plan_crew, read_settings


@pytest.mark.parametrize(
    ("environment", "settings"),
    [
        ({}, Settings()),
        ({"RAY_ADDRESS": "local"}, Settings()),
        ({"RAY_ADDRESS": "10.0.0.7:6379", "SHOPGLOT_RAY_WORKERS": ""}, Settings(address="10.0.0.7:6379")),
        ({"SHOPGLOT_RAY_WORKERS": "2"}, Settings(least=2, most=2)),
        ({"SHOPGLOT_RAY_WORKERS": "1:8", "SHOPGLOT_RAY_CPUS": "4"}, Settings(least=1, most=8, cpus=4)),
        ({"SHOPGLOT_RAY_AHEAD": "3"}, Settings(ahead=3)),
    ],
)
def test_environment(environment: dict[str, str], settings: Settings) -> None:
    """Every variable is read; what is not named is left to the cluster."""
    assert settings == read_settings(environment)


@pytest.mark.parametrize("value", ["0", "-1", "two", "1:", ":3", "3:2", "1:2:3", "1.5", "99999999", "²"])
def test_nonsense_is_refused(value: str) -> None:
    """What is no number of workers is bad usage that names the variable and the value."""
    with pytest.raises(UsageError, match=f"SHOPGLOT_RAY_WORKERS is '{value}'"):
        read_settings({"SHOPGLOT_RAY_WORKERS": value})


@pytest.mark.parametrize("name", ["SHOPGLOT_RAY_CPUS", "SHOPGLOT_RAY_AHEAD"])
def test_other_nonsense_is_refused(name: str) -> None:
    """So are the other numbers."""
    with pytest.raises(UsageError, match=f"{name} is '0'"):
        read_settings({name: "0"})


@pytest.mark.parametrize(
    ("settings", "machines", "gpu", "crew"),
    [
        (Settings(), [{"CPU": 8.0}], False, (1, 1, 8, 0)),
        (Settings(), [{"CPU": 8.0}, {"CPU": 6.0}, {"memory": 1.0}], False, (2, 2, 6, 0)),
        (Settings(least=4, most=4), [{"CPU": 8.0}, {"CPU": 8.0}], False, (4, 4, 4, 0)),
        (Settings(least=3, most=3), [{"CPU": 2.0}], False, (3, 3, 1, 0)),
        (Settings(least=1, most=8, cpus=4), [{"CPU": 2.0}], False, (1, 8, 4, 0)),
        (Settings(), [{"CPU": 16.0, "GPU": 4.0}, {"CPU": 16.0, "GPU": 1.0}], True, (5, 5, 1, 1)),
        (Settings(), [{"CPU": 16.0}], True, (1, 1, 1, 1)),
        (Settings(), [], False, (1, 1, 1, 0)),
    ],
)
def test_crew(settings: Settings, machines: list[Any], gpu: bool, crew: tuple[int, int, int, int]) -> None:
    """A worker for each GPU or each machine, cores divided among those that share a machine; settings win."""
    least, most, cpus, gpus = crew
    assert Crew(least=least, most=most, cpus=cpus, gpus=gpus) == plan_crew(settings, machines, gpu=gpu)


def test_needs_in_words() -> None:
    """What a worker needs is said as people say it."""
    assert "1 CPU" == Crew(least=1, most=1, cpus=1, gpus=0).needs
    assert "4 CPUs and 1 GPU" == Crew(least=1, most=1, cpus=4, gpus=1).needs
