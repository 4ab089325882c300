"""The path of a round, and what is to be done next on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.i18n import current_language, format_day
from app.numbers import count
from app.queries.draws import DrawShown
from app.queries.rounds import RoundSummary


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do: a link, or a button when it changes something."""

    label: str
    url: str
    changes: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the path.

    Attributes
    ----------
    state : {'done', 'now', 'later'}
        Where the round stands.
    text : str
        What was done or is to be done, in one sentence.
    actions : tuple of Action
        The first is the main one.
    """

    title: str
    state: str
    text: str
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A round that waits for someone, and for what."""

    round: RoundSummary
    text: str
    action: Action


def path_of(
    shown: RoundSummary,
    today: date,
    questionnaire: str,
    n_questions: int,
    drawn: Sequence[DrawShown] = (),
    weights: int | None = None,
) -> tuple[Step, ...]:
    """Lay out the steps of a round, from the questionnaire to the results.

    Parameters
    ----------
    drawn : sequence of DrawShown
        Draws for the round, newest first.
    weights : int, optional
        Number of the newest set of weights.
    """
    asked = ngettext("%(num)d câu hỏi", "%(num)d câu hỏi", n_questions)
    edit = _own(shown, "rounds.edit", _("Sửa bản nháp"))
    return (
        Step(
            _("Phiếu hỏi"),
            "done",
            _(
                "%(title)s, phiên bản %(version)s, %(asked)s.",
                title=questionnaire,
                version=shown.instrument_version,
                asked=asked,
            ),
            (edit,) if shown.state == "draft" else (),
        ),
        *((_codes(shown),) if shown.per_dossier else ()),
        *((_sampling(shown, drawn),) if shown.source == "sample" and not shown.per_dossier else ()),
        _opening(shown, today),
        _collecting(shown, today),
        _closing(shown, today),
        *((_weights(shown, weights),) if shown.source == "sample" else ()),
        _results(shown, weights),
    )


def waiting(shown: RoundSummary, today: date) -> Waiting | None:
    """Say what a round waits for; None if it only runs or is done."""
    look = _own(shown, "rounds.show", _("Xem và mở đợt"))
    if shown.state == "draft":
        if shown.closes_on < today:
            text = _("Bản nháp đã quá ngày kết thúc; sửa ngày rồi mở.")
            return Waiting(shown, text, _own(shown, "rounds.edit", _("Sửa bản nháp")))
        return Waiting(shown, _("Chưa mở, chưa nhận câu trả lời."), look)
    if shown.state == "open" and shown.closes_on < today:
        text = _("Đã hết hạn nhận câu trả lời ngày %(day)s.", day=format_day(shown.closes_on))
        return Waiting(shown, text, _own(shown, "rounds.close", _("Đóng đợt")))
    if shown.state == "closed":
        action = _publish(shown) or _own(shown, "rounds.show", _("Xem đợt"))
        return Waiting(shown, _("Chưa có kết quả."), action)
    return None


def time_left(shown: RoundSummary, today: date) -> str:
    """Say how long a round that is open still takes answers."""
    if shown.opens_on > today:
        return str(_("Bắt đầu nhận từ %(day)s", day=format_day(shown.opens_on)))
    days = (shown.closes_on - today).days
    if days < 0:
        return str(_("Đã hết hạn ngày %(day)s", day=format_day(shown.closes_on)))
    if days == 0:
        return str(_("Hôm nay là ngày cuối"))
    return str(ngettext("Còn %(num)d ngày", "Còn %(num)d ngày", days))


def results_link(shown: RoundSummary) -> Action | None:
    """Lead to the published figures of a round."""
    if shown.publication is None:
        return None
    return _if_there("results.round_", _("Xem kết quả"), code=shown.code)


def _sampling(shown: RoundSummary, drawn: Sequence[DrawShown]) -> Step:
    title = _("Chọn mẫu")
    found = next((draw for draw in drawn if draw.state != "withdrawn"), None)
    if found is None:
        over = shown.state in ("closed", "published") or shown.n_received > 0
        if over:
            return Step(title, "done", _("Mẫu được chọn ngoài hệ thống này."))
        begin = _if_there("draws.index", _("Chọn mẫu"))
        text = _("Chọn từ danh sách đã chốt, trước sự chứng kiến của thành viên giám sát.")
        return Step(title, "now", text, (begin,) if begin else ())
    look = _if_there("draws.show", _("Xem lần chọn mẫu"), draw_id=found.id)
    actions = (look,) if look else ()
    if found.state != "drawn":
        return Step(title, "now", _("Đã công bố danh sách và phương án, chờ số gieo."), actions)
    text = _(
        "%(main)s người chính thức, %(reserve)s dự phòng.",
        main=count(found.n_main, current_language()),
        reserve=count(found.n_reserve, current_language()),
    )
    return Step(title, "done", text, actions)


def _codes(shown: RoundSummary) -> Step:
    title = _("Mã một lần")
    look = _if_there("codes.show", _("Hồ sơ và mã"), code=shown.code)
    actions = (look,) if look else ()
    if shown.state in ("closed", "published"):
        return Step(title, "done", _("Không cấp thêm mã."), actions)
    text = _(
        "Nhận danh sách hồ sơ đã trả kết quả; khi đợt đã mở thì cấp mã. Một người đề nghị, một "
        "người khác duyệt."
    )
    return Step(title, "now", text, actions)


def _opening(shown: RoundSummary, today: date) -> Step:
    title = _("Mở đợt")
    if shown.state != "draft":
        text = _("Nhận câu trả lời từ %(day)s.", day=format_day(shown.opens_on))
        return Step(title, "done", text)
    if shown.closes_on < today:
        text = _(
            "Chưa mở được: ngày cuối %(day)s đã qua. Hãy sửa ngày.",
            day=format_day(shown.closes_on),
        )
        return Step(title, "now", text)
    text = _(
        "Khi mở, hệ thống nhận câu trả lời từ %(first)s đến hết %(last)s. Sau khi mở, phiếu hỏi "
        "và cách tính không sửa được nữa.",
        first=format_day(shown.opens_on),
        last=format_day(shown.closes_on),
    )
    return Step(title, "now", text, (_own(shown, "rounds.open_", _("Mở đợt"), changes=True),))


def _collecting(shown: RoundSummary, today: date) -> Step:
    title = _("Thu thập")
    answered = ngettext(
        "%(n)s phiếu trả lời",
        "%(n)s phiếu trả lời",
        shown.n_received,
        n=count(shown.n_received, current_language()),
    )
    if shown.state == "draft":
        return Step(title, "later", _("Bắt đầu sau khi mở đợt."))
    if shown.state != "open":
        return Step(title, "done", _("Đã nhận %(answered)s.", answered=answered))
    text = f"{_received(shown, answered)} {time_left(shown, today)}."
    if shown.per_dossier:
        found = _if_there("codes.show", _("Hồ sơ và mã"), code=shown.code)
    elif shown.source == "open":
        found = _if_there("centres.index", _("In mã QR cho các quầy"))
    else:
        found = _if_there("imports.new", _("Nhập tệp câu trả lời"), code=shown.code)
    state = "now" if shown.closes_on >= today else "done"
    return Step(title, state, text, (found,) if found else ())


def _received(shown: RoundSummary, answered: str) -> str:
    if not shown.n_waiting:
        return str(_("Đã nhận %(answered)s.", answered=answered))
    waiting = count(shown.n_waiting, current_language())
    text = _("Đã nhận %(answered)s, trong đó %(n)s phiếu chờ trộn.", answered=answered, n=waiting)
    return str(text)


def _closing(shown: RoundSummary, today: date) -> Step:
    title = _("Đóng đợt")
    if shown.state in ("closed", "published"):
        return Step(title, "done", _("Không nhận thêm câu trả lời."))
    if shown.state == "draft":
        return Step(title, "later", _("Sau ngày %(day)s.", day=format_day(shown.closes_on)))
    action = _own(shown, "rounds.close", _("Đóng đợt"))
    if shown.closes_on < today:
        return Step(title, "now", _("Đã hết hạn; đóng đợt để tính kết quả."), (action,))
    text = _("Thường sau ngày %(day)s; có thể đóng sớm.", day=format_day(shown.closes_on))
    return Step(title, "later", text, (action,))


def _weights(shown: RoundSummary, number: int | None) -> Step:
    title = _("Trọng số")
    look = _if_there("weights.show", _("Trọng số"), code=shown.code)
    actions = (look,) if look and shown.n_responses else ()
    if number is not None:
        return Step(title, "done", _("Đã tính; mới nhất là bộ %(n)s.", n=number), actions)
    text = _("Bù cho người không trả lời và khớp với những con số đã biết.")
    if shown.state == "closed":
        return Step(title, "now", text, actions)
    if shown.state == "published":
        return Step(title, "done", _("Kết quả tính theo trọng số cơ sở."), actions)
    return Step(title, "later", text, actions)


def _results(shown: RoundSummary, weights: int | None) -> Step:
    title = _("Kết quả")
    if shown.state == "published":
        seen = results_link(shown)
        text = (
            _("Đã công bố cho mọi người.")
            if shown.public
            else _("Đã tính, chỉ cán bộ được xem; chưa công bố cho mọi người.")
        )
        return Step(title, "done", text, (seen,) if seen else ())
    if shown.state == "closed":
        action = _publish(shown)
        text = _("Tính kết quả từ bản chụp dữ liệu của đợt, xem lại rồi công bố.")
        # Weights come first, though one may do without.
        state = "now" if shown.source == "open" or weights is not None else "later"
        return Step(title, state, text, (action,) if action else ())
    return Step(title, "later", _("Tính sau khi đóng đợt."))


def _publish(shown: RoundSummary) -> Action | None:
    return _if_there("publishing.new", _("Tính kết quả"), code=shown.code)


def _own(shown: RoundSummary, endpoint: str, label: str, *, changes: bool = False) -> Action:
    return Action(label, url_for(endpoint, code=shown.code), changes)


def _if_there(endpoint: str, label: str, **values: Any) -> Action | None:
    """Lead to a page that another part of the office may bring."""
    if endpoint not in current_app.view_functions:
        return None
    return Action(label, url_for(endpoint, **values))
