"""The records that a set-up makes: statuses, stages, record types, people and permissions, queues, currencies, rules.

Clients read them; a change of the settings writes them anew.
"""

from __future__ import annotations

import re

from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row
from infra.simulator.schema.fields import SObject
from infra.simulator.schema.opportunity import FORECASTS, stage_named
from infra.simulator.setup.setting_checks import SetUpError

_HABITS = {
    "IsActive": True,
    "TimeZoneSidKey": "GMT",
    "LocaleSidKey": "en_US",
    "LanguageLocaleKey": "en_US",
    "EmailEncodingKey": "UTF-8",
    "UserType": "Standard",
    "NumberOfFailedLogins": 0,
}
_NO_NAME = re.compile("[^A-Za-z0-9]+")
_FIRST_STAGE = 1000
"""Stages and lead statuses share a prefix; there are never so many statuses."""


def write_set_up(org: Org) -> None:
    """Make the records say what the settings say."""
    _write_statuses(org)
    _write_stages(org)
    _write_record_types(org)
    _write_users(org)
    _write_queues(org)
    _write_currencies(org)
    _write_assignment_rules(org)
    _write_duplicate_rules(org)
    org.tables.update("Profile", org.fixed_id("00e", 1), {"Name": org.settings.profile.name})
    _write_permission_sets(org)


def user_row(first: str | None, last: str, username: str, email: str, alias: str) -> Row:
    name = {"FirstName": first, "LastName": last, "Name": " ".join(part for part in (first, last) if part)}
    return {**_HABITS, **name, "Username": username, "Email": email, "Alias": alias, "CommunityNickname": alias}


def write(org: Org, object_name: str, record_id: str, values: Row) -> None:
    """Put a record of the set-up in, or in place of the one with its id."""
    now = org.now()
    audit = {
        "CreatedDate": now,
        "CreatedById": org.user.id,
        "LastModifiedDate": now,
        "LastModifiedById": org.user.id,
        "SystemModstamp": now,
    }
    sobject = org.all_objects[object_name.lower()]
    known = {name: value for name, value in audit.items() if sobject.has(name)}
    org.tables.remove(object_name, record_id)
    org.tables.insert(object_name, {**sobject.defaults, "Id": record_id, **known, **values})


def _write_statuses(org: Org) -> None:
    org.tables.clear("LeadStatus")
    for place, status in enumerate(org.settings.lead_statuses, 1):
        values = {
            "MasterLabel": status.name,
            "ApiName": status.name,
            "SortOrder": place,
            "IsDefault": status.is_default,
            "IsConverted": status.is_converted,
        }
        write(org, "LeadStatus", org.fixed_id("01J", place), values)


def _write_stages(org: Org) -> None:
    org.tables.clear("OpportunityStage")
    for place, choice in enumerate(org.all_objects["opportunity"].choices("StageName"), 1):
        stage = stage_named(choice.value)
        values = {
            "MasterLabel": choice.label or choice.value,
            "ApiName": choice.value,
            "IsActive": choice.is_active,
            "SortOrder": place,
            "IsClosed": stage.is_closed,
            "IsWon": stage.is_won,
            "ForecastCategory": FORECASTS[stage.forecast],
            "ForecastCategoryName": stage.forecast,
            "DefaultProbability": stage.probability,
            "Description": choice.label or choice.value,
        }
        write(org, "OpportunityStage", org.fixed_id("01J", _FIRST_STAGE + place), values)


def _write_record_types(org: Org) -> None:
    org.tables.clear("BusinessProcess")
    process_ids = {}
    for place, process in enumerate(org.settings.lead_processes, 1):
        process_ids[process.name] = org.fixed_id("019", place)
        values = {"Name": process.name.replace("_", " "), "TableEnumOrId": "Lead", "IsActive": True}
        write(org, "BusinessProcess", process_ids[process.name], values)
    org.tables.clear("RecordType")
    for place, each in enumerate(org.settings.record_types, 1):
        values = {
            "Name": each.label or each.name.replace("_", " "),
            "DeveloperName": each.name,
            "Description": each.description,
            "SobjectType": org.all_objects[each.object.lower()].name,
            "BusinessProcessId": process_ids.get(each.lead_process or ""),
            "IsPersonType": each.person,
            "IsActive": each.active,
        }
        write(org, "RecordType", org.fixed_id("012", place), values)


def _write_users(org: Org) -> None:
    """Who is named no longer is deactivated: users cannot be deleted."""
    own_ids = (org.user.id, org.fixed_id("005", 2))
    ids = {row["Username"].lower(): row["Id"] for row in org.tables.find("User", "1", (), "Id", "Username")}
    for record_id in ids.values():
        if record_id not in own_ids:
            org.tables.update("User", record_id, {"IsActive": False})
    for each in org.settings.users:
        record_id = ids.get(each.username.lower()) or org.next_id(org.all_objects["user"])
        if record_id in own_ids:
            raise SetUpError(f"users: every org has a user {each.username}", "users")
        alias = each.username.split("@")[0][:8]
        values = user_row(each.first_name, each.last_name, each.username, each.username, alias)
        role = org.tables.find("UserRole", "Name = ?", (each.role,)) if each.role else []
        if each.role and not role:
            raise SetUpError(f"users: there is no role {each.role}", "users")
        place_in_org = {"ProfileId": org.fixed_id("00e", 2), "UserRoleId": role[0]["Id"] if role else None}
        write(org, "User", record_id, {**values, **place_in_org, "IsActive": each.active})


def _write_queues(org: Org) -> None:
    """What is named no longer keeps what it owns, and is for no object any more."""
    ids = {row["DeveloperName"].lower(): row["Id"] for row in org.tables.find("Group", "1", (), "Id", "DeveloperName")}
    org.tables.remove_where("QueueSobject", "QueueId != ?", (org.queue_id,))
    for place, each in enumerate(org.settings.queues, 1):
        queue_id = ids.get(each.developer_name.lower()) or org.next_id(org.all_objects["group"])
        write(org, "Group", queue_id, {"Name": each.name, "DeveloperName": each.developer_name, "Type": "Queue"})
        names = dict.fromkeys(_writable(org, name).name for name in each.objects)
        for number, name in enumerate(names):
            link = {"QueueId": queue_id, "SobjectType": name}
            write(org, "QueueSobject", org.fixed_id("03g", place * 1000 + number), link)


def _writable(org: Org, name: str) -> SObject:
    found = org.all_objects.get(name.lower())
    if found is None or not found.has("OwnerId"):
        raise SetUpError(f"queues: a queue cannot own records of {name}", "queues")
    return found


def _write_currencies(org: Org) -> None:
    if not org.settings.currencies:
        return
    org.tables.clear("CurrencyType")
    for place, each in enumerate(org.settings.currencies, 1):
        values = {
            "IsoCode": each.code,
            "ConversionRate": each.rate,
            "DecimalPlaces": each.decimals,
            "IsActive": each.active,
            "IsCorporate": each.corporate,
        }
        write(org, "CurrencyType", org.fixed_id("01L", place), values)


def _write_assignment_rules(org: Org) -> None:
    org.tables.clear("AssignmentRule")
    for place, rule in enumerate(org.settings.all_assignment_rules(), 1):
        values = {"Name": rule.name, "SobjectType": rule.object, "Active": rule.active}
        write(org, "AssignmentRule", org.fixed_id("01Q", place), values)


def _write_duplicate_rules(org: Org) -> None:
    """The standard rule of each object, active where it does something."""
    settings = org.settings
    actions = {
        "Lead": settings.duplicate_rule,
        "Account": settings.account_duplicate_rule,
        "Contact": settings.contact_duplicate_rule,
    }
    for place, (name, action) in enumerate(actions.items(), 1):
        label = f"Standard {name} Duplicate Rule"
        names = {"DeveloperName": label.replace(" ", "_"), "MasterLabel": label, "Language": "en_US"}
        values = {**names, "SobjectType": name, "SobjectSubtype": "None", "IsActive": action != "off"}
        write(org, "DuplicateRule", org.fixed_id("0Bm", place), values)


def _write_permission_sets(org: Org) -> None:
    """One of each profile, which its users have, and those of the settings, which our user has."""
    org.tables.clear("PermissionSet")
    org.tables.clear("PermissionSetAssignment")
    users = org.tables.find("User", "1 ORDER BY Id")
    held: list[tuple[Row, list[Row]]] = []
    for profile in org.tables.find("Profile", "1 ORDER BY Id"):
        owned = {"Name": f"X{profile['Id'][:15]}", "Label": profile["Id"][:15], "ProfileId": profile["Id"]}
        having = [user for user in users if user["ProfileId"] == profile["Id"]]
        held.append(({**owned, "IsOwnedByProfile": True, "Type": "Profile"}, having))
    for each in org.settings.permission_sets:
        own = {"Name": _NO_NAME.sub("_", each.name).strip("_"), "Label": each.name, "IsCustom": True}
        held.append(({**own, "Type": "Regular"}, [user for user in users if user["Id"] == org.user.id]))
    assignments = 0
    for place, (values, having) in enumerate(held, 1):
        set_id = org.fixed_id("0PS", place)
        write(org, "PermissionSet", set_id, values)
        for user in having:
            assignments += 1
            link = {"PermissionSetId": set_id, "AssigneeId": user["Id"], "IsActive": user["IsActive"]}
            write(org, "PermissionSetAssignment", org.fixed_id("0Pa", assignments), link)
