"""Every setting is documented and checked."""

import re
import shutil
from pathlib import Path

import pytest

from infra.settings import Settings, SettingsError, read_settings
from tests.test_structure import ROOT


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
    ("name", "value"),
    [
        ("MCP_PORT", "70000"),
        ("SF_API_VERSION", "59"),
        ("SF_TRUSTED_ORIGINS", "http://127.0.0.1:3334/"),
        ("SF_TOKEN_URL", "not a url"),
        ("SF_TOKEN_URL", "https://evil.example/services/oauth2/token"),
        ("SF_DEADLINE_SECONDS", "0"),
        ("LEAD_CONVERT_CREATE_OPPORTUNITY", "perhaps"),
        ("SF_INSTANCE_URL", "https://evil.example"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError, match=name):
        read_settings()


def test_any_page_with_credentials_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CORS_ALLOW_ORIGINS", "*")
    monkeypatch.setenv("CORS_ALLOW_CREDENTIALS", "true")

    with pytest.raises(SettingsError, match="CORS_ALLOW_ORIGINS"):
        read_settings()


def test_secrets_do_not_show() -> None:
    settings = Settings(_env_file=None, sf_client_secret="very secret")

    assert "very secret" not in repr(settings)
