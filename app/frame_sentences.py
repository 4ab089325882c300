"""What happened to files and rows of a frame, in sentences an official can act on.

The codes are those of `app.services.frames`. A per cent sign is written twice.
"""

from collections.abc import Mapping
from datetime import date

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app import import_sentences
from app.i18n import format_day

REASONS = {
    "row.not-a-record": _l(
        "Dòng tổng cộng, tên nhóm hoặc chữ ký, không phải một dòng của danh sách."
    ),
    "row.heading-again": _l("Dòng tiêu đề được lặp lại giữa bảng."),
    "key.missing": _l("Không có mã. Hãy bổ sung mã trong tệp gốc rồi nộp lại."),
    "key.bad-character": _l("Mã có ký tự hỏng. Hãy gõ lại mã."),
    "key.formula": _l("Mã bắt đầu bằng dấu =, +, - hoặc @ nên là công thức chứ không phải mã."),
    "key.too-long": _l("Mã dài quá 100 ký tự."),
    "key.digits-lost": _l(
        "Excel đã đổi mã thành số và làm mất các chữ số cuối. Hãy định dạng cột mã là Văn bản "
        "(Text) rồi xuất lại danh sách."
    ),
    "returned.missing": _l("Không có ngày trả kết quả."),
    "returned.unreadable": _l("Ngày trả kết quả không đọc được. Viết theo mẫu 25/9/2026."),
    "place.missing": _l("Không có nơi tiếp nhận hoặc xã, phường."),
    "size.missing": _l("Không có số hộ, số nhân khẩu."),
    "size.unreadable": _l("Không phải là một số nguyên."),
    "place.left-out": _l("Loại theo quyết định của cán bộ về tên nơi này."),
    "agency.left-out": _l("Loại theo quyết định của cán bộ về tên cơ quan này."),
    "period.outside": _l("Ngày trả kết quả ngoài kỳ của danh sách."),
    "size.zero": _l("Số hộ hoặc số nhân khẩu bằng 0 nên không thể được chọn."),
    "duplicate.same": _l("Trùng mã và nội dung với một dòng đứng trước; giữ dòng đầu."),
    "duplicate.different": _l(
        "Trùng mã với một dòng đứng trước nhưng nội dung khác; giữ dòng đầu. Nên kiểm tra lại."
    ),
    "place.unknown": _l("Không có đơn vị nào tên như vậy trong tỉnh."),
    "place.ambiguous": _l("Nhiều đơn vị có tên này."),
    "place.divided": _l("Đơn vị cũ đã được chia về nhiều xã, phường mới."),
    "place.mistyped": _l("Có đơn vị tên này nhưng thuộc loại khác (xã, phường…)."),
    "agency.unknown": _l("Không có cơ quan nào tên như vậy."),
    "agency.ambiguous": _l("Nhiều cơ quan có tên này."),
    "agency.divided": _l("Đơn vị cũ đã được chia về nhiều xã, phường mới."),
    "agency.mistyped": _l("Có đơn vị tên này nhưng thuộc loại khác (xã, phường…)."),
    "key.zeros-restored": _l("Mã bị mất số 0 ở đầu, đã thêm lại."),
    "place.filled-down": _l("Ô trống; lấy tên xã, phường ở dòng phía trên."),
    "date.month-first": _l("Cả cột viết tháng trước ngày; đã đọc theo thứ tự đó."),
    "received.unreadable": _l("Ngày tiếp nhận không đọc được."),
    "due.unreadable": _l("Ngày hẹn trả không đọc được."),
    "channel.unknown": _l("Không rõ là nộp trực tiếp, trực tuyến hay qua bưu chính."),
    "applicant.unknown": _l("Không rõ là cá nhân hay tổ chức."),
    "district.unknown": _l("Không có huyện này."),
    "difficult.unknown": _l("Không rõ có phải vùng khó khăn hay không."),
    "date.order": _l("Ngày tiếp nhận sau ngày trả kết quả."),
    "size.order": _l("Số nhân khẩu ít hơn số hộ."),
    "place.contradicts": _l("Cột xã, phường khác với xã, phường của nơi tiếp nhận."),
}

ACTIONS = {
    "rejected": _l("Không nhận"),
    "excluded": _l("Loại theo quy tắc"),
    "waiting": _l("Chờ quyết định"),
    "changed": _l("Đã sửa"),
    "emptied": _l("Để trống"),
    "noted": _l("Giữ nguyên, cần xem lại"),
}

TARGETS = {
    "key": _l("Mã hồ sơ"),
    "procedure": _l("Thủ tục"),
    "field": _l("Lĩnh vực"),
    "centre": _l("Nơi tiếp nhận"),
    "commune": _l("Xã, phường, đặc khu"),
    "agency": _l("Cơ quan giải quyết"),
    "received_on": _l("Ngày tiếp nhận"),
    "due_on": _l("Ngày hẹn trả"),
    "returned_on": _l("Ngày trả kết quả"),
    "channel": _l("Hình thức nộp"),
    "applicant": _l("Cá nhân hay tổ chức"),
    "home_commune": _l("Nơi cư trú của người nộp"),
    "district": _l("Huyện"),
    "village": _l("Thôn, khu phố"),
    "households": _l("Số hộ"),
    "people": _l("Số nhân khẩu"),
    "difficult": _l("Vùng khó khăn"),
    "name": _l("Họ tên người liên hệ"),
    "phone": _l("Số điện thoại"),
    "email": _l("Thư điện tử"),
    "address": _l("Địa chỉ"),
    "identity": _l("Số định danh, giấy tờ"),
}
_KEY_OF_AREA = _l("Mã thôn, khu phố")

_FILES = {
    "file.twice": _l("Tệp này đã có trong danh sách (“%(name)s”)."),
    "file.no-rows": _l("Dưới dòng tiêu đề (dòng %(row)s) không có dòng nào."),
    "file.too-heavy": _l("Tệp lớn hơn %(megabytes)s MB. Hãy tách thành nhiều tệp nhỏ hơn."),
    "import.file-gone": _l("Tệp đã bị xóa vì không được xác nhận cột trong bảy ngày. Hãy nộp lại."),
    "import.gave-up": _l("Việc đọc tệp bị ngắt nhiều lần nên đã dừng lại. Hãy nộp lại tệp."),
    "import.fault": _l("Hệ thống gặp lỗi khi đọc tệp. Hãy báo cho người quản trị."),
    "file.zip-bomb": _l(
        "Tệp phình ra gấp %(ratio)s lần khi giải nén, bất thường đối với một bảng tính, nên không "
        "được nhận."
    ),
    "file.too-many-entries": _l(
        "Tệp .xlsx gồm quá nhiều thành phần (hơn %(limit)s). Hãy chép riêng trang danh sách sang "
        "một tệp mới."
    ),
    "file.unreadable": _l(
        "Không đọc được tệp: bảng quá lớn hoặc bị hỏng. Hãy chép riêng trang danh sách sang một "
        "tệp mới, hoặc lưu thành .csv (UTF-8)."
    ),
}

_HINDRANCES = {
    "freeze.columns-unknown": _l("Có tệp chưa được xác nhận cột:"),
    "freeze.files-pending": _l("Có tệp đang chờ đọc hoặc đang đọc:"),
    "freeze.files-not-read": _l(
        "Có tệp không đọc được; hãy nộp bản đã sửa rồi bỏ các tệp này khỏi danh sách:"
    ),
    "freeze.not-settled": _l("Bảng đối chiếu đang được tính lại."),
    "freeze.decisions-open": _l("Còn tên nơi, tên cơ quan chưa được quyết định."),
    "freeze.no-rows": _l("Chưa có dòng nào được nhận."),
}

_FAILURES = {
    "import.gave-up": _l("Việc xử lý bị ngắt nhiều lần nên đã dừng lại."),
    "import.fault": _l("Hệ thống gặp lỗi khi xử lý. Hãy báo cho người quản trị."),
}

STATUSES = {
    "found": _l("Khớp tên"),
    "moved": _l("Tên cũ, đã quy đổi"),
    "decided": _l("Theo quyết định"),
    "made": _l("Chưa có trong danh mục; mã tạo từ tên"),
    "left-out": _l("Loại theo quyết định"),
    "unknown": _l("Không tìm thấy"),
    "ambiguous": _l("Nhiều đơn vị trùng tên"),
    "divided": _l("Đơn vị cũ đã bị chia"),
    "mistyped": _l("Khác loại đơn vị"),
}

KINDS = {"dossier": _l("Danh sách hồ sơ"), "area": _l("Danh sách thôn, khu phố")}
STATES = {
    "gathering": _l("Đang tập hợp"),
    "freezing": _l("Đang chốt"),
    "frozen": _l("Đã chốt"),
    "withdrawn": _l("Đã bỏ"),
}
FILE_STATES = {
    "uploaded": _l("Chờ xác nhận cột"),
    "waiting": _l("Đang chờ đọc"),
    "reading": _l("Đang đọc"),
    "read": _l("Đã đọc"),
    "refused": _l("Không đọc được"),
    "failed": _l("Lỗi hệ thống"),
    "cancelled": _l("Đã hủy"),
    "removed": _l("Đã bỏ khỏi danh sách"),
}


def refusal(code: str, context: Mapping[str, object]) -> str:
    """Say why a file is not read, or a mapping not taken."""
    if code in _FILES:
        return str(_FILES[code]) % context
    return import_sentences.refusal(code, context)


def hindrance(code: str) -> str:
    """Say what stands in the way of freezing a frame."""
    return str(_HINDRANCES[code])


def failure(code: str) -> str:
    """Say why the account could not be drawn up, or the frame not frozen."""
    return str(_FAILURES.get(code, _FAILURES["import.fault"]))


def target_name(name: str, kind: str) -> str:
    """Name what a column holds."""
    if name == "key" and kind == "area":
        return str(_KEY_OF_AREA)
    return str(TARGETS[name])


def subject_name(subject: str) -> str:
    """Name what a decision is about."""
    what, _, era = subject.partition("<")
    name = str(gettext("Cơ quan giải quyết") if what == "agency" else gettext("Nơi, đơn vị"))
    if not era:
        return name
    return str(
        gettext("%(what)s, dòng trước ngày %(day)s", what=name,
                day=format_day(date.fromisoformat(era)))
    )  # fmt: skip


def detail(code: str, value: str, file_names: Mapping[int, str]) -> str:
    """Say what was written instead, or which row is meant."""
    if not value:
        return ""
    if code.startswith("duplicate."):
        file_id, _, row = value.partition(":")
        return str(
            gettext("Dòng đầu: %(file)s, dòng %(row)s", file=file_names.get(int(file_id), "?"),
                    row=row)
        )  # fmt: skip
    if code in ("key.zeros-restored", "date.month-first", "place.filled-down"):
        return str(gettext("Thành: %(value)s", value=value))
    return value
