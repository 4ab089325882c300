"""Tests of hypotheses on survey data."""

from __future__ import annotations

from analysis.testing.chi_square import Statistic, TableTest, chi_square, independence
from analysis.testing.t import (
    GroupMeans,
    group_means,
    t_test_groups,
    t_test_mean,
    t_test_pairs,
)
from analysis.testing.table import Table, make_table
from analysis.testing.tested import HypothesisTest, ValueTest, t_tests
from analysis.testing.wald import wald_test

__all__ = [
    "GroupMeans",
    "HypothesisTest",
    "Statistic",
    "Table",
    "TableTest",
    "ValueTest",
    "chi_square",
    "group_means",
    "independence",
    "make_table",
    "t_test_groups",
    "t_test_mean",
    "t_test_pairs",
    "t_tests",
    "wald_test",
]
