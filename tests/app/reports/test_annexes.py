"""The method annex says how the sample was drawn and weighted, or that nobody knows."""

from dataclasses import replace
from datetime import UTC, datetime

from app.queries.weights import SetShown
from app.reports import annexes
from app.services.reports.blocks import Annex, Paragraph, Table


def spread(smallest, largest, kish):
    return {
        "n": 160, "smallest": smallest, "largest": largest, "design_effect": kish,
        "effective_n": 160 / kish,
    }  # fmt: skip


MADE = SetShown(
    id=1, number=2, recipe={}, content_hash="sha256:ab", snapshot_hash="sha256:cd", case_hash=None,
    summary={
        "total": 3200.0, "final": spread(8.0, 40.0, 1.25), "largest_by_mean": 2.0,
        "smallest_by_mean": 0.4, "rates": {"cases": 0.5, "weighted": 0.512},
    },
    steps=[
        {
            "number": 1, "step": "trim", "before": spread(8.0, 60.0, 1.4),
            "after": spread(8.0, 40.0, 1.25), "notes": [{"code": "trimmed", "detail": "3"}],
        }
    ],
    code_version="1", made_by="x", made_at=datetime(2026, 7, 1, tzinfo=UTC), publications=(1,),
)  # fmt: skip


def texts(blocks):
    return " ".join(block.text for block in blocks if isinstance(block, Paragraph))


def test_weights_are_told_step_by_step(rounds, read, context):
    rounds()
    blocks = annexes.method(replace(read(), weight_set=MADE), "vi")
    said = texts(blocks)
    assert "Bộ trọng số số 2: 160 phiếu trả lời đại diện cho 3.200 hồ sơ hoặc người." in said
    assert "khoảng 128 phiếu chọn đều (hệ số Kish 1,25)" in said
    assert "50,0% trả lời (51,2% tính theo trọng số)" in said
    assert "Bước 1: 3 trọng số bị cắt bớt." in said
    (steps,) = [b for b in blocks if isinstance(b, Table) and b.caption == "Các bước tính trọng số"]
    assert steps.rows == (("1", "Cắt bớt trọng số quá lớn", "8,00", "40,00", "1,40", "1,25"),)


def test_what_is_not_known_is_said(rounds, read, context):
    rounds()
    blocks = annexes.method(read(), "vi")
    said = texts(blocks)
    assert "không có biên bản chọn mẫu" in said
    assert "không tính được tỷ lệ trả lời" in said
    assert "theo trọng số gốc" in said
    assert "chưa điều chỉnh theo không trả lời" in said
    assert "Toàn bộ số liệu là mô phỏng" in said


def test_the_list_has_every_unit_and_hides_what_is_hidden(rounds, read, context):
    rounds()
    annex, table = annexes.units(read(), "vi")
    assert isinstance(annex, Annex)
    assert [row[1] for row in table.rows] == ["06652", "06700", "06709", "06967", "07000"]
    hidden = next(row for row in table.rows if row[1] == "06967")
    assert hidden[3:] == ("ẩn", "–", "–", "không công bố")
