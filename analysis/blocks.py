"""Work on blocks of rows on all processors, with the same bits as on one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

Block = TypeVar("Block")
Found = TypeVar("Found")

MOST_THREADS: Final = 4
BLOCKS_ALONE: Final = 16
"""Fewer blocks of rows than this are not worth more than one thread."""


def in_turn(work: Callable[[Block], Found], blocks: Sequence[Block]) -> Iterator[Found]:
    """Work on blocks of rows, several at a time, and yield what is found in their order.

    Whoever adds it up has the same bits whatever the number of threads.
    """
    n_threads = min(os.cpu_count() or 1, MOST_THREADS)
    if n_threads == 1 or len(blocks) < BLOCKS_ALONE:
        yield from map(work, blocks)
        return
    with ThreadPoolExecutor(n_threads) as pool:
        yield from pool.map(work, blocks)
