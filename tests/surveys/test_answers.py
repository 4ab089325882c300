"""Whether an answer is allowed: cases one can count by hand, kind by kind."""

import reprlib
import unicodedata

import pytest

from surveys.instrument.answers import (
    Checked,
    Problem,
    check_all,
    check_page,
    check_stored,
    compile_rule,
)
from surveys.instrument.load import load_files


def short(value: object) -> str:
    """A name for a test case, however large its value."""
    return hex(value)[:12] if isinstance(value, int) else ascii(reprlib.repr(value))


def outcome(checked: Checked, item: str) -> object:
    """The stored value of an item, or the code of its problem, or None."""
    for problem in checked.problems:
        if problem.item == item:
            assert item not in checked.answers
            return problem.code
    return checked.answers.get(item)


@pytest.mark.parametrize(
    ("feature", "item", "entered", "expected"),
    [
        ("scale", "politeness", ["3"], 3),
        ("scale", "politeness", ["1"], 1),
        ("scale", "politeness", [" 3 "], 3),
        ("scale", "politeness", ["3", "3"], 3),
        ("scale", "politeness", ["", "3"], 3),
        ("scale", "politeness", ["3", "2"], "answer.too-many"),
        ("scale", "politeness", ["0"], "answer.not-an-option"),
        ("scale", "politeness", ["4"], "answer.not-an-option"),
        ("scale", "politeness", ["03"], "answer.not-an-option"),
        ("scale", "politeness", ["3.0"], "answer.not-an-option"),
        ("scale", "politeness", ["３"], "answer.not-an-option"),
        ("scale", "politeness", ["Hài lòng"], "answer.not-an-option"),
        ("scale", "politeness", ["3" * 5_000], "answer.not-an-option"),
        ("scale", "politeness", ["3\x00"], "answer.bad-character"),
        ("scale", "politeness", ["\x1f"], "answer.bad-character"),
        ("scale", "politeness", [""], "answer.required"),
        ("scale", "politeness", [" \n"], "answer.required"),
        ("scale", "politeness", [], "answer.required"),
        ("scale_not_rated", "feedback", ["9"], 9),
        ("single", "sex", ["female"], "female"),
        ("single", "sex", ["Female"], "answer.not-an-option"),
        ("single", "sex", ["Nữ"], "answer.not-an-option"),
        ("single", "sex", ["male", "female"], "answer.too-many"),
        ("yes_no", "late", ["yes"], "yes"),
        ("yes_no", "late", ["no"], "no"),
        ("yes_no", "late", ["true"], "answer.not-an-option"),
        ("multiple", "channels", ["internet"], ["internet"]),
        ("multiple", "channels", ["internet", "radio"], ["radio", "internet"]),
        ("multiple", "channels", ["radio", "radio"], ["radio"]),
        ("multiple", "channels", ["", "radio "], ["radio"]),
        ("multiple", "channels", ["radio", "tv"], "answer.not-an-option"),
        ("multiple", "channels", [""], "answer.required"),
        ("multiple", "channels", ["radio"] * 100_000, "answer.too-many"),
        ("exclusive", "channels", ["none"], ["none"]),
        ("exclusive", "channels", ["none", "none"], ["none"]),
        ("exclusive", "channels", ["radio", "none"], "answer.exclusive"),
        ("integer", "trips", ["0"], 0),
        ("integer", "trips", ["20"], 20),
        ("integer", "trips", ["+7"], 7),
        ("integer", "trips", ["007"], 7),
        ("integer", "trips", ["-1"], "answer.out-of-range"),
        ("integer", "trips", ["21"], "answer.out-of-range"),
        ("integer", "trips", ["9" * 10_000], "answer.not-a-number"),
        ("integer", "trips", ["9" * 900], "answer.out-of-range"),
        ("integer", "trips", ["0" * 900 + "5"], 5),
        ("integer", "trips", ["1.0"], "answer.not-a-number"),
        ("integer", "trips", ["1.000"], "answer.not-a-number"),
        ("integer", "trips", ["1e1"], "answer.not-a-number"),
        ("integer", "trips", ["ba"], "answer.not-a-number"),
        ("integer", "trips", ["٣"], "answer.not-a-number"),
        ("integer", "trips", ["1_0"], "answer.not-a-number"),
        ("integer", "trips", ["1", "2"], "answer.too-many"),
        ("integer", "any", ["-" + "9" * 18], -(10**18 - 1)),
        ("integer", "any", ["1" + "0" * 18], "answer.out-of-range"),
        ("integer", "any", ["-0"], 0),
        ("decimal", "hours", ["1.5"], "1.5"),
        ("decimal", "hours", ["1,5"], "1.5"),
        ("decimal", "hours", ["01,500"], "1.5"),
        ("decimal", "hours", ["7.50"], "7.5"),
        ("decimal", "hours", ["2"], "2"),
        ("decimal", "hours", ["2,0"], "2"),
        ("decimal", "hours", ["-0.0"], "0"),
        ("decimal", "hours", ["7.51"], "answer.out-of-range"),
        ("decimal", "hours", ["-0,1"], "answer.out-of-range"),
        ("decimal", "hours", [".5"], "answer.not-a-number"),
        ("decimal", "hours", ["1.2.3"], "answer.not-a-number"),
        ("decimal", "hours", ["NaN"], "answer.not-a-number"),
        ("decimal", "hours", ["inf"], "answer.not-a-number"),
        ("decimal", "hours", ["1e400"], "answer.not-a-number"),
        ("decimal", "hours", ["1." + "0" * 11], "answer.not-a-number"),
        ("decimal", "any", ["-" + "9" * 18 + "." + "9" * 10], "-" + "9" * 18 + "." + "9" * 10),
        ("decimal", "any", ["9" * 19], "answer.out-of-range"),
        ("date", "received", ["2024-01-01"], "2024-01-01"),
        ("date", "received", ["2024-09-30"], "2024-09-30"),
        ("date", "received", ["29/2/2024"], "2024-02-29"),
        ("date", "received", ["01/09/2024"], "2024-09-01"),
        ("date", "received", ["2023-12-31"], "answer.out-of-range"),
        ("date", "received", ["01/10/2024"], "answer.out-of-range"),
        ("date", "received", ["2024-02-30"], "answer.not-a-date"),
        ("date", "received", ["20240201"], "answer.not-a-date"),
        ("date", "received", ["2024-W01-1"], "answer.not-a-date"),
        ("date", "received", ["9/30/2024"], "answer.not-a-date"),
        ("date", "received", ["hôm qua"], "answer.not-a-date"),
        ("date", "any", ["0000-01-01"], "answer.not-a-date"),
        ("date", "any", ["9999-12-31"], "9999-12-31"),
        ("date", "any", ["2023-02-29"], "answer.not-a-date"),
        ("short_text", "village", ["Yên Tử"], "Yên Tử"),
        ("short_text", "village", ["  Yên Tử\r\n"], "Yên Tử"),
        ("short_text", "village", ["Yên\r\nTử"], "Yên Tử"),
        ("short_text", "village", [unicodedata.normalize("NFD", "Ở Nghĩa Lộ")], "Ở Nghĩa Lộ"),
        ("short_text", "village", ["12345678901"], "answer.too-long"),
        ("short_text", "village", ["x" * 10_000_000], "answer.too-long"),
        ("short_text", "village", ["\u0323\u0302" * 500_000], "answer.too-long"),
        ("short_text", "village", ["Yên\x00"], "answer.bad-character"),
        ("short_text", "village", ["Yên\ud83d"], "answer.bad-character"),
        ("short_text", "village", ["Yên\x0b"], "answer.bad-character"),
        ("short_text", "village", ["Yên\x9f"], "answer.bad-character"),
        ("short_text", "village", ["Yên\uffff"], "answer.bad-character"),
        ("short_text", "village", ["\x00"], "answer.bad-character"),
        ("short_text", "village", ["\x1c"], "answer.bad-character"),
        ("short_text", "village", ["a", "b"], "answer.too-many"),
        ("short_text", "village", ["   "], "answer.required"),
        ("short_text", "street", [" "], None),
        ("short_text", "street", ["x" * 200], "x" * 200),
        ("short_text", "street", ["x" * 201], "answer.too-long"),
        ("long_text", "opinion", ["Tốt.\r\nRất tốt.\rHết"], "Tốt.\nRất tốt.\nHết"),
        ("long_text", "opinion", ["\tmột\thai\n"], "một\thai"),
        ("long_text", "opinion", ["x" * 20], "x" * 20),
        ("long_text", "opinion", [" " * 500 + "x" * 20 + " " * 500], "x" * 20),
        ("long_text", "opinion", ["x" * 21], "answer.too-long"),
        ("long_text", "opinion", ["👍🏽 tốt"], "👍🏽 tốt"),
        ("long_text", "opinion", ["a" + "\u0323" * 30], "answer.too-long"),
        ("long_text", "opinion", ["\u0958" + "\u093c" * 29], "answer.too-long"),
        ("long_text", "opinion", ["\u0958" + "\u093c" * 30], "answer.bad-character"),
        ("long_text", "opinion", ["a" + "\u0323\u0302" * 100], "answer.bad-character"),
        ("long_text", "more", ["a" + "\u0323" * 30], "ạ" + "\u0323" * 29),
        ("long_text", "more", ["\u0958" + "\u093c" * 29], "\u0915" + "\u093c" * 30),
        ("long_text", "more", ["\u0323\u0302" * 4_000], "answer.bad-character"),
        ("long_text", "opinion", [""], None),
        ("long_text", "more", ["x" * 2_000], "x" * 2_000),
        ("long_text", "more", ["x" * 2_001], "answer.too-long"),
        ("optional", "politeness", [""], None),
        ("optional", "politeness", ["5"], "answer.not-an-option"),
        ("optional", "late", [], None),
        ("note", "hello", ["anything"], None),
        ("other_option", "job", ["else"], "else"),
    ],
    ids=short,
)
def test_one_answer(tiny, feature, item, entered, expected):
    assert outcome(check_all(tiny(feature), {item: entered}), item) == expected


def test_an_item_left_out_of_the_form_is_unanswered(tiny):
    assert check_all(tiny("scale"), {}) == Checked({}, (Problem("politeness", "answer.required"),))


def test_a_single_string_is_one_answer_not_its_letters(tiny):
    assert check_all(tiny("multiple"), {"channels": "radio"}).answers == {"channels": ["radio"]}


def test_what_is_not_an_item_is_ignored(tiny):
    checked = check_all(tiny("scale"), {"politeness": ["3"], "csrf_token": ["x"], "": [""]})
    assert checked == Checked({"politeness": 3})


def test_refusals_carry_what_a_sentence_needs(tiny):
    def problem(feature, item, text):
        (found,) = (p for p in check_all(tiny(feature), {item: text}).problems if p.item == item)
        return found

    assert problem("integer", "trips", ["21"]).context == {"minimum": "0", "maximum": "20"}
    assert problem("integer", "any", ["1" * 19]).context == {}
    assert problem("decimal", "hours", ["8"]).context == {"minimum": "0", "maximum": "7.5"}
    assert problem("date", "received", ["2025-01-01"]).context == {
        "minimum": "2024-01-01",
        "maximum": "2024-09-30",
    }
    assert problem("short_text", "village", ["x" * 11]).context == {"max_length": "10"}
    assert problem("exclusive", "channels", ["none", "radio"]).context == {"option": "none"}


def test_the_text_of_other_is_kept_only_when_other_is_chosen(tiny):
    instrument = tiny("other_option")
    text = {"job_other": ["  Thợ mỏ "], "past_jobs_other": ["Ngư dân"]}
    chosen = check_all(instrument, {"job": ["else"], "past_jobs": ["private", "else"], **text})
    assert chosen == Checked(
        {
            "job": "else",
            "job_other": "Thợ mỏ",
            "past_jobs": ["private", "else"],
            "past_jobs_other": "Ngư dân",
        }
    )
    not_chosen = check_all(instrument, {"job": ["retired"], "past_jobs": ["private"], **text})
    assert not_chosen == Checked({"job": "retired", "past_jobs": ["private"]})


def test_other_may_be_chosen_without_saying_what(tiny):
    assert check_all(tiny("other_option"), {"job": ["else"]}) == Checked({"job": "else"})


def test_a_bad_text_of_other_is_a_problem_of_that_text_alone(tiny):
    checked = check_all(tiny("other_option"), {"job": ["else"], "job_other": ["x" * 201]})
    assert checked.answers == {"job": "else"}
    assert checked.problems == (Problem("job_other", "answer.too-long", {"max_length": "200"}),)


def test_problems_come_in_the_order_of_the_questions(tiny):
    checked = check_all(tiny("group"), {"late": ["?"], "signs": ["7"]})
    assert [(problem.item, problem.code) for problem in checked.problems] == [
        ("seats", "answer.required"),
        ("signs", "answer.not-an-option"),
        ("late", "answer.not-an-option"),
        ("polite", "answer.required"),
    ]


def test_answers_off_the_path_are_dropped_and_not_demanded(tiny):
    raw = {"visited": ["no"], "when_visited": ["2024"], "why_not": ["Xa"], "again": ["yes"]}
    assert check_all(tiny("page_routing"), raw) == Checked(
        {"visited": "no", "why_not": "Xa", "again": "yes"}
    )


def test_bad_answers_off_the_path_are_not_even_read(tiny):
    raw = {"first": ["no"], "second": ["\x00"], "third": ["?"], "otherwise": ["no"]}
    assert check_all(tiny("chain"), raw) == Checked({"first": "no", "otherwise": "no"})


def test_a_refused_answer_counts_as_unanswered_for_later_rules(tiny):
    checked = check_all(tiny("chain"), {"first": ["yes"], "second": ["?"], "otherwise": ["yes"]})
    assert checked.answers == {"first": "yes", "otherwise": "yes"}
    assert checked.problems == (Problem("second", "answer.not-an-option"),)


def test_a_page_gives_its_own_answers_only(tiny):
    checked = check_page(
        tiny("page_routing"),
        "visit",
        {"when_visited": ["2024"], "again": ["?"]},
        {"visited": "yes"},
    )
    assert checked == Checked({"when_visited": 2024})


def test_a_page_off_the_path_takes_nothing_and_demands_nothing(tiny):
    page = check_page(tiny("page_routing"), "visit", {"when_visited": ["2024"]}, {"visited": "no"})
    assert page == Checked({})


def test_a_page_sees_what_was_entered_on_it_not_what_was_there_before(tiny):
    earlier = {"name": "Yên Tử", "late": "yes", "told": "yes", "sorry": "no"}
    assert check_page(tiny("same_page"), "result", {"late": ["no"]}, earlier) == Checked(
        {"late": "no"}
    )


def test_earlier_answers_that_are_off_the_path_do_not_open_a_page(tiny):
    instrument = tiny("chain")
    assert check_stored(instrument, {"first": "no", "second": "yes", "otherwise": "no"}) == Checked(
        {"first": "no", "otherwise": "no"}
    )


def test_an_unknown_page_is_a_broken_promise(tiny):
    with pytest.raises(KeyError):
        check_page(tiny("scale"), "nowhere", {}, {})


@pytest.mark.parametrize(
    ("feature", "item", "stored", "expected"),
    [
        ("scale", "politeness", 3, 3),
        ("scale", "politeness", "3", "answer.wrong-type"),
        ("scale", "politeness", True, "answer.wrong-type"),
        ("scale", "politeness", 3.0, "answer.wrong-type"),
        ("scale", "politeness", 4, "answer.not-an-option"),
        ("scale", "politeness", 10**5_000, "answer.not-an-option"),
        ("scale", "politeness", None, "answer.required"),
        ("scale", "politeness", [3], "answer.wrong-type"),
        ("single", "sex", "male", "male"),
        ("single", "sex", ["male"], "answer.wrong-type"),
        ("yes_no", "late", True, "answer.wrong-type"),
        ("multiple", "channels", ["internet", "radio"], ["radio", "internet"]),
        ("multiple", "channels", "radio", "answer.wrong-type"),
        ("multiple", "channels", ["radio", 1], "answer.wrong-type"),
        ("multiple", "channels", [["radio"]], "answer.wrong-type"),
        ("multiple", "channels", {"radio": 1}, "answer.wrong-type"),
        ("multiple", "channels", [], "answer.required"),
        ("integer", "trips", 5, 5),
        ("integer", "trips", -5, "answer.out-of-range"),
        ("integer", "any", -(10**5_000), "answer.out-of-range"),
        ("integer", "any", 10**18, "answer.out-of-range"),
        ("integer", "any", 10**18 - 1, 10**18 - 1),
        ("decimal", "hours", "1.5", "1.5"),
        ("decimal", "hours", 1.5, "answer.wrong-type"),
        ("date", "received", "2024-02-29", "2024-02-29"),
        ("date", "received", 20240229, "answer.wrong-type"),
        ("long_text", "opinion", "Tốt.\nHết", "Tốt.\nHết"),
        ("long_text", "opinion", b"x", "answer.wrong-type"),
        ("note", "hello", "anything", None),
    ],
    ids=short,
)
def test_one_stored_answer(tiny, feature, item, stored, expected):
    assert outcome(check_stored(tiny(feature), {item: stored}), item) == expected


@pytest.mark.parametrize("junk", [5, 1.5, {"3": "3"}, {"3"}, b"3", object(), [3], [None], [["3"]]])
def test_what_no_form_can_send_is_refused_rather_than_raised(tiny, junk):
    assert outcome(check_all(tiny("scale"), {"politeness": junk}), "politeness") == (
        "answer.wrong-type"
    )


def test_a_rule_is_compiled_once_for_equal_instruments(tiny, tiny_files):
    again = load_files(tiny_files("scale"))
    assert again is not tiny("scale")
    assert compile_rule(again) is compile_rule(tiny("scale"))
