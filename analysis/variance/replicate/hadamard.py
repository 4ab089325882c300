"""Hadamard matrices: square, of +1 and -1, with orthogonal rows.

They exist for orders 1, 2 and multiples of four, as far as is known. Here they
are made of three constructions: doubling (Sylvester), and two from the squares
of a finite field of odd order ``q``, giving order ``q + 1`` if ``q`` is 3
modulo 4 and ``2 (q + 1)`` if it is 1 [Paley1933]. Fields of prime and of
squared prime order are enough for every multiple of four up to 88 and for 77 %
of those up to 1000.
"""

from __future__ import annotations

from functools import cache
from itertools import count

import numpy as np
from numpy.typing import NDArray

Signs = NDArray[np.int8]


def hadamard(order: int) -> Signs:
    """Return a Hadamard matrix whose first row and first column are ones.

    All other rows add up to zero, and so do all other columns: used as
    half-samples they are in full orthogonal balance [Wolter2007, ch. 3].

    Parameters
    ----------
    order : int
        As ``hadamard_order`` returns.

    Returns
    -------
    ndarray of int8, shape (order, order)

    Raises
    ------
    ValueError
        No construction for this order is known here.
    """
    found = _construct(order)
    if found is None:
        raise ValueError(f"no Hadamard matrix of order {order}")
    normal = found * found[0]
    return np.asarray(normal * normal[:, :1], dtype=np.int8)


@cache
def hadamard_order(least: int) -> int:
    """Return the smallest order at least ``least`` that can be made."""
    if least <= 2:
        return max(least, 1)
    return next(order for order in count(-(-least // 4) * 4, 4) if _is_constructible(order))


def _is_constructible(order: int) -> bool:
    if order in {1, 2, 4} or _paley_field(order) is not None:
        return True
    return order % 8 == 0 and _is_constructible(order // 2)


def _construct(order: int) -> Signs | None:
    """Double a smaller matrix where that is possible, else use a field."""
    if order == 1:
        return np.ones((1, 1), dtype=np.int8)
    if order % 8 == 0 or order in {2, 4}:
        half = _construct(order // 2)
        if half is not None:
            return _signs([[half, half], [half, -half]])
    field = _paley_field(order)
    if field is None:
        return None
    return _first_paley(order - 1) if field == order - 1 else _second_paley(field)


def _paley_field(order: int) -> int | None:
    """Return the order of the field a matrix can be made from."""
    if order % 4 != 0:
        return None
    if (order - 1) % 4 == 3 and _is_prime(order - 1):
        return order - 1
    half = order // 2 - 1
    if half % 4 == 1 and (_is_prime(half) or _root_of_square(half) is not None):
        return half
    return None


def _first_paley(q: int) -> Signs:
    """Order ``q + 1`` for a prime ``q`` that is 3 modulo 4, in its symmetric form."""
    character = _prime_character(q)
    index = np.arange(q)
    matrix = np.ones((q + 1, q + 1), dtype=np.int8)
    core = character[(index[:, None] + index) % q]
    matrix[1:, 1:] = np.where(core == 0, -1, -core)
    return matrix


def _second_paley(q: int) -> Signs:
    """Order ``2 (q + 1)`` for a field of order ``q`` that is 1 modulo 4."""
    conference = np.ones((q + 1, q + 1), dtype=np.int8)
    conference[1:, 1:] = _jacobsthal(q)
    np.fill_diagonal(conference, 0)
    unit = np.eye(q + 1, dtype=np.int8)
    plus, minus = conference + unit, conference - unit
    return _signs([[plus, minus], [minus, -plus]])


def _signs(blocks: list[list[Signs]]) -> Signs:
    return np.asarray(np.block(blocks), dtype=np.int8)


def _jacobsthal(q: int) -> Signs:
    """Return whether differences of field elements are squares, 1 or -1; 0 for zero."""
    if _is_prime(q):
        index = np.arange(q)
        return np.asarray(_prime_character(q)[(index[:, None] - index) % q])
    p = _root_of_square(q)
    if p is None:
        raise ValueError(f"no field of order {q} is made here")
    # Elements a + b * root, where the square of the root is no square modulo p;
    # an element is a square if and only if its norm is one modulo p.
    character = _prime_character(p)
    root_squared = int(np.argmin(character))
    a, b = np.divmod(np.arange(q), p)
    norm = (a[:, None] - a) ** 2 - root_squared * (b[:, None] - b) ** 2
    return np.asarray(character[norm % p], dtype=np.int8)


def _prime_character(p: int) -> Signs:
    """Return 0 for zero, 1 for squares modulo a prime and -1 for the others."""
    character = np.full(p, -1, dtype=np.int8)
    character[np.arange(1, p, dtype=np.int64) ** 2 % p] = 1
    character[0] = 0
    return character


def _root_of_square(q: int) -> int | None:
    root = round(q**0.5)
    return root if root * root == q and root > 2 and _is_prime(root) else None


def _is_prime(number: int) -> bool:
    if number < 2:
        return False
    return all(number % divisor for divisor in range(2, int(number**0.5) + 1))
