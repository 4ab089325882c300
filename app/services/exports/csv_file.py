"""CSV for programs: RFC 4180, UTF-8 with the mark that Excel looks for, numbers in full."""

import csv
import io
from collections.abc import Iterable, Sequence

from app.services.exports.safety import harmless

Value = str | int | float | bool | None


def write(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Write a table.

    Texts are neutralised; numbers have a decimal point and every digit that distinguishes them;
    nothing is an empty field.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_field(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _field(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return harmless(value)
    return repr(value)
