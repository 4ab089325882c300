"""Check one row: its place in the sample, then its answers by the rule of the web forms."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from app.names import search_key
from app.services.imports import legacy
from app.services.imports.entries import Convert, Entered, converter, is_chosen
from app.services.imports.places import Place, PlaceRule
from app.services.imports.plan import Plan, text_of
from app.services.imports.problems import ProblemList
from app.services.imports.reader import Cell, Row
from app.services.imports.rounds import ImportRound
from app.services.imports.targets import index_of
from surveys.instrument.answers import Checked, compile_rule
from surveys.instrument.model import AnswerValue

_PLACE = re.compile(r"([A-Z]+)([0-9]+)")


@dataclass(frozen=True, slots=True)
class ReadyRow:
    """A row that can be stored. ``texts`` are free texts, ``answers`` everything else."""

    number: int
    place: Place
    answers: dict[str, AnswerValue]
    texts: dict[str, str]


class RowRule:
    """The rule of one file: its plan and the round it goes into.

    Parameters
    ----------
    plan : Plan
        Where everything stands.
    target : ImportRound
        The round.
    problems : ProblemList
        Where everything that is wrong goes.
    errors : mapping of str to str
        Cells that show an error such as #N/A, by place (``F7``).
    comma_likely : bool
        As in :func:`app.services.imports.design.weight`.
    """

    def __init__(
        self,
        plan: Plan,
        target: ImportRound,
        problems: ProblemList,
        *,
        errors: Mapping[str, str],
        comma_likely: bool,
    ) -> None:
        self._plan = plan
        self._problems = problems
        self._places = PlaceRule(plan, target, problems, comma_likely=comma_likely)
        self._rule = compile_rule(target.instrument)
        self._free_texts = target.instrument.free_texts
        self._errors = _errors_by_row(errors, plan)
        self._items = _item_readers(plan, target)
        self._options = _option_readers(plan, target)
        self._fixed = _fixed_answers(plan, target)
        # Answers left out because their question is not asked of that respondent, by item.
        self.off_path: Counter[str] = Counter()

    def check(self, row: Row) -> ReadyRow | None:
        """Check a row; None, and problems, if it cannot be stored."""
        before = len(self._problems)
        for index, error in self._errors.get(row.number, ()):
            self._problems.cell(row.number, index, error, "cell.error")
        if len(row.cells) > len(self._plan.headers):
            self._refuse_overhang(row)
        place = self._places.read(row)
        checked = self._check_answers(row)
        if place is None or len(self._problems) > before:
            return None
        texts: dict[str, str] = {}
        answers: dict[str, AnswerValue] = {}
        for code, value in checked.answers.items():
            if code not in self._free_texts:
                answers[code] = value
            elif legacy.encoding_of([str(value)]) is None:
                texts[code] = str(value)
            else:
                self._refuse(row, code, "text.legacy-encoding", {})
        if len(self._problems) > before:
            return None
        return ReadyRow(row.number, place, answers, texts)

    def _check_answers(self, row: Row) -> Checked:
        cells, n = row.cells, len(row.cells)
        raw = dict(self._fixed)
        for at, code, convert in self._items:
            cell = cells[at] if at < n else None
            if cell is not None:
                entered = convert(cell)
                if entered:
                    raw[code] = entered
        for at, code, option, labels in self._options:
            cell = cells[at] if at < n else None
            if cell is not None:
                chosen = is_chosen(cell, option, labels)
                if chosen is None:
                    self._problems.cell(row.number, at, text_of(cell), "answer.not-a-mark")
                elif chosen:
                    raw[code] = (*raw.get(code, ()), option)
        checked = self._rule.everything(raw)
        refused = {problem.item for problem in checked.problems}
        for problem in checked.problems:
            self._refuse(row, problem.item, problem.code, problem.context)
        if len(raw) > len(checked.answers):
            self.off_path.update(raw.keys() - checked.answers.keys() - refused)
        return checked

    def _refuse(self, row: Row, item: str, code: str, context: Mapping[str, str]) -> None:
        index = self._plan.items.get(item)
        if index is None and item in self._plan.options:
            columns = self._plan.options[item].values()
            marked = [at for at in columns if at < len(row.cells) and row.cells[at] is not None]
            index = min(marked or columns)
        cell = row.cells[index] if index is not None and index < len(row.cells) else None
        self._problems.cell(row.number, index, text_of(cell), code, item, item=item, **context)

    def _refuse_overhang(self, row: Row) -> None:
        n = len(self._plan.headers)
        index = next(at for at in range(n, len(row.cells)) if row.cells[at] is not None)
        self._problems.cell(row.number, index, text_of(row.cells[index]), "row.beyond-headings")


def _text(cell: Cell) -> Entered:
    text = text_of(cell)
    return (text,) if text else ()


def _item_readers(plan: Plan, target: ImportRound) -> tuple[tuple[int, str, Convert], ...]:
    instrument = target.instrument
    others = {item.other for item in instrument.items if item.other is not None}

    def reader(code: str) -> Convert:
        if code in others:
            return _text
        return converter(instrument.item(code), instrument, plan.columns)

    return tuple((at, code, reader(code)) for code, at in plan.items.items())


def _option_readers(
    plan: Plan, target: ImportRound
) -> tuple[tuple[int, str, str, frozenset[str]], ...]:
    wordings = target.instrument.wording.values()
    return tuple(
        (at, code, option, frozenset(search_key(each.option(code, option)) for each in wordings))
        for code, options in plan.options.items()
        for option, at in options.items()
    )


def _fixed_answers(plan: Plan, target: ImportRound) -> dict[str, Entered]:
    instrument = target.instrument
    codes = {item.code for item in instrument.items}
    found: dict[str, Entered] = {}
    for written, value in plan.columns.fixed.items():
        code = written.removeprefix("item:")
        if code == written:
            continue
        read = (
            converter(instrument.item(code), instrument, plan.columns) if code in codes else _text
        )
        found[code] = read(value)
    return found


def _errors_by_row(errors: Mapping[str, str], plan: Plan) -> dict[int, list[tuple[int, str]]]:
    """Cells that show an error, in columns that are read, by row."""
    found: dict[int, list[tuple[int, str]]] = {}
    for place, error in errors.items():
        match = _PLACE.fullmatch(place)
        if match is not None and (index := index_of(match[1])) in plan.used:
            found.setdefault(int(match[2]), []).append((index, error))
    return found
