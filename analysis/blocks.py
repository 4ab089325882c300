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
PIECES: Final = 8
"""Runs of blocks for each thread: to hand over block by block takes as long as a small block."""


def in_turn(work: Callable[[Block], Found], blocks: Sequence[Block]) -> Iterator[Found]:
    """Work on blocks of rows, several at a time, and yield what is found in their order.

    Whoever adds it up has the same bits whatever the number of threads.
    """
    n_threads = _threads()
    if n_threads == 1 or len(blocks) < BLOCKS_ALONE:
        yield from map(work, blocks)
        return
    size = -(-len(blocks) // (n_threads * PIECES))
    pieces = [blocks[first : first + size] for first in range(0, len(blocks), size)]

    def worked(piece: Sequence[Block]) -> list[Found]:
        return [work(block) for block in piece]

    with ThreadPoolExecutor(n_threads) as pool:
        for found in pool.map(worked, pieces):
            yield from found


def at_once(work: Callable[[Block], Found], parts: Sequence[Block]) -> list[Found]:
    """Work on a few large parts, several at a time; return what is found in their order."""
    n_threads = min(_threads(), len(parts))
    if n_threads < 2:
        return list(map(work, parts))
    with ThreadPoolExecutor(n_threads) as pool:
        return list(pool.map(work, parts))


def _threads() -> int:
    return min(os.cpu_count() or 1, MOST_THREADS)
