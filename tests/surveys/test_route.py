"""Which page is next, counted by hand."""

import pytest

from surveys.instrument.answers import check_all
from surveys.instrument.route import (
    depends_on_page,
    next_page,
    offered_items,
    path,
    previous_page,
)

VISITED = {"visited": "yes"}
NOT_VISITED = {"visited": "no"}


def pages(instrument, answers):
    return [visible.page.code for visible in path(instrument, answers).pages]


def test_the_path_depends_on_the_answers(tiny):
    instrument = tiny("page_routing")
    assert pages(instrument, {}) == ["start", "end"]
    assert pages(instrument, VISITED) == ["start", "visit", "end"]
    assert pages(instrument, NOT_VISITED) == ["start", "no_visit", "end"]


def test_forward_through_the_pages(tiny):
    instrument = tiny("page_routing")
    assert next_page(instrument, {}, None) == "start"
    assert next_page(instrument, VISITED, "start") == "visit"
    assert next_page(instrument, NOT_VISITED, "start") == "no_visit"
    assert next_page(instrument, VISITED, "visit") == "end"
    assert next_page(instrument, VISITED, "end") is None


def test_back_through_the_pages(tiny):
    instrument = tiny("page_routing")
    assert previous_page(instrument, VISITED, None) == "end"
    assert previous_page(instrument, VISITED, "end") == "visit"
    assert previous_page(instrument, NOT_VISITED, "end") == "no_visit"
    assert previous_page(instrument, NOT_VISITED, "no_visit") == "start"
    assert previous_page(instrument, {}, "start") is None


def test_one_can_leave_a_page_that_fell_off_the_path(tiny):
    instrument = tiny("page_routing")
    assert next_page(instrument, NOT_VISITED, "visit") == "no_visit"
    assert previous_page(instrument, NOT_VISITED, "visit") == "start"


@pytest.mark.parametrize("step", [next_page, previous_page])
def test_an_unknown_page_is_a_broken_promise(tiny, step):
    with pytest.raises(KeyError):
        step(tiny("page_routing"), {}, "nowhere")


def test_a_page_without_items_to_ask_is_not_on_the_path(tiny):
    instrument = tiny("scale_not_rated")
    assert pages(instrument, {"feedback": 2}) == ["only"]
    assert pages(instrument, {"feedback": 3}) == ["only", "more"]


def test_a_page_may_hold_notes_only(tiny):
    assert pages(tiny("note"), {"late": "yes"}) == ["only", "last"]
    assert pages(tiny("note"), {"late": "no"}) == ["only"]


def test_a_note_cannot_be_answered_from_outside(tiny):
    visible = path(tiny("same_page"), {"greeting": "x"})
    assert [item.code for item in visible.items] == ["name", "late"]


def test_a_page_offers_what_may_still_be_asked_on_it(tiny):
    def offered(answers):
        return [item.code for item in offered_items(tiny("same_page"), "result", answers)]

    assert offered({"name": "Yên Tử"}) == ["late", "told", "sorry", "greeting"]
    assert offered({}) == ["late", "told"]  # without a name nothing here can open the others


def test_what_a_page_offers_does_not_hang_on_what_was_entered_on_it_before(tiny):
    entered = {"name": "Yên Tử", "late": "no"}
    offered = offered_items(tiny("same_page"), "result", entered)
    assert [item.code for item in offered] == ["late", "told", "sorry", "greeting"]


def test_a_page_off_the_path_offers_nothing(tiny):
    assert offered_items(tiny("page_routing"), "visit", NOT_VISITED) == ()
    assert len(offered_items(tiny("page_routing"), "visit", VISITED)) == 1


def test_offers_do_not_trust_stale_answers(tiny):
    assert offered_items(tiny("chain"), "only", {"second": "yes"})
    with pytest.raises(KeyError):
        offered_items(tiny("chain"), "nowhere", {})


def test_items_that_hang_on_their_own_page_are_known(tiny):
    page = tiny("same_page").page("result")
    assert [item.code for item in page.items if depends_on_page(page, item)] == ["told", "sorry"]


def test_everything_offered_is_asked_when_the_answers_are_right(tiny):
    instrument = tiny("same_page")
    raw = {"name": "Yên Tử", "late": "yes", "told": "yes", "sorry": "no"}
    checked = check_all(instrument, raw)
    assert checked.problems == ()
    assert path(instrument, checked.answers).items == instrument.items
