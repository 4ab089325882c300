"""What is remembered of codes opens questionnaires; it never turns anybody away."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from app.services import interview, invitations
from app.services.consent import consents
from app.services.interview import Opened, Shut
from app.services.mixing import keys
from app.services.mixing.shelf import KeyShelf
from app.web.citizen import desk as desks
from app.web.citizen.desk import KEPT_SECONDS, Desk, Memory

NOW = datetime(2026, 5, 4, 3, 0, tzinfo=UTC)
TODAY = date(2026, 5, 4)


class Watched:
    """A database that counts how often a code is looked up."""

    def __init__(self, database):
        self._database = database
        self.looked_up = 0

    def alone(self):
        self.looked_up += 1
        return self._database.alone()

    def read(self):
        return self._database.read()


@pytest.fixture
def watched(database):
    return Watched(database)


@pytest.fixture
def clock():
    return {"now": 100.0}


@pytest.fixture
def desk(watched, clock):
    return Desk(watched, clock=lambda: clock["now"])


def hand_in(desk, token, **values):
    return desk.code(token, NOW, TODAY, handing_in=True, **values)


def cancel(database, short):
    with database.write() as db:
        assert invitations.cancel(db, short.id)


def answer_elsewhere(database, settings, short):
    with database.write() as db:
        key = keys.ensure(db, KeyShelf(settings.spool_keys), NOW)
        opened = interview.open_code(db, short.token, NOW, TODAY)
        entered = {"overall": ["4"], "late": ["no"]}
        consent = consents(opened.instrument)["vi"]
        given = interview.Submission(entered, "vi", consent, uuid4())
        taken = interview.submit_code(db, opened, given, key, NOW, TODAY)
    assert taken == interview.Accepted()


def test_answers_that_follow_their_form_need_no_second_look(desk, watched, short):
    opened = desk.code(short.token, NOW, TODAY)
    assert watched.looked_up == 1
    assert hand_in(desk, short.token) == opened
    assert watched.looked_up == 1


def test_thanks_that_follow_at_once_need_none_either(desk, watched, short, clock):
    desk.code(short.token, NOW, TODAY)
    desk.handed_in(short.token, NOW)
    clock["now"] += 0.9
    thanked = desk.used(short.token, NOW, TODAY)
    assert isinstance(thanked, Opened)
    assert thanked.replaceable_until == NOW + timedelta(hours=24)
    assert watched.looked_up == 1


def test_later_thanks_look_at_the_code(desk, watched, short, clock):
    desk.code(short.token, NOW, TODAY)
    desk.handed_in(short.token, NOW)
    clock["now"] += 1.1
    # Nothing was stored in truth: the code itself says so.
    assert desk.used(short.token, NOW, TODAY) == Shut("code.unused")
    assert watched.looked_up == 2


def test_forms_are_always_looked_up(desk, database, watched, short):
    assert isinstance(desk.code(short.token, NOW, TODAY), Opened)
    cancel(database, short)
    assert desk.code(short.token, NOW, TODAY) == Shut("code.cancelled")
    assert watched.looked_up == 2


def test_what_is_remembered_turns_nobody_away(desk, watched, short, database, settings):
    """Here nobody knows yet that the code was used; over there it was, and is to be replaced."""
    desk.code(short.token, NOW, TODAY)
    answer_elsewhere(database, settings, short)
    opened = hand_in(desk, short.token, replacing=True)
    assert isinstance(opened, Opened)
    assert opened.replaceable_until == NOW + timedelta(hours=24)
    assert watched.looked_up == 2


def test_an_expired_code_is_turned_away_although_it_is_remembered(desk, short):
    desk.code(short.token, NOW, TODAY)
    later = datetime(2199, 1, 1, tzinfo=UTC)
    assert desk.code(short.token, later, TODAY, handing_in=True) == Shut("code.expired")


def test_after_a_while_a_code_is_looked_up_again(desk, watched, short, clock):
    desk.code(short.token, NOW, TODAY)
    clock["now"] += KEPT_SECONDS
    hand_in(desk, short.token)
    assert watched.looked_up == 2


def test_of_a_long_questionnaire_what_was_kept_is_read_each_time(desk, watched, long):
    desk.code(long.token, NOW, TODAY)
    hand_in(desk, long.token)
    assert watched.looked_up == 2


def test_what_cannot_be_a_code_is_not_looked_up(desk, watched):
    for opened in (
        desk.code("x", NOW, TODAY),
        hand_in(desk, "x"),
        desk.used("x", NOW, TODAY),
    ):
        assert opened == Shut("code.unknown")
    desk.handed_in("x", NOW)
    assert watched.looked_up == 0


def test_the_oldest_is_forgotten_when_there_is_too_much(monkeypatch):
    monkeypatch.setattr(desks, "MOST", 3)
    memory = Memory(lambda: 0.0)
    for key in (1, 2, 3, 1, 4):
        memory.keep(key, str(key))
    assert [memory.get(key, 1.0) for key in (1, 2, 3, 4)] == ["1", None, "3", "4"]
