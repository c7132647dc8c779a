"""Saying what is being done, once it takes longer than people wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click

PATIENCE = 2.0  # seconds before a command says what it is doing


@contextmanager
def patience(doing: str) -> Iterator[None]:
    """Say on stderr what is being done, once it takes longer than people wait."""
    timer = threading.Timer(PATIENCE, lambda: click.echo(f"shopglot: {doing} …", err=True))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
