"""Every reason has a sentence and is described."""

import pytest

from app.config import ROOT
from app.frame_sentences import ACTIONS as ACTION_NAMES
from app.frame_sentences import REASONS, STATUSES, TARGETS
from app.services.frames import targets
from app.services.frames.places import Meaning
from app.services.frames.problems import ACTIONS
from app.services.frames.rules import OPEN, SETTLED

PAGE = (ROOT / "docs" / "frames.md").read_text(encoding="utf-8")


def test_every_reason_has_a_sentence_and_an_action_in_words():
    assert set(REASONS) == set(ACTIONS)
    assert set(ACTION_NAMES) == set(ACTIONS.values())


@pytest.mark.parametrize("code", ACTIONS)
def test_every_reason_is_described(code):
    subject, _, what = code.partition(".")
    if subject in ("place", "agency") and what in OPEN:
        assert f"`{subject}.…`" in PAGE
        assert f"`{what}`" in PAGE
    else:
        assert f"`{code}`" in PAGE


def test_every_target_has_a_name_and_stands_in_the_page():
    names = {target.name for kind in targets.TARGETS.values() for target in kind}
    assert names == set(TARGETS)
    assert {name for name in names if f"`{name}`" not in PAGE} == set()


def test_every_status_of_a_name_has_words():
    assert {*OPEN, *SETTLED, "left-out"} == set(STATUSES)
    assert {status for status in STATUSES if Meaning(status).is_settled} == set(SETTLED)
