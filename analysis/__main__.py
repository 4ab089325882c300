"""The statistics as a program; see ``docs/analysis-plan.md``."""

from __future__ import annotations

import sys

from analysis.plan.command import main

if __name__ == "__main__":
    sys.exit(main())
