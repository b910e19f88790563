"""Which field of a lead fills which field of what it becomes.

Source: fact sheet 7.5 (recalled there).
"""

from __future__ import annotations

from infra.simulator.org.settings import Settings
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
    },
    "Opportunity": {"LeadSource": "LeadSource"},
}


def given(settings: Settings, lead: Row, object_name: str) -> Row:
    """What the lead gives to a record of that object: the standard fields, and those the admin mapped."""
    mapped = (
        (source, target.partition(".")[2])
        for source, target in settings.converted_fields.items()
        if target.startswith(f"{object_name}.")
    )
    fields = (*_FIELDS[object_name].items(), *mapped)
    return {target: lead[source] for source, target in fields if lead.get(source) is not None}
