"""Sixty messy workbooks: every row is accounted for, exactly as it was planted."""

import pytest

from tests.app.frames import messy


@pytest.fixture(scope="module")
def sixty(tmp_path_factory):
    return messy.make(tmp_path_factory.mktemp("sixty"))


def test_the_account_is_what_was_planted(desk, sixty):
    code = desk.begin()
    asked = desk.gather(code, *sixty.paths)
    account = desk.account(code)
    assert [file.state for file in desk.files(code)] == ["read"] * 60
    assert asked == sixty.signatures
    assert account.n_rows == sixty.expected.rows
    assert dict(account.outcomes) == dict(sixty.expected.outcomes)
    problems = dict(account.problems)
    assert problems == dict(sixty.expected.problems)
    assert account.adds_up
    assert dict(account.communes) == dict(sixty.expected.communes)
