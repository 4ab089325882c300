"""Who may leave with whom, counted by hand and then by law."""

from collections import Counter
from datetime import date, timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from app.services.mixing.plan import Rule, Waiting, batches, parts

TODAY = date(2026, 5, 4)
RULE = Rule(least=20, days=7)


def waiting(n, centre=1, field="a", days=0, kind="answer", is_due=True):
    day = TODAY - timedelta(days=days)
    return [Waiting(uuid4(), kind, centre, field, day, is_due) for _ in range(n)]


def told(found):
    return [(each.level, each.centre_id, each.field_code, len(each.ids)) for each in found]


def test_twenty_of_a_field_leave_with_their_field_and_nineteen_wait():
    found = batches(waiting(20) + waiting(19, field="b"), RULE, TODAY)
    assert told(found) == [("field", 1, "a", 20)]


def test_after_a_week_fields_of_a_centre_leave_together():
    found = batches(waiting(12, days=7) + waiting(9, field="b", days=8), RULE, TODAY)
    assert told(found) == [("centre", 1, None, 21)]


def test_those_who_have_not_waited_a_week_keep_their_field():
    assert batches(waiting(12, days=7) + waiting(9, field="b", days=6), RULE, TODAY) == ()


def test_after_two_weeks_centres_leave_together():
    few = waiting(15, days=14) + waiting(15, centre=2, days=14)
    assert told(batches(few, RULE, TODAY)) == [("round", None, None, 30)]


def test_a_closed_round_waits_for_nobody():
    rule = Rule(least=20, days=7, over=True)
    everyone = (
        waiting(25, is_due=False) + waiting(11, field="b") + waiting(12, field="c")
        + waiting(13, centre=2) + waiting(8, centre=3)
    )  # fmt: skip
    assert told(batches(everyone, rule, TODAY)) == [
        ("field", 1, "a", 25), ("centre", 1, None, 23), ("round", None, None, 21)
    ]  # fmt: skip


def test_fewer_than_twenty_of_a_whole_round_stay():
    assert batches(waiting(19), Rule(least=20, days=7, over=True), TODAY) == ()


def test_a_drawn_sample_is_one_cell():
    rule = Rule(least=20, days=7, whole=True)
    found = batches(waiting(10, centre=None, field=None) + waiting(10, centre=None), rule, TODAY)
    assert [(each.level, len(each.ids)) for each in found] == [("round", 20)]


def test_what_may_be_replaced_stays():
    assert batches(waiting(19) + waiting(5, is_due=False), RULE, TODAY) == ()


def test_answers_and_texts_do_not_keep_each_other_company():
    assert batches(waiting(15) + waiting(15, kind="text"), RULE, TODAY) == ()


cells = st.builds(
    lambda kind, centre, field, days, is_due: Waiting(
        UUID(int=0), kind, centre, field, TODAY - timedelta(days=days), is_due
    ),
    st.sampled_from(("answer", "text")),
    st.sampled_from((None, 1, 2, 3)),
    st.sampled_from((None, "a", "b")),
    st.integers(0, 30),
    st.booleans(),
)


@given(st.lists(cells, max_size=120), st.booleans(), st.booleans(), st.integers(2, 25))
def test_nobody_leaves_twice_or_with_too_few_or_says_more_than_the_others(
    drawn, whole, over, least
):
    everyone = [
        Waiting(UUID(int=number), each.kind, each.centre_id, each.field_code, each.received_on,
                each.is_due)
        for number, each in enumerate(drawn)
    ]  # fmt: skip
    by_id = {each.id: each for each in everyone}
    found = batches(everyone, Rule(least, 7, whole, over), TODAY)
    left = Counter(id_ for batch in found for id_ in batch.ids)
    assert set(left.values()) <= {1}
    for batch in found:
        those = [by_id[id_] for id_ in batch.ids]
        assert len(those) >= least
        assert {each.kind for each in those} == {batch.kind}
        assert all(each.is_due or over for each in those)
        if batch.level != "round":
            assert {each.centre_id for each in those} == {batch.centre_id}
        if batch.level == "field":
            assert {each.field_code for each in those} == {batch.field_code}


@given(st.integers(1, 2000), st.integers(10, 300))
def test_long_batches_are_cut_into_parts_of_one_size(n, most):
    ids = [UUID(int=each) for each in range(n)]
    cut = list(parts(ids, most))
    assert [id_ for part in cut for id_ in part] == ids
    assert max(map(len, cut)) <= most
    assert max(map(len, cut)) - min(map(len, cut)) <= 1
