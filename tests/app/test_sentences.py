"""Every reservation that the statistics may make is a sentence for people."""

import ast
from pathlib import Path

import pytest

from app.config import ROOT
from app.sentences import NOTES, sentence

# Of some notes the detail holds several numbers, which `app.labels.note` names.
NAMED = {"answers-by-code": {"dossiers": "10", "codes": "9", "answers": "8", "share": "89%"}}
SOURCES = sorted((ROOT / "analysis").rglob("*.py"))


def codes_in(path: Path) -> set[str]:
    """Codes of `Note("…")`, and texts that look like codes of suppression."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith("suppressed.")
    }
    notes = {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "Note"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    return {text for text in texts | notes if " " not in text}


def test_every_note_of_the_statistics_has_a_sentence():
    codes = set().union(*(codes_in(path) for path in SOURCES))
    assert {"lonely-psu", "suppressed.confidential"} <= codes
    assert codes <= set(NOTES)


@pytest.mark.parametrize("code", sorted(NOTES))
def test_every_sentence_can_be_said(app, code):
    with app.test_request_context():
        said = sentence(code, detail="10", **NAMED.get(code, {}))
    assert said.endswith(".")
    assert "%(" not in said
