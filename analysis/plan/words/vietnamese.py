"""Câu tiếng Việt về kế hoạch phân tích và tệp số liệu."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FAULTS: Final[Mapping[str, str]] = {
    # Tệp kế hoạch
    "no-plan-file": "không đọc được kế hoạch «{file}»: {reason}.",
    "plan-not-utf8": "kế hoạch không phải văn bản UTF-8; hãy lưu lại dạng UTF-8.",
    "not-toml": (
        "không đúng cú pháp TOML: {reason}. Chữ phải đặt trong dấu nháy thẳng, mỗi khóa chỉ viết "
        "một lần."
    ),
    "curly-quotes": 'chữ phải đặt trong dấu nháy thẳng: "…", không phải “…”.',
    "key-needs-quotes": (
        "tên có dấu cách hoặc dấu tiếng Việt phải đặt trong dấu nháy kép, cả khi đứng trước dấu "
        "bằng: "
        '"Nữ" = 2'
    ),
    "decimal-comma": "số trong kế hoạch dùng dấu chấm thập phân: 0.95, không phải 0,95.",
    "missing-version": "kế hoạch phải bắt đầu bằng dòng: plan = {version}",
    "other-version": "plan = {found}: chương trình này đọc phiên bản {version}.",
    "missing-section": "thiếu phần [{section}].",
    "single-brackets": "hãy viết [[{section}]] với hai dấu ngoặc vuông: phần này có thể lặp lại.",
    # Khóa và giá trị
    "csv-ragged": (
        "{row}: có {found} ô, dòng tiêu đề có {wanted}: {text} – có phải dấu phân cách hoặc dấu "
        "thập phân khác, hay tệp bị cắt?"
    ),
    "unknown-key": "không có khóa «{key}» ở đây.{listed}",
    "unknown-key-near": "không có khóa «{key}» ở đây.{did_you_mean}",
    "key-of-other-kind": "khóa «{key}» không dùng với «{kind}»; khóa này thuộc: {others}.",
    "missing-key": "thiếu khóa «{key}».",
    "missing-choice": "thiếu khóa «{key}».{listed}",
    "wrong-type": "ở đây cần {expected}, nhưng lại là {found}.",
    "empty-text": "chữ để trống.",
    "empty-table": "bảng để trống.",
    "list-too-short": "cần ít nhất {least}, hiện có {found}.",
    "repeated": "«{value}» bị viết hai lần.",
    "not-finite": "{value} không phải số tính được.",
    "out-of-range": "{value} nằm ngoài khoảng {low} đến {high}.",
    "unknown-choice": "«{value}» không dùng được ở đây.{did_you_mean}{listed}",
    "name-twice": "tên «{name}» đã dùng ở dòng {first}.",
    "one-of-keys": "cần một trong các khóa: {keys}.",
    "keys-exclude": "không thể vừa có «{one}» vừa có «{other}».",
    "key-needs-key": "«{key}» không có nghĩa khi thiếu «{needed}».",
    "bad-separator": "dấu phân cách «{value}» không phải một ký tự phân cách được các cột.",
    "separator-is-decimal": (
        "«{value}» không thể vừa phân cách cột vừa là dấu thập phân; "
        'với decimal = "," hãy ghi separator = ";".'
    ),
    # Thiết kế mẫu
    "design-without-weight": (
        "không có trọng số: hãy cho «weight», hoặc «fpc» ở mọi giai đoạn (trọng số suy ra từ đó)."
    ),
    "stages-without-clusters": (
        "có {stages} giai đoạn, nhưng chỉ giai đoạn cuối được thiếu «clusters»."
    ),
    "too-many-stages": "nhiều nhất {most} giai đoạn.",
    "missing-design-cell": (
        "cột «{column}» trống ở {n:n} hàng, đầu tiên là {row}; mỗi hàng phải có chỗ trong mẫu. "
        "Hàng tổng cộng hoặc hàng ghi chú ở cuối danh sách thì hãy xóa khỏi tệp."
    ),
    "missing-weight": (
        "cột «{column}» trống ở {n:n} hàng, đầu tiên là {row}. Hàng không được tính thì cho trọng "
        "số "
        "0, ví dụ bằng [[derive]] expression = 'COALESCE({column:sql}, 0)'."
    ),
    "missing-fpc": "cột «{column}» trống ở {n:n} hàng, đầu tiên là {row}.",
    "fpc-mixed": (
        "lẫn lộn tỷ lệ dưới 1 và số lượng trên 1 ({row}); hãy cho tất cả là số lượng hoặc tất "
        "cả là tỷ lệ của tổng thể."
    ),
    "fpc-table-without-strata": "bảng số lượng cần có «strata» ở cùng giai đoạn.",
    "fpc-without-stratum": "bảng không có «{stratum}» của cột «{column}».",
    # SQL
    "bad-sql": (
        "«{expression}» không phải biểu thức SQL: {reason}. Chữ đặt trong nháy đơn; tên cột có dấu "
        "cách hoặc dấu chấm đặt trong nháy kép."
    ),
    "sql-fails": "không tính được «{expression}»: {reason}",
    "not-a-condition": "«{expression}» không phải điều kiện đúng hay sai; ví dụ: «q1 >= 4».",
    "nobody-inside": "không hàng nào thỏa «{expression}».",
    # Ước lượng và so sánh
    "no-domains": "không hàng nào có nhóm ở mọi cột: {columns}.",
    "too-many-domains": (
        "{found:n} nhóm là quá {most:n}; phải chăng một cột trong «by» không phải là nhóm?"
    ),
    "contrast-form": (
        "hãy chọn một cách: «inputs» với «expression»; «estimate» với «difference»; «estimate» với "
        "«against»."
    ),
    "no-such-estimate": "không có ước lượng «{name}».{did_you_mean}{listed}",
    "bad-formula": (
        "«{part}» không được có trong công thức; chỉ dùng số, tên đầu vào, + - * / ** và "
        "{functions}."
    ),
    "no-such-input": "công thức dùng «{name}», không có trong «inputs».{did_you_mean}{listed}",
    "unused-input": "đầu vào «{name}» không có trong công thức.",
    "domain-incomplete": (
        "ước lượng «{estimate}» chia theo «{column}»; hãy ghi nhóm nào: "
        "domain = {{ {column:key} = … }}."
    ),
    "not-a-domain": "ước lượng «{estimate}» không chia theo «{column}».{listed}",
    "difference-of-two": "hiệu là giữa hai nhóm, ở đây có {found}.",
    "difference-axes": "hai nhóm phải nêu cùng các cột.",
    "input-ambiguous": "hãy ghi «{key}» nào của ước lượng «{name}»: {known}.",
    "no-such-figure": "không có «{wanted}».{listed}",
    "nothing-to-compare": "không còn hai số nào để so sánh.",
    "formula-without-value": "«{formula}» không có giá trị (chia cho 0, log của số âm).",
    # Kết quả
    "unknown-output": "«{file}» phải có một trong các đuôi: {known}.",
    "no-folder": "không có thư mục «{folder}».",
    "file-exists": "đã có tệp «{file}».",
    "cannot-write": "không ghi được «{file}»: {reason}.",
    "fpc-with-probability": (
        'khi chọn với xác suất không đều, giai đoạn một không có «fpc»: hãy ghi "", vì đã có '
        "«probability»."
    ),
    "jkn-needs-rscales": (
        "jackknife theo tầng cần «rscales»: (n − 1) / n của tầng mà mỗi mẫu lặp bỏ một PSU; riêng "
        "trọng số không cho biết."
    ),
    "key-needed-with": "«{value}» cần có «{key}».",
    "key-only-with": "«{key}» chỉ dùng với: {needed}.",
    "missing-replicate": "trọng số lặp «{column}» trống ở {n:n} hàng, đầu tiên là {row}.",
    "missing-probability": "cột «{column}» trống ở {n:n} hàng, đầu tiên là {row}.",
    "bad-probability-cell": (
        "cột «{column}» ghi {cell:n} ở {row}; xác suất phải lớn hơn 0 và không quá 1."
    ),
    "rscales-count": "có {found} «rscales» nhưng có {wanted} mẫu lặp.",
    "joint-shape": "bảng xác suất kép có {shape} số, nhưng mẫu có {psus} PSU.",
    "joint-names-repeat": "tên PSU lặp lại giữa các tầng: hãy cho xác suất kép dạng bảng vuông.",
    "joint-unknown-psu": "bảng xác suất kép nêu «{psu}», không phải PSU của mẫu.",
    "joint-refused": "xác suất kép của «{first}» và «{second}», {joint}, không thể đúng: {what}.",
    "missing-in-step": (
        "cột «{column}» trống ở {n:n} hàng, đầu tiên là {row}; bước này cần đủ mọi hàng (hoặc mọi "
        "hàng của «where»)."
    ),
    "not-zero-or-one": (
        "cột «{column}» phải là 1 (trả lời), 0 (không trả lời) hoặc trống (không hỏi); {row} "
        "ghi {cell:n}."
    ),
    "needs-intercept": "mô hình xác suất trả lời phải giữ hằng số.",
    "total-missing": "thiếu tổng cho: {total}.",
    "total-unknown": "tổng «{total}» không thuộc số hạng nào.{did_you_mean}{listed}",
    "totals-depth": "«{cell}» có {found} nhóm, nhưng các cột là: {columns}.",
    "totals-row-incomplete": "bảng tổng thiếu ô ở {row}.",
    "shares-of-rounds": "hãy cho tỷ trọng của từng đợt: {known}.",
    "two-numbers": "cần hai số, cận dưới và cận trên; hiện có {found}.",
    "lower-not-below-upper": "cận dưới {lower} không nhỏ hơn cận trên {upper}.",
    "trim-without-bounds": "hãy cho «lower», «upper» hoặc «quantiles».",
    "scale-form": (
        'với to = "population" hãy cho «total» (một số) hoặc «totals» (theo nhóm của «within»); '
        'với to = "sample" thì không cho.'
    ),
    "known-or-unknown": (
        "hãy cho hoặc «known» hoặc «unknown»: các giá trị của «{status}» nói điều đó."
    ),
    "method-fault": "tệp cách tính «{file}» sai ở «{where}»: {what}. Đang ghi: «{value}»",
    "codes-differ-by-zeros": (
        "«{first}» và «{second}» của cột «{column}» chỉ khác nhau ở số 0 đứng đầu ({n:n} mã như "
        "vậy), như khi Excel coi mã là số; thiết kế sẽ tính một đơn vị thành hai. Hãy ghi "
        'types = {{ {column:key} = "number" }} trong [data], hoặc [[derive]] name = "{column}", '
        'expression = """LPAD({column:sql}, {width}, \'0\')""".'
    ),
    "codes-alike": (
        "«{first}» và «{second}» của cột «{column}» chỉ khác nhau ở số 0 đứng đầu, dấu cách, chữ "
        "hoa hoặc «.0» ({n:n} mã như vậy); thiết kế sẽ tính một đơn vị thành hai. Hãy viết thống "
        "nhất, ví dụ bằng "
        "[[derive]] name = \"{column}\", expression = 'UPPER(TRIM({column:sql}))'."
    ),
    "rounds-share-none": (
        "hai đợt «{first}» và «{second}» không có PSU nào chung. Mã tầng và mã cụm có viết giống "
        "nhau "
        'không? Nếu PSU được chọn lại từ đầu, hãy bỏ rounds = "overlapping".'
    ),
    "answers-off-scale": (
        "cột «{column}» có {n:n} câu trả lời không thuộc thang đo: {answers}; đầu tiên ở {row}. "
        "Thang đo gồm {codes}; not_rated: {not_rated}. Hãy thêm các mã đó vào «not_rated» (không "
        "đánh giá), hoặc để trống bằng «no_answer» trong [data]."
    ),
    "scale-of-numbers": (
        "cột «{column}» là chữ, nhưng thang đo là số; hãy ghi "
        'types = {{ {column:key} = "number" }} trong [data].'
    ),
    "not-on-scale": "«{answer}» không thuộc các mã {codes}.",
    "replicate-interval": 'interval = "replicates" cần [design.replicates].',
    "no-clusters-for-icc": "tương quan nội lớp cần «clusters» trong [design].",
}

WORDS: Final[Mapping[str, str]] = {
    "flag": "true hoặc false",
    "list": "danh sách",
    "table": "bảng { … }",
    "text": "chữ",
    "number": "số",
    "whole number": "số nguyên",
    "column": "tên cột",
    "column or number": "tên cột hoặc một số",
    "columns": "tên cột hoặc danh sách tên cột",
    "category": "nhóm",
    "categories": "danh sách nhóm",
    "date": "ngày",
    "path": "đường dẫn",
    "paths": "danh sách đường dẫn",
    "texts": "danh sách chữ",
    "list of tables": "danh sách bảng [ { … }, … ]",
    "list of two tables": "danh sách hai bảng [ { … }, { … } ]",
    "formula": "công thức dạng chữ",
    # Màn hình
    "n": "n",
    "rows": "số hàng",
    "n_strata": "số tầng",
    "n_psu": "số PSU",
    "df": "bậc tự do",
    "sum_of_weights": "tổng trọng số",
    "value": "giá trị",
    "standard_error": "sai số chuẩn",
    "low": "cận dưới",
    "high": "cận trên",
    "design_effect": "deff",
    "statistic": "t",
    "p_value": "p",
    "variable": "biến",
    "quantile": "phân vị",
    "node": "nút",
    "title": "tên",
    "measure": "mức",
    "measure-satisfied": "hài lòng",
    "measure-neutral": "bình thường",
    "measure-dissatisfied": "không hài lòng",
    "measure-value": "giá trị",
    "band": "xếp loại",
    "version": "phiên bản",
    "percentage-points": "điểm phần trăm",
    "more-alike": "… và {n} ghi chú tương tự.",
    "more-rows": "… còn {n} hàng nữa: xem trong tệp ghi bằng --out.",
    "count": "số đơn vị",
    "total": "tổng",
    "mean": "trung bình",
    "proportion": "tỷ lệ",
    "ratio": "tỷ số",
    "contrast": "so sánh",
    "plan-in-order": (
        "Kế hoạch dùng được: {n} hàng, {n_strata} tầng, {n_psu} PSU, {df} bậc tự do."
    ),
    "doing-reading": "Đang đọc số liệu",
    "doing-estimate": "Đang ước lượng",
    "doing-contrast": "Đang so sánh",
    "weights": "trọng số",
    "step": "bước",
    "with_weight": "có trọng số",
    "sum_before": "tổng trước",
    "sum_after": "tổng sau",
    "factor": "hệ số",
    "kish_effect": "deff Kish",
    "kish_n": "n Kish",
    "totals-met": "Lệch lớn nhất so với {n} tổng: trước {before}, sau {after}.",
    "iterations": "Số vòng lặp: {n}.",
    "doing-weights": "Đang điều chỉnh trọng số",
    "standard-deviation": "độ lệch chuẩn",
    "variance": "phương sai",
    "covariance": "hiệp phương sai",
    "correlation": "tương quan",
    "icc": "tương quan nội lớp",
    "index": "chỉ số",
    "file-size": "{file}: {rows} hàng, {columns} cột",
    "column-name": "cột",
    "type": "kiểu",
    "missing": "trống",
    "distinct": "khác nhau",
    "values": "giá trị",
    "guess": "có thể là",
    "label": "nhãn",
    "numbers": "số",
    "role-weight": "trọng số",
    "role-stratum": "tầng",
    "role-cluster": "cụm",
    "role-population": "số đơn vị tổng thể",
    "role-replicate": "trọng số lặp",
    "look-at": "Cần xem lại:",
    "plan-advice": "Bản khởi đầu: sửa những gì máy đoán, rồi chạy  python -m analysis run TỆP_NÀY",
    "no-weight": "Không thấy cột trọng số: mỗi người tính như nhau.",
    "stages-advice": "nếu cột thứ hai được chọn trong cột thứ nhất",
    "lonely-advice": "cho tầng chỉ có một đơn vị; xem tài liệu",
    "no-answer-advice": "nếu các mã này nghĩa là không trả lời",
    "scales-advice": "Để tính chỉ số: thang đo của các câu hỏi này và tệp cách tính; xem tài liệu",
    "replicates-advice": "Các cột này giống trọng số lặp; chúng được tạo bằng phương pháp nào?",
    "column-of-numbers": "số",
    "column-of-codes": "nhóm",
    "whole-sample": "gồm mọi hàng (không phân tầng)",
    # Những gì hệ điều hành nói
    "No such file or directory": "không có tệp hoặc thư mục này",
    "Permission denied": "không có quyền",
    "Is a directory": "đây là thư mục",
    "No space left on device": "hết chỗ trên đĩa",
    # Những gì bộ đọc TOML nói
    "Invalid value": "giá trị không đúng",
    "Invalid statement": "câu lệnh không đúng",
    "Expected '=' after a key in a key/value pair": "sau khóa phải là dấu bằng",
    "Expected newline or end of document after a statement": "thừa chữ sau giá trị",
    "Expected ']' at the end of a table declaration": "thiếu dấu ] ở cuối tên phần",
    "Expected ']]' at the end of an array declaration": "thiếu dấu ]] ở cuối tên phần",
    "Cannot overwrite a value": "khóa bị ghi hai lần",
    "Unclosed array": "thiếu dấu ] cuối danh sách",
    "Unclosed inline table": "thiếu dấu } cuối bảng",
    "Unterminated string": "thiếu dấu nháy cuối chữ",
    "Invalid initial character for a key part": "tên khóa không đúng",
    # Around every sentence
    "row-of-data": "hàng dữ liệu {row}",
    "row-of-file": "hàng dữ liệu {row} của «{file}»",
    "line-of-file": "dòng {line} của «{file}» (hàng dữ liệu {row})",
    "line-and-sheet-row": (
        "dòng {line} của «{file}» (hàng {sheet_row} trong Excel, hàng dữ liệu {row})"
    ),
    "place": "{plan}, dòng {line} ({place}): ",
    "place-line": "{plan}, dòng {line}: ",
    "unknown-fault": "không tính được: {code} ({details}).",
    "meant": " Có phải «{meant}»?",
    "listed": " Có thể dùng: {known}.",
}
