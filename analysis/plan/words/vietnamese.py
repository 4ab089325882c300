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
    "missing-version": "kế hoạch phải bắt đầu bằng dòng: plan = {version}",
    "other-version": "plan = {found}: chương trình này đọc phiên bản {version}.",
    "missing-section": "thiếu phần [{section}].",
    "single-brackets": "hãy viết [[{section}]] với hai dấu ngoặc vuông: phần này có thể lặp lại.",
    # Khóa và giá trị
    "csv-ragged": (
        "hàng {row} của «{file}» có {found} ô, dòng tiêu đề có {wanted}: {text} – có phải dấu "
        "phân cách hoặc dấu thập phân khác, hay tệp bị cắt?"
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
    "missing-design-cell": "cột «{column}» trống ở hàng {row}; mỗi hàng phải có chỗ trong mẫu.",
    "missing-weight": (
        "cột «{column}» trống ở hàng {row}. Hàng không được tính thì cho trọng số 0, ví dụ bằng "
        '[[derive]] expression = "COALESCE({column}, 0)".'
    ),
    "missing-fpc": "cột «{column}» trống ở hàng {row}.",
    "fpc-mixed": (
        "lẫn lộn tỷ lệ dưới 1 và số lượng trên 1 (hàng {row}); hãy cho tất cả là số lượng hoặc tất "
        "cả là tỷ lệ của tổng thể."
    ),
    "fpc-table-without-strata": "bảng số lượng cần có «strata» ở cùng giai đoạn.",
    "fpc-without-stratum": "bảng không có «{stratum}» của cột «{column}».",
    # Tệp
    "no-file": "không có tệp «{file}».{did_you_mean}",
    "unknown-ending": (
        "không nhận ra định dạng của «{file}» qua đuôi tệp; hãy ghi format = "
        '"csv", "parquet", "sav" hoặc "dta". Nếu là tệp Excel, trước hết hãy lưu thành CSV UTF-8.'
    ),
    "file-unreadable": "không đọc được «{file}» theo dạng {format}: {reason}.",
    "file-empty": "tệp «{file}» trống.",
    "no-rows": "tệp có cột nhưng không có hàng nào.",
    "csv-broken": "không đọc được «{file}» theo dạng CSV: {reason}",
    "other-separator": (
        "«{file}» chỉ có một cột, «{header}»: có lẽ các cột cách nhau bằng «{meant}»; "
        'hãy ghi separator = "{meant}".'
    ),
    "not-utf8": (
        '«{file}» không phải UTF-8; hãy ghi bảng mã, ví dụ encoding = "windows-1258" (tiếng Việt) '
        'hoặc "windows-1252", hoặc lưu lại dạng UTF-8.'
    ),
    "not-this-encoding": "«{file}» không theo bảng mã {encoding}.",
    "unknown-encoding": "không có bảng mã «{encoding}».",
    "column-twice": "«{file}» có hai cột cùng tên «{column}».",
    "column-not-in-file": "«{file}» không có cột «{column}» như các tệp khác.",
    "round-column-exists": (
        'tệp đã có cột «{column}»; hãy đặt tên khác cho cột đợt khảo sát: round = "…".'
    ),
    "types-differ": "cột «{column}» là chữ trong tệp này, là số trong tệp kia.",
    "column-type": "cột «{column}» chứa {type}, kế hoạch không dùng được.",
    # Cột
    "unknown-column": "không có cột «{column}».{did_you_mean} Các cột: {known}.",
    "quote-column": (
        'không có cột «{column}»; trong SQL, tên có dấu chấm phải đặt trong nháy kép: "{meant}".'
    ),
    "cell-not-number": "cột «{column}» phải là số, nhưng hàng {row} ghi «{cell}».",
    "not-numbers": (
        "cột «{column}» phải là số, nhưng hàng {row} ghi «{cell}». Nếu đó là câu bỏ trống, hãy "
        "thêm vào «missing» trong [data]; nếu là số, hãy bỏ các dấu như % và dùng dấu thập phân đã "
        "khai trong [data]."
    ),
    "text-of-numbers": (
        "cột «{column}» phải là số, nhưng đang là chữ (có số 0 đứng đầu, hoặc quá nhiều chữ số). "
        'Nếu là số, hãy ghi types = {{ {column} = "number" }} trong [data].'
    ),
    "almost-numbers": (
        "cột «{column}» phần lớn là số, nhưng hàng {row} ghi «{cell}». Nếu đó là câu bỏ trống, hãy "
        "thêm vào «missing» trong [data]; nếu là số, hãy bỏ các dấu như % và dùng dấu thập phân đã "
        "khai trong [data]; nếu cả cột là mã, hãy ghi "
        'types = {{ {column} = "category" }}.'
    ),
    "infinite-number": (
        "hàng {row} của cột «{column}» là số vô hạn, như khi chia cho 0; hãy chia cho NULLIF(x, 0) "
        "để ô đó trống."
    ),
    "not-categories": (
        "cột «{column}» là số chứ không phải mã (không nguyên, hoặc có hơn {most} số khác nhau). "
        'Hãy cho «categories», hoặc ghi types = {{ {column} = "category" }}.'
    ),
    "no-such-category": "cột «{column}» không có nhóm «{category}».{listed}",
    # SQL
    "bad-sql": (
        "«{expression}» không phải biểu thức SQL: {reason}. Chữ đặt trong nháy đơn; tên cột có dấu "
        "cách hoặc dấu chấm đặt trong nháy kép."
    ),
    "sql-fails": "không tính được «{expression}»: {reason}",
    "not-a-condition": "«{expression}» không phải điều kiện đúng hay sai; ví dụ: «q1 >= 4».",
    "nobody-inside": "không hàng nào thỏa «{expression}».",
    # Ước lượng và so sánh
    "no-domains": "không hàng nào có mã nhóm ở mọi cột: {columns}.",
    "too-many-domains": (
        "{found} nhóm là quá {most}; phải chăng một cột trong «by» không phải là mã nhóm?"
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
        "domain = {{ {column} = … }}."
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
    "missing-replicate": "trọng số lặp «{column}» trống ở hàng {row}.",
    "missing-probability": "cột «{column}» trống ở hàng {row}.",
    "bad-probability-cell": (
        "hàng {row} của cột «{column}» ghi {cell}; xác suất phải lớn hơn 0 và không quá 1."
    ),
    "rscales-count": "có {found} «rscales» nhưng có {wanted} mẫu lặp.",
    "joint-shape": "bảng xác suất kép có {shape} số, nhưng mẫu có {psus} PSU.",
    "joint-names-repeat": "tên PSU lặp lại giữa các tầng: hãy cho xác suất kép dạng bảng vuông.",
    "joint-unknown-psu": "bảng xác suất kép nêu «{psu}», không phải PSU của mẫu.",
    "joint-refused": "xác suất kép của «{first}» và «{second}», {joint}, không thể đúng: {what}.",
    "missing-in-step": (
        "cột «{column}» trống ở hàng {row}; bước này cần đủ mọi hàng (hoặc mọi hàng của «where»)."
    ),
    "not-zero-or-one": (
        "cột «{column}» phải là 1 (trả lời), 0 (không trả lời) hoặc trống (không hỏi); hàng {row} "
        "ghi {cell}."
    ),
    "needs-intercept": "mô hình xác suất trả lời phải giữ hằng số.",
    "total-missing": "thiếu tổng cho: {total}.",
    "total-unknown": "tổng «{total}» không thuộc số hạng nào.{did_you_mean}{listed}",
    "totals-depth": "«{cell}» có {found} nhóm, nhưng các cột là: {columns}.",
    "totals-row-incomplete": "hàng {row} của bảng tổng bị thiếu.",
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
    "category": "mã nhóm",
    "categories": "danh sách mã nhóm",
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
    "type": "loại",
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
    "plan-advice": "Bản khởi đầu: sửa những gì máy đoán, rồi chạy  python -m analysis run TỆP_NÀY",
    "no-weight": "Không thấy cột trọng số: mỗi người tính như nhau.",
    "lonely-advice": "cho tầng chỉ có một đơn vị; xem tài liệu",
    "replicates-advice": "Các cột này giống trọng số lặp; chúng được tạo bằng phương pháp nào?",
    "column-of-numbers": "số",
    "column-of-codes": "mã",
    # Around every sentence
    "place": "{plan}, dòng {line} ({place}): ",
    "place-line": "{plan}, dòng {line}: ",
    "unknown-fault": "không tính được: {code} ({details}).",
    "meant": " Có phải «{meant}»?",
    "listed": " Có thể dùng: {known}.",
}
