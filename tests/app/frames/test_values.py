"""Days, counts and words as people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.frames import values

DAY = date(2026, 3, 5)


@pytest.mark.parametrize(
    "text",
    [
        "5/3/2026", "05/03/2026", "05-03-2026", "5.3.2026", "05/03/26", "5 / 3 / 2026",
        "2026-03-05", "2026/3/5", "20260305", "46086", "46086.604",
        "05/03/2026 14:30", "14:30 05/03/2026", "2026-03-05 14:30:00", "2026-03-05T14:30:00",
        "05/03/2026 02:30:00 PM", "05/03/2026 2:30 CH", "14h30 05/03/2026",
        "ngày 5 tháng 3 năm 2026", "Ngày 05 tháng 03 năm 2026", "05/03/2026 -",
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_usual_form(text):
    assert values.read_day(text) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "", "31/02/2026", "32/01/2026", "13/13/2026", "hôm qua", "tháng 3/2026", "3/2026", "2026",
        "05/03/2026 chưa trả", "05/03/2026, 06/03/2026", "5/3/20266", "05/03/0026", "4608",
        "460860", "#N/A", "99999", "00/00/0000",
    ],
)  # fmt: skip
def test_what_is_no_day_is_not_guessed(text):
    assert values.read_day(text) is None


@given(st.dates(values.FIRST_DAY, values.LAST_DAY))
def test_every_day_comes_back_from_every_form(day):
    serial = (day - date(1899, 12, 30)).days
    forms = (f"{day:%d/%m/%Y}", day.isoformat(), f"{day.day}.{day.month}.{day.year}", str(serial))
    assert {values.read_day(form) for form in forms} == {day}
    assert values.read_day(f"{day:%m/%d/%Y}", month_first=True) == day


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading(text):
    assert values.read_day(text) is None or isinstance(values.read_day(text), date)
    assert values.read_count(text) is None or values.read_count(text) >= 0
    values.order_of(text)
    values.read_channel(text)
    values.read_applicant(text)
    values.read_yes(text)


def test_the_order_of_day_and_month_shows_where_one_is_above_twelve():
    assert values.order_of("25/3/2026") == 1
    assert values.order_of("3/25/2026") == -1
    assert values.order_of("3/5/2026") == values.order_of("2026-03-25") == 0


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("0", 0), ("123", 123), ("1.234", 1234), ("1,234", 1234), ("1 234", 1234),
        ("1\u00a0234", 1234), ("12.345.678", 12345678), ("123.0", 123), ("123,00", 123),
        ("215 hộ", 215), ("12,5", None), ("-3", None), ("~120", None), ("", None),
        ("1.23", None), ("một trăm", None), ("1e3", None), ("9999999999", None),
    ],
)  # fmt: skip
def test_counts_are_whole_numbers(text, count):
    assert values.read_count(text) == count


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Trực tiếp", "direct"), ("TRỰC TUYẾN", "online"),
        ("Nộp trực tuyến qua Cổng DVC", "online"),
        ("Bưu chính công ích", "post"), ("BCCI", "post"), ("Nộp trực tiếp tại Trung tâm", "direct"),
        ("khác", None), ("Trực tiếp, trực tuyến", None),
    ],
)  # fmt: skip
def test_channels_are_known_by_their_words(text, code):
    assert values.read_channel(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Cá nhân", "person"), ("Công dân Việt Nam", "person"), ("Tổ chức", "organisation"),
        ("Doanh nghiệp", "organisation"), ("DN", "organisation"), ("?", None),
    ],
)  # fmt: skip
def test_applicants_are_persons_or_organisations(text, code):
    assert values.read_applicant(text) == code


def test_a_mark_means_yes_and_nothing_means_no():
    assert [values.read_yes(text) for text in ("x", "Có", "ĐBKK", "", "Không", "?")] == [
        "yes", "yes", "yes", "no", "no", None,
    ]  # fmt: skip


def test_codes_are_made_of_names_alike_however_they_are_written():
    assert values.made_code("Sở Tư pháp") == values.made_code("SỞ TƯ PHÁP") == "so-tu-phap"
