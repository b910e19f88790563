"""Converting leads, over Salesforce's APIs, and looking for what they may be converted to."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from domain.errors import ConversionRejectedError, PermissionDeniedError, SalesforceRejectedError
from domain.values.conversion_targets import Targets, TargetSearch
from domain.values.described import DescribedLead
from domain.values.inputs import ConvertOptions
from domain.values.results import Conversion
from infra.salesforce.descriptions import Descriptions
from infra.salesforce.sending.connection import Connection
from infra.salesforce.sending.request import Effect, Request, composite
from infra.salesforce.wire import lead_queries, soap
from infra.salesforce.wire.answers import Answer
from infra.salesforce.wire.composite import Subrequest, subrequest_answers
from infra.salesforce.wire.description import values_by_record_type_in
from infra.salesforce.wire.errors import conversion_error_from
from infra.salesforce.wire.paths import Paths
from infra.salesforce.wire.query_results import records_with_ids_in
from infra.salesforce.wire.records import to_targets


class SalesforceConversions:
    """The Conversions port."""

    def __init__(self, connection: Connection, api_version: str, descriptions: Descriptions) -> None:
        self._connection = connection
        self._paths = Paths(api_version)
        self._descriptions = descriptions

    async def statuses_of(self, record_type: str, described: DescribedLead) -> Sequence[str] | None:
        kind = described.record_type(record_type)
        if kind is None:
            return None
        statuses = described.statuses_by_record_type
        if statuses is None:
            statuses = await self._statuses_by_record_type()
            self._descriptions.keep(self._connection.user, replace(described, statuses_by_record_type=statuses))
        return statuses.get(kind.id)

    async def _statuses_by_record_type(self) -> dict[str, Sequence[str]]:
        doing = "Reading the statuses of record types"
        request = Request("GET", self._paths.lead_layouts, Effect.READ, doing=doing)
        try:
            values = await self._connection.call(request, values_by_record_type_in)
        except (PermissionDeniedError, SalesforceRejectedError):
            # Then Salesforce says at the conversion what it does not offer.
            return {}
        return {record_type_id: own["status"] for record_type_id, own in values.items() if "status" in own}

    async def targets(self, search: TargetSearch) -> Targets:
        queries = {
            "accounts": lead_queries.accounts_for(search),
            "contacts": lead_queries.contacts_for(search),
            "users": lead_queries.active_user(search),
        }
        subrequests = [
            Subrequest(name, "GET", self._paths.query(query)) for name, query in queries.items() if query is not None
        ]

        def read(answer: Answer) -> Targets:
            answers = subrequest_answers(answer, subrequests)
            return to_targets(**{name: _seen(answers[name]) if name in answers else [] for name in queries})

        request = composite(self._paths, subrequests, Effect.READ, "Looking for what the lead is converted to")
        return await self._connection.call(request, read)

    async def convert(self, lead_id: str, status: str, options: ConvertOptions) -> Conversion:
        request = Request(
            "POST",
            self._paths.soap,
            Effect.WRITE,
            envelope=lambda access_token: soap.convert_lead(access_token, lead_id, status, options),
            doing="Converting the lead",
        )

        def read(answer: Answer) -> Conversion:
            if not answer.ok:
                raise conversion_error_from(answer, lead_id)
            result = soap.convert_result(answer)
            if not result.success:
                # Per-lead errors come with HTTP 200; read as REST's they mean the same (fact sheet 7.4).
                named = options.named_records
                raise conversion_error_from(Answer(400 if named else 404, result.errors), lead_id, named)
            return Conversion(
                lead_id=lead_id,
                account_id=result.account_id,
                contact_id=result.contact_id,
                opportunity_id=result.opportunity_id,
                status=status,
                already_converted=False,
            )

        try:
            return await self._connection.call(request, read)
        except ConversionRejectedError:
            # What leads of this record type can become may have changed since it was asked for.
            self._descriptions.forget(self._connection.user)
            raise


def _seen(answer: Answer) -> list[dict[str, Any]]:
    """The accounts, contacts or users. Raises PermissionDeniedError when the user does not see what is asked for."""
    hidden = next((problem for problem in answer.problems if problem.code in ("INVALID_FIELD", "INVALID_TYPE")), None)
    if hidden:
        raise PermissionDeniedError(
            f"This user does not see what match_existing looks at: {hidden.message.rstrip('.')}. Send account_id, and "
            "contact_id if there is one, instead of match_existing; or an administrator gives the right to read that.",
            [{"field": "match_existing", "message": hidden.message, "code": hidden.code}],
        )
    return records_with_ids_in(answer)
