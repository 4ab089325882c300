"""What R is told of the demo's weights: the cases without answers, margins and classes."""

import csv
import io
import json

from sqlalchemy import select

from app.demo import province
from app.models import CaseFile, ControlTotals, Response, Round, WeightSet
from app.queries import domains
from app.services.weighting import store

COLUMNS = ("stratum", "weight", "status", "field", "commune_kind")


def cases_csv(db, settings):
    """Write the frozen cases as they are, in their order."""
    found = db.scalars(select(CaseFile)).one()
    table = store.read(found.file_name, found.content_hash, settings.var_dir).table
    assert table["case.factor"].unique().to_list() == [1.0]
    rows = table.select(
        "design.stratum", "weight.base", "case.status", "place.field", "place.commune_kind"
    )
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows.iter_rows())
    return file.getvalue()


def told(db):
    """Say margins, classes of nonresponse, and the kind of every commune."""
    made = db.scalars(select(WeightSet)).one()
    margins = {
        row.columns[0].removeprefix("place."): {cell["of"][0]: cell["total"] for cell in row.cells}
        for row in db.scalars(select(ControlTotals))
    }
    (step,) = [step for step in made.steps if step["step"] == "nonresponse"]
    strata = sorted(set(db.scalars(select(Response.stratum))))
    class_of = {stratum: stratum for stratum in strata}
    for group in step["merged"]:
        for (stratum,) in group:
            class_of[stratum] = "+".join(name for (name,) in group)
    round_ = db.scalars(select(Round).where(Round.code == province.SAMPLE_ROUND)).one()
    kinds = domains.places(db, round_.opens_on, round_.closes_on).commune_kind
    return {
        "minimum": 20,
        "class_of": class_of,
        "field": margins["field"],
        "kind": margins["commune_kind"],
        "commune_kind": kinds,
    }


def told_json(db):
    """The same as it is stored."""
    return json.dumps(told(db), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
