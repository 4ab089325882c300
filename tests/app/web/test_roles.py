"""Who may enter what: every address of the program, as a stranger, a unit viewer and the office."""

import pytest
from sqlalchemy import func, select, update

from app.models import AuditEntry, Publication, Staff
from app.services import accounts
from app.web import guards
from app.web.scope import visible_domains, visible_unit_codes
from tests.app import builders
from tests.app.doors import add_things, doors
from tests.app.signing_in import EMAILS, PASSWORD, SIGN_IN, sign_in, token_on

PUBLIC = {"everyone", "same_site", "sign_in_page"}
BY_ROLE = {
    "office": {"office"},
    "watched": {"office", "supervisor"},
    "field": {"office", "supervisor", "fieldwork"},
    "staff": {"office", "unit_viewer", "supervisor", "fieldwork"},
}


@pytest.fixture
def things(database, staff):
    """One of each thing the office works on, in the province of the accounts."""
    with database.write() as db:
        add_things(db)


def knock(client, method, path, token):
    data = {"csrf_token": token} if method == "POST" else None
    return client.open(path, method=method, data=data)


def acts(database):
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(AuditEntry))


def test_a_stranger_is_sent_to_sign_in_and_changes_nothing(app, database, things):
    before = acts(database)
    client = app.test_client()
    token = token_on(client, SIGN_IN)
    for guard, method, path in doors(app):
        answer = knock(client, method, path, token)
        if guard in PUBLIC:
            assert not (answer.location or "").startswith(f"{SIGN_IN}?next="), (method, path)
        elif guard == "bearer":
            assert answer.status_code == 401, (method, path)
        else:
            assert answer.status_code in (302, 303), (method, path)
            assert answer.location.startswith(SIGN_IN), (method, path)
    assert acts(database) == before


@pytest.mark.parametrize("role", ["unit_viewer", "supervisor", "fieldwork"])
def test_each_role_finds_its_own_and_nothing_else(app, database, things, client_as, role):
    before = acts(database)
    client = client_as(role)
    token = token_on(client, "/office/")
    n_shut = 0
    for guard, method, path in doors(app):
        if guard not in BY_ROLE:
            continue
        answer = knock(client, method, path, token)
        if role not in BY_ROLE[guard]:
            assert answer.status_code == 404, (method, path)
            n_shut += 1
        else:
            assert answer.status_code < 500, (method, path)
            assert not (answer.location or "").startswith(SIGN_IN), (method, path)
    assert n_shut > 30
    assert acts(database) == before


def test_the_guards_let_in_whom_this_table_says():
    assert {name: set(roles) for name, roles in guards.MAY_ENTER.items()} == BY_ROLE


def test_the_office_finds_its_own(app, things, office):
    """GET only: what posting does is told by the tests of each page."""
    unknown = []
    for guard, method, path in doors(app):
        if guard in BY_ROLE and method == "GET":
            answer = office.get(path)
            assert answer.status_code < 500, path
            assert not (answer.location or "").startswith(SIGN_IN), path
            if answer.status_code == 404:
                unknown.append(path)
    assert not unknown, "give VALUES for these addresses, so that their pages are seen"


def test_a_unit_viewer_finds_the_figures_of_the_own_unit_and_of_no_other(
    database, things, viewer, office
):
    with database.write() as db:
        db.execute(update(Publication).values(public=True))
    page = "/office/results/quay/theo/commune"
    assert viewer.get(f"{page}/06652").status_code == 200
    assert viewer.get(f"{page}/00001").status_code == 404
    assert "00001" not in viewer.get(page).text
    assert "00001" not in viewer.get("/office/results/quay/tai-ve.csv").text
    assert office.get(f"{page}/00001").status_code == 200
    assert "00001" in office.get("/office/results/quay/tai-ve.csv").text


def test_rights_that_are_taken_away_are_gone_with_the_next_request(office, database):
    with database.write() as db:
        lan = db.scalars(select(Staff).where(Staff.email == EMAILS["office"])).one()
        lan.roles = []
    assert office.get("/office/").status_code == 404
    assert office.get("/office/rounds").status_code == 404


class TestScope:
    def scope_of(self, app, client):
        """What the functions of app.web.scope say in a request of this client."""
        found = {}

        def look():
            found.update(units=visible_unit_codes(), domains=visible_domains())
            return {}

        app.add_url_rule("/office/look", view_func=look)
        client.get("/office/look")
        return found

    def test_a_stranger_sees_no_unit(self, app, client):
        assert self.scope_of(app, client) == {"units": frozenset(), "domains": ()}

    def test_the_office_sees_all(self, app, office):
        app._got_first_request = False
        assert self.scope_of(app, office) == {"units": None, "domains": None}

    def test_a_unit_viewer_sees_the_unit_its_centres_and_their_counters(
        self, app, things, database, viewer
    ):
        with database.write() as db:
            other = builders.commune(
                db, builders.province(db, code="01", name="Thành phố Hà Nội"), code="00004",
                name="Phường Ba Đình",
            )  # fmt: skip
            builders.counter(db, builders.centre(db, other), code="bd-01")
        app._got_first_request = False
        assert self.scope_of(app, viewer) == {
            "units": frozenset({"06652"}),
            "domains": (("commune", "06652"), ("centre", "hcc-06652"), ("counter", "hg-05")),
        }


def test_accounts_of_both_roles_exist(database, staff, client):
    """The matrix above would be empty talk if signing in did not tell roles apart."""
    assert accounts.OFFICE in EMAILS
    assert sign_in(client, EMAILS["office"], PASSWORD).status_code == 302
