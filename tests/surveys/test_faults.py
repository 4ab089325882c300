"""Every fault of the loader, with its place, and nothing else reported beside it."""
# ruff: noqa: E501 - the table reads best with one case a line

from dataclasses import replace
from pathlib import Path

import pytest

from surveys.instrument.faults import FAULT_CODES, Fault, InstrumentFaults
from surveys.instrument.load import load, load_files, read

STRUCTURE = """\
code = "whole"
version = "1"
languages = ["vi", "en"]
minutes = 3

[scales.rating]
codes = [1, 2, 3]
satisfied = [3]
neutral = [2]
dissatisfied = [1]
not_rated = [9]

[choices.job]
codes = ["farm", "shop", "none", "else"]
exclusive = ["none"]
other = "else"

[[pages]]
code = "start"

[[pages.items]]
code = "hello"
kind = "note"

[[pages.items]]
code = "polite"
kind = "scale"
scale = "rating"
group = "officials"

[[pages.items]]
code = "prompt"
kind = "scale"
scale = "rating"
group = "officials"

[[pages.items]]
code = "job"
kind = "single"
choices = "job"
profile = true

[[pages]]
code = "more"
when = { is = ["job", "farm"] }

[[pages.items]]
code = "jobs"
kind = "multiple"
choices = "job"

[[pages.items]]
code = "trips"
kind = "integer"
minimum = 0
maximum = 20

[[pages.items]]
code = "hours"
kind = "decimal"
minimum = 0.5

[[pages.items]]
code = "received"
kind = "date"
maximum = 2026-12-31

[[pages.items]]
code = "late"
kind = "yes_no"

[[pages.items]]
code = "opinion"
kind = "long_text"
max_length = 500
when = { at_least = ["polite", 2] }
"""

VI = """\
title = "Phiếu"
purpose = "Để thử."
retention = "Không giữ gì."
consent = "Tôi đồng ý."
thanks = "Cảm ơn ông/bà."

[pages.start]
title = "Mở đầu"
intro = "Xin chào."

[pages.more]
title = "Thêm"

[groups.officials]
title = "Công chức"

[items]
hello = { label = "Xin đọc kỹ." }
polite = { label = "Lịch sự", hint = "Tại quầy" }
prompt = { label = "Kịp thời" }
job = { label = "Nghề" }
jobs = { label = "Các nghề" }
trips = { label = "Số lần" }
hours = { label = "Số giờ" }
received = { label = "Ngày nhận" }
late = { label = "Trễ hẹn" }
opinion = { label = "Ý kiến" }

[scales.rating]
1 = "Kém"
2 = "Vừa"
3 = "Tốt"
9 = "Không có ý kiến"

[choices.job]
farm = "Làm ruộng"
shop = "Buôn bán"
none = "Không làm"
else = "Khác"
"""

EN = """\
title = "Form"
purpose = "To try."
retention = "Nothing is kept."
consent = "I agree."
thanks = "Thank you."
pages = { start = { title = "Start" }, more = { title = "More" } }
groups = { officials = { title = "Officials" } }

[items]
hello = { label = "Please read." }
polite = { label = "Polite" }
prompt = { label = "Prompt" }
job = { label = "Job" }
jobs = { label = "Jobs" }
trips = { label = "Trips" }
hours = { label = "Hours" }
received = { label = "Received" }
late = { label = "Late" }
opinion = { label = "Opinion" }

[scales.rating]
1 = "Bad"
2 = "Fair"
3 = "Good"
9 = "No opinion"

[choices.job]
farm = "Farm"
shop = "Shop"
none = "None"
else = "Else"
"""

FILES = {"instrument.toml": STRUCTURE, "vi.toml": VI, "en.toml": EN}
START, MORE = "instrument.toml: pages[0]", "instrument.toml: pages[1]"
OPINION = f"{MORE}.items[5]"
WHEN = f"{OPINION}.when"
DEEP = "{ not = " * 8 + '{ answered = "polite" }' + " }" * 8


def faults_of(files):
    """Faults in order; what the TOML parser says about a syntax error is its own business."""
    with pytest.raises(InstrumentFaults) as caught:
        load_files(files)
    return [
        replace(fault, value="") if fault.code == "file.syntax" else fault
        for fault in caught.value.faults
    ]


def changed(name, old, new):
    assert FILES[name].count(old) == 1, "the change must have one place"
    return {**FILES, name: FILES[name].replace(old, new)}


def structure(old, new, *expected):
    return pytest.param("instrument.toml", old, new, expected, id=expected[0].code)


def rule(new, *expected):
    return structure('when = { at_least = ["polite", 2] }', f"when = {new}", *expected)


def words(old, new, *expected):
    return pytest.param("vi.toml", old, new, expected, id=expected[0].code)


def scale(key):
    return f"instrument.toml: scales.rating.{key}"


CASES = [
    # the TOML itself
    structure("minutes = 3", "minutes =", Fault("file.syntax", "instrument.toml: line 4, column 10")),
    structure("minutes = 3", "minutes = 3\nminutes = 4", Fault("file.syntax", "instrument.toml: line 5, column 12")),
    structure("minutes = 3", f"minutes = {'9' * 5_000}", Fault("file.syntax", "instrument.toml")),
    structure("minutes = 3", f"minutes = {'[' * 5_000}", Fault("file.syntax", "instrument.toml")),
    words('title = "Phiếu"', 'title = "Phiếu', Fault("file.syntax", "vi.toml: line 1, column 15")),
    words('title = "Phiếu"', 'title = "\ud800"', Fault("file.not-utf8", "vi.toml")),
    # the head
    structure('code = "whole"\n', "", Fault("key.missing", "instrument.toml: code")),
    structure('code = "whole"', "code = 7", Fault("value.wrong-type", "instrument.toml: code", "7")),
    structure('code = "whole"', 'code = "Cả"', Fault("value.bad-code", "instrument.toml: code", "Cả")),
    structure('version = "1"', "version = 1", Fault("value.wrong-type", "instrument.toml: version", "1")),
    structure('version = "1"', 'version = "a b"', Fault("value.bad-code", "instrument.toml: version", "a b")),
    structure('["vi", "en"]', '["vi", "en", "vi"]', Fault("code.duplicate", "instrument.toml: languages[2]", "vi")),
    structure('["vi", "en"]', '["vi", "en", "fr"]', Fault("file.missing", "fr.toml")),
    structure('["vi", "en"]', '["vi"]', Fault("file.unknown-language", "en.toml", "en")),
    structure('["vi", "en"]', "[]", Fault("value.empty", "instrument.toml: languages")),
    structure('["vi", "en"]', '"vi"', Fault("value.wrong-type", "instrument.toml: languages", "vi")),
    structure("minutes = 3", "minutes = 0", Fault("value.out-of-range", "instrument.toml: minutes", "0")),
    structure("minutes = 3", "minutes = 3.0", Fault("value.wrong-type", "instrument.toml: minutes", "3.0")),
    structure("minutes = 3", f"minutes = 0x{'f' * 9_000}", Fault("value.out-of-range", "instrument.toml: minutes", "…")),
    structure("minutes = 3", "", Fault("key.missing", "instrument.toml: minutes")),
    structure("minutes = 3", "minutes = 3\nauthor = 1", Fault("key.unknown", "instrument.toml: author")),
    # scales and choices
    structure("codes = [1, 2, 3]", "codes = [1, 3, 2]", Fault("scale.not-ascending", scale("codes"), "1, 3, 2")),
    structure("codes = [1, 2, 3]", "codes = [1, 2, 3, 4]", Fault("scale.unclassified", scale("codes"), "4")),
    structure("codes = [1, 2, 3]", 'codes = [1, 2, 3, "4"]', Fault("value.wrong-type", scale("codes[3]"), "4")),
    structure("codes = [1, 2, 3]", "codes = [1, 2, 3, 3]", Fault("code.duplicate", scale("codes[3]"), "3")),
    structure("codes = [1, 2, 3]", "codes = [-1, 1, 2, 3]", Fault("value.bad-code", scale("codes[0]"), "-1")),
    structure("satisfied = [3]\n", "satisfied = [3, 4]\n", Fault("scale.unknown-code", scale("satisfied"), "4")),
    structure("satisfied = [3]\n", "satisfied = [2, 3]\n", Fault("scale.overlap", scale("neutral"), "2")),
    structure("not_rated = [9]", "not_rated = [3, 9]", Fault("scale.overlap", scale("not_rated"), "3")),
    structure("not_rated = [9]", "not_rated = [9]\nhappy = [1]", Fault("key.unknown", scale("happy"))),
    structure("[scales.rating]\n", "[scales]\nother = 5\n[scales.rating]\n", Fault("value.wrong-type", "instrument.toml: scales.other", "5"), Fault("key.missing", "instrument.toml: scales.other.codes")),
    structure('exclusive = ["none"]', 'exclusive = ["nobody"]', Fault("choices.unknown-code", "instrument.toml: choices.job.exclusive", "nobody")),
    structure('other = "else"', 'other = "what"', Fault("choices.unknown-code", "instrument.toml: choices.job.other", "what")),
    structure('other = "else"', "other = 1", Fault("value.wrong-type", "instrument.toml: choices.job.other", "1")),
    structure('other = "else"', 'others = "else"', Fault("key.unknown", "instrument.toml: choices.job.others")),
    structure('["farm", "shop", "none", "else"]', '["farm", "shop", "none", "else", "a b"]', Fault("value.bad-code", "instrument.toml: choices.job.codes[4]", "a b")),
    structure('["farm", "shop", "none", "else"]', '["farm", "shop", "none", "else", 1]', Fault("value.wrong-type", "instrument.toml: choices.job.codes[4]", "1")),
    structure('["farm", "shop", "none", "else"]', '["farm", "shop", "none", "else", "farm"]', Fault("code.duplicate", "instrument.toml: choices.job.codes[4]", "farm")),
    # pages and items
    structure('code = "start"', 'code = "start"\ncolour = 1', Fault("key.unknown", f"{START}.colour")),
    structure('code = "start"', 'code = "Start"', Fault("value.bad-code", f"{START}.code", "Start"), Fault("wording.unknown", "vi.toml: pages.start"), Fault("wording.unknown", "en.toml: pages.start")),
    structure('code = "more"', 'code = "start"', Fault("page.duplicate-code", f"{MORE}.code", "start"), Fault("wording.unknown", "vi.toml: pages.more"), Fault("wording.unknown", "en.toml: pages.more")),
    structure('[[pages]]\ncode = "start"', '[[pages]]\ncode = "empty"\n[[pages]]\ncode = "start"', Fault("page.empty", f"{START}.items", "empty"), Fault("wording.missing", "vi.toml: pages.empty.title"), Fault("wording.missing", "en.toml: pages.empty.title")),
    structure('[[pages]]\ncode = "start"', '[[pages]]\ncode = "start"\nitems = [1]\n[[pages]]\ncode = "start"', Fault("value.wrong-type", f"{START}.items[0]", "1"), Fault("page.duplicate-code", f"{MORE}.code", "start")),
    structure('code = "prompt"', 'code = "polite"', Fault("item.duplicate-code", f"{START}.items[2].code", "polite"), Fault("wording.unknown", "vi.toml: items.prompt"), Fault("wording.unknown", "en.toml: items.prompt")),
    structure('code = "hours"', 'code = "job_other"', Fault("item.duplicate-code", f"{MORE}.items[2].code", "job_other"), *(Fault(code, f"{file}: items.{item}") for file in ("vi.toml", "en.toml") for code, item in (("wording.missing", "job_other.label"), ("wording.unknown", "hours")))),
    structure('code = "hours"\n', "", Fault("key.missing", f"{MORE}.items[2].code"), Fault("wording.unknown", "vi.toml: items.hours"), Fault("wording.unknown", "en.toml: items.hours")),
    structure('kind = "decimal"\n', "", Fault("key.missing", f"{MORE}.items[2].kind")),
    structure('kind = "decimal"', 'kind = "number"', Fault("item.unknown-kind", f"{MORE}.items[2].kind", "number")),
    structure('kind = "decimal"', "kind = [1]", Fault("item.unknown-kind", f"{MORE}.items[2].kind", "[1]")),
    structure('kind = "decimal"', 'kind = "decimal"\nunit = "h"', Fault("key.unknown", f"{MORE}.items[2].unit")),
    structure('kind = "decimal"', 'kind = "decimal"\nrequired = "yes"', Fault("value.wrong-type", f"{MORE}.items[2].required", "yes")),
    structure('kind = "decimal"', 'kind = "decimal"\nscale = "rating"', Fault("item.key-not-for-kind", f"{MORE}.items[2].scale", "decimal")),
    structure('kind = "decimal"', 'kind = "decimal"\nmax_length = 5', Fault("item.key-not-for-kind", f"{MORE}.items[2].max_length", "decimal")),
    structure('kind = "note"', 'kind = "note"\nrequired = true', Fault("item.key-not-for-kind", f"{START}.items[0].required", "note")),
    structure("max_length = 500", "max_length = 500\nprofile = true", Fault("item.key-not-for-kind", f"{OPINION}.profile", "long_text")),
    structure("max_length = 500", "max_length = 0", Fault("value.out-of-range", f"{OPINION}.max_length", "0")),
    structure("max_length = 500", "max_length = 10001", Fault("value.out-of-range", f"{OPINION}.max_length", "10001")),
    structure('kind = "single"\nchoices = "job"', 'kind = "single"', Fault("item.without-choices", f"{START}.items[3].choices")),
    structure('kind = "single"\nchoices = "job"', 'kind = "single"\nchoices = "rating"', Fault("item.unknown-choices", f"{START}.items[3].choices", "rating")),
    structure('code = "prompt"\nkind = "scale"\nscale = "rating"', 'code = "prompt"\nkind = "scale"', Fault("item.without-scale", f"{START}.items[2].scale")),
    structure('code = "prompt"\nkind = "scale"\nscale = "rating"', 'code = "prompt"\nkind = "scale"\nscale = "job"', Fault("item.unknown-scale", f"{START}.items[2].scale", "job")),
    structure("minimum = 0\nmaximum = 20", "minimum = 21\nmaximum = 20", Fault("item.bounds-reversed", f"{MORE}.items[1].minimum", "21")),
    structure("minimum = 0\nmaximum = 20", "minimum = 0.5", Fault("value.wrong-type", f"{MORE}.items[1].minimum", "0.5")),
    structure("minimum = 0\nmaximum = 20", f"maximum = {10**18}", Fault("value.wrong-type", f"{MORE}.items[1].maximum", "1000000000000000000")),
    structure("minimum = 0.5", "minimum = inf", Fault("value.wrong-type", f"{MORE}.items[2].minimum", "Infinity")),
    structure("minimum = 0.5", "minimum = nan", Fault("value.wrong-type", f"{MORE}.items[2].minimum", "NaN")),
    structure("maximum = 2026-12-31", 'maximum = "2026-02-30"', Fault("value.wrong-type", f"{MORE}.items[3].maximum", "2026-02-30")),
    structure("maximum = 2026-12-31", "maximum = 2026-12-31T00:00:00", Fault("value.wrong-type", f"{MORE}.items[3].maximum", "2026-12-31T00:00:00")),
    structure("maximum = 2026-12-31", "maximum = 20261231", Fault("value.wrong-type", f"{MORE}.items[3].maximum", "20261231")),
    structure('code = "trips"', 'code = "trips"\ngroup = "officials"', Fault("group.not-consecutive", f"{MORE}.items[1].group", "officials")),
    structure('code = "job"\n', 'code = "job"\ngroup = "more"\n', Fault("wording.missing", "vi.toml: groups.more.title"), Fault("wording.missing", "en.toml: groups.more.title")),
    structure('group = "officials"\n\n[[pages.items]]\ncode = "prompt"', 'group = "officials"\n\n[[pages.items]]\ncode = "trips_before"\nkind = "note"\n\n[[pages.items]]\ncode = "prompt"', Fault("group.not-consecutive", f"{START}.items[3].group", "officials"), Fault("wording.missing", "vi.toml: items.trips_before.label"), Fault("wording.missing", "en.toml: items.trips_before.label")),
    # rules
    rule('"polite"', Fault("rule.malformed", WHEN, "polite")),
    rule("{}", Fault("rule.malformed", WHEN, "{}")),
    rule('{ answered = "polite", not = {} }', Fault("rule.malformed", WHEN, "{'answered': 'polite', 'not': {}}")),
    rule("{ answered = 1 }", Fault("rule.malformed", f"{WHEN}.answered", "1")),
    rule('{ is = "polite" }', Fault("rule.malformed", f"{WHEN}.is", "polite")),
    rule('{ is = ["polite", 1, 2] }', Fault("rule.malformed", f"{WHEN}.is", "['polite', 1, 2]")),
    rule('{ any_of = ["polite", 1] }', Fault("rule.malformed", f"{WHEN}.any_of", "1")),
    rule('{ any_of = ["polite", []] }', Fault("rule.malformed", f"{WHEN}.any_of", "[]")),
    rule("{ all = [] }", Fault("rule.malformed", f"{WHEN}.all", "[]")),
    rule("{ all = [1] }", Fault("rule.malformed", f"{WHEN}.all[0]", "1")),
    rule("{ not = 1 }", Fault("rule.malformed", f"{WHEN}.not", "1")),
    rule('{ or = ["polite"] }', Fault("rule.unknown-operator", WHEN, "or")),
    rule(DEEP, Fault("rule.too-deep", WHEN + ".not" * 8)),
    structure('when = { at_least = ["polite", 2] }', "when." + "not." * 900 + "x = 1", Fault("rule.too-deep", WHEN + ".not" * 8)),
    rule('{ answered = "nothing" }', Fault("rule.unknown-item", f"{WHEN}.answered", "nothing")),
    rule('{ not = { all = [{ answered = "c9x" }] } }', Fault("rule.unknown-item", f"{WHEN}.not.all[0].answered", "c9x")),
    rule('{ answered = "job_other" }', Fault("rule.unknown-item", f"{WHEN}.answered", "job_other")),
    rule('{ answered = "opinion" }', Fault("rule.later-item", f"{WHEN}.answered", "opinion")),
    structure('when = { is = ["job", "farm"] }', 'when = { answered = "jobs" }', Fault("rule.later-item", f"{MORE}.when.answered", "jobs")),
    rule('{ answered = "hello" }', Fault("rule.wrong-kind", f"{WHEN}.answered", "hello")),
    rule('{ is = ["received", "2026-01-01"] }', Fault("rule.wrong-kind", f"{WHEN}.is", "received")),
    rule('{ is = ["hours", 1] }', Fault("rule.wrong-kind", f"{WHEN}.is", "hours")),
    rule('{ at_least = ["job", 1] }', Fault("rule.wrong-kind", f"{WHEN}.at_least", "job")),
    rule('{ is = ["job", "fish"] }', Fault("rule.unknown-code", f"{WHEN}.is", "fish")),
    rule('{ is = ["polite", "3"] }', Fault("rule.unknown-code", f"{WHEN}.is", "3")),
    rule('{ is = ["polite", 4] }', Fault("rule.unknown-code", f"{WHEN}.is", "4")),
    rule('{ is = ["polite", true] }', Fault("rule.unknown-code", f"{WHEN}.is", "true")),
    rule('{ is = ["polite", 2.0] }', Fault("rule.unknown-code", f"{WHEN}.is", "2.0")),
    rule('{ is = ["late", true] }', Fault("rule.unknown-code", f"{WHEN}.is", "true")),
    rule('{ any_of = ["jobs", ["farm", "fish"]] }', Fault("rule.unknown-code", f"{WHEN}.any_of", "fish")),
    rule('{ at_least = ["polite", 2.5] }', Fault("value.wrong-type", f"{WHEN}.at_least", "2.5")),
    rule('{ at_least = ["hours", nan] }', Fault("value.wrong-type", f"{WHEN}.at_least", "NaN")),
    rule('{ at_least = ["polite", 4] }', Fault("rule.never-holds", WHEN, "opinion")),
    rule('{ is = ["trips", 21] }', Fault("rule.never-holds", WHEN, "opinion")),
    rule('{ not = { answered = "late" } }', Fault("rule.never-holds", WHEN, "opinion")),
    rule('{ is = ["job", "shop"] }', Fault("rule.never-holds", WHEN, "opinion")),
    rule('{ all = [{ is = ["jobs", "none"] }, { is = ["jobs", "shop"] }] }', Fault("rule.never-holds", WHEN, "opinion")),
    structure('when = { is = ["job", "farm"] }', 'when = { all = [{ is = ["job", "farm"] }, { is = ["job", "shop"] }] }', Fault("page.unreachable", MORE, "more")),
    # wording
    words('title = "Phiếu"\n', "", Fault("wording.missing", "vi.toml: title")),
    words('thanks = "Cảm ơn ông/bà."', 'thanks = "  "', Fault("value.empty", "vi.toml: thanks")),
    words('thanks = "Cảm ơn ông/bà."', "thanks = 1", Fault("value.wrong-type", "vi.toml: thanks", "1")),
    words('thanks = "Cảm ơn ông/bà."', 'thanks = "Cảm\\u0000ơn"', Fault("value.bad-character", "vi.toml: thanks", "Cảm\0ơn")),
    words('thanks = "Cảm ơn ông/bà."', 'thanks = "Cảm ơn."\nsorry = "x"', Fault("wording.unknown", "vi.toml: sorry")),
    words('hint = "Tại quầy"', 'help = "Tại quầy"', Fault("wording.unknown", "vi.toml: items.polite.help")),
    words('trips = { label = "Số lần" }\n', "", Fault("wording.missing", "vi.toml: items.trips.label")),
    words('trips = { label = "Số lần" }', 'trips = "Số lần"', Fault("value.wrong-type", "vi.toml: items.trips", "Số lần"), Fault("wording.missing", "vi.toml: items.trips.label")),
    words("[items]", '[items]\ntime = { label = "Giờ" }', Fault("wording.unknown", "vi.toml: items.time")),
    words("[groups.officials]", "[groups.clerks]", Fault("wording.missing", "vi.toml: groups.officials.title"), Fault("wording.unknown", "vi.toml: groups.clerks")),
    words('9 = "Không có ý kiến"\n', "", Fault("wording.missing", "vi.toml: scales.rating.9")),
    words('9 = "Không có ý kiến"', '9 = "Không"\n8 = "Có"', Fault("wording.unknown", "vi.toml: scales.rating.8")),
    words('2 = "Vừa"', '2 = "Tốt"', Fault("wording.duplicate", "vi.toml: scales.rating.3", "Tốt")),
    words('else = "Khác"', 'else = "Buôn bán"', Fault("wording.duplicate", "vi.toml: choices.job.else", "Buôn bán")),
    words('else = "Khác"', 'else = "Khác"\n[yes_no]\nyes = "Có"\nmaybe = "?"', Fault("wording.unknown", "vi.toml: yes_no.maybe")),
]  # fmt: skip


def test_the_instrument_the_faults_are_put_into_is_sound():
    assert load_files(FILES).code == "whole"


@pytest.mark.parametrize(("name", "old", "new", "expected"), CASES)
def test_a_fault_is_reported_with_its_place_and_alone(name, old, new, expected):
    assert faults_of(changed(name, old, new)) == list(expected)


def test_every_fault_code_has_a_case_and_every_case_a_known_code():
    tried = {fault.code for case in CASES for fault in case.values[3]}
    assert tried | {"file.unreadable"} == FAULT_CODES


def test_no_code_is_raised_that_is_not_listed():
    sources = Path(load.__code__.co_filename).parent.glob("*.py")
    text = "".join(source.read_text(encoding="utf-8") for source in sources)
    for code in FAULT_CODES:
        subject, _, rest = code.partition(".")
        assert f'"{code}"' in text.replace("{self.subject}", subject), rest


def test_a_syntax_error_says_what_is_wrong():
    with pytest.raises(InstrumentFaults) as caught:
        load_files(changed("instrument.toml", "minutes = 3", "minutes ="))
    (fault,) = caught.value.faults
    assert fault.value
    assert "line" not in fault.value


def test_all_faults_are_reported_at_once():
    files = {
        "instrument.toml": STRUCTURE.replace('"farm"] }', '"fish"] }').replace("minutes = 3", ""),
        "vi.toml": VI.replace('title = "Phiếu"\n', ""),
        "en.toml": EN.replace("[items]", "[items"),
    }
    assert [(fault.code, fault.place) for fault in faults_of(files)] == [
        ("file.syntax", "en.toml: line 9, column 7"),
        ("key.missing", "instrument.toml: minutes"),
        ("rule.unknown-code", "instrument.toml: pages[1].when.is"),
        ("wording.missing", "vi.toml: title"),
    ]


def test_a_group_cannot_go_on_from_one_page_to_the_next():
    files = dict(FILES)
    for item in ("job", "jobs"):  # the last of its page, and the first of the next
        old = f'code = "{item}"\n'
        files["instrument.toml"] = files["instrument.toml"].replace(old, f'{old}group = "work"\n')
    for name in ("vi.toml", "en.toml"):
        files[name] = files[name].replace("[items]", '[groups.work]\ntitle = "Work"\n[items]')
    files["en.toml"] = files["en.toml"].replace("groups = {", "groups = { work = { title = 'W' },")
    files["en.toml"] = files["en.toml"].replace('[groups.work]\ntitle = "Work"\n', "")
    assert faults_of(files) == [
        Fault("group.not-consecutive", f"{MORE}.items[0].group", "work"),
    ]


def test_two_missing_words_are_not_the_same_word():
    files = changed("vi.toml", '1 = "Kém"\n2 = "Vừa"\n', "")
    assert faults_of(files) == [
        Fault("wording.missing", "vi.toml: scales.rating.1"),
        Fault("wording.missing", "vi.toml: scales.rating.2"),
    ]


def test_one_faulty_scale_does_not_make_faults_of_its_items_rules_and_words():
    assert faults_of(changed("instrument.toml", "codes = [1, 2, 3]", "codes = [1, 1, 2, 3]")) == [
        Fault("code.duplicate", scale("codes[1]"), "1")
    ]


def test_a_broken_item_is_not_an_unknown_item():
    files = changed("instrument.toml", 'code = "polite"\nkind = "scale"', 'code = "polite"')
    assert faults_of(files) == [Fault("key.missing", f"{START}.items[1].kind")]


def test_nothing_at_all_is_every_key_missing():
    assert faults_of({"instrument.toml": ""}) == [
        Fault("key.missing", f"instrument.toml: {key}")
        for key in ("code", "version", "languages", "minutes", "pages")
    ]


def test_no_files_at_all():
    assert faults_of({}) == [Fault("file.missing", "instrument.toml")]


def test_an_empty_language_file_misses_every_word():
    places = {fault.place for fault in faults_of({**FILES, "en.toml": ""})}
    assert {"en.toml: title", "en.toml: items.polite.label", "en.toml: scales.rating.9"} <= places
    assert len(places) == 5 + 2 + 1 + 10 + 4 + 4


def test_a_language_without_supplied_words_needs_its_own_yes_and_no(tiny_files):
    files = tiny_files("yes_no")
    structure = files["instrument.toml"].replace('["vi"]', '["tay"]')
    files = {"instrument.toml": structure, "tay.toml": files["vi.toml"]}
    assert faults_of(files) == [
        Fault("wording.missing", "tay.toml: yes_no.yes"),
        Fault("wording.missing", "tay.toml: yes_no.no"),
    ]


def test_a_message_names_every_fault():
    with pytest.raises(InstrumentFaults, match=r"(?s)code: key.missing.*version: key.missing"):
        load_files({"instrument.toml": ""})


def test_long_values_are_shortened():
    files = changed("instrument.toml", 'version = "1"', f'version = "{"x" * 5_000}"')
    (fault,) = faults_of(files)
    assert len(fault.value) == 80


def write(folder, files):
    for name, text in files.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def faults_in(folder):
    with pytest.raises(InstrumentFaults) as caught:
        load(folder)
    return list(caught.value.faults)


def test_a_folder_with_faults_in_its_files(tmp_path):
    write(tmp_path, {**FILES, "en.toml": EN.encode("utf-16"), "vi.toml": VI.replace("[items]", "")})
    codes = {fault.code for fault in faults_in(tmp_path)}
    assert codes >= {"file.not-utf8", "wording.missing", "wording.unknown"}
    assert faults_in(tmp_path)[0] == Fault("file.not-utf8", "en.toml", "byte 0")


def test_a_folder_that_is_not_there(tmp_path):
    missing = [Fault("file.missing", "instrument.toml")]
    assert faults_in(tmp_path / "nowhere") == missing
    with pytest.raises(InstrumentFaults):
        read(tmp_path)


def test_a_folder_in_place_of_a_file(tmp_path):
    write(tmp_path, {name: text for name, text in FILES.items() if name != "en.toml"})
    (tmp_path / "en.toml").mkdir()
    (fault,) = faults_in(tmp_path)
    assert (fault.code, fault.place) == ("file.unreadable", "en.toml")


def test_a_language_file_nobody_asked_for_is_a_fault_but_method_and_source_are_not(tmp_path):
    write(tmp_path, {**FILES, "method.toml": "not = [toml", "SOURCE.md": "# Nguồn"})
    assert load(tmp_path).code == "whole"
    write(tmp_path, {"fr.toml": VI})
    assert faults_in(tmp_path) == [Fault("file.unknown-language", "fr.toml", "fr")]
