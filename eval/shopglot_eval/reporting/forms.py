"""A report in all its forms, as files."""

from __future__ import annotations

from pathlib import Path

from shopglot.errors import UsageError
from shopglot.foreign import whole_file
from shopglot_eval.reporting.document import Document
from shopglot_eval.reporting.html import as_html
from shopglot_eval.reporting.json import as_json
from shopglot_eval.reporting.markdown import as_markdown


def write(report: Document, out: Path, name: str) -> dict[str, str]:
    """Write a report as `name`.html, .json and .md into a folder, each whole or not at all; return the paths by form.

    Raises `UsageError` where the folder cannot be made, `WorkError` where a file cannot be written.
    """
    texts = {"html": as_html(report), "json": as_json(report), "md": as_markdown(report)}
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out {out}: {error.strerror}; name a folder that can be written") from error
    paths = {}
    for form, text in texts.items():
        path = out / f"{name}.{form}"
        with whole_file(path) as file:
            file.write(text.encode("utf-8", "backslashreplace"))
        paths[form] = str(path)
    return paths
