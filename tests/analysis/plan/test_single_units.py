"""What plans say of strata with one unit is heard, or refused."""

import pytest

from tests.analysis.plan.written import faults, figure, only, result

ROWS = """\
area,office,room,p,w,cases
a,a1,r1,0.4,2.5,10
a,a1,r2,0.4,2.5,12
a,a2,r1,0.5,2.0,9
a,a2,r2,0.5,2.0,7
b,b1,r1,0.3,3.3,20
b,b1,r2,0.3,3.3,21
"""
HEAD = """\
plan = 1
[data]
file = "rows.csv"
[design]
strata = "area"
clusters = ["office"]
selection = "pps-hartley-rao"
probability = "p"
weight = "w"
"""
BODY = '[[estimate]]\nname = "e"\nkind = "total"\nof = "cases"\n'


@pytest.mark.parametrize("selection", ["pps-hartley-rao", "pps-overton", "pps-joint"])
def test_policies_for_single_units_say_nothing_of_pairs_and_are_refused(tmp_path, selection):
    head = HEAD.replace("pps-hartley-rao", selection) + 'lonely = "adjust"\n'
    if selection == "pps-joint":
        head += 'joint = "joint.csv"\n'
    found = only(faults(tmp_path, BODY, head=head, rows=ROWS))
    assert (found.code, found.place) == ("key-only-with", "design.lonely")


def test_a_unit_without_a_pair_is_refused_as_such(tmp_path):
    found = only(faults(tmp_path, BODY, head=HEAD, rows=ROWS))
    assert (found.code, found.context["strata"]) == ("no-pairs", "1")


def test_later_stages_under_pairs_hear_the_policy(tmp_path):
    # Office a2 has one room; pairs of offices are there in both areas.
    rows = ROWS.replace("a,a2,r2", "a,a2,r1") + "b,b2,r1,0.6,1.7,5\nb,b2,r2,0.6,1.7,8\n"
    head = HEAD.replace('["office"]', '["office", "room"]')
    head += 'fpc = ["", "rooms"]\n'
    rows = (
        rows.replace("cases\n", "cases,rooms\n", 1)
        .replace("\n", ",5\n")
        .replace("rooms,5", "rooms")
    )
    errors = {}
    for policy in ("adjust", "certainty"):
        found = result(tmp_path, BODY, head=head + f'lonely = "{policy}"\n', rows=rows)
        errors[policy] = figure(found, "e")["standard_error"]
    assert errors["adjust"] > errors["certainty"] > 0
    assert only(faults(tmp_path, BODY, head=head, rows=rows)).code == "lonely-psu"


def test_brewers_variance_is_between_units_and_hears_the_policy(tmp_path):
    head = HEAD.replace("pps-hartley-rao", "pps-brewer") + 'lonely = "certainty"\n'
    row = figure(result(tmp_path, BODY, head=head, rows=ROWS), "e")
    assert [note["code"] for note in row["notes"]] == ["lonely-psu"]
