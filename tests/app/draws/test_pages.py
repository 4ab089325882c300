"""The pages of plans and draws, as an official, a supervisor and others meet them."""

import io
import re
import zipfile

import numpy as np
import pypdfium2
import pytest
from sqlalchemy import select

from app.models import (
    AuditEntry,
    Campaign,
    Draw,
    Publication,
    PublishedEstimate,
    SamplePlan,
    Snapshot,
    Unit,
)
from app.plan_sentences import FAULTS, SIZES, WARNINGS
from surveys.sampling.errors import ERROR_CODES
from surveys.sampling.plan import FAULT_CODES, read_plan
from surveys.sampling.warnings import Warned
from tests.app import builders
from tests.app.draws import frozen
from tests.app.draws.conftest import OFFICE, round_of
from tests.app.signing_in import EMAILS, post

SEED_FORM = {
    "seed": "4 6 1 1 3 5 2 6 1 4",
    "again": "4 6 1 1 3 5 2 6 1 4",
    "source": "Mười lần gieo xúc xắc",
    "place": "Phòng họp số 2",
    "witnesses": "Người thứ nhất; Ủy viên; MTTQ\nNgười thứ hai; Hội viên; Hội CCB",
}


def text_of(pdf):
    """The words of a PDF."""
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_every_code_of_sampling_has_its_sentence():
    assert set(FAULTS) == FAULT_CODES
    assert set(WARNINGS) == Warned.CODES
    assert set(SIZES) == ERROR_CODES


class TestWizard:
    def test_an_official_goes_from_a_frame_to_an_announcement(self, office, things, database):
        answer = post(office, "/office/samples/new", {"frame": "ho-so", "name": "Mẫu năm 2026"})
        design = answer.location
        assert answer.status_code == 303
        values = {"shape": "dossiers", "report_by": "centre", "spread": "systematic",
                  "per_village": "20", "villages_per_commune": "3"}  # fmt: skip
        size = post(office, design, values).location
        assert size.endswith("/size")
        values = {"size_by": "precision", "margin_unit": "10", "margin_overall": "5,5",
                  "total": "100", "expected_rate": "80", "response": "70", "eligibility": "100",
                  "icc": "0,03", "minimum": "30", "level": "0.95",
                  "interview_cost": "0"}  # fmt: skip
        assert post(office, size, values).status_code == 303
        page = office.get(size).text
        assert 'value="5,5"' in page
        assert "Phường Hồng Gai" in office.get(size.replace("size", "allocation")).text
        values = {"allocation": "equal", "unanswered": "reserves", "reserve_share": "50"}
        preview = post(office, size.replace("size", "allocation"), values).location
        page = office.get(preview).text
        assert "50% số chính thức" in page
        announced = post(office, preview, {"round": "mau"}).location
        assert office.get(announced).status_code == 200
        with database.read() as db:
            found = db.scalars(select(Draw)).one()
        first, second, _small = (each["main"] for each in found.summary["strata"])
        assert first == second
        assert found.n_reserve > 0

    def test_a_number_that_is_none_is_refused_beside_its_field(self, office, things):
        path = f"/office/samples/{things[1]}/size"
        answer = post(office, path, {"size_by": "precision", "margin_unit": "tám"})
        assert answer.status_code == 422
        assert "Xin nhập một số." in answer.text
        assert 'value="tám"' in answer.text

    def test_a_plan_written_by_hand_is_refused_with_every_fault(self, office, things):
        text = 'sampling = 1\nframe = "dossier"\n[[stage]]\nunit = "row"\nmethod = "sr"\ntaek = 5\n'
        answer = post(office, "/office/samples/upload",
                      {"frame": "ho-so", "name": "Viết tay", "text": text})  # fmt: skip
        assert answer.status_code == 422
        assert "Dòng 6, bậc 1, “taek”" in answer.text
        assert "Không có lựa chọn “sr”." in answer.text

    def test_a_plan_written_by_hand_is_taken(self, office, things, database):
        text = (
            'sampling = 1\nframe = "dossier"\n[[stage]]\nunit = "row"\nmethod = "srs"\ntake = 50\n'
        )
        answer = post(office, "/office/samples/upload",
                      {"frame": "ho-so", "name": "Viết tay", "text": text})  # fmt: skip
        assert answer.status_code == 303
        assert "Bậc 1: chọn hồ sơ; chọn ngẫu nhiên đơn giản." in office.get(answer.location).text

    def test_a_plan_is_used_again_for_another_frame(self, office, things, database):
        path = f"/office/samples/{things[1]}/copy"
        assert post(office, path, {"frame": "ho-so", "name": "Năm sau"}).status_code == 303
        with database.read() as db:
            first, second = db.scalars(select(SamplePlan).order_by(SamplePlan.id)).all()
        assert first.choices == second.choices

    def test_the_plan_can_be_taken_away(self, office, things):
        answer = office.get(f"/office/samples/{things[1]}/plan.toml")
        assert answer.text.startswith("sampling = 1")


class TestDrawPage:
    def test_the_seed_is_typed_twice(self, office, announced, database):
        answer = post(office, f"/office/draws/{announced}/draw",
                      {**SEED_FORM, "again": "4 6"}, page=f"/office/draws/{announced}")  # fmt: skip
        assert answer.status_code == 422
        assert "Hai lần gõ không giống nhau." in answer.text
        with database.read() as db:
            assert db.get(Draw, announced).state == "announced"

    def test_an_official_draws_and_takes_the_papers(self, office, announced, database):
        page = f"/office/draws/{announced}"
        paper = text_of(office.get(f"{page}/protocol.pdf").data)
        assert "THÔNG BÁO TRƯỚC KHI CHỌN MẪU" in paper
        assert f"Nguyễn Thị Lan ({EMAILS['office']})" in paper
        assert post(office, f"{page}/draw", SEED_FORM, page=page).status_code == 303
        with database.read() as db:
            found = db.get(Draw, announced)
        paper = text_of(office.get(f"{page}/protocol.pdf").data)
        assert "BIÊN BẢN CHỌN MẪU NGẪU NHIÊN" in paper
        digits = re.sub(r"\s", "", paper)
        for fact in (found.frame_hash, found.plan_hash, found.list_hash, found.signature.hex()):
            assert fact in digits
        assert "4 6 1 1 3 5 2 6 1 4" in paper
        packed = post(office, f"{page}/package.zip", page=page)
        with zipfile.ZipFile(io.BytesIO(packed.data)) as folder:
            names = set(folder.namelist())
            assert folder.read("so-gieo.txt").decode() == SEED_FORM["seed"]
        assert {"khung-mau.csv", "phuong-an.toml", "danh-sach-mau.csv", "replay.py"} <= names
        with database.read() as db:
            acts = list(db.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
        assert acts[-3:] == ["draw.draw", "cases.make", "draw.take-package"]

    def test_a_supervisor_watches_but_does_not_draw(self, supervisor, announced):
        page = supervisor.get(f"/office/draws/{announced}")
        assert "Tải thông báo" in page.text
        assert "Gõ lại số gieo" not in page.text
        answer = post(supervisor, f"/office/draws/{announced}/draw", SEED_FORM, page="/office/")
        assert answer.status_code == 404

    def test_a_supervisor_agrees_to_a_further_draw(
        self, office, supervisor, things, drawn, database
    ):
        preview = f"/office/samples/{things[1]}/preview"
        again = post(office, preview, {"round": "mau", "reason": "Thiếu một xã"}).location
        assert "không được tự đồng ý" in office.get(again).text
        assert post(supervisor, f"{again}/approve", page=again).status_code == 303
        with database.read() as db:
            last = db.scalars(select(Draw).order_by(Draw.id.desc()).limit(1)).one()
        assert (last.state, last.approved_by) == ("announced", EMAILS["supervisor"])
        assert last.requested_by == OFFICE

    @pytest.mark.parametrize("role", ["viewer", "fieldwork"])
    def test_rated_units_and_the_post_find_no_draws(self, request, announced, role):
        client = request.getfixturevalue(role)
        assert client.get("/office/draws/").status_code == 404
        assert client.get(f"/office/draws/{announced}").status_code == 404

    def test_a_frame_file_that_is_gone_is_told(self, office, announced, database, var_dir):
        with database.read() as db:
            path = var_dir / "frames" / db.get(Draw, announced).frame.file_name
        kept = path.read_bytes()
        path.unlink()
        try:
            page = f"/office/draws/{announced}"
            answer = post(office, f"{page}/draw", SEED_FORM, page=page)
        finally:
            path.write_bytes(kept)
        assert answer.status_code == 422
        assert "Không tìm thấy tệp danh sách" in answer.text


def test_names_of_centres_are_shortened(office, things):
    page = office.get(f"/office/samples/{things[1]}/preview").text
    assert all(name in page for _, name in frozen.COMMUNES)


def test_rates_of_an_earlier_round_give_a_margin_for_every_component(office, things, database):
    with database.write() as db:
        campaign = db.scalars(select(Campaign)).one()
        earlier = builders.add(db, round_of(db, campaign, "nam-truoc", name="Năm trước"))
        made = builders.add(db, Snapshot(round_id=earlier.id, content_hash="x", file_name="x",
                            n_rows=1, instrument_hash="x", code_version="x",
                            made_at=builders.MADE_AT))  # fmt: skip
        told = builders.add(db, Publication(
            round_id=earlier.id, number=1, snapshot_id=made.id, method_hash="x",
            instrument_hash="x", code_version="x", level=0.95, quality_rules={},
            published_by="x", published_at=builders.MADE_AT))  # fmt: skip
        for place, (kind, code, value) in enumerate(
            [("", "", 0.9), ("centre", "hcc-06652", 0.6), ("centre", "hcc-06655", 0.95)]
        ):
            builders.add(db, PublishedEstimate(
                publication_id=told.id, position=place, node="overall", measure="satisfied",
                domain_kind=kind, domain_code=code, domain_name=code, value=value,
                suppressed=False, notes=[]))  # fmt: skip
    path = f"/office/samples/{things[1]}/size"
    values = {"size_by": "precision", "margin_unit": "10", "margin_overall": "6", "total": "100",
              "expected_rate": "80", "rates_from": "nam-truoc", "response": "70",
              "eligibility": "100", "icc": "0", "minimum": "30", "level": "0.95",
              "interview_cost": "0"}  # fmt: skip
    assert post(office, path, values).status_code == 303
    with database.read() as db:
        plan = read_plan(db.get(SamplePlan, things[1]).text)
    takes = plan.stages[0].take
    # The unit where opinions are most divided needs most interviews, though not by its size alone.
    assert takes["hcc-06652"] > 2 * takes["hcc-06655"]


class TestFirstPages:
    def test_a_supervisor_sees_what_waits(self, supervisor, announced):
        page = supervisor.get("/office/").text
        assert "Khảo sát mẫu, lần chọn 1" in page
        assert "chờ số gieo" in page

    def test_the_post_sees_the_sample_to_work_on(self, fieldwork, drawn):
        assert f"/office/cases/{drawn}" in fieldwork.get("/office/").text

    @pytest.mark.parametrize("role", ["supervisor", "fieldwork"])
    def test_nothing_yet_is_told(self, request, role):
        page = request.getfixturevalue(role).get("/office/").text
        assert "Chưa có mẫu nào" in page

    def test_the_path_of_a_round_leads_to_its_draw(self, office, announced):
        page = office.get("/office/rounds/mau").text
        assert f"/office/draws/{announced}" in page
        assert "chờ số gieo" in page


def test_units_that_a_frame_does_not_tell_apart_are_not_offered(office, things, database, var_dir):
    with database.write() as db:
        columns = frozen.villages(np.random.default_rng(3), 60)
        province = db.scalars(select(Unit).where(Unit.kind == "province")).one()
        builders.frozen_frame(db, province, var_dir, columns, code="thon", kind="area")
    design = post(office, "/office/samples/new", {"frame": "thon", "name": "Thôn"}).location
    page = office.get(design).text
    assert 'value="commune"' in page
    assert 'value="district"' not in page
    values = {"shape": "communes-villages-people", "report_by": "commune", "per_village": "20",
              "villages_per_commune": "3"}  # fmt: skip
    post(office, design, values)
    with database.read() as db:
        plan = db.scalars(select(SamplePlan).order_by(SamplePlan.id.desc()).limit(1)).one()
    assert plan.choices["report_by"] == "difficult"
