"""Every row of a list gets one outcome, for a reason that is listed."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.queries.frames import Names
from app.services.frames import dossiers, problems, rules, villages
from app.services.frames.rules import FileRules, Memory, Registers
from tests.app.frames.places import EARLY, LATE, register

HONG_GAI, TIEN_YEN = "06685", "06862"
DOSSIER = {
    "key": "H49.12-260305-0001", "returned_on": "05/03/2026", "centre": "UBND phường Hồng Gai",
    "received_on": "01/03/2026", "due_on": "10/03/2026", "channel": "Trực tuyến",
    "applicant": "Cá nhân", "procedure": "Đăng ký khai sinh", "field": "Hộ tịch",
    "agency": "UBND phường Hồng Gai", "home_commune": "Xã Tiên Yên",
}  # fmt: skip
VILLAGE = {"commune": "Xã Tiên Yên", "village": "Thôn 1", "households": "120", "people": "430"}
NAMES = Names((("ho-tich", "Hộ tịch"),), (("1.000123", "Đăng ký khai sinh"),))
NINE_MONTHS = FileRules(date(2026, 1, 1), date(2026, 9, 30), {})


def raw_of(given):
    columns = list(dict.fromkeys(name for row in given for name in row))
    frame = pl.DataFrame(
        {name: pl.Series([row.get(name) for row in given], dtype=pl.String) for name in columns}
    )
    return frame.with_columns(
        pl.Series("row", range(2, len(given) + 2), dtype=pl.Int32),
        pl.lit(None, dtype=pl.Int64).alias("prn"),
    )


def check(*given, rule=dossiers, file=NINE_MONTHS, on=LATE, decisions=None):
    registers = Registers.of(register(on), NAMES, decisions or {})
    return rule.check(raw_of(given), file, registers, Memory())


def outcome(**changed):
    """Outcome of a good dossier with some cells changed, and everything listed about it."""
    row = {name: value for name, value in (DOSSIER | changed).items() if value is not None}
    checked = check(row)
    return checked.rows["outcome"][0], checked.problems["code"].to_list()


def village_outcome(**changed):
    row = {name: value for name, value in (VILLAGE | changed).items() if value is not None}
    checked = check(row, rule=villages)
    return checked.rows["outcome"][0], checked.problems["code"].to_list()


def test_a_good_dossier_goes_in_with_codes_and_days():
    checked = check(DOSSIER)
    assert checked.problems.is_empty()
    assert checked.rows.drop("row", "prn").row(0, named=True) == {
        "outcome": "", "key": "H49.12-260305-0001", "procedure": "1.000123", "field": "ho-tich",
        "centre": f"hcc-{HONG_GAI}", "commune": HONG_GAI, "agency": HONG_GAI,
        "received_on": "2026-03-01", "due_on": "2026-03-10", "returned_on": "2026-03-05",
        "channel": "online", "applicant": "person", "home_commune": TIEN_YEN,
    }  # fmt: skip


def test_only_a_code_a_day_and_a_place_are_needed():
    row = {"key": "A1", "returned_on": "5/3/2026", "commune": "06685"}
    assert check(row).rows["outcome"][0] == ""


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"key": None}, "key.missing"),
        ({"key": "A\ufffdB"}, "key.bad-character"),
        ({"key": "=HYPERLINK(1)"}, "key.formula"),
        ({"key": " @SUM(A1)"}, "key.formula"),
        ({"key": "A" * 101}, "key.too-long"),
        ({"key": "2.40912E+15"}, "key.digits-lost"),
        ({"key": "1234567890123456.0"}, "key.digits-lost"),
        ({"returned_on": None}, "returned.missing"),
        ({"returned_on": "#N/A"}, "returned.unreadable"),
        ({"returned_on": "31/02/2026"}, "returned.unreadable"),
        ({"centre": None}, "place.missing"),
        ({"returned_on": "31/12/2025"}, "period.outside"),
        ({"returned_on": "01/10/2026"}, "period.outside"),
        ({"centre": "UBND xã Không Có Tên"}, "place.unknown"),
        ({"centre": "Xã Yên Than"}, "place.divided"),
        ({"centre": "Xã Hồng Gai"}, "place.mistyped"),
        ({"agency": "UBND xã Không Có Tên"}, "agency.unknown"),
    ],
)
def test_a_row_is_kept_out_for_a_reason(changed, code):
    assert outcome(**changed) == (code, [code])


@pytest.mark.parametrize("day", ["01/01/2026", "30/09/2026"])
def test_the_first_and_the_last_day_of_the_period_are_in_it(day):
    assert outcome(returned_on=day, received_on=None, due_on=None) == ("", [])


@pytest.mark.parametrize(
    ("changed", "code", "column"),
    [
        ({"received_on": "hôm qua"}, "received.unreadable", "received_on"),
        ({"due_on": "sớm"}, "due.unreadable", "due_on"),
        ({"channel": "khác"}, "channel.unknown", "channel"),
        ({"applicant": "?!"}, "applicant.unknown", "applicant"),
    ],
)
def test_what_is_not_needed_and_not_understood_is_left_empty(changed, code, column):
    checked = check(DOSSIER | changed)
    assert checked.rows["outcome"][0] == ""
    assert checked.rows[column][0] == ""
    assert checked.problems.row(0)[1:4] == (column, next(iter(changed.values())), code)


def test_a_result_before_its_application_is_remarked():
    assert outcome(received_on="06/03/2026") == ("", ["date.order"])


def test_every_reason_to_reject_a_row_is_listed_and_the_first_counts():
    assert outcome(key=None, returned_on="x", centre=None) == (
        "key.missing",
        ["key.missing", "returned.unreadable", "place.missing"],
    )


def test_rows_out_of_period_do_not_ask_for_decisions():
    assert outcome(returned_on="05/03/2025", centre="xã Không Có Tên")[0] == "period.outside"


@pytest.mark.parametrize(
    "row",
    [
        {"procedure": "II. Lĩnh vực đất đai"},
        {"key": "Tổng cộng", "procedure": "1.234"},
        {"key": "Người lập biểu", "channel": "Thủ trưởng đơn vị"},
        {"returned_on": "Hạ Long, ngày … tháng … năm 2026"},
        {"agency": "(Ký, ghi rõ họ tên)"},
    ],
)
def test_totals_sections_and_signatures_are_no_dossiers(row):
    checked = check(DOSSIER, row)
    assert checked.rows["outcome"].to_list() == ["", "row.not-a-record"]


def test_headings_that_are_repeated_in_the_middle_are_known():
    headers = {"key": "Mã hồ sơ", "returned_on": "Thời gian Trả kết quả"}
    file = FileRules(date(2026, 1, 1), date(2026, 9, 30), headers)
    again = {"key": "MÃ HỒ SƠ", "returned_on": "Trả kết quả"}
    assert check(DOSSIER, again, file=file).rows["outcome"][1] == "row.heading-again"


def test_keys_are_written_in_one_way():
    given = [" h49.12-0001 ", "'000123", "H49. 12 - 7", "123456.0"]
    checked = check(*(DOSSIER | {"key": key} for key in given))
    assert checked.rows["key"].to_list() == ["H49.12-0001", "000123", "H49.12-7", "123456"]


def test_lost_zeros_are_put_back_where_the_length_of_codes_is_known():
    file = FileRules(date(2026, 1, 1), date(2026, 9, 30), {}, key_digits=12)
    given = ("012345678901", "12345678902", "H49-1")
    checked = check(*(DOSSIER | {"key": key} for key in given), file=file)
    assert checked.rows["key"].to_list() == ["012345678901", "012345678902", "H49-1"]
    assert checked.problems.rows() == [
        (3, "key", "12345678902", "key.zeros-restored", "012345678902")
    ]


@pytest.mark.parametrize(
    ("given", "digits"),
    [
        (["012345", "023456", "34567", "012999"], 6),
        (["123456", "234567", "34567"], None),
        (["012345", "3456", "567", "89"], None),
        (["H49-1", "H49-2"], None),
        ([], None),
        (["012345", "23456.0", "034567"], 6),
    ],
)
def test_the_length_of_codes_is_known_where_most_are_equally_long(given, digits):
    assert rules.known_digits(pl.Series(given, dtype=pl.String)) == digits


def test_month_first_is_noticed_by_the_whole_column():
    raw = raw_of([{"returned_on": "03/25/2026"}, {"returned_on": "03/05/2026 08:15"}])
    assert rules.orders(raw) == {"returned_on": (False, True)}
    file = FileRules(
        date(2026, 1, 1), date(2026, 9, 30), {}, month_first=frozenset({"returned_on"})
    )
    checked = check(DOSSIER | {"returned_on": "03/05/2026"}, file=file)
    assert checked.rows["returned_on"][0] == "2026-03-05"
    assert checked.problems["code"].to_list() == ["date.month-first"]


def test_an_earlier_name_is_followed_and_told():
    checked = check(DOSSIER | {"centre": "Phường Bạch Đằng, TP Hạ Long", "agency": "Sở Tư pháp"})
    assert checked.rows["commune"][0] == HONG_GAI
    assert checked.rows["agency"][0] == "so-tu-phap"
    told = {row["written"]: (row["status"], row["meaning"]) for row in checked.names.to_dicts()}
    assert told == {
        "Phường Bạch Đằng, TP Hạ Long": ("moved", HONG_GAI),
        "Sở Tư pháp": ("made", "so-tu-phap"),
    }


def test_a_decision_settles_a_name_however_it_is_written():
    decisions = {("place", rules.name_key("Xã Yên Than")): f"commune:{TIEN_YEN}"}
    given = [DOSSIER | {"centre": name} for name in ("Xã Yên Than", "XA YEN THAN")]
    checked = check(*given, decisions=decisions)
    assert checked.rows["commune"].to_list() == [TIEN_YEN] * 2
    assert checked.rows["outcome"].to_list() == ["", ""]
    left_out = check(*given, decisions={("place", rules.name_key("Xã Yên Than")): None})
    assert left_out.rows["outcome"].to_list() == ["place.left-out"] * 2


def test_a_decision_about_what_is_gone_does_not_count():
    decisions = {("place", rules.name_key("Xã Yên Than")): "commune:00000"}
    assert check(DOSSIER | {"centre": "Xã Yên Than"}, decisions=decisions).rows["outcome"][0] == (
        "place.divided"
    )


def test_names_of_before_a_reform_are_decided_apart():
    """In a period across the reform, a row of before it means the unit of then."""
    year = FileRules(date(2025, 1, 1), date(2026, 9, 30), {})
    rows = [
        DOSSIER | {"centre": "Xã Hải Hòa", "returned_on": day}
        for day in ("30/06/2025", "01/07/2025")
    ]
    checked = check(*rows, file=year)
    assert checked.rows["outcome"].to_list() == ["place.divided", ""]
    assert {"place", "place<2025-07-01"} <= set(checked.names["subject"])
    decided = {("place<2025-07-01", "xa hai hoa"): f"commune:{TIEN_YEN}"}
    assert check(*rows, file=year, decisions=decided).rows["commune"][0] == TIEN_YEN


def test_an_open_centre_is_settled_by_the_commune_beside_it():
    checked = check(DOSSIER | {"centre": "Quầy 5", "commune": "Phường Hồng Gai"})
    assert checked.rows.select("outcome", "commune", "centre").row(0) == (
        "", HONG_GAI, f"hcc-{HONG_GAI}",
    )  # fmt: skip


def test_a_contradiction_between_centre_and_commune_is_remarked():
    checked = check(DOSSIER | {"commune": "Xã Tiên Yên"})
    assert checked.rows["commune"][0] == HONG_GAI
    assert checked.problems["code"].to_list() == ["place.contradicts"]


def test_people_from_elsewhere_are_counted_and_their_home_left_empty():
    checked = check(DOSSIER | {"home_commune": "Phường Ba Đình, Hà Nội"}, DOSSIER)
    assert checked.rows["home_commune"].to_list() == ["", TIEN_YEN]
    assert checked.elsewhere == 1
    assert checked.problems.is_empty()


def test_a_good_village_goes_in():
    checked = check(VILLAGE | {"difficult": "x"}, rule=villages)
    assert checked.rows.drop("row", "prn").row(0, named=True) == {
        "outcome": "", "key": f"{TIEN_YEN}-THON-1", "district": "", "commune": TIEN_YEN,
        "village": "Thôn 1", "households": "120", "people": "430", "difficult": "yes",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"households": "0"}, "size.zero"),
        ({"people": "0"}, "size.zero"),
        ({"households": "một trăm"}, "size.unreadable"),
        ({"households": None, "people": None}, "size.missing"),
        ({"commune": None}, "place.missing"),
        ({"commune": "Xã Không Có Tên"}, "place.unknown"),
        ({"village": None}, "row.not-a-record"),
        ({"village": "Tổng cộng"}, "row.not-a-record"),
    ],
)
def test_a_village_is_kept_out_for_a_reason(changed, code):
    assert village_outcome(**changed)[0] == code


def test_a_village_without_code_is_rejected_where_there_is_a_column_of_codes():
    keyed = [VILLAGE | {"key": "0686201"}, VILLAGE]
    assert check(*keyed, rule=villages).rows["outcome"].to_list() == ["", "key.missing"]


def test_a_commune_named_once_stands_for_the_villages_below():
    rows = [
        {"commune": "Xã Tiên Yên", "households": "500"},
        {"village": "Thôn 1", "households": "200"},
        {"village": "Thôn 2", "households": "300"},
    ]
    checked = check(*rows, rule=villages)
    assert checked.rows["outcome"].to_list() == ["row.not-a-record", "", ""]
    assert checked.rows["commune"].to_list()[1:] == [TIEN_YEN] * 2
    assert checked.problems["code"].to_list().count("place.filled-down") == 2


def test_fewer_people_than_households_is_remarked():
    assert village_outcome(people="100") == ("", ["size.order"])


def test_districts_are_found_as_long_as_there_were_any():
    row = VILLAGE | {"commune": "Thị trấn Tiên Yên", "district": "Huyện Tiên Yên"}
    assert check(row, rule=villages, on=EARLY).rows["district"][0] == "199"
    assert check(row, rule=villages).rows["district"][0] == ""
    wrong = check(row | {"district": "Huyện Khác"}, rule=villages, on=EARLY)
    assert wrong.problems["code"].to_list() == ["district.unknown"]


CELLS = st.one_of(
    st.none(),
    st.sampled_from(
        [
            "05/03/2026", "46086", "Tổng cộng", "UBND phường Hồng Gai", "Xã Yên Than", "0", "120",
            "06685", "x", "Sở Tư pháp", "H49-1", "2.4E+15", "\ufffd", "3/25/2026", "1990-01-01",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.dictionaries(st.sampled_from(list(DOSSIER)), CELLS), min_size=1, max_size=6),
    st.sampled_from([dossiers, villages]),
)
def test_whatever_stands_in_a_list_every_row_has_one_outcome_that_is_listed(given_rows, rule):
    raw = raw_of([{"key": None, **row} for row in given_rows])
    checked = rule.check(
        raw, NINE_MONTHS, Registers.of(register(), NAMES, {}), Memory()
    )  # fmt: skip
    assert checked.rows["row"].to_list() == raw["row"].to_list()
    for row, outcome_ in checked.rows.select("row", "outcome").iter_rows():
        codes = checked.problems.filter(pl.col("row") == row)["code"].to_list()
        decided = [
            code for code in codes if problems.ACTIONS[code] in ("rejected", "excluded", "waiting")
        ]
        assert (outcome_ == "") == (not decided)
        if outcome_:
            assert outcome_ == decided[0] or problems.ACTIONS[outcome_] == "rejected"
            assert {problems.ACTIONS[code] for code in decided} == {problems.ACTIONS[outcome_]}
    accepted = checked.rows.filter(pl.col("outcome") == "")
    assert accepted["key"].null_count() == 0
