"""What the screen says of tests and of faults without a key."""

from analysis.plan.align import short
from analysis.plan.faults import PlanFault
from analysis.plan.show import show
from analysis.plan.words import fault_sentence
from tests.analysis.plan.written import result

T_TEST = '[[test]]\nname = "women"\nkind = "t"\nof = "q1"\nby = "sex"\n'
CHI_SQUARE = '[[test]]\nname = "same"\nkind = "chi-square"\nrows = "sex"\ncolumns = "region"\n'


def test_t_tests_show_what_they_are_about_with_its_interval(tmp_path):
    found = result(tmp_path, T_TEST)
    last = show(found, "en").splitlines()[-1].split()
    test = found["tests"][0]
    shown = ("estimate", "standard_error", "low", "high", "level")
    assert last == ["women", *(short(test[key]) for key in shown)]


def test_tests_of_tables_have_no_such_line(tmp_path):
    assert "estimates of t tests" not in show(result(tmp_path, CHI_SQUARE), "en")


def test_a_fault_of_the_whole_text_names_its_line_only():
    fault = PlanFault("not-toml", "", 4, {"reason": "Invalid value"})
    assert fault_sentence(fault, "en", "p.toml").startswith("p.toml, line 4: this is not TOML")
    assert fault_sentence(fault, "vi", "p.toml").startswith("p.toml, dòng 4: không đúng cú pháp")
