"""What was found of a file that somebody had checked, in words of the chosen language."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext

from app.i18n import TIMEZONE, format_day
from app.services import signing
from app.services.manifests.check import Checked, Finding
from app.services.manifests.statement import Manifest


@dataclass(frozen=True, slots=True)
class Fact:
    """A line about a file: what it says of itself."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """What was found of a file.

    Attributes
    ----------
    facts : tuple of Fact
        What the manifest says; none where it is not to be believed.
    """

    verdict: str
    advice: str
    facts: tuple[Fact, ...]
    is_good: bool


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


def told(checked: Checked) -> Told:
    """Say what was found."""
    manifest = checked.manifest
    known = (*(Finding.GENUINE, Finding.SAVED_AGAIN), Finding.ALTERED, Finding.FOREIGN)
    facts = _facts(manifest) if manifest is not None and checked.finding in known else ()
    return Told(_verdict(checked), _advice(checked), facts, checked.is_good)


def _verdict(checked: Checked) -> str:
    return {
        Finding.GENUINE: _("Đúng bản gốc: tệp còn nguyên như khi được phát hành."),
        Finding.SAVED_AGAIN: _(
            "Số liệu đúng bản gốc, nhưng tệp đã được chương trình khác lưu lại."
        ),
        Finding.ALTERED: _("Tệp đã bị sửa: nội dung không còn như khi được phát hành."),
        Finding.FOREIGN: _("Tệp còn nguyên, nhưng được ký bằng một khóa khác, không phải ở đây."),
        Finding.FORGED: _("Chữ ký không đúng: lời khai trong tệp đã bị sửa."),
        Finding.UNSIGNED: _("Không tìm thấy chữ ký: không biết tệp này từ đâu."),
        Finding.UNREADABLE: _("Không đọc được tệp."),
    }[checked.finding]


def _advice(checked: Checked) -> str:
    if checked.finding is Finding.ALTERED and checked.where:
        where = ", ".join(checked.where)
        return _("Phần đã khác: %(where)s. Hãy tải lại bản gốc từ trang kết quả.", where=where)
    again = _("Đừng dùng tệp này. Hãy tải lại bản gốc từ trang kết quả.")
    return {
        Finding.GENUINE: "",
        Finding.SAVED_AGAIN: _("Từng ô đều đúng; màu sắc, định dạng và biểu đồ có thể đã khác."),
        Finding.ALTERED: again,
        Finding.FORGED: again,
        Finding.FOREIGN: _("Hỏi nơi phát hành dấu vân tay của khóa rồi so với dòng dưới đây."),
        Finding.UNSIGNED: _("Với tệp CSV, hãy gửi kèm tệp .manifest.json tải về cùng nó."),
        Finding.UNREADABLE: _(
            "Tệp có thể bị hỏng khi tải, hoặc không phải tệp do phần mềm này phát hành."
        ),
    }[checked.finding]


def _facts(manifest: Manifest) -> tuple[Fact, ...]:
    about, origin = manifest.about, manifest.about.origin
    published = datetime.fromisoformat(origin.published_at).astimezone(ZoneInfo(TIMEZONE))
    found = [
        Fact(_("Tệp"), about.name),
        Fact(_("Là"), _kinds().get(about.kind, about.kind)),
        Fact(_("Đợt khảo sát"), origin.round),
        Fact(
            _("Công bố"),
            _(
                "lần %(number)s, ngày %(day)s",
                number=origin.publication,
                day=format_day(published.date()),
            ),
        ),
        Fact(_("Bản chụp câu trả lời"), origin.snapshot),
        Fact(_("Cách tính"), origin.method),
        Fact(_("Phiếu hỏi"), origin.instrument),
    ]
    if origin.weights:
        found.append(Fact(_("Bộ trọng số"), origin.weights))
    found += [
        Fact(_("Phiên bản phần mềm"), origin.code_version),
        Fact(_("Dấu vân tay của khóa"), signing.fingerprint(manifest.public_key)),
    ]
    if origin.simulated:
        found.insert(0, Fact(_("Lưu ý"), _("DỮ LIỆU MÔ PHỎNG") + ": " + _("không có thật")))
    return tuple(found)


def _kinds() -> dict[str, str]:
    return {
        "workbook": _("bảng kết quả"),
        "figures": _("bảng số liệu đã công bố"),
        "microdata": _("câu trả lời đã mã hóa"),
        "codebook": _("sách mã"),
        "bundle": _("gói tính lại"),
        "report": _("báo cáo"),
    }
