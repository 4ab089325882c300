"""Lists of closed dossiers: read from files, checked row by row, taken whole or not at all."""

import hashlib
import io
from dataclasses import replace

import pytest
import xlsxwriter
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from app.code_jobs import CodeJobs
from app.errors import ConflictError
from app.models import ClosedDossier, DossierUpload, FrameMapping
from app.services.dossiers import contacts, manifest, store
from app.services.dossiers import uploads as lists
from app.services.frames.columns import Columns
from app.services.imports import uploads
from app.services.sealing import Sealer
from tests.app.codes import closed
from tests.app.codes.closed import NOW, OFFICE

HEAD = ("STT", "Mã hồ sơ", "Ngày trả kết quả", "Nơi tiếp nhận", "Lĩnh vực", "Số điện thoại", "Tên")
STATED = Columns(
    columns={
        "key": "Mã hồ sơ", "returned_on": "Ngày trả kết quả", "centre": "Nơi tiếp nhận",
        "field": "Lĩnh vực", "phone": "Số điện thoại",
    }
)  # fmt: skip


@pytest.fixture
def jobs(database, settings, tmp_path):
    return CodeJobs(database, replace(settings, var_dir=tmp_path), now=lambda: NOW)


@pytest.fixture
def place(database):
    with database.write() as db:
        return closed.place(db)


def row(number, **changes):
    cells = {
        "n": str(number), "code": f"H49.{number:04d}", "day": "16/11/2026", "centre": "hcc-06652",
        "field": "Hộ tịch", "phone": "0912 345 678", "name": "Nguyễn Văn An",
    } | changes  # fmt: skip
    return tuple(cells.values())


def csv(*rows):
    lines = ["Danh sách hồ sơ đã trả kết quả", "", ",".join(HEAD), *map(",".join, rows)]
    return "\n".join(lines).encode("utf-8-sig")


def xlsx(path, *rows):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for line, cells in enumerate((HEAD, *rows)):
            sheet.write_row(line, 0, cells)
    return path.read_bytes()


def hand_in(jobs, content, *, given=None):
    """Keep a file as the page does, have it read, and say what became of it."""
    kept = uploads.keep(io.BytesIO(content), jobs.uploads)
    with jobs.database.write() as db:
        target = store.target_of(db, "ma")
        signed = None
        if given is not None:
            signed = manifest.verify(db, given, kept.file_hash, target.province_id)
        received = lists.Received("ho-so.csv", kept.file_hash, kept.stored_name)
        number = lists.add(db, target, received, by=OFFICE, now=NOW, signed=signed)
    jobs.read_list(number)
    return number


def confirm(jobs, number, stated=STATED):
    with jobs.database.write() as db:
        signature = db.get_one(DossierUpload, number).columns["signature"]
        lists.confirm(db, number, stated, signature, actor=OFFICE, now=NOW)
    jobs.read_list(number)


def upload(jobs, number):
    with jobs.database.read() as db:
        return db.get_one(DossierUpload, number)


def n_dossiers(jobs):
    with jobs.database.read() as db:
        return db.scalars(select(func.count()).select_from(ClosedDossier)).one()


def test_a_form_of_list_is_asked_about_once(jobs, place):
    number = hand_in(jobs, csv(*map(row, range(1, 6))))
    asked = upload(jobs, number)
    assert asked.state == "asking"
    assert asked.columns["head"]["guessed"]["key"] == 1
    confirm(jobs, number)
    taken = upload(jobs, number)
    assert (taken.state, taken.n_rows, taken.n_new, taken.n_known) == ("taken", 5, 5, 0)
    other = upload(jobs, hand_in(jobs, csv(*map(row, range(6, 9)))))
    assert (other.state, other.n_new) == ("taken", 3)
    assert list(jobs.uploads.iterdir()) == []


def test_a_workbook_is_read_like_a_csv(jobs, place, tmp_path):
    number = hand_in(jobs, xlsx(tmp_path / "a.xlsx", *map(row, range(1, 6))))
    confirm(jobs, number)
    assert upload(jobs, number).n_new == 5


def test_a_list_that_comes_again_counts_once(jobs, place):
    confirm(jobs, hand_in(jobs, csv(*map(row, range(1, 6)))))
    again = upload(jobs, hand_in(jobs, csv(*map(row, range(3, 9)))))
    assert (again.state, again.n_new, again.n_known) == ("taken", 3, 3)
    assert n_dossiers(jobs) == 8
    same = upload(jobs, hand_in(jobs, csv(*map(row, range(1, 9)))))
    assert (same.state, same.n_new, same.n_known) == ("unchanged", 0, 8)


def test_the_very_same_file_is_refused_before_it_is_read(jobs, place):
    content = csv(*map(row, range(1, 6)))
    confirm(jobs, hand_in(jobs, content))
    with pytest.raises(ConflictError) as caught:
        hand_in(jobs, content)
    assert caught.value.code == "upload.same-file"


@pytest.mark.parametrize(
    ("changes", "column", "problem"),
    [
        ({"code": ""}, "code", "dossier.code-missing"),
        ({"code": "H" * 61}, "code", "dossier.code-malformed"),
        ({"day": ""}, "closed_on", "dossier.day-missing"),
        ({"day": "31/02/2026"}, "closed_on", "dossier.day-malformed"),
        ({"day": "21/11/2026"}, "closed_on", "dossier.not-closed"),
        ({"centre": ""}, "centre", "dossier.centre-missing"),
        ({"centre": "Phường Không Có"}, "centre", "dossier.centre-unknown"),
        ({"field": "Trồng hoa"}, "field", "dossier.field-unknown"),
        ({"code": "H49.0001", "day": "15/11/2026"}, "code", "dossier.twice"),
    ],
)
def test_one_bad_row_is_told_and_none_is_taken(jobs, place, changes, column, problem):
    number = hand_in(jobs, csv(row(1), row(2), row(3), row(4, **changes)))
    confirm(jobs, number)
    refused = upload(jobs, number)
    assert refused.state == "rejected"
    assert [(each["row"], each["column"], each["problem"]) for each in refused.problems] == [
        (7, column, problem)
    ]
    assert n_dossiers(jobs) == 0


def test_a_known_dossier_that_says_something_else_is_a_problem(jobs, place):
    confirm(jobs, hand_in(jobs, csv(*map(row, range(1, 6)))))
    other = upload(jobs, hand_in(jobs, csv(row(9), row(2, day="15/11/2026"))))
    assert other.state == "rejected"
    assert [each["problem"] for each in other.problems] == ["dossier.changed"]
    assert n_dossiers(jobs) == 5


def test_a_centre_is_known_by_code_name_and_commune(jobs, place):
    rows = [
        row(1),
        row(2, centre="Trung tâm Phục vụ hành chính công phường Hồng Gai"),
        row(3, centre="P. Hồng Gai"),
    ]
    confirm(jobs, hand_in(jobs, csv(*rows)))
    with jobs.database.read() as db:
        assert {each.centre_id for each in closed.dossiers(db)} == {place.town.centre.id}


def test_telephone_numbers_are_sealed_and_names_are_not_read(jobs, place):
    confirm(jobs, hand_in(jobs, csv(*map(row, range(1, 4)))))
    with jobs.database.read() as db:
        found = closed.dossiers(db)[0]
        assert b"0912345678" not in found.contact_sealed
        sealer = Sealer.of(jobs.settings)
        opened = contacts.open_(sealer, found.round_id, found.code, found.contact_sealed)
        assert opened.phone == "0912345678"
        for path in jobs.settings.var_dir.rglob("*"):
            assert not path.is_file() or "Nguyễn".encode() not in path.read_bytes()


def test_what_was_confirmed_serves_the_lists_of_frames_too(jobs, place):
    confirm(jobs, hand_in(jobs, csv(*map(row, range(1, 4)))))
    with jobs.database.read() as db:
        kept = db.scalars(select(FrameMapping)).one()
    assert kept.kind == "dossier"
    assert kept.mapping["columns"]["key"] == "Mã hồ sơ"


def test_a_list_of_a_closed_round_is_not_taken(jobs, place):
    number = hand_in(jobs, csv(*map(row, range(1, 4))))
    with jobs.database.write() as db:
        db.get_one(type(place.round), place.round.id).state = "closed"
    confirm(jobs, number)
    assert upload(jobs, number).problems[0]["problem"] == "round.takes-no-dossiers"
    assert n_dossiers(jobs) == 0


class TestManifest:
    @pytest.fixture
    def key(self, database, place):
        key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
        with database.write() as db:
            manifest.add_signer(
                db, name="Một cửa", public_key=key.public_key().public_bytes_raw().hex(),
                province_id=place.town.province.id, actor=OFFICE, now=NOW,
            )  # fmt: skip
        return key

    def made(self, content, key):
        return manifest.make(f"sha256:{hashlib.sha256(content).hexdigest()}", NOW, key)

    def test_a_list_with_a_good_signature_says_who_signed(self, jobs, key):
        content = csv(*map(row, range(1, 4)))
        number = hand_in(jobs, content, given=self.made(content, key))
        confirm(jobs, number)
        taken = upload(jobs, number)
        assert (taken.state, taken.manifest["signer"]) == ("taken", "Một cửa")

    @pytest.mark.parametrize("code", ["altered", "forged", "unknown-signer", "unreadable"])
    def test_every_other_signature_is_refused(self, jobs, key, code):
        content = csv(*map(row, range(1, 4)))
        given = self.made(content, key)
        if code == "altered":
            content += b"\n"
        elif code == "forged":
            given = given.replace(b"2026-11-20T03", b"2026-11-19T03")
        elif code == "unknown-signer":
            given = self.made(content, Ed25519PrivateKey.from_private_bytes(bytes(32)))
        else:
            given = b'{"sha256": 1}'
        with pytest.raises(ConflictError) as caught:
            hand_in(jobs, content, given=given)
        assert caught.value.code == f"manifest.{code}"

    def test_a_revoked_key_signs_nothing_more(self, jobs, key):
        with jobs.database.write() as db:
            manifest.revoke_signer(db, 1, actor=OFFICE, now=NOW)
        content = csv(row(1))
        with pytest.raises(ConflictError) as caught:
            hand_in(jobs, content, given=self.made(content, key))
        assert caught.value.code == "manifest.unknown-signer"
