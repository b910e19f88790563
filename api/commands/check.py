"""What is configured, whether Salesforce answers, and what is missing."""

import httpx
import typer

from api.commands.listening import PortInUseError, listen
from api.commands.org_report import Kind, findings
from api.main import open_coordination, problems_at_start, routes_and_tools
from api.service_factory import ServiceFactory
from domain.errors import CoordinationUnavailableError, LeadError, ServiceLoginError, SessionExpiredError
from domain.services import Services
from domain.values.session import Session
from infra.salesforce.sending.grants import ClientCredentialsGrant, JwtBearerGrant, RefreshTokenGrant
from infra.salesforce.sending.http_client import cause_of, open_http
from infra.salesforce.sending.timing import Clock
from infra.salesforce.wire.api_versions import LIST, in_words, listed_versions
from infra.settings import Settings, SettingsError


async def check_gateway(settings: Settings, salesforce: httpx.AsyncBaseTransport | None = None) -> bool:
    """Print what is there and what is not; True when nothing is missing."""
    report = _Report()
    _check_settings(settings, report)
    _check_start(settings, report)
    clock = Clock()
    async with open_http(salesforce) as http, open_coordination(settings, clock) as coordination:
        factory = ServiceFactory(settings, http, clock, coordination)
        await _check_coordination(factory, report)
        if settings.sf_instance_url and await _answers(http, settings, report):
            await _check_org(factory, report)
    return report.end()


def tell_refused(error: SettingsError) -> None:
    """Print what is wrong with settings with which nothing can be checked."""
    report = _Report()
    report.refused(error)
    report.end()


class _Report:
    def __init__(self) -> None:
        self.missing = 0

    def good(self, text: str) -> None:
        typer.echo(f"  ok       {text}")

    def note(self, text: str) -> None:
        typer.echo(f"  note     {text}")

    def bad(self, text: str) -> None:
        self.missing += 1
        typer.echo(f"  MISSING  {text}")

    def tell(self, kind: Kind, text: str) -> None:
        {"good": self.good, "note": self.note, "bad": self.bad}[kind](text)

    def refused(self, error: SettingsError) -> None:
        for line in str(error).splitlines():
            self.bad(line)

    def end(self) -> bool:
        """Print the sum; True when nothing is missing."""
        typer.echo("\nNothing is missing." if not self.missing else f"\nMissing: {self.missing}.")
        return not self.missing


def _check_settings(settings: Settings, report: _Report) -> None:
    if settings.sf_client_id:
        report.good(f"SF_CLIENT_ID is set, SF_CLIENT_SECRET {_set(settings.sf_client_secret.get_secret_value())}.")
    else:
        report.bad("SF_CLIENT_ID: without it, expired sessions can not be refreshed.")
    if settings.sf_auth_mode == "service":
        _check_service(settings, report)
    else:
        _tell_unused(settings, report)
    if settings.sf_instance_url:
        report.good(f"SF_INSTANCE_URL is {settings.sf_instance_url}.")
    else:
        report.note(
            "SF_INSTANCE_URL is not set: every caller has to send X-SF-Instance-Url, and no org is checked here."
        )
    report.good(f"Tokens come from {settings.sf_token_url or '/services/oauth2/token of the instance'}.")
    if settings.sf_trusted_origins:
        report.note(f"Tokens may also go to {', '.join(settings.sf_trusted_origins)}.")


def _check_service(settings: Settings, report: _Report) -> None:
    report.good(f"The gateway has a session of its own (SF_AUTH_MODE=service), by {_FLOWS[settings.service_grant]}.")
    if settings.gateway_api_keys:
        report.good(f"GATEWAY_API_KEYS holds {len(settings.gateway_api_keys)}.")
    else:
        report.note("GATEWAY_API_KEYS is empty: only programs on this machine can be served (stdio needs none).")
    if _would_use_up_the_refresh_token(settings):
        report.note(
            "REDIS_URL: if the connected app rotates refresh tokens, SF_REFRESH_TOKEN is good for one start only "
            "without it. So no login is tried here."
        )


_FLOWS = {
    "refresh_token": RefreshTokenGrant.name,
    "jwt_bearer": JwtBearerGrant.name,
    "client_credentials": ClientCredentialsGrant.name,
}


def _tell_unused(settings: Settings, report: _Report) -> None:
    given = {
        "SF_REFRESH_TOKEN": settings.sf_refresh_token.get_secret_value(),
        "SF_USERNAME": settings.sf_username,
        "SF_PRIVATE_KEY_FILE": settings.sf_private_key_file,
    }
    if unused := [name for name, value in given.items() if value]:
        report.note(
            f"Not used: {', '.join(unused)}. Every caller brings a session; only with SF_AUTH_MODE=service, and over "
            "stdio, the gateway logs in itself."
        )


def _check_start(settings: Settings, report: _Report) -> None:
    """Whether `serve` would start."""
    for problem in problems_at_start(settings):
        report.bad(problem)
    try:
        _, tools = routes_and_tools(settings)
        if not tools.offered:
            report.bad("MCP_TOOLS: names writing tools only, and READ_ONLY keeps those out, so /mcp offers no tool.")
    except SettingsError as error:
        report.refused(error)
    try:
        listen(settings.mcp_host, settings.mcp_port).close()
    except PortInUseError as error:
        if error.is_taken:
            report.note(f"MCP_PORT: {settings.mcp_port} is in use, which is right while the gateway runs.")
        else:
            report.bad(f"MCP_HOST, MCP_PORT: {error}")


async def _check_coordination(factory: ServiceFactory, report: _Report) -> None:
    if factory.settings.redis_url is None:
        return
    if await factory.coordination.is_ready():
        report.good("Redis answers at REDIS_URL.")
    else:
        report.bad("REDIS_URL: Redis does not answer there, so creates and syncs by email would be answered 503.")


def _would_use_up_the_refresh_token(settings: Settings) -> bool:
    """Whether a login could leave the gateway with a refresh token that has rotated away, and no successor."""
    grant_without_store = settings.service_grant == "refresh_token" and settings.redis_url is None
    return settings.sf_auth_mode == "service" and grant_without_store


def _set(value: str) -> str:
    return "is set" if value else "is not (right for an app that needs no secret)"


async def _answers(http: httpx.AsyncClient, settings: Settings, report: _Report) -> bool:
    """Whether the instance answers with its API versions, for which no session is needed (fact sheet 2.1)."""
    try:
        response = await http.get(f"{settings.sf_instance_url}{LIST}", timeout=settings.sf_timeout_seconds)
        versions = listed_versions(response.raise_for_status().json())
    except (httpx.HTTPError, ValueError, TypeError, LookupError) as error:
        report.bad(f"Salesforce does not answer at {settings.sf_instance_url} ({cause_of(error)}).")
        return False
    if settings.sf_api_version not in versions:
        report.bad(f"SF_API_VERSION: the org has no {settings.sf_api_version}, but {in_words(versions) or 'none'}.")
        return False
    report.good(f"Salesforce answers, and has {settings.sf_api_version}.")
    return True


async def _check_org(factory: ServiceFactory, report: _Report) -> None:
    settings = factory.settings
    try:
        services = _services(factory)
        if services is None:
            report.note("The org itself was not asked; put an access token into SF_ACCESS_TOKEN to have it checked.")
            return
        org = await services.org.about()
        description = await services.org.describe_lead()
        rules = await services.org.active_rules()
    except SettingsError:
        # The private key can not be used, which is told by now.
        return
    except LeadError as error:
        _tell_failure(error, settings, report)
        return
    if settings.sf_auth_mode == "service" and not _would_use_up_the_refresh_token(settings):
        report.good("The gateway logs in to Salesforce.")
    for kind, line in findings(org, description, rules, settings):
        report.tell(kind, line)


def _tell_failure(error: LeadError, settings: Settings, report: _Report) -> None:
    """Why the org could not be asked."""
    if isinstance(error, ServiceLoginError) and settings.sf_auth_mode == "passthrough":
        report.note(f"The org itself was not asked: {error.message} Put an access token into SF_ACCESS_TOKEN.")
    elif isinstance(error, ServiceLoginError):
        report.bad(error.message)
    elif isinstance(error, SessionExpiredError):
        report.bad("SF_ACCESS_TOKEN: Salesforce does not accept it (any more); sign in again and set the new one.")
    elif isinstance(error, CoordinationUnavailableError):
        report.note("The org itself was not asked: with SF_REFRESH_TOKEN, that needs the Redis at REDIS_URL.")
    else:
        report.bad(f"The org can not be asked: {error.message}")


def _services(factory: ServiceFactory) -> Services | None:
    """The services of somebody who can ask the org; None when there is nobody."""
    settings = factory.settings
    access_token = settings.sf_access_token.get_secret_value()
    no_login = _would_use_up_the_refresh_token(settings)
    if access_token and (no_login or settings.sf_auth_mode == "passthrough"):
        return factory.services_of_session(Session(settings.sf_instance_url, access_token))
    with_app = settings.service_grant == "client_credentials" and settings.sf_client_secret.get_secret_value()
    logs_in = settings.sf_auth_mode == "service" or (settings.sf_client_id and with_app)
    return factory.services_of_gateway()("") if logs_in and not no_login else None
