"""Every setting is documented and checked."""

import re
import shutil
from pathlib import Path

import pytest

from infra.settings import Settings, SettingsError, read_settings
from tests import ROOT


def documented() -> dict[str, str]:
    """The settings in .env.example and the values shown there."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if re.match(r"[A-Z_]+=", line))


def test_every_setting_is_in_the_example_and_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()

    assert documented().keys() == {name.upper() for name in Settings.model_fields}
    assert [name for name in documented() if f"`{name}`" not in readme] == []


def test_the_example_shows_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in documented():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / ".env.example", tmp_path / ".env")

    assert read_settings() == Settings(_env_file=None)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("MCP_PORT", "70000", "must be a whole number from 0 to 65535"),
        ("SF_API_VERSION", "59", "must be a version such as v59.0"),
        ("SF_TRUSTED_ORIGINS", "http://127.0.0.1:3334/,https://x/y", "must be origins such as http://127.0.0.1:3334"),
        ("SF_TOKEN_URL", "not a url", "such as https://login.salesforce.com/services/oauth2/token"),
        ("SF_TOKEN_URL", "https://evil.example/services/oauth2/token", "nor on one of SF_TRUSTED_ORIGINS"),
        ("SF_TIMEOUT_SECONDS", "soon", "must be a number of seconds above 0, at most 600"),
        ("SF_DEADLINE_SECONDS", "0", "must be a number of seconds above 0, at most 600"),
        ("SF_MAX_CONCURRENCY", "1.5", "must be a whole number from 1 to 1000"),
        ("SF_INSTANCE_URL", "https://evil.example", "such as https://acme.my.salesforce.com"),
        ("SF_AUTH_MODE", "both", "must be passthrough or service"),
        ("REDIS_URL", "localhost", "must look like redis://"),
        ("LEAD_DEFAULT_COMPANY", "x" * 256, "must be a name of at most 255 characters"),
        ("LEAD_EXTERNAL_ID_FIELD", "Platform Id", "must be the API name of a custom field, such as Platform_Id__c"),
        ("LEAD_CONVERT_CREATE_OPPORTUNITY", "perhaps", "must be true or false"),
        ("READ_ONLY", "maybe", "must be true or false"),
        ("REQUIRE_CONFIRMATION", "2", "must be true or false"),
        ("CONFIRMATION_SECRET", "too short", "must be 32 or more characters"),
        ("GATEWAY_API_KEYS", "short,shorter", "each key needs 16 or more characters"),
        ("CORS_ALLOW_CREDENTIALS", "maybe", "must be true or false"),
        ("LOG_LEVEL", "loud", "must be DEBUG, INFO, WARNING or ERROR"),
        ("LOG_FORMAT", "xml", "must be json or console"),
    ],
)
def test_a_wrong_setting_is_one_line_that_says_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str, allowed: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError) as refused:
        read_settings()

    line = str(refused.value)
    assert line.startswith(f"{name}: ")
    assert allowed in line
    assert "\n" not in line


def test_any_page_with_credentials_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CORS_ALLOW_ORIGINS", "*")
    monkeypatch.setenv("CORS_ALLOW_CREDENTIALS", "true")

    with pytest.raises(SettingsError, match="CORS_ALLOW_ORIGINS"):
        read_settings()


def test_secrets_do_not_show() -> None:
    settings = Settings(_env_file=None, sf_client_secret="very secret")

    assert "very secret" not in repr(settings)


@pytest.mark.parametrize("dotenv", [{}, {"LEAD_DEFAULT_COMPANY": "Private"}])
def test_an_empty_default_company_in_the_environment_means_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, dotenv: dict[str, str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in dotenv.items()))
    monkeypatch.setenv("LEAD_DEFAULT_COMPANY", " ")

    assert read_settings().lead_rules.default_company == ""


def test_an_empty_default_company_in_the_file_means_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LEAD_DEFAULT_COMPANY", raising=False)
    (tmp_path / ".env").write_text("LEAD_DEFAULT_COMPANY=\n")

    assert read_settings().lead_rules.default_company == ""


def test_what_is_empty_in_the_environment_is_the_default_whatever_the_file_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    names = [name for name in documented() if name != "LEAD_DEFAULT_COMPANY"]
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("\n".join(f"{name}=not for any setting" for name in names))
    for name in names:
        monkeypatch.setenv(name, "")
    monkeypatch.delenv("LEAD_DEFAULT_COMPANY", raising=False)

    assert read_settings() == Settings(_env_file=None)
