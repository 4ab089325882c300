"""Tables, and nothing else: rules live in services, reads across tables in queries."""

from app.models.audit import AuditEntry
from app.models.base import Base
from app.models.campaigns import Campaign, Round, RoundTarget
from app.models.channels import (
    KioskDevice,
    KioskHold,
    PaperBatch,
    PaperDifference,
    PaperEntry,
    PaperForm,
    PosterLogo,
)
from app.models.codes import (
    ClosedDossier,
    CodeOrder,
    CodeWeek,
    DossierSigner,
    DossierUpload,
    IntegrationToken,
)
from app.models.draws import Draw, SamplePlan
from app.models.fieldwork import (
    CaseContact,
    CaseEvent,
    CaseSubstitution,
    FieldworkRule,
    SampleCase,
)
from app.models.findings import (
    PublishedChange,
    PublishedDriver,
    PublishedFinding,
    PublishedRank,
    PublishedVerdict,
)
from app.models.frames import Frame, FrameDecision, FrameFile, FrameMapping
from app.models.instruments import ConsentText, InstrumentVersion, MethodVersion
from app.models.people import Role, SignInFailure, Staff
from app.models.publication_runs import PublicationRun
from app.models.publications import Publication, PublishedEstimate, PublishedTally, Snapshot
from app.models.responses import Draft, FreeText, ImportBatch, ImportedRow, Invitation, Response
from app.models.screening import (
    LimitBucket,
    ScreeningDecision,
    ScreeningFinding,
    ScreeningRun,
)
from app.models.spool import MixRun, Spooled, SpoolKey
from app.models.units import (
    Counter,
    CounterAlias,
    Field,
    Procedure,
    ServiceCentre,
    Unit,
    UnitSuccession,
)
from app.models.weights import CaseFile, ControlTotals, WeightRun, WeightSet

__all__ = [
    "AuditEntry",
    "Base",
    "Campaign",
    "CaseContact",
    "CaseEvent",
    "CaseFile",
    "CaseSubstitution",
    "ClosedDossier",
    "CodeOrder",
    "CodeWeek",
    "ConsentText",
    "ControlTotals",
    "Counter",
    "CounterAlias",
    "DossierSigner",
    "DossierUpload",
    "Draft",
    "Draw",
    "Field",
    "FieldworkRule",
    "Frame",
    "FrameDecision",
    "FrameFile",
    "FrameMapping",
    "FreeText",
    "ImportBatch",
    "ImportedRow",
    "InstrumentVersion",
    "IntegrationToken",
    "Invitation",
    "KioskDevice",
    "KioskHold",
    "LimitBucket",
    "MethodVersion",
    "MixRun",
    "PaperBatch",
    "PaperDifference",
    "PaperEntry",
    "PaperForm",
    "PosterLogo",
    "Procedure",
    "Publication",
    "PublicationRun",
    "PublishedChange",
    "PublishedDriver",
    "PublishedEstimate",
    "PublishedFinding",
    "PublishedRank",
    "PublishedTally",
    "PublishedVerdict",
    "Response",
    "Role",
    "Round",
    "RoundTarget",
    "SampleCase",
    "SamplePlan",
    "ScreeningDecision",
    "ScreeningFinding",
    "ScreeningRun",
    "ServiceCentre",
    "SignInFailure",
    "Snapshot",
    "SpoolKey",
    "Spooled",
    "Staff",
    "Unit",
    "UnitSuccession",
    "WeightRun",
    "WeightSet",
]
