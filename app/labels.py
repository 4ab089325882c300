"""What published figures are called, in the language of the request.

Names that stand in data (methods, questionnaires, units) come from there; the rest from gettext.
"""

from collections.abc import Callable, Mapping
from datetime import date

from babel.dates import format_date
from flask_babel import gettext

from analysis.index.method import Method, Node, Operation
from app.numbers import count, decimal, percent
from app.queries.publications import RoundFacts
from app.sentences import sentence
from app.services.results import Count, Domain, Figures
from surveys.instrument.model import Instrument
from surveys.instrument.wording import Wording


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


def campaign_name(facts: RoundFacts, language: str) -> str:
    """Name of the campaign a round belongs to."""
    return facts.campaign_name_en if language == "en" else facts.campaign_name


def round_name(facts: RoundFacts, language: str) -> str:
    """Name of a round."""
    return facts.name_en if language == "en" else facts.name


def population(facts: RoundFacts, language: str) -> str:
    """Whom the figures speak of."""
    return facts.population_en if language == "en" else facts.population


def province(facts: RoundFacts, language: str) -> str:
    """Name of the province; in English without its kind."""
    return facts.province.partition(" ")[2] if language == "en" else facts.province


def day(date_: date, language: str) -> str:
    """Write a day as people here do: 30/9/2026, in English 30 Sep 2026."""
    shown: str = format_date(date_, "d MMM y" if language == "en" else "d/M/y", locale=language)
    return shown


def node_title(node: Node, language: str) -> str:
    """Name of a component or an index."""
    return node.title.get(language) or next(iter(node.title.values()))


def kind_title(kind: str, instrument: Instrument, language: str) -> str:
    """Name of a kind of domain, e.g. of the communes, or of a question about the respondent."""
    known = {
        "": _("Toàn tỉnh"),
        "commune": _("Xã, phường, đặc khu"),
        "commune_kind": _("Loại đơn vị hành chính cấp xã"),
        "centre": _("Trung tâm Phục vụ hành chính công"),
        "counter": _("Quầy"),
        "field": _("Lĩnh vực thủ tục hành chính"),
        "mode": _("Cách trả lời"),
    }
    if kind in known:
        return known[kind]
    return wording(instrument, language).label(kind)


def domain_title(domain: Domain, instrument: Instrument, language: str) -> str:
    """Name of a domain: of a unit as published, of an option as worded in the questionnaire."""
    if not domain.kind:
        return kind_title("", instrument, language)
    kinds = {"phuong": _("Phường"), "xa": _("Xã"), "dac_khu": _("Đặc khu")}
    if domain.kind == "commune_kind":
        return kinds.get(domain.code, domain.name)
    if domain.kind == "mode":
        return mode(domain.code).capitalize()
    if any(item.profile and item.code == domain.kind for item in instrument.items):
        return wording(instrument, language).option(domain.kind, domain.code)
    return domain.name


def count_title(count: Count, results: Figures, language: str) -> str:
    """Name of a tally: title of the node, or wording of the item."""
    return subject_title(count.row.subject, count.row.is_node, results, language)


def subject_title(subject: str, is_node: bool, results: Figures, language: str) -> str:
    """Name of what was counted: title of the node, or wording of the item."""
    if is_node:
        return node_title(results.method.node(subject), language)
    return wording(results.instrument, language).label(subject)


def note(written: str, method: Method, language: str) -> str:
    """Say what a note of a published row means."""
    code, _colon, detail = written.partition(":")
    if code == "branch-absent":
        detail = node_title(method.node(detail), language)
    elif code.startswith("suppressed.wide-interval"):
        detail = decimal(float(detail) * 100, language, 0)
    elif code == "answers-by-code":
        return _answers_by_code(detail, language)
    return sentence(code, detail=detail)


def _answers_by_code(detail: str, language: str) -> str:
    answers, codes, dossiers = (int(each) for each in detail.split("/"))
    return sentence(
        "answers-by-code",
        answers=count(answers, language),
        codes=count(codes, language),
        dossiers=count(dossiers, language),
        share=percent(answers / codes, language),
    )


def short_reason(written: str) -> str:
    """Say in a few words, for a chart, why a figure is not shown."""
    code, _colon, detail = written.partition(":")
    if code in ("suppressed.confidential", "suppressed.few-respondents"):
        return _("Ít hơn %(least)s người trả lời", least=detail)
    if code == "suppressed.no-respondents":
        return _("Không có người trả lời")
    if code.startswith("suppressed.wide-interval"):
        return _("Khoảng tin cậy quá rộng")
    return _("Không công bố")


def mode(code: str) -> str:
    """Name of a way of answering."""
    return {
        "web": _("trực tuyến"),
        "kiosk": _("màn hình tại quầy"),
        "tablet": _("phỏng vấn trên máy tính bảng"),
        "phone": _("phỏng vấn qua điện thoại"),
        "paper": _("phiếu giấy"),
    }[code]


def publication_step(step: str) -> str:
    """Name of what is done while a round is published, one of ``publishing.STEPS``."""
    return {
        "snapshot": _("Chụp lại các câu trả lời"),
        "weights": _("Tính lại trọng số"),
        "figures": _("Tính tỷ lệ, sai số và khoảng tin cậy"),
        "findings": _("Xếp hạng, so với mục tiêu và lần trước"),
    }[step]


def rule(node: Node, method: Method, language: str) -> str:
    """Say in plain words how a node is computed."""
    branches = [node_title(method.node(code), language) for code in node.of]
    return _RULES[node.operation](node, branches)


def interval_method(code: str | None) -> str:
    """Name of the way an interval was made."""
    return {
        "logit": _("logit"),
        "beta": _("beta (Korn–Graubard)"),
        "wilson": _("Wilson"),
        "mean": _("phân phối t"),
        "fixed": _("giá trị đã biết trước"),
    }.get(code or "", _("không có"))


def wording(instrument: Instrument, language: str) -> Wording:
    """Words of a questionnaire in a language, or in its first one."""
    return instrument.wording.get(language) or instrument.wording[instrument.languages[0]]


def _weighted(node: Node, branches: list[str]) -> str:
    if len(set(node.weights)) <= 1:
        return _(
            "Trung bình cộng của %(n)s thành phần, các thành phần có trọng số bằng nhau.",
            n=len(branches),
        )
    pairs = zip(branches, node.weights, strict=True)
    return _(
        "Trung bình có trọng số của %(n)s thành phần: %(list)s.",
        n=len(branches),
        list="; ".join(f"{name} × {weight:g}" for name, weight in pairs),
    )


_RULES: Mapping[Operation, Callable[[Node, list[str]], str]] = {
    Operation.POOLED_TOP_BOX: lambda node, _branches: _(
        "Gộp mọi câu trả lời của %(n)s tiêu chí: số câu trả lời “Hài lòng” và “Rất hài lòng” chia "
        "cho tổng số câu trả lời.",
        n=len(node.items),
    ),
    Operation.MEAN_TOP_BOX: lambda node, _branches: _(
        "Trung bình cộng tỷ lệ hài lòng của %(n)s tiêu chí, các tiêu chí có trọng số bằng nhau.",
        n=len(node.items),
    ),
    Operation.ALL_ITEMS_TOP_BOX: lambda node, _branches: _(
        "Tỷ lệ người hài lòng với mọi tiêu chí mà họ đã đánh giá, trong %(n)s tiêu chí.",
        n=len(node.items),
    ),
    Operation.TOP_BOX: lambda _node, _branches: _(
        "Tỷ lệ người chọn “Hài lòng” hoặc “Rất hài lòng” ở một câu hỏi chung."
    ),
    Operation.OPTION_SHARE: lambda _node, _branches: _(
        "Tỷ lệ người chọn phương án này trong số những người trả lời câu hỏi."
    ),
    Operation.MEAN_SCORE: lambda node, _branches: _(
        "Điểm trung bình của mọi câu trả lời ở %(n)s tiêu chí.", n=len(node.items)
    ),
    Operation.SCALED_MEAN: lambda node, _branches: _(
        "Điểm trung bình của %(n)s tiêu chí, quy đổi về khoảng từ 0 đến 100%%.",
        n=len(node.items),
    ),
    Operation.SUM: lambda _node, branches: _(
        "Tổng của các thành phần: %(list)s.", list="; ".join(branches)
    ),
    Operation.MEAN: lambda _node, branches: _(
        "Trung bình cộng của %(n)s thành phần, các thành phần có trọng số bằng nhau.",
        n=len(branches),
    ),
    Operation.WEIGHTED_MEAN: _weighted,
    Operation.LINEAR_POINTS: lambda node, branches: _(
        "“%(name)s” nhân với %(points)s điểm.", name=branches[0], points=f"{node.points:g}"
    ),
    Operation.PIECEWISE_POINTS: lambda _node, branches: _(
        "Điểm theo thang bậc của “%(name)s”.", name=branches[0]
    ),
    Operation.MIN_MAX: lambda node, branches: _(
        "“%(name)s” quy đổi tuyến tính về khoảng từ %(low)s đến %(high)s.",
        name=branches[0],
        low=f"{node.to[0]:g}",
        high=f"{node.to[1]:g}",
    ),
    Operation.DEDUCT: lambda _node, branches: _("“%(name)s” sau khi trừ điểm.", name=branches[0]),
    Operation.CHANGE: lambda _node, branches: _(
        "Thay đổi của “%(name)s” so với “%(before)s”.", name=branches[0], before=branches[1]
    ),
    Operation.GIVEN: lambda _node, _branches: _(
        "Giá trị ghi sẵn trong cách tính, không lấy từ câu trả lời."
    ),
    Operation.CAP: lambda node, branches: _(
        "“%(name)s”, không vượt quá %(limit)s.", name=branches[0], limit=f"{node.limit:g}"
    ),
    Operation.FLOOR: lambda node, branches: _(
        "“%(name)s”, không thấp hơn %(limit)s.", name=branches[0], limit=f"{node.limit:g}"
    ),
}
