"""The simulated rows behind the examples of docs/analysis-plan.md.

    python -m tests.analysis.plan.make_examples

Nobody ever gave these answers: a fixed seed did.
"""

from __future__ import annotations

import csv
import io
from itertools import product
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parents[3] / "docs" / "examples"
COMMUNES = {"rural": (40, 4), "upland": (12, 2), "urban": (10, 2)}
"""Communes there are and communes drawn, by area."""

VILLAGES_DRAWN = 2
PEOPLE_DRAWN = 6
SIZES = {"small": 5, "middle": 9, "large": 16}


def written(rows):
    """Write rows as CSV text; nothing for None."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def villages():
    """Yield the drawn villages with what they were drawn from, the same in both years."""
    rng = np.random.default_rng(7)
    number = 0
    for area, (n_communes, drawn) in COMMUNES.items():
        for c in range(drawn):
            number += 1
            n_villages = int(rng.integers(4, 9))
            for v in range(VILLAGES_DRAWN):
                yield {
                    "area": area,
                    "pair": f"{area}{c // 2 + 1}",
                    "commune": f"C{number:02d}",
                    "village": f"V{v + 1}",
                    "n_communes": n_communes,
                    "n_villages": n_villages,
                    "n_people": int(rng.integers(60, 200)),
                }


def drawn(year):
    """Return everybody who was drawn in a year, with the outcome."""
    rng = np.random.default_rng(year)
    rows = []
    taste = {}
    for place in villages():
        liking = taste.setdefault(place["commune"], rng.normal(0, 0.5))
        for _ in range(PEOPLE_DRAWN):
            shares = COMMUNES[place["area"]]
            weight = (
                shares[0]
                / shares[1]
                * place["n_villages"]
                / VILLAGES_DRAWN
                * place["n_people"]
                / PEOPLE_DRAWN
            )
            status = str(
                rng.choice(
                    ["respondent", "refused", "unknown", "ineligible"], p=[0.7, 0.18, 0.07, 0.05]
                )
            )
            sex = str(rng.choice(["female", "male"]))
            age = int(rng.integers(18, 85))
            better = liking + 0.1 * (year - 2025) + 0.004 * (age - 50)
            answers = {
                f"q{k}": int(np.clip(np.rint(rng.normal(3.5 + better, 1.1)), 1, 5))
                if rng.random() > 0.06
                else None
                for k in (1, 2, 3)
            }
            visits = int(rng.integers(1, 6))
            rows.append(
                {
                    **place,
                    "person": len(rows) + 1,
                    "w": round(weight, 6),
                    "sex": sex,
                    "age": age,
                    "age_group": "18-39" if age < 40 else "40-59" if age < 60 else "60+",
                    "status": status,
                    "responded": {"respondent": 1, "refused": 0}.get(status),
                    **answers,
                    "visits": visits,
                    "on_time": int(rng.binomial(visits, 0.7)),
                    "minutes": round(float(rng.gamma(2.0, 15 - better)), 1),
                    "online": int(rng.random() < 0.3),
                }
            )
    return rows


ANSWERS = ("q1", "q2", "q3", "visits", "on_time", "minutes", "online")


def drawn_rows(year):
    """Return the whole sample: answers of respondents only."""
    return [
        row if row["status"] == "respondent" else row | dict.fromkeys(ANSWERS)
        for row in drawn(year)
    ]


def respondents(year):
    """Return those who answered, as if everybody drawn had."""
    left_out = {"status", "responded"}
    return [{k: v for k, v in row.items() if k not in left_out} for row in drawn(year)]


def with_replicates():
    """Return the respondents of 2026 with jackknife weights, one for each commune."""
    rows = respondents(2026)
    communes = sorted({row["commune"] for row in rows})
    pairs = {row["commune"]: row["pair"] for row in rows}
    for row in rows:
        for k, left_out in enumerate(communes, start=1):
            factor = 0.0 if row["commune"] == left_out else 1.0
            if pairs[left_out] == row["pair"] and factor:
                factor = 2.0
            row[f"rw{k}"] = round(row["w"] * factor, 6)
    return rows


def offices():
    """Return six of fourteen offices, drawn with probabilities by size."""
    rng = np.random.default_rng(11)
    sizes = np.sort(rng.integers(8, 60, 14)).astype(float)
    p = 6 * sizes / sizes.sum()
    chosen = np.sort(rng.choice(14, 6, replace=False, p=sizes / sizes.sum()))
    rows = []
    for office in chosen:
        staff = int(sizes[office])
        rows.append(
            {
                "office": f"O{office + 1:02d}",
                "staff": staff,
                "p": round(float(p[office]), 6),
                "cases": int(rng.poisson(22 * staff)),
                "late": int(rng.poisson(3 * staff)),
            }
        )
    return rows


def joint_probabilities(rows):
    """Approximate joint probabilities as Hartley and Rao do, as a square table."""
    p = [row["p"] for row in rows]
    names = [row["office"] for row in rows]
    n, q = len(p), float(np.mean(p))
    table = {}
    for i, j in product(range(n), repeat=2):
        both = p[i] * p[j] * (n - 1) / (n - p[i] - p[j] + q)
        table[names[i], names[j]] = round(p[i] if i == j else both, 9)
    return [{b: table[a, b] for b in names} for a in names]


def population():
    """Return how many adults there are by area and sex."""
    adults = {"rural": 41_000, "upland": 9_000, "urban": 16_000}
    shares = {"female": 0.52, "male": 0.48}
    return [
        {"area": area, "sex": sex, "total": round(n * share)}
        for (area, n), (sex, share) in product(adults.items(), shares.items())
    ]


METHOD = """\
code = "example"
version = "1"
instrument = "example"
index = "overall"
components = ["access", "results"]

[nodes.access]
title = { vi = "Tiếp cận dịch vụ", en = "Access" }
operation = "pooled_top_box"
items = ["q1", "q2"]

[nodes.results]
title = { vi = "Kết quả", en = "Results" }
operation = "top_box"
items = ["q3"]

[nodes.overall]
title = { vi = "Chung", en = "Overall" }
operation = "weighted_mean"
of = ["access", "results"]
weights = [2, 1]
"""

README = """\
Simulated: made by a program (tests/analysis/plan/make_examples.py), never answered by anybody.
The files are those of the examples in docs/analysis-plan.md.
"""


def files():
    """Return every file by its name."""
    return {
        "README.txt": README,
        "people_2025.csv": written(respondents(2025)),
        "people_2026.csv": written(respondents(2026)),
        "drawn_2026.csv": written(drawn_rows(2026)),
        "people_replicates.csv": written(with_replicates()),
        "offices.csv": written(offices()),
        "joint.csv": written(joint_probabilities(offices())),
        "population.csv": written(population()),
        "method.toml": METHOD,
    }


def main():
    """Write the files."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
