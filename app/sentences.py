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
}

SENTENCES = {**NOTES}


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
