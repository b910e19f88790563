"""Amounts in an org that has several currencies.

Source: "Querying Currency Fields in Multicurrency Orgs", SOQL and SOSL Reference.
"""

from __future__ import annotations

from infra.simulator.org.org import Org
from infra.simulator.schema import unverified
from infra.simulator.schema.fields import Field
from infra.simulator.soql.errors import SoqlError
from infra.simulator.soql.scope import Column
from infra.simulator.soql.syntax import Literal

SINGLE = "USD"
"""The currency of an org that has only one."""


def corporate_sql(org: Org, column: Column) -> str:
    """An amount in the corporate currency, which is that of our user, too."""
    code = code_sql(column)
    if code is None:
        return column.sql
    rates = " ".join(f"WHEN '{currency.code}' THEN {float(currency.rate)!r}" for currency in org.settings.currencies)
    return f"({column.sql} / CASE {code} {rates} ELSE 1.0 END)"


def code_sql(column: Column) -> str | None:
    """Which currency an amount is in; None where there is only one, or none of its own."""
    code = column.table.sobject.field("CurrencyIsoCode")
    return None if code is None or column.field.type != "currency" else column.table.column_sql(code)


def corporate_code(org: Org) -> str:
    return org.settings.corporate_currency or SINGLE


def corporate_amount(org: Org, literal: Literal) -> float:
    """What `USD5000` is in the corporate currency. Raises SoqlError for a currency the org does not use."""
    code, amount = literal.value[:3].upper(), float(literal.value[3:])
    rates = {currency.code: currency.rate for currency in org.settings.currencies if currency.active} or {SINGLE: 1.0}
    if code not in rates:
        raise SoqlError("INVALID_FIELD", unverified.UNKNOWN_CURRENCY.format(code=code), literal.at)
    return amount / rates[code]


def amount_text(field: Field, amount: float | None, code: str) -> str | None:
    """An amount as FORMAT shows it where there are several currencies: `EUR 1,250.00`."""
    return None if amount is None else f"{code} {amount:,.{field.scale}f}"
