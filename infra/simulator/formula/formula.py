"""A formula that compiled: its type, the fields it reads, and its value for a record.

Everything that can be wrong with a formula is found when it is compiled, against the org's objects; what is left for
the evaluation is what depends on the record, such as a division by zero.

Source: restated from Salesforce's "Formula Operators and Functions"; messages as its editor shows them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

from infra.simulator.formula.errors import EvaluationError, FormulaError
from infra.simulator.formula.forms import FORMS
from infra.simulator.formula.functions import FUNCTIONS, Function
from infra.simulator.formula.operators import Join, joined, mismatch
from infra.simulator.formula.parser import parse
from infra.simulator.formula.paths import Environment, FieldPath, Find, resolved
from infra.simulator.formula.syntax import Call, Chain, Literal, Node, Reference
from infra.simulator.formula.typed import Typed, Value, as_text, only_in_certain_functions, wrong_count
from infra.simulator.formula.values import ARITHMETIC, Type, check_length, from_stored, type_of
from infra.simulator.schema.fields import SObject


@dataclass(frozen=True)
class Formula:
    """A compiled formula."""

    type: Type
    fields: tuple[FieldPath, ...]
    """The fields it reads."""
    _value: Value

    def evaluate(self, environment: Environment) -> Any:
        """Its value for a record. Raises EvaluationError where there is none."""
        try:
            with localcontext(ARITHMETIC):
                return self._value(environment)
        except (ArithmeticError, ValueError, RecursionError) as error:
            raise EvaluationError(str(error) or type(error).__name__) from error


def compiled(
    text: str,
    sobject: SObject,
    find: Find,
    expected: Type,
    *,
    on_save: bool = False,
    nulls_as_zero: bool = False,
) -> Formula:
    """Compile a formula about an object's records. Raises FormulaError.

    `find` knows the org's objects. `on_save`: a record is being saved, and what a formula field has not may be used:
    ISCHANGED and PRIORVALUE, REGEX, long texts.
    """
    compiler = _Compiler(sobject, find, on_save=on_save, nulls_as_zero=nulls_as_zero)
    typed = compiler.typed(parse(text))
    if typed.type is Type.PICKLIST:
        raise only_in_certain_functions(typed)
    if typed.type not in (expected, Type.NULL):
        message = f"Formula result is data type ({typed.type.value}), incompatible with expected data type"
        raise FormulaError(f"{message} ({'true or false' if expected is Type.BOOLEAN else expected.value}).")
    return Formula(expected, tuple(compiler.fields), typed.value)


class _Compiler:
    """Gives every node of a tree its type and its value."""

    def __init__(self, sobject: SObject, find: Find, *, on_save: bool, nulls_as_zero: bool) -> None:
        self._sobject = sobject
        self._find = find
        self._on_save = on_save
        self._nulls_as_zero = nulls_as_zero
        self.fields: dict[FieldPath, None] = {}

    def typed(self, node: Node) -> Typed:
        if isinstance(node, Literal):
            return _literal(node)
        if isinstance(node, Reference):
            return self._field(node)
        if isinstance(node, Chain):
            return self._chain(node)
        return self._call(node)

    def _field(self, reference: Reference) -> Typed:
        path = resolved(reference.name, self._sobject, self._find)
        kind = type_of(path.field)
        # What is worked out whenever it is read reads no long text.
        if kind is None or (path.field.is_long and not self._on_save):
            raise FormulaError(f"Field {path.name} may not be used in this type of formula")
        self.fields[path] = None
        field, zero = path.field, Decimal(0) if self._nulls_as_zero and kind is Type.NUMBER else None

        def read(environment: Environment) -> Any:
            value = from_stored(field, environment.read(path))
            return zero if value is None else value

        return Typed(kind, read, path)

    def _chain(self, chain: Chain) -> Typed:
        first = self._operand(chain.first)
        kind = first.type
        steps: list[tuple[Join, Value]] = []
        for sign, node in chain.steps:
            operand = self._operand(node)
            kind, join = joined(sign, kind, operand.type)
            steps.append((join, operand.value))

        def value(environment: Environment) -> Any:
            found = first.value(environment)
            for join, operand in steps:
                found = join(found, operand(environment))
            return found

        return Typed(kind, value)

    def _operand(self, node: Node) -> Typed:
        typed = self.typed(node)
        if typed.type is Type.PICKLIST:
            raise only_in_certain_functions(typed)
        return typed

    def _call(self, call: Call) -> Typed:
        called = FORMS.get(call.name) or FUNCTIONS.get(call.name)
        if called is None:
            raise FormulaError(f"Unknown function {call.name}. Check spelling.")
        if called.on_save and not self._on_save:
            raise FormulaError(f"Function {call.name} may not be used in this type of formula")
        if isinstance(called, Function):
            return _function(call.name, called, [self.typed(argument) for argument in call.arguments])
        called.check_count(call.name, len(call.arguments))
        return called.typed(call.name, [self.typed(argument) for argument in call.arguments])


def _literal(literal: Literal) -> Typed:
    constant = literal.value
    kinds = {str: Type.TEXT, bool: Type.BOOLEAN, Decimal: Type.NUMBER}
    return Typed(kinds.get(type(constant), Type.NULL), lambda _: constant)


def _function(name: str, function: Function, arguments: list[Typed]) -> Typed:
    most, count = len(function.parameters), len(arguments)
    least = most - function.optional
    if count < least or (count > most and not function.repeats):
        raise wrong_count(name, least if count < least else most, count)
    values: list[Value] = []
    for place, argument in enumerate(arguments):
        expected = function.parameters[min(place, most - 1)]
        if argument.type is Type.PICKLIST:
            raise only_in_certain_functions(argument)
        if argument.type not in expected and argument.type is not Type.NULL:
            raise mismatch(f"function '{name}()'", argument.type, *sorted(expected))
        values.append(as_text(argument) if Type.TEXT in expected else argument.value)
    result = function.result or arguments[0].type
    nothing = "" if result is Type.TEXT else None
    compute: Callable[..., Any] = function.value

    def value(environment: Environment) -> Any:
        given = [value(environment) for value in values]
        if None in given:
            return nothing
        found = compute(*given)
        if result is Type.TEXT:
            check_length(len(found))
        return found

    return Typed(result, value)
