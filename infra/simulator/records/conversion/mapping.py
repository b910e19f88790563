"""Which field of a lead fills which field of what it becomes.

Source: fact sheet 7.5 (recalled there).
"""

from __future__ import annotations

from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row

_FIELDS = {
    "Account": {
        "Company": "Name",
        "Street": "BillingStreet",
        "City": "BillingCity",
        "State": "BillingState",
        "PostalCode": "BillingPostalCode",
        "Country": "BillingCountry",
        "Phone": "Phone",
        "Fax": "Fax",
        "Website": "Website",
        "Industry": "Industry",
        "AnnualRevenue": "AnnualRevenue",
        "NumberOfEmployees": "NumberOfEmployees",
        "Rating": "Rating",
        "LeadSource": "AccountSource",
        "CurrencyIsoCode": "CurrencyIsoCode",
    },
    "Contact": {
        "Salutation": "Salutation",
        "FirstName": "FirstName",
        "LastName": "LastName",
        "Title": "Title",
        "Email": "Email",
        "Phone": "Phone",
        "MobilePhone": "MobilePhone",
        "Fax": "Fax",
        "Description": "Description",
        "LeadSource": "LeadSource",
        "Street": "MailingStreet",
        "City": "MailingCity",
        "State": "MailingState",
        "PostalCode": "MailingPostalCode",
        "Country": "MailingCountry",
        "HasOptedOutOfEmail": "HasOptedOutOfEmail",
        "HasOptedOutOfFax": "HasOptedOutOfFax",
        "DoNotCall": "DoNotCall",
        "CurrencyIsoCode": "CurrencyIsoCode",
    },
    "Opportunity": {"LeadSource": "LeadSource", "CurrencyIsoCode": "CurrencyIsoCode"},
}


def given(org: Org, lead: Row, object_name: str) -> Row:
    """What the lead gives to a record of that object: the standard fields, and those the admin mapped."""
    mapped = (
        (source, target.partition(".")[2])
        for source, target in org.settings.converted_fields.items()
        if target.startswith(f"{object_name}.")
    )
    sobject, target_object = org.all_objects["lead"], org.all_objects[object_name.lower()]
    values: Row = {}
    for source, target in (*_FIELDS[object_name].items(), *mapped):
        field, filled = sobject.field(source), target_object.field(target)
        value = lead.get(field.name) if field is not None else None
        if field is not None and filled is not None and value is not None:
            values[filled.name] = bool(value) if field.type == "boolean" else value
    return values
