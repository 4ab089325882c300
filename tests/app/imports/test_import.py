"""A file becomes responses: all of them or none, and never twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select, text

from app.errors import ConflictError
from app.models import FreeText, ImportBatch, ImportedRow, Response
from app.services import campaigns
from app.services.imports import batches
from app.services.imports.check import check_file
from app.services.imports.mapping import Columns
from app.services.imports.refusals import RoundRefusedError
from app.services.imports.rounds import import_round
from app.services.imports.run import import_file
from app.services.imports.store import lock_round
from tests.app.imports.conftest import ROUND
from tests.app.imports.files import ROW, rows, without, write_csv, write_xlsx

TABLET = Columns(fixed={"mode": "tablet"})


def stored(database):
    with database.read() as db:
        return db.scalars(select(Response).order_by(Response.stratum, Response.psu)).all()


def count(database, table=Response):
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(table))


def test_a_row_becomes_a_response(database, target, import_, tmp_path):
    row = ROW | {
        "commune": 6652, "centre": "hcc-06652", "counter": "hcc-06652-05", "field": "Hộ tịch",
        "date": "03/05/2026", "late": "Có", "told": "không", "sex": "nữ",
        "channels": "Loa, đài; Internet", "age": "34", "hours": "1,5", "received": "2026-04-30",
        "opinion": "Rất tốt",
    }  # fmt: skip
    account = import_(write_csv(tmp_path / "a.csv", [row]))
    assert (account.state, account.n_rows, account.n_imported) == ("imported", 1, 1)
    (response,) = stored(database)
    assert (response.source, response.mode, response.language) == ("sample", "tablet", "vi")
    assert (response.stratum, response.psu, response.base_weight) == ("phường", "06652-1", 12.5)
    assert response.answered_on.isoformat() == "2026-05-03"
    assert response.domains == {
        "commune": "06652", "centre": "hcc-06652", "counter": "hcc-06652-05", "field": "ho-tich"
    }  # fmt: skip
    assert response.centre_id is not None
    assert response.counter_id is not None
    assert response.import_batch_id == account.id
    assert response.answers == {
        "seats": 4, "polite": 5, "late": "yes", "told": "no", "sex": "female",
        "channels": ["radio", "internet"], "age": 34, "hours": "1.5", "received": "2026-04-30",
    }  # fmt: skip


def test_free_text_is_kept_apart_with_its_month_only(database, import_, tmp_path):
    row = ROW | {"date": "2026-05-17", "opinion": "Cần thêm ghế\tvà \\nước"}
    import_(write_xlsx(tmp_path / "a.xlsx", [row]))
    with database.read() as db:
        (text_,) = db.scalars(select(FreeText)).all()
        (response,) = db.scalars(select(Response)).all()
    assert text_.text == "Cần thêm ghế\tvà \\nước"
    assert text_.month.isoformat() == "2026-05-01"
    assert text_.item == "opinion"
    assert "opinion" not in response.answers


def test_xlsx_and_csv_give_the_same_responses(database, import_, tmp_path):
    given = rows(7)
    import_(write_xlsx(tmp_path / "a.xlsx", given))
    first = [(r.psu, r.answers, r.base_weight) for r in stored(database)]
    again = import_(write_csv(tmp_path / "b.csv", given, separator=";", encoding="utf-8-sig"))
    assert (again.state, again.n_unchanged) == ("unchanged", 7)
    assert [(r.psu, r.answers, r.base_weight) for r in stored(database)] == first


def test_the_same_file_again_changes_nothing(database, import_, tmp_path):
    path = write_csv(tmp_path / "a.csv", rows(4))
    import_(path)
    again = import_(path)
    assert (again.state, again.n_rows, again.n_imported, again.n_unchanged) == (
        "unchanged",
        4,
        0,
        4,
    )
    assert count(database) == 4


def test_one_bad_cell_keeps_the_whole_file_out(database, import_, problems_of, tmp_path):
    given = rows(5)
    given[3]["polite"] = 6
    account = import_(write_csv(tmp_path / "a.csv", given))
    assert (account.state, account.n_rows, account.n_rejected) == ("rejected", 5, 5)
    assert problems_of(account) == [(5, "F", "6", "answer.not-an-option")]
    assert count(database) == 0
    assert count(database, FreeText) == 0
    assert count(database, ImportedRow) == 0


def test_a_corrected_file_works_after_a_rejected_one(database, import_, tmp_path):
    given = rows(5)
    given[3]["polite"] = 6
    assert import_(write_csv(tmp_path / "a.csv", given)).state == "rejected"
    given[3]["polite"] = 5
    assert import_(write_csv(tmp_path / "a.csv", given)).state == "imported"
    assert count(database) == 5


def test_new_rows_beside_known_ones_are_added(database, import_, tmp_path):
    import_(write_csv(tmp_path / "a.csv", rows(5)))
    account = import_(write_csv(tmp_path / "b.csv", rows(8)))
    assert (account.state, account.n_imported, account.n_unchanged) == ("imported", 3, 5)
    assert count(database) == 8


def test_a_known_key_with_other_answers_is_named(database, import_, problems_of, tmp_path):
    import_(write_csv(tmp_path / "a.csv", rows(5)))
    given = rows(6)
    given[2]["polite"] = 1
    account = import_(write_csv(tmp_path / "b.csv", given))
    assert account.state == "rejected"
    assert problems_of(account) == [(4, "A", "", "key.imported-before")]
    assert count(database) == 5


def test_other_free_text_under_a_known_key_is_a_difference(import_, problems_of, tmp_path):
    import_(write_csv(tmp_path / "a.csv", rows(2, opinion="Tốt")))
    account = import_(write_csv(tmp_path / "b.csv", rows(2, opinion="Chưa tốt")))
    assert [each[3] for each in problems_of(account)] == ["key.imported-before"] * 2


def test_a_key_twice_in_a_file_is_refused(import_, problems_of, tmp_path):
    account = import_(write_csv(tmp_path / "a.csv", [ROW, ROW]))
    assert problems_of(account) == [(3, "A", "K1", "key.twice")]


def test_without_keys_the_same_rows_in_another_file_change_nothing(database, import_, tmp_path):
    given = without("key", rows(6))
    import_(write_csv(tmp_path / "a.csv", given))
    again = import_(write_xlsx(tmp_path / "b.xlsx", list(reversed(given))))
    assert (again.state, again.n_unchanged) == ("unchanged", 6)
    assert count(database) == 6


def test_without_keys_two_people_of_one_file_may_answer_alike(database, import_, tmp_path):
    twin = without("key", [ROW])[0]
    account = import_(write_csv(tmp_path / "a.csv", [twin, twin, twin]))
    assert account.n_imported == 3
    assert import_(write_xlsx(tmp_path / "b.xlsx", [twin, twin])).state == "unchanged"
    assert count(database) == 3


def test_without_keys_a_file_that_overlaps_is_refused(database, import_, problems_of, tmp_path):
    given = without("key", rows(6))
    import_(write_csv(tmp_path / "a.csv", given[:4]))
    account = import_(write_csv(tmp_path / "b.csv", given[2:]))
    assert account.state == "rejected"
    assert problems_of(account) == [
        (2, None, "", "row.imported-before"),
        (3, None, "", "row.imported-before"),
    ]
    assert count(database) == 4


def test_without_keys_one_more_twin_than_before_is_refused(import_, problems_of, tmp_path):
    twin = without("key", [ROW])[0]
    import_(write_csv(tmp_path / "a.csv", [twin, twin]))
    account = import_(write_csv(tmp_path / "b.csv", [twin, twin, twin]))
    assert [each[0] for each in problems_of(account)] == [2, 3]


def test_keys_added_to_rows_imported_without_do_not_double_them(
    database, import_, problems_of, tmp_path
):
    import_(write_csv(tmp_path / "a.csv", without("key", rows(3))))
    account = import_(write_csv(tmp_path / "b.csv", rows(3)))
    assert [each[3] for each in problems_of(account)] == ["row.imported-without-key"] * 3
    assert count(database) == 3


def test_identical_rows_are_taken_when_said_to_be_others(database, import_, tmp_path):
    twin = without("key", [ROW])[0]
    said = Columns(fixed={"mode": "tablet"}, identical_rows_are_new=True)
    import_(write_csv(tmp_path / "a.csv", [twin]))
    assert import_(write_csv(tmp_path / "b.csv", [twin, twin]), said).n_imported == 2
    assert count(database) == 3


def test_the_very_same_file_holds_no_others_whatever_is_said(database, import_, tmp_path):
    path = write_csv(tmp_path / "a.csv", without("key", rows(3)))
    import_(path)
    said = Columns(fixed={"mode": "tablet"}, identical_rows_are_new=True)
    assert import_(path, said).state == "unchanged"
    assert count(database) == 3


def test_another_mapping_of_the_same_file_is_read_anew(import_, tmp_path):
    path = write_csv(tmp_path / "a.csv", rows(3))
    import_(path)
    other = Columns(fixed={"mode": "paper"})
    assert import_(path, other).state == "rejected"


def test_psus_agree_with_answers_imported_before(import_, problems_of, tmp_path):
    import_(write_csv(tmp_path / "a.csv", [ROW]))
    account = import_(write_csv(tmp_path / "b.csv", [ROW | {"key": "K2", "stratum": "xã"}]))
    assert problems_of(account) == [(2, "C", "06652-1", "psu.in-other-stratum-before")]


def test_rows_come_to_the_table_in_no_order(database, import_, tmp_path):
    import_(write_csv(tmp_path / "a.csv", rows(200, age=20)))
    with database.read() as db:
        seen = db.scalars(text("SELECT psu FROM response ORDER BY ctid")).all()
    in_file = [row["psu"] for row in rows(200)]
    assert sorted(seen) == sorted(in_file)
    assert seen != in_file


@pytest.mark.parametrize(
    ("values", "code"),
    [({"state": "closed"}, "round.not-open"), ({"state": "draft"}, "round.not-open")],
)
def test_only_an_open_round_takes_a_file(database, target, tmp_path, values, code):
    with database.write() as db:
        db.execute(text("UPDATE round SET state = :state"), values)
    with pytest.raises(RoundRefusedError) as refusal, database.write() as db:
        import_file(db, ROUND, write_csv(tmp_path / "a.csv", [ROW]), TABLET, by="test")
    assert refusal.value.code == code


def test_a_round_of_open_answers_takes_no_file(database, target, tmp_path):
    with database.write() as db:
        db.execute(text("UPDATE round SET source = 'open'"))
    with pytest.raises(RoundRefusedError, match=r"round\.not-sampled"), database.read() as db:
        import_round(db, ROUND)


def test_what_rows_are_known_by_is_forgotten_when_the_round_closes(database, import_, tmp_path):
    import_(write_csv(tmp_path / "a.csv", rows(3)))
    assert count(database, ImportedRow) == 3
    with database.write() as db:
        campaigns.close_round(db, ROUND, actor="test")
    assert count(database, ImportedRow) == 0
    assert count(database) == 3


def test_two_imports_at_once_come_one_after_another(database, target, tmp_path):
    """Both read the file before either has stored it; the second must still see the first."""
    path = write_csv(tmp_path / "a.csv", rows(300))
    with ThreadPoolExecutor(4) as pool:
        ready = Barrier(4)

        def run(_):
            with database.write() as db:
                ready.wait()
                return import_file(db, ROUND, path, TABLET, by="test")

        batches_made = list(pool.map(run, range(4)))
    with database.read() as db:
        states = sorted(db.get(ImportBatch, batch).state for batch in batches_made)
    assert states == ["imported", "unchanged", "unchanged", "unchanged"]
    assert count(database) == 300


def test_an_import_that_crosses_another_leaves_nothing(database, target, tmp_path):
    """The other puts a PSU into another stratum after this one looked which strata there are."""
    mine, other = tmp_path / "a.csv", tmp_path / "b.csv"
    write_csv(mine, [ROW | {"psu": "X", "stratum": "A"}])
    write_csv(other, [ROW | {"psu": "X", "stratum": "B", "key": "K2"}])
    stale = target
    with database.write() as db:
        import_file(db, ROUND, other, TABLET, by="test")
    checked = check_file(mine, stale, TABLET)
    with database.write() as db:
        file = batches.FileFacts("a", "b")
        batch = batches.add(db, stale.id, file, TABLET, "test", state="reading")
        with pytest.raises(ConflictError, match=r"crossed"):
            batches.finish(db, stale, batch, checked)
        db.rollback()
    assert count(database) == 1


def test_answers_of_citizens_are_not_kept_waiting(database, target):
    with database.write() as first, database.write() as second:
        lock_round(first, target.id)
        second.execute(text("SET LOCAL lock_timeout = '1s'"))
        second.execute(text("SELECT 1 FROM round WHERE id = :id FOR SHARE"), {"id": target.id})


def test_the_audit_log_says_what_was_imported_but_no_answer(database, import_, tmp_path):
    account = import_(write_csv(tmp_path / "a.csv", rows(3, opinion="Cần thêm ghế")))
    with database.read() as db:
        (entry,) = db.execute(text("SELECT action, subject, details FROM audit_entry")).all()
    assert entry.action == "import.imported"
    assert entry.subject == ROUND
    assert entry.details["batch"] == account.id
    assert entry.details["imported"] == 3
    assert "ghế" not in str(entry.details)


def test_the_account_always_adds_up(database, import_, tmp_path):
    import_(write_csv(tmp_path / "a.csv", rows(5)))
    import_(write_csv(tmp_path / "b.csv", rows(8)))
    import_(write_csv(tmp_path / "c.csv", rows(3, polite="?")))
    with database.read() as db:
        for batch in db.scalars(select(ImportBatch)):
            rejected = batch.rows_total if batch.state == "rejected" else 0
            assert batch.rows_total == batch.rows_imported + batch.rows_unchanged + rejected
