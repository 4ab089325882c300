"""Codes found on walls: true ones, strangers', and those that only look true."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.posters import judging
from app.services.posters.judging import judge
from tests.app import builders

OURS = "https://khaosat.quangninh.gov.vn"


@pytest.fixture
def codes(database):
    """Counter hg-05, formerly hg-5; hg-06 beside it; closed hg-09. Row numbers of the first two."""
    with database.write() as db:
        town = builders.town(db)
        builders.alias(db, town.counter, "hg-5", "Quầy 5: Hộ tịch")
        second = builders.counter(db, town.centre, "06", code="hg-06")
        builders.counter(db, town.centre, "09", code="hg-09", closed_on=builders.FIRST_DAY)
        return town.counter.id, second.id


TRUE = {
    f"{OURS}/c/hg-05": "genuine",
    f"{OURS}/c/HG-05": "genuine",
    f"{OURS}/c/hg-05?lang=en": "genuine",
    f"{OURS.upper()}/c/hg-05": "genuine",
    f"{OURS}/c/hg-06": "genuine",
    f"{OURS}/c/hg-5": "earlier",
    f"{OURS}/c/hg-09": "closed",
    f"{OURS}/c/hg-07": "unknown",
    f"{OURS}/c/": "unknown",
    f"{OURS}/": "unknown",
    OURS: "unknown",
    f"{OURS}/ket-qua": "unknown",
    f"{OURS}/c/hg-05/phieu": "unknown",
    f"{OURS}/c/hg-05?lang=en&next=//evil.vn": "unknown",
    f"{OURS}/c/hg-05#x": "unknown",
    f"{OURS}/c/../r/x": "unknown",
    f"{OURS}/c/hg%2D05": "unknown",
    f"{OURS}//evil.vn/c/hg-05": "unknown",
    f"{OURS}/r/ABCDEFGHJKMNPQRSTVWXYZ2345": "one-time",
}
FOREIGN = {
    # Another domain, near or far.
    "https://khaosat-quangninh.gov.vn/c/hg-05": "look-alike",
    "https://khaosat.quangninh.gov.vn.evil.vn/c/hg-05": "look-alike",
    "https://khaosat.quangninh.gov.vn@evil.vn/c/hg-05": "look-alike",
    "https://khaosat.quangninh.gov.vn:443@evil.vn/c/hg-05": "look-alike",
    "https://evil.vn/khaosat.quangninh.gov.vn/c/hg-05": "look-alike",
    "https://khaosat.quangninh.g0v.vn/c/hg-05": "look-alike",
    "https://khaosat.quanqninh.gov.vn/c/hg-05": "look-alike",
    "https://khaosat.quangnlnh.gov.vn/c/hg-05": "look-alike",
    "https://khаosat.quangninh.gov.vn/c/hg-05": "look-alike",
    "https://xn--khosat-3of.quangninh.gov.vn/c/hg-05": "look-alike",
    "https://khaosat.quangninh.com/c/hg-05": "look-alike",
    "https://khaosat.quangninh.gov.vn.:8443/c/hg-05": "insecure",
    "http://khaosat.quangninh.gov.vn/c/hg-05": "insecure",
    "https://khaosat.quangninh.gov.vn:8443/c/hg-05": "insecure",
    "https://khaosat.quangninh.gov.vn\\@evil.vn/c/hg-05": "look-alike",
    "https://khaosat.quangninh.gov.vnx/c/hg-05": "look-alike",
    "https://khaosat.quangninh.gov.vn:443.evil.vn/c/hg-05": "look-alike",
    "https://khaosat.quangninh.gov.vn:99999/c/hg-05": "look-alike",
    "https://evil.vn:port/c/hg-05": "elsewhere",
    "https://docs.google.com/forms/d/e/1FAIpQL": "elsewhere",
    "https://bit.ly/3xyz": "elsewhere",
    "https://zalo.me/0912345678": "elsewhere",
    "https://[::1/c/hg-05": "elsewhere",
    # No address of a page at all.
    "khaosat.quangninh.gov.vn/c/hg-05": "no-address",
    "javascript:alert(1)": "no-address",
    "tel:19001234": "no-address",
    "WIFI:T:WPA;S:HCC;P:12345678;;": "no-address",
    "Quầy số 5": "no-address",
    "": "no-address",
}


def judged(database, text, **values):
    with database.read() as db:
        return judge(db, text, public_url=OURS, today=builders.LONG_AGO, **values)


@pytest.mark.parametrize("text", TRUE)
def test_addresses_of_ours_are_told_apart(database, codes, text):
    with database.read() as db:
        found = judge(db, text, public_url=OURS, today=builders.LAST_DAY)
    assert found.kind == TRUE[text]
    assert (found.place is not None) is (found.kind in {"genuine", "earlier", "closed"})


@pytest.mark.parametrize("text", FOREIGN)
def test_no_foreign_code_passes(database, codes, text):
    found = judged(database, text)
    assert found.kind == "foreign"
    assert found.place is None
    assert found.why == FOREIGN[text]


def test_the_true_code_of_another_counter_is_noticed(database, codes):
    here, beside = codes
    assert judged(database, f"{OURS}/c/hg-05", expected=here).kind == "genuine"
    assert judged(database, f"{OURS}/c/hg-5", expected=here).kind == "earlier"
    found = judged(database, f"{OURS}/c/hg-05", expected=beside)
    assert found.kind == "other"
    assert found.place.number == "05"


@pytest.mark.parametrize(
    "text", ["khaosat.quangninh.gov.vn/c/hg-05", " KHAOSAT.QUANGNINH.GOV.VN/c/HG-05 "]
)
def test_people_may_leave_out_the_beginning_of_an_address(database, codes, text):
    assert judged(database, text, typed=True).kind == "genuine"


@pytest.mark.parametrize("text", FOREIGN)
def test_no_foreign_address_passes_when_typed(database, codes, text):
    if text.startswith("khaosat"):
        return
    assert judged(database, text, typed=True).kind == "foreign"


def test_a_one_time_code_is_not_shown_again(database, codes):
    assert judged(database, f"{OURS}/r/ABCDEFGH").text == ""


@given(st.text(max_size=200))
def test_whatever_a_code_says_is_judged(text):
    judged = judging._why(OURS + text, OURS)
    assert judged in {"look-alike", "insecure", "elsewhere", "no-address"}
    assert judging._why(text, OURS) in {"look-alike", "insecure", "elsewhere", "no-address"}
    assert judging._why("https://" + text, OURS)
