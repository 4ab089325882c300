"""A third language comes with a file of wording: no line of the program knows its name."""

import re
import tomllib

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from app.models import ConsentText, Response
from app.services import instruments
from surveys.instrument.load import load_files, read
from tests.app import builders

# "qaa" is set aside by ISO 639 for uses like this: no language of anybody's.
THIRD = "qaa"
NAME = "Tiếng thử"
FORM = "application/x-www-form-urlencoded"


def with_third_language(name):
    """Add wording in a made-up language: every Vietnamese text in brackets."""
    files = read(builders.folder(name))
    wording = files["vi.toml"]
    # Texts in quotes after an equals sign, whatever their key.
    marked = re.sub(r'(?m)= "(.*)"$', r'= "⟦\1⟧"', wording)
    files[f"{THIRD}.toml"] = f'language_name = "{NAME}"\n{marked}'
    if "yes_no" not in wording:
        files[f"{THIRD}.toml"] += '\n[yes_no]\nyes = "⟦Có⟧"\nno = "⟦Không⟧"\n'
    structure = files["instrument.toml"]
    files["instrument.toml"] = re.sub(
        r"(?m)^languages = \[(.*)\]$", rf'languages = [\1, "{THIRD}"]', structure
    )
    assert THIRD in tomllib.loads(files["instrument.toml"])["languages"]
    return files


@pytest.fixture(params=["counter_2026"])
def town(request, database):
    with database.write() as db:
        made = builders.town(db)
        version = instruments.publish_instrument(db, with_third_language(request.param))
        builders.open_round(db, made.campaign, instrument_version_id=version.id)
        return made


def page_of(answer):
    return BeautifulSoup(answer.text, "html.parser")


def sent_from(page, **values):
    fields = {
        field["name"]: field.get("value", "")
        for field in page.select("form[method=post] input[type=hidden]")
        if field.get("name")
    }
    return fields | values


def rated(page):
    names = {field["name"] for field in page.select("input[value='4']")}
    return dict.fromkeys(names, "4") | {"late": "no"}


def test_the_start_page_offers_every_language_by_its_own_name(client, town):
    page = page_of(client.get("/c/hg-05"))
    offered = [(link["hreflang"], link.get_text()) for link in page.select("a.language")]
    assert offered == [("en", "English"), (THIRD, NAME)]
    third = page_of(client.get(f"/c/hg-05?lang={THIRD}"))
    offered = [link["hreflang"] for link in third.select("a.language")]
    assert offered == ["vi", "en"]
    assert third.html["lang"] == "vi"
    assert third.select_one(f"p[lang={THIRD}]").get_text().startswith("⟦")


def test_the_whole_form_is_walked_in_a_third_language(client, town, database):
    start = page_of(client.get(f"/c/hg-05?lang={THIRD}"))
    asked = {
        field["name"]: field["value"] for field in start.select("main form input[type=hidden]")
    }
    assert asked["lang"] == THIRD
    form = page_of(client.get("/c/hg-05/phieu", query_string=asked))
    legends = form.select("legend")
    assert legends
    for legend in legends:
        assert legend["lang"] == THIRD
        assert legend.get_text().startswith("⟦")
    # Words of the program among them are marked as what they are.
    assert {note["lang"] for note in form.select("legend .optional")} == {"vi"}
    assert form.select_one("button.main").get_text() == "Gửi phiếu"
    address = form.select_one("form#form")["action"].partition("#")[0]
    assert f"lang={THIRD}" in address
    # Nothing answered: errors, in Vietnamese, about questions in the third language.
    wrong = client.post(address, data=sent_from(form), content_type=FORM)
    assert wrong.status_code == 422
    listed = page_of(wrong).select("#problems a")
    assert listed[0]["lang"] == THIRD
    # To English and back keeps what was entered.
    english = client.post(
        address, data=sent_from(form, access_1="2", **{"form-go": "lang:en"}), content_type=FORM
    )
    shown = page_of(english)
    assert shown.html["lang"] == "en"
    assert shown.select_one("input[name=access_1][value='2']").has_attr("checked")
    back = client.post(
        shown.select_one("form#form")["action"].partition("#")[0],
        data=sent_from(shown, access_1="2", **{"form-go": f"lang:{THIRD}"}),
        content_type=FORM,
    )
    again = page_of(back)
    assert again.select_one("legend")["lang"] == THIRD
    assert again.select_one("input[name=access_1][value='2']").has_attr("checked")
    address = again.select_one("form#form")["action"].partition("#")[0]
    answer = client.post(address, data=sent_from(again, **rated(again)), content_type=FORM)
    assert answer.status_code in {303, 422}
    if answer.status_code == 422:  # sent too soon to have been read: sent once more
        once_more = page_of(answer)
        answer = client.post(
            address, data=sent_from(once_more, **rated(once_more)), content_type=FORM
        )
    assert answer.status_code == 303
    thanks = page_of(client.get(answer.headers["Location"]))
    assert thanks.select_one("p.lead")["lang"] == THIRD
    with database.read() as db:
        row = db.scalars(select(Response)).one()
        assert row.language == THIRD
        assert db.scalars(select(ConsentText.language)).one() == THIRD


def test_a_language_nobody_wrote_falls_back_to_vietnamese(client, town):
    assert page_of(client.get("/c/hg-05?lang=xx")).select("a.language")[0]["hreflang"] == "en"


def test_a_file_without_its_name_in_the_list_or_with_gaps_is_refused():
    files = with_third_language("counter_2026")
    assert load_files(files).wording[THIRD].language_name == NAME
    files[f"{THIRD}.toml"] = files[f"{THIRD}.toml"].replace("[items.late]", "[items.latte]")
    with pytest.raises(Exception, match=r"latte|late"):
        load_files(files)


def test_the_name_of_a_language_may_be_left_out():
    assert load_files(read(builders.folder("counter_2026"))).wording["vi"].language_name == ""
