"""The text of a formula to a tree.

Source: the operators and literals are restated from Salesforce's "Formula Operators and Functions".
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedToken, v_args

from infra.simulator.formula.errors import FormulaError
from infra.simulator.formula.syntax import Call, Chain, Literal, Node, Reference

MAX_LENGTH = 3_900
"""Characters of one formula; the limit of an org."""
MAX_DEPTH = 50
"""Nested functions and operators; far less than would exhaust the stack."""
MAX_DIGITS = 30

GRAMMAR = r"""
?formula: any
?any: all (_OR all)*
?all: equality (_AND equality)*
?equality: comparison (EQUALITY comparison)*          -> chain
?comparison: sum (COMPARISON sum)*                    -> chain
?sum: product (SUM product)*                          -> chain
?product: power (PRODUCT power)*                      -> chain
?power: unary (POWER unary)*                          -> chain
?unary: atom | SUM unary -> signed | NOT unary -> negation
?atom: STRING -> string
     | NUMBER -> number
     | NAME "(" (formula ("," formula)*)? ")" -> call
     | NAME -> reference
     | "(" formula ")"

_OR: "||"
_AND: "&&"
EQUALITY: "==" | "=" | "<>" | "!="
COMPARISON: "<=" | ">=" | "<" | ">"
SUM: "+" | "-" | "&"
PRODUCT: "*" | "/"
POWER: "^"
NOT: "!"
NAME: /\$?[a-z]\w*(?::[a-z]\w*)?(?:\.[a-z]\w*(?::[a-z]\w*)?)*/i
STRING: /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/s
NUMBER: /\d+\.?\d*|\.\d+/
COMMENT: /\/\*.*?\*\//s
%ignore COMMENT
%ignore /\s+/
"""

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_WORDS = {"TRUE": True, "FALSE": False, "NULL": None}


def parse(text: str) -> Node:
    """The tree of a formula. Raises FormulaError."""
    if len(text) > MAX_LENGTH:
        length = f"({len(text):,} characters). Maximum length is {MAX_LENGTH:,} characters."
        raise FormulaError(f"Formula is too long {length}")
    try:
        tree: Any = _parser().parse(text)
    except UnexpectedToken as error:
        if error.token.type == "$END":
            missing = " Missing ')'" if text.count("(") > text.count(")") else " Found end of formula"
            raise FormulaError(f"Syntax error.{missing}") from error
        raise FormulaError(f"Syntax error. Extra '{error.token}'") from error
    except UnexpectedCharacters as error:
        raise FormulaError(f"Syntax error. Found '{text[error.pos_in_stream or 0]}'") from error
    node: Node = tree
    return node


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, start="formula", parser="lalr", lexer="contextual", transformer=_Tree())


@v_args(inline=True)
class _Tree(Transformer[Token, Any]):
    """Builds the tree while the text is being parsed."""

    def any(self, *parts: Node) -> Node:
        return _call("OR", parts)

    def all(self, *parts: Node) -> Node:
        return _call("AND", parts)

    def chain(self, first: Node, *rest: Any) -> Node:
        if not rest:
            return first
        steps = tuple((str(operator), operand) for operator, operand in zip(rest[::2], rest[1::2], strict=True))
        return Chain(first, steps, _deeper(first, *(operand for _, operand in steps)))

    def signed(self, sign: Token, operand: Node) -> Node:
        if sign == "&":
            raise FormulaError("Syntax error. Extra '&'")
        return Chain(Literal(Decimal(0)), ((str(sign), operand),), _deeper(operand))

    def negation(self, _: Token, operand: Node) -> Node:
        return _call("NOT", (operand,))

    def call(self, name: Token, *arguments: Node) -> Node:
        return _call(str(name).upper(), arguments)

    def reference(self, name: Token) -> Node:
        word = str(name).upper()
        return Literal(_WORDS[word]) if word in _WORDS else Reference(str(name))

    def string(self, token: Token) -> Node:
        return Literal(_ESCAPE.sub(lambda escape: _ESCAPES.get(escape[1], escape[1]), str(token)[1:-1]))

    def number(self, token: Token) -> Node:
        if len(token) > MAX_DIGITS:
            raise FormulaError(f"Number {token[:MAX_DIGITS]}… is too long")
        return Literal(Decimal(str(token)))


def _call(name: str, arguments: tuple[Node, ...]) -> Node:
    return Call(name, arguments, _deeper(*arguments))


def _deeper(*nodes: Node) -> int:
    depth = max((node.depth for node in nodes), default=0) + 1
    if depth > MAX_DEPTH:
        raise FormulaError("Formula is too complex: its functions and parentheses are nested too deeply.")
    return depth
