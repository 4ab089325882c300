"""From terms to the model matrix, counted by hand."""

import numpy as np
import pytest

from analysis.coding import encode
from analysis.errors import BadColumnError, EmptyDomainError, UnequalLengthsError
from analysis.models.errors import (
    BadTermError,
    OneLevelError,
    UnknownColumnError,
    UnknownLevelError,
)
from analysis.models.matrix import model_matrix
from analysis.models.terms import parse_terms

COLUMNS = {
    "x": np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
    "z": np.array([0.0, 1.0, 0.0, 1.0, 1.0, np.nan]),
    "g": np.array(["b", "a", "c", "a", "b", "c"], dtype=object),
    "h": np.array(["p", "p", "q", "q", "p", "q"], dtype=object),
    "a:b": np.array([9.0, 8.0, 7.0, 6.0, 5.0, 4.0]),
}
EVERYBODY = np.ones(6, dtype=bool)


def matrix(*terms, among=EVERYBODY, **options):
    return model_matrix(COLUMNS, terms, among, **options)


def test_numbers_stand_for_themselves_beside_an_intercept():
    found = matrix("x")
    assert found.names == ("(intercept)", "x")
    assert found.values.tolist() == [[1, one] for one in COLUMNS["x"]]


def test_categories_become_indicators_against_the_first_level():
    found = matrix("g")
    assert found.names == ("(intercept)", "g[b]", "g[c]")
    assert found.values[:, 1].tolist() == [1, 0, 0, 0, 1, 0]
    assert found.values[:, 2].tolist() == [0, 0, 1, 0, 0, 1]


def test_the_reference_level_can_be_named():
    found = matrix("g", reference={"g": "c"})
    assert found.names == ("(intercept)", "g[a]", "g[b]")
    assert found.values[:, 1].tolist() == [0, 1, 0, 1, 0, 0]


def test_without_an_intercept_the_first_category_column_has_every_level():
    assert matrix("0", "g").names == ("g[a]", "g[b]", "g[c]")
    assert matrix("-1", "x", "h", "g").names == ("x", "h[p]", "h[q]", "g[b]", "g[c]")
    assert matrix("0", "x").names == ("x",)


def test_products_of_numbers_and_categories():
    found = matrix("x", "g", "x:g")
    assert found.names == ("(intercept)", "x", "g[b]", "g[c]", "x:g[b]", "x:g[c]")
    assert found.values[:, 4].tolist() == [1, 0, 0, 0, 5, 0]


def test_a_product_without_its_number_has_a_slope_for_every_level():
    assert matrix("g", "x:g").names[3:] == ("x:g[a]", "x:g[b]", "x:g[c]")


def test_products_of_categories_run_through_the_first_column_fastest():
    found = matrix("g", "h", "g:h")
    assert found.names[4:] == ("g[b]:h[q]", "g[c]:h[q]")
    assert found.values[:, 5].tolist() == [0, 0, 1, 0, 0, 1]
    assert matrix("g", "g:h").names[3:] == ("g[a]:h[q]", "g[b]:h[q]", "g[c]:h[q]")
    only = matrix("0", "h:g")
    assert only.names[:3] == ("h[p]:g[a]", "h[q]:g[a]", "h[p]:g[b]")
    assert only.values.sum(axis=1).tolist() == [1] * 6


def test_products_of_three_columns():
    found = matrix("x", "z", "h", "x:z", "x:h", "z:h", "x:z:h")
    assert found.names[-1] == "x:z:h[q]"
    assert found.values[:, -1].tolist() == [0, 0, 0, 4, 0]


def test_single_columns_come_before_products_and_repeated_terms_once():
    terms = parse_terms(["x:z", "x", "1", "z:x", "z", "x", "x:x"], COLUMNS)
    assert [term.label for term in terms] == ["(intercept)", "x", "z", "x:z"]


def test_a_column_whose_name_has_a_colon_is_taken_whole():
    assert matrix("a:b").values[:, 1].tolist() == [9, 8, 7, 6, 5, 4]


def test_rows_with_a_missing_value_in_any_column_are_left_out():
    assert matrix("x", "z").rows.tolist() == [0, 1, 2, 3, 4]
    whole = {"w": np.array([1, -32768, 3]), "g": np.array(["a", None, "b"], dtype=object)}
    assert model_matrix(whole, ["w"], np.ones(3, dtype=bool)).rows.tolist() == [0, 2]
    assert model_matrix(whole, ["g"], np.ones(3, dtype=bool)).rows.tolist() == [0, 2]


def test_only_levels_found_in_the_domain_count():
    domain = np.array([True, False, True, False, True, True])
    assert matrix("g", among=domain).names == ("(intercept)", "g[c]")
    assert matrix("g", among=domain, reference={"g": "c"}).names == ("(intercept)", "g[b]")


def test_numbers_that_are_categories_come_coded():
    columns = {"n": encode(np.array([10, 9, 10, 11]))}
    found = model_matrix(columns, ["n"], np.ones(4, dtype=bool))
    assert found.names == ("(intercept)", "n[10]", "n[11]")


def test_truth_values_are_numbers():
    found = model_matrix({"t": np.array([True, False])}, ["t"], np.ones(2, dtype=bool))
    assert found.values[:, 1].tolist() == [1, 0]


def test_everybody_can_be_given_the_same_values():
    found = matrix("x", "g", "x:g").with_values({"g": "b"})
    assert found[:, 2].tolist() == [1] * 6
    assert found[:, 4].tolist() == COLUMNS["x"].tolist()
    assert matrix("x", "g").with_values({"x": 7})[:, 1].tolist() == [7] * 6


def test_what_cannot_be_a_matrix_says_why():
    with pytest.raises(UnknownColumnError, match="column=nobody"):
        matrix("x", "nobody")
    with pytest.raises(UnknownColumnError, match="column=nobody, term=x:nobody"):
        matrix("x:nobody")
    with pytest.raises(BadTermError, match="term=x:"):
        matrix("x:")
    with pytest.raises(BadTermError, match="no term is left"):
        matrix("0")
    with pytest.raises(OneLevelError, match="column=h, level=p"):
        matrix("h", among=COLUMNS["h"] == "p")
    with pytest.raises(UnknownLevelError, match="column=g, level=d"):
        matrix("g", reference={"g": "d"})
    with pytest.raises(UnknownLevelError, match="not a category"):
        matrix("x", reference={"x": "1"})
    with pytest.raises(UnknownColumnError, match="column=h"):
        matrix("g", reference={"h": "p"})
    with pytest.raises(UnknownLevelError, match="level=d"):
        matrix("g").with_values({"g": "d"})
    with pytest.raises(UnknownColumnError, match="column=h"):
        matrix("g").with_values({"h": "p"})
    with pytest.raises(EmptyDomainError):
        matrix("x", among=np.zeros(6, dtype=bool))
    with pytest.raises(UnequalLengthsError):
        model_matrix({"x": np.ones(5)}, ["x"], EVERYBODY)
    with pytest.raises(BadColumnError, match="row=1"):
        model_matrix({"x": np.array([1.0, np.inf])}, ["x"], np.ones(2, dtype=bool))
