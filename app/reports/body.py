"""The text of a report: summary, components, comparison with the round before, units."""

from collections.abc import Sequence

from flask_babel import gettext

from app import labels
from app.numbers import percent
from app.reports import pictures, sentences, sentences_changes, sentences_units, standing, words
from app.reports.sentences_changes import Earlier
from app.reports.sources import Source
from app.services.reports.blocks import (
    Align,
    Block,
    Column,
    Heading,
    Paragraph,
    Picture,
    Table,
    led,
    said,
)
from app.services.results import Figure, Results

# The kind of domain that a province's report is about, the first of these that was published.
UNIT_KINDS = ("commune", "centre")


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


def main_figures(results: Results, kind: str = "", code: str | None = None) -> tuple[Figure, ...]:
    """Return index and components of the whole, or of one domain."""
    method = results.method
    return results.figures(kind, code, (method.index, *method.components))


def unit_kind(results: Results) -> str:
    """Kind of the units the report is about; empty without any."""
    return next((kind for kind in UNIT_KINDS if kind in results.kinds), "")


def summary(source: Source, language: str) -> list[Block]:
    """Fill the first page: how satisfied, how sure, better or worse, where to act."""
    results = source.results
    figures = main_figures(results)
    blocks: list[Block] = [Heading(1, _("I. TÓM TẮT"))]
    index = results.figure(results.method.index)
    if index is None:
        return [*blocks, said(_("Lần công bố này không có kết quả chung của toàn tỉnh."))]
    components = [one for one in figures if one.node.code != results.method.index]
    blocks += [
        led(
            _("Mức độ hài lòng."),
            sentences.headline(index, results, language),
            sentences.parts(index, language),
            sentences.target(index, language),
        ),
        led(_("So với đợt trước."), sentences_changes.change(index, source.earlier, language)),
        led(_("Thành phần."), sentences.components(components, language)),
    ]
    kind = unit_kind(results)
    if kind:
        found = standing.against_whole(results.figures(kind, nodes=(index.node.code,)), index)
        blocks.append(
            led(
                _("Đơn vị."),
                sentences_units.overview(found, index, language),
                sentences_units.below(found, results, language),
            )
        )
    picture = pictures.of_components(figures, results, language, "summary")
    if picture is not None:
        blocks.append(
            Picture(
                picture.wide.svg,
                _("Tỷ lệ hài lòng và khoảng tin cậy %(level)s", level=_level(results, language)),
                picture.wide.heading.description,
                140,
            )
        )
    return blocks


def by_component(source: Source, language: str) -> list[Block]:
    """Say what was published about every component."""
    results = source.results
    figures = main_figures(results)
    blocks: list[Block] = [Heading(1, _("II. KẾT QUẢ THEO THÀNH PHẦN"), new_page=True)]
    blocks.append(
        said(
            _(
                "Đối tượng: %(population)s",
                population=labels.population(results.facts.round, language),
            ),
            _(
                "Thời gian thu thập: %(first)s – %(last)s.",
                first=labels.day(results.facts.round.opens_on, language),
                last=labels.day(results.facts.round.closes_on, language),
            ),
        )
    )
    blocks += [
        said(sentences.component(figure, results, language), kind="bullet") for figure in figures
    ]
    blocks.append(component_table(figures, results, language))
    blocks += [said(note, kind="note") for note in sentences.notes(figures, results, language)]
    return blocks


def component_table(figures: Sequence[Figure], results: Results, language: str) -> Table:
    """Tabulate index and components with everything that belongs to a figure."""
    has_parts = any(figure.neutral is not None for figure in figures)
    has_targets = any(figure.main.target is not None for figure in figures)
    columns = [
        Column(_("Chỉ tiêu"), 2.3, Align.LEFT),
        Column(_("Hài lòng") if has_parts else _("Giá trị"), 1.2),
        Column(_("Khoảng tin cậy %(level)s", level=_level(results, language)), 1.75),
    ]
    if has_parts:
        columns += [Column(_("Bình thường"), 1.15), Column(_("Không hài lòng"), 1.65)]
    columns += [Column(_("Số người trả lời"), 1.65)]
    if has_targets:
        columns += [Column(_("Mục tiêu"), 1.1), Column(_("Đánh giá"), 1.25, Align.CENTER)]
    rows = []
    for figure in figures:
        row = [
            words.node(figure, language),
            words.shown(figure, language) if figure.main.value is not None else _("không công bố"),
            words.ends(figure.main, figure.quantity, language) or "–",
        ]
        if has_parts:
            row += [
                "–" if part is None or part.value is None else percent(part.value, language)
                for part in (figure.neutral, figure.dissatisfied)
            ]
        row.append(words.people(figure.main.n, language))
        if has_targets:
            aim = figure.main.target
            row.append("–" if aim is None else words.amount(aim, figure.quantity, language))
            row.append(sentences.target_word(figure))
        rows.append(tuple(row))
    main = frozenset(
        at for at, figure in enumerate(figures) if figure.node.code == results.method.index
    )
    return Table(_("Mức độ hài lòng chung và các thành phần"), tuple(columns), tuple(rows), main)


def compared(source: Source, language: str) -> list[Block]:
    """Compare with the round before, figure by figure."""
    results, earlier = source.results, source.earlier
    figures = main_figures(results)
    blocks: list[Block] = [Heading(1, _("III. SO SÁNH VỚI ĐỢT TRƯỚC"))]
    index = results.figure(results.method.index)
    if earlier.results is None or earlier.broken or index is None:
        text = "" if index is None else sentences_changes.change(index, earlier, language)
        return [*blocks, said(text or _("Không có kết quả chung để so sánh."))]
    blocks.append(said(sentences_changes.change(index, earlier, language)))
    rows = [_changed(figure, earlier, language) for figure in figures]
    columns = (
        Column(_("Chỉ tiêu"), 2.8, Align.LEFT),
        Column(_("Đợt trước"), 1.0),
        Column(_("Đợt này"), 1.0),
        Column(_("Thay đổi"), 1.4),
        Column(_("Khoảng tin cậy của thay đổi"), 2.2),
        Column(_("Kết luận"), 1.5, Align.CENTER),
    )
    blocks.append(Table(_("Thay đổi so với đợt trước"), columns, tuple(rows), frozenset({0})))
    picture = pictures.of_changes(figures, earlier, language, "report-changes")
    if picture is not None:
        blocks.append(Picture(picture.wide.svg, _("Thay đổi so với đợt trước"), _alt(rows), 150))
    return blocks


def _changed(figure: Figure, earlier: Earlier, language: str) -> tuple[str, ...]:
    """Tabulate the change of one figure."""
    before = earlier.figure(figure.node.code)
    row = earlier.row(figure)
    difference, ends = "–", "–"
    if row is not None:
        difference = words.change(row.value, figure.quantity, language)
        if row.low is not None and row.high is not None:
            low, high = (
                words.change(end, figure.quantity, language) for end in (row.low, row.high)
            )
            ends = _("%(low)s đến %(high)s", low=low, high=high)
    elif before is not None and before.main.value is not None and figure.main.value is not None:
        size = figure.main.value - before.main.value
        difference = words.change(size, figure.quantity, language)
    return (
        words.node(figure, language),
        "–" if before is None else words.shown(before, language),
        words.shown(figure, language),
        difference,
        ends,
        sentences_changes.change_word(earlier.side(figure)),
    )


def by_unit(source: Source, language: str) -> list[Block]:
    """Say how units stand to the whole, with the map."""
    results = source.results
    blocks: list[Block] = [Heading(1, _("IV. KẾT QUẢ THEO ĐƠN VỊ"))]
    kind = unit_kind(results)
    index = results.figure(results.method.index)
    if not kind or index is None:
        return [*blocks, said(_("Lần công bố này không có kết quả theo đơn vị."))]
    figures = results.figures(kind, nodes=(index.node.code,))
    found = standing.against_whole(figures, index)
    blocks += [
        said(sentences_units.overview(found, index, language)),
        said(sentences_units.below(found, results, language), kind="bullet"),
        said(sentences_units.above(found, results, language), kind="bullet"),
    ]
    if found.hidden:
        blocks.append(said(sentences_units.hidden(found, results, language), kind="bullet"))
    blocks.append(
        said(
            _("So sánh từng đơn vị với mức chung bằng khoảng tin cậy %(level)s: trong nhiều đơn vị "
              "được so cùng lúc, một số ít có thể bị xếp là khác chỉ do ngẫu nhiên.",
              level=_level(results, language)),
            kind="note",
        )
    )  # fmt: skip
    drawn = pictures.of_map(figures, index, source.places, results, language, ident="report-map")
    if drawn is not None and kind == "commune":
        caption = _("Tỷ lệ hài lòng của các xã, phường, đặc khu, xếp theo vị trí")
        blocks.append(
            Picture(drawn.wide.svg, caption, _alt(_rows(figures, results, language)), 150)
        )
    many = pictures.of_panels(results, kind, results.method.components, language, "report-panels")
    if many is not None:
        caption = _("Các đơn vị ở từng thành phần, mỗi vạch là một đơn vị")
        blocks.append(Picture(many.wide.svg, caption, caption, 150))
    listed = pictures.of_units(figures, index, results, language, "report-units")
    if listed is not None:
        blocks.append(
            Picture(
                listed.wide.svg,
                _("Tỷ lệ hài lòng của từng đơn vị và khoảng tin cậy"),
                listed.wide.heading.description,
                _width(listed.wide.width, listed.wide.height),
            )
        )
    return blocks


def closing(source: Source, authority: str, addressee: str, language: str) -> Paragraph:
    """End the text as official reports end."""
    name = labels.round_name(source.results.facts.round, language)
    if not addressee:
        return said(
            _(
                "Trên đây là kết quả của “%(round)s”; chi tiết ở các Phụ lục kèm theo./.",
                round=name,
            ),
            kind="closing",
        )
    return said(
        _(
            "Trên đây là kết quả của “%(round)s”; chi tiết ở các Phụ lục kèm theo. %(authority)s "
            "kính báo cáo %(addressee)s./.",
            round=name,
            authority=agency_name(authority),
            addressee=addressee,
        ),
        kind="closing",
    )


def agency_name(written: str) -> str:
    """Write the name of an agency as within a sentence: SỞ NỘI VỤ as Sở Nội vụ."""
    return {"SỞ NỘI VỤ": "Sở Nội vụ"}.get(written, written)


def _rows(figures: Sequence[Figure], results: Results, language: str) -> list[tuple[str, ...]]:
    return [(words.place(one, results, language), words.shown(one, language)) for one in figures]


def _alt(rows: Sequence[tuple[str, ...]]) -> str:
    """Say a picture in words, from the rows it shows."""
    return "; ".join(f"{row[0]}: {', '.join(row[1:])}" for row in rows)


def _width(width: float, height: float) -> float:
    """Width in millimetres so that a picture fits on a page with its caption."""
    return round(min(160.0, 215.0 * width / height), 1)


def _level(results: Results, language: str) -> str:
    return percent(results.level, language, 0)
