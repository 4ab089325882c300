"""What the pages of a plan show beside their forms: sizes, allocations, what a draw will give."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import Form

from app.errors import ConflictError
from app.i18n import current_language
from app.numbers import percent
from app.plan_sentences import fault_sentence, plan_in_words, size_sentence, warning_sentence
from app.queries import draws, earlier_rates, frame_labels
from app.queries.draws import FrozenFrame, PlanShown
from app.sentences import sentence
from app.services import campaigns
from app.services.draws.counts import expected_strata
from app.services.sampling.choices import REPORT_BY, Choices
from app.services.sampling.frames import frozen_frame
from app.services.sampling.sizes import NO_RATES, WHOLE, Rates, Sizing, sizing
from app.web import context
from app.web.forms.samples import ALLOCATION_NAMES, ALLOCATION_TEXTS
from surveys.sampling.errors import SamplingError
from surveys.sampling.frame import Frame
from surveys.sampling.plan import PlanRefusedError, read_plan
from surveys.sampling.preview import expect
from surveys.sampling.table import AllocationTable, Expected, Refused

STEPS = (
    ("samples.design", lazy_gettext("Cách chọn")),
    ("samples.size", lazy_gettext("Số người")),
    ("samples.allocation", lazy_gettext("Phân bổ")),
    ("samples.preview", lazy_gettext("Xem trước và công bố")),
)
# What the names of all centres begin with.
_CENTRE = "Trung tâm Phục vụ hành chính công "


@dataclass(frozen=True, slots=True)
class Way:
    """One way to share interviews out, beside the others.

    Attributes
    ----------
    margin, widest : float
        Half width for the province, and of the worst unit; shares.
    reason : str
        Why it cannot be carried out; the numbers are then missing.
    """

    method: str
    name: str
    text: str
    interviews: int = 0
    cases: int = 0
    margin: float = 0.0
    widest: float = 0.0
    narrowest: float = 0.0
    fewest: int = 0
    most: int = 0
    n_reportable: int = 0
    weighting_effect: float = 1.0
    cost: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One reported unit under the way that is chosen; ``bar`` is 0 to 100."""

    name: str
    population: int
    interviews: int
    cases: int
    margin: float
    bar: float
    is_reportable: bool


@dataclass(frozen=True, slots=True)
class ComponentLine:
    """One component under the way that is chosen: its share expected, and the margin, shares."""

    name: str
    expected: float
    margin: float


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What the choices lead to, or why they lead to nothing."""

    problem: str = ""
    sizing: Sizing | None = None
    ways: tuple[Way, ...] = ()
    chosen: Way | None = None
    units: tuple[UnitLine, ...] = ()
    components: tuple[ComponentLine, ...] = ()
    too_small: tuple[str, ...] = ()
    n_units: int = 0
    n_people: int = 0


def form_page(
    template: str, form: Form, status: int = 200, **values: object
) -> ResponseReturnValue:
    """Show a form, with status 422 if something in it is wrong."""
    shown = render_template(template, form=form, **values)
    return shown, 422 if form.errors or form.form_errors else status


def in_own_language(named: Any) -> str:
    """Name of a thing that has two."""
    name: str = named.name_en if current_language() == "en" else named.name
    return name


def open_frame(plan: PlanShown) -> tuple[FrozenFrame, Frame]:
    """Read the frame of a plan.

    Raises
    ------
    ConflictError
        Its file is missing, or no longer what was frozen.
    """
    with context.database().read() as db:
        kept = draws.frozen_frame(db, plan.frame_id)
    return kept, frozen_frame(context.settings().var_dir, kept.file_name, kept.content_hash)


def reportable(plan: PlanShown, shape: str) -> tuple[str, ...]:
    """List the columns by which this frame can be reported: those that part it in several."""
    columns = REPORT_BY[shape]
    try:
        _kept, frame = open_frame(plan)
    except ConflictError:
        return columns
    several = {name for name, column in frame.categories.items() if len(column.labels) > 1}
    return tuple(name for name in columns if not name or name in several)


def sizes(plan: PlanShown, choices: Choices) -> Shown:
    """Work out what the choices lead to."""
    try:
        _kept, frame = open_frame(plan)
        found = sizing(frame, choices, _rates(choices))
    except ConflictError as error:
        return Shown(problem=sentence(error.code, **error.context))
    except SamplingError as error:
        return Shown(problem=size_sentence(error.code, error.context))
    ways = tuple(_way(table) for table in found.tables)
    chosen = _way(found.chosen)
    return Shown(
        problem=chosen.reason,
        sizing=found,
        ways=ways,
        chosen=None if chosen.reason else chosen,
        units=_units(found.chosen, choices),
        components=_components(found.chosen, choices),
        too_small=_named(choices, found.too_small),
        n_units=len(found.populations),
        n_people=sum(found.populations.values()),
    )


def _rates(choices: Choices) -> Rates:
    if not choices.rates_from:
        return NO_RATES
    with context.database().read() as db:
        return earlier_rates.rates_of(db, choices.rates_from, choices.report_by)


def _margin(components: tuple[Expected, ...]) -> float:
    """Return the widest margin of all components: what can be promised."""
    return max(component.precision.margin for component in components)


def _components(table: AllocationTable | Refused, choices: Choices) -> tuple[ComponentLine, ...]:
    """Tell the margin of each component, where an earlier round named them."""
    if isinstance(table, Refused) or not choices.rates_from:
        return ()
    with context.database().read() as db:
        nodes = campaigns.measure_of(db, choices.rates_from).method.nodes
    language = current_language()
    titles = {node.code: node.title.get(language, node.code) for node in nodes}
    return tuple(
        ComponentLine(titles.get(each.component, each.component), each.mean, each.precision.margin)
        for each in table.components
    )


def _named(choices: Choices, labels: tuple[str, ...]) -> tuple[str, ...]:
    names = label_names(choices.report_by, list(labels))
    return tuple(names[label] for label in labels)


def _way(table: AllocationTable | Refused) -> Way:
    method = table.method.value
    name, text = str(ALLOCATION_NAMES[method]), str(ALLOCATION_TEXTS[method])
    if isinstance(table, Refused):
        reason = size_sentence(table.code, dict(table.context))
        return Way(method, name, text, reason=reason)
    margins = [_margin(unit.components) for unit in table.units]
    interviews = [unit.interviews for unit in table.units]
    return Way(
        method=method,
        name=name,
        text=text,
        interviews=table.interviews,
        cases=table.cases,
        margin=_margin(table.components),
        widest=max(margins),
        narrowest=min(margins),
        fewest=min(interviews),
        most=max(interviews),
        n_reportable=table.n_reportable,
        weighting_effect=table.weighting_effect,
        cost=table.cost,
    )


def _units(table: AllocationTable | Refused, choices: Choices) -> tuple[UnitLine, ...]:
    if isinstance(table, Refused):
        return ()
    names = label_names(choices.report_by, [unit.unit for unit in table.units])
    most = max(unit.interviews for unit in table.units)
    return tuple(
        UnitLine(
            name=names[unit.unit],
            population=unit.population,
            interviews=unit.interviews,
            cases=unit.cases,
            margin=_margin(unit.components),
            bar=round(100 * unit.interviews / most, 1),
            is_reportable=unit.is_reportable,
        )
        for unit in table.units
    )


def label_names(column: str, codes: list[str]) -> Mapping[str, str]:
    """Name every label of a column, by its code where it has no name."""
    if not column:
        return {WHOLE: _("Toàn tỉnh")}
    with context.database().read() as db:
        names = frame_labels.names_of(db, column, codes)
    if column == "centre":
        names = {code: _short(name) for code, name in names.items()}
    words = {"yes": _("Vùng khó khăn"), "no": _("Vùng còn lại")} if column == "difficult" else {}
    words |= {"direct": _("Trực tiếp"), "online": _("Trực tuyến"), "post": _("Bưu chính")}
    return {code: names.get(code) or words.get(code) or code or _("Không ghi") for code in codes}


def _short(centre: str) -> str:
    """Name a centre by its place alone: "Phường An Sinh"."""
    place = centre.removeprefix(_CENTRE)
    return place[:1].upper() + place[1:]


@dataclass(frozen=True, slots=True)
class StratumLine:
    """One stratum of a plan before the draw; ``bar`` is 0 to 100."""

    name: str
    population: int
    main: int
    reserve: int
    chance: str
    bar: float


@dataclass(frozen=True, slots=True)
class Preview:
    """What a draw by a plan will give, or why there can be none."""

    problems: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    main: int = 0
    reserve: int = 0
    strata: tuple[StratumLine, ...] = ()


def preview(plan: PlanShown) -> Preview:
    """Work out what a draw will give."""
    if not plan.text:
        problem = sizes(plan, Choices.from_json(plan.choices)).problem
        return Preview(problems=(problem or _("Chưa tính được số người."),))
    try:
        _kept, frame = open_frame(plan)
        design = read_plan(plan.text)
        expected, strata = expect(design, frame), expected_strata(design, frame)
    except ConflictError as error:
        return Preview(problems=(sentence(error.code, **error.context),))
    except PlanRefusedError as refused:
        return Preview(problems=tuple(fault_sentence(fault) for fault in refused.faults))
    columns = design.stages[0].strata
    labels = [each["name"] for each in strata]
    names = label_names(columns[0] if len(columns) == 1 else "", labels)
    most = max((each["main"] for each in strata), default=0) or 1
    return Preview(
        words=plan_in_words(design),
        warnings=tuple(warning_sentence(warned, names) for warned in expected.warnings),
        main=round(expected.cases),
        reserve=round(expected.reserves),
        strata=tuple(
            StratumLine(
                name=names.get(each["name"], each["name"]),
                population=each["population"],
                main=each["main"],
                reserve=each["reserve"],
                chance=percent(each["main"] / each["population"], current_language(), 2),
                bar=round(100 * each["main"] / most, 1),
            )
            for each in strata
        ),
    )
