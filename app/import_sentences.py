"""What is wrong with an imported file, in sentences an official can act on.

The codes are those of `app.services.imports`; each sentence says what is wrong and, where that is
not plain, what to do. A per cent sign is written twice.
"""

from collections.abc import Mapping
from datetime import date

from flask_babel import format_date, gettext
from flask_babel import lazy_gettext as _l

from app import labels
from app.services.imports.problems import CellProblem, ProblemGroup
from app.services.imports.targets import item_of, target_of
from surveys.instrument.model import Instrument, Wording

_FILE = {
    "file.empty": _l("Tệp không có nội dung."),
    "file.no-rows": _l("Dưới dòng tiêu đề (dòng %(row)s) không có dòng câu trả lời nào."),
    "file.old-xls": _l(
        "Đây là tệp .xls kiểu cũ. Hãy mở bằng Excel, chọn Lưu thành (Save As) và chọn loại "
        "“Excel Workbook (.xlsx)”, rồi tải lên tệp mới."
    ),
    "file.encrypted": _l("Tệp được bảo vệ bằng mật khẩu. Hãy gỡ mật khẩu rồi tải lên lại."),
    "file.xlsb": _l("Tệp .xlsb không đọc được. Hãy lưu lại thành .xlsx."),
    "file.ods": _l("Tệp .ods không đọc được. Hãy lưu lại thành .xlsx hoặc .csv (UTF-8)."),
    "file.macros": _l(
        "Tệp có chứa macro nên không được nhận. Hãy lưu lại thành .xlsx (không có macro)."
    ),
    "file.not-a-table": _l("Đây không phải là tệp .xlsx hay .csv."),
    "file.damaged": _l("Tệp .xlsx bị hỏng. Hãy mở bằng Excel, lưu lại rồi tải lên lại."),
    "file.doctype": _l(
        "Tệp .xlsx chứa khai báo XML không an toàn mà Excel không bao giờ tạo ra, nên không được "
        "nhận."
    ),
    "file.too-many-entries": _l(
        "Tệp .xlsx gồm quá nhiều thành phần (hơn %(limit)s). Hãy chép riêng trang câu trả lời sang "
        "một tệp mới."
    ),
    "file.zip-bomb": _l(
        "Tệp phình ra gấp %(ratio)s lần khi giải nén, bất thường đối với một bảng câu trả lời, nên "
        "không được nhận."
    ),
    "file.too-large-unpacked": _l(
        "Tệp chiếm %(megabytes)s MB khi giải nén, quá lớn. Hãy tách thành nhiều tệp nhỏ hơn."
    ),
    "file.too-large": _l(
        "Bảng quá lớn để đọc. Hãy xóa các dòng, cột trống ở cuối trang, hoặc lưu thành .csv."
    ),
    "file.unreadable": _l(
        "Không đọc được tệp: bảng quá lớn hoặc bị hỏng. Hãy chép riêng trang câu trả lời sang một "
        "tệp mới, hoặc lưu thành .csv (UTF-8)."
    ),
    "file.too-many-errors": _l(
        "Hơn %(limit)s ô hiện lỗi công thức như #N/A. Hãy sửa công thức trước khi nhập."
    ),
    "file.too-many-columns": _l(
        "Tệp có %(count)s cột; nhiều nhất là %(limit)s. Hãy xóa các cột thừa."
    ),
    "file.too-many-rows": _l("Tệp có hơn %(limit)s dòng. Hãy tách thành nhiều tệp."),
    "file.no-sheet": _l("Tệp không có trang tính nào đang hiện."),
    "file.unknown-sheet": _l("Tệp không có trang “%(sheet)s”. Các trang hiện có: %(sheets)s."),
    "file.utf-16": _l(
        "Tệp văn bản mã hóa UTF-16. Hãy lưu lại trong Excel với loại “CSV UTF-8 (Comma delimited)”."
    ),
    "file.not-utf8": _l(
        "Tệp .csv không mã hóa theo UTF-8 nên chữ tiếng Việt sẽ sai. Hãy lưu lại trong Excel với "
        "loại “CSV UTF-8 (Comma delimited)”, hoặc tải lên tệp .xlsx."
    ),
    "file.legacy-encoding": _l(
        "Chữ trong tệp viết theo bảng mã cũ %(encoding)s, không phải Unicode. Hãy chuyển mã sang "
        "Unicode (ví dụ bằng công cụ của UniKey: Ctrl+Shift+F6), lưu lại rồi tải lên."
    ),
    "file.csv-broken": _l(
        "Từ dòng %(line)s, dấu ngoặc kép trong tệp .csv không khớp nên không tách được các ô. Hãy "
        "mở bằng Excel và lưu lại."
    ),
}

_COLUMNS = {
    "header.not-found": _l(
        "Không nhận ra dòng tiêu đề (đã xem dòng %(row)s). Mỗi cột cần có tiêu đề là mã hoặc nội "
        "dung câu hỏi; nếu không, hãy dùng tệp ánh xạ cột."
    ),
    "column.missing": _l("Thiếu cột “%(target)s”."),
    "column.not-found": _l("Không có cột “%(header)s” (dùng cho “%(target)s”)."),
    "column.heading-repeated": _l(
        "Tiêu đề “%(header)s” đứng trên nhiều cột (%(columns)s) nên không biết cột nào là "
        "“%(target)s”. Hãy đổi tên một cột, hoặc ghi chữ cái của cột, ví dụ “@F”."
    ),
    "column.contested": _l(
        "Nhiều cột (%(columns)s) đều có thể là “%(target)s”. Hãy đổi tên hoặc xóa các cột thừa, "
        "hoặc chọn cột trong ánh xạ."
    ),
    "column.also-fixed": _l("“%(target)s” vừa có cột vừa được cho một giá trị chung."),
    "column.both-forms": _l(
        "“%(target)s” vừa có một cột chung vừa có cột riêng cho từng phương án; chỉ giữ một cách."
    ),
}

_CELLS = {
    "field.required": _l("Ô trống; bắt buộc phải có."),
    "cell.error": _l("Ô hiện lỗi công thức. Hãy sửa công thức hoặc nhập giá trị."),
    "row.beyond-headings": _l(
        "Ô nằm ngoài các cột có tiêu đề. Với tệp .csv, có thể một ô trước đó chứa dấu phân cách mà "
        "không đặt trong ngoặc kép."
    ),
    "answer.required": _l("Chưa có câu trả lời; câu này bắt buộc đối với người trả lời này."),
    "answer.not-an-option": _l("Không phải là một phương án trả lời. Nhận: %(options)s."),
    "answer.not-a-mark": _l("Không rõ có chọn hay không. Ghi 1 (chọn) hoặc 0, hoặc để trống."),
    "answer.not-a-number": _l("Không phải là số."),
    "answer.not-a-date": _l("Không phải là ngày có thật. Viết theo mẫu 25/11/2026."),
    "answer.out-of-range": _l("Ngoài khoảng cho phép."),
    "answer.too-low-or-high": _l("Phải từ %(minimum)s đến %(maximum)s."),
    "answer.too-low": _l("Phải từ %(minimum)s trở lên."),
    "answer.too-high": _l("Không được quá %(maximum)s."),
    "answer.too-long": _l("Dài quá %(max_length)s ký tự."),
    "answer.too-many": _l("Chỉ được một câu trả lời."),
    "answer.exclusive": _l("“%(option)s” không đi cùng phương án khác."),
    "answer.bad-character": _l(
        "Có ký tự điều khiển hoặc ký tự hỏng không lưu được. Hãy gõ lại ô này."
    ),
    "answer.wrong-type": _l("Không đúng kiểu dữ liệu."),
    "text.legacy-encoding": _l("Chữ viết theo bảng mã cũ, không phải Unicode."),
    "weight.not-a-number": _l("Trọng số phải là số, ví dụ 12,5 hoặc 12.5."),
    "weight.not-positive": _l("Trọng số phải lớn hơn 0 và hữu hạn."),
    "weight.ambiguous": _l(
        "Không rõ dấu phẩy hay dấu chấm là dấu thập phân. Hãy định dạng cột là số, hoặc chọn dấu "
        "thập phân khi nhập."
    ),
    "date.outside-round": _l("Ngày phải trong đợt khảo sát, từ %(first)s đến %(last)s."),
    "mode.unknown": _l("Không nhận ra hình thức trả lời. Nhận: %(modes)s."),
    "mode.not-of-round": _l("Đợt khảo sát không dùng hình thức này. Nhận: %(modes)s."),
    "commune.unknown": _l("Không có xã, phường, đặc khu này trong tỉnh vào thời gian khảo sát."),
    "centre.unknown": _l("Không có trung tâm này."),
    "counter.unknown": _l("Không có quầy này."),
    "field.unknown": _l("Không có lĩnh vực này."),
    "counter.of-other-centre": _l("Quầy này thuộc trung tâm %(centre)s."),
    "key.twice": _l("Mã phiếu này đã có ở dòng %(other)s."),
    "psu.in-other-stratum": _l(
        "Địa bàn mẫu này ở tầng “%(stratum)s” tại dòng %(other)s; một địa bàn chỉ thuộc một tầng. "
        "Nếu địa bàn được đánh số lại trong từng tầng, hãy chọn mục đó khi nhập."
    ),
    "psu.in-other-stratum-before": _l(
        "Trong các phiếu đã nhập trước, địa bàn mẫu này ở tầng “%(stratum)s”."
    ),
    "key.imported-before": _l(
        "Phiếu mang mã này đã được nhập trước đây với nội dung khác. Phiếu đã nhập không thay đổi "
        "được; hãy kiểm tra lại mã phiếu hoặc bỏ dòng này."
    ),
    "row.imported-before": _l(
        "Dòng này giống hệt một phiếu đã nhập. Tệp không có cột mã phiếu nên không biết đây có "
        "phải cùng một người không; hãy thêm cột mã phiếu hoặc bỏ các dòng đã nhập."
    ),
    "row.imported-without-key": _l(
        "Dòng này giống hệt một phiếu đã nhập từ tệp không có mã phiếu, nên có thể là cùng một "
        "người. Hãy bỏ dòng này, hoặc xác nhận các dòng giống nhau là của người khác khi nhập."
    ),
}

_MAPPING = {
    "mapping.too-large": _l("Tệp ánh xạ quá lớn."),
    "mapping.not-utf8": _l("Tệp ánh xạ phải là tệp văn bản mã hóa UTF-8."),
    "mapping.not-toml": _l("Tệp ánh xạ không đúng cú pháp TOML: %(detail)s"),
    "mapping.faults": _l("Tệp ánh xạ có lỗi:"),
    "mapping.unknown-key": _l("không có mục này"),
    "mapping.unknown-target": _l("không phải là mã câu hỏi hay tên trường"),
    "mapping.not-text": _l("phải là một chuỗi"),
    "mapping.not-a-list": _l("phải là danh sách các chuỗi"),
    "mapping.not-a-row": _l("phải là số thứ tự của một dòng"),
    "mapping.not-a-switch": _l("phải là true hoặc false"),
    "mapping.not-allowed": _l("giá trị không được phép"),
    "mapping.not-a-table": _l("phải là một bảng [ … ]"),
    "mapping.twice": _l("được nêu hai lần"),
}

_ROUND = {
    "round.unknown": _l("Không có đợt khảo sát mang mã %(round)s."),
    "round.not-sampled": _l(
        "Đợt %(round)s lấy ý kiến mở, không theo mẫu, nên không nhập phiếu điều tra vào được."
    ),
    "round.not-open": _l("Đợt %(round)s không ở trạng thái đang thu thập nên không nhập được nữa."),
}

_END = {
    "import.gave-up": _l(
        "Việc đọc tệp bị ngắt nhiều lần nên đã dừng lại. Chưa có gì được nhập. Hãy tải lên lại, "
        "hoặc tách thành tệp nhỏ hơn."
    ),
    "import.fault": _l(
        "Hệ thống gặp lỗi khi đọc tệp. Chưa có gì được nhập. Hãy báo cho người quản trị."
    ),
    "import.crossed": _l(
        "Một tệp khác vừa được nhập cùng lúc và xếp địa bàn mẫu %(psu)s vào tầng khác. Chưa có gì "
        "được nhập. Hãy nhập lại."
    ),
    "import.file-gone": _l("Không tìm thấy tệp đã tải lên. Hãy tải lên lại."),
}

REASONS = {**_FILE, **_COLUMNS, **_CELLS, **_MAPPING, **_ROUND, **_END}

ENCODINGS = {"tcvn3": "TCVN3 (ABC)", "vni": "VNI", "windows-1258": "Windows-1258"}

FIELD_NAMES = {
    "key": _l("Mã phiếu"),
    "stratum": _l("Tầng"),
    "psu": _l("Địa bàn mẫu (PSU)"),
    "base_weight": _l("Trọng số cơ sở"),
    "mode": _l("Hình thức trả lời"),
    "date": _l("Ngày trả lời"),
    "commune": _l("Xã, phường, đặc khu"),
    "centre": _l("Trung tâm"),
    "counter": _l("Quầy"),
    "field": _l("Lĩnh vực"),
}

_MOST_OPTIONS = 8


def refusal(code: str, context: Mapping[str, object]) -> str:
    """Say why a file, mapping or round is refused."""
    named = {key: _joined(value) for key, value in context.items()}
    if "encoding" in named:
        named["encoding"] = ENCODINGS.get(named["encoding"], named["encoding"])
    said = str(REASONS[code]) % named
    faults = context.get("faults")
    if isinstance(faults, tuple):
        said += " " + "; ".join(f"{place}: {REASONS[each]}" for place, each in faults) + "."
    return said


def reason(problem: CellProblem | ProblemGroup, instrument: Instrument, language: str) -> str:
    """Say what is wrong with a cell, a column or the file."""
    context: dict[str, object] = dict(problem.context)
    if problem.code == "answer.not-an-option" and "item" in context:
        context["options"] = _options(str(context["item"]), instrument, language)
    if problem.code == "answer.exclusive" and "item" in context:
        words = _wording(instrument, language)
        context["option"] = words.option(str(context["item"]), str(context["option"]))
    if "modes" in context:
        context["modes"] = [labels.mode(code) for code in str(context["modes"]).split(",")]
    if "target" in context:
        context["target"] = target_name(str(context["target"]), instrument, language)
    for day in ("first", "last"):
        if day in context:
            context[day] = format_date(date.fromisoformat(str(context[day])), "dd/MM/yyyy")
    return refusal(_with_bounds(problem.code, context), context)


def heading(problem: CellProblem | ProblemGroup, instrument: Instrument, language: str) -> str:
    """Name the column of a problem: its heading in the file, or what should be there."""
    header = problem.header
    # A bare code says little to most people.
    if header and (problem.column is None or header == problem.context.get("item")):
        return target_name(header, instrument, language)
    return header


def _with_bounds(code: str, context: Mapping[str, object]) -> str:
    if code != "answer.out-of-range":
        return code
    bounds = ("minimum" in context, "maximum" in context)
    return {
        (True, True): "answer.too-low-or-high",
        (True, False): "answer.too-low",
        (False, True): "answer.too-high",
    }.get(bounds, code)


def _options(item: str, instrument: Instrument, language: str) -> str:
    """List what an item takes: codes of a scale with their wording, else the wordings."""
    words = _wording(instrument, language)
    asked = instrument.item(item)
    written = [
        f"{code} ({words.option(item, code)})" if asked.scale else words.option(item, code)
        for code in asked.options
    ]
    more = ", …" if len(written) > _MOST_OPTIONS else ""
    return ", ".join(written[:_MOST_OPTIONS]) + more


def _wording(instrument: Instrument, language: str) -> Wording:
    return instrument.wording[
        language if language in instrument.wording else instrument.languages[0]
    ]


def target_name(written: str, instrument: Instrument, language: str) -> str:
    """Name what a column holds: a field, or an item by its code and wording."""
    target = target_of(written, instrument)
    if target is None:
        return written
    if target.kind == "field":
        return str(FIELD_NAMES[target.code])
    item = item_of(target, instrument)
    words = _wording(instrument, language)
    if target.option is not None:
        return f"{target.code}: {words.option(item, target.option)}"
    if target.code == item.other:
        return str(gettext("%(item)s: ý kiến khác", item=item.code))
    return f"{target.code} – {words.label(item)}"


def _joined(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
