"""The leads of one caller's org, over Salesforce's APIs: what is asked, and what may be asked twice."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from domain.errors import (
    ContactNotFoundError,
    InvalidInputError,
    LeadError,
    LeadNotFoundError,
    SalesforceRejectedError,
    SharedExternalIdError,
)
from domain.ports import FieldValues, Found, Turn, WriteOptions
from domain.values.campaigns import CampaignsAsked
from domain.values.conversion_targets import Targets, TargetSearch
from domain.values.described import NOTHING_DESCRIBED, DescribedLead
from domain.values.emails import as_stored
from domain.values.ids import is_email
from domain.values.inputs import ConvertOptions
from domain.values.lead import CUSTOM_PREFIX, Contact, Lead, in_matching_order
from domain.values.listing import LeadFilter, Position
from domain.values.org import LeadStatus
from domain.values.results import Conversion
from infra.coordination.interface import Coordination
from infra.salesforce.conversions import SalesforceConversions
from infra.salesforce.descriptions import Descriptions
from infra.salesforce.sending.connection import Connection
from infra.salesforce.sending.request import Effect, Request
from infra.salesforce.wire import lead_queries, soap
from infra.salesforce.wire.advice import needs_advice, with_advice
from infra.salesforce.wire.answers import Answer
from infra.salesforce.wire.campaign_queries import campaign_looks, found_campaigns
from infra.salesforce.wire.composite import Subrequest, composite_body, mentions_a_reference, subrequest_answers
from infra.salesforce.wire.description import described_lead_in
from infra.salesforce.wire.errors import check, error_from, is_missing, save_error_from
from infra.salesforce.wire.paths import Paths
from infra.salesforce.wire.query_results import page_in, records_in, statuses_in
from infra.salesforce.wire.record_types import has_record_type_id, with_record_type_id, with_record_type_name
from infra.salesforce.wire.records import rule_in, to_contact, to_contact_record, to_lead, to_record, write_headers

_LOOKING = "Looking for the lead"
_WRITING = "Writing the lead"


class SalesforceLeads:
    """The Leads port."""

    def __init__(
        self,
        connection: Connection,
        api_version: str,
        coordination: Coordination,
        descriptions: Descriptions,
    ) -> None:
        self._connection = connection
        self._descriptions = descriptions
        self._paths = Paths(api_version)
        self._conversions = SalesforceConversions(connection, self._paths)
        self._coordination = coordination

    @asynccontextmanager
    async def turn(self, email: str) -> AsyncIterator[Turn]:
        key = f"email {self._connection.session.instance_url} {as_stored(email)}"
        before = self._connection.writes_still_running
        async with self._coordination.turn(key, at_most=self._connection.seconds_left) as turn:
            try:
                yield turn
            finally:
                # A write that Salesforce may be still at work on would collide with what the next holder finds.
                turn.in_doubt = self._connection.writes_still_running > before

    async def look_up(
        self,
        lead: str,
        *,
        with_statuses: bool = False,
        described: bool = False,
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
        described: bool,
    ) -> Found:
        """What the subrequests find, in one call together with what else has to be known."""
        known = self._descriptions.get(self._connection.user) if described else NOTHING_DESCRIBED
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
            self._composite(subrequests, Effect.READ, _LOOKING)
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
        raise error_from(answer)

    async def describe(self) -> DescribedLead:
        known = self._descriptions.get(self._connection.user)
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

    async def create(self, values: FieldValues, options: WriteOptions) -> Lead:
        save = Subrequest("saved", "POST", self._paths.leads, await self._record(values), write_headers(options))
        # Sent once: after a lost answer the lead may exist, and a second try would double it.
        return await self._save(save, None, Effect.REPEATABLE_WRITE if options.only_once else Effect.WRITE)

    async def update(self, lead_id: str, values: FieldValues, options: WriteOptions) -> Lead:
        record = await self._record(values)
        save = Subrequest("saved", "PATCH", self._paths.lead(lead_id), record, write_headers(options))
        return await self._save(save, lead_id, Effect.REPEATABLE_WRITE)

    async def delete(self, lead_id: str) -> None:
        request = Request("DELETE", self._paths.lead(lead_id), Effect.REPEATABLE_WRITE, doing="Deleting the lead")
        lost_before = self._connection.lost_answers
        try:
            await self._connection.call(request, lambda answer: check(answer, lead_id))
        except LeadNotFoundError as error:
            # After a lost answer, a lead that is in the recycle bin was put there by our first attempt.
            if self._connection.lost_answers == lost_before or not error.deleted:
                raise

    async def undelete(self, lead_id: str) -> bool:
        request = self._soap_call(
            lambda access_token: soap.undelete(access_token, lead_id), Effect.REPEATABLE_WRITE, "Restoring the lead"
        )
        lost_before = self._connection.lost_answers

        def read(answer: Answer) -> bool:
            refusal = _refusal_in(answer, lead_id)
            if refusal and refusal.problems[0].code != "UNDELETE_FAILED":
                raise error_from(refusal, lead_id)
            return refusal is None

        # After a lost answer, a lead that is no longer in the bin was taken out by our first attempt.
        return await self._connection.call(request, read) or self._connection.lost_answers > lost_before

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

    async def merge(self, lead_id: str, others: Sequence[str], values: FieldValues) -> None:
        record = await self._record(values)
        # Sent once: the others are gone after it.
        request = self._soap_call(
            lambda access_token: soap.merge_leads(access_token, lead_id, others, record),
            Effect.WRITE,
            "Merging the leads",
        )

        def read(answer: Answer) -> None:
            if refusal := _refusal_in(answer, lead_id):
                # Salesforce does not say which of them it means.
                raise error_from(refusal, " or ".join((lead_id, *others)))

        await self._connection.call(request, read)

    async def merged_into(self, lead_ids: Sequence[str]) -> dict[str, str]:
        """Source: fact sheet 4.1."""
        path = self._paths.query(lead_queries.merged_away(lead_ids), with_deleted=True)
        request = Request("GET", path, Effect.READ, doing="Looking for an earlier merge")
        return await self._connection.call(
            request,
            lambda answer: {record["Id"]: record["MasterRecordId"] for record in records_in(answer)},
        )

    async def contact(self, contact_id: str) -> Contact:
        request = Request("GET", self._paths.contact(contact_id), Effect.READ, doing="Reading the contact")
        return await self._connection.call(request, lambda answer: to_contact(_contact_body(answer, contact_id)))

    async def update_contact(self, contact_id: str, values: FieldValues) -> None:
        # A lead in the way of a duplicate rule is no reason: the contact stands already.
        request = Request(
            "PATCH",
            self._paths.contact(contact_id),
            Effect.REPEATABLE_WRITE,
            json=to_contact_record(values),
            headers=write_headers(WriteOptions(assign=False, allow_duplicate=True)),
            doing="Writing the contact",
        )
        await self._connection.call(request, lambda answer: _contact_body(answer, contact_id))

    async def conversion_targets(self, search: TargetSearch) -> Targets:
        return await self._conversions.targets(search)

    async def convert(self, lead_id: str, status: str, options: ConvertOptions) -> Conversion:
        return await self._conversions.convert(lead_id, status, options)

    async def _save(self, save: Subrequest, lead_id: str | None, effect: Effect) -> Lead:
        """Save and read back; without a `lead_id` the lead is a new one."""
        together = [save, self._lead(lead_id or "@{saved.id}")]

        def read(answer: Answer) -> Lead:
            answers = subrequest_answers(answer, together)
            return self._saved(save, lead_id, answers["saved"], answers["lead"])

        def read_alone(saved: Answer) -> Lead:
            return self._saved(save, lead_id, saved, Answer(0))

        try:
            if not mentions_a_reference(save.body):
                return await self._connection.call(self._composite(together, effect, _WRITING), read)
            alone = Request(save.method, save.url, effect, json=save.body, headers=save.headers, doing=_WRITING)
            written = await self._connection.call(alone, read_alone)
        except SalesforceRejectedError as error:
            raise await self._with_advice(error, save.body) from error.__cause__
        try:
            [lead] = (await self.look_up(written.id)).leads
        except LeadError:
            # It is written, whatever the look says.
            return written
        return lead

    def _saved(self, save: Subrequest, lead_id: str | None, saved: Answer, current: Answer) -> Lead:
        if not saved.ok:
            raise save_error_from(saved, current, lead_id, rule_in(save.headers))
        if current.ok:
            return self._to_lead(current.body)
        # The save stands even when the user may not read the lead: what was written is known.
        return self._to_lead({"Id": lead_id or saved.body["id"], **save.body})

    async def _with_advice(self, error: SalesforceRejectedError, record: Mapping[str, Any]) -> SalesforceRejectedError:
        """The refusal of a record, with what to send instead, as far as that can be had."""
        if not needs_advice(error):
            return error
        self._descriptions.forget(self._connection.user)
        try:
            return with_advice(error, record, await self.describe())
        except LeadError:
            # A hint that can not be had must not stand in for the refusal itself.
            return error

    def _soap_call(self, envelope: Callable[[str], bytes], effect: Effect, doing: str) -> Request:
        return Request("POST", self._paths.soap, effect, envelope=envelope, doing=doing)

    def _composite(self, subrequests: Sequence[Subrequest], effect: Effect, doing: str) -> Request:
        return Request("POST", self._paths.composite, effect, json=composite_body(subrequests), doing=doing)

    def _lead(self, lead_id: str) -> Subrequest:
        # Without a list of fields, Salesforce gives all the user may see; a list fails on a single hidden one.
        return Subrequest("lead", "GET", self._paths.lead(lead_id))

    def _leads_with(self, email: str) -> Subrequest:
        return Subrequest("lead", "GET", self._paths.query(lead_queries.leads_with_email(email)))

    def _describe(self) -> Subrequest:
        return Subrequest("describe", "GET", self._paths.lead_description)

    def _statuses(self) -> Subrequest:
        return Subrequest("statuses", "GET", self._paths.query(lead_queries.STATUSES))

    async def _record(self, values: FieldValues) -> dict[str, Any]:
        """The body of a create or an update. Raises InvalidInputError for a record type that nobody can choose."""
        if "record_type" not in values:
            return to_record(values)
        try:
            return to_record(with_record_type_id(values, await self.describe()))
        except InvalidInputError:
            # It may have been made since leads were described.
            self._descriptions.forget(self._connection.user)
            return to_record(with_record_type_id(values, await self.describe()))

    async def _with_record_types(self, leads: Sequence[Lead]) -> list[Lead]:
        """The leads, their record types by name; only where there are any, that asks for a description."""
        if any(has_record_type_id(lead) for lead in leads):
            await self.describe()
        return [self._named(lead) for lead in leads]

    def _named(self, lead: Lead) -> Lead:
        return with_record_type_name(lead, self._descriptions.get(self._connection.user) or NOTHING_DESCRIBED)

    def _to_lead(self, record: Mapping[str, Any]) -> Lead:
        return self._named(to_lead(record, self._connection.session.instance_url))

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


def _contact_body(answer: Answer, contact_id: str) -> Any:
    if answer.problems and is_missing(answer, contact_id):
        raise ContactNotFoundError(contact_id)
    check(answer)
    return answer.body


def _refusal_in(answer: Answer, lead_id: str) -> Answer | None:
    """What a SOAP call refused, as an answer of REST; None when it was done."""
    check(answer, lead_id)
    # Errors of one record come with HTTP 200; read as REST's they mean the same (fact sheet 7.4).
    errors = soap.errors_of(answer)
    return Answer(404, errors) if errors else None
