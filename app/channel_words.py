"""What sheets, tablets and paper forms are refused for, and what a code is, in sentences."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from app.services.posters.judging import Verdict

_REFUSALS = {
    "logo.unreadable": _l("Tệp này không phải ảnh PNG hoặc JPEG đọc được, hoặc lớn hơn 2 MB."),
    "logo.too-small": _l("Ảnh quá nhỏ: mỗi cạnh cần ít nhất %(least)s điểm ảnh."),
    "logo.hides-code": _l("Với logo này, mã QR không còn đọc được. Xin dùng logo khác."),
    "photo.unreadable": _l("Tệp này không phải ảnh đọc được, hoặc lớn hơn 12 MB."),
    "photo.no-code": _l(
        "Không thấy mã QR nào trên ảnh. Xin chụp lại gần hơn, đủ sáng, thấy trọn mã."
    ),
    "photo.several": _l("Trên ảnh có nhiều mã QR. Xin chụp từng mã một."),
    "counter.closed": _l("Quầy này đã đóng."),
    "name.malformed": _l("Xin đặt tên cho máy, tối đa 200 ký tự, không có ký tự lạ."),
    "paper.sampled": _l(
        "Đợt chọn mẫu ngẫu nhiên nhận phiếu giấy và điện thoại bằng cách nhập tệp, có thông tin "
        "mẫu của từng người."
    ),
    "paper.round-not-open": _l("Đợt khảo sát này hiện không nhận câu trả lời."),
    "paper.mode-not-of-round": _l(
        "Đợt khảo sát này không dùng cách thu thập ấy. Cách thu thập được chọn khi lập đợt."
    ),
    "paper.size": _l("Xin nhập số phiếu từ 1 đến %(most)s."),
    "paper.done": _l("Phiếu này đã xong, không nhập thêm được."),
    "paper.same-person": _l(
        "Ông/bà đã nhập phiếu này lần thứ nhất; lần thứ hai phải do người khác nhập."
    ),
    "paper.no-reason": _l("Xin ghi lý do không dùng được phiếu."),
    "check.empty": _l("Xin chụp mã, chọn ảnh hoặc gõ địa chỉ in trên tờ."),
    "check.no-counter": _l("Không có quầy nào mang số hoặc mã này. Xin xem lại."),
}


# Why a tablet's forms were refused, and what can be done about it.
HELD = {
    "round.over": (
        _l("Đợt khảo sát đã kết thúc"),
        _l("Máy tự gửi lại khi có đợt khác, nếu phiếu hỏi không đổi."),
    ),
    "round.none": (
        _l("Không có đợt khảo sát nào đang mở"),
        _l("Máy tự gửi lại khi có đợt mở, nếu phiếu hỏi không đổi."),
    ),
    "round.not-yet": (
        _l("Đợt khảo sát chưa bắt đầu"),
        _l("Không phải làm gì: máy tự gửi lại khi đợt bắt đầu."),
    ),
    "counter.closed": (
        _l("Quầy đã đóng"),
        _l("Phiếu trả lời sau khi đóng quầy không được tính cho quầy nào. Xin thu máy về."),
    ),
    "counter.unknown": (
        _l("Không còn quầy mang mã này"),
        _l("Xin đặt lại máy cho một quầy đang làm việc."),
    ),
    "device": (
        _l("Máy đã bị cho ngừng dùng"),
        _l("Phiếu còn trên máy không được nhận. Xin xóa dữ liệu trang trên máy khi thu về."),
    ),
    "version": (
        _l("Phiếu hỏi đã đổi khi máy mất mạng"),
        _l("Câu trả lời theo phiếu cũ không nhận vào phiếu mới. Xin ghi số phiếu này khi báo cáo."),
    ),
    "answers": (
        _l("Câu trả lời không hợp lệ theo phiếu hỏi"),
        _l("Xin mở lại trang trên máy để máy dùng phiếu mới nhất, và báo cho người quản trị."),
    ),
    "answered-otherwise": (
        _l("Phiếu đã được nhận trước đó với câu trả lời khác"),
        _l("Không phải làm gì: phiếu gửi lần đầu được giữ."),
    ),
    "malformed": (
        _l("Máy gửi dữ liệu không đọc được"),
        _l("Xin báo cho người quản trị hệ thống."),
    ),
    "too-large": (
        _l("Phiếu quá lớn"),
        _l("Xin báo cho người quản trị hệ thống."),
    ),
}


def refusal(code: str, **context: object) -> str:
    """Say why something was refused; an unknown code is a ``KeyError``."""
    return str(_REFUSALS[code]) % context


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict in words; ``tone`` is good, unknown or bad."""

    title: str
    advice: str
    tone: str


_VERDICTS = {
    "genuine": (
        "good",
        _l("Mã thật của quầy này"),
        _l("Xin so tên trung tâm và số quầy dưới đây với nơi tờ đang dán."),
    ),
    "other": (
        "bad",
        _l("Mã thật, nhưng của quầy khác"),
        _l(
            "Ý kiến quét từ tờ này được tính cho quầy ghi dưới đây. Xin gỡ xuống và dán tờ của "
            "đúng quầy."
        ),
    ),
    "earlier": (
        "unknown",
        _l("Mã cũ của quầy, vẫn dùng được"),
        _l("Ý kiến vẫn được tính đúng quầy. Nên in tờ mới khi thuận tiện."),
    ),
    "closed": (
        "unknown",
        _l("Mã của quầy đã đóng"),
        _l("Tờ này không nhận ý kiến nữa. Xin gỡ xuống."),
    ),
    "one-time": (
        "unknown",
        _l("Mã dùng một lần của một hồ sơ"),
        _l("Mã này gửi riêng cho một người, không phải mã của quầy, và không được dán lên tường."),
    ),
    "unknown": (
        "bad",
        _l("Đúng tên miền, nhưng không có quầy nào mang mã này"),
        _l("Có thể tờ bị in sai hoặc bị sửa. Xin gỡ xuống và báo cho nơi quản lý khảo sát."),
    ),
    "look-alike": (
        "bad",
        _l("Mã lạ: địa chỉ nhái tên miền chính thức"),
        _l(
            "Xin không mở địa chỉ này. Gỡ hoặc che tờ, chụp lại làm bằng chứng và báo ngay cho nơi "
            "quản lý khảo sát."
        ),
    ),
    "insecure": (
        "bad",
        _l("Mã lạ: đúng tên miền nhưng không phải địa chỉ in trên tờ"),
        _l("Tờ của chúng tôi không in địa chỉ như vậy. Xin gỡ xuống và báo nơi quản lý khảo sát."),
    ),
    "elsewhere": (
        "bad",
        _l("Mã lạ: mở một trang khác"),
        _l(
            "Xin không mở địa chỉ này. Gỡ hoặc che tờ, chụp lại làm bằng chứng và báo cho nơi quản "
            "lý khảo sát."
        ),
    ),
    "no-address": (
        "bad",
        _l("Mã lạ: không phải địa chỉ khảo sát"),
        _l("Mã của chúng tôi luôn là một địa chỉ trang khảo sát. Xin gỡ tờ này xuống."),
    ),
}


def said(verdict: Verdict) -> Said:
    """Say a verdict."""
    tone, title, advice = _VERDICTS[verdict.why or verdict.kind]
    return Said(str(title), str(advice), tone)
