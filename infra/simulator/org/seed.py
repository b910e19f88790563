"""What a fresh org holds: its people and what they are, a queue, statuses, stages."""

from __future__ import annotations

from infra.simulator.org.org import Org
from infra.simulator.org.set_up_records import user_row, write, write_set_up
from infra.simulator.org.storage import Row


def seed(org: Org) -> None:
    """Fill a fresh org; nothing happens when it is filled already."""
    if org.tables.get("User", org.user.id):
        return
    _write_profiles(org)
    _write_users(org)
    queue = {"Name": "Lead Queue", "DeveloperName": "Lead_Queue", "Type": "Queue"}
    write(org, "Group", org.queue_id, queue)
    write(org, "QueueSobject", org.fixed_id("03g", 1), {"QueueId": org.queue_id, "SobjectType": "Lead"})
    write(org, "Organization", org.id, _organization())
    write_set_up(org)


def _write_profiles(org: Org) -> None:
    license_id = org.fixed_id("100", 1)
    key = {"LicenseDefinitionKey": "SFDC", "Name": "Salesforce", "MasterLabel": "Salesforce"}
    write(org, "UserLicense", license_id, {**key, "Status": "Active", "TotalLicenses": 2, "UsedLicenses": 2})
    for place, name in enumerate(("System Administrator", "Standard User"), 1):
        values = {"Name": name, "UserLicenseId": license_id, "UserType": "Standard"}
        write(org, "Profile", org.fixed_id("00e", place), values)
    access = {f"{kind}AccessForAccountOwner": "Edit" for kind in ("Opportunity", "Case", "Contact")}
    chief, seller = org.fixed_id("00E", 1), org.fixed_id("00E", 2)
    roles = ((chief, "CEO", "CEO", None), (seller, "Sales Representative", "SalesRepresentative", chief))
    for role_id, name, developer_name, parent_id in roles:
        role: Row = {"Name": name, "DeveloperName": developer_name, "ParentRoleId": parent_id, "PortalType": "None"}
        write(org, "UserRole", role_id, {**role, **access, "RollupDescription": name})


def _write_users(org: Org) -> None:
    """An administrator, and someone who sells and reports to them."""
    chief = user_row("Demo", "User", org.user.username, org.user.username, "demo")
    place = {"ProfileId": org.fixed_id("00e", 1), "UserRoleId": org.fixed_id("00E", 1)}
    write(org, "User", org.user.id, {**chief, **place})
    seller = user_row("Sam", "Seller", f"seller{org.number}@example.com", "seller@example.com", "seller")
    place = {"ProfileId": org.fixed_id("00e", 2), "UserRoleId": org.fixed_id("00E", 2), "ManagerId": org.user.id}
    write(org, "User", org.fixed_id("005", 2), {**seller, **place})


def _organization() -> Row:
    return {
        "Name": "Demo Org",
        "PrimaryContact": "Demo User",
        "FiscalYearStartMonth": 1,
        "DefaultAccountAccess": "Edit",
        "DefaultContactAccess": "ControlledByParent",
        "DefaultOpportunityAccess": "Edit",
        "DefaultLeadAccess": "ReadEditTransfer",
        "OrganizationType": "Developer Edition",
        "InstanceName": "SIM1",
        "IsSandbox": False,
        "LanguageLocaleKey": "en_US",
        "DefaultLocaleSidKey": "en_US",
        "TimeZoneSidKey": "GMT",
    }
