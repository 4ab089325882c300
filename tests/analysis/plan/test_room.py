"""Rows that would not fit into memory are refused before they are read."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.plan import by_column, room
from analysis.plan import run as running
from analysis.plan.faults import PlanFaults
from analysis.plan.read import parse_plan
from analysis.plan.run import run

N = 200
PLAN = """\
plan = 1
[data]
file = "rows.parquet"
[design]
strata = "area"
clusters = "commune"
weight = "w"
[[estimate]]
name = "e"
kind = "mean"
of = "x"
"""
MEDIAN = '[[estimate]]\nname = "m"\nkind = "quantile"\nof = "x"\n'
TINY = 10_000.0
"""Bytes that are free; the rows take more."""


def write(folder, **changes):
    rng = np.random.default_rng(3)
    commune = rng.integers(0, 12, N)
    columns = {
        "area": commune % 3,
        "commune": commune,
        "w": rng.uniform(1, 3, N),
        "x": rng.normal(10, 2, N),
    }
    pq.write_table(pa.table(columns | changes), folder / "rows.parquet")


@pytest.fixture
def _little_room(monkeypatch):
    monkeypatch.setattr(
        running, "check_room", lambda plan, place: room.check_room(plan, place, TINY)
    )
    monkeypatch.setattr(by_column, "ROWS_WORTH_IT", 0)


def faults(folder, text):
    with pytest.raises(PlanFaults) as found:
        run(parse_plan(text, folder))
    return found.value.faults


@pytest.mark.usefixtures("_little_room")
def test_what_needs_no_rows_needs_no_room(tmp_path):
    write(tmp_path)
    assert run(parse_plan(PLAN, tmp_path)).prepared is None


@pytest.mark.usefixtures("_little_room")
@pytest.mark.parametrize(
    ("added", "place"),
    [
        (MEDIAN, "estimate[2].kind"),
        ('[[model]]\nname = "m"\nkind = "linear"\nresponse = "x"\nterms = ["w"]\n', "model[1]"),
        ('[[weights]]\nstep = "trim"\nupper = 2\n', "weights[1].step"),
        ('[[derive]]\nname = "d"\nexpression = "x - AVG(x)"\n', "derive[1].expression"),
        ('[[test]]\nname = "t"\nkind = "t"\nof = "x"\nvalue = 1\n', "test[1]"),
    ],
)
def test_what_needs_rows_is_named_with_its_line(tmp_path, added, place):
    write(tmp_path)
    (found,) = faults(tmp_path, PLAN + added)
    assert (found.code, found.place) == ("no-room-for-rows", place)
    assert found.line >= 12
    assert found.context["rows"] == str(N)


@pytest.mark.usefixtures("_little_room")
def test_what_is_wrong_with_the_rows_is_said_beside(tmp_path):
    write(tmp_path, w=np.r_[-1.0, np.ones(N - 1)])
    found = {fault.code: fault for fault in faults(tmp_path, PLAN)}
    assert found.keys() == {"bad-weight", "no-room-for-rows"}
    assert found["bad-weight"].context["row"] == "1"


def test_plans_take_the_more_memory_the_more_totals_they_meet(tmp_path):
    write(tmp_path)
    plain = parse_plan(PLAN, tmp_path)
    totals = "{ 0 = 100, 1 = 100, 2 = 200 }"
    step = f'[[weights]]\nstep = "poststratify"\nby = "area"\ntotals = {totals}\n'
    more = parse_plan(PLAN + step, tmp_path)
    assert room.rows_of(plain) == N
    each = room.bytes_per_row(more) - room.bytes_per_row(plain)
    assert each == 3 * room.OF_AUXILIARY
    room.check_room(more, (), free=1e9)


def test_files_that_do_not_tell_their_rows_are_read(tmp_path):
    (tmp_path / "rows.csv").write_text("x\n1\n2\n", encoding="utf-8")
    plan = parse_plan(PLAN.replace("parquet", "csv"), tmp_path)
    assert room.rows_of(plan) is None
    room.check_room(plan, (), free=0.0)
