"""The tables of a store, the same on every database.

    runs ─┬─ workers ── leases ── windows            who works on what tonight (gone when the run is finished)
          ├─ plans ── batches                        which texts the engine gets together (gone likewise)
          └─ outcomes                                what became of each line that a run had to work on
    listings ─┬─ sources                             every version of the merchant's page that was worked on
              ├─ items ── segments                   where each listing stands in each market
              ├─ publications ── outbox              every published version, and the event that announces it
              └─ enrolments                          what a merchant has paused
    translations, approvals, units                   what the machine said, what people approved, what was imported
    verdicts                                         what reviewers said of segments as they stood
    audits ── audit_segments                         which published versions were drawn for review, and their texts
    actions                                          what people did, when and why

A listing's key is a digest of (merchant, id), so that no identity is too long or too odd for an index; other tables
name it by its number, which grows with the catalog, so that neighbours in the catalog are neighbours on the disk.
`items.version` points at the published version and is null where nothing is published; versions are never changed.
"""

from shopglot.store.schema.catalog import enrolments, items, listings, outbox, publications, segments, sources
from shopglot.store.schema.desk import comments, dismissals, handled, held, proposals, sessions, users
from shopglot.store.schema.memory import approvals, translations, units
from shopglot.store.schema.nights import batches, leases, outcomes, plans, runs, windows, workers
from shopglot.store.schema.people import actions, audit_segments, audits, verdicts
from shopglot.store.schema.tables import EPOCH, SCHEMA_VERSION, VERSION_FLOOR, meta, metadata

__all__ = [
    "EPOCH",
    "SCHEMA_VERSION",
    "VERSION_FLOOR",
    "actions",
    "approvals",
    "audit_segments",
    "audits",
    "batches",
    "comments",
    "dismissals",
    "enrolments",
    "handled",
    "held",
    "items",
    "leases",
    "listings",
    "meta",
    "metadata",
    "outbox",
    "outcomes",
    "plans",
    "proposals",
    "publications",
    "runs",
    "segments",
    "sessions",
    "sources",
    "translations",
    "units",
    "users",
    "verdicts",
    "windows",
    "workers",
]
