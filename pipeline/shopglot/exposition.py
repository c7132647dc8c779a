"""Figures in the text format that Prometheus reads, version 0.0.4.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})
_VALUE = re.compile(r"[ \t]+([^ \t]+)(?:[ \t]+-?[0-9]+)?")


@dataclass(slots=True, kw_only=True)
class Metric:
    """A figure with its values by label. `name` and labels are written in snake_case and begin with a letter."""

    name: str
    meaning: str
    kind: Literal["gauge", "counter"] = "gauge"
    values: dict[tuple[tuple[str, str], ...], float] = field(default_factory=dict)

    def put(self, value: float, **labels: str) -> None:
        """Set the value of these labels."""
        self.values[tuple(labels.items())] = value


def expose(metrics: Iterable[Metric]) -> str:
    """Return figures as text, in their order; one without any value is left out."""
    lines = []
    for metric in metrics:
        if not metric.values:
            continue
        meaning = metric.meaning.replace("\\", r"\\").replace("\n", r"\n")
        lines += [f"# HELP {metric.name} {meaning}", f"# TYPE {metric.name} {metric.kind}"]
        lines += [f"{metric.name}{_labels(dict(labels))} {_number(v)}" for labels, v in metric.values.items()]
    return "".join(f"{line}\n" for line in lines)


def find_value(text: str, name: str) -> float | None:
    """Return the value of a figure without labels from a text, None where it has none."""
    for line in text.split("\n"):
        if line.startswith(name) and (found := _VALUE.fullmatch(line, len(name))):
            try:
                return float(found[1])
            except ValueError:
                return None
    return None


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    # What is no UTF-8 would make the whole file unreadable.
    clean = {name: value.encode("utf-8", "replace").decode("utf-8") for name, value in labels.items()}
    return "{" + ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in clean.items()) + "}"


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) and abs(value) < 2**53 else repr(float(value))
