"""A list of messages for an SMS or Zalo gateway: number, text, and what templates need."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from xlsxwriter.workbook import Workbook

from app.services.exports import csv_file

FORMS: Final = ("csv", "xlsx")
HEADINGS: Final = (
    "Số điện thoại", "Nội dung", "Số ký tự", "Số tin", "Mã hồ sơ", "Địa chỉ trả lời", "Mã ngắn",
    "Hạn dùng", "Thư điện tử",
)  # fmt: skip
# GSM 03.38, without the signs that take two places.
_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ONE: Final = {True: 160, False: 70}
_EACH_OF_MANY: Final = {True: 153, False: 67}
# The longest of these that fits into one message is taken.
_PLAIN: Final = (
    "Moi ong/ba danh gia ho so {dossier}: {address} den {day}. Khong ai o trung tam biet ma nay.",
    "Danh gia ho so {dossier}: {address} den {day}. Khong ai o trung tam biet ma nay.",
    "Danh gia ho so {dossier}: {address} den {day}",
    "Danh gia phuc vu: {address} den {day}",
)
_MARKED: Final = (
    "Mời ông/bà đánh giá việc giải quyết hồ sơ {dossier}: {address} (đến hết ngày {day}). "
    "Không ai trong trung tâm biết mã này."
)
# Text stays text, whatever it begins with.
_OPTIONS: Final = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
    "strings_to_numbers": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Message:
    """One message. ``address`` is what it leads to, ``short`` the short form of the code."""

    phone: str
    email: str
    dossier: str
    address: str
    short: str
    last_day: date


def text_of(message: Message, *, plain: bool) -> str:
    """Write a message, without accents in at most 160 signs of GSM 03.38 if that can be."""
    day = f"{message.last_day.day}/{message.last_day.month}/{message.last_day.year}"
    values = {"dossier": message.dossier, "address": message.address, "day": day}
    if not plain:
        return _MARKED.format(**values)
    written = [each.format(**values) for each in _PLAIN]
    fitting = (each for each in written if is_plain(each) and len(each) <= _ONE[True])
    return next(fitting, written[-1])


def is_plain(text: str) -> bool:
    """Whether a text can be sent in the plain alphabet of telephones."""
    return set(text) <= _GSM


def n_parts(text: str) -> int:
    """Count the messages a gateway sends, and charges, for a text."""
    plain = is_plain(text)
    length = len(text) if plain else len(text.encode("utf-16-be")) // 2
    return 1 if length <= _ONE[plain] else -(-length // _EACH_OF_MANY[plain])


def messages_file(messages: Sequence[Message], *, form: str, plain: bool) -> bytes:
    """Write the list as CSV or XLSX; nothing in it is ever run as a formula."""
    rows = [_row(each, plain=plain) for each in messages]
    return csv_file.write(HEADINGS, rows) if form == "csv" else _xlsx(rows)


def _row(message: Message, *, plain: bool) -> tuple[str | int, ...]:
    text = text_of(message, plain=plain)
    return (
        message.phone, text, len(text), n_parts(text), message.dossier, message.address,
        message.short, message.last_day.isoformat(), message.email,
    )  # fmt: skip


def _xlsx(rows: Sequence[Sequence[str | int]]) -> bytes:
    out = io.BytesIO()
    book = Workbook(out, _OPTIONS)
    sheet = book.add_worksheet("TinNhan")
    bold = book.add_format({"bold": True})
    for column, heading in enumerate(HEADINGS):
        sheet.write_string(0, column, heading, bold)
    for line, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(line, column, value)
            else:
                sheet.write_number(line, column, value)
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 90)
    sheet.set_column(2, len(HEADINGS) - 1, 18)
    sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()
