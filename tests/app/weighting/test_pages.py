"""Weights through the office's pages and by command."""

import io
import re

import pytest
from bs4 import BeautifulSoup
from openpyxl import load_workbook
from sqlalchemy import func, select

from app.models import ControlTotals, Unit, WeightRun, WeightSet
from app.services.weighting import runs
from tests.app.signing_in import post
from tests.app.weighting import world


class Page:
    """A page that was fetched: its source, and its text in one line."""

    def __init__(self, answer):
        assert answer.status_code == 200, answer.status_code
        self.html = answer.text
        soup = BeautifulSoup(self.html, "html.parser")
        self.text = " ".join(soup.get_text(" ").split())


def page_of(client, path):
    return Page(client.get(path))


BASE = f"/office/weights/{world.CODE}"


@pytest.fixture
def round_(database, staff, settings):
    with database.write() as db:
        province = db.scalars(select(Unit).where(Unit.kind == "province")).one()
        world.build(db, province, settings.var_dir)


@pytest.fixture
def work(database, settings):
    """Do what waits, as the worker would."""

    def done():
        with database.read() as db:
            waiting = db.scalars(select(WeightRun.id).where(WeightRun.state == "waiting")).all()
        for run_id in waiting:
            runs.WeightWork(database, settings).make(run_id)

    return done


@pytest.fixture
def flask(app):
    def run(*arguments):
        done = app.test_cli_runner().invoke(args=arguments)
        return done.exit_code, done.output

    return run


def numbers(database):
    with database.read() as db:
        return list(db.scalars(select(WeightSet.number).order_by(WeightSet.number)))


def test_from_the_round_to_a_weighted_publication(office, round_, database, work):
    page = page_of(office, f"/office/rounds/{world.CODE}")
    assert f'href="{BASE}"' in page.html
    page = page_of(office, BASE)
    assert "16 người được giao phỏng vấn: 10 đã trả lời" in page.text
    counted = post(office, f"{BASE}/controls/frame", {"columns": "place.field"}, page=BASE)
    assert counted.location == BASE
    asked = post(office, f"{BASE}/make", page=BASE)
    waiting = page_of(office, asked.location)
    assert "Đang chờ đến lượt" in waiting.text
    work()
    done = office.get(asked.location)
    assert done.location == f"{BASE}/1"
    result = page_of(office, done.location)
    assert "Trọng số lớn nhất bằng" in result.text
    assert "hệ số Kish" in result.text
    assert result.html.count("<polyline") == 5
    page = page_of(office, f"/office/rounds/{world.CODE}/publish")
    assert re.search(r'<input[^>]*checked[^>]*value="1"', page.html)
    assert "Trọng số cơ sở của mẫu" in page.text


def test_the_options_of_experts(office, round_, database, work):
    post(office, f"{BASE}/controls/frame", {"columns": "place.field"}, page=BASE)
    with database.read() as db:
        control = db.scalars(select(ControlTotals.content_hash)).one()
    form = {
        "unknown": "none", "nonresponse": "propensity", "thin": "keep", "minimum": "1",
        "model_by": ["place.field"], "model_classes": "2", "controls": [control],
        "method": "logit", "lower": "0.2", "upper": "5", "largest_factor": "10",
        "max_iterations": "200", "trim": "y", "times_median": "4",
        "redistribute": "proportionally", "restore": "y",
    }  # fmt: skip
    asked = post(office, f"{BASE}/recipe", form)
    work()
    assert office.get(asked.location).location == f"{BASE}/1"
    with database.read() as db:
        made = db.scalars(select(WeightSet)).one()
    assert [step["step"] for step in made.steps] == ["propensity", "greg", "trim"]
    assert made.recipe["steps"][1]["bounds"] == [0.2, 5.0]
    # Without its bounds the logit distance is refused on the page itself.
    answer = post(office, f"{BASE}/recipe", form | {"lower": "", "upper": ""})
    assert answer.status_code == 422
    assert "thiếu tùy chọn “Giới hạn dưới và giới hạn trên" in answer.text


def test_a_workbook_to_fill_in_is_taken_as_it_was_handed_out(office, round_, database):
    assert f'href="{BASE}/controls/template.xlsx"' in office.get(f"{BASE}/controls/new").text
    answer = office.get(f"{BASE}/controls/template.xlsx")
    assert "attachment" in answer.headers["Content-Disposition"]
    book = load_workbook(io.BytesIO(answer.data))
    for number, sheet in enumerate(list(book.worksheets)):
        assert [cell.value for cell in sheet[1]][1] == "Tổng số"
        rows = list(range(2, sheet.max_row + 1))
        assert rows
        for row in rows:
            assert sheet.cell(row, 2).value is None
            sheet.cell(row, 2).value = 10 * row
        book.move_sheet(sheet, -book.index(sheet))
        book.active = 0
        filled = io.BytesIO()
        book.save(filled)
        data = {"file": (io.BytesIO(filled.getvalue()), "tong.xlsx"), "name": f"Mẫu {number}"}
        taken = post(office, f"{BASE}/controls/new", data | {"counted": "people"})
        assert taken.location == f"{BASE}/controls/{number + 1}", sheet.title
    with database.read() as db:
        stored = db.scalars(select(ControlTotals)).all()
    assert len({tuple(one.columns) for one in stored}) == len(book.worksheets)


def test_a_file_of_control_totals_with_cells_to_mend(office, round_, database):
    def send(text):
        data = {"file": (io.BytesIO(text.encode()), "tong.csv"), "name": "A", "counted": "people"}
        return post(office, f"{BASE}/controls/new", data)

    refused = send("Lĩnh vực,Tổng số\ndat-da,20\nho-tich,abc\n")
    assert refused.status_code == 422
    assert "A2" in refused.text
    assert "Có phải là “dat-dai”?" in refused.text
    assert "Không phải là một số." in refused.text
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(ControlTotals)) == 0
    taken = send("Lĩnh vực,Tổng số\ndat-dai,20\nho-tich,18\nTổng,38\n")
    assert taken.location == f"{BASE}/controls/1"
    page = page_of(office, taken.location)
    assert "dùng được" in page.text
    post(office, f"{BASE}/controls/1/set-aside", page=taken.location)
    assert "Chưa có tổng kiểm soát nào" in page_of(office, BASE).text


def test_a_refusal_shows_ways_out(office, round_, database, work):
    data = {
        "file": (io.BytesIO(b"field,total\ndat-dai,20\nho-tich,18\n"), "tong.csv"),
        "name": "A", "counted": "people",
    }  # fmt: skip
    post(office, f"{BASE}/controls/new", data)
    with database.read() as db:
        control = db.scalars(select(ControlTotals.content_hash)).one()
    form = {
        "unknown": "none", "nonresponse": "none", "thin": "keep", "minimum": "1",
        "model_classes": "2", "controls": [control], "method": "logit", "lower": "0.99",
        "upper": "1.01", "largest_factor": "10", "max_iterations": "200", "times_median": "4",
        "redistribute": "proportionally",
    }  # fmt: skip
    asked = post(office, f"{BASE}/recipe", form)
    work()
    page = page_of(office, asked.location)
    assert "Bước 1" in page.text
    assert "Có thể làm gì" in page.text
    assert "Nới giới hạn" in page.text
    assert numbers(database) == []


def test_a_run_is_stopped_and_taken_up_again(office, round_, database, work):
    asked = post(office, f"{BASE}/make", page=BASE)
    post(office, f"{asked.location}/cancel", page=asked.location)
    assert "Lần tính này đã được dừng" in page_of(office, asked.location).text
    post(office, f"{asked.location}/resume", page=asked.location)
    work()
    assert numbers(database) == [1]


def test_the_worker_makes_what_the_page_asks_for(app, office, round_, database):
    post(office, f"{BASE}/make", page=BASE)
    app.extensions["longdan.jobs"].work(wait=False, install_signal_handlers=False)
    assert numbers(database) == [1]


def test_two_versions_side_by_side(office, round_, flask, tmp_path):
    assert flask("make-weights", world.CODE)[0] == 0
    recipe = tmp_path / "cach.toml"
    recipe.write_text('[[steps]]\nstep = "unknown"\n')
    assert flask("make-weights", world.CODE, "--recipe", str(recipe))[0] == 0
    page = page_of(office, f"{BASE}/compare?first=1&second=2")
    assert "So sánh bộ 1 và bộ 2" in page.text
    assert "điểm phần trăm" in page.text
    assert office.get(f"{BASE}/compare?first=1&second=9").status_code == 404


def test_pages_of_a_round_without_draw(office, database, staff):
    from tests.app import builders, desk

    with database.write() as db:
        province = db.scalars(select(Unit).where(Unit.kind == "province")).one()
        desk.sampled_round(db, builders.campaign(db, province), code=world.CODE)
    page = page_of(office, BASE)
    assert "không được chọn trong hệ thống này" in page.text
    assert page_of(office, f"{BASE}/recipe")


def test_a_round_of_whoever_answers_has_no_weights(office, database, staff):
    from tests.app import builders, desk

    with database.write() as db:
        province = db.scalars(select(Unit).where(Unit.kind == "province")).one()
        desk.open_round(db, builders.campaign(db, province))
    answer = office.get("/office/weights/quay-2026")
    assert answer.location == "/office/rounds/quay-2026"


def test_commands(flask, round_, tmp_path):
    file = tmp_path / "tong.csv"
    file.write_text("Lĩnh vực,Tổng số\ndat-dai,20\nho-tich,ba\n", encoding="utf-8")
    code, output = flask("import-controls", world.CODE, str(file))
    assert code == 1
    assert "B3 Tổng số" in output
    file.write_text("Lĩnh vực,Tổng số\ndat-dai,20\nho-tich,20\n", encoding="utf-8")
    code, output = flask("import-controls", world.CODE, str(file), "--counted", "list")
    assert (code, output) == (0, "Control totals 1: 2 cells, total 40\n")
    code, output = flask("frame-controls", world.CODE, "commune_kind")
    assert (code, output) == (0, "Control totals 2: 2 cells, total 40\n")
    code, output = flask("make-weights", world.CODE)
    assert code == 0
    assert "Weights 1: sha256:" in output
    assert "3. rake" in output
    code, output = flask("make-weights", world.CODE)
    assert "Nothing has changed" in output
    code, output = flask("publish", world.CODE, "--weights", "1")
    assert code == 0
    code, output = flask("publish", world.CODE, "--weights", "7")
    assert code == 1
    code, output = flask("make-weights", "khong-co")
    assert code == 1
    recipe = tmp_path / "cach.toml"
    recipe.write_text('[[steps]]\nstep = "rake"\ncontrols = ["khác"]\n', encoding="utf-8")
    code, output = flask("make-weights", world.CODE, "--recipe", str(recipe))
    assert code == 1
    assert "khác" in output
