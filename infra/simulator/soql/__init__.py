"""SOQL: parsed with a grammar, checked against the org's objects, compiled to SQL with bound values."""
