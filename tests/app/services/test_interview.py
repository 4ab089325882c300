import threading
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text, update

from app.models import ConsentText, FreeText, Response, Round, Spooled
from app.services import interview
from app.services.consent import agreed, consents
from app.services.interview import Accepted, AlreadyAnswered, Opened, Rejected, Shut
from app.services.mixing import keys
from app.services.mixing.sealed import Text, about, unseal
from tests.app import builders
from tests.app.services.conftest import TODAY, submission

GOOD = {"overall": ["4"], "late": ["no"]}


@pytest.fixture
def opened(database, town) -> Opened:
    with database.write() as db:
        builders.open_round(db, town.campaign, "errand")
    return open_counter(database)


def open_counter(database, code="hg-05", today=TODAY):
    with database.read() as db:
        return interview.open_counter(db, code, today)


def hand_in(database, opened, submission, today=TODAY):
    with database.write() as db:
        return interview.submit_open(db, opened, submission, keys.newest(db), today)


def rows(database, table=Response):
    with database.read() as db:
        return db.execute(select(table.__table__)).all()


def test_a_counter_opens_the_round_of_its_province(opened, town):
    assert opened.instrument.code == "errand"
    assert opened.place.counter_id == town.counter.id
    assert opened.place.domains == {
        "commune": "06652", "centre": "hcc-06652", "counter": "hg-05", "field": "ho-tich"
    }  # fmt: skip


@pytest.mark.parametrize("written", ["HG-05", "Hg-05"])
def test_the_case_of_a_code_does_not_matter(database, opened, written):
    assert open_counter(database, written).place == opened.place


def test_a_code_stored_in_mixed_case_is_found(database, town, opened):
    with database.write() as db:
        builders.counter(db, town.centre, "06", code="Hg-Sáu")
    assert open_counter(database, "hG-sáu").place.number == "06"


@pytest.mark.parametrize("code", ["", "x" * 101, "hg-05\n", "\0", "\udc80", "hg-05'--"])
def test_what_is_no_code_opens_nothing(database, opened, code):
    assert open_counter(database, code) == Shut("counter.unknown")


def test_an_earlier_code_opens_the_counter_and_says_what_it_was(database, town, opened):
    with database.write() as db:
        builders.alias(db, town.counter, "ha-long-1", "Quầy 1, UBND phường Trần Hưng Đạo")
    found = open_counter(database, "HA-LONG-1").place
    assert found.counter_id == town.counter.id
    assert found.formerly == "Quầy 1, UBND phường Trần Hưng Đạo"


def test_a_closed_counter_says_so_from_that_day_on(database, town, opened):
    with database.write() as db:
        builders.counter(db, town.centre, "07", code="old", closed_on=TODAY)
    assert open_counter(database, "old").reason == "counter.closed"
    assert isinstance(open_counter(database, "old", TODAY - timedelta(days=1)), Opened)


def test_a_centre_that_is_gone_closes_its_counters(database, town, opened):
    with database.write() as db:
        gone = builders.centre(db, town.commune, "gone", valid_to=TODAY)
        builders.counter(db, gone, "01", code="gone-01")
    assert open_counter(database, "gone-01").reason == "counter.closed"


def test_the_round_opened_last_is_asked(database, town, opened):
    with database.write() as db:
        later = builders.open_round(db, town.campaign, "scale", opens_on=date(2026, 3, 1))
    assert open_counter(database).round.id == later.id


def test_rounds_of_samples_and_of_other_provinces_are_not_asked(database, town):
    with database.write() as db:
        builders.sampled_round(db, town.campaign)
        elsewhere = builders.campaign(db, builders.province(db, "01", "Thành phố Hà Nội"), "hn")
        builders.open_round(db, elsewhere)
    assert open_counter(database).reason == "round.none"


@pytest.mark.parametrize(
    ("values", "reason", "day"),
    [
        ({"state": "draft"}, "round.none", None),
        ({"opens_on": date(2026, 5, 5)}, "round.not-yet", date(2026, 5, 5)),
        ({"closes_on": date(2026, 5, 3)}, "round.over", date(2026, 5, 3)),
        ({"state": "closed"}, "round.over", None),
        ({"state": "published", "closes_on": date(2026, 4, 1)}, "round.over", date(2026, 4, 1)),
    ],
)
def test_a_round_that_takes_no_answers_says_why(database, town, values, reason, day):
    with database.write() as db:
        builders.open_round(db, town.campaign, "errand", **values)
    shut = open_counter(database)
    assert (shut.reason, shut.day) == (reason, day)
    assert shut.place.number == "05"


def test_both_days_of_a_round_take_answers(database, town):
    with database.write() as db:
        builders.open_round(db, town.campaign, "errand", opens_on=TODAY, closes_on=TODAY)
    assert isinstance(open_counter(database), Opened)


def test_answers_are_stored_as_one_row_without_a_time(database, town, opened):
    assert hand_in(database, opened, submission(opened, GOOD)) == Accepted()
    [row] = rows(database)
    assert row.answers == {"overall": 4, "late": "no"}
    assert (row.source, row.mode, row.language) == ("open", "web", "vi")
    assert row.answered_on == TODAY
    assert row.domains["counter"] == "hg-05"
    assert (row.centre_id, row.counter_id) == (town.centre.id, town.counter.id)
    assert (row.stratum, row.psu, row.base_weight) == (None, None, None)


def test_own_words_wait_sealed_and_apart_from_the_answers(database, opened, key, shelf):
    entered = GOOD | {"comment": [" Tốt lắm\r\n"], "job": ["else"], "job_other": ["Ngư dân"]}
    hand_in(database, opened, submission(opened, entered))
    assert rows(database)[0].answers == {"overall": 4, "late": "no", "job": "else"}
    assert rows(database, FreeText) == []
    [waiting] = rows(database, Spooled)
    assert (waiting.kind, waiting.invitation_id) == ("text", None)
    where = about("text", opened.round.id, opened.place.centre_id, None)
    content = unseal(waiting.sealed, shelf.find(key.public), where)
    assert set(content.texts) == {Text("comment", "Tốt lắm"), Text("job_other", "Ngư dân")}
    assert content.answers is None


def test_answers_off_the_path_are_not_stored(database, opened):
    entered = GOOD | {"told": ["yes"], "job": ["retired"], "job_other": ["x"], "nothing": ["1"]}
    hand_in(database, opened, submission(opened, entered))
    assert set(rows(database)[0].answers) == {"overall", "late", "job"}
    assert rows(database, Spooled) == []


def test_the_text_agreed_to_is_kept_with_the_answer(database, opened):
    for _ in range(2):
        hand_in(database, opened, submission(opened, GOOD))
    [kept] = rows(database, ConsentText)
    assert {row.consent_hash for row in rows(database)} == {kept.content_hash}
    words = opened.instrument.wording["vi"]
    assert kept.text.splitlines() == [words.purpose, words.retention, words.consent]


def test_a_consent_is_known_by_its_hash_and_differs_by_language(opened):
    both = consents(opened.instrument)
    assert agreed(opened.instrument, both["en"].short) == both["en"]
    assert both["en"].content_hash != both["vi"].content_hash
    assert agreed(opened.instrument, "0" * 16) is None


def test_the_same_form_counts_once(database, opened):
    once = submission(opened, GOOD)
    assert [hand_in(database, opened, once) for _ in range(3)] == [Accepted()] * 3
    assert len(rows(database)) == 1


def test_another_answer_under_the_same_key_does_not_replace_the_first(database, opened):
    first = submission(opened, GOOD)
    hand_in(database, opened, first)
    second = replace(first, entered=GOOD | {"overall": ["1"]})
    assert hand_in(database, opened, second) == AlreadyAnswered()
    assert [row.answers["overall"] for row in rows(database)] == [4]


def test_texts_of_a_form_sent_twice_are_kept_once(database, opened):
    once = submission(opened, GOOD | {"comment": ["Tốt"]})
    for _ in range(2):
        hand_in(database, opened, once)
    assert len(rows(database, Spooled)) == 1


def test_what_is_not_in_order_is_not_stored(database, opened):
    outcome = hand_in(database, opened, submission(opened, {"overall": ["6"]}))
    assert isinstance(outcome, Rejected)
    assert {(each.item, each.code) for each in outcome.problems} == {
        ("overall", "answer.not-an-option"),
        ("late", "answer.required"),
    }
    assert rows(database) == []


@pytest.mark.parametrize(
    "change",
    [
        {"state": "closed"},
        {"closes_on": TODAY - timedelta(days=1)},
        {"opens_on": TODAY + timedelta(days=1)},
    ],
)
def test_a_round_closed_while_someone_answers_takes_nothing_more(database, opened, change):
    with database.write() as db:
        db.execute(update(Round).values(change))
    assert hand_in(database, opened, submission(opened, GOOD)) == Shut("round.over", opened.place)
    assert rows(database) == []


def test_who_closes_a_round_waits_for_answers_on_their_way_in(database, opened):
    """After closing has returned, the number of answers is final."""
    with database.write() as db:
        interview.submit_open(db, opened, submission(opened, GOOD), keys.newest(db), TODAY)
        seen = []

        def close():
            with database.write() as other:
                other.execute(text("UPDATE round SET state = 'closed'"))
                seen.append(other.scalar(select(func.count()).select_from(Response)))

        closing = threading.Thread(target=close)
        closing.start()
        closing.join(0.2)
        assert seen == []
    closing.join(10)
    assert seen == [1]


def test_many_copies_of_one_form_at_once_are_one_response(database, opened):
    once = submission(opened, GOOD)
    gate = threading.Barrier(8)
    outcomes = []

    def send():
        gate.wait()
        outcomes.append(hand_in(database, opened, once))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert outcomes == [Accepted()] * 8
    assert len(rows(database)) == 1


def test_the_id_of_a_response_says_nothing(database, opened):
    key = uuid4()
    hand_in(database, opened, submission(opened, GOOD, key=key))
    [row] = rows(database)
    assert row.id != key
    assert row.id.version == 4


def test_opening_reads_the_round_as_it_is_now(database, opened):
    with database.write() as db:
        db.execute(text("UPDATE round SET state = 'closed'"))
        assert db.scalar(select(Round.state)) == "closed"
    assert open_counter(database).reason == "round.over"
