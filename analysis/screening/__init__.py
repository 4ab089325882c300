"""Answers worth a second look: a flag is a question, never a verdict, and deletes nothing."""

from __future__ import annotations

from analysis.screening.patterns import straight_lining

__all__ = ["straight_lining"]
