"""How much it matters by which rule the index is made, as the office and everybody see it."""

import json
import re
import shutil
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from analysis.errors import SnapshotDamagedError
from app.models import Unit
from app.services import alternatives, publication_runs, publishing, results
from tests.app import builders, desk
from tests.pages import plain

NOW = datetime(2026, 7, 1, 2, tzinfo=UTC)


@pytest.fixture
def published(database, staff, settings):
    with database.write() as db:
        province = db.scalars(select(Unit).where(Unit.kind == "province")).one()
        for code, (name, _, _) in desk.COMMUNES.items():
            if db.scalar(select(Unit).where(Unit.kind == "commune", Unit.code == code)) is None:
                kind = next(kind for kind in ("Đặc khu", "Phường", "Xã") if name.startswith(kind))
                builders.commune(db, province, code, name, type_name=kind)
        campaign = builders.campaign(db, province, simulated=True)
        desk.sampled_round(db, campaign, name="Điều tra mẫu 2026")
    with database.write() as db:
        publishing.publish(
            db, "mau-2026", var_dir=settings.var_dir, code_version="1", actor="x", now=NOW
        )


def said(tag) -> str:
    return re.sub(r"\s+", " ", tag.get_text(" ", strip=True))


def main_of(client, path) -> BeautifulSoup:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return BeautifulSoup(plain(answer).decode(), "html.parser").main


def test_the_choice_of_the_rule_in_plain_words(office, published):
    """Both components are asked of everybody alike: the mean of rates is the pooled rate."""
    page = main_of(office, "/office/results/mau-2026/methods")
    text = said(page)
    assert "chênh nhau 0,0 điểm phần trăm" in text
    assert "Chọn cách tính ảnh hưởng ít hơn sai số chọn mẫu." in text
    # Officials 68.75 %, results 90.63 %: a tenth of weight is 2.2 points.
    assert "thì chỉ số thay đổi +2,2 điểm phần trăm" in text
    assert re.search("Điểm trung bình – – đơn vị khác, không trừ được", text)
    assert "Gộp mọi câu trả lời : Gộp mọi câu trả lời của 2 tiêu chí" in text


def test_the_page_is_everybodys_once_the_publication_is(client, database, published):
    assert client.get("/ket-qua/mau-2026/cach-tinh").status_code == 404
    with database.write() as db:
        publishing.show_to_everyone(db, "mau-2026", 1, actor="x")
    page = main_of(client, "/ket-qua/mau-2026/cach-tinh")
    assert "Gộp mọi câu trả lời" in said(page)
    link = main_of(client, "/ket-qua/mau-2026").find("a", href=re.compile("cach-tinh"))
    assert link is not None


def test_a_unit_viewer_sees_no_other_rules(viewer, database, published):
    with database.write() as db:
        publishing.show_to_everyone(db, "mau-2026", 1, actor="x")
    assert viewer.get("/office/results/mau-2026/methods").status_code == 404


def test_what_was_worked_out_is_what_was_published(database, settings, published):
    with database.read() as db:
        found = results.open_results(db, "mau-2026", public_only=False)
        compared = alternatives.compare(db, found, settings.var_dir, "1")
    for one in compared.alternatives:
        row = found.figure(one.node).main
        assert (one.estimate.value, one.estimate.standard_error) == (
            row.value,
            row.standard_error,
        )


@pytest.fixture
def folder(settings):
    """Where comparisons are kept; empty."""
    found = settings.var_dir / alternatives.FOLDER
    shutil.rmtree(found, ignore_errors=True)
    return found


def compare(database, settings, code_version="1"):
    with database.read() as db:
        found = results.open_results(db, "mau-2026", public_only=False)
        return alternatives.compare(db, found, settings.var_dir, code_version)


def same(one, other):
    """Compare to the last digit, what is not a number included."""
    written = [json.dumps(alternatives._to_json(each)) for each in (one, other)]
    methods = [[each.method for each in found.others] for found in (one, other)]
    return written[0] == written[1] and methods[0] == methods[1]


def test_what_was_worked_out_once_is_read_again(database, settings, published, folder):
    compared = compare(database, settings)
    (file,) = folder.iterdir()
    written = file.read_bytes()
    with database.read() as db:
        facts = results.open_results(db, "mau-2026", public_only=False).facts
    snapshot = settings.var_dir / "snapshots" / facts.snapshot_file
    away = snapshot.with_suffix(".away")
    snapshot.rename(away)
    try:
        # Without the answers nothing can be worked out: this is what was kept.
        assert same(compare(database, settings), compared)
        with pytest.raises(SnapshotDamagedError):
            compare(database, settings, "another program")
    finally:
        away.rename(snapshot)
    file.unlink()
    assert same(compare(database, settings), compared)
    assert file.read_bytes() == written


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"content": {}, "sha256": "0"}', b"\xff"])
def test_a_damaged_comparison_is_worked_out_again(database, settings, published, folder, damage):
    compared = compare(database, settings)
    (file,) = folder.iterdir()
    written = file.read_bytes()
    file.write_bytes(damage)
    assert same(compare(database, settings), compared)
    assert file.read_bytes() == written


def test_the_worker_has_compared_the_rules_before_anybody_asks(
    database, settings, published, folder
):
    with database.write() as db:
        run = publication_runs.request(
            db, "mau-2026", weight_set=None, may_be_another=False, actor="x", now=NOW
        )
    publication_runs.PublicationWork(database, settings).make(run)
    assert len(list(folder.iterdir())) == 1


def test_order_of_communes_by_two_rules():
    index, other = {"a": 0.9, "b": 0.8, "c": 0.7, "d": 0.6}, {"a": 0.5, "b": 0.6, "c": 0.4}
    found = alternatives._order("x", index, other)
    assert (found.n_pairs, found.n_turned) == (3, 1)


def test_self_selected_answers_have_no_rules_to_compare(client, database, staff, settings):
    with database.write() as db:
        province = db.scalars(select(Unit).where(Unit.kind == "province")).one()
        hong_gai = db.scalars(select(Unit).where(Unit.kind == "commune")).one()
        centre = builders.centre(db, hong_gai, code="hcc-22")
        builders.counter(db, centre, number="05", code="hg-05")
        builders.counter(db, centre, number="01", code="hg-01")
        desk.open_round(db, builders.campaign(db, province), state="closed")
    with database.write() as db:
        publishing.publish(
            db, "quay-2026", var_dir=settings.var_dir, code_version="1", actor="x",
            now=NOW, public=True,
        )  # fmt: skip
    answer = client.get("/ket-qua/quay-2026/cach-tinh")
    assert answer.status_code == 303
    assert answer.location.startswith("/ket-qua/quay-2026")
