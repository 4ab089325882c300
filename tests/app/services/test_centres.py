from collections import Counter as Count
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from app.cli.units import load_centres, load_units
from app.config import ROOT
from app.errors import ConflictError, NotFoundError
from app.models import AuditEntry, Counter, CounterAlias
from app.queries import centres as queries
from app.queries import domains, people
from app.queries import units as unit_queries
from app.services import centre_file, centres, counters, procedures, units
from app.services.unit_source import read_units
from tests.app import builders

DEMO = ROOT / "app" / "demo" / "quang_ninh.toml"
TODAY = date(2026, 11, 20)
ACTOR = "can.bo@quangninh.gov.vn"

SMALL = """
province = "22"
[[fields]]
code = "ho-tich"
name = "Hộ tịch"
[[procedures]]
code = "demo-1"
name = "Đăng ký khai sinh"
field = "ho-tich"
[[centres]]
code = "hga"
level = "commune"
unit = "06685"
[[centres.counters]]
number = "01"
name = "Hộ tịch và chứng thực"
field = "ho-tich"
[[centres.counters]]
number = "B2"
name = "Trả kết quả"
"""


@pytest.fixture(scope="module")
def quang_ninh():
    return read_units().of_province("22")


@pytest.fixture
def db(database, quang_ninh):
    with database.write() as db:
        units.load(db, quang_ninh)
        yield db


@pytest.fixture
def small(db):
    """One centre, hga, with the counters hga-01 and hga-b2."""
    centre_file.load_centres(db, centre_file.read(SMALL), on=TODAY, actor=ACTOR)
    return db


def codes(db, centre="hga"):
    return [item.code for item in queries.detail(db, centre).counters]


def refusal(call, *arguments, **values):
    with pytest.raises((ConflictError, NotFoundError)) as caught:
        call(*arguments, **values)
    return caught.value.code


# The file.


def test_a_file_adds_everything_once(db):
    described = centre_file.read(SMALL)
    first = centre_file.load_centres(db, described, on=TODAY, actor=ACTOR)
    again = centre_file.load_centres(db, described, on=date(2027, 1, 1), actor=ACTOR)
    assert (first.added, first.kept) == (5, 0)
    assert (again.added, again.kept) == (0, 5)
    made = queries.detail(db, "hga")
    assert made.name == "Trung tâm Phục vụ hành chính công phường Hồng Gai"
    assert made.province_name == "Tỉnh Quảng Ninh"
    assert [(item.code, item.number, item.field_name) for item in made.counters] == [
        ("hga-01", "01", "Hộ tịch"),
        ("hga-b2", "B2", None),
    ]


def test_loading_again_does_not_undo_what_the_office_changed(small):
    counters.recode(small, "hga-01", new_code="hga-1a", on=TODAY, actor=ACTOR)
    centres.rename(small, "hga", name="Trung tâm mới", actor=ACTOR)
    centre_file.load_centres(small, centre_file.read(SMALL), on=TODAY, actor=ACTOR)
    assert codes(small) == ["hga-1a", "hga-b2"]
    assert queries.detail(small, "hga").name == "Trung tâm mới"


def test_a_file_for_units_that_are_not_loaded_is_refused(database):
    with database.write() as db:
        described = centre_file.read(SMALL)
        assert refusal(centre_file.load_centres, db, described, on=TODAY, actor=ACTOR) == (
            "unit.unknown"
        )


def test_every_fault_of_a_file_is_named_with_its_place():
    text = """
    colour = "red"
    [[fields]]
    code = "Hộ tịch"
    name = ""
    [[procedures]]
    code = "1"
    name = "Khai sinh"
    [[centres]]
    code = "hga"
    level = "district"
    unit = 6685
    counters = "none"
    [[centres]]
    code = "hgb"
    level = "commune"
    unit = "06685"
    [[centres.counters]]
    number = "0 1"
    name = "Một"
    """
    with pytest.raises(centre_file.CentreFileError) as caught:
        centre_file.read(text)
    assert {(fault.code, fault.place) for fault in caught.value.faults} == {
        ("key.unknown", "file"),
        ("key.missing", "province"),
        ("code.malformed", "fields[0].code"),
        ("name.malformed", "fields[0].name"),
        ("key.missing", "procedures[0].field"),
        ("level.unknown", "centres[0].level"),
        ("key.not-text", "centres[0].unit"),
        ("counter-set.unknown", "centres[0].counters"),
        ("counter.number-malformed", "centres[1].counters[0].number"),
    }


def test_codes_given_twice_and_fields_unknown_are_faults():
    text = SMALL.replace('field = "ho-tich"\n[[centres]]', 'field = "dat-dai"\n[[centres]]')
    text += '[[centres]]\ncode = "hga"\nlevel = "commune"\nunit = "06688"\ncounters = "s"\n'
    text += '[[counter_sets.s]]\nnumber = "01"\nname = "Một"\n' * 2
    with pytest.raises(centre_file.CentreFileError) as caught:
        centre_file.read(text)
    found = {(fault.code, fault.value) for fault in caught.value.faults}
    assert found == {
        ("field.unknown", "dat-dai"),
        ("code.twice", "hga"),
        ("code.twice", "hga-01"),
        ("number.twice", "01"),
    }


@pytest.mark.parametrize(
    "text", ["= 1", 'province = "22"\nfields = "x"', 'province = "22"\ncounter_sets = 1']
)
def test_what_is_no_such_file_is_refused_with_a_reason(text):
    with pytest.raises(centre_file.CentreFileError) as caught:
        centre_file.read(text)
    assert caught.value.faults


# The demo's file.


def test_the_demo_has_the_provincial_centre_and_one_in_each_of_54_communes(db, quang_ninh):
    described = centre_file.read(DEMO.read_text(encoding="utf-8"))
    done = centre_file.load_centres(db, described, on=TODAY, actor="operator")
    assert done.kept == 0
    levels = Count(centre.level for centre in described.centres)
    assert levels == {"province": 1, "commune": 54}
    present = {
        unit.key.code
        for unit in quang_ninh.units
        if unit.key.kind == "commune" and not unit.valid_to
    }
    assert {c.unit for c in described.centres if c.level == "commune"} == present
    assert all(2 <= len(c.counters) <= 4 for c in described.centres if c.level == "commune")
    assert len(described.fields) >= 15
    assert len(described.procedures) >= 40
    assert all(line.code.startswith("demo-") for line in described.procedures)


def test_counter_05_of_the_demo_is_at_the_provincial_centre(db):
    described = centre_file.read(DEMO.read_text(encoding="utf-8"))
    centre_file.load_centres(db, described, on=TODAY, actor="operator")
    centre = queries.centre_of_counter(db, "05")
    assert centre.name == "Trung tâm Phục vụ hành chính công tỉnh Quảng Ninh"
    assert centre.counter("05").number == "05"
    assert len(centre.counters) == 12
    assert queries.detail(db, "vdo").name == "Trung tâm Phục vụ hành chính công đặc khu Vân Đồn"


def test_the_demo_file_writes_its_communes_rightly_in_its_comments(quang_ninh):
    names = {unit.key.code: unit.name for unit in quang_ninh.units if not unit.valid_to}
    lines = DEMO.read_text(encoding="utf-8").split("[[centres]]  # ")[1:]
    assert len(lines) == 54
    for line in lines:
        name, _, rest = line.partition("\n")
        assert names[rest.split('unit = "')[1][:5]] == name


def test_the_command_loads_a_file_after_the_units(app, tmp_path):
    runner = app.test_cli_runner()
    early = runner.invoke(load_centres, [str(DEMO)])
    assert early.exit_code == 1
    assert "flask load-units --province 22" in early.output
    assert runner.invoke(load_units, ["--province", "22"]).exit_code == 0
    done = runner.invoke(load_centres, [str(DEMO)])
    assert done.exit_code == 0, done.output
    assert "0 already there" in done.output
    assert " 0 added" in runner.invoke(load_centres, [str(DEMO)]).output


@pytest.mark.parametrize("content", [b"\xff\xfe", b'colour = "red"'])
def test_the_command_names_what_is_wrong_with_a_file(app, tmp_path: Path, content):
    path = tmp_path / "centres.toml"
    path.write_bytes(content)
    done = app.test_cli_runner().invoke(load_centres, [str(path)])
    assert done.exit_code == 1
    assert str(path) in done.output


# Codes.


def test_a_counter_gets_the_code_of_its_centre_and_its_number(small):
    assert counters.add(small, "hga", number="03", name="Đất đai", actor=ACTOR).code == "hga-03"


def test_a_centre_whose_counters_go_by_number_keeps_to_that(db):
    described = centre_file.read(DEMO.read_text(encoding="utf-8"))
    centre_file.load_centres(db, described, on=TODAY, actor="operator")
    assert counters.suggested_code(db, "qn", "13") == "13"
    assert counters.suggested_code(db, "hga", "05") == "hga-05"


@pytest.mark.parametrize("code", ["hga-01", "HGA-01", " hga-01 "])
def test_a_code_is_not_given_twice(small, code):
    add = {"number": "09", "name": "Mới", "code": code, "actor": ACTOR}
    assert refusal(counters.add, small, "hga", **add) == "counter.code-taken"


def test_a_code_a_counter_had_before_is_not_given_to_another(small):
    counters.recode(small, "hga-01", new_code="hga-11", on=TODAY, actor=ACTOR)
    add = {"number": "09", "name": "Mới", "code": "hga-01", "actor": ACTOR}
    assert refusal(counters.add, small, "hga", **add) == "counter.code-taken"
    recode = {"new_code": "hga-01", "on": TODAY, "actor": ACTOR}
    assert refusal(counters.recode, small, "hga-b2", **recode) == "counter.code-taken"


def test_the_code_of_a_closed_counter_is_not_given_to_another(small):
    counters.close(small, "hga-01", on=TODAY, actor=ACTOR)
    add = {"number": "09", "name": "Mới", "code": "hga-01", "actor": ACTOR}
    assert refusal(counters.add, small, "hga", **add) == "counter.code-taken"


def test_a_recoded_counter_remembers_its_earlier_codes_and_what_was_printed(small):
    counters.recode(small, "hga-01", new_code="hga-11", on=date(2026, 1, 1), actor=ACTOR)
    counters.rename(small, "hga-11", number="11", name="Một cửa", field_code=None, actor=ACTOR)
    counters.recode(small, "hga-11", new_code="hga-21", on=date(2026, 2, 1), actor=ACTOR)
    (counter,) = [item for item in queries.detail(small, "hga").counters if item.code == "hga-21"]
    assert [(past.code, past.printed_as) for past in counter.earlier] == [
        ("hga-11", "Quầy 11: Một cửa"),
        ("hga-01", "Quầy 01: Hộ tịch và chứng thực"),
    ]


def test_answers_under_an_earlier_code_keep_their_name_and_their_viewer(small):
    counters.recode(small, "hga-01", new_code="hga-11", on=TODAY, actor=ACTOR)
    named = domains.places(small, TODAY, TODAY).names
    name = "Phường Hồng Gai, quầy 01: Hộ tịch và chứng thực"
    assert named["counter", "hga-01"] == name
    assert named["counter", "hga-11"] == name
    (hong_gai,) = unit_queries.find(small, "Phường Hồng Gai", on=TODAY)
    own = people.domains_of_unit(small, hong_gai.id)
    assert [code for kind, code in own if kind == "counter"] == ["hga-01", "hga-11", "hga-b2"]


def test_a_counter_may_return_to_a_code_of_its_own(small):
    counters.recode(small, "hga-01", new_code="hga-11", on=TODAY, actor=ACTOR)
    counters.recode(small, "hga-11", new_code="hga-01", on=TODAY, actor=ACTOR)
    assert small.scalars(select(CounterAlias.code)).all() == ["hga-11"]
    assert codes(small) == ["hga-01", "hga-b2"]


def test_recoding_to_the_same_code_changes_nothing(small):
    counters.recode(small, "hga-01", new_code="HGA-01", on=TODAY, actor=ACTOR)
    assert small.scalars(select(CounterAlias.code)).all() == []


@pytest.mark.parametrize(
    "code", ["a b", "ă", "a--b", "-a", "a-", "a/b", "a.b", "a" * 25, "%", "a\x00b", "１"]
)
def test_a_code_that_would_not_stand_in_an_address_is_refused(small, code):
    add = {"number": "09", "name": "Mới", "code": code, "actor": ACTOR}
    assert refusal(counters.add, small, "hga", **add) == "code.malformed"


# Numbers and names.


def test_a_number_is_not_used_twice_in_one_centre(small):
    add = {"name": "Mới", "code": "x", "actor": ACTOR}
    assert refusal(counters.add, small, "hga", number="b2", **add) == "counter.number-taken"
    keep = {"number": "B2", "name": "Trả kết quả", "field_code": None, "actor": ACTOR}
    assert counters.rename(small, "hga-b2", **keep).number == "B2"
    assert refusal(counters.rename, small, "hga-01", **keep) == "counter.number-taken"


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\x00b", "a\ud800", "a\u200bb"])
def test_a_name_that_cannot_be_printed_is_refused(small, name):
    assert refusal(centres.rename, small, "hga", name=name, actor=ACTOR) == "name.malformed"


def test_names_are_kept_in_one_form(small):
    decomposed = "  Trung ta\u0302m   mo\u031b\u0301i "
    assert centres.rename(small, "hga", name=decomposed, actor=ACTOR).name == "Trung tâm mới"


# Closing.


def test_closing_a_centre_closes_its_counters_and_opening_it_opens_the_same(small):
    counters.close(small, "hga-b2", on=date(2026, 1, 1), actor=ACTOR)
    centres.close(small, "hga", on=TODAY, actor=ACTOR)
    closed = queries.detail(small, "hga")
    assert closed.closed_on == TODAY
    assert [item.closed_on for item in closed.counters] == [TODAY, date(2026, 1, 1)]
    centres.reopen(small, "hga", actor=ACTOR)
    opened = queries.detail(small, "hga")
    assert opened.closed_on is None
    assert [item.closed_on for item in opened.counters] == [None, date(2026, 1, 1)]


def test_a_closed_centre_takes_no_counters(small):
    centres.close(small, "hga", on=TODAY, actor=ACTOR)
    assert refusal(counters.add, small, "hga", number="9", name="Mới", actor=ACTOR) == (
        "centre.closed"
    )
    assert refusal(counters.reopen, small, "hga-01", actor=ACTOR) == "centre.closed"


def test_closing_twice_keeps_the_first_day(small):
    counters.close(small, "hga-01", on=date(2026, 1, 1), actor=ACTOR)
    assert counters.close(small, "hga-01", on=TODAY, actor=ACTOR).closed_on == date(2026, 1, 1)
    assert counters.reopen(small, "hga-01", actor=ACTOR).closed_on is None


# Fields and procedures.


def test_fields_and_procedures_are_added_and_renamed(small):
    procedures.rename_field(small, "ho-tich", name="Hộ tịch, quốc tịch", actor=ACTOR)
    procedures.add_procedure(
        small, code="1.001193", name="Đăng ký khai sinh", field_code="ho-tich", actor=ACTOR
    )
    renamed = procedures.rename_procedure(small, "1.001193", name="Khai sinh", actor=ACTOR)
    assert renamed.name == "Khai sinh"
    assert [field.name for field in queries.fields(small)] == ["Hộ tịch, quốc tịch"]
    again = {"code": "1.001193", "name": "x", "field_code": "ho-tich", "actor": ACTOR}
    assert refusal(procedures.add_procedure, small, **again) == "procedure.code-taken"
    again["code"], again["field_code"] = "2", "none"
    assert refusal(procedures.add_procedure, small, **again) == "field.unknown"
    assert refusal(procedures.add_field, small, code="ho-tich", name="x", actor=ACTOR) == (
        "field.code-taken"
    )


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        (centres.rename, {"name": "x"}),
        (centres.close, {"on": TODAY}),
        (centres.reopen, {}),
        (counters.rename, {"number": "1", "name": "x", "field_code": None}),
        (counters.recode, {"new_code": "x", "on": TODAY}),
        (counters.close, {"on": TODAY}),
        (counters.reopen, {}),
        (procedures.rename_field, {"name": "x"}),
        (procedures.rename_procedure, {"name": "x"}),
    ],
)
def test_what_does_not_exist_is_not_changed(small, call, arguments):
    assert refusal(call, small, "none", **arguments, actor=ACTOR).endswith(".unknown")


def test_every_change_is_in_the_audit_log(small):
    before = small.scalars(select(AuditEntry.id)).all()
    counters.recode(small, "hga-01", new_code="hga-11", on=TODAY, actor=ACTOR)
    counters.close(small, "hga-11", on=TODAY, actor=ACTOR)
    counters.close(small, "hga-11", on=TODAY, actor=ACTOR)
    entries = small.scalars(select(AuditEntry).where(AuditEntry.id.not_in(before))).all()
    assert [(entry.actor, entry.action, entry.subject) for entry in entries] == [
        (ACTOR, "counter.recode", "hga-01"),
        (ACTOR, "counter.close", "hga-11"),
    ]


# Reading.


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", 2),
        ("hong gai", 1),
        ("P. Hồng Gai", 1),
        ("HGA", 1),
        ("trung tam", 2),
        ("gai hong", 0),
        ("%", 0),
    ],
)
def test_centres_are_found_by_words_without_accents_or_by_code(small, text, found):
    province = builders.province(small, "99", "Tỉnh Thử")
    builders.centre(small, province, "thu", name="Trung tâm tỉnh Thử")
    assert queries.list_centres(small, text).n_found == found


def test_the_list_is_paged_and_begins_with_the_province(db):
    described = centre_file.read(DEMO.read_text(encoding="utf-8"))
    centre_file.load_centres(db, described, on=TODAY, actor="operator")
    first = queries.list_centres(db, page=1, size=25)
    assert (first.n_found, first.n_pages, len(first.items)) == (55, 3, 25)
    assert (first.items[0].code, first.items[0].n_counters) == ("qn", 12)
    last = queries.list_centres(db, page=99, size=25)
    assert (last.page, len(last.items)) == (3, 5)
    assert queries.list_centres(db, page=-1, size=25) == first
    shown = [item.code for page in (1, 2, 3) for item in queries.list_centres(db, page=page).items]
    assert len(set(shown)) == 55


def test_a_centre_knows_whether_answers_given_now_are_simulated(small):
    assert not queries.detail(small, "hga").simulated
    province = small.get_one(builders.Unit, _province_id(small))
    campaign = builders.campaign(small, province, simulated=True)
    round_ = builders.open_round(small, campaign)
    assert queries.detail(small, "hga").simulated
    round_.state = "closed"
    small.flush()
    assert not queries.detail(small, "hga").simulated


def _province_id(db):
    return db.scalar(select(builders.Unit.id).where(builders.Unit.kind == "province"))


def test_counters_stand_in_the_order_of_their_numbers(small):
    for number in ("10", "9", "02", "A1"):
        counters.add(small, "hga", number=number, name="x", actor=ACTOR)
    numbers = [item.number for item in queries.detail(small, "hga").counters]
    assert numbers == ["01", "02", "9", "10", "A1", "B2"]
    assert small.scalar(select(Counter.code).where(Counter.number == "A1")) == "hga-a1"
