"""The table of answers and the files made of it: by hand, by law, and as other readers see them."""

import math
import shutil
import subprocess

import numpy as np
import openpyxl
import polars as pl
import pyreadstat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.result_files.files import Kind, Wanted
from app.services.microdata import names, sav
from tests.app import desk
from tests.app.files.conftest import NOW, publish

SOURCES = st.lists(st.text(min_size=1, max_size=60), unique=True, max_size=20)


def wanted(form, language="vi", **values):
    return Wanted(Kind.MICRODATA, form, language, **values)


def variable(coded, name):
    return next(each for each in coded.variables if each.name == name)


def values(coded, name):
    return {each.code: (each.value, each.label, each.is_missing)
            for each in variable(coded, name).categories}  # fmt: skip


def test_the_table_by_hand(sampled, table):
    coded = table(sampled)
    found = [each.name for each in coded.variables]
    assert found[:6] == [
        "design_stratum", "design_psu", "weight_base", "weight_final", "place_commune",
        "place_commune_kind",
    ]  # fmt: skip
    assert {"officials_1", "results_1", "late", "sex"} <= set(found)
    assert "comment" not in found
    rows = coded.rows
    assert len(rows) == 160
    assert rows[coded.weight].sum() == 3200
    assert rows["design_psu"].n_unique() == 40
    # Satisfied with the officials: 70 and 50 of the two strata, see tests/app/desk.py.
    satisfied = rows.filter(pl.col("officials_1") >= 4)
    assert satisfied[coded.weight].sum() == pytest.approx(3200 * 0.6875)
    assert values(coded, "sex") == {"male": (1, "Nam", False), "female": (2, "Nữ", False)}
    assert values(coded, "officials_1")["9"] == (9, "Không áp dụng", True)
    assert variable(coded, "officials_1").question == "Công chức lịch sự"


def test_places_of_few_people_are_withheld(sampled, table):
    coded = table(sampled)
    told = values(coded, "place_commune")
    # Xã Cái Chiên has four respondents; the publication counts no fewer than ten.
    assert "06967" not in told
    assert told[""] == (-9, "Không nêu: có ít người như vậy", True)
    assert told["06652"] == (6652, "Phường Hồng Gai", False)
    assert coded.n_withheld["place_commune"] == 4
    assert (coded.rows["place_commune"] == -9).sum() == 4


def test_psus_are_numbered_without_telling_places(sampled, table):
    coded = table(sampled)
    by_psu = coded.rows.group_by("design_psu").agg(pl.col("place_commune").first())
    places = by_psu.sort("design_psu")["place_commune"].to_list()
    assert places != sorted(places)
    assert variable(coded, "design_psu").categories == ()


def test_rare_traits_are_withheld(database, settings, table):
    rows = desk.people()
    for number, row in enumerate(rows):
        row["answers"]["sex"] = "male" if number < 5 else "female"
    coded = table(publish(database, settings, rows=rows))
    assert values(coded, "sex") == {
        "female": (2, "Nữ", False),
        "": (-9, "Không nêu: có ít người như vậy", True),
    }
    assert coded.n_withheld["sex"] == 5


def test_labels_come_in_english_too(sampled, table):
    coded = table(sampled, "en")
    assert values(coded, "sex")["male"] == (1, "Male", False)
    assert (
        variable(coded, "design_stratum").label != variable(table(sampled), "design_stratum").label
    )


@pytest.mark.parametrize("language", ["vi", "en"])
def test_spss_reads_what_was_written(sampled, make, table, language):
    coded = table(sampled, language)
    path = make(sampled, wanted("sav", language)).path
    frame, meta = pyreadstat.read_sav(str(path), user_missing=True)
    assert list(frame.columns) == [each.name for each in coded.variables]
    for name in frame.columns:
        ours = coded.rows[name].cast(pl.Float64).to_numpy()
        assert np.array_equal(frame[name].to_numpy(dtype=float), ours, equal_nan=True), name
    for each in coded.variables:
        told = {float(c.value): c.label for c in each.categories}
        assert meta.variable_value_labels.get(each.name, {}) == told
        assert meta.column_names_to_labels[each.name] == each.label
        assert meta.variable_measure[each.name] == each.measure.value
        missing = {limits["lo"] for limits in meta.missing_ranges.get(each.name, [])}
        assert missing == {float(c.value) for c in each.missing}
    assert meta.creation_time.replace(tzinfo=NOW.tzinfo) == NOW
    assert any("MÔ PHỎNG" in line or "SIMULATED" in line for line in meta.notes)
    header = path.read_bytes()[:176]
    assert int.from_bytes(header[76:80], "little") == 1 + list(frame.columns).index(coded.weight)


def test_stata_reads_what_was_written(sampled, make, table):
    coded = table(sampled)
    path = make(sampled, wanted("dta")).path
    frame, meta = pyreadstat.read_dta(str(path), user_missing=True)
    assert list(frame.columns) == [each.name for each in coded.variables]
    for each in coded.variables:
        ours = coded.rows[each.name].to_list()
        theirs = frame[each.name].to_list()
        for mine, their in zip(ours, theirs, strict=True):
            if mine is None:
                assert isinstance(their, float)
                assert math.isnan(their)
            elif mine in {c.value for c in each.missing}:
                assert their == ("z" if mine == -9 else "a")
            else:
                assert their == mine
    told = meta.variable_value_labels["place_commune"]
    assert told["z"] == "Không nêu: có ít người như vậy"
    assert told[6652] == "Phường Hồng Gai"
    assert meta.notes[-1].startswith("@longdan-manifest@")


def test_parquet_csv_and_excel_hold_the_same_numbers(sampled, make, table):
    coded = table(sampled)
    parquet = pl.read_parquet(make(sampled, wanted("parquet")).path)
    assert parquet.equals(coded.rows)
    for has_mark in (True, False):
        path = make(sampled, wanted("csv", has_mark=has_mark)).path
        assert path.read_bytes().startswith(b"\xef\xbb\xbf") is has_mark
        text = path.read_text(encoding="utf-8-sig").splitlines()
        assert text[0].split(",") == coded.rows.columns
        found = pl.read_csv(path, schema_overrides=coded.rows.schema)
        assert found.equals(coded.rows)
    book = openpyxl.load_workbook(make(sampled, wanted("xlsx")).path)
    assert book.sheetnames == ["Phiếu", "Biến"]
    lines = list(book["Phiếu"].iter_rows(values_only=True))
    assert list(lines[0]) == coded.rows.columns
    assert [tuple(line) for line in lines[1:]] == coded.rows.rows()
    assert {row[0] for row in book["Biến"].iter_rows(values_only=True)} >= set(coded.rows.columns)


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_r_haven_opens_both_files(sampled, make, tmp_path):
    for form in ("sav", "dta"):
        path = make(sampled, wanted(form)).path
        program = (
            "if (!requireNamespace('haven', quietly = TRUE)) quit(status = 3);"
            f"x <- haven::read_{form}('{path}');"
            "cat(nrow(x), sum(x$weight_final), sum(x$officials_1 >= 4, na.rm = TRUE))"
        )
        done = subprocess.run(
            ["Rscript", "-e", program], check=False, capture_output=True, text=True
        )
        if done.returncode == 3:
            pytest.skip("R has no haven")
        assert done.returncode == 0, done.stderr
        assert done.stdout.split()[:2] == ["160", "3200"]


@given(st.lists(st.one_of(st.none(), st.integers(-200, 300), st.floats(-1e6, 1e6)), max_size=60))
def test_packed_cells_are_unpacked_to_the_same(cells):
    numbers = np.array([math.nan if cell is None else float(cell) for cell in cells])
    assert np.array_equal(unpacked(sav.pack(numbers), len(numbers)), numbers, equal_nan=True)


def unpacked(packed, n):
    """Read the stream as the description of the format says."""
    words = [packed[at : at + 8] for at in range(0, len(packed), 8)]
    found, place = [], 0
    while len(found) < n:
        codes, place = words[place], place + 1
        for code in codes:
            if len(found) == n:
                break
            if code == 253:
                found.append(np.frombuffer(words[place], "<f8")[0])
                place += 1
            else:
                found.append(math.nan if code == 255 else float(code - 100))
    return np.array(found)


@given(SOURCES)
def test_names_are_portable_and_told_apart(sources):
    found = names.portable(sources)
    assert set(found) == set(sources)
    assert len({name.lower() for name in found.values()}) == len(found)
    for name in found.values():
        assert len(name) <= names.LONGEST
        assert name.isascii()
        assert name.replace("_", "").isalnum()
        assert name[0].isalpha()
        assert name.lower() not in {"with", "int", "all"}


def test_names_by_hand():
    found = names.portable(
        ["place.commune", "wishes:speed", "with", "1st", "A", "a", "x" * 40, "x" * 41]
    )
    assert list(found.values())[:5] == ["place_commune", "wishes_speed", "with_", "v1st", "A"]
    assert found["a"].startswith("a_")
    assert found["x" * 40] != found["x" * 41]
