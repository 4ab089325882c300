"""What the files of published figures say in words."""

from flask_babel import gettext

from app import labels
from app.queries.publications import EstimateRow, TallyRow
from app.services.results import Domain, Results


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


def warning(results: Results) -> str:
    """Say what must not be overlooked: simulated, self-selected; empty when neither."""
    said = []
    if results.facts.round.simulated:
        said.append(_("DỮ LIỆU MÔ PHỎNG") + " — " + _("không phản ánh kết quả thật"))
    if not results.is_sample:
        said.append(
            _("Người dân tự nguyện quét mã, không đại diện cho toàn bộ người dân; không có sai số.")
        )
    return " · ".join(said)


def provenance_line(results: Results, language: str) -> str:
    """Name province, period, method, publication and snapshot in one line."""
    facts = results.facts
    first, last = (
        labels.day(day, language) for day in (facts.round.opens_on, facts.round.closes_on)
    )
    return " · ".join(
        (
            labels.province(facts.round, language),
            f"{first} – {last}",
            _(
                "Cách tính %(code)s, phiên bản %(version)s",
                code=results.method.code,
                version=results.method.version,
            ),
            _("Lần công bố %(number)s", number=facts.number),
            _("Bản chụp %(hash)s", hash=facts.snapshot_hash[:19] + "…"),
        )
    )


def domain(row: EstimateRow | TallyRow, results: Results, language: str) -> str:
    """Name of the domain of a row."""
    found = Domain(row.domain_kind, row.domain_code, row.domain_name)
    return labels.domain_title(found, results.instrument, language)


def title(row: EstimateRow | TallyRow, results: Results, language: str) -> str:
    """Name of the node or item of a row."""
    if isinstance(row, EstimateRow):
        return labels.node_title(results.method.node(row.node), language)
    return labels.subject_title(row.subject, row.is_node, results, language)


def notes(row: EstimateRow | TallyRow, results: Results, language: str) -> str:
    """Say the notes of a row in sentences."""
    return " ".join(labels.note(note, results.method, language) for note in row.notes)


def weight_step(name: str) -> str:
    """Name a column of weights for people."""
    known = {
        "weight.base": _("Trọng số cơ sở (nghịch đảo xác suất được chọn)"),
        "weight.final": _("Trọng số cuối cùng, dùng để phân tích"),
    }
    if name in known:
        return known[name]
    kind = name.removeprefix("weight.").partition("-")[2] or name.removeprefix("weight.")
    steps = {
        "reserves": _("tính cả phiếu dự phòng được gọi"),
        "unknown": _("bù cho trường hợp chưa rõ có thuộc đối tượng"),
        "nonresponse": _("bù cho người không trả lời"),
        "propensity": _("bù cho người không trả lời"),
        "rake": _("chỉnh theo tổng đã biết"),
        "greg": _("chỉnh theo tổng đã biết"),
        "trim": _("cắt trọng số quá lớn"),
        "restore": _("chỉnh lại theo tổng đã biết"),
    }
    return _("Sau bước: %(step)s", step=steps.get(kind, kind))
