from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask_security.utils import verify_password

from app import identity
from app.cli import staff as commands
from app.errors import ConflictError, NotFoundError
from app.identity import Credentials, Refused, SignedIn
from app.models import AuditEntry, SignInFailure, Staff
from app.queries import people
from app.services import accounts, passwords, throttle
from app.services.throttle import Admitted, Attempt, Wait
from tests.app import builders

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
PASSWORD = "khu vuon co cay xoai lau nam"
EMAIL = "lan@quangninh.gov.vn"
PEPPER = "a key only for tests"


@pytest.fixture
def lan(database):
    with database.write() as db:
        return add(db).id


def add(db, email=EMAIL, **values):
    given = {
        "full_name": "Nguyễn Thị Lan", "role": "office", "password": PASSWORD, "actor": "test",
        "now": NOW,
    } | values  # fmt: skip
    return accounts.add(db, email, **given)


def attempt(database, password, *, email=EMAIL, address="203.0.113.7", device=None, at=NOW):
    given = Credentials(email, password, address, device)
    return identity.sign_in(database, given, pepper=PEPPER, now=at)


class TestPasswords:
    @pytest.mark.parametrize(
        ("password", "problem"),
        [
            ("ngan qua", "password.too-short"),
            ("x" * 1025, "password.too-long"),
            ("123456789012", "password.too-common"),
            ("qwertyuiop[]", "password.too-common"),
            ("ubnd quangninh 2026", "password.too-common"),
            ("Sipas@LongDan2026", "password.too-common"),
            ("Matkhau@123456", "password.too-common"),
            ("Mật khẩu@123456", "password.too-common"),
            ("aaaaaaaaaaaaaaaaaaaa", "password.too-common"),
            ("NguyenThiLan2026", "password.too-common"),
            ("khu vườn có cây xoài lâu năm", None),
            ("correct horse battery staple", None),
            ("a" * 3 + "tranh lụa treo cạnh cửa sổ " * 10, None),
        ],
    )
    def test_a_password_is_judged_by_how_hard_it_is_to_guess(self, password, problem):
        assert passwords.problem_of(password, about=("Nguyễn Thị Lan", EMAIL)) == problem

    def test_a_generated_password_is_taken_and_never_the_same(self):
        made = {passwords.generate() for _ in range(20)}
        assert len(made) == 20
        assert {passwords.problem_of(password) for password in made} == {None}

    def test_composed_and_decomposed_letters_are_the_same_password(self):
        stored = passwords.hash_of("mây trắng trên núi cao")
        assert passwords.matches(stored, "mây trắng trên núi cao")

    def test_a_hash_is_argon2id_and_carries_no_password(self):
        stored = passwords.hash_of(PASSWORD)
        assert stored.startswith("$argon2id$")
        assert PASSWORD not in stored
        assert not passwords.is_outdated(stored)
        assert passwords.is_outdated(stored.replace("t=3", "t=1"))

    def test_no_password_matches_an_account_without_one(self):
        assert not passwords.matches(None, "")
        assert not passwords.matches("not a hash", PASSWORD)

    def test_flask_security_reads_the_same_hashes(self, app: Flask):
        with app.test_request_context():
            assert verify_password(PASSWORD, passwords.hash_of(PASSWORD))


class TestAccounts:
    def test_an_account_is_made_under_one_spelling_of_the_address(self, database):
        with database.write() as db:
            add(db, "  Lan@QuangNinh.gov.vn")
        with database.read() as db:
            person = people.by_email(db, EMAIL)
        assert person is not None
        assert person.roles == ("office",)
        assert person.unit_code is None
        with database.write() as db, pytest.raises(ConflictError, match=r"staff\.email-taken"):
            add(db, "LAN@quangninh.gov.vn")

    @pytest.mark.parametrize(
        ("values", "code"),
        [
            ({"email": "khong phai thu"}, "staff.email-malformed"),
            ({"full_name": "  "}, "staff.name-missing"),
            ({"role": "admin"}, "staff.role-unknown"),
            ({"role": "unit_viewer"}, "staff.unit-missing"),
            ({"unit_code": "06652"}, "staff.unit-not-for-office"),
            ({"role": "unit_viewer", "unit_code": "99999"}, "staff.unit-unknown"),
            ({"password": "matkhau"}, "password.too-short"),
        ],
    )
    def test_what_cannot_be_an_account_is_refused(self, database, values, code):
        with (
            database.write() as db,
            pytest.raises((ConflictError, NotFoundError), match=code) as refused,
        ):
            add(db, **values)
        assert refused.value.code == code

    def test_a_unit_viewer_belongs_to_a_unit_of_today(self, database):
        with database.write() as db:
            province = builders.province(db)
            builders.commune(db, province, name="Phường Cũ", valid_to=builders.FIRST_DAY)
            builders.commune(db, province, valid_from=builders.FIRST_DAY)
            add(db, role="unit_viewer", unit_code="06652")
        with database.read() as db:
            person = people.by_email(db, EMAIL)
        assert (person.unit_name, person.roles) == ("Phường Hồng Gai", ("unit_viewer",))

    def test_a_code_of_two_units_is_not_guessed(self, database):
        with database.write() as db:
            province = builders.province(db)
            builders.commune(db, province)
            builders.unit(db, "agency", "06652", "Sở Tư pháp", parent_id=province.id)
            with pytest.raises(ConflictError, match=r"staff\.unit-ambiguous"):
                add(db, role="unit_viewer", unit_code="06652")

    def test_disabling_and_a_new_password_end_every_session(self, database, lan):
        keys = [session_key(database)]
        with database.write() as db:
            accounts.set_password(db, EMAIL, "tranh lua treo canh cua so", actor="test")
        keys.append(session_key(database))
        with database.write() as db:
            accounts.disable(db, EMAIL, actor="test")
        keys.append(session_key(database))
        assert len(set(keys)) == 3

    def test_what_is_done_to_accounts_is_audited_without_passwords(self, database, lan):
        with database.write() as db:
            accounts.disable(db, EMAIL, actor="truong.phong")
        with database.read() as db:
            entries = db.query(AuditEntry).order_by(AuditEntry.id).all()
        assert [(each.actor, each.action, each.subject) for each in entries] == [
            ("test", "staff.add", EMAIL),
            ("truong.phong", "staff.disable", EMAIL),
        ]
        assert PASSWORD not in str([each.details for each in entries])


def session_key(database):
    with database.read() as db:
        return people.by_email(db, EMAIL).session_key


class TestThrottle:
    def test_the_delay_grows_and_stops_growing(self):
        waits = [throttle.delay(n, free=5) for n in range(14)]
        assert waits == [0] * 5 + [30, 60, 120, 240, 480] + [900] * 4

    def test_a_stranger_gets_ten_looks_in_ten_minutes_however_often_he_asks(self, database):
        """Three hours of a try every two seconds: no ten minutes hold more than ten looks."""
        looks = []
        with database.write() as db:
            for second in range(0, 3 * 3600, 2):
                at = NOW + timedelta(seconds=second)
                outcome = throttle.admit(db, Attempt(b"lan", b"somewhere"), at)
                if isinstance(outcome, Admitted):
                    looks.append(at)
        assert len(looks) > 10
        for start in looks:
            within = [look for look in looks if start <= look < start + timedelta(minutes=10)]
            assert len(within) <= 10

    def test_coming_from_many_addresses_does_not_help(self, database):
        with database.write() as db:
            outcomes = [
                throttle.admit(db, Attempt(b"lan", f"bot {number}".encode()), NOW)
                for number in range(200)
            ]
        assert sum(isinstance(outcome, Admitted) for outcome in outcomes) == 5

    def test_tries_that_come_at_once_count_like_tries_one_after_another(self, database):
        """Twelve workers look at the count before any of them has written a failure."""
        outcomes = []

        def knock():
            with database.write() as db:
                outcomes.append(throttle.admit(db, Attempt(b"lan", b"somewhere"), NOW))

        workers = [Thread(target=knock) for _ in range(12)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert sum(isinstance(outcome, Admitted) for outcome in outcomes) == 5
        assert len(outcomes) == 12

    def test_one_address_cannot_try_one_password_on_everyone(self, database):
        with database.write() as db:
            outcomes = [
                throttle.admit(db, Attempt(f"person {number}".encode(), b"somewhere"), NOW)
                for number in range(200)
            ]
        assert sum(isinstance(outcome, Admitted) for outcome in outcomes) == 20

    def test_a_wait_says_how_long_and_ends_then(self, database):
        tried = Attempt(b"lan", b"somewhere")
        with database.write() as db:
            for _ in range(5):
                assert isinstance(throttle.admit(db, tried, NOW), Admitted)
            assert throttle.admit(db, tried, NOW + timedelta(seconds=10)) == Wait(20)
            after = throttle.admit(db, tried, NOW + timedelta(seconds=30))
        assert isinstance(after, Admitted)

    def test_being_turned_away_costs_nothing(self, database):
        tried = Attempt(b"lan", b"somewhere")
        with database.write() as db:
            for _ in range(100):
                throttle.admit(db, tried, NOW)
            assert db.query(SignInFailure).count() == 10

    def test_failures_of_yesterday_are_deleted(self, database):
        with database.write() as db:
            throttle.admit(db, Attempt(b"lan", b"somewhere"), NOW - timedelta(days=2))
            throttle.admit(db, Attempt(b"binh", b"elsewhere"), NOW)
            assert db.query(SignInFailure).count() == 2


class TestSigningIn:
    def test_the_right_password_signs_in_and_leaves_no_failure(self, database, lan):
        outcome = attempt(database, PASSWORD)
        assert isinstance(outcome, SignedIn)
        assert outcome.has_role("office")
        assert not outcome.has_role("unit_viewer")
        with database.read() as db:
            assert db.query(SignInFailure).count() == 0

    def test_unknown_closed_and_mistaken_are_answered_alike(self, database, lan):
        with database.write() as db:
            add(db, "closed@quangninh.gov.vn")
            accounts.disable(db, "closed@quangninh.gov.vn", actor="test")
        outcomes = {
            attempt(database, "khong phai mat khau", at=NOW),
            attempt(database, PASSWORD, email="nobody@quangninh.gov.vn", at=NOW),
            attempt(database, PASSWORD, email="closed@quangninh.gov.vn", at=NOW),
            attempt(database, PASSWORD, email="not an\0 address \ud800", at=NOW),
            attempt(database, "x" * 100_000, at=NOW),
        }
        assert outcomes == {Refused()}

    def test_a_thousand_wrong_passwords_are_looked_at_ten_times_and_the_owner_still_gets_in(
        self, database, lan
    ):
        """The gate of the threat model: strangers neither guess nor shut out."""
        looked_at = 0
        for number in range(1000):
            at = NOW + timedelta(seconds=number * 0.6)
            outcome = attempt(database, f"guess {number}", at=at)
            looked_at += isinstance(outcome, Refused)
        assert looked_at <= 10
        end = NOW + timedelta(minutes=10)
        assert isinstance(attempt(database, PASSWORD, at=end), Wait)
        assert isinstance(attempt(database, PASSWORD, device="her laptop", at=end), SignedIn)

    def test_a_known_device_is_slowed_down_by_its_own_mistakes(self, database, lan):
        for _ in range(5):
            assert attempt(database, "wrong wrong", device="her laptop") == Refused()
        assert isinstance(attempt(database, PASSWORD, device="her laptop"), Wait)
        assert isinstance(attempt(database, PASSWORD), SignedIn)

    def test_the_table_holds_neither_account_nor_address(self, database, lan):
        attempt(database, "wrong wrong")
        with database.read() as db:
            kept = b"".join(failure.subject for failure in db.query(SignInFailure))
        assert len(kept) == 64
        assert b"lan" not in kept

    def test_neighbours_in_one_ipv6_network_are_one_address(self, database):
        for number in range(20):
            attempt(database, "wrong", email=f"p{number}@x.vn", address=f"2001:db8:1:2::{number:x}")
        outcome = attempt(database, "wrong", email="last@x.vn", address="2001:db8:1:2:aaaa::1")
        assert isinstance(outcome, Wait)

    def test_a_hash_with_weaker_parameters_is_renewed(self, database, lan):
        weak = PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
        with database.write() as db:
            db.get_one(Staff, lan).password = weak
        assert isinstance(attempt(database, PASSWORD), SignedIn)
        with database.read() as db:
            stored = db.get_one(Staff, lan).password
        assert not passwords.is_outdated(stored)
        assert passwords.matches(stored, PASSWORD)


class TestCommands:
    @pytest.fixture
    def run(self, app: Flask):
        runner = app.test_cli_runner()
        return lambda *arguments, **options: runner.invoke(args=list(arguments), **options)

    def test_an_account_is_made_with_a_password_shown_once(self, run, database):
        said = run("add-staff", EMAIL, "--name", "Nguyễn Thị Lan", "--role", "office")
        assert said.exit_code == 0
        password = said.output.rpartition("shown only now: ")[2].strip()
        assert isinstance(attempt(database, password), SignedIn)
        assert password not in run("list-staff").output

    def test_a_weak_password_is_refused_in_one_line(self, run):
        said = run(
            "add-staff", EMAIL, "--name", "Lan", "--role", "office", "--ask",
            input="matkhau\nmatkhau\n",
        )  # fmt: skip
        assert said.exit_code == 1
        assert "Traceback" not in said.output
        assert said.output.strip().splitlines()[-1].startswith("Error: ")

    def test_a_disabled_account_shows_in_the_list_and_can_be_opened_again(self, run, database, lan):
        assert run("disable-staff", EMAIL).exit_code == 0
        assert "disabled" in run("list-staff").output
        assert attempt(database, PASSWORD) == Refused()
        assert run("enable-staff", EMAIL).exit_code == 0
        assert isinstance(attempt(database, PASSWORD), SignedIn)
        assert run("disable-staff", "nobody@quangninh.gov.vn").exit_code == 1

    def test_enabling_forgets_the_wrong_passwords(self, run, database, lan, settings):
        for _ in range(5):
            identity.sign_in(
                database, Credentials(EMAIL, "wrong", "203.0.113.7"), pepper=settings.secret_key,
                now=NOW,
            )  # fmt: skip
        run("enable-staff", EMAIL)
        given = Credentials(EMAIL, PASSWORD, "203.0.113.7")
        outcome = identity.sign_in(database, given, pepper=settings.secret_key, now=NOW)
        assert isinstance(outcome, SignedIn)

    def test_an_empty_list_says_how_to_begin(self, run, database):
        assert "flask add-staff" in run("list-staff").output

    def test_a_new_password_can_be_set(self, run, database, lan):
        said = run("set-password", EMAIL)
        password = said.output.rpartition("shown only now: ")[2].strip()
        assert attempt(database, PASSWORD) == Refused()
        assert isinstance(attempt(database, password), SignedIn)


def test_every_command_about_staff_is_there():
    assert {command.name for command in commands.COMMANDS} == {
        "add-staff", "set-password", "list-staff", "disable-staff", "enable-staff",
    }  # fmt: skip
