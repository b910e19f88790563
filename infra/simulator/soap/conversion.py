"""convertLead.

Source: fact sheet 7.2 to 7.4.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from infra.simulator.exchange.reply import Reply
from infra.simulator.exchange.xml_tree import children_of, element, flag_of, text_of, value
from infra.simulator.records.conversion.conversion import Converted, LeadConvert
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import SalesforceError, failure
from infra.simulator.schema.ids import normalized
from infra.simulator.soap.call import SoapCall
from infra.simulator.soap.envelope import SoapFaultError, answer
from infra.simulator.soap.records import error_element

MAX_LEADS = 100


def convert_leads(call: SoapCall) -> Reply:
    """Convert each lead by itself: one that cannot be converted does not hold up the others."""
    wishes = [*children_of(call.message.body, "leadConverts")]
    if len(wishes) > MAX_LEADS:
        raise SoapFaultError("EXCEEDED_LEAD_CONVERT_LIMIT", unverified.TOO_MANY_CONVERSIONS)
    options = call.options()
    results = [_result(call, _wish(wish), options, place in call.locked) for place, wish in enumerate(wishes)]
    return answer("convertLead", results)


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


def _result(call: SoapCall, wish: LeadConvert, options: WriteOptions, locked: bool) -> Element:
    try:
        if locked:
            raise failure(400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")
        with call.org.tables.database.transaction():
            return _success(call.context.conversions.convert(wish, options))
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
        *(error_element(problem) for problem in error.problems),
        value("leadId", normalized(wish.lead_id) or wish.lead_id),
        value("opportunityId", None),
        value("success", "false"),
    )
