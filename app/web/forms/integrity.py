"""What is decided about a finding."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.integrity_words import DECISIONS
from app.screening_sentences import SCREENING
from app.services.screening.decisions import LONGEST_REASON
from app.web.forms.base import StaffForm
from app.web.forms.options import options


class DecisionForm(StaffForm):
    """What somebody says after having looked."""

    decision = RadioField(
        _l("Kết luận"),
        choices=options(DECISIONS.items()),
        validators=[InputRequired(SCREENING["screening.decision-unknown"])],
    )
    reason = TextAreaField(
        _l("Lý do, đã xem những gì"),
        description=_l("Không ghi tên hay số điện thoại của người dân."),
        validators=[
            InputRequired(SCREENING["screening.reason-missing"]),
            Length(max=LONGEST_REASON, message=SCREENING["screening.reason-missing"]),
        ],
    )
