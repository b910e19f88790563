"""The caller's org itself: who is asking, which org it is, how its leads look."""

from collections.abc import Callable
from typing import Any

from domain.errors import LeadError, PermissionDeniedError, SalesforceRejectedError, TryLaterError
from domain.values.described import DescribedLead
from domain.values.org import ActiveRules, Caller, LeadStatus, OrgDescription, OrgPermissions
from infra.salesforce.descriptions import Descriptions
from infra.salesforce.sending.connection import Connection
from infra.salesforce.sending.request import Effect, Request, composite
from infra.salesforce.wire.answers import Answer, NoAnswerError
from infra.salesforce.wire.composite import Subrequest, subrequest_answers
from infra.salesforce.wire.description import described_lead_in, values_by_record_type_in
from infra.salesforce.wire.errors import check
from infra.salesforce.wire.lead_queries import STATUSES
from infra.salesforce.wire.paths import USERINFO, Paths
from infra.salesforce.wire.query_results import records_in, statuses_in
from infra.salesforce.wire.records import to_api_usage
from infra.salesforce.wire.soql_builder import select

_ORGANIZATION = select(["Id", "Name", "IsSandbox", "OrganizationType"], "Organization", limit=1)

_ASSIGNMENT_RULES = select(["Name"], "AssignmentRule", ["SobjectType = 'Lead'", "Active = true"])
_DUPLICATE_RULES = select(["MasterLabel"], "DuplicateRule", ["SobjectType = 'Lead'", "IsActive = true"])


class SalesforceOrg:
    """The Org port."""

    def __init__(self, connection: Connection, api_version: str, descriptions: Descriptions) -> None:
        self._connection = connection
        self._descriptions = descriptions
        self._paths = Paths(api_version)

    async def described_lead(self) -> tuple[DescribedLead, list[LeadStatus]]:
        subrequests = [
            Subrequest("describe", "GET", self._paths.lead_description),
            Subrequest("statuses", "GET", self._paths.query(STATUSES)),
        ]

        def read(answer: Answer) -> tuple[DescribedLead, list[LeadStatus]]:
            answers = subrequest_answers(answer, subrequests)
            return described_lead_in(answers["describe"]), statuses_in(answers["statuses"])

        request = composite(self._paths, subrequests, Effect.READ, "Reading the fields and statuses of leads")
        described, statuses = await self._connection.call(request, read)
        return self._descriptions.keep(self._connection.user, described), statuses

    async def values_by_record_type(self) -> dict[str, dict[str, list[str]]]:
        request = Request("GET", self._paths.lead_layouts, Effect.READ, doing="Reading the record types of leads")
        return await self._connection.call(request, values_by_record_type_in)

    async def active_rules(self) -> ActiveRules:
        """Source: "AssignmentRule" and "DuplicateRule", Object Reference."""
        subrequests = [
            Subrequest("assignment", "GET", self._paths.query(_ASSIGNMENT_RULES)),
            Subrequest("duplicate", "GET", self._paths.query(_DUPLICATE_RULES)),
        ]

        def read(answer: Answer) -> ActiveRules:
            answers = subrequest_answers(answer, subrequests)
            return ActiveRules(
                assignment=_names_in(answers["assignment"], "Name"),
                duplicate=_names_in(answers["duplicate"], "MasterLabel"),
            )

        request = composite(self._paths, subrequests, Effect.READ, "Reading the rules for leads")
        return await self._connection.call(request, read)

    async def about(self) -> OrgDescription:
        parts = {"organization": self._paths.query(_ORGANIZATION), "lead": self._paths.leads}
        subrequests = [Subrequest(name, "GET", url) for name, url in parts.items()]

        not_told = {**_NOT_TOLD, "instance_url": self._connection.session.instance_url}

        def read(answer: Answer) -> tuple[OrgDescription, list[str]]:
            answers = subrequest_answers(answer, subrequests)
            known = not_told | {"api_usage": to_api_usage(answer.headers.get("sforce-limit-info"))}
            refused: list[str] = []
            for name, read_part in (("organization", _organization), ("lead", _permissions)):
                known |= _told(name, read_part, answers[name], refused)
            return OrgDescription(**known), refused

        request = composite(self._paths, subrequests, Effect.READ, "Reading the org")
        try:
            org, refused = await self._connection.call(request, read)
        except PermissionDeniedError as error:
            org, refused = OrgDescription(**not_told), [_refused("api", error)]
        # The user's identity belongs to OAuth, which a composite request can not reach and which does not say that a
        # session is expired; the call above has refreshed it by now.
        user = Request("GET", USERINFO, Effect.READ, doing="Reading who calls")
        try:
            org = org.model_copy(update={"caller": await self._connection.call(user, _caller)})
        except (PermissionDeniedError, SalesforceRejectedError, TryLaterError) as error:
            refused.append(_refused("caller", error))
        return org.model_copy(update={"note": " ".join(refused)}) if refused else org


def _organization(answer: Answer) -> dict[str, Any]:
    organization = next(iter(records_in(answer)), None)
    if organization is None:
        raise NoAnswerError("not_salesforce", "No record came back")
    return {
        "org_id": organization["Id"],
        "name": organization.get("Name"),
        "is_sandbox": organization.get("IsSandbox"),
        "edition": organization.get("OrganizationType"),
    }


def _permissions(answer: Answer) -> dict[str, Any]:
    lead = _object(answer)["objectDescribe"]
    permissions = OrgPermissions(
        create_leads=lead["createable"],
        read_leads=lead["queryable"],
        update_leads=lead["updateable"],
        delete_leads=lead["deletable"],
    )
    return {"permissions": permissions}


_NOT_TOLD = dict.fromkeys(("org_id", "name", "is_sandbox", "edition", "api_usage", "permissions", "caller"))
_NEXT_STEPS = {
    "organization": "The org's name, kind and Id are not told; an administrator can let this user read Organization.",
    "lead": "What this user may do with leads is not told; an administrator can give this user Read on leads.",
    "api": "The org and what this user may do are not told; an administrator can give this user API access.",
    "caller": "Who calls is not told; sign in through an app that has the scope openid as well.",
}


def _told(part: str, read: Callable[[Answer], dict[str, Any]], answer: Answer, refused: list[str]) -> dict[str, Any]:
    """What a part tells; nothing when it is refused, which is noted."""
    try:
        return read(answer)
    except (LeadError, NoAnswerError) as error:
        refused.append(_refused(part, error))
        return {}


def _refused(part: str, error: Exception) -> str:
    """What is not told, what would help, and what Salesforce says."""
    return f"{_NEXT_STEPS[part]} ({str(error).rstrip('.')}.)"


def _names_in(answer: Answer, column: str) -> list[str] | None:
    """What a query found; None when this user may not ask."""
    return [str(record[column]) for record in records_in(answer)] if answer.ok else None


def _caller(answer: Answer) -> Caller:
    user = _object(answer)
    return Caller(
        user_id=user["user_id"],
        username=user.get("preferred_username"),
        name=user.get("name"),
        email=user.get("email"),
    )


def _object(answer: Answer) -> dict[str, Any]:
    check(answer)
    if not isinstance(answer.body, dict):
        raise NoAnswerError("not_salesforce", "no JSON object in the answer")
    return answer.body
