"""Two thousand hostile inputs: every one gets a page, none an error of ours."""

import re
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.models import Response, Spooled
from app.web.citizen.together import Together
from surveys.instrument.answers import check_stored
from surveys.instrument.load import load
from tests.app import builders
from tests.app.web.conftest import Citizen

EACH = 400
HOSTILE = settings(
    max_examples=EACH,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
FORM = "application/x-www-form-urlencoded"
# What pages must never show: how the program is built.
LEAKS = re.compile(r"Traceback|File \"|sqlalchemy|psycopg|jinja2|werkzeug|Error\b")

nasty = st.sampled_from(
    [
        "\0", "\x1b[31m", "\u202e", "\ufeff", "\ufffe", "\uffff", "\ue000", "﷽" * 50, "A" * 5_000,
        "'; DROP TABLE response; --", "{{ 7*7 }}", "{% raw %}", "%(option)s", "%s", "${jndi:x}",
        "<script>alert(1)</script>", '" onfocus="alert(1)', "</textarea><b>", "&#x0;", "../../etc",
        "-1", "0", "1e999", "NaN", "٣", "１", "9" * 400, "2026-02-30", "0000-00-00", "null", "[]",
        "e\u0301" * 200, "\u0301" * 300, "\r\n\r\n", "lang:en", "edit:visit", "edit:\0", "back",
    ]
)  # fmt: skip
texts = st.one_of(st.text(max_size=30), nasty)
fields = st.one_of(
    st.sampled_from(
        [
            "overall", "late", "told", "comment", "job", "job_other", "age", "visited", "polite",
            "channels", "channels_other", "fee", "visit_day", "wish", "village", "form-key",
            "form-consent", "form-version", "form-go", "form-edit", "lang",
        ]
    ),
    texts,
)  # fmt: skip
pairs = st.lists(st.tuples(fields, texts), max_size=12)
raw_bodies = st.one_of(st.binary(max_size=200), st.text(max_size=60).map(str.encode))


def encode(entered) -> bytes:
    return urlencode(entered, errors="surrogatepass").encode()


@pytest.fixture
def stand(app, database, town):
    """Both kinds of questionnaire, open by counter and by code; forms ready to be sent."""
    app.test_client_class = None
    with database.write() as db:
        builders.open_round(db, town.campaign, "errand")
        elsewhere = builders.province(db, "01", "Thành phố Hà Nội")
        builders.counter(db, builders.centre(db, elsewhere), code="long")
        of_long = builders.campaign(db, elsewhere, "hn")
        builders.open_round(db, of_long, "journey")
        sampled = builders.sampled_round(db, of_long, "journey")
        token = builders.invitation(db, sampled).token
    app.extensions["longdan.allowance"].per_second = 0
    app.extensions["longdan.together"] = Together(database, "", (0, 0), (0, 0))
    return Stand(app, token)


class Stand:
    def __init__(self, app, token):
        self.client = app.test_client()
        self.token = token
        self.forms = {
            base: Citizen(self.client).begin(base).fields()
            for base in ("/c/hg-05", "/c/long", f"/r/{token}")
        }

    def harmless(self, answer):
        assert answer.status_code < 500, answer.status
        assert not LEAKS.search(answer.text)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers
        location = answer.headers.get("Location", "/c/")
        assert location.startswith(("/c/", "/r/", "http://localhost/"))

    def post(self, path, body, **headers):
        self.harmless(self.client.post(path, data=body, content_type=FORM, headers=headers))


def test_hostile_answers_to_a_short_form(stand):
    @HOSTILE
    @given(pairs)
    def attack(entered):
        form = {name: value[0] for name, value in stand.forms["/c/hg-05"].items()}
        named = [name for name, _value in entered]
        kept = [(name, value) for name, value in form.items() if name not in named]
        stand.post("/c/hg-05/phieu", encode([*kept, *entered]))

    attack()


@pytest.mark.parametrize("base", ["/c/long", "/r/"])
def test_hostile_pages_of_a_long_form(stand, base):
    base = base if base != "/r/" else f"/r/{stand.token}"
    form = {name: value[0] for name, value in stand.forms[base].items()}
    places = st.sampled_from(
        ["phieu", "phieu/about", "phieu/visit", "phieu/news", "phieu/words", "kiem-tra"]
    )

    @settings(HOSTILE, max_examples=EACH // 2)
    @given(pairs, places)
    def attack(entered, place):
        named = [name for name, _value in entered]
        kept = [(name, value) for name, value in form.items() if name not in named]
        stand.post(f"{base}/{place}", encode([*kept, *entered]))

    attack()


def test_hostile_bodies(stand):
    @HOSTILE
    @given(raw_bodies, st.sampled_from(["/c/hg-05/phieu", "/c/long/phieu", "/c/long/kiem-tra"]))
    def attack(body, path):
        stand.post(path, body)

    attack()


def test_hostile_addresses(stand):
    @HOSTILE
    @given(texts, texts, st.sampled_from(["c", "r"]), st.sampled_from(["GET", "POST", "HEAD"]))
    def attack(code, page, kind, method):
        address = "/".join(quote(each, errors="surrogatepass") for each in (code, page))
        answer = stand.client.open(f"/{kind}/{address}", method=method)
        assert answer.status_code < 500
        assert not LEAKS.search(answer.text)

    attack()


def test_hostile_queries_and_headers(stand):
    @HOSTILE
    @given(texts, texts, st.sampled_from(["/c/hg-05", "/c/hg-05/phieu", "/c/long/phieu"]))
    def attack(value, other, path):
        query = encode([("lang", value), ("dong-y", other), (value, other)]).decode()
        header = re.sub(r"[\r\n]", "", other).encode("utf-8", "surrogatepass").decode("latin-1")
        stand.harmless(
            stand.client.get(
                f"{path}?{query}", headers={"Accept-Encoding": header, "Sec-Fetch-Site": header}
            )
        )

    attack()


def test_whatever_got_through_is_in_order(stand, database):
    """After an attack whose forms are whole, all that is stored passes the rule again."""
    instrument = load(builders.folder("errand"))

    @settings(HOSTILE, max_examples=EACH // 2)
    @given(texts, st.uuids())
    def attack(comment, key):
        form = {name: value[0] for name, value in stand.forms["/c/hg-05"].items()}
        form |= {"overall": "4", "late": "no", "comment": comment, "form-key": str(key)}
        stand.post("/c/hg-05/phieu", encode(form))

    attack()
    with database.read() as db:
        stored = db.scalars(select(Response.answers)).all()
        n_texts = db.scalar(select(func.count()).where(Spooled.kind == "text"))
    assert len(stored) > 50
    assert 0 < n_texts <= len(stored)
    assert all(not check_stored(instrument, answers).problems for answers in stored)
