import pytest

from app.web.citizen.words import explain
from surveys.instrument.answers import PROBLEM_CODES, Problem, check_all
from surveys.instrument.load import load
from tests.app import builders


@pytest.fixture
def journey():
    return load(builders.folder("journey"))


def said(app, instrument, entered, language="vi"):
    problems = check_all(instrument, entered).problems
    with app.test_request_context():
        return explain(problems, instrument, language)


@pytest.mark.parametrize(
    ("field", "entered", "sentence"),
    [
        ("age", [], "Xin nhập một số."),
        ("age", ["mười"], "Xin chỉ nhập số, ví dụ 3."),
        ("age", ["17"], "Xin nhập một số từ 18 đến 120."),
        ("age", ["20", "30"], "Xin chỉ chọn một câu trả lời."),
        ("visited", [], "Xin chọn một câu trả lời."),
        ("visited", ["maybe"], "Câu trả lời này không có trong phiếu. Xin chọn lại."),
        ("channels", [], "Xin chọn ít nhất một câu trả lời."),
        (
            "channels",
            ["none", "radio"],
            "“Không qua kênh nào” không đi cùng câu trả lời khác được. Xin chọn lại.",
        ),
        ("fee", ["x"], "Xin chỉ nhập số, ví dụ 2,5."),
        ("fee", ["-1"], "Xin nhập một số từ 0 trở lên."),
        ("visit_day", ["hôm qua"], "Xin nhập ngày theo thứ tự ngày/tháng/năm, ví dụ 05/11/2026."),
        ("visit_day", ["1/1/2019"], "Xin nhập ngày 01/01/2020 hoặc sau đó."),
        ("village", ["\0"], "Có ký tự không đọc được. Xin xóa rồi viết lại."),
    ],
)
def test_each_mistake_has_its_sentence(app, journey, field, entered, sentence):
    assert said(app, journey, {"visited": ["yes"]} | {field: entered})[field] == sentence


def test_every_code_has_words(app, journey):
    context = {"minimum": "18", "maximum": "120", "max_length": "9"}
    problems = {code: Problem("age", code, context) for code in PROBLEM_CODES}
    problems["answer.exclusive"] = Problem("channels", "answer.exclusive", {"option": "none"})
    with app.test_request_context():
        for problem in problems.values():
            assert explain([problem], journey, "vi")[problem.item].endswith(".")


def test_the_option_is_named_in_the_language_of_the_page(app, journey):
    found = said(app, journey, {"channels": ["none", "radio"]}, "en")
    assert "“None”" in found["channels"]
