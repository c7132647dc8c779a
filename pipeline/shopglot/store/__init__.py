"""What is known from one night to the next: runs, items, memory, plans, publications and their events.

with open_store("shopglot.db") as store:
    run = store.begin_run(spec)
    ...
    store.finish_run(run, summary)
"""

from shopglot.store.agreement import Agreement, PairAgreement
from shopglot.store.desk.dismissed import Dismissal, Dismissed
from shopglot.store.leaving import Left
from shopglot.store.onsale import OnSale
from shopglot.store.overrides import Override
from shopglot.store.reach import Recalled
from shopglot.store.records import (
    Approval,
    Audit,
    AuditedSegment,
    Batch,
    Filed,
    HumanText,
    Identity,
    Lease,
    Missing,
    Outdated,
    Revision,
    Run,
    RunSpec,
    Settled,
    Settlement,
    Standing,
    Window,
)
from shopglot.store.settled import SettledSegment
from shopglot.store.store import Store, open_store
from shopglot.store.working import LeaseLost, RunOver, Working

__all__ = [
    "Agreement",
    "Approval",
    "Audit",
    "AuditedSegment",
    "Batch",
    "Dismissal",
    "Dismissed",
    "Filed",
    "HumanText",
    "Identity",
    "Lease",
    "LeaseLost",
    "Left",
    "Missing",
    "OnSale",
    "Outdated",
    "Override",
    "PairAgreement",
    "Recalled",
    "Revision",
    "Run",
    "RunOver",
    "RunSpec",
    "Settled",
    "SettledSegment",
    "Settlement",
    "Standing",
    "Store",
    "Window",
    "Working",
    "open_store",
]
