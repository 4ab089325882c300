"""Text that a spreadsheet would run as a formula, made harmless in CSV.

XLSX needs none of this: there a text is stored as a text.
"""

# OWASP ASVS 5.0, 1.2.10; with the full-width forms that East Asian spreadsheets take as well.
_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
# Some programs drop these before they look at a field, so that " =1+1" is a formula too.
_IGNORED = " \u00a0\u200b\ufeff"


def harmless(text: str) -> str:
    """Put an apostrophe before a text that begins like a formula.

    Only texts pass through here; negative numbers are written as numbers.
    """
    return f"'{text}" if text.lstrip(_IGNORED).startswith(_BEGINNINGS) else text
