"""Steps of tests about frames: lists of dossiers, decisions, freezing."""

from datetime import date

from app.frame_jobs import FREEZE
from app.queries import frames as queries
from app.services.frames import decisions, freezing
from app.services.frames.contacts import Reader
from app.services.frames.decisions import Decision
from app.services.frames.places import Places
from tests.app.frames.conftest import OFFICE
from tests.app.frames.files import write_csv

HEADINGS = ("Mã hồ sơ", "Ngày trả kết quả", "Nơi tiếp nhận", "Người nộp", "Số điện thoại")
READER = Reader(OFFICE, ("office",))


def dossiers(n, start=1, unit="UBND xã Tiên Yên"):
    return [
        (f"H49-{k:05d}", f"{k % 28 + 1}/3/2026", unit, f"Người Mẫu {k}", f"0000{k:06d}")
        for k in range(start, start + n)
    ]


def a_list(tmp_path, *rows, name="a.csv", headings=HEADINGS):
    return write_csv(tmp_path / name, [headings, *rows])


def decide(desk, code, written, choice):
    checked = desk.jobs.shelf.checked(desk.frame(code).id, desk.frame(code).settled_revision)
    name = next(each for each in decisions.open_names(checked) if each.written == written)
    with desk.database.write() as db:
        places = Places(queries.place_facts(db, desk.province), date(2026, 9, 30))
        made = [Decision(name.subject, name.key, name.written, choice)]
        decisions.decide(db, code, made, places, actor=OFFICE)
        desk.jobs.enqueue(db, "check-frame", desk.frame(code).id)
    desk.work()


def freeze(desk, code):
    with desk.database.write() as db:
        number = freezing.begin(db, code, actor=OFFICE)
        desk.jobs.enqueue(db, FREEZE, number)
    desk.work()
    return desk.frame(code)


def hindrances(desk, code):
    with desk.database.read() as db:
        return [each.code for each in freezing.hindrances(db, desk.frame(code))]
