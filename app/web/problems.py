"""Error pages: what happened, whether anything was saved, what to do; in both languages."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from app.errors import ConflictError, NotFoundError, UnavailableError
from app.i18n import current_language
from app.web.api.problem import of_status

CITIZENS = ("/c/", "/r/", "/ma")
SYSTEMS = "/api/"
# Seconds after which a client may try again when the database cannot be reached.
RETRY_AFTER = 10


@dataclass(frozen=True, slots=True)
class Words:
    """An error in words."""

    title: str
    text: str


def install(app: Flask) -> None:
    """Register the error pages."""
    app.before_request(_refuse_nul)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(NotFoundError, lambda _error: page(404))
    app.register_error_handler(ConflictError, lambda _error: page(409))
    app.register_error_handler(UnavailableError, lambda _error: _unavailable())


def _refuse_nul() -> None:
    """Refuse an address with a NUL: the database cannot even be asked for it."""
    if "\0" in request.path or b"%00" in request.query_string:
        abort(404)


def page(status: int) -> ResponseReturnValue:
    """Build the page of a status, in the language of the request and then in the other."""
    if request.path.startswith(SYSTEMS):
        return of_status(status)
    words = _CITIZENS if request.path.startswith(CITIZENS) else _STAFF
    status_words = words.get(status) or words[500 if status >= 500 else 400]
    own = current_language()
    other = "en" if own == "vi" else "vi"
    with force_locale(own):
        here = status_words()
    with force_locale(other):
        there = status_words()
        language_name = "English" if other == "en" else "Tiếng Việt"
    return (
        render_template(
            "problems/page.html",
            status=status,
            here=here,
            there=None if there == here else there,
            other=other,
            language_name=language_name,
        ),
        status,
    )


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.get_response()
    if error.code is None or error.code < 400:
        return error
    response = make_response(page(error.code))
    # Allow of 405, Retry-After of 429 and 503.
    for name, value in error.get_headers():
        if name != "Content-Type":
            response.headers[name] = value
    return response


def _unavailable() -> ResponseReturnValue:
    response = make_response(page(503))
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


_Table = dict[int, Callable[[], Words]]

_CITIZENS: _Table = {
    400: lambda: Words(
        _("Không đọc được yêu cầu"),
        _(
            "Chưa có câu trả lời nào được lưu. Xin ông/bà quét lại mã QR hoặc mở lại địa chỉ in "
            "bên cạnh mã."
        ),
    ),
    403: lambda: Words(
        _("Phiếu được gửi từ một trang khác"),
        _(
            "Chưa có câu trả lời nào được lưu. Xin ông/bà quét lại mã QR hoặc tự nhập địa chỉ in "
            "bên cạnh mã, rồi trả lời trên trang đó."
        ),
    ),
    404: lambda: Words(
        _("Không tìm thấy trang này"),
        _("Xin ông/bà kiểm tra lại từng chữ của địa chỉ, hoặc quét lại mã QR."),
    ),
    405: lambda: Words(
        _("Trang này không mở được theo cách đó"),
        _("Xin ông/bà quét lại mã QR hoặc mở lại địa chỉ in bên cạnh mã."),
    ),
    409: lambda: Words(
        _("Phiếu đã thay đổi"),
        _("Chưa có câu trả lời nào được lưu. Xin ông/bà quét lại mã QR và trả lời lại."),
    ),
    413: lambda: Words(
        _("Nội dung gửi quá dài"),
        _(
            "Chưa có câu trả lời nào được lưu. Xin ông/bà quay lại trang trước, viết ngắn hơn rồi "
            "gửi lại."
        ),
    ),
    422: lambda: Words(
        _("Có câu trả lời chưa hợp lệ"),
        _("Chưa có câu trả lời nào được lưu. Xin ông/bà quay lại trang trước và kiểm tra lại."),
    ),
    429: lambda: Words(
        _("Đang có quá nhiều phiếu gửi từ mạng này"),
        _(
            "Câu trả lời của ông/bà chưa được lưu. Xin chờ một phút, quay lại trang trước rồi bấm "
            "gửi lần nữa."
        ),
    ),
    500: lambda: Words(
        _("Hệ thống gặp lỗi"),
        _(
            "Có thể câu trả lời chưa được lưu. Xin ông/bà quay lại trang trước và gửi lại sau ít "
            "phút; một phiếu gửi hai lần vẫn chỉ được tính một lần."
        ),
    ),
    503: lambda: Words(
        _("Hệ thống tạm thời gián đoạn"),
        _(
            "Có thể câu trả lời chưa được lưu. Xin ông/bà quay lại trang trước và gửi lại sau ít "
            "phút; một phiếu gửi hai lần vẫn chỉ được tính một lần."
        ),
    ),
}

_STAFF: _Table = {
    400: lambda: Words(
        _("Yêu cầu không hợp lệ"),
        _("Hệ thống không đọc được yêu cầu này. Chưa có gì được thay đổi."),
    ),
    403: lambda: Words(
        _("Yêu cầu bị từ chối"),
        _(
            "Yêu cầu không đến từ trang của hệ thống, hoặc trang đã mở quá lâu. Chưa có gì được "
            "thay đổi; hãy tải lại trang rồi thử lại."
        ),
    ),
    404: lambda: Words(
        _("Không tìm thấy trang"),
        _("Địa chỉ này không có, không còn nữa, hoặc tài khoản của ông/bà không được xem."),
    ),
    405: lambda: Words(
        _("Thao tác không được hỗ trợ"),
        _("Trang này không nhận thao tác đó. Chưa có gì được thay đổi."),
    ),
    409: lambda: Words(
        _("Không thực hiện được ở trạng thái hiện tại"),
        _("Đối tượng vừa được thay đổi ở nơi khác. Hãy tải lại trang rồi thử lại."),
    ),
    413: lambda: Words(
        _("Tệp hoặc nội dung quá lớn"),
        _("Hệ thống không nhận nội dung lớn như vậy. Chưa có gì được thay đổi."),
    ),
    422: lambda: Words(
        _("Dữ liệu chưa hợp lệ"),
        _("Hãy quay lại trang trước và kiểm tra những gì đã nhập. Chưa có gì được thay đổi."),
    ),
    429: lambda: Words(
        _("Quá nhiều yêu cầu"),
        _("Hãy chờ ít phút rồi thử lại."),
    ),
    500: lambda: Words(
        _("Hệ thống gặp lỗi"),
        _("Lỗi đã được ghi lại. Hãy thử lại sau ít phút; nếu lỗi còn, hãy báo người quản trị."),
    ),
    503: lambda: Words(
        _("Hệ thống tạm thời gián đoạn"),
        _("Cơ sở dữ liệu chưa trả lời. Hãy thử lại sau ít phút."),
    ),
}
