"""How much travels: a phone on a slow network waits for every kilobyte."""

import gzip
import re

import pytest

from tests.app import builders
from tests.app.web.conftest import Citizen

KB = 1024
PACKED = {"Accept-Encoding": "gzip"}


class Network:
    """Counts what a browser would fetch for a page: the page, and what it loads."""

    def __init__(self, client):
        self.client = client

    def load(self, method, url, **values):
        answer = self.client.open(url, method=method, headers=PACKED, **values)
        assert answer.headers["Content-Encoding"] == "gzip"
        html = gzip.decompress(answer.data).decode()
        loaded = re.findall(r'(?:src|href)="(/[^"]+\.(?:css|js|svg|png|ico))"', html)
        assert "http://" not in re.sub(r"http://www\.w3\.org/2000/svg", "", html)
        sizes = [len(answer.data)]
        for address in loaded:
            part = self.client.get(address, headers=PACKED)
            assert "immutable" in part.headers["Cache-Control"]
            sizes.append(len(part.data))
        return html, sizes


@pytest.fixture
def network(client):
    return Network(client)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_counters_form_loads_in_two_small_requests(database, town, network, language):
    with database.write() as db:
        builders.open_round(db, town.campaign, "counter_2026")
    start, first = network.load("GET", f"/c/hg-05?lang={language}")
    assert len(first) == 2
    assert sum(first) <= 14 * KB
    agreed = re.search(r'name="dong-y" value="(\w+)"', start)[1]
    _form, second = network.load("GET", f"/c/hg-05/phieu?dong-y={agreed}&lang={language}")
    assert len(second) == 2
    assert sum(second) <= 14 * KB
    # Nothing of the form is left for a third request: its address is all a scan needs.
    assert second[0] + sum(first) <= 14 * KB


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_of_the_long_form_is_large(database, town, client, network, language):
    with database.write() as db:
        builders.open_round(db, town.campaign, "sipas_2023")
    citizen = Citizen(client).begin(f"/c/hg-05?lang={language}")
    sizes = []
    for _ in range(30):
        action = citizen.form()["action"].partition("#")[0]
        sent = citizen.fields() | answers_of(citizen) | {"form-go": ["next"]}
        empty = citizen.fields() | {"form-go": ["next"]}
        for body in (empty, sent):
            answer = client.post(action, data=body, headers=PACKED)
            if answer.status_code == 303:
                assert len(sizes) > 15
                assert max(sizes) <= 30 * KB
                return
            sizes.append(len(answer.data))
        citizen.answer = client.post(action, data=sent)
    pytest.fail("the questionnaire has no end")


def answers_of(citizen) -> dict[str, list[str]]:
    """Answer a page: the first option of every question, so that every page comes; long texts."""
    answers: dict[str, list[str]] = {}
    for control in citizen.form().find_all(["input", "textarea"]):
        if control.get("type") in ("radio", "checkbox"):
            answers.setdefault(control["name"], [control["value"]])
        elif control.name == "textarea":
            answers[control["name"]] = ["Phục vụ tận tình. " * 100]
    return answers
