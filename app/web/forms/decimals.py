"""A field for numbers as people write them: 0,03 and 0.03 are the same."""

from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import Field
from wtforms.widgets import TextInput

from app.i18n import current_language


class PlainDecimalField(Field):
    """A number with a decimal comma or point; shown with the sign of the page's language.

    Grouped thousands are refused rather than guessed at: 1.500 may be either.
    """

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        text = f"{Decimal(str(self.data)).quantize(Decimal('0.0001')).normalize():f}"
        return text.replace(".", ",") if current_language() == "vi" else text

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was entered."""
        if not valuelist or not str(valuelist[0]).strip():
            self.data = None
            return
        try:
            self.data = Decimal(str(valuelist[0]).strip().replace(",", "."))
        except InvalidOperation:
            self.data = None
            raise ValueError(self.gettext("Not a valid decimal value.")) from None
        if not self.data.is_finite():
            self.data = None
            raise ValueError(self.gettext("Not a valid decimal value."))
