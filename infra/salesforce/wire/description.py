"""The answer of `describe` for leads, as values.

Source: fact sheet 2.5.
"""

from collections.abc import Mapping
from typing import Any

from domain.values.described import DescribedField, DescribedLead
from domain.values.org import PicklistValue
from infra.salesforce.wire.answers import Answer
from infra.salesforce.wire.errors import check
from infra.salesforce.wire.records import field_name


def described_lead_in(answer: Answer) -> DescribedLead:
    """The leads in the answer to a `describe`. Raises what `check` does."""
    check(answer)
    return DescribedLead(tuple(_field(field) for field in answer.body["fields"]))


def _field(field: Mapping[str, Any]) -> DescribedField:
    return DescribedField(
        name=field_name(field["name"]),
        type=field["type"],
        label=field["label"],
        custom=field["custom"],
        length=field["length"],
        decimals=field["scale"],
        required=field["createable"] and not field["nillable"] and not field["defaultedOnCreate"],
        createable=field["createable"],
        updateable=field["updateable"],
        unique=field["unique"],
        external_id=field["externalId"],
        restricted=field["restrictedPicklist"],
        values=tuple(
            PicklistValue(value=choice["value"], label=choice["label"], default=choice["defaultValue"])
            for choice in field["picklistValues"]
            if choice["active"]
        ),
    )
