"""Settings are typed and refused at the start when they cannot be used."""

import pytest

from kunnskap.config import BadSetting, OrganisationSetting, Settings

HTTPS = {"KUNNSKAP_ADDRESS": "https://kunnskap.example.no"}


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
        ("KUNNSKAP_ADDRESS", "https://"),
        ("KUNNSKAP_ADDRESS", "https://[2001:db8::1]"),
        ("KUNNSKAP_ADDRESS", "https://[2001"),
        ("KUNNSKAP_HOSTS", "https://kunnskap.no"),
        ("KUNNSKAP_HOSTS", "kunnskap.no:8000"),
        ("KUNNSKAP_CONTACT", "ring oss"),
        ("KUNNSKAP_CONTACT", "a@example.no\r\nBcc: b@example.no"),
        ("KUNNSKAP_REQUIRE_SECOND_FACTOR", "perhaps"),
        ("KUNNSKAP_SESSION_IDLE_HOURS", "0"),
        ("KUNNSKAP_SESSION_DAYS", "366"),
        ("KUNNSKAP_ORGANISATIONS", "Noe annet"),
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


@pytest.mark.parametrize("weak", ["kort", "a" * 64, "abc" * 20, "0123456789abcdef"])
def test_a_key_that_can_be_guessed_is_refused_where_the_site_is_on_https(tmp_path, weak):
    assert read(tmp_path, KUNNSKAP_SECRET_KEY=weak).secret_key == weak
    with pytest.raises(BadSetting, match="can be guessed"):
        read(tmp_path, **HTTPS, KUNNSKAP_SECRET_KEY=weak)


def test_a_key_that_others_may_read_is_refused_where_the_site_is_on_https(tmp_path):
    read(tmp_path, **HTTPS)
    (tmp_path / "instance" / "secret_key").chmod(0o644)
    assert read(tmp_path).secret_key
    with pytest.raises(BadSetting, match="chmod 600"):
        read(tmp_path, **HTTPS)


def test_the_key_is_never_left_half_made(tmp_path):
    read(tmp_path)
    assert [file.name for file in (tmp_path / "instance").iterdir()] == ["secret_key"]
    (tmp_path / "instance" / "secret_key").write_text("")
    with pytest.raises(BadSetting, match="is empty"):
        read(tmp_path)


def test_secrets_may_stand_in_files(tmp_path):
    key, database, mail = (tmp_path / name for name in ("key", "database", "mail"))
    key.write_text("0123456789abcdef" * 4 + "\n")
    database.write_text("postgresql://a:hemmelig@b/c\n")
    mail.write_text("smtps://a:hemmelig@mail.example.no\n")
    files = {"KUNNSKAP_SECRET_KEY_FILE": key, "KUNNSKAP_DATABASE_URL_FILE": database, "KUNNSKAP_SMTP_URL_FILE": mail}
    settings = read(tmp_path, **HTTPS, **{name: str(file) for name, file in files.items()})
    assert settings.secret_key == "0123456789abcdef" * 4
    assert settings.database_url == "postgresql+psycopg://a:hemmelig@b/c"
    assert settings.smtp_url == "smtps://a:hemmelig@mail.example.no"
    assert not (tmp_path / "instance").exists()


def test_a_secret_file_that_is_not_there_or_not_alone_is_refused(tmp_path):
    with pytest.raises(BadSetting, match="cannot be read"):
        read(tmp_path, KUNNSKAP_SECRET_KEY_FILE=str(tmp_path / "nowhere"))
    with pytest.raises(BadSetting, match="keep one"):
        read(tmp_path, KUNNSKAP_SMTP_URL="smtp://a", KUNNSKAP_SMTP_URL_FILE="b")


def test_settings_written_down_show_no_secret(tmp_path):
    settings = read(tmp_path, KUNNSKAP_SECRET_KEY="nøkkelen", KUNNSKAP_SMTP_URL="smtp://a:passordet@b", **ENTRA)
    assert not any(secret in repr(settings) for secret in ("nøkkelen", "passordet", "hemmeligheten"))


def test_the_site_answers_to_the_name_of_its_address_and_the_names_it_is_given(tmp_path):
    settings = read(tmp_path, **HTTPS, KUNNSKAP_HOSTS=" Www.example.no, 10.0.0.5 ")
    assert settings.trusted_hosts == ("kunnskap.example.no", "www.example.no", "10.0.0.5")
    assert read(tmp_path).trusted_hosts == ("127.0.0.1", "localhost")


def test_a_second_factor_is_asked_for_where_the_site_is_on_https(tmp_path):
    assert read(tmp_path, **HTTPS).require_second_factor
    assert not read(tmp_path).require_second_factor
    assert not read(tmp_path, **HTTPS, KUNNSKAP_REQUIRE_SECOND_FACTOR="no").require_second_factor


ENTRA = {
    "KUNNSKAP_ORGANISATIONS": "entra",
    "KUNNSKAP_ORGANISATION_ENTRA_NAME": "Prøve kommune",
    "KUNNSKAP_ORGANISATION_ENTRA_ISSUER": "https://login.example.no/tenant/v2.0",
    "KUNNSKAP_ORGANISATION_ENTRA_CLIENT_ID": "kunnskap",
    "KUNNSKAP_ORGANISATION_ENTRA_CLIENT_SECRET": "hemmeligheten",
}


def test_organisations_are_read_each_with_its_own_settings(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("fra en fil\n")
    other = {
        "KUNNSKAP_ORGANISATIONS": "entra, Annen",
        "KUNNSKAP_ORGANISATION_ANNEN_ISSUER": "http://127.0.0.1:9400",
        "KUNNSKAP_ORGANISATION_ANNEN_CLIENT_ID": "kunnskap",
        "KUNNSKAP_ORGANISATION_ANNEN_CLIENT_SECRET_FILE": str(secret),
    }
    assert read(tmp_path, **(ENTRA | other)).organisations == (
        OrganisationSetting(
            "entra", "Prøve kommune", "https://login.example.no/tenant/v2.0", "kunnskap", "hemmeligheten"
        ),
        OrganisationSetting("annen", "annen", "http://127.0.0.1:9400", "kunnskap", "fra en fil"),
    )


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"KUNNSKAP_ORGANISATION_ENTRA_ISSUER": "http://login.example.no"}, "ISSUER"),
        ({"KUNNSKAP_ORGANISATION_ENTRA_CLIENT_ID": ""}, "CLIENT_ID"),
        ({"KUNNSKAP_ORGANISATION_ENTRA_CLIENT_SECRET": ""}, "CLIENT_SECRET"),
        ({"KUNNSKAP_ORGANISATIONS": "entra,entra"}, "twice"),
    ],
)
def test_an_organisation_that_is_half_set_is_refused(tmp_path, change, named):
    with pytest.raises(BadSetting, match=named):
        read(tmp_path, **(ENTRA | change))
