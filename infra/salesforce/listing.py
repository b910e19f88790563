"""The query behind a list of leads."""

from collections.abc import Sequence

from domain.values.listing import LeadFilter, Position
from infra.salesforce import soql
from infra.salesforce.wire import ALWAYS_READ, salesforce_name


def listing(leads: LeadFilter, fields: Sequence[str] | None, after: Position | None) -> str:
    """SOQL for the leads behind a position, one more than are wanted, so that it shows whether there are more."""
    column = salesforce_name(leads.sort.removeprefix("-"))
    order = "DESC" if leads.sort.startswith("-") else "ASC"
    conditions = _conditions(leads)
    if after is not None:
        moment, beyond = soql.moment(after.moment), "<" if order == "DESC" else ">"
        conditions.append(
            f"({column} {beyond} {moment} OR ({column} = {moment} AND Id {beyond} {soql.text(after.id)}))"
        )
    return soql.select(_columns(fields), "Lead", conditions, f"{column} {order}, Id {order}", limit=leads.limit + 1)


def _columns(fields: Sequence[str] | None) -> list[str]:
    if fields is None:
        # Whatever standard fields this user may see; a list would fail on a single hidden one.
        return ["FIELDS(STANDARD)"]
    # A lead's page has its address from the Id.
    return list(dict.fromkeys([*ALWAYS_READ, *(salesforce_name(name) for name in fields if name != "url")]))


def _conditions(leads: LeadFilter) -> list[str]:
    equal = {
        "Email": leads.email,
        "Status": leads.status,
        "Company": leads.company,
        "LeadSource": leads.source,
        "OwnerId": leads.owner_id,
    }
    conditions = [f"{column} = {soql.text(value)}" for column, value in equal.items() if value is not None]
    if leads.converted is not None:
        conditions.append(f"IsConverted = {'true' if leads.converted else 'false'}")
    bounds = {
        "CreatedDate >=": leads.created_after,
        "CreatedDate <": leads.created_before,
        "LastModifiedDate >=": leads.modified_after,
        "LastModifiedDate <": leads.modified_before,
    }
    conditions += [f"{bound} {soql.moment(moment)}" for bound, moment in bounds.items() if moment is not None]
    if leads.search:
        pattern = soql.containing(leads.search)
        conditions.append(f"(Name LIKE {pattern} OR Company LIKE {pattern} OR Email LIKE {pattern})")
    return conditions
