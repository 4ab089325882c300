"""From files to a frozen frame: columns once confirmed, names decided, nothing changed after."""

from datetime import date

import pytest
from sqlalchemy import select, text

from app.errors import ConflictError
from app.models import FrameFile
from app.models.base import now
from app.services.frames import files, gather, progress
from app.services.frames.columns import Columns
from app.services.frames.decisions import LEFT_OUT
from tests.app.frames.conftest import OFFICE
from tests.app.frames.files import write_csv, write_xlsx
from tests.app.frames.steps import HEADINGS, a_list, decide, dossiers, freeze, hindrances


def test_columns_are_asked_for_once_and_remembered(desk, tmp_path):
    code = desk.begin()
    paths = [a_list(tmp_path, *dossiers(5, 10 * k), name=f"{k}.csv") for k in range(1, 5)]
    assert desk.gather(code, *paths) == 1
    other = desk.begin(name="Năm sau")
    more = a_list(tmp_path, *dossiers(3, 900), name="sau.csv", headings=HEADINGS)
    assert desk.gather(other, more) == 0
    assert desk.account(other).accepted == 3


def test_a_file_that_asks_shows_its_beginning_and_forgets_it_when_read(desk, tmp_path):
    code = desk.begin()
    desk.hand_in(code, a_list(tmp_path, *dossiers(5)))
    desk.work()
    (file,) = desk.asking(code)
    assert file.head["columns"][0]["examples"][0] == "H49-00001"
    assert hindrances(desk, code) == ["freeze.columns-unknown", "freeze.no-rows"]
    desk.confirm_guess(code, file)
    desk.work()
    (file,) = desk.files(code)
    assert file.state == "read"
    assert "columns" not in file.head
    assert file.head["headers"]["key"] == "Mã hồ sơ"
    assert file.stored_name is None
    assert not any(desk.jobs.uploads.iterdir())


def test_files_that_were_read_are_accounted_for_while_another_one_asks(desk, tmp_path):
    code = desk.begin()
    desk.gather(code, a_list(tmp_path, *dossiers(5)))
    other = a_list(tmp_path, ("x", "y"), name="b.csv", headings=("Cột lạ", "Cột khác"))
    desk.hand_in(code, a_list(tmp_path, *dossiers(3, 50), name="c.csv"), other)
    desk.work()
    assert [file.state for file in desk.files(code)] == ["read", "read", "uploaded"]
    assert desk.account(code).accepted == 8
    desk.hand_in(code, a_list(tmp_path, *dossiers(2, 90), name="d.csv"), *desk.bad(tmp_path))
    desk.work()
    assert desk.account(code).accepted == 10


def test_columns_stated_beforehand_are_not_asked_for(desk, tmp_path):
    code = desk.begin()
    stated = Columns(columns={"key": "Ký hiệu", "returned_on": "Cột B", "commune": "@C"})
    rows = [(key, day, unit) for key, day, unit, *_ in dossiers(4)]
    path = a_list(tmp_path, *rows, headings=("Ký hiệu", "Cột B", "Cột C"))
    desk.hand_in(code, path, columns=stated)
    desk.work()
    assert desk.account(code).accepted == 4


def test_the_same_file_is_not_taken_twice(desk, tmp_path):
    code = desk.begin()
    path = a_list(tmp_path, *dossiers(5))
    desk.gather(code, path)
    with pytest.raises(ConflictError, match="twice"):
        desk.hand_in(code, path)


def test_every_sheet_with_a_list_is_a_file_of_its_own(desk, tmp_path):
    code = desk.begin()
    path = write_xlsx(
        tmp_path / "a.xlsx",
        {
            "Bìa": [("Báo cáo", "2026")],
            "Quý I": [HEADINGS, *dossiers(5)],
            "Quý II": [HEADINGS, *dossiers(4, 100)],
        },
    )
    assert desk.gather(code, path) == 1
    assert [(f.state, f.head["sheet"], f.rows_total) for f in desk.files(code)] == [
        ("read", "Quý I", 5),
        ("read", "Quý II", 4),
    ]
    assert desk.files(code)[0].head["unread"] == ["Bìa"]
    assert desk.account(code).accepted == 9


def test_a_removed_file_leaves_nothing_behind(desk, tmp_path):
    code = desk.begin()
    desk.gather(
        code, a_list(tmp_path, *dossiers(5)), a_list(tmp_path, *dossiers(8, 3), name="b.csv")
    )
    assert (desk.account(code).accepted, desk.account(code).excluded) == (
        10,
        {"duplicate.same": 3},
    )
    first = desk.files(code)[0]
    with desk.database.write() as db:
        frame_id = files.remove(db, code, first.id, actor=OFFICE)
        desk.jobs.enqueue(db, "check-frame", frame_id)
    desk.jobs.forget_file(frame_id, first.id)
    desk.work()
    assert (desk.account(code).n_rows, desk.account(code).excluded) == (8, {})
    assert not desk.jobs.shelf.part(frame_id, first.id).exists()
    assert desk.jobs.vault.part(frame_id, first.id).is_empty()


def test_a_cancelled_file_is_not_read(desk, tmp_path):
    code = desk.begin()
    (file_id,) = desk.hand_in(code, a_list(tmp_path, *dossiers(5)))
    with desk.database.write() as db:
        stored_name = files.cancel(db, code, file_id, actor=OFFICE)
    assert stored_name
    desk.work()
    assert desk.files(code)[0].state == "cancelled"
    assert hindrances(desk, code) == ["freeze.files-not-read", "freeze.no-rows"]


def test_a_file_cancelled_while_it_is_read_stops_and_leaves_nothing(desk, tmp_path):
    code = desk.begin()
    desk.gather(code, a_list(tmp_path, *dossiers(5)))
    (file_id,) = desk.hand_in(code, a_list(tmp_path, *dossiers(5, 100), name="b.csv"))
    desk.queue.clear()

    def cancel():
        with desk.database.write() as db:
            state = db.scalars(select(FrameFile.state).where(FrameFile.id == file_id)).one()
            if state == "reading":
                files.cancel(db, code, file_id, actor=OFFICE)

    desk.jobs.read_file(file_id, cancel)
    frame_id = desk.frame(code).id
    assert desk.files(code)[1].state == "cancelled"
    assert not desk.jobs.shelf.part(frame_id, file_id).exists()
    assert desk.jobs.vault.part(frame_id, file_id).is_empty()
    assert desk.account(code).n_rows == 5


def test_reading_begins_again_after_its_process_died(desk, tmp_path):
    code = desk.begin()
    desk.gather(code, a_list(tmp_path, *dossiers(5)))
    (file_id,) = desk.hand_in(code, a_list(tmp_path, *dossiers(5, 100), name="b.csv"))

    class Died(BaseException):
        pass

    def die():
        raise Died

    with pytest.raises(Died):
        desk.jobs.read_file(file_id, die)
    assert desk.files(code)[1].state == "reading"
    desk.work()
    assert desk.account(code).accepted == 10


def test_names_are_decided_once_and_remembered(desk, tmp_path):
    code = desk.begin()
    rows = [*dossiers(3), *dossiers(4, 50, "Xã Yên Than"), *dossiers(2, 80, "xã Đâu Đó")]
    desk.gather(code, a_list(tmp_path, *rows))
    account = desk.account(code)
    assert (account.accepted, account.waiting) == (3, 6)
    assert hindrances(desk, code) == ["freeze.decisions-open"]
    decide(desk, code, "Xã Yên Than", "commune:06862")
    decide(desk, code, "xã Đâu Đó", LEFT_OUT)
    account = desk.account(code)
    assert (account.accepted, account.waiting, account.excluded) == (7, 0, {"place.left-out": 2})
    assert hindrances(desk, code) == []
    other = desk.begin(name="Năm sau")
    desk.gather(other, a_list(tmp_path, *dossiers(4, 500, "XÃ YÊN THAN"), name="b.csv"))
    assert desk.account(other).accepted == 4


def test_a_decision_for_what_does_not_exist_is_refused(desk, tmp_path):
    code = desk.begin()
    desk.gather(code, a_list(tmp_path, *dossiers(1, 1, "Xã Yên Than")))
    for choice in ("commune:99999", "agency:x", "?"):
        with pytest.raises(ConflictError, match="unknown"):
            decide(desk, code, "Xã Yên Than", choice)


def test_a_list_without_places_is_about_the_place_in_its_title_or_name(desk, tmp_path):
    code = desk.begin()
    rows = [(key, day) for key, day, *_ in dossiers(3)]
    titled = write_csv(tmp_path / "a.csv", [("HỒ SƠ UBND PHƯỜNG HỒNG GAI",), HEADINGS[:2], *rows])
    other = [(key, day) for key, day, *_ in dossiers(2, 50)]
    named = write_csv(tmp_path / "xã Ba Chẽ.csv", [HEADINGS[:2], *other])
    unknown = write_csv(
        tmp_path / "x.csv", [HEADINGS[:2], *[(f"X-{k}", "1/3/2026") for k in (1, 2)]]
    )
    desk.gather(code, titled, named, unknown)
    assert dict(desk.account(code).communes) == {"06685": 3, "06970": 2}
    assert desk.account(code).waiting == 2
    decide(desk, code, "x.csv", "commune:06862")
    assert dict(desk.account(code).communes)["06862"] == 2


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name": "  "}, "name-missing"),
        ({"kind": "other"}, "kind-unknown"),
        ({"province_id": 0}, "province-unknown"),
        ({"period_to": date(2025, 12, 31)}, "period-reversed"),
        ({"contacts_delete_on": date(2020, 1, 1)}, "retention"),
        ({"contacts_delete_on": date(2099, 1, 1)}, "retention"),
        ({"code": "Có Dấu"}, "code-malformed"),
    ],
)
def test_a_frame_that_makes_no_sense_is_refused(desk, values, code):
    with pytest.raises(ConflictError, match=f"frame.{code}"):
        desk.begin(**values)


def test_codes_are_made_of_names_and_unique(desk):
    assert desk.begin() == "ho-so-9-thang-2026"
    assert desk.begin() == "ho-so-9-thang-2026-2"
    assert desk.begin(code="qn-2026") == "qn-2026"
    with pytest.raises(ConflictError, match="code-taken"):
        desk.begin(code="qn-2026")


def test_a_changed_period_is_applied_to_the_rows_that_are_there(desk, tmp_path):
    code = desk.begin()
    desk.gather(code, a_list(tmp_path, *dossiers(28)))
    frame = desk.frame(code)
    plan = gather.FramePlan(
        frame.name, frame.kind, frame.province_id, date(2026, 3, 1), date(2026, 3, 10),
        frame.contacts_delete_on,
    )  # fmt: skip
    with desk.database.write() as db:
        gather.change(db, code, plan, actor=OFFICE, now=now())
        desk.jobs.enqueue(db, "check-frame", frame.id)
    desk.work()
    assert desk.account(code).accepted == 10
    assert desk.account(code).excluded == {"period.outside": 18}


def test_a_withdrawn_frame_leaves_nothing_behind(desk, tmp_path):
    code = desk.begin()
    desk.gather(code, a_list(tmp_path, *dossiers(3)))
    with desk.database.write() as db:
        frame_id = gather.withdraw(db, code, actor=OFFICE)
    desk.jobs.tidy(frame_id)
    assert not (desk.jobs.shelf.folder / str(frame_id)).exists()
    assert not (desk.jobs.vault.folder / str(frame_id)).exists()


def test_villages_become_a_frame_too(desk, tmp_path):
    code = desk.begin("area", period_from=date(2026, 1, 1), period_to=date(2026, 1, 1))
    path = write_xlsx(
        tmp_path / "a.xlsx",
        [
            ("BIỂU TỔNG HỢP SỐ HỘ",),
            ("TT", "Tên xã, phường", "Tên thôn, khu", "Số hộ", "Số nhân khẩu", "ĐBKK"),
            ("I", "Xã Tiên Yên", None, 320, 1200, None),
            (1, None, "Thôn Đông", 120, 500, "x"),
            (2, None, "Thôn Tây", 200, 700, None),
            (3, None, "Thôn Bỏ", 0, 0, None),
            (4, "Phường Hồng Gai", "Khu 1", "1.250", "4.100", None),
            (5, "Phường Hồng Gai", "Khu 1", "1.250", "4.100", None),
            (None, "Tổng cộng", None, 1770, 6500, None),
        ],
        merged=["A1:F1"],
    )
    desk.gather(code, path)
    account = desk.account(code)
    assert dict(account.outcomes) == {
        "": 3, "row.not-a-record": 2, "size.zero": 1, "duplicate.same": 1,
    }  # fmt: skip
    frame = freeze(desk, code)
    lines = desk.jobs.shelf.frozen(frame.file_name).read_text().splitlines()
    assert [line.rsplit(",", 1)[0] for line in lines[1:]] == [
        "06685-KHU-1,,06685,Khu 1,1250,4100,no",
        "06862-THON-DONG,,06862,Thôn Đông,120,500,yes",
        "06862-THON-TAY,,06862,Thôn Tây,200,700,no",
    ]


def test_files_nobody_says_the_columns_of_are_given_up_in_time(desk, tmp_path):
    code = desk.begin()
    desk.hand_in(code, a_list(tmp_path, *dossiers(3)))
    desk.work()
    with desk.database.write() as db:
        assert len(files.needed_files(db)) == 1
        db.execute(text("UPDATE frame_file SET created_at = created_at - interval '8 days'"))
        progress.expire(db)
        assert files.needed_files(db) == frozenset()
    assert desk.files(code)[0].state == "refused"


def test_reading_a_file_that_is_gone_is_told(desk, tmp_path):
    code = desk.begin()
    desk.hand_in(code, a_list(tmp_path, *dossiers(3)))
    for path in desk.jobs.uploads.iterdir():
        path.unlink()
    desk.work()
    (file,) = desk.files(code)
    assert (file.state, file.refusal["code"]) == ("refused", "import.file-gone")
