"""Read what single cells of a list say: days, counts, channels, kinds of applicants.

Each function takes the cleaned text of a cell. None means that it cannot be read.
"""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from app.names import search_key

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)
# Spreadsheets count days from here; their serial numbers for 1990 to 2100.
_EPOCH = date(1899, 12, 30)
_SERIAL = re.compile(r"(\d{5})(\.\d+)?")
_NUMERIC = re.compile(r"(\d{1,2})\s?[/.\-]\s?(\d{1,2})\s?[/.\-]\s?(\d{4}|\d{2})(?!\d)")
_ISO = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(19\d\d|20\d\d)(\d\d)(\d\d)")
_WORDS = re.compile(r"(?:ngay )?(\d{1,2}) (?:thang )?(\d{1,2}) (?:nam )?(\d{4})")
_TIME = re.compile(r"\d{1,2}[:h]\d{0,2}(:\d{2}(\.\d+)?)?\s?([ap]m|sa|ch)?", re.IGNORECASE)

_GROUPED = re.compile(r"[1-9]\d{0,2}([.,\s]\d{3})+")
_WHOLE = re.compile(r"(\d{1,9})([.,]0+)?")

_CHANNELS: Final = {
    "direct": (
        "truc tiep", "direct", "tai quay", "nop truc tiep", "tai trung tam", "tai bo phan",
        "tai cho", "offline",
    ),
    "online": (
        "truc tuyen", "online", "qua mang", "cong dvc", "cong dich vu cong", "dvc", "dvctt",
        "internet", "qua cong", "vneid", "nop truc tuyen",
    ),
    "post": ("buu chinh", "buu dien", "bcci", "post", "qua buu chinh", "buu chinh cong ich"),
}  # fmt: skip
_APPLICANTS: Final = {
    "person": (
        "ca nhan", "cong dan", "nguoi dan", "person", "cn", "ho gia dinh", "nguoi nuoc ngoai",
    ),
    "organisation": (
        "to chuc", "doanh nghiep", "organisation", "organization", "dn", "tc", "co quan",
        "ho kinh doanh", "hop tac xa", "cong ty", "don vi su nghiep", "co quan nha nuoc",
    ),
}  # fmt: skip
_YES: Final = frozenset({"x", "co", "yes", "1", "true", "dung", "v", "k k", "kk", "dbkk",
                         "dac biet kho khan", "kho khan"})  # fmt: skip
_NO: Final = frozenset({"", "khong", "no", "0", "false", "sai", "o", "k", "khong kho khan"})
ORGANISATION: Final = (
    r"(?i)\b(công ty|cty|tnhh|doanh nghiệp|dntn|htx|hợp tác xã|hộ kinh doanh|hkd|ngân hàng|"
    r"trường|trung tâm|ubnd|ủy ban|sở|chi nhánh|hiệp hội|bệnh viện|văn phòng|tập đoàn|"
    r"tổng công ty|ban quản lý|nhà thuốc|quỹ|chi cục)\b"
)
"""What begins or stands in the name of an organisation, for `polars`' regular expressions."""


def read_day(text: str, *, month_first: bool = False) -> date | None:
    """Read a day written in any usual way, or counted by a spreadsheet; a time may stand by it.

    Examples
    --------
    >>> read_day("5/3/2026"), read_day("2026-03-05 14:30:00"), read_day("46086")
    (datetime.date(2026, 3, 5), datetime.date(2026, 3, 5), datetime.date(2026, 3, 5))
    """
    found = _parts(text, month_first=month_first)
    if found is None:
        return None
    if isinstance(found, date):
        day = found
    else:
        try:
            day = date(*found)
        except ValueError:
            return None
    return day if FIRST_DAY <= day <= LAST_DAY else None


def _parts(text: str, *, month_first: bool) -> tuple[int, int, int] | date | None:
    if serial := _SERIAL.fullmatch(text):
        return _EPOCH + timedelta(days=int(serial[1]))
    if compact := _COMPACT.fullmatch(text):
        return int(compact[1]), int(compact[2]), int(compact[3])
    if iso := _ISO.search(text):
        rest, year, month, day = _rest(text, iso), iso[1], iso[2], iso[3]
    elif written := _NUMERIC.search(text):
        rest, year = _rest(text, written), written[3]
        day, month = (written[2], written[1]) if month_first else (written[1], written[2])
        year = f"20{year}" if len(year) == 2 else year
    elif words := _WORDS.fullmatch(search_key(text)):
        rest, day, month, year = "", words[1], words[2], words[3]
    else:
        return None
    if rest and not _TIME.fullmatch(rest):
        return None
    return int(year), int(month), int(day)


def _rest(text: str, found: re.Match[str]) -> str:
    """Cut the day out: nothing is left, or a time."""
    return (text[: found.start()] + text[found.end() :]).strip(" ,;-T")


def order_of(text: str) -> int:
    """Tell the order of day and month: 1 day first, -1 month first, 0 either or neither."""
    found = _NUMERIC.search(text)
    if found is None or _ISO.search(text):
        return 0
    first, second = int(found[1]), int(found[2])
    return (1 if first > 12 else 0) - (1 if second > 12 else 0)


def read_count(text: str) -> int | None:
    """Read a number of households or people: whole, at most nine digits, groups of three parted.

    Examples
    --------
    >>> read_count("1.234"), read_count("1 234"), read_count("123.0"), read_count("12,5")
    (1234, 1234, 123, None)
    """
    plain = text.removesuffix(" hộ").removesuffix(" khẩu").removesuffix(" người").strip()
    if _GROUPED.fullmatch(plain):
        return int(re.sub(r"\D", "", plain))
    whole = _WHOLE.fullmatch(plain)
    return int(whole[1]) if whole else None


@lru_cache(maxsize=10_000)
def read_channel(text: str) -> str | None:
    """Read how a dossier was handed in: ``direct``, ``online`` or ``post``."""
    return _by_words(search_key(text), _CHANNELS)


@lru_cache(maxsize=10_000)
def read_applicant(text: str) -> str | None:
    """Read who applied: ``person`` or ``organisation``."""
    return _by_words(search_key(text), _APPLICANTS)


def _by_words(key: str, known: dict[str, tuple[str, ...]]) -> str | None:
    for code, words in known.items():
        if key in words:
            return code
    found = {
        code for code, words in known.items() if any(f" {word} " in f" {key} " for word in words)
    }
    return found.pop() if len(found) == 1 else None


def read_yes(text: str) -> str | None:
    """Read a mark or a word: ``yes`` or ``no``; an empty cell is ``no``."""
    key = search_key(text)
    if key in _YES:
        return "yes"
    return "no" if key in _NO and (key or not text.strip(" -–")) else None


def made_code(text: str) -> str:
    """Make a code of a name that no register knows: its words without accents.

    Examples
    --------
    >>> made_code("Sở Tài nguyên và Môi trường")
    'so-tai-nguyen-va-moi-truong'
    """
    return search_key(text).replace(" ", "-")
