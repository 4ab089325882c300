"""Refusals of screenings and of what is decided about them."""

from typing import Final

from flask_babel import lazy_gettext as _l

SCREENING: Final = {
    "screening.at-work": _l("Đợt này đang được rà soát."),
    "screening.run-unknown": _l("Không có lần rà soát này."),
    "screening.finding-unknown": _l("Không có dấu hiệu này trong đợt."),
    "screening.decision-unknown": _l("Xin chọn một kết luận."),
    "screening.reason-missing": _l("Xin ghi lý do, nhiều nhất 1.000 ký tự."),
    "screening.gave-up": _l("Rà soát bị ngắt nhiều lần nên đã dừng. Xin thử lại sau."),
    "screening.fault": _l("Phần mềm gặp lỗi khi rà soát. Lỗi đã được ghi lại."),
}
