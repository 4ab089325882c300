"""Stable codes of the program turned into sentences for people, by the language of the request.

Each room adds its codes in a section of its own. A per cent sign is written twice.
"""

from flask_babel import lazy_gettext as _l

# Reservations about published figures (analysis.results.Note, analysis.quality).
NOTES = {
    "empty-domain": _l("Không có người trả lời nào trong nhóm này."),
    "no-degrees-of-freedom": _l(
        "Chỉ có một địa bàn mẫu trong mỗi tầng nên không tính được sai số và khoảng tin cậy."
    ),
    "no-variation": _l(
        "Mọi người trả lời giống nhau; khoảng tin cậy tính theo phân phối beta vì sai số thông "
        "thường bằng 0."
    ),
    "lonely-psu": _l(
        "Có tầng chỉ gồm một địa bàn mẫu; sai số của tầng đó được tính so với trung bình chung."
    ),
    "branch-absent": _l(
        "Thành phần “%(detail)s” không có câu trả lời trong nhóm này; chỉ số tính từ các thành "
        "phần còn lại."
    ),
    "suppressed.no-respondents": _l("Không có người trả lời."),
    "suppressed.confidential": _l(
        "Ít hơn %(detail)s người trả lời: không công bố để giữ kín ý kiến của từng người."
    ),
    "suppressed.few-respondents": _l(
        "Ít hơn %(detail)s người trả lời: chưa đủ tin cậy để công bố."
    ),
    "suppressed.few-psus": _l("Quá ít địa bàn mẫu nên không tính được sai số."),
    "suppressed.wide-interval": _l(
        "Khoảng tin cậy rộng hơn ±%(detail)s điểm phần trăm: chưa đủ chính xác để công bố."
    ),
    "suppressed.wide-interval-relative": _l(
        "Khoảng tin cậy quá rộng so với giá trị: chưa đủ chính xác để công bố."
    ),
    "suppressed.protects-another": _l(
        "Không công bố để không suy ra được số liệu của nhóm khác có ít người trả lời."
    ),
    "suppressed.no-value": _l("Không tính được giá trị từ các câu trả lời."),
}

# Publishing (app.services.publishing, app.services.snapshots, app.services.results).
PUBLISHING = {
    "round.no-answers": _l("Đợt khảo sát %(round)s chưa có câu trả lời nào."),
    "publication.unknown": _l("Đợt khảo sát %(round)s chưa có kết quả công bố."),
    "publication.basis-changed": _l(
        "Lần công bố %(number)s của đợt %(round)s dựa trên câu trả lời hoặc quy tắc khác. Nếu muốn "
        "công bố thêm một lần nữa, hãy yêu cầu rõ."
    ),
}

# Accounts of staff (app.services.accounts, app.services.passwords).
ACCOUNTS = {
    "password.too-short": _l(
        "Mật khẩu phải có ít nhất %(minimum)s ký tự. Một câu gồm nhiều từ vừa dễ nhớ vừa an toàn."
    ),
    "password.too-long": _l("Mật khẩu quá dài."),
    "password.too-common": _l(
        "Mật khẩu này dễ đoán. Xin chọn mật khẩu khác, không dựa vào tên, cơ quan hay năm."
    ),
    "staff.email-malformed": _l("“%(email)s” không phải là địa chỉ thư điện tử."),
    "staff.email-taken": _l("Đã có tài khoản với địa chỉ %(email)s."),
    "staff.name-missing": _l("Thiếu họ và tên."),
    "staff.role-unknown": _l("Không có vai trò “%(role)s”."),
    "staff.unit-missing": _l("Tài khoản xem kết quả cần mã của cơ quan, đơn vị."),
    "staff.unit-not-for-office": _l("Tài khoản quản lý khảo sát không gắn với một đơn vị."),
    "staff.unknown": _l("Không có tài khoản %(email)s."),
    "staff.unit-unknown": _l("Không có đơn vị hiện hành mang mã %(unit)s."),
    "staff.unit-ambiguous": _l("Có nhiều đơn vị hiện hành mang mã %(unit)s."),
}

SENTENCES = {**NOTES, **PUBLISHING, **ACCOUNTS}


def sentence(code: str, **context: object) -> str:
    """Say what a code means.

    Parameters
    ----------
    code : str
        E.g. ``answer.required``; an unknown one is a ``KeyError``.
    **context : object
        What the sentence names.
    """
    return str(SENTENCES[code]) % context
