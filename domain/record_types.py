"""Which record type somebody means: by its developer name, its label or its Id.

Source: fact sheet 2.5 (`recordTypeInfos`).
"""

from domain.errors import InvalidInputError
from domain.missing_fields import why_missing
from domain.ports import Leads
from domain.suggestions import nearest_value
from domain.values.described import DescribedLead, RecordType


def chosen_record_type(text: str, described: DescribedLead, *, to_write: bool = True) -> RecordType:
    """The record type that is meant. Raises InvalidInputError for one that is not there, or that this user can not
    choose `to_write`.
    """
    if not described.record_types:
        raise InvalidInputError("record_type", why_missing("record_type", described))
    possible = [each for each in described.record_types if each.available or not to_write]
    meant = next((each for each in possible if each.is_called(text)), None)
    if meant is None:
        problem = "this user can choose no record type of this name" if to_write else "this org has no such record type"
        hint = nearest_value(text, [each.name for each in possible], "there are")
        raise InvalidInputError("record_type", f"{problem}; {hint}")
    return meant


async def find_record_type(leads: Leads, text: str, *, to_write: bool = True) -> RecordType:
    """The record type that is meant, also one that was made since leads were described. Raises InvalidInputError."""
    try:
        return chosen_record_type(text, await leads.describe(), to_write=to_write)
    except InvalidInputError:
        return chosen_record_type(text, await leads.describe(anew=True), to_write=to_write)


def spelled_record_type(text: str, described: DescribedLead) -> str:
    """The developer name of the record type that is meant; the text itself when there is none."""
    meant = described.record_type(text)
    return meant.name if meant else text
