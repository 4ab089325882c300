"""Câu tiếng Việt về tệp số liệu và các cột."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FAULTS: Final[Mapping[str, str]] = {
    # Tệp
    "no-file": "không có tệp «{file}».{did_you_mean}",
    "unknown-ending": (
        "không nhận ra định dạng của «{file}» qua đuôi tệp; hãy ghi format = "
        '"csv", "parquet", "sav" hoặc "dta". Nếu là tệp Excel, trước hết hãy lưu thành CSV UTF-8.'
    ),
    "file-unreadable": "không đọc được «{file}» theo dạng {format}: {reason}.",
    "file-empty": "tệp «{file}» trống.",
    "no-room-for-rows": (
        "phần này cần giữ từng hàng trong bộ nhớ: {rows:n} hàng chiếm khoảng {needed:n} GB, còn "
        "trống {free:n} GB. Nếu bỏ phần này, kế hoạch tính được từ các tổng; nếu "
        "không, hãy đọc ít cột hơn hoặc dùng máy lớn hơn."
    ),
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
    "unknown-column-sql": (
        "không có cột «{column}».{did_you_mean} Nếu đó là chữ chứ không phải tên cột, hãy đặt "
        "trong nháy đơn: '{column}'. Các cột: {known}."
    ),
    "quote-column": (
        'không có cột «{column}»; trong SQL, tên có dấu chấm phải đặt trong nháy kép: "{meant}".'
    ),
    "cell-not-number": "cột «{column}» phải là số, nhưng {row} ghi «{cell}».",
    "not-numbers": (
        "cột «{column}» phải là số, nhưng {row} ghi «{cell}». Nếu đó là câu bỏ trống, hãy "
        "thêm vào «missing» trong [data]; nếu là số, hãy bỏ các dấu như % và dùng dấu thập phân đã "
        "khai trong [data]."
    ),
    "text-of-numbers": (
        "cột «{column}» phải là số, nhưng đang là chữ (có số 0 đứng đầu, hoặc quá nhiều chữ số). "
        'Nếu là số, hãy ghi types = {{ {column:key} = "number" }} trong [data].'
    ),
    "almost-numbers": (
        "cột «{column}» phần lớn là số, nhưng {row} ghi «{cell}». Nếu đó là câu bỏ trống, hãy "
        "thêm vào «missing» trong [data]; nếu là số, hãy bỏ các dấu như % và dùng dấu thập phân đã "
        "khai trong [data]; nếu cả cột là mã, hãy ghi "
        'types = {{ {column:key} = "category" }}.'
    ),
    "cells-without-value": (
        "cột «{column}» có {cell} lẫn giữa các số, ở {n:n} hàng (hàng dữ liệu {rows}; đầu tiên là "
        "{row}), như khi chia cho 0 hoặc công thức lỗi để lại. Hãy sửa, hoặc thêm {cell} vào "
        "«missing» trong [data]."
    ),
    "infinite-number": (
        "cột «{column}» là số vô hạn ở {n:n} hàng, đầu tiên là {row}, như khi chia cho 0; hãy chia "
        "cho NULLIF(x, 0) để ô đó trống."
    ),
    "not-categories": (
        "cột «{column}» là số chứ không phải mã (không nguyên, hoặc có hơn {most} số khác nhau). "
        'Hãy cho «categories», hoặc ghi types = {{ {column:key} = "category" }}.'
    ),
    "no-such-category": "cột «{column}» không có nhóm «{category}».{listed}",
    # Những gì đáng ngờ trong tệp
    "hollow-rows": (
        "{n:n} hàng cuối, từ {row}, gần như trống: phải chăng là dòng tổng hoặc ghi chú? Hãy xóa "
        "khỏi tệp."
    ),
    "rows-repeated": (
        "{n:n} hàng giống hệt một hàng trước ở mọi cột, đầu tiên là {row}: phải chăng nhập hai "
        "lần? Mỗi phiếu nên có số riêng."
    ),
    "odd-cells": (
        "cột «{column}» phần lớn là số, nhưng {n:n} ô không phải số: {cell}; đầu tiên ở {row}. Hãy "
        "sửa trong tệp."
    ),
    "word-among-numbers": (
        "«{cell}» nằm giữa các số ở {n:n} cột ({columns}); kế hoạch dưới đây coi đó là không trả "
        "lời, xem «missing»."
    ),
    "codes-typed-twice": (
        "cột «{column}» có những nhóm chỉ khác nhau ở dấu cách, chữ hoa hoặc số 0: {cell}. Hãy "
        "viết thống nhất trong tệp, hoặc bằng [[derive]] với TRIM, LOWER, UPPER."
    ),
}
