"""What is raised here on purpose: messages name the file and say what to do."""

from __future__ import annotations


class TrainingError(Exception):
    """A recipe, a file or a checkpoint that is wrong, missing or another than it should be."""
