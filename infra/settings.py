"""The operator's settings, from the environment or `.env`."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from domain.errors import InvalidInstanceUrlError
from domain.rules import LeadRules
from infra.salesforce.sending.hosts import InstanceHosts


class SettingsError(Exception):
    """A setting is wrong; the message names it and says what is allowed, one line each."""


_KEY = re.compile(r"[!-~]{16,4096}")


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _hard_to_guess(key: SecretStr) -> SecretStr:
    if not _KEY.fullmatch(key.get_secret_value()):
        raise ValueError("each key needs 16 or more characters, plain ASCII without blanks")
    return key


def _without_slash(value: object) -> object:
    return value.rstrip("/") if isinstance(value, str) else value


Names = Annotated[list[str], NoDecode, BeforeValidator(_split)]
"""Several values, separated by commas."""

Keys = Annotated[list[Annotated[SecretStr, AfterValidator(_hard_to_guess)]], NoDecode, BeforeValidator(_split)]

_ORIGIN = r"^https?://[A-Za-z0-9.-]+(:\d{1,5})?$"
_REDIS_URL = re.compile(r"rediss?://[^\s/]+(/\d{1,4})?/?")
Origins = Annotated[list[Annotated[str, Field(pattern=_ORIGIN)]], NoDecode, BeforeValidator(_split)]

_MAY_BE_EMPTY = {"lead_default_company"}
"""Settings that say something when they are empty; of all others it means the default."""

Switch = Annotated[bool, Field(description="true or false")]
Seconds = Annotated[float, Field(gt=0, le=600, description="a number of seconds above 0, at most 600")]


class Settings(BaseSettings):
    """Every setting; the name in the environment is the field's in capitals.

    A description says what is allowed, for who got it wrong.
    """

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    sf_auth_mode: Literal["passthrough", "service"] = Field("passthrough", description="passthrough or service")
    sf_client_id: str = ""
    sf_client_secret: SecretStr = SecretStr("")
    sf_token_url: str = ""
    sf_instance_url: Annotated[str, BeforeValidator(_without_slash)] = ""
    sf_refresh_token: SecretStr = SecretStr("")
    sf_username: str = ""
    sf_private_key_file: Path | None = None
    sf_api_version: str = Field("v59.0", pattern=r"^v\d{2,3}\.0$", description="a version such as v59.0")
    sf_trusted_origins: Origins = Field(
        [], description="origins such as http://127.0.0.1:3334, without a path, separated by commas"
    )
    sf_access_token: SecretStr = SecretStr("")
    """Only `check` uses it, to look into the org."""
    sf_timeout_seconds: Seconds = 10.0
    sf_deadline_seconds: Seconds = 30.0

    sf_max_concurrency: int = Field(50, ge=1, le=1000, description="a whole number from 1 to 1000")

    redis_url: SecretStr | None = None

    lead_status_objected: str = "Closed - Not Converted"
    lead_status_converted: str = ""
    lead_default_company: Annotated[str, StringConstraints(strip_whitespace=True)] = Field(
        "Individual", max_length=255, description="a name of at most 255 characters, or empty for none"
    )
    lead_convert_create_opportunity: Switch = False
    lead_external_id_field: str = Field(
        "",
        pattern=r"^([A-Za-z][A-Za-z0-9_]{0,76}__c)?$",
        description="the API name of a custom field, such as Platform_Id__c",
    )

    mcp_host: str = "0.0.0.0"  # noqa: S104 - the contract's default; containers need it
    mcp_port: int = Field(3333, ge=0, le=65535, description="a whole number from 0 to 65535")
    mcp_allowed_hosts: Names = []
    mcp_allowed_origins: Names = []

    gateway_api_keys: Keys = []

    read_only: Switch = False
    mcp_tools: Names = []
    require_confirmation: Switch = False
    confirmation_secret: SecretStr | None = Field(None, min_length=32, description="32 or more characters")

    cors_allow_origins: Names = []
    cors_allow_methods: Names = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    cors_allow_headers: Names = [
        "Authorization", "Content-Type", "Idempotency-Key", "X-API-Key", "X-Correlation-ID",
        "X-SF-Instance-Url", "X-SF-Refresh-Token",
    ]  # fmt: skip
    cors_allow_credentials: Switch = False

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")
    log_format: Literal["json", "console"] = Field("json", description="json or console")

    @model_validator(mode="before")
    @classmethod
    def _empty_means_default(cls, values: dict[str, Any]) -> dict[str, Any]:
        # Here and not where the environment is read: what is empty there overrides `.env`.
        return {name: value for name, value in values.items() if value != "" or name in _MAY_BE_EMPTY}

    @model_validator(mode="after")
    def _fit_together(self) -> "Settings":
        if self.cors_allow_credentials and "*" in self.cors_allow_origins:
            raise ValueError(
                "CORS_ALLOW_ORIGINS: * can not be combined with CORS_ALLOW_CREDENTIALS; name the origins instead"
            )
        if self.redis_url and not _REDIS_URL.fullmatch(self.redis_url.get_secret_value()):
            raise ValueError(
                "REDIS_URL: must look like redis://[[user]:password@]host[:port][/number], or rediss:// (TLS)"
            )
        hosts = InstanceHosts(self.sf_trusted_origins)
        if self.sf_instance_url:
            try:
                hosts.checked(self.sf_instance_url)
            except InvalidInstanceUrlError:
                raise ValueError(
                    "SF_INSTANCE_URL: neither a Salesforce host, such as https://acme.my.salesforce.com, nor one of "
                    "SF_TRUSTED_ORIGINS"
                ) from None
        if self.sf_token_url and not hosts.may_refresh_at(self.sf_token_url):
            raise ValueError(
                "SF_TOKEN_URL: neither on a Salesforce host, such as "
                "https://login.salesforce.com/services/oauth2/token, nor on one of SF_TRUSTED_ORIGINS"
            )
        if self.sf_auth_mode == "service":
            self._check_service(hosts)
        elif self.gateway_api_keys:
            raise ValueError(
                "GATEWAY_API_KEYS: nobody would be asked for one, since every caller brings a Salesforce session; "
                "they need SF_AUTH_MODE=service"
            )
        return self

    def _check_service(self, hosts: InstanceHosts) -> None:
        problems = [
            f"{name}: missing; the gateway's own login needs it"
            for name, value in (("SF_INSTANCE_URL", self.sf_instance_url), ("SF_CLIENT_ID", self.sf_client_id))
            if not value
        ]
        if self.service_grant == "jwt_bearer" and not self.sf_username:
            problems.append("SF_USERNAME: missing; SF_PRIVATE_KEY_FILE logs in as that user")
        if self.service_grant == "jwt_bearer" and not self.sf_private_key_file:
            problems.append("SF_PRIVATE_KEY_FILE: missing; SF_USERNAME logs in with that key")
        if self.service_grant == "client_credentials" and not self.sf_client_secret.get_secret_value():
            problems.append(
                "SF_CLIENT_SECRET: missing; the gateway's own login needs it, or SF_REFRESH_TOKEN, or SF_USERNAME and "
                "SF_PRIVATE_KEY_FILE"
            )
        if problems:
            raise ValueError("\n".join(problems))
        if self.service_grant == "client_credentials" and hosts.is_login(self.sf_token_url):
            raise ValueError("SF_TOKEN_URL: client credentials are accepted by the org itself only; leave it empty")

    @property
    def service_grant(self) -> Literal["refresh_token", "jwt_bearer", "client_credentials"]:
        """How the gateway itself logs in: with the first of the three that has its setting."""
        if self.sf_refresh_token.get_secret_value():
            return "refresh_token"
        return "jwt_bearer" if self.sf_username or self.sf_private_key_file else "client_credentials"

    @property
    def longest_request_seconds(self) -> float:
        """After that a request is over in any case."""
        return self.sf_deadline_seconds + 5

    @property
    def lease_seconds(self) -> float:
        """How long a replica's turn outlives it: always longer than a request it sent may still be at work."""
        return 2 * self.sf_timeout_seconds

    @property
    def lead_rules(self) -> LeadRules:
        return LeadRules(
            objected_status=self.lead_status_objected,
            converted_status=self.lead_status_converted or None,
            default_company=self.lead_default_company,
            create_opportunity=self.lead_convert_create_opportunity,
            external_id_field=self.lead_external_id_field or None,
        )


def read_settings(**fixed: Any) -> Settings:
    """The settings of this process, some of them fixed whatever the environment says. Raises SettingsError."""
    try:
        return Settings(**fixed)
    except ValidationError as error:
        # A list has one problem for each of its wrong values.
        raise SettingsError("\n".join(dict.fromkeys(map(_line, error.errors())))) from None
    except UnicodeDecodeError:
        raise SettingsError(".env: can not be read, since it is not UTF-8 text.") from None


def _line(problem: ErrorDetails) -> str:
    """What is wrong, without the value: it may be a secret."""
    message = problem["msg"].removeprefix("Value error, ")
    if not problem["loc"]:
        return message
    name = str(problem["loc"][0])
    allowed = Settings.model_fields[name].description
    return f"{name.upper()}: must be {allowed}" if allowed else f"{name.upper()}: {message}"
