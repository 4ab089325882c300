"""Plans made from choices give what the pages promise, for places of every size."""

from decimal import Decimal

import pytest

from app.services.sampling.build import plan_of
from app.services.sampling.choices import Choices
from app.services.sampling.sizes import sizing
from surveys.sampling.frame import frame_bytes, parse_frame
from surveys.sampling.plan import dump_plan, read_plan
from surveys.sampling.preview import expect
from tests.surveys.sampling.places import area_columns, area_frame, dossier_frame


def planned(frame, avoid=(), **values):
    """Plan and cases promised, for a number of interviews that is given."""
    given = {"size_by": "total", "response": 1.0} | values
    choices = Choices.for_frame(frame.kind).changed(**given)
    table = sizing(frame, choices).chosen
    plan = plan_of(choices, frame, table, title="x", avoid=avoid)
    return read_plan(dump_plan(plan)), table.cases


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("dossier", {"shape": "centres-dossiers", "total": 300}),
        ("dossier", {"shape": "centres-dossiers", "total": 60}),
        ("area", {"shape": "villages-people", "report_by": "", "total": 4_000}),
        ("area", {"shape": "villages-people", "report_by": "district", "total": 3_000}),
        ("area", {"shape": "villages-people", "report_by": "commune", "total": 3_600}),
        ("area", {"shape": "communes-villages-people", "report_by": "", "total": 2_000}),
        ("area", {"shape": "communes-villages-people", "report_by": "", "total": 300}),
        ("area", {"shape": "communes-villages-people", "report_by": "district", "total": 2_400}),
    ],
)
def test_a_plan_gives_as_many_cases_as_were_promised(kind, values):
    frame = {"dossier": dossier_frame, "area": area_frame}[kind]()
    plan, promised = planned(frame, **values)
    expected = expect(plan, frame)
    assert promised * 0.95 <= expected.cases <= promised * 1.2
    assert expected.weighting_effect < 1.1


@pytest.mark.parametrize("share", [0.123, 1 / 3, 0.0000001, 0.5, 1.0, 3.0])
def test_any_share_of_reserves_makes_a_plan(share):
    plan, _ = planned(dossier_frame(), total=100, reserve_share=share)
    if plan.reserves is not None:
        assert 0 < plan.reserves.share <= 1


def test_a_small_sample_of_a_long_list_has_some_room_on_the_circle():
    plan, _ = planned(
        dossier_frame(n=60_000), report_by="", total=2, once_a_year=True, avoid=((1, 99),)
    )
    assert Decimal(0) < plan.coordination.room < Decimal("0.001")


def test_labels_that_are_empty_or_odd_are_units_like_others():
    columns = area_columns(n=60, n_communes=5)
    odd = ["", "|", "*", 'a"b', "\\"]
    columns["commune"] = [odd[int(code[1:])] for code in columns["commune"]]
    frame = parse_frame(frame_bytes("area", columns))
    plan, promised = planned(frame, report_by="commune", total=400)
    assert expect(plan, frame).cases == pytest.approx(promised, rel=0.2)
