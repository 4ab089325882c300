"""Accounts of staff, and clients signed in as them."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import Database
from app.services import accounts
from tests.app import builders
from tests.app.signing_in import EMAILS, PASSWORD, sign_in


@pytest.fixture
def staff(database: Database) -> None:
    """One account of the office, one unit viewer of Phường Hồng Gai."""
    with database.write() as db:
        builders.commune(db, builders.province(db))
        for role, email in EMAILS.items():
            accounts.add(
                db, email, full_name="Nguyễn Thị Lan", role=role, password=PASSWORD,
                unit_code="06652" if role == "unit_viewer" else None, actor="test",
                now=datetime(2026, 1, 1, tzinfo=UTC),
            )  # fmt: skip


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
def viewer(client_as: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_as("unit_viewer")
