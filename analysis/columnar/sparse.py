"""Products with sparse matrices, from scipy's compiled part alone.

They add to what is already there, which no public function does. The package
around them takes as long to import as a million rows to add up.
"""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from typing import Any

NAME = "scipy.sparse._sparsetools"


def compiled() -> Any:
    """Return scipy's compiled module of sparse products."""
    if "scipy.sparse" not in sys.modules:
        alone = _alone()
        if alone is not None:
            return alone
    from scipy.sparse import _sparsetools

    return _sparsetools


def _alone() -> Any:
    """Load the module without its package; None if it is not where it was."""
    package = find_spec("scipy")
    places = package.submodule_search_locations if package else None
    found = PathFinder.find_spec(NAME, [f"{place}/sparse" for place in places or ()])
    if found is None or found.loader is None:
        return None
    module = module_from_spec(found)
    found.loader.exec_module(module)
    # The package is to find and load it in its own way when it is imported.
    sys.modules.pop(NAME, None)
    return module
