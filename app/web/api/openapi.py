"""The document that describes the calls (OpenAPI 3.1); tests hold the calls to it."""

from typing import Any, Final

from app.web.api import sent

_PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable name of the reason."},
        "detail": {"type": "string", "description": "A sentence for people."},
        "list": {"type": "integer"},
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer."},
                    "column": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
_WHAT: Final = {
    "code": "Number of the dossier, as the one-stop system writes it; the same one counts once.",
    "centre": "Code or name of the centre, or of its commune.",
    "closed_on": "Day on which the result was handed over; not later than today.",
    "procedure": "Code or name of the procedure.",
    "field": "Code or name of the field; needed where the procedure does not tell it.",
    "phone": "Mobile telephone; kept sealed, deleted when the code is long over.",
    "email": "E-mail address; the same.",
}
_REFUSALS: Final = {
    "400": "Not JSON.",
    "401": "No token, or one that does not count.",
    "404": "No such round in the province of the token.",
    "409": "The round takes no closed dossiers.",
    "413": "More than 2 MiB.",
    "415": "Not application/json.",
    "422": "Something does not fit; nothing was taken.",
    "429": "Too many calls: wait as Retry-After says.",
    "503": "The database is away: call again as Retry-After says.",
}


def document(server: str) -> dict[str, Any]:
    """Describe the calls of an installation."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lòng Dân: closed dossiers",
            "version": "1",
            "description": (
                "A one-stop system reports dossiers whose result was handed over. All dossiers of "
                "a call are taken, or none. Calling again with the same dossiers changes nothing."
            ),
        },
        "servers": [{"url": server}],
        "paths": {"/api/v1/closed-dossiers": {"post": _post()}},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": _PROBLEM, "Dossier": _dossier(), "Report": _report()},
        },
        "security": [{"token": []}],
    }


def _post() -> dict[str, Any]:
    refusal = {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
    }  # fmt: skip
    taken = {
        "type": "object",
        "required": ["list", "state", "new", "known"],
        "additionalProperties": False,
        "properties": {
            "list": {"type": "integer"},
            "state": {"enum": ["taken", "unchanged"]},
            "new": {"type": "integer", "minimum": 0},
            "known": {"type": "integer", "minimum": 0},
        },
    }
    return {
        "operationId": "reportClosedDossiers",
        "summary": "Report closed dossiers",
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Report"}}},
        },
        "responses": {
            "200": {"description": "Taken.", "content": {"application/json": {"schema": taken}}},
            **{
                status: {"description": said, "content": refusal}
                for status, said in _REFUSALS.items()
            },
        },
    }


def _report() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["round", "dossiers"],
        "additionalProperties": False,
        "properties": {
            "round": {
                "type": "string", "minLength": 1, "maxLength": 40,
                "description": "Code of a round that invites by dossier.",
            },
            "dossiers": {
                "type": "array", "minItems": 1, "maxItems": sent.MOST_DOSSIERS,
                "items": {"$ref": "#/components/schemas/Dossier"},
            },
        },
    }  # fmt: skip


def _dossier() -> dict[str, Any]:
    fields: dict[str, dict[str, Any]] = {}
    for name, longest in sent.FIELDS.items():
        fields[name] = {"type": "string", "maxLength": longest, "description": _WHAT[name]}
        if name in sent.NEEDED:
            fields[name]["minLength"] = 1
    fields["closed_on"]["format"] = "date"
    return {
        "type": "object",
        "required": list(sent.NEEDED),
        "additionalProperties": False,
        "properties": fields,
    }
