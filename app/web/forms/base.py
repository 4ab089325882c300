"""What all forms of the office share: the token against forgery, and words WTForms has not."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

# WTForms brings no Vietnamese; these are the sentences its fields make by themselves.
WORDS = {
    "Not a valid choice.": _l("Xin chọn một mục trong danh sách."),
    "Invalid Choice: could not coerce.": _l("Xin chọn một mục trong danh sách."),
    "'%(value)s' is not a valid choice for this field.": _l("Xin chọn trong danh sách."),
    "'%(value)s' are not valid choices for this field.": _l("Xin chọn trong danh sách."),
    "Not a valid date value.": _l("Xin nhập ngày hợp lệ."),
    "Not a valid integer value.": _l("Xin nhập một số nguyên."),
    "Not a valid decimal value.": _l("Xin nhập một số."),
    "This field is required.": _l("Xin nhập mục này."),
}

# No keyboard sends them, no page may show them, and the database keeps no NUL.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class _Words:
    """Translations in the form WTForms asks for them."""

    def gettext(self, message: str) -> str:
        return str(WORDS.get(message, message))

    def ngettext(self, one: str, many: str, count: int) -> str:
        return self.gettext(one if count == 1 else many)


class StaffForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is not typed
    """A form of the office."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # Flask-WTF is not typed
        """How its fields speak."""

        def get_translations(self, form: Any) -> _Words:
            """Speak the language of the request."""
            del form
            return _Words()

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Leave out control characters."""
            sent = super().wrap_formdata(form, formdata)
            if sent is None:
                return None
            return MultiDict(
                (name, _CONTROLS.sub("", value) if isinstance(value, str) else value)
                for name, value in sent.items(multi=True)
            )
