"""The leads of one caller's org, over Salesforce's APIs: what is written, and what may be sent twice."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from domain.errors import (
    ContactNotFoundError,
    LeadError,
    LeadNotFoundError,
    SalesforceRejectedError,
)
from domain.ports import FieldValues, Turn, WriteOptions
from domain.record_types import find_record_type
from domain.values.emails import as_stored
from domain.values.lead import Contact, Lead
from infra.coordination.interface import Coordination
from infra.salesforce.descriptions import Descriptions
from infra.salesforce.lead_reads import LeadReads
from infra.salesforce.sending.connection import Connection
from infra.salesforce.sending.request import Effect, Request, composite
from infra.salesforce.wire import soap
from infra.salesforce.wire.advice import needs_advice, with_advice
from infra.salesforce.wire.answers import Answer
from infra.salesforce.wire.composite import Subrequest, mentions_a_reference, subrequest_answers
from infra.salesforce.wire.errors import check, error_from, is_missing, save_error_from
from infra.salesforce.wire.records import rule_in, to_contact, to_contact_record, to_record, write_headers

_WRITING = "Writing the lead"


class SalesforceLeads(LeadReads):
    """The Leads port."""

    def __init__(
        self,
        connection: Connection,
        api_version: str,
        coordination: Coordination,
        descriptions: Descriptions,
    ) -> None:
        super().__init__(connection, api_version, descriptions)
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

    async def contact(self, contact_id: str) -> Contact:
        request = Request("GET", self._paths.contact(contact_id), Effect.READ, doing="Reading the contact")
        return await self._connection.call(request, lambda answer: to_contact(_contact_body(answer, contact_id)))

    async def update_contact(self, contact_id: str, values: FieldValues) -> None:
        # A lead in the way of a duplicate rule is no reason: the contact stands already.
        record = to_contact_record(values)
        request = Request(
            "PATCH",
            self._paths.contact(contact_id),
            Effect.REPEATABLE_WRITE,
            json=record,
            headers=write_headers(WriteOptions(assign=False, allow_duplicate=True)),
            doing="Writing the contact",
        )
        try:
            await self._connection.call(request, lambda answer: _contact_body(answer, contact_id))
        except SalesforceRejectedError as error:
            raise await self._with_advice(error, record) from error.__cause__

    async def _save(self, save: Subrequest, lead_id: str | None, effect: Effect) -> Lead:
        """Save and read back; without a `lead_id` the lead is a new one."""
        together = [save, self._lead(lead_id or "@{saved.id}")]

        def read(answer: Answer) -> Lead:
            answers = subrequest_answers(answer, together)
            return self._saved(save, lead_id, answers["saved"], answers["lead"])

        def read_alone(saved: Answer) -> Lead:
            return self._saved(save, lead_id, saved, Answer(0))

        try:
            if mentions_a_reference(save.body):
                alone = Request(save.method, save.url, effect, json=save.body, headers=save.headers, doing=_WRITING)
                written = await self._as_it_is_now(await self._connection.call(alone, read_alone))
            else:
                written = await self._connection.call(composite(self._paths, together, effect, _WRITING), read)
        except SalesforceRejectedError as error:
            raise await self._with_advice(error, save.body) from error.__cause__
        [named] = await self._with_record_types([written])
        return named

    async def _as_it_is_now(self, written: Lead) -> Lead:
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
        try:
            return with_advice(error, record, await self.describe(anew=True))
        except LeadError:
            # A hint that can not be had must not stand in for the refusal itself.
            return error

    def _soap_call(self, envelope: Callable[[str], bytes], effect: Effect, doing: str) -> Request:
        return Request("POST", self._paths.soap, effect, envelope=envelope, doing=doing)

    async def _record(self, values: FieldValues) -> dict[str, Any]:
        """The body of a create or an update. Raises InvalidInputError for a record type that nobody can choose."""
        if not values.get("record_type"):
            return to_record(values)
        kind = await find_record_type(self, values["record_type"])
        return to_record({**values, "record_type": kind.id})


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
