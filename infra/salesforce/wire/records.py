"""Salesforce's records and our values, each turned into the other."""

from collections.abc import Iterable, Mapping
from typing import Any

from domain.ports import WriteOptions
from domain.values.conversion_targets import FoundAccount, FoundContact, Targets
from domain.values.lead import CONTACT_FIELDS, CUSTOM_PREFIX, Contact, Lead, is_custom
from domain.values.org import ApiUsage, LeadStatus

FIELDS = {
    "email": "Email",
    "salutation": "Salutation",
    "first_name": "FirstName",
    "last_name": "LastName",
    "company": "Company",
    "title": "Title",
    "phone": "Phone",
    "mobile_phone": "MobilePhone",
    "fax": "Fax",
    "website": "Website",
    "source": "LeadSource",
    "industry": "Industry",
    "rating": "Rating",
    "description": "Description",
    "street": "Street",
    "city": "City",
    "state": "State",
    "postal_code": "PostalCode",
    "country": "Country",
    "state_code": "StateCode",
    "country_code": "CountryCode",
    "number_of_employees": "NumberOfEmployees",
    "annual_revenue": "AnnualRevenue",
    "currency": "CurrencyIsoCode",
    "has_opted_out_of_email": "HasOptedOutOfEmail",
    "has_opted_out_of_fax": "HasOptedOutOfFax",
    "do_not_call": "DoNotCall",
    "owner_id": "OwnerId",
    "record_type": "RecordTypeId",
    "status": "Status",
}
"""What can be written, as we call it and as Salesforce does."""

_READ_ONLY = {
    "id": "Id",
    "name": "Name",
    "is_converted": "IsConverted",
    "converted_account_id": "ConvertedAccountId",
    "converted_contact_id": "ConvertedContactId",
    "converted_opportunity_id": "ConvertedOpportunityId",
    "converted_on": "ConvertedDate",
    "created_at": "CreatedDate",
    "modified_at": "LastModifiedDate",
}
_NOT_SHOWN = {
    "created_by_id": "CreatedById",
    "latitude": "Latitude",
    "longitude": "Longitude",
    "geocode_accuracy": "GeocodeAccuracy",
}
_TO_SALESFORCE = {**FIELDS, **_READ_ONLY, **_NOT_SHOWN}

_MAILING = ("street", "city", "state", "postal_code", "country", "state_code", "country_code")
_CONTACT = {name: f"Mailing{FIELDS[name]}" if name in _MAILING else FIELDS[name] for name in sorted(CONTACT_FIELDS)}
_FROM_SALESFORCE = {theirs: ours for ours, theirs in (*_CONTACT.items(), *_TO_SALESFORCE.items())}

ALWAYS_READ = ("Id", "Name", "Email", "Status", "IsConverted", "CreatedDate", "LastModifiedDate")
"""Salesforce's names of what is read of every lead in a list, whatever fields were asked for."""


_ASSIGN = "Sforce-Auto-Assign"


def field_name(theirs: str) -> str:
    """Our name of a field of Salesforce's leads or contacts; custom ones as `custom_fields.<name>`."""
    if is_custom(theirs):
        return CUSTOM_PREFIX + theirs
    return _FROM_SALESFORCE.get(theirs, theirs)


def salesforce_name(ours: str) -> str:
    """Salesforce's name of one of our fields. Raises KeyError for a name we do not have."""
    custom = ours.removeprefix(CUSTOM_PREFIX)
    return custom if is_custom(custom) else _TO_SALESFORCE[ours]


def to_record(values: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a create or an update."""
    return {salesforce_name(name): value for name, value in values.items()}


def write_headers(options: WriteOptions) -> dict[str, str]:
    """The headers of a create or an update. Without the one for assignment, Salesforce would run the active rule.

    Source: fact sheet 8.
    """
    headers = {_ASSIGN: (options.assignment_rule_id or "TRUE") if options.assign else "FALSE"}
    if options.allow_duplicate:
        headers["Sforce-Duplicate-Rule-Header"] = "allowSave=true"
    return headers


def rule_in(headers: Mapping[str, str]) -> str | None:
    """The Id of the assignment rule that these headers ask for by its Id."""
    wanted = headers.get(_ASSIGN, "")
    return wanted if wanted.startswith("01Q") else None


def to_lead(record: Mapping[str, Any], instance_url: str) -> Lead:
    """The lead in a record; fields the record does not have stay unset. The record type may still be its Id."""
    known = {ours: record[theirs] for ours, theirs in _TO_SALESFORCE.items() if theirs in record}
    if "RecordType" in record:
        known["record_type"] = (record["RecordType"] or {}).get("DeveloperName")
    if not known.get("converted_on"):
        # Whoever reads an open lead needs no word about it.
        known.pop("converted_on", None)
    custom = {name: value for name, value in record.items() if is_custom(name)}
    url = f"{instance_url}/lightning/r/Lead/{record['Id']}/view"
    return Lead(**known, url=url, **({"custom_fields": custom} if custom else {}))


def to_contact(record: Mapping[str, Any]) -> Contact:
    """The contact in a record."""
    return Contact(id=record["Id"], **{ours: record.get(theirs) for ours, theirs in _CONTACT.items()})


def to_targets(
    accounts: Iterable[Mapping[str, Any]], contacts: Iterable[Mapping[str, Any]], users: Iterable[Mapping[str, Any]]
) -> Targets:
    """The accounts, contacts and users in records."""
    return Targets(
        [
            FoundAccount(each["Id"], each.get("Name"), each.get("Website"), bool(each.get("IsPersonAccount")))
            for each in accounts
        ],
        [FoundContact(each["Id"], each.get("AccountId"), bool(each.get("IsPersonAccount"))) for each in contacts],
        [each["Id"] for each in users],
    )


def to_contact_record(values: Mapping[str, Any]) -> dict[str, Any]:
    """The body of an update of a contact."""
    return {_CONTACT[name]: value for name, value in values.items()}


def to_status(record: Mapping[str, Any]) -> LeadStatus:
    """The lead status in a LeadStatus record."""
    return LeadStatus(
        name=record["ApiName"],
        label=record["MasterLabel"],
        is_converted=record["IsConverted"],
        is_default=record["IsDefault"],
    )


def to_api_usage(limit_info: str | None) -> ApiUsage | None:
    """The usage that the header `Sforce-Limit-Info` tells, e.g. `api-usage=18/15000`.

    Source: fact sheet 8.
    """
    first = (limit_info or "").split(";")[0].partition("api-usage=")[2]
    used, _, limit = first.partition("/")
    if not (used.isdigit() and limit.isdigit()):
        return None
    return ApiUsage(used=int(used), limit=int(limit), left=max(int(limit) - int(used), 0))
