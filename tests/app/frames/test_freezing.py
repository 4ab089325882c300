"""A frozen frame never changes, and contacts are kept apart from it for a time."""

from datetime import timedelta

import polars as pl
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.errors import ConflictError, NotFoundError
from app.models import AuditEntry
from app.models.base import now
from app.services.frames import contacts, files, freezing, gather
from app.services.frames.contacts import Reader
from surveys.sampling.frame import read_frame
from tests.app.frames.conftest import OFFICE
from tests.app.frames.steps import READER, a_list, dossiers, freeze, hindrances


def test_a_frozen_frame_is_a_canonical_file_known_by_its_hash(desk, tmp_path):
    code = desk.begin()
    desk.gather(code, a_list(tmp_path, *reversed(dossiers(30))))
    frame = freeze(desk, code)
    assert (frame.state, frame.n_rows, frame.frozen_by) == ("frozen", 30, OFFICE)
    path = desk.jobs.shelf.frozen(frame.file_name)
    read = read_frame(path)
    assert read.content_hash == frame.content_hash
    assert frame.file_name == f"{frame.content_hash}.csv"
    assert path.stat().st_mode & 0o222 == 0
    content = path.read_text()
    assert "Người" not in content
    assert "0000" not in content.replace("H49-0000", "")
    assert content.splitlines()[1].startswith("H49-00001,,,hcc-06862,06862,,,,2026-03-02,,")
    assert not (desk.jobs.shelf.folder / str(frame.id) / "read").exists()


def test_the_same_lists_make_the_same_frame_in_whatever_order_they_came(desk, tmp_path):
    hashes = set()
    for order in ((0, 1), (1, 0)):
        paths = [a_list(tmp_path, *dossiers(5, 1 + 10 * k), name=f"{k}.csv") for k in order]
        code = desk.begin()
        desk.gather(code, *paths)
        hashes.add(freeze(desk, code).content_hash)
    assert len(hashes) == 1


def test_the_same_person_has_the_same_number_in_every_frame(desk, tmp_path):
    numbers = []
    for name, start in (("2025", 1), ("2026", 100)):
        code = desk.begin(name=name)
        rows = [(key, day, unit, who, "0912 345 678")
                for key, day, unit, who, _ in dossiers(2, start)]  # fmt: skip
        desk.gather(code, a_list(tmp_path, *rows, name=f"{name}.csv"))
        frame = read_frame(desk.jobs.shelf.frozen(freeze(desk, code).file_name))
        numbers += frame.measures["prn"].tolist()
    assert len(set(numbers)) == 1


def test_without_contacts_each_dossier_has_a_number_of_its_own(desk, tmp_path):
    code = desk.begin()
    rows = [(key, day, unit, None, None) for key, day, unit, *_ in dossiers(20)]
    desk.gather(code, a_list(tmp_path, *rows))
    frame = read_frame(desk.jobs.shelf.frozen(freeze(desk, code).file_name))
    assert len(set(frame.measures["prn"].tolist())) == 20


def test_the_database_refuses_to_change_a_frozen_frame_or_its_files(desk, tmp_path):
    code = desk.begin()
    desk.gather(code, a_list(tmp_path, *dossiers(5)))
    freeze(desk, code)
    for statement in (
        "UPDATE frame SET n_rows = 6",
        "UPDATE frame SET state = 'gathering'",
        "DELETE FROM frame_file",
        "UPDATE frame_file SET n_accepted = 9",
        "TRUNCATE frame_file CASCADE",
    ):
        with pytest.raises(IntegrityError), desk.database.write() as db:
            db.execute(text(statement))


def test_a_frozen_frame_takes_nothing_more(desk, tmp_path):
    code = desk.begin()
    desk.gather(code, a_list(tmp_path, *dossiers(5)))
    freeze(desk, code)
    file_id = desk.files(code)[0].id
    with pytest.raises(ConflictError, match="not-gathering"):
        desk.hand_in(code, a_list(tmp_path, *dossiers(2, 70), name="b.csv"))
    with desk.database.write() as db:
        for act in (
            lambda: files.remove(db, code, file_id, actor=OFFICE),
            lambda: freezing.begin(db, code, actor=OFFICE),
            lambda: gather.withdraw(db, code, actor=OFFICE),
        ):
            with pytest.raises(ConflictError, match="not-gathering"):
                act()


def test_freezing_begins_again_after_its_process_died(desk, tmp_path, monkeypatch):
    code = desk.begin()
    desk.gather(code, a_list(tmp_path, *dossiers(5)))
    with desk.database.write() as db:
        number = freezing.begin(db, code, actor=OFFICE)
    with monkeypatch.context() as patch:

        def die(*_):
            raise SystemExit

        patch.setattr(freezing, "finish", die)
        with pytest.raises(SystemExit):
            desk.jobs.freeze(number)
    assert desk.frame(code).state == "freezing"
    desk.jobs.freeze(number)
    desk.jobs.freeze(number)
    assert desk.frame(code).state == "frozen"
    with desk.database.write() as db:
        assert len(contacts.contacts_of(db, desk.jobs.vault, code, ["H49-00001"], by=READER,
                                        purpose="test")) == 1  # fmt: skip


def test_an_account_drawn_up_while_a_decision_came_is_not_kept(desk, tmp_path, monkeypatch):
    from app import frame_jobs

    code = desk.begin()
    desk.gather(code, a_list(tmp_path, *dossiers(5)))
    check = frame_jobs.checking.check_files

    def meanwhile(facts, checked):
        found = check(facts, checked)
        with desk.database.write() as db:
            gather.gathering(db, code).revision += 1
        return found

    with desk.database.write() as db:
        gather.gathering(db, code).revision += 1
    monkeypatch.setattr(frame_jobs.checking, "check_files", meanwhile)
    desk.jobs.check(desk.frame(code).id)
    assert hindrances(desk, code) == ["freeze.not-settled"]


class TestContacts:
    def frozen(self, desk, tmp_path, **values):
        code = desk.begin(**values)
        desk.gather(code, a_list(tmp_path, *dossiers(5)))
        freeze(desk, code)
        return code

    def read(self, desk, code, by=READER):
        with desk.database.write() as db:
            return contacts.contacts_of(
                db, desk.jobs.vault, code, ["H49-00002", "X"], by=by, purpose="draw 3"
            )

    def test_they_are_read_by_key_and_the_log_says_who_did(self, desk, tmp_path):
        code = self.frozen(desk, tmp_path)
        (contact,) = self.read(desk, code).values()
        assert (contact.name, contact.phone) == ("Người Mẫu 2", "0000000002")
        with desk.database.read() as db:
            entry = db.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (entry.actor, entry.action, entry.details) == (
            OFFICE, "frame.contacts-read", {"asked": 2, "found": 1, "purpose": "draw 3"},
        )  # fmt: skip

    @pytest.mark.parametrize("roles", [(), ("unit_viewer",), ("supervisor",)])
    def test_others_find_nothing(self, desk, tmp_path, roles):
        code = self.frozen(desk, tmp_path)
        with pytest.raises(NotFoundError, match="not-yours"):
            self.read(desk, code, Reader("x@example.vn", roles))
        assert self.read(desk, code, Reader("x@example.vn", ("fieldwork",)))

    def test_nothing_of_them_lies_open_anywhere(self, desk, tmp_path):
        self.frozen(desk, tmp_path)
        for path in desk.jobs.settings.var_dir.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                assert "Người Mẫu".encode() not in content, path
                assert b"0000000002" not in content, path
        with desk.database.read() as db:
            rows = db.execute(text("SELECT f::text FROM frame_file f")).scalars().all()
        assert not any("Người Mẫu" in row or "0000000002" in row for row in rows)

    def test_they_are_deleted_when_their_time_is_over(self, desk, tmp_path):
        code = self.frozen(desk, tmp_path)
        due = desk.frame(code).contacts_delete_on
        with desk.database.write() as db:
            assert contacts.delete_due(db, desk.jobs.vault, due - timedelta(days=1), now()) == 0
        assert self.read(desk, code)
        with desk.database.write() as db:
            assert contacts.delete_due(db, desk.jobs.vault, due, now()) == 1
            assert contacts.delete_due(db, desk.jobs.vault, due, now()) == 0
        with pytest.raises(NotFoundError, match="deleted"):
            self.read(desk, code)
        assert desk.frame(code).contacts_deleted_at is not None

    def test_they_are_deleted_on_request(self, desk, tmp_path):
        code = self.frozen(desk, tmp_path)
        with desk.database.write() as db:
            contacts.delete(db, desk.jobs.vault, code, actor=OFFICE, now=now())
        assert not (desk.jobs.vault.folder / str(desk.frame(code).id)).exists()

    def test_once_deleted_none_are_kept_of_further_files(self, desk, tmp_path):
        code = desk.begin()
        desk.gather(code, a_list(tmp_path, *dossiers(5)))
        with desk.database.write() as db:
            contacts.delete(db, desk.jobs.vault, code, actor=OFFICE, now=now())
        desk.gather(code, a_list(tmp_path, *dossiers(5, 50), name="b.csv"))
        freeze(desk, code)
        assert not (desk.jobs.vault.folder / str(desk.frame(code).id)).exists()


def test_where_every_row_comes_from_is_kept(desk, tmp_path):
    code = desk.begin()
    desk.gather(code, a_list(tmp_path, *dossiers(3)))
    frame = freeze(desk, code)
    origin = pl.read_parquet(desk.jobs.shelf.origin(frame.id))
    assert origin.rows() == [("H49-00001", 1, 2), ("H49-00002", 1, 3), ("H49-00003", 1, 4)]
