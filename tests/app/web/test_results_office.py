"""Results as staff see them: running counts, publishing, a unit's own figures."""

import re
from datetime import UTC, date, datetime

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from app.models import AuditEntry, Publication, PublicationRun, Response, Round, Unit
from app.services import campaigns, publication_runs, publishing
from tests.app import builders, desk
from tests.app.signing_in import post
from tests.pages import plain

NOW = datetime(2026, 7, 1, 2, tzinfo=UTC)


@pytest.fixture
def campaign(database, staff):
    with database.write() as db:
        province = db.scalars(select(Unit).where(Unit.kind == "province")).one()
        hong_gai = db.scalars(select(Unit).where(Unit.kind == "commune")).one()
        centre = builders.centre(db, hong_gai, code="hcc-22")
        builders.counter(db, centre, number="05", code="hg-05")
        builders.counter(db, centre, number="01", code="hg-01")
        for code, (name, _, _) in desk.COMMUNES.items():
            if code != hong_gai.code:
                kind = next(kind for kind in ("Đặc khu", "Xã") if name.startswith(kind))
                builders.commune(db, province, code, name, type_name=kind)
        return builders.campaign(db, province, simulated=True)


@pytest.fixture
def sampled(database, campaign, settings):
    """A published sample that is not shown to everyone."""
    with database.write() as db:
        desk.sampled_round(db, campaign, name="Điều tra mẫu 2026")
    with database.write() as db:
        publishing.publish(
            db, "mau-2026", var_dir=settings.var_dir, code_version="1", actor="x", now=NOW
        )


@pytest.fixture
def shown(database, sampled):
    """The sample, shown to everyone."""
    with database.write() as db:
        publishing.show_to_everyone(db, "mau-2026", 1, actor="x")


@pytest.fixture
def running(database, campaign):
    """A round that takes answers of whoever answers."""
    with database.write() as db:
        return desk.open_round(db, campaign, name="Đánh giá tại quầy 2026", state="open")


@pytest.fixture
def work(app):
    """Have the worker do what waits."""
    jobs = app.extensions["longdan.jobs"]
    return lambda: jobs.work(wait=False, install_signal_handlers=False)


def page_of(client, path, status=200) -> BeautifulSoup:
    answer = client.get(path)
    assert answer.status_code == status, path
    return BeautifulSoup(plain(answer).decode(), "html.parser")


def said(tag) -> str:
    return re.sub(r"\s+", " ", tag.get_text(" ", strip=True))


def test_the_office_sees_what_is_not_public_yet_and_what_runs(office, sampled, running):
    text = said(page_of(office, "/office/results").main)
    assert "Điều tra mẫu 2026" in text
    assert "Chỉ cán bộ xem được" in text
    assert "Đánh giá tại quầy 2026 : số liệu tạm thời" in text
    assert "Chỉ cán bộ xem được." in said(page_of(office, "/office/results/mau-2026").main)


def row(page, label) -> list[str]:
    (found,) = (r for r in page.find_all("tr") if r.th and said(r.th).startswith(label))
    return [said(cell) for cell in found.find_all("td")]


def test_running_counts_move_with_every_answer(office, running, database):
    before = page_of(office, "/office/results/quay-2026/now")
    assert said(before.select_one(".received")) == "160 phiếu"
    assert row(before, "Công chức lịch sự")[:2] == ["75,0%", "120"]
    assert row(before, "Phường Hồng Gai, quầy 05")[-1].startswith("120")
    with database.write() as db:
        builders.response(
            db, running, {"officials_1": 5, "results_1": 4},
            domains={"centre": "hcc-22", "counter": "hg-05"},
        )  # fmt: skip
    after = page_of(office, "/office/results/quay-2026/now")
    assert said(after.select_one(".received")) == "161 phiếu"
    assert row(after, "Công chức lịch sự")[:2] == ["75,2%", "121"]
    assert row(after, "Phường Hồng Gai, quầy 05")[-1].startswith("121")


def test_running_counts_of_few_people_are_not_shown(office, running, database):
    with database.write() as db:
        builders.response(
            db, running, {"officials_1": 1},
            domains={"centre": "hcc-22", "counter": "hg-09"},
        )  # fmt: skip
    page = page_of(office, "/office/results/quay-2026/now")
    assert row(page, "hg-09") == [
        "Ít hơn 10 người trả lời: không công bố để giữ kín ý kiến của từng người.", "ẩn",
    ]  # fmt: skip
    # All of the centre minus counter 05 would give them away.
    assert row(page, "Phường Hồng Gai, quầy 01")[-1] == "ẩn"


def test_running_counts_have_no_interval(office, running):
    text = said(page_of(office, "/office/results/quay-2026/now").main)
    assert "không có sai số" in text
    assert "tin cậy" not in text.casefold()


def test_a_round_without_answers_shows_that_there_are_none(office, campaign, database):
    with database.write() as db:
        builders.open_round(db, campaign, "desk", code="moi")
    page = page_of(office, "/office/results/moi/now")
    assert said(page.select_one(".received")) == "0 phiếu"
    assert "Không công bố" in said(page.select_one(".headline"))


def test_a_sample_has_no_running_figures(office, campaign, database):
    with database.write() as db:
        desk.sampled_round(db, campaign, state="open")
    page_of(office, "/office/results/mau-2026/now", 409)


def test_a_unit_viewer_sees_the_unit_and_nothing_else(viewer, shown, running):
    page = page_of(viewer, "/office/results/mau-2026")
    assert said(page.h1) == "Phường Hồng Gai"
    assert "68 người trả lời" in said(page.main)
    page_of(viewer, "/office/results/mau-2026/theo/commune/06652")
    page_of(viewer, "/office/results/mau-2026/theo/commune/06709", 404)
    page_of(viewer, "/office/results/mau-2026/theo/sex", 404)
    breakdown = said(page_of(viewer, "/office/results/mau-2026/theo/commune").main)
    assert "Phường Hồng Gai" in breakdown
    assert "Thống Nhất" not in breakdown
    assert "Quảng La" not in breakdown
    listed = said(page_of(viewer, "/office/results").main)
    assert "68 người trả lời" in listed
    assert "160" not in listed


def test_a_unit_viewer_with_a_centre_reads_each_figure_before_choosing(
    viewer, database, campaign, settings
):
    rows = [
        person | {"domains": person["domains"] | {"centre": "hcc-22"}}
        if person["domains"]["commune"] == "06652"
        else person
        for person in desk.people()
    ]
    with database.write() as db:
        desk.sampled_round(db, campaign, rows)
    with database.write() as db:
        publishing.publish(
            db, "mau-2026", var_dir=settings.var_dir, code_version="1", actor="x", now=NOW,
            public=True,
        )  # fmt: skip
    page = page_of(viewer, "/office/results/mau-2026")
    rows = page.select(".weak li")
    assert len(rows) == 2
    for row in rows:
        assert "Khoảng tin cậy 95%" in said(row)
        assert "68 người trả lời" in said(row)
    targets = {link["href"].rsplit("/", 1)[-1] for link in page.select(".downloads a")}
    assert targets == {"ranking", "targets", "drivers"}


def test_a_unit_viewers_first_page_leads_to_the_figures_of_the_unit(viewer, shown):
    links = page_of(viewer, "/office/").select('.todo a[href="/office/results/mau-2026"]')
    assert [said(link) for link in links] == ["Xem kết quả"]


def test_a_unit_sees_nothing_while_the_office_still_decides(viewer, sampled):
    page_of(viewer, "/office/results/mau-2026", 404)
    assert viewer.get("/office/results/mau-2026/tai-ve.csv").status_code == 404
    for path in ("/office/", "/office/results"):
        assert not page_of(viewer, path).select('[href*="mau-2026"]')


def test_a_unit_viewers_files_hold_the_unit_alone(viewer, office, shown):
    own = viewer.get("/office/results/mau-2026/tai-ve.csv").data.decode("utf-8-sig")
    everything = office.get("/office/results/mau-2026/tai-ve.csv").data.decode("utf-8-sig")
    assert {line.split(",")[5] for line in own.splitlines()[1:]} == {"06652"}
    assert len({line.split(",")[5] for line in everything.splitlines()[1:]}) > 5
    assert viewer.get("/office/results/mau-2026/tai-ve.xlsx").status_code == 200


def test_a_unit_viewer_finds_no_running_counts(viewer, running):
    """They move with every answer: a rated unit could watch a single citizen's answer arrive."""
    page_of(viewer, "/office/results/quay-2026/now", 404)
    for path in ("/office/", "/office/results"):
        page = page_of(viewer, path)
        assert not page.select('[href*="/now"]')
        assert "Đánh giá tại quầy 2026" not in said(page)


def test_a_unit_without_figures_in_a_round_finds_nothing(viewer, campaign, database, settings):
    rows = [r for r in desk.people() if r["domains"]["commune"] != "06652"]
    with database.write() as db:
        desk.sampled_round(db, campaign, rows)
    with database.write() as db:
        publishing.publish(
            db, "mau-2026", var_dir=settings.var_dir, code_version="1", actor="x", now=NOW
        )
    page_of(viewer, "/office/results/mau-2026", 404)
    for path in ("/office/", "/office/results"):
        page = page_of(viewer, path)
        assert "Chưa có kết quả nào được công bố" in said(page.main)
        assert not page.select('[href*="mau-2026"]')


def test_the_office_publishes_in_two_steps(office, client, campaign, database, work):
    """Close, work out, look, show to everyone; each step says what it does."""
    with database.write() as db:
        desk.sampled_round(db, campaign, state="open", opens_on=date(2026, 1, 1))
        campaigns.close_round(db, "mau-2026", actor="x")
    ask = page_of(office, "/office/rounds/mau-2026/publish")
    assert "160 phiếu trả lời được chụp lại" in said(ask.main)
    done = post(office, "/office/rounds/mau-2026/publish")
    assert done.status_code == 303
    assert "Đang chờ đến lượt" in said(page_of(office, done.location).main)
    assert office.get(done.location).headers["Refresh"]
    assert office.get("/office/rounds/mau-2026/publish").location == done.location
    work()
    done = office.get(done.location)
    assert done.location == "/office/results/mau-2026?lan=1"
    assert client.get("/ket-qua/mau-2026").status_code == 404
    look = page_of(office, done.location)
    link = look.find("a", string="Công bố cho mọi người")["href"]
    shown = post(office, link)
    assert shown.status_code == 303
    assert client.get("/ket-qua/mau-2026").status_code == 200
    assert not page_of(office, shown.location).select(".unpublished")
    with database.read() as db:
        acts = list(db.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert acts[-2:] == ["round.publish", "publication.show"]


def test_publishing_twice_makes_one_publication(office, campaign, database, work):
    with database.write() as db:
        desk.sampled_round(db, campaign)
    for _ in range(2):
        run = post(office, "/office/rounds/mau-2026/publish").location
        work()
        assert office.get(run).location == "/office/results/mau-2026?lan=1"
    with database.read() as db:
        assert len(db.scalars(select(Publication)).all()) == 1


def test_a_further_publication_is_made_only_if_wanted(office, campaign, database, work):
    with database.write() as db:
        made = desk.sampled_round(db, campaign)
    for sent, wanted in (({}, 1), ({}, 1), ({"another": "y"}, 2), ({"another": "y"}, 2)):
        run = post(office, "/office/rounds/mau-2026/publish", sent).location
        work()
        answer = office.get(run)
        if answer.status_code == 200:
            assert "Lập thêm một lần công bố" in said(page_of(office, run).main)
        with database.write() as db:
            assert len(db.scalars(select(Publication)).all()) == wanted
            # The rule changes after the first publication.
            db.get_one(Round, made.id).min_n = 40


def test_a_run_is_stopped_and_taken_up_again(office, campaign, database, work):
    with database.write() as db:
        desk.sampled_round(db, campaign)
    run = post(office, "/office/rounds/mau-2026/publish").location
    assert post(office, f"{run}/cancel", page=run).status_code == 303
    work()
    assert "đã được dừng" in said(page_of(office, run).main)
    with database.read() as db:
        assert db.scalars(select(Publication)).all() == []
    assert post(office, f"{run}/resume", page=run).status_code == 303
    work()
    assert office.get(run).location == "/office/results/mau-2026?lan=1"
    page_of(office, "/office/rounds/mau-2026/publish/999", 404)


def test_what_was_stopped_at_any_step_leaves_nothing(campaign, database, app, settings):
    with database.write() as db:
        desk.sampled_round(db, campaign)
    work = app.extensions["longdan.jobs"].publications
    for last in range(1, 1 + len(publishing.STEPS)):
        with database.write() as db:
            run = publication_runs.request(
                db, "mau-2026", weight_set=None, may_be_another=False, actor="x", now=NOW
            )
        seen = []

        def stop(run=run, seen=seen, last=last):
            seen.append(run)
            if len(seen) == last:
                with database.write() as db:
                    publication_runs.cancel(db, run, actor="x")

        work.make(run, stop)
        with database.read() as db:
            assert db.scalars(select(Publication)).all() == []
            assert db.get_one(PublicationRun, run).state == "cancelled"


def test_an_open_round_is_not_published(office, running):
    answer = office.get("/office/rounds/quay-2026/publish")
    assert answer.status_code == 303
    assert answer.location == "/office/rounds/quay-2026"


def test_a_closed_round_without_answers_is_not_published(office, campaign, database, work):
    with database.write() as db:
        builders.sampled_round(db, campaign, "desk", code="rong", state="closed")
    answer = post(office, "/office/rounds/rong/publish")
    work()
    page = page_of(office, answer.location)
    assert "Đợt khảo sát rong chưa có câu trả lời nào." in said(page)
    with database.read() as db:
        assert db.scalars(select(Response)).all() == []
        assert db.scalars(select(Publication)).all() == []


def test_showing_an_unknown_publication_is_not_found(office, campaign, database):
    with database.write() as db:
        desk.sampled_round(db, campaign)
    answer = post(
        office, "/office/rounds/mau-2026/publications/3/show",
        page="/office/rounds/mau-2026/publish",
    )  # fmt: skip
    assert answer.status_code == 404


@pytest.mark.parametrize("number", ["2", "2147483647", "2147483648", "9" * 20])
def test_nobody_is_asked_about_a_publication_there_is_not(office, sampled, number):
    path = f"/office/rounds/mau-2026/publications/{number}/show"
    page_of(office, path, 404)
    assert post(office, path, page="/office/rounds/mau-2026/publish").status_code == 404
