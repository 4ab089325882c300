"""A publication taken away as plan and data gives its figures without this program."""

import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from datetime import UTC, datetime

import polars as pl
import pytest
from sqlalchemy import select

from app.models import AuditEntry, Unit
from app.services import publishing
from tests.app import builders, desk
from tests.app.signing_in import post

NOW = datetime(2026, 7, 1, 2, tzinfo=UTC)
PAGE = "/office/rounds/mau-2026/publications/1/recompute"
FILES = "/office/rounds/mau-2026/publications/1/files"
BUNDLE = {"key": "bundle.zip.vi.bom"}
NUMBERS = ("value", "standard_error", "low", "high", "n", "effective_n", "df", "design_effect")


@pytest.fixture
def sampled(database, staff, settings):
    with database.write() as db:
        province = db.scalars(select(Unit).where(Unit.kind == "province")).one()
        hong_gai = db.scalars(select(Unit).where(Unit.kind == "commune")).one()
        for code, (name, _, _) in desk.COMMUNES.items():
            if code != hong_gai.code:
                kind = next(kind for kind in ("Đặc khu", "Xã") if name.startswith(kind))
                builders.commune(db, province, code, name, type_name=kind)
        campaign = builders.campaign(db, province, simulated=True)
        desk.sampled_round(db, campaign)
        desk.open_round(db, campaign, state="closed")
    for code in ("mau-2026", "quay-2026"):
        with database.write() as db:
            publishing.publish(
                db, code, var_dir=settings.var_dir, code_version="1", actor="x", now=NOW
            )


def taken(office, folder):
    answer = post(office, FILES, BUNDLE)
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    packed = zipfile.ZipFile(io.BytesIO(answer.data))
    packed.extractall(folder)
    return set(packed.namelist())


def recomputed(folder):
    """Work the plan out in a process that knows nothing of the web or of the database."""
    script = (
        "import sys; from analysis.plan.command import main; "
        "code = main(['run', 'plan.toml', '--out', 'figures.json', '--quiet']); "
        "assert not {'flask', 'sqlalchemy', 'psycopg', 'app'} & set(sys.modules); sys.exit(code)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "LANG": "vi_VN.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        check=False,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "figures.json").read_text())["estimates"]


def key_of(row):
    (code,) = row["domain"].values() or ("",)
    kind = "" if row["name"] == "whole" else row["name"]
    return row["variable"], row["category"] or "value", kind, code


def test_every_published_figure_follows_from_the_archive(office, sampled, tmp_path):
    names = taken(office, tmp_path)
    assert names >= {"README.txt", "plan.toml", "method.toml", "answers.parquet", "published.csv"}
    assert "SIMULATED" in (tmp_path / "plan.toml").read_text()
    again = {key_of(row): row for row in recomputed(tmp_path)}
    published = list(csv.DictReader((tmp_path / "published.csv").open()))
    assert len(again) == len(published)
    n_compared = 0
    for row in published:
        found = again[row["node"], row["measure"], row["domain_kind"], row["domain_code"]]
        for name in NUMBERS:
            if row["suppressed"] == "False" and row[name]:
                assert found[name] == pytest.approx(float(row[name]), rel=1e-12, abs=1e-15), row
                n_compared += 1
    assert n_compared > 500


def test_the_archive_is_the_same_every_time_and_taking_it_is_written_down(
    office, sampled, database
):
    first, second = post(office, FILES, BUNDLE).data, post(office, FILES, BUNDLE).data
    assert first == second
    with database.read() as db:
        acts = list(db.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert acts[-2:] == ["publication.take-file"] * 2


def test_the_results_lead_to_the_bundle(office, sampled):
    page = office.get("/office/results/mau-2026").get_data(as_text=True)
    assert f'href="{FILES}#bundle"' in page
    assert 'id="bundle"' in office.get(FILES).get_data(as_text=True)


def test_the_address_of_before_leads_there(office, sampled):
    """It stands in letters to auditors."""
    for answer in (office.get(PAGE), post(office, PAGE, page=FILES)):
        assert (answer.status_code, answer.location) == (303, f"{FILES}#bundle")


def test_the_archive_names_nobody(office, sampled, tmp_path):
    taken(office, tmp_path)
    columns = pl.read_parquet(tmp_path / "answers.parquet").columns
    assert not {"id", "token", "created_at", "day", "name", "phone"} & set(columns)


def test_self_selected_answers_cannot_be_analysed_as_a_sample(office, sampled):
    answer = office.get("/office/rounds/quay-2026/publications/1/recompute")
    assert answer.status_code == 303
    assert answer.location.startswith("/office/results/quay-2026")
    page = office.get(answer.location).get_data(as_text=True)
    assert "không có thiết kế mẫu" in page


def test_an_unknown_publication_is_not_found(office, sampled):
    assert office.get("/office/rounds/mau-2026/publications/9/recompute").status_code == 404
