"""A draw: announced before there is a seed, drawn once, kept for good, checked by anybody."""

import threading

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError

from app.errors import ConflictError, NotFoundError
from app.models import AuditEntry, Campaign, Draw, Frame, Round, SampleCase
from app.services import signing
from app.services.draws import announce, replay
from app.services.draws.perform import Seed, witnesses_of
from app.services.draws.statement import statement_of
from app.services.sampling import plans
from app.services.sampling.choices import Choices
from tests.app.draws.conftest import NOW, OFFICE, OTHER, SEED, WITNESSES, round_of


def refusal(act, *args, **values):
    with pytest.raises((ConflictError, NotFoundError)) as refused:
        act(*args, **values)
    return refused.value.code


class TestAnnouncing:
    def test_frame_and_plan_are_fixed_before_there_is_a_seed(self, database, announced):
        with database.read() as db:
            found = db.get(Draw, announced)
            assert (found.state, found.number, found.seed_text) == ("announced", 1, None)
            assert found.frame_hash == found.frame.content_hash
            assert found.frame_hash in found.plan_text
            told = db.scalars(select(AuditEntry).where(AuditEntry.action == "draw.announce")).one()
        assert told.details["frame_hash"] == found.frame_hash
        assert told.details["plan_hash"] == found.plan_hash

    def test_what_is_expected_is_told(self, database, announced):
        with database.read() as db:
            found = db.get(Draw, announced)
        assert {each["name"] for each in found.summary["strata"]} == {
            "hcc-06652", "hcc-06655", "hcc-06658",
        }  # fmt: skip
        assert sum(each["population"] for each in found.summary["strata"]) == 600
        assert sum(each["main"] for each in found.summary["strata"]) == found.n_main > 0

    @pytest.mark.parametrize(
        ("column", "value"),
        [("plan_text", "x"), ("frame_hash", "x"), ("plan_hash", "x"), ("requested_by", "x")],
    )
    def test_the_database_refuses_to_change_what_was_announced(
        self, database, announced, column, value
    ):
        with pytest.raises(IntegrityError), database.write() as db:
            db.execute(update(Draw).values({column: value}))

    def test_a_round_of_open_answers_is_refused(self, database, things, var_dir):
        with database.write() as db:
            campaign = db.scalars(select(Campaign)).one()
            db.add(round_of(db, campaign, "quay", source="open"))
            db.flush()
            code = refusal(announce.request, db, "quay", things[1], var_dir=var_dir,
                           actor=OFFICE, now=NOW)  # fmt: skip
        assert code == "draw.round-not-sampled"

    def test_a_closed_round_is_refused(self, database, things, var_dir):
        with database.write() as db:
            db.execute(update(Round).values(state="closed"))
            code = refusal(announce.request, db, "mau", things[1], var_dir=var_dir,
                           actor=OFFICE, now=NOW)  # fmt: skip
        assert code == "draw.round-closed"

    def test_a_simulated_frame_is_not_drawn_from_for_a_real_round(self, database, things, var_dir):
        with database.write() as db:
            db.execute(text("SET LOCAL session_replication_role = replica"))
            db.execute(update(Frame).values(simulated=True))
            code = refusal(announce.request, db, "mau", things[1], var_dir=var_dir,
                           actor=OFFICE, now=NOW)  # fmt: skip
        assert code == "draw.frame-simulated"

    def test_a_second_one_waits_until_the_first_is_over(self, database, things, announced, var_dir):
        with database.write() as db:
            code = refusal(announce.request, db, "mau", things[1], var_dir=var_dir,
                           actor=OFFICE, now=NOW, reason="Thử")  # fmt: skip
        assert code == "draw.waiting"

    def test_one_withdrawn_before_the_seed_stays_in_the_book(
        self, database, things, announced, var_dir
    ):
        with database.write() as db:
            announce.withdraw(db, announced, actor=OFFICE, now=NOW)
        with database.write() as db:
            again = announce.request(db, "mau", things[1], var_dir=var_dir, actor=OFFICE, now=NOW)
            assert (again.number, again.state) == (2, "announced")
        with database.read() as db:
            assert list(db.scalars(select(Draw.state).order_by(Draw.number))) == [
                "withdrawn", "announced",
            ]  # fmt: skip


class TestDrawing:
    def test_cases_carry_their_chances(self, database, drawn):
        with database.read() as db:
            found = db.get(Draw, drawn)
            cases = db.scalars(select(SampleCase).order_by(SampleCase.number)).all()
        assert len(cases) == found.n_main + found.n_reserve
        assert [case.number for case in cases] == list(range(1, len(cases) + 1))
        for case in cases:
            assert case.base_weight == pytest.approx(1 / case.inclusion_probability)
            assert case.selection["stages"][0]["probability"] == case.inclusion_probability
        # The weights of the main cases add up to the frame.
        assert sum(case.base_weight for case in cases if not case.reserve) == pytest.approx(600)

    def test_it_happens_once(self, drawn, carry_out):
        assert (
            refusal(carry_out, drawn, Seed("999999", "x", "y", WITNESSES)) == "draw.not-announced"
        )

    def test_two_at_once_give_one_draw(self, database, announced, carry_out):
        outcomes = []

        def one(seed):
            try:
                outcomes.append(carry_out(announced, Seed(seed, "x", "y", WITNESSES)))
            except ConflictError as error:
                outcomes.append(error.code)

        threads = [threading.Thread(target=one, args=(seed,)) for seed in ("111111", "222222")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(map(str, outcomes)) == sorted([str(announced), "draw.not-announced"])
        with database.read() as db:
            found = db.get(Draw, announced)
            n_cases = db.scalar(select(func.count()).select_from(SampleCase))
        assert n_cases == found.n_main + found.n_reserve

    @pytest.mark.parametrize(
        ("seed", "code"),
        [
            (Seed(" 1 2 3 ", "x", "y", WITNESSES), "draw.seed-short"),
            (Seed("123456", " ", "y", WITNESSES), "draw.seed-untold"),
            (Seed("123456", "x", "", WITNESSES), "draw.seed-untold"),
            (Seed("123456", "x", "y", WITNESSES[:1]), "draw.witnesses-few"),
        ],
    )
    def test_a_seed_of_unknown_origin_is_refused(self, announced, carry_out, seed, code):
        assert refusal(carry_out, announced, seed) == code

    def test_a_frame_with_one_altered_cell_is_refused(
        self, database, announced, carry_out, var_dir
    ):
        with database.read() as db:
            path = var_dir / "frames" / db.get(Draw, announced).frame.file_name
        before = path.read_bytes()
        path.write_bytes(before.replace(b"linh-vuc-1", b"linh-vuc-2", 1))
        try:
            assert refusal(carry_out, announced) == "frame.file-changed"
        finally:
            path.write_bytes(before)

    @pytest.mark.parametrize("column", ["seed_text", "list_hash", "n_main", "drawn_by"])
    def test_the_database_refuses_to_change_what_was_drawn(self, database, drawn, column):
        with pytest.raises(IntegrityError), database.write() as db:
            db.execute(text(f"UPDATE draw SET {column} = NULL"))  # noqa: S608 - of the list above

    @pytest.mark.parametrize("statement", ["DELETE FROM draw", "TRUNCATE draw CASCADE",
                                           "UPDATE sample_case SET base_weight = 1",
                                           "DELETE FROM sample_case"])  # fmt: skip
    def test_the_database_refuses_to_lose_a_draw_or_its_cases(self, database, drawn, statement):
        with pytest.raises(IntegrityError), database.write() as db:
            db.execute(text(statement))

    def test_another_seed_gives_another_list(self, database, things, announced, carry_out, var_dir):
        with database.write() as db:
            announce.withdraw(db, announced, actor=OFFICE, now=NOW)
        lists = set()
        for number, seed in enumerate(("111111", "222222")):
            with database.write() as db:
                campaign = db.scalars(select(Campaign)).one()
                db.add(round_of(db, campaign, f"mau-{number}"))
                db.flush()
                made = announce.request(db, f"mau-{number}", things[1], var_dir=var_dir,
                                        actor=OFFICE, now=NOW).id  # fmt: skip
            carry_out(made, Seed(seed, "x", "y", WITNESSES))
            with database.read() as db:
                lists.add(db.get(Draw, made).list_hash)
        assert len(lists) == 2


class TestDrawingAgain:
    def ask(self, database, things, var_dir, reason="Danh sách thiếu một xã", actor=OFFICE):
        with database.write() as db:
            return announce.request(
                db, "mau", things[1], var_dir=var_dir, actor=actor, now=NOW, reason=reason
            ).id

    def test_a_further_draw_needs_a_reason(self, database, things, drawn, var_dir):
        assert refusal(self.ask, database, things, var_dir, reason="  ") == "draw.reason-missing"

    def test_a_further_draw_waits_for_a_second_person(
        self, database, things, drawn, var_dir, carry_out
    ):
        again = self.ask(database, things, var_dir)
        assert refusal(carry_out, again) == "draw.not-announced"
        with database.write() as db:
            assert refusal(announce.approve, db, again, actor=OFFICE, now=NOW) == "draw.same-person"
        with database.write() as db:
            announce.approve(db, again, actor=OTHER, now=NOW)
        carry_out(again, Seed("987654", "x", "y", WITNESSES))
        with database.read() as db:
            states = db.execute(select(Draw.number, Draw.state).order_by(Draw.number)).all()
        assert states == [(1, "drawn"), (2, "drawn")]

    def test_the_database_itself_wants_the_second_person(self, database, things, drawn, var_dir):
        again = self.ask(database, things, var_dir)
        with pytest.raises(IntegrityError), database.write() as db:
            db.execute(
                update(Draw).where(Draw.id == again)
                .values(state="announced", approved_by=OFFICE, approved_at=NOW, announced_at=NOW)
            )  # fmt: skip


class TestChecking:
    def test_program_and_script_give_the_published_list(self, database, drawn, var_dir):
        with database.read() as db:
            found = replay.replay(db, "mau", None, var_dir)
        assert found.holds, found.told

    def test_the_signature_is_of_this_draw(self, database, drawn):
        with database.read() as db:
            found = db.get(Draw, drawn)
            statement = statement_of(found)
        assert signing.is_signed(statement, found.signature, found.public_key)
        forged = statement.replace(SEED.text.encode(), b"6 6 6 6 6 6 6 6 6 6")
        assert forged != statement
        assert not signing.is_signed(forged, found.signature, found.public_key)

    def test_an_altered_list_is_noticed(self, database, drawn, var_dir):
        with database.read() as db:
            path = var_dir / "draws" / db.get(Draw, drawn).list_name
        before = path.read_bytes()
        path.write_bytes(before + b"\n")
        try:
            with database.read() as db:
                found = replay.replay(db, "mau", 1, var_dir)
        finally:
            path.write_bytes(before)
        assert not found.is_kept
        assert not found.holds

    def test_the_command_says_yes(self, app, drawn):
        outcome = app.test_cli_runner().invoke(args=["replay-draw", "mau"])
        assert outcome.exit_code == 0, outcome.output
        assert outcome.output.count("yes  ") == 4

    def test_the_command_refuses_a_round_without_a_draw(self, app, things):
        outcome = app.test_cli_runner().invoke(args=["replay-draw", "mau"])
        assert outcome.exit_code == 1


class TestWitnesses:
    def test_one_line_is_one_witness(self):
        told = "Nguyễn Văn A; Ủy viên; Ủy ban MTTQ tỉnh\n\n Trần Thị B ;Hội viên; Hội CCB tỉnh "
        assert [each["organisation"] for each in witnesses_of(told)] == [
            "Ủy ban MTTQ tỉnh", "Hội CCB tỉnh",
        ]  # fmt: skip

    def test_a_line_with_a_part_missing_is_named(self):
        with pytest.raises(ConflictError) as refused:
            witnesses_of("A; B; C\nD; E")
        assert refused.value.context == {"line": 2}


class TestPlans:
    def test_two_people_do_not_overwrite_each_other(self, database, things, var_dir):
        with database.read() as db:
            plan = plans.find(db, things[1])
            version, choices = plan.version, plan.choices
        kept = Choices.from_json(choices)
        with database.write() as db:
            plans.change(db, things[1], kept.changed(minimum=40), version=version,
                         var_dir=var_dir, actor=OFFICE, now=NOW)  # fmt: skip
        with database.write() as db:
            code = refusal(plans.change, db, things[1], kept.changed(minimum=50), version=version,
                           var_dir=var_dir, actor=OFFICE, now=NOW)  # fmt: skip
        assert code == "plan.changed-meanwhile"

    def test_people_asked_within_a_year_are_spared(self, database, things, var_dir, carry_out):
        spared = []
        for number in range(2):
            with database.write() as db:
                plan = plans.find(db, things[1])
                choices = Choices.from_json(plan.choices).changed(
                    once_a_year=True, report_by="", size_by="total", total=60, response=1.0
                )
                plans.change(db, plan.id, choices, version=plan.version, var_dir=var_dir,
                             actor=OFFICE, now=NOW)  # fmt: skip
                campaign = db.scalars(select(Campaign)).one()
                db.add(round_of(db, campaign, f"nam-{number}"))
                db.flush()
                made = announce.request(db, f"nam-{number}", plan.id, var_dir=var_dir,
                                        actor=OFFICE, now=NOW).id  # fmt: skip
            carry_out(made, Seed(f"12345{number}", "x", "y", WITNESSES))
            with database.read() as db:
                wanted = select(SampleCase.frame_key).where(SampleCase.draw_id == made)
                spared.append(set(db.scalars(wanted)))
        assert len(spared[0]) == len(spared[1]) == 60
        assert not spared[0] & spared[1]
