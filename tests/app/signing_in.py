"""Signing in and posting forms in tests, the way a browser does."""

import re

PASSWORD = "khu vuon co cay xoai lau nam"
EMAILS = {"office": "lan@quangninh.gov.vn", "unit_viewer": "xem@quangninh.gov.vn"}
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
