"""Suites: sets of texts with what is known of them, described in TOML files and read from their data.

    read(name)  -> a Suite: one of the project's, a TOML file, or a table of the user's own
    names()     -> the suites of the project, and whether their data are there

`definition` is the TOML file, `pages`, `tables` and `remote` read data of each kind.
"""

from shopglot_eval.suites.reading import Named, digest, names, read

__all__ = ["Named", "digest", "names", "read"]
