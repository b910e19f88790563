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

from infra.simulator.setup.consistency import refuse_doubles
from infra.simulator.setup.set_up import Country, SetUp
from infra.simulator.setup.setting_checks import SetUpError, refusal
from infra.simulator.setup.settings import Settings, SetUpName

_FLAG = "tag:yaml.org,2002:bool"
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
        raise refusal(error) from error
    refuse_doubles(new)
    return new


def read_changes(path: Path) -> dict[str, Any]:
    """What a set-up file says, not yet checked. Raises SetUpError."""
    try:
        content = _Loader(path.read_text(encoding="utf-8")).get_single_data()
    except OSError as error:
        hint = f"; for that set-up write `setup: {path}` in a file" if str(path) in get_args(SetUpName) else ""
        raise SetUpError(f"can not be read: {error.strerror}{hint}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SetUpError(f"{path.name} is neither YAML nor JSON: {error}") from error
    if content is None:
        return {}
    if not isinstance(content, dict) or not all(isinstance(name, str) for name in content):
        raise SetUpError(f"{path.name} must hold settings by their names")
    return content


class _Loader(yaml.SafeLoader):
    """YAML in which `NO` is text, as in Norway, and in which no name is there twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(None, None, f"{twice} is there twice", node.start_mark)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if tag != _FLAG or first in "tTfF"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@cache
def countries_of_a_new_org() -> tuple[Country, ...]:
    content = yaml.safe_load((_HERE / "countries.yaml").read_text(encoding="utf-8"))
    return TypeAdapter(tuple[Country, ...]).validate_python(content)


def _named(name: object) -> dict[str, Any]:
    known = get_args(SetUpName)
    if name not in known:
        raise SetUpError(f"setup: there is none called {name!r}; there are {', '.join(known)}", "setup")
    return read_changes(_HERE / f"{name}.yaml")
