"""The tables of `glossaries/`, as their editors see them: linted, exported to other tools, imported from them.

    rows      a row with its place, tables read and written
    lint      what is wrong with tables: `surface` looks at a row, `groups` at the rows of a term, `nesting` at terms
    merge     imported rows laid into a table, nothing overridden in silence
    forms     the formats by name: `sheet` (CSV, TSV), `tbx`, `tmx`, `taxonomy`

Matching in texts is no concern of this room: see `termbase`.
"""
