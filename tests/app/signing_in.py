"""Signing in and posting forms in tests, the way a browser does."""

import re
from datetime import UTC, datetime

from app.services import accounts
from tests.app import builders

PASSWORD = "khu vuon co cay xoai lau nam"
EMAILS = {
    "office": "lan@quangninh.gov.vn",
    "unit_viewer": "xem@quangninh.gov.vn",
    "supervisor": "giamsat@quangninh.gov.vn",
    "fieldwork": "buudien@quangninh.gov.vn",
}
SIGN_IN = "/office/sign-in"
_TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')


def token_on(client, path: str) -> str:
    """The token of the form on a page."""
    found = _TOKEN.search(client.get(path).data)
    assert found, f"{path} has no form"
    return found[1].decode()


def sign_in(client, email, password=PASSWORD, *, headers=None, query_string=None, **fields):
    """Fill in the sign-in form and send it."""
    data = {"email": email, "password": password, "csrf_token": token_on(client, SIGN_IN), **fields}
    return client.post(SIGN_IN, data=data, headers=headers, query_string=query_string)


def post(client, path, data=None, page=None):
    """Send a form of a page, by default the one at the same address."""
    return client.post(path, data={**(data or {}), "csrf_token": token_on(client, page or path)})


def add_accounts(db):
    """Make one account of each role, the unit viewer of Phường Hồng Gai; give the province."""
    province = builders.province(db)
    builders.commune(db, province)
    for role, email in EMAILS.items():
        accounts.add(
            db, email, full_name="Nguyễn Thị Lan", role=role, password=PASSWORD, actor="test",
            unit_code="06652" if role == "unit_viewer" else None,
            now=datetime(2026, 1, 1, tzinfo=UTC),
        )  # fmt: skip
    return province
