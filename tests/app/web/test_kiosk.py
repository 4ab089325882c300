"""Tablets as the office sets them up, and what their answers are checked for."""

import json
import re
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from app.models import AuditEntry, KioskDevice, KioskHold, Response
from app.services import kiosks
from app.services.consent import consents
from app.web.citizen import pages
from app.web.kiosk_screens import screens
from surveys.instrument.answers import check_all
from surveys.instrument.load import load
from tests.app import builders
from tests.app.signing_in import post

RATED = (
    "access_1", "access_2", "procedures_1", "procedures_2", "officials_1", "officials_2",
    "results_1", "results_2", "feedback_1", "overall",
)  # fmt: skip
BASE = "/office/centres/hga/counters/hga-05/kiosks"
INSTRUMENT = load(builders.folder("counter_2026"))


@pytest.fixture
def desk(database, office):
    with database.write() as db:
        commune = db.query(builders.Unit).filter_by(kind="commune").one()
        province = db.query(builders.Unit).filter_by(kind="province").one()
        centre = builders.centre(db, commune, "hga")
        builders.counter(db, centre, "05")
        builders.counter(db, centre, "06")
        builders.open_round(
            db, builders.campaign(db, province), "counter_2026", modes=["web", "kiosk"]
        )
    return office


def setup_of(desk):
    shown = post(desk, BASE, {"name": "Máy 1"}).text
    return re.search(r"http://127\.0\.0\.1:8000(/k/cai-dat/[\w-]+)", shown)[1]


@pytest.fixture
def tablet(app, desk):
    client = app.test_client()
    assert client.post(setup_of(desk)).headers["Location"] == "/k/hga-05"
    return client


def answers(**values):
    given = {item: ["4"] for item in RATED} | {"late": ["no"]}
    return given | values


def sheet(**values):
    return {
        "key": str(uuid4()),
        "language": "vi",
        "version": pages.version_of(INSTRUMENT),
        "consent": consents(INSTRUMENT)["vi"].short,
        "answers": answers(),
    } | values


def hand_in(tablet, sent, code="hga-05"):
    return tablet.post(f"/k/{code}/phieu", json=sent)


def modes(database):
    with database.read() as db:
        return list(db.scalars(select(Response.mode)))


def test_a_set_up_address_works_once(app, desk, database):
    address = setup_of(desk)
    first, second = app.test_client(), app.test_client()
    assert first.get(address).status_code == 200
    assert first.post(address).status_code == 303
    assert second.get(address).status_code == 410
    assert second.post(address).status_code == 410
    assert first.get("/k/hga-05").status_code == 200
    assert second.get("/k/hga-05").status_code == 403


def test_a_set_up_address_is_forgotten_after_half_an_hour(app, desk):
    address = setup_of(desk)
    app.extensions["longdan.clock"] = lambda: builders.FAR
    assert app.test_client().post(address).status_code == 410


def test_only_digests_are_kept_and_acts_are_audited(app, desk, database):
    address = setup_of(desk)
    client = app.test_client()
    cookie = client.post(address).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "Path=/k" in cookie
    assert "SameSite=Strict" in cookie
    token = re.search(r"kiosk=([\w-]+)", cookie)[1]
    with database.read() as db:
        device = db.scalars(select(KioskDevice)).one()
        assert token.encode() not in bytes(device.token_digest)
        assert device.setup_digest is None
        assert "kiosk.begin" in set(db.scalars(select(AuditEntry.action)))


def test_an_answer_is_stored_once_with_its_mode(tablet, database):
    sent = sheet()
    for _ in range(3):
        answer = hand_in(tablet, sent)
        assert answer.status_code == 200
        assert answer.json == {"stored": sent["key"]}
    assert modes(database) == ["kiosk"]


def test_other_answers_under_the_same_key_are_refused(tablet, database):
    sent = sheet()
    hand_in(tablet, sent)
    answer = hand_in(tablet, sent | {"answers": answers(overall=["1"])})
    assert answer.status_code == 409
    assert modes(database) == ["kiosk"]


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"answers": {}}, 422),
        ({"answers": {"overall": ["9"]}}, 422),
        ({"answers": {"overall": "4"}}, 400),
        ({"answers": []}, 400),
        ({"key": "x"}, 400),
        ({"key": 7}, 400),
        ({"language": "xx"}, 400),
        ({"version": "0"}, 409),
        ({"consent": "0"}, 409),
    ],
)
def test_what_is_not_in_order_is_refused_and_not_stored(tablet, database, changed, status):
    assert hand_in(tablet, sheet() | changed).status_code == status
    assert modes(database) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 5000])
def test_what_is_no_sheet_is_refused(tablet, body):
    answer = tablet.post("/k/hga-05/phieu", data=body, content_type="application/json")
    assert answer.status_code == 400


def test_a_tablet_speaks_for_its_own_counter_only(tablet, database):
    assert tablet.get("/k/hga-06").status_code == 403
    assert hand_in(tablet, sheet(), "hga-06").status_code == 403
    assert modes(database) == []


def test_a_tablet_that_was_ended_is_refused(tablet, desk, database):
    assert post(desk, f"{BASE}/1/end", page=BASE).status_code == 303
    assert tablet.get("/k/hga-05").status_code == 403
    assert hand_in(tablet, sheet()).status_code == 403
    assert "Đã ngừng" in desk.get(BASE).text


def test_a_tablet_of_another_counter_cannot_be_ended_here(tablet, desk):
    other = BASE.replace("hga-05", "hga-06")
    assert post(desk, f"{other}/1/end", page=other).status_code == 404
    assert tablet.get("/k/hga-05").status_code == 200


def test_a_round_without_tablets_says_so(app, desk, tablet, database):
    with database.write() as db:
        db.query(builders.Round).one().modes = ["web"]
    answer = tablet.get("/k/hga-05")
    assert answer.status_code == 409
    assert "không dùng màn hình" in answer.text
    assert "không dùng màn hình" in desk.get(BASE).text


def test_a_nameless_tablet_is_asked_for_its_name(desk):
    assert post(desk, BASE, {"name": " "}).status_code == 422


def test_the_page_loads_only_its_own_files_and_has_no_links(tablet):
    shown = tablet.get("/k/hga-05").text
    assert "<a " not in shown
    assert "<style" not in shown
    manifest = json.loads(tablet.get("/k/hga-05/manifest.webmanifest").data)
    assert manifest["start_url"] == "/k/hga-05"
    worker = tablet.get("/k/sw.js")
    assert worker.mimetype == "text/javascript"
    assert "caches" in worker.text


@pytest.mark.parametrize("name", ["counter_2026", "sipas_2023", "journey"])
def test_every_question_that_must_be_answered_is_on_a_screen(name):
    instrument = load(builders.folder(name))
    for language in instrument.languages:
        shown = {screen.item for screen in screens(instrument, language)}
        asked = {problem.item for problem in check_all(instrument, {}).problems}
        assert asked <= shown
        assert all(screen.label for screen in screens(instrument, language))


def test_faces_go_from_unhappy_to_happy():
    rated = next(screen for screen in screens(INSTRUMENT, "vi") if screen.item == "results_1")
    assert [choice.face for choice in rated.choices] == [1, 2, 3, 4, 5, 0]
    assert rated.choices[5].label == "Không áp dụng"


def test_a_token_that_nobody_has_finds_no_tablet(database):
    with database.read() as db:
        assert kiosks.find(db, "") is None
        assert kiosks.find(db, "\udcff") is None


def told(tablet, *holds, code="hga-05"):
    return tablet.post(f"/k/{code}/con-giu", json=list(holds))


def test_the_office_sees_what_a_tablet_holds_how_many_why_and_since_when(tablet, desk):
    assert "không nhận" not in desk.get(BASE).text
    over = {"why": "round.over", "on": "2026-04-30", "n": 1200}
    old = {"why": "version", "on": "2026-05-02", "n": 3}
    assert told(tablet, over, old).json == {"kept": 2}
    for path in (BASE, "/office/centres/"):
        shown = BeautifulSoup(desk.get(path).data, "html.parser").find(id="held").parent
        rows = [
            [cell.get_text(" ", strip=True) for cell in row.find_all("td")]
            for row in shown.find_all("tr")[1:]
        ]
        assert [row[-4] for row in rows] == ["1.200", "3"]
        assert rows[0][-3].startswith("Đợt khảo sát đã kết thúc")
        assert rows[1][-3].startswith("Phiếu hỏi đã đổi khi máy mất mạng")
        assert [row[-2] for row in rows] == ["30/4/2026", "2/5/2026"]
        assert "Máy 1" in shown.text
    assert "Quầy 05" in shown.text
    assert "1.203 phiếu" in desk.get("/office/").text
    # What it says later takes the place of what it said before.
    assert told(tablet, old).json == {"kept": 1}
    assert "1.200" not in desk.get(BASE).text
    assert told(tablet).json == {"kept": 0}
    assert "held" not in desk.get("/office/centres/").text


def test_a_tablet_that_was_ended_still_says_what_it_holds(tablet, desk):
    post(desk, f"{BASE}/1/end", page=BASE)
    assert told(tablet, {"why": "device", "on": None, "n": 2}).status_code == 200
    assert "Máy đã bị cho ngừng dùng" in desk.get(BASE).text
    rest = tablet.get("/k/hga-05")
    assert rest.status_code == 403
    assert "/k/hga-05/con-giu" in rest.text
    assert "<a " not in rest.text


def test_only_a_tablet_of_the_counter_says_what_it_holds(tablet, app, desk):
    hold = {"why": "version", "on": "2026-05-02", "n": 3}
    assert told(app.test_client(), hold).status_code == 403
    assert told(tablet, hold, code="hga-06").status_code == 403
    assert "held" not in desk.get("/office/centres/").text


@pytest.mark.parametrize(
    "sent",
    [
        {}, [7], [{}],
        [{"why": "x", "on": "2026-05-02", "n": 1}],
        [{"why": ["version"], "on": "2026-05-02", "n": 1}],
        [{"why": "version", "on": "yesterday", "n": 1}],
        [{"why": "version", "on": "2026-05-02", "n": 0}],
        [{"why": "version", "on": "2026-05-02", "n": True}],
        [{"why": "version", "on": "2026-05-02", "n": 10**9}],
        [{"why": "version", "on": "2026-05-02", "n": 1}] * 51,
    ],
)  # fmt: skip
def test_what_a_tablet_cannot_hold_is_not_kept(tablet, database, sent):
    assert tablet.post("/k/hga-05/con-giu", json=sent).status_code == 400
    with database.read() as db:
        assert db.scalars(select(KioskHold)).all() == []


def test_no_day_lies_ahead_and_one_reason_of_one_day_is_one_line(tablet, database, app):
    app.extensions["longdan.clock"] = lambda: datetime(2026, 5, 4, 3, tzinfo=UTC)
    ahead = {"why": "version", "on": "2099-01-01", "n": 3}
    assert told(tablet, ahead, ahead | {"on": None}).json == {"kept": 1}
    with database.read() as db:
        hold = db.scalars(select(KioskHold)).one()
    assert (hold.refused_on, hold.n) == (date(2026, 5, 4), 6)


def test_a_tablet_without_a_round_has_no_way_out_and_goes_on_sending(tablet, database):
    with database.write() as db:
        db.query(builders.Round).one().state = "closed"
    shown = tablet.get("/k/hga-05")
    assert shown.status_code == 410
    assert "Đợt khảo sát đã kết thúc" in shown.text
    assert "<a " not in shown.text
    assert "kiosk-rest.js" in shown.text
    assert hand_in(tablet, sheet()).json["refused"] == "round.over"
