"""Order among units: places, bands, and how sure an order is."""

from __future__ import annotations

from analysis.ranking.order import TIE, Rank, band, rank

__all__ = ["TIE", "Rank", "band", "rank"]
