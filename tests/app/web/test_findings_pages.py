"""Pages of ranks, targets, changes and drivers, for everyone and for the office."""

import re
from datetime import UTC, date, datetime

import numpy as np
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import delete, select, text

from app.models import (
    PublishedChange,
    PublishedDriver,
    PublishedFinding,
    PublishedRank,
    PublishedVerdict,
    RoundTarget,
    Unit,
)
from app.services import publishing
from tests.app import builders, desk
from tests.pages import plain

NOW = datetime(2026, 7, 1, 2, tzinfo=UTC)
PAGES = ("xep-hang", "muc-tieu", "yeu-to")


def people(seed=2, worse=0.0):
    """300 PSUs of four people who are more or less satisfied with everything."""
    rng = np.random.default_rng(seed)
    rows = []
    for psu in range(300):
        commune = tuple(desk.COMMUNES)[psu % 4]
        for person in range(4):
            mood = rng.random() - 0.5
            rows.append(
                {
                    "stratum": "AB"[psu % 2], "psu": f"P{psu:03d}", "base_weight": 10.0,
                    "domains": {"commune": commune},
                    "answers": {
                        "officials_1": 5 if rng.random() + mood > 0.2 + worse else 2,
                        "results_1": 5 if rng.random() + mood > 0.35 - 0.1 * (psu % 4) else 2,
                        "late": "no", "sex": "male" if person < 2 else "female",
                    },
                }
            )  # fmt: skip
    return rows


@pytest.fixture
def campaign(database, staff):
    with database.write() as db:
        province = db.scalars(select(Unit).where(Unit.kind == "province")).one()
        for code, (name, _, _) in desk.COMMUNES.items():
            if code != "06652":
                kind = next(kind for kind in ("Đặc khu", "Xã") if name.startswith(kind))
                builders.commune(db, province, code, name, type_name=kind)
        return builders.campaign(db, province, simulated=True)


@pytest.fixture
def publish(database, settings):
    def publish(code, **values):
        given = {
            "var_dir": settings.var_dir, "code_version": "1", "actor": "office@example.vn",
            "now": NOW, "public": True,
        } | values  # fmt: skip
        with database.write() as db:
            return publishing.publish(db, code, **given)

    return publish


@pytest.fixture
def rounds(database, campaign, publish):
    with database.write() as db:
        desk.sampled_round(
            db, campaign, people(5, 0.15), code="mau-2025", name="Điều tra mẫu 2025",
            closes_on=date(2026, 1, 31),
        )  # fmt: skip
        made = desk.sampled_round(db, campaign, people(), closes_on=date(2026, 6, 30))
        for kind, code, value in (
            ("", "", 0.95), ("commune", "07000", 0.6), ("commune", "06652", 0.9),
        ):  # fmt: skip
            db.add(
                RoundTarget(
                    round_id=made.id, node="overall", domain_kind=kind, domain_code=code,
                    value=value, source="Kế hoạch 2026",
                )
            )  # fmt: skip
    publish("mau-2025")
    publish("mau-2026")


def page(client, where, status=200, address="/ket-qua/mau-2026"):
    answer = client.get(f"{address}/{where}")
    assert answer.status_code == status
    return BeautifulSoup(plain(answer).decode(), "html.parser")


def said(tag):
    return re.sub(r"\s+", " ", tag.get_text(" ", strip=True))


def test_the_results_page_leads_to_all_three(client, rounds):
    shown = BeautifulSoup(plain(client.get("/ket-qua/mau-2026")).decode(), "html.parser")
    links = {a["href"] for a in shown("a")}
    assert {f"/ket-qua/mau-2026/{where}" for where in PAGES} <= links


def test_a_ranking_prints_intervals_and_never_a_bare_rank(client, rounds):
    found = page(client, "xep-hang")
    rows = found.select("table.figures tbody tr")
    assert len(rows) == 4
    for row in rows:
        labels = [cell.get("data-label", "") for cell in row.select("td")]
        assert "Khoảng thứ hạng (riêng)" in labels
        assert "Khoảng thứ hạng (đồng thời)" in labels
        assert any("Khoảng tin cậy" in label for label in labels)
    assert "Hạng 1" not in said(found)
    assert found.select("svg title")
    assert found.select("ol.alike li")


def test_another_node_is_chosen_by_the_address(client, rounds):
    found = page(client, "xep-hang?node=results&kind=commune")
    assert (
        found.select_one("#known").text.strip()
        != page(client, "xep-hang").select_one("#known").text.strip()
    )
    page(client, "xep-hang?node=nothing", 404)
    page(client, "xep-hang?kind=sex", 404)


def test_targets_have_verdicts_and_many_are_judged_together(client, rounds):
    found = said(page(client, "muc-tieu"))
    assert "Kế hoạch 2026" in found
    assert "Chưa đạt" in found
    assert "Holm" in found
    assert "Benjamini–Hochberg" in found
    assert "So với đợt “Điều tra mẫu 2025” (lần công bố 1)" in found


def test_changes_of_a_round_only_the_office_sees_are_not_told(
    client, office, database, campaign, publish
):
    with database.write() as db:
        desk.sampled_round(
            db, campaign, people(5, 0.15), code="mau-2025", closes_on=date(2026, 1, 31)
        )
        desk.sampled_round(db, campaign, people(), closes_on=date(2026, 6, 30))
    publish("mau-2025", public=False)
    publish("mau-2026")
    assert "Kết quả kỳ trước chưa được công bố" in said(page(client, "muc-tieu"))
    seen = plain(office.get("/office/results/mau-2026/targets")).decode()
    assert "tính theo cùng một cách" in seen


def test_drivers_print_their_limits(client, rounds):
    found = said(page(client, "yeu-to"))
    assert "Đi cùng, không phải là nguyên nhân." in found
    assert "Giới hạn" in found


def test_a_publication_from_before_says_that_it_has_none(client, rounds, database):
    with database.write() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        for table in (
            PublishedFinding, PublishedRank, PublishedVerdict, PublishedChange, PublishedDriver,
        ):  # fmt: skip
            db.execute(delete(table))
    for where in PAGES:
        assert "được thực hiện trước khi" in said(page(client, where))


def test_a_small_sample_is_not_ranked(client, database, campaign, publish):
    with database.write() as db:
        desk.sampled_round(db, campaign, desk.people()[:40])
    publish("mau-2026")
    assert "Chưa có đủ hai nơi" in said(page(client, "xep-hang"))


def test_self_selected_answers_are_not_ranked(client, database, campaign, publish):
    with database.write() as db:
        desk.open_round(db, campaign, code="mau-2026")
    publish("mau-2026")
    for where in PAGES:
        assert "người tự tham gia, chỉ dùng để lắng nghe" in said(page(client, where))


@pytest.mark.parametrize("where", ["ranking", "targets", "drivers"])
def test_the_office_sees_them(office, rounds, where):
    assert office.get(f"/office/results/mau-2026/{where}").status_code == 200


def test_a_unit_viewer_sees_the_place_of_the_unit_and_no_other_unit(viewer, rounds):
    shown = page(viewer, "ranking", address="/office/results/mau-2026")
    assert "Phường Hồng Gai: có thể đứng từ hạng" in said(shown)
    assert "4 nơi có số liệu được so sánh với nhau." in said(shown)
    rows = shown.select("table.figures tbody tr")
    assert [row.find("th").get_text(strip=True) for row in rows] == ["Phường Hồng Gai"]
    others = {name for name, _, _ in desk.COMMUNES.values()} - {"Phường Hồng Gai"}
    assert not [name for name in others if name in said(shown)]
    assert shown.select_one('a[href^="/ket-qua/mau-2026/xep-hang"]')


def test_a_unit_viewer_sees_the_targets_and_changes_of_the_unit(viewer, rounds):
    shown = page(viewer, "targets", address="/office/results/mau-2026")
    others = {name for name, _, _ in desk.COMMUNES.values()} - {"Phường Hồng Gai"}
    assert not [name for name in others if name in said(shown)]
    assert "Toàn tỉnh" not in [one.get_text(strip=True) for one in shown.select("h3")]
    assert shown.select("table.figures tbody tr")


def test_criteria_are_about_the_whole_so_a_unit_viewer_is_led_to_the_public_page(viewer, rounds):
    answer = viewer.get("/office/results/mau-2026/drivers")
    assert (answer.status_code, answer.location) == (303, "/ket-qua/mau-2026/yeu-to")


@pytest.mark.parametrize("where", ["ranking", "targets", "drivers"])
def test_a_unit_viewer_finds_nothing_before_everybody_may_see_it(
    viewer, database, campaign, publish, where
):
    with database.write() as db:
        desk.sampled_round(db, campaign, people())
    publish("mau-2026", public=False)
    assert viewer.get(f"/office/results/mau-2026/{where}").status_code == 404
