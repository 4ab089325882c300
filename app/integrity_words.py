"""What screening says, in sentences that accuse nobody: what was seen, and what to look at.

Made at the time of asking, in the language of the request.
"""

from collections.abc import Mapping
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.queries.screenings import FindingShown

INDICATORS: Final = {
    "burst": _l("Dồn vào ít ngày"),
    "straight-lines": _l("Một mức cho mọi câu"),
    "near-duplicates": _l("Phiếu gần giống nhau"),
    "speed": _l("Trả lời quá nhanh"),
    "days-off": _l("Vào ngày nghỉ"),
    "hours": _l("Ngoài giờ làm việc"),
    "digits": _l("Số tròn chục, tròn năm"),
    "devices": _l("Nhiều phiếu từ một thiết bị"),
    "response-rate": _l("Tỷ lệ trả lời cao khác thường"),
}

# What the forms of an indicator do, in the middle of a sentence.
FORMS_THAT: Final = {
    "straight-lines": _l("chọn cùng một mức cho mọi câu"),
    "near-duplicates": _l("gần giống hệt một phiếu khác của trung tâm"),
    "speed": _l("trả lời nhanh hơn mức có thể đọc kịp"),
    "days-off": _l("đề ngày thứ Bảy hoặc Chủ nhật"),
    "hours": _l("gửi ngoài giờ làm việc"),
    "digits": _l("ghi số tròn chục hoặc tròn năm"),
    "devices": _l("gửi từ một thiết bị đã gửi hơn ba phiếu"),
}

CHANNELS: Final = {
    "all": _l("Mọi hình thức"),
    "web": _l("Điện thoại, máy tính"),
    "kiosk": _l("Màn hình tại quầy"),
    "tablet": _l("Điều tra viên"),
    "phone": _l("Phỏng vấn qua điện thoại"),
    "paper": _l("Phiếu giấy"),
}

DECISIONS: Final = {
    "looked-at": _l("Đã xem"),
    "explained": _l("Đã rõ lý do"),
    "follow-up": _l("Cần theo dõi tiếp"),
}

STEPS: Final = {
    "reading": _l("Đọc các câu trả lời"),
    "comparing": _l("So sánh các trung tâm"),
    "keeping": _l("Ghi kết quả"),
}


def seen(found: FindingShown, expected: str, days: str) -> str:
    """Say what was seen.

    Parameters
    ----------
    expected : str
        How many there would be if the centre were like the others, as written.
    days : str
        The days of a burst, as written.
    """
    if found.indicator == "burst":
        return str(
            _(
                "%(found)s trong %(n)s phiếu thuộc về %(days)s; nếu như các ngày khác thì khoảng "
                "%(expected)s.",
                found=found.n_found, n=found.n, days=days, expected=expected,
            )
        )  # fmt: skip
    if found.indicator == "response-rate":
        return str(
            _(
                "%(found)s trong %(n)s hồ sơ đã trả kết quả có câu trả lời; nếu như các trung tâm "
                "khác thì khoảng %(expected)s.",
                found=found.n_found, n=found.n, expected=expected,
            )
        )  # fmt: skip
    return str(
        _(
            "%(found)s trong %(n)s phiếu %(what)s; nếu như các trung tâm khác thì khoảng "
            "%(expected)s.",
            found=found.n_found, n=found.n, what=FORMS_THAT[found.indicator], expected=expected,
        )
    )  # fmt: skip


RARITIES: Final = (
    (0.001, _l("Rất hiếm gặp")),
    (0.01, _l("Hiếm gặp")),
    (0.05, _l("Ít gặp")),
)


def rarity(p_adjusted: float) -> str:
    """Say how seldom a centre like the others is so different, for people who know no p values."""
    for limit, said in RARITIES:
        if p_adjusted <= limit:
            return str(said)
    return str(_("Thường gặp"))


CHECKS: Final[Mapping[str, object]] = {
    "burst": _l(
        "Hỏi trung tâm những ngày đó có gì đặc biệt: trả kết quả hàng loạt, đoàn đến làm thủ tục, "
        "đợt vận động góp ý. Đối chiếu với số hồ sơ trả kết quả trong ngày."
    ),
    "straight-lines": _l(
        "Xem bảng hỏi có quá dài hoặc dễ bấm lướt không; hỏi xem có ai điền hộ hoặc nhắc chọn một "
        "mức không. Người thật sự hài lòng mọi mặt cũng trả lời như vậy."
    ),
    "near-duplicates": _l(
        "Xem có điền hộ theo mẫu, hoặc người một nhà cùng trả lời không. Với phiếu giấy, đối "
        "chiếu nét chữ và việc nhập liệu."
    ),
    "speed": _l("Xem có ai bấm thay người dân, hoặc thiết bị ghi sai thời gian không."),
    "days-off": _l(
        "Hỏi trung tâm có làm việc ngày nghỉ, hoặc người dân trả lời ở nhà không; kiểm tra ngày "
        "của thiết bị."
    ),
    "hours": _l("Hỏi trung tâm có làm việc ngoài giờ không; kiểm tra đồng hồ của thiết bị."),
    "digits": _l("Xem người nhập có làm tròn số thay người dân không."),
    "devices": _l("Xem thiết bị đó có phải máy dùng chung tại quầy không."),
    "response-rate": _l(
        "Hỏi trung tâm phát mã thế nào; gọi lại một số người đã có mã để hỏi họ có tự trả lời "
        "không. Nơi hướng dẫn tốt cũng có tỷ lệ trả lời cao."
    ),
}


def check(indicator: str) -> str:
    """Say what to look at."""
    return str(CHECKS[indicator])
