"""The pages of codes: the way from a list to a fetched file, by two people."""

import io
import re

import pytest
from sqlalchemy import select

from app.models import ClosedDossier, CodeOrder, DossierUpload, Round, Unit
from app.services import short_codes
from app.services.orders import delivery
from app.services.short_codes import ShortKeys
from tests.app import builders
from tests.app.codes import closed, test_lists
from tests.app.codes.closed import NOW
from tests.app.signing_in import EMAILS, post, token_on

BASE = "/office/rounds/ma/codes"


@pytest.fixture
def round_(app, database, staff):
    app.extensions["longdan.clock"] = lambda: NOW
    with database.write() as db:
        province = db.scalars(select(Unit).where(Unit.kind == "province")).one()
        commune = db.scalars(select(Unit).where(Unit.kind == "commune")).one()
        builders.centre(db, commune)
        builders.field(db)
        campaign = builders.campaign(db, province)
        return builders.sampled_round(db, campaign, "desk", code="ma", per_dossier=True)


def chosen_on(page):
    """The columns that a page proposes, as a browser would send them."""
    return dict(re.findall(r'name="(column_\w+)".*?selected value="(-?\d+)"', page, re.DOTALL))


def work(app):
    app.extensions["longdan.jobs"].work(wait=False, install_signal_handlers=False)


def hand_in(client, content, manifest=None):
    data = {"file": (io.BytesIO(content), "ho-so.csv")}
    if manifest:
        data["manifest"] = (io.BytesIO(manifest), "ho-so.json")
    data["csrf_token"] = token_on(client, f"{BASE}/lists/new")
    return client.post(f"{BASE}/lists/new", data=data, content_type="multipart/form-data")


def test_the_way_from_a_list_to_the_file(app, database, round_, office, supervisor):
    assert office.get("/office/codes").status_code == 200
    rows = [test_lists.row(number) for number in range(1, 13)]
    sent = hand_in(office, test_lists.csv(*rows))
    assert sent.status_code == 303
    work(app)
    asked = office.get(f"{BASE}/lists/1/columns")
    assert "Mã hồ sơ" in asked.text
    chosen = dict(
        re.findall(r'name="(column_\w+)".*?selected value="(-?\d+)"', asked.text, re.DOTALL)
    )
    assert post(office, f"{BASE}/lists/1/columns", chosen).status_code == 303
    work(app)
    assert "12" in office.get(f"{BASE}/lists/1").text
    wished = {"kind": "issue", "sender": "slips", "form": "xlsx", "alphabet": "plain",
              "reason": "Đợt tháng 11"}  # fmt: skip
    assert post(office, f"{BASE}/orders/new", wished).status_code == 303
    page = f"{BASE}/orders/1"
    own = post(office, f"{page}/decide", {"decision": "approve"}, page)
    assert "Người đề nghị không được tự duyệt" in office.get(own.location).text
    assert post(supervisor, f"{page}/decide", {"decision": "approve"}, page).status_code == 303
    work(app)
    shown = supervisor.get(page).text
    assert "Lấy tệp và hủy bản trên máy chủ" not in shown
    fetched = post(office, f"{page}/file", page=page)
    assert fetched.data.startswith(b"%PDF")
    assert EMAILS["office"] in office.get(page).text
    again = post(office, f"{page}/file", page="/office/connections")
    assert again.status_code == 303
    assert "12" in office.get(BASE).text
    assert office.get(f"{BASE}/weeks").status_code == 200


def test_a_round_is_made_to_invite_by_dossier(database, round_, office):
    data = {
        "name": "Từng hồ sơ quý IV", "opens_on": "2026-10-01", "closes_on": "2026-12-31",
        "questionnaire": "counter_2026", "source": "dossiers", "modes": "web",
        "population": "Người đã nhận kết quả", "min_n": "30", "level": "0.95", "code_days": "21",
    }  # fmt: skip
    made = post(office, "/office/campaigns/qn-2026/rounds/new", data)
    assert made.status_code == 303
    page = office.get(made.location).text
    assert "Mọi hồ sơ đã trả kết quả, bằng mã một lần" in page
    with database.read() as db:
        found = db.scalars(select(Round).where(Round.code == "tung-ho-so-quy-iv")).one()
    assert (found.source, found.per_dossier, found.code_days) == ("sample", True, 21)
    edited = office.get(f"/office/rounds/{found.code}/edit").text
    assert re.search(r'value="dossiers"[^>]*checked|checked[^>]*value="dossiers"', edited)


def test_an_order_can_be_refused_withdrawn_stopped_and_resumed(
    app, database, round_, office, supervisor
):
    with database.write() as db:
        closed.take(db, closed.written(3))
    wished = {"kind": "issue", "sender": "messages", "form": "csv", "alphabet": "plain",
              "reason": "x"}  # fmt: skip
    for _ in range(3):
        assert post(office, f"{BASE}/orders/new", wished).status_code == 303
    first, second, third = (f"{BASE}/orders/{number}" for number in (1, 2, 3))
    post(supervisor, f"{first}/decide", {"decision": "refuse"}, first)
    post(office, f"{second}/withdraw", page=second)
    post(supervisor, f"{third}/decide", {"decision": "approve"}, third)
    post(office, f"{third}/stop", page=third)
    work(app)
    with database.read() as db:
        states = db.scalars(select(CodeOrder.state).order_by(CodeOrder.id)).all()
        assert states == ["refused", "withdrawn", "stopped"]
        assert closed.invitations(db) == []
    post(office, f"{third}/resume", page=third)
    work(app)
    fetched = post(office, f"{third}/file", page=third)
    assert len(fetched.data.splitlines()) == 4


def test_an_altered_list_is_refused_on_the_page(database, round_, office):
    sent = hand_in(office, test_lists.csv(test_lists.row(1)), b'{"sha256": "x"}')
    assert sent.status_code == 422
    assert "Không đọc được tệp chữ ký." in sent.text
    with database.read() as db:
        assert db.scalars(select(DossierUpload)).all() == []


def test_a_bad_list_names_its_rows(app, database, round_, office):
    rows = [test_lists.row(1), test_lists.row(2, centre="Phường Không Có")]
    hand_in(office, test_lists.csv(*rows, test_lists.row(3), test_lists.row(4)))
    work(app)
    asked = office.get(f"{BASE}/lists/1/columns")
    chosen = dict(
        re.findall(r'name="(column_\w+)".*?selected value="(-?\d+)"', asked.text, re.DOTALL)
    )
    post(office, f"{BASE}/lists/1/columns", chosen)
    work(app)
    page = office.get(f"{BASE}/lists/1").text
    assert "Phường Không Có" in page
    assert "Không biết trung tâm này" in page
    with database.read() as db:
        assert db.scalars(select(ClosedDossier)).all() == []


def test_a_token_is_shown_once(database, round_, office):
    data = {"token-name": "Một cửa", "token-province_id": "1", "token-expires_on": "2027-01-01"}
    made = post(office, "/office/connections/tokens", data, "/office/connections")
    (token,) = re.findall(r"longdan_[\w-]{43}", made.text)
    listed = office.get("/office/connections").text
    assert "Một cửa" in listed
    assert token not in listed
    post(office, "/office/connections/tokens/1/revoke", page="/office/connections")
    assert "Đã thu hồi" in office.get("/office/connections").text
    key = {"signer-name": "Một cửa", "signer-province_id": "1", "signer-public_key": "ab" * 32}
    post(office, "/office/connections/signers", key, "/office/connections")
    wrong = post(office, "/office/connections/signers", key, "/office/connections")
    assert wrong.status_code == 422
    post(office, "/office/connections/signers/1/revoke", page="/office/connections")


@pytest.mark.parametrize("role", ["unit_viewer", "fieldwork"])
def test_rated_units_and_surveyors_reach_nothing_of_codes(app, database, round_, client_as, role):
    with database.write() as db:
        closed.take(db, closed.written(3))
        order = closed.approved(db)
    app.extensions["longdan.jobs"].codes.do_order(order)
    client = client_as(role)
    token = token_on(client, "/office/")
    tried = 0
    for rule in app.url_map.iter_rules():
        if not any(part in rule.rule for part in ("/codes", "/connections")):
            continue
        path = rule.rule
        for part, value in (("<code>", "ma"), ("<int:order>", "1"), ("<int:upload>", "1"),
                            ("<int:token>", "1"), ("<int:signer>", "1")):  # fmt: skip
            path = path.replace(part, value)
        for method in rule.methods & {"GET", "POST"}:
            data = {"csrf_token": token, "decision": "approve"} if method == "POST" else None
            assert client.open(path, method=method, data=data).status_code == 404, path
            tried += 1
    assert tried > 20
    with database.read() as db:
        assert db.get_one(CodeOrder, order).fetched_at is None
        assert {each.state for each in closed.invitations(db)} == {"unused"}


class TestTyping:
    @pytest.fixture
    def code(self, app, database, round_):
        """A code as it is printed."""
        with database.write() as db:
            closed.take(db, closed.written(1))
            order = closed.approved(db, sender="messages", options={"form": "csv"})
        jobs = app.extensions["longdan.jobs"].codes
        jobs.do_order(order)
        with database.write() as db:
            content = delivery.fetch(db, order, jobs.shelf, actor="x", now=NOW).content.decode()
        return next(cell for cell in content.split(",") if re.fullmatch(r"\w{4}-\w{4}-\w{3}", cell))

    def test_a_typed_code_opens_its_questionnaire(self, client, settings, code):
        answer = client.post("/ma", data={"ma": code.upper().replace("-", " ")})
        assert answer.status_code == 303
        token = ShortKeys.of(settings).token(short_codes.read(code))
        assert answer.location == f"/r/{token}"
        assert client.get(answer.location).status_code == 200
        assert client.post("/ma?lang=en", data={"ma": code}).location.endswith("lang=en")

    def test_a_slip_of_the_hand_is_told_at_once(self, app, client, code):
        # Without the database: it is not even there.
        app.extensions["longdan.database"] = None
        assert client.get("/ma").status_code == 200
        wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
        answer = client.post("/ma", data={"ma": wrong})
        assert answer.status_code == 422
        assert "Có một ký tự chưa đúng" in answer.text
        assert "11 ký tự" in client.post("/ma", data={"ma": code[:5]}).text
        assert client.post("/ma", data={}).status_code == 422

    def test_a_code_that_was_never_made_opens_nothing(self, client, code):
        answer = client.post("/ma", data={"ma": short_codes.make()})
        assert answer.status_code == 404
        assert "/ma" in answer.text

    def test_guesses_are_limited_by_network(self, app, client, code):
        answers = [client.post("/ma", data={"ma": short_codes.make()}) for _ in range(45)]
        statuses = [each.status_code for each in answers]
        assert statuses[0] == 404
        assert statuses[-1] == 429
        assert int(answers[-1].headers["Retry-After"]) >= 1
