"""Contacts lie sealed and apart, are found by key, and go without a trace."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.config import Settings
from app.services.frames.persons import Persons, identity_of
from app.services.frames.vault import CONTACTS, SCHEMA, Contact, Vault
from app.services.sealing import Sealer, SealError

KEY = "a key for contacts that is long enough"


def contacts(*rows):
    return pl.DataFrame(
        [(row, f"Người {row}", f"09{row:08d}", None, f"Thôn {row}") for row in rows],
        schema=SCHEMA, orient="row",
    )  # fmt: skip


@pytest.fixture
def vault(tmp_path):
    return Vault(tmp_path / "contacts", Sealer.from_secrets([KEY]))


def write(vault, file_id, *chunks):
    with vault.writing(1, file_id) as writer:
        for chunk in chunks:
            writer.add(chunk)


def accepted(*rows):
    return pl.DataFrame(rows, schema={"key": pl.String, "file": pl.Int64, "row": pl.Int32},
                        orient="row")  # fmt: skip


def test_contacts_of_a_file_come_back_and_do_not_lie_open(vault):
    write(vault, 7, contacts(2, 3), contacts(9))
    assert vault.part(1, 7).equals(contacts(2, 3, 9))
    stored = (vault.folder / "1" / "7.sealed").read_bytes()
    assert "Người".encode() not in stored
    assert b"0900000002" not in stored
    assert (vault.folder / "1" / "7.sealed").stat().st_mode & 0o077 == 0


def test_a_file_without_contacts_has_none(vault):
    assert vault.part(1, 7).is_empty()
    write(vault, 7)
    assert vault.part(1, 7).is_empty()


def test_freezing_keeps_the_accepted_rows_alone_and_finds_them_by_key(vault):
    write(vault, 7, contacts(2, 3, 4))
    write(vault, 8, contacts(2, 5))
    assert vault.freeze(1, accepted(("B", 7, 3), ("A", 8, 2), ("C", 8, 99))) == 2
    vault.forget_parts(1)
    assert vault.find(1, ["A", "B", "C", "0", "Z"]) == {
        "A": Contact("Người 2", "0900000002", "", "Thôn 2"),
        "B": Contact("Người 3", "0900000003", "", "Thôn 3"),
    }
    assert sorted(path.name for path in (vault.folder / "1").iterdir()) == [
        "frozen.index", "frozen.sealed",
    ]  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.sets(st.integers(1, 5_000), max_size=1_200), st.data())
def test_every_contact_is_found_by_its_key_and_no_other(tmp_path_factory, rows, data):
    vault = Vault(tmp_path_factory.mktemp("v"), Sealer.from_secrets([KEY]))
    write(vault, 1, contacts(*sorted(rows)))
    vault.freeze(1, accepted(*((f"K{row:05d}", 1, row) for row in rows)))
    asked = data.draw(st.sets(st.integers(1, 5_000), max_size=30)) | set(list(rows)[:20])
    found = vault.find(1, [f"K{row:05d}" for row in asked])
    assert {key: each.phone for key, each in found.items()} == {
        f"K{row:05d}": f"09{row:08d}" for row in asked & rows
    }


@pytest.mark.parametrize("cut", [1, 30, 100])
def test_a_missing_end_is_noticed(vault, cut):
    write(vault, 7, contacts(2, 3), contacts(9))
    path = vault.folder / "1" / "7.sealed"
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(SealError):
        vault.part(1, 7)


def test_a_chunk_of_another_frame_or_place_is_noticed(vault):
    write(vault, 7, contacts(2, 3))
    (vault.folder / "2").mkdir()
    (vault.folder / "1" / "7.sealed").rename(vault.folder / "2" / "7.sealed")
    with pytest.raises(SealError):
        vault.part(2, 7)


def test_deleted_contacts_are_gone(vault):
    write(vault, 7, contacts(2))
    vault.freeze(1, accepted(("A", 7, 2)))
    vault.delete(1)
    vault.delete(1)
    assert vault.find(1, ["A"]) == {}
    assert [*vault.folder.iterdir()] == []


def test_only_four_things_are_kept_of_a_person():
    assert CONTACTS == ("name", "phone", "email", "address")


class TestPersons:
    def test_the_same_person_has_the_same_number_under_the_same_key_only(self):
        one, other = Persons(b"a" * 32), Persons(b"b" * 32)
        assert one.number("id:1") == Persons(b"a" * 32).number("id:1")
        assert one.number("id:1") != other.number("id:1")
        assert 0 <= one.number("id:1") < 2**53

    def test_numbers_lie_evenly_on_the_circle(self):
        numbers = [Persons(b"a" * 32).number(str(n)) / 2**53 for n in range(4_000)]
        tenths = [sum(int(n * 10) == tenth for n in numbers) for tenth in range(10)]
        assert max(abs(n - 400) for n in tenths) < 100

    def test_a_person_is_known_by_identity_then_telephone_then_mail(self):
        rows = pl.DataFrame(
            {
                "identity": ["022201234567", None, "12", None, None],
                "phone": ["0912345678", "+84 912 345 678", "0912.345.678", None, "113"],
                "email": [None, None, None, "An@Example.vn", None],
            }
        )
        assert identity_of(rows).to_list() == [
            "id:022201234567", "tel:0912345678", "tel:0912345678", "mail:an@example.vn", None,
        ]  # fmt: skip
        assert identity_of(rows.select("phone"))[0] == "tel:0912345678"
        assert identity_of(pl.DataFrame({"row": [1, 2]})).to_list() == [None, None]

    def test_a_column_is_numbered_like_each_of_its_persons(self):
        persons = Persons(b"a" * 32)
        who = pl.Series(["id:1", None, "id:2", "id:1"])
        assert persons.numbers(who).to_list() == [
            persons.number("id:1"), None, persons.number("id:2"), persons.number("id:1"),
        ]  # fmt: skip
        assert persons.numbers(pl.Series([None], dtype=pl.String)).to_list() == [None]

    def test_the_key_is_made_once_and_kept(self, tmp_path):
        settings = Settings(None, tmp_path, secret_key="x" * 40)
        assert Persons.of(settings) == Persons.of(settings)
        assert (tmp_path / "person_key").stat().st_mode & 0o077 == 0
        assert Persons.of(Settings(None, tmp_path, "x" * 40, person_key="k" * 32)).key == b"k" * 32
