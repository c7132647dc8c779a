"""The command line is tested as people call it: arguments and bytes in, bytes and an exit status out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from shopglot.cli import main

Invoke = Callable[..., Result]
Write = Callable[..., str]


@pytest.fixture
def invoke(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """Return a function that calls `shopglot` in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, stdin: str | bytes = b"") -> Result:
        data = stdin.encode("utf-8") if isinstance(stdin, str) else stdin
        return CliRunner().invoke(main, list(arguments), input=data)

    return call


@pytest.fixture
def catalog(tmp_path: Path) -> Write:
    """Return a function that writes listings (or raw lines) as a catalog and returns its path."""

    def write(*lines: dict[str, Any] | bytes, name: str = "catalog.jsonl") -> str:
        path = tmp_path / name
        dumped = [
            line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode("utf-8") for line in lines
        ]
        path.write_bytes(b"".join(line + b"\n" for line in dumped))
        return str(path)

    return write
