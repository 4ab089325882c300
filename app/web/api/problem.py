"""Refusals to other systems: ``application/problem+json`` [RFC9457], never a page."""

from typing import Any

from flask import Response, json
from flask_babel import gettext as _

MEDIA = "application/problem+json"


def problem(status: int, code: str, detail: str, **more: Any) -> Response:
    """Say what is wrong: a stable code for programs, a sentence for people."""
    said = {"type": "about:blank", "status": status, "code": code, "detail": detail, **more}
    return Response(json.dumps(said, ensure_ascii=False), status, content_type=MEDIA)


def of_status(status: int) -> Response:
    """Say what a status means where nothing more is known."""
    said = {
        400: _("Không đọc được yêu cầu."),
        401: _("Thiếu khóa kết nối, hoặc khóa sai, hết hạn hay đã thu hồi."),
        404: _("Không có địa chỉ này."),
        405: _("Địa chỉ này không nhận cách gọi đó."),
        413: _("Nội dung quá lớn."),
        415: _("Chỉ nhận JSON (Content-Type: application/json)."),
        429: _("Gọi quá nhiều; xin chờ theo Retry-After."),
        503: _("Cơ sở dữ liệu chưa trả lời; xin gọi lại theo Retry-After."),
    }
    fallback = said[503] if status >= 500 else said[400]
    return problem(status, f"http.{status}", said.get(status, fallback))
