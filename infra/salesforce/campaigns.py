"""The campaigns of one caller's org, over Salesforce's APIs."""

from collections.abc import Mapping
from typing import Any

from domain.errors import (
    CampaignNotFoundError,
    ContactNotFoundError,
    LeadConvertedError,
    LeadError,
    LeadNotFoundError,
    PermissionDeniedError,
)
from domain.values.campaigns import CampaignMember
from infra.salesforce.sending.connection import Connection
from infra.salesforce.sending.request import Effect, Request, composite
from infra.salesforce.wire.answers import Answer, NoAnswerError
from infra.salesforce.wire.campaign_queries import ACTIVE_NAMES, NEXT_STEP, members, members_in, seen
from infra.salesforce.wire.composite import Subrequest, subrequest_answers
from infra.salesforce.wire.errors import NOT_FOUND, error_from
from infra.salesforce.wire.paths import Paths
from infra.salesforce.wire.soql_builder import string_literal


class SalesforceCampaigns:
    """The Campaigns port."""

    def __init__(self, connection: Connection, api_version: str) -> None:
        self._connection = connection
        self._paths = Paths(api_version)

    async def member(self, campaign_id: str, person_id: str) -> CampaignMember | None:
        query = self._paths.query(_member_of(campaign_id, person_id))
        request = Request("GET", query, Effect.READ, doing="Looking for the campaign member")
        return next(iter(await self._connection.call(request, members_in)), None)

    async def add(self, campaign_id: str, person_id: str, status: str | None) -> CampaignMember:
        """Source: Object Reference, CampaignMember: create() fails for somebody who is a member."""
        record = {"CampaignId": campaign_id, _column(person_id): person_id, **({"Status": status} if status else {})}
        save = Subrequest("saved", "POST", self._paths.campaign_members, record)
        return await self._save(save, _member_of(campaign_id, person_id), Effect.WRITE)

    async def change_status(self, member_id: str, status: str) -> CampaignMember:
        save = Subrequest("saved", "PATCH", self._paths.campaign_member(member_id), {"Status": status})
        query = members([f"Id = {string_literal(member_id)}"])
        return await self._save(save, query, Effect.REPEATABLE_WRITE)

    async def active_names(self) -> list[str]:
        request = Request("GET", self._paths.query(ACTIVE_NAMES), Effect.READ, doing="Looking for the nearest names")
        return await self._connection.call(request, lambda answer: [str(record["Name"]) for record in seen(answer)])

    async def _save(self, save: Subrequest, query: str, effect: Effect) -> CampaignMember:
        """Save and read back, which tells what triggers made of it."""
        together = [save, Subrequest("member", "GET", self._paths.query(query))]

        def read(answer: Answer) -> CampaignMember:
            answers = subrequest_answers(answer, together)
            if not answers["saved"].ok:
                raise _error_from(answers["saved"], save.body)
            member = next(iter(members_in(answers["member"])), None)
            if member is None:
                raise NoAnswerError("not_salesforce", "the campaign member that was saved can not be read")
            return member

        request = composite(self._paths, together, effect, "Writing the campaign member")
        return await self._connection.call(request, read)


def _error_from(saved: Answer, record: Mapping[str, Any]) -> LeadError | NoAnswerError:
    """The error that a save which is not ok stands for. What it is about was there when it was looked up just now."""
    person_id = record.get("LeadId") or record.get("ContactId") or ""
    for problem in saved.problems if person_id else ():
        if problem.code == "CANNOT_UPDATE_CONVERTED_LEAD":
            fact = "was converted just now; send the same again, which adds its contact."
            return LeadConvertedError(person_id, {}, fact)
        if problem.code not in NOT_FOUND:
            continue
        if "CampaignId" in problem.fields:
            return CampaignNotFoundError(record["CampaignId"], "It may be deleted or not shared with you.")
        if "ContactId" in problem.fields:
            return ContactNotFoundError(person_id)
        if "LeadId" in problem.fields:
            return LeadNotFoundError(person_id, deleted=problem.code == "ENTITY_IS_DELETED")
    error = error_from(saved)
    return PermissionDeniedError(f"{error.message} {NEXT_STEP}") if isinstance(error, PermissionDeniedError) else error


def _column(person_id: str) -> str:
    return "ContactId" if person_id.startswith("003") else "LeadId"


def _member_of(campaign_id: str, person_id: str) -> str:
    person = f"{_column(person_id)} = {string_literal(person_id)}"
    return members([f"CampaignId = {string_literal(campaign_id)}", person])
