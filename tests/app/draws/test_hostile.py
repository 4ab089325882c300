"""Seeds nobody could repeat, and ways round what was announced or drawn."""

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from app.models import Draw, Round
from app.services.draws import announce
from app.services.draws.perform import Seed, witnesses_of
from tests.app.draws.conftest import NOW, OFFICE, WITNESSES
from tests.app.draws.test_draw import refusal
from tests.app.draws.test_pages import SEED_FORM
from tests.app.signing_in import post


class TestSeeds:
    @pytest.mark.parametrize(
        "seed",
        ["\u200b" * 8, "123\u200b456", "１２３４５６", "٣٤٥٦٧٨", "АВСЕНК", "123456\u202e789",
         "\x00123456", '1"; rm 23456', "$(rm 123456)", "`123456`", "ªªªªªª", "½½½½½½", "1" * 301],
    )  # fmt: skip
    def test_a_seed_that_cannot_be_read_off_paper_is_refused(self, announced, carry_out, seed):
        seed = Seed(seed, "x", "y", WITNESSES)
        assert refusal(carry_out, announced, seed) == "draw.seed-unreadable"

    @pytest.mark.parametrize("seed", ["      ", "------", "12 3.4-5", ""])
    def test_signs_are_not_thrown_by_a_die(self, announced, carry_out, seed):
        assert refusal(carry_out, announced, Seed(seed, "x", "y", WITNESSES)) == "draw.seed-short"

    def test_a_seed_is_kept_as_it_counts(self, database, announced, carry_out):
        carry_out(announced, Seed("  Đặc  biệt:\n0\u0030 4 9e\u0301 ", "x", "y", WITNESSES))
        with database.read() as db:
            assert db.get(Draw, announced).seed_text == "Đặc biệt: 00 4 9é"

    def test_one_witness_written_twice_is_one(self, announced, carry_out):
        twice = witnesses_of("Lê A; Ủy viên; MTTQ\n lê  a ;ủy viên; MTTQ")
        seed = Seed("123456", "x", "y", twice)
        assert refusal(carry_out, announced, seed) == "draw.witnesses-few"

    def test_quotes_do_not_hide_a_witness(self):
        assert [w["name"] for w in witnesses_of('A "Tư"; B; C\n"D; E; F')] == ['A "Tư"', '"D']

    @pytest.mark.parametrize("field", ["seed", "source", "place", "witnesses"])
    def test_signs_the_database_cannot_hold_do_no_harm(self, office, announced, field):
        page = f"/office/draws/{announced}"
        form = {**SEED_FORM, field: SEED_FORM[field][:1] + "\x00" + SEED_FORM[field][1:]}
        answer = post(office, f"{page}/draw", form | {"again": form["seed"]}, page=page)
        assert answer.status_code == 303


def test_nobody_draws_for_a_round_that_is_closed(database, announced, carry_out):
    with database.write() as db:
        db.execute(update(Round).values(state="closed"))
    assert refusal(carry_out, announced) == "draw.round-closed"


def test_a_reason_of_signs_that_cannot_be_seen_is_none(database, things, drawn, var_dir):
    with database.write() as db:
        code = refusal(announce.request, db, "mau", things[1], var_dir=var_dir, actor=OFFICE,
                       now=NOW, reason="\u200b\x00 ")  # fmt: skip
    assert code == "draw.reason-missing"


@pytest.mark.parametrize(
    "page", ["draws/{}", "draws/{}/protocol.pdf", "samples/{}/design", "samples/{}/plan.toml"]
)
def test_a_number_no_row_can_have_is_no_page(office, page):
    assert office.get("/office/" + page.format(10**19)).status_code == 404


class TestTheDatabase:
    @pytest.mark.parametrize(
        "change",
        ["seed_text = '666666'", "announced_at = '2020-01-01'", "requested_at = '2020-01-01'",
         "id = id + 9", "n_main = 5", "witnesses = '[{}]'", "signature = 'x'",
         "approved_by = 'x'", "sample_plan_id = NULL", "summary = '{}'", "code_version = 'x'",
         "state = 'drawn', seed_text = '1', list_hash = 'x', drawn_at = now(), drawn_by = 'x'",
         "state = 'withdrawn'"],
    )  # fmt: skip
    def test_an_announced_draw_is_only_drawn_whole_or_withdrawn(self, database, announced, change):
        with pytest.raises(IntegrityError), database.write() as db:
            db.execute(text(f"UPDATE draw SET {change}"))  # noqa: S608 - of the list above

    def test_who_approved_a_further_draw_stays(self, database, things, drawn, var_dir):
        with database.write() as db:
            again = announce.request(db, "mau", things[1], var_dir=var_dir, actor=OFFICE, now=NOW,
                                     reason="Thiếu một xã").id  # fmt: skip
        with database.write() as db:
            announce.approve(db, again, actor="x", now=NOW)
        with pytest.raises(IntegrityError), database.write() as db:
            db.execute(update(Draw).where(Draw.id == again).values(approved_by="y"))

    @pytest.mark.parametrize("number", ["number + 100000", "0"])
    def test_a_draw_gets_no_case_besides_those_of_its_list(self, database, drawn, number):
        columns = (
            "frame_key, stratum, psu, selection, inclusion_probability, base_weight, reserve, "
            "group_code, active, disposition, n_attempts, version, updated_at, draw_id"
        )
        with pytest.raises(IntegrityError), database.write() as db:
            db.execute(
                text(
                    f"INSERT INTO sample_case ({columns}, number) "  # noqa: S608
                    f"SELECT {columns}, {number} FROM sample_case LIMIT 1"
                )
            )
