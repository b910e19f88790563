"""Plausible leads to look at, and a campaign for them: always the same ones, all of them made up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from infra.simulator.instance.context import Context
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.schema.common_fields import INDUSTRIES, LEAD_SOURCES, RATINGS
from infra.simulator.schema.errors import SalesforceError
from infra.simulator.schema.fields import Field, SObject
from infra.simulator.setup.setting_checks import SetUpError

_Choice = TypeVar("_Choice")

_FIRST = (
    "Amara Björn Chiara Dmitri Elif Farid Greta Hiroshi Ines Jonas Keiko Lars Maya Noor Olga Pablo Quentin Rosa Sven "
    "Tariq Uma Viktor Wanda Xenia Yusuf Zoë"
)
_LAST = (
    "Okafor Lindqvist Moretti Petrov Yılmaz Haddad Schneider Tanaka Fernández Weber Sato Nielsen Patel Rahman Ivanova "
    "García Dubois Almeida Berg Aziz Rao Novák Kowalska Papadopoulos Demir O'Brien Nguyễn Kim Silva"
)
_COMPANY_FIRST = "Northwind Harbour Alpine Lumen Oldmill Riverside Copper Granite Sunrise Willow Falcon"
_COMPANY_LAST = "Logistics Foods Robotics Textiles Energy Software Clinics Interiors Tools Media Farms Travel Labs"
_TITLES = ("Head of Operations", "CEO", "Buyer", "IT Manager", "Sales Director", "Founder", "Office Manager", "CFO")
_CITIES = (
    ("Hamburg", "Germany"),
    ("Lisbon", "Portugal"),
    ("Nairobi", "Kenya"),
    ("Austin", "United States"),
    ("Osaka", "Japan"),
    ("Kraków", "Poland"),
    ("Toronto", "Canada"),
)
_ANYTHING = {
    "int": 1,
    "double": 1,
    "currency": 1,
    "percent": 1,
    "date": "2026-01-02",
    "datetime": "2026-01-02T03:04:05Z",
    "time": "10:00:00Z",
    "email": "any@example.com",
}
"""What a required field of an admin's own is filled with, by its type."""


CAMPAIGN = {"Name": "Spring Webinar", "Type": "Webinar", "Status": "In Progress", "IsActive": True}
_MEMBER_STATUSES = ({"Label": "Registered"}, {"Label": "Attended", "HasResponded": True})


def add_samples(context: Context, count: int) -> None:
    """Fill the org with `count` leads and, if there are any, a campaign, all through the front door.

    Raises SetUpError where the org's rules refuse them.
    """
    _add_leads(context, count)
    if count:
        _add_campaign(context)


def _add_campaign(context: Context) -> None:
    """A campaign that nobody is in yet."""
    options = WriteOptions(context.org.user.id)
    objects = context.org.all_objects
    try:
        with context.org.tables.database.transaction():
            campaign = objects["campaign"]
            campaign_id = context.records.create(campaign, _fitted(campaign, CAMPAIGN, 0), options)
            for status in _MEMBER_STATUSES:
                member_status = {"CampaignId": campaign_id, **status}
                context.records.create(objects["campaignmemberstatus"], member_status, options)
    except SalesforceError as error:
        message = f"the org's rules refuse the sample campaign (--leads 0 does without any): {error}"
        raise SetUpError(message) from error


def _add_leads(context: Context, count: int) -> None:
    lead = context.org.all_objects["lead"]
    statuses = [status.name for status in context.org.settings.lead_statuses if not status.is_converted]
    with context.org.tables.database.transaction():
        for number in range(count):
            values = sample(number) | {"Status": _pick(statuses, number // 3)}
            if context.org.countries and not context.org.countries.country(values["Country"]):
                del values["Country"]
            try:
                context.records.create(lead, _fitted(lead, values, number), WriteOptions(context.org.user.id))
            except SalesforceError as error:
                name = f"{values['FirstName']} {values['LastName']}"
                message = f"the org's rules refuse the sample lead {name} (--leads 0 does without any): {error}"
                raise SetUpError(message) from error


def _fitted(lead: SObject, values: dict[str, Any], number: int) -> dict[str, Any]:
    """Those of the values that leads of this org may have, and others that they must have."""
    fields = {name: lead.field(name) for name in values}
    fitted = {name: values[name] for name, field in fields.items() if field and _may_be(field, values[name])}
    for field in lead.required:
        if field.name not in fitted:
            fitted[field.name] = _anything(field, number)
    return fitted


def _anything(field: Field, number: int) -> Any:
    return _pick(field.choices, number).value if field.choices else _ANYTHING.get(field.type, "Any")


def _may_be(field: Field, value: Any) -> bool:
    return field.createable and (not field.restricted or field.offers(str(value)))


def sample(number: int) -> dict[str, Any]:
    """The sample lead with this number."""
    first, last = _pick(_FIRST.split(), number), _pick(_LAST.split(), number * 7 + number // 26)
    company = f"{_pick(_COMPANY_FIRST.split(), number * 3)} {_pick(_COMPANY_LAST.split(), number * 5 + 1)}"
    city, country = _pick(_CITIES, number)
    local = "".join(
        character for character in f"{first}.{last}".lower() if character.isascii() and character not in " '"
    )
    return {
        "FirstName": first,
        "LastName": last,
        "Company": company,
        "Title": _pick(_TITLES, number * 3 + 2),
        "Email": f"{local}.{number + 1}@example.com",
        "Phone": f"+1 555 01{number % 100:02}",
        "City": city,
        "Country": country,
        "LeadSource": _pick(LEAD_SOURCES, number),
        "Industry": _pick(INDUSTRIES.split(","), number * 3),
        "Rating": _pick(RATINGS, number // 2),
        "NumberOfEmployees": 5 + number * 37 % 900,
        "AnnualRevenue": 100_000 + number * 73_000 % 9_000_000,
    }


def _pick(choices: Sequence[_Choice], number: int) -> _Choice:
    return choices[number % len(choices)]
