"""Headers of every response."""

from flask import Flask, Response, request

from app.config import Settings

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)

ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def install(app: Flask) -> None:
    """Add the security headers to every response, errors and files included."""
    settings: Settings = app.extensions["longdan.settings"]
    always = dict(ALWAYS)
    if settings.https:
        always["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    lower = {name.lower(): (name, value) for name, value in always.items()}

    @app.after_request
    def add_headers(response: Response) -> Response:
        # Added all at once: to ask for each whether it is there costs as much as the page.
        headers = response.headers
        there = {name.lower() for name, _ in headers}
        headers.extend(header for name, header in lower.items() if name not in there)
        if "cache-control" not in there and not (request.endpoint or "").endswith("static"):
            headers.add("Cache-Control", "no-store")
        return response
