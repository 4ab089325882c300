"""A province with one counter, and citizens who answer."""

import re
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from app.models import Response, Spooled, SpoolKey
from app.services.mixing.sealed import about, unseal
from app.services.mixing.shelf import KeyShelf
from tests.app import builders
from tests.pages import plain

NOW = datetime(2026, 5, 4, 3, 0, tzinfo=UTC)


@pytest.fixture
def town(database) -> builders.Town:
    with database.write() as db:
        return builders.town(db)


class Citizen:
    """Someone with a browser that runs no JavaScript: follows links, fills in forms."""

    def __init__(self, client) -> None:
        self.client = client
        self.answer = None

    def get(self, url):
        self.answer = self.client.get(url, follow_redirects=True)
        return self

    @property
    def status(self):
        return self.answer.status_code

    @property
    def page(self) -> BeautifulSoup:
        return BeautifulSoup(plain(self.answer).decode(), "html.parser")

    @property
    def title(self) -> str:
        return self.page.h1.get_text(" ", strip=True)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", self.page.main.get_text(" "))

    @property
    def path(self) -> str:
        return self.answer.request.path

    def form(self):
        return self.page.find("form")

    def fields(self) -> dict[str, list[str]]:
        """What the browser would send if nothing were changed."""
        sent: dict[str, list[str]] = {}
        for control in self.form().find_all(["input", "textarea"]):
            kind = control.get("type", "text")
            if kind in ("radio", "checkbox") and not control.has_attr("checked"):
                continue
            value = control.get_text() if control.name == "textarea" else control.get("value", "")
            sent.setdefault(control["name"], []).append(value.removeprefix("\n"))
        return sent

    def begin(self, url):
        """Open the start page and agree."""
        self.get(url)
        form = self.form()
        query = {each["name"]: each["value"] for each in form.find_all("input")}
        self.answer = self.client.get(form["action"], query_string=query, follow_redirects=True)
        return self

    def send(self, go="next", follow=True, **entered):
        """Fill in and press a button; the button must be there."""
        buttons = {each.get("value") for each in self.page.find_all("button", attrs={"name": True})}
        assert go in buttons, buttons
        sent = self.fields() | {"form-go": [go]}
        for name, value in entered.items():
            sent[name] = value if isinstance(value, list) else [value]
        action = self.form()["action"].partition("#")[0]
        self.answer = self.client.post(action, data=sent, follow_redirects=follow)
        return self


@pytest.fixture
def citizen(client) -> Citizen:
    return Citizen(client)


@pytest.fixture
def waiting(database, settings):
    """What was handed in and waits, opened as the mixer would, read anew.

    Kind "answer" came with one-time codes; "text" are own words from counters.
    """

    def read(kind="answer"):
        shelf = KeyShelf(settings.spool_keys)
        with database.read() as db:
            rows = db.execute(
                select(Spooled, SpoolKey.public_key)
                .join(SpoolKey, SpoolKey.id == Spooled.key_id)
                .where(Spooled.kind == kind)
            ).all()
        return [
            unseal(
                row.sealed,
                shelf.find(public),
                about(row.kind, row.round_id, row.centre_id, row.field_code),
            )
            for row, public in rows
        ]

    return read


@pytest.fixture
def responses(database):
    """Every stored response, read anew."""

    def read():
        with database.read() as db:
            return db.execute(select(Response.__table__)).all()

    return read


@pytest.fixture
def short(database, town):
    with database.write() as db:
        of_round = builders.sampled_round(db, town.campaign, "errand")
        return builders.invitation(db, of_round, counter_id=town.counter.id)


@pytest.fixture
def long(database, town):
    with database.write() as db:
        return builders.invitation(db, builders.sampled_round(db, town.campaign, "journey"))
