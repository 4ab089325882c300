"""Orders: one of a kind, worked on once, given up when asked."""

from dataclasses import replace
from datetime import date
from shutil import rmtree

import pytest

from app.jobs import Jobs
from app.report_jobs import ReportJobs
from app.services import signing
from app.services.manifests import check
from app.services.reports import letterhead as heads
from app.services.reports.desk import Desk, Key, Order, State, file_name

KEY = Key("mau-2026", 1, "vi")


@pytest.fixture
def order(letterhead):
    return Order(KEY, letterhead, date(2026, 7, 2), "lan@example.vn", "2026-07-02T00:00:00", 0)


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path / "reports")


def go_on():
    pass


def test_an_order_is_read_as_it_was_placed(desk, order):
    placed = desk.place(order)
    assert placed.serial == 1
    assert desk.order(KEY) == placed
    assert desk.state(KEY) == State()
    assert desk.order(replace(KEY, language="en")) is None
    assert desk.state(replace(KEY, number=2)) is None


def test_another_order_takes_its_place(desk, order):
    desk.place(order)
    desk.tell(KEY, State("failed"))
    assert desk.place(order).serial == 2
    assert desk.state(KEY) == State()


def test_what_waits_is_cancelled_at_once_and_what_is_made_stays(desk, order):
    desk.place(order)
    desk.cancel(KEY)
    assert desk.state(KEY).state == "cancelled"
    desk.tell(KEY, State("made"))
    desk.cancel(KEY)
    assert desk.state(KEY).state == "made"
    desk.cancel(Key("khong-co", 1, "vi"))


def test_files_are_there_only_when_the_order_is_made(desk, order):
    desk.place(order)
    desk.keep(KEY, "pdf", b"%PDF")
    assert desk.file(KEY, "pdf") is None
    desk.tell(KEY, State("made"))
    assert desk.file(KEY, "pdf") == b"%PDF"
    assert desk.file(KEY, "docx") is None
    assert desk.file(KEY, "../../secret") is None


@pytest.mark.parametrize("code", ["../../x", "a/b", "đợt 1", "a\\b"])
def test_no_code_leads_out_of_the_folder(code):
    assert "/" not in Key(code, 1, "vi").name
    assert not Key(code, 1, "vi").name.startswith(".") or "_" in Key(code, 1, "vi").name
    assert file_name(Key(code, 1, "vi"), "pdf").isascii()


def test_a_damaged_file_is_no_order(desk, order):
    desk.place(order)
    (desk.folder / KEY.name / "order.json").write_text("{")
    assert desk.order(KEY) is None


def test_the_letterhead_is_remembered_for_its_province(tmp_path, letterhead):
    assert heads.remembered(tmp_path, "Tỉnh Quảng Ninh") == letterhead
    signed = replace(letterhead, signatory="Nguyễn Thị Lan", recipients=("A", "B"))
    heads.remember(tmp_path, "Tỉnh Quảng Ninh", signed)
    assert heads.remembered(tmp_path, "Tỉnh Quảng Ninh") == signed
    other = heads.remembered(tmp_path, "Thành phố Hải Phòng")
    assert other.authority_above == "UBND THÀNH PHỐ HẢI PHÒNG"
    assert other.addressee == "Ủy ban nhân dân thành phố Hải Phòng"


@pytest.fixture
def jobs(database, settings, rounds, context):
    rmtree(settings.var_dir / "reports", ignore_errors=True)
    rounds()
    return ReportJobs(database, settings)


def test_an_order_is_made_and_tells_its_pages(jobs, order):
    placed = jobs.desk.place(order)
    jobs.work(KEY, placed.serial, go_on)
    state = jobs.desk.state(KEY)
    assert state.state == "made"
    assert state.n_pages > 5
    assert jobs.desk.file(KEY, "pdf").startswith(b"%PDF")
    assert jobs.desk.file(KEY, "docx").startswith(b"PK")
    assert state.sizes == {form: len(jobs.desk.file(KEY, form)) for form in ("docx", "pdf")}


@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_both_files_are_signed_and_an_altered_one_is_found_out(jobs, order, form, tmp_path):
    files = jobs.make(order)
    content = getattr(files, form)
    keys = {signing.public_key_of(jobs.settings.secret_key)}
    path = tmp_path / f"report.{form}"
    path.write_bytes(content)
    found = check.check(path, keys)
    assert found.finding is check.Finding.GENUINE
    assert found.manifest.about.kind == "report"
    assert found.manifest.about.origin.round == "mau-2026"
    middle = len(content) // 2
    path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    assert check.check(path, keys).finding in (check.Finding.ALTERED, check.Finding.UNREADABLE)


def test_the_job_of_an_order_that_was_replaced_does_nothing(jobs, order):
    first = jobs.desk.place(order)
    jobs.desk.place(order)
    jobs.work(KEY, first.serial, go_on)
    assert jobs.desk.state(KEY).state == "waiting"


def test_a_cancelled_order_ends_at_the_next_step_and_can_be_ordered_again(jobs, order):
    placed = jobs.desk.place(order)
    steps = []

    def cancel_on_the_way():
        steps.append(jobs.desk.state(KEY).step)
        if len(steps) == 3:
            jobs.desk.cancel(KEY)

    jobs.work(KEY, placed.serial, cancel_on_the_way)
    assert jobs.desk.state(KEY).state == "cancelled"
    assert len(steps) == 3
    assert jobs.desk.file(KEY, "pdf") is None
    again = jobs.desk.place(order)
    jobs.work(KEY, again.serial, go_on)
    assert jobs.desk.state(KEY).state == "made"


def test_a_worker_that_is_told_to_stop_leaves_the_order_to_the_next(jobs, order):
    placed = jobs.desk.place(order)

    class ToldToStop(Exception):  # noqa: N818 - like procrastinate's own
        pass

    def stop():
        if jobs.desk.state(KEY).done == 1:
            raise ToldToStop

    with pytest.raises(ToldToStop):
        jobs.work(KEY, placed.serial, stop)
    jobs.work(KEY, placed.serial, go_on)
    assert jobs.desk.state(KEY).state == "made"


def test_work_and_job_come_together(jobs, database, settings, order):
    queue = Jobs(database, settings)
    placed = queue.reports.desk.place(order)
    with database.write() as db:
        queue.queue_report(db, KEY, placed.serial)
    queue.work(wait=False, install_signal_handlers=False)
    assert queue.reports.desk.state(KEY).state == "made"
