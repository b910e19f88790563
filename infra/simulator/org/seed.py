"""What a fresh org holds: its people, a queue, its lead statuses."""

from __future__ import annotations

from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row

_HABITS = {
    "IsActive": True,
    "TimeZoneSidKey": "GMT",
    "LocaleSidKey": "en_US",
    "LanguageLocaleKey": "en_US",
    "UserType": "Standard",
}


def seed(org: Org) -> None:
    """Fill a fresh org; nothing happens when it is filled already."""
    if org.tables.get("User", org.user.id):
        return
    _write(org, "User", org.user.id, _person("Demo", "User", org.user.username, org.user.username, "demo"))
    seller = _person("Sam", "Seller", f"seller{org.number}@example.com", "seller@example.com", "seller")
    _write(org, "User", org.fixed_id("005", 2), seller)
    queue = {"Name": "Lead Queue", "DeveloperName": "Lead_Queue", "Type": "Queue"}
    _write(org, "Group", org.queue_id, queue)
    _write(org, "Organization", org.id, _organization())
    write_statuses(org)


def write_statuses(org: Org) -> None:
    """Make the LeadStatus records say what the settings say."""
    org.tables.clear("LeadStatus")
    for place, status in enumerate(org.settings.lead_statuses, 1):
        values = {
            "MasterLabel": status.name,
            "ApiName": status.name,
            "SortOrder": place,
            "IsDefault": status.is_default,
            "IsConverted": status.is_converted,
        }
        _write(org, "LeadStatus", org.fixed_id("01J", place), values)


def _person(first: str, last: str, username: str, email: str, alias: str) -> Row:
    name = {"FirstName": first, "LastName": last, "Name": f"{first} {last}"}
    return {**_HABITS, **name, "Username": username, "Email": email, "Alias": alias}


def _organization() -> Row:
    return {
        "Name": "Demo Org",
        "OrganizationType": "Developer Edition",
        "InstanceName": "SIM1",
        "IsSandbox": False,
        "LanguageLocaleKey": "en_US",
        "DefaultLocaleSidKey": "en_US",
        "TimeZoneSidKey": "GMT",
    }


def _write(org: Org, object_name: str, record_id: str, values: Row) -> None:
    now = org.now()
    audit = {
        "CreatedDate": now,
        "CreatedById": org.user.id,
        "LastModifiedDate": now,
        "LastModifiedById": org.user.id,
        "SystemModstamp": now,
    }
    org.tables.insert(object_name, {"Id": record_id, **values, **audit})
