"""Measures and reports. Imports shopglot, never the reverse."""
