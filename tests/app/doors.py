"""Every address of the program, with real things in it."""

from sqlalchemy import select

from app.models import (
    ClosedDossier,
    CodeOrder,
    ControlTotals,
    DossierUpload,
    Frame,
    FrameFile,
    ImportBatch,
    PaperBatch,
    PaperForm,
    PublicationRun,
    SamplePlan,
    ScreeningFinding,
    ScreeningRun,
    Snapshot,
    Unit,
    WeightRun,
    WeightSet,
)
from app.web import guards
from tests.app import builders
from tests.app.cases import samples

# What stands for each part of an address, so that pages about real things are asked for; a part
# that means several things has the blueprint before it.
VALUES = {
    "batch": 1,
    "campaign": "qn-2026",
    "centre": "hcc-06652",
    "code": "quay",
    "counter": "hg-05",
    "device": 1,
    "digest": "0",
    "domain": "06652",
    "draw": 1,
    "draw_id": 1,
    "file": 1,
    "finding": 1,
    "filename": "css/bootstrap.min.css",
    "form": "csv",
    "frame": "gom-tep",
    "frames.kind": "csv",
    "imports.kind": "csv",
    "kind": "commune",
    "language": "vi",
    "name": "office.css",
    "number": 1,
    "page": "rating",
    "reports.form": "pdf",
    "paper.form": 1,
    "plan_id": 1,
    "province": 1,
    "run": 1,
    "substitution": 1,
    "order": 1,
    "signer": 1,
    "token": "not-a-token",
    "upload": 1,
    "code_lists.code": "ma",
    "code_orders.code": "ma",
    "codes.code": "ma",
    "connections.token": 1,
    "controls.code": "mau-dossier",
    "weights.code": "mau-dossier",
}


def add_things(db):
    """Add one of each thing the office works on, in the province of the accounts of staff."""
    province = db.scalars(select(Unit).where(Unit.kind == "province")).one()
    commune = db.scalars(select(Unit).where(Unit.kind == "commune")).one()
    centre = builders.centre(db, commune)
    counter = builders.counter(db, centre, code="hg-05")
    campaign = builders.campaign(db, province)
    made = builders.open_round(db, campaign, "counter_2026", code="quay")
    own, foreign = ("commune", commune.code), ("commune", "00001")
    builders.publication(db, made, (("", ""), own, foreign))
    builders.add(
        db,
        PublicationRun(
            round_id=made.id, state="refused", started_by="x", created_at=builders.MADE_AT,
            failure={"code": "round.no-answers", "context": {"round": "quay"}},
        ),
    )  # fmt: skip
    _add_screening(db, made.id, centre.id)
    _add_paper(db, made.id, counter.id)
    draw = samples.sample(db, province)
    builders.add(
        db,
        SamplePlan(
            frame_id=draw.frame_id, name="Phương án A", choices={}, text=draw.plan_text,
            created_by="x", created_at=builders.MADE_AT, updated_at=builders.MADE_AT,
        ),
    )  # fmt: skip
    _add_frame(db, province)
    _add_codes(db, campaign, centre)
    _add_weights(db, draw.round_id)
    problem = {
        "row": 2,
        "column": "c1",
        "header": "c1",
        "value": "9",
        "problem": "row.imported-before",
    }
    builders.add(
        db,
        ImportBatch(
            round_id=made.id, file_name="a.csv", file_hash="x", mapping={}, state="rejected",
            problems=[problem], uploaded_by="x", created_at=builders.MADE_AT,
        ),
    )  # fmt: skip


def _add_codes(db, campaign, centre):
    """Add a round that invites by dossier, a list whose columns are asked for, and an order."""
    made = builders.sampled_round(
        db, campaign, "counter_2026", code="ma", per_dossier=True, opens_on=builders.LAST_DAY
    )
    head = {
        "sheet": None, "sheets": [], "first": 1, "last": 1, "guessed": {"key": 0}, "contested": {},
        "columns": [{"index": 0, "header": "Mã hồ sơ", "examples": ["H49-1"]}],
    }  # fmt: skip
    upload = builders.add(
        db,
        DossierUpload(
            round_id=made.id, channel="file", file_name="a.csv", file_hash="x",
            stored_name="0" * 32, columns={"head": head, "signature": "x"}, state="asking",
            uploaded_by="x", created_at=builders.MADE_AT,
        ),
    )  # fmt: skip
    builders.add(
        db,
        ClosedDossier(
            round_id=made.id, code="H49-1", centre_id=centre.id, closed_on=builders.FIRST_DAY,
            upload_id=upload.id,
        ),
    )  # fmt: skip
    builders.add(
        db,
        CodeOrder(
            round_id=made.id, kind="issue", scope={}, options={}, sender="slips", reason="x",
            asked_by="x", asked_at=builders.MADE_AT,
        ),
    )  # fmt: skip


def _add_paper(db, round_id, counter_id):
    """Add a pile of two paper forms."""
    pile = builders.add(
        db,
        PaperBatch(
            round_id=round_id, number=1, mode="paper", counter_id=counter_id, n_forms=2,
            created_by="x", created_at=builders.MADE_AT,
        ),
    )  # fmt: skip
    for number in (1, 2):
        builders.add(db, PaperForm(batch_id=pile.id, number=number))


def _add_screening(db, round_id, centre_id):
    """Add a screening with a finding, and one that waits."""
    for state in ("waiting", "made"):
        run = builders.add(
            db,
            ScreeningRun(
                round_id=round_id, state=state, started_by="x", created_at=builders.MADE_AT,
                finished_at=builders.MADE_AT, n_answers=90,
                basis={"min_n": 20, "n_without_centre": 0},
            ),
        )  # fmt: skip
    builders.add(
        db,
        ScreeningFinding(
            run_id=run.id, centre_id=centre_id, channel="web", indicator="burst", is_flagged=True,
            n=90, n_found=30, statistic=10.0, expected=3.0, p_value=1e-9, p_adjusted=1e-8,
            n_family=10, from_day=builders.FIRST_DAY, to_day=builders.FIRST_DAY, rate=0.9,
            rate_without=0.8, rate_without_surplus=0.85,
        ),
    )  # fmt: skip


def _add_frame(db, province):
    """Add a frame that is being gathered, with a file whose columns are asked for."""
    frame = builders.add(
        db,
        Frame(
            code="gom-tep", name="Hồ sơ 2026", kind="dossier", province_id=province.id,
            period_from=builders.FIRST_DAY, period_to=builders.FIRST_DAY,
            contacts_delete_on=builders.LAST_DAY, created_by="x", created_at=builders.MADE_AT,
        ),
    )  # fmt: skip
    head = {
        "sheet": None, "sheets": [], "first": 1, "last": 1, "guessed": {"key": 0}, "contested": {},
        "columns": [{"index": 0, "header": "Mã hồ sơ", "examples": ["H49-1"]}],
    }  # fmt: skip
    builders.add(
        db,
        FrameFile(
            id=1, frame_id=frame.id, file_name="a.csv", file_hash="x", stored_name="0" * 32,
            state="uploaded", header_signature="x", head=head, uploaded_by="x",
            created_at=builders.MADE_AT,
        ),
    )  # fmt: skip


def _add_weights(db, round_id):
    """Add control totals, a set of weights, and a run that was refused."""
    spread = {"n": 1, "smallest": 1.0, "largest": 1.0, "design_effect": 1.0, "effective_n": 1.0}
    picture = {"edges": [0.0, 1.0], "before": [1.0], "after": [1.0]}
    snapshot = builders.add(
        db,
        Snapshot(
            round_id=round_id, content_hash="sha256:x", file_name="x", n_rows=1,
            instrument_hash="x", code_version="1", made_at=builders.MADE_AT,
        ),
    )  # fmt: skip
    builders.add(
        db,
        ControlTotals(
            round_id=round_id, number=1, name="Theo lĩnh vực", source="frame", counted="list",
            columns=["place.field"], cells=[{"of": ["dat-dai"], "total": 7.0}], total=7.0,
            content_hash="sha256:x", made_by="x", made_at=builders.MADE_AT,
        ),
    )  # fmt: skip
    builders.add(
        db,
        WeightSet(
            round_id=round_id, number=1, snapshot_id=snapshot.id,
            recipe={"steps": [{"step": "unknown"}]}, recipe_hash="x", content_hash="sha256:x",
            file_name="x", steps=[], code_version="1", made_by="x", made_at=builders.MADE_AT,
            summary={
                "n": 1, "total": 1.0, "base": spread, "final": spread, "largest_by_mean": 1.0,
                "smallest_by_mean": 1.0, "histogram": picture, "rates": None,
            },
        ),
    )  # fmt: skip
    builders.add(
        db,
        WeightRun(
            round_id=round_id, state="refused", recipe={}, started_by="x",
            failure={"code": "weights.negative", "step": 1, "kind": "greg", "context": {"n": 3}},
            created_at=builders.MADE_AT,
        ),
    )  # fmt: skip


def doors(app):
    """Every address with a guard: guard, method, address with real things in it."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        blueprint = rule.endpoint.partition(".")[0]
        guard = guards.guard_of(blueprint)
        if guard is None:
            assert rule.endpoint == "static"
            continue
        values = {
            name: VALUES.get(f"{blueprint}.{name}") or VALUES[name] for name in rule.arguments
        }
        for method in sorted(rule.methods & {"GET", "POST"}):
            yield guard, method, adapter.build(rule.endpoint, values, method=method)
