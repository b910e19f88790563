"""Converting a lead into an account, a contact and an opportunity.

Source: fact sheet 7.2 to 7.5.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from infra.simulator.org.formulas import Change
from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row
from infra.simulator.records import history, record_types
from infra.simulator.records.audit import touched
from infra.simulator.records.automation import approval_locks, triggers, validation_rules
from infra.simulator.records.behaviours import contact_roles, person_accounts
from infra.simulator.records.conversion.lead_relations import Successors, hand_over
from infra.simulator.records.conversion.mapping import given
from infra.simulator.records.records import Records, own_id
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.schema import ids, unverified
from infra.simulator.schema.errors import refusal
from infra.simulator.schema.fields import SObject


@dataclass(frozen=True)
class LeadConvert:
    """One conversion as it is asked for. Source: fact sheet 7.2."""

    lead_id: str
    converted_status: str
    account_id: str | None = None
    contact_id: str | None = None
    opportunity_id: str | None = None
    opportunity_name: str | None = None
    owner_id: str | None = None
    do_not_create_opportunity: bool = False
    overwrite_lead_source: bool = False


@dataclass(frozen=True)
class Converted:
    """What became of a lead."""

    lead_id: str
    account_id: str
    contact_id: str
    opportunity_id: str | None


class Conversions:
    """Converts the leads of one org."""

    def __init__(self, org: Org, records: Records) -> None:
        self._org = org
        self._records = records

    def convert(self, wish: LeadConvert, options: WriteOptions) -> Converted:
        """Convert one lead. Raises SalesforceError when it cannot be; the caller undoes what was begun."""
        lead = self._lead(wish, options)
        _refuse_contradictions(wish)
        status = self._status(wish.converted_status, lead)
        owner_id = self._owner(wish, lead)
        options = replace(options, assign=False)
        account_id = self._account(wish, lead, owner_id, options)
        contact_id = self._contact(wish, lead, account_id, owner_id, options)
        opportunity_id = self._opportunity(wish, lead, account_id, owner_id, options)
        role = contact_roles.next_role(self._org, opportunity_id, contact_id) if opportunity_id else None
        if role:
            self._records.create(self._org.all_objects["opportunitycontactrole"], role, options)
        changes = {
            "IsConverted": True,
            "ConvertedDate": self._org.clock().date().isoformat(),
            "ConvertedAccountId": account_id,
            "ConvertedContactId": contact_id,
            "ConvertedOpportunityId": opportunity_id,
            "Status": status,
            "IsUnreadByOwner": False,
        }
        sobject = self._org.all_objects["lead"]
        audit = touched(sobject, self._org.now(), options.user_id)
        self._org.tables.update("Lead", lead["Id"], {**changes, **audit})
        change = Change(sobject, {**lead, **changes, **audit}, lead, options.user_id)
        triggers.fire(self._org, "before update", change)
        validation_rules.refuse(self._org, change)
        triggers.fire(self._org, "after update", change)
        history.note_changes(self._org, sobject, lead, changes, options)
        history.note(self._org, lead["Id"], history.CONVERTED, options)
        self._org.record_effect("convert", "Lead", lead["Id"], changes)
        successors = Successors(account_id, contact_id, opportunity_id, owner_id)
        hand_over(self._org, self._records, lead["Id"], successors, options)
        return Converted(lead["Id"], account_id, contact_id, opportunity_id)

    def _lead(self, wish: LeadConvert, options: WriteOptions) -> Row:
        lead = self._existing("Lead", wish.lead_id)
        if lead["IsConverted"]:
            raise refusal("CANNOT_UPDATE_CONVERTED_LEAD", unverified.ALREADY_CONVERTED)
        approval_locks.refuse(self._org, self._org.all_objects["lead"], lead, options.user_id)
        return lead

    def _existing(self, object_name: str, text: str) -> Row:
        sobject = self._org.all_objects[object_name.lower()]
        return self._records.live(sobject, own_id(sobject, text))

    def _status(self, name: str, lead: Row) -> str:
        """A converted status that the lead's record type offers."""
        kind = record_types.record_type(self._org.all_objects["lead"], lead.get(record_types.FIELD))
        offered = kind.picklists.get("Status") if kind else None
        for status in self._org.settings.lead_statuses:
            is_offered = offered is None or status.name in offered
            if status.is_converted and is_offered and status.name.casefold() == name.casefold():
                return status.name
        raise refusal("INVALID_STATUS", f"invalid convertedStatus: {name}", "Status")

    def _owner(self, wish: LeadConvert, lead: Row) -> str:
        if wish.owner_id is None:
            if str(lead["OwnerId"]).startswith("00G"):
                raise refusal("FIELD_INTEGRITY_EXCEPTION", unverified.QUEUE_NEEDS_OWNER, "OwnerId")
            return str(lead["OwnerId"])
        owner_id = ids.normalized(wish.owner_id)
        if owner_id is None or self._org.tables.get("User", owner_id, "Id") is None:
            raise refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", "OwnerId")
        return owner_id

    def _account(self, wish: LeadConvert, lead: Row, owner_id: str, options: WriteOptions) -> str:
        values = given(self._org, lead, "Account")
        if wish.account_id is not None:
            account = self._existing("Account", wish.account_id)
            self._fill("Account", account, values, options)
            return str(account["Id"])
        if lead["Company"] is None:
            values |= person_accounts.as_account(given(self._org, lead, "Contact"))
        return self._made("Account", {**values, "OwnerId": owner_id}, options)

    def _contact(self, wish: LeadConvert, lead: Row, account_id: str, owner_id: str, options: WriteOptions) -> str:
        values = given(self._org, lead, "Contact")
        account = self._existing("Account", account_id)
        if account.get("IsPersonAccount"):
            return str(account["PersonContactId"])
        if wish.contact_id is None:
            return self._made("Contact", {**values, "AccountId": account_id, "OwnerId": owner_id}, options)
        contact = self._existing("Contact", wish.contact_id)
        if contact["AccountId"] != account_id:
            raise refusal("FIELD_INTEGRITY_EXCEPTION", unverified.CONTACT_OF_OTHER_ACCOUNT, "AccountId")
        if wish.overwrite_lead_source:
            contact = {**contact, "LeadSource": None}
        self._fill("Contact", contact, values, options)
        return str(contact["Id"])

    def _opportunity(
        self, wish: LeadConvert, lead: Row, account_id: str, owner_id: str, options: WriteOptions
    ) -> str | None:
        if wish.do_not_create_opportunity:
            return None
        values = {**given(self._org, lead, "Opportunity"), "AccountId": account_id}
        if wish.opportunity_id is not None:
            opportunity = self._existing("Opportunity", wish.opportunity_id)
            self._fill("Opportunity", opportunity, values, options)
            return str(opportunity["Id"])
        values |= {
            "Name": wish.opportunity_name or str(lead["Company"] or lead["Name"])[:120],
            "StageName": self._first_stage(),
            "CloseDate": _end_of_quarter(self._org.clock().date()).isoformat(),
            "OwnerId": owner_id,
        }
        return self._made("Opportunity", values, options)

    def _first_stage(self) -> str | None:
        """The stage an opportunity begins with: the default one, or the first. Source: fact sheet 11."""
        stages = [choice for choice in self._org.all_objects["opportunity"].choices("StageName") if choice.is_active]
        stages.sort(key=lambda choice: not choice.is_default)
        return stages[0].value if stages else None

    def _made(self, object_name: str, values: Row, options: WriteOptions) -> str:
        return self._records.create(self._permitted(object_name), values, options)

    def _permitted(self, object_name: str) -> SObject:
        """The object with all its fields, of which the user has to be allowed to make records."""
        seen = self._org.object(object_name)
        if seen is None or not seen.writable:
            message = unverified.NO_RIGHT_TO_CREATE.format(name=object_name)
            raise refusal("INSUFFICIENT_ACCESS_OR_READONLY", message)
        return self._org.all_objects[object_name.lower()]

    def _fill(self, object_name: str, row: Row, values: Row, options: WriteOptions) -> None:
        """Fill the empty fields of a record that exists already."""
        changes = {name: value for name, value in values.items() if value is not None and row[name] is None}
        if changes:
            self._records.update(self._org.all_objects[object_name.lower()], row["Id"], changes, options)


def _refuse_contradictions(wish: LeadConvert) -> None:
    named = wish.opportunity_name or wish.opportunity_id
    contradictions: list[tuple[Any, str]] = [
        (wish.do_not_create_opportunity and named, unverified.OPPORTUNITY_NOT_WANTED),
        (wish.opportunity_name and wish.opportunity_id, unverified.OPPORTUNITY_GIVEN_TWICE),
        (wish.contact_id and not wish.account_id, unverified.CONTACT_NEEDS_ACCOUNT),
        (wish.overwrite_lead_source and not wish.contact_id, unverified.SOURCE_NEEDS_CONTACT),
    ]
    for contradicts, message in contradictions:
        if contradicts:
            raise refusal("FIELD_INTEGRITY_EXCEPTION", message)
    if wish.opportunity_name and len(wish.opportunity_name) > 80:
        message = f"Name: data value too large: {wish.opportunity_name} (max length=80)"
        raise refusal("STRING_TOO_LONG", message, "Name")


def _end_of_quarter(day: date) -> date:
    month = (day.month - 1) // 3 * 3 + 3
    first_after = date(day.year + month // 12, month % 12 + 1, 1)
    return first_after - timedelta(days=1)
