"""convertLead.

Source: fact sheet 7.2 to 7.4.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from infra.simulator import unverified
from infra.simulator.conversion import Converted, LeadConvert
from infra.simulator.errors import Problem, SalesforceError
from infra.simulator.ids import normalized
from infra.simulator.options import WriteOptions
from infra.simulator.reply import Reply
from infra.simulator.soap.envelope import SoapFaultError, answer, children_of, element, flag_of, text_of, value
from infra.simulator.workplace import Workplace

MAX_LEADS = 100


def convert_leads(place: Workplace, body: Element, options: WriteOptions) -> Reply:
    """Convert each lead by itself: one that cannot be converted does not hold up the others."""
    wishes = [*children_of(body, "leadConverts")]
    if len(wishes) > MAX_LEADS:
        raise SoapFaultError("EXCEEDED_LEAD_CONVERT_LIMIT", unverified.TOO_MANY_CONVERSIONS)
    return answer("convertLead", [_result(place, _wish(wish), options) for wish in wishes])


def _wish(wish: Element) -> LeadConvert:
    return LeadConvert(
        lead_id=text_of(wish, "leadId") or "",
        converted_status=text_of(wish, "convertedStatus") or "",
        account_id=text_of(wish, "accountId"),
        contact_id=text_of(wish, "contactId"),
        opportunity_id=text_of(wish, "opportunityId"),
        opportunity_name=text_of(wish, "opportunityName"),
        owner_id=text_of(wish, "ownerId"),
        do_not_create_opportunity=flag_of(wish, "doNotCreateOpportunity"),
        overwrite_lead_source=flag_of(wish, "overwriteLeadSource"),
    )


def _result(place: Workplace, wish: LeadConvert, options: WriteOptions) -> Element:
    try:
        with place.org.tables.database.transaction():
            return _success(place.conversions.convert(wish, options))
    except SalesforceError as error:
        return _failure(wish, error)


def _success(converted: Converted) -> Element:
    return element(
        "result",
        value("accountId", converted.account_id),
        value("contactId", converted.contact_id),
        value("leadId", converted.lead_id),
        value("opportunityId", converted.opportunity_id),
        value("success", "true"),
    )


def _failure(wish: LeadConvert, error: SalesforceError) -> Element:
    return element(
        "result",
        value("accountId", None),
        value("contactId", None),
        *(_error(problem) for problem in error.problems),
        value("leadId", normalized(wish.lead_id) or wish.lead_id),
        value("opportunityId", None),
        value("success", "false"),
    )


def _error(problem: Problem) -> Element:
    fields = [value("fields", name) for name in problem.fields or ()]
    return element("errors", *fields, value("message", problem.message), value("statusCode", problem.code))
