"""Settings are typed and refused at the start when they cannot be used."""

import pytest

from kunnskap.config import BadSetting, Settings


def read(tmp_path, **given):
    return Settings.from_environment({"KUNNSKAP_INSTANCE": str(tmp_path / "instance")} | given)


def test_everything_has_a_default_and_stands_in_the_instance_folder(tmp_path):
    settings = read(tmp_path)
    assert settings.port == 5000
    assert settings.demo is False
    assert settings.database_url == f"sqlite:///{tmp_path / 'instance' / 'kunnskap.db'}"


def test_the_secret_key_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    first, second = read(tmp_path), read(tmp_path)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) == 64
    assert (tmp_path / "instance" / "secret_key").stat().st_mode & 0o077 == 0


def test_the_address_follows_the_port(tmp_path):
    assert read(tmp_path, KUNNSKAP_PORT="8123").address == "http://127.0.0.1:8123"


@pytest.mark.parametrize("url", ["postgres://a@b/c", "postgresql://a@b/c"])
def test_postgresql_is_reached_through_psycopg(tmp_path, url):
    assert read(tmp_path, KUNNSKAP_DATABASE_URL=url).database_url == "postgresql+psycopg://a@b/c"


def test_search_is_where_the_database_is(tmp_path):
    postgresql = {"KUNNSKAP_DATABASE_URL": "postgresql://a@b/c"}
    assert read(tmp_path).search == "whoosh"
    assert read(tmp_path, **postgresql).search == "postgresql"
    assert read(tmp_path, **postgresql, KUNNSKAP_SEARCH="whoosh").search == "whoosh"
    with pytest.raises(BadSetting, match="KUNNSKAP_DATABASE_URL"):
        read(tmp_path, KUNNSKAP_SEARCH="postgresql")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KUNNSKAP_PORT", "http"),
        ("KUNNSKAP_PORT", "70000"),
        ("KUNNSKAP_PORT", "-1"),
        ("KUNNSKAP_DEMO", "perhaps"),
        ("KUNNSKAP_SEARCH", "grep"),
        ("KUNNSKAP_UPLOAD_LIMIT_MB", "0"),
        ("KUNNSKAP_DATABASE_URL", "mysql://a@b/c"),
        ("KUNNSKAP_ADDRESS", "kunnskap.no"),
        ("KUNNSKAP_SMTP_URL", "mail.kunnskap.no"),
        ("KUNNSKAP_LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_setting_is_named_and_refused(tmp_path, name, value):
    with pytest.raises(BadSetting, match=name):
        read(tmp_path, **{name: value})


def test_cookies_keep_to_https_where_the_site_does(tmp_path):
    assert read(tmp_path, KUNNSKAP_ADDRESS="https://kunnskap.example.no").secure_cookies
    assert not read(tmp_path, KUNNSKAP_ADDRESS="http://localhost:5000").secure_cookies
    assert not read(tmp_path, KUNNSKAP_ADDRESS="https://a.example.no", KUNNSKAP_SECURE_COOKIES="no").secure_cookies
