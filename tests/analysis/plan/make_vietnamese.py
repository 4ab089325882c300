"""The simulated survey behind docs/analysis-plan.vi.md, as Excel in Vietnamese writes it.

    python -m tests.analysis.plan.make_vietnamese

Nobody ever gave these answers: a fixed seed did.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parents[3] / "docs" / "examples" / "vi"
COMMUNES = {"Đô thị": (10, 4), "Nông thôn": (30, 8), "Miền núi": (12, 4)}
"""Communes there are and communes drawn, by area."""

VILLAGES_DRAWN = 2
PEOPLE_DRAWN = 8
LEVEL = {"Đô thị": 4.2, "Nông thôn": 4.15, "Miền núi": 3.8}
OUTCOMES = {"Hoàn thành": 0.8, "Từ chối": 0.08, "Không gặp": 0.08, "Không thuộc đối tượng": 0.04}
QUESTIONS = 6
NOT_KNOWN = "9"


def written(rows):
    """Write rows as CSV: semicolons, decimal commas, nothing for None."""
    lines = [";".join(rows[0])]
    for row in rows:
        cells = ["" if cell is None else str(cell) for cell in row.values()]
        lines.append(";".join(cells))
    return "\n".join(lines) + "\n"


def with_comma(number):
    """Write a number with a decimal comma."""
    return f"{number:.2f}".replace(".", ",")


def places():
    """Yield the drawn villages, the same in both years."""
    rng = np.random.default_rng(19)
    commune = 0
    for area, (there, drawn) in COMMUNES.items():
        for _ in range(drawn):
            commune += 1
            n_villages, liking = int(rng.integers(5, 10)), rng.normal(0, 0.25)
            for village in range(VILLAGES_DRAWN):
                people = int(rng.integers(200, 600))
                weight = there / drawn * n_villages / VILLAGES_DRAWN * people / PEOPLE_DRAWN
                yield (
                    liking + rng.normal(0, 0.15),
                    {
                        "vung": area,
                        "ma_xa": f"{commune * 37 + 100:05d}",
                        "thon": f"T{village + 1}",
                        "so_xa": there,
                        "so_thon": n_villages,
                        "so_nguoi": people,
                        "trong_so": with_comma(weight),
                    },
                )


def survey(year):
    """Return everybody who was drawn in a year, with the outcome and the answers."""
    rng = np.random.default_rng(year)
    rows = []
    for liking, place in places():
        for _ in range(PEOPLE_DRAWN):
            outcome = str(rng.choice(list(OUTCOMES), p=list(OUTCOMES.values())))
            person = {
                **place,
                "ket_qua": outcome,
                "gioi_tinh": str(rng.choice(["Nam", "Nữ"])),
                "nhom_tuoi": str(rng.choice(["18-34", "35-49", "50-60", "Trên 60"])),
            }
            mood = LEVEL[place["vung"]] + liking + rng.normal(0, 0.5) + 0.1 * (year - 2025)
            answers = {}
            for k in range(1, QUESTIONS + 1):
                level = int(np.clip(np.rint(mood + rng.normal(0, 0.6)), 1, 5))
                answers[f"c{k}"] = NOT_KNOWN if rng.random() < 0.04 else str(level)
            answers["so_lan"] = str(1 + rng.poisson(0.8))
            answers["phut_cho"] = with_comma(rng.gamma(2.0, 12.0))
            if outcome != "Hoàn thành":
                answers = dict.fromkeys(answers)
            rows.append(person | answers)
    return rows


def population():
    """Return how many adults there are by area and sex."""
    adults = {"Đô thị": 31_000, "Nông thôn": 82_000, "Miền núi": 29_000}
    shares = {"Nam": 0.49, "Nữ": 0.51}
    return [
        {"vung": area, "gioi_tinh": sex, "tong": round(n * share)}
        for (area, n), (sex, share) in product(adults.items(), shares.items())
    ]


METHOD = """\
code = "hai_long"
version = "2026"
instrument = "phieu_2026"
index = "chung"
components = ["tiep_can", "thu_tuc", "cong_chuc"]

[nodes.tiep_can]
title = { vi = "Tiếp cận dịch vụ", en = "Access to services" }
operation = "pooled_top_box"
items = ["c1", "c2"]

[nodes.thu_tuc]
title = { vi = "Thủ tục hành chính", en = "Procedures" }
operation = "pooled_top_box"
items = ["c3", "c4"]

[nodes.cong_chuc]
title = { vi = "Công chức", en = "Officials" }
operation = "pooled_top_box"
items = ["c5", "c6"]

[nodes.chung]
title = { vi = "Mức độ hài lòng chung", en = "Overall satisfaction" }
operation = "mean"
of = ["tiep_can", "thu_tuc", "cong_chuc"]
bands = { A = 0.9, B = 0.8, C = 0.7, D = 0 }
"""

README = """\
Số liệu mô phỏng do chương trình tạo ra (tests/analysis/plan/make_vietnamese.py), không của ai cả.
Dùng cho các ví dụ trong docs/analysis-plan.vi.md.
"""


def files():
    """Return every file by its name."""
    return {
        "README.txt": README,
        "khao_sat_2025.csv": written(survey(2025)),
        "khao_sat_2026.csv": written(survey(2026)),
        "dan_so.csv": written(population()),
        "cach_tinh.toml": METHOD,
    }


def main():
    """Write the files."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
