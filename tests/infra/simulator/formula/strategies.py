"""Formulas to try: nonsense, things that nearly compile, things that do."""

from __future__ import annotations

from hypothesis import strategies as st

from infra.simulator.formula.forms import FORMS
from infra.simulator.formula.functions import FUNCTIONS

CALLED = [*FUNCTIONS, *FORMS]
TOKENS = [
    *CALLED, "(", ")", ",", "(", ")", "+", "-", "*", "/", "^", "&", "&&", "||", "!",
    "=", "<>", "<", ">=", "Company", "Rating", "Score__c", "Share__c", "Visited__c", "Called__c", "Topics__c", "Phone",
    "IsConverted", "Owner:User.Name", "$User.Id", "1", "0", "9999999999", "0.5", '"x"', '""', "NULL", "TRUE",
    "'(a|b)*'",
]  # fmt: skip


@st.composite
def calls(draw: st.DrawFn) -> str:
    """Functions and operators over whatever there is: most of it is nonsense, some of it compiles."""
    leaf = st.sampled_from([token for token in TOKENS if token[0] not in "(),+-*/^&|!=<>" and token not in CALLED])
    inner = st.recursive(
        leaf,
        lambda part: st.one_of(
            st.builds(
                lambda name, arguments: f"{name}({', '.join(arguments)})",
                st.sampled_from(CALLED),
                st.lists(part, max_size=4),
            ),
            st.builds("({} {} {})".format, part, st.sampled_from(["+", "-", "*", "/", "^", "&", "=", "<"]), part),
        ),
        max_leaves=12,
    )
    return draw(inner)


formulas = st.one_of(st.lists(st.sampled_from(TOKENS), max_size=25).map(" ".join), calls(), st.text(max_size=60))
