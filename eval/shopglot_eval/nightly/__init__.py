"""The nightly report for the ML team: what a run did, what it held and why, and how it differs from those before.

with open_store("shopglot.db", create=False) as store:
    report = document(read(store))

`read` gives plain values (`records.Nightly`), `document` makes a report of them, to which `shopglot_eval.reporting`
gives a form. Only the store is read, never the clock: the same store, the same report.
"""

from shopglot_eval.nightly.reading import read
from shopglot_eval.nightly.records import Nightly
from shopglot_eval.nightly.writing import document

__all__ = ["Nightly", "document", "read"]
