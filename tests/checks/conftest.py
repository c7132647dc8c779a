"""Checks are tested on pairs, as `shopglot check` reads them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shopglot.checks import check
from shopglot.loading import load_localizer
from shopglot.types import Finding, Translation

Checker = Callable[..., tuple[Finding, ...]]


@pytest.fixture
def checked() -> Checker:
    """Return a function that checks a source with its translation in a field of a market."""

    def run(
        source: str, target: str, *, market: str = "us", field: str = "title", **about: object
    ) -> tuple[Finding, ...]:
        localizer = load_localizer(market, model="fake")
        item = localizer.whole(source, field=field)
        translation = Translation(
            source=source, target=target, market=market, model="test", origin="machine", unit_key="", machine_key="",
            **about,  # type: ignore[arg-type]
        )  # fmt: skip
        return check(item, translation, localizer.market)

    return run
