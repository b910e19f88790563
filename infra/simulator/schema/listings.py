"""Lists of records of several objects, below the record that they belong to: they are read there, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from infra.simulator.schema.declarations import read_only
from infra.simulator.schema.fields import Field, SObject


def listing(
    name: str,
    label: str,
    plural: str,
    name_field: str,
    fields: Iterable[Field],
    sources: Mapping[str, Mapping[str, str]],
) -> SObject:
    """A list of what is found in each source, an SQL text from FROM on, with the SQL of each field's value there.

    A reference of the fields that has children is what the list hangs below.
    """
    fields = [read_only(replace(field, sql=None, default=None)) for field in fields]
    selects = []
    for source, values in sources.items():
        columns = (f"{values.get(field.name, _nothing(field))} AS {field.name}" for field in fields)
        selects.append(f"SELECT {', '.join(columns)} {source}")
    return SObject(
        name,
        label,
        plural,
        "",
        (*fields,),
        writable=False,
        queryable=False,
        searchable=False,
        view=" UNION ALL ".join(selects),
        name_field=name_field,
    )


def _nothing(field: Field) -> str:
    return "0" if field.type == "boolean" else "NULL"
