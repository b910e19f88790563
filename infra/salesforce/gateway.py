"""The leads of one caller's org, over Salesforce's APIs: what is asked, and what may be asked twice."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote, quote_plus

from domain.errors import (
    ContactNotFoundError,
    ConversionRejectedError,
    InvalidInputError,
    LeadConvertedError,
    LeadError,
    LeadNotFoundError,
    SalesforceRejectedError,
)
from domain.ports import FieldValues, Found, Turn, Upserted, WriteOptions
from domain.suggestions import nearest
from domain.values.ids import is_email
from domain.values.inputs import ConvertOptions
from domain.values.lead import CUSTOM_PREFIX, Contact, Lead
from domain.values.listing import LeadFilter, Position
from domain.values.org import LeadStatus
from domain.values.results import Conversion
from infra.coordination.interface import Coordination
from infra.salesforce import soap, soql
from infra.salesforce.answer import Answer, NoAnswerError, error_from
from infra.salesforce.composite import Step, composite, step_answers
from infra.salesforce.connection import Connection, Effect, Request
from infra.salesforce.instance import next_records_path
from infra.salesforce.listing import listing
from infra.salesforce.wire import (
    ALWAYS_READ,
    to_contact,
    to_contact_record,
    to_lead,
    to_record,
    to_status,
)

MAX_SAME_EMAIL = 200
"""How many leads with one email are looked at; FIELDS(ALL) allows no more (fact sheet 4.1)."""

STATUSES_QUERY = soql.select(
    ["ApiName", "MasterLabel", "IsConverted", "IsDefault"], "LeadStatus", order_by="SortOrder ASC"
)

_LOOKING = "Looking for the lead"
_WRITING = "Writing the lead"


class SalesforceLeads:
    """The Leads port."""

    def __init__(
        self, connection: Connection, api_version: str, coordination: Coordination, external_id_field: str = ""
    ) -> None:
        self._connection = connection
        self._data = f"/services/data/{api_version}"
        self._soap = f"/services/Soap/u/{api_version.removeprefix('v')}"
        self._coordination = coordination
        self._external_id_field = external_id_field

    @asynccontextmanager
    async def turn(self, email: str) -> AsyncIterator[Turn]:
        key = f"email {self._connection.session.instance_url} {email.casefold()}"
        before = self._connection.writes_still_running
        async with self._coordination.turn(key, at_most=self._connection.seconds_left) as turn:
            try:
                yield turn
            finally:
                # A write that Salesforce may be still at work on would collide with what the next holder finds.
                turn.in_doubt = self._connection.writes_still_running > before

    async def look_up(self, lead: str, *, with_statuses: bool = False) -> Found:
        step = self._leads_with(lead) if is_email(lead) else self._lead(lead)
        if not with_statuses:
            request = Request("GET", step.url, Effect.READ, doing=_LOOKING)
            return Found(await self._connection.call(request, lambda answer: self._leads_in(answer, lead)))
        steps = [step, Step("statuses", "GET", self._query(STATUSES_QUERY))]

        def read(answer: Answer) -> Found:
            answers = step_answers(answer, steps)
            return Found(self._leads_in(answers["lead"], lead), statuses_in(answers["statuses"]))

        return await self._connection.call(self._composite(steps, Effect.READ, _LOOKING), read)

    async def statuses(self) -> list[LeadStatus]:
        request = Request("GET", self._query(STATUSES_QUERY), Effect.READ, doing="Reading the statuses")
        return await self._connection.call(request, statuses_in)

    async def page(self, leads: LeadFilter, fields: Sequence[str] | None, after: Position | None) -> list[Lead]:
        return await self._all_leads(listing(leads, fields, after))

    async def create(self, values: FieldValues, options: WriteOptions) -> Lead:
        save = Step("saved", "POST", f"{self._data}/sobjects/Lead", to_record(values), _headers(options))
        # Sent once: after a lost answer the lead may exist, and a second try would double it.
        return await self._save(save, None, Effect.WRITE)

    async def update(self, lead_id: str, values: FieldValues, options: WriteOptions) -> Lead:
        url = f"{self._data}/sobjects/Lead/{lead_id}"
        save = Step("saved", "PATCH", url, to_record(values), _headers(options))
        return await self._save(save, lead_id, Effect.REPEATABLE_WRITE)

    async def upsert(self, external_id: str, values: FieldValues, options: WriteOptions) -> Upserted:
        """Source: fact sheet 2.2."""
        record = to_record(values)
        self._refuse_external_id(record)
        url = f"{self._data}/sobjects/Lead/{self._external_id_field}/{quote(external_id, safe='')}"
        save = Step("saved", "PATCH", url, record, _headers(options))
        look = [Step("lead", "GET", url), Step("statuses", "GET", self._query(STATUSES_QUERY))]
        if not _mentions_a_reference(record):
            steps = [save, *look]
            request = self._composite(steps, Effect.REPEATABLE_WRITE, _WRITING)
            return await self._connection.call(request, lambda answer: self._upserted(step_answers(answer, steps)))
        alone = Request(save.method, url, Effect.REPEATABLE_WRITE, json=record, headers=save.headers, doing=_WRITING)
        saved = await self._connection.call(alone, _saved)
        request = self._composite(look, Effect.READ, "Reading the lead")
        return await self._connection.call(
            request, lambda answer: self._upserted({"saved": saved, **step_answers(answer, look)})
        )

    def _upserted(self, answers: Mapping[str, Answer]) -> Upserted:
        saved, current = answers["saved"], answers["lead"]
        if not saved.ok:
            raise _save_error(saved, current, None)
        lead = self._to_lead(current.body if current.ok else {"Id": saved.body["id"]})
        return Upserted(lead, saved.status == 201, statuses_in(answers["statuses"]))

    def _refuse_external_id(self, record: Mapping[str, Any]) -> None:
        if not self._external_id_field:
            problem = "this gateway has no LEAD_EXTERNAL_ID_FIELD; leave it out, the email finds the lead"
        elif self._external_id_field in record:
            problem = f"says already what custom_fields.{self._external_id_field} says; leave one of them out"
        else:
            return
        raise InvalidInputError("external_id", problem)

    async def delete(self, lead_id: str) -> None:
        url = f"{self._data}/sobjects/Lead/{lead_id}"
        request = Request("DELETE", url, Effect.REPEATABLE_WRITE, doing="Deleting the lead")
        lost_before = self._connection.lost_answers
        try:
            await self._connection.call(request, lambda answer: _check(answer, lead_id))
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
        shared = soql.select(
            ["Email", "COUNT(Id) leads"],
            "Lead",
            ["IsConverted = false", "Email != null"],
            "COUNT(Id) DESC, Email ASC",
            limit=at_most + 1,
            group_by="Email HAVING COUNT(Id) > 1",
        )
        request = Request("GET", self._query(shared), Effect.READ, doing="Looking for shared emails")
        emails = await self._connection.call(
            request, lambda answer: [str(record["Email"]).casefold() for record in records_in(answer)]
        )
        if not emails:
            return []
        wanted = ", ".join(soql.text(email) for email in emails)
        query = soql.select(
            [*ALWAYS_READ, "Company"],
            "Lead",
            ["IsConverted = false", f"Email IN ({wanted})"],
            "CreatedDate ASC, Id ASC",
        )
        groups: dict[str, list[Lead]] = {email: [] for email in emails}
        for lead in await self._all_leads(query):
            groups.setdefault((lead.email or "").casefold(), []).append(lead)
        return [group for group in groups.values() if len(group) > 1]

    async def merge(self, lead_id: str, others: Sequence[str], values: FieldValues) -> None:
        record = to_record(values)
        # Sent once: the others are gone after it.
        request = self._soap_call(
            lambda access_token: soap.merge_leads(access_token, lead_id, others, record),
            Effect.WRITE,
            "Merging the leads",
        )

        def read(answer: Answer) -> None:
            if refusal := _refusal_in(answer, lead_id):
                raise error_from(refusal, lead_id)

        await self._connection.call(request, read)

    async def merged_into(self, lead_ids: Sequence[str]) -> dict[str, str]:
        """Source: fact sheet 2.5, 4.1."""
        ids = ", ".join(soql.text(lead_id) for lead_id in lead_ids)
        query = soql.select(
            ["Id", "MasterRecordId"], "Lead", [f"Id IN ({ids})", "IsDeleted = true", "MasterRecordId != null"]
        )
        url = f"{self._data}/queryAll?q={quote_plus(query)}"
        request = Request("GET", url, Effect.READ, doing="Looking for an earlier merge")
        return await self._connection.call(
            request, lambda answer: {record["Id"]: record["MasterRecordId"] for record in records_in(answer)}
        )

    async def contact(self, contact_id: str) -> Contact:
        request = Request("GET", self._contact(contact_id), Effect.READ, doing="Reading the contact")
        return await self._connection.call(request, lambda answer: to_contact(_contact_body(answer, contact_id)))

    async def update_contact(self, contact_id: str, values: FieldValues) -> None:
        # A lead in the way of a duplicate rule is no reason: the contact stands already.
        request = Request(
            "PATCH",
            self._contact(contact_id),
            Effect.REPEATABLE_WRITE,
            json=to_contact_record(values),
            headers=_headers(WriteOptions(assign=False, allow_duplicate=True)),
            doing="Writing the contact",
        )
        await self._connection.call(request, lambda answer: _contact_body(answer, contact_id))

    async def convert(self, lead_id: str, status: str, options: ConvertOptions) -> Conversion:
        request = self._soap_call(
            lambda access_token: soap.convert_lead(access_token, lead_id, status, options),
            Effect.WRITE,
            "Converting the lead",
        )

        def read(answer: Answer) -> Conversion:
            if not answer.ok:
                raise _conversion_error(answer, lead_id)
            result = soap.convert_result(answer)
            if not result.success:
                # Per-lead errors come with HTTP 200; read as REST's they mean the same (fact sheet 7.4).
                raise _conversion_error(Answer(404 if options.is_plain else 400, result.errors), lead_id)
            return Conversion(
                lead_id=lead_id,
                account_id=result.account_id,
                contact_id=result.contact_id,
                opportunity_id=result.opportunity_id,
                status=status,
                already_converted=False,
            )

        return await self._connection.call(request, read)

    async def _save(self, save: Step, lead_id: str | None, effect: Effect) -> Lead:
        """Save and read back; without a `lead_id` the lead is a new one."""
        steps = [save, self._lead(lead_id or "@{saved.id}")]

        def read(answer: Answer) -> Lead:
            answers = step_answers(answer, steps)
            return self._saved(save, lead_id, answers["saved"], answers["lead"])

        def read_alone(saved: Answer) -> Lead:
            return self._saved(save, lead_id, saved, Answer(0))

        try:
            if not _mentions_a_reference(save.body):
                return await self._connection.call(self._composite(steps, effect, _WRITING), read)
            alone = Request(save.method, save.url, effect, json=save.body, headers=save.headers, doing=_WRITING)
            written = await self._connection.call(alone, read_alone)
        except SalesforceRejectedError as error:
            hint = await self._nearest_names(error)
            if hint is None:
                raise
            raise SalesforceRejectedError(hint, error.details) from error
        try:
            [lead] = (await self.look_up(written.id)).leads
        except LeadError:
            # It is written, whatever the look says.
            return written
        return lead

    def _saved(self, save: Step, lead_id: str | None, saved: Answer, current: Answer) -> Lead:
        if not saved.ok:
            raise _save_error(saved, current, lead_id)
        if current.ok:
            return self._to_lead(current.body)
        # The save stands even when the user may not read the lead: what was written is known.
        return self._to_lead({"Id": lead_id or saved.body["id"], **save.body})

    async def _nearest_names(self, error: SalesforceRejectedError) -> str | None:
        """For custom fields that do not exist, the nearest that do; None when that is not what is wrong."""
        unknown = [
            str(detail["field"]).removeprefix(CUSTOM_PREFIX)
            for detail in error.details
            if detail["code"] == "INVALID_FIELD" and str(detail["field"]).startswith(CUSTOM_PREFIX)
        ]
        if not unknown:
            return None
        url = f"{self._data}/sobjects/Lead/describe"
        request = Request("GET", url, Effect.READ, doing="Looking for the nearest names")
        try:
            names = await self._connection.call(request, _custom_fields)
        except LeadError:
            # A hint that can not be had must not stand in for the refusal itself.
            return None
        hints = [f"{name} does not exist; {nearest(name, names, 'this org has')}" for name in unknown]
        return f"Unknown custom field: {' '.join(hints)}"

    def _soap_call(self, envelope: Callable[[str], bytes], effect: Effect, doing: str) -> Request:
        return Request("POST", self._soap, effect, envelope=envelope, doing=doing)

    def _contact(self, contact_id: str) -> str:
        return f"{self._data}/sobjects/Contact/{contact_id}"

    def _lead(self, lead_id: str) -> Step:
        # Without a list of fields, Salesforce gives all the user may see; a list fails on a single hidden one.
        return Step("lead", "GET", f"{self._data}/sobjects/Lead/{lead_id}")

    def _leads_with(self, email: str) -> Step:
        query = soql.select(
            ["FIELDS(ALL)"],
            "Lead",
            [f"Email = {soql.text(email)}"],
            "IsConverted ASC, CreatedDate ASC, Id ASC",
            limit=MAX_SAME_EMAIL,
        )
        return Step("lead", "GET", self._query(query))

    def _query(self, query: str) -> str:
        return f"{self._data}/query?q={quote_plus(query)}"

    def _composite(self, steps: Sequence[Step], effect: Effect, doing: str) -> Request:
        return Request("POST", f"{self._data}/composite", effect, json=composite(steps), doing=doing)

    def _to_lead(self, record: Mapping[str, Any]) -> Lead:
        return to_lead(record, self._connection.session.instance_url)

    def _leads_in(self, answer: Answer, lead: str) -> list[Lead]:
        if not is_email(lead):
            _check(answer, lead)
            return [self._to_lead(answer.body)]
        return [self._to_lead(record) for record in records_in(answer)]

    async def _all_leads(self, query: str) -> list[Lead]:
        """All leads of a query; Salesforce may spread even a short list over pages (fact sheet 4.1)."""
        leads: list[Lead] = []
        path: str | None = self._query(query)

        def read(answer: Answer) -> tuple[list[Lead], str | None]:
            body = _body_of_query(answer)
            found = [self._to_lead(record) for record in body["records"]]
            return found, None if body["done"] else _next_page(body)

        while path:
            request = Request("GET", path, Effect.READ, doing="Reading leads")
            found, path = await self._connection.call(request, read)
            leads += found
        return leads


def records_in(answer: Answer) -> list[dict[str, Any]]:
    """The records of a query that fits into one page. Raises NoAnswerError when it did not."""
    body = _body_of_query(answer)
    if not body["done"]:
        raise NoAnswerError("not_salesforce", "more records than were asked for")
    records: list[dict[str, Any]] = body["records"]
    return records


def statuses_in(answer: Answer) -> list[LeadStatus]:
    """The lead statuses in the answer to STATUSES_QUERY."""
    return [to_status(record) for record in records_in(answer)]


def _body_of_query(answer: Answer) -> dict[str, Any]:
    _check(answer)
    body = answer.body
    if not (isinstance(body, dict) and isinstance(body.get("records"), list) and "done" in body):
        raise NoAnswerError("not_salesforce", "no records in the answer to a query")
    return body


def _next_page(body: Mapping[str, Any]) -> str:
    path = next_records_path(body.get("nextRecordsUrl"))
    if path is None:
        raise NoAnswerError("not_salesforce", "the next page of a query is not on this host")
    return path


def _mentions_a_reference(record: Mapping[str, Any]) -> bool:
    # In a composite request this would be taken for a reference to another step (fact sheet 5.1).
    return any("@{" in value for value in record.values() if isinstance(value, str))


def _check(answer: Answer, lead: str | None = None) -> None:
    if not answer.ok:
        raise error_from(answer, lead)


def _contact_body(answer: Answer, contact_id: str) -> Any:
    if not answer.ok:
        error = error_from(answer, contact_id)
        raise ContactNotFoundError(contact_id) if isinstance(error, LeadNotFoundError) else error
    return answer.body


def _custom_fields(answer: Answer) -> list[str]:
    _check(answer)
    return [field["name"] for field in answer.body["fields"] if field["custom"]]


def _headers(options: WriteOptions) -> dict[str, str]:
    """Source: fact sheet 8."""
    headers = {} if options.assign else {"Sforce-Auto-Assign": "FALSE"}
    if options.allow_duplicate:
        headers["Sforce-Duplicate-Rule-Header"] = "allowSave=true"
    return headers


def _saved(answer: Answer) -> Answer:
    if not answer.ok:
        raise _save_error(answer, Answer(0), "")
    return answer


def _save_error(saved: Answer, current: Answer, lead_id: str | None) -> LeadError | NoAnswerError:
    error = error_from(saved, lead_id)
    if isinstance(error, LeadConvertedError) and current.ok:
        lead = to_lead(current.body, "")
        return LeadConvertedError(lead.id, lead.converted_to)
    return error


def _refusal_in(answer: Answer, lead_id: str) -> Answer | None:
    """What a SOAP call refused, as an answer of REST; None when it was done."""
    if not answer.ok:
        raise error_from(answer, lead_id)
    # Errors of one record come with HTTP 200; read as REST's they mean the same (fact sheet 7.4).
    errors = soap.errors_of(answer)
    return Answer(404, errors) if errors else None


def _conversion_error(answer: Answer, lead_id: str) -> LeadError | NoAnswerError:
    error = error_from(answer, lead_id)
    if isinstance(error, SalesforceRejectedError):
        reason = answer.problems[0].message
        return ConversionRejectedError(f"Salesforce refused to convert lead {lead_id}: {reason}", error.details)
    return error
