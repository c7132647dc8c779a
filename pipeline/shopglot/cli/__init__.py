"""The command line. stdout is data; progress, logs and warnings go to stderr.

Exit status: 0 done, 1 the work failed, 2 bad usage or unreadable input.
"""

from __future__ import annotations

import sys

import click

from shopglot import __version__
from shopglot.cli.additions import OpenGroup
from shopglot.cli.enrolment import pause_command, resume_command
from shopglot.cli.events import events
from shopglot.cli.exchange import exchange
from shopglot.cli.gate import gate_command
from shopglot.cli.glossary import glossary
from shopglot.cli.lines import check_command, convert, screen_command, translate_command
from shopglot.cli.memory import memory
from shopglot.cli.models import models
from shopglot.cli.night import export, history, run_command, status
from shopglot.cli.override import override
from shopglot.cli.report import report
from shopglot.cli.review import review_command
from shopglot.cli.rollback import rollback_command
from shopglot.cli.rules import rules
from shopglot.cli.scoring import score_command
from shopglot.cli.store import store
from shopglot.cli.user import user
from shopglot.cli.verdicts import verdicts
from shopglot.errors import ShopglotError


class Shopglot(OpenGroup):
    """Shows shopglot's own errors without a traceback, with their exit status."""

    def invoke(self, context: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(context)
        except ShopglotError as error:
            click.echo(f"shopglot: {error}", err=True)
            context.exit(error.exit_status)


@click.group(cls=Shopglot, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="shopglot")
def main() -> None:
    """Localize Chinese product pages for overseas markets and publish what is good enough.

    \b
    Example:
      shopglot models pull qwen2.5-coder-1.5b
      shopglot run catalog.jsonl --market us --market hk
      shopglot status
      shopglot export --market us > us.jsonl
    """
    # Text is data: bytes that are no UTF-8 must not end a command that reads line by line, nor a locale its output.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


for command in (
    run_command, status, history, export, pause_command, resume_command, rollback_command,
    translate_command, convert, check_command, screen_command, score_command,
    gate_command, models, glossary, memory, rules, override, verdicts, exchange, report, events, store,
    review_command, user,
):  # fmt: skip
    main.add_command(command)
