"""Person accounts: each is an account and a contact, and what is written to one of them stands in both.

Source: fact sheet 12.1; "Account", Object Reference.
"""

from __future__ import annotations

from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row
from infra.simulator.records import record_types
from infra.simulator.records.audit import touched
from infra.simulator.records.behaviours.behaviour import Behaviour
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import refusal, required_fields_missing
from infra.simulator.schema.person_accounts import MIRRORED, NAMES

_IN_ACCOUNT = {f"{prefix}{name}": name for name, prefix in MIRRORED.items() if not name.endswith("Address")}
"""The stored fields that a person account shares with its contact, by their names in the account."""


def as_account(values: Row) -> Row:
    """Values of a contact, as a person account has them."""
    return {f"{MIRRORED[name]}{name}": value for name, value in values.items() if name in MIRRORED}


def _complete_account(org: Org, row: Row, before: Row | None) -> None:
    if not org.settings.person_accounts:
        return
    row["IsPersonAccount"] = _is_person(org, row) if before is None else before["IsPersonAccount"]
    if not row["IsPersonAccount"]:
        if row.get("Name") is None:
            raise required_fields_missing(["Name"])
        _refuse_fields_of_others(row, before, [name for name in _IN_ACCOUNT if not isinstance(row.get(name), int)])
        return
    if row.get("LastName") is None:
        raise required_fields_missing(["LastName"])
    if before is not None:
        _mirror(org, "Contact", before["PersonContactId"], {_IN_ACCOUNT[name]: row[name] for name in _IN_ACCOUNT})


def _is_person(org: Org, row: Row) -> bool:
    chosen = record_types.record_type(org.all_objects["account"], row.get(record_types.FIELD))
    if row.get("LastName") is None:
        return chosen is not None and chosen.is_person
    if chosen is not None and not chosen.is_person:
        _refuse_fields_of_others(row, None, NAMES)
    return True


def _refuse_fields_of_others(row: Row, before: Row | None, names: list[str] | tuple[str, ...]) -> None:
    """Raise SalesforceError for fields that only persons have."""
    given = [name for name in names if row.get(name) is not None and (before is None or row[name] != before[name])]
    if given:
        message = unverified.FIELDS_OF_OTHER_ACCOUNTS.format(names=", ".join(given))
        raise refusal("INVALID_FIELD_FOR_INSERT_UPDATE", message, *given)


def _contact_of(org: Org, row: Row) -> list[tuple[str, Row]]:
    """The contact that comes into being with a person account."""
    if not row.get("IsPersonAccount"):
        return []
    contact = org.all_objects["contact"]
    contact_id = org.next_id(contact)
    org.tables.update("Account", row["Id"], {"PersonContactId": contact_id})
    values = {_IN_ACCOUNT[name]: row[name] for name in _IN_ACCOUNT if row.get(name) is not None}
    link = {"Id": contact_id, "AccountId": row["Id"], "OwnerId": row["OwnerId"], "IsPersonAccount": True}
    return [("Contact", {**values, **link, "Name": row["Name"]})]


def _complete_contact(org: Org, row: Row, before: Row | None) -> None:
    if before is not None and before.get("IsPersonAccount"):
        _mirror(org, "Account", before["AccountId"], as_account({name: row[name] for name in _IN_ACCOUNT.values()}))


def _mirror(org: Org, object_name: str, record_id: str, values: Row) -> None:
    """Let the other half of a person say the same."""
    other = org.tables.get(object_name, record_id)
    assert other is not None, "the two are made and deleted together"
    changes = {name: value for name, value in values.items() if other[name] != value}
    if changes:
        name = " ".join(part for part in (values["FirstName"], values["LastName"]) if part)
        audit = touched(org.all_objects[object_name.lower()], org.now(), org.running_user_id)
        org.tables.update(object_name, record_id, {**changes, "Name": name, **audit})
        org.record_effect("update", object_name, record_id, changes)


def _stay(org: Org, row: Row) -> None:
    if row.get("IsPersonAccount"):
        raise refusal("INSUFFICIENT_ACCESS_OR_READONLY", unverified.CONTACT_OF_PERSON)


ACCOUNT = Behaviour(complete=_complete_account, companions=_contact_of)
CONTACT = Behaviour(complete=_complete_contact, leave=_stay)
