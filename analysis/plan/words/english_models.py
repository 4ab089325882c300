"""English sentences about models and tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FAULTS: Final[Mapping[str, str]] = {
    "unknown-model": "there is no model «{name}».{did_you_mean}{listed}",
    "response-among-terms": "«{name}» is explained by itself: take it out of the terms.",
    "not-a-term": "«{name}» is not among the terms of the model.",
    "two-groups": "two groups are compared; {found} are named.",
    "model.bad-term": "the term «{term}{terms}» cannot stand here. {reason}",
    "model.unknown-column": "the model has no column «{column}».",
    "model.unknown-level": "column «{column}» has no category «{level}».{did_you_mean}{listed}",
    "model.reference-of-numbers": (
        "column «{column}» holds numbers and has no category «{level}» to compare with; if they "
        "are "
        'codes, say types = {{ {column:key} = "category" }} in [data].'
    ),
    "model.one-level": (
        "column «{column}» has one category only («{level}») among the rows used: leave it out."
    ),
    "model.aliased": "these columns say the same as others, leave them out: {columns}.",
    "model.bad-response": (
        "column «{column}» cannot be explained by a {kind} model: {reason}{value}{levels}. Linear "
        "needs numbers, logistic 0 and 1 or two categories, poisson counts, ordinal three or more "
        "categories."
    ),
    "model.not-converged": (
        "the model cannot be fitted: {coefficients} grow without end. Some group has always, or "
        "never, the same answer; leave the term out or put groups together."
    ),
    "test.one-category": "the {side} of the table have one category only: nothing can be compared.",
    "test.too-many-cells": (
        "{rows} × {columns} categories are too many for a table (at most {most} cells): put "
        "categories together by [[derive]]."
    ),
    "test.groups": "two groups are needed; wanted: {groups}, there are: {found}.",
}

WORDS: Final[Mapping[str, str]] = {
    "compared": "estimates of t tests",
    "estimate": "value",
    "level": "level",
    "term": "term",
    "terms": "a list of terms",
    "coefficients": "coefficients",
    "margins": "predicted margins",
    "differences": "differences of margins",
    "tests-of-terms": "tests of terms",
    "test": "tests",
    "F": "F",
    "df_numerator": "df 1",
    "df_denominator": "df 2",
    "test-statistic": "statistic",
    "of-column": "percentages within each column",
    "together": "all",
    "model-linear": "linear",
    "model-logistic": "logistic",
    "model-poisson": "Poisson",
    "model-ordinal": "ordinal",
    "doing-model": "Fitting",
    "doing-test": "Testing",
}
