"""What a respondent agrees to before the first question, and how it is known afterwards."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.models import ConsentText
from surveys.instrument.model import Instrument

# Digits of the hash that stand in addresses and forms.
SHORT = 16


@dataclass(frozen=True, slots=True)
class Consent:
    """The whole text that was shown: purpose, retention, consent; one paragraph each."""

    content_hash: str
    language: str
    text: str

    @property
    def short(self) -> str:
        """The hash as forms carry it."""
        return self.content_hash.removeprefix("sha256:")[:SHORT]


@lru_cache(maxsize=256)
def consents(instrument: Instrument) -> Mapping[str, Consent]:
    """Consent of a questionnaire in each of its languages."""
    return {language: _consent(instrument, language) for language in instrument.languages}


def agreed(instrument: Instrument, short: str) -> Consent | None:
    """Find the text of this questionnaire that someone says they agreed to."""
    for consent in consents(instrument).values():
        if consent.short == short:
            return consent
    return None


def keep(db: Session, consent: Consent) -> None:
    """Keep a text that someone agreed to, if it is not kept yet."""
    db.execute(
        insert(ConsentText)
        .values(
            content_hash=consent.content_hash,
            language=consent.language,
            text=consent.text,
            first_shown_on=func.now(),
        )
        .on_conflict_do_nothing()
    )


def _consent(instrument: Instrument, language: str) -> Consent:
    words = instrument.wording[language]
    text = f"{words.purpose}\n{words.retention}\n{words.consent}"
    return Consent("sha256:" + hashlib.sha256(text.encode()).hexdigest(), language, text)
