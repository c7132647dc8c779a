"""How well the sensitivity rules find what they should, and only that: labelled lines, advertisements, real titles."""

from __future__ import annotations
