"""What is taken out of people's own words before anybody reads them.

Numbers that lead to a person or a dossier are replaced: telephone, citizen's identity, dossier,
also when they are written in groups or in words, and addresses of e-mail. Names are not replaced,
for no rule finds them all; texts that seem to name somebody are marked, and a person looks first.
"""

import re
from typing import Final

NUMBER: Final = "[số]"
EMAIL: Final = "[thư điện tử]"

_EMAIL: Final = re.compile(
    r"[\w.+-]+\s?(?:@|\(at\)|\[at\]|\ba còng\b)\s?[\w-]+(?:\s?(?:\.|\bchấm\b)\s?[\w-]+)+",
    re.IGNORECASE,
)
# As one-stop systems write them: H49.15-231120-0001, 000.00.12.H49-230102-0003.
_DOSSIER: Final = re.compile(
    r"\b(?:[A-Z0-9]{1,5}[./]){0,6}[A-Z]{1,3}\d{2}(?:[./]\d{1,4}){0,4}\s?[-–—]\s?\d{4,8}\s?[-–—]\s?\d{2,8}\b",
    re.IGNORECASE,
)
# What is called a number of something, whatever it looks like.
_CALLED: Final = re.compile(
    r"((?:số|mã(?: số)?)\s+(?:hồ sơ|biên nhận|phiếu hẹn|phiếu|giấy hẹn|căn cước(?: công dân)?|cccd"
    r"|cmnd|cmt|chứng minh(?: nhân dân| thư)?|định danh|điện thoại|đt|máy|zalo|tài khoản)"
    r"|\b(?:cccd|cmnd|cmt|sđt|sdt|đt|zalo|stk|mhs|hotline)|\bhồ sơ số|\b(?:gọi|liên hệ)(?: số)?)"
    r"(\s*(?:của (?:tôi|em|cháu|con|mình)\s*)?(?:là|:|=|\.)?\s*)"
    r"((?:[A-Z]{0,4}[./-]?)?\d[\w./\- –]*\d)",
    re.IGNORECASE,
)
# Nine digits or more, in whatever groups; an o among digits is a zero.
_LONG: Final = re.compile(r"(?<![\w])(?:\(?\+?\)?[\doO][\s.,()_–—-]{0,3}){8,}\d(?![\w])")
_LONG_JOINED: Final = re.compile(r"\d{9,}")
_WORD: Final = (
    r"(?:không|linh|lẻ|một|mốt|hai|ba|bốn|tư|năm|lăm|nhăm|sáu|bảy|bẩy|tám|chín|khong|mot|bon|nam|sau"
    r"|bay|tam|chin|\d)"
)
_SPOKEN: Final = re.compile(rf"\b{_WORD}(?:[\s,.-]+{_WORD}){{7,}}\b", re.IGNORECASE)
_MONEY: Final = re.compile(r"\s*(?:đồng|vnđ|vnd|đ\b)", re.IGNORECASE)
_GROUPED: Final = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3})+")

_UPPER: Final = "A-ZÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
_LOWER: Final = "a-zàáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
_NAME: Final = f"[{_UPPER}][{_LOWER}]+"
_SURNAMES: Final = (
    "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Đoàn|Trịnh|Trương"
    "|Mai|Đào|Lương|Tô|Tạ|Cao|Hà|Vương|Lưu|Chu|Phùng|Nông|Triệu|Bế|Hứa|La|Lục|Sầm|Hoàn|Thái|Tăng"
    "|Nguyen|Tran|Le|Pham|Hoang|Phan|Vu|Dang|Bui|Do|Ngo|Duong|Ly|Dinh|Doan|Trinh|Truong"
)
_TITLES: Final = (
    "anh|chị|ông|bà|cô|chú|bác|cậu|em|thầy|đồng chí|đ/c|đc|cán bộ|nhân viên|công chức|chuyên viên"
    "|bạn|tên|tên là|tên tôi là|tôi là|sếp|giám đốc|chủ tịch|trưởng phòng|phó phòng"
)
_PLACES: Final = (
    r"(?!(?:Sở|Ủy|Uỷ|Trung|Bộ|Phòng|Ban|Công|Quảng|Hạ|Việt|Thủ|Đảng|Nhà|Hội|Tỉnh|Xã|Phường|Quầy"
    r"|Hành)\b)"
)
_AFTER_TITLE: Final = re.compile(
    rf"\b(?i:{_TITLES})\s+(?i:(?:là|tên|tên là|phụ trách|tiếp nhận|ở quầy \d+)\s+)?{_PLACES}{_NAME}"
)
_FULL: Final = re.compile(rf"\b(?:{_SURNAMES})\s+{_NAME}")
_LOWER_FULL: Final = re.compile(
    r"\b(?:nguyễn|trần|phạm|huỳnh|đặng|bùi|trịnh|phùng)\s+(?:thị|văn|đức|thu|minh|thanh|ngọc|quang|hữu)\b",
    re.IGNORECASE,
)
_SHOUTED: Final = re.compile(rf"\b(?:{_SURNAMES.upper()})(?:\s+[{_UPPER}]+){{1,3}}\b")


def mask(text: str) -> str:
    """Replace numbers that lead to a person or a dossier, and addresses of e-mail."""
    text = _EMAIL.sub(EMAIL, text)
    text = _DOSSIER.sub(NUMBER, text)
    text = _CALLED.sub(lambda found: found[1] + found[2] + NUMBER, text)
    text = _LONG.sub(_unless_money, text)
    text = _LONG_JOINED.sub(NUMBER, text)
    return _SPOKEN.sub(NUMBER, text)


def names_somebody(text: str) -> bool:
    """Whether a text seems to name a person; what it overlooks is measured in docs/privacy.md."""
    patterns = (_AFTER_TITLE, _FULL, _LOWER_FULL, _SHOUTED)
    return any(pattern.search(text) for pattern in patterns)


def _unless_money(found: re.Match[str]) -> str:
    """Leave an amount of money as it is: it is written in groups of three, and says so."""
    written = found[0]
    following = found.string[found.end() :]
    if _GROUPED.fullmatch(written) and _MONEY.match(following):
        return written
    return NUMBER
