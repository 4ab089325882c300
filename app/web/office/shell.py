"""What every page of the office stands in: Bootstrap, navigation, language switch."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_bootstrap import Bootstrap5
from flask_login import current_user

from app.i18n import current_language
from app.web import guards

# Endpoint, blueprints whose pages belong to it, label. A page that is not there is left out.
NAVIGATION = (
    ("office.home", frozenset({"office"}), lazy_gettext("Tổng quan")),
    (
        "rounds.index",
        frozenset({"rounds", "imports", "publishing", "paper", "integrity", "screening"}),
        lazy_gettext("Đợt khảo sát"),
    ),
    (
        "frames.index",
        frozenset({"frames", "frame_files", "frame_names"}),
        lazy_gettext("Danh sách"),
    ),
    ("draws.index", frozenset({"draws", "samples"}), lazy_gettext("Chọn mẫu")),
    (
        "codes.index",
        frozenset({"codes", "code_lists", "code_orders", "connections"}),
        lazy_gettext("Mã một lần"),
    ),
    ("cases.index", frozenset({"cases", "case", "case_lists"}), lazy_gettext("Thực địa")),
    (
        "centres.index",
        frozenset({"centres", "posters", "poster_check", "kiosks"}),
        lazy_gettext("Trung tâm và quầy"),
    ),
    ("results.index", frozenset({"results", "recomputation", "reports"}), lazy_gettext("Kết quả")),
)

ROLE_NAMES = {
    "office": lazy_gettext("Cán bộ quản lý khảo sát"),
    "supervisor": lazy_gettext("Thành viên giám sát"),
    "fieldwork": lazy_gettext("Điều phối điều tra thực địa"),
}


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the navigation.

    Attributes
    ----------
    current : bool
        Whether the page shown belongs to it.
    exact : bool
        Whether the page shown is the one it leads to.
    """

    label: str
    url: str
    current: bool
    exact: bool


def install(app: Flask) -> None:
    """Serve Bootstrap from its package and give the templates what the frame needs."""
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    Bootstrap5(app)
    guards.guard_registered(app, "bootstrap", guards.everyone)
    app.jinja_env.globals.update(
        office_navigation=navigation,
        office_role_name=role_name,
        language_url=language_url,
        in_language=in_language,
    )


def navigation() -> list[Link]:
    """List the links of the navigation that this person may follow."""
    links = []
    for endpoint, blueprints, label in NAVIGATION:
        if endpoint not in current_app.view_functions or not _may_enter(endpoint):
            continue
        url = url_for(endpoint)
        current = (request.blueprint or "") in blueprints
        links.append(Link(str(label), url, current, exact=request.path == url))
    return links


def role_name() -> str:
    """Name the role of the person, with the unit of a unit viewer."""
    for role, name in ROLE_NAMES.items():
        if current_user.has_role(role):
            return str(name)
    return str(_("Xem kết quả của %(unit)s", unit=current_user.person.unit_name or ""))


def language_url(language: str) -> str:
    """Address of this page in another language."""
    values: dict[str, Any] = {**request.args.to_dict(flat=False), **(request.view_args or {})}
    return url_for(request.endpoint or "office.home", **(values | {"lang": language}))


def in_language(vietnamese: str, english: str) -> str:
    """Choose between the two names of a thing."""
    return english if current_language() == "en" else vietnamese


def _may_enter(endpoint: str) -> bool:
    guard = guards.guard_of(endpoint.partition(".")[0])
    roles = guards.MAY_ENTER.get(guard or "")
    return roles is None or any(current_user.has_role(role) for role in roles)
