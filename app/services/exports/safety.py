"""Text that a spreadsheet would run as a formula, made harmless in CSV.

XLSX needs none of this: there a text is stored as a text.
"""

import re

# OWASP ASVS 5.0, 1.2.10; with the full-width forms that East Asian spreadsheets take as well.
_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
# Some programs drop these before they look at a field, so that " =1+1" is a formula too.
_IGNORED = " \u00a0\u200b\ufeff"


# A program that separates fields by semicolons, tabs or bars cuts a text there; what comes after
# begins a field, whatever quotes stand around it.
_CUT = re.compile(rf"([;|\t\r\n][\"'{_IGNORED}\s]*)(?=[{re.escape(''.join(sorted(_BEGINNINGS)))}])")


def harmless(text: str) -> str:
    """Put an apostrophe before a text that begins like a formula, and where one begins within it.

    Within a text that is where another program may cut it into fields. Only texts pass through
    here; negative numbers are written as numbers.
    """
    inside = _CUT.sub(_with_apostrophe, text)
    return f"'{inside}" if inside.lstrip(_IGNORED).startswith(_BEGINNINGS) else inside


def _with_apostrophe(found: re.Match[str]) -> str:
    before = found[1]
    return before if before.endswith("'") else f"{before}'"
