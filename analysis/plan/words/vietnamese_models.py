"""Câu tiếng Việt về mô hình và kiểm định."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FAULTS: Final[Mapping[str, str]] = {
    "unknown-model": "không có mô hình «{name}».{did_you_mean}{listed}",
    "response-among-terms": "«{name}» tự giải thích chính nó: hãy bỏ khỏi danh sách biến.",
    "not-a-term": "«{name}» không nằm trong các biến của mô hình.",
    "two-groups": "chỉ so sánh hai nhóm; ở đây nêu {found} nhóm.",
    "model.bad-term": "biến «{term}{terms}» không dùng được ở đây. {reason}",
    "model.unknown-column": "mô hình không có cột «{column}».",
    "model.unknown-level": "cột «{column}» không có nhóm «{level}».{did_you_mean}{listed}",
    "model.reference-of-numbers": (
        "cột «{column}» chứa số nên không có nhóm «{level}» để so sánh; nếu đó là mã, hãy ghi "
        'types = {{ {column:key} = "category" }} trong [data].'
    ),
    "model.one-level": (
        "cột «{column}» chỉ có một nhóm («{level}») trong các hàng được dùng: hãy bỏ cột này."
    ),
    "model.aliased": "các cột sau trùng ý nghĩa với cột khác, hãy bỏ: {columns}.",
    "model.bad-response": (
        "cột «{column}» không hợp với mô hình {kind}: {reason}{value}{levels}. Mô hình linear cần "
        "số; logistic cần 0 và 1 hoặc hai nhóm; poisson cần số đếm; ordinal cần từ ba nhóm có thứ "
        "tự."
    ),
    "model.not-converged": (
        "không ước lượng được mô hình: {coefficients} tăng không giới hạn. Có nhóm luôn luôn, hoặc "
        "không bao giờ, trả lời như nhau; hãy bỏ biến đó hoặc gộp nhóm."
    ),
    "test.one-category": "bảng chỉ có một nhóm ở «{side}»: không có gì để so sánh.",
    "test.too-many-cells": (
        "{rows} × {columns} nhóm là quá nhiều cho một bảng (tối đa {most} ô): hãy gộp các nhóm "
        "bằng [[derive]]."
    ),
    "test.groups": "cần hai nhóm; yêu cầu: {groups}, hiện có: {found}.",
}

WORDS: Final[Mapping[str, str]] = {
    "compared": "ước lượng của kiểm định t",
    "estimate": "giá trị",
    "level": "độ tin cậy",
    "term": "biến",
    "terms": "danh sách biến",
    "coefficients": "hệ số",
    "margins": "giá trị dự báo trung bình",
    "differences": "chênh lệch dự báo",
    "tests-of-terms": "kiểm định từng biến",
    "test": "kiểm định",
    "F": "F",
    "df_numerator": "bậc tự do 1",
    "df_denominator": "bậc tự do 2",
    "test-statistic": "thống kê",
    "of-column": "phần trăm trong từng cột",
    "together": "chung",
    "model-linear": "hồi quy tuyến tính",
    "model-logistic": "hồi quy logistic",
    "model-poisson": "hồi quy Poisson",
    "model-ordinal": "hồi quy thứ bậc",
    "doing-model": "Đang ước lượng mô hình",
    "doing-test": "Đang kiểm định",
}
