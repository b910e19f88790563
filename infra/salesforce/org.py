"""The caller's org itself: who is asking, which org it is, how its leads look."""

from typing import Any
from urllib.parse import quote_plus

from domain.values.org import Caller, LeadField, LeadStatus, OrgDescription, OrgPermissions
from infra.salesforce import soql
from infra.salesforce.answer import Answer, NoAnswerError, error_from
from infra.salesforce.composite import Step, composite, step_answers
from infra.salesforce.connection import Connection, Effect, Request
from infra.salesforce.gateway import STATUSES_QUERY, records_in, statuses_in
from infra.salesforce.wire import to_api_usage, to_field

_ORGANIZATION = soql.select(["Id", "Name", "IsSandbox", "OrganizationType"], "Organization", limit=1)


class SalesforceOrg:
    """The Org port."""

    def __init__(self, connection: Connection, api_version: str) -> None:
        self._connection = connection
        self._data = f"/services/data/{api_version}"

    async def lead_fields(self) -> tuple[list[LeadField], list[LeadStatus]]:
        steps = [
            Step("describe", "GET", f"{self._data}/sobjects/Lead/describe"),
            Step("statuses", "GET", self._query(STATUSES_QUERY)),
        ]

        def read(answer: Answer) -> tuple[list[LeadField], list[LeadStatus]]:
            answers = step_answers(answer, steps)
            described = [to_field(field) for field in _object(answers["describe"])["fields"]]
            return [field for field in described if field], statuses_in(answers["statuses"])

        return await self._connection.call(self._composite(steps, "Reading the fields and statuses of leads"), read)

    async def about(self) -> OrgDescription:
        steps = [
            Step("organization", "GET", self._query(_ORGANIZATION)),
            Step("lead", "GET", f"{self._data}/sobjects/Lead"),
        ]

        def read(answer: Answer) -> dict[str, Any]:
            answers = step_answers(answer, steps)
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

        org = await self._connection.call(self._composite(steps, "Reading the org"), read)
        # The user's identity belongs to OAuth, which a composite request can not reach and which does not say that a
        # session is expired; the call above has refreshed it by now.
        user = Request("GET", "/services/oauth2/userinfo", Effect.READ, doing="Reading who calls")
        return await self._connection.call(user, lambda answer: OrgDescription(**org, caller=_caller(answer)))

    async def external_ids(self) -> dict[str, bool]:
        request = Request(
            "GET", f"{self._data}/sobjects/Lead/describe", Effect.READ, doing="Reading the fields of leads"
        )

        def read(answer: Answer) -> dict[str, bool]:
            return {field["name"]: field["unique"] for field in _object(answer)["fields"] if field["externalId"]}

        return await self._connection.call(request, read)

    def _query(self, query: str) -> str:
        return f"{self._data}/query?q={quote_plus(query)}"

    def _composite(self, steps: list[Step], doing: str) -> Request:
        return Request("POST", f"{self._data}/composite", Effect.READ, json=composite(steps), doing=doing)


def _caller(answer: Answer) -> Caller:
    user = _object(answer)
    return Caller(
        user_id=user["user_id"],
        username=user.get("preferred_username"),
        name=user.get("name"),
        email=user.get("email"),
    )


def _object(answer: Answer) -> dict[str, Any]:
    if not answer.ok:
        raise error_from(answer)
    if not isinstance(answer.body, dict):
        raise NoAnswerError("not_salesforce", "no JSON object in the answer")
    return answer.body
