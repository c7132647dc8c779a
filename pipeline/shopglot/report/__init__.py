"""The merchant's report, in Simplified Chinese: what is held back, by which words and rule, why, and the way out.

with open_store("shopglot.db", create=False) as store:
    report = read(store, "shop-1")
print(as_markdown(report))

A report is a record of plain values (`records.Report`): `as_markdown` and `as_html` show it, `as_json` is its shape for
machines. Every text of the merchant's is clean and short in it (`texts.clean`); escaping is what each form does.
"""

from shopglot.report.html import as_html
from shopglot.report.markdown import as_markdown
from shopglot.report.reading import read
from shopglot.report.records import Report, as_json

__all__ = ["Report", "as_html", "as_json", "as_markdown", "read"]
