"""Why an answer is not accepted, said to the person who gave it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from flask_babel import gettext

from surveys.instrument.answers import Problem
from surveys.instrument.model import Instrument, Item, Kind


def _(text: str, **values: object) -> str:
    said: str = gettext(text, **values)
    return said


def explain(problems: Iterable[Problem], instrument: Instrument, language: str) -> dict[str, str]:
    """Say what is wrong, by field; of several problems of one field, the first."""
    item_of = {item.code: item for item in instrument.items} | {
        item.other: item for item in instrument.items if item.other is not None
    }
    said: dict[str, str] = {}
    for problem in problems:
        item, context = item_of[problem.item], dict(problem.context)
        if "option" in context:
            context["option"] = instrument.wording[language].option(item, context["option"])
        said.setdefault(problem.item, _SENTENCES.get(problem.code, _no_option)(item, context))
    return said


_Context = Mapping[str, str]


def _required(item: Item, _context: _Context) -> str:
    match item.kind:
        case Kind.MULTIPLE:
            return _("Xin chọn ít nhất một câu trả lời.")
        case Kind.INTEGER | Kind.DECIMAL:
            return _("Xin nhập một số.")
        case Kind.DATE:
            return _("Xin nhập ngày.")
        case Kind.SHORT_TEXT | Kind.LONG_TEXT:
            return _("Xin viết câu trả lời.")
        case _:
            return _("Xin chọn một câu trả lời.")


def _number(item: Item, _context: _Context) -> str:
    if item.kind is Kind.INTEGER:
        return _("Xin chỉ nhập số, ví dụ 3.")
    return _("Xin chỉ nhập số, ví dụ 2,5.")


def _range(item: Item, context: _Context) -> str:
    low, high = context.get("minimum"), context.get("maximum")
    if item.kind is Kind.DATE:
        return _days(_day(low), _day(high))
    if low and high:
        return _("Xin nhập một số từ %(low)s đến %(high)s.", low=low, high=high)
    if low:
        return _("Xin nhập một số từ %(low)s trở lên.", low=low)
    return _("Xin nhập một số không quá %(high)s.", high=high)


def _days(low: str | None, high: str | None) -> str:
    if low and high:
        return _("Xin nhập một ngày từ %(low)s đến %(high)s.", low=low, high=high)
    if low:
        return _("Xin nhập ngày %(low)s hoặc sau đó.", low=low)
    return _("Xin nhập ngày %(high)s hoặc trước đó.", high=high)


def _day(iso: str | None) -> str | None:
    return None if iso is None else date.fromisoformat(iso).strftime("%d/%m/%Y")


def _no_option(_item: Item, _context: _Context) -> str:
    return _("Câu trả lời này không có trong phiếu. Xin chọn lại.")


_SENTENCES: Mapping[str, Callable[[Item, _Context], str]] = {
    "answer.required": _required,
    "answer.not-an-option": _no_option,
    "answer.not-a-number": _number,
    "answer.out-of-range": _range,
    "answer.not-a-date": lambda _item, _context: _(
        "Xin nhập ngày theo thứ tự ngày/tháng/năm, ví dụ 05/11/2026."
    ),
    "answer.too-long": lambda _item, context: _(
        "Xin viết ngắn hơn, tối đa %(most)s ký tự.", most=context["max_length"]
    ),
    "answer.too-many": lambda _item, _context: _("Xin chỉ chọn một câu trả lời."),
    "answer.exclusive": lambda _item, context: _(
        "“%(option)s” không đi cùng câu trả lời khác được. Xin chọn lại.", option=context["option"]
    ),
    "answer.bad-character": lambda _item, _context: _(
        "Có ký tự không đọc được. Xin xóa rồi viết lại."
    ),
}
