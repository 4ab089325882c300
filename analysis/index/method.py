"""How answers become an index: the method file, read and checked.

A method file is TOML. Everything wrong with it is reported at once, each
fault with its place; ``docs/method-file.md`` describes every key.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict

from analysis.errors import MethodFault, MethodFaults
from analysis.index.check import check_rankings, check_tree
from analysis.index.read import Reader, read_node
from analysis.index.read_rankings import read_rankings
from analysis.index.tree import ItemScale, Method, Node, Operation, WhenAbsent

__all__ = ["ItemScale", "Method", "Node", "Operation", "WhenAbsent", "load_method"]

TOP_KEYS = frozenset(
    {"code", "version", "instrument", "index", "components", "alternatives", "nodes", "rankings"}
)


def load_method(text: str, items: Mapping[str, ItemScale]) -> Method:
    """Read a method file and check everything at once.

    Parameters
    ----------
    text : str
        The TOML text.
    items : mapping of item code to ItemScale
        The items of the instrument.

    Returns
    -------
    Method

    Raises
    ------
    MethodFaults
        With every fault and its place.
    """
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MethodFaults([MethodFault("method.not-toml", "method.toml", str(error))]) from error
    reader = Reader(written, "")
    reader.only(TOP_KEYS)
    code, version = reader.text("code"), reader.text("version")
    instrument, index = reader.text("instrument"), reader.text("index")
    components = reader.texts("components", least=0)
    alternatives = reader.texts("alternatives", least=0)
    rankings = read_rankings(reader)
    tables = reader.tables("nodes")
    faults = list(reader.faults)
    nodes = []
    for name, table in tables.items():
        node, found = read_node(name, table)
        faults += found
        if node is not None:
            nodes.append(node)
    shown = {"index": (index,), "components": components, "alternatives": alternatives}
    faults += check_tree(tuple(nodes), tuple(tables), shown, items)
    faults += check_rankings(rankings, tables)
    if faults:
        raise MethodFaults(faults)
    read = {item for node in nodes for item in node.items}
    return Method(
        code=code,
        version=version,
        instrument=instrument,
        index=index,
        components=components,
        alternatives=alternatives,
        nodes=tuple(nodes),
        scales={item: scale for item, scale in items.items() if item in read},
        content_hash=_content_hash(written, items, read),
        rankings=rankings,
    )


def _content_hash(
    written: Mapping[str, object], items: Mapping[str, ItemScale], read: set[str]
) -> str:
    """Hash what the file says, not how it is laid out, with the scales it rests on."""
    content = {
        "method": written,
        "scales": {item: asdict(items[item]) for item in sorted(read)},
    }
    # Keys sorted: TOML tables have no order; the order of lists stays.
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode("utf-8")).hexdigest()
