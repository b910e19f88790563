"""The caller's org itself: who is asking, which org it is, how its leads look."""

from typing import Any

from domain.values.described import DescribedLead
from domain.values.org import Caller, LeadStatus, OrgDescription, OrgPermissions
from infra.salesforce.descriptions import Descriptions
from infra.salesforce.sending.connection import Connection
from infra.salesforce.sending.request import Effect, Request
from infra.salesforce.wire.answers import Answer, NoAnswerError
from infra.salesforce.wire.composite import Subrequest, composite_body, subrequest_answers
from infra.salesforce.wire.description import described_lead_in, values_by_record_type_in
from infra.salesforce.wire.errors import check
from infra.salesforce.wire.lead_queries import STATUSES
from infra.salesforce.wire.paths import USERINFO, Paths
from infra.salesforce.wire.query_results import records_in, statuses_in
from infra.salesforce.wire.records import to_api_usage
from infra.salesforce.wire.soql_builder import select

_ORGANIZATION = select(["Id", "Name", "IsSandbox", "OrganizationType"], "Organization", limit=1)


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

        described, statuses = await self._connection.call(
            self._composite(subrequests, "Reading the fields and statuses of leads"), read
        )
        return self._descriptions.keep(self._connection.user, described), statuses

    async def values_by_record_type(self) -> dict[str, dict[str, list[str]]]:
        request = Request("GET", self._paths.lead_layouts, Effect.READ, doing="Reading the record types of leads")
        return await self._connection.call(request, values_by_record_type_in)

    async def about(self) -> OrgDescription:
        subrequests = [
            Subrequest("organization", "GET", self._paths.query(_ORGANIZATION)),
            Subrequest("lead", "GET", self._paths.leads),
        ]

        def read(answer: Answer) -> dict[str, Any]:
            answers = subrequest_answers(answer, subrequests)
            organization = next(iter(records_in(answers["organization"])), {})
            lead = _object(answers["lead"])["objectDescribe"]
            return {
                "org_id": organization["Id"],
                "name": organization.get("Name"),
                "is_sandbox": organization.get("IsSandbox"),
                "edition": organization.get("OrganizationType"),
                "instance_url": self._connection.session.instance_url,
                "api_usage": to_api_usage(answer.headers.get("sforce-limit-info")),
                "permissions": OrgPermissions(
                    create_leads=lead["createable"],
                    read_leads=lead["queryable"],
                    update_leads=lead["updateable"],
                    delete_leads=lead["deletable"],
                ),
            }

        org = await self._connection.call(self._composite(subrequests, "Reading the org"), read)
        # The user's identity belongs to OAuth, which a composite request can not reach and which does not say that a
        # session is expired; the call above has refreshed it by now.
        user = Request("GET", USERINFO, Effect.READ, doing="Reading who calls")
        return await self._connection.call(user, lambda answer: OrgDescription(**org, caller=_caller(answer)))

    def _composite(self, subrequests: list[Subrequest], doing: str) -> Request:
        return Request("POST", self._paths.composite, Effect.READ, json=composite_body(subrequests), doing=doing)


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
