"""What the arguments of several commands have in common."""

from __future__ import annotations

import argparse


def positive(text: str) -> int:
    """Return a whole number of 1 or more; argparse says what is wrong with any other."""
    return _at_least(1, text)


def natural(text: str) -> int:
    """Return a whole number of 0 or more; argparse says what is wrong with any other."""
    return _at_least(0, text)


def _at_least(least: int, text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number") from None
    if number < least:
        raise argparse.ArgumentTypeError(f"{text} is not {least} or more")
    return number
