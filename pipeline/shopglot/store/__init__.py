"""What is known from one night to the next: runs, items, memory, plans, publications and their events.

with open_store("shopglot.db") as store:
    run = store.begin_run(spec)
    ...
    store.finish_run(run, summary)
"""

from shopglot.store.agreement import Agreement, PairAgreement
from shopglot.store.records import (
    Audit,
    AuditedSegment,
    Batch,
    Filed,
    HumanText,
    Identity,
    Missing,
    Run,
    RunSpec,
    Settled,
    Settlement,
    Standing,
)
from shopglot.store.store import Store, open_store

__all__ = [
    "Agreement",
    "Audit",
    "AuditedSegment",
    "Batch",
    "Filed",
    "HumanText",
    "Identity",
    "Missing",
    "PairAgreement",
    "Run",
    "RunSpec",
    "Settled",
    "Settlement",
    "Standing",
    "Store",
    "open_store",
]
