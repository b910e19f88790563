"""Regular expressions for REGEX(), in time that grows with the text and the pattern and never explodes.

An expression becomes an automaton whose states are all followed at once, so that `(a+)+b` costs no more than `a+b`.
What needs a memory (back references, looking around) is refused.

Source: REGEX in Salesforce's "Formula Operators and Functions": Java's syntax, and the whole text must match.
"""

from __future__ import annotations

import re
from functools import lru_cache

from infra.simulator.formula.errors import EvaluationError

MAX_PATTERN = 1_000
MAX_TEXT = 4_000
MAX_STATES = 2_000
MAX_GROUPS = 40
"""Nested groups."""

_COUNT = re.compile(r"\{(\d{1,4})(?:(,)(\d{1,4})?)?\}")
_CLASS = re.compile(r"\[\^?(?:\\.|[^\[\]\\])+\]", re.DOTALL)
_SET_OPERATION = re.compile(r"--|&&|\|\||~~")
_ESCAPED = re.compile(r"\\(?:[dDwWsS]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|[^0-9A-Za-z]|[ntrf])", re.DOTALL)
_FLAGS = {"(?i)": re.IGNORECASE, "(?s)": re.DOTALL}
_ASSERTIONS = {"^": r"\A", "$": r"\Z", r"\b": r"\b", r"\B": r"\B", r"\A": r"\A", r"\z": r"\Z", r"\Z": r"\Z"}


def matches(text: str, pattern: str) -> bool:
    """Whether the whole text matches. Raises EvaluationError for what is no expression, or too large a one."""
    if len(text) > MAX_TEXT:
        raise EvaluationError("the text is too long for REGEX")
    automaton = _automaton(pattern)
    states = automaton.reached({0}, text, 0)
    for place, character in enumerate(text):
        if not states:
            return False
        stepped = {automaton.next[state] for state in states if automaton.takes(state, character)}
        states = automaton.reached(stepped, text, place + 1)
    return automaton.end in states


@lru_cache(maxsize=256)
def _automaton(pattern: str) -> _Automaton:
    if len(pattern) > MAX_PATTERN:
        raise EvaluationError("the pattern is too long for REGEX")
    return _Automaton(pattern)


class _Automaton:
    """States by number; each takes one character, or goes on without one."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 4 if pattern[:4] in _FLAGS else 0
        # Java's classes, and what it takes for the same letter, are those of ASCII.
        self._flags = _FLAGS.get(pattern[:4], 0) | re.ASCII
        self._atoms: list[re.Pattern[str] | None] = []
        self._free: list[list[int]] = []
        self._assertions: list[re.Pattern[str] | None] = []
        self.next: list[int] = []
        start = self._state()
        self.end = self._any(start, 0)
        if self._at < len(pattern):
            raise self._bad()

    def takes(self, state: int, character: str) -> bool:
        atom = self._atoms[state]
        return atom is not None and atom.fullmatch(character) is not None

    def reached(self, states: set[int], text: str, place: int) -> set[int]:
        """The states, and those that are reached from them without taking a character."""
        waiting = [*states]
        found = set(states)
        while waiting:
            state = waiting.pop()
            assertion = self._assertions[state]
            if assertion is not None and assertion.match(text, place) is None:
                continue
            for following in self._free[state]:
                if following not in found:
                    found.add(following)
                    waiting.append(following)
        return found

    def _state(self) -> int:
        if len(self.next) >= MAX_STATES:
            raise EvaluationError("the pattern is too complicated for REGEX")
        self._atoms.append(None)
        self._assertions.append(None)
        self._free.append([])
        self.next.append(-1)
        return len(self.next) - 1

    def _any(self, start: int, depth: int) -> int:
        """Alternatives from a state on; answers the state behind them."""
        if depth > MAX_GROUPS:
            raise EvaluationError("the pattern is too complicated for REGEX")
        end = self._state()
        while True:
            self._free[self._sequence(start, depth)].append(end)
            if not self._took("|"):
                return end

    def _sequence(self, start: int, depth: int) -> int:
        begin = self._state()
        self._free[start].append(begin)
        while self._at < len(self._pattern) and self._pattern[self._at] not in "|)":
            begin = self._repeated(begin, depth)
        return begin

    def _repeated(self, start: int, depth: int) -> int:
        place = self._at
        end = self._one(start, depth)
        bounds = self._bounds()
        if bounds is None:
            return end
        least, most = bounds
        after = self._at
        # The atom is read again for each of its copies; the first one stands already.
        copies = [(start, end)]
        for _ in range(max(least, most or 0, 1) - 1):
            self._at = place
            begin = copies[-1][1]
            copies.append((begin, self._one(begin, depth)))
        self._at = after
        end = self._state()
        for number, (begin, done) in enumerate(copies, 1):
            if number > least:
                self._free[begin].append(end)
            if number == len(copies):
                self._free[done].append(end)
                if most is None:
                    again = self._state()
                    self._free[done].append(again)
                    self._free[again].append(begin)
        if most == 0:
            end = self._state()
            self._free[start].append(end)
        return end

    def _bounds(self) -> tuple[int, int | None] | None:
        """How often what stands before is to be there; a maximum of None is none."""
        found: tuple[int, int | None] | None = None
        counted = _COUNT.match(self._pattern, self._at)
        if counted:
            self._at = counted.end()
            least = int(counted[1])
            found = (least, (int(counted[3]) if counted[3] else None) if counted[2] else least)
        else:
            for sign, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
                if self._took(sign):
                    found = bounds
                    break
        if found:
            # Greedy or not makes no difference to whether the whole text matches.
            self._took("?")
            if found[1] is not None and found[1] < found[0]:
                raise self._bad()
        return found

    def _one(self, start: int, depth: int) -> int:
        pattern, at = self._pattern, self._at
        if self._took("("):
            if pattern.startswith("?", at + 1) and not self._took("?:"):
                raise self._bad()
            inner = self._state()
            self._free[start].append(inner)
            end = self._any(inner, depth + 1)
            if not self._took(")"):
                raise self._bad()
            return end
        for name, assertion in _ASSERTIONS.items():
            if self._took(name):
                return self._asserted(start, assertion)
        found = (_CLASS if pattern[at] == "[" else _ESCAPED).match(pattern, at)
        atom = found[0] if found else pattern[at]
        if (found is None and atom in "[\\*+?{") or (atom[0] == "[" and _SET_OPERATION.search(atom)):
            raise self._bad()
        self._at += len(atom)
        atom = atom if found or atom == "." else re.escape(atom)
        try:
            self._atoms[start_of_atom := self._state()] = re.compile(atom, self._flags)
        except re.error as error:
            raise self._bad() from error
        self._free[start].append(start_of_atom)
        self.next[start_of_atom] = end = self._state()
        return end

    def _asserted(self, start: int, assertion: str) -> int:
        guard, end = self._state(), self._state()
        self._assertions[guard] = re.compile(assertion)
        self._free[start].append(guard)
        self._free[guard].append(end)
        return end

    def _took(self, sign: str) -> bool:
        if not self._pattern.startswith(sign, self._at):
            return False
        self._at += len(sign)
        return True

    def _bad(self) -> EvaluationError:
        return EvaluationError(f"Invalid regular expression: {self._pattern}")
