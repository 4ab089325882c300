"""Accounts of staff, and clients signed in as them."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import Database
from tests.app.signing_in import EMAILS, add_accounts, sign_in


@pytest.fixture
def staff(database: Database) -> None:
    """One account of each role, the unit viewer of Phường Hồng Gai."""
    with database.write() as db:
        add_accounts(db)


@pytest.fixture
def client_as(app: Flask, staff: None) -> Callable[[str], FlaskClient]:
    """Make a client signed in with a role."""

    def make(role: str) -> FlaskClient:
        client = app.test_client()
        assert sign_in(client, EMAILS[role]).status_code == 302
        return client

    return make


@pytest.fixture
def office(client_as: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_as("office")


@pytest.fixture
def supervisor(client_as: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_as("supervisor")


@pytest.fixture
def fieldwork(client_as: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_as("fieldwork")


@pytest.fixture
def viewer(client_as: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_as("unit_viewer")
