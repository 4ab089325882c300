"""The codebook as DDI-Codebook 2.5, the archives' common form [DDI25].

Elements stand in the order that the schema asks for; `tests/app/files/ddi_rules.py` checks it.
"""

from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from flask_babel import gettext

from app import labels
from app.result_files import microdata_words, words
from app.result_files.codebook import Counted, Entry
from app.services.manifests import region
from app.services.microdata.table import Table
from app.services.microdata.variables import Measure, Role, Variable
from app.services.results import Results

NAMESPACE: Final = "ddi:codebook:2_5"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMA: Final = "http://www.ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_FILE: Final = "F1"
_HEAD: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


def write(
    results: Results, table: Table, entries: Sequence[Entry], file_name: str, language: str
) -> bytes:
    """Write the codebook, with room for a manifest at its end.

    Parameters
    ----------
    file_name : str
        The file of answers that it describes.
    """
    register_namespace("", NAMESPACE)
    register_namespace("xsi", _XSI)
    root = _element(
        None, "codeBook", version="2.5", **{_LANG: language},
    )  # fmt: skip
    root.set(f"{{{_XSI}}}schemaLocation", f"{NAMESPACE} {_SCHEMA}")
    _document(root, results, language)
    _study(root, results, table, language)
    _file(root, results, table, file_name, language)
    _data(root, table, entries)
    indent(root)
    content: bytes = tostring(root, encoding="unicode").encode()
    return _HEAD + content + b"\n<!-- " + region.field() + b" -->\n"


def _element(parent: Element | None, tag: str, text: str = "", **attributes: str) -> Element:
    """Add an element of the standard."""
    name = f"{{{NAMESPACE}}}{tag}"
    made = Element(name) if parent is None else SubElement(parent, name)
    for key, value in attributes.items():
        made.set(key.replace("_", "-") if key == "wgt_var" else key, value)
    if text:
        made.text = text
    return made


def _document(root: Element, results: Results, language: str) -> None:
    """Tell of the codebook itself."""
    facts = results.facts
    citation = _element(_element(root, "docDscr"), "citation")
    titles = _element(citation, "titlStmt")
    _element(titles, "titl", _("Sách mã: %(title)s", title=_title(results, language)))
    _element(titles, "IDNo", f"{facts.round.code}-{facts.number}-codebook", agency="Lòng Dân")
    made = _element(citation, "prodStmt")
    _element(made, "producer", labels.province(facts.round, language))
    day = f"{facts.published_at:%Y-%m-%d}"
    _element(made, "prodDate", day, date=day)
    _element(made, "software", "Lòng Dân", version=facts.code_version)


def _study(root: Element, results: Results, table: Table, language: str) -> None:
    """Tell of the survey."""
    facts = results.facts
    study = _element(root, "stdyDscr")
    citation = _element(study, "citation")
    titles = _element(citation, "titlStmt")
    other = "vi" if language == "en" else "en"
    _element(titles, "titl", _title(results, language))
    parallel = labels.round_name(facts.round, other)
    if parallel and parallel != labels.round_name(facts.round, language):
        _element(titles, "parTitl", parallel, **{_LANG: other})
    _element(titles, "IDNo", f"{facts.round.code}-{facts.number}", agency="Lòng Dân")
    _element(_element(citation, "rspStmt"), "AuthEnty", labels.province(facts.round, language))
    made = _element(citation, "prodStmt")
    _element(made, "producer", labels.province(facts.round, language))
    day = f"{facts.published_at:%Y-%m-%d}"
    _element(made, "prodDate", day, date=day)
    _element(made, "software", "Lòng Dân", version=facts.code_version)
    version = _element(citation, "verStmt")
    _element(version, "version", _("Lần công bố %(number)s", number=facts.number), date=day)
    _about(study, results, language)
    _method(study, results, table, language)
    use = _element(_element(study, "dataAccs"), "useStmt")
    _element(
        use, "confDec",
        _("Câu trả lời của từng người: không công bố, không tìm cách nhận ra ai."), required="yes",
    )  # fmt: skip
    _element(use, "restrctn", _("Chỉ dùng trong cơ quan chủ trì và người được cơ quan cho phép."))


def _about(study: Element, results: Results, language: str) -> None:
    facts = results.facts
    about = _element(study, "stdyInfo")
    subject = _element(about, "subject")
    _element(subject, "keyword", _("hài lòng"))
    _element(subject, "keyword", _("dịch vụ hành chính công"))
    warning = words.warning(results)
    said = " ".join(
        part
        for part in (
            f"{warning}." if warning else "",
            f"{labels.campaign_name(facts.round, language)}.",
            labels.wording(results.instrument, language).purpose,
        )
        if part
    )
    _element(about, "abstract", said)
    summary = _element(about, "sumDscr")
    first, last = facts.round.opens_on.isoformat(), facts.round.closes_on.isoformat()
    _element(summary, "collDate", first, date=first, event="start")
    _element(summary, "collDate", last, date=last, event="end")
    _element(summary, "nation", _("Việt Nam"), abbr="VN")
    _element(summary, "geogCover", labels.province(facts.round, language))
    _element(summary, "anlyUnit", _("Người trả lời"))
    _element(summary, "universe", labels.population(facts.round, language))
    _element(summary, "dataKind", _("Dữ liệu điều tra chọn mẫu"))


def _method(study: Element, results: Results, table: Table, language: str) -> None:
    facts = results.facts
    method = _element(study, "method")
    collected = _element(method, "dataColl")
    design = [each.name for each in table.variables if each.role is Role.DESIGN]
    _element(
        collected, "sampProc",
        _("Mẫu xác suất, phân tầng, nhiều giai đoạn; tầng và địa bàn mẫu ở các biến %(names)s.",
          names=", ".join(design)),
    )  # fmt: skip
    for mode in facts.round.modes:
        _element(collected, "collMode", labels.mode(mode))
    instrument = results.instrument
    _element(
        collected, "resInstru",
        f"{labels.wording(instrument, language).title()} ({instrument.code}, {instrument.version}, "
        f"{facts.instrument_hash})",
    )  # fmt: skip
    _element(
        collected, "weight",
        _("Phân tích theo trọng số %(weight)s.", weight=table.weight),
    )  # fmt: skip
    analysed = _element(method, "anlyInfo")
    _element(
        analysed, "EstSmpErr",
        _("Tuyến tính hóa Taylor giữa các địa bàn mẫu trong từng tầng; cách tính %(method)s.",
          method=facts.method_hash),
    )  # fmt: skip


def _file(root: Element, results: Results, table: Table, file_name: str, language: str) -> None:
    described = _element(_element(root, "fileDscr", ID=_FILE), "fileTxt")
    _element(described, "fileName", file_name)
    _element(described, "fileCont", microdata_words.title(results, language))
    sizes = _element(described, "dimensns")
    _element(sizes, "caseQnty", str(len(table.rows)))
    _element(sizes, "varQnty", str(len(table.variables)))
    _element(described, "fileType", "SPSS, Stata, Parquet, CSV, XLSX")


def _data(root: Element, table: Table, entries: Sequence[Entry]) -> None:
    data = _element(root, "dataDscr")
    for role in Role:
        own = [each.name for each in table.variables if each.role is role]
        if own:
            group = _element(
                data, "varGrp", ID=f"G_{role.value}", type="subject",
                var=" ".join(f"V_{name}" for name in own),
            )  # fmt: skip
            _element(group, "labl", microdata_words.role(role))
    weight = f"V_{table.weight}"
    for entry in entries:
        _variable(data, entry, weight)


def _variable(data: Element, entry: Entry, weight: str) -> None:
    variable = entry.variable
    is_number = not variable.categories
    attributes = {
        "ID": f"V_{variable.name}",
        "name": variable.name,
        "files": _FILE,
        "intrvl": "contin" if variable.measure is Measure.SCALE else "discrete",
    }
    if variable.role is Role.WEIGHT:
        attributes["wgt"] = "wgt"
    elif variable.role in (Role.ANSWER, Role.PROFILE):
        attributes["wgt_var"] = weight
    if is_number:
        attributes["dcml"] = str(variable.decimals)
    made = _element(data, "var", **attributes)
    _element(made, "labl", variable.label)
    if variable.question:
        _element(_element(made, "qstn"), "qstnLit", variable.question)
    _ranges(made, variable)
    if entry.n_valid is not None and entry.n_missing is not None:
        _element(made, "sumStat", str(entry.n_valid), type="vald")
        _element(made, "sumStat", str(entry.n_missing), type="invd")
    for value in entry.values:
        _category(made, value)
    _element(made, "varFormat", type="numeric")
    _element(made, "notes", _("Tên gốc: %(name)s", name=variable.source))


def _ranges(made: Element, variable: Variable) -> None:
    for tag, wanted in (("valrng", False), ("invalrng", True)):
        values = [each.value for each in variable.categories if each.is_missing is wanted]
        if values:
            listed = _element(made, tag)
            for value in values:
                _element(listed, "item", VALUE=str(value))


def _category(made: Element, value: Counted) -> None:
    category = value.category
    found = _element(made, "catgry", missing="Y" if category.is_missing else "N")
    _element(found, "catValu", str(category.value))
    _element(found, "labl", category.label)
    if value.n is not None:
        _element(found, "catStat", str(value.n), type="freq")


def _title(results: Results, language: str) -> str:
    return microdata_words.title(results, language)
