"""Plans are read with every fault at once, and written in one way."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.sampling.frame import frame_bytes, parse_frame
from surveys.sampling.plan import (
    FAULT_CODES,
    Coordination,
    Plan,
    PlanRefusedError,
    Reserves,
    Stage,
    dump_plan,
    plan_hash,
    read_plan,
)
from surveys.sampling.plan_fit import check_plan
from tests.surveys.sampling.places import area_columns, area_frame, dossier_columns, dossier_frame
from tests.surveys.sampling.plans import plans

FRAMES = {"area": area_frame(), "dossier": dossier_frame()}

THREE_STAGES = """\
sampling = 1
title = "PAPI-like"
frame = "area"

[[stage]]
unit = "commune"
method = "pps-systematic"
strata = ["district"]
order = ["commune"]
size = "households"
certainty = ["c00"]

[stage.take]
"*" = 2
d1 = 3

[[stage]]
unit = "row"
method = "pps-systematic"
size = "households"
take = 2

[[stage]]
unit = "position"
method = "srs"
positions = "people"
take = 20

[reserves]
take = 10
"""


def test_a_plan_says_what_it_says():
    plan = read_plan(THREE_STAGES)
    assert plan == Plan(
        title="PAPI-like",
        frame="area",
        stages=(
            Stage(
                unit="commune",
                method="pps-systematic",
                strata=("district",),
                order=("commune",),
                size="households",
                certainty=("c00",),
                take={"*": 2, "d1": 3},
            ),
            Stage(unit="row", method="pps-systematic", size="households", take=2),
            Stage(unit="position", method="srs", positions="people", take=20),
        ),
        reserves=Reserves(take=10),
    )
    assert dump_plan(plan) == THREE_STAGES


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_what_is_written_is_read_back(data):
    kind = data.draw(st.sampled_from(["area", "dossier"]))
    plan = data.draw(plans(kind, FRAMES[kind]))
    text = dump_plan(plan)
    again = read_plan(text)
    assert again == plan
    assert dump_plan(again) == text
    assert plan_hash(again) == plan_hash(plan)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=30))
def test_any_text_is_written_and_read_back(text):
    plan = Plan(
        title=text, frame="area", stages=(Stage(unit="row", method="srs", take={text: 1, "*": 2}),)
    )
    found = read_plan(dump_plan(plan))
    assert read_plan(dump_plan(found)) == found


def test_the_hash_is_of_what_is_said_and_not_of_how():
    plan = read_plan(THREE_STAGES)
    other = "# a comment\n" + THREE_STAGES.replace(" = ", "=").replace("take = 20", "take = 2_0")
    assert plan_hash(read_plan(other)) == plan_hash(plan)
    assert plan_hash(read_plan(THREE_STAGES.replace("20", "21"))) != plan_hash(plan)
    assert plan_hash(read_plan(dump_plan(plan, frame_hash="0" * 64))) == plan_hash(plan)
    assert read_plan(dump_plan(plan, frame_hash="0" * 64)).frame_hash == "0" * 64


def test_hashes_stay_what_they_were():
    """Written down once: a plan announced before an update is drawn after it."""
    assert plan_hash(read_plan(THREE_STAGES)) == (
        "1d142f07362f13b397b70d62ce7bb7e6c6623fce5986f8b23f705f5909505b6b"
    )


def refused(text):
    with pytest.raises(PlanRefusedError) as caught:
        read_plan(text)
    return [(fault.code, fault.stage, fault.key, fault.line) for fault in caught.value.faults]


def test_all_faults_come_at_once_with_their_lines():
    text = """\
sampling = 1
frame = "area"
colour = "red"

[[stage]]
unit = "commune"
method = "by eye"
strata = "district"

[[stage]]
unit = "row"
method = "srs"
take = 2.5
size_floor = -1
labels = [
    "x",
]
"""
    assert refused(text) == [
        ("key.unknown", 0, "colour", 3),
        ("value.unknown", 1, "method", 7),
        ("value.wrong-type", 1, "strata", 8),
        ("value.wrong-type", 2, "take", 13),
        ("value.out-of-range", 2, "size_floor", 14),
        ("key.unknown", 2, "labels", 15),
    ]


def stage(**keys):
    keys = {"unit": "row", "method": "srs", "take": 5} | keys
    return Stage(**{name: value for name, value in keys.items() if value is not None})


def one(**keys):
    return Plan(frame="area", stages=(stage(**keys),))


TEXTS = [
    ("plan.syntax", "sampling = 1\nframe = ", 2),
    ("key.missing", 'frame = "area"\n[[stage]]\nunit = "row"\nmethod = "srs"\ntake = 1\n', 0),
    ("key.missing", 'sampling = 1\n[[stage]]\nunit = "row"\nmethod = "srs"\ntake = 1\n', 0),
    ("key.missing", 'sampling = 1\nframe = "area"\n', 0),
    ("value.unknown", THREE_STAGES.replace("sampling = 1", "sampling = 2"), 1),
    ("value.empty", THREE_STAGES.replace('"commune"\nmethod', '""\nmethod'), 6),
    ("value.repeated", THREE_STAGES.replace('["district"]', '["commune", "commune"]'), 8),
    ("stage.count", THREE_STAGES + '[[stage]]\nunit = "x"\nmethod = "all"\n', 5),
    ("value.out-of-range", THREE_STAGES.replace("take = 20", "take = 99_999_999"), 27),
    ("value.out-of-range", THREE_STAGES.replace("take = 20", "share = 0.1234567"), 27),
    ("value.out-of-range", THREE_STAGES.replace("take = 20", "share = 1.5"), 27),
    ("value.out-of-range", THREE_STAGES.replace("take = 20", "share = nan"), 27),
    ("value.wrong-type", THREE_STAGES.replace("take = 20", "share = true"), 27),
    ("value.wrong-type", THREE_STAGES + "[coordination]\navoid = [[1]]\nroom = 0.5\n", 32),
    ("coordination.room-missing", THREE_STAGES + "[coordination]\navoid = [[1, 9]]\n", 31),
]


@pytest.mark.parametrize(("code", "text", "line"), TEXTS)
def test_faults_of_the_text(code, text, line):
    assert (code, line) in [(fault[0], fault[3]) for fault in refused(text)]


RULES = [
    ("stage.unit-repeated", Plan(frame="area", stages=(stage(), stage()))),
    ("stage.row-not-last", Plan(frame="area", stages=(stage(), stage(unit="commune")))),
    ("stage.position-first", one(unit="position", positions="people")),
    (
        "stage.position-not-last",
        Plan(frame="area", stages=(stage(unit="position", positions="people"), stage())),
    ),
    ("take.missing", one(take=None)),
    ("take.several", one(share=Decimal("0.5"))),
    ("take.none", one(method="all")),
    ("bounds.reversed", one(take=None, share=Decimal("0.5"), minimum=5, maximum=2)),
    (
        "overall.not-last",
        Plan(frame="area", stages=(stage(unit="commune", take=None, overall_take=9), stage())),
    ),
    (
        "certainty.random-rounding",
        one(take=None, share=Decimal("0.5"), rounding="random", certainty=("v0001",)),
    ),
    ("key.missing", one(method="pareto")),
    ("key.missing", one(unit="position")),
    ("key.not-for", one(size="people")),
    ("key.not-for", one(order=("village",))),
    ("key.not-for", one(minimum=3)),
    ("key.not-for", one(rounding="up")),
    ("key.not-for", one(positions="people")),
    ("key.not-for", one(take=None, method="all", certainty=("v0001",))),
    ("person.needs-rows", Plan(frame="area", stages=(stage(),), one_per_person=True)),
    (
        "coordination.needs-rows",
        Plan(frame="area", stages=(stage(unit="commune"),), coordination=Coordination()),
    ),
    (
        "coordination.method",
        Plan(frame="area", stages=(stage(method="systematic"),), coordination=Coordination()),
    ),
    (
        "coordination.no-gap",
        Plan(
            frame="area",
            stages=(stage(),),
            coordination=Coordination(avoid=((0, 2**52), (2**52, 0)), room=Decimal("0.1")),
        ),
    ),
]


@pytest.mark.parametrize(("code", "plan"), RULES)
def test_faults_of_what_goes_together(code, plan):
    assert code in [fault.code for fault in check_plan(plan, FRAMES["area"])]
    assert code in [fault[0] for fault in refused(dump_plan(plan))]


def repeated_frame():
    columns = area_columns()
    columns["people"][3] = 0
    columns["nothing"] = [0] * len(columns["key"])
    columns["huge"] = [2**47] * len(columns["key"])
    columns["mixed"] = ["7", "many"] * (len(columns["key"]) // 2)
    return parse_frame(frame_bytes("area", columns))


FITS = [
    ("frame.kind", Plan(frame="dossier", stages=(stage(),))),
    ("frame.hash", Plan(frame="area", stages=(stage(),), frame_hash="0" * 64)),
    ("column.unknown", one(unit="ward")),
    ("column.unknown", one(method="pareto", size="voters")),
    ("column.unknown", one(method="pareto", size="prn")),
    ("column.not-number", one(method="pareto", size="mixed")),
    ("column.not-codes", one(strata=("people",))),
    ("column.not-codes", one(method="systematic", order=("prn",))),
    ("column.not-constant", one(unit="commune", strata=("difficult",))),
    ("column.not-constant", one(unit="commune", method="systematic", order=("village",))),
    ("column.not-constant", one(take={"*": 3}, take_by=("commune",))),
    ("size.too-large", one(method="pareto", size="huge", take=90)),
    ("size.all-zero", one(method="pareto", size="nothing")),
    ("take.unknown-label", one(strata=("district",), take={"d9": 3, "*": 1})),
    ("take.no-amount", one(strata=("district",), take={"d0": 3})),
    ("certainty.unknown-unit", one(certainty=("v9999",))),
    ("certainty.unknown-value", one(certainty_where={"difficult": ("perhaps",)})),
    ("certainty.above-take", one(take=2, certainty=("v0001", "v0002", "v0003"))),
]


@pytest.mark.parametrize(("code", "plan"), FITS)
def test_faults_against_a_frame(code, plan):
    assert code in [fault.code for fault in check_plan(plan, repeated_frame())]


def test_a_method_that_would_take_too_long_is_refused():
    frame = area_frame(n=6000, n_communes=50)
    plan = one(method="sampford", size="people", take=1000)
    assert [fault.code for fault in check_plan(plan, frame)] == ["sampford.too-large"]


def test_an_empty_frame_is_refused():
    frame = parse_frame(frame_bytes("area", {"key": []}))
    assert [fault.code for fault in check_plan(one(), frame)] == ["frame.empty"]


def test_permanent_numbers_must_be_there_to_be_used():
    columns = dossier_columns()
    columns["prn"] = [None, *columns["prn"][1:]]
    frame = parse_frame(frame_bytes("dossier", columns))
    plan = Plan(frame="dossier", stages=(stage(),), one_per_person=True)
    assert [fault.code for fault in check_plan(plan, frame)] == ["prn.missing"]
    plan = Plan(frame="dossier", stages=(stage(),), coordination=Coordination())
    assert [fault.code for fault in check_plan(plan, frame)] == ["prn.missing"]


def test_a_plan_fits_another_frame_with_the_same_columns():
    plan = one(strata=("district",), take={"d0": 3, "d1": 4, "d2": 5})
    assert check_plan(plan, area_frame(seed=1)) == ()
    assert check_plan(plan, area_frame(seed=2, n=200)) == ()
    found = check_plan(plan, area_frame(n_districts=2))
    assert [(fault.code, fault.value) for fault in found] == [("take.unknown-label", "d2")]


def test_every_fault_code_is_met_in_a_test():
    met = {code for code, *_ in [*TEXTS, *RULES, *FITS]}
    met |= {"key.unknown", "value.wrong-type", "frame.empty", "prn.missing", "sampford.too-large"}
    assert FAULT_CODES - met == set()


def test_a_key_of_thousands_of_parts_is_refused_at_once():
    with pytest.raises(PlanRefusedError) as refused:
        read_plan("sampling = 1\n" + "a." * 60_000 + "b = 1\n")
    assert [(fault.code, fault.line) for fault in refused.value.faults] == [("plan.syntax", 2)]


def test_a_village_of_a_thousand_million_households_is_refused_before_it_fills_memory():
    frame = parse_frame(frame_bytes("area", {"key": ["v"], "households": [10**9]}))
    plan = Plan(
        frame="area",
        stages=(
            Stage(unit="row", method="srs", take=1),
            Stage(unit="position", method="srs", positions="households", take=1),
        ),
    )
    assert [fault.code for fault in check_plan(plan, frame)] == ["size.too-large"]
