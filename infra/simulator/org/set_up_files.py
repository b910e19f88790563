"""Set-ups: files that say how an org is built, in YAML or JSON. Four are here, and anyone can write more.

A file may hold every setting; with `setup` it begins where one of the four ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import TypeAdapter, ValidationError

from infra.simulator.org.set_up import Country, SetUp, SetUpError
from infra.simulator.org.settings import Settings, SetUpName

_HERE = Path(__file__).with_name("set_ups")
_RULES = ("validation_rules", "assignment_rules", "assignment_owner_id", "triggers", "approval_locks")
_SHAPES = ("lead_statuses", "custom_fields", "custom_objects", "converted_fields")
_NAMED_BY = {
    "custom_fields": "name",
    "custom_objects": "name",
    "lead_statuses": "name",
    "lead_processes": "name",
    "record_types": "name",
    "countries": "code",
    "currencies": "code",
    "users": "username",
    "queues": "developer_name",
    "permission_sets": "name",
    "validation_rules": "name",
    "assignment_rules": "name",
}
"""What the parts of a setting are told apart by, those of one object where they belong to objects."""
_OWN_KEYS = (*SetUp.model_fields, "setup", *_SHAPES, "soap_login", *_RULES)
"""What begins anew with another set-up; the rest of the settings says how the org behaves, and stays."""


def changed(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    """The settings with changes; with a `setup` among them, that set-up with the other changes. Raises SetUpError."""
    values = settings.model_dump()
    if changes.get("setup") is not None:
        for name in _OWN_KEYS:
            values.pop(name, None)
        values |= _named(changes["setup"])
    try:
        new = Settings.model_validate({**values, **changes})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(step) for step in first["loc"]) or None
        raise SetUpError(f"{field}: {first['msg']}" if field else first["msg"], field) from error
    _refuse_twins(new)
    return new


def read_changes(path: Path) -> dict[str, Any]:
    """What a set-up file says, not yet checked. Raises SetUpError, and OSError where it cannot be read."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SetUpError(f"{path} is neither YAML nor JSON: {error}") from error
    if content is None:
        return {}
    if not isinstance(content, dict) or not all(isinstance(name, str) for name in content):
        raise SetUpError(f"{path} must hold settings by their names")
    return content


@cache
def countries_of_a_new_org() -> tuple[Country, ...]:
    content = yaml.safe_load((_HERE / "countries.yaml").read_text(encoding="utf-8"))
    return TypeAdapter(tuple[Country, ...]).validate_python(content)


def _refuse_twins(settings: Settings) -> None:
    """Raise SetUpError where two of a list are called the same, in whatever case."""
    fields = {"custom_fields": settings.all_custom_fields()}
    for setting, key in _NAMED_BY.items():
        names: set[tuple[str, str]] = set()
        for place, each in enumerate(fields.get(setting) or getattr(settings, setting)):
            name = getattr(each, key)
            if (getattr(each, "object", "").lower(), name.lower()) in names:
                raise SetUpError(f"{setting}: {name} is there twice", f"{setting}.{place}.{key}")
            names.add((getattr(each, "object", "").lower(), name.lower()))


def _named(name: object) -> dict[str, Any]:
    known = get_args(SetUpName)
    if name not in known:
        raise SetUpError(f"setup: there is none called {name!r}; there are {', '.join(known)}", "setup")
    return read_changes(_HERE / f"{name}.yaml")
