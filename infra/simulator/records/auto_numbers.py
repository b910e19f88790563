"""Auto-number fields: a number for each new record, as the field's format writes it.

The numbers are those of the records' ids, so that they never repeat; like an org's they have gaps where a record was
refused.
"""

from __future__ import annotations

import re
from datetime import datetime

from infra.simulator.org.storage import Row
from infra.simulator.schema import ids
from infra.simulator.schema.fields import SObject

_NUMBER = re.compile(r"\{(0+)\}")


def numbered(sobject: SObject, record_id: str, now: datetime) -> Row:
    """The auto-numbers of a new record."""
    number = ids.from_base62(record_id[5:15])
    return {field.name: _written(field.display_format, number, now) for field in sobject.auto_numbers}


def _written(display_format: str, number: int, now: datetime) -> str:
    text = _NUMBER.sub(lambda found: str(number).zfill(len(found[1])), display_format)
    for name, part in (("YYYY", "%Y"), ("YY", "%y"), ("MM", "%m"), ("DD", "%d")):
        text = text.replace(f"{{{name}}}", now.strftime(part))
    return text
