"""What the screen says of figures, tests and faults without a key."""

import re

import pytest

from analysis.plan.align import MOST_ROWS, SHOWN_ROWS
from analysis.plan.faults import PlanFault
from analysis.plan.show import show
from analysis.plan.show_models import noted
from analysis.plan.words import fault_sentence
from tests.analysis.plan.written import HEAD, result

T_TEST = '[[test]]\nname = "women"\nkind = "t"\nof = "q1"\nby = "sex"\n'
CHI_SQUARE = '[[test]]\nname = "same"\nkind = "chi-square"\nrows = "sex"\ncolumns = "region"\n'
SHARE = '[[estimate]]\nname = "women"\nkind = "proportion"\nof = "sex"\nby = "region"\n'
SCALES = (
    '[[scales]]\nitems = ["q1"]\ncodes = [1, 2, 3, 4, 5]\nsatisfied = [4, 5]\nneutral = [3]\n'
    "dissatisfied = [1, 2]\n"
)
INDEX = (
    '[[estimate]]\nname = "index"\nkind = "index"\nmethod = "method.toml"\nby = "region"\n' + SCALES
)
METHOD = """\
code = "small"
version = "3"
instrument = "small"
index = "overall"
components = ["one"]

[nodes.one]
title = { vi = "Tiếp cận dịch vụ", en = "Access" }
operation = "top_box"
items = ["q1"]

[nodes.score]
title = { vi = "Điểm trung bình", en = "Mean score" }
operation = "mean_score"
items = ["q1"]

[nodes.overall]
title = { vi = "Chung", en = "Overall" }
operation = "linear_points"
of = ["one"]
points = 100
bands = { A = 60, B = 40, C = 20 }
"""


def table(text, name):
    """Return the lines of the table whose heading begins with a name, cells apart."""
    part = next(part for part in text.split("\n\n") if part.startswith(name))
    return [re.split(r"\s{2,}", line.strip()) for line in part.splitlines()]


def test_shares_are_percentages_in_the_manner_of_the_language(tmp_path):
    found = result(tmp_path, SHARE)
    row = found["estimates"][0]
    heading, names, first, *_ = table(show(found, "vi"), "women")
    assert heading == ["women (tỷ lệ, 95%)"]
    assert names[:6] == ["region", "biến", "nhóm", "giá trị", "sai số chuẩn", "cận dưới"]
    assert first[:4] == ["north", "sex", "f", f"{100 * row['value']:.2f}%".replace(".", ",")]
    english = table(show(found, "en"), "women")[2]
    assert english[3] == f"{100 * row['value']:.2f}%"


def test_differences_of_shares_are_percentage_points(tmp_path):
    body = SHARE + (
        '[[contrast]]\nname = "change"\nestimate = "women"\n'
        'difference = [{ region = "north" }, { region = "south" }]\n'
    )
    found = result(tmp_path, body.replace('of = "sex"', 'of = "q1"\ncategories = ["5"]'))
    assert found["contrasts"][0]["unit"] == "share"
    heading, _, row = table(show(found, "vi"), "change")
    assert heading == ["change (so sánh, 95%, điểm phần trăm)"]
    assert row[2] == f"{100 * found['contrasts'][0]['value']:.2f}".replace(".", ",")


def test_decimals_are_the_same_all_along_a_variable(tmp_path):
    body = '[[estimate]]\nname = "m"\nkind = "mean"\nof = "income"\nby = "sex"\n'
    _, _, *rows = table(show(result(tmp_path, body), "en"), "m")
    figures = [cell for row in rows for cell in row[2:6]]
    assert len({len(cell.split(".")[1]) for cell in figures}) == 1


def test_an_index_shows_titles_measures_and_bands(tmp_path):
    (tmp_path / "method.toml").write_text(METHOD, encoding="utf-8")
    found = result(tmp_path, INDEX)
    lines = table(show(found, "vi"), "index")
    assert lines[0] == ["index (chỉ số, 95%) – small, phiên bản 3"]
    assert lines[1][1:4] == ["nút", "tên", "mức"]
    assert lines[1][-1] == "xếp loại"
    assert lines[2][:4] == ["north", "one", "Tiếp cận dịch vụ", "hài lòng"]
    assert lines[3][3] == "bình thường"
    assert table(show(found, "en"), "index")[2][2] == "Access"
    overall = next(row for row in lines if row[:2] == ["north", "overall"])
    figure = next(row for row in found["estimates"] if row["variable"] == "overall")
    assert figure["band"] == "A"
    assert overall[-1] == f"A ({figure['band_low'] or '—'}–{figure['band_high']})"
    score = next(row for row in found["estimates"] if row["variable"] == "score")
    assert (score["unit"], score["band"]) == ("number", None)


def test_files_hold_what_an_index_is_made_of(tmp_path):
    (tmp_path / "method.toml").write_text(METHOD, encoding="utf-8")
    (index,) = result(tmp_path, INDEX)["indices"]
    assert index["nodes"][2]["bands"] == {"A": 60.0, "B": 40.0, "C": 20.0}
    assert index["nodes"][0]["title"]["vi"] == "Tiếp cận dịch vụ"


def test_long_tables_show_their_first_rows_only(tmp_path):
    rows = "g,w\n" + "".join(f"{number},1\n" for number in range(MOST_ROWS + 1))
    head = HEAD.split("[design]")[0] + "[design]\nweight = 'w'\n"
    body = '[[estimate]]\nname = "people"\nkind = "count"\nby = "g"\n'
    said = show(result(tmp_path, body, head=head, rows=rows), "vi")
    _, _, *lines = table(said, "people")
    assert lines[SHOWN_ROWS] == [
        f"… còn {MOST_ROWS + 1 - SHOWN_ROWS} hàng nữa: xem trong tệp ghi bằng --out."
    ]


def test_t_tests_show_what_they_are_about_with_its_interval(tmp_path):
    found = result(tmp_path, T_TEST)
    last = show(found, "en").splitlines()[-1].split()
    test = found["tests"][0]
    assert last[0] == "women"
    assert last[-1] == "95%"
    for text, key in zip(last[1:5], ("estimate", "standard_error", "low", "high"), strict=True):
        assert float(text) == pytest.approx(test[key], abs=0.01)


def test_tables_of_chi_squares_show_shares_within_columns_and_people(tmp_path):
    said = show(result(tmp_path, CHI_SQUARE), "vi")
    assert "ước lượng của kiểm định t" not in said
    heading, names, *rows = table(said, "same")
    assert heading == ["same (phần trăm trong từng cột)"]
    assert names == ["sex", "region north", "region south", "chung"]
    assert rows == [
        ["f", "50,00%", "50,00%", "50,00%"],
        ["m", "50,00%", "50,00%", "50,00%"],
        ["chung", "100,00%", "100,00%", "100,00%"],
        ["n", "4", "4", "8"],
    ]


def test_a_fault_of_the_whole_text_names_its_line_only():
    fault = PlanFault("not-toml", "", 4, {"reason": "Invalid value"})
    assert fault_sentence(fault, "en", "p.toml").startswith("p.toml, line 4: this is not TOML")
    assert fault_sentence(fault, "vi", "p.toml").startswith("p.toml, dòng 4: không đúng cú pháp")


def test_many_notes_alike_are_cut():
    notes = [{"code": "replicate-not-adjusted", "detail": f"{k}: empty-cells"} for k in range(9)]
    notes.append({"code": "lonely-psu", "detail": "adjust"})
    lines = noted(notes, "vi")
    assert len(lines) == 7
    assert lines[5] == "  … và 4 ghi chú tương tự."
