"""Paper forms entered twice, compared and settled; telephone interviews entered once."""

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from app.models import AuditEntry, FreeText, PaperEntry, PaperForm, Response
from tests.app import builders
from tests.app.signing_in import post

BASE = "/office/rounds/quay/paper"
RATED = (
    "access_1", "access_2", "procedures_1", "procedures_2", "officials_1", "officials_2",
    "results_1", "results_2", "feedback_1", "overall",
)  # fmt: skip


@pytest.fixture
def desk(database, office):
    with database.write() as db:
        commune = db.query(builders.Unit).filter_by(kind="commune").one()
        province = db.query(builders.Unit).filter_by(kind="province").one()
        builders.counter(db, builders.centre(db, commune, "hga"), "05")
        campaign = builders.campaign(db, province)
        builders.open_round(
            db, campaign, "counter_2026", code="quay", modes=["web", "paper", "phone"]
        )
        builders.sampled_round(db, campaign, code="mau", modes=["paper"])
    return office


def answers(**values):
    return dict.fromkeys(RATED, "4") | {"late": "no"} | values


def make(client, mode="paper", n_forms="3"):
    sent = {"mode": mode, "counter": "hga-05", "n_forms": n_forms}
    return post(client, BASE, sent)


def enter(client, form=1, batch=1, **values):
    path = f"{BASE}/{batch}/{form}"
    return post(client, path, answers(**values))


def responses(database):
    with database.read() as db:
        return list(db.scalars(select(Response)))


def states(database):
    with database.read() as db:
        return list(db.scalars(select(PaperForm.state).order_by(PaperForm.number)))


def test_two_people_who_read_the_same_make_one_answer(desk, fieldwork, database):
    assert make(desk).headers["Location"] == f"{BASE}/1"
    first = enter(desk)
    assert first.headers["Location"] == f"{BASE}/1/2"
    assert responses(database) == []
    assert enter(fieldwork).status_code == 303
    (row,) = responses(database)
    assert row.mode == "paper"
    assert row.source == "open"
    assert row.answers["overall"] == 4
    assert row.domains["counter"] == "hga-05"
    assert states(database) == ["stored", "blank", "blank"]
    assert "Đã ghi nhận" in desk.get(f"{BASE}/1").text


def test_nobody_enters_a_form_twice(desk, database):
    make(desk)
    enter(desk)
    assert "người khác nhập" in desk.get(f"{BASE}/1/1").text
    answer = enter(desk, overall="1")
    assert answer.status_code == 409
    assert states(database)[0] == "once"
    assert responses(database) == []


def test_differences_are_listed_settled_and_kept(desk, fieldwork, database):
    make(desk)
    enter(desk, access_1="2", comment="Xếp hàng lâu")
    answer = enter(fieldwork, access_1="5", overall="3", comment="Xếp hàng lâu quá")
    assert answer.headers["Location"] == f"{BASE}/1/1"
    page = BeautifulSoup(desk.get(f"{BASE}/1/1").text, "html.parser")
    listed = [row.th.get_text() for row in page.select("table tbody tr")]
    assert listed == [
        "Nơi ngồi chờ có đủ chỗ",
        "Nhìn chung, ông/bà hài lòng ở mức nào về lần phục vụ này?",
        "Ý kiến khác của ông/bà",
    ]
    assert responses(database) == []
    path, entry = f"{BASE}/1/1/settle", f"{BASE}/1/1"
    assert post(desk, path, {"access_1": "2"}, entry).status_code == 422
    settled = {"access_1": "2", "overall": "3", "comment": "Xếp hàng lâu"}
    assert post(desk, path, settled, entry).status_code == 303
    (row,) = responses(database)
    assert row.answers["access_1"] == 2
    assert row.answers["overall"] == 3
    assert row.answers["access_2"] == 4
    shown = desk.get(entry).text
    assert "Không hài lòng" in shown
    assert "Rất hài lòng" in shown
    assert "Lời tự viết không giữ ở đây" in shown
    assert "Xếp hàng lâu" not in shown
    assert post(desk, path, settled, f"{BASE}/1/2").status_code == 303
    assert len(responses(database)) == 1


def test_words_of_the_respondent_are_not_kept_beside_the_rest(desk, fieldwork, database):
    make(desk)
    for client in (desk, fieldwork):
        enter(client, comment="Cán bộ rất tốt")
    with database.read() as db:
        kept = db.scalars(select(PaperEntry.entered)).all()
        assert len(kept) == 2
        assert all("comment" not in each for each in kept)
        # They wait sealed, or stand among the free texts: not in the response.
        assert "comment" not in db.scalars(select(Response.answers)).one()
        assert db.scalar(select(func.count()).select_from(FreeText)) in {0, 1}


def test_the_rule_is_that_of_every_other_way(desk, database):
    make(desk)
    answer = post(desk, f"{BASE}/1/1", answers(overall="7", late=""))
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert {link["href"] for link in page.select("#errors a")} == {"#q-overall", "#q-late"}
    # What was entered is still there.
    assert page.select_one("input[name=access_1][value='4']").has_attr("checked")
    assert states(database)[0] == "blank"


def test_answers_off_the_path_make_no_difference(desk, fieldwork, database):
    make(desk)
    enter(desk, told="yes")
    enter(fieldwork)
    assert states(database)[0] == "stored"


def test_a_telephone_interview_is_stored_at_once(desk, database):
    make(desk, "phone")
    assert enter(desk).headers["Location"] == f"{BASE}/1/2"
    (row,) = responses(database)
    assert row.mode == "phone"


def test_what_is_stored_is_not_entered_again(desk, fieldwork, supervisor, database):
    make(desk, "phone")
    enter(desk)
    assert post(fieldwork, f"{BASE}/1/1", answers(), f"{BASE}/1/2").status_code == 409
    assert len(responses(database)) == 1


def test_a_form_that_cannot_be_read_is_set_aside_with_its_reason(desk, database):
    make(desk)
    path = f"{BASE}/1/1/void"
    assert post(desk, path, {"form-reason": " "}, f"{BASE}/1/1").status_code == 303
    assert states(database)[0] == "blank"
    post(desk, path, {"form-reason": "Bị ướt"}, f"{BASE}/1/1")
    assert states(database)[0] == "void"
    with database.read() as db:
        entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "paper.void")).one()
        assert entry.details["reason"] == "Bị ướt"
    assert enter(desk, 1).status_code in {400, 409} or states(database)[0] == "void"


@pytest.mark.parametrize(
    ("mode", "n_forms"), [("paper", "0"), ("paper", "2001"), ("paper", "x"), ("tablet", "3")]
)
def test_a_pile_that_cannot_be_is_refused(desk, mode, n_forms):
    assert make(desk, mode, n_forms).status_code == 422


def test_sampled_rounds_are_led_to_the_import_of_files(desk):
    assert "nhập tệp" in desk.get("/office/rounds/mau/paper").text
    sent = {"mode": "paper", "counter": "hga-05", "n_forms": "3"}
    answer = post(desk, "/office/rounds/mau/paper", sent, BASE)
    assert answer.status_code == 422


def test_a_closed_round_takes_no_entry(desk, database):
    make(desk)
    with database.write() as db:
        db.query(builders.Round).filter_by(code="quay").one().state = "closed"
    answer = enter(desk)
    assert answer.status_code == 409
    assert responses(database) == []


def test_supervisors_look_and_do_not_enter(desk, supervisor, database):
    make(desk)
    shown = supervisor.get(f"{BASE}/1/1")
    assert shown.status_code == 200
    assert "paper-form" not in shown.text
    sent = answers() | {"csrf_token": ""}
    assert post(supervisor, f"{BASE}/1/1", sent, "/office/").status_code == 404
    assert states(database)[0] == "blank"


def test_piles_count_from_one_in_each_round_and_unknown_ones_are_not_found(desk):
    make(desk)
    assert make(desk).headers["Location"] == f"{BASE}/2"
    for path in (f"{BASE}/9", f"{BASE}/1/9", "/office/rounds/nope/paper"):
        assert desk.get(path).status_code == 404


def test_those_who_enter_find_their_rounds(desk, fieldwork):
    shown = fieldwork.get("/office/paper").text
    assert BASE in shown
    assert "/office/rounds/mau/paper" not in shown
    assert BASE in desk.get("/office/rounds/quay").text
