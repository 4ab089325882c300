"""What an official chooses on the pages of a plan, with a default for everything."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from types import MappingProxyType
from typing import Any, Final, Self

from app.errors import ConflictError

DOSSIERS: Final = "dossiers"
CENTRES_DOSSIERS: Final = "centres-dossiers"
VILLAGES_PEOPLE: Final = "villages-people"
COMMUNES_VILLAGES_PEOPLE: Final = "communes-villages-people"
EXPERT: Final = "expert"

SHAPES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "dossier": (DOSSIERS, CENTRES_DOSSIERS),
        "area": (VILLAGES_PEOPLE, COMMUNES_VILLAGES_PEOPLE),
    }
)
"""Kind of frame → shapes of a sample from it, the recommended one first."""

REPORT_BY: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        DOSSIERS: ("centre", "commune", "agency", "field", "home_commune", "channel", ""),
        # A centre takes dossiers in every way: none of them tells centres apart.
        CENTRES_DOSSIERS: ("",),
        VILLAGES_PEOPLE: ("commune", "district", "difficult", ""),
        COMMUNES_VILLAGES_PEOPLE: ("district", "difficult", ""),
    }
)
"""Shape → columns by which results can be reported; '' is the province as a whole."""

MORE_CASES, RESERVES_ONLY = "more-cases", "reserves"
BY_PRECISION, BY_TOTAL = "precision", "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Choices of one plan.

    Attributes
    ----------
    shape : str
        How units are drawn, one of ``SHAPES``; ``"expert"`` for a plan written by hand.
    report_by : str
        Column whose values get results of their own; ``""`` for none.
    spread : {'systematic', 'srs'}
        Whether dossiers are spread over fields and dates, or drawn by chance alone.
    once_a_year : bool
        Whether people asked in earlier rounds of twelve months are avoided (chance alone only).
    one_per_person : bool
        Whether a person with several dossiers can be drawn once only.
    size_by : {'precision', 'total'}
        What decides the number of interviews.
    margin_unit, margin_overall : float
        Half widths wanted, shares.
    total : int
        Interviews, when they are given.
    expected_rate : float
        Share of satisfied people expected, between 0 and 1.
    rates_from : str
        Code of an earlier round whose published rates are expected instead; ``""`` for none.
    response, eligibility : float
        Shares of drawn people who answer, and who belong to the population.
    icc : float
        How alike people of a village (dossiers of a centre) are, 0 to 1.
    per_village : int
        People of a village, or dossiers of a centre.
    villages_per_commune : int
        Of a sample of communes.
    minimum : int
        Interviews below which a unit's results are not shown.
    allocation : str
        A method of `surveys.sampling.allocate`.
    unanswered : {'more-cases', 'reserves'}
        Whether more people are drawn from the start, or reserves stand in.
    reserve_share : float
        Reserves per main case.
    """

    shape: str = DOSSIERS
    report_by: str = "centre"
    spread: str = "systematic"
    once_a_year: bool = False
    one_per_person: bool = False
    size_by: str = BY_PRECISION
    margin_unit: float = 0.08
    margin_overall: float = 0.02
    level: float = 0.95
    total: int = 1_500
    expected_rate: float = 0.8
    rates_from: str = ""
    response: float = 0.7
    eligibility: float = 1.0
    icc: float = 0.03
    per_village: int = 20
    villages_per_commune: int = 3
    minimum: int = 30
    allocation: str = "targets"
    unanswered: str = MORE_CASES
    reserve_share: float = 0.0
    interview_cost: int = 0

    @classmethod
    def for_frame(cls, kind: str) -> Self:
        """Give the recommended choices for a kind of frame."""
        shape = SHAPES[kind][0]
        return cls(shape=shape, report_by=REPORT_BY[shape][0])

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Read choices as they were kept; what has come since gets its default."""
        names = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in kept.items() if name in names})

    def to_json(self) -> dict[str, Any]:
        """Write the choices as they are kept."""
        return asdict(self)

    def changed(self, **values: Any) -> Self:
        """Return these choices with some others, brought in line with each other.

        Raises
        ------
        ConflictError
            ``choice.unknown``: a shape or column that is not offered.
        """
        made = replace(self, **values)
        if made.shape == EXPERT:
            return made
        if made.shape not in REPORT_BY:
            raise ConflictError("choice.unknown", value=made.shape)
        if made.report_by not in REPORT_BY[made.shape]:
            if "report_by" in values:
                raise ConflictError("choice.unknown", value=made.report_by)
            made = replace(made, report_by=REPORT_BY[made.shape][0])
        if made.once_a_year:
            made = replace(made, spread="srs")
        return made

    @property
    def is_clustered(self) -> bool:
        """Whether people are drawn within villages or centres that are drawn first."""
        return self.shape != DOSSIERS

    @property
    def people_per_cluster(self) -> int:
        """Cases within one unit of the first stage."""
        if self.shape == COMMUNES_VILLAGES_PEOPLE:
            return self.per_village * self.villages_per_commune
        return self.per_village
