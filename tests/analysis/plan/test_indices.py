"""An index from a plan is the index of the library."""

import numpy as np
import polars as pl
import pytest

from analysis.design import Design
from analysis.index.evaluate import evaluate
from analysis.index.method import load_method
from analysis.index.tree import ItemScale
from analysis.plan.words import fault_sentence
from analysis.variance.lonely import LonelyPolicy
from tests.analysis.plan.written import HEAD, faults, only, result

METHOD = """\
code = "m"
version = "1"
instrument = "i"
index = "overall"
components = ["access", "results"]

[nodes.access]
title = { vi = "Tiếp cận", en = "Access" }
operation = "pooled_top_box"
items = ["q1", "q2"]

[nodes.results]
title = { vi = "Kết quả", en = "Results" }
operation = "option_share"
items = ["why"]
options = ["fast"]

[nodes.overall]
title = { vi = "Chung", en = "Overall" }
operation = "weighted_mean"
of = ["access", "results"]
weights = [2, 1]
"""

SCALES = """\
[[scales]]
items = ["q1", "q2"]
codes = [1, 2, 3, 4, 5]
satisfied = [4, 5]
neutral = [3]
dissatisfied = [1, 2]
not_rated = [9]
[[scales]]
items = ["why"]
codes = ["fast", "near"]
"""

INDEX = """\
[[estimate]]
name = "index"
kind = "index"
method = "method.toml"
by = "region"
covariance = true
[[contrast]]
name = "difference"
estimate = "index"
difference = [{ region = "north" }, { region = "south" }]
"""


def rows():
    rng = np.random.default_rng(20261120)
    n = 60
    answers = [1.0, 2, 3, 4, 5, 9, np.nan]
    return pl.DataFrame(
        {
            "region": np.repeat(["north", "south"], n // 2),
            "commune": np.repeat([f"c{c}" for c in range(10)], n // 10),
            "w": rng.uniform(1, 3, n),
            "q1": rng.choice(answers, n),
            "q2": rng.choice(answers, n),
            "why": pl.Series(
                [[], ["fast"], ["near"], ["fast", "near"]] * (n // 4), dtype=pl.List(pl.String)
            ),
        }
    )


def write(folder):
    frame = rows()
    frame.write_parquet(folder / "rows.parquet")
    (folder / "method.toml").write_text(METHOD)
    return frame


def test_every_node_is_that_of_the_library(tmp_path):
    frame = write(tmp_path)
    scale = ItemScale((1, 2, 3, 4, 5), (4, 5), (3,), (1, 2), (9,))
    method = load_method(METHOD, {"q1": scale, "q2": scale, "why": ItemScale(("fast", "near"))})
    columns = {
        "q1": frame["q1"].to_numpy(),
        "q2": frame["q2"].to_numpy(),
        "why": np.array([" ".join(one) for one in frame["why"].to_list()], dtype=object),
    }
    design = Design.from_columns(frame["region"], frame["commune"], frame["w"].to_numpy())
    wanted = [
        one
        for one in evaluate(
            method,
            columns,
            design,
            {"region": frame["region"].to_numpy()},
            lonely=LonelyPolicy.FAIL,
        )
        if one.domain_kind
    ]
    head = HEAD.replace("rows.csv", "rows.parquet")
    found = result(tmp_path, SCALES + INDEX, head=head, rows=None)
    assert [(row["variable"], row["category"]) for row in found["estimates"]] == [
        (one.node, one.measure.value) for one in wanted
    ]
    for row, one in zip(found["estimates"], wanted, strict=True):
        ours = [row[key] for key in ("value", "standard_error", "low", "high", "n", "df")]
        e = one.estimate
        theirs = [e.value, e.standard_error, e.interval.low, e.interval.high, e.n, e.df]
        assert ours == pytest.approx(theirs, rel=1e-12, nan_ok=True)


def test_a_difference_of_independent_regions_has_both_variances(tmp_path):
    write(tmp_path)
    head = HEAD.replace("rows.csv", "rows.parquet")
    found = result(tmp_path, SCALES + INDEX, head=head, rows=None)
    for row in found["contrasts"]:
        parts = [
            one
            for one in found["estimates"]
            if (one["variable"], one["category"]) == (row["variable"], row["category"])
        ]
        north, south = parts
        assert row["value"] == pytest.approx(north["value"] - south["value"], rel=1e-12)
        wanted = np.hypot(north["standard_error"], south["standard_error"])
        assert row["standard_error"] == pytest.approx(wanted, rel=1e-9)
        assert row["df"] == north["df"] + south["df"]
    assert len(found["contrasts"]) == len(found["estimates"]) // 2 > 4


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (('items = ["why"]', 'items = ["why", "q1"]'), "repeated"),
        (("satisfied = [4, 5]", "satisfied = [4, 6]"), "not-on-scale"),
        (('items = ["q1", "q2"]', 'items = ["q1"]'), "method-fault"),
        (('"method.toml"', '"methods.toml"'), "no-file"),
        (('codes = ["fast", "near"]', 'codes = ["fast", 2.5]'), "wrong-type"),
    ],
)
def test_faults_of_scales_and_methods_name_the_line(tmp_path, change, code):
    write(tmp_path)
    head = HEAD.replace("rows.csv", "rows.parquet")
    body = (SCALES + INDEX).replace(*change)
    fault = faults(tmp_path, body, head=head, rows=None)[0]
    assert fault.code == code
    assert fault.line > 7


def test_an_answer_that_is_not_on_the_scale_is_refused(tmp_path):
    write(tmp_path)
    rows().with_columns(q1=7.0).write_parquet(tmp_path / "rows.parquet")
    head = HEAD.replace("rows.csv", "rows.parquet")
    fault = only(faults(tmp_path, SCALES + INDEX, head=head, rows=None))
    assert (fault.code, fault.place) == ("answers-off-scale", "scales[1].items[1]")
    assert fault_sentence(fault, "vi").endswith(
        "cột «q1» có 60 câu trả lời không thuộc thang đo: 7 (60); đầu tiên ở hàng dữ liệu 1 của "
        "«rows.parquet». Thang đo gồm 1, 2, 3, 4, 5; not_rated: 9. Hãy thêm các mã đó vào "
        "«not_rated» (không đánh giá), hoặc để trống bằng «no_answer» trong [data]."
    )


SMALL = METHOD.split("[nodes.results]", maxsplit=1)[0].replace('["q1", "q2"]', '["q1"]')
SMALL = SMALL.replace('components = ["access", "results"]', 'components = ["access"]')
SMALL = SMALL.replace('index = "overall"', 'index = "access"')
ONE_SCALE = SCALES.split('[[scales]]\nitems = ["why"]', maxsplit=1)[0].replace(
    '["q1", "q2"]', '["q1"]'
)
ONE_INDEX = INDEX.split("[[contrast]]", maxsplit=1)[0]


@pytest.mark.parametrize(
    ("cells", "code", "said"),
    [
        (
            ("K", "99", "5"),
            "answers-off-scale",
            "not on its scale, 2 in all: 99 (1), K (1);",
        ),
        (("05", "04", "1"), "scale-of-numbers", 'types = { q1 = "number" }'),
        (("4.5", "4", "1"), "answers-off-scale", "4.5 (1)"),
    ],
)
def test_strange_answers_are_listed_with_how_often_they_occur(tmp_path, cells, code, said):
    (tmp_path / "method.toml").write_text(SMALL)
    rows = "region,commune,w,q1\n" + "".join(
        f"north,c{number},1,{cell}\n" for number, cell in enumerate(cells)
    )
    fault = only(faults(tmp_path, ONE_SCALE + ONE_INDEX, rows=rows))
    assert fault.code == code
    assert said in fault_sentence(fault, "en")


def test_answers_in_words_may_hold_spaces(tmp_path):
    (tmp_path / "method.toml").write_text(SMALL)
    scale = (
        '[[scales]]\nitems = ["q1"]\ncodes = ["Không hài lòng", "Bình thường", "Rất hài lòng"]\n'
        'satisfied = ["Rất hài lòng"]\nneutral = ["Bình thường"]\n'
        'dissatisfied = ["Không hài lòng"]\n'
    )
    words = ["Rất hài lòng", "Bình thường", "Rất hài lòng", "Không hài lòng"]
    rows = "region,commune,w,q1\n" + "".join(
        f"north,c{number},1,{cell}\n" for number, cell in enumerate(words)
    )
    found = result(tmp_path, scale + ONE_INDEX, rows=rows)["estimates"]
    assert [row["value"] for row in found] == pytest.approx([0.5, 0.25, 0.25])
