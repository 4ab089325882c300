"""One pass over the files."""

from __future__ import annotations

from analysis.columnar import ColumnarTotals, Request
from analysis.columnar.by_rows import reduce_files
from analysis.columnar.reduce import reduce_parquet
from analysis.plan.totalling.view import View


def totals_of(view: View, request: Request) -> ColumnarTotals:
    """Total columns, as the files hold them where nothing is made."""
    if any(name in view.made for name in request.columns):
        return reduce_files(view.only(request.columns), request)
    return reduce_parquet(view.paths, request)
