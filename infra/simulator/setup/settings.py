"""What can be set about an org: how it behaves, not what it holds."""

from __future__ import annotations

from typing import Annotated, Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pydantic import BeforeValidator, Field, field_validator, model_validator

from infra.simulator.schema import api_versions as versions
from infra.simulator.setup.automation import ApprovalLock, AssignmentEntry, AssignmentRule, Trigger, ValidationRule
from infra.simulator.setup.custom_fields import CustomField, CustomName
from infra.simulator.setup.custom_objects import CustomObject
from infra.simulator.setup.set_up import LeadStatus, SetUp
from infra.simulator.setup.setting_checks import like

MappedField = Annotated[
    str, like(r"(?:Account|Contact|Opportunity)\.\w+__c", "a custom field of an account, contact or opportunity")
]
OwnerId = Annotated[
    str, like(r"00[5G][0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?", "the id of a user (005…) or of a queue (00G…)")
]
SetUpName = Literal["classic", "modern", "person_accounts", "global"]
ApiVersion = Annotated[str, BeforeValidator(versions.normalized)]


def public_key(pem: str) -> rsa.RSAPublicKey:
    """The RSA key in a certificate or a public key file. Raises ValueError."""
    data, is_certificate = pem.encode(), "BEGIN CERTIFICATE" in pem
    key = x509.load_pem_x509_certificate(data).public_key() if is_certificate else load_pem_public_key(data)
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("an RSA key is needed")
    return key


SHORT_RULE = "Standard"
"""What the assignment rule is called that is given by its owner only."""
FRESH_STATUSES = (
    LeadStatus(name="Open - Not Contacted", is_default=True),
    LeadStatus(name="Working - Contacted"),
    LeadStatus(name="Closed - Converted", is_converted=True),
    LeadStatus(name="Closed - Not Converted"),
)
"""Source: fact sheet 2.5."""


DuplicateAction = Literal["off", "alert", "block"]


class Settings(SetUp):
    """How an org is built and how it behaves. The defaults are those of a new Developer Edition."""

    setup: SetUpName = "classic"
    """The set-up that the others began with."""

    rotate_refresh_tokens: bool = False
    """Each refresh answers a new refresh token and ends the old one."""
    jwt_access_tokens: bool = False
    """Access tokens are JWT-shaped; SOAP refuses them before v67."""
    jwt_certificate: str | None = None
    """The connected app's certificate or public key (PEM); without it any signature of a JWT bearer will do."""
    trusted_network: bool = False
    """Callers log in with their password alone, without the security token."""
    soap_login: bool = True
    """SOAP knows login(), up to the last version that has it; new orgs have it switched off."""
    api_versions: tuple[ApiVersion, ...] = Field(default=versions.ALL, min_length=1)
    """The versions of the API that are not retired."""
    email_internationalization: bool = False
    """Email addresses may hold characters outside ASCII. Source: fact sheet 12.1."""
    session_seconds: int = Field(default=7200, ge=1, le=86400)
    """A session lives this long after it was last used."""
    latency_ms: float = Field(default=0, ge=0, le=600_000)
    """Every call takes at least this long."""
    bulk_seconds: float = Field(default=0, ge=0, le=3600)
    """A bulk job waits this long before it is worked off."""
    daily_api_limit: int = Field(default=15_000, ge=0)
    """API calls in 24 hours."""
    search_delay_seconds: float = Field(default=0, ge=0, le=3600)
    """Search finds a record this long after it was written."""
    max_concurrency: int | None = Field(default=None, ge=1)
    """Calls at once; one more is refused."""
    duplicate_rule: DuplicateAction = "off"
    """What happens to a lead that matches another: `alert` can be overridden, `block` cannot."""
    account_duplicate_rule: DuplicateAction = "off"
    contact_duplicate_rule: DuplicateAction = "off"
    """The same for accounts and contacts, those that a conversion makes among them."""
    assignment_owner_id: OwnerId | None = None
    """The active assignment rule gives all leads to this user or queue: the short form of a rule with one entry."""
    assignment_rules: tuple[AssignmentRule, ...] = ()
    """Who gets leads; at most one of the rules is active."""
    unique_external_id: CustomName | None = None
    """A text field of Lead that is unique and an external id."""
    lead_statuses: tuple[LeadStatus, ...] = Field(default=FRESH_STATUSES, min_length=1)
    custom_fields: tuple[CustomField, ...] = ()
    custom_objects: tuple[CustomObject, ...] = Field(default=(), max_length=500)
    """Their places in the list decide how their ids begin: new ones come last."""
    converted_fields: dict[CustomName, MappedField] = Field(default_factory=dict)
    """Which custom fields of a lead its conversion takes along, and where to: `Contact.Segment__c`."""
    history_fields: tuple[str, ...] = ("Status", "OwnerId")
    """Fields of Lead whose changes LeadHistory keeps."""
    validation_rules: tuple[ValidationRule, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    approval_locks: tuple[ApprovalLock, ...] = ()

    @field_validator("jwt_certificate")
    @classmethod
    def _readable(cls, pem: str | None) -> str | None:
        if pem is not None:
            public_key(pem)
        return pem

    @field_validator("api_versions")
    @classmethod
    def _in_order(cls, versions: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(set(versions), key=float))

    @model_validator(mode="after")
    def _one_default_status(self) -> Settings:
        if sum(status.is_default for status in self.lead_statuses) != 1:
            raise ValueError("lead_statuses: exactly one status must have is_default true")
        if not any(status.is_converted for status in self.lead_statuses):
            raise ValueError("lead_statuses: one status at least must have is_converted true")
        return self

    @model_validator(mode="after")
    def _one_active_assignment(self) -> Settings:
        if sum(rule.active for rule in self.all_assignment_rules()) > 1:
            raise ValueError("assignment_rules: only one of them can be active")
        return self

    def all_assignment_rules(self) -> tuple[AssignmentRule, ...]:
        if self.assignment_owner_id is None:
            return self.assignment_rules
        everything = AssignmentEntry(owner=self.assignment_owner_id)
        return (*self.assignment_rules, AssignmentRule(name=SHORT_RULE, entries=(everything,)))

    def all_custom_fields(self) -> tuple[CustomField, ...]:
        """Those of custom objects among them, each with its object as that is spelled."""
        spelled = {custom.name.lower(): custom.name for custom in self.custom_objects}
        fields = [
            field.model_copy(update={"object": spelled.get(field.object.lower(), field.object)})
            for field in self.custom_fields
        ]
        if self.unique_external_id is not None:
            fields.append(CustomField(name=self.unique_external_id, unique=True, external_id=True))
        return (*fields, *(field for custom in self.custom_objects for field in custom.own_fields()))
