"""Addresses in an org with state and country picklists: code and label always say the same.

Source: fact sheet 12.1; what is refused beyond that is restated from Salesforce's help.
"""

from __future__ import annotations

from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import Problem, SalesforceError
from infra.simulator.schema.fields import SObject
from infra.simulator.setup.set_up import Country

_PARTS = ("Country", "CountryCode", "State", "StateCode")


def completed(org: Org, sobject: SObject, given: Row, before: Row | None = None) -> Row:
    """Labels for the codes given, and codes for the labels. Raises SalesforceError for what is on no list."""
    if org.countries is None:
        return {}
    found: Row = {}
    problems: list[Problem] = []
    for prefix in _prefixes(sobject, given):
        problem = _complete(org, sobject, prefix, given, before or {}, found)
        problems += [problem] if problem else []
    if problems:
        raise SalesforceError(400, *problems)
    return found


def _prefixes(sobject: SObject, given: Row) -> list[str]:
    """The addresses that are written to."""
    prefixes = [name.removesuffix("CountryCode") for name in sobject.country_codes]
    return [prefix for prefix in prefixes if any(f"{prefix}{part}" in given for part in _PARTS)]


def _complete(org: Org, sobject: SObject, prefix: str, given: Row, before: Row, found: Row) -> Problem | None:
    assert org.countries is not None
    country_text = _wanted(prefix, "Country", given, before)
    country: Country | None = org.countries.country(country_text) if country_text else None
    if country_text and country is None:
        return _problem(sobject, f"{prefix}Country", unverified.NO_SUCH_COUNTRY)
    state_text = _wanted(prefix, "State", given, before)
    if state_text and country is None:
        return _problem(sobject, f"{prefix}State", unverified.STATE_WITHOUT_COUNTRY)
    state = org.countries.state(country, state_text) if country and state_text else None
    if state_text and state is None:
        return _problem(sobject, f"{prefix}State", unverified.NO_SUCH_STATE)
    found[f"{prefix}Country"] = country.name if country else None
    found[f"{prefix}CountryCode"] = country.code if country else None
    found[f"{prefix}State"] = state.name if state else None
    found[f"{prefix}StateCode"] = state.code if state else None
    return None


def _wanted(prefix: str, part: str, given: Row, before: Row) -> str | None:
    """What is to stand there: the code if one is given, else the label, else what stood there."""
    for name in (f"{prefix}{part}Code", f"{prefix}{part}"):
        if given.get(name) is not None:
            return str(given[name])
    if f"{prefix}{part}Code" in given or f"{prefix}{part}" in given:
        return None
    return before.get(f"{prefix}{part}Code") or before.get(f"{prefix}{part}")


def _problem(sobject: SObject, name: str, message: str) -> Problem:
    field = sobject.field(name)
    label = field.label if field else name
    return Problem("FIELD_INTEGRITY_EXCEPTION", message.format(label=label), (name,))
