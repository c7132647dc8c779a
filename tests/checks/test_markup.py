"""Opaque texts that did not come back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shopglot.types import Finding

Checker = Callable[..., tuple[Finding, ...]]


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("<b>柔软</b>面料", "Soft fabric", ["markup.broken", "markup.broken"]),
        ("<b>柔软</b>面料", "<b>Soft</b> fabric", []),
        ("柔软&nbsp;面料", "Soft fabric", ["markup.broken"]),
        ("你好{name}同学", "Hello classmate", ["placeholder.lost"]),
        ("看https://a.example/x吧", "Look", ["placeholder.lost"]),
        ("一<br>二<br>三", "One<br>two three", ["markup.broken"]),
    ],
)
def test_masks(source: str, target: str, expected: list[str], checked: Checker) -> None:
    """Each lost text is one error; one occurrence does not answer for two."""
    found = [
        f.check
        for f in checked(source, target, field="description")
        if f.check in ("markup.broken", "placeholder.lost")
    ]
    assert expected == found
