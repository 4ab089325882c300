"""Words of the table of answers that neither the questionnaire nor the map has."""

from collections.abc import Sequence

from flask_babel import gettext

from app import labels
from app.queries.publications import EstimateRow
from app.result_files import words
from app.services.columns import PLACES
from app.services.microdata.sheet import Explained
from app.services.microdata.table import Table, Words
from app.services.microdata.variables import Role, Variable
from app.services.results import Domain, Results
from surveys.instrument.wording import Wording


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


def table_words(results: Results, weights: Sequence[str], language: str) -> Words:
    """Gather the words in a language; names of places are those of the publication."""
    named = {
        (row.domain_kind, row.domain_code): labels.domain_title(
            Domain(row.domain_kind, row.domain_code, row.domain_name), results.instrument, language
        )
        for row in results.rows
        if isinstance(row, EstimateRow) and row.domain_kind
    }
    kinds = {*results.kinds, *PLACES}
    return Words(
        places=named,
        kinds={
            kind: labels.kind_title(kind, results.instrument, language)
            for kind in kinds
            if kind in PLACES
        },
        steps={name: words.weight_step(name) for name in weights},
        stratum=_("Tầng"),
        psu=_("Địa bàn mẫu (số thứ tự)"),
        withheld=_("Không nêu: có ít người như vậy"),
        chosen=(_("Không chọn"), _("Có chọn")),
    )


def wording(results: Results, language: str) -> Wording:
    """Words of the questionnaire."""
    return labels.wording(results.instrument, language)


def data_name() -> str:
    """Name of the sheet of data."""
    return _("Phiếu")


def title(results: Results, language: str) -> str:
    """Label of a file of answers."""
    facts = results.facts
    name = labels.round_name(facts.round, language)
    return _("%(round)s, lần công bố %(number)s", round=name, number=facts.number)


def remarks(results: Results, table: Table, language: str) -> tuple[str, ...]:
    """Say in a few sentences what the file is and how it is to be kept."""
    said = [words.warning(results)] if words.warning(results) else []
    said += [
        words.provenance_line(results, language),
        _("Phân tích theo trọng số %(weight)s.", weight=table.weight),
        _(
            "Câu trả lời của từng người: giữ như hồ sơ mật, không công bố, không tìm cách nhận "
            "ra ai."
        ),
    ]
    return tuple(said)


def explained(results: Results, table: Table, language: str) -> Explained:
    """Arrange the variables as a sheet beside the data."""
    return Explained(
        name=_("Biến"),
        lines=[words.warning(results), *remarks(results, table, language)[-1:]],
        headings=[
            _("Tên biến"), _("Vai trò"), _("Nhãn"), _("Câu hỏi"), _("Giá trị"), _("Tên gốc"),
        ],
        widths=[22, 16, 40, 50, 60, 24],
        rows=[
            [
                variable.name,
                role(variable.role),
                variable.label,
                variable.question,
                "; ".join(value_text(variable)),
                variable.source,
            ]
            for variable in table.variables
        ],
    )  # fmt: skip


def role(found: Role) -> str:
    """Name what a variable is for."""
    return {
        Role.ANSWER: _("Câu trả lời"),
        Role.PROFILE: _("Đặc điểm người trả lời"),
        Role.PLACE: _("Nơi, lĩnh vực"),
        Role.DESIGN: _("Thiết kế mẫu"),
        Role.WEIGHT: _("Trọng số"),
    }[found]


def value_text(variable: Variable) -> list[str]:
    """Write the values of a variable with their labels."""
    return [
        f"{each.value} = {each.label}" + (f" ({_('thiếu')})" if each.is_missing else "")
        for each in variable.categories
    ]
