"""From code to answer: what comes out of the mixer, and what is left of the way there."""

from datetime import date, timedelta

from sqlalchemy import select, text

from app.models import AuditEntry, FreeText, Invitation, MixRun, Response, Spooled, SpoolKey
from app.services.mixing import keys, mix
from tests.app import builders
from tests.app.mixing.conftest import NOW

NEXT_DAY = NOW + timedelta(hours=24)


def test_twenty_answers_leave_after_a_day_and_nineteen_do_not(world):
    world.answers(19)
    assert world.mix(NEXT_DAY) == ()
    world.answer()
    assert world.mix(NOW + timedelta(hours=23)) == ()
    [mixed] = world.mix(NEXT_DAY)
    assert (mixed.kind, mixed.level, mixed.n) == ("answer", "field", 20)
    assert world.standing[:2] == (20, 0)


def test_a_response_says_of_its_place_what_its_batch_says(world):
    world.answers(20)
    world.mix(NEXT_DAY)
    rows = world.rows(Response)
    centre = world.town.centre
    assert {(row.centre_id, row.counter_id, row.stratum) for row in rows} == {
        (centre.id, None, centre.code)
    }
    assert {tuple(sorted(row.domains.items())) for row in rows} == {
        (("centre", centre.code), ("commune", "06652"), ("field", "ho-tich"))
    }
    assert {row.base_weight for row in rows} == {1.0}
    assert len({row.psu for row in rows}) == 20
    assert rows[0].answers == {"overall": 4, "late": "no"}


def test_those_without_company_give_up_field_and_then_centre(world, second_centre):
    later = NOW + timedelta(days=7)
    world.answers(10)
    world.answers(12, field="dat-dai")
    world.answers(20, now=later, centre=second_centre, field="ho-tich")
    world.answers(3, centre=second_centre, field="dat-dai")
    found = world.mix(later + timedelta(days=1))
    assert sorted((each.level, each.n) for each in found) == [("centre", 22), ("field", 20)]
    assert {row.domains.get("field") for row in world.rows(Response) if row.centre_id ==
            world.town.centre.id} == {None}  # fmt: skip
    assert world.count(Spooled) == 3
    world.answers(17, centre=world.town.centre, field="y-te")
    [last] = world.mix(later + timedelta(days=30))
    assert (last.level, last.n) == ("round", 20)
    merged = [row for row in world.rows(Response) if row.centre_id is None]
    assert {(row.stratum, tuple(row.domains)) for row in merged} == {("*", ())}


def test_one_day_stands_for_the_batch(world):
    world.answers(10)
    world.answers(10, now=NOW + timedelta(days=2))
    world.mix(NOW + timedelta(days=3))
    assert {row.answered_on for row in world.rows(Response)} == {date(2026, 5, 6)}


def test_rows_of_the_spool_their_key_and_its_file_are_gone(world):
    world.answers(20)
    [old] = world.rows(SpoolKey)
    world.mix(NEXT_DAY)
    assert world.standing[1] == 0
    [key] = world.rows(SpoolKey)
    assert key.id != old.id
    assert world.shelf.find(old.public_key) is None
    assert world.shelf.find(key.public_key) is not None
    assert len(world.shelf.names()) == 1


def test_those_who_stay_are_sealed_anew_and_can_still_leave(world):
    world.answers(20)
    world.answers(5, field="dat-dai")
    before = {row.sealed for row in world.rows(Spooled)}
    world.mix(NEXT_DAY)
    [key] = world.rows(SpoolKey)
    kept = world.rows(Spooled)
    assert {row.key_id for row in kept} == {key.id}
    assert not {row.sealed for row in kept} & before
    world.answers(15, field="dat-dai")
    world.mix(NEXT_DAY + timedelta(days=1))
    assert world.standing[:2] == (40, 0)


def test_invitations_forget_their_design_but_not_the_centre_of_the_dossier(world):
    world.answers(20)
    world.mix(NEXT_DAY)
    rows = world.rows(Invitation)
    assert {(row.state, row.stratum, row.psu, row.base_weight) for row in rows} == {
        ("used", None, None, None)
    }
    assert all(row.domains == {} for row in rows)
    assert {row.centre_id for row in rows} == {world.town.centre.id}


def test_a_closed_round_is_mixed_at_once_and_keeps_the_few_it_cannot_hide(world, second_centre):
    world.answers(25)
    world.answers(4, centre=second_centre)
    world.close()
    [mixed] = world.mix(NOW)
    assert (mixed.level, mixed.n) == ("field", 25)
    assert world.standing[:2] == (25, 4)
    assert world.mix(NOW + timedelta(days=400)) == ()


def test_own_words_come_out_apart_masked_and_by_the_month(world):
    for number in range(20):
        comment = f"Chờ lâu, gọi tôi số 0912 345 6{number:02}"
        world.answer(entered={"comment": [comment]})
    world.mix(NEXT_DAY)
    texts = world.rows(FreeText)
    assert {each.text for each in texts} == {"Chờ lâu, gọi tôi số [số]"}
    assert {each.month for each in texts} == {date(2026, 5, 1)}
    assert not {each.id for each in texts} & {each.id for each in world.rows(Response)}


def test_long_batches_leave_in_parts_and_none_is_short(world):
    world.answers(50)
    found = world.mix(NEXT_DAY, most=30)
    assert [each.n for each in found] == [25, 25]


def test_what_was_replaced_counts_once_with_its_last_answers(world):
    world.answers(19)
    issued = world.answer(entered={"overall": ["1"]})
    later = NOW + timedelta(hours=3)
    world.answer(issued, now=later, entered={"overall": ["5"]}, replacing=True)
    world.mix(NEXT_DAY)
    given = sorted(row.answers["overall"] for row in world.rows(Response))
    assert given == [4] * 19 + [5]


def test_an_altered_message_stays_and_is_not_lost_with_the_others(world, database):
    world.answers(21)
    with database.write() as db:
        one = db.scalars(select(Spooled.id).limit(1)).one()
        db.execute(
            text("UPDATE spooled SET sealed = set_byte(sealed, 100, 255 - get_byte(sealed, 100))"
                 " WHERE id = :id"), {"id": one},
        )  # fmt: skip
    [mixed] = world.mix(NEXT_DAY)
    assert mixed.n == 20
    assert [row.id for row in world.rows(Spooled)] == [one]


def test_too_few_that_open_do_not_leave_and_none_is_lost(world, database):
    world.answers(20)
    with database.write() as db:
        db.execute(text("UPDATE spooled SET centre_id = NULL WHERE id IN "
                        "(SELECT id FROM spooled LIMIT 1)"))  # fmt: skip
    assert world.mix(NEXT_DAY) == ()
    assert world.standing[:2] == (0, 20)


def test_a_lost_key_keeps_its_answers_apart_and_the_rest_goes_on(world):
    world.answers(20)
    for name in world.shelf.names():
        world.shelf.destroy(name)
    world.mix(NEXT_DAY)
    assert world.standing[:2] == (0, 20)
    with world.database.write() as db:
        keys.ensure(db, world.shelf, NEXT_DAY)
    world.answers(20, now=NEXT_DAY)
    [mixed] = world.mix(NEXT_DAY + timedelta(days=1))
    assert mixed.n == 20
    assert world.standing[:2] == (20, 20)


def test_files_of_keys_that_no_row_knows_are_swept(world):
    world.shelf.make()
    world.answers(3)
    world.mix(NOW)
    with world.database.read() as db:
        assert len(world.shelf.names()) == 1
        assert world.shelf.find(keys.newest(db).public) is not None


def test_a_key_lives_for_an_hour(world):
    world.mix(NOW)
    [first] = world.rows(SpoolKey)
    world.mix(NOW + timedelta(minutes=59))
    assert world.rows(SpoolKey) == [first]
    world.mix(NOW + timedelta(hours=1))
    [second] = world.rows(SpoolKey)
    assert second.id > first.id


def test_runs_and_the_audit_log_tell_numbers_and_nothing_else(world):
    world.answers(20)
    world.mix(NEXT_DAY)
    [run] = world.rows(MixRun)
    assert (run.kind, run.level, run.n) == ("answer", "field", 20)
    entries = [row for row in world.rows(AuditEntry) if row.action == "spool.mix"]
    assert [entry.details for entry in entries] == [{"kind": "answer", "level": "field", "n": 20}]


def test_a_drawn_sample_keeps_its_design(world, database):
    with database.write() as db:
        world.round = builders.sampled_round(db, world.town.campaign, "errand")
    for number in range(20):
        world.answer(world.issue(stratum="xã", psu=f"p{number % 4}", base_weight=2.5))
    [mixed] = world.mix(NEXT_DAY)
    assert (mixed.level, mixed.n) == ("round", 20)
    rows = world.rows(Response)
    assert sorted({row.psu for row in rows}) == ["p0", "p1", "p2", "p3"]
    assert {row.base_weight for row in rows} == {2.5}
    assert {row.psu for row in world.rows(Invitation)} == {None}


def test_two_mixers_at_once_wait_for_each_other(world, database):
    world.answers(20)
    with database.write() as db:
        mix.lock(db)
        with database.read() as other:
            free = other.scalar(text("SELECT pg_try_advisory_xact_lock(7201961)"))
    assert free is False
