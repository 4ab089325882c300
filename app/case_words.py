"""Cases and fieldwork in words: outcomes, rates, what is refused and why.

A per cent sign in a sentence with places to fill is written twice.
"""

from collections.abc import Mapping
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.i18n import LANGUAGES, current_language, format_day
from app.names import search_key
from app.queries.cases import DrawCases
from app.services.cases.rules import HERE
from app.services.exports.assignment_pdf import Paper
from app.services.exports.assignment_xlsx import Words
from surveys.fieldwork.dispositions import ALL

DISPOSITIONS = {
    "not-worked": _l("Chưa tiếp cận"),
    "attempted": _l("Đã tìm, chưa gặp"),
    "contacted": _l("Đã gặp, chưa phỏng vấn"),
    "appointment": _l("Đã hẹn"),
    "reopened": _l("Được mở lại"),
    "interview": _l("Đã phỏng vấn"),
    "partial": _l("Phỏng vấn một phần"),
    "refusal": _l("Từ chối"),
    "break-off": _l("Bỏ dở, không đủ để tính"),
    "non-contact": _l("Không gặp được"),
    "absent": _l("Vắng suốt thời gian điều tra"),
    "deceased": _l("Đã mất, tổ chức đã giải thể"),
    "ill": _l("Ốm, không thể trả lời"),
    "language": _l("Bất đồng ngôn ngữ"),
    "other-eligible": _l("Lý do khác (ghi rõ)"),
    "inaccessible": _l("Địa bàn không đến được"),
    "wrong-address": _l("Sai địa chỉ, sai điện thoại"),
    "moved": _l("Đã chuyển đi nơi khác"),
    "no-dossier": _l("Không nộp hồ sơ này"),
    "not-eligible": _l("Không thuộc diện điều tra"),
    "duplicate": _l("Trùng với phiếu khác"),
}

EXPLAINED = {
    "attempted": _l("Đã đến nhà hoặc gọi điện nhưng chưa gặp ai; sẽ tìm lại."),
    "contacted": _l("Đã nói chuyện với người được chọn hoặc người nhà; sẽ quay lại."),
    "appointment": _l("Đã thống nhất ngày giờ phỏng vấn; ghi ngày giờ hẹn."),
    "interview": _l("Đã trả lời hết phiếu."),
    "partial": _l("Đã trả lời đủ để tính kết quả, còn thiếu một số câu."),
    "refusal": _l("Người được chọn, hoặc người nhà thay mặt, từ chối."),
    "break-off": _l("Đã bắt đầu nhưng dừng sớm, số câu trả lời không dùng được."),
    "non-contact": _l("Tìm nhiều lần, khác ngày và khác buổi, mà không gặp ai."),
    "absent": _l("Biết chắc là đi vắng hoặc không thể gặp cho đến hết đợt điều tra."),
    "wrong-address": _l("Địa chỉ và số điện thoại đều không dẫn đến người được chọn."),
    "moved": _l("Đã rời khỏi nơi cư trú ghi trong danh sách."),
    "no-dossier": _l("Người được hỏi khẳng định không nộp hồ sơ ghi trong danh sách."),
    "not-eligible": _l("Ví dụ: chưa đủ 18 tuổi, là công chức của cơ quan được đánh giá."),
    "duplicate": _l("Cùng một người đã có trong danh sách với mã phiếu khác."),
}

MODES = {
    "visit": _l("Đến gặp"),
    "phone": _l("Gọi điện thoại"),
    "letter": _l("Gửi thư"),
    "message": _l("Nhắn tin"),
    "desk": _l("Không liên hệ (biết qua giấy tờ)"),
}

EVENTS = {
    "attempt": _l("Lần tiếp cận"),
    "outcome": _l("Kết quả"),
    "ask-reopen": _l("Đề nghị mở lại"),
    "reopen": _l("Mở lại"),
    "keep": _l("Không mở lại"),
    "assign": _l("Giao điều tra viên"),
    "note": _l("Ghi chú"),
    "substitution": _l("Thay thế"),
}

CATEGORIES = {
    "I": _l("phỏng vấn đủ"),
    "P": _l("phỏng vấn một phần"),
    "R": _l("từ chối, bỏ dở"),
    "NC": _l("không gặp được"),
    "O": _l("thuộc diện điều tra nhưng không phỏng vấn được vì lý do khác"),
    "UH": _l("chưa rõ có thuộc diện điều tra: chưa đến, không đến được, sai địa chỉ"),
    "UO": _l("chưa rõ có thuộc diện điều tra: việc còn dở, không rõ đang ở đâu"),
    "NE": _l("không thuộc diện điều tra"),
}

RATES = {
    "RR1": _l("Tỷ lệ trả lời tối thiểu"),
    "RR2": _l("Tỷ lệ trả lời, tính cả phỏng vấn một phần"),
    "RR3": _l("Tỷ lệ trả lời, trừ phần ước tính không thuộc diện điều tra"),
    "RR4": _l("Như RR3, tính cả phỏng vấn một phần"),
    "RR5": _l("Tỷ lệ trả lời trong số chắc chắn thuộc diện điều tra"),
    "RR6": _l("Như RR5, tính cả phỏng vấn một phần (tối đa)"),
    "COOP1": _l("Tỷ lệ hợp tác của những người đã gặp"),
    "COOP2": _l("Như COOP1, tính cả phỏng vấn một phần"),
    "COOP3": _l("Tỷ lệ hợp tác, không kể người không thể trả lời"),
    "COOP4": _l("Như COOP3, tính cả phỏng vấn một phần"),
    "REF1": _l("Tỷ lệ từ chối tối thiểu"),
    "REF2": _l("Tỷ lệ từ chối, trừ phần ước tính không thuộc diện điều tra"),
    "REF3": _l("Tỷ lệ từ chối trong số chắc chắn thuộc diện điều tra"),
    "CON1": _l("Tỷ lệ gặp được tối thiểu"),
    "CON2": _l("Tỷ lệ gặp được, trừ phần ước tính không thuộc diện điều tra"),
    "CON3": _l("Tỷ lệ gặp được trong số chắc chắn thuộc diện điều tra"),
}

RATE_NOTES = {
    "denominator.zero": _l("Không có đối tượng nào để tính."),
    "eligibility.unknown": _l("Chưa có đối tượng nào rõ là thuộc hay không thuộc diện điều tra."),
}

SENTENCES = {
    "draw.unknown": _l("Không có lần chọn mẫu này, hoặc mẫu chưa có danh sách đối tượng."),
    "draw.not-drawn": _l("Mẫu chưa được chọn."),
    "draw.superseded": _l(
        "Mẫu này đã được thay bằng một lần chọn mẫu khác; các đối tượng chỉ còn để xem."
    ),
    "cases.round-published": _l(
        "Đợt khảo sát đã công bố kết quả nên kết quả thực địa không thay đổi được nữa."
    ),
    "case.unknown": _l("Mẫu không có đối tượng này."),
    "case.changed": _l(
        "Người khác vừa cập nhật đối tượng này nên nội dung ông/bà gửi chưa được lưu. Xin xem lại "
        "trang rồi nhập lại."
    ),
    "case.not-active": _l("Đối tượng dự phòng này chưa được gọi thay."),
    "case.waits": _l("Có đề nghị mở lại đang chờ quyết định; hãy đợi quyết định đó."),
    "disposition.unknown": _l("Không có kết quả này trong danh mục."),
    "disposition.final": _l(
        "Việc với đối tượng này đã kết thúc. Muốn sửa, hãy đề nghị mở lại kèm lý do."
    ),
    "disposition.cannot-follow": _l("Kết quả này không thể ghi sau tình trạng hiện nay."),
    "mode.unknown": _l("Không có hình thức tiếp cận này trong danh mục."),
    "event.in-future": _l("Thời điểm ở tương lai. Xin kiểm tra lại ngày giờ."),
    "event.before-draw": _l("Thời điểm trước ngày chọn mẫu. Xin kiểm tra lại ngày giờ."),
    "appointment.missing": _l("Xin ghi ngày giờ hẹn."),
    "appointment.not-later": _l("Ngày giờ hẹn phải sau lúc tiếp cận."),
    "note.missing": _l("Xin ghi rõ nội dung."),
    "note.too-long": _l("Tối đa %(limit)s ký tự."),
    "reason.missing": _l("Xin nêu lý do."),
    "reopen.not-final": _l("Việc với đối tượng này chưa kết thúc nên không cần mở lại."),
    "reopen.asked-already": _l("Đã có đề nghị mở lại đang chờ quyết định."),
    "reopen.replaced": _l("Đối tượng đã được thay thế hoặc đang chờ thay thế nên không mở lại."),
    "decision.not-asked": _l("Không còn đề nghị nào đang chờ."),
    "decision.made-already": _l("Đề nghị này đã được quyết định."),
    "decision.own-request": _l("Người đề nghị không được tự quyết định. Cần một người khác."),
    "substitution.unknown": _l("Không có đề nghị thay thế này."),
    "substitution.not-allowed": _l(
        "Chỉ thay thế khi việc đã kết thúc mà không phỏng vấn được người được chọn."
    ),
    "substitution.asked-already": _l("Đã có đề nghị thay thế, hoặc đã thay thế."),
    "substitution.no-reserve": _l("Nhóm này không còn đối tượng dự phòng."),
    "rule.attempts": _l(
        "Số ngày và số buổi khác nhau phải từ 1 đến số lần tiếp cận; nhiều nhất 4 buổi."
    ),
    "rule.share": _l("Tỷ lệ phải từ 0%% đến 100%%."),
    "outcomes.no-code-column": _l(
        "Không có trang nào trong tệp có cột “Mã phiếu” và cột “Kết quả” ở 15 dòng đầu."
    ),
    "outcomes.no-rows": _l("Tệp không có dòng nào ghi kết quả."),
    "outcomes.too-many-rows": _l("Tệp có hơn %(limit)s dòng. Hãy tách thành nhiều tệp."),
    "outcomes.too-many-sheets": _l("Tệp có hơn %(limit)s trang. Hãy tách thành nhiều tệp."),
    "outcomes.too-large": _l("Tệp quá lớn để đọc. Hãy tách thành nhiều tệp."),
    "outcome.missing": _l("Dòng có ghi chép nhưng chưa chọn kết quả."),
    "cell.error": _l("Ô hiện lỗi công thức. Hãy sửa công thức."),
    "code.malformed": _l("Mã phiếu không đúng: một chữ số hoặc chữ cái cuối bị sai."),
    "code.other-draw": _l("Mã phiếu này thuộc lần chọn mẫu khác."),
    "code.repeated": _l("Mã phiếu này đã có ở dòng %(row)s của trang “%(sheet)s”."),
    "time.malformed": _l("Không đọc được ngày giờ. Ví dụ đúng: 25/10/2026 14:30."),
    "time.hour-missing": _l("Thiếu giờ. Ghi cả ngày và giờ, ví dụ: 25/10/2026 14:30."),
    "attempts.none": _l("Có kết quả nhưng chưa ghi ngày giờ tiếp cận nào."),
    "attempts.out-of-order": _l("Lần tiếp cận này không sau lần trước đó."),
}


COLUMNS = {
    "place": _l("STT"),
    "code": _l("Mã phiếu"),
    "name": _l("Họ và tên"),
    "phone": _l("Điện thoại"),
    "address": _l("Địa chỉ"),
    "village": _l("Thôn, khu phố"),
    "position": _l("Số trong thôn"),
    "guide": _l("Người dẫn đường"),
    "dossier": _l("Mã hồ sơ"),
    "appointment": _l("Đã hẹn lúc"),
    "assignee": _l("Điều tra viên"),
    "outcome": _l("Kết quả"),
    "mode": _l("Hình thức"),
    "agreed": _l("Hẹn lại lúc"),
    "note": _l("Ghi chú"),
}


def attempts_missing(context: Mapping[str, object]) -> str:
    """Say what is missing before somebody may be given up."""
    parts = []
    if context["attempts"]:
        parts.append(_("%(n)s lần tiếp cận", n=context["attempts"]))
    if context["days"]:
        parts.append(_("%(n)s ngày khác", n=context["days"]))
    if context["parts"]:
        parts.append(_("%(n)s buổi khác", n=context["parts"]))
    return str(
        _(
            "Chưa đủ để kết luận không gặp được: mới tiếp cận %(n)s lần, còn thiếu %(missing)s.",
            n=context["n"],
            missing=", ".join(parts),
        )
    )


def sentence(code: str, **context: object) -> str:
    """Say why something about cases was refused."""
    if code == "attempts.too-few":
        return attempts_missing(context)
    return str(SENTENCES[code]) % context


def column_words() -> dict[str, str]:
    """List headings of lists that come back, as search keys, with the columns meant."""
    words: dict[str, str] = {}
    for language in LANGUAGES:
        with force_locale(language):
            wanted = ("code", "outcome", "mode", "agreed", "note")
            words |= {search_key(str(COLUMNS[name])): name for name in wanted}
    return words


def list_words(shown: DrawCases, made_at: datetime) -> Words:
    """Say what stands in the lists for the Post."""
    offered = [each.code for each in ALL if each.code not in ("not-worked", "reopened")]
    name = shown.round_name_en if current_language() == "en" else shown.round_name
    day = format_day(made_at.astimezone(HERE).date())
    return Words(
        title=_("Danh sách đối tượng điều tra"),
        round_name=_("Đợt khảo sát: %(name)s", name=name),
        simulated=_("Dữ liệu mô phỏng, không dùng để điều tra thật.") if shown.simulated else "",
        made_on=_("Lập ngày %(day)s", day=day),
        help=_(
            "Ghi vào các cột nền vàng: ngày và giờ từng lần tiếp cận (ví dụ 25/10/2026 14:30), kết "
            "quả và hình thức chọn trong danh sách. Không sửa cột “Mã phiếu”."
        ),
        headings={column: str(heading) for column, heading in COLUMNS.items()},
        attempt=_("Lần {n} (ngày giờ)"),
        outcomes=tuple(str(DISPOSITIONS[code]) for code in offered),
        modes=tuple(str(mode) for mode in MODES.values()),
    )


def list_paper(shown: DrawCases, province: str, place: str, made_at: datetime) -> Paper:
    """Say what stands on the papers to be signed.

    Parameters
    ----------
    province : str
        Its full name, e.g. ``Tỉnh Quảng Ninh``, and ``place`` the name alone.
    """
    kind, _space, name = province.partition(" ")
    with force_locale("vi"):
        headings = {column: str(heading) for column, heading in COLUMNS.items()}
    return Paper(
        title="Danh sách đối tượng điều tra",
        round_name=f"Đợt khảo sát: {shown.round_name}",
        above=f"Ủy ban nhân dân {kind.lower()} {name}",
        office="Sở Nội vụ",
        place=place,
        year=str(made_at.astimezone(HERE).year),
        simulated=shown.simulated,
        headings=headings | {"result": "Kết quả, ngày giờ", "signature": "Người trả lời ký"},
    )


def outcome_words() -> dict[str, str]:
    """List what people may write for an outcome, as search keys, with the disposition meant."""
    words = {search_key(each.code): each.code for each in ALL}
    for language in LANGUAGES:
        with force_locale(language):
            words |= {search_key(str(name)): code for code, name in DISPOSITIONS.items()}
    return words


def mode_words() -> dict[str, str]:
    """List what people may write for a way of contact, as search keys, with the mode meant."""
    words = {code: code for code in MODES}
    for language in LANGUAGES:
        with force_locale(language):
            words |= {search_key(str(name)): code for code, name in MODES.items()}
    return words
