"""Commands that other packages add: entry points of the group `shopglot.commands`.

The product does not know who evaluates it, so that the evaluation brings its own commands. An entry point is named
after its command (`eval`), one within a group with a space (`report nightly`), and is a click command. They are looked
up when somebody asks for a command that is not built in, or for the list.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points

import click

GROUP = "shopglot.commands"


@cache
def _points() -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=GROUP))


class OpenGroup(click.Group):
    """A group to which other packages add commands. Those that are built in cannot be replaced."""

    prefix = ""  # of the names of its entry points

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names of all commands, in the order of the alphabet."""
        return sorted({*super().list_commands(context), *self._added()})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Return a command by its name, None where there is none."""
        found = super().get_command(context, name)
        if found is not None:
            return found
        point = self._added().get(name)
        loaded = None if point is None else point.load()
        return loaded if isinstance(loaded, click.Command) else None

    def _added(self) -> dict[str, EntryPoint]:
        names = ((point.name.removeprefix(self.prefix), point) for point in _points() if self._is_mine(point))
        return dict(names)

    def _is_mine(self, point: EntryPoint) -> bool:
        return point.name.startswith(self.prefix) and " " not in point.name.removeprefix(self.prefix)


class ReportGroup(OpenGroup):
    """`shopglot report`."""

    prefix = "report "
