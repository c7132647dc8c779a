"""Reports: what they are made of (`document`), and their forms: HTML, Markdown and JSON."""
