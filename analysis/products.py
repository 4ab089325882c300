"""Matrix products that stay on one core.

Linear algebra libraries split large products over threads that spin while
they wait for each other. Beside a web server's other work that makes products
of tall, narrow matrices many times slower, never much faster.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

ON_ONE_CORE: Final = 2**18
"""Multiplications up to which OpenBLAS does not start threads."""


def multiply(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Multiply a tall matrix by a small one, some rows at a time.

    Parameters
    ----------
    left : ndarray of float64, shape (n, m)
    right : ndarray of float64, shape (m, k)

    Returns
    -------
    ndarray of float64, shape (n, k)
    """
    if right.shape[1] == 1:
        # A single column would take another, always threaded, route.
        return multiply(left, np.column_stack([right, right]))[:, :1]
    step = max(ON_ONE_CORE // max(right.size, 1), 1)
    product = np.empty((len(left), right.shape[1]))
    for first in range(0, len(left), step):
        np.matmul(left[first : first + step], right, out=product[first : first + step])
    return product
