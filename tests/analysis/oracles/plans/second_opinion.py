"""What the package svy says where R's survey has no function.

    python -m venv /tmp/second && /tmp/second/bin/pip install svy==0.35.0
    /tmp/second/bin/python second_opinion.py FOLDER

Reads ``*.csv``, writes ``second_opinion.json``. Not part of ``run.sh``: svy is
never installed with this project.
"""

import json
import platform
import sys
from importlib.metadata import version
from pathlib import Path

import polars as pl
from svy import Design, Sample


class Record:
    """Figures, one by one."""

    def __init__(self):
        self.cases = []

    def add(self, plan, name, field, value, **labels):
        figure = {"section": "estimates", "name": name, **labels, "field": field}
        domain = ",".join(f"{k}={v}" for k, v in labels.pop("domain", {}).items())
        parts = ["svy", plan.removesuffix(".toml"), name, *labels.values(), domain, field]
        self.cases.append(
            {"id": "|".join(parts), "plan": plan, "figure": figure, "value": float(value)}
        )

    def estimate(self, plan, name, row, fields=("value", "standard_error", "df"), **labels):
        names = {"value": "est", "standard_error": "se", "df": "df", "low": "lci", "high": "uci"}
        for field in fields:
            self.add(plan, name, field, row[names[field]], **labels)


def chains(record, folder):
    """Unknown eligibility and nonresponse by class, which R leaves to the user."""
    drawn = pl.read_csv(folder / "satisfaction.csv").with_columns(
        happy=(pl.col("q1") >= 4).cast(pl.Float64)
    )
    sample = Sample(drawn, Design(stratum="area", psu="commune", wgt="w"))
    statuses = {"in": "ineligible", "uk": "unknown"}
    reached = sample.weighting.adjust(
        "status",
        cells=["area"],
        resp_mapping={"rr": ["respondent", "refused"], **statuses},
        respondents_only=False,
        wgt_name="w1",
    )
    answered = reached.weighting.adjust(
        "status",
        cells=["area", "sex"],
        resp_mapping={"rr": "respondent", "nr": "refused", **statuses},
        wgt_name="w2",
    )
    plan, fields = "chain_by_class_alone.toml", ("value", "standard_error", "df", "low", "high")
    happy = answered.estimation.mean("happy", drop_nulls=True).to_dicts()[0]
    record.estimate(plan, "happy", happy, fields, variable="happy")
    visits = answered.estimation.total("visits", drop_nulls=True).to_dicts()[0]
    record.estimate(plan, "visits", visits, fields, variable="visits")
    in_time = answered.estimation.ratio("in_time", "visits", drop_nulls=True).to_dicts()[0]
    record.estimate(plan, "in_time", in_time, fields)
    for row in answered.estimation.mean("happy", by="area", drop_nulls=True).to_dicts():
        labels = {"variable": "happy", "domain": {"area": row["by_level"][0]}}
        record.estimate(plan, "happy_by", row, ("value", "standard_error"), **labels)


def correlations(record, folder):
    """R has no correlation with a standard error; the R script linearises it by hand."""
    schools = pl.read_csv(folder / "apistrat.csv")
    sample = Sample(schools, Design(stratum="stype", wgt="pw", pop_size="fpc"))
    plan = "moments_stratified.toml"
    row = sample.estimation.corr(["api00", "api99"]).to_dicts()[0]
    record.estimate(plan, "correlation", row)
    people = pl.read_csv(folder / "people_2026.csv").with_columns(
        pl.col("q1", "q2").cast(pl.Float64)
    )
    communes = Sample(people, Design(stratum="area", psu="commune", wgt="w"))
    row = communes.estimation.corr(["q1", "q2"], drop_nulls=True).to_dicts()[0]
    record.estimate("moments_people.toml", "correlation", row)


def main(folder):
    """Write all figures."""
    record = Record()
    chains(record, folder)
    correlations(record, folder)
    versions = {"python": platform.python_version(), "svy": version("svy")}
    lines = ",\n".join(json.dumps(case) for case in record.cases)
    text = f'{{"versions": {json.dumps(versions)},\n"cases": [\n{lines}\n]}}\n'
    (folder / "second_opinion.json").write_text(text, encoding="utf-8")
    sys.stdout.write(f"second_opinion : {len(record.cases)} figures\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
