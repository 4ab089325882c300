"""Matrices with orthogonal rows, of every order that is used."""

import numpy as np
import pytest

from analysis.variance.replicate import hadamard, hadamard_order

ORDERS = sorted({hadamard_order(least) for least in range(1, 301)})


@pytest.mark.parametrize("order", ORDERS)
def test_rows_are_orthogonal_and_the_first_row_and_column_are_ones(order):
    matrix = hadamard(order).astype(np.int64)
    assert set(np.unique(matrix)) <= {-1, 1}
    np.testing.assert_array_equal(matrix @ matrix.T, order * np.eye(order))
    assert (matrix[0] == 1).all()
    assert (matrix[:, 0] == 1).all()
    assert (matrix[1:].sum(1) == 0).all()


def test_an_order_of_four_by_hand():
    wanted = [[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]]
    np.testing.assert_array_equal(hadamard(4), wanted)


def test_every_multiple_of_four_up_to_88_can_be_made():
    assert [order for order in ORDERS if 4 <= order <= 88] == list(range(4, 89, 4))


def test_at_most_two_multiples_of_four_in_a_row_are_missing_up_to_250():
    orders = [order for order in ORDERS if 4 <= order <= 250]
    assert set(np.diff(orders)) == {4, 8, 12}  # 184 and 188 are missing


@pytest.mark.parametrize(
    "order", [52, 100], ids=["from a field of 25 elements", "from a field of 49"]
)
def test_fields_of_squared_primes_fill_gaps(order):
    assert hadamard_order(order) == order


@pytest.mark.parametrize("order", [3, 6, 92])
def test_orders_that_cannot_be_made_are_refused(order):
    with pytest.raises(ValueError, match=str(order)):
        hadamard(order)
