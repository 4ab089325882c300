"""Plans of all sorts over the made-up frames, for laws."""

from decimal import Decimal

from hypothesis import strategies as st

from surveys.sampling.frame import CIRCLE
from surveys.sampling.plan import Coordination, Plan, Reserves, Stage
from surveys.sampling.plan_rules import faults_of_rules
from surveys.sampling.schema import (
    ALL,
    CIRCULAR,
    FOR_POSITIONS,
    LISTED,
    METHODS,
    ORDERED,
    POSITION,
    PPS,
    RANDOM_SIZE,
    SRS,
    SYSTEMATIC,
)

shares = st.decimals(Decimal("0.01"), 1, places=3)
# Chains of units, with the columns that are constant within each unit of the last stage.
AREA = (
    ("commune",), ("row",), ("district", "commune"), ("commune", "row"), ("row", "position"),
    ("commune", "position"), ("district", "commune", "row"), ("commune", "row", "position"),
    ("difficult", "commune"),
)  # fmt: skip
DOSSIER = (
    ("row",), ("centre",), ("centre", "row"), ("commune", "centre"), ("field", "row"),
    ("commune", "centre", "row"), ("field", "centre", "row"),
)  # fmt: skip
CONSTANT = {
    "district": ["district"],
    "commune": ["district", "commune"],
    "centre": ["commune", "centre"],
    "field": ["field"],
    "difficult": ["difficult"],
    "row": [],
}
OF_ROW = {
    "area": ["district", "commune", "difficult", "village"],
    "dossier": ["field", "channel", "commune"],
}


@st.composite
def plans(draw, kind, frame):
    """Plans that have no contradictions within themselves; they may still not fit the frame."""
    chain = draw(st.sampled_from(AREA if kind == "area" else DOSSIER))
    stages = []
    for number, unit in enumerate(chain):
        columns = OF_ROW[kind] if unit == "row" else CONSTANT.get(unit, [])
        columns = [column for column in columns if column in frame.categories]
        is_last = number == len(chain) - 1
        stages.append(draw(stage_of(kind, frame, unit, columns, is_last=is_last, number=number)))
    reserves = draw(
        st.none() | st.builds(Reserves, take=st.integers(0, 6)) | st.builds(Reserves, share=shares)
    )
    last = stages[-1]
    coordination, one_per_person = None, False
    if last.unit == "row" and last.method in ORDERED and draw(st.integers(0, 3)) == 0:
        coordination = draw(coordinations)
    if kind == "dossier" and last.unit == "row" and draw(st.integers(0, 3)) == 0:
        one_per_person = True
    plan = Plan(
        title=draw(st.sampled_from(["", 'Phương án "A"'])),
        frame=kind,
        stages=tuple(stages),
        reserves=reserves,
        coordination=coordination,
        one_per_person=one_per_person,
    )
    assert faults_of_rules(plan) == ()
    return plan


numbers = st.integers(0, CIRCLE - 1)
coordinations = st.just(Coordination()) | st.builds(
    Coordination,
    avoid=st.lists(
        st.tuples(numbers, st.integers(1, CIRCLE // 5)).map(
            lambda arc: (arc[0], (arc[0] + arc[1]) % CIRCLE)
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
    room=shares,
)


@st.composite
def stage_of(draw, kind, frame, unit, columns, *, is_last, number):
    methods = sorted(FOR_POSITIONS) if unit == POSITION else METHODS
    if kind == "dossier" and unit == "row":
        methods = [method for method in METHODS if method not in PPS]
    method = draw(st.sampled_from(methods))
    keys = {"unit": unit, "method": method}
    some = st.lists(st.sampled_from(columns), unique=True, max_size=2) if columns else st.just([])
    if unit == POSITION:
        keys["positions"] = "households"
    else:
        keys["strata"] = tuple(draw(some))
    if method in PPS:
        keys["size"] = draw(st.sampled_from(["rows"] if kind == "dossier" else SIZES))
        keys["size_floor"] = draw(st.sampled_from([0, 0, 60]))
    if method in LISTED and unit != POSITION:
        order = draw(some)
        if kind == "area" and draw(st.booleans()):
            order.append(draw(st.sampled_from(["households", "people"])))
        keys["order"] = tuple(order)
        keys["sort"] = draw(st.sampled_from(["nested", "serpentine"]))
        keys["ties"] = draw(st.sampled_from(["key", "random"]))
    if method != ALL:
        keys |= draw(amounts(frame, keys, is_last=is_last, number=number))
    return Stage(**keys)


SIZES = ["households", "people", "rows"]


@st.composite
def amounts(draw, frame, keys, *, is_last, number):
    kinds = ["take", "share", *(["overall_take", "overall_share"] if is_last else [])]
    kind = draw(st.sampled_from(kinds))
    one = {
        "take": st.integers(0 if number else 1, 9),
        "share": shares,
        "overall_take": st.integers(5, 90),
        "overall_share": shares.map(lambda share: share / 10),
    }[kind]
    found = {kind: draw(one)}
    strata = keys.get("strata", ())
    if len(strata) == 1 and draw(st.booleans()):
        labels = frame.categories[strata[0]].labels
        named = draw(st.lists(st.sampled_from(labels), unique=True, max_size=3))
        found[kind] = {**{label: draw(one) for label in named}, "*": draw(one)}
    method = keys["method"]
    if kind != "take" and method not in RANDOM_SIZE:
        roundings = ["nearest", "up", "down"]
        if method in (SRS, SYSTEMATIC, CIRCULAR):
            roundings.append("random")
        found["rounding"] = draw(st.sampled_from(roundings))
        low, high = sorted(draw(st.tuples(st.integers(0, 4), st.integers(1, 9))))
        if draw(st.booleans()):
            found |= {"minimum": low, "maximum": high}
    can = found.get("rounding") != "random" and keys["unit"] in ("commune", "row", "centre")
    if can and draw(st.integers(0, 2)) == 0:
        found |= draw(certainties(frame, keys["unit"]))
    return found


@st.composite
def certainties(draw, frame, unit):
    names = frame.keys[:5].to_list() if unit == "row" else frame.categories[unit].labels
    if "difficult" in frame.categories and unit == "row" and draw(st.booleans()):
        return {"certainty_where": {"village": ("Thôn 3",)}}
    return {"certainty": tuple(draw(st.lists(st.sampled_from(names), unique=True, max_size=2)))}
