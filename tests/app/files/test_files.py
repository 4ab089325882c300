"""Every file of a publication is made whole, signed, and the same every time."""

import pytest

from app.errors import LongdanError
from app.result_files.files import Kind, Maker, Wanted, every, shelf
from app.services.exports import made
from app.services.manifests.check import Finding, check
from tests.app import desk
from tests.app.files.conftest import publish

SAMPLE = every(is_sample=True)


def named(wanted):
    return f"{wanted.kind}-{wanted.form}-{wanted.language}-{wanted.has_mark}"


@pytest.mark.parametrize("wanted", SAMPLE, ids=named)
def test_a_file_is_genuine_counted_and_the_same_again(wanted, sampled, make, settings, keys):
    first = make(sampled, wanted)
    content = first.path.read_bytes()
    again = make(sampled, wanted)
    assert again.path.read_bytes() == content
    assert (again.digest, again.n_rows) == (first.digest, first.n_rows)
    found = check(first.path, keys, shelf(settings))
    assert found.finding is Finding.GENUINE
    about = found.manifest.about
    assert about.name == wanted.name(sampled.facts)
    assert (about.kind, about.language) == (wanted.kind.value, wanted.language)
    assert about.origin.round == "mau-2026"
    assert about.origin.snapshot == sampled.facts.snapshot_hash
    assert about.origin.simulated
    if wanted.kind is Kind.MICRODATA:
        assert first.n_rows == about.n_rows == 160


@pytest.mark.parametrize("wanted", SAMPLE, ids=named)
def test_any_changed_byte_is_found(wanted, sampled, make, settings, keys, tmp_path):
    content = make(sampled, wanted).path.read_bytes()
    changed = tmp_path / f"x.{wanted.form}"
    for place in range(7, len(content), max(len(content) // 9, 1)):
        changed.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        finding = check(changed, keys, shelf(settings)).finding
        if wanted.form in ("xlsx", "zip"):
            # In the frame of a ZIP there are bytes that mean nothing, e.g. times.
            assert finding is not Finding.FOREIGN
        else:
            assert finding not in (Finding.GENUINE, Finding.SAVED_AGAIN, Finding.FOREIGN)


def test_files_of_open_answers_hold_no_single_answer(database, settings):
    found = publish(database, settings, desk.open_round)
    assert found.facts.round.source == "open"
    kinds = {wanted.kind for wanted in every(is_sample=False)}
    assert kinds == {Kind.WORKBOOK, Kind.FIGURES}


def test_names_of_files_are_told_apart(sampled):
    names = [wanted.name(sampled.facts) for wanted in SAMPLE]
    assert len(set(names)) == len(names)
    assert all(name.isascii() for name in names)


def test_a_cut_off_file_is_never_kept(tmp_path, sampled, make):
    manifest = check(make(sampled, Wanted(Kind.WORKBOOK, "xlsx", "vi")).path, set()).manifest

    def cut_off(path):
        path.write_bytes(b"half")
        return made.Written(160, 159, manifest)

    with pytest.raises(LongdanError, match=r"file\.cut-off"):
        made.make(tmp_path, "x", "csv", cut_off)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_changed_on_the_shelf_is_made_anew(app, database, settings, sampled):
    wanted = Wanted(Kind.FIGURES, "csv", "vi")
    with app.app_context(), database.read() as db:
        maker = Maker(db, settings, sampled)
        first = maker.make(wanted)
        content = first.path.read_bytes()
        first.path.write_bytes(content[:-20])
        assert maker.ready(wanted) is None
        assert maker.make(wanted).path.read_bytes() == content
