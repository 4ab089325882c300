"""What a draw says of its cases: probabilities, groups, reserves, permanent numbers."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from surveys.sampling.chance import Chance
from surveys.sampling.frame import CIRCLE, frame_bytes, parse_frame
from surveys.sampling.listing import list_bytes
from surveys.sampling.plan import Coordination, Plan, PlanRefusedError, Reserves, Stage
from surveys.sampling.select import select
from surveys.sampling.selection import used_arc
from tests.surveys.sampling.places import area_columns, area_frame, chance, dossier_frame

FRAME = area_frame()
PEOPLE = FRAME.measures["people"]
COMMUNE = FRAME.categories["commune"].codes
PAPI = Plan(
    frame="area",
    stages=(
        Stage(unit="commune", method="pps-systematic", size="people", strata=("district",), take=2),
        Stage(unit="row", method="pps-systematic", size="people", take=2),
        Stage(unit="position", method="srs", positions="people", take=20),
    ),
    reserves=Reserves(take=10),
)


def rows(**keys):
    keys = {"unit": "row", "method": "srs", "take": 5} | keys
    return Stage(**{name: value for name, value in keys.items() if value is not None})


def one(*, frame="area", reserves=None, **keys):
    return Plan(frame=frame, stages=(rows(**keys),), reserves=reserves)


def test_three_stages_have_the_product_of_their_probabilities():
    found = select(PAPI, FRAME, chance())
    main = found.reserve == 0
    assert found.n_main == 3 * 2 * 2 * 20
    assert found.n == 3 * 2 * 2 * 30
    first, second, third = found.stages
    of_commune = np.bincount(COMMUNE, weights=PEOPLE)
    district = np.array([int(text[1:]) for text in found.strata(0)])
    of_district = np.bincount(np.arange(12) % 3, weights=of_commune)
    commune = COMMUNE[found.row]
    assert first.probability == pytest.approx(2 * of_commune[commune] / of_district[district])
    assert second.probability == pytest.approx(2 * PEOPLE[found.row] / of_commune[commune])
    assert third.probability == pytest.approx(20 / PEOPLE[found.row])
    overall = first.probability * second.probability * third.probability
    assert found.probability == pytest.approx(overall)
    assert found.weight == pytest.approx(1 / overall)
    # A fixed take below two stages in proportion to size: everybody has the same chance.
    assert found.probability[main] == pytest.approx(80 / of_district[district[main]])
    assert (found.position >= 1).all()
    assert (found.position <= PEOPLE[found.row]).all()


def test_every_case_says_where_it_comes_from():
    found = select(PAPI, FRAME, chance())
    assert [stage.name for stage in found.stages] == ["commune", "row", "position"]
    names = FRAME.categories["commune"].labels
    assert found.codes(0) == [names[code] for code in COMMUNE[found.row]]
    assert found.codes(1) == found.keys() == [FRAME.keys[int(row)] for row in found.row]
    assert found.codes(2) == [str(place) for place in found.position]
    path = f"{found.codes(0)[7]}|{found.codes(1)[7]}"
    assert found.paths(1)[7] == path
    assert found.groups()[7] == path + "|"
    assert found.stages[0].population[0] == 4
    assert found.stages[1].population[0] == 10
    assert found.stages[2].population.tolist() == PEOPLE[found.row].tolist()
    assert set(found.stages[2].drawn.tolist()) == {20}


def test_reserves_are_of_the_same_draw_and_the_same_group():
    found = select(PAPI, FRAME, chance())
    assert (np.diff(found.group) >= 0).all()
    for group in range(12):
        here = found.group == group
        assert found.order[here].tolist() == list(range(1, 31))
        assert found.reserve[here].tolist() == [0] * 20 + list(range(1, 11))
        assert len(set(found.position[here].tolist())) == 30
        assert len(set(found.row[here].tolist())) == 1
        assert len(set(found.probability[here].tolist())) == 1


def test_more_reserves_do_not_change_the_main_sample():
    more = replace(PAPI, reserves=Reserves(share=Decimal(1)))
    without = replace(PAPI, reserves=None)
    found = [select(plan, FRAME, chance()) for plan in (PAPI, more, without)]
    mains = [one.position[one.reserve == 0].tolist() for one in found]
    assert mains[0] == mains[1] == mains[2]
    assert found[1].n == 2 * found[1].n_main
    assert found[2].n == found[2].n_main


def test_a_smaller_take_is_the_beginning_of_a_larger_one():
    few = select(one(strata=("district",), take=4), FRAME, chance())
    many = select(one(strata=("district",), take=9), FRAME, chance())
    for group in range(3):
        first = few.row[few.group == group].tolist()
        assert many.row[many.group == group].tolist()[:4] == first


@pytest.mark.parametrize("method", ["systematic", "circular", "bernoulli"])
def test_reserves_of_other_methods_are_others_in_random_order(method):
    plan = one(method=method, take=15, strata=("district",), reserves=Reserves(take=100))
    found = select(plan, FRAME, chance())
    assert sorted(found.row.tolist()) == list(range(120))
    for group in range(3):
        spare = found.row[(found.group == group) & (found.reserve > 0)]
        assert found.reserve[(found.group == group) & (found.reserve > 0)].tolist() == list(
            range(1, len(spare) + 1)
        )
        assert not (np.diff(spare) > 0).all()


def test_a_share_of_reserves_is_rounded_up():
    found = select(one(take=5, reserves=Reserves(share=Decimal("0.5"))), FRAME, chance())
    assert found.n - found.n_main == 3


def test_a_take_above_the_population_takes_all():
    found = select(one(strata=("commune",), take=11, reserves=Reserves(take=3)), FRAME, chance())
    assert found.n == found.n_main == 120
    assert (found.probability == 1).all()


def test_takes_by_stratum_and_shares():
    found = select(one(strata=("district",), take={"d0": 3, "d2": 0, "*": 7}), FRAME, chance())
    assert np.unique(found.strata(0), return_counts=True)[1].tolist() == [3, 7]
    # 40 a district: 4.6 is rounded to 5, up to 5, down to 4.
    for rounding, n in (("nearest", 5), ("up", 5), ("down", 4)):
        plan = one(strata=("district",), take=None, share=Decimal("0.115"), rounding=rounding)
        assert select(plan, FRAME, chance()).n == 3 * n
    plan = one(strata=("district",), take=None, share=Decimal("0.001"))
    assert select(plan, FRAME, chance()).n == 3  # at least one of each
    assert (
        select(replace(plan, stages=(replace(plan.stages[0], minimum=0),)), FRAME, chance()).n == 0
    )
    bounded = replace(plan.stages[0], minimum=4, maximum=6)
    assert select(replace(plan, stages=(bounded,)), FRAME, chance()).n == 12


def test_half_a_unit_is_rounded_up_exactly():
    frame = area_frame(n=50)
    plan = one(take=None, share=Decimal("0.05"))  # 2.5, which floats may not hit
    assert select(plan, frame, chance()).n == 3


def test_takes_may_hang_on_the_units_above():
    plan = Plan(
        frame="area",
        stages=(
            Stage(unit="commune", method="all"),
            rows(take={"d0": 1, "*": 3}, take_by=("district",)),
        ),
    )
    found = select(plan, FRAME, chance())
    district = [FRAME.categories["district"].labels[c] for c in
                FRAME.categories["district"].codes[found.row]]  # fmt: skip
    assert np.unique(district, return_counts=True)[1].tolist() == [4, 12, 12]
    assert found.stages[0].probability.tolist() == [1.0] * 28


def test_certain_units_count_among_those_taken():
    plan = one(take=4, strata=("district",), certainty=("v0000", "v0003", "v0001"))
    found = select(plan, FRAME, chance())
    assert {"v0000", "v0003", "v0001"} <= set(found.keys())
    assert found.n == 12
    certain = found.stages[0].is_certain
    assert certain.sum() == 3
    first = (found.group == 0) & ~certain
    assert found.probability[first] == pytest.approx((4 - 2) / (40 - 2))
    assert found.stages[0].certain[first].tolist() == [2, 2]


def test_certain_units_may_be_named_by_a_column_or_a_path():
    seats = Stage(
        unit="row", method="pareto", size="people", take=2, certainty_where={"village": ("Thôn 3",)}
    )
    plan = Plan(frame="area", stages=(Stage(unit="commune", method="all"), seats))
    found = select(plan, FRAME, chance())
    village = [FRAME.categories["village"].labels[code] for code in
               FRAME.categories["village"].codes[found.row]]  # fmt: skip
    assert village.count("Thôn 3") == 12
    assert found.n == 24
    named = replace(seats, certainty_where={}, certainty=("c03|v0027", "v0004"))
    found = select(replace(plan, stages=(plan.stages[0], named)), FRAME, chance())
    assert {"v0027", "v0004"} <= set(found.keys())


def overall(take=None, share=None, **keys):
    return Plan(
        frame="area",
        stages=(
            Stage(unit="commune", method="pps-systematic", size="people", take=4),
            Stage(unit="row", method="srs", take=3),
            Stage(unit="position", method="srs", positions="people", overall_take=take,
                  overall_share=share, **keys),
        ),
    )  # fmt: skip


def test_an_overall_take_rounded_at_random_gives_all_the_same_probability():
    found = select(overall(take=300, rounding="random"), FRAME, chance())
    assert found.probability == pytest.approx(np.full(found.n, 300 / PEOPLE.sum()))
    shared = select(overall(share=Decimal("0.005"), rounding="random"), FRAME, chance())
    assert shared.probability == pytest.approx(np.full(shared.n, 0.005))


def test_other_roundings_of_an_overall_take_are_nearly_the_same():
    found = select(overall(take=300), FRAME, chance())
    taken = found.stages[2].drawn
    exact = 300 / PEOPLE.sum() / (found.stages[0].probability * found.stages[1].probability)
    wanted = exact * PEOPLE[found.row]
    assert (np.abs(taken - np.maximum(wanted, 1)) <= 0.5 + 1e-9).all()
    assert found.stages[2].probability == pytest.approx(taken / PEOPLE[found.row])


def test_an_overall_take_by_unit_gives_each_unit_its_own():
    plan = Plan(
        frame="area",
        stages=(
            Stage(unit="commune", method="all"),
            Stage(unit="row", method="pps-systematic", size="people", take=4),
            Stage(unit="position", method="srs", positions="people",
                  overall_take={"c00": 80, "*": 40}, take_by=("commune",), rounding="random"),
        ),
    )  # fmt: skip
    found = select(plan, FRAME, chance())
    counts = np.bincount(COMMUNE[found.row])
    assert counts.tolist() == [80] + [40] * 11
    total = np.bincount(COMMUNE, weights=PEOPLE)[COMMUNE[found.row]]
    assert found.probability == pytest.approx(counts[COMMUNE[found.row]] / total)


def test_rows_in_another_order_give_the_same_list():
    columns = area_columns()
    turned = {name: list(column)[::-1] for name, column in columns.items()}
    frame = parse_frame(frame_bytes("area", turned))
    assert list_bytes(select(PAPI, frame, chance())) == list_bytes(select(PAPI, FRAME, chance()))


def test_the_same_seed_draws_the_same_and_another_draws_another():
    again = [list_bytes(select(PAPI, FRAME, chance(number))) for number in (1, 1, 2)]
    assert again[0] == again[1]
    assert again[1] != again[2]


@pytest.mark.parametrize("method", ["srs", "systematic", "circular", "bernoulli", "pareto",
                                    "sampford", "pps-systematic", "poisson"])  # fmt: skip
def test_a_stratum_does_not_feel_what_others_take(method):
    size = "people" if method in ("pareto", "sampford", "pps-systematic", "poisson") else ""
    found = []
    for other in (3, 9):
        plan = one(method=method, size=size or None, strata=("district",),
                   take={"d1": 5, "*": other}, reserves=Reserves(take=2))  # fmt: skip
        selection = select(plan, FRAME, chance())
        found.append([
            (key, reserve, p) for key, reserve, p, stratum in zip(
                selection.keys(), selection.reserve.tolist(), selection.probability.tolist(),
                selection.strata(0), strict=True) if stratum == "d1"
        ])  # fmt: skip
    assert found[0] == found[1]


def test_a_unit_does_not_feel_the_sizes_of_other_units_above():
    """What changes in one commune changes the draw within it only."""
    columns = area_columns()
    plan = Plan(
        frame="area",
        stages=(
            Stage(unit="commune", method="srs", take=6),
            Stage(unit="row", method="sampford", size="people", take=3),
            Stage(unit="position", method="srs", positions="people", take=5),
        ),
    )
    before = select(plan, FRAME, chance())
    changed = before.codes(0)[0]
    columns["people"] = [
        people * 3 if commune == changed else people
        for people, commune in zip(columns["people"].tolist(), columns["commune"], strict=True)
    ]
    after = select(plan, parse_frame(frame_bytes("area", columns)), chance())
    outside = [
        [case for case, code in zip(list_bytes(s).splitlines()[1:], s.codes(0), strict=True)
         if code != changed]
        for s in (before, after)
    ]  # fmt: skip
    assert outside[0] == outside[1]
    assert len(outside[0]) == 75


def test_codes_with_bars_stay_apart():
    columns = area_columns(n=40)
    columns["district"] = ["a|b" if i % 2 else "a" for i in range(40)]
    columns["commune"] = ["c" if i % 2 else "b|c" for i in range(40)]
    frame = parse_frame(frame_bytes("area", columns))
    found = select(one(strata=("district", "commune"), take=2), frame, chance())
    assert sorted(set(found.strata(0))) == ["a\\|b|c", "a|b\\|c"]


def test_the_list_is_as_documented():
    plan = Plan(frame="area", stages=(Stage(unit="commune", method="srs", strata=("district",),
                take=1), rows(take=2)), reserves=Reserves(take=1))  # fmt: skip
    lines = list_bytes(select(plan, FRAME, chance())).decode().splitlines()
    assert lines[0] == (
        "number,reserve,group,order,key,position,unit_1,stratum_1,probability_1,"
        "unit_2,stratum_2,probability_2,probability,weight"
    )
    assert len(lines) == 10
    first = lines[3].split(",")
    assert first[:2] == ["3", "1"]
    assert first[2] == f"{first[6]}|"
    assert first[3] == "3"
    assert first[4] == first[9]
    assert first[5] == ""
    assert first[7:9] == [f"d{int(first[6][1:]) % 3}", "0.25"]
    assert first[11:] == ["0.2", "0.05", "20.0"]


def test_a_plan_that_does_not_fit_is_refused():
    with pytest.raises(PlanRefusedError) as caught:
        select(one(strata=("ward",)), FRAME, chance())
    assert [(fault.code, fault.stage, fault.key) for fault in caught.value.faults] == [
        ("column.unknown", 1, "strata")
    ]


# --- People: one dossier each, and not again within a year. ---

DOSSIERS = dossier_frame(n=4000, n_people=2500)
PERSON = DOSSIERS.measures["prn"]


def test_one_dossier_of_each_person():
    plan = replace(one(frame="dossier", strata=("centre",), take=40), one_per_person=True)
    found = select(plan, DOSSIERS, chance())
    assert len(set(PERSON[found.row].tolist())) == found.n == 240
    several = np.array([(person == PERSON).sum() for person in PERSON[found.row]])
    assert found.person_probability == pytest.approx(1 / several)
    assert found.probability == pytest.approx(found.stages[0].probability / several)
    assert found.stages[0].population[0] < 4000 / 6


def test_a_co_ordinated_draw_takes_the_next_numbers_of_the_circle():
    plan = replace(one(frame="dossier", take=50), coordination=Coordination())
    found = select(plan, DOSSIERS, chance())
    further = (PERSON - found.start) % CIRCLE
    assert found.row.tolist() == np.argsort(further, kind="stable")[:50].tolist()
    begin, end = used_arc(found)
    assert begin == found.start
    assert (end - begin) % CIRCLE == further[found.row].max() + 1
    assert used_arc(select(one(frame="dossier"), DOSSIERS, chance())) is None


def test_rounds_of_a_year_ask_different_people():
    avoid, asked = (), set()
    for number in range(4):
        plan = replace(
            one(frame="dossier", strata=("centre",), take=60, reserves=Reserves(take=20)),
            coordination=Coordination(avoid=avoid, room=Decimal("0.2")),
        )
        found = select(plan, DOSSIERS, chance(number))
        people = set(PERSON[found.row].tolist())
        assert not asked & people
        asked |= people
        avoid = (*avoid, used_arc(found))
    assert len(asked) > 1000


def test_the_seed_decides_where_a_co_ordinated_draw_begins():
    coordination = Coordination(avoid=((0, CIRCLE // 4),), room=Decimal("0.25"))
    plan = replace(one(frame="dossier"), coordination=coordination)
    starts = np.array([select(plan, DOSSIERS, chance(n)).start for n in range(200)]) / CIRCLE
    assert 0.25 <= starts.min() < 0.27
    assert 0.73 < starts.max() <= 0.75  # so that a quarter is left before the arc begins
    assert abs(starts.mean() - 0.5) < 4 * 0.5 / np.sqrt(12 * 200)


def test_a_gap_that_is_too_narrow_is_begun_at_its_begin():
    coordination = Coordination(
        avoid=((CIRCLE // 2, CIRCLE // 8), (CIRCLE // 4, CIRCLE // 2)), room=Decimal("0.5")
    )
    plan = replace(one(frame="dossier"), coordination=coordination)
    assert select(plan, DOSSIERS, chance()).start == CIRCLE // 8


def test_everything_hangs_on_frame_plan_and_seed():
    frame_hash = FRAME.content_hash
    lists = {
        list_bytes(select(PAPI, FRAME, Chance.from_seed(frame_hash, "p", seed)))
        for seed in ("1", "2", "1 ", "1\n")
    }
    assert len(lists) == 2
