"""Annexes: how the figures were made, and the list of units."""

from collections.abc import Iterator

from flask_babel import gettext

from app import case_words, labels
from app.definitions import definitions
from app.numbers import count, decimal, percent
from app.plan_sentences import plan_in_words
from app.reports import annex_weights, sentences, standing, words
from app.reports.body import unit_kind
from app.reports.sources import Fieldwork, Source
from app.services.reports.blocks import Align, Annex, Block, Column, Heading, Table, led, said
from app.services.results import Results
from surveys.sampling.plan import read_plan

# The rates that are published: of response, cooperation, refusal and contact.
_RATES = ("RR1", "RR2", "RR3", "COOP1", "REF2", "CON2")


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


def method(source: Source, language: str) -> list[Block]:
    """Say how the sample was drawn, who answered, how figures and margins were computed."""
    results = source.results
    label = _("PHỤ LỤC II") if unit_kind(results) else _("PHỤ LỤC I")
    blocks: list[Block] = [
        Annex(label, _("PHƯƠNG PHÁP")),
        Heading(2, _("1. Chọn mẫu")),
        *_sampling(source, language),
        Heading(2, _("2. Tỷ lệ trả lời")),
        *_response(source, language),
        Heading(2, _("3. Trọng số")),
        *annex_weights.blocks(source, language),
        Heading(2, _("4. Cách tính chỉ số")),
    ]
    blocks += [
        led(
            f"{labels.node_title(results.method.node(code), language)}.",
            labels.rule(results.method.node(code), results.method, language),
            kind="bullet",
        )
        for code in (results.method.index, *results.method.components)
    ]
    blocks.append(Heading(2, _("5. Sai số và quy tắc công bố")))
    blocks += [
        led(f"{one.term}.", one.text, kind="bullet") for one in definitions(results, language)
    ]
    blocks.append(said(_margins(results, language)))
    blocks.append(Heading(2, _("6. Giới hạn")))
    blocks += [said(text, kind="bullet") for text in _limits(source, language)]
    blocks += [Heading(2, _("7. Tính lại")), *_provenance(results, language)]
    return blocks


def units(source: Source, language: str) -> list[Block]:
    """List all units with what is published of the index."""
    results = source.results
    kind = unit_kind(results)
    if not kind:
        return []
    whole = results.figure(results.method.index)
    value = None if whole is None else whole.main.value
    figures = results.figures(kind, nodes=(results.method.index,))
    rows = tuple(
        (
            str(number),
            figure.domain.code,
            words.place(figure, results, language),
            words.people(figure.main.n, language),
            words.shown(figure, language),
            words.ends(figure.main, figure.quantity, language) or "–",
            sentences.side_word(standing.side(figure, value)),
        )
        for number, figure in enumerate(sorted(figures, key=lambda one: one.domain.code), start=1)
    )
    columns = (
        Column(_("TT"), 0.5, Align.CENTER),
        Column(_("Mã"), 0.8, Align.CENTER),
        Column(_("Đơn vị"), 2.3, Align.LEFT),
        Column(_("Số người trả lời"), 1.0),
        Column(_("Hài lòng"), 0.9),
        Column(_("Khoảng tin cậy %(level)s", level=percent(results.level, language, 0)), 1.35),
        Column(_("So với mức chung"), 1.75, Align.CENTER),
    )
    return [
        Annex(
            _("PHỤ LỤC III"),
            _("DANH SÁCH ĐƠN VỊ"),
        ),
        Table(labels.kind_title(kind, results.instrument, language), columns, rows),
    ]


def _sampling(source: Source, language: str) -> Iterator[Block]:
    if not source.fieldwork:
        yield said(
            _("Phiếu trả lời được nhập vào hệ thống từ tệp; việc chọn mẫu không thực hiện trong hệ "
              "thống nên Báo cáo này không có biên bản chọn mẫu.")
        )  # fmt: skip
        return
    for work in source.fieldwork:
        draw = work.draw
        yield said(
            _(
                "Danh sách chọn mẫu “%(frame)s” có %(n)s dòng. Chọn ngẫu nhiên %(main)s đơn vị "
                "chính thức và %(reserve)s đơn vị dự phòng; lần chọn %(number)s.",
                frame=draw.frame_name,
                n=count(draw.n_rows, language),
                main=count(draw.n_main, language),
                reserve=count(draw.n_reserve, language),
                number=draw.number,
            )
        )
        for text in plan_in_words(read_plan(draw.plan_text)):
            yield said(text, kind="bullet")
        yield said(
            _(
                "Số gieo: %(seed)s (%(source)s). Mã băm danh sách: %(frame)s. "
                "Mã băm mẫu: %(list)s.",
                seed=draw.seed_text or "–",
                source=draw.seed_source or "–",
                frame=_short(draw.frame_hash),
                list=_short(draw.list_hash or "–"),
            ),
            kind="note",
        )


def _response(source: Source, language: str) -> Iterator[Block]:
    known = [work for work in source.fieldwork if work.rates is not None]
    n = count(source.results.facts.n_responses, language)
    if not known:
        yield said(
            _("Có %(n)s phiếu trả lời. Hệ thống không có kết quả tiếp cận từng người được chọn nên "
              "không tính được tỷ lệ trả lời.", n=n)
        )  # fmt: skip
        return
    for work in known:
        yield said(
            _(
                "Đã giao %(cases)s trường hợp; %(n)s phiếu trả lời được dùng để tính kết quả. Các "
                "tỷ lệ dưới đây tính cho mẫu chính thức, không kể người thay thế.",
                cases=count(work.n_cases, language),
                n=n,
            )
        )
        yield _rate_table(work, language)


def _rate_table(work: Fieldwork, language: str) -> Table:
    rows = []
    for name in _RATES:
        if work.rates is None or name not in work.rates.rates:
            continue
        rate = work.rates[name]
        value = "–" if rate.value is None else percent(rate.value, language)
        rows.append((name, str(case_words.RATES[name]), value))
    return Table(
        _("Tỷ lệ trả lời theo quy ước AAPOR"),
        (
            Column(_("Ký hiệu"), 1.0, Align.CENTER),
            Column(_("Ý nghĩa"), 5.0, Align.LEFT),
            Column(_("Giá trị"), 1.2),
        ),
        tuple(rows),
    )


def _margins(results: Results, language: str) -> str:
    """Say how much the design widened or narrowed the margins of the published figures."""
    row = results.figure(results.method.index)
    if row is None or row.main.design_effect is None or row.main.effective_n is None:
        return _("Không có hệ số thiết kế được công bố cho kết quả chung.")
    return _(
        "Với kết quả chung: hệ số thiết kế %(deff)s, cỡ mẫu hiệu dụng %(neff)s người, bậc tự do "
        "%(df)s.",
        deff=decimal(row.main.design_effect, language),
        neff=count(row.main.effective_n, language),
        df="–" if row.main.df is None else count(row.main.df, language),
    )


def _limits(source: Source, language: str) -> Iterator[str]:
    results = source.results
    if results.facts.round.simulated:
        yield _("Toàn bộ số liệu là mô phỏng, dùng để chạy thử; không phản ánh kết quả thật.")
    yield _(
        "Khoảng tin cậy chỉ gồm sai số do chọn mẫu; không gồm sai lệch do người được hỏi trả lời "
        "không đúng, do phiếu hỏi hoặc do người không trả lời khác người trả lời."
    )
    if results.facts.weight_set_number is None:
        yield _(
            "Trọng số chưa điều chỉnh theo không trả lời: nếu người không trả lời có ý kiến khác "
            "thì kết quả có thể lệch."
        )
    hidden = [row for row in results.estimates if row.suppressed]
    if hidden:
        yield _(
            "%(hidden)s trong %(n)s con số không công bố vì ít người trả lời, vì khoảng tin cậy "
            "quá rộng hoặc để không suy ra được ý kiến của nhóm nhỏ.",
            hidden=count(len(hidden), language),
            n=count(len(results.estimates), language),
        )
    if source.earlier.results is not None and not source.earlier.rows:
        yield _(
            "So sánh hai đợt bằng việc hai khoảng tin cậy có chồng nhau hay không: cách này thận "
            "trọng, có thể bỏ sót thay đổi nhỏ."
        )
    if source.earlier.broken:
        yield _("Không so sánh với đợt trước: %(why)s.", why=source.earlier.broken)


def _provenance(results: Results, language: str) -> Iterator[Block]:
    facts = results.facts
    yield said(
        _("Mọi con số lấy từ lần công bố số %(number)s, đã khóa. Ai có bản chụp câu trả lời, cách "
          "tính và phần mềm đều tính lại được đúng từng chữ số bằng lệnh: flask verify-publication "
          "%(code)s --number %(number)s.",
          number=facts.number, code=facts.round.code)
    )  # fmt: skip
    rows = [
        (_("Bản chụp câu trả lời"), _digest(facts.snapshot_hash)),
        (_("Cách tính"), _digest(facts.method_hash)),
        (_("Phiếu hỏi"), _digest(facts.instrument_hash)),
        (_("Phiên bản phần mềm"), facts.code_version),
    ]
    if facts.weights_hash:
        rows.insert(1, (_("Bộ trọng số"), _digest(facts.weights_hash)))
    rows.append((_("Số phiếu"), count(facts.n_responses, language)))
    yield Table(
        _("Nguồn của các con số (mã băm SHA-256)"),
        (Column(_("Nội dung"), 1.2, Align.LEFT), Column(_("Giá trị"), 4.0, Align.LEFT)),
        tuple(rows),
    )


def _digest(written: str) -> str:
    """Write a hash without the name of its kind, which stands in the caption."""
    return written.removeprefix("sha256:")


def _short(written: str) -> str:
    """Shorten a hash for a sentence; the whole one stands in the table."""
    return written if len(written) < 30 else f"{written[:23]}…"
