"""The translation memory outside the database: its keys, likeness of texts, and files that other tools read.

`likeness` and `exchange` are imported by name: they need libraries that most commands do without.
"""

from shopglot.memory.keys import FIELD_POLICY, NORMALISER, field_policy, machine_key, normalise, unit_key

__all__ = ["FIELD_POLICY", "NORMALISER", "field_policy", "machine_key", "normalise", "unit_key"]
