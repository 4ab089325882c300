from pathlib import Path

import pytest

from app.config import SettingError, Settings

KEY = "k" * 32


def read(tmp_path, **environ):
    return Settings.from_environment({"VAR_DIR": str(tmp_path), **environ})


def test_without_a_database_a_key_is_made_once_and_kept(tmp_path):
    first = read(tmp_path)
    assert len(first.secret_key) >= 32
    assert read(tmp_path).secret_key == first.secret_key
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_in_service_a_key_is_demanded(tmp_path):
    with pytest.raises(SettingError, match="SECRET_KEY"):
        read(tmp_path, DATABASE_URL="postgresql://db/longdan")


@pytest.mark.parametrize("key", ["dev", "", "x" * 31])
def test_a_weak_key_is_refused(tmp_path, key):
    with pytest.raises(SettingError, match="32 characters"):
        read(tmp_path, SECRET_KEY=key)


@pytest.mark.parametrize(
    "url", ["postgresql://db/x", "postgres://db/x", "postgresql+psycopg://db/x"]
)
def test_the_driver_is_named(tmp_path, url):
    settings = read(tmp_path, DATABASE_URL=url, SECRET_KEY=KEY)
    assert settings.database_url == "postgresql+psycopg://db/x"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://db/x"),
        ("PUBLIC_URL", "khaosat.quangninh.gov.vn"),
        ("HTTPS", "yes"),
        ("PROXIES", "-1"),
        ("MAX_BODY_BYTES", "64 MB"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_malformed_setting_is_named(tmp_path, name, value):
    with pytest.raises(SettingError, match=name):
        read(tmp_path, **{"SECRET_KEY": KEY, name: value})


def test_https_follows_the_public_address_unless_said_otherwise(tmp_path):
    url = "https://khaosat.example.gov.vn/"
    assert read(tmp_path, PUBLIC_URL=url).https
    assert read(tmp_path, PUBLIC_URL=url).public_url == "https://khaosat.example.gov.vn"
    assert not read(tmp_path, PUBLIC_URL=url, HTTPS="0").https


def test_lists_are_split_at_commas(tmp_path):
    settings = read(tmp_path, TRUSTED_HOSTS="a.vn, b.vn ,", SECRET_KEY_FALLBACKS="one,two")
    assert settings.trusted_hosts == ("a.vn", "b.vn")
    assert settings.secret_key_fallbacks == ("one", "two")
    assert isinstance(settings.var_dir, Path)
