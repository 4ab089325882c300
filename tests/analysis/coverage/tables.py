"""The tables of the pages about coverage, made from the simulation.

``python -m tests.analysis.coverage`` writes them between the markers of the
pages; a slow test compares.
"""

import math
import re
from pathlib import Path

import numpy as np

from tests.analysis.coverage.simulation import (
    BETA_BOUNDED,
    DEFAULT,
    METHODS,
    R_CONFINT,
    VARIANTS,
    simulate_all,
    simulate_harder,
    simulate_spread_out,
)
from tests.analysis.coverage.weighting import (
    BOOTSTRAP,
    BRR,
    FIELDWORKS,
    JKN,
    JKN_FIXED,
    NAIVE,
    POSTSTRATIFIED,
    RAKED,
    RESIDUALS,
    UNADJUSTED,
    study_replicates,
    study_weighting,
)

ROOT = Path(__file__).parents[3]
PAGES = (ROOT / "docs/coverage.md", ROOT / "docs/statistics.md")
MARKED = re.compile(r"(<!-- simulated: ([\w-]+) -->\n)((?:\|.*\n)*)")

NAMES = tuple(method.value for method in METHODS if method.value != "xlogit")
"""``xlogit`` is ``logit`` wherever variances are linearised; a test holds them together."""
ALL_NAMES = NAMES + VARIANTS


def percent(share):
    """Percent with one decimal; nothing where there is no number."""
    return "" if math.isnan(share) else f"{100 * share:.1f}"


def table(head, rows):
    """Lines of a table; the first column holds names, the others numbers."""
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def place(outcome):
    """First cells of a row: which situation it is about."""
    n = outcome.column("n").mean()
    return [outcome.situation.name, f"{n:.0f}", percent(outcome.share), f"{outcome.icc}"]


ADJUSTMENTS = (UNADJUSTED, RAKED, POSTSTRATIFIED)
PLACE = ["who", "n", "share", "ICC"]


def summary():
    """Worst of every kind of interval over the situations."""
    outcomes = simulate_all()
    rows = []
    for name in ALL_NAMES:
        found = [(one.situation.has_many_psus, one.coverage(name)) for one in outcomes]
        usual = [one.coverage(DEFAULT.value).width for one in outcomes]
        width = [coverage.width for _, coverage in found]
        rows.append(
            [
                name,
                percent(min(c.covered for is_many, c in found if is_many)),
                percent(min(c.covered for is_many, c in found if not is_many)),
                percent(float(np.mean([c.covered for _, c in found]))),
                percent(max(c.low_above for _, c in found)),
                percent(max(c.high_below for _, c in found)),
                f"{math.exp(np.mean(np.log(width) - np.log(usual))):.2f}",
            ]
        )
    head = ["interval", "lowest, many PSUs", "lowest, few PSUs", "mean", "low end above the truth"]
    return table([*head, "high end below", f"width, {DEFAULT.value} = 1"], rows)


def covered(names, outcomes):
    """Coverage in every situation."""
    rows = [
        [*place(one), *(percent(one.coverage(name).covered) for name in names)] for one in outcomes
    ]
    return table([*PLACE, *names], rows)


def harder():
    """Coverage where it fails, and with people spread over more PSUs."""
    outcomes = (*simulate_harder(), *simulate_spread_out())
    return covered((*NAMES, BETA_BOUNDED, R_CONFINT), outcomes)


def misses():
    """Both one-sided misses in every situation."""
    rows = []
    for one in simulate_all():
        found = [one.coverage(name) for name in NAMES]
        both = [f"{percent(c.low_above)} / {percent(c.high_below)}" for c in found]
        rows.append([*place(one), *both])
    return table([*PLACE, *NAMES], rows)


def widths():
    """Mean width, and how often an interval is missing or a substitute."""
    rows = []
    for one in simulate_all():
        found = [one.coverage(name) for name in NAMES]
        missing = percent(found[0].missing)
        flat = percent(float(one.column("is_flat").mean()))
        rows.append([*place(one), *(percent(c.width) for c in found), flat, missing])
    return table([*PLACE, *NAMES, "nothing varies", "no df"], rows)


def published():
    """Coverage of the default among the figures that today's rules let through."""
    rows = []
    for one in simulate_all():
        among = one.column("is_published")
        coverage = one.coverage(DEFAULT.value, among)
        whole = one.coverage(DEFAULT.value)
        cells = [float(among.mean()), whole.covered, coverage.covered, coverage.low_above]
        rows.append([*place(one), *(percent(cell) for cell in cells)])
    head = ["published", "covered, all", "covered, published", "of them low end above"]
    return table([*PLACE, *head], rows)


def ratio(study, kind):
    """Estimated over true spread; nothing where a kind was not made."""
    return f"{study.ratio(kind):.3f}" if kind in study.errors else ""


def weighting():
    """Standard errors after weighting, beside the spread of the estimates."""
    rows = []
    for adjustment in ADJUSTMENTS:
        for name, study in study_weighting(adjustment).items():
            found = [ratio(study, kind) for kind in (RESIDUALS, NAIVE)]
            rows.append([f"{adjustment}: {name}", f"{study.bias:.2f}", *found])
    return table(["weights and estimate", "bias", RESIDUALS, NAIVE], rows)


def replicates():
    """Standard errors from replicates over linearised ones."""
    kinds = (JKN, BOOTSTRAP, BRR, JKN_FIXED)
    studies = {name: study_replicates(fieldwork) for name, fieldwork in FIELDWORKS.items()}
    for adjustment in (RAKED, POSTSTRATIFIED):
        for name, study in study_weighting(adjustment, is_replicated=True).items():
            studies[f"{adjustment}: {name}"] = study
    rows = [
        [name, *(f"{one.against(k, RESIDUALS):.3f}" if k in one.errors else "" for k in kinds)]
        for name, one in studies.items()
    ]
    return table(["design or weights", *kinds], rows)


TABLES = {
    "summary": summary,
    "coverage": lambda: covered(NAMES, simulate_all()),
    "variants": lambda: covered((DEFAULT.value, *VARIANTS), simulate_all()),
    "harder": harder,
    "misses": misses,
    "widths": widths,
    "published": published,
    "weighting": weighting,
    "replicates": replicates,
}


def write():
    """Put freshly made tables into the pages."""
    for page in PAGES:
        text = page.read_text()
        page.write_text(MARKED.sub(lambda found: found[1] + TABLES[found[2]](), text))


def printed():
    """Return the tables as the pages have them: page, name, text."""
    return [
        (page.name, name, rows)
        for page in PAGES
        for _, name, rows in MARKED.findall(page.read_text())
    ]


def cells(rows):
    """Split a table into cells, numbers apart from words."""
    return [
        float(cell) if re.fullmatch(r"-?[\d.]+", cell) else cell
        for line in rows.splitlines()
        for part in line.strip("| ").split("|")
        for cell in re.split(r"\s+/\s+|\s{2,}", part.strip())
    ]
