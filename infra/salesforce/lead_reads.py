"""Reading the leads of one caller's org, and how they look there, over Salesforce's APIs."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Literal

from pydantic import TypeAdapter

from domain.errors import InvalidInputError, LeadError, SharedExternalIdError
from domain.field_types import as_taken
from domain.ports import Found
from domain.values.campaigns import CampaignsAsked
from domain.values.described import NOTHING_DESCRIBED, DescribedLead
from domain.values.emails import as_stored
from domain.values.ids import is_email
from domain.values.lead import CUSTOM_PREFIX, Lead, in_matching_order
from domain.values.listing import LeadFilter, Position
from domain.values.org import LeadStatus
from infra.salesforce.descriptions import Descriptions
from infra.salesforce.sending.connection import Connection
from infra.salesforce.sending.request import Effect, Request, composite
from infra.salesforce.wire import lead_queries
from infra.salesforce.wire.answers import Answer
from infra.salesforce.wire.campaign_queries import campaign_looks, found_campaigns
from infra.salesforce.wire.composite import Subrequest, subrequest_answers
from infra.salesforce.wire.description import described_lead_in
from infra.salesforce.wire.errors import check, error_from
from infra.salesforce.wire.paths import Paths
from infra.salesforce.wire.query_results import page_in, records_in, statuses_in
from infra.salesforce.wire.record_types import lacks_record_type_name, with_record_type_name
from infra.salesforce.wire.records import to_lead

_MERGED = TypeAdapter(dict[str, str])
_LOOKING = "Looking for the lead"
_NO_SEGMENT = (".", "..")
"""What means another place in a path, however it is written. Source: RFC 3986, section 3.3."""


class LeadReads:
    """What the Leads port reads."""

    def __init__(self, connection: Connection, api_version: str, descriptions: Descriptions) -> None:
        self._connection = connection
        self._descriptions = descriptions
        self._paths = Paths(api_version)

    async def look_up(
        self,
        lead: str,
        *,
        with_statuses: bool = False,
        described: bool | Literal["anew"] = False,
        campaign: CampaignsAsked | None = None,
    ) -> Found:
        looks = [self._leads_with(lead) if is_email(lead) else self._lead(lead)]
        if campaign is not None:
            looks += campaign_looks(self._paths, {"Email" if is_email(lead) else "Id": lead}, campaign)

        def read(answers: Mapping[str, Answer], _: DescribedLead) -> tuple[list[Lead], list[Lead]]:
            return self._leads_in(answers["lead"], lead), []

        return await self._find(looks, read, with_statuses=with_statuses, described=described)

    async def look_up_external_id(
        self,
        field: str,
        external_id: str,
        email: str | None,
        *,
        with_statuses: bool = False,
        campaign: CampaignsAsked | None = None,
    ) -> Found:
        """Source: fact sheet 2.2 and 12.4."""
        if external_id in _NO_SEGMENT:
            raise InvalidInputError("external_id", f"{external_id} can not be looked for, since no address can hold it")
        looks = [Subrequest("keyed", "GET", self._paths.lead_by(field, external_id))]
        if email is not None:
            looks.append(self._leads_with(email))
        if campaign is not None:
            keys = {field: external_id, **({"Email": email} if email else {})}
            looks += campaign_looks(self._paths, keys, campaign)

        def read(answers: Mapping[str, Answer], described: DescribedLead) -> tuple[list[Lead], list[Lead]]:
            keyed = self._with_external_id(answers["keyed"], field, external_id, described)
            same_email = self._leads_in(answers["lead"], email) if email else []
            if keyed:
                return keyed, [lead for lead in same_email if lead.id != keyed[0].id]
            without = [lead for lead in same_email if lead.value(CUSTOM_PREFIX + field) is None]
            return without, [lead for lead in same_email if lead not in without]

        return await self._find(looks, read, with_statuses=with_statuses, described=True)

    async def _find(
        self,
        looks: Sequence[Subrequest],
        read_leads: Callable[[Mapping[str, Answer], DescribedLead], tuple[list[Lead], list[Lead]]],
        *,
        with_statuses: bool,
        described: bool | Literal["anew"],
    ) -> Found:
        """What the subrequests find, in one call together with what else has to be known."""
        if described == "anew":
            self._descriptions.forget(self._connection.user)
        known = self._descriptions.current(self._connection.user) if described else NOTHING_DESCRIBED
        subrequests = list(looks)
        if with_statuses:
            subrequests.append(self._statuses())
        if known is None:
            subrequests.append(self._describe())
        together = len(subrequests) > 1

        def read(answer: Answer) -> Found:
            answers = subrequest_answers(answer, subrequests) if together else {subrequests[0].name: answer}
            description = described_lead_in(answers["describe"]) if known is None else known
            leads, others = read_leads(answers, description)
            statuses = statuses_in(answers["statuses"]) if with_statuses else ()
            return Found(leads, statuses, others, description, found_campaigns(answers))

        request = (
            composite(self._paths, subrequests, Effect.READ, _LOOKING)
            if together
            else Request("GET", subrequests[0].url, Effect.READ, doing=_LOOKING)
        )
        found = await self._connection.call(request, read)
        if known is None:
            self._descriptions.keep(self._connection.user, found.described)
        return replace(found, leads=await self._with_record_types(found.leads))

    def _with_external_id(self, answer: Answer, field: str, external_id: str, described: DescribedLead) -> list[Lead]:
        """The lead with the external id, if there is one. Raises SharedExternalIdError when several have it."""
        if answer.ok:
            return [self._to_lead(answer.body)]
        if answer.status == 300:
            raise SharedExternalIdError(field, external_id, [str(url).rpartition("/")[2] for url in answer.body])
        there = described.field(CUSTOM_PREFIX + field)
        if answer.status == 404 and there and there.external_id:
            return []
        # It may have been made since leads were described.
        self._descriptions.forget(self._connection.user)
        if answer.status == 400 and there:
            # Salesforce does not say which of the values it can not read.
            as_taken(replace(there, name="external_id"), external_id)
        raise error_from(answer)

    async def describe(self, *, anew: bool = False) -> DescribedLead:
        known = None if anew else self._descriptions.current(self._connection.user)
        if known is not None:
            return known
        request = Request("GET", self._paths.lead_description, Effect.READ, doing="Reading the fields of leads")
        described = await self._connection.call(request, described_lead_in)
        return self._descriptions.keep(self._connection.user, described)

    async def statuses(self) -> list[LeadStatus]:
        request = Request("GET", self._paths.query(lead_queries.STATUSES), Effect.READ, doing="Reading the statuses")
        return await self._connection.call(request, statuses_in)

    async def page(self, leads: LeadFilter, fields: Sequence[str] | None, after: Position | None) -> list[Lead]:
        return await self._with_record_types(await self._all_leads(lead_queries.leads_of_page(leads, fields, after)))

    async def with_same_email(self, at_most: int) -> list[list[Lead]]:
        shared = self._paths.query(lead_queries.shared_emails(at_most))
        request = Request("GET", shared, Effect.READ, doing="Looking for shared emails")
        emails = await self._connection.call(
            request, lambda answer: [as_stored(record["Email"]) for record in records_in(answer)]
        )
        if not emails:
            return []
        groups: dict[str, list[Lead]] = {email: [] for email in emails}
        for lead in await self._all_leads(lead_queries.open_leads_with(emails)):
            groups.setdefault(as_stored(lead.email or ""), []).append(lead)
        return [group for group in groups.values() if len(group) > 1]

    async def merged_into(self, lead_ids: Sequence[str]) -> dict[str, str]:
        """Source: fact sheet 4.1."""
        path = self._paths.query(lead_queries.merged_away(lead_ids), with_deleted=True)
        request = Request("GET", path, Effect.READ, doing="Looking for an earlier merge")
        return await self._connection.call(
            request,
            lambda answer: _MERGED.validate_python(
                {record["Id"]: record["MasterRecordId"] for record in records_in(answer)}
            ),
        )

    def _lead(self, lead_id: str) -> Subrequest:
        # Without a list of fields, Salesforce gives all the user may see; a list fails on a single hidden one.
        return Subrequest("lead", "GET", self._paths.lead(lead_id))

    def _leads_with(self, email: str) -> Subrequest:
        return Subrequest("lead", "GET", self._paths.query(lead_queries.leads_with_email(email)))

    def _describe(self) -> Subrequest:
        return Subrequest("describe", "GET", self._paths.lead_description)

    def _statuses(self) -> Subrequest:
        return Subrequest("statuses", "GET", self._paths.query(lead_queries.STATUSES))

    async def _with_record_types(self, leads: Sequence[Lead]) -> list[Lead]:
        """The leads, their record types by name; only where there are any, that asks for a description."""
        described = NOTHING_DESCRIBED
        if any(lacks_record_type_name(lead) for lead in leads):
            # Leads that were read, or written, are told also when that is refused: then with the Ids.
            with suppress(LeadError):
                described = await self.describe()
        return [with_record_type_name(lead, described) for lead in leads]

    def _to_lead(self, record: Mapping[str, Any]) -> Lead:
        return to_lead(record, self._connection.session.instance_url)

    def _leads_in(self, answer: Answer, lead: str) -> list[Lead]:
        if not is_email(lead):
            check(answer, lead)
            return [self._to_lead(answer.body)]
        return in_matching_order(self._to_lead(record) for record in records_in(answer))

    async def _all_leads(self, query: str) -> list[Lead]:
        """All leads of a query; Salesforce may spread even a short list over pages (fact sheet 4.1)."""
        leads: list[Lead] = []
        path: str | None = self._paths.query(query)

        def read(answer: Answer) -> tuple[list[Lead], str | None]:
            records, next_page = page_in(answer)
            return [self._to_lead(record) for record in records], next_page

        while path:
            request = Request("GET", path, Effect.READ, doing="Reading leads")
            found, path = await self._connection.call(request, read)
            leads += found
        return leads
