"""Every address is guarded and none is lost: what was printed in a QR code must work for years."""

from pathlib import Path

from app.web import guards

URLS = Path(__file__).with_name("urls.txt")
# Who may enter what each guard guards; a new guard needs a row in the tests of roles too.
KNOWN_GUARDS = {
    "everyone",
    "same_site",
    "sign_in_page",
    "staff",
    "office",
    "watched",
    "field",
    "bearer",
}


def addresses(app):
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }


def stored():
    return set(URLS.read_text(encoding="utf-8").splitlines())


def test_no_address_is_lost(app):
    lost = stored() - addresses(app)
    assert not lost, f"these addresses no longer work: {sorted(lost)}"


def test_every_address_is_written_down(app):
    new = addresses(app) - stored()
    assert not new, "add to tests/architecture/urls.txt:\n" + "\n".join(sorted(new))


def test_the_list_is_sorted():
    lines = URLS.read_text(encoding="utf-8").splitlines()
    assert lines == sorted(lines, key=lambda line: line.split()[::-1])


def test_every_blueprint_has_a_guard(app):
    without = {name for name in app.blueprints if guards.guard_of(name) is None}
    assert not without
    assert {guards.guard_of(name) for name in app.blueprints} <= KNOWN_GUARDS


def test_every_view_belongs_to_a_blueprint(app):
    outside = {rule.endpoint for rule in app.url_map.iter_rules() if "." not in rule.endpoint} - {
        "static"
    }
    assert not outside


def test_pages_of_staff_are_below_office(app):
    for rule in app.url_map.iter_rules():
        guard = guards.guard_of(rule.endpoint.partition(".")[0])
        if guard in {*guards.MAY_ENTER, "sign_in_page"}:
            assert rule.rule.startswith("/office/"), rule
        else:
            assert not rule.rule.startswith("/office"), rule
