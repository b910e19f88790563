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
    names = [(field.object, field.name.lower()) for field in new.all_custom_fields()]
    for place, (of, name) in enumerate(names):
        if (of, name) in names[:place]:
            raise SetUpError(f"custom_fields: {of}.{name} is there twice", f"custom_fields.{place}.name")
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


def _named(name: object) -> dict[str, Any]:
    known = get_args(SetUpName)
    if name not in known:
        raise SetUpError(f"setup: there is none called {name!r}; there are {', '.join(known)}", "setup")
    return read_changes(_HERE / f"{name}.yaml")
