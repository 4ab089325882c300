"""Những gì có thể sai trong tệp cách tính."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, str]] = {
    "method.amount-or-second-node": "phép trừ cần số trừ (amount) hoặc nút thứ hai",
    "method.bad-top": "số mức cao nhất được tính phải từ 1 trở lên và ít hơn tổng số mức",
    "method.bad-weights": "trọng số phải đủ cho các nút, không âm và không cùng bằng 0",
    "method.cycle": "nút được tạo thành từ chính nó",
    "method.duplicate": "tên bị ghi hai lần",
    "method.empty-range": "hai đầu của khoảng trùng nhau hoặc ngược thứ tự",
    "method.item-without-numbers": "câu hỏi không có mã là số",
    "method.item-without-range": "thang đo của câu hỏi không có hai mã khác nhau",
    "method.item-without-satisfied": "[[scales]] chưa nói mã nào của câu hỏi được tính là hài lòng",
    "method.knots-not-ascending": "các điểm gãy phải theo thứ tự tăng dần",
    "method.missing": "thiếu khóa này",
    "method.negative-error": "sai số chuẩn không được âm",
    "method.not-a-list-of-numbers": "ở đây phải là danh sách số",
    "method.not-a-list-of-texts": "ở đây phải là danh sách chuỗi ký tự",
    "method.not-a-number": "ở đây phải là số",
    "method.not-a-table": "ở đây phải là bảng",
    "method.not-a-text": "ở đây phải là chuỗi ký tự",
    "method.not-an-option": "từ này không dùng được ở đây",
    "method.not-knots": "điểm gãy là các cặp số [[x, y], …]",
    "method.not-toml": "tệp không đúng dạng TOML",
    "method.not-true-or-false": "ở đây phải là true hoặc false",
    "method.outside-ends": "giá trị nằm ngoài hai đầu đã ghi",
    "method.unknown-item": "không có [[scales]] nào nêu câu hỏi này",
    "method.unknown-key": "không có khóa này ở đây",
    "method.unknown-node": "không có nút này",
    "method.unknown-operation": (
        "phép tính phải là một trong: pooled_top_box, mean_top_box, all_items_top_box, "
        "top_box, option_share, mean_score, scaled_mean, sum, mean, weighted_mean, "
        "linear_points, piecewise_points, min_max, deduct, change, cap, floor, given"
    ),
    "method.unknown-option": "câu hỏi không có phương án này",
    "method.wrong-count": "quá ít hoặc quá nhiều",
}
