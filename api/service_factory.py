"""What opens the services for each caller, over what all callers share: put together from the settings."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property

import httpx

from api.callers.credentials import Passthrough
from api.callers.dependencies import Callers
from api.callers.keys import KeyHolders
from domain.services import Services, services_on
from domain.values.session import Session
from infra.coordination.idempotency_records import EncryptedIdempotencyRecords
from infra.coordination.interface import Coordination
from infra.coordination.memory import MemoryCoordination
from infra.salesforce.campaigns import SalesforceCampaigns
from infra.salesforce.conversions import SalesforceConversions
from infra.salesforce.descriptions import Descriptions
from infra.salesforce.leads import SalesforceLeads
from infra.salesforce.org import SalesforceOrg
from infra.salesforce.sending.api_versions import ApiVersions
from infra.salesforce.sending.connection import Connection, Sessions
from infra.salesforce.sending.grants import (
    ClientCredentialsGrant,
    Grant,
    JwtBearerGrant,
    OAuthClient,
    RefreshTokenGrant,
)
from infra.salesforce.sending.hosts import InstanceHosts
from infra.salesforce.sending.limits import Limits
from infra.salesforce.sending.refreshed_sessions import RefreshedSessions
from infra.salesforce.sending.service_session import ServiceSession
from infra.salesforce.sending.timing import Clock, Patience
from infra.settings import Settings, SettingsError


@dataclass
class ServiceFactory:
    """The way to Salesforce for every caller of one process."""

    settings: Settings
    http: httpx.AsyncClient
    clock: Clock
    coordination: Coordination

    def __post_init__(self) -> None:
        self._hosts = InstanceHosts(self.settings.sf_trusted_origins)
        self._limits = Limits(self.settings.sf_max_concurrency)
        self._client = oauth_client(self.settings)
        self._patience = Patience(self.settings.sf_timeout_seconds, self.settings.sf_deadline_seconds)
        self._descriptions = Descriptions(self.clock.now)
        self._versions = ApiVersions(self.http, self.clock.now)

    def callers(self) -> Callers:
        """Who may call, and with what."""
        if self.settings.sf_auth_mode == "passthrough":
            return Passthrough(self.services_of_session, self.settings.sf_instance_url)
        keys = [key.get_secret_value() for key in self.settings.gateway_api_keys]
        return KeyHolders(keys, self.services_of_gateway())

    @cached_property
    def _sessions(self) -> RefreshedSessions:
        return RefreshedSessions(self.http, self._client, self._patience, self.coordination, self.clock, self._hosts)

    @cached_property
    def _service(self) -> ServiceSession:
        settings = self.settings
        # Only refresh tokens can not be used side by side; with the other grants each process logs in for itself.
        alone = MemoryCoordination(settings.lease_seconds, self.clock.now)
        return ServiceSession(
            self.http,
            self._client,
            grant(settings),
            settings.sf_instance_url,
            self._patience,
            self.coordination if settings.service_grant == "refresh_token" else alone,
            self.clock,
            self._hosts,
        )

    async def is_ready(self) -> bool:
        """Whether all works as far as is known; Salesforce is not asked for that."""
        if self.settings.sf_auth_mode == "service" and self._service.is_refused:
            return False
        return await self.coordination.is_ready()

    def services_of_session(self, session: Session) -> Services:
        """The services of a caller with a session. Raises InvalidInstanceUrlError before anything is sent."""
        checked = Session(self._hosts.checked(session.instance_url), session.access_token, session.refresh_token)

        async def owner() -> str:
            return await self._sessions.owner(checked)

        return self._services(self._sessions, checked, owner)

    def services_of_gateway(self) -> Callable[[str], Services]:
        """What opens the services that work with the gateway's own session, for the holder of a key."""
        service = self._service
        nobody_yet = Session(self.settings.sf_instance_url, "")

        def open_services(key: str) -> Services:
            async def owner() -> str:
                return service.owner(key)

            return self._services(service, nobody_yet, owner, key)

        return open_services

    def _services(
        self, sessions: Sessions, session: Session, owner: Callable[[], Awaitable[str]], caller: str = ""
    ) -> Services:
        settings = self.settings
        way = Connection(
            self.http,
            sessions,
            session,
            self._patience,
            self.clock,
            self._limits.of(session),
            self._versions,
            caller=caller,
            read_only=settings.read_only,
        )
        return services_on(
            SalesforceLeads(way, settings.sf_api_version, self.coordination, self._descriptions),
            SalesforceConversions(way, settings.sf_api_version, self._descriptions),
            SalesforceCampaigns(way, settings.sf_api_version),
            SalesforceOrg(way, settings.sf_api_version, self._descriptions),
            EncryptedIdempotencyRecords(self.coordination, owner, settings.longest_request_seconds),
            settings.lead_rules,
            lambda: way.session,
            way.report_progress_to,
        )


def oauth_client(settings: Settings) -> OAuthClient:
    """The connected app that the settings name."""
    return OAuthClient(settings.sf_client_id, settings.sf_client_secret.get_secret_value(), settings.sf_token_url)


def grant(settings: Settings) -> Grant:
    """How the gateway itself logs in. Raises SettingsError when the private key can not be used."""
    client = oauth_client(settings)
    if settings.service_grant == "refresh_token":
        return RefreshTokenGrant(client, settings.sf_refresh_token.get_secret_value())
    if settings.service_grant == "client_credentials":
        return ClientCredentialsGrant(client)
    path = settings.sf_private_key_file
    assert path is not None, "checked with the settings"
    try:
        return JwtBearerGrant(client, settings.sf_username, path.read_text(), settings.sf_instance_url)
    except OSError as error:
        raise SettingsError(f"SF_PRIVATE_KEY_FILE: {path} can not be read: {error.strerror}") from error
    except (ValueError, TypeError) as error:
        # The library's words could repeat what is in the file.
        raise SettingsError(
            f"SF_PRIVATE_KEY_FILE: {path} is no RSA private key in PEM form without a passphrase"
        ) from error
