"""What people wrote, as the office reads it."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from app.models import AuditEntry, FreeText
from app.queries import texts
from app.queries.texts import FEWEST, MOST_AT_ONCE
from tests.app import builders
from tests.pages import plain

PAGE = "/office/rounds/quay/texts"


@pytest.fixture
def round_id(database, office):
    with database.write() as db:
        province = db.query(builders.Unit).filter_by(kind="province").one()
        campaign = builders.campaign(db, province)
        return builders.open_round(db, campaign, "counter_2026", code="quay").id


@pytest.fixture
def write(database, round_id):
    def write(n, text="Chờ lâu, ý {}", item="comment", **values):
        with database.write() as db:
            for number in range(n):
                db.add(
                    FreeText(
                        round_id=round_id, item=item, text=text.format(number), language="vi",
                        month=date(2026, 5, 1), **values,
                    )
                )  # fmt: skip

    return write


def said(office):
    page = BeautifulSoup(plain(office.get(PAGE)).decode(), "html.parser")
    return [item.get_text(" ", strip=True) for item in page.main.select("section li")]


def acts(database):
    with database.read() as db:
        found = db.execute(select(AuditEntry.action, AuditEntry.actor, AuditEntry.details))
        return [(actor, details) for action, actor, details in found if action == "texts.read"]


def test_fewer_than_twenty_are_a_number_and_twenty_are_read(office, write, database):
    write(FEWEST - 1)
    assert said(office) == []
    assert "19 ý kiến" in office.get(PAGE).text
    assert acts(database) == []
    write(1, "ý cuối")
    assert len(said(office)) == FEWEST
    assert acts(database) == [("lan@quangninh.gov.vn", {"n": FEWEST})]


def test_questions_keep_one_another_no_company(office, write):
    write(FEWEST - 1)
    write(FEWEST - 1, item="late")
    with_two = office.get(PAGE)
    assert with_two.text.count("19 ý kiến") == 2
    assert said(office) == []


def test_texts_come_in_another_order_each_time_without_a_day_or_place(office, write, database):
    write(MOST_AT_ONCE + 50)
    first, second = said(office), said(office)
    assert len(first) == len(second) == MOST_AT_ONCE
    # Of 150 texts 100 are drawn: the same hundred in the same order will not come twice.
    assert first != second
    assert first != sorted(first, key=lambda text: int(text.split()[-1]))
    assert "5/2026" not in office.get(PAGE).text
    with database.read() as db:
        (found,) = texts.of_round(db, "quay")
    assert (found.n, len(found.texts)) == (MOST_AT_ONCE + 50, MOST_AT_ONCE)


def test_what_was_not_masked_before_is_masked_here(office, write):
    write(FEWEST, "Gọi 0912345678 gặp chị Nguyễn Thị Lan")
    shown = said(office)
    assert not any("0912345678" in text for text in shown)
    assert all("có thể nêu tên người" in text for text in shown)


def test_markup_is_text(office, write):
    write(FEWEST, "<script>alert(1)</script>")
    assert "<script>alert" not in office.get(PAGE).text
    assert said(office)[0] == "<script>alert(1)</script>"


@pytest.mark.parametrize("role", ["unit_viewer", "supervisor", "fieldwork"])
def test_only_the_office_reads(client_as, write, role):
    write(FEWEST)
    assert client_as(role).get(PAGE).status_code == 404


def test_an_unknown_round_is_not_found(office, round_id):
    assert office.get("/office/rounds/nope/texts").status_code == 404
