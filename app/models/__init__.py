"""Tables, and nothing else: rules live in services, reads across tables in queries."""

from app.models.audit import AuditEntry
from app.models.base import Base
from app.models.campaigns import Campaign, Round, RoundTarget
from app.models.instruments import ConsentText, InstrumentVersion, MethodVersion
from app.models.people import Role, SignInFailure, Staff
from app.models.publications import Publication, PublishedEstimate, PublishedTally, Snapshot
from app.models.responses import Draft, FreeText, ImportBatch, ImportedRow, Invitation, Response
from app.models.units import (
    Counter,
    CounterAlias,
    Field,
    Procedure,
    ServiceCentre,
    Unit,
    UnitSuccession,
)

__all__ = [
    "AuditEntry",
    "Base",
    "Campaign",
    "ConsentText",
    "Counter",
    "CounterAlias",
    "Draft",
    "Field",
    "FreeText",
    "ImportBatch",
    "ImportedRow",
    "InstrumentVersion",
    "Invitation",
    "MethodVersion",
    "Procedure",
    "Publication",
    "PublishedEstimate",
    "PublishedTally",
    "Response",
    "Role",
    "Round",
    "RoundTarget",
    "ServiceCentre",
    "SignInFailure",
    "Snapshot",
    "Staff",
    "Unit",
    "UnitSuccession",
]
