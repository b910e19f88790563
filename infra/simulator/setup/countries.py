"""Countries and their states, as state and country picklists offer them.

Source: fact sheet 12.1.
"""

from __future__ import annotations

from collections.abc import Iterable

from infra.simulator.setup.set_up import Country, State


class Countries:
    """Finds countries and states by code or name, in any case."""

    def __init__(self, countries: Iterable[Country]) -> None:
        self.all = tuple(countries)
        self._countries = {text.casefold(): each for each in self.all for text in (each.name, each.code)}
        self._states = {
            (country.code, text.casefold()): state
            for country in self.all
            for state in country.states
            for text in (state.name, state.code)
        }

    def country(self, text: str) -> Country | None:
        return self._countries.get(text.casefold())

    def state(self, country: Country, text: str) -> State | None:
        return self._states.get((country.code, text.casefold()))
