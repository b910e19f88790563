"""Formulas, as an admin writes them: their grammar, their types, their functions. Pure: records are handed in."""
