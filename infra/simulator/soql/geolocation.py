"""DISTANCE and GEOLOCATION: how far it is from one place to another.

Source: "Location-Based SOQL Queries", SOQL and SOSL Reference.
"""

from __future__ import annotations

from infra.simulator.schema import unverified
from infra.simulator.schema.fields import COORDINATES, NUMBER_TYPES
from infra.simulator.soql.errors import SoqlError, unexpected
from infra.simulator.soql.scope import Scope
from infra.simulator.soql.syntax import Function, Literal, Path

UNITS = frozenset({"mi", "km"})

_Argument = Path | Function | Literal


def distance_sql(scope: Scope, function: Function) -> str:
    """The SQL of `DISTANCE(Address, GEOLOCATION(37.7, -122.4), 'mi')`, null where a place is unknown.

    Raises SoqlError.
    """
    if len(function.arguments) != 3:
        raise unexpected(function.name, function.at)
    first, second, unit = function.arguments
    if not isinstance(first, Path):
        raise SoqlError("MALFORMED_QUERY", unverified.PLACE_FIRST, first.at)
    if not isinstance(unit, Literal) or unit.kind != "string" or unit.value.lower() not in UNITS:
        raise SoqlError("MALFORMED_QUERY", unverified.BAD_UNIT, unit.at)
    coordinates = [*_place(scope, first), *_place(scope, second)]
    return f"soql_distance({', '.join(coordinates)}, '{unit.value.lower()}')"


def _place(scope: Scope, place: _Argument) -> list[str]:
    """The SQL of latitude and longitude."""
    if isinstance(place, Path):
        return _compound(scope, place)
    if not isinstance(place, Function) or place.upper != "GEOLOCATION" or len(place.arguments) != 2:
        raise unexpected(place.text if isinstance(place, Literal) else place.name, place.at)
    both = zip(place.arguments, COORDINATES.values(), strict=True)
    return [_coordinate(scope, argument, most) for argument, most in both]


def _compound(scope: Scope, path: Path) -> list[str]:
    column = scope.column(path)
    found = [sql for name in COORDINATES if (sql := column.parts.get(name.lower())) is not None]
    if len(found) != len(COORDINATES):
        raise SoqlError("INVALID_FIELD", unverified.NO_PLACE.format(name=column.field.name), path.at)
    return found


def _coordinate(scope: Scope, argument: _Argument, most: int) -> str:
    if isinstance(argument, Path):
        column = scope.column(argument)
        if column.field.type not in NUMBER_TYPES:
            raise SoqlError("INVALID_FIELD", unverified.NO_COORDINATE.format(name=column.field.name), argument.at)
        return column.sql
    if not isinstance(argument, Literal) or argument.kind != "number":
        raise unexpected(argument.text if isinstance(argument, Literal) else argument.name, argument.at)
    if abs(float(argument.value)) > most:
        raise SoqlError("NUMBER_OUTSIDE_VALID_RANGE", unverified.COORDINATE_TOO_FAR.format(most=most), argument.at)
    return repr(float(argument.value))
