"""Blocks of rows are worked on by several threads, and added up in their order."""

import numpy as np
import pytest

from analysis import blocks
from analysis.blocks import BLOCKS_ALONE, at_once, in_turn


@pytest.mark.parametrize("n_threads", [1, 2, 4])
@pytest.mark.parametrize("n_blocks", [0, 1, BLOCKS_ALONE - 1, BLOCKS_ALONE, 200])
def test_what_is_found_comes_in_the_order_of_the_blocks(monkeypatch, n_threads, n_blocks):
    monkeypatch.setattr(blocks, "MOST_THREADS", n_threads)
    assert list(in_turn(lambda k: k * k, range(n_blocks))) == [k * k for k in range(n_blocks)]


def test_sums_have_the_same_bits_however_many_work_on_them(monkeypatch):
    rng = np.random.default_rng(3)
    values = rng.lognormal(0, 5, (100, 1000))
    sums = []
    for n_threads in (1, 2, 4):
        monkeypatch.setattr(blocks, "MOST_THREADS", n_threads)
        total = 0.0
        for part in in_turn(np.sum, list(values)):
            total += part
        sums.append(float(total).hex())
    assert len(set(sums)) == 1


def test_what_goes_wrong_in_a_block_is_told():
    with pytest.raises(ZeroDivisionError):
        list(in_turn(lambda k: 1 // (k - 20), range(50)))


@pytest.mark.parametrize("n_threads", [1, 3])
@pytest.mark.parametrize("n_parts", [0, 1, 2, 7])
def test_large_parts_come_in_their_order_too(monkeypatch, n_threads, n_parts):
    monkeypatch.setattr(blocks, "MOST_THREADS", n_threads)
    assert at_once(lambda k: k * k, range(n_parts)) == [k * k for k in range(n_parts)]


def test_what_goes_wrong_in_a_large_part_is_told():
    with pytest.raises(ZeroDivisionError):
        at_once(lambda k: 1 // (k - 2), range(4))
