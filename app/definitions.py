"""What the words of published results mean, for page and file alike."""

from dataclasses import dataclass

from flask_babel import gettext

from app.numbers import count, percent
from app.services.results import Results


@dataclass(frozen=True, slots=True)
class Definition:
    """A term and what it means."""

    term: str
    text: str


def definitions(results: Results, language: str) -> tuple[Definition, ...]:
    """Explain the terms of a sampled round or of a round of self-selected answers."""
    return _of_sample(results, language) if results.is_sample else _of_open(results, language)


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


def _of_sample(results: Results, language: str) -> tuple[Definition, ...]:
    level = percent(results.facts.level, language, 0)
    rules = results.facts.quality_rules
    kept_back = _(
        "Nhóm có ít hơn %(min_n)s người trả lời, hoặc khoảng tin cậy rộng hơn ±%(width)s "
        "điểm phần trăm. Nhóm có ít hơn %(min_cell)s người thì ẩn cả số người, và ẩn thêm "
        "nhóm khác nếu không làm thế thì suy ra được.",
        min_n=count(rules["min_n"], language),
        width=count(rules["max_half_width"] * 100, language),
        min_cell=count(rules["min_cell"], language),
    )
    relative = rules.get("max_relative_half_width")
    if relative is not None:
        kept_back += " " + _(
            "Con số có khoảng tin cậy rộng hơn ±%(width)s của chính nó cũng không được công bố.",
            width=percent(relative, language, 0),
        )
        if rules.get("spares_changes"):
            kept_back += " " + _("Mức thay đổi giữa hai đợt không xét theo quy tắc này.")
    return (
        Definition(
            _("Tỷ lệ hài lòng"),
            _(
                "Tỷ lệ trả lời “Hài lòng” và “Rất hài lòng” (mức 4 và 5), có trọng số theo xác "
                "suất được chọn vào mẫu. “Bình thường” không tính là hài lòng."
            ),
        ),
        Definition(
            _("Khoảng tin cậy %(level)s", level=level),
            _(
                "Vì chỉ hỏi một số người, con số của toàn bộ người dân có thể khác đôi chút. Nếu "
                "lặp lại cuộc khảo sát nhiều lần theo đúng cách này, khoảng tin cậy sẽ chứa con số "
                "thật trong khoảng %(level)s số lần. Tính bằng tuyến tính hóa Taylor giữa các địa "
                "bàn mẫu trong từng tầng; với tỷ lệ, dùng khoảng logit.",
                level=level,
            ),
        ),
        Definition(
            _("Cỡ mẫu hiệu dụng"),
            _("Số người mà một mẫu ngẫu nhiên đơn giản cần có để chính xác như mẫu này."),
        ),
        Definition(
            _("Bậc tự do"),
            _("Số địa bàn mẫu trừ số tầng; càng nhỏ thì khoảng tin cậy càng rộng."),
        ),
        Definition(
            _("Hệ số thiết kế"),
            _("Phương sai so với một mẫu ngẫu nhiên đơn giản có cùng số người."),
        ),
        Definition(_("Không công bố"), kept_back),
    )


def _of_open(results: Results, language: str) -> tuple[Definition, ...]:
    rules = results.facts.quality_rules
    return (
        Definition(
            _("Tỷ lệ hài lòng"),
            _(
                "Tỷ lệ trả lời “Hài lòng” và “Rất hài lòng” (mức 4 và 5) trong số câu trả lời của "
                "những người đã tự nguyện trả lời. “Bình thường” không tính là hài lòng; câu không "
                "áp dụng thì bỏ qua."
            ),
        ),
        Definition(
            _("Vì sao không có sai số"),
            _(
                "Sai số chỉ có nghĩa khi người trả lời được chọn ngẫu nhiên. Ở đây ai muốn trả lời "
                "thì trả lời, nên không biết những người không trả lời nghĩ gì."
            ),
        ),
        Definition(
            _("Không công bố"),
            _(
                "Nhóm có ít hơn %(min_n)s người trả lời. Nhóm có ít hơn %(min_cell)s người thì ẩn "
                "cả số người, và ẩn thêm nhóm khác nếu không làm thế thì suy ra được.",
                min_n=count(rules["min_n"], language),
                min_cell=count(rules["min_cell"], language),
            ),
        ),
    )
