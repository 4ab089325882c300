"""Tests of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.design import Design
from analysis.models import likelihood_ratio_test
from analysis.plan.models import Fitted
from analysis.plan.reader import Reader
from analysis.plan.schema.hypotheses import ChiSquareTest, HypothesisSection, TTest, WaldTest
from analysis.plan.table import Table
from analysis.results import Note
from analysis.testing import (
    Statistic,
    TableTest,
    ValueTest,
    chi_square,
    t_test_groups,
    t_test_mean,
    t_test_pairs,
)
from analysis.variables import Mask
from analysis.variance.lonely import LonelyPolicy


@dataclass(frozen=True, slots=True, eq=False)
class Tested:
    """One test of the plan.

    Attributes
    ----------
    section : HypothesisSection
    statistic, df_numerator, df_denominator, p_value : float
        Of a t test the numerator degrees of freedom are 1 and the statistic is
        t itself.
    value : ValueTest, optional
        What a t test is about.
    table : TableTest, optional
        The table of a chi-square.
    fitted : Fitted, optional
        The model of a Wald test.
    notes : tuple of Note
    """

    section: HypothesisSection
    statistic: float
    df_numerator: float
    df_denominator: float
    p_value: float
    value: ValueTest | None = None
    table: TableTest | None = None
    fitted: Fitted | None = None
    notes: tuple[Note, ...] = ()


def run_test(
    section: HypothesisSection,
    table: Table,
    design: Design,
    lonely: LonelyPolicy,
    models: Mapping[str, Fitted],
    reader: Reader,
) -> Tested | None:
    """Make one test; None after noting a fault.

    Raises
    ------
    AnalysisError
        What cannot be tested.
    """
    if isinstance(section, WaldTest):
        return _wald(section, models[section.model]) if section.model in models else None
    where = getattr(section, "where", None)
    mask = table.mask(where, (*section.place, "where"), reader)
    if reader.faults:
        return None
    if isinstance(section, ChiSquareTest):
        return _chi_square(section, table, design, lonely, mask)
    if isinstance(section, TTest):
        return _t(section, table, design, lonely, mask)
    return None


def _wald(section: WaldTest, fitted: Fitted) -> Tested:
    if section.method == "likelihood-ratio":
        ratio = likelihood_ratio_test(fitted.fit, section.terms)
        return Tested(
            section,
            ratio.chi_square,
            float(len(ratio.scales)),
            ratio.df_denominator,
            ratio.p_value,
            fitted=fitted,
            notes=ratio.notes,
        )
    df = np.inf if section.method == "chi-square" else section.df
    found = fitted.fit.wald(section.terms, df=df)
    return Tested(
        section,
        found.statistic,
        found.df_numerator,
        found.df_denominator,
        found.p_value,
        fitted=fitted,
        notes=found.notes,
    )


def _chi_square(
    section: ChiSquareTest, table: Table, design: Design, lonely: LonelyPolicy, where: Mask | None
) -> Tested:
    found = chi_square(
        table.coded(section.rows),
        table.coded(section.columns),
        design,
        statistic=Statistic(section.statistic),
        where=where,
        lonely=lonely,
    )
    return Tested(
        section,
        found.statistic,
        found.df_numerator,
        found.df_denominator,
        found.p_value,
        table=found,
        notes=found.notes,
    )


def _t(
    section: TTest, table: Table, design: Design, lonely: LonelyPolicy, where: Mask | None
) -> Tested:
    values = table.numbers(section.of)
    level, df = section.level, section.df
    if section.by is not None:
        found = t_test_groups(
            values,
            table.coded(section.by),
            design,
            groups=section.groups or None,
            where=where,
            level=level,
            df=df,
            lonely=lonely,
        )
    elif section.paired_with is not None:
        other = table.numbers(section.paired_with)
        found = t_test_pairs(values, other, design, where=where, level=level, df=df, lonely=lonely)
    else:
        against = section.value or 0.0
        found = t_test_mean(
            values, design, value=against, where=where, level=level, df=df, lonely=lonely
        )
    return Tested(section, found.statistic, 1.0, found.df, found.p_value, value=found)
