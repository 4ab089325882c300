import pytest

from app.services import paging
from app.services.paging import Step
from surveys.instrument.load import load
from tests.app import builders

ABOUT = {"age": ["42"], "visited": ["yes"]}
VISIT = ABOUT | {"polite": ["5"], "clear": ["9"]}
NEWS = VISIT | {"channels": ["radio"]}


@pytest.fixture(scope="module")
def journey():
    return load(builders.folder("journey"))


def test_one_page_is_short_and_several_are_long(journey):
    assert not paging.is_short(journey)
    assert paging.is_short(load(builders.folder("errand")))


def test_each_page_leads_to_the_next_on_the_path(journey):
    assert paging.first_page(journey) == "about"
    assert paging.forward(journey, ABOUT, "about") == Step("visit")
    assert paging.forward(journey, ABOUT | {"visited": ["no"]}, "about") == Step("news")
    assert paging.forward(journey, VISIT, "visit") == Step("news")
    assert paging.forward(journey, NEWS, "words") == Step(None)


def test_a_page_with_problems_is_not_left(journey):
    step = paging.forward(journey, {"age": ["17"]}, "about")
    assert step.page == "about"
    assert {(each.item, each.code) for each in step.problems} == {
        ("age", "answer.out-of-range"),
        ("visited", "answer.required"),
    }


def test_a_page_skipped_on_the_way_must_be_answered_first(journey):
    step = paging.forward(journey, ABOUT | {"channels": ["radio"]}, "news")
    assert step.page == "visit"
    assert {each.item for each in step.problems} == {"polite", "clear"}


def test_pages_further_on_are_not_complained_about(journey):
    assert paging.forward(journey, ABOUT | {"fee": ["x"]}, "about") == Step("visit")


def test_mending_an_answer_leads_back_to_the_review(journey):
    assert paging.forward(journey, NEWS, "about", editing=True) == Step(None)


def test_mending_an_answer_that_opens_a_page_leads_there(journey):
    news = {"age": ["42"], "visited": ["yes"], "channels": ["radio"]}
    assert paging.forward(journey, news, "about", editing=True) == Step("visit")


def test_the_way_back_follows_the_path(journey):
    assert paging.back(journey, VISIT, "news") == "visit"
    assert paging.back(journey, {"age": ["1"], "visited": ["no"]}, "news") == "about"
    assert paging.back(journey, {}, "about") is None


def test_a_page_can_be_reached_when_all_before_it_is_answered(journey):
    assert paging.reachable(journey, {}, "about")
    assert paging.reachable(journey, VISIT, "news")
    assert not paging.reachable(journey, ABOUT, "news")
    assert not paging.reachable(journey, NEWS | {"visited": ["no"]}, "visit")


@pytest.mark.parametrize(
    ("entered", "page", "number", "of"),
    [
        ({}, "about", 1, 4),
        (ABOUT, "visit", 2, 4),
        (VISIT, "news", 3, 4),
        ({"age": ["42"], "visited": ["no"]}, "news", 2, 3),
        (NEWS, "words", 4, 4),
    ],
)
def test_progress_counts_pages_that_may_still_come(journey, entered, page, number, of):
    assert paging.progress(journey, entered, page) == paging.Progress(number, of)


def test_the_text_of_other_belongs_to_its_page(journey):
    assert paging.fields_of(journey, "news") == {"channels", "channels_other", "fee"}
    step = paging.forward(journey, VISIT | {"channels": ["else"], "channels_other": ["\0"]}, "news")
    assert [each.item for each in step.problems] == ["channels_other"]
