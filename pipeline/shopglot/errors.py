"""Everything that shopglot raises on purpose.

    ShopglotError
    ├── UsageError        the caller can mend it: bad option, unreadable input        exit status 2
    │   ├── CatalogError  a catalog that cannot be opened or is no catalog at all
    │   └── DataError     a glossary, rule, market or card file that is wrong
    └── WorkError         the work itself failed                                      exit status 1
        ├── ModelError    a model that is missing, unpinned, tampered with or will not load
        └── StoreError    a store that cannot be opened, is of another version, or is in use

Messages name the file, the line and the field where there is one, and say what to do.
"""

from __future__ import annotations


class ShopglotError(Exception):
    """Base of all errors that are shown to the user without a traceback."""

    exit_status = 1


class UsageError(ShopglotError):
    """The caller can mend it: a bad option, an unreadable input."""

    exit_status = 2


class CatalogError(UsageError):
    """A catalog that cannot be opened, or is no catalog at all. A single bad line is never an error."""


class DataError(UsageError):
    """A glossary, rule, market or card file that is wrong; names file, line and field."""


class WorkError(ShopglotError):
    """The work itself failed."""


class ModelError(WorkError):
    """A model that is missing, unpinned, tampered with, or will not load."""


class StoreError(WorkError):
    """A store that cannot be opened, is of another version, or is in use by another run."""
