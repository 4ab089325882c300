"""What pages of one-time codes say of rows and files that are not taken."""

from collections.abc import Mapping

from app import weight_words
from app.code_sentences import ROWS, SENTENCES
from app.import_sentences import refusal
from app.sentences import sentence


def row_problem(code: str, context: Mapping[str, str]) -> str:
    """Say why a row, or a whole list, is not taken."""
    if code in ROWS:
        return str(ROWS[code])
    if code in SENTENCES:
        return str(SENTENCES[code]) % context
    return refusal(code, context)


def control_refusal(code: str, context: Mapping[str, object]) -> str:
    """Say why closed dossiers are not counted as control totals."""
    if code.startswith("control."):
        return weight_words.sentence(code, **context)
    return sentence(code, **context)
