"""The command: `python -m shopglot_eval.faults`."""

from __future__ import annotations

from shopglot_eval.faults.command import main

raise SystemExit(main())
