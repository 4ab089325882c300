"""Published results as everybody sees them."""

import re
from datetime import UTC, date, datetime

import pytest
from bs4 import BeautifulSoup

from app import numbers
from app.models import RoundTarget
from app.queries import publications
from app.services import publishing, results
from tests.app import builders, desk
from tests.pages import plain

NOW = datetime(2026, 7, 1, 2, tzinfo=UTC)


@pytest.fixture
def campaign(database):
    with database.write() as db:
        province = builders.province(db)
        desk.communes(db, province)
        return builders.campaign(db, province, simulated=True)


@pytest.fixture
def publish(database, settings):
    def publish(code, **values):
        given = {
            "var_dir": settings.var_dir,
            "code_version": "1.2.3",
            "actor": "office@example.vn",
            "now": NOW,
            "public": True,
        } | values
        with database.write() as db:
            return publishing.publish(db, code, **given)

    return publish


@pytest.fixture
def sampled(database, campaign, publish):
    with database.write() as db:
        made = desk.sampled_round(
            db, campaign, name="Điều tra mẫu 2026", closes_on=date(2026, 6, 30)
        )
        db.add(RoundTarget(round_id=made.id, node="overall", value=0.95, source="Kế hoạch"))
        db.add(RoundTarget(round_id=made.id, node="results", value=0.9, source="Kế hoạch"))
    publish("mau-2026")


@pytest.fixture
def opened(database, campaign, publish):
    with database.write() as db:
        desk.open_round(db, campaign, name="Đánh giá tại quầy 2026", closes_on=date(2026, 3, 31))
    publish("quay-2026")


@pytest.fixture
def see(client):
    def see(path, status=200):
        answer = client.get(path)
        assert answer.status_code == status, path
        return BeautifulSoup(plain(answer).decode(), "html.parser")

    return see


def said(page) -> str:
    return re.sub(r"\s+", " ", page.main.get_text(" "))


def table(page, caption) -> list[list[str]]:
    (found,) = (t for t in page.find_all("table") if caption in t.caption.get_text())
    return [
        [re.sub(r"\s+", " ", cell.get_text(" ", strip=True)) for cell in row.find_all(["th", "td"])]
        for row in found.tbody.find_all("tr")
    ]


def test_the_first_page_lists_what_is_public(see, sampled, opened):
    page = see("/ket-qua/")
    assert [h.get_text(strip=True) for h in page.find_all("h2")] == [
        "Điều tra mẫu 2026",
        "Đánh giá tại quầy 2026",
    ]
    assert "79,7%" in said(page)
    assert "160 người trả lời" in said(page)
    assert "160 người tự nguyện trả lời" in said(page)
    assert page.find("a", href="/ket-qua/mau-2026")


def test_without_publications_the_first_page_says_so(see, campaign):
    assert "Chưa có kết quả nào được công bố." in said(see("/ket-qua/"))


@pytest.mark.parametrize(
    "path", ["", "/theo/commune", "/theo/commune/06652", "/tai-ve.xlsx", "/tai-ve.csv"]
)
def test_what_is_not_public_is_not_there(database, campaign, publish, see, path):
    with database.write() as db:
        desk.sampled_round(db, campaign)
    publish("mau-2026", public=False)
    see(f"/ket-qua/mau-2026{path}", 404)
    publish("mau-2026")
    assert see("/ket-qua/mau-2026")


@pytest.mark.parametrize(
    "path",
    [
        "khong-co",
        "mau-2026/theo/khong-co",
        "mau-2026/theo/commune/99999",
        "mau-2026/theo/commune?node=late",
        "mau-2026/theo/commune?node=khong-co",
        "mau-2026/tai-ve.exe",
        "mau-2026?lan=2",
        "mau-2026?lan=-1",
        "mau-2026?lan=1e3",
        "mau-2026?lan=²",
        "mau-2026?lan=99999999999999999999",
        "mau-2026%00",
    ],
)
def test_addresses_of_nothing_are_not_found(see, sampled, path):
    see(f"/ket-qua/{path}", 404)


def test_the_headline_carries_interval_people_and_target(see, sampled):
    page = see("/ket-qua/mau-2026")
    headline = re.sub(r"\s+", " ", page.select_one(".headline").get_text(" "))
    assert "Hài lòng chung" in headline
    assert "79,7%" in headline
    assert "Khoảng tin cậy 95%: 74,9–83,7% ; 160 người trả lời" in headline
    assert "Mục tiêu 95,0%: chưa đạt" in headline


def test_a_target_inside_the_interval_decides_nothing(see, sampled, database):
    # Results: 90.6%, interval from 87.0 to 93.4; target 90%.
    with database.read() as db:
        found = results.open_results(db, "mau-2026", public_only=True)
    assert found.figure("results").standing == "undecided"
    assert found.figure("overall").standing == "missed"
    assert found.figure("officials").standing is None


def test_simulated_answers_are_labelled_on_every_page(see, sampled, opened):
    for path in (
        "mau-2026",
        "mau-2026/theo/commune",
        "mau-2026/theo/commune/06652",
        "quay-2026",
        "quay-2026/theo/counter",
    ):
        label = see(f"/ket-qua/{path}").select_one(".simulated")
        assert "DỮ LIỆU MÔ PHỎNG — không phản ánh kết quả thật" in said_in(label)


def said_in(tag) -> str:
    return re.sub(r"\s+", " ", tag.get_text(" ", strip=True))


def test_real_answers_are_not_labelled_as_simulated(database, publish, see):
    with database.write() as db:
        province = builders.province(db)
        desk.communes(db, province)
        desk.sampled_round(db, builders.campaign(db, province))
    publish("mau-2026")
    assert see("/ket-qua/mau-2026").select_one(".simulated") is None


def test_page_database_and_rows_agree(see, sampled, database):
    """Every figure in the tables is a published row, rounded half up once."""
    page = see("/ket-qua/mau-2026")
    with database.read() as db:
        facts = publications.of_round(db, "mau-2026", public_only=True)
        rows = {
            (row.node, row.measure): row
            for row in publications.estimates(db, facts.id)
            if row.domain_kind == ""
        }
    shown = table(page, "Số liệu về mức độ hài lòng chung")
    for cells, node in zip(shown, ("overall", "officials", "results"), strict=True):
        row = rows[node, "satisfied"]
        low, high = numbers.percent(row.low, "vi"), numbers.percent(row.high, "vi")
        assert cells[1] == numbers.percent(row.value, "vi")
        assert cells[2] == f"{low.removesuffix('%')}–{high}"
        for cell, measure in ((cells[3], "neutral"), (cells[4], "dissatisfied")):
            assert cell.startswith(numbers.percent(rows[node, measure].value, "vi") + " (")
        assert cells[5].startswith("160")
        assert cells[6] == numbers.count(row.effective_n, "vi")
        assert cells[7] == "38"
        assert cells[8] == numbers.decimal(row.design_effect, "vi")
        assert cells[9] == ("–" if row.target is None else numbers.percent(row.target, "vi"))


def test_units_are_sorted_and_suppressed_ones_say_why(see, sampled):
    rows = table(see("/ket-qua/mau-2026"), "Hài lòng chung: Xã, phường, đặc khu")
    assert [row[0] for row in rows] == [
        "Phường Hồng Gai",
        "Xã Thống Nhất",
        "Đặc khu Cô Tô",
        "Xã Cái Chiên",
        "Xã Quảng La",
    ]
    assert rows[2][1:3] == [
        "Ít hơn 30 người trả lời: chưa đủ tin cậy để công bố.",
        "12 người trả lời",
    ]
    assert rows[3][1:3] == [
        "Ít hơn 10 người trả lời: không công bố để giữ kín ý kiến của từng người.",
        "ẩn",
    ]
    assert rows[4][1].startswith("Ít hơn 30 người trả lời")


def test_notes_of_shown_figures_stand_below_their_table(see, sampled):
    # Everybody in a PSU but one is on time, in every PSU: nothing varies.
    page = see("/ket-qua/mau-2026")
    (late,) = (
        row for row in table(page, "Các chỉ tiêu khác") if row[0].startswith("Tỷ lệ trễ hẹn")
    )
    assert late[0] == "Tỷ lệ trễ hẹn a"
    notes = [said_in(note) for note in page.select("#others-heading ~ .notes li")]
    assert notes
    assert notes[0].startswith("a Mọi ")


def test_the_same_answers_by_other_rules_stand_side_by_side(see, sampled):
    rows = table(see("/ket-qua/mau-2026"), "tính theo cách khác")
    assert [row[0] for row in rows] == ["Hài lòng chung", "Gộp mọi câu trả lời", "Điểm trung bình"]
    # Officials 4.75 in the first stratum, 4.125 in the second; results 5 and 4.75.
    assert rows[2][1] == "4,55"


def test_the_method_and_all_hashes_are_named(see, sampled, database):
    text = said(see("/ket-qua/mau-2026"))
    with database.read() as db:
        facts = publications.of_round(db, "mau-2026", public_only=True)
    for wanted in (
        facts.snapshot_hash,
        facts.method_hash,
        facts.instrument_hash,
        "1.2.3",
        "flask verify-publication mau-2026 --number 1",
        "Cách tính “desk”, phiên bản 1",
        "Trung bình cộng của 2 thành phần, các thành phần có trọng số bằng nhau.",
    ):
        assert wanted in text


def test_charts_are_described_and_drawn_for_both_widths(see, sampled):
    drawings = see("/ket-qua/mau-2026").find_all("svg", role="img")
    assert len(drawings) == 8
    for drawing in drawings:
        title, desc = drawing["aria-labelledby"].split()
        assert drawing.find(id=title).name == "title"
        assert drawing.find(id=desc).get_text(strip=True)
    shapes = [drawing["class"][1] for drawing in drawings]
    assert shapes == ["drawing-wide", "drawing-narrow"] * 4
    assert "Hài lòng chung: 79,7%" in drawings[0].find("desc").get_text()


def test_a_breakdown_can_be_shown_for_every_component(see, sampled):
    page = see("/ket-qua/mau-2026/theo/commune?node=results")
    assert page.find("a", attrs={"aria-current": "page"}).get_text() == "Kết quả"
    assert table(page, "Kết quả: Xã, phường, đặc khu")[0][:2] == ["Phường Hồng Gai a", "100,0%"]


def test_a_commune_has_a_page_of_its_own(see, sampled):
    page = see("/ket-qua/mau-2026/theo/commune/06652")
    assert page.h1.get_text() == "Phường Hồng Gai"
    assert "68 người trả lời" in said_in(page.select_one(".headline"))
    confidential = see("/ket-qua/mau-2026/theo/commune/06967")
    assert "Không công bố" in said_in(confidential.select_one(".headline"))
    assert "%" not in said_in(confidential.select_one(".headline"))


def test_self_selected_answers_never_have_an_interval(see, opened):
    for path in (
        "quay-2026",
        "quay-2026/theo/counter",
        "quay-2026/theo/counter?node=results",
        "quay-2026/theo/counter/hg-05",
    ):
        page = see(f"/ket-qua/{path}")
        text = said(page)
        assert (
            "Người dân tự nguyện quét mã, không đại diện cho toàn bộ người dân; không có sai số."
            in text
        )
        assert "tin cậy" not in text.casefold()
        assert "±" not in text
        assert not page.select(".whisker")


def test_counts_of_levels_are_those_given(see, opened):
    page = see("/ket-qua/quay-2026")
    assert table(page, "Số câu trả lời ở từng mức") == [
        # 160 people: 3 or 4, 2 or 3 of every 4 are satisfied with officials.
        ["Công chức lịch sự", "75,0%", "120", "0", "30", "10", "0", "160", "160"],
        ["Kết quả đúng quy định", "93,8%", "150", "0", "10", "0", "0", "160", "160"],
    ]
    # Both shares count alike, however many answers each rests on.
    assert table(page, "Số liệu về mức độ hài lòng chung")[0] == [
        "Hài lòng chung", "84,4%", "12,5%", "3,1%", "320", "160",
    ]  # fmt: skip


def test_earlier_publications_stay_where_they_were(see, sampled, publish):
    publish("mau-2026", again=True)
    latest, first = see("/ket-qua/mau-2026"), see("/ket-qua/mau-2026?lan=1")
    assert "lần 2" in said(latest)
    assert "lần 1" in said(first)
    assert latest.find("a", href="/ket-qua/mau-2026?lan=1")
    inner = [a["href"] for a in first.main.find_all("a", href=True) if "/theo/" in a["href"]]
    assert inner
    assert all("lan=1" in href for href in inner)


def test_english_is_kept_on_every_link(see, sampled):
    page = see("/ket-qua/mau-2026?lang=en")
    assert page.html["lang"] == "en"
    assert "79.7%" in said(page)
    inner = [a["href"] for a in page.main.find_all("a", href=re.compile("^/ket-qua"))]
    assert len(inner) > 5
    assert all("lang=en" in href for href in inner)
    assert page.select_one(".language")["href"].endswith("lang=vi")


def test_names_in_data_cannot_be_markup(database, publish, see):
    with database.write() as db:
        province = builders.province(db)
        builders.commune(db, province, "06652", "Phường <script>alert(1)</script>&\"'")
        campaign = builders.campaign(db, province, name="<b>Chiến dịch</b>")
        desk.sampled_round(db, campaign, name="</title><img src=x onerror=alert(1)>")
    publish("mau-2026")
    page = see("/ket-qua/mau-2026")
    assert page.h1.get_text() == "</title><img src=x onerror=alert(1)>"
    assert not page.main.find_all(["script", "b", "img"])


def test_pages_travel_small_and_may_be_kept_for_a_minute(client, sampled):
    plain_page = client.get("/ket-qua/mau-2026")
    small = client.get("/ket-qua/mau-2026", headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert plain(small) == plain(plain_page)
    assert len(small.data) < len(plain_page.data) / 4
    assert small.headers["Cache-Control"] == "public, max-age=60"
    assert "Cookie" in small.headers["Vary"]
    assert client.get("/ket-qua/khong-co").headers["Cache-Control"] == "no-store"


def test_staff_pages_are_not_kept(office):
    assert office.get("/office/results").headers["Cache-Control"] == "no-store"
