"""What is wrong with a formula when it is written, and when it is worked out."""

from __future__ import annotations


class FormulaError(Exception):
    """A formula does not compile. The message is what an admin reads below the editor."""


class EvaluationError(Exception):
    """A formula that compiled has no value for this record: a page shows `#Error!`."""
