"""Strata with a single PSU against R, policy by policy."""

import json

import numpy as np
import polars as pl
import pytest

from analysis.design import Design
from analysis.errors import LonelyPsuError
from analysis.estimate import proportion, total
from analysis.results import Note
from analysis.variance.lonely import LonelyPolicy
from tests.analysis.oracles.compare import HERE, close

ORACLE = json.loads((HERE / "lonely_policies.json").read_text())["figures"]
NAMED = [policy for policy in LonelyPolicy if policy is not LonelyPolicy.FAIL]


def load():
    rows = pl.read_csv(HERE / "lonely.csv", infer_schema_length=None)
    columns = (rows[name].to_numpy() for name in ("stratum", "psu", "base_weight"))
    return rows, Design.from_columns(*columns), np.isin(rows["access_1"].to_numpy(), [4, 5])


@pytest.mark.parametrize("policy", NAMED)
def test_standard_errors_of_shares_are_those_of_r(policy):
    rows, design, is_happy = load()
    share = proportion(is_happy, design, lonely=policy)
    women = proportion(is_happy, design, rows["sex"].to_numpy() == "female", lonely=policy)
    assert close(share.standard_error, ORACLE[policy.value]["share"])
    assert close(women.standard_error, ORACLE[policy.value]["women"])


@pytest.mark.parametrize("policy", NAMED)
def test_standard_errors_of_totals_are_what_the_policy_means(policy):
    _, design, is_happy = load()
    # R 4.1 leaves the lonely PSU uncentred under "adjust"; see the R script.
    wanted = "total_centred" if policy is LonelyPolicy.ADJUST else "total"
    estimate = total(is_happy, design, lonely=policy)
    assert close(estimate.standard_error, ORACLE[policy.value][wanted])


@pytest.mark.parametrize("policy", NAMED)
def test_the_policy_is_visible_as_a_note(policy):
    _, design, is_happy = load()
    notes = proportion(is_happy, design, lonely=policy).notes
    assert Note("lonely-psu", policy.value) in notes


def test_failing_is_the_default_of_single_estimates():
    _, design, is_happy = load()
    with pytest.raises(LonelyPsuError) as caught:
        proportion(is_happy, design)
    assert caught.value.code == "lonely-psu"
    assert caught.value.context == {"strata": "2", "stage": "1"}


def test_a_domain_outside_lonely_strata_has_no_note():
    rows, design, is_happy = load()
    domain = rows["stratum"].to_numpy() == "S1"
    estimate = proportion(is_happy, design, domain, lonely=LonelyPolicy.ADJUST)
    assert estimate.notes == ()
