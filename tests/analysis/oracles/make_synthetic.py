"""A satisfaction survey nobody answered, with everything that makes one awkward.

Strata of unequal size, two stages, unequal weights, answers missing at random,
service items asked only of people with experience, "no opinion" answers, a unit
that lies in one PSU, a rare group absent from most PSUs, a group in which
everybody is satisfied. A second survey has strata with a single PSU.

Usage: python make_synthetic.py FOLDER
"""

import csv
import sys
from pathlib import Path

import numpy as np

ITEMS = {
    "access": ("access_1", "access_2", "access_3"),
    "officials": ("officials_1", "officials_2", "officials_3", "officials_4"),
    "feedback": ("feedback_1", "feedback_2"),
}


def answer(rng, leaning):
    """Draw a code from 1 to 5; 9 is "no opinion", None is no answer."""
    if rng.random() < 0.06:
        return None
    if rng.random() < 0.04:
        return 9
    return int(np.clip(np.round(3.9 + leaning + rng.normal(0, 0.9)), 1, 5))


def respondent(rng, stratum, psu, leaning, weight):
    group = "rare" if psu % 7 == 3 and rng.random() < 0.3 else "usual"
    happy = rng.random() < 0.04
    row = {
        "stratum": f"S{stratum}",
        "psu": f"P{psu}",
        "base_weight": repr(float(weight)),
        "unit": f"U{stratum}{psu % 3}" if (stratum, psu) != (1, 0) else "alone",
        "sex": rng.choice(["female", "male"]),
        "group": "happy" if happy else group,
    }
    experienced = rng.random() < 0.35
    own = leaning + rng.normal(0, 0.3)
    for component, items in ITEMS.items():
        for item in items:
            asked = component != "feedback" or experienced
            row[item] = (5 if happy else answer(rng, own)) if asked else None
    return row


def survey(seed, psus_of_strata):
    rng = np.random.default_rng(seed)
    for stratum, n_psu in enumerate(psus_of_strata, start=1):
        for psu in range(n_psu):
            leaning = rng.normal(0, 0.35)
            base = rng.uniform(20, 90)
            for _ in range(rng.integers(5, 13)):
                yield respondent(rng, stratum, psu, leaning, base * rng.uniform(0.8, 1.25))


def main(folder):
    for name, seed, psus in (
        ("synthetic", 20240829, (6, 9, 2, 12, 7)),
        ("lonely", 20240830, (5, 1, 6, 1)),
    ):
        rows = list(survey(seed, psus))
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as handle:
            writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
