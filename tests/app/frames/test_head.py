"""Headings are found below titles, in one row or several, and columns guessed from them."""

import pytest

from app.services.frames.guess import guess, is_personal, mask
from app.services.frames.head import fullest, head_at, heads

CODES = [f"000.12.19.H49-260{month}05-00{month}" for month in range(1, 6)]


def numbered(*rows):
    return [(number, list(cells)) for number, cells in enumerate(rows, start=1) if any(cells)]


def table(*above, headings=("STT", "Mã hồ sơ", "Ngày trả kết quả", "Nơi tiếp nhận"), extra=()):
    data = [
        (str(place), code, f"0{place}/03/2026", "UBND xã Tiên Yên", *extra)
        for place, code in enumerate(CODES, start=1)
    ]
    return numbered(*above, headings, *data)


def columns_of(rows, kind="dossier"):
    head = heads(rows, kind)[0]
    found = guess(rows, head, kind)
    return head, {name: head.headings[at] for name, at in found.columns.items()}, found


def test_headings_are_found_below_titles():
    rows = table(
        ("UBND TỈNH QUẢNG NINH", None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        ("DANH SÁCH HỒ SƠ ĐÃ TRẢ KẾT QUẢ 9 THÁNG ĐẦU NĂM 2026",) * 4,
        (None,),
    )
    head, columns, found = columns_of(rows)
    assert (head.first, head.last, head.data_from) == (4, 4, 5)
    assert columns == {
        "key": "Mã hồ sơ", "returned_on": "Ngày trả kết quả", "centre": "Nơi tiếp nhận",
    }  # fmt: skip
    assert found.missing == ()


def test_a_row_that_numbers_the_columns_is_no_data():
    rows = table(headings=("STT", "Mã hồ sơ", "Ngày trả kết quả", "Nơi tiếp nhận"))
    rows = numbered(rows[0][1], ("(1)", "(2)", "(3)", "(4)=(2)+(3)"), *(c for _, c in rows[1:]))
    assert columns_of(rows)[0].data_from == 3
    lettered = numbered(rows[0][1], ("A", "B", "1", "2"), *(c for _, c in rows[2:]))
    assert columns_of(lettered)[0].data_from == 3


def test_headings_in_two_rows_are_read_together():
    """As a workbook gives them: merged cells repeat what they show."""
    rows = numbered(
        ("STT", "Mã hồ sơ", "Thời gian", "Thời gian", "Thời gian"),
        ("STT", "Mã hồ sơ", "Nhận", "Hẹn", "Trả kết quả"),
        *(("1", code, "01/02/2026", "10/02/2026", "09/02/2026") for code in CODES),
    )
    head = head_at(rows, 2, 2, "dossier")
    assert head.headings == (
        "STT", "Mã hồ sơ", "Thời gian Nhận", "Thời gian Hẹn", "Thời gian Trả kết quả",
    )  # fmt: skip
    assert columns_of(rows)[0].last == 2


def test_a_group_is_spread_over_its_columns_where_the_merging_was_lost():
    rows = numbered(
        ("STT", "Mã hồ sơ", "Ngày", None, None, "Nơi tiếp nhận"),
        (None, None, "Tiếp nhận", "Hẹn trả", "Trả", None),
        *(("1", code, "01/02/2026", "10/02/2026", "09/02/2026", "xã A") for code in CODES),
    )
    head, columns, _ = columns_of(rows)
    assert head.headings[2:] == ("Ngày Tiếp nhận", "Ngày Hẹn trả", "Ngày Trả", "Nơi tiếp nhận")
    assert columns["returned_on"] == "Ngày Trả"


def test_the_appointed_day_is_not_taken_for_the_day_of_the_result():
    headings = ("Mã hồ sơ", "Ngày hẹn trả kết quả", "Ngày trả kết quả thực tế")
    rows = numbered(headings, *((code, "10/02/2026", "09/02/2026") for code in CODES))
    _, columns, found = columns_of(rows)
    assert columns["due_on"] == headings[1]
    assert columns["returned_on"] == headings[2]
    assert found.contested == {}


def test_what_stands_in_a_column_tells_when_nothing_known_stands_above_it():
    rows = numbered(
        ("Ký hiệu riêng", "Ngày trả", "Cột 3", "Cột 4", "Cột 5"),
        *(
            (code, "09/02/2026", f"09123456{n:02d}", f"0222012345{n:02d}", "Trực tuyến")
            for n, code in enumerate(CODES)
        ),
    )
    _, columns, _ = columns_of(rows)
    assert columns == {
        "key": "Ký hiệu riêng", "returned_on": "Ngày trả", "phone": "Cột 3", "identity": "Cột 4",
        "channel": "Cột 5",
    }  # fmt: skip


def test_a_heading_whose_column_holds_something_else_loses_to_one_that_fits():
    rows = numbered(
        ("Trả kết quả", "Mã hồ sơ", "Ngày trả thực tế"),
        *(("Tại quầy", code, "09/02/2026") for code in CODES),
    )
    assert columns_of(rows)[1]["returned_on"] == "Ngày trả thực tế"


def test_two_columns_that_could_hold_the_same_are_shown():
    rows = numbered(
        ("Mã hồ sơ", "Ngày trả", "Ngày trả"),
        *((code, "09/02/2026", "10/02/2026") for code in CODES),
    )
    assert columns_of(rows)[2].contested == {"returned_on": (1, 2)}


def test_what_is_missing_is_named():
    rows = numbered(("Lĩnh vực", "Nơi tiếp nhận"), ("Đất đai", "xã A"))
    assert columns_of(rows)[2].missing == (("key",), ("returned_on",))
    rows = numbered(("Xã", "Thôn"), ("xã A", "thôn 1"))
    assert columns_of(rows, "area")[2].missing == (("households", "people"),)


def test_lists_of_villages_are_known():
    rows = numbered(
        ("BIỂU TỔNG HỢP SỐ HỘ, NHÂN KHẨU",) * 6,
        ("TT", "Tên xã, phường", "Tên thôn, khu phố", "Tổng số hộ", "Số nhân khẩu", "ĐBKK"),
        *(("1", "Xã Tiên Yên", f"Thôn {n}", "1.2", "50", "x") for n in range(5)),
        *(("1", "Xã Tiên Yên", f"Thôn {n}", "120", "500", None) for n in range(9)),
    )
    head, columns, found = columns_of(rows, "area")
    assert head.first == 2
    assert set(columns) == {"commune", "village", "households", "people", "difficult"}
    assert found.missing == ()


def test_the_same_headings_have_the_same_signature_in_any_order_and_spelling():
    one = heads(table(), "dossier")[0]
    other = heads(
        numbered(("Nơi tiếp nhận", "NGÀY TRẢ KẾT QUẢ", "Mã  hồ sơ:", "STT"), ("a", "b")), "dossier"
    )[0]
    assert one.signature("dossier") == other.signature("dossier")
    assert one.signature("dossier") != one.signature("area")


def test_the_order_counts_where_a_heading_stands_twice():
    first = heads(numbered(("Mã hồ sơ", "Ngày", "Trả", "Ngày")), "dossier")[0]
    second = heads(numbered(("Mã hồ sơ", "Trả", "Ngày", "Ngày")), "dossier")[0]
    assert first.signature("dossier") != second.signature("dossier")


def test_a_person_may_say_where_the_headings_stand():
    rows = table(("Một", "hai"))
    assert head_at(rows, 2, 1, "dossier").headings[1] == "Mã hồ sơ"
    assert head_at(rows, 2, 2, "dossier").first == 1
    assert head_at(rows, 99, 1, "dossier") is None


def test_without_known_headings_the_fullest_row_is_shown():
    rows = numbered(("Tiêu đề",), ("alpha", "beta", "gamma"), ("1", "2", "3"))
    assert fullest(rows, "dossier").first == 2
    assert fullest([], "dossier") is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("0912345678", "09••••••78"), ("Nguyễn Văn An", "Nguyễn …"), ("An", "An…"),
        ("an@example.vn", "a…@…"), ("022201234567", "02••••••••67"),
    ],
)  # fmt: skip
def test_entries_about_persons_are_hidden_for_the_most_part(text, shown):
    assert mask(text) == shown


def test_columns_of_telephone_numbers_are_known_to_be_personal():
    assert is_personal(["0912345678", "0987654321", "0333444555"])
    assert not is_personal(CODES)
