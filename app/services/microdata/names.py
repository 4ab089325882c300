"""Names of variables that SPSS, Stata, R and SQL all take.

At most 29 letters, digits and underscores, a letter first, no two alike whatever their case, and no
word that a program keeps for itself.
"""

import hashlib
import re
from collections.abc import Iterable
from typing import Final

# SPSS and Stata take 32; Stata's sets of labels bear the name of their variable and a number.
LONGEST: Final = 29
# SPSS: operators of its language. Stata: types and system variables.
_RESERVED: Final = frozenset({
    "all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with",
    "byte", "double", "float", "if", "in", "int", "long", "str", "strl", "using",
})  # fmt: skip


def portable(sources: Iterable[str]) -> dict[str, str]:
    """Give every source name a portable one.

    Parameters
    ----------
    sources : iterable of str
        E.g. ``"place.commune"``; each once.

    Returns
    -------
    dict of str to str
        Source name → e.g. ``"place_commune"``. The same for the same sources in the same order.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for source in sources:
        name = _plain(source)
        if len(name) > LONGEST or name.lower() in taken:
            name = _marked(name, source)
        found[source] = name
        taken.add(name.lower())
    return found


def _plain(source: str) -> str:
    name = re.sub(r"[^A-Za-z0-9_]", "_", source)
    if not re.match(r"[A-Za-z]", name):
        name = f"v{name}"
    return f"{name}_" if name.lower() in _RESERVED or re.fullmatch(r"str\d+", name) else name


def _marked(name: str, source: str) -> str:
    """Cut a name short and tell it apart by a digest of where it comes from."""
    digest = hashlib.sha256(source.encode()).hexdigest()[:6]
    return f"{name[: LONGEST - 7]}_{digest}"
