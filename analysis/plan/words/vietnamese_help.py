"""Dòng lệnh bằng tiếng Việt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, str]] = {
    "help-usage": "cách dùng:",
    "help-positional arguments": "tham số",
    "help-options": "tùy chọn",
    "help-help": "hiện phần trợ giúp này rồi thoát",
    "help-program": (
        "Phân tích số liệu khảo sát: xem tệp có gì, kiểm tra kế hoạch, tính kết quả.\n"
        "Kế hoạch là tệp văn bản (TOML) ghi rõ cần ước lượng gì từ những hàng nào;\n"
        "xem hướng dẫn ở docs/analysis-plan.vi.md."
    ),
    "help-examples": (
        "ví dụ:\n"
        "  python -m analysis describe tra_loi.csv --plan ke_hoach.toml --lang vi\n"
        "  python -m analysis check ke_hoach.toml --lang vi\n"
        "  python -m analysis run ke_hoach.toml --out ket_qua.json --out ket_qua.csv --lang vi"
    ),
    "help-commands": "lệnh",
    "help-describe": "cho biết tệp có gì và viết một kế hoạch để bắt đầu",
    "help-check": "cho biết kế hoạch sai ở đâu, chưa tính gì",
    "help-run": "tính theo kế hoạch, in bảng và ghi kết quả",
    "help-lang": "ngôn ngữ: vi hoặc en; nếu không ghi thì theo biến môi trường LANG",
    "help-FILE": "TỆP",
    "help-file": "tệp số liệu: .csv, .parquet, .sav hoặc .dta",
    "help-begin": "nơi ghi kế hoạch; nếu không có thì in ra màn hình",
    "help-plan": "tệp kế hoạch",
    "help-out": ("nơi ghi kết quả với đủ chữ số: .json, .csv hoặc .parquet;\ncó thể ghi nhiều lần"),
    "help-weights": "nơi ghi trọng số của mọi hàng: .csv hoặc .parquet",
    "help-quiet": "không in bảng",
    "arguments-missing": "còn thiếu: {names}. Thêm --help để xem cần gì.",
    "argument-choice": "{name}: không có lựa chọn {value}; hãy chọn: {known}.",
    "argument-value": "{name} cần có giá trị đi sau.",
    "arguments-unknown": "không hiểu: {names}. Thêm --help để xem có những gì.",
}
