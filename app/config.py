"""Every setting of the program, read from the environment in this one place."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parent.parent
# Requests a process of the web server works on at once, and that may wait for that.
PLACES, SEATS = 4, 124


class SettingError(Exception):
    """A setting that the program cannot run with; the message names it and says what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The program's settings; README.md lists them.

    Attributes
    ----------
    database_url : str or None
        PostgreSQL to use (``DATABASE_URL``). None starts the embedded one in ``var_dir``.
    var_dir : Path
        Where the program writes: embedded database, snapshots, uploads, results (``VAR_DIR``).
    secret_key : str
        Signs sessions and forms (``SECRET_KEY``, at least 32 characters).
    secret_key_fallbacks : tuple of str
        Earlier keys, still accepted (``SECRET_KEY_FALLBACKS``, separated by commas).
    contact_key : str
        Seals contact data (``CONTACT_KEY``, at least 32 characters); empty: ``secret_key`` does.
    contact_key_fallbacks : tuple of str
        Earlier such keys, which still open (``CONTACT_KEY_FALLBACKS``, separated by commas).
    person_key : str
        Makes the permanent random numbers of persons (``PERSON_KEY``, at least 32 characters);
        empty: one made once and kept in ``var_dir``. It must never change.
    public_url : str
        Address printed in QR codes, without a slash at its end (``PUBLIC_URL``).
    trusted_hosts : tuple of str
        Host names the program answers to (``TRUSTED_HOSTS``, separated by commas).
    https : bool
        Whether people reach it by HTTPS: secure cookies and HSTS (``HTTPS``, 1 or 0).
    proxies : int
        Number of reverse proxies whose ``X-Forwarded-For`` is believed (``PROXIES``).
    max_body_bytes : int
        Largest request body of an office upload (``MAX_BODY_BYTES``).
    max_frame_bytes : int
        Largest request body of an upload of files for a frame (``MAX_FRAME_BYTES``).
    answers_per_minute : int
        Answers a counter's page takes from one network in the long run; 0 is no limit
        (``ANSWERS_PER_MINUTE``).
    answers_burst : int
        Answers it takes from one network at once (``ANSWERS_BURST``).
    counter_answers_per_minute, counter_answers_burst : int
        The same for one counter, from all networks (``COUNTER_ANSWERS_PER_MINUTE``,
        ``COUNTER_ANSWERS_BURST``).
    form_seconds : int
        A form of a counter handed in sooner than this is shown once more instead of stored; 0
        looks at nothing (``FORM_SECONDS``).
    places, seats : int
        Requests a process of the web server works on at once, and that may wait for that; 0 places
        is no limit (``PLACES``, ``SEATS``).
    spool_keys_dir : Path or None
        Where the private halves of the spool's keys lie (``SPOOL_KEYS_DIR``); None: in ``var_dir``.
    mix_batch : int
        Fewest answers that leave the spool together, 20 or more (``MIX_BATCH``).
    mix_wait_days : int
        Days after which a waiting answer gives up a level of detail (``MIX_WAIT_DAYS``).
    webhook_urls : tuple of str
        Addresses that one-time codes may be handed to (``WEBHOOK_URLS``, separated by commas).
    webhook_networks : tuple of str
        Networks outside the open internet in which these may lie, e.g. ``10.20.0.0/16``
        (``WEBHOOK_NETWORKS``, separated by commas).
    code_file_days : int
        Days after which a file of codes that nobody fetched is destroyed (``CODE_FILE_DAYS``).
    code_contact_days : int
        Days after a code's last one on which its contact is deleted (``CODE_CONTACT_DAYS``).
    code_dossier_days : int
        Days after a round's last one on which its dossiers' codes are forgotten
        (``CODE_DOSSIER_DAYS``).
    log_level : str
        Lowest level that is written to standard error (``LOG_LEVEL``).
    code_version : str
        Version written into snapshots and publications (``CODE_VERSION``).
    """

    database_url: str | None
    var_dir: Path
    secret_key: str
    secret_key_fallbacks: tuple[str, ...] = ()
    contact_key: str = field(default="", repr=False)
    contact_key_fallbacks: tuple[str, ...] = field(default=(), repr=False)
    person_key: str = field(default="", repr=False)
    public_url: str = "http://127.0.0.1:8000"
    trusted_hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    https: bool = False
    proxies: int = 0
    max_body_bytes: int = 64 * 1024 * 1024
    max_frame_bytes: int = 320 * 1024 * 1024
    answers_per_minute: int = 30
    answers_burst: int = 40
    counter_answers_per_minute: int = 60
    counter_answers_burst: int = 120
    form_seconds: int = 3
    places: int = PLACES
    seats: int = SEATS
    spool_keys_dir: Path | None = None
    mix_batch: int = 20
    mix_wait_days: int = 7
    webhook_urls: tuple[str, ...] = ()
    webhook_networks: tuple[str, ...] = ()
    code_file_days: int = 14
    code_contact_days: int = 14
    code_dossier_days: int = 90
    log_level: str = "INFO"
    code_version: str = field(default="0.1.0")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the settings.

        Raises
        ------
        SettingError
            A setting is malformed, or ``SECRET_KEY`` is missing or weak in service.
        """
        environ = os.environ if environ is None else environ
        database_url = environ.get("DATABASE_URL") or None
        var_dir = Path(environ.get("VAR_DIR") or ROOT / "var")
        public_url = environ.get("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
        if not public_url.startswith(("http://", "https://")):
            raise SettingError(f"PUBLIC_URL must begin with http:// or https://, not {public_url}")
        return cls(
            database_url=_sqlalchemy_url(database_url) if database_url else None,
            var_dir=var_dir,
            secret_key=_secret_key(environ.get("SECRET_KEY"), database_url, var_dir),
            secret_key_fallbacks=_listed(environ.get("SECRET_KEY_FALLBACKS", "")),
            contact_key=_optional_key(environ.get("CONTACT_KEY"), "CONTACT_KEY"),
            contact_key_fallbacks=_listed(environ.get("CONTACT_KEY_FALLBACKS", "")),
            person_key=_optional_key(environ.get("PERSON_KEY"), "PERSON_KEY"),
            public_url=public_url,
            trusted_hosts=_listed(environ.get("TRUSTED_HOSTS", "127.0.0.1,localhost,[::1]")),
            https=_flag(environ, "HTTPS", public_url.startswith("https://")),
            proxies=_number(environ, "PROXIES", 0),
            max_body_bytes=_number(environ, "MAX_BODY_BYTES", 64 * 1024 * 1024),
            max_frame_bytes=_number(environ, "MAX_FRAME_BYTES", 320 * 1024 * 1024),
            answers_per_minute=_number(environ, "ANSWERS_PER_MINUTE", 30),
            answers_burst=_number(environ, "ANSWERS_BURST", 40),
            counter_answers_per_minute=_number(environ, "COUNTER_ANSWERS_PER_MINUTE", 60),
            counter_answers_burst=_number(environ, "COUNTER_ANSWERS_BURST", 120),
            form_seconds=_number(environ, "FORM_SECONDS", 3),
            places=_number(environ, "PLACES", PLACES),
            seats=_number(environ, "SEATS", SEATS),
            spool_keys_dir=_optional_path(environ.get("SPOOL_KEYS_DIR")),
            mix_batch=_at_least(20, "MIX_BATCH", _number(environ, "MIX_BATCH", 20)),
            mix_wait_days=_number(environ, "MIX_WAIT_DAYS", 7),
            webhook_urls=_listed(environ.get("WEBHOOK_URLS", "")),
            webhook_networks=_networks(environ.get("WEBHOOK_NETWORKS", "")),
            code_file_days=_number(environ, "CODE_FILE_DAYS", 14),
            code_contact_days=_number(environ, "CODE_CONTACT_DAYS", 14),
            code_dossier_days=_number(environ, "CODE_DOSSIER_DAYS", 90),
            log_level=_level(environ.get("LOG_LEVEL") or "INFO"),
            code_version=environ.get("CODE_VERSION", "0.1.0"),
        )

    @property
    def spool_keys(self) -> Path:
        """Folder of the private halves of the spool's keys."""
        return self.spool_keys_dir or self.var_dir / "spool-keys"


def _sqlalchemy_url(url: str) -> str:
    """Name the driver in a plain PostgreSQL address."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    if url.startswith("postgresql+psycopg://"):
        return url
    raise SettingError("DATABASE_URL must begin with postgresql://")


def _secret_key(given: str | None, database_url: str | None, var_dir: Path) -> str:
    """Take the given key; with the embedded database make one and keep it beside the data."""
    if given is not None:
        if len(given) < 32:
            raise SettingError(
                "SECRET_KEY must have at least 32 characters. Make one with: "
                "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        return given
    if database_url is not None:
        raise SettingError(
            "SECRET_KEY is not set. With DATABASE_URL the program runs in service and needs its "
            "own key. Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    path = var_dir / "secret_key"
    var_dir.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text()


def _optional_key(given: str | None, name: str) -> str:
    if given and len(given) < 32:
        raise SettingError(f"{name} must have at least 32 characters")
    return given or ""


def _level(value: str) -> str:
    if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise SettingError(f"LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR, not {value}")
    return value.upper()


def _listed(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _optional_path(value: str | None) -> Path | None:
    return Path(value) if value else None


def _at_least(least: int, name: str, value: int) -> int:
    if value < least:
        raise SettingError(f"{name} must be at least {least}, not {value}")
    return value


def _networks(value: str) -> tuple[str, ...]:
    listed = _listed(value)
    for each in listed:
        try:
            ip_network(each)
        except ValueError:
            raise SettingError(f"WEBHOOK_NETWORKS: {each} is not a network") from None
    return listed


def _flag(environ: Mapping[str, str], name: str, default: bool) -> bool:
    value = environ.get(name)
    if value is None or value == "":
        return default
    if value not in ("0", "1"):
        raise SettingError(f"{name} must be 1 or 0, not {value}")
    return value == "1"


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    value = environ.get(name)
    if value is None or value == "":
        return default
    if not value.isascii() or not value.isdigit():
        raise SettingError(f"{name} must be a whole number, not {value}")
    return int(value)
