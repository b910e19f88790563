"""References from one subrequest to the answer of an earlier one: `@{new.id}`.

Source: fact sheet 5.1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from infra.simulator.schema.errors import SalesforceError, failure

_REFERENCE = re.compile(r"@\{([A-Za-z0-9_]+)((?:\.[A-Za-z0-9_]+|\[\d{1,6}\])*)\}")
_STEP = re.compile(r"\.([A-Za-z0-9_]+)|\[(\d+)\]")
_MISSING = object()


def resolved(value: Any, answers: Mapping[str, Any]) -> Any:
    """The value with every reference in it replaced. Raises SalesforceError where one leads nowhere."""
    if isinstance(value, str):
        whole = _REFERENCE.fullmatch(value)
        if whole:
            return _looked_up(whole, answers)
        return _REFERENCE.sub(lambda found: str(_looked_up(found, answers)), value)
    if isinstance(value, list):
        return [resolved(item, answers) for item in value]
    if isinstance(value, dict):
        return {key: resolved(item, answers) for key, item in value.items()}
    return value


def _looked_up(found: re.Match[str], answers: Mapping[str, Any]) -> Any:
    reference, path = found[1], found[2]
    value = answers.get(reference, _MISSING)
    for step in _STEP.finditer(path):
        value = _step(value, step)
    if value is _MISSING:
        raise _no_value(f"{reference}{path}", reference)
    return value


def _step(value: Any, step: re.Match[str]) -> Any:
    if step[1] is not None:
        return value.get(step[1], _MISSING) if isinstance(value, dict) else _MISSING
    place = int(step[2])
    return value[place] if isinstance(value, list) and place < len(value) else _MISSING


def _no_value(path: str, reference: str) -> SalesforceError:
    message = f"Invalid reference specified. No value for {path} found in {reference}."
    return failure(400, "PROCESSING_HALTED", message)
