"""The report as one HTML page: no script, nothing loaded, light and dark, for a phone, a desk and paper.

The template is the form, Jinja2 escapes every text that is put into it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from shopglot.report import sentences
from shopglot.report.records import Report

if TYPE_CHECKING:
    from jinja2 import Template

FOLDED_FROM = 6  # pages of a list that is folded away at first: nothing is left out


def as_html(report: Report) -> str:
    """Return the report; it ends with a line break."""
    return _template().render(report=report, say=sentences, folded_from=FOLDED_FROM).lstrip()


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(Path(__file__).parent / "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True,
    )  # fmt: skip
    return environment.get_template("report.html")
